/* SPDX-License-Identifier: EUPL-1.2 */
/* Series of rain, discharge and level, and tables of depths, with the storm made from them. */
#include "twin/storm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str text = {(const char *)data, size};
    Arena *arena = arena_create(0);
    Remarks remarks = {.arena = arena};
    StormDepths depths;
    FlowSeries series;
    Err err = {0};

    for (int kind = SERIES_RAIN; kind <= SERIES_LEVEL; kind++)
        series_parse(text, "f.csv", (SeriesKind)kind, arena, &series, &remarks, &err);
    if (storm_depths_parse(text, "f.csv", NULL, arena, &depths, &err))
        storm_euler2(&depths, depths.minutes[depths.count - 1], 5, arena, &series, &err);
    storm_depths_parse(text, "f.csv", "T100", arena, &depths, &err);
    arena_destroy(arena);
    return 0;
}
