/* SPDX-License-Identifier: EUPL-1.2 */
/* A measured series from a table that a planner uploads. */
#include "twin/plan/measured.h"
#include "twin/table.h"

#include <math.h>
#include <stdio.h>

const char *const FORM_NAMES[FORM_COUNT] = {"pegel-m", "tiefe-m", "tiefe-cm", "regen-mmh",
                                            "regen-mm"};
const char *const FORM_WORDS[FORM_COUNT] = {
    "Wasserstand in Metern über Null", "Wassertiefe in Metern", "Wassertiefe in Zentimetern",
    "Regen in Litern je Quadratmeter und Stunde",
    "Regen in Litern je Quadratmeter seit der vorigen Zeile"};

static bool says(Err *err, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool says(Err *err, int line, const char *format, ...)
{
    char text[300];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return err_at(err, NULL, line, 0, "%s", text);
}

/* "14.07.2026 15:05", "2026-07-14T15:05:30Z": s since 1970, as if it were UTC. */
static bool moment_parse(Str text, double *out)
{
    size_t split = 0;
    int hour = 0, minute = 0, second = 0, end = 0;
    char clock[24] = "";
    Date date;

    while (split < text.len && text.ptr[split] != ' ' && text.ptr[split] != 'T')
        split++;
    Str day = str_slice(text, 0, split), rest = str_trim(str_slice(text, split + 1, text.len));
    if (!date_parse_iso(day, &date) && !date_parse_german(day, &date))
        return false;
    if (rest.len >= sizeof clock)
        return false;
    if (rest.len) {
        memcpy(clock, rest.ptr, rest.len);
        if (sscanf(clock, "%2d:%2d%n", &hour, &minute, &end) != 2)
            return false;
        int more = 0;
        if (sscanf(clock + end, ":%2d%n", &second, &more) == 1)
            end += more;
        if (strcmp(clock + end, "") != 0 && strcmp(clock + end, "Z") != 0)
            return false;
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    *out = (double)date_to_days(date) * 86400 + hour * 3600 + minute * 60 + second;
    return true;
}

static double time_unit(const Table *table)
{
    static const struct {
        const char *name;
        double seconds;
    } UNITS[] = {{"time_min", 60}, {"zeit_min", 60}, {"minuten", 60},   {"min", 60},
                 {"time_h", 3600}, {"zeit_h", 3600}, {"stunden", 3600}, {"h", 3600}};

    for (size_t i = 0; table->columns && i < sizeof UNITS / sizeof UNITS[0]; i++)
        if (str_is(table->columns[0], UNITS[i].name))
            return UNITS[i].seconds;
    return 1;
}

/* Seconds, and whether it was a moment of the calendar. */
static bool read_time(const Table *table, size_t row, double unit, double *out, bool *moment,
                      Err *err)
{
    Str text = table->items[row].values[0];
    Err other = {0};

    *moment = false;
    if (table_number(table, row, 0, out, &other)) {
        *out *= unit;
        return true;
    }
    *moment = true;
    return moment_parse(text, out) ||
           says(
               err, table->items[row].line,
               "„%.*s“ ist keine Zeit. Schreiben Sie Sekunden, Minuten oder Stunden als Zahl, oder "
               "Tag und Uhrzeit wie 14.07.2026 15:05.",
               (int)(text.len < 40 ? text.len : 40), text.ptr);
}

static bool read_value(const Table *table, size_t row, MeasuredForm form, double *out, Err *err)
{
    static const struct {
        double least, most;
        const char *words;
    } RANGES[FORM_COUNT] = {{-500, 9000, "ein Wasserstand liegt zwischen −500 und 9000 Metern"},
                            {0, 100, "eine Wassertiefe liegt zwischen 0 und 100 Metern"},
                            {0, 10000, "eine Wassertiefe liegt zwischen 0 und 10000 Zentimetern"},
                            {0, 5000, "Regen liegt zwischen 0 und 5000 Litern je Stunde"},
                            {0, 500, "Regen liegt zwischen 0 und 500 Litern je Zeile"}};
    Str text = table->items[row].values[1];
    int line = table->items[row].line;
    Err other = {0};

    if (str_empty(text))
        return says(err, line,
                    "Hier fehlt der Wert. Löschen Sie die Zeile, oder tragen Sie ihn nach.");
    if (!table_number(table, row, 1, out, &other))
        return says(err, line, "„%.*s“ ist keine Zahl.", (int)(text.len < 40 ? text.len : 40),
                    text.ptr);
    if (*out < RANGES[form].least || *out > RANGES[form].most)
        return says(err, line, "%g kann nicht stimmen: %s. Haben Sie die richtige Einheit gewählt?",
                    *out, RANGES[form].words);
    return true;
}

static bool check_shape(const Table *table, Err *err)
{
    if (table->column_count != 2)
        return says(err, 1, "Die Tabelle hat %zu Spalten. Gebraucht werden zwei: Zeit und Wert.",
                    table->column_count);
    if (table->count < 2)
        return says(err, 1,
                    "Die Tabelle hat nur eine Zeile mit Werten. Eine Reihe hat mindestens zwei.");
    if (table->count > MEASURED_ROWS_MAX)
        return says(err, MEASURED_ROWS_MAX,
                    "Die Tabelle hat mehr als %d Zeilen. Kürzen Sie sie auf "
                    "das Ereignis.",
                    MEASURED_ROWS_MAX);
    return true;
}

static bool read_rows(const Table *table, MeasuredForm form, double *seconds, double *values,
                      bool *calendar, Err *err)
{
    double unit = time_unit(table);

    for (size_t i = 0; i < table->count; i++) {
        int line = table->items[i].line;
        bool moment;
        if (!read_time(table, i, unit, &seconds[i], &moment, err) ||
            !read_value(table, i, form, &values[i], err))
            return false;
        if (i == 0)
            *calendar = moment;
        if (moment != *calendar)
            return says(err, line,
                        "Diese Zeit ist anders geschrieben als die in den Zeilen davor.");
        if (i > 0 && seconds[i] <= seconds[i - 1])
            return says(err, line,
                        "Diese Zeit liegt nicht hinter der in der Zeile davor. Ordnen Sie "
                        "die Zeilen nach der Zeit.");
        if (seconds[i] - seconds[0] > MEASURED_DAYS_MAX * 86400)
            return says(err, line,
                        "Die Reihe ist länger als %d Tage. Kürzen Sie sie auf das Ereignis.",
                        MEASURED_DAYS_MAX);
    }
    return true;
}

/* What fell up to a row fell since the row before: rates from there on. */
static void rates_of_steps(const double *seconds, double *values, size_t count)
{
    for (size_t i = 0; i + 1 < count; i++)
        values[i] = values[i + 1] * 3600 / (seconds[i + 1] - seconds[i]);
    values[count - 1] = 0;
}

bool measured_parse(Str csv, MeasuredForm form, Arena *arena, Measured *out, Err *err)
{
    Table table;
    Err wrong = {0};
    bool calendar = false;

    if (!table_parse(csv, NULL, arena, &table, &wrong))
        return says(err, wrong.line ? wrong.line : 1,
                    "Das ist keine Tabelle mit zwei Spalten. Speichern Sie sie als CSV, mit "
                    "gleich vielen Werten in jeder Zeile.");
    double *seconds = arena_array(arena, double, table.count);
    double *values = arena_array(arena, double, table.count);
    if (!check_shape(&table, err) || !read_rows(&table, form, seconds, values, &calendar, err))
        return false;
    if (form == FORM_RAIN_STEP)
        rates_of_steps(seconds, values, table.count);
    for (size_t i = 0; i < table.count && form == FORM_DEPTH_CM; i++)
        values[i] /= 100;
    out->kind = form == FORM_LEVEL_M                            ? MEASURED_LEVEL
                : form == FORM_DEPTH_M || form == FORM_DEPTH_CM ? MEASURED_DEPTH
                                                                : MEASURED_RAIN;
    out->begins = calendar ? (int64_t)seconds[0] : 0;
    /* A series without a calendar counts from the beginning of the rain: it keeps its times. */
    for (size_t i = table.count; calendar && i-- > 0;)
        seconds[i] -= seconds[0];
    out->curve = (Curve){out->station, seconds, values, table.count};
    return seconds[0] >= 0 ||
           says(err, table.items[0].line, "Eine Zeit vor dem Beginn (0) kann es nicht geben.");
}

Str measured_storm(Arena *arena, const Measured *rain)
{
    const Curve *curve = &rain->curve;
    Buf out = buf_in(arena);
    size_t last = curve->count - 1;

    buf_add_c(&out, "time_s,mm_per_h\n");
    for (size_t i = 0; i < curve->count; i++)
        buf_addf(&out, "%.10g,%.10g\n", curve->seconds[i], curve->values[i]);
    if (curve->values[last] > 0)
        buf_addf(&out, "%.10g,0\n", 2 * curve->seconds[last] - curve->seconds[last - 1]);
    return buf_str(&out);
}
