/* SPDX-License-Identifier: EUPL-1.2 */
/* Filling in a form page by page. Every page that is sent is saved as it was typed; the next page
 * comes when this one has no mistakes. Without JavaScript, fields that became visible by an
 * answer are shown by sending the page again. */
#include "cases/portal_form.h"
#include "cases/field.h"
#include "cases/portal_form.html.h"
#include "core/store/file.h"
#include "geo/geo.h"

Str application_path(const Request *req, const Draft *draft, const char *rest)
{
    return str_printf(req->arena, "/antrag/%.*s/%s", STR_ARG(draft->token), rest);
}

static bool read_application(Request *req, bool quiet, Application *out, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok =
        draft_read(tx, req->tenant, request_param(req, "token"), req->arena, &out->draft, err);
    if (ok && !out->draft.case_id) {
        const Form *form = out->draft.procedure->form;
        portal_fill_items(req->arena, out->draft.data, form->fields, form->field_count);
        ok = portal_evaluate(req, tx, out->draft.package, out->draft.procedure, out->draft.data,
                             quiet, &out->state, err);
    }
    tx_end(tx);
    return ok;
}

bool application_read(Request *req, Application *out, Err *err)
{
    return read_application(req, false, out, err);
}

const FormPage *application_next(const FormState *state, const FormPage *page)
{
    const Form *form = state->form;

    for (size_t i = page ? (size_t)(page - form->pages) + 1 : 0; i < form->page_count; i++)
        if (form_page_visible(state, &form->pages[i]))
            return &form->pages[i];
    return NULL;
}

const FormPage *application_previous(const FormState *state, const FormPage *page)
{
    const Form *form = state->form;

    for (size_t i = page ? (size_t)(page - form->pages) : form->page_count; i > 0; i--)
        if (form_page_visible(state, &form->pages[i - 1]))
            return &form->pages[i - 1];
    return NULL;
}

int application_steps(const FormState *state, const FormPage *page, int *before)
{
    int count = 0;

    *before = 0;
    for (size_t i = 0; i < state->form->page_count; i++) {
        if (&state->form->pages[i] == page)
            *before = count;
        count += form_page_visible(state, &state->form->pages[i]);
    }
    return count;
}

static const FormPage *find_page(const Form *form, Str id)
{
    for (size_t i = 0; i < form->page_count; i++)
        if (str_eq(form->pages[i].id, id))
            return &form->pages[i];
    return NULL;
}

static Str page_path(const Request *req, const Draft *draft, const FormPage *page)
{
    return page ? application_path(req, draft, str_cstr(req->arena, page->id))
                : application_path(req, draft, "pruefen");
}

/* GET /antrag/:token: where the person was. */
bool portal_resume(Request *req, Response *res, Err *err)
{
    Application app;

    if (!read_application(req, true, &app, err))
        return false;
    if (app.draft.case_id)
        return respond_redirect(req, res, application_path(req, &app.draft, "fertig"));
    const FormPage *page = find_page(app.draft.procedure->form, app.draft.page);
    if (!page || !form_page_visible(&app.state, page))
        page = application_next(&app.state, NULL);
    return respond_redirect(req, res, page_path(req, &app.draft, page));
}

