/* SPDX-License-Identifier: EUPL-1.2 */
/* Runs at the desk: look ahead, carry out (with a second person where the town wants it), take what
 * it made, undo. */
#include "cases/desk_run.h"
#include "cases/desk_run.html.h"
#include "core/store/event.h"
#include "core/store/file.h"

enum { MOST_RUNS = 100 };

/* --- Rights
 * --------------------------------------------------------------------------------------- */

static bool may_run(const Request *req, const Package *package, const Run *run)
{
    return ident_may(req->session.staff, "run.execute", run->office, package->id);
}

static const Run *run_of(Request *req, const RunRow *row, const Package **package, Err *err)
{
    *package = tenant_package_version(req->tenant, row->version, err);
    const Run *run = *package ? package_run(*package, row->name) : NULL;

    if (*package && !run)
        err_set(err, ERR_NOT_FOUND, "Diesen Lauf gibt es nicht.");
    return run;
}

/* The run of the path's `:id`, when the caller may run it. */
static bool load_run(Request *req, Tx *tx, RunRow *row, const Run **run, Err *err)
{
    const Package *package;
    int64_t id = 0;

    str_to_i64(request_param(req, "id"), &id);
    if (!run_by_id(tx, id, req->arena, row, err) || !(*run = run_of(req, row, &package, err)))
        return false;
    return may_run(req, package, *run) ||
           err_set(err, ERR_FORBIDDEN, "Diesen Lauf führt ein anderes Amt aus.");
}

/* --- The list
 * ------------------------------------------------------------------------------------- */

static void list_choices(Request *req, RunsPage *page)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages), all = 0;

    for (size_t i = 0; i < count; i++)
        all += packages[i]->run_count;
    page->choices = arena_array(req->arena, RunChoice, all);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < packages[i]->run_count; k++) {
            const Run *run = packages[i]->runs[k];

            if (may_run(req, packages[i], run))
                page->choices[page->choice_count++] =
                    (RunChoice){.value = str_printf(req->arena, "%.*s/%.*s",
                                                    STR_ARG(packages[i]->id), STR_ARG(run->id)),
                                .label = text_in(run->label, STR("de")),
                                .summary = text_in(run->summary, STR("de"))};
        }
}

static bool list_runs(Request *req, RunsPage *page, Err *err)
{
    RunRow *rows;
    size_t count;
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && run_list(tx, MOST_RUNS, req->arena, &rows, &count, err);

    page->lines = arena_array(req->arena, RunLine, MOST_RUNS);
    for (size_t i = 0; ok && i < count; i++) {
        const Package *package;
        const Run *run = run_of(req, &rows[i], &package, err);
        RunLine *line = &page->lines[page->count];

        if (!run || !may_run(req, package, run))
            continue;
        page->count++;
        line->path = str_printf(req->arena, "/desk/laeufe/%lld", (long long)rows[i].id);
        line->label = str_printf(req->arena, "%.*s %d%s", STR_ARG(text_in(run->label, STR("de"))),
                                 rows[i].year, rows[i].undoes ? " (rückgängig)" : "");
        line->status = desk_run_status(&rows[i], &line->tone);
        line->who = desk_actor_name(tx, rows[i].begun_by, req->arena);
        line->when = timestamp_long(req->arena, rows[i].created, STR("de"));
    }
    if (tx)
        tx_end(tx);
    return ok;
}

static bool show_list(Request *req, Response *res, Str error, Err *err)
{
    /* From autumn on the next year is meant. */
    RunsPage page = {.year = req->today.year + (req->today.month >= 9), .error = error};
    Out out = out_for(req);

    list_choices(req, &page);
    if (!list_runs(req, &page, err))
        return false;
    page_desk_runs(&out, &page);
    PageFrame frame = {.area = AREA_DESK, .title = STR("Läufe"), .active = STR("/desk/laeufe")};
    return page_send(req, res, &frame, out_html(&out));
}

