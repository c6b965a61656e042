/* SPDX-License-Identifier: EUPL-1.2 */
/* Answering what was asked: only the fields that the findings name (and those that an answer makes
 * visible) are shown and may change. Files are kept at once, so that a mistake elsewhere on the
 * page does not lose them. */
#include "base/vec.h"
#include "cases/case_word.h"
#include "cases/field.h"
#include "cases/portal_status.h"
#include "cases/portal_status.html.h"
#include "core/page/fields.html.h"
#include "core/store/event.h"
#include "core/store/file.h"

typedef struct Correction {
    OpenCase open;
    Node *data;      /* the case's, with what was typed */
    FormState state; /* of `data` */
    Str *attached;   /* "PATH:SHA256" of files kept for this answer */
    size_t attached_count;
    Str explanation;       /* as typed: why something cannot be given, or is right as it is */
    Str explanation_error; /* or STR_NONE */
} Correction;

/* The name lies outside the paths of forms: they have no hyphen. */
#define EXPLANATION "statt-antwort"
enum { MAX_EXPLANATION = 2000 };

/* Paths that may be answered: what was asked, and what is missing now because of an answer. */
static Str *asked_paths(Request *req, const Correction *correction, size_t *count)
{
    const OpenCase *open = &correction->open;
    Str *paths = arena_array(req->arena, Str, open->asked_count + correction->state.error_count);

    *count = 0;
    for (size_t i = 0; i < open->asked_count; i++)
        if (!str_empty(open->asked[i].path))
            paths[(*count)++] = open->asked[i].path;
    for (size_t i = 0; i < correction->state.error_count; i++)
        paths[(*count)++] = correction->state.errors[i].path;
    return paths;
}

static Html explanation_field(Request *req, const Correction *correction)
{
    Buf buf = buf_in(req->arena);
    Out out = out_for(req);
    FieldView view = {.id = STR(EXPLANATION),
                      .name = STR(EXPLANATION),
                      .label = tr(req->lang, "Sie können etwas nicht angeben?"),
                      .hint = tr(req->lang,
                                 "Schreiben Sie uns hier bitte den Grund. Das gilt auch, wenn eine "
                                 "Angabe so richtig ist, wie sie ist."),
                      .value = correction->explanation,
                      .error = correction->explanation_error,
                      .optional = true,
                      .rows = 3};

    out.buf = &buf;
    page_field_long_text(&out, &view);
    return (Html){buf_str(&buf)};
}

static const FieldError *all_errors(Request *req, const Correction *correction, size_t *count)
{
    const Form *form = correction->open.procedure->form;
    const FieldError *of_form =
        portal_errors(req->arena, &correction->state, form->fields, form->field_count, count);

    if (!correction->explanation_error.ptr)
        return of_form;
    FieldError *errors = arena_array(req->arena, FieldError, *count + 1);
    if (*count)
        memcpy(errors, of_form, *count * sizeof *errors);
    errors[(*count)++] = (FieldError){STR(EXPLANATION), correction->explanation_error};
    return errors;
}

static void show(Request *req, Response *res, const Correction *correction, bool show_errors)
{
    const OpenCase *open = &correction->open;
    const Form *form = open->procedure->form;
    Str base = str_printf(req->arena, "/status/%.*s", STR_ARG(open->c.status_token));
    CorrectionView view = {.back = base,
                           .action = str_printf(req->arena, "%.*s/korrektur", STR_ARG(base)),
                           .requests = open_case_requests(req, open),
                           .request_count = open->asked_count,
                           .note = open->c.ask_note,
                           .attached = correction->attached,
                           .attached_count = correction->attached_count};
    FieldsView fields = {.lang = req->lang,
                         .state = &correction->state,
                         .data = correction->data,
                         .show_errors = show_errors};
    Out out = out_for(req);

    fields.only = asked_paths(req, correction, &fields.only_count);
    view.fields = portal_fields(&out, &fields, form->fields, form->field_count);
    view.explanation = explanation_field(req, correction);
    if (show_errors)
        view.errors = all_errors(req, correction, &view.error_count);
    page_portal_correction(&out, &view);
    PageFrame frame = {.area = AREA_PORTAL,
                       .title = tr(req->lang, "Bitte ergänzen Sie Ihre Angaben"),
                       .active = STR("/antraege")};
    page_send(req, res, &frame, out_html(&out));
    response_header(res, "Cache-Control", STR("no-store"));
    response_header(res, "Referrer-Policy", STR("no-referrer"));
    if (show_errors)
        res->status = 422;
}

/* The case with what was sent put into a copy of its data. */
static bool read_correction(Request *req, Tx *tx, const Sent *sent, Correction *out, Err *err)
{
    if (!open_case_read(req, tx, &out->open, err))
        return false;
    out->data = node_clone(req->arena, out->open.c.data);
    if (sent) {
        portal_sent_apply(sent, out->data);
        portal_sent_button(sent, out->data);
    }
    return portal_evaluate(req, tx, out->open.package, out->open.procedure, out->data, false,
                           &out->state, err);
}

