/* SPDX-License-Identifier: EUPL-1.2 */
/* The report of a simulation, and of one beside the one that it is compared with. */
#include "core/folder.h"
#include "twin/plan/desk.h"
#include "twin/plan/gauges.h"
#include "twin/plan/measure.h"
#include "twin/report/report.h"

#include <math.h>

enum { ARMS_MAX_BYTES = 4 << 20 };

#define AFFECTED_M 0.10

static Str name_of(Arena *arena, const House *house)
{
    return house->address.len ? house->address
                              : str_printf(arena, "Haus %lld", (long long)house->id);
}

static bool fill_classes(Tx *tx, const Sim *sim, Report *report, Err *err)
{
    const Legend *legend = &report->legend;

    for (size_t i = 0; i < legend->count; i++)
        if (!house_sums(tx, sim->id, legend->classes[i].from,
                        i + 1 < legend->count ? legend->classes[i + 1].from : HUGE_VAL,
                        &report->classes[i].houses, &report->classes[i].damage, err))
            return false;
    return house_count(tx, sim->id, AFFECTED_M, &report->affected, err);
}

static bool fill_houses(Tx *tx, Arena *arena, const Sim *sim, Report *report, Err *err)
{
    House *houses;

    if (!house_list(tx, arena, sim->id, AFFECTED_M, REPORT_HOUSES_MAX, 0, &houses,
                    &report->house_count, err))
        return false;
    report->houses = arena_array(arena, ReportHouse, report->house_count);
    for (size_t i = 0; i < report->house_count; i++)
        report->houses[i] = (ReportHouse){.address = name_of(arena, &houses[i]),
                                          .depth = houses[i].depth,
                                          .speed = houses[i].speed,
                                          .damage = houses[i].damage};
    return true;
}

static bool fill_changes(Tx *tx, Arena *arena, const Sim *before, const Sim *sim, Report *report,
                         Err *err)
{
    HouseChange *changes;

    if (!house_changes(tx, arena, before->id, sim->id, REPORT_HOUSES_MAX, &changes,
                       &report->house_count, err) ||
        !house_change_counts(tx, before->id, sim->id, &report->less, &report->more, err))
        return false;
    report->houses = arena_array(arena, ReportHouse, report->house_count);
    for (size_t i = 0; i < report->house_count; i++)
        report->houses[i] = (ReportHouse){.address = name_of(arena, &changes[i].house),
                                          .depth = changes[i].house.depth,
                                          .before = changes[i].before};
    return true;
}

/* What was measured at the gauges; a comparison is of two computations. */
static bool fill_measured(Request *req, Tx *tx, const Sim *sim, Report *report, Err *err)
{
    MeasuredEvent event;
    Measured *all;
    size_t count;

    if (!gauges_event(req, tx, sim, &event, &all, &count, err))
        return false;
    for (size_t i = 0; i < report->gauge_count; i++) {
        gauges_measured_depth(req->arena, &event, &report->gauges[i]);
        if (report->gauges[i].measured.count)
            report->event = event.name;
    }
    return true;
}

static void fill_town(Request *req, Report *report)
{
    Str name = tenant_setting(req->tenant, "full_name");
    Str arms = tenant_setting(req->tenant, "arms");
    Err err = {0};

    report->town = name.ptr ? name : tenant_title(req->tenant);
    report->date = req->today;
    report->arms_png = STR_NONE;
    if (!str_empty(arms) && str_find_char(arms, '/') < 0)
        folder_read_file(
            arena_printf(req->arena, "%.*s/%.*s", STR_ARG(req->tenant->folder), STR_ARG(arms)),
            ARMS_MAX_BYTES, req->arena, &report->arms_png, &err);
}

static bool fill(Request *req, const Sim *sim, Report *report, Err *err)
{
    Arena *arena = req->arena;
    Model model;
    Err gone = {0};

    if (!sim->finished || !sim->summary)
        return err_set(err, ERR_CONFLICT, "Diese Simulation ist noch nicht fertig berechnet.");
    *report = (Report){.title = sim->title,
                       .rain = sim->rain_text,
                       .measures = measures_text(arena, sim->measures),
                       .legend = legend_depth(req->tenant, arena)};
    fill_town(req, report);
    if (model_load(req->tenant, sim->model, arena, &model, &gone))
        report->model = model.title;
    return report_load(report, sim_file(arena, req->tenant, sim->id, "out"),
                       sim_file(arena, req->tenant, sim->id, "tiles"),
                       sim_file(arena, req->tenant, sim->id, "scenario.yaml"), arena, err);
}

static bool answer(Request *req, Response *res, const Report *report, const char *name, int64_t id,
                   Err *err)
{
    Str pdf;

    return report_render(report, req->arena, &pdf, err) &&
           respond_bytes(res, req->arena, STR("application/pdf"), pdf,
                         str_printf(req->arena, "starkregen-%s-%lld.pdf", name, (long long)id));
}

/* GET /desk/zwilling/:id/bericht.pdf */
bool desk_sim_report(Request *req, Response *res, Err *err)
{
    Report report;
    Sim sim;
    Tx *tx;

    if (!desk_sim_asked(req, &sim, err) || !fill(req, &sim, &report, err) ||
        !(tx = db_read(req->tenant->db, err)))
        return false;
    bool good = fill_classes(tx, &sim, &report, err) &&
                fill_houses(tx, req->arena, &sim, &report, err) &&
                fill_measured(req, tx, &sim, &report, err);
    tx_end(tx);
    return good && answer(req, res, &report, "bericht", sim.id, err);
}

/* GET /desk/zwilling/:id/vergleich.pdf */
bool desk_compare_report(Request *req, Response *res, Err *err)
{
    Report report, then;
    Sim sim, before;
    Tx *tx;

    if (!desk_sim_asked(req, &sim, err))
        return false;
    if (!sim.before)
        return err_set(err, ERR_NOT_FOUND, "Diese Simulation wird mit keiner anderen verglichen.");
    if (!(tx = db_read(req->tenant->db, err)))
        return false;
    bool good = sim_by_id(tx, req->arena, sim.before, &before, err) &&
                fill(req, &sim, &report, err) && fill(req, &before, &then, err) &&
                fill_classes(tx, &sim, &report, err) && fill_classes(tx, &before, &then, err) &&
                fill_changes(tx, req->arena, &before, &sim, &report, err);
    tx_end(tx);
    report.before = &then;
    return good && answer(req, res, &report, "vergleich", sim.id, err);
}
