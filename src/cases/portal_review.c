/* SPDX-License-Identifier: EUPL-1.2 */
/* The summary before sending, sending itself, and the confirmation. Sending twice (a double click,
 * a reload, a lost answer) gives the same number: the draft is the idempotency key. */
#include "cases/portal_form.h"
#include "cases/portal_form.html.h"
#include "cases/process.h"

static const FormPage *page_of_error(const Form *form, const FormError *error)
{
    for (size_t i = 0; i < form->page_count; i++)
        if (portal_error_within(error, form->pages[i].fields, form->pages[i].field_count))
            return &form->pages[i];
    return &form->pages[0];
}

static const ReviewProblem *problems(Request *req, const Application *app)
{
    ReviewProblem *list = arena_array(req->arena, ReviewProblem, app->state.error_count);

    for (size_t i = 0; i < app->state.error_count; i++) {
        const FormError *error = &app->state.errors[i];
        const FormPage *page = page_of_error(app->draft.procedure->form, error);
        list[i].message = error->message;
        list[i].path =
            str_printf(req->arena, "%.*s?fehler=1#%.*s",
                       STR_ARG(application_path(req, &app->draft, str_cstr(req->arena, page->id))),
                       STR_ARG(portal_field_id(req->arena, error->path)));
    }
    return list;
}

static void show(Request *req, Response *res, const Application *app)
{
    const Form *form = app->draft.procedure->form;
    AnswerSection *sections = arena_array(req->arena, AnswerSection, form->page_count);
    FieldsView fields = {.lang = req->lang, .state = &app->state, .data = app->draft.data};
    const FormPage *last = application_previous(&app->state, NULL);
    Out out = out_for(req);
    int before;
    ReviewView view = {
        .action = application_path(req, &app->draft, "pruefen"),
        .save = application_path(req, &app->draft, "sichern"),
        .button = portal_text(req, app->draft.procedure->name),
        .back = application_path(req, &app->draft, last ? str_cstr(req->arena, last->id) : ""),
        .sections = sections,
        .problems = problems(req, app),
        .problem_count = app->state.error_count};

    view.step = application_steps(&app->state, NULL, &before) + 1;
    for (size_t i = 0; i < form->page_count; i++) {
        const FormPage *page = &form->pages[i];
        if (!form_page_visible(&app->state, page))
            continue;
        Str path = application_path(req, &app->draft, str_cstr(req->arena, page->id));
        Html answers = portal_answers(&out, &fields, page->fields, page->field_count, path);
        if (answers.str.len)
            sections[view.section_count++] =
                (AnswerSection){portal_text(req, page->title), answers};
    }
    page_portal_review(&out, &view);
    PageFrame frame = {.area = AREA_PORTAL,
                       .title = tr(req->lang, "Prüfen Sie Ihre Angaben"),
                       .active = STR("/dienste")};
    page_send(req, res, &frame, out_html(&out));
    response_header(res, "Cache-Control", STR("no-store"));
    response_header(res, "Referrer-Policy", STR("no-referrer"));
}

/* GET /antrag/:token/pruefen */
bool portal_review_show(Request *req, Response *res, Err *err)
{
    Application app;

    if (!application_read(req, &app, err))
        return false;
    if (app.draft.case_id)
        return respond_redirect(req, res, application_path(req, &app.draft, "fertig"));
    app.state.error_count = 0;
    show(req, res, &app);
    return true;
}

typedef struct Submission {
    Request *req;
    const Draft *draft;
    FormState state;
} Submission;

/* Evaluated inside the write, with what the draft holds now: another tab may have changed it. */
static bool submit(Tx *tx, void *context, Err *err)
{
    Submission *submission = context;
    Request *req = submission->req;
    Draft draft;
    Case made;

    if (!draft_read(tx, req->tenant, submission->draft->token, req->arena, &draft, err))
        return false;
    if (draft.case_id)
        return true;
    if (!portal_evaluate(req, tx, draft.package, draft.procedure, draft.data, false,
                         &submission->state, err))
        return false;
    if (submission->state.error_count)
        return true;
    SubmitOrder order = {.package = draft.package,
                         .procedure = draft.procedure,
                         .data = submission->state.data,
                         .citizen_id =
                             req->session.citizen_id ? req->session.citizen_id : draft.citizen_id,
                         .lang = req->lang,
                         .channel = req->session.staff_id ? STR("desk") : STR("portal"),
                         .draft_token = draft.key,
                         .email = req->session.email,
                         .base_url = request_absolute_url(req, STR("")),
                         .today = req->today};
    return case_submit(tx, req->tenant, &order, req->arena, &made, err) &&
           draft_close(tx, &draft, made.id, req->arena, err);
}

/* POST /antrag/:token/pruefen */
bool portal_review_send(Request *req, Response *res, Err *err)
{
    Application app;
    Submission submission = {.req = req};

    if (!application_read(req, &app, err))
        return false;
    submission.draft = &app.draft;
    if (!app.draft.case_id && !db_write(req->tenant->db, submit, &submission, err))
        return false;
    if (submission.state.error_count) {
        app.state = submission.state;
        show(req, res, &app);
        res->status = 422;
        return true;
    }
    return respond_redirect(req, res, application_path(req, &app.draft, "fertig"));
}

/* --- The confirmation --------------------------------------------------------------------------
 */

static Str receipt_path(Request *req, Tx *tx, const Case *made, Err *err)
{
    Document *documents;
    size_t count;

    if (!case_documents(tx, made->id, req->arena, &documents, &count, err))
        return STR_NONE;
    for (size_t i = 0; i < count; i++)
        if (str_is(documents[i].kind, "receipt"))
            return str_printf(req->arena, "/status/%.*s/dokument/%lld", STR_ARG(made->status_token),
                              (long long)documents[i].id);
    return STR_NONE;
}

/* GET /antrag/:token/fertig */
bool portal_done(Request *req, Response *res, Err *err)
{
    Draft draft;
    Case made = {0};
    DoneView view = {0};
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = draft_read(tx, req->tenant, request_param(req, "token"), req->arena, &draft, err);
    ok = ok && (!draft.case_id || case_by_id(tx, draft.case_id, req->arena, &made, err));
    if (ok && draft.case_id)
        view.receipt = receipt_path(req, tx, &made, err);
    tx_end(tx);
    if (!ok)
        return false;
    if (!draft.case_id)
        return respond_redirect(req, res, application_path(req, &draft, "pruefen"));
    const State *state = process_state(draft.procedure->process, made.state);
    view.number = made.number;
    view.what = portal_text(req, draft.procedure->name);
    view.next = state ? portal_text(req, state->citizen) : STR("");
    view.until =
        date_absent(made.deadline) ? STR_NONE : date_long(req->arena, made.deadline, req->lang);
    view.email = made.email;
    view.status = str_printf(req->arena, "/status/%.*s", STR_ARG(made.status_token));
    Out out = out_for(req);
    page_portal_done(&out, &view);
    PageFrame frame = {.area = AREA_PORTAL,
                       .title = tr(req->lang, "Ihr Antrag ist eingegangen"),
                       .active = STR("/dienste")};
    page_send(req, res, &frame, out_html(&out));
    response_header(res, "Cache-Control", STR("no-store"));
    response_header(res, "Referrer-Policy", STR("no-referrer"));
    return true;
}
