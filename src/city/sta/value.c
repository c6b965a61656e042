/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

StaValue sta_number(double value)
{
    return isfinite(value) ? (StaValue){.type = STA_NUMBER, .number = value} : sta_null();
}

StaValue sta_number_of_text(Str text)
{
    char copy[400], *end;
    int64_t whole;

    if (str_to_i64(text, &whole))
        return sta_whole(whole);
    if (text.len == 0 || text.len >= sizeof copy)
        return sta_null();
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (strspn(copy, "+-0123456789.eE") != text.len)
        return sta_null();
    double value = strtod(copy, &end);
    return *end ? sta_null() : sta_number(value);
}

StaValue sta_value_of_node(const Node *node)
{
    if (node_is_null(node))
        return sta_null();
    switch (node->kind) {
    case NODE_BOOL: return sta_bool(node->boolean);
    case NODE_NUMBER: return sta_number_of_text(node->text);
    case NODE_STRING: return sta_text(node->text);
    case NODE_LIST:
    case NODE_MAP: return (StaValue){.type = STA_JSON, .json = node};
    case NODE_NULL: break;
    }
    return sta_null();
}

bool sta_double_of_node(const Node *node, double *out)
{
    StaValue value = sta_value_of_node(node);

    *out = value.type == STA_WHOLE ? (double)value.whole : value.number;
    return value.type == STA_WHOLE || (value.type == STA_NUMBER && isfinite(value.number));
}

/* With up to four decimals and 15 digits: as %.15g writes it, which is slow. */
static bool write_short(Buf *out, double number)
{
    static const int64_t UNITS[] = {1, 10, 100, 1000, 10000};

    if (!(fabs(number) < 1e11) || (number == 0 && signbit(number)))
        return false;
    for (int decimals = 0; decimals <= 4; decimals++) {
        int64_t whole = llround(number * (double)UNITS[decimals]);
        uint64_t size = (uint64_t)(whole < 0 ? -whole : whole), unit = (uint64_t)UNITS[decimals];
        if ((double)whole / (double)UNITS[decimals] != number)
            continue;
        if (number < 0)
            buf_add_char(out, '-');
        buf_add_padded(out, size / unit, 1);
        if (decimals) {
            buf_add_char(out, '.');
            buf_add_padded(out, size % unit, decimals);
        }
        return true;
    }
    return false;
}

static void write_number(Buf *out, double number)
{
    char text[40];

    if (write_short(out, number))
        return;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    buf_add_c(out, text);
}

bool sta_value_write(Buf *out, StaValue value)
{
    switch (value.type) {
    case STA_BOOL: buf_add_c(out, value.boolean ? "true" : "false"); return true;
    case STA_TEXT: buf_add(out, value.text); return true;
    case STA_WHOLE: buf_add_i64(out, value.whole); return true;
    case STA_NUMBER: write_number(out, value.number); return true;
    case STA_TIME: sta_time_write(out, value.time); return true;
    case STA_DATE: sta_date_write(out, value.whole); return true;
    case STA_CLOCK: sta_clock_write(out, value.whole); return true;
    case STA_DURATION: sta_duration_write(out, value.duration); return true;
    default: return false;
    }
}

Str sta_value_text(Arena *arena, StaValue value)
{
    Buf out = buf_in(arena);

    if (value.type == STA_TEXT)
        return value.text;
    return sta_value_write(&out, value) ? buf_str(&out) : STR_NONE;
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* The doubles at and above 2^63 have no whole number; below it the cut is exact. */
static int order_whole_number(int64_t whole, double number)
{
    if (number >= 0x1p63)
        return -1;
    if (number < -0x1p63)
        return 1;
    double floor_of = floor(number);
    int64_t cut = (int64_t)floor_of;
    return whole != cut ? ORDER(whole, cut) : -(number > floor_of);
}

int sta_number_order(StaValue a, StaValue b)
{
    if (a.type == STA_WHOLE && b.type == STA_WHOLE)
        return ORDER(a.whole, b.whole);
    if (a.type == STA_WHOLE)
        return order_whole_number(a.whole, b.number);
    if (b.type == STA_WHOLE)
        return -order_whole_number(b.whole, a.number);
    return ORDER(a.number, b.number);
}

static StaType order_type(StaType type)
{
    return type == STA_WHOLE ? STA_NUMBER : type;
}

int sta_value_order(StaValue a, StaValue b)
{
    if (order_type(a.type) != order_type(b.type))
        return ORDER(order_type(a.type), order_type(b.type));
    switch (a.type) {
    case STA_BOOL: return ORDER(a.boolean, b.boolean);
    case STA_WHOLE:
    case STA_NUMBER: return sta_number_order(a, b);
    case STA_TEXT: return str_compare(a.text, b.text);
    case STA_TIME:
        return a.time.start != b.time.start ? ORDER(a.time.start, b.time.start)
                                            : ORDER(a.time.end, b.time.end);
    case STA_DATE:
    case STA_CLOCK: return ORDER(a.whole, b.whole);
    case STA_DURATION:
        return a.duration.months != b.duration.months ? ORDER(a.duration.months, b.duration.months)
                                                      : ORDER(a.duration.ms, b.duration.ms);
    default: return 0;
    }
}
