/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/measure.h"
#include "twin/plan/plan.h"
#include "twin/storm.h"
#include "twin/table.h"

#include <stdlib.h>

static const char *const KINDS[] = {[RAIN_SRI] = "sri",
                                    [RAIN_YEARS] = "years",
                                    [RAIN_CONSTANT] = "constant",
                                    [RAIN_CSV] = "csv",
                                    [RAIN_MEASURED] = "measured"};
enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };

static Node *decimal(Arena *arena, double value)
{
    return node_number(arena, str_printf(arena, "%g", value));
}

Node *rain_node(Arena *arena, const RainChoice *rain)
{
    Node *out = node_map(arena);

    node_add(arena, out, STR("kind"), node_string(arena, str_c(KINDS[rain->kind])));
    node_add(arena, out, STR("minutes"), node_int(arena, rain->minutes));
    if (rain->kind == RAIN_SRI)
        node_add(arena, out, STR("sri"), node_int(arena, rain->sri));
    if (rain->kind == RAIN_YEARS)
        node_add(arena, out, STR("years"), decimal(arena, rain->years));
    if (rain->kind == RAIN_CONSTANT)
        node_add(arena, out, STR("mm_per_hour"), decimal(arena, rain->mm_per_hour));
    if (rain->kind == RAIN_CSV || rain->kind == RAIN_MEASURED)
        node_add(arena, out, STR("csv"), node_string(arena, rain->csv));
    if (rain->kind == RAIN_MEASURED)
        node_add(arena, out, STR("event"), node_string(arena, rain->event));
    return out;
}

bool rain_from_node(const Node *node, RainChoice *out)
{
    Str kind = node_get_text(node, "kind");

    for (int i = 0; i < KIND_COUNT; i++) {
        if (!str_is(kind, KINDS[i]))
            continue;
        *out = (RainChoice){.kind = (RainKind)i,
                            .sri = (int)node_get_i64(node, "sri", 0),
                            .years = node_get_real(node, "years"),
                            .mm_per_hour = node_get_real(node, "mm_per_hour"),
                            .csv = node_get_text(node, "csv"),
                            .event = node_get_text(node, "event"),
                            .minutes = (int)node_get_i64(node, "minutes", 0)};
        return true;
    }
    return false;
}

Str rain_text(Arena *arena, const RainChoice *rain, double mm)
{
    Str height = german_number(arena, mm);

    switch (rain->kind) {
    case RAIN_SRI:
        return str_printf(arena,
                          "Starkregenindex %d (%s): %.*s Liter je Quadratmeter in %d Minuten",
                          rain->sri, sri_word(rain->sri), STR_ARG(height), rain->minutes);
    case RAIN_YEARS:
        return str_printf(
            arena,
            "Regen, wie er einmal in %.*s Jahren fällt: %.*s Liter je Quadratmeter in %d Minuten",
            STR_ARG(german_number(arena, rain->years)), STR_ARG(height), rain->minutes);
    case RAIN_CONSTANT:
        return str_printf(arena,
                          "Gleichmäßiger Regen: %.*s Liter je Quadratmeter und Stunde, %d Minuten",
                          STR_ARG(german_number(arena, rain->mm_per_hour)), rain->minutes);
    case RAIN_CSV:
        return str_printf(arena, "Eigene Regenreihe: %.*s Liter je Quadratmeter", STR_ARG(height));
    case RAIN_MEASURED:
        return str_printf(arena, "Gemessener Regen, %.*s: %.*s Liter je Quadratmeter in %d Minuten",
                          STR_ARG(rain->event), STR_ARG(height), rain->minutes);
    }
    return STR("");
}

static bool csv_parse(Str csv, Arena *arena, FlowSeries *out, Err *err)
{
    Remarks remarks = {.arena = arena};

    return series_parse(csv, "rain.csv", SERIES_RAIN, arena, out, &remarks, err);
}

/* A value holds until the next one, the last one to the end. */
static double series_height(const FlowSeries *series, double seconds)
{
    double sum = 0;

    for (size_t i = 0; i < series->count && series->times[i] < seconds; i++) {
        double until = i + 1 < series->count ? series->times[i + 1] : seconds;
        sum += series->values[i] * ((until < seconds ? until : seconds) - series->times[i]) / 3600;
    }
    return sum;
}

bool rain_height(const RainChoice *rain, const Kostra *table, int minutes, Arena *arena, double *mm,
                 Err *err)
{
    FlowSeries series;

    switch (rain->kind) {
    case RAIN_SRI:
        if (!kostra_height(table, rain->minutes, sri_years(rain->sri), mm, err))
            return false;
        *mm *= sri_factor(rain->sri);
        return true;
    case RAIN_YEARS: return kostra_height(table, rain->minutes, rain->years, mm, err);
    case RAIN_CONSTANT: *mm = rain->mm_per_hour * rain->minutes / 60; return true;
    case RAIN_CSV:
    case RAIN_MEASURED:
        if (!csv_parse(rain->csv, arena, &series, err))
            return false;
        *mm = series_height(&series, minutes * 60.0);
        return true;
    }
    return false;
}

/* The design storm that a scenario's `euler2` makes of the same table. */
static bool storm_series(const RainChoice *rain, const Model *model, Arena *arena, FlowSeries *out,
                         Err *err)
{
    enum { INTERVAL_MIN = 5 };
    double years = rain->kind == RAIN_SRI ? sri_years(rain->sri) : rain->years;
    double factor = rain->kind == RAIN_SRI ? sri_factor(rain->sri) : 1;
    Buf column = buf_in(arena);
    StormDepths depths;
    Kostra table;

    return model_kostra(model, arena, &table, err) &&
           kostra_column(&table, years, factor, &column, err) &&
           storm_depths_parse(buf_str(&column), NULL, NULL, arena, &depths, err) &&
           storm_euler2(&depths, rain->minutes, INTERVAL_MIN, arena, out, err);
}

static bool rain_series(const RainChoice *rain, const Model *model, Arena *arena, FlowSeries *out,
                        Err *err)
{
    switch (rain->kind) {
    case RAIN_SRI:
    case RAIN_YEARS: return storm_series(rain, model, arena, out, err);
    case RAIN_CSV:
    case RAIN_MEASURED: return csv_parse(rain->csv, arena, out, err);
    case RAIN_CONSTANT: break;
    }
    double *times = arena_array(arena, double, 2), *rates = arena_array(arena, double, 2);
    times[1] = rain->minutes * 60;
    rates[0] = rain->mm_per_hour;
    *out = (FlowSeries){times, rates, 2, true};
    return true;
}

bool rain_curve(const RainChoice *rain, const Model *model, int minutes, Arena *arena, Curve *out,
                Err *err)
{
    FlowSeries series;

    if (!rain_series(rain, model, arena, &series, err))
        return false;
    double *seconds = arena_array(arena, double, series.count + 1);
    double *values = arena_array(arena, double, series.count + 1);
    size_t count = 0;
    while (count < series.count && series.times[count] <= minutes * 60) {
        seconds[count] = series.times[count];
        values[count] = series.values[count];
        count++;
    }
    /* The last value holds to the end. */
    if (count > 0 && seconds[count - 1] < minutes * 60) {
        seconds[count] = minutes * 60;
        values[count] = values[count - 1];
        count++;
    }
    *out = (Curve){STR("Regen"), seconds, values, count};
    return count > 1 || err_set(err, ERR_INPUT, "Der Regen hat keine Dauer.");
}
