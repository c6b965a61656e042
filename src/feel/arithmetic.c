/* SPDX-License-Identifier: EUPL-1.2 */
/* The arithmetic operators over numbers, texts, moments and durations (10.3.2.11). */
#include "feel/eval.h"

#include "feel/moment.h"

static FeelValue concatenate(FeelEval *e, Str a, Str b)
{
    char *text = eval_alloc(e, a.len + b.len + 1);

    if (a.len)
        memcpy(text, a.ptr, a.len);
    if (b.len)
        memcpy(text + a.len, b.ptr, b.len);
    return eval_bounded(e, value_string((Str){text, a.len + b.len}));
}

static FeelValue numbers(TermOp op, Number a, Number b)
{
    Number result;
    bool done;

    switch (op) {
    case TERM_ADD: done = number_add(a, b, &result); break;
    case TERM_SUBTRACT: done = number_subtract(a, b, &result); break;
    case TERM_MULTIPLY: done = number_multiply(a, b, &result); break;
    case TERM_DIVIDE: done = number_divide(a, b, &result); break;
    default: done = number_power(a, b, &result); break;
    }
    return done ? value_number(result) : VALUE_NULL;
}

static bool is_duration(FeelValue v)
{
    return v.kind == FEEL_DAYS_DURATION || v.kind == FEEL_MONTHS_DURATION;
}

static bool is_moment(FeelValue v)
{
    return v.kind == FEEL_DATE || v.kind == FEEL_TIME || v.kind == FEEL_DATE_TIME;
}

static FeelValue days_duration(Nanos nanos)
{
    if (nanos > NANOS_MAX || nanos < -NANOS_MAX)
        return VALUE_NULL;
    return (FeelValue){.kind = FEEL_DAYS_DURATION, .nanos = nanos};
}

static FeelValue add_durations(FeelValue a, FeelValue b, int sign)
{
    int64_t months;

    if (a.kind == FEEL_DAYS_DURATION)
        return days_duration(a.nanos + sign * b.nanos);
    if (sign > 0 ? __builtin_add_overflow(a.months, b.months, &months)
                 : __builtin_sub_overflow(a.months, b.months, &months))
        return VALUE_NULL;
    return months == INT64_MIN ? VALUE_NULL
                               : (FeelValue){.kind = FEEL_MONTHS_DURATION, .months = months};
}

static Number number_of_nanos(Nanos nanos)
{
    Number high, result;

    /* NANOS_MAX has 30 digits: exact. */
    if (!number_multiply(number_from_i64((int64_t)(nanos / NANOS_PER_DAY)),
                         number_from_i64(NANOS_PER_DAY), &high) ||
        !number_add(high, number_from_i64((int64_t)(nanos % NANOS_PER_DAY)), &result))
        return NUMBER_ZERO;
    return result;
}

static bool nanos_of_number(Number n, Nanos *out)
{
    Number days, rest, whole = number_from_i64(NANOS_PER_DAY);
    int64_t day_count, rest_count;

    if (!number_divide(n, whole, &days) || !number_truncate_i64(days, &day_count) ||
        !number_multiply(number_from_i64(day_count), whole, &rest) ||
        !number_subtract(n, rest, &rest) || !number_truncate_i64(rest, &rest_count))
        return false;
    *out = (Nanos)day_count * NANOS_PER_DAY + rest_count;
    return *out <= NANOS_MAX && *out >= -NANOS_MAX;
}

/* Parts of a nanosecond or month are cut off. */
static FeelValue scale_duration(TermOp op, FeelValue duration, Number by)
{
    bool days = duration.kind == FEEL_DAYS_DURATION;
    Number size = days ? number_of_nanos(duration.nanos) : number_from_i64(duration.months);
    FeelValue scaled = numbers(op, size, by);
    Nanos nanos;
    int64_t months;

    if (scaled.kind != FEEL_NUMBER)
        return VALUE_NULL;
    if (days)
        return nanos_of_number(scaled.number, &nanos) ? days_duration(nanos) : VALUE_NULL;
    return number_truncate_i64(scaled.number, &months) && months != INT64_MIN
               ? (FeelValue){.kind = FEEL_MONTHS_DURATION, .months = months}
               : VALUE_NULL;
}

static FeelValue divide_durations(FeelValue a, FeelValue b)
{
    if (a.kind == FEEL_DAYS_DURATION)
        return numbers(TERM_DIVIDE, number_of_nanos(a.nanos), number_of_nanos(b.nanos));
    return numbers(TERM_DIVIDE, number_from_i64(a.months), number_from_i64(b.months));
}

static FeelValue subtract_moments(FeelValue a, FeelValue b)
{
    Nanos difference;

    if ((a.kind == FEEL_TIME) != (b.kind == FEEL_TIME))
        return VALUE_NULL;
    return moment_difference(a, b, &difference) ? days_duration(difference) : VALUE_NULL;
}

static FeelValue moved(FeelValue moment, FeelValue duration, int sign)
{
    FeelValue result;

    return moment_add(moment, duration, sign, &result) ? result : VALUE_NULL;
}

static FeelValue add_or_subtract(FeelEval *e, TermOp op, FeelValue a, FeelValue b)
{
    int sign = op == TERM_ADD ? 1 : -1;

    if (op == TERM_ADD && a.kind == FEEL_STRING && b.kind == FEEL_STRING)
        return concatenate(e, a.string, b.string);
    if (is_duration(a) && a.kind == b.kind)
        return add_durations(a, b, sign);
    if (is_moment(a) && is_duration(b))
        return moved(a, b, sign);
    if (op == TERM_ADD && is_duration(a) && is_moment(b))
        return moved(b, a, 1);
    if (op == TERM_SUBTRACT && is_moment(a) && is_moment(b))
        return subtract_moments(a, b);
    return VALUE_NULL;
}

FeelValue eval_arithmetic(FeelEval *e, TermOp op, FeelValue a, FeelValue b)
{
    if (a.kind == FEEL_NUMBER && b.kind == FEEL_NUMBER)
        return numbers(op, a.number, b.number);
    if (op == TERM_ADD || op == TERM_SUBTRACT)
        return add_or_subtract(e, op, a, b);
    if ((op == TERM_MULTIPLY || op == TERM_DIVIDE) && is_duration(a) && b.kind == FEEL_NUMBER)
        return scale_duration(op, a, b.number);
    if (op == TERM_MULTIPLY && a.kind == FEEL_NUMBER && is_duration(b))
        return scale_duration(op, b, a.number);
    if (op == TERM_DIVIDE && is_duration(a) && a.kind == b.kind)
        return divide_durations(a, b);
    return VALUE_NULL;
}
