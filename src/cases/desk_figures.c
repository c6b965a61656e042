/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers: one's own, and those of an office. How fast somebody works is shown to nobody but
 * themselves. */
#include "cases/desk_figures.h"

#include "cases/case_figure.h"
#include "cases/desk.h"
#include "cases/desk_figures.html.h"

static Str procedure_name(Request *req, Str service, Str id)
{
    Err err = {0};
    const Package *package = tenant_package(req->tenant, service, &err);
    const Procedure *procedure = package ? package_procedure(package, id) : NULL;

    return procedure ? text_in(procedure->name, STR("de")) : id;
}

static void fill_weeks(Request *req, const Figures *figures, FiguresView *view)
{
    for (size_t i = 0; i < CHART_WEEKS; i++) {
        const FigureWeek *week = &figures->weeks[FIGURE_WEEKS - CHART_WEEKS + i];

        view->weeks[i] =
            (WeekRow){date_long(req->arena, week->monday, STR("de")),
                      str_printf(req->arena, "%d.%d.", week->monday.day, week->monday.month),
                      week->received, week->decided};
    }
    view->weeks_chart =
        chart_weeks(req->arena, view->weeks, CHART_WEEKS,
                    view->own ? STR("Von Ihnen entschiedene Vorgänge je Woche")
                              : STR("Eingegangene und entschiedene Vorgänge je Woche"));
}

static void fill_procedures(Request *req, const Figures *figures, FiguresView *view)
{
    view->procedures = arena_array(req->arena, ProcedureRow, figures->procedure_count);
    view->procedure_count = figures->procedure_count;
    for (size_t i = 0; i < figures->procedure_count; i++) {
        const FigureProcedure *figure = &figures->procedures[i];
        int64_t tenths = figure->decided ? figure->asked * 10 / figure->decided : 0;

        view->procedures[i] = (ProcedureRow){
            .name = procedure_name(req, figure->service, figure->procedure),
            .received = figure->received,
            .decided = figure->decided,
            .median = figure->median,
            .p90 = figure->p90,
            .kept = figure->due ? str_printf(req->arena, "%lld %%",
                                             (long long)(figure->kept * 100 / figure->due))
                                : STR("–"),
            .asked = figure->decided ? str_printf(req->arena, "%lld,%lld", (long long)(tenths / 10),
                                                  (long long)(tenths % 10))
                                     : STR("–")};
    }
}

static bool fill(Request *req, Tx *tx, Str scope, Str office, int64_t staff_id, FiguresView *view,
                 Err *err)
{
    Figures figures;
    AgeBucket ages[AGE_BUCKETS];

    if (!case_figures(tx, scope, req->today, req->arena, &figures, err) ||
        !case_ages(tx, office, staff_id, req->today, req->arena, ages, err))
        return false;
    view->own = staff_id != 0;
    fill_weeks(req, &figures, view);
    fill_procedures(req, &figures, view);
    for (size_t i = 0; i < AGE_BUCKETS; i++) {
        view->ages[i] = (AgeRow){str_c(ages[i].label), ages[i].count};
        view->open += ages[i].count;
    }
    view->ages_chart =
        chart_rows(req->arena, view->ages, AGE_BUCKETS, STR("Offene Vorgänge nach ihrem Alter"));
    return true;
}

static bool load(Request *req, Tx *tx, FiguresPage *page, Err *err)
{
    Str *offices;
    size_t count = list_offices(req, "statistics.read", &offices);
    Str office;

    if (!list_office_asked(request_query(req, "amt"), offices, count, &office, err))
        return false;
    page->has_own = request_may(req, "case.decide");
    page->has_office = count > 0;
    page->offices = arena_array(req->arena, OptionView, count);
    for (size_t i = 0; i < count; i++)
        page->offices[page->office_count++] =
            (OptionView){.value = offices[i],
                         .label = str_is(offices[i], "*") ? STR("alle Ämter")
                                                          : desk_office_name(req, offices[i]),
                         .selected = str_eq(offices[i], office)};
    page->own.title = STR("Ihre Zahlen");
    if (page->has_own &&
        !fill(req, tx, request_actor(req), STR("*"), req->session.staff_id, &page->own, err))
        return false;
    if (!page->has_office)
        return true;
    page->office.title = str_is(office, "*") ? STR("Alle Ämter") : desk_office_name(req, office);
    return fill(req, tx, office, office, 0, &page->office, err);
}

bool desk_figures_page(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    FiguresPage *page = arena_new(req->arena, FiguresPage);
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = load(req, tx, page, err);

    tx_end(tx);
    if (!ok)
        return false;
    page_desk_figures(&out, page);
    return page_send(
        req, res,
        &(PageFrame){
            .area = AREA_DESK, .title = STR("Zahlen"), .active = STR("/desk/zahlen"), .wide = true},
        out_html(&out));
}
