/* SPDX-License-Identifier: EUPL-1.2 */
/* Deciding: what the clerk enters, the letters exactly as they will go, then the decision. The
 * preview does the action in the database and takes it back, so that it can differ in nothing. */
#include "cases/desk.h"

#include "base/vec.h"
#include "cases/desk_letter.html.h"
#include "cases/portal.h"
#include "core/http/request.h"

typedef struct Acting {
    Request *req;
    DeskCase desk;
    const Action *action;
    Node *entry;
    bool preview; /* do it and take it back */
    bool done;
    int64_t document_before;
    struct {
        const Node **items;
        size_t count, capacity;
    } letters;
    size_t charges;
} Acting;

/* Somebody else may have decided meanwhile. */
static bool fits_state(const Acting *acting)
{
    for (size_t i = 0; i < acting->action->from_count; i++)
        if (str_eq(acting->action->from[i]->id, acting->desk.c.state))
            return true;
    return false;
}

static bool find_action(Acting *acting, Tx *tx, Err *err)
{
    Request *req = acting->req;

    if (!desk_case(req, tx, &acting->desk, err))
        return false;
    acting->action = process_action(acting->desk.process, request_param(req, "entscheidung"));
    if (!acting->action)
        return err_set(err, ERR_NOT_FOUND, "Diese Entscheidung gibt es in dem Verfahren nicht.");
    if (!desk_may_act(req, &acting->desk, acting->action))
        return err_set(err, ERR_FORBIDDEN, "Diese Entscheidung trifft ein anderes Amt.");
    return fits_state(acting) ||
           err_set(err, ERR_CONFLICT, "Über den Vorgang ist inzwischen entschieden.");
}

static bool collect_letters(Acting *acting, Tx *tx, Err *err)
{
    Rows *rows = tx_query(tx, acting->req->arena, err,
                          "SELECT snapshot FROM case_document WHERE case_id = $1 AND id > $2 AND "
                          "kind = 'letter' ORDER BY id",
                          P_INT(acting->desk.c.id), P_INT(acting->document_before));

    if (!rows)
        return false;
    err_clear(err);
    while (rows_next(rows, err)) {
        const Node *shot =
            node_parse_json(acting->req->arena, row_text(rows, 0), NULL, &NODE_LIMITS_PACKAGE, err);

        if (!shot)
            return false;
        VEC_PUSH(acting->req->arena, &acting->letters, shot);
    }
    return err->kind == ERR_NONE;
}

static bool write_action(Tx *tx, void *context, Err *err)
{
    Acting *acting = context;
    Request *req = acting->req;

    if (!find_action(acting, tx, err) ||
        !tx_query_int(tx, err, &acting->document_before,
                      "SELECT MAX(id) FROM case_document WHERE case_id = $1",
                      P_INT(acting->desk.c.id)) ||
        !case_act(tx, req->tenant, acting->desk.package, &acting->desk.c, acting->action->id,
                  acting->entry, desk_actor(req), req->today, req->arena, err))
        return false;
    acting->done = true;
    if (!acting->preview)
        return true;
    if (!collect_letters(acting, tx, err))
        acting->done = false;
    return false; /* takes everything back */
}

/* Do it for the look; what it would have changed is undone. */
static bool look(Acting *acting, Err *err)
{
    acting->preview = true;
    acting->done = false;
    acting->letters.count = 0;
    db_write(acting->req->tenant->db, write_action, acting, err);
    acting->preview = false;
    if (acting->done)
        err_clear(err);
    return acting->done;
}

/* Look, and see that every letter can be made: what cannot be printed is not decided. */
static bool try_out(Acting *acting, Err *err)
{
    if (!look(acting, err))
        return false;
    for (size_t i = 0; i < acting->letters.count; i++)
        if (!case_letter_check(acting->req->tenant, acting->letters.items[i], acting->req->arena,
                               err))
            return false;
    return true;
}

/* --- What the clerk enters
 * ------------------------------------------------------------------------ */

static bool read_entry(Acting *acting, Err *err)
{
    Request *req = acting->req;
    Sent sent = {0};

    acting->entry = node_map(req->arena);
    if (!acting->action->entry)
        return true;
    if (!portal_sent_read(req, acting->action->entry, &sent, err))
        return false;
    portal_sent_apply(&sent, acting->entry);
    return true;
}

