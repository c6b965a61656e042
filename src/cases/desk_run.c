/* SPDX-License-Identifier: EUPL-1.2 */
/* Runs at the desk: the list, looking ahead, and what a run made. */
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

bool desk_run_load(Request *req, Tx *tx, RunRow *row, const Run **run, Err *err)
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

static bool write_preview(Tx *tx, void *context, Err *err)
{
    Order *order = context;

    return run_insert(tx, &order->begin, &order->id, err) &&
           run_job_order(tx, order->req, order->id, err) &&
           desk_run_note(tx, order->req, "run.preview", order->id, err);
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

    return db_write(req->tenant->db, write_preview, &order, err) &&
           desk_run_go_to(req, res, order.id);
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
    bool ok =
        desk_run_load(req, tx, &row, &run, err) && desk_run_fill(req, tx, &row, run, page, err);

    tx_end(tx);
    return ok;
}

bool desk_run_send(Request *req, Response *res, Str error, Err *err)
{
    enum { REFRESH_SECONDS = 3 };
    RunPage page = {0};
    Out out = out_for(req);

    if (!load_page(req, &page, err))
        return false;
    if (error.ptr) {
        page.error = error;
        page.reason = request_form(req, "grund");
    }
    page_desk_run(&out, &page);
    PageFrame frame = {.area = AREA_DESK,
                       .title = page.label,
                       .active = STR("/desk/laeufe"),
                       .refresh_seconds = page.job && !error.ptr ? REFRESH_SECONDS : 0};
    return page_send(req, res, &frame, out_html(&out));
}

/* GET /desk/laeufe/:id */
bool desk_run_page(Request *req, Response *res, Err *err)
{
    return desk_run_send(req, res, STR_NONE, err);
}

/* GET /desk/laeufe/:id/ausgelassen.csv: of a preview too */
bool desk_run_left_out(Request *req, Response *res, Err *err)
{
    RunPage page = {0};

    return load_page(req, &page, err) &&
           respond_bytes(res, req->arena, STR("text/csv; charset=utf-8"),
                         run_csv_lists(&page.lists, req->arena), STR("ausgelassen.csv"));
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
    bool ok = tx && desk_run_load(req, tx, &row, &run, err) &&
              find_file(req, tx, &row, &file, err) &&
              file_read(tx, req->tenant, str_c(file.sha256), req->arena, &bytes, err);

    if (tx)
        tx_end(tx);
    return ok && respond_bytes(res, req->arena, file.type, bytes, file.name);
}