static bool show_page(Request *req, Response *res, const Application *app, const FormPage *page,
                      bool show_errors, Err *err)
{
    FieldsView fields = {.lang = req->lang,
                         .state = &app->state,
                         .data = app->draft.data,
                         .show_errors = show_errors,
                         .files = application_path(req, &app->draft, "datei"),
                         .ground = portal_has_map(page->fields, page->field_count)
                                       ? geo_ground(req->tenant)
                                       : STR_NONE};
    const FormPage *previous = application_previous(&app->state, page);
    Out out = out_for(req);
    FormView view = {.title = portal_text(req, page->title),
                     .intro = portal_markdown(req, page->intro),
                     .action = page_path(req, &app->draft, page)};

    if (!prefill_show(req, &app->draft, page, view.action, &view.prefill, err))
        return false;
    view.steps = application_steps(&app->state, page, &view.step) + 1;
    view.step++;
    view.back = previous
                    ? page_path(req, &app->draft, previous)
                    : str_printf(req->arena, "/dienste/%.*s/%.*s", STR_ARG(app->draft.package->id),
                                 STR_ARG(app->draft.procedure->id));
    if (show_errors)
        view.errors = portal_errors(req->arena, &app->state, page->fields, page->field_count,
                                    &view.error_count);
    view.fields = portal_fields(&out, &fields, page->fields, page->field_count);
    page_portal_form_page(&out, &view);
    PageFrame frame = {
        .area = AREA_PORTAL,
        .title = view.error_count ? trf(req->arena, req->lang, "Fehler: %.*s", STR_ARG(view.title))
                                  : view.title,
        .active = STR("/dienste"),
        .map = fields.ground.ptr != NULL,
        .script = fields.ground.ptr ? "pick.js" : NULL};
    page_send(req, res, &frame, out_html(&out));
    response_header(res, "Cache-Control", STR("no-store"));
    response_header(res, "Referrer-Policy", STR("no-referrer"));
    if (show_errors)
        res->status = 422;
    return true;
}

static bool open_page(Request *req, Response *res, bool quiet, Application *app,
                      const FormPage **page, Err *err)
{
    *page = NULL;
    if (!read_application(req, quiet, app, err))
        return false;
    if (app->draft.case_id)
        return respond_redirect(req, res, application_path(req, &app->draft, "fertig"));
    *page = find_page(app->draft.procedure->form, request_param(req, "page"));
    if (!*page)
        return err_set(err, ERR_NOT_FOUND, "Diese Seite gibt es in diesem Antrag nicht.");
    return true;
}

/* GET /antrag/:token/:page */
bool portal_form_show(Request *req, Response *res, Err *err)
{
    Application app;
    const FormPage *page;
    bool show_errors = request_query(req, "fehler").ptr != NULL;

    if (!open_page(req, res, !show_errors, &app, &page, err))
        return false;
    if (!page)
        return true;
    if (!form_page_visible(&app.state, page))
        return respond_redirect(req, res,
                                page_path(req, &app.draft, application_next(&app.state, page)));
    if (!show_page(req, res, &app, page, show_errors, err))
        return false;
    if (res->status == 422)
        res->status = 200;
    return true;
}

/* --- What was sent
 * -------------------------------------------------------------------------------- */

static bool save_sent(Tx *tx, const Draft *draft, Node *data, void *context, Err *err)
{
    const Sent *sent = context;
    Arena *arena = sent->req->arena;
    const Form *form = draft->procedure->form;

    for (size_t i = 0; i < sent->file_count; i++)
        if (!file_put(tx, sent->req->tenant, &sent->files[i].info, sent->files[i].bytes,
                      draft_owner(draft, arena), err))
            return false;
    portal_fill_items(arena, data, form->fields, form->field_count);
    portal_sent_apply(sent, data);
    portal_sent_button(sent, data);
    ((Draft *)draft)->data = data;
    return true;
}

static bool evaluate_again(Request *req, Application *app, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = portal_evaluate(req, tx, app->draft.package, app->draft.procedure, app->draft.data,
                              false, &app->state, err);
    tx_end(tx);
    return ok;
}

/* Is there a visible field of this page that was not on the page that was sent? */
static bool something_new(const Sent *sent, const FormState *state, FormField *const *fields,
                          size_t count, Str prefix)
{
    Arena *arena = sent->req->arena;

    for (size_t i = 0; i < count; i++) {
        const FormField *field = fields[i];
        Str path = str_printf(arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(field->id));
        if (!form_visible(state, path) || !field_has_value(field) || field->compute)
            continue;
        if (field->type == FIELD_GROUP) {
            const Node *value = node_path(state->data, path);
            size_t items = field->repeats ? (value ? value->count : 0) : 1;
            for (size_t k = 0; k < items; k++) {
                Str inner = field->repeats ? str_printf(arena, "%.*s[%zu].", STR_ARG(path), k)
                                           : str_printf(arena, "%.*s.", STR_ARG(path));
                if (something_new(sent, state, field->fields, field->field_count, inner))
                    return true;
            }
            continue;
        }
        bool shown = false;
        for (size_t k = 0; k < sent->shown_count && !shown; k++)
            shown = str_eq(sent->shown[k], path);
        if (!shown)
            return true;
    }
    return false;
}

