/* SPDX-License-Identifier: EUPL-1.2 */
/* Deciding: what the clerk enters, the letters exactly as they will go, then the decision, or the
 * proposal where two people decide. */
#include "cases/desk_act.h"

#include "cases/case_proposal.h"
#include "cases/desk_letter.html.h"
#include "cases/desk_work.h"
#include "cases/letter_edit.h"
#include "cases/portal.h"
#include "core/http/request.h"

/* Somebody else may have decided meanwhile. */
static bool fits_state(const Acting *acting)
{
    for (size_t i = 0; i < acting->action->from_count; i++)
        if (str_eq(acting->action->from[i]->id, acting->desk.c.state))
            return true;
    return false;
}

bool acting_find(Acting *acting, Tx *tx, Err *err)
{
    Request *req = acting->req;

    if (!desk_case(req, tx, &acting->desk, err))
        return false;
    acting->action = process_action(acting->desk.process, acting->id);
    if (!acting->action)
        return err_set(err, ERR_NOT_FOUND, "Diese Entscheidung gibt es in dem Verfahren nicht.");
    if (!desk_may_act(req, &acting->desk, acting->action))
        return err_set(err, ERR_FORBIDDEN, "Diese Entscheidung trifft ein anderes Amt.");
    return fits_state(acting) ||
           err_set(err, ERR_CONFLICT, "Über den Vorgang ist inzwischen entschieden.");
}

/* Nothing is decided that reads otherwise than what the caller looked at. */
static bool check_basis(Acting *acting, Tx *tx, Err *err)
{
    Request *req = acting->req;
    Str now;

    if (str_empty(acting->basis))
        return true;
    if (!case_basis(tx, req->tenant, acting->desk.package, &acting->desk.c, req->today, req->arena,
                    &now, err))
        return false;
    acting->outdated = !str_eq(now, acting->basis);
    return !acting->outdated ||
           err_set(err, ERR_CONFLICT,
                   "Seit Sie sich das angesehen haben, hat sich der Vorgang oder ein Register "
                   "geändert. Es ist nichts entschieden. Bitte prüfen Sie, wie es jetzt aussieht.");
}

static bool write_action(Tx *tx, void *context, Err *err)
{
    Acting *acting = context;
    Request *req = acting->req;

    ActOrder order = {.action = acting->id,
                      .entry = acting->entry,
                      .edits = acting->edits,
                      .actor = request_actor(req),
                      .trial = acting->trial,
                      .needs_second = &acting->needs_second};

    if (!acting_find(acting, tx, err) || (!acting->trial && !check_basis(acting, tx, err)) ||
        !tx_query_int(tx, err, &acting->document_before,
                      "SELECT MAX(id) FROM case_document WHERE case_id = $1",
                      P_INT(acting->desk.c.id)) ||
        !case_act_order(tx, req->tenant, acting->desk.package, &acting->desk.c, &order, req->today,
                        req->arena, err))
        return false;
    acting->done = true;
    if (!acting->trial)
        return true;
    if (!letters_since(tx, acting->desk.c.id, acting->document_before, req->arena, &acting->letters,
                       err))
        acting->done = false;
    return false; /* takes everything back */
}

/* Do it for the look; what it would have changed is undone. */
static bool look(Acting *acting, Err *err)
{
    acting->trial = true;
    acting->done = false;
    acting->letters.count = 0;
    db_write(acting->req->tenant->db, write_action, acting, err);
    acting->trial = false;
    if (acting->done)
        err_clear(err);
    return acting->done;
}

/* Look, and see that every letter can be made: what cannot be printed is not decided. */
bool acting_try(Acting *acting, Err *err)
{
    if (!look(acting, err))
        return false;
    for (size_t i = 0; i < acting->letters.count; i++)
        if (!case_letter_check(acting->req->tenant, acting->letters.items[i], acting->req->arena,
                               err))
            return false;
    return true;
}

static bool write_proposal(Tx *tx, void *context, Err *err)
{
    Acting *acting = context;
    Request *req = acting->req;
    Node *letters = node_list(req->arena);
    int64_t id;

    for (size_t i = 0; i < acting->letters.count; i++)
        node_append(req->arena, letters, node_clone(req->arena, acting->letters.items[i]));
    ProposeOrder order = {.action = acting->id,
                          .entry = acting->entry,
                          .edits = acting->edits,
                          .letters = letters,
                          .note = acting->note,
                          .staff_id = req->session.staff_id};

    return acting_find(acting, tx, err) && check_basis(acting, tx, err) &&
           case_propose(tx, req->tenant, acting->desk.package, &acting->desk.c, &order, req->today,
                        req->arena, &id, err);
}

