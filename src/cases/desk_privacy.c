/* SPDX-License-Identifier: EUPL-1.2 */
/* The data protection officer's page: what was erased, what is held back and why, and who has
 * looked at a case or at an entry of a register. */
#include "base/vec.h"
#include "cases/desk.h"
#include "cases/desk_privacy.html.h"
#include "cases/retention.h"

enum { ROWS = 100 };

static bool read_erased(Request *req, Tx *tx, PrivacyPage *page, Err *err)
{
    struct {
        ErasureRow *items;
        size_t count, capacity;
    } list = {0};
    Rows *rows = tx_query(tx, req->arena, err,
                          "SELECT number, service, state, closed_on, erased_at, row_count, "
                          "file_count, event_id FROM case_erasure ORDER BY id DESC LIMIT $1",
                          P_INT(ROWS));

    while (rows && rows_next(rows, err)) {
        ErasureRow row = {.number = row_text(rows, 0),
                          .service = row_text(rows, 1),
                          .state = row_text(rows, 2),
                          .erased = row_int(rows, 4),
                          .rows = row_int(rows, 5),
                          .files = row_int(rows, 6),
                          .event = row_int(rows, 7)};
        date_parse_iso(row_text(rows, 3), &row.closed);
        VEC_PUSH(req->arena, &list, row);
    }
    page->erased = list.items;
    page->erased_count = list.count;
    return rows && err->kind == ERR_NONE &&
           tx_query_int(tx, err, &page->erased_total, "SELECT COUNT(*) FROM case_erasure");
}

static bool read_held(Request *req, Tx *tx, PrivacyPage *page, Err *err)
{
    struct {
        HeldRow *items;
        size_t count, capacity;
    } list = {0};
    Rows *rows = tx_query(tx, req->arena, err,
                          "SELECT c.number, h.reason, h.since FROM case_held h JOIN cases c ON "
                          "c.id = h.case_id ORDER BY h.since, h.case_id LIMIT $1",
                          P_INT(ROWS));

    while (rows && rows_next(rows, err)) {
        HeldRow row = {.number = row_text(rows, 0), .reason = row_text(rows, 1)};
        date_parse_iso(row_text(rows, 2), &row.since);
        VEC_PUSH(req->arena, &list, row);
    }
    page->held = list.items;
    page->held_count = list.count;
    return rows && err->kind == ERR_NONE;
}

/* With names: who controls the looks must know whose they are. */
static bool read_looks(Request *req, Tx *tx, PrivacyPage *page, Err *err)
{
    CaseAccess *looks;
    Case c;

    page->number = str_trim(request_query(req, "nummer"));
    page->asked = !str_empty(page->number);
    if (!page->asked)
        return true;
    if (!case_by_number(tx, page->number, req->arena, &c, err)) {
        if (err->kind != ERR_NOT_FOUND)
            return false;
        err_clear(err);
        page->problem = STR("Einen Vorgang mit dieser Nummer gibt es nicht, oder er ist gelöscht.");
        return true;
    }
    if (!case_accesses(tx, c.id, req->arena, &looks, &page->look_count, err))
        return false;
    page->looks = arena_array(req->arena, FactView, page->look_count);
    for (size_t i = 0; i < page->look_count; i++)
        page->looks[i] = (FactView){
            .label = timestamp_long(req->arena, looks[i].at, STR("de")),
            .value = str_printf(req->arena, "%.*s: %.*s",
                                STR_ARG(desk_staff_name(tx, looks[i].staff_id, req->arena)),
                                STR_ARG(looks[i].purpose))};
    return true;
}

static bool read_gone(Request *req, Tx *tx, PrivacyPage *page, Err *err)
{
    struct {
        KeepErasureRow *items;
        size_t count, capacity;
    } list = {0};
    Rows *rows = tx_query(tx, req->arena, err,
                          "SELECT name, cutoff, erased_at, entry_count, row_count, event_id FROM "
                          "keep_erasure ORDER BY id DESC LIMIT $1",
                          P_INT(ROWS));

    while (rows && rows_next(rows, err)) {
        Date before = {0};
        KeepErasureRow row = {.label = row_text(rows, 0),
                              .erased = row_int(rows, 2),
                              .entries = row_int(rows, 3),
                              .rows = row_int(rows, 4),
                              .event = row_int(rows, 5)};
        date_parse_iso(row_text(rows, 1), &before);
        row.before = date_long(req->arena, before, STR("de"));
        for (size_t i = 0; i < page->kept_count; i++)
            if (str_eq(page->kept[i].name, row.label))
                row.label = page->kept[i].label;
        VEC_PUSH(req->arena, &list, row);
    }
    page->gone = list.items;
    page->gone_count = list.count;
    return rows && err->kind == ERR_NONE;
}

bool desk_privacy_page(Request *req, Response *res, Err *err)
{
    PrivacyPage page = {0};
    Out out = out_for(req);
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = read_erased(req, tx, &page, err) && read_held(req, tx, &page, err) &&
              privacy_list(tx, req->tenant, req->arena, &page.kept, &page.kept_count, err) &&
              read_gone(req, tx, &page, err) && read_looks(req, tx, &page, err) &&
              privacy_entry_looks(req, tx, &page, err);
    tx_end(tx);
    if (!ok)
        return false;
    page_desk_privacy(&out, &page);
    return page_send(req, res,
                     &(PageFrame){.area = AREA_DESK,
                                  .title = STR("Datenschutz"),
                                  .active = STR("/desk/datenschutz"),
                                  .wide = true},
                     out_html(&out));
}
