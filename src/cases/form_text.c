/* SPDX-License-Identifier: EUPL-1.2 */
/* Between what people write and the JSON values of fields, in both directions:
 * form_value_from_text(form_value_to_text(value)) is the value again for German texts. */
#include "cases/field.h"
#include "core/page/number.h"
#include "core/page/out.h"

#include <stdio.h>

/* --- What a person typed ---------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "1.234,50", "1234.5", "-3", "12 €": the decimal text, or STR_NONE. A point is a decimal point
 * only when no comma follows and it does not part groups of three. */
static Str number_from_text(Str text, Arena *arena)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    ptrdiff_t comma;

    if (str_ends_with(text, "€"))
        text = str_trim(str_slice(text, 0, text.len - strlen("€")));
    else if (str_ends_with(text, "Euro"))
        text = str_trim(str_slice(text, 0, text.len - strlen("Euro")));
    comma = str_find_char(text, ',');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        size_t group = 0;
        while (i + 1 + group < text.len && is_digit(text.ptr[i + 1 + group]))
            group++;
        if (c == ',' && (ptrdiff_t)i == comma)
            out[len++] = '.';
        else if (c == '.' && (comma > (ptrdiff_t)i || (comma < 0 && group == 3 && i > 0)) &&
                 group == 3)
            continue;
        else if (c == '.' && comma < 0)
            out[len++] = '.';
        else if (is_digit(c) || (c == '-' && i == 0))
            out[len++] = c;
        else if (c != ' ' || i == 0)
            return STR_NONE;
    }
    return (Str){out, len};
}

static Node *number_value(const FormField *field, Str text, Arena *arena)
{
    Str decimal = number_from_text(text, arena), normal;
    bool too_many;

    /* More places than the type has are for form_evaluate() to refuse. */
    (void)field;
    if (!decimal.ptr || !field_decimal(arena, decimal, 30, &normal, &too_many))
        return node_string(arena, text);
    return node_number(arena, normal);
}

/* "5.2019", "05/2019", "2019-5", "2019" beside what dates may look like. */
static Str partial_date(Str text, Arena *arena)
{
    Date date;
    int64_t year, month;

    if (date_parse_german(text, &date))
        return date_iso(arena, date);
    for (size_t i = 1; i < text.len && i <= 2; i++) {
        if ((text.ptr[i] == '.' || text.ptr[i] == '/') && is_digit(text.ptr[0]) &&
            str_to_i64(str_slice(text, 0, i), &month) && text.len - i == 5 &&
            is_digit(text.ptr[i + 1]) && str_to_i64(str_slice(text, i + 1, text.len), &year) &&
            month >= 1 && month <= 12)
            return str_printf(arena, "%04d-%02d", (int)year, (int)month);
    }
    if (text.len == 6 && text.ptr[4] == '-' && str_to_i64(str_slice(text, 0, 4), &year) &&
        text.ptr[5] >= '1' && text.ptr[5] <= '9')
        return str_printf(arena, "%.*s-0%c", 4, text.ptr, text.ptr[5]);
    return text;
}

/* "8:30", "8.30 Uhr", "8 Uhr". */
static Str time_of_day(Str text, Arena *arena)
{
    int64_t hour, minute = 0;

    if (str_ends_with(text, "Uhr"))
        text = str_trim(str_slice(text, 0, text.len - 3));
    size_t end = 0;
    while (end < text.len && is_digit(text.ptr[end]))
        end++;
    bool parted = end < text.len && (text.ptr[end] == ':' || text.ptr[end] == '.');
    if (end == 0 || end > 2 || !str_to_i64(str_slice(text, 0, end), &hour) ||
        (end < text.len && (!parted || text.len - end != 3 || !is_digit(text.ptr[end + 1]) ||
                            !str_to_i64(str_slice(text, end + 1, text.len), &minute))) ||
        hour > 23 || minute > 59)
        return text;
    return str_printf(arena, "%02d:%02d", (int)hour, (int)minute);
}

Node *form_value_from_text(const FormField *field, Str text, Arena *arena)
{
    Str trimmed = str_trim(text);
    Date date;

    if (trimmed.len == 0)
        return node_null(arena);
    switch (field->type) {
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_MONEY: return number_value(field, trimmed, arena);
    case FIELD_DATE:
        return node_string(arena,
                           date_parse_german(trimmed, &date) ? date_iso(arena, date) : trimmed);
    case FIELD_PARTIAL_DATE: return node_string(arena, partial_date(trimmed, arena));
    case FIELD_TIME: return node_string(arena, time_of_day(trimmed, arena));
    case FIELD_YES_NO:
    case FIELD_CONSENT:
        if (str_is(trimmed, "true") || str_is(trimmed, "ja") || str_is(trimmed, "Ja"))
            return node_bool(arena, true);
        if (str_is(trimmed, "false") || str_is(trimmed, "nein") || str_is(trimmed, "Nein"))
            return node_bool(arena, false);
        break;
    case FIELD_CHOICE:
        /* What to_text() shows is the label. */
        for (size_t i = 0; i < field->option_count; i++)
            if (str_eq(field->options[i].value, trimmed))
                return node_string(arena, trimmed);
        for (size_t i = 0; i < field->option_count; i++)
            if (str_eq(text_in(field->options[i].label, STR("de")), trimmed))
                return node_string(arena, field->options[i].value);
        break;
    default: break;
    }
    return node_string(arena, text);
}

