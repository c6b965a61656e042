/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/table.h"

#include "base/csv.h"
#include "base/vec.h"
#include "core/folder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { TABLE_COLUMNS = 64, TABLE_BYTES = 256 << 20 };

bool decimal_parse(Str text, double *out)
{
    char copy[64], *end;

    text = str_trim(text);
    if (text.len == 0 || text.len >= sizeof copy)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789+-.eE", text.ptr[i]) || !text.ptr[i])
            return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    double value = strtod(copy, &end);
    if (*end || end == copy || !isfinite(value))
        return false;
    *out = value;
    return true;
}

static Str first_line(Str text)
{
    for (Str rest = text; rest.ptr;) {
        Str line = str_trim(str_cut(&rest, '\n'));
        if (!str_empty(line) && line.ptr[0] != '#')
            return line;
    }
    return STR_NONE;
}

static char separator_of(Str line)
{
    if (str_find_char(line, ';') >= 0)
        return ';';
    if (str_find_char(line, '\t') >= 0)
        return '\t';
    return ',';
}

static bool value_number(const Table *table, Str value, double *out)
{
    char copy[64];

    if (!table->decimal_comma || value.len >= sizeof copy)
        return decimal_parse(value, out);
    for (size_t i = 0; i < value.len; i++)
        copy[i] = value.ptr[i] == ',' ? '.' : value.ptr[i];
    return decimal_parse((Str){copy, value.len}, out);
}

static void take_row(Table *table, Arena *arena, const Str *values, size_t count, int line,
                     bool *heading)
{
    double number;
    Str *copy = arena_array(arena, Str, count > TABLE_COLUMNS ? count : TABLE_COLUMNS);

    for (size_t i = 0; i < count; i++)
        copy[i] = str_trim(values[i]);
    if (*heading) {
        *heading = false;
        table->column_count = count;
        if (!value_number(table, copy[0], &number)) {
            for (size_t i = 0; i < count; i++)
                copy[i] = str_lower(arena, copy[i]);
            table->columns = copy;
            return;
        }
    }
    VEC_PUSH(arena, table, (TableRow){copy, line});
}

bool table_parse(Str text, const char *name, Arena *arena, Table *out, Err *err)
{
    char separator = separator_of(first_line(text));
    Csv csv = csv_read_with(text, separator);
    Str values[TABLE_COLUMNS];
    size_t count = 1;
    bool heading = true;

    *out = (Table){.name = name, .decimal_comma = separator != ','};
    for (;;) {
        if (!csv_next(&csv, arena, values, TABLE_COLUMNS, &count, err))
            return err_at(err, name, csv.line, 0, "%s", arena_strdup(arena, err->message));
        if (count == 0)
            break;
        Str first = str_trim(values[0]);
        if ((count == 1 && str_empty(first)) || str_starts_with(first, "#"))
            continue;
        bool was_heading = heading;
        take_row(out, arena, values, count, csv.line, &heading);
        if (!was_heading && count != out->column_count)
            return err_at(err, name, csv.line, 0, "has %zu values, but the first line has %zu",
                          count, out->column_count);
    }
    if (out->count == 0)
        return err_at(err, name, 0, 0, "has no rows");
    return true;
}

bool table_read(const char *path, Arena *arena, Table *out, Err *err)
{
    Str text;

    return folder_read_file(path, TABLE_BYTES, arena, &text, err) &&
           table_parse(text, path, arena, out, err);
}

int table_column(const Table *table, const char *name)
{
    for (size_t i = 0; table->columns && i < table->column_count; i++)
        if (str_is(table->columns[i], name))
            return (int)i;
    return -1;
}

bool table_number(const Table *table, size_t row, int column, double *out, Err *err)
{
    const TableRow *at = &table->items[row];
    Str value = at->values[column];
    char name[80];

    if (value_number(table, value, out))
        return true;
    if (table->columns)
        snprintf(name, sizeof name, "column %.*s", (int)(table->columns[column].len % 60),
                 table->columns[column].ptr);
    else
        snprintf(name, sizeof name, "value %d", column + 1);
    if (str_empty(value))
        return err_at(err, table->name, at->line, 0,
                      "%s is empty; a gap must be closed (0 where there was none)", name);
    return err_at(err, table->name, at->line, 0, "%s: \"%.*s\" is no number", name,
                  (int)(value.len < 40 ? value.len : 40), value.ptr);
}
