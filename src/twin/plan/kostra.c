/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/kostra.h"

#include "twin/table.h"

#include <math.h>

enum { MM_MAX = 2000, MINUTES_MAX = 7 * 24 * 60, YEARS_MAX = 10000 };

/* "t30" */
static bool read_period(Str column, double *years)
{
    return str_starts_with(column, "t") && decimal_parse(str_slice(column, 1, column.len), years) &&
           *years > 0 && *years <= YEARS_MAX;
}

static bool read_head(const Table *table, Kostra *out, Err *err)
{
    if (table->column_count < 2 || !str_is(table->columns[0], "duration_min"))
        return err_at(err, table->name, 1, 1,
                      "the columns are duration_min, then T and return periods in years: "
                      "duration_min,T1,T2,T5,T10");
    if (table->column_count - 1 > KOSTRA_PERIODS_MAX)
        return err_at(err, table->name, 1, 1, "there are more than %d return periods",
                      KOSTRA_PERIODS_MAX);
    for (size_t i = 0; i + 1 < table->column_count; i++) {
        if (!read_period(table->columns[i + 1], &out->years[i]) ||
            (i > 0 && out->years[i] <= out->years[i - 1]))
            return err_at(err, table->name, 1, (int)i + 2,
                          "return periods are T and years, ascending, such as T1,T2,T5,T10");
        out->period_count++;
    }
    return true;
}

static bool read_row(const Table *table, size_t row, Kostra *out, Err *err)
{
    int line = table->items[row].line;
    double *minutes = &out->minutes[row];

    if (!table_number(table, row, 0, minutes, err))
        return false;
    if (*minutes <= 0 || *minutes > MINUTES_MAX || (row > 0 && *minutes <= minutes[-1]))
        return err_at(err, table->name, line, 1, "durations are minutes, ascending");
    for (size_t i = 0; i < out->period_count; i++) {
        double *mm = &out->mm[row][i];
        if (!table_number(table, row, (int)i + 1, mm, err))
            return false;
        if (*mm <= 0 || *mm > MM_MAX || (i > 0 && *mm < mm[-1]) ||
            (row > 0 && *mm < out->mm[row - 1][i]))
            return err_at(err, table->name, line, (int)i + 2,
                          "heights are mm and rise with the duration and the return period");
    }
    out->duration_count++;
    return true;
}

bool kostra_parse(Str csv, const char *file, Arena *arena, Kostra *out, Err *err)
{
    Table table;

    *out = (Kostra){0};
    if (!table_parse(csv, file, arena, &table, err) || !read_head(&table, out, err))
        return false;
    if (table.count == 0 || table.count > KOSTRA_DURATIONS_MAX)
        return err_at(err, file, 2, 1, "there are 1 to %d durations", KOSTRA_DURATIONS_MAX);
    for (size_t row = 0; row < table.count; row++)
        if (!read_row(&table, row, out, err))
            return false;
    return true;
}

/* Between which two values, and how far, in their logarithms or linear; exact hits stay exact.
 * False outside. */
static bool place(const double *values, size_t count, double at, bool by_logarithm, size_t *low,
                  double *part)
{
    if (at < values[0] || at > values[count - 1])
        return false;
    *low = 0;
    while (*low + 2 < count && at >= values[*low + 1])
        (*low)++;
    if (count == 1) {
        *part = 0;
        return true;
    }
    double from = values[*low], to = values[*low + 1];
    if (at == from)
        *part = 0;
    else
        *part = by_logarithm ? log(at / from) / log(to / from) : (at - from) / (to - from);
    return true;
}

bool kostra_height(const Kostra *table, double minutes, double years, double *mm, Err *err)
{
    size_t row, column;
    double down, right;

    if (!place(table->minutes, table->duration_count, minutes, false, &row, &down))
        return err_set(err, ERR_INPUT,
                       "Die Tabelle kennt Regen von %g bis %g Minuten, keinen von %g.",
                       table->minutes[0], table->minutes[table->duration_count - 1], minutes);
    if (!place(table->years, table->period_count, years, true, &column, &right))
        return err_set(err, ERR_INPUT,
                       "Die Tabelle kennt Regen, der alle %g bis %g Jahre fällt, keinen, der alle "
                       "%g Jahre fällt.",
                       table->years[0], table->years[table->period_count - 1], years);
    size_t next_row = down > 0 ? row + 1 : row;
    size_t next_column = right > 0 ? column + 1 : column;
    double above =
        log(table->mm[row][column]) * (1 - right) + log(table->mm[row][next_column]) * right;
    double below = log(table->mm[next_row][column]) * (1 - right) +
                   log(table->mm[next_row][next_column]) * right;
    *mm = exp(above) * (1 - down) + exp(below) * down;
    return true;
}

static const struct {
    double years, factor;
    const char *word;
} SRI[SRI_MAX] = {
    {2, 1, "Starkregen"},
    {5, 1, "Starkregen"},
    {10, 1, "intensiver Starkregen"},
    {20, 1, "intensiver Starkregen"},
    {30, 1, "intensiver Starkregen"},
    {50, 1, "außergewöhnlicher Starkregen"},
    {100, 1, "außergewöhnlicher Starkregen"},
    {100, 1.2, "extremer Starkregen"},
    {100, 1.4, "extremer Starkregen"},
    {100, 1.6, "extremer Starkregen"},
    {100, 2.2, "extremer Starkregen"},
    {100, 2.8, "extremer Starkregen"},
};

double sri_years(int sri)
{
    return SRI[sri - 1].years;
}

double sri_factor(int sri)
{
    return SRI[sri - 1].factor;
}

const char *sri_word(int sri)
{
    return SRI[sri - 1].word;
}

bool sri_of_height(const Kostra *table, double minutes, double mm, int *sri, Err *err)
{
    *sri = 0;
    for (int i = 1; i <= SRI_MAX; i++) {
        double bound;
        if (!kostra_height(table, minutes, sri_years(i), &bound, err))
            return false;
        if (mm >= bound * sri_factor(i) * (1 - 1e-9))
            *sri = i;
    }
    return true;
}

bool kostra_column(const Kostra *table, double years, double factor, Buf *out, Err *err)
{
    buf_add_c(out, "duration_min,depth_mm\n");
    for (size_t i = 0; i < table->duration_count; i++) {
        double mm;
        if (!kostra_height(table, table->minutes[i], years, &mm, err))
            return false;
        buf_addf(out, "%g,%.3f\n", table->minutes[i], mm * factor);
    }
    return true;
}