bool desk_runs_page(Request *req, Response *res, Err *err)
{
    return show_list(req, res, STR_NONE, err);
}

/* --- Ordering
 * ------------------------------------------------------------------------------------- */

typedef struct Order {
    Request *req;
    RunBegin begin;
    int64_t id;
} Order;

static bool note_event(Tx *tx, Request *req, const char *type, int64_t id, Err *err)
{
    return event_add(tx, type, run_subject(id, req->arena), request_actor(req), NULL, err);
}

/* Let a job do what the run's state asks for. */
static bool order_job(Tx *tx, Request *req, int64_t id, Err *err)
{
    Node *params = node_map(req->arena);
    int64_t job = 0;

    node_set(req->arena, params, STR("run"), node_int(req->arena, id));
    return job_order(tx, "run", params, request_actor(req), &job, err) &&
           tx_exec(tx, err, "UPDATE run SET job_id = $2 WHERE id = $1", P_INT(id), P_INT(job));
}

static bool go_to(Request *req, Response *res, int64_t id)
{
    return respond_redirect(req, res, str_printf(req->arena, "/desk/laeufe/%lld", (long long)id));
}

static bool write_preview(Tx *tx, void *context, Err *err)
{
    Order *order = context;

    return run_insert(tx, &order->begin, &order->id, err) &&
           order_job(tx, order->req, order->id, err) &&
           note_event(tx, order->req, "run.preview", order->id, err);
}

/* POST /desk/laeufe: a preview */
bool desk_runs_post(Request *req, Response *res, Err *err)
{
    Str name = request_form(req, "lauf");
    Str service = str_cut(&name, '/');
    Err missing = {0};
    const Package *package = tenant_package(req->tenant, service.ptr ? service : STR(""), &missing);
    const Run *run = package && name.ptr ? package_run(package, name) : NULL;
    int64_t year = 0;

    if (!run)
        return err_set(err, ERR_NOT_FOUND, "Diesen Lauf gibt es nicht.");
    if (!may_run(req, package, run))
        return err_set(err, ERR_FORBIDDEN, "Diesen Lauf führt ein anderes Amt aus.");
    Str typed = request_form(req, "jahr");
    if (!str_to_i64(typed.ptr ? str_trim(typed) : STR(""), &year) || year < 2000 || year > 2100) {
        res->status = 422;
        return show_list(req, res,
                         STR("Bitte geben Sie das Jahr mit vier Ziffern ein, zum Beispiel 2027."),
                         err);
    }
    Order order = {.req = req,
                   .begin = {.service = package->id,
                             .name = run->id,
                             .version = package->version,
                             .year = (int)year,
                             .status = RUN_PREVIEWING,
                             .today = req->today,
                             .actor = request_actor(req)}};

    return db_write(req->tenant->db, write_preview, &order, err) && go_to(req, res, order.id);
}

/* --- Carrying out
 * ---------------------------------------------------------------------------------- */

typedef struct RunStep {
    Request *req;
    bool release; /* by the second person */
    bool go_on;   /* what was stopped */
    int64_t id;
} RunStep;

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

static bool start(Tx *tx, Request *req, const RunRow *row, const Run *run, Err *err)
{
    Node *head =
        run->letter ? run_letter_head(req->tenant, run->letter, req->arena) : node_map(req->arena);
    int64_t other = 0;

    if (!check_version(req, row, err) ||
        !run_active(tx, row->service, row->name, row->year, &other, err))
        return false;
    if (other)
        return err_set(err, ERR_CONFLICT,
                       "Dieser Lauf ist für das Jahr %d schon unterwegs. Bitte warten Sie, bis er "
                       "fertig ist.",
                       row->year);
    return run_set_status(tx, row->id, RUN_ASSESSING, err) &&
           tx_exec(tx, err, "UPDATE run SET today = $2, head = $3 WHERE id = $1", P_INT(row->id),
                   P_TEXT(date_iso(req->arena, req->today)), P_TEXT(node_json(head, req->arena))) &&
           order_job(tx, req, row->id, err) && note_event(tx, req, "run.begun", row->id, err);
}

