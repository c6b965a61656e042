/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/measure.h"
#include "twin/plan/plan.h"
#include "twin/table.h"

#include <stdlib.h>

static const char *const KINDS[] = {
    [RAIN_SRI] = "sri", [RAIN_YEARS] = "years", [RAIN_CONSTANT] = "constant", [RAIN_CSV] = "csv"};
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
    if (rain->kind == RAIN_CSV)
        node_add(arena, out, STR("csv"), node_string(arena, rain->csv));
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
        return str_printf(arena, "Eigene Regenreihe: %.*s Liter je Quadratmeter in %d Minuten",
                          STR_ARG(height), rain->minutes);
    }
    return STR("");
}

/* The sum of a storm's steps until its end; the scenario's reader checks it line by line. */
static double csv_height(Str csv)
{
    double sum = 0, time = 0, rate = 0;
    bool begun = false;

    str_cut(&csv, '\n');
    while (csv.ptr) {
        double at, mm;
        Str line = str_cut(&csv, '\n');
        char copy[80] = "";
        memcpy(copy, line.ptr, line.len < sizeof copy ? line.len : sizeof copy - 1);
        char *comma = strchr(copy, ',');
        if (!comma)
            continue;
        at = strtod(copy, NULL);
        mm = strtod(comma + 1, NULL);
        if (begun)
            sum += rate * (at - time) / 3600;
        time = at;
        rate = mm;
        begun = true;
    }
    return sum;
}

bool rain_height(const RainChoice *rain, const Kostra *table, double *mm, Err *err)
{
    switch (rain->kind) {
    case RAIN_SRI:
        if (!kostra_height(table, rain->minutes, sri_years(rain->sri), mm, err))
            return false;
        *mm *= sri_factor(rain->sri);
        return true;
    case RAIN_YEARS: return kostra_height(table, rain->minutes, rain->years, mm, err);
    case RAIN_CONSTANT: *mm = rain->mm_per_hour * rain->minutes / 60; return true;
    case RAIN_CSV: *mm = csv_height(rain->csv); return true;
    }
    return false;
}

bool rain_check_csv(Str csv, Arena *arena, double *seconds, Err *err)
{
    Remarks remarks = {.arena = arena};
    FlowSeries series;

    if (!series_parse(csv, NULL, SERIES_RAIN, arena, &series, &remarks, err))
        return false;
    *seconds = series.times[series.count - 1];
    return true;
}