bool acting_commit(Acting *acting, Err *err)
{
    return db_write(acting->req->tenant->db, acting->needs_second ? write_proposal : write_action,
                    acting, err);
}

/* --- What the clerk enters
 * ------------------------------------------------------------------------ */

#define EDIT "brief-"
enum { NOTE_FOR_SECOND_MAX = 1000 };

static FieldView note_field(Str note)
{
    return (FieldView){.id = STR("bemerkung"),
                       .name = STR("bemerkung"),
                       .label = STR("Bemerkung für die zweite Person"),
                       .optional = true,
                       .value = note,
                       .max_length = NOTE_FOR_SECOND_MAX};
}

static bool check_note(const Acting *acting, Err *err)
{
    return desk_text_fits("bemerkung", acting->note, NOTE_FOR_SECOND_MAX, "Ihre Bemerkung", err);
}

/* "brief-0-gruende" is what the part "gruende" of the first letter shall say. */
static void read_edits(Acting *acting)
{
    Request *req = acting->req;
    Node *edits = node_map(req->arena);

    for (size_t i = 0; i < req->form_count; i++) {
        Str name = req->form[i].name;

        if (!str_starts_with(name, EDIT))
            continue;
        name = str_slice(name, strlen(EDIT), name.len);
        Str letter = str_cut(&name, '-');

        if (name.ptr && !str_empty(str_trim(req->form[i].value)))
            node_set(req->arena, edits,
                     str_printf(req->arena, "%.*s.%.*s", STR_ARG(letter), STR_ARG(name)),
                     node_string(req->arena, req->form[i].value));
    }
    acting->edits = edits->count ? edits : NULL;
}

static bool read_entry(Acting *acting, Err *err)
{
    Request *req = acting->req;
    Sent sent = {0};

    read_edits(acting);
    acting->basis = request_form(req, "stand");
    acting->note = str_trim(request_form(req, "bemerkung"));

    acting->entry = node_map(req->arena);
    if (!acting->action->entry)
        return true;
    if (!portal_sent_read(req, acting->action->entry, &sent, err))
        return false;
    portal_sent_apply(&sent, acting->entry);
    return true;
}

/* Evaluate the entry as a form, for the fields and their errors. */
bool acting_evaluate(Acting *acting, Tx *tx, FormState *out, Err *err)
{
    Request *req = acting->req;
    FeelEnv env = {.now = req->now, .today = req->today};
    const FeelValue *context;
    FormInput input = {.package = acting->desk.package,
                       .form = acting->action->entry,
                       .data = acting->entry,
                       .env = &env,
                       .lang = STR("de"),
                       .strict = acting->strict};

    if (!case_context(tx, req->tenant, acting->desk.package, &acting->desk.c, NULL, req->today,
                      req->arena, &context, err))
        return false;
    input.extra = context;
    return form_evaluate(&input, req->arena, out, err);
}

/* --- The page
 * ---------------------------------------------------------------------------------------- */

LetterPreview desk_letter_preview(Arena *arena, const Node *shot)
{
    const Node *lines = node_get(shot, "recipient");
    Buf recipient = buf_in(arena);
    Date date = {0};

    for (size_t k = 0; lines && k < lines->count; k++)
        buf_addf(&recipient, "%s%.*s", k ? ", " : "", STR_ARG(node_text(lines->items[k])));
    date_parse_iso(node_get_text(shot, "date"), &date);
    return (LetterPreview){.title = node_get_text(shot, "subject"),
                           .lang = node_get_text(shot, "lang"),
                           .recipient = recipient.len ? buf_str(&recipient) : STR(""),
                           .date = date_long(arena, date, node_get_text(shot, "lang")),
                           .body = desk_markdown(arena, node_get_text(shot, "body")),
                           .giro = node_get(shot, "giro") != NULL,
                           .changed = node_get(shot, "edited_by") != NULL};
}

