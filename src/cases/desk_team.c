/* SPDX-License-Identifier: EUPL-1.2 */
/* The team leader's view: how much lies where, what is oldest, who is away, who can take more. It
 * shows what lies with whom, never how fast somebody works. */
#include "base/vec.h"
#include "cases/desk.h"
#include "cases/desk_figures.h"
#include "cases/desk_team.html.h"

enum { OLDEST = 10 };

typedef struct Team {
    Request *req;
    Tx *tx;
    TeamPage *page;
    Staff *staff;
    size_t staff_count;
    Absence *absences;
    size_t absence_count;
} Team;

static Str list_path(const Team *team, const char *name, Str value)
{
    return str_printf(team->req->arena, "/desk/vorgaenge?ansicht=offen&amt=%s&%s=%s",
                      url_part(team->req->arena, team->page->office), name,
                      url_part(team->req->arena, value));
}

static void fill_away(const Team *team, int64_t id, TeamRow *row)
{
    Request *req = team->req;
    int64_t deputy = ident_stand_in(team->absences, team->absence_count, id, req->today);

    if (deputy == id)
        return;
    for (size_t i = 0; i < team->absence_count; i++)
        if (team->absences[i].staff_id == id &&
            date_compare(team->absences[i].starts, req->today) <= 0)
            row->away = str_printf(
                req->arena, "abwesend bis %.*s, Vertretung: %.*s",
                STR_ARG(date_long(req->arena, team->absences[i].ends, STR("de"))),
                STR_ARG(deputy ? desk_staff_name(team->tx, deputy, req->arena) : STR("niemand")));
}

static void read_numbers(Request *req, Rows *rows, TeamRow *row)
{
    Date oldest = {0};

    row->open = row_int(rows, 1);
    row->overdue = row_int(rows, 2);
    row->waiting = row_int(rows, 3);
    if (date_parse_iso(row_text(rows, 4), &oldest))
        row->oldest = date_long(req->arena, oldest, STR("de"));
}

static void add_row(Team *team, TeamRow row, size_t at)
{
    team->page->rows[at] = row;
    if (at >= team->page->row_count)
        team->page->row_count = at + 1;
}

/* Everybody who decides in the office, those who have nothing too; and what nobody has. */
static bool fill_people(Team *team, Err *err)
{
    Request *req = team->req;
    TeamPage *page = team->page;
    StaffName *people;
    size_t count;

    if (!ident_staff_of_office(team->tx, page->office, "case.decide", req->arena, &people, &count,
                               err))
        return false;
    page->rows = arena_array(req->arena, TeamRow, count + 2);
    page->people = arena_array(req->arena, OptionView, count);
    add_row(team,
            (TeamRow){.name = STR("noch niemandem zugewiesen"),
                      .path = list_path(team, "wer", STR("niemand"))},
            0);
    for (size_t i = 0; i < count; i++) {
        Str id = str_printf(req->arena, "%lld", (long long)people[i].id);
        TeamRow row = {.name = people[i].name, .path = list_path(team, "wer", id)};

        fill_away(team, people[i].id, &row);
        add_row(team, row, i + 1);
        page->people[page->people_count++] = (OptionView){.value = id, .label = people[i].name};
    }
    Rows *rows =
        tx_query(team->tx, req->arena, err,
                 "SELECT assigned_to, COUNT(*), SUM(CASE WHEN due < $2 THEN 1 ELSE 0 END), "
                 "SUM(waiting), MIN(received) FROM case_desk WHERE office = $1 AND open = 1 "
                 "GROUP BY assigned_to",
                 P_TEXT(page->office), P_TEXT(date_iso(req->arena, req->today)));

    while (rows && rows_next(rows, err)) {
        int64_t id = row_int(rows, 0);
        size_t at = id == 0 ? 0 : count + 1;

        for (size_t i = 0; i < count; i++)
            if (people[i].id == id)
                at = i + 1;
        TeamRow row = page->rows[at];

        if (at == count + 1) { /* of other offices, or no longer here: together */
            TeamRow more = {0};

            read_numbers(req, rows, &more);
            row.name = STR("anderen zugewiesen");
            row.open += more.open;
            row.overdue += more.overdue;
            row.waiting += more.waiting;
        } else {
            read_numbers(req, rows, &row);
        }
        add_row(team, row, at);
        page->open += row_int(rows, 1);
        page->overdue += row_int(rows, 2);
    }
    return rows && err->kind == ERR_NONE;
}

/* Who is here and has less than the team's mean. */
static void mark_free(TeamPage *page)
{
    int64_t sum = 0;

    for (size_t i = 1; i <= page->people_count; i++)
        sum += page->rows[i].open;
    for (size_t i = 1; i <= page->people_count; i++)
        page->rows[i].free =
            !page->rows[i].away.ptr && page->rows[i].open * (int64_t)page->people_count < sum;
}

static Str procedure_name(Request *req, Str service, Str id)
{
    Err err = {0};
    const Package *package = tenant_package(req->tenant, service, &err);
    const Procedure *procedure = package ? package_procedure(package, id) : NULL;

    return procedure ? text_in(procedure->name, STR("de")) : id;
}

