/* SPDX-License-Identifier: EUPL-1.2 */
/* A run, or its preview, as a job of the desk. It works for who ordered it: when they may not run
 * it any more it stops, and somebody else may go on with it. */
#include "cases/desk.h"
#include "cases/run_store.h"

typedef struct Working {
    JobRun *job;
    Tenant *tenant;
    RunRow row;
    int64_t staff_id; /* who ordered it */
    Timestamp asked;  /* when their rights were looked at last */
} Working;

static void tell(void *context, int64_t done, int64_t total, const char *what)
{
    job_progress(((Working *)context)->job, done, total, what);
}

static bool stopped(void *context)
{
    return job_cancelled(((Working *)context)->job);
}

/* --- For whom ----------------------------------------------------------------------------------
 */

static bool may_run(Tx *tx, const Working *w, Arena *arena, Err *err)
{
    Request req = {.arena = arena, .tenant = w->tenant, .session = {.staff_id = w->staff_id}};
    const Package *package = tenant_package_version(w->tenant, w->row.version, err);
    const Run *run = package ? package_run(package, w->row.name) : NULL;

    if (!package || !desk_rights_now(tx, &req, err))
        return false;
    return (run && ident_may(req.session.staff, "run.execute", run->office, package->id)) ||
           err_set(err, ERR_FORBIDDEN,
                   "Wer diesen Lauf begonnen hat, darf ihn nicht mehr ausführen. Was getan ist, "
                   "bleibt; wer ihn ausführen darf, kann ihn fortsetzen.");
}

/* Looked at once a second, however often it is asked. */
static bool allowed(void *context, Err *err)
{
    enum { EVERY_MS = 1000 };
    Working *w = context;
    Timestamp now = clock_now();

    if (w->staff_id == 0 || now - w->asked < EVERY_MS)
        return true;
    Tx *tx = db_read(w->tenant->db, err);

    if (!tx)
        return false;
    Arena *arena = arena_create(0);
    bool ok = may_run(tx, w, arena, err);

    tx_end(tx);
    arena_destroy(arena);
    w->asked = now;
    return ok;
}

/* --- The preview -------------------------------------------------------------------------------
 */

typedef struct Keeping {
    int64_t id;
    Str preview;
} Keeping;

static bool keep_preview(Tx *tx, void *context, Err *err)
{
    const Keeping *keep = context;

    return tx_exec(
        tx, err, "UPDATE run SET preview = $2, status = $3 WHERE id = $1 AND status = $4",
        P_INT(keep->id), P_TEXT(keep->preview), P_TEXT(RUN_PREVIEWED), P_TEXT(RUN_PREVIEWING));
}

static bool look_ahead(const Working *w, const RunWatch *watch, Arena *arena, Err *err)
{
    RunOrder order = {
        .service = w->row.service, .name = w->row.name, .year = w->row.year, .today = w->row.today};
    RunPreview preview;

    if (!run_preview(w->tenant, &order, watch, arena, &preview, err))
        return false;
    Keeping keep = {w->row.id, node_json(run_preview_node(&preview, arena), arena)};

    return db_write(w->tenant->db, keep_preview, &keep, err);
}

/* --- The job -----------------------------------------------------------------------------------
 */

bool run_job_order(Tx *tx, const Request *req, int64_t id, Err *err)
{
    Node *params = node_map(req->arena);
    int64_t job = 0;

    node_set(req->arena, params, STR("run"), node_int(req->arena, id));
    node_set(req->arena, params, STR("staff"), node_int(req->arena, req->session.staff_id));
    return job_order(tx, "run", params, request_actor(req), &job, err) &&
           tx_exec(tx, err, "UPDATE run SET job_id = $2 WHERE id = $1", P_INT(id), P_INT(job));
}

bool run_job(JobRun *job, Tenant *tenant, const Node *params, Arena *arena, Node **result, Err *err)
{
    Working w = {.job = job, .tenant = tenant, .staff_id = node_get_i64(params, "staff", 0)};
    RunWatch watch = {.progress = tell, .cancelled = stopped, .allowed = allowed, .context = &w};
    Tx *tx = db_read(tenant->db, err);
    bool ok = tx && run_by_id(tx, node_get_i64(params, "run", 0), arena, &w.row, err);

    if (tx)
        tx_end(tx);
    if (!ok)
        return false;
    *result = node_map(arena);
    return str_eq(w.row.status, RUN_PREVIEWING) ? look_ahead(&w, &watch, arena, err)
                                                : run_go(tenant, w.row.id, &watch, arena, err);
}
