/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/desk_print.h"

#include "cases/desk_print.html.h"
#include "core/store/file.h"

enum { MOST_FILES = 50 };

static bool list_files(Request *req, Tx *tx, PrintPage *page, Err *err)
{
    Arena *arena = req->arena;
    RunPostFile *files;

    if (!run_post_files(tx, MOST_FILES, arena, &files, &page->count, err))
        return false;
    page->files = arena_array(arena, PrintFile, page->count + 1);
    for (size_t i = 0; i < page->count; i++)
        page->files[i] =
            (PrintFile){.name = files[i].name,
                        .letters = files[i].letters,
                        .path = str_printf(arena, "/desk/briefe/%lld/%.*s", (long long)files[i].run,
                                           STR_ARG(files[i].name))};
    return true;
}

static bool show(Request *req, Response *res, PrintPage *page, Err *err)
{
    Out out = out_for(req);
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok =
        run_post_waiting(tx, &page->ready, &page->unmade, err) && list_files(req, tx, page, err);
    tx_end(tx);
    if (!ok)
        return false;
    page_desk_print(&out, page);
    PageFrame frame = {
        .area = AREA_DESK, .title = STR("Briefe für die Post"), .active = STR("/desk/kasse")};
    return page_send(req, res, &frame, out_html(&out));
}

/* GET /desk/briefe */
bool desk_print_page(Request *req, Response *res, Err *err)
{
    return show(req, res, &(PrintPage){0}, err);
}

/* POST /desk/briefe: print files of all that waits */
bool desk_print_post(Request *req, Response *res, Err *err)
{
    int64_t letters;

    if (run_post_print(req->tenant, request_actor(req), &letters, err))
        return respond_redirect(req, res, STR("/desk/briefe"));
    PrintPage page = {0};

    res->status = err_http_status(err->kind);
    return problem_take(req, err, &page.error) && show(req, res, &page, err);
}

/* GET /desk/briefe/:id/:name */
bool desk_print_file(Request *req, Response *res, Err *err)
{
    int64_t id = 0;
    FileInfo *files;
    size_t count = 0, at = 0;
    Str bytes, name = request_param(req, "name");
    Tx *tx = db_read(req->tenant->db, err);

    str_to_i64(request_param(req, "id"), &id);
    bool ok = tx && file_list(tx, run_subject(id, req->arena), req->arena, &files, &count, err);
    while (ok && at < count && !str_eq(files[at].name, name))
        at++;
    if (ok && (at == count || !str_starts_with(name, "druck-nachtrag-")))
        ok = err_set(err, ERR_NOT_FOUND, "Diese Datei gibt es nicht.");
    ok = ok && file_read(tx, req->tenant, str_c(files[at].sha256), req->arena, &bytes, err);
    if (tx)
        tx_end(tx);
    return ok && respond_bytes(res, req->arena, files[at].type, bytes, name);
}
