/* SPDX-License-Identifier: EUPL-1.2 */
/* Series that planners upload: measured ones, in every way to write them, and what is made of them;
 * and rain. */
#include "twin/plan/gauges.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str text = {(const char *)data, size};
    Arena *arena = arena_create(0);
    Err err = {0};

    for (int form = 0; form < FORM_COUNT; form++) {
        Measured measured = {.station = STR("Markt")};
        if (!measured_parse(text, (MeasuredForm)form, arena, &measured, &err))
            continue;
        ChartOrder order = {STR("Markt"), measured.kind, &measured.curve, &measured.curve, 60};
        gauge_chart(arena, &order);
        measured_storm(arena, &measured);
    }
    double seconds;
    rain_check_csv(text, arena, &seconds, &err);
    arena_destroy(arena);
    return 0;
}
