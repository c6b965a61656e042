/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/table.h"

#include "core/folder.h"

#include <math.h>

enum { SERIES_BYTES = 256 << 20 };

typedef struct Unit {
    const char *column;
    double factor;
} Unit;

static const Unit TIMES[] = {{"time_s", 1}, {"time_min", 60}, {"time_h", 3600},
                             {"time", 1},   {"t", 1},         {"t_s", 1}};
static const Unit RAIN[] = {{"mm_per_h", 1}, {"mm/h", 1}, {"rain_mm_per_h", 1}};
static const Unit DISCHARGE[] = {{"m3_per_s", 1},
                                 {"discharge_m3_per_s", 1},
                                 {"discharge_m3s", 1},
                                 {"m3/s", 1},
                                 {"discharge", 1},
                                 {"q", 1},
                                 {"l_per_s", 1e-3},
                                 {"l/s", 1e-3},
                                 {"q_m3_per_s", 1},
                                 {"q_m3s", 1},
                                 {"m3s", 1}};
static const Unit LEVEL[] = {{"level_m", 1}, {"level", 1}, {"m", 1}, {"stage_m", 1}, {"h_m", 1}};

typedef struct Kind {
    const char *wanted;
    const Unit *units;
    size_t count;
} Kind;

static const Kind KINDS[] = {
    [SERIES_RAIN] = {"mm_per_h", RAIN, sizeof RAIN / sizeof RAIN[0]},
    [SERIES_DISCHARGE] = {"m3_per_s", DISCHARGE, sizeof DISCHARGE / sizeof DISCHARGE[0]},
    [SERIES_LEVEL] = {"level_m", LEVEL, sizeof LEVEL / sizeof LEVEL[0]},
};

static int find_column(const Table *table, const Unit *units, size_t count, double *factor)
{
    for (size_t i = 0; i < count; i++) {
        int column = table_column(table, units[i].column);
        *factor = units[i].factor;
        if (column >= 0)
            return column;
    }
    return -1;
}

/* Does the name belong to another kind of series? */
static bool other_kind(const Table *table, const Kind *kind, int column)
{
    double factor;

    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (&KINDS[i] != kind &&
            find_column(table, KINDS[i].units, KINDS[i].count, &factor) == column)
            return true;
    return false;
}

/* Columns by name; without a heading the first is time in s, the second the value. The only column
 * beside the time may have any name, but for rain, whose unit must be told. */
static bool find_columns(const Table *table, const Kind *kind, int columns[2], double factors[2],
                         Err *err)
{
    columns[0] = 0;
    columns[1] = 1;
    factors[0] = factors[1] = 1;
    if (!table->columns && table->column_count == 2)
        return true;
    columns[0] = find_column(table, TIMES, sizeof TIMES / sizeof TIMES[0], &factors[0]);
    columns[1] = find_column(table, kind->units, kind->count, &factors[1]);
    if (columns[1] < 0 && columns[0] == 0 && table->column_count == 2 &&
        kind != &KINDS[SERIES_RAIN] && !other_kind(table, kind, 1)) {
        columns[1] = 1;
        factors[1] = 1;
    }
    if (columns[0] >= 0 && columns[1] >= 0)
        return true;
    return err_at(err, table->name, 1, 0, "has no column %s; the columns are time_s,%s",
                  columns[0] < 0 ? "time_s" : kind->wanted, kind->wanted);
}

/* One step more than three times as long as the usual one, among many alike, looks like rows that
 * are missing. */
static void remark_gaps(const Table *table, const double *times, Remarks *remarks)
{
    if (table->count < 4)
        return;
    double usual = times[1] - times[0];
    size_t alike = 0, odd = 0;
    for (size_t i = 1; i < table->count; i++) {
        double step = times[i] - times[i - 1];
        alike += fabs(step - usual) < 1e-6 * usual;
        if (step > 1.5 * usual)
            odd = i;
    }
    if (odd && alike >= 2 && alike + 2 >= table->count - 1)
        remark(remarks,
               "%s:%d: %.0f s after the row before, where the others are %.0f s apart: rows may "
               "be missing; the value before is kept meanwhile",
               table->name, table->items[odd].line, times[odd] - times[odd - 1], usual);
}

