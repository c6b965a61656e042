/* SPDX-License-Identifier: EUPL-1.2 */
/* The part of a simulation's page with its gauges and rain, and what was measured there. */
#include "base/vec.h"
#include "twin/plan/gauges.h"

enum { CHARTS_MAX = 12 };

typedef struct Charts {
    GaugeChart *items;
    size_t count, capacity;
} Charts;

static bool same_word(Str a, Str b)
{
    return str_eq_nocase(str_trim(a), str_trim(b));
}

/* Newest last, so that it is the one that is shown. */
static Str choose_event(Request *req, const Sim *sim, const Measured *all, size_t count)
{
    Str asked = request_query(req, "ereignis");
    const Measured *newest = NULL;
    RainChoice rain;
    Err err = {0};
    Node *node = node_parse_json(req->arena, sim->rain, NULL, &NODE_LIMITS_REQUEST, &err);

    if (asked.ptr)
        return asked;
    if (node && rain_from_node(node, &rain) && rain.kind == RAIN_MEASURED)
        return rain.event;
    for (size_t i = 0; i < count; i++)
        if (!newest || all[i].created > newest->created)
            newest = &all[i];
    return newest ? newest->event : STR_NONE;
}

static void offer_events(GaugesView *view, const Measured *all, size_t count, Str chosen)
{
    for (size_t i = 0; i < count; i++)
        if ((i == 0 || !str_eq(all[i].event, all[i - 1].event)) &&
            view->event_count < sizeof view->events / sizeof *view->events)
            view->events[view->event_count++] =
                (OptionView){.value = all[i].event,
                             .label = all[i].event,
                             .selected = str_eq(all[i].event, chosen)};
}

static bool read_event(Tx *tx, Arena *arena, const Measured *all, size_t count, Str chosen,
                       MeasuredEvent *out, Err *err)
{
    *out = (MeasuredEvent){.name = chosen, .items = arena_array(arena, Measured, count)};
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(all[i].event, chosen))
            continue;
        Measured *series = &out->items[out->count];
        if (!measured_series(tx, arena, all[i].id, series, err))
            return false;
        if (series->kind == MEASURED_RAIN && series->begins && !out->begins)
            out->begins = series->begins;
        out->count += series->curve.count > 1;
    }
    return true;
}

static double shift_of(const MeasuredEvent *event, const Measured *series)
{
    return series->begins && event->begins ? (double)(series->begins - event->begins) : 0;
}

static void add_rain(Arena *arena, const MeasuredEvent *event, const Curve *storm, Charts *charts)
{
    size_t before = charts->count;

    for (size_t i = 0; i < event->count; i++) {
        const Measured *series = &event->items[i];
        if (series->kind != MEASURED_RAIN || charts->count >= CHARTS_MAX)
            continue;
        ChartOrder order = {.title = str_printf(arena, "Regen, %.*s", STR_ARG(series->station)),
                            .kind = MEASURED_RAIN,
                            .computed = storm,
                            .measured = &series->curve,
                            .shift = shift_of(event, series)};
        VEC_PUSH(arena, charts, gauge_chart(arena, &order));
    }
    if (charts->count > before || !storm)
        return;
    ChartOrder order = {.title = STR("Regen"), .kind = MEASURED_RAIN, .computed = storm};
    VEC_PUSH(arena, charts, gauge_chart(arena, &order));
}

/* The measured series of a gauge, the first of them; or NULL. */
static const Measured *measured_at(const MeasuredEvent *event, Str gauge)
{
    for (size_t i = 0; i < event->count; i++)
        if (event->items[i].kind != MEASURED_RAIN && same_word(event->items[i].station, gauge))
            return &event->items[i];
    return NULL;
}

