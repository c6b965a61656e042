/* SPDX-License-Identifier: EUPL-1.2 */
/* The page of a job: progress, live by server-sent events or by reloading, and the stop button. */
#include "core/engine.h"
#include "core/page/out.h"
#include "core/work/desk_job.html.h"
#include "core/work/state.h"

enum { REFRESH_SECONDS = 3 }; /* without JavaScript */

static bool read_job(Tx *tx, Request *req, int64_t id, bool anybody, JobView *job, Err *err)
{
    Rows *rows = tx_query(tx, req->arena, err,
                          "SELECT kind, status, done, total, what, cancel, created_at, started_at, "
                          "finished_at, result, error, actor FROM job WHERE id = $1",
                          P_INT(id));

    if (!rows_one(rows, "Diesen Auftrag gibt es nicht.", err))
        return false;
    const JobKind *kind = work_job_kind(req->app, row_text(rows, 0));
    Str result = row_text(rows, 9);
    *job = (JobView){
        .id = id,
        .label = kind ? tr(req->lang, kind->label) : row_text(rows, 0),
        .back_label = str_c(kind && kind->back_path ? kind->back_label : ""),
        .back_path = str_c(kind && kind->back_path ? kind->back_path : ""),
        .status = row_text(rows, 1),
        .done = row_int(rows, 2),
        .total = row_int(rows, 3),
        .what = row_text(rows, 4),
        .cancel_asked = row_int(rows, 5) != 0,
        .created = row_int(rows, 6),
        .started = row_int(rows, 7),
        .finished = row_int(rows, 8),
        .said = row_text(rows, 10),
        .seconds_left = -1,
    };
    job->error = str_cut(&job->said, '\n');
    Str actor = row_text(rows, 11);
    rows_end(rows);
    /* A job shows data of its field: only who ordered it, or who looks after the work, sees it. */
    Str mine = request_actor(req);
    if (!anybody && !str_eq(actor, mine) && !request_may(req, "work.read"))
        return err_set(err, ERR_NOT_FOUND, "Diesen Auftrag gibt es nicht.");
    if (job->total > 0 && job->done > 0 && job->started > 0)
        job->seconds_left = (req->now - job->started) / 1000 * (job->total - job->done) / job->done;
    if (result.ptr)
        job->result = node_parse_json(req->arena, result, NULL, &NODE_LIMITS_PACKAGE, err);
    return !result.ptr || job->result;
}

bool job_view_of(Tx *tx, Request *req, int64_t id, JobView *job, Err *err)
{
    return read_job(tx, req, id, true, job, err);
}

static bool load_job(Request *req, JobView *job, Err *err)
{
    int64_t id;
    Tx *tx;

    if (!str_to_i64(request_param(req, "id"), &id))
        return err_set(err, ERR_NOT_FOUND, "Diesen Auftrag gibt es nicht.");
    if (!(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = read_job(tx, req, id, false, job, err);
    tx_end(tx);
    return ok;
}

static bool job_page(Request *req, Response *res, Err *err)
{
    JobView job;
    Out out = out_for(req);

    if (!load_job(req, &job, err))
        return false;
    page_job_page(&out, &job);
    PageFrame frame = {.area = AREA_DESK,
                       .title = job.label,
                       .active = job.back_path,
                       .refresh_seconds = job_view_ended(&job) ? 0 : REFRESH_SECONDS};
    return page_send(req, res, &frame, out_html(&out));
}

typedef struct Watched {
    int64_t id;
    bool anybody;
    Str last; /* what was sent */
} Watched;

static bool read_watched(Request *req, const Watched *watched, JobView *job, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);
    bool good = tx && read_job(tx, req, watched->id, watched->anybody, job, err);

    if (tx)
        tx_end(tx);
    return good;
}

/* One event per change: the progress as HTML in one line; "ende" when the job has ended. A job
 * may run for hours, so that each look has an arena of its own. */
static bool poll_job(Request *req, Buf *out, void *context)
{
    Watched *watched = context;
    JobView job;
    Err err = {0};
    Request look = *req;
    bool more = false;

    look.arena = arena_create(0);
    if (read_watched(&look, watched, &job, &err)) {
        Out html = out_for(&look);
        page_job_progress(&html, &job);
        Str now = str_replace(look.arena, out_html(&html).str, STR("\n"), STR(" "));
        if (!str_eq(now, watched->last)) {
            watched->last = str_copy(req->arena, now);
            buf_addf(out, "event: stand\ndata: %.*s\n\n", STR_ARG(now));
        }
        more = !job_view_ended(&job);
    }
    arena_destroy(look.arena);
    if (!more)
        buf_add_c(out, "event: ende\ndata: \n\n");
    return more;
}

static bool watch(Request *req, Response *res, Watched start)
{
    return respond_events(res, poll_job, arena_copy(req->arena, &start, sizeof start));
}

static bool job_events(Request *req, Response *res, Err *err)
{
    JobView job;

    return load_job(req, &job, err) && watch(req, res, (Watched){.id = job.id});
}

bool job_events_of(Request *req, Response *res, int64_t id, Err *err)
{
    Watched start = {.id = id, .anybody = true};
    JobView job;

    return read_watched(req, &start, &job, err) && watch(req, res, start);
}

static bool write_cancel(Tx *tx, void *context, Err *err)
{
    const JobView *job = context;

    return job_stop(tx, job->id, err);
}

static bool job_cancel(Request *req, Response *res, Err *err)
{
    JobView job;

    if (!load_job(req, &job, err))
        return false;
    if (!job_view_ended(&job) && !db_write(req->tenant->db, write_cancel, &job, err))
        return false;
    return respond_redirect(req, res,
                            str_printf(req->arena, "/desk/auftraege/%lld", (long long)job.id));
}

const Route JOB_ROUTES[] = {
    {"GET", "/desk/auftraege/:id", job_page, ACCESS_STAFF, "desk.use", 0},
    {"GET", "/desk/auftraege/:id/ereignisse", job_events, ACCESS_STAFF, "desk.use", ROUTE_STREAM},
    {"POST", "/desk/auftraege/:id/anhalten", job_cancel, ACCESS_STAFF, "desk.use", 0},
    {0},
};
