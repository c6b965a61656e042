/* SPDX-License-Identifier: EUPL-1.2 */
/* Tables of measured values: long ones have a line for each value, wide ones a column for each
 * Datastream. */
#include "city/import/batch.h"

#include "base/csv.h"
#include "city/sta/geometry.h"

#include <math.h>
#include <stdlib.h>

enum { COLUMNS_MAX = 4096, HEAD_MAX = 1 << 20, NONE = -1 };

typedef enum Role {
    ROLE_TIME,
    ROLE_STREAM, /* long: which Datastream */
    ROLE_VALUE,  /* long: the result */
    ROLE_STATUS,
    ROLE_UNIT,
    ROLE_PROPERTY,
    ROLE_THING,
    ROLE_X,
    ROLE_Y,
    ROLES,
} Role;

/* Headings in small letters, as we and others write them. */
static const char *const HEADINGS[ROLES][12] = {
    [ROLE_TIME] = {"phenomenontime", "time", "datetime", "timestamp", "date", "zeit", "zeitpunkt",
                   "zeitstempel", "datum"},
    [ROLE_STREAM] = {"datastream", "stream", "series", "sensor", "sensorid", "sensor_id", "station",
                     "messstelle", "id", "key", "reihe"},
    [ROLE_VALUE] = {"result", "value", "wert", "messwert"},
    [ROLE_STATUS] = {"status", "quality", "resultquality", "qualität"},
    [ROLE_UNIT] = {"unit", "einheit"},
    [ROLE_PROPERTY] = {"property", "observedproperty", "messgröße", "groesse", "parameter"},
    [ROLE_THING] = {"thing", "ort", "standort", "name"},
    [ROLE_X] = {"lon", "lng", "longitude", "x", "länge"},
    [ROLE_Y] = {"lat", "latitude", "y", "breite"},
};

/* A column of a wide table. */
typedef struct Column {
    CityStreamKey key;
    int status; /* column of its status, or NONE */
    bool open, used;
    uint32_t series;
} Column;

typedef struct Table {
    const CityImport *import;
    CityImportReport *report;
    Arena *arena;
    Csv csv;
    Str *head;
    Str *row;
    size_t columns;
    int roles[ROLES]; /* column of each, or NONE */
    bool wide;
    Str thing; /* of Datastreams of which the file does not say it */
    Column *wides;
    Timestamp before;
    CityBatch batch;
} Table;

/* --- The head ----------------------------------------------------------------------------------
 */

static char separator_of(Str text)
{
    Str head = str_cut(&text, '\n');
    size_t counts[3] = {0};
    static const char SIGNS[3] = {',', ';', '\t'};
    size_t best = 0;

    for (size_t i = 0; i < head.len; i++)
        for (size_t k = 0; k < 3; k++)
            counts[k] += head.ptr[i] == SIGNS[k];
    for (size_t k = 1; k < 3; k++)
        if (counts[k] > counts[best])
            best = k;
    return SIGNS[best];
}

static bool is_role(Arena *arena, Str heading, Role role)
{
    Str name = str_lower(arena, str_trim(heading));

    for (size_t i = 0; HEADINGS[role][i]; i++)
        if (str_is(name, HEADINGS[role][i]))
            return true;
    return false;
}

static void find_roles(Table *table)
{
    for (int role = 0; role < ROLES; role++) {
        table->roles[role] = NONE;
        for (size_t i = 0; i < table->columns && table->roles[role] == NONE; i++)
            if (is_role(table->arena, table->head[i], (Role)role))
                table->roles[role] = (int)i;
    }
}

/* "353425091 (Grevener Straße)" is known by 353425091. */
static Str key_of(Str heading)
{
    ptrdiff_t open = str_find(heading, STR(" ("));

    return str_trim(open > 0 && str_ends_with(heading, ")") ? str_slice(heading, 0, (size_t)open)
                                                            : heading);
}

static Str name_of(Str heading)
{
    Str key = key_of(heading);

    return key.len == heading.len ? heading : str_slice(heading, key.len + 2, heading.len - 1);
}