/* What a second person lets be taken back: by the rules by which it was done. */
static bool start_undo(Tx *tx, Request *req, const RunRow *row, Err *err)
{
    int64_t other = 0;

    if (!run_active(tx, row->service, row->name, row->year, &other, err))
        return false;
    if (other)
        return err_set(err, ERR_CONFLICT, "Für dieses Jahr ist gerade ein anderer Lauf unterwegs.");
    return run_set_status(tx, row->id, RUN_ASSESSING, err) &&
           tx_exec(tx, err, "UPDATE run SET today = $2 WHERE id = $1", P_INT(row->id),
                   P_TEXT(date_iso(req->arena, req->today))) &&
           order_job(tx, req, row->id, err) && note_event(tx, req, "run.undone", row->undoes, err);
}

static bool need_state(const RunRow *row, Str wanted, Err *err)
{
    return str_eq(row->status, wanted) ||
           err_set(err, ERR_CONFLICT,
                   "Der Lauf ist inzwischen weiter. Bitte sehen Sie ihn neu an.");
}

static bool execute(Tx *tx, RunStep *step, const RunRow *row, const Run *run, Err *err)
{
    Request *req = step->req;

    if (!need_state(row, RUN_PREVIEWED, err))
        return false;
    if (!run_needs_two(req->tenant))
        return start(tx, req, row, run, err);
    /* Who proposes it is who may not release it. */
    return check_version(req, row, err) && run_set_status(tx, row->id, RUN_PROPOSED, err) &&
           tx_exec(tx, err, "UPDATE run SET begun_by = $2 WHERE id = $1", P_INT(row->id),
                   P_TEXT(request_actor(req))) &&
           note_event(tx, req, "run.proposed", row->id, err);
}

static bool release(Tx *tx, RunStep *step, const RunRow *row, const Run *run, Err *err)
{
    if (!need_state(row, RUN_PROPOSED, err))
        return false;
    if (str_eq(row->begun_by, request_actor(step->req)))
        return err_set(err, ERR_FORBIDDEN,
                       "Freigeben muss eine andere Person als die, die den Lauf vorgelegt hat.");
    return tx_exec(tx, err, "UPDATE run SET released_by = $2 WHERE id = $1", P_INT(row->id),
                   P_TEXT(request_actor(step->req))) &&
           (row->undoes ? start_undo(tx, step->req, row, err)
                        : start(tx, step->req, row, run, err));
}

static bool go_on(Tx *tx, RunStep *step, const RunRow *row, Err *err)
{
    JobView job = {0};

    if (!row->active && !str_eq(row->status, RUN_PREVIEWING))
        return err_set(err, ERR_CONFLICT, "Der Lauf ist schon zu Ende.");
    if (row->job_id && !job_view_of(tx, step->req, row->job_id, &job, err))
        return false;
    if (row->job_id && !job_view_ended(&job))
        return true; /* it works already */
    return order_job(tx, step->req, row->id, err) &&
           note_event(tx, step->req, "run.continued", row->id, err);
}

static bool write_step(Tx *tx, void *context, Err *err)
{
    RunStep *step = context;
    RunRow row;
    const Run *run;

    if (!load_run(step->req, tx, &row, &run, err))
        return false;
    step->id = row.id;
    return step->go_on     ? go_on(tx, step, &row, err)
           : step->release ? release(tx, step, &row, run, err)
                           : execute(tx, step, &row, run, err);
}

static bool do_step(Request *req, Response *res, bool second, bool stopped, Err *err)
{
    RunStep step = {.req = req, .release = second, .go_on = stopped};

    return db_write(req->tenant->db, write_step, &step, err) && go_to(req, res, step.id);
}

bool desk_run_execute_post(Request *req, Response *res, Err *err)
{
    return do_step(req, res, false, false, err);
}

