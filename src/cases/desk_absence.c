/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is away, and who stands in: entered by oneself, or by who leads the office. */
#include "cases/desk_absence.h"

#include "cases/desk.h"
#include "cases/desk_absence.html.h"

typedef struct People {
    Staff *items;
    size_t count;
} People;

static const Staff *person(const People *people, int64_t id)
{
    for (size_t i = 0; i < people->count; i++)
        if (people->items[i].id == id)
            return &people->items[i];
    return NULL;
}

/* Whose absences the caller may see and enter. */
static bool may_set(const Request *req, const Staff *staff)
{
    return staff->id == req->session.staff_id || ident_leads(req->session.staff, staff);
}

static void fill_rows(Request *req, const People *people, const Absence *absences, size_t count,
                      AbsencePage *page)
{
    page->rows = arena_array(req->arena, AbsenceRow, count);
    for (size_t i = 0; i < count; i++) {
        const Absence *absence = &absences[i];
        const Staff *who = person(people, absence->staff_id);
        const Staff *deputy = person(people, absence->deputy_id);
        bool for_me = absence->deputy_id == req->session.staff_id;

        if (!who || (!may_set(req, who) && !for_me))
            continue;
        page->rows[page->row_count++] =
            (AbsenceRow){.id = absence->id,
                         .name = who->name,
                         .deputy = for_me   ? STR("Sie")
                                   : deputy ? deputy->name
                                            : STR("niemand"),
                         .from = date_long(req->arena, absence->starts, STR("de")),
                         .to = date_long(req->arena, absence->ends, STR("de")),
                         .now = date_compare(absence->starts, req->today) <= 0,
                         .mine = may_set(req, who)};
    }
}

/* Oneself and whom one leads; and everybody who could stand in for one of these. */
static void fill_people(Request *req, const People *people, AbsencePage *page)
{
    int64_t chosen = req->session.staff_id;
    int64_t deputy = 0;

    str_to_i64(request_form(req, "konto"), &chosen);
    str_to_i64(request_form(req, "vertretung"), &deputy);
    page->people = arena_array(req->arena, OptionView, people->count);
    page->deputies = arena_array(req->arena, OptionView, people->count);
    for (size_t i = 0; i < people->count; i++) {
        const Staff *one = &people->items[i];
        OptionView option = {.value = str_printf(req->arena, "%lld", (long long)one->id),
                             .label = one->name};
        bool stands = false;

        for (size_t k = 0; k < people->count; k++)
            stands = stands || (k != i && may_set(req, &people->items[k]) &&
                                ident_stands_beside(&people->items[k], one));
        option.selected = one->id == deputy;
        if (stands)
            page->deputies[page->deputy_count++] = option;
        option.selected = one->id == chosen;
        if (may_set(req, one))
            page->people[page->people_count++] = option;
    }
}

static bool show(Request *req, Response *res, const Err *problem, Err *err)
{
    Out out = out_for(req);
    AbsencePage page = {.from = request_form(req, "von"), .to = request_form(req, "bis")};
    People people;
    Absence *absences = NULL;
    size_t count;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = ident_staff_list(tx, req->arena, &people.items, &people.count, err) &&
              ident_absences(tx, req->today, req->arena, &absences, &count, err);

    tx_end(tx);
    if (!ok)
        return false;
    fill_rows(req, &people, absences, count, &page);
    fill_people(req, &people, &page);
    if (problem) {
        page.error = (FieldError){str_c(problem->field[0] ? problem->field : "von"),
                                  problem_words(problem, req->arena)};
        res->status = 422;
    }
    page.notice = str_is(request_query(req, "getan"), "eingetragen")
                      ? STR("Die Abwesenheit ist eingetragen.")
                  : str_is(request_query(req, "getan"), "zurueckgenommen")
                      ? STR("Die Abwesenheit ist zurückgenommen.")
                      : STR_NONE;
    page_desk_absence(&out, &page);
    return page_send(req, res,
                     &(PageFrame){.area = AREA_DESK,
                                  .title = STR("Abwesenheit und Vertretung"),
                                  .active = STR("/desk/vorgaenge")},
                     out_html(&out));
}

bool desk_absence_page(Request *req, Response *res, Err *err)
{
    return show(req, res, NULL, err);
}

/* --- Changing
 * ------------------------------------------------------------------------------------- */

typedef struct Change {
    Request *req;
    Absence absence;
} Change;

static bool check_leader(Request *req, Tx *tx, int64_t staff_id, Err *err)
{
    Staff staff;

    return ident_staff_by_id(tx, staff_id, req->arena, &staff, err) &&
           (may_set(req, &staff) ||
            err_set(err, ERR_FORBIDDEN,
                    "Abwesenheiten trägt ein, wer selbst abwesend ist oder das Amt leitet."));
}

static bool write_new(Tx *tx, void *context, Err *err)
{
    Change *change = context;

    return check_leader(change->req, tx, change->absence.staff_id, err) &&
           ident_absence_add(tx, &change->absence, request_actor(change->req), &change->absence.id,
                             err);
}

static bool write_withdraw(Tx *tx, void *context, Err *err)
{
    Change *change = context;
    Absence absence;

    return ident_absence_by_id(tx, change->absence.id, &absence, err) &&
           check_leader(change->req, tx, absence.staff_id, err) &&
           ident_absence_withdraw(tx, absence.id, request_actor(change->req), err);
}

static Date day(const Request *req, const char *name)
{
    Date date = {0};
    Str text = str_trim(request_form(req, name));

    return date_parse_iso(text, &date) || date_parse_german(text, &date) ? date : (Date){0};
}

bool desk_absence_post(Request *req, Response *res, Err *err)
{
    Change change = {.req = req,
                     .absence = {.staff_id = req->session.staff_id,
                                 .starts = day(req, "von"),
                                 .ends = day(req, "bis")}};

    str_to_i64(request_form(req, "konto"), &change.absence.staff_id);
    str_to_i64(request_form(req, "vertretung"), &change.absence.deputy_id);
    if (db_write(req->tenant->db, write_new, &change, err))
        return respond_redirect(req, res, STR("/desk/abwesenheit?getan=eingetragen"));
    if (err->kind != ERR_INPUT)
        return false;
    Err problem = *err;

    err_clear(err);
    return show(req, res, &problem, err);
}

bool desk_absence_withdraw_post(Request *req, Response *res, Err *err)
{
    Change change = {.req = req};

    str_to_i64(request_param(req, "id"), &change.absence.id);
    return db_write(req->tenant->db, write_withdraw, &change, err) &&
           respond_redirect(req, res, STR("/desk/abwesenheit?getan=zurueckgenommen"));
}