/* "353425091-status" and "353425091_status" are the status of the column 353425091. */
static bool is_status_of(Arena *arena, Str heading, Str key)
{
    Str low = str_lower(arena, heading);

    return (str_ends_with(low, "-status") || str_ends_with(low, "_status")) &&
           str_eq(str_slice(heading, 0, heading.len - 7), key);
}

static int status_column(const Table *table, Str key)
{
    for (size_t i = 0; i < table->columns; i++)
        if (is_status_of(table->arena, table->head[i], key))
            return (int)i;
    return NONE;
}

static bool is_any_status(Arena *arena, Str heading)
{
    Str low = str_lower(arena, heading);

    return str_ends_with(low, "-status") || str_ends_with(low, "_status");
}

/* Of a column that is called like the folder: "300039331 (Grevener Straße)" in 300039331/. */
static Str thing_of(const Table *table)
{
    const CityImport *import = table->import;

    if (import->thing.len)
        return import->thing;
    for (size_t i = 0; import->folder.len && i < table->columns; i++)
        if (str_eq(key_of(str_trim(table->head[i])), import->folder))
            return name_of(str_trim(table->head[i]));
    return import->dataset;
}

static void find_wides(Table *table)
{
    const CityImport *import = table->import;

    table->wides = arena_array(table->arena, Column, table->columns);
    for (size_t i = 0; i < table->columns; i++) {
        Str heading = str_trim(table->head[i]), key = key_of(heading);
        if ((int)i == table->roles[ROLE_TIME] || !heading.len ||
            is_any_status(table->arena, heading))
            continue;
        table->wides[i] = (Column){.key = {.key = key,
                                           .name = name_of(heading),
                                           .unit = import->unit,
                                           .property = import->property,
                                           .thing = table->thing,
                                           .x = NAN,
                                           .y = NAN},
                                   .status = status_column(table, key),
                                   .used = true};
    }
}

static bool read_head(Table *table, Err *err)
{
    Str text = table->import->text;

    if (str_cut(&text, '\n').len > HEAD_MAX)
        return err_set(err, ERR_INPUT, "line 1 has more than %d kB: it is no heading of a table",
                       HEAD_MAX >> 10);
    table->csv = csv_read_with(table->import->text, separator_of(table->import->text));
    table->head = arena_array(table->arena, Str, COLUMNS_MAX);
    table->row = arena_array(table->arena, Str, COLUMNS_MAX);
    if (!csv_next(&table->csv, table->arena, table->head, COLUMNS_MAX, &table->columns, err))
        return false;
    find_roles(table);
    table->thing = thing_of(table);
    if (table->roles[ROLE_TIME] == NONE)
        return err_set(err, ERR_INPUT,
                       "line 1 names no column for the time (\"time\", \"datetime\", \"zeit\" …)");
    table->wide = table->roles[ROLE_STREAM] == NONE || table->roles[ROLE_VALUE] == NONE;
    table->report->kind = table->wide ? "wide table" : "long table";
    if (table->wide)
        find_wides(table);
    return true;
}

/* --- Rows --------------------------------------------------------------------------------------
 */

/* "3.5" and, where the comma parts no columns, "3,5". */
static bool read_number(const Table *table, Str text, double *out)
{
    char copy[64];
    char *end;

    if (!text.len || text.len >= sizeof copy)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if ((c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != ',' && c != 'e' &&
            c != 'E')
            return false;
        copy[i] = c == ',' && table->csv.separator != ',' ? '.' : c;
    }
    copy[text.len] = '\0';
    *out = strtod(copy, &end);
    return *end == '\0' && isfinite(*out);
}

static bool add(Table *table, uint32_t series, Timestamp time, double number, uint8_t status,
                Err *err)
{
    Observation observation = obs_number(time, number);

    observation.status = status;
    return city_batch_add(&table->batch, series, observation, err);
}

static Str cell(const Table *table, int column, size_t count)
{
    return column >= 0 && (size_t)column < count ? str_trim(table->row[column]) : STR("");
}

static uint8_t read_status(Table *table, Str text)
{
    int64_t status = 0;

    if (!text.len || (str_to_i64(text, &status) && status >= 0 && status <= 255))
        return (uint8_t)status;
    city_import_wrong(table->import, table->report, table->csv.line,
                      "the status \"%.*s\" is no number from 0 to 255; it was left out",
                      STR_ARG(str_slice(text, 0, 40)));
    return 0;
}