static bool check_value(const Table *table, size_t row, SeriesKind kind, double value,
                        SeriesFault *fault, Err *err)
{
    int line = table->items[row].line;

    fault->value = value;
    if (kind == SERIES_RAIN && value < 0) {
        fault->kind = FAULT_NEGATIVE;
        return err_at(err, table->name, line, 0, "%g mm/h is negative; rain is 0 or more", value);
    }
    if (kind == SERIES_RAIN && value > 5000) {
        fault->kind = FAULT_TOO_MUCH;
        return err_at(err, table->name, line, 0,
                      "%g mm/h is more than ever fell; the unit is mm per hour", value);
    }
    return true;
}

static bool check_time(const Table *table, size_t row, const double *times, SeriesFault *fault,
                       Err *err)
{
    int line = table->items[row].line;

    fault->value = times[row];
    if (row > 0 && times[row] <= times[row - 1]) {
        fault->kind = FAULT_NOT_LATER;
        fault->before = times[row - 1];
        return err_at(err, table->name, line, 0,
                      "time %g s is not later than %g s in the row before; rows ascend by time",
                      times[row], times[row - 1]);
    }
    if (times[row] < 0) {
        fault->kind = FAULT_TOO_EARLY;
        return err_at(err, table->name, line, 0, "time %g s is before the beginning, which is 0",
                      times[row]);
    }
    return true;
}

static bool read_cell(const Table *table, size_t row, int column, double factor, double *out,
                      SeriesFault *fault, Err *err)
{
    fault->text = table->items[row].values[column];
    fault->kind = str_empty(fault->text) ? FAULT_GAP : FAULT_NO_NUMBER;
    if (!table_number(table, row, column, out, err))
        return false;
    fault->kind = FAULT_NONE;
    *out *= factor;
    return true;
}

static bool read_rows(const Table *table, SeriesKind kind, const int columns[2],
                      const double factors[2], double *times, double *values, SeriesFault *fault,
                      Err *err)
{
    for (size_t i = 0; i < table->count; i++) {
        fault->line = table->items[i].line;
        if (!read_cell(table, i, columns[0], factors[0], &times[i], fault, err) ||
            !read_cell(table, i, columns[1], factors[1], &values[i], fault, err) ||
            !check_value(table, i, kind, values[i], fault, err) ||
            !check_time(table, i, times, fault, err))
            return false;
    }
    return true;
}

bool series_parse_fault(Str text, const char *name, SeriesKind kind, Arena *arena, FlowSeries *out,
                        Remarks *remarks, SeriesFault *fault, Err *err)
{
    Table table;
    int columns[2];
    double factors[2];

    *fault = (SeriesFault){0};
    if (!table_parse(text, name, arena, &table, err)) {
        fault->kind = err->line ? FAULT_NO_TABLE : FAULT_NO_ROWS;
        fault->line = err->line;
        return false;
    }
    if (!find_columns(&table, &KINDS[kind], columns, factors, err)) {
        fault->kind = FAULT_NO_COLUMN;
        fault->line = err->line;
        fault->text = str_c(columns[0] < 0 ? "time_s" : KINDS[kind].wanted);
        return false;
    }
    double *times = arena_array(arena, double, table.count);
    double *values = arena_array(arena, double, table.count);
    if (!read_rows(&table, kind, columns, factors, times, values, fault, err))
        return false;
    if (kind == SERIES_RAIN && times[0] > 0)
        remark(remarks, "%s:%d: begins at %g s; until then there is no rain", name,
               table.items[0].line, times[0]);
    remark_gaps(&table, times, remarks);
    *out = (FlowSeries){times, values, table.count, kind == SERIES_RAIN};
    return true;
}

bool series_parse(Str text, const char *name, SeriesKind kind, Arena *arena, FlowSeries *out,
                  Remarks *remarks, Err *err)
{
    SeriesFault fault;

    return series_parse_fault(text, name, kind, arena, out, remarks, &fault, err);
}

bool series_read(const char *path, SeriesKind kind, Arena *arena, FlowSeries *out, Remarks *remarks,
                 Err *err)
{
    Str text;

    return folder_read_file(path, SERIES_BYTES, arena, &text, err) &&
           series_parse(text, path, kind, arena, out, remarks, err);
}