/* The parts of a letter that may be written anew, as fields. */
static void fill_edits(Arena *arena, const Node *shot, size_t letter, LetterPreview *out)
{
    const Node *edits = node_get(shot, "edits");

    out->edits = arena_array(arena, FieldView, edits ? edits->count : 0);
    for (size_t i = 0; edits && i < edits->count; i++) {
        Str name = letter_edit_field(arena, (int)letter, node_get_text(edits->items[i], "name"));

        out->edits[out->edit_count++] =
            (FieldView){.id = name,
                        .name = name,
                        .label = node_get_text(edits->items[i], "label"),
                        .hint = STR("Leere Zeile: neuer Absatz. „- “ am Anfang einer Zeile: "
                                    "Aufzählung. Ein leeres Feld holt den ursprünglichen Text "
                                    "zurück."),
                        .value = node_get_text(edits->items[i], "text"),
                        .rows = 6,
                        .max_length = EDIT_CHARACTERS_MAX};
    }
}

LetterPreview *acting_letters(const Acting *acting, bool editable)
{
    Arena *arena = acting->req->arena;
    LetterPreview *letters = arena_array(arena, LetterPreview, acting->letters.count);

    for (size_t i = 0; i < acting->letters.count; i++) {
        letters[i] = desk_letter_preview(arena, acting->letters.items[i]);
        if (editable)
            fill_edits(arena, acting->letters.items[i], i, &letters[i]);
    }
    return letters;
}

Str acting_signs(const Acting *acting)
{
    const Form *form = acting->desk.process->form, *entry = acting->action->entry;
    SignSource sources[] = {
        {form->fields, form->field_count, acting->desk.c.data},
        {entry ? entry->fields : NULL, entry ? entry->field_count : 0, acting->entry}};

    return letter_signs_missing(acting->letters.items, acting->letters.count, sources, 2,
                                acting->req->arena);
}

static void fill_letters(Acting *acting, ActionPage *page)
{
    page->unprintable = acting_signs(acting);
    page->letters = acting_letters(acting, true);
    page->letter_count = acting->letters.count;
    for (size_t i = 0; i < page->letter_count; i++)
        page->editable = page->editable || page->letters[i].edit_count;
}

/* Nobody else may approve: said before somebody waits for it. */
static bool find_second(Acting *acting, Tx *tx, ActionPage *page, Err *err)
{
    Staff *staff;
    size_t count;

    if (!ident_staff_list(tx, acting->req->arena, &staff, &count, err))
        return false;
    page->alone = true;
    for (size_t i = 0; i < count; i++)
        if (staff[i].id != acting->req->session.staff_id &&
            desk_staff_may_act(&staff[i], &acting->desk, acting->action))
            page->alone = false;
    return true;
}

static bool fill_page(Acting *acting, Tx *tx, Out *out, bool typed, ActionPage *page, Err *err)
{
    Request *req = acting->req;
    const Case *c = &acting->desk.c;

    *page =
        (ActionPage){.case_path = str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)c->id),
                     .number = c->number,
                     .applicant = c->applicant,
                     .label = text_in(acting->action->label, STR("de")),
                     .confirm = text_in(acting->action->confirm, STR("de")),
                     .path = str_printf(req->arena, "/desk/vorgaenge/%lld/entscheidung/%.*s",
                                        (long long)c->id, STR_ARG(acting->action->id)),
                     .note = note_field(acting->note),
                     .has_fields = acting->action->entry != NULL};
    if (!acting->action->entry)
        return true;
    FormState state = {0};
    FieldsView fields = {.lang = STR("de"), .data = acting->entry, .show_errors = typed};
    const Form *form = acting->action->entry;

    if (!acting_evaluate(acting, tx, &state, err))
        return false;
    fields.state = &state;
    page->fields = portal_fields(out, &fields, form->fields, form->field_count);
    if (typed)
        page->errors =
            portal_errors(req->arena, &state, form->fields, form->field_count, &page->error_count);
    return true;
}

static void keep(ActionPage *page, FieldView field, const Err *why, Arena *arena)
{
    if (why->kind != ERR_NONE)
        field.error = problem_words(why, arena);
    page->kept[page->kept_count++] = field;
}

/* What the clerk wrote anew stands on the page also when the letters cannot be shown. */
static void keep_words(const Acting *acting, ActionPage *page)
{
    const Request *req = acting->req;

    page->kept = arena_array(req->arena, FieldView, req->form_count + 1);
    for (size_t i = 0; i < req->form_count; i++) {
        Str name = req->form[i].name, words = req->form[i].value;
        Err why = {0};

        if (!str_starts_with(name, EDIT) || str_empty(str_trim(words)))
            continue;
        letter_edit_check(EDIT, "Ihr Wortlaut", words, EDIT_CHARACTERS_MAX, &why);
        keep(page,
             (FieldView){.id = name,
                         .name = name,
                         .label = str_printf(req->arena, "Ihr geänderter Wortlaut (%zu)",
                                             page->kept_count + 1),
                         .value = words,
                         .optional = true,
                         .rows = 6,
                         .max_length = EDIT_CHARACTERS_MAX},
             &why, req->arena);
    }
    Err why = {0};

    if (!str_empty(acting->note)) {
        check_note(acting, &why);
        keep(page, note_field(acting->note), &why, req->arena);
    }
}

