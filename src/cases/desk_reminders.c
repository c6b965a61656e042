/* SPDX-License-Identifier: EUPL-1.2 */
/* Reminders (Wiedervorlagen) over all cases: one's own, those of one's offices, and of whom one
 * stands in for. The case page makes and moves them. */
#include "base/vec.h"
#include "cases/case_memo.h"
#include "cases/desk.h"
#include "cases/desk_figures.h"
#include "cases/desk_reminders.html.h"

enum { LINES = 100, PEOPLE = 20, OFFICES = 20 };

typedef struct Load {
    Request *req;
    Tx *tx;
    RemindersPage *page;
    struct {
        ReminderLine *items;
        size_t count, capacity;
    } lines;
} Load;

/* Whether the caller reads the case in one of its offices; a deputy has only their own rights. */
static bool may_read(Load *load, int64_t case_id, Str service, bool *may, Err *err)
{
    Rows *rows = tx_query(load->tx, load->req->arena, err,
                          "SELECT office FROM case_desk WHERE case_id = $1", P_INT(case_id));

    *may = false;
    while (rows && rows_next(rows, err))
        *may = *may || ident_may(load->req->session.staff, "case.read", row_text(rows, 0), service);
    return rows && err->kind == ERR_NONE;
}

static Str whose(Load *load, int64_t staff_id, Str office)
{
    Request *req = load->req;

    if (staff_id == req->session.staff_id)
        return STR("Sie");
    if (staff_id)
        return str_printf(req->arena, "Sie, in Vertretung für %.*s",
                          STR_ARG(desk_staff_name(load->tx, staff_id, req->arena)));
    return desk_office_name(req, office);
}

static bool take_row(Load *load, Rows *rows, Err *err)
{
    Request *req = load->req;
    Date due = {0};
    bool may;
    ReminderLine line = {
        .id = row_int(rows, 0),
        .text = row_text(rows, 2),
        .number = row_text(rows, 6),
        .applicant = row_text(rows, 7),
        .path = str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)row_int(rows, 5)),
        .who = whose(load, row_int(rows, 3), row_text(rows, 4))};

    if (!may_read(load, row_int(rows, 5), row_text(rows, 8), &may, err))
        return false;
    if (!may)
        return true;
    date_parse_iso(row_text(rows, 1), &due);
    line.due = desk_days(req->arena, req->today, due, &line.tone);
    VEC_PUSH(req->arena, &load->lines, line);
    return true;
}

/* One walk along case_reminder_staff or case_reminder_office. */
static bool walk(Load *load, const char *column, Param whom, Str until, Err *err)
{
    Param params[] = {whom, P_TEXT(until), P_INT(LINES)};
    Str sql = str_printf(load->req->arena,
                         "SELECT r.id, r.due, r.text, r.staff_id, r.office, r.case_id, c.number, "
                         "c.applicant, c.service FROM case_reminder r JOIN cases c ON c.id = "
                         "r.case_id WHERE r.%s = $1 AND r.due <= $2 AND r.done_at IS NULL "
                         "ORDER BY r.due, r.id LIMIT $3",
                         column);
    Rows *rows = tx_query_text(load->tx, load->req->arena, err, sql, params, 3);
    size_t seen = 0;

    while (rows && rows_next(rows, err)) {
        seen++;
        if (!take_row(load, rows, err))
            return false;
    }
    load->page->more = load->page->more || seen == LINES;
    return rows && err->kind == ERR_NONE;
}

static bool load_lines(Load *load, Err *err)
{
    Request *req = load->req;
    Date last = str_is(load->page->span, "heute")   ? req->today
                : str_is(load->page->span, "woche") ? date_add_days(req->today, 7)
                                                    : (Date){9999, 12, 31};
    Str until = date_iso(req->arena, last);
    int64_t *deputised;
    size_t deputised_count;
    Str *offices;
    size_t office_count = list_offices(req, "case.decide", &offices);

    if (!ident_deputised(load->tx, req->session.staff_id, req->today, req->arena, &deputised,
                         &deputised_count, err) ||
        !walk(load, "staff_id", P_INT(req->session.staff_id), until, err))
        return false;
    for (size_t i = 0; i < deputised_count && i < PEOPLE; i++)
        if (!walk(load, "staff_id", P_INT(deputised[i]), until, err))
            return false;
    for (size_t i = 0; i < office_count && i < OFFICES; i++)
        if (!walk(load, "office", P_TEXT(offices[i]), until, err))
            return false;
    load->page->lines = load->lines.items;
    load->page->count = load->lines.count;
    return true;
}

bool desk_reminders_page(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    Str span = request_query(req, "zeit");
    RemindersPage page = {.span = str_is(span, "woche")  ? STR("woche")
                                  : str_is(span, "alle") ? STR("alle")
                                                         : STR("heute"),
                          .notice = str_is(request_query(req, "getan"), "erledigt")
                                        ? STR("Die Wiedervorlage ist erledigt.")
                                        : STR_NONE};
    Load load = {.req = req, .page = &page, .tx = db_read(req->tenant->db, err)};

    if (!load.tx)
        return false;
    bool ok = load_lines(&load, err);

    tx_end(load.tx);
    if (!ok)
        return false;
    page_desk_reminders(&out, &page);
    return page_send(req, res,
                     &(PageFrame){.area = AREA_DESK,
                                  .title = STR("Wiedervorlagen"),
                                  .active = STR("/desk/wiedervorlagen"),
                                  .wide = true},
                     out_html(&out));
}

/* --- Done
 * ------------------------------------------------------------------------------------------ */

static bool write_done(Tx *tx, void *context, Err *err)
{
    Request *req = context;
    DeskCase desk;
    int64_t id = 0;
    int64_t case_id = 0;

    str_to_i64(request_param(req, "id"), &id);
    if (!tx_query_int(tx, err, &case_id, "SELECT case_id FROM case_reminder WHERE id = $1",
                      P_INT(id)))
        return false;
    if (case_id == 0)
        return err_set(err, ERR_NOT_FOUND, "Diese Wiedervorlage gibt es nicht.");
    if (!desk_case_open(req, tx, case_id, &desk, err))
        return false;
    if (!desk_may_in_case(req->session.staff, "case.decide", &desk))
        return err_set(err, ERR_FORBIDDEN,
                       "Dazu sind Sie in diesem Verfahren nicht freigeschaltet.");
    return case_reminder_done(tx, &desk.c, id, request_actor(req), err);
}

bool desk_reminders_done_post(Request *req, Response *res, Err *err)
{
    Str span = request_form(req, "zeit");

    return db_write(req->tenant->db, write_done, req, err) &&
           respond_redirect(req, res,
                            str_printf(req->arena, "/desk/wiedervorlagen?zeit=%s&getan=erledigt",
                                       str_is(span, "woche")  ? "woche"
                                       : str_is(span, "alle") ? "alle"
                                                              : "heute"));
}