/* Those that were measured first. */
static void add_gauges(Arena *arena, const MeasuredEvent *event, const ReportGauge *gauges,
                       size_t count, GaugesView *view, Charts *charts)
{
    for (int measured = 1; measured >= 0; measured--)
        for (size_t i = 0; i < count; i++) {
            const Measured *series = measured_at(event, gauges[i].depth.name);
            bool level = series && series->kind == MEASURED_LEVEL;
            if ((series != NULL) != measured || gauges[i].depth.count < 2)
                continue;
            if (charts->count >= CHARTS_MAX) {
                view->hidden++;
                continue;
            }
            ChartOrder order = {.title = str_printf(arena, "Pegel %.*s: %s",
                                                    STR_ARG(gauges[i].depth.name),
                                                    level ? "Wasserstand" : "Wassertiefe"),
                                .kind = level ? MEASURED_LEVEL : MEASURED_DEPTH,
                                .computed = level ? &gauges[i].level : &gauges[i].depth,
                                .measured = series ? &series->curve : NULL,
                                .shift = series ? shift_of(event, series) : 0};
            VEC_PUSH(arena, charts, gauge_chart(arena, &order));
        }
}

/* The storm that was computed; NULL when its table is gone. */
static const Curve *storm_of(Request *req, const Sim *sim)
{
    Curve *storm = arena_new(req->arena, Curve);
    RainChoice rain;
    Model model;
    Err err = {0};
    Node *node = node_parse_json(req->arena, sim->rain, NULL, &NODE_LIMITS_REQUEST, &err);

    if (node && rain_from_node(node, &rain) &&
        model_load(req->tenant, sim->model, req->arena, &model, &err) &&
        rain_curve(&rain, &model, sim->minutes, req->arena, storm, &err))
        return storm;
    return NULL;
}

bool gauges_event(Request *req, Tx *tx, const Sim *sim, MeasuredEvent *out, Measured **all,
                  size_t *all_count, Err *err)
{
    return measured_list(tx, req->arena, sim->model, all, all_count, err) &&
           read_event(tx, req->arena, *all, *all_count, choose_event(req, sim, *all, *all_count),
                      out, err);
}

void gauges_measured_depth(Arena *arena, const MeasuredEvent *event, ReportGauge *gauge)
{
    const Measured *series = measured_at(event, gauge->depth.name);

    if (!series || gauge->depth.count == 0)
        return;
    const Curve *curve = &series->curve;
    double ground =
        series->kind == MEASURED_LEVEL ? gauge->level.values[0] - gauge->depth.values[0] : 0;
    double last = gauge->depth.seconds[gauge->depth.count - 1], shift = shift_of(event, series);
    double *seconds = arena_array(arena, double, curve->count);
    double *values = arena_array(arena, double, curve->count);
    size_t count = 0;
    for (size_t i = 0; i < curve->count; i++) {
        double at = curve->seconds[i] + shift;
        if (at < 0 || at > last)
            continue;
        seconds[count] = at;
        values[count++] = curve->values[i] - ground;
    }
    gauge->measured = (Curve){gauge->depth.name, seconds, values, count > 1 ? count : 0};
}

bool gauges_load(Request *req, const Sim *sim, GaugesView *out, Err *err)
{
    Arena *arena = req->arena;
    Charts charts = {0};
    ReportGauge *gauges;
    Measured *all;
    MeasuredEvent event;
    size_t count, all_count;

    *out = (GaugesView){0};
    if (!report_gauges_read(sim_file(arena, req->tenant, sim->id, "out/gauges.csv"), arena, &gauges,
                            &count, err))
        return false;
    Tx *tx = db_read(req->tenant->db, err);
    bool good = tx && gauges_event(req, tx, sim, &event, &all, &all_count, err);
    if (tx)
        tx_end(tx);
    if (!good)
        return false;
    offer_events(out, all, all_count, event.name);
    out->series = all_count > 0;
    add_rain(arena, &event, storm_of(req, sim), &charts);
    add_gauges(arena, &event, gauges, count, out, &charts);
    out->charts = charts.items;
    out->count = charts.count;
    return true;
}
