/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/storm.h"

#include "core/folder.h"

#include <math.h>
#include <stdlib.h>

enum { DEPTHS_BYTES = 1 << 20, INTERVALS_MOST = 20000 };

static int find_one(const Table *table, const char *const *names)
{
    for (; *names; names++) {
        int column = table_column(table, *names);
        if (column >= 0)
            return column;
    }
    return -1;
}

static bool find_columns(const Table *table, const char *column, Arena *arena, int columns[2],
                         Err *err)
{
    static const char *const DURATIONS[] = {"duration_min", "minutes", "min",
                                            "dauer_min",    "d_min",   NULL};
    static const char *const DEPTHS[] = {"depth_mm", "mm", "hn_mm", "depth", NULL};

    columns[0] = 0;
    columns[1] = 1;
    if (!table->columns && table->column_count == 2 && !column)
        return true;
    columns[0] = find_one(table, DURATIONS);
    columns[1] =
        column ? table_column(table, str_lower(arena, str_c(column)).ptr) : find_one(table, DEPTHS);
    if (columns[0] >= 0 && columns[1] >= 0)
        return true;
    return err_at(err, table->name, 1, 0, "has no column %s; the columns are duration_min,depth_mm",
                  columns[0] < 0 ? "duration_min"
                  : column       ? column
                                 : "depth_mm");
}

bool storm_depths_parse(Str text, const char *name, const char *column, Arena *arena,
                        StormDepths *out, Err *err)
{
    Table table;
    int columns[2];

    if (!table_parse(text, name, arena, &table, err) ||
        !find_columns(&table, column, arena, columns, err))
        return false;
    *out = (StormDepths){arena_array(arena, double, table.count),
                         arena_array(arena, double, table.count), table.count};
    for (size_t i = 0; i < table.count; i++) {
        double *minutes = &out->minutes[i], *depth = &out->depths[i];
        int line = table.items[i].line;
        if (!table_number(&table, i, columns[0], minutes, err) ||
            !table_number(&table, i, columns[1], depth, err))
            return false;
        if (!(*minutes > (i ? minutes[-1] : 0)))
            return err_at(err, name, line, 0, "duration %g min: durations ascend and are above 0",
                          *minutes);
        if (*depth < (i ? depth[-1] : 0))
            return err_at(err, name, line, 0, "%g mm in %g min is less than in a shorter duration",
                          *depth, *minutes);
    }
    return true;
}

bool storm_depths_read(const char *path, const char *column, Arena *arena, StormDepths *out,
                       Err *err)
{
    Str text;

    return folder_read_file(path, DEPTHS_BYTES, arena, &text, err) &&
           storm_depths_parse(text, path, column, arena, out, err);
}

static double depth_at(const StormDepths *table, double minutes)
{
    double before_minutes = 0, before_depth = 0;

    for (size_t i = 0; i < table->count; i++) {
        if (minutes <= table->minutes[i])
            return before_depth + (table->depths[i] - before_depth) * (minutes - before_minutes) /
                                      (table->minutes[i] - before_minutes);
        before_minutes = table->minutes[i];
        before_depth = table->depths[i];
    }
    return before_depth;
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x < y) - (x > y);
}

bool storm_euler2(const StormDepths *depths, double minutes, double interval, Arena *arena,
                  FlowSeries *out, Err *err)
{
    double parts = minutes / interval;

    if (!(parts >= 1 && parts <= INTERVALS_MOST) || fabs(parts - round(parts)) > 1e-9)
        return err_set(err, ERR_INPUT,
                       "the duration of %g min must be a multiple of the interval of %g min",
                       minutes, interval);
    if (minutes > depths->minutes[depths->count - 1])
        return err_set(err, ERR_INPUT,
                       "the duration of %g min is longer than the table of depths, which ends at "
                       "%g min",
                       minutes, depths->minutes[depths->count - 1]);
    size_t n = (size_t)lround(parts), peak = n * 3 / 10;
    double *blocks = arena_array(arena, double, n);
    double *times = arena_array(arena, double, n + 1), *rates = arena_array(arena, double, n + 1);
    for (size_t i = 0; i < n; i++)
        blocks[i] =
            depth_at(depths, (double)(i + 1) * interval) - depth_at(depths, (double)i * interval);
    qsort(blocks, n, sizeof *blocks, descending);
    for (size_t i = 0; i <= n; i++) {
        times[i] = (double)i * interval * 60;
        rates[i] = i == n ? 0 : blocks[i <= peak ? peak - i : i] * 60 / interval;
    }
    *out = (FlowSeries){times, rates, n + 1, true};
    return true;
}
