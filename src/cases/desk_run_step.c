/* SPDX-License-Identifier: EUPL-1.2 */
/* The steps of a run at the desk: propose and release, give back, go on, undo. What cannot be done
 * now is said on the run's page, as it is now. */
#include "cases/desk_run.h"

#include "base/utf8.h"
#include "core/page/problem.h"
#include "core/store/event.h"

typedef struct RunStep RunStep;
typedef bool (*StepFn)(Tx *tx, RunStep *step, const RunRow *row, const Run *run, Err *err);
struct RunStep {
    Request *req;
    StepFn run;
    int64_t id; /* of the run whose page is shown then */
};

bool desk_run_note(Tx *tx, Request *req, const char *type, int64_t id, Err *err)
{
    return event_add(tx, type, run_subject(id, req->arena), request_actor(req), NULL, err);
}

bool desk_run_go_to(Request *req, Response *res, int64_t id)
{
    return respond_redirect(req, res, str_printf(req->arena, "/desk/laeufe/%lld", (long long)id));
}

static bool write_step(Tx *tx, void *context, Err *err)
{
    RunStep *step = context;
    RunRow row;
    const Run *run;

    if (!desk_run_load(step->req, tx, &row, &run, err))
        return false;
    step->id = row.id;
    return step->run(tx, step, &row, run, err);
}

static bool do_step(Request *req, Response *res, StepFn run, Err *err)
{
    RunStep step = {.req = req, .run = run};

    if (db_write(req->tenant->db, write_step, &step, err))
        return desk_run_go_to(req, res, step.id);
    if (err->kind != ERR_CONFLICT && err->kind != ERR_INPUT)
        return false;
    Str why = problem_words(err, req->arena);

    res->status = err->kind == ERR_INPUT ? 422 : 409;
    err_clear(err);
    return desk_run_send(req, res, why, err);
}

/* --- What must hold ------------------------------------------------------------------------------
 */

static bool need_state(const RunRow *row, Str wanted, Err *err)
{
    return str_eq(row->status, wanted) ||
           err_set(err, ERR_CONFLICT,
                   "Der Lauf ist inzwischen weiter; so steht er jetzt. Es wurde nichts geändert.");
}

/* The rules may not have changed since somebody looked at the preview. */
static bool check_version(Request *req, const RunRow *row, Err *err)
{
    const Package *now = tenant_package(req->tenant, row->service, err);

    if (!now)
        return false;
    return str_eq(now->version, row->version) ||
           err_set(err, ERR_CONFLICT,
                   "Die Regeln dieser Leistung haben sich seit der Vorschau geändert. Bitte "
                   "berechnen Sie eine neue Vorschau.");
}

/* Whoever decides has seen all that changed since the preview. */
static bool check_seen(Tx *tx, Request *req, const RunRow *row, const Run *run, Err *err)
{
    RunChanges changes;

    if (!run_changes(tx, row, run, req->arena, &changes, err))
        return false;
    return str_eq(request_form(req, "gesehen"), changes.mark) ||
           err_set(err, ERR_CONFLICT,
                   "Seit Sie diese Seite geöffnet haben, hat sich etwas geändert. Bitte sehen Sie "
                   "noch einmal hin und bestätigen Sie dann. Es wurde nichts geändert.");
}

static bool check_alone(Tx *tx, const RunRow *row, Err *err)
{
    int64_t other = 0;

    if (!run_active(tx, row->service, row->name, row->year, &other, err))
        return false;
    return !other || err_set(err, ERR_CONFLICT,
                             "Für das Jahr %d ist gerade ein anderer Lauf unterwegs. Bitte warten "
                             "Sie, bis er fertig ist.",
                             row->year);
}

/* --- Carrying out --------------------------------------------------------------------------------
 */

static bool begin(Tx *tx, Request *req, const RunRow *row, Err *err)
{
    return run_set_status(tx, row->id, RUN_ASSESSING, err) &&
           tx_exec(tx, err, "UPDATE run SET today = $2 WHERE id = $1", P_INT(row->id),
                   P_TEXT(date_iso(req->arena, req->today))) &&
           run_job_order(tx, req, row->id, err);
}

static bool start(Tx *tx, Request *req, const RunRow *row, const Run *run, Err *err)
{
    Node *head =
        run->letter ? run_letter_head(req->tenant, run->letter, req->arena) : node_map(req->arena);

    return check_version(req, row, err) && check_seen(tx, req, row, run, err) &&
           check_alone(tx, row, err) && begin(tx, req, row, err) &&
           tx_exec(tx, err, "UPDATE run SET head = $2 WHERE id = $1", P_INT(row->id),
                   P_TEXT(node_json(head, req->arena))) &&
           desk_run_note(tx, req, "run.begun", row->id, err);
}

/* What a second person lets be taken back: by the rules by which it was done. */
static bool start_undo(Tx *tx, Request *req, const RunRow *row, Err *err)
{
    RunRow of;

    return run_by_id(tx, row->undoes, req->arena, &of, err) && run_undo_check(tx, &of, err) &&
           check_alone(tx, row, err) && begin(tx, req, row, err) &&
           desk_run_note(tx, req, "run.undone", row->undoes, err);
}

