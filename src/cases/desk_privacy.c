/* SPDX-License-Identifier: EUPL-1.2 */
/* The data protection officer's page: what was erased, what is held back and why, and who has
 * looked at a case or at an entry of a register. */
#include "cases/desk.h"
#include "cases/desk_privacy.html.h"
#include "cases/list_part.h"
#include "cases/retention.h"
#include "core/store/rows.h"

enum { ROWS = 100, LOOKS = 200 };

/* --- What went and what stays --------------------------------------------------------------------
 * Each list is read with one row more than is shown: then it goes on behind the last that is shown,
 * at an address that names this row. */

static int64_t behind(Request *req, const char *list)
{
    int64_t row;

    return str_to_i64(request_query(req, list), &row) ? row : INT64_MAX;
}

static Str rest_of(Request *req, const char *list, Str row)
{
    return str_printf(req->arena, "/desk/datenschutz?%s=%.*s#%s", list, STR_ARG(row), list);
}

static Str rest_after(Request *req, const char *list, int64_t row)
{
    return rest_of(req, list, str_printf(req->arena, "%lld", (long long)row));
}

static bool read_erased(Request *req, Tx *tx, PrivacyPage *page, Err *err)
{
    Rows *rows =
        tx_query(tx, req->arena, err,
                 "SELECT id, number, service, state, closed_on, erased_at, row_count, file_count, "
                 "event_id FROM case_erasure WHERE id < $1 ORDER BY id DESC LIMIT $2",
                 P_INT(behind(req, "geloescht")), P_INT(ROWS + 1));

    if (!ROWS_LIST(rows, req->arena, &page->erased, &page->erased_count, err,
                   (ErasureRow){.id = row_int(rows, 0),
                                .number = row_text(rows, 1),
                                .service = row_text(rows, 2),
                                .state = row_text(rows, 3),
                                .closed = row_date(rows, 4),
                                .erased = row_int(rows, 5),
                                .rows = row_int(rows, 6),
                                .files = row_int(rows, 7),
                                .event = row_int(rows, 8)}))
        return false;
    if (page->erased_count > ROWS) {
        page->erased_count = ROWS;
        page->erased_rest = rest_after(req, "geloescht", page->erased[ROWS - 1].id);
    }
    return tx_query_int(tx, err, &page->erased_total, "SELECT COUNT(*) FROM case_erasure");
}

/* The oldest first: the address names day and case. */
static bool read_held(Request *req, Tx *tx, PrivacyPage *page, Err *err)
{
    Str number = request_query(req, "zurueckgehalten");
    Str day = str_cut(&number, ',');
    int64_t case_id = 0;

    str_to_i64(number, &case_id);
    Rows *rows = tx_query(tx, req->arena, err,
                          "SELECT c.number, h.reason, h.since, h.case_id FROM case_held h JOIN "
                          "cases c ON c.id = h.case_id WHERE (h.since, h.case_id) > ($1, $2) "
                          "ORDER BY h.since, h.case_id LIMIT $3",
                          P_TEXT(day.ptr ? day : STR("")), P_INT(case_id), P_INT(ROWS + 1));

    if (!ROWS_LIST(rows, req->arena, &page->held, &page->held_count, err,
                   (HeldRow){.number = row_text(rows, 0),
                             .reason = row_text(rows, 1),
                             .since = row_date(rows, 2),
                             .case_id = row_int(rows, 3)}))
        return false;
    if (page->held_count > ROWS) {
        const HeldRow *last = &page->held[ROWS - 1];

        page->held_count = ROWS;
        page->held_rest =
            rest_of(req, "zurueckgehalten",
                    str_printf(req->arena, "%.*s,%lld", STR_ARG(date_iso(req->arena, last->since)),
                               (long long)last->case_id));
    }
    return true;
}

static KeepErasureRow gone_row(Request *req, const PrivacyPage *page, Rows *rows)
{
    KeepErasureRow row = {.id = row_int(rows, 0),
                          .label = row_text(rows, 1),
                          .before = date_long(req->arena, row_date(rows, 2), STR("de")),
                          .erased = row_int(rows, 3),
                          .entries = row_int(rows, 4),
                          .rows = row_int(rows, 5),
                          .event = row_int(rows, 6)};

    for (size_t i = 0; i < page->kept_count; i++)
        if (str_eq(page->kept[i].name, row.label))
            row.label = page->kept[i].label;
    return row;
}

static bool read_gone(Request *req, Tx *tx, PrivacyPage *page, Err *err)
{
    Rows *rows = tx_query(tx, req->arena, err,
                          "SELECT id, name, cutoff, erased_at, entry_count, row_count, event_id "
                          "FROM keep_erasure WHERE id < $1 ORDER BY id DESC LIMIT $2",
                          P_INT(behind(req, "zuletzt")), P_INT(ROWS + 1));

    if (!ROWS_LIST(rows, req->arena, &page->gone, &page->gone_count, err,
                   gone_row(req, page, rows)))
        return false;
    if (page->gone_count > ROWS) {
        page->gone_count = ROWS;
        page->gone_rest = rest_after(req, "zuletzt", page->gone[ROWS - 1].id);
    }
    return true;
}

/* --- Who looked at a case ------------------------------------------------------------------------
 */

static FactView look_view(Request *req, Tx *tx, const CaseAccess *look)
{
    return (FactView){.label = timestamp_long(req->arena, look->at, STR("de")),
                      .value = str_printf(req->arena, "%.*s: %.*s",
                                          STR_ARG(desk_staff_name(tx, look->staff_id, req->arena)),
                                          STR_ARG(look->purpose))};
}

/* The page of all looks that the address asks for. */
static void show_looks(Request *req, Tx *tx, const CaseAccess *looks, size_t count,
                       PrivacyPage *page)
{
    Str path =
        str_printf(req->arena, "/desk/datenschutz?nummer=%s", url_part(req->arena, page->number));
    ListPart part = list_part(req, path, count, LOOKS);

    page->looks = arena_array(req->arena, FactView, part.count);
    for (size_t i = 0; i < part.count; i++)
        page->looks[i] = look_view(req, tx, &looks[part.first + i]);
    page->look_count = part.count;
    page->look_pages = part.pages;
}

/* With names: who controls the looks must know whose they are. */
static bool read_looks(Request *req, Tx *tx, PrivacyPage *page, Err *err)
{
    CaseAccess *looks;
    size_t count;
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
    if (!case_accesses(tx, c.id, req->arena, &looks, &count, err))
        return false;
    show_looks(req, tx, looks, count, page);
    return true;
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
