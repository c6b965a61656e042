/* SPDX-License-Identifier: EUPL-1.2 */
/* Findings (Prüfhinweise): what the rules of the package see in the data, kept in step with it. */
#include "base/vec.h"
#include "cases/case_store.h"
#include "cases/case_word.h"
#include "core/page/out.h"
#include "core/store/event.h"
#include "post/letter.h"

typedef struct Hit {
    const FindingRule *rule;
    Str path;
    Str message, request;
    bool known; /* there is a row already */
} Hit;
typedef struct HitList {
    Hit *items;
    size_t count, capacity;
} HitList;

static bool test_rule(CaseWork *work, const FindingRule *rule, const FeelValue *context, Str path,
                      HitList *hits, Err *err)
{
    Hit hit = {.rule = rule, .path = path, .request = STR("")};
    const FeelValue *when = feel_eval(rule->when, context, &work->env, work->arena, err);

    if (!when)
        return err_context(err, "finding %.*s", STR_ARG(rule->id));
    if (!feel_is_true(when))
        return true;
    if (!text_render(rule->message, STR("de"), context, &work->env, TEXT_PLAIN, work->arena,
                     &hit.message, err))
        return false;
    if (rule->request && !text_render(rule->request, work->c->lang, context, &work->env, TEXT_PLAIN,
                                      work->arena, &hit.request, err))
        return false;
    VEC_PUSH(work->arena, hits, hit);
    return true;
}

/* The names inside the items of a repeated group; rules of the same group share them. */
typedef struct Items {
    Str each;
    const FeelValue **contexts;
    size_t count;
} Items;

static bool read_items(CaseWork *work, const FindingRule *rule, const FeelValue *context,
                       Items *items, Err *err)
{
    const FeelValue *list = feel_eval(rule->items, context, &work->env, work->arena, err);

    if (!list)
        return err_context(err, "finding %.*s", STR_ARG(rule->id));
    items->each = rule->each;
    items->count = feel_list_count(list);
    items->contexts = arena_array(work->arena, const FeelValue *, items->count);
    for (size_t i = 0; i < items->count; i++)
        items->contexts[i] = text_item_context(work->arena, context, feel_list_at(list, i),
                                               rule->item_type, i + 1, items->count);
    return true;
}

static bool test_items(CaseWork *work, const FindingRule *rule, const FeelValue *context,
                       Items *items, HitList *hits, Err *err)
{
    if (!str_eq(items->each, rule->each) && !read_items(work, rule, context, items, err))
        return false;
    for (size_t i = 0; i < items->count; i++) {
        Str path =
            str_printf(work->arena, "%.*s[%zu].%.*s", STR_ARG(rule->each), i, STR_ARG(rule->field));

        if (!test_rule(work, rule, items->contexts[i], path, hits, err))
            return false;
    }
    return true;
}

/* --- What no letter can print -------------------------------------------------------------------
 */

/* Of every service: the letter would show a box in the place of the character. */
static const FindingRule UNPRINTABLE = {.id = STR("zeichen_nicht_druckbar"),
                                        .kind = STR("implausible")};

static void add_unprintable(CaseWork *work, const FormField *field, Str path, Str character,
                            HitList *hits)
{
    Arena *arena = work->arena;
    Str lang = work->c->lang;
    Hit hit = {.rule = &UNPRINTABLE,
               .path = path,
               .message =
                   str_printf(arena, "Der Brief kann das Zeichen „%.*s“ in „%.*s“ nicht drucken.",
                              STR_ARG(character), STR_ARG(text_in(field->label, STR("de")))),
               .request = trf(arena, lang,
                              "Bitte schreiben Sie „%.*s“ mit lateinischen Buchstaben. Das Zeichen "
                              "„%.*s“ können wir im Brief nicht drucken.",
                              STR_ARG(text_in(field->label, lang)), STR_ARG(character))};
    VEC_PUSH(arena, hits, hit);
}

static void test_texts(CaseWork *work, FormField *const *fields, size_t count, const Node *data,
                       Str prefix, HitList *hits);

static void test_group(CaseWork *work, const FormField *group, const Node *value, Str path,
                       HitList *hits)
{
    if (!group->repeats)
        test_texts(work, group->fields, group->field_count, value,
                   str_printf(work->arena, "%.*s.", STR_ARG(path)), hits);
    for (size_t i = 0; group->repeats && value->kind == NODE_LIST && i < value->count; i++)
        test_texts(work, group->fields, group->field_count, value->items[i],
                   str_printf(work->arena, "%.*s[%zu].", STR_ARG(path), i), hits);
}

static void test_texts(CaseWork *work, FormField *const *fields, size_t count, const Node *data,
                       Str prefix, HitList *hits)
{
    for (size_t i = 0; i < count; i++) {
        const FormField *field = fields[i];
        const Node *value = node_get_str(data, field->id);
        Str character = STR_NONE;

        if (value && field->type == FIELD_TEXT && !field->compute)
            character = letter_unprintable(node_text(value));
        if (!character.ptr && (!value || field->type != FIELD_GROUP))
            continue;
        Str path = str_printf(work->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(field->id));
        if (character.ptr)
            add_unprintable(work, field, path, character, hits);
        else
            test_group(work, field, value, path, hits);
    }
}

/* --- Keeping the rows in step ------------------------------------------------------------------
 */

