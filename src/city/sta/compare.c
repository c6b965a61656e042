/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/compare.h"

#include <math.h>

/* --- Types ---------------------------------------------------------------------------------- */

static StaValue day_as_time(int64_t days)
{
    Timestamp at = days * STA_MS_PER_DAY;

    return sta_time((StaTime){.start = at, .end = at});
}

static StaValue as_time(StaValue value)
{
    StaTime time;

    if (value.type == STA_TIME)
        return value;
    if (value.type == STA_DATE)
        return day_as_time(value.whole);
    if (value.type == STA_TEXT && sta_time_parse(value.text, &time))
        return sta_time(time);
    return sta_null();
}

static StaValue as_text(StaValue value, Arena *arena)
{
    return sta_text(sta_value_text(arena, value));
}

static StaValue as_shape(StaValue value, StaShapes *shapes)
{
    if (value.type == STA_GEOMETRY)
        return value;
    if (value.type != STA_JSON || !shapes)
        return sta_null();
    const StaShape *shape = sta_shape_of_json(shapes, value.json);
    return shape ? (StaValue){.type = STA_GEOMETRY, .shape = shape} : sta_null();
}

/* A number without a fraction as a whole one: substring(name, length(name) sub 2.0). */
static StaValue as_whole(StaValue value)
{
    if (value.type == STA_NUMBER && value.number == trunc(value.number) &&
        fabs(value.number) < 0x1p53)
        return sta_whole((int64_t)value.number);
    return value.type == STA_WHOLE ? value : sta_null();
}

StaValue sta_coerce(StaValue value, StaType type, Arena *arena, StaShapes *shapes)
{
    switch (type) {
    case STA_NUMBER: return sta_is_number(value) ? value : sta_null();
    case STA_WHOLE: return as_whole(value);
    case STA_TEXT: return as_text(value, arena);
    case STA_INSTANT:
    case STA_INTERVAL:
    case STA_TIME: return as_time(value);
    case STA_GEOMETRY: return as_shape(value, shapes);
    default: return value.type == type ? value : sta_null();
    }
}

/* --- Comparing -------------------------------------------------------------------------------- */

/* What both sides are read as; STA_ANY: the values decide. */
static StaType common_type(StaType left, StaType right)
{
    if (sta_type_is_open(left))
        left = right;
    if (sta_type_is_open(right))
        right = left;
    if (sta_type_is_open(left))
        return STA_ANY;
    if (left == STA_WHOLE || left == STA_NUMBER)
        return STA_NUMBER;
    if (left == STA_DATE && right == STA_DATE)
        return STA_DATE;
    if (left == STA_INSTANT || left == STA_INTERVAL || left == STA_TIME || left == STA_DATE)
        return STA_TIME;
    return left;
}

static StaType type_of_values(StaValue a, StaValue b)
{
    if (sta_is_number(a) && sta_is_number(b))
        return STA_NUMBER;
    return a.type == b.type ? a.type : STA_TEXT;
}

static StaValue compare_times(StaOperator op, StaTime a, StaTime b)
{
    switch (op) {
    case STA_EQ: return sta_bool(a.start == b.start && a.end == b.end);
    case STA_NE: return sta_bool(a.start != b.start || a.end != b.end);
    case STA_LT: return sta_bool(sta_time_before(a, b));
    case STA_GT: return sta_bool(sta_time_before(b, a));
    case STA_LE: return sta_bool(a.start <= b.start && a.end <= b.end);
    default: return sta_bool(a.start >= b.start && a.end >= b.end);
    }
}

static StaValue truth(StaOperator op, int order)
{
    switch (op) {
    case STA_EQ: return sta_bool(order == 0);
    case STA_NE: return sta_bool(order != 0);
    case STA_LT: return sta_bool(order < 0);
    case STA_GT: return sta_bool(order > 0);
    case STA_LE: return sta_bool(order <= 0);
    default: return sta_bool(order >= 0);
    }
}

/* Months have no fixed length: against days only equality with the same months can be told. */
static StaValue compare_durations(StaOperator op, StaDuration a, StaDuration b)
{
    if (a.months == b.months)
        return truth(op, (a.ms > b.ms) - (a.ms < b.ms));
    if (a.ms == b.ms)
        return truth(op, (a.months > b.months) - (a.months < b.months));
    return op == STA_EQ ? sta_bool(false) : op == STA_NE ? sta_bool(true) : sta_null();
}

static StaValue compare_null(StaOperator op, StaValue a, StaValue b)
{
    bool same = a.type == STA_NULL && b.type == STA_NULL;

    if (op == STA_EQ || op == STA_NE)
        return sta_bool(same == (op == STA_EQ));
    return sta_null();
}

StaValue sta_compare(StaOperator op, StaType left, StaValue a, StaType right, StaValue b,
                     Arena *arena)
{
    StaType type = common_type(left, right);

    if (a.type == STA_NULL || b.type == STA_NULL)
        return compare_null(op, a, b);
    if (type == STA_ANY)
        type = type_of_values(a, b);
    a = sta_coerce(a, type, arena, NULL);
    b = sta_coerce(b, type, arena, NULL);
    /* A value that cannot be read as what it is compared with is not equal to it, and no more. */
    if (a.type == STA_NULL || b.type == STA_NULL)
        return op == STA_EQ ? sta_bool(false) : op == STA_NE ? sta_bool(true) : sta_null();
    if (type == STA_JSON)
        return op == STA_EQ || op == STA_NE ? sta_bool(node_equal(a.json, b.json) == (op == STA_EQ))
                                            : sta_null();
    if (type == STA_TIME)
        return compare_times(op, a.time, b.time);
    if (type == STA_DURATION)
        return compare_durations(op, a.duration, b.duration);
    return truth(op, sta_value_order(a, b));
}

