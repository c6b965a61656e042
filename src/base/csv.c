/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/csv.h"

#include "base/buf.h"

Csv csv_read(Str text)
{
    if (str_starts_with(text, "\xEF\xBB\xBF"))
        text = str_slice(text, 3, text.len);
    return (Csv){.text = text, .line = 1, .next_line = 1, .separator = ','};
}

Csv csv_read_with(Str text, char separator)
{
    Csv csv = csv_read(text);

    csv.separator = separator;
    return csv;
}

/* A value in quotes, from behind the first one. */
static bool quoted(Csv *csv, Arena *arena, Str *value, Err *err)
{
    Str text = csv->text;
    size_t from = csv->at;
    bool doubled = false;
    size_t at = from;

    for (;; at++) {
        if (at >= text.len)
            return err_at(err, NULL, csv->line, 0,
                          "a value in quotes has no end: close it with a quote");
        if (text.ptr[at] == '\n')
            csv->next_line++;
        if (text.ptr[at] != '"')
            continue;
        if (at + 1 >= text.len || text.ptr[at + 1] != '"')
            break;
        doubled = true;
        at++;
    }
    *value = str_slice(text, from, at);
    if (doubled)
        *value = str_replace(arena, *value, STR("\"\""), STR("\""));
    csv->at = at + 1;
    return true;
}

static bool ends_plain(const Csv *csv, char c)
{
    return c == csv->separator || c == '\n' || c == '\r' || c == '"';
}

/* One value and what parts it from the next. */
static bool value_next(Csv *csv, Arena *arena, Str *value, bool *last, Err *err)
{
    Str text = csv->text;

    if (csv->at < text.len && text.ptr[csv->at] == '"') {
        csv->at++;
        if (!quoted(csv, arena, value, err))
            return false;
    } else {
        size_t from = csv->at;
        while (csv->at < text.len && !ends_plain(csv, text.ptr[csv->at]))
            csv->at++;
        *value = str_slice(text, from, csv->at);
    }
    if (csv->at + 1 < text.len && text.ptr[csv->at] == '\r' && text.ptr[csv->at + 1] == '\n')
        csv->at++;
    *last = csv->at >= text.len || text.ptr[csv->at] == '\n';
    if (!*last && text.ptr[csv->at] != csv->separator)
        return err_at(err, NULL, csv->line, 0,
                      "a quote or carriage return stands inside a value: put the whole value in "
                      "quotes and double the quotes in it");
    if (csv->at < text.len)
        csv->at++;
    if (*last)
        csv->next_line++;
    return true;
}

bool csv_next(Csv *csv, Arena *arena, Str *values, size_t most, size_t *count, Err *err)
{
    bool last = csv->at >= csv->text.len;

    csv->line = csv->next_line;
    for (*count = 0; !last; (*count)++) {
        if (*count == most)
            return err_at(err, NULL, csv->line, 0, "a row has more than %zu values", most);
        if (!value_next(csv, arena, &values[*count], &last, err))
            return false;
    }
    return true;
}

static void add_value(Buf *out, char separator, Str value)
{
    bool formula = value.len > 0 && strchr("=+-@\t", value.ptr[0]) != NULL;
    bool quoted = false;

    for (size_t i = 0; i < value.len && !quoted; i++)
        quoted = value.ptr[i] == separator || strchr("\"\r\n", value.ptr[i]) != NULL;
    if (quoted)
        buf_add_char(out, '"');
    if (formula)
        buf_add_char(out, '\'');
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, value.ptr[i]);
    }
    if (quoted)
        buf_add_char(out, '"');
}

void csv_add_value(Buf *out, Str value)
{
    add_value(out, ',', value);
}

void csv_add_row_with(Buf *out, char separator, const Str *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_char(out, separator);
        add_value(out, separator, values[i]);
    }
    buf_add_c(out, "\r\n");
}

void csv_add_row(Buf *out, const Str *values, size_t count)
{
    csv_add_row_with(out, ',', values, count);
}