/* `typed`: the clerk has sent something, so that mistakes are shown and letters previewed. */
static bool show(Acting *acting, Response *res, bool typed, Str problem, Err *err)
{
    Request *req = acting->req;
    Out fields_out = out_for(req);
    Out out = out_for(req);
    ActionPage page;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = acting_find(acting, tx, err) &&
              fill_page(acting, tx, &fields_out, typed, &page, err) &&
              find_second(acting, tx, &page, err) &&
              case_basis(tx, req->tenant, acting->desk.package, &acting->desk.c, req->today,
                         req->arena, &page.basis, err);

    tx_end(tx);
    if (!ok)
        return false;
    page.problem = problem;
    if ((!problem.ptr || acting->outdated) && page.error_count == 0 &&
        (typed || !page.has_fields)) {
        page.previewed = acting_try(acting, err);
        if (!page.previewed && !problem_take(req, err, &page.problem))
            return false;
        fill_letters(acting, &page);
        page.needs_second = acting->needs_second;
    }
    if (!page.previewed)
        keep_words(acting, &page);
    if (page.problem.ptr || page.error_count)
        res->status = page.error_count ? 422 : 409;
    page_desk_action(&out, &page);
    return page_send(
        req, res,
        &(PageFrame){.area = AREA_DESK, .title = page.label, .active = STR("/desk/vorgaenge")},
        out_html(&out));
}

static bool start(Request *req, Acting *acting, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);

    *acting = (Acting){.req = req, .id = request_param(req, "entscheidung")};
    if (!tx)
        return false;
    bool ok = acting_find(acting, tx, err);

    tx_end(tx);
    acting->entry = node_map(req->arena);
    return ok;
}

bool desk_action_page(Request *req, Response *res, Err *err)
{
    Acting acting;

    return start(req, &acting, err) && show(&acting, res, false, STR_NONE, err);
}

/* What is wrong with a field is said beside it. */
static bool show_refused(Acting *acting, Response *res, Err *err)
{
    bool beside = err->field[0];
    Str problem;

    return problem_take(acting->req, err, &problem) &&
           show(acting, res, true, beside ? STR_NONE : problem, err);
}

bool desk_action_post(Request *req, Response *res, Err *err)
{
    Acting acting;

    if (!start(req, &acting, err) || !read_entry(&acting, err))
        return false;
    if (!check_note(&acting, err)) {
        Str problem;
        return problem_take(req, err, &problem) && show(&acting, res, true, problem, err);
    }
    /* Nobody decides who has not seen what happens then. */
    if (!str_empty(request_form(req, "vorschau")) || str_empty(acting.basis))
        return show(&acting, res, true, STR_NONE, err);
    bool tried = acting_try(&acting, err);

    if (tried && acting_signs(&acting).ptr && str_empty(request_form(req, "zeichen-gesehen"))) {
        res->status = 409;
        return show(&acting, res, true, STR_NONE, err);
    }
    if (tried && acting_commit(&acting, err))
        return respond_redirect(req, res,
                                str_printf(req->arena, "/desk/vorgaenge/%lld?getan=%s",
                                           (long long)acting.desk.c.id,
                                           acting.needs_second ? "vorgeschlagen" : "entschieden"));
    return show_refused(&acting, res, err);
}

/* The first letter of the decision as the PDF that would go. */
bool desk_action_pdf_post(Request *req, Response *res, Err *err)
{
    Acting acting;
    int64_t index = 0;
    Str pdf;

    if (!start(req, &acting, err) || !read_entry(&acting, err))
        return false;
    str_to_i64(request_form(req, "brief"), &index);
    if (!acting_try(&acting, err))
        return show_refused(&acting, res, err);
    if (index < 0 || (size_t)index >= acting.letters.count)
        return err_set(err, ERR_NOT_FOUND, "Diese Entscheidung verschickt keinen solchen Brief.");
    return letter_from_snapshot(req->tenant, acting.letters.items[index], req->arena, &pdf, err) &&
           respond_bytes(res, req->arena, STR("application/pdf"), pdf, STR_NONE);
}