/* GET /status/:token/korrektur */
bool portal_correction_show(Request *req, Response *res, Err *err)
{
    Correction correction = {0};
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = read_correction(req, tx, NULL, &correction, err);
    tx_end(tx);
    if (!ok)
        return false;
    if (!correction.open.asked_count)
        return respond_redirect(
            req, res,
            str_printf(req->arena, "/status/%.*s", STR_ARG(correction.open.c.status_token)));
    show(req, res, &correction, false);
    return true;
}

/* --- What was sent -------------------------------------------------------------------------------
 */

typedef struct Answer {
    Request *req;
    Sent sent;
    Correction correction;
    bool refused; /* the form found errors, or questions are unanswered */
} Answer;

static bool keep_files(Tx *tx, void *context, Err *err)
{
    Answer *answer = context;
    Request *req = answer->req;
    Str owner = case_answer_owner(&answer->correction.open.c, req->arena);

    for (size_t i = 0; i < answer->sent.file_count; i++)
        /* Those of an earlier try are kept already. */
        if (answer->sent.files[i].bytes.ptr &&
            !file_put(tx, req->tenant, &answer->sent.files[i].info, answer->sent.files[i].bytes,
                      owner, err))
            return false;
    return true;
}

/* Files of an earlier try come back by their names in the page, but only if this case keeps them.
 */
static bool add_attached(Answer *answer, Tx *tx, Err *err)
{
    Request *req = answer->req;
    FileInfo *kept;
    size_t kept_count, count;
    Str *values;
    Sent *sent = &answer->sent;
    Str removed = request_form(req, "entfernen");

    count = request_form_all(req, "anhang", &values);
    if (!file_list(tx, case_answer_owner(&answer->correction.open.c, req->arena), req->arena, &kept,
                   &kept_count, err))
        return false;
    SentFile *files = arena_array(req->arena, SentFile, sent->file_count + count);
    if (sent->file_count)
        memcpy(files, sent->files, sent->file_count * sizeof *files);
    for (size_t i = 0; i < count; i++) {
        Str sha256 = values[i];
        Str path = str_cut(&sha256, ':');
        const FormField *field = portal_field_at(sent->form, path);
        if (!field || field->type != FIELD_UPLOAD ||
            str_eq(removed, str_printf(req->arena, "datei:%.*s", STR_ARG(values[i]))))
            continue;
        for (size_t k = 0; k < kept_count; k++)
            if (str_is(sha256, kept[k].sha256))
                files[sent->file_count++] = (SentFile){.path = path, .info = kept[k]};
    }
    sent->files = files;
    return true;
}

static void note_attached(Answer *answer)
{
    Request *req = answer->req;
    Correction *correction = &answer->correction;

    correction->attached = arena_array(req->arena, Str, answer->sent.file_count);
    for (size_t i = 0; i < answer->sent.file_count; i++)
        correction->attached[correction->attached_count++] =
            str_printf(req->arena, "%.*s:%s", STR_ARG(answer->sent.files[i].path),
                       answer->sent.files[i].info.sha256);
}

/* Paths and values for case_answer(). */
static Node *changes_of(const Answer *answer)
{
    Arena *arena = answer->req->arena;
    Node *changes = node_map(arena);
    const Sent *sent = &answer->sent;

    for (size_t i = 0; i < sent->shown_count; i++) {
        const FormField *field = portal_field_at(sent->form, sent->shown[i]);
        if (!field || field->compute || !form_visible(&answer->correction.state, sent->shown[i]))
            continue;
        const Node *value = node_path(answer->correction.data, sent->shown[i]);
        node_set(arena, changes, sent->shown[i], value ? (Node *)value : node_null(arena));
    }
    return changes;
}

static bool submit_answer(Tx *tx, void *context, Err *err)
{
    Answer *answer = context;
    Request *req = answer->req;
    Case *c = &answer->correction.open.c;
    FormState state = {0};
    Str owner = case_answer_owner(c, req->arena);

    if (!case_by_id(tx, c->id, req->arena, c, err))
        return false;
    if (!case_answer(tx, req->tenant, answer->correction.open.package, c, changes_of(answer),
                     answer->correction.explanation, req->today, req->arena, &state, err)) {
        answer->refused = state.error_count > 0;
        if (answer->refused)
            answer->correction.state = state;
        return false;
    }
    return file_drop_all(tx, owner, req->arena, NULL, err);
}

static bool read_answer(Request *req, Answer *answer, Err *err)
{
    Correction *correction = &answer->correction;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = open_case_read(req, tx, &correction->open, err) &&
              portal_sent_read(req, correction->open.procedure->form, &answer->sent, err) &&
              add_attached(answer, tx, err) &&
              read_correction(req, tx, &answer->sent, correction, err);
    tx_end(tx);
    return ok;
}