/* Who proposes it is who may not release it. */
static bool propose(Tx *tx, Request *req, const RunRow *row, const Run *run, Err *err)
{
    return check_version(req, row, err) && check_seen(tx, req, row, run, err) &&
           run_set_status(tx, row->id, RUN_PROPOSED, err) &&
           tx_exec(tx, err,
                   "UPDATE run SET begun_by = $2, returned_by = NULL, returned_why = NULL, "
                   "returned_at = NULL WHERE id = $1",
                   P_INT(row->id), P_TEXT(request_actor(req))) &&
           desk_run_note(tx, req, "run.proposed", row->id, err);
}

static bool execute(Tx *tx, RunStep *step, const RunRow *row, const Run *run, Err *err)
{
    return need_state(row, RUN_PREVIEWED, err) &&
           (run_needs_two(step->req->tenant) ? propose(tx, step->req, row, run, err)
                                             : start(tx, step->req, row, run, err));
}

static bool release(Tx *tx, RunStep *step, const RunRow *row, const Run *run, Err *err)
{
    Request *req = step->req;

    if (!need_state(row, RUN_PROPOSED, err))
        return false;
    if (str_eq(row->begun_by, request_actor(req)))
        return err_set(err, ERR_FORBIDDEN,
                       "Freigeben muss eine andere Person als die, die den Lauf vorgelegt hat.");
    return tx_exec(tx, err, "UPDATE run SET released_by = $2 WHERE id = $1", P_INT(row->id),
                   P_TEXT(request_actor(req))) &&
           (row->undoes ? start_undo(tx, req, row, err) : start(tx, req, row, run, err));
}

bool desk_run_execute_post(Request *req, Response *res, Err *err)
{
    return do_step(req, res, execute, err);
}

bool desk_run_release_post(Request *req, Response *res, Err *err)
{
    return do_step(req, res, release, err);
}

/* --- Giving back ---------------------------------------------------------------------------------
 */

/* Who does not release it says why; who proposed it may take it back without a word. */
static bool give_back(Tx *tx, RunStep *step, const RunRow *row, const Run *run, Err *err)
{
    Request *req = step->req;
    bool mine = str_eq(row->begun_by, request_actor(req));
    Str why = str_trim(request_form(req, "grund"));

    (void)run;
    if (!need_state(row, RUN_PROPOSED, err))
        return false;
    if (str_empty(why) && !mine)
        return err_set(err, ERR_INPUT, "Bitte schreiben Sie, warum Sie den Lauf zurückgeben.");
    if (utf8_length(why) > RUN_REASON_MAX)
        return err_set(err, ERR_INPUT, "Der Grund ist zu lang: höchstens %d Zeichen.",
                       RUN_REASON_MAX);
    return run_set_status(tx, row->id, row->undoes ? RUN_REFUSED : RUN_PREVIEWED, err) &&
           tx_exec(tx, err,
                   "UPDATE run SET returned_by = $2, returned_why = $3, returned_at = $4 WHERE id "
                   "= $1",
                   P_INT(row->id), P_TEXT(request_actor(req)), P_TEXT(why), P_INT(tx_now(tx))) &&
           desk_run_note(tx, req, mine ? "run.withdrawn" : "run.returned", row->id, err);
}

bool desk_run_return_post(Request *req, Response *res, Err *err)
{
    return do_step(req, res, give_back, err);
}

/* --- Going on ------------------------------------------------------------------------------------
 */

static bool go_on(Tx *tx, RunStep *step, const RunRow *row, const Run *run, Err *err)
{
    JobView job = {0};

    (void)run;
    if (!row->active && !str_eq(row->status, RUN_PREVIEWING))
        return err_set(err, ERR_CONFLICT, "Der Lauf ist schon zu Ende.");
    if (row->job_id && !job_view_of(tx, step->req, row->job_id, &job, err))
        return false;
    if (row->job_id && !job_view_ended(&job))
        return true; /* it works already */
    return run_job_order(tx, step->req, row->id, err) &&
           desk_run_note(tx, step->req, "run.continued", row->id, err);
}

bool desk_run_continue_post(Request *req, Response *res, Err *err)
{
    return do_step(req, res, go_on, err);
}

/* --- Undoing -------------------------------------------------------------------------------------
 */

static bool undo(Tx *tx, RunStep *step, const RunRow *row, const Run *run, Err *err)
{
    Request *req = step->req;

    (void)run;
    if (!str_is(request_form(req, "sicher"), "ja"))
        return err_set(err, ERR_INPUT,
                       "Bitte bestätigen Sie, dass Sie den Lauf rückgängig machen wollen.");
    if (!run_begin_undo(tx, req->tenant, row, req->today, request_actor(req), req->arena, &step->id,
                        err))
        return false;
    if (run_needs_two(req->tenant))
        return run_set_status(tx, step->id, RUN_PROPOSED, err) &&
               desk_run_note(tx, req, "run.proposed", step->id, err);
    return run_job_order(tx, req, step->id, err) &&
           desk_run_note(tx, req, "run.undone", row->id, err);
}

bool desk_run_undo_post(Request *req, Response *res, Err *err)
{
    return do_step(req, res, undo, err);
}