/* --- Reckoning -------------------------------------------------------------------------------- */

static StaValue reckon_whole(StaOperator op, int64_t a, int64_t b, bool *done)
{
    int64_t result;

    *done = true;
    switch (op) {
    case STA_ADD:
        if (!__builtin_add_overflow(a, b, &result))
            return sta_whole(result);
        break;
    case STA_SUB:
        if (!__builtin_sub_overflow(a, b, &result))
            return sta_whole(result);
        break;
    case STA_MUL:
        if (!__builtin_mul_overflow(a, b, &result))
            return sta_whole(result);
        break;
    default:
        if (b == 0)
            return sta_null();
        if (b == -1)
            return op == STA_MOD ? sta_whole(0) : sta_negate(sta_whole(a));
        return sta_whole(op == STA_DIV ? a / b : a % b);
    }
    *done = false;
    return sta_null();
}

static StaValue reckon_numbers(StaOperator op, StaValue a, StaValue b, bool whole)
{
    if (a.type == STA_WHOLE && b.type == STA_WHOLE && (whole || op != STA_DIV)) {
        bool done;
        StaValue result = reckon_whole(op, a.whole, b.whole, &done);
        if (done)
            return result;
    }
    double x = sta_as_double(a), y = sta_as_double(b);
    switch (op) {
    case STA_ADD: return sta_number(x + y);
    case STA_SUB: return sta_number(x - y);
    case STA_MUL: return sta_number(x * y);
    case STA_DIV: return y == 0 ? sta_null() : sta_number(x / y);
    default: return y == 0 ? sta_null() : sta_number(fmod(x, y));
    }
}

static StaValue shift(StaTime time, StaDuration duration, int sign)
{
    StaTime result;

    return sta_time_add(time, duration, sign, &result) ? sta_time(result) : sta_null();
}

static StaValue add_durations(StaDuration a, StaDuration b, int sign)
{
    StaDuration sum;

    if (__builtin_add_overflow(a.months, b.months * sign, &sum.months) ||
        __builtin_add_overflow(a.ms, b.ms * sign, &sum.ms))
        return sta_null();
    /* A month less a day is neither longer nor shorter than nothing for good. */
    if ((sum.months > 0 && sum.ms < 0) || (sum.months < 0 && sum.ms > 0))
        return sta_null();
    return sta_duration(sum);
}

static bool fits(double value)
{
    return value > -0x1p53 && value < 0x1p53;
}

/* `times` as often, in `parts`. Parts of a month are none: null. */
static StaValue scale(StaDuration duration, double times, double parts)
{
    double months = (double)duration.months * times / parts;
    double ms = round((double)duration.ms * times / parts);

    if (!fits(months) || !fits(ms) || months != trunc(months))
        return sta_null();
    return sta_duration((StaDuration){.months = (int64_t)months, .ms = (int64_t)ms});
}

static StaValue reckon_times(StaOperator op, StaValue a, StaValue b)
{
    bool sum = op == STA_ADD || op == STA_SUB;
    int sign = op == STA_SUB ? -1 : 1;

    if (sum && a.type == STA_DURATION && b.type == STA_DURATION)
        return add_durations(a.duration, b.duration, sign);
    if (op == STA_MUL && b.type == STA_DURATION && sta_is_number(a))
        return scale(b.duration, sta_as_double(a), 1);
    if (op == STA_MUL && a.type == STA_DURATION && sta_is_number(b))
        return scale(a.duration, sta_as_double(b), 1);
    if (op == STA_DIV && a.type == STA_DURATION && sta_is_number(b))
        return sta_as_double(b) == 0 ? sta_null() : scale(a.duration, 1, sta_as_double(b));
    if (sum && b.type == STA_DURATION)
        return as_time(a).type == STA_TIME ? shift(as_time(a).time, b.duration, sign) : sta_null();
    if (op == STA_ADD && a.type == STA_DURATION)
        return as_time(b).type == STA_TIME ? shift(as_time(b).time, a.duration, 1) : sta_null();
    return sta_null();
}

/* From one instant to another; what lies between two intervals is not one length. */
static StaValue distance_in_time(StaValue a, StaValue b)
{
    a = as_time(a);
    b = as_time(b);
    if (a.type != STA_TIME || b.type != STA_TIME || !sta_time_is_instant(a.time) ||
        !sta_time_is_instant(b.time))
        return sta_null();
    return sta_duration((StaDuration){.ms = a.time.start - b.time.start});
}

StaValue sta_reckon(StaOperator op, StaValue a, StaValue b, bool whole)
{
    if (a.type == STA_NULL || b.type == STA_NULL)
        return sta_null();
    if (sta_is_number(a) && sta_is_number(b))
        return reckon_numbers(op, a, b, whole);
    if (a.type == STA_DURATION || b.type == STA_DURATION)
        return reckon_times(op, a, b);
    return op == STA_SUB ? distance_in_time(a, b) : sta_null();
}

StaValue sta_negate(StaValue value)
{
    switch (value.type) {
    case STA_WHOLE: return value.whole == INT64_MIN ? sta_number(0x1p63) : sta_whole(-value.whole);
    case STA_NUMBER: return sta_number(-value.number);
    case STA_DURATION:
        return sta_duration(
            (StaDuration){.months = -value.duration.months, .ms = -value.duration.ms});
    default: return sta_null();
    }
}
