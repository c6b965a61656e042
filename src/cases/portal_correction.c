/* SPDX-License-Identifier: EUPL-1.2 */
/* Answering what was asked: only the fields that the findings name (and those that an answer makes
 * visible) are shown and may change. Files are kept at once, so that a mistake elsewhere on the
 * page does not lose them. */
#include "base/vec.h"
#include "cases/field.h"
#include "cases/portal_status.h"
#include "cases/portal_status.html.h"
#include "core/store/file.h"

typedef struct Correction {
    OpenCase open;
    Node *data;      /* the case's, with what was typed */
    FormState state; /* of `data` */
    Str *attached;   /* "PATH:SHA256" of files kept for this answer */
    size_t attached_count;
} Correction;

static Str answer_owner(Request *req, const Case *c)
{
    return str_printf(req->arena, "answer/%lld", (long long)c->id);
}

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
    if (show_errors)
        view.errors = portal_errors(req->arena, &correction->state, form->fields, form->field_count,
                                    &view.error_count);
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
    bool refused; /* the form found errors */
} Answer;

static bool keep_files(Tx *tx, void *context, Err *err)
{
    Answer *answer = context;
    Request *req = answer->req;
    Str owner = answer_owner(req, &answer->correction.open.c);

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
    if (!file_list(tx, answer_owner(req, &answer->correction.open.c), req->arena, &kept,
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
    FileInfo *kept;
    size_t count;
    Str owner = answer_owner(req, c);

    if (!case_by_id(tx, c->id, req->arena, c, err))
        return false;
    if (!case_answer(tx, req->tenant, answer->correction.open.package, c, changes_of(answer),
                     req->today, req->arena, &state, err)) {
        answer->refused = state.error_count > 0;
        if (answer->refused)
            answer->correction.state = state;
        return false;
    }
    if (!file_list(tx, owner, req->arena, &kept, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!file_drop_owner(tx, str_c(kept[i].sha256), owner, err))
            return false;
    return true;
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

/* POST /status/:token/korrektur */
bool portal_correction_send(Request *req, Response *res, Err *err)
{
    Answer answer = {.req = req};
    Correction *correction = &answer.correction;

    if (!read_answer(req, &answer, err))
        return false;
    Str status = str_printf(req->arena, "/status/%.*s", STR_ARG(correction->open.c.status_token));
    if (!correction->open.asked_count)
        return respond_redirect(req, res, status);
    bool partial = request_form(req, "teil").ptr != NULL;
    if (!partial && answer.sent.file_count && !db_write(req->tenant->db, keep_files, &answer, err))
        return false;
    note_attached(&answer);
    if (partial || portal_sent_has_button(&answer.sent)) {
        show(req, res, correction, false);
        return true;
    }
    if (answer.sent.refused_count) {
        add_refused(req, &answer.sent, &correction->state);
        show(req, res, correction, true);
        return true;
    }
    if (!db_write(req->tenant->db, submit_answer, &answer, err)) {
        if (!answer.refused)
            return false;
        err_clear(err);
        show(req, res, correction, true);
        return true;
    }
    return respond_redirect(req, res, str_printf(req->arena, "%.*s?danke=1", STR_ARG(status)));
}
