/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers in exact decimal text: integer, decimal, money (euros). */
#include "cases/field.h"
#include "core/page/out.h"

enum { MAX_DIGITS_BEFORE = 15 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits from `*at`; without leading zeros when `strip`. */
static Str digits(Str text, size_t *at)
{
    size_t from = *at;

    while (*at < text.len && is_digit(text.ptr[*at]))
        (*at)++;
    return str_slice(text, from, *at);
}

bool field_decimal(Arena *arena, Str text, int places, Str *out, bool *too_many_places)
{
    size_t at = 0;
    bool negative = text.len && text.ptr[0] == '-';

    *too_many_places = false;
    at += negative;
    Str whole = digits(text, &at);
    Str fraction = STR("");
    if (at < text.len && text.ptr[at] == '.') {
        at++;
        fraction = digits(text, &at);
        if (fraction.len == 0)
            return false;
    }
    if (whole.len == 0 || at != text.len)
        return false;
    while (whole.len > 1 && whole.ptr[0] == '0')
        whole = str_slice(whole, 1, whole.len);
    while (fraction.len && fraction.ptr[fraction.len - 1] == '0')
        fraction.len--;
    if (fraction.len > (size_t)places) {
        *too_many_places = true;
        return false;
    }
    if (whole.len > MAX_DIGITS_BEFORE)
        return false;
    if (fraction.len == 0 && str_is(whole, "0"))
        negative = false;
    *out = str_printf(arena, "%s%.*s%s%.*s", negative ? "-" : "", STR_ARG(whole),
                      fraction.len ? "." : "", STR_ARG(fraction));
    return true;
}

static int places_of(const FormField *field)
{
    if (field->type == FIELD_MONEY)
        return 2;
    return field->type == FIELD_DECIMAL ? field->decimals : 0;
}

static Str type_message(const FieldTask *task, bool too_many_places)
{
    const char *label = field_label(task);

    switch (task->field->type) {
    case FIELD_INTEGER:
        return trf(task->arena, task->lang, "„%s“ muss eine ganze Zahl sein, zum Beispiel 12.",
                   label);
    case FIELD_MONEY:
        return trf(task->arena, task->lang,
                   "„%s“ muss ein Betrag in Euro sein, zum Beispiel 12,50.", label);
    default: break;
    }
    if (too_many_places)
        return trf(task->arena, task->lang, "„%s“ darf höchstens %d Stellen nach dem Komma haben.",
                   label, task->field->decimals);
    return trf(task->arena, task->lang, "„%s“ muss eine Zahl sein, zum Beispiel 1,5.", label);
}

bool field_normalise_number(const FieldTask *task, const Node *raw, Node **out)
{
    bool too_many_places = false;
    Str text;

    if (node_is_null(raw) || (raw->kind == NODE_STRING && str_trim(raw->text).len == 0))
        return true;
    if (raw->kind != NODE_NUMBER ||
        !field_decimal(task->arena, raw->text, places_of(task->field), &text, &too_many_places))
        return field_refuse(task, "type", type_message(task, too_many_places));
    *out = node_number(task->arena, text);
    return true;
}