static bool take_value(Table *table, Column *column, Timestamp time, Str text, Str status, Err *err)
{
    double number;

    if (!text.len)
        return true;
    if (!read_number(table, text, &number)) {
        city_import_wrong(table->import, table->report, table->csv.line,
                          "\"%.*s\" is no number (%.*s)", STR_ARG(str_slice(text, 0, 40)),
                          STR_ARG(column->key.key));
        return true;
    }
    if (!column->open &&
        !city_streams_plan(&table->batch.streams, &column->key, &column->series, err))
        return false;
    column->open = true;
    return add(table, column->series, time, number, read_status(table, status), err);
}

static bool take_wide(Table *table, Timestamp time, size_t count, Err *err)
{
    for (size_t i = 0; i < table->columns; i++) {
        Column *column = &table->wides[i];
        if (column->used && !take_value(table, column, time, cell(table, (int)i, count),
                                        cell(table, column->status, count), err))
            return false;
    }
    return true;
}

static Str cell_or(const Table *table, Role role, size_t count, Str otherwise)
{
    Str text = cell(table, table->roles[role], count);

    return text.len ? text : otherwise;
}

static double coordinate(const Table *table, Role role, size_t count)
{
    double number;

    return read_number(table, cell(table, table->roles[role], count), &number) ? number : NAN;
}

static bool take_long(Table *table, Timestamp time, size_t count, Err *err)
{
    const CityImport *import = table->import;
    Str key = cell(table, table->roles[ROLE_STREAM], count);
    Column column = {.key = {.key = key,
                             .name = key,
                             .unit = cell_or(table, ROLE_UNIT, count, import->unit),
                             .property = cell_or(table, ROLE_PROPERTY, count, import->property),
                             .thing = cell_or(table, ROLE_THING, count, table->thing),
                             .x = coordinate(table, ROLE_X, count),
                             .y = coordinate(table, ROLE_Y, count)}};

    if (!key.len) {
        city_import_wrong(import, table->report, table->csv.line, "it names no Datastream");
        return true;
    }
    if (!isnan(column.key.x) && !isnan(column.key.y) &&
        !sta_is_on_earth(column.key.x, column.key.y)) {
        city_import_wrong(import, table->report, table->csv.line,
                          "lon and lat are not on earth: degrees from -180 to 180 and from -90 to "
                          "90");
        return true;
    }
    return take_value(table, &column, time, cell(table, table->roles[ROLE_VALUE], count),
                      cell(table, table->roles[ROLE_STATUS], count), err);
}

static bool take_row(Table *table, size_t count, Err *err)
{
    Str text = cell(table, table->roles[ROLE_TIME], count);
    Timestamp time;

    table->report->lines++;
    if (!city_moment_parse(text, table->wide ? table->before : INT64_MIN, &time)) {
        city_import_wrong(table->import, table->report, table->csv.line,
                          "\"%.*s\" is no time like 2027-03-01 09:30",
                          STR_ARG(str_slice(text, 0, 40)));
        return true;
    }
    table->before = time;
    if (time < table->batch.oldest) {
        city_import_wrong(table->import, table->report, table->csv.line,
                          "the time is before what the dataset keeps");
        return true;
    }
    return table->wide ? take_wide(table, time, count, err) : take_long(table, time, count, err);
}

static bool read_rows(Table *table, Err *err)
{
    Arena *arena = arena_create(0);
    size_t count;
    bool ok;

    for (;;) {
        arena_reset(arena);
        ok = csv_next(&table->csv, arena, table->row, COLUMNS_MAX, &count, err);
        if (!ok || !count)
            break;
        if (count == 1 && !str_trim(table->row[0]).len)
            continue;
        if (!(ok = take_row(table, count, err)))
            break;
    }
    arena_destroy(arena);
    return city_batch_end(&table->batch, ok, err);
}

bool city_import_table(const CityImport *import, Arena *arena, CityImportReport *out, Err *err)
{
    Table table = {.import = import, .report = out, .arena = arena, .before = INT64_MIN};

    return read_head(&table, err) && city_batch_begin(&table.batch, import, out, arena, err) &&
           read_rows(&table, err);
}
