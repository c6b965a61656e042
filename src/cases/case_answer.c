/* SPDX-License-Identifier: EUPL-1.2 */
/* The applicant's answer to a correction request. */
#include "base/vec.h"
#include "cases/case_link.h"
#include "cases/case_word.h"
#include "cases/portal.h"
#include "core/page/out.h"

/* Is `path` the asked path or a part of it? */
static bool within(Str path, Str asked)
{
    return path.len >= asked.len && memcmp(path.ptr, asked.ptr, asked.len) == 0 &&
           (path.len == asked.len || path.ptr[asked.len] == '.' || path.ptr[asked.len] == '[');
}

static bool may_change(Str path, const Finding *findings, size_t count, const FormState *old)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(findings[i].status, "asked") && within(path, findings[i].path))
            return true;
    return !form_visible(old, path); /* it came into sight through the answer */
}

static bool evaluate(CaseWork *work, const Node *data, FormState *out, Err *err)
{
    FormInput input = {.package = work->package,
                       .form = work->process->form,
                       .data = data,
                       .env = &work->env,
                       .lang = work->c->lang};

    return case_lookups(work->tx, work->package, work->procedure, data, work->today, work->arena,
                        &input.extra, err) &&
           form_evaluate(&input, work->arena, out, err);
}

static bool apply_changes(CaseWork *work, const Node *changes, const FormState *old, Node **out,
                          Err *err)
{
    Finding *findings = NULL;
    size_t count = 0;

    if (!case_findings(work->tx, work->c->id, work->arena, &findings, &count, err))
        return false;
    *out = node_clone(work->arena, work->c->data);
    for (size_t i = 0; i < changes->count; i++) {
        Str path = changes->keys[i];

        if (!may_change(path, findings, count, old))
            return err_field(err, str_cstr(work->arena, path),
                             "Nach dieser Angabe wurde nicht gefragt; sie kann nicht geändert "
                             "werden.");
        if (!node_path_set(work->arena, *out, path, node_clone(work->arena, changes->items[i])))
            return err_field(err, str_cstr(work->arena, path),
                             "Diese Angabe gibt es in dem Antrag nicht.");
    }
    return true;
}

/* Errors that were there before the answer (a date that has passed meanwhile) do not keep the
 * applicant from answering. */
static void forget_old_errors(FormState *state, const FormState *old)
{
    size_t kept = 0;

    for (size_t i = 0; i < state->error_count; i++) {
        const FormError *before = form_error(old, state->errors[i].path);

        if (!before || !str_eq(before->rule, state->errors[i].rule))
            state->errors[kept++] = state->errors[i];
    }
    state->error_count = kept;
}

static bool is_empty(const Node *value)
{
    return node_is_null(value) || (value->kind == NODE_LIST && value->count == 0);
}

static bool is_changed(const Node *before, const Node *now, Str path)
{
    const Node *old = node_path(before, path), *value = node_path(now, path);

    return is_empty(old) || is_empty(value) ? is_empty(old) != is_empty(value)
                                            : !node_equal(old, value);
}

/* --- Unanswered questions -----------------------------------------------------------------------
 */

static void add_unanswered(CaseWork *work, const Finding *finding, FormState *state)
{
    const FormField *field = portal_field_at(work->process->form, finding->path);
    Str lang = work->c->lang;
    FormError error = {.path = finding->path, .rule = STR("unanswered"), .field = field};
    struct {
        FormError *items;
        size_t count, capacity;
    } list = {state->errors, state->error_count, state->error_capacity};

    if (!field)
        error.message = tr(lang, "Bitte schreiben Sie uns eine Antwort.");
    else if (is_empty(node_path(work->c->data, finding->path)))
        error.message = form_required_message(field, lang, work->arena);
    else
        error.message = trf(work->arena, lang,
                            "Bitte ändern Sie „%.*s“ oder schreiben Sie uns unten, warum die "
                            "Angabe so richtig ist.",
                            STR_ARG(text_in(field->label, lang)));
    VEC_PUSH(work->arena, &list, error);
    state->errors = list.items;
    state->error_count = list.count;
    state->error_capacity = list.capacity;
}

/* After case_find(). A clerk's own question has no rule that could be content. */
static bool is_unanswered(const CaseWork *work, const Finding *asked, const Finding *now,
                          const FormState *state, const Node *before)
{
    bool changed = is_changed(before, work->c->data, asked->path);
    bool given = changed && !(str_is(asked->kind, "missing") &&
                              is_empty(node_path(work->c->data, asked->path)));

    if (!str_is(asked->rule, "note") && !str_is(now->status, "open"))
        return false;
    return str_empty(asked->path) || (!given && form_visible(state, asked->path));
}