/* --- What a person reads -----------------------------------------------------------------------
 */

static Str money_to_text(Str text, Str lang, Arena *arena)
{
    if (str_is(lang, "en"))
        return str_printf(arena, "€%.*s", STR_ARG(digits_text(arena, text, lang, 2)));
    return str_printf(arena, "%.*s €", STR_ARG(digits_text(arena, text, lang, 2)));
}

static Str partial_to_text(Str text, Str lang, Arena *arena)
{
    Date date;

    if (date_parse_iso(text, &date))
        return date_long(arena, date, lang);
    if (text.len == 7)
        return str_printf(arena, "%.*s.%.*s", STR_ARG(str_slice(text, 5, 7)),
                          STR_ARG(str_slice(text, 0, 4)));
    return text;
}

static Str in_groups(Str text, const int *groups, Arena *arena)
{
    Buf out = buf_in(arena);
    size_t at = 0;

    for (size_t g = 0; at < text.len; g++) {
        size_t size = (size_t)groups[g ? (g < 4 ? g : 3) : 0];
        if (at)
            buf_add_char(&out, ' ');
        buf_add(&out, str_slice(text, at, at + size));
        at += size;
    }
    return buf_str(&out);
}

static Str option_to_text(const FormField *field, Str value, Str lang)
{
    for (size_t i = 0; i < field->option_count; i++)
        if (str_eq(field->options[i].value, value))
            return text_in(field->options[i].label, lang);
    return value;
}

static Str list_to_text(const FormField *field, const Node *list, Str lang, Arena *arena)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < list->count; i++) {
        if (i)
            buf_add_c(&out, ", ");
        if (field->type == FIELD_CHOICES) {
            buf_add(&out, option_to_text(field, node_text(list->items[i]), lang));
        } else if (field->type == FIELD_UPLOAD) {
            buf_add(&out, node_get_text(list->items[i], "name"));
            buf_add_c(&out, " (");
            buf_add(&out, field_size_text(arena, lang, node_get_i64(list->items[i], "size", 0)));
            buf_add_c(&out, ")");
        }
    }
    return out.len ? buf_str(&out) : STR("");
}

Str form_value_to_text(const FormField *field, const Node *value, Str lang, Arena *arena)
{
    static const int by_four[4] = {4, 4, 4, 4}, tax_id[4] = {2, 3, 3, 3};
    Str text = node_text(value);
    Date date;

    if (!value || node_is_null(value))
        return STR("");
    if (value->kind == NODE_BOOL)
        return value->boolean ? tr(lang, "Ja") : tr(lang, "Nein");
    if (value->kind == NODE_LIST)
        return list_to_text(field, value, lang, arena);
    switch (field->type) {
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
        return value->kind == NODE_NUMBER ? digits_text(arena, text, lang, 0) : text;
    case FIELD_MONEY: return value->kind == NODE_NUMBER ? money_to_text(text, lang, arena) : text;
    case FIELD_DATE: return date_parse_iso(text, &date) ? date_long(arena, date, lang) : text;
    case FIELD_PARTIAL_DATE: return partial_to_text(text, lang, arena);
    case FIELD_TIME:
        return field_time_valid(text, &text) ? trf(arena, lang, "%s Uhr", str_cstr(arena, text))
                                             : text;
    case FIELD_IBAN: return in_groups(text, by_four, arena);
    case FIELD_TAX_ID: return in_groups(text, tax_id, arena);
    case FIELD_PHONE:
        return str_starts_with(text, "+49")
                   ? str_printf(arena, "0%.*s", STR_ARG(str_slice(text, 3, text.len)))
                   : text;
    case FIELD_CHOICE: return option_to_text(field, text, lang);
    default: return text;
    }
}

Str form_value_to_input(const FormField *field, const Node *value, Arena *arena)
{
    Str text = node_text(value);
    Date date;

    if (value && value->kind == NODE_BOOL)
        return value->boolean ? STR("true") : STR("false");
    if (!value || !text.ptr)
        return STR("");
    switch (field->type) {
    case FIELD_DATE:
    case FIELD_PARTIAL_DATE:
        if (date_parse_iso(text, &date))
            return str_printf(arena, "%d.%d.%d", date.day, date.month, date.year);
        return field->type == FIELD_DATE ? text : partial_to_text(text, STR("de"), arena);
    case FIELD_INTEGER: /* 2,5 is wrong, and shown as it was written */
    case FIELD_DECIMAL:
        return value->kind == NODE_NUMBER ? str_replace(arena, text, STR("."), STR(",")) : text;
    case FIELD_MONEY:
        return value->kind == NODE_NUMBER ? digits_text(arena, text, STR("de"), 2) : text;
    case FIELD_TIME:
    case FIELD_CHOICE: return text;
    default: return form_value_to_text(field, value, STR("de"), arena);
    }
}
