/* SPDX-License-Identifier: EUPL-1.2 */
/* Small works on a case: findings, tasks, assignment. Each is one write that checks the
 * caller's rights inside, against the case as it is then. */
#include "cases/desk_work.h"

#include "base/utf8.h"

#include "cases/portal.h"
#include "core/http/request.h"
#include "core/work/form_once.h"

static bool run_work(Tx *tx, void *context, Err *err)
{
    Work *work = context;
    DeskCase desk;
    bool first;

    return desk_case(work->req, tx, &desk, err) && form_once(tx, work->req, &first, err) &&
           (!first || work->run(work, tx, &desk, err));
}

bool desk_work_write(Work *work, Err *err)
{
    return db_write(work->req->tenant->db, run_work, work, err);
}

bool desk_work_answer(Request *req, Response *res, WorkFn run, const char *done, Err *err)
{
    Work work = {.req = req, .run = run};
    int64_t id;

    if (!desk_case_id(req, &id, err))
        return false;
    if (desk_work_write(&work, err))
        return respond_redirect(
            req, res, str_printf(req->arena, "/desk/vorgaenge/%lld?getan=%s", (long long)id, done));
    return desk_case_refuse(req, res, err);
}

bool desk_need_work(const Work *work, const DeskCase *desk, Err *err)
{
    return desk_may_in_case(work->req->session.staff, "case.decide", desk) ||
           err_set(err, ERR_FORBIDDEN, "Dazu sind Sie in diesem Verfahren nicht freigeschaltet.");
}

bool desk_form_id(const Request *req, const char *name, int64_t *id, Err *err)
{
    return str_to_i64(request_form(req, name), id) ||
           err_set(err, ERR_INPUT, "Bitte wählen Sie etwas aus.");
}

bool desk_text_fits(const char *name, Str text, size_t most, const char *what, Err *err)
{
    size_t length = utf8_length(text);

    return length <= most || err_field(err, name,
                                       "%s ist zu lang: höchstens %zu Zeichen, es sind %zu. Bitte "
                                       "kürzen Sie.",
                                       what, most, length);
}

bool desk_form_text(const Request *req, const char *name, size_t most, const char *what, Str *out,
                    Err *err)
{
    *out = str_trim(request_form(req, name));
    if (utf8_blank(*out))
        return err_field(err, name, "%s fehlt.", what);
    return desk_text_fits(name, *out, most, what, err);
}

bool desk_form_day(const Request *req, const char *name, const char *what, Date *out, Err *err)
{
    Str text = str_trim(request_form(req, name));

    if (str_empty(text))
        return err_set(err, ERR_INPUT, "%s fehlt.", what);
    if (!date_parse_german(text, out))
        return err_set(err, ERR_INPUT,
                       "Das Datum „%.*s“ ist nicht lesbar. Schreiben Sie zum Beispiel 31.3.2027.",
                       STR_ARG(text));
    return (out->year >= 1900 && out->year < 2200) ||
           err_set(err, ERR_INPUT, "Das Jahr im Datum „%.*s“ kann nicht stimmen.", STR_ARG(text));
}

/* --- Findings ------------------------------------------------------------------------------------
 */

const FindingKind FINDING_KIND[FINDING_KINDS] = {
    {"missing", "Es fehlt etwas"},
    {"contradictory", "Es widerspricht sich"},
    {"implausible", "Es ist ungewöhnlich"},
    {"outdated", "Es ist veraltet"},
};

static bool add_finding(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    Str path = str_trim(request_form(work->req, "feld"));
    Str kind = STR("missing");
    Str request;

    for (size_t i = 0; i < FINDING_KINDS; i++)
        if (str_is(request_form(work->req, "art"), FINDING_KIND[i].id))
            kind = str_c(FINDING_KIND[i].id);
    if (!desk_need_work(work, desk, err) ||
        !desk_form_text(work->req, "frage", 1000, "Ihre Frage", &request, err))
        return false;
    if (!portal_field_at(desk->process->form, path))
        return err_set(err, ERR_INPUT, "Diese Angabe gibt es in dem Antrag nicht.");
    int64_t document = 0;
    Document found;

    str_to_i64(request_form(work->req, "dokument"), &document);
    if (document && !case_document_by_id(tx, desk->c.id, document, work->req->arena, &found, err))
        return false;
    return case_finding_add_document(tx, &desk->c, path, kind, request, document,
                                     request_actor(work->req), err);
}

bool desk_finding_add_post(Request *req, Response *res, Err *err)
{
    return desk_work_answer(req, res, add_finding, "hinweis", err);
}

static bool dismiss_finding(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    int64_t id;
    Str reason;

    return desk_need_work(work, desk, err) && desk_form_id(work->req, "hinweis", &id, err) &&
           desk_form_text(work->req, "grund", 500, "Der Grund", &reason, err) &&
           case_finding_dismiss(tx, &desk->c, id, reason, request_actor(work->req), err);
}

bool desk_finding_dismiss_post(Request *req, Response *res, Err *err)
{
    return desk_work_answer(req, res, dismiss_finding, "hinweis", err);
}

/* --- Tasks
 * ------------------------------------------------------------------------------------------ */

/* The task with this id, which the caller's office must have. */
static bool own_task(Work *work, Tx *tx, const DeskCase *desk, int64_t id, Task *out, Err *err)
{
    Task *tasks;
    size_t count;

    if (!case_tasks(tx, desk->c.id, work->req->arena, &tasks, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (tasks[i].id != id)
            continue;
        *out = tasks[i];
        bool may =
            desk_may_decide(work->req, out->office, desk->package->id) &&
            (!out->protected_ || desk_may_see_protected(work->req, out->office, desk->package->id));

        return may || err_set(err, ERR_FORBIDDEN, "Diese Aufgabe gehört einem anderen Amt.");
    }
    return err_set(err, ERR_NOT_FOUND, "Diese Aufgabe gibt es nicht.");
}

bool desk_complete_task(Request *req, Tx *tx, DeskCase *desk, int64_t id, Str result, Err *err)
{
    Work work = {.req = req};
    Task task;

    if (!own_task(&work, tx, desk, id, &task, err))
        return false;
    const TaskSpec *spec = process_task(desk->process, task.task);
    bool known = !spec || spec->result_count == 0;

    for (size_t i = 0; spec && i < spec->result_count; i++)
        known = known || str_eq(spec->results[i].value, result);
    if (!known)
        return err_set(err, ERR_INPUT, "Bitte wählen Sie ein Ergebnis aus.");
    if (result.len > 800)
        return err_set(err, ERR_INPUT, "Das Ergebnis ist zu lang.");
    return case_task_complete(tx, req->tenant, desk->package, &desk->c, id,
                              str_empty(result) ? STR_NONE : result, request_actor(req), req->today,
                              req->arena, err);
}

bool desk_work_task(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    int64_t id = 0;

    str_to_i64(request_param(work->req, "aufgabe"), &id);
    return desk_complete_task(work->req, tx, desk, id,
                              str_trim(request_form(work->req, "ergebnis")), err);
}

bool desk_task_post(Request *req, Response *res, Err *err)
{
    return desk_work_answer(req, res, desk_work_task, "aufgabe", err);
}

/* --- Assignment
 * ------------------------------------------------------------------------------- */