/* Evaluate the entry as a form, for the fields and their errors. */
static bool evaluate_entry(Acting *acting, Tx *tx, FormState *out, Err *err)
{
    Request *req = acting->req;
    FeelEnv env = {.now = req->now, .today = req->today};
    const FeelValue *context;
    FormInput input = {.package = acting->desk.package,
                       .form = acting->action->entry,
                       .data = acting->entry,
                       .env = &env,
                       .lang = STR("de")};

    if (!case_context(tx, req->tenant, acting->desk.package, &acting->desk.c, NULL, req->today,
                      req->arena, &context, err))
        return false;
    input.extra = context;
    return form_evaluate(&input, req->arena, out, err);
}

/* --- The page
 * ---------------------------------------------------------------------------------------- */

static void fill_letters(Acting *acting, ActionPage *page)
{
    Arena *arena = acting->req->arena;

    page->letters = arena_array(arena, LetterPreview, acting->letters.count);
    for (size_t i = 0; i < acting->letters.count; i++) {
        const Node *shot = acting->letters.items[i];
        const Node *lines = node_get(shot, "recipient");
        Buf recipient = buf_in(arena);
        Date date = {0};

        for (size_t k = 0; lines && k < lines->count; k++)
            buf_addf(&recipient, "%s%.*s", k ? ", " : "", STR_ARG(node_text(lines->items[k])));
        date_parse_iso(node_get_text(shot, "date"), &date);
        page->letters[page->letter_count++] =
            (LetterPreview){.title = node_get_text(shot, "subject"),
                            .lang = node_get_text(shot, "lang"),
                            .recipient = recipient.len ? buf_str(&recipient) : STR(""),
                            .date = date_long(arena, date, node_get_text(shot, "lang")),
                            .body = desk_markdown(arena, node_get_text(shot, "body")),
                            .giro = node_get(shot, "giro") != NULL};
    }
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
                     .has_fields = acting->action->entry != NULL};
    if (!acting->action->entry)
        return true;
    FormState state = {0};
    FieldsView fields = {.lang = STR("de"), .data = acting->entry, .show_errors = typed};
    const Form *form = acting->action->entry;

    if (!evaluate_entry(acting, tx, &state, err))
        return false;
    fields.state = &state;
    page->fields = portal_fields(out, &fields, form->fields, form->field_count);
    if (typed)
        page->errors =
            portal_errors(req->arena, &state, form->fields, form->field_count, &page->error_count);
    return true;
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
    bool ok = find_action(acting, tx, err) && fill_page(acting, tx, &fields_out, typed, &page, err);

    tx_end(tx);
    if (!ok)
        return false;
    page.problem = problem;
    if (!problem.ptr && page.error_count == 0 && (typed || !page.has_fields)) {
        page.previewed = try_out(acting, err);
        if (!page.previewed && err->kind != ERR_INPUT && err->kind != ERR_CONFLICT)
            return false;
        if (!page.previewed)
            page.problem = str_copy(req->arena, str_c(err->message));
        err_clear(err);
        fill_letters(acting, &page);
    }
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

    *acting = (Acting){.req = req};
    if (!tx)
        return false;
    bool ok = find_action(acting, tx, err);

    tx_end(tx);
    acting->entry = node_map(req->arena);
    return ok;
}

bool desk_action_page(Request *req, Response *res, Err *err)
{
    Acting acting;

    return start(req, &acting, err) && show(&acting, res, false, STR_NONE, err);
}

bool desk_action_post(Request *req, Response *res, Err *err)
{
    Acting acting;

    if (!start(req, &acting, err) || !read_entry(&acting, err))
        return false;
    if (!str_empty(request_form(req, "vorschau")))
        return show(&acting, res, true, STR_NONE, err);
    if (try_out(&acting, err) && db_write(req->tenant->db, write_action, &acting, err))
        return respond_redirect(req, res,
                                str_printf(req->arena, "/desk/vorgaenge/%lld?getan=entschieden",
                                           (long long)acting.desk.c.id));
    if (err->kind != ERR_INPUT && err->kind != ERR_CONFLICT)
        return false;
    Str problem = err->field[0] ? STR_NONE : str_copy(req->arena, str_c(err->message));

    err_clear(err);
    return show(&acting, res, true, problem, err);
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
    if (!try_out(&acting, err)) {
        if (err->kind != ERR_INPUT && err->kind != ERR_CONFLICT)
            return false;
        Str problem = err->field[0] ? STR_NONE : str_copy(req->arena, str_c(err->message));

        err_clear(err);
        return show(&acting, res, true, problem, err);
    }
    if (index < 0 || (size_t)index >= acting.letters.count)
        return err_set(err, ERR_NOT_FOUND, "Diese Entscheidung verschickt keinen solchen Brief.");
    return letter_from_snapshot(req->tenant, acting.letters.items[index], req->arena, &pdf, err) &&
           respond_bytes(res, req->arena, STR("application/pdf"), pdf, STR_NONE);
}