static bool fill_procedures(Team *team, Err *err)
{
    Request *req = team->req;
    struct {
        TeamRow *items;
        size_t count, capacity;
    } list = {0};
    Rows *rows =
        tx_query(team->tx, req->arena, err,
                 "SELECT procedure_id, COUNT(*), SUM(CASE WHEN due < $2 THEN 1 ELSE 0 END), "
                 "SUM(waiting), MIN(received), service FROM case_desk WHERE office = $1 AND "
                 "open = 1 GROUP BY service, procedure_id ORDER BY COUNT(*) DESC",
                 P_TEXT(team->page->office), P_TEXT(date_iso(req->arena, req->today)));

    while (rows && rows_next(rows, err)) {
        Str service = row_text(rows, 5);
        /* A right may be for one service of the office. */
        if (!ident_may(req->session.staff, "case.lead", team->page->office, service))
            continue;
        TeamRow row = {.name = procedure_name(req, service, row_text(rows, 0)),
                       .path = str_printf(req->arena, "%.*s&verfahren=%s",
                                          STR_ARG(list_path(team, "leistung", service)),
                                          url_part(req->arena, row_text(rows, 0)))};

        read_numbers(req, rows, &row);
        VEC_PUSH(req->arena, &list, row);
    }
    team->page->procedures = list.items;
    team->page->procedure_count = list.count;
    return rows && err->kind == ERR_NONE;
}

static bool fill_oldest(Team *team, Err *err)
{
    Request *req = team->req;
    TeamPage *page = team->page;
    Rows *rows = tx_query(
        team->tx, req->arena, err,
        "SELECT c.id, c.number, c.applicant, d.service, d.procedure_id, "
        "d.received, d.assigned_to, d.due, c.clock_left FROM case_desk d JOIN cases c ON c.id = "
        "d.case_id WHERE d.office = $1 AND d.open = 1 ORDER BY d.received, "
        "d.case_id LIMIT $2",
        P_TEXT(page->office), P_INT(OLDEST * 100));

    page->oldest = arena_array(req->arena, OldRow, OLDEST);
    while (rows && page->oldest_count < OLDEST && rows_next(rows, err)) {
        /* A right may be for one service of the office. */
        if (!ident_may(req->session.staff, "case.lead", page->office, row_text(rows, 3)))
            continue;
        OldRow *row = &page->oldest[page->oldest_count++];
        Date received = {0};
        Date due = {0};

        *row = (OldRow){.id = row_int(rows, 0),
                        .number = row_text(rows, 1),
                        .applicant = row_text(rows, 2),
                        .procedure = procedure_name(req, row_text(rows, 3), row_text(rows, 4)),
                        .tone = TONE_PLAIN};
        row->path = str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)row->id);
        date_parse_iso(row_text(rows, 5), &received);
        row->received = date_long(req->arena, received, STR("de"));
        row->assigned = row_int(rows, 6) ? desk_staff_name(team->tx, row_int(rows, 6), req->arena)
                                         : STR("niemand");
        row->due = row_null(rows, 8) ? STR("ohne Frist") : STR("Frist ruht");
        if (date_parse_iso(row_text(rows, 7), &due) && due.year != 9999)
            row->due = desk_days(req->arena, req->today, due, &row->tone);
    }
    if (rows)
        rows_end(rows);
    return rows && err->kind == ERR_NONE;
}

static bool load(Team *team, Str asked, Err *err)
{
    Request *req = team->req;
    TeamPage *page = team->page;
    Str *offices;
    size_t count = list_offices(req, "case.lead", &offices);

    if (!list_office_asked(asked, offices, count, &page->office, err))
        return false;
    if (!page->office.ptr)
        page->office = STR("-");
    page->offices = arena_array(req->arena, OptionView, count);
    for (size_t i = 0; i < count; i++)
        page->offices[page->office_count++] =
            (OptionView){.value = offices[i],
                         .label = str_is(offices[i], "*") ? STR("alle Ämter")
                                                          : desk_office_name(req, offices[i]),
                         .selected = str_eq(offices[i], page->office)};
    page->overdue_path = list_path(team, "frist", STR("ueberfaellig"));
    if (!ident_absences(team->tx, req->today, req->arena, &team->absences, &team->absence_count,
                        err) ||
        !fill_people(team, err) || !fill_procedures(team, err) || !fill_oldest(team, err))
        return false;
    mark_free(page);
    return true;
}

static bool show(Request *req, Response *res, Str office, Str problem, Err *err)
{
    Out out = out_for(req);
    TeamPage page = {.problem = problem};
    Team team = {.req = req, .page = &page, .tx = db_read(req->tenant->db, err)};

    if (!team.tx)
        return false;
    bool ok = load(&team, office, err);

    tx_end(team.tx);
    if (!ok)
        return false;
    if (str_is(request_query(req, "getan"), "uebertragen"))
        page.notice = STR("Der Vorgang ist übertragen.");
    if (problem.ptr)
        res->status = 409;
    page_desk_team(&out, &page);
    return page_send(
        req, res,
        &(PageFrame){
            .area = AREA_DESK, .title = STR("Team"), .active = STR("/desk/team"), .wide = true},
        out_html(&out));
}

bool desk_team_page(Request *req, Response *res, Err *err)
{
    return show(req, res, request_query(req, "amt"), STR_NONE, err);
}

static bool write_assign(Tx *tx, void *context, Err *err)
{
    Request *req = context;
    DeskCase desk;
    int64_t id = 0;
    int64_t staff = -1;

    str_to_i64(request_form(req, "vorgang"), &id);
    if (!str_to_i64(request_form(req, "konto"), &staff))
        return err_set(err, ERR_INPUT, "Bitte wählen Sie, wer zuständig sein soll.");
    return desk_case_open(req, tx, id, &desk, err) && desk_assign_to(req, tx, &desk, staff, err);
}

bool desk_team_assign_post(Request *req, Response *res, Err *err)
{
    Str office = request_form(req, "amt");

    if (db_write(req->tenant->db, write_assign, req, err))
        return respond_redirect(req, res,
                                str_printf(req->arena, "/desk/team?amt=%s&getan=uebertragen",
                                           url_part(req->arena, office.ptr ? office : STR(""))));
    Str problem;

    return problem_take(req, err, &problem) && show(req, res, office, problem, err);
}