static bool check_answered(CaseWork *work, const Finding *asked, size_t asked_count,
                           const Node *before, FormState *state, Err *err)
{
    Finding *now = NULL;
    size_t count = 0;

    if (!case_findings(work->tx, work->c->id, work->arena, &now, &count, err))
        return false;
    for (size_t i = 0; i < asked_count; i++)
        for (size_t k = 0; k < count; k++)
            if (now[k].id == asked[i].id && str_is(asked[i].status, "asked") &&
                is_unanswered(work, &asked[i], &now[k], state, before) &&
                !form_error(state, asked[i].path))
                add_unanswered(work, &asked[i], state);
    return true;
}

/* --- Taking it ----------------------------------------------------------------------------------
 */

static bool record_answer(CaseWork *work, const Node *changes, const Node *before, Str explanation,
                          Err *err)
{
    Node *data = node_map(work->arena);
    Node *paths = node_list(work->arena);

    for (size_t i = 0; i < changes->count; i++)
        if (is_changed(before, work->c->data, changes->keys[i]))
            node_append(work->arena, paths, node_string(work->arena, changes->keys[i]));
    node_set(work->arena, data, STR("paths"), paths);
    node_set(work->arena, data, STR("version"), node_int(work->arena, work->c->data_version));
    return case_word_add(work->tx, work->c->id, explanation, data, work->arena, err) &&
           case_event(work, "case.answered", STR("citizen"), data, err);
}

static bool go_back(CaseWork *work, Err *err)
{
    const State *back = process_state(work->process, work->c->state_before);

    work->c->state_before = STR_NONE;
    work->c->ask_note = STR_NONE;
    work->c->ask_until = (Date){0};
    return case_enter(work, back ? back : &work->process->states[0], "case.state", STR("citizen"),
                      err);
}

static bool refuse_form(CaseWork *work, const FormState *state, Err *err)
{
    return err_field(err, str_cstr(work->arena, state->errors[0].path), "%.*s",
                     STR_ARG(state->errors[0].message));
}

/* The new data are in work->c: people, version, findings, state, tasks, index. */
static bool take_answer(CaseWork *work, const Node *changes, const Node *before, Str explanation,
                        FormState *state, Err *err)
{
    Case *c = work->c;
    const Form *form = work->process->form;
    Str email = case_applicant_email(form, c->data);
    const FeelValue *context;
    Finding *asked = NULL;
    size_t asked_count = 0;

    if (!case_findings(work->tx, c->id, work->arena, &asked, &asked_count, err))
        return false;
    c->applicant = case_applicant_name(form, c->data, work->arena);
    if (email.ptr)
        c->email = email;
    c->data_version++;
    if (!case_write_data(work, STR("citizen"), err) || !case_keep_uploads(work, STR_NONE, err) ||
        !record_answer(work, changes, before, explanation, err) || !go_back(work, err) ||
        !case_work_context(work, CONTEXT_REVIEW, &context, err) ||
        !case_find(work, context, before, err))
        return false;
    if (str_empty(explanation) && !check_answered(work, asked, asked_count, before, state, err))
        return false;
    if (state->error_count > 0)
        return refuse_form(work, state, err);
    if (!case_make_tasks(work, context, err) || !case_index_keys(work, err))
        return false;
    return case_save(work, err);
}

Str case_answer_owner(const Case *c, Arena *arena)
{
    return str_printf(arena, "answer/%lld", (long long)c->id);
}

bool case_answer(Tx *tx, Tenant *tenant, const Package *package, Case *c, const Node *changes,
                 Str explanation, Date today, Arena *arena, FormState *state, Err *err)
{
    CaseWork work;
    FormState old = {0};
    Node *data;
    const Case before = *c;

    if (!case_work(&work, tx, tenant, package, c, today, arena, err))
        return false;
    const State *now = process_state(work.process, c->state);

    if (!now || !now->waits_for_applicant)
        return err_set(err, ERR_CONFLICT,
                       "Für diesen Vorgang wird zurzeit keine Antwort erwartet.");
    if (!changes || changes->kind != NODE_MAP || (changes->count == 0 && str_empty(explanation)))
        return err_set(err, ERR_INPUT, "Die Antwort enthält keine Angaben.");
    if (!evaluate(&work, c->data, &old, err) || !apply_changes(&work, changes, &old, &data, err) ||
        !evaluate(&work, data, state, err))
        return false;
    forget_old_errors(state, &old);
    if (state->error_count > 0)
        return refuse_form(&work, state, err);
    c->data = state->data;
    if (take_answer(&work, changes, before.data, explanation, state, err))
        return true;
    *c = before;
    return false;
}