static void add_refused(Request *req, const Sent *sent, FormState *state)
{
    FormError *errors =
        arena_array(req->arena, FormError, state->error_count + sent->refused_count);

    if (sent->refused_count)
        memcpy(errors, sent->refused, sent->refused_count * sizeof *errors);
    if (state->error_count)
        memcpy(errors + sent->refused_count, state->errors, state->error_count * sizeof *errors);
    state->errors = errors;
    state->error_count += sent->refused_count;
}

/* By the rules of long texts. */
static void read_explanation(Request *req, Correction *correction)
{
    FieldFault fault = {0};
    FormField field = {.type = FIELD_LONGTEXT,
                       .label = node_string(req->arena, tr(req->lang, "Ihre Erklärung")),
                       .max_length = MAX_EXPLANATION};
    FieldTask task = {&field, req->lang, req->arena, &fault};
    Str typed = request_form(req, EXPLANATION);
    Node *text = NULL;

    correction->explanation = typed;
    if (!typed.ptr)
        return;
    if (!field_normalise_text(&task, node_string(req->arena, typed), &text))
        correction->explanation_error = fault.message;
    else
        correction->explanation = text ? text->text : STR_NONE;
}

/* --- When nothing is asked any more -------------------------------------------------------------
 */

/* Is what was sent what the last answer said, as when a button is pressed twice? */
static bool is_taken(Request *req, const Correction *correction, bool *taken, Err *err)
{
    const Case *c = &correction->open.c;
    Event *events = NULL;
    size_t count = 0;
    Str said = STR_NONE;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = event_list(tx, str_printf(req->arena, "case/%lld", (long long)c->id), req->arena,
                         &events, &count, err);
    for (size_t i = 0; ok && i < count; i++)
        if (str_is(events[i].type, "case.answered"))
            ok = case_word_of(tx, &events[i], "explanation", req->arena, &said, err);
    tx_end(tx);
    *taken = node_equal(correction->state.data, c->data) && str_eq(said, correction->explanation);
    return ok;
}

/* An answer that cannot be taken is never dropped in silence. */
static bool respond_not_asked(Request *req, Response *res, const Correction *correction, Err *err)
{
    const Case *c = &correction->open.c;
    Str status = str_printf(req->arena, "/status/%.*s", STR_ARG(c->status_token));
    bool taken;
    Out out = out_for(req);
    PageFrame frame = {.area = AREA_PORTAL,
                       .title = tr(req->lang, "Wir haben Ihre Antwort schon"),
                       .active = STR("/antraege")};

    if (!is_taken(req, correction, &taken, err))
        return false;
    if (taken)
        return respond_redirect(req, res, str_printf(req->arena, "%.*s?danke=1", STR_ARG(status)));
    page_portal_not_asked(&out, c->number, status);
    page_send(req, res, &frame, out_html(&out));
    response_header(res, "Cache-Control", STR("no-store"));
    response_header(res, "Referrer-Policy", STR("no-referrer"));
    res->status = 409;
    return true;
}

/* The answer was refused: a page that says what to do. False when it failed otherwise. */
static bool respond_refused(Request *req, Response *res, Answer *answer, Err *err)
{
    Correction *correction = &answer->correction;

    if (!answer->refused) {
        if (err->kind != ERR_CONFLICT)
            return false;
        err_clear(err); /* another answer came first */
        return respond_not_asked(req, res, correction, err);
    }
    err_clear(err);
    const FormError *general = form_error(&correction->state, STR(""));
    if (general)
        correction->explanation_error = general->message;
    show(req, res, correction, true);
    return true;
}

/* POST /status/:token/korrektur */
bool portal_correction_send(Request *req, Response *res, Err *err)
{
    Answer answer = {.req = req};
    Correction *correction = &answer.correction;

    if (!read_answer(req, &answer, err))
        return false;
    read_explanation(req, correction);
    if (!correction->open.asked_count)
        return respond_not_asked(req, res, correction, err);
    bool partial = request_form(req, "teil").ptr != NULL;
    if (!partial && answer.sent.file_count && !db_write(req->tenant->db, keep_files, &answer, err))
        return false;
    note_attached(&answer);
    if (partial || portal_sent_has_button(&answer.sent)) {
        show(req, res, correction, false);
        return true;
    }
    if (answer.sent.refused_count || correction->explanation_error.ptr) {
        add_refused(req, &answer.sent, &correction->state);
        show(req, res, correction, true);
        return true;
    }
    if (!db_write(req->tenant->db, submit_answer, &answer, err))
        return respond_refused(req, res, &answer, err);
    return respond_redirect(
        req, res,
        str_printf(req->arena, "/status/%.*s?danke=1", STR_ARG(correction->open.c.status_token)));
}