bool desk_run_release_post(Request *req, Response *res, Err *err)
{
    return do_step(req, res, true, false, err);
}

bool desk_run_continue_post(Request *req, Response *res, Err *err)
{
    return do_step(req, res, false, true, err);
}

static bool write_undo(Tx *tx, void *context, Err *err)
{
    RunStep *step = context;
    Request *req = step->req;
    const Run *run;
    RunRow row;

    if (!load_run(req, tx, &row, &run, err) ||
        !run_begin_undo(tx, req->tenant, &row, req->today, request_actor(req), req->arena,
                        &step->id, err))
        return false;
    if (run_needs_two(req->tenant))
        return run_set_status(tx, step->id, RUN_PROPOSED, err) &&
               note_event(tx, req, "run.proposed", step->id, err);
    return order_job(tx, req, step->id, err) && note_event(tx, req, "run.undone", row.id, err);
}

bool desk_run_undo_post(Request *req, Response *res, Err *err)
{
    RunStep step = {.req = req};

    if (!str_is(request_form(req, "sicher"), "ja"))
        return err_set(err, ERR_INPUT,
                       "Bitte bestätigen Sie, dass Sie den Lauf rückgängig machen wollen.");
    return db_write(req->tenant->db, write_undo, &step, err) && go_to(req, res, step.id);
}

/* --- Looking
 * ---------------------------------------------------------------------------------------- */

static bool load_page(Request *req, RunPage *page, Err *err)
{
    RunRow row;
    const Run *run;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = load_run(req, tx, &row, &run, err) && desk_run_fill(req, tx, &row, run, page, err);

    tx_end(tx);
    return ok;
}

/* GET /desk/laeufe/:id */
bool desk_run_page(Request *req, Response *res, Err *err)
{
    enum { REFRESH_SECONDS = 3 };
    RunPage page = {0};
    Out out = out_for(req);

    if (!load_page(req, &page, err))
        return false;
    page_desk_run(&out, &page);
    PageFrame frame = {.area = AREA_DESK,
                       .title = page.label,
                       .active = STR("/desk/laeufe"),
                       .refresh_seconds = page.job ? REFRESH_SECONDS : 0};
    return page_send(req, res, &frame, out_html(&out));
}

/* GET /desk/laeufe/:id/ausgelassen.csv: of a preview too */
bool desk_run_left_out(Request *req, Response *res, Err *err)
{
    RunPage page = {0};
    Buf csv = buf_in(req->arena);

    if (!load_page(req, &page, err))
        return false;
    run_csv_left_out_head(&csv);
    for (size_t i = 0; i < page.left_out_count; i++)
        run_csv_left_out(&csv, page.left_out[i].key, page.left_out[i].name, page.left_out[i].guard,
                         page.left_out[i].reason);
    return respond_bytes(res, req->arena, STR("text/csv; charset=utf-8"), buf_str(&csv),
                         STR("ausgelassen.csv"));
}

static bool find_file(Request *req, Tx *tx, const RunRow *row, FileInfo *out, Err *err)
{
    FileInfo *files;
    size_t count;

    if (!file_list(tx, run_subject(row->id, req->arena), req->arena, &files, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (str_eq(files[i].name, request_param(req, "name"))) {
            *out = files[i];
            return true;
        }
    return err_set(err, ERR_NOT_FOUND, "Diese Datei gibt es nicht.");
}

/* GET /desk/laeufe/:id/dateien/:name */
bool desk_run_file(Request *req, Response *res, Err *err)
{
    RunRow row;
    const Run *run;
    FileInfo file;
    Str bytes;
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && load_run(req, tx, &row, &run, err) && find_file(req, tx, &row, &file, err) &&
              file_read(tx, req->tenant, str_c(file.sha256), req->arena, &bytes, err);

    if (tx)
        tx_end(tx);
    return ok && respond_bytes(res, req->arena, file.type, bytes, file.name);
}