static bool errors_on(const FormState *state, const FormPage *page)
{
    for (size_t i = 0; i < state->error_count; i++)
        if (portal_error_within(&state->errors[i], page->fields, page->field_count))
            return true;
    return false;
}

/* Files that were refused stand before the form's own errors. */
static void add_refused(Request *req, const Sent *sent, FormState *state)
{
    FormError *errors =
        arena_array(req->arena, FormError, state->error_count + sent->refused_count);

    for (size_t i = 0; i < sent->refused_count; i++)
        errors[i] = sent->refused[i];
    if (state->error_count)
        memcpy(errors + sent->refused_count, state->errors, state->error_count * sizeof *errors);
    state->errors = errors;
    state->error_count += sent->refused_count;
    state->error_capacity = state->error_count;
}

/* Where to after the page was saved. */
static bool go_on(Request *req, Response *res, Application *app, const FormPage *page,
                  const Sent *sent, Err *err)
{
    Str here = page_path(req, &app->draft, page);
    Str button = request_form(req, "hinzufuegen");

    if (sent->refused_count) {
        add_refused(req, sent, &app->state);
        return show_page(req, res, app, page, true, err);
    }
    if (request_form(req, "sichern").ptr)
        return respond_redirect(req, res, application_path(req, &app->draft, "sichern"));
    if (portal_sent_has_button(sent))
        return respond_redirect(req, res,
                                button.ptr
                                    ? str_printf(req->arena, "%.*s#%.*s", STR_ARG(here),
                                                 STR_ARG(portal_field_id(req->arena, button)))
                                    : here);
    if (something_new(sent, &app->state, page->fields, page->field_count, STR("")))
        return respond_redirect(req, res, here);
    if (errors_on(&app->state, page))
        return show_page(req, res, app, page, true, err);
    const FormPage *next = application_next(&app->state, page);
    return respond_redirect(req, res, page_path(req, &app->draft, next));
}

/* POST /antrag/:token/:page */
bool portal_form_send(Request *req, Response *res, Err *err)
{
    Application app;
    const FormPage *page;
    Sent sent;

    if (!open_page(req, res, false, &app, &page, err))
        return false;
    if (!page)
        return true;
    if (page->prefill && request_form(req, "uebernehmen").ptr)
        return prefill_take(req, &app.draft, page, err) &&
               respond_redirect(req, res, page_path(req, &app.draft, page));
    if (!portal_sent_read(req, app.draft.procedure->form, &sent, err))
        return false;
    if (request_form(req, "teil").ptr) {
        /* The script asks how the page would look; nothing is kept. */
        portal_sent_apply(&sent, app.draft.data);
        if (!evaluate_again(req, &app, err))
            return false;
        return show_page(req, res, &app, page, false, err);
    }
    if (!draft_change(req->tenant, &app.draft, page->id, save_sent, &sent, req->arena, err) ||
        !evaluate_again(req, &app, err))
        return false;
    return go_on(req, res, &app, page, &sent, err);
}

/* GET /antrag/:token/datei/:sha256: a file of this draft. */
bool portal_draft_file(Request *req, Response *res, Err *err)
{
    Str sha256 = request_param(req, "sha256");
    Draft draft;
    FileInfo *files;
    size_t count = 0;
    Str bytes;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = draft_read(tx, req->tenant, request_param(req, "token"), req->arena, &draft, err) &&
              file_list(tx, draft_owner(&draft, req->arena), req->arena, &files, &count, err);
    const FileInfo *found = NULL;
    for (size_t i = 0; ok && i < count && !found; i++)
        if (str_is(sha256, files[i].sha256))
            found = &files[i];
    if (ok && !found)
        ok = err_set(err, ERR_NOT_FOUND, "Diese Datei gibt es hier nicht.");
    ok = ok && file_read(tx, req->tenant, sha256, req->arena, &bytes, err);
    tx_end(tx);
    return ok && respond_bytes(res, req->arena, found->type, bytes, found->name);
}