static bool set_status(CaseWork *work, int64_t id, const char *status, Err *err)
{
    return tx_exec(work->tx, err, "UPDATE case_finding SET status = $2 WHERE id = $1", P_INT(id),
                   P_TEXT(str_c(status)));
}

/* What becomes of a finding that is there already, now that its rule fires or does not. */
static const char *next_status(const CaseWork *work, const Finding *row, bool fires,
                               const Node *before)
{
    bool asked = str_is(row->status, "asked");

    if (str_is(row->rule, "note")) /* a clerk wrote it: the answer settles it */
        return asked && before ? "answered" : NULL;
    if (fires) {
        bool changed = before && !node_equal(node_path(before, row->path),
                                             node_path(work->c->data, row->path));

        if (str_is(row->status, "dismissed"))
            return changed ? "open" : NULL;
        return str_is(row->status, "open") || (asked && !before) ? NULL : "open";
    }
    if (asked)
        return "answered";
    return str_is(row->status, "open") ? "resolved" : NULL;
}

static bool insert_finding(CaseWork *work, const Hit *hit, Err *err)
{
    work->no_findings = false;
    return tx_exec(work->tx, err,
                   "INSERT INTO case_finding (case_id, rule, kind, path, message, request, status, "
                   "created_at) VALUES ($1, $2, $3, $4, $5, $6, 'open', $7)",
                   P_INT(work->c->id), P_TEXT(hit->rule->id), P_TEXT(hit->rule->kind),
                   P_TEXT(hit->path), P_TEXT(hit->message), P_TEXT(hit->request),
                   P_INT(tx_now(work->tx)));
}

bool case_work_findings(CaseWork *work, Finding **out, size_t *count, Err *err)
{
    *count = 0;
    return work->no_findings || case_findings(work->tx, work->c->id, work->arena, out, count, err);
}

bool case_find(CaseWork *work, const FeelValue *context, const Node *before, Err *err)
{
    HitList hits = {0};
    Items items = {0};
    Finding *rows = NULL;
    size_t count = 0;

    for (size_t i = 0; i < work->process->finding_count; i++) {
        const FindingRule *rule = &work->process->findings[i];
        bool ok = rule->items ? test_items(work, rule, context, &items, &hits, err)
                              : test_rule(work, rule, context, rule->field, &hits, err);

        if (!ok)
            return false;
    }
    test_texts(work, work->process->form->fields, work->process->form->field_count, work->c->data,
               STR(""), &hits);
    if (!case_work_findings(work, &rows, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        bool fires = false;

        for (size_t k = 0; k < hits.count; k++)
            if (str_eq(hits.items[k].rule->id, rows[i].rule) &&
                str_eq(hits.items[k].path, rows[i].path))
                fires = hits.items[k].known = true;
        const char *status = next_status(work, &rows[i], fires, before);

        if (status && !set_status(work, rows[i].id, status, err))
            return false;
    }
    for (size_t i = 0; i < hits.count; i++)
        if (!hits.items[i].known && !insert_finding(work, &hits.items[i], err))
            return false;
    return true;
}

bool case_finding_add(Tx *tx, const Case *c, Str path, Str kind, Str request, Str actor, Err *err)
{
    return case_finding_add_document(tx, c, path, kind, request, 0, actor, err);
}

bool case_finding_add_document(Tx *tx, const Case *c, Str path, Str kind, Str request,
                               int64_t document_id, Str actor, Err *err)
{
    Arena *arena = arena_create(0);
    Node *data = node_map(arena);

    node_set(arena, data, STR("path"), node_string(arena, path));
    bool ok =
        tx_exec(tx, err,
                "INSERT INTO case_finding (case_id, rule, kind, path, message, request, "
                "status, created_at, document_id) VALUES ($1, 'note', $2, $3, $4, $4, 'open', $5, "
                "$6)",
                P_INT(c->id), P_TEXT(kind), P_TEXT(path), P_TEXT(request), P_INT(tx_now(tx)),
                document_id ? P_INT(document_id) : P_NULL) &&
        case_touch_desk(tx, c->id, err) &&
        event_add(tx, "case.finding_added", case_subject(c, arena), actor, data, err);

    arena_destroy(arena);
    return ok;
}

bool case_finding_dismiss(Tx *tx, const Case *c, int64_t finding_id, Str reason, Str actor,
                          Err *err)
{
    Arena *arena = arena_create(0);
    Node *data = node_map(arena);
    int64_t changed = 0;

    node_set(arena, data, STR("finding"), node_int(arena, finding_id));
    bool ok = tx_exec_count(tx, err, &changed,
                            "UPDATE case_finding SET status = 'dismissed', reason = $3 "
                            "WHERE id = $1 AND case_id = $2 AND status IN ('open', 'answered')",
                            P_INT(finding_id), P_INT(c->id), P_TEXT(reason));

    if (ok && changed == 0)
        ok = err_set(err, ERR_CONFLICT, "Dieser Prüfhinweis ist nicht mehr offen.");
    ok = ok && case_touch_desk(tx, c->id, err) &&
         case_word_add(tx, c->id, reason, data, arena, err) &&
         event_add(tx, "case.finding_dismissed", case_subject(c, arena), actor, data, err);
    arena_destroy(arena);
    return ok;
}
