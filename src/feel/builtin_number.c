/* SPDX-License-Identifier: EUPL-1.2 */
/* Numeric functions (10.3.4.5). */
#include "feel/builtin.h"

static FeelValue number_or_null(bool done, Number n)
{
    return done ? value_number(n) : VALUE_NULL;
}

static FeelValue rounded(const FeelValue *args, size_t count, Rounding rounding)
{
    int64_t scale = 0;
    Number result;

    if (count > 1 && !number_truncate_i64(args[1].number, &scale))
        return VALUE_NULL;
    return number_or_null(number_round(args[0].number, scale, rounding, &result), result);
}

#define ROUNDING_FUNCTION(name, mode)                                       \
    static FeelValue name(FeelEval *e, const FeelValue *args, size_t count) \
    {                                                                       \
        (void)e;                                                            \
        return rounded(args, count, mode);                                  \
    }
ROUNDING_FUNCTION(code_decimal, ROUND_HALF_EVEN)
ROUNDING_FUNCTION(code_floor, ROUND_FLOOR)
ROUNDING_FUNCTION(code_ceiling, ROUND_CEILING)
ROUNDING_FUNCTION(code_round_up, ROUND_UP)
ROUNDING_FUNCTION(code_round_down, ROUND_DOWN)
ROUNDING_FUNCTION(code_round_half_up, ROUND_HALF_UP)
ROUNDING_FUNCTION(code_round_half_down, ROUND_HALF_DOWN)

static FeelValue code_abs(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue value = args[0];

    (void)e, (void)count;
    switch (value.kind) {
    case FEEL_NUMBER: return value_number(number_abs(value.number));
    case FEEL_DAYS_DURATION: value.nanos = value.nanos < 0 ? -value.nanos : value.nanos; break;
    case FEEL_MONTHS_DURATION:
        value.months = value.months < 0 ? -value.months : value.months;
        break;
    default: return VALUE_NULL;
    }
    return value;
}

static FeelValue code_modulo(FeelEval *e, const FeelValue *args, size_t count)
{
    Number result;

    (void)e, (void)count;
    return number_or_null(number_modulo(args[0].number, args[1].number, &result), result);
}

static FeelValue code_sqrt(FeelEval *e, const FeelValue *args, size_t count)
{
    Number result;

    (void)e, (void)count;
    return number_or_null(number_sqrt(args[0].number, &result), result);
}

static FeelValue code_log(FeelEval *e, const FeelValue *args, size_t count)
{
    Number result;

    (void)e, (void)count;
    return number_or_null(number_log(args[0].number, &result), result);
}

static FeelValue code_exp(FeelEval *e, const FeelValue *args, size_t count)
{
    Number result;

    (void)e, (void)count;
    return number_or_null(number_exp(args[0].number, &result), result);
}

static FeelValue has_parity(Number n, bool odd)
{
    Number rest;

    if (!number_modulo(n, number_from_i64(2), &rest))
        return VALUE_NULL;
    return value_boolean(odd ? number_compare(rest, number_from_i64(1)) == 0
                             : number_is_zero(rest));
}

static FeelValue code_odd(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)e, (void)count;
    return has_parity(args[0].number, true);
}

static FeelValue code_even(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)e, (void)count;
    return has_parity(args[0].number, false);
}

#define NUMBER_AND_SCALE          \
    {                             \
        {"n", PARAM_NUMBER},      \
        {                         \
            "scale", PARAM_NUMBER \
        }                         \
    }
#define ONE_NUMBER                 \
    {                              \
        {                          \
            "number", PARAM_NUMBER \
        }                          \
    }

const Builtin BUILTIN_NUMBER[] = {
    {"decimal", code_decimal, RESULT_NUMBER, 2, 2, NUMBER_AND_SCALE},
    {"floor", code_floor, RESULT_NUMBER, 1, 2, NUMBER_AND_SCALE},
    {"ceiling", code_ceiling, RESULT_NUMBER, 1, 2, NUMBER_AND_SCALE},
    {"round up", code_round_up, RESULT_NUMBER, 2, 2, NUMBER_AND_SCALE},
    {"round down", code_round_down, RESULT_NUMBER, 2, 2, NUMBER_AND_SCALE},
    {"round half up", code_round_half_up, RESULT_NUMBER, 2, 2, NUMBER_AND_SCALE},
    {"round half down", code_round_half_down, RESULT_NUMBER, 2, 2, NUMBER_AND_SCALE},
    {"abs", code_abs, RESULT_SAME, 1, 1, {{"n", PARAM_POINT}}},
    {"modulo",
     code_modulo,
     RESULT_NUMBER,
     2,
     2,
     {{"dividend", PARAM_NUMBER}, {"divisor", PARAM_NUMBER}}},
    {"sqrt", code_sqrt, RESULT_NUMBER, 1, 1, ONE_NUMBER},
    {"log", code_log, RESULT_NUMBER, 1, 1, ONE_NUMBER},
    {"exp", code_exp, RESULT_NUMBER, 1, 1, ONE_NUMBER},
    {"odd", code_odd, RESULT_BOOLEAN, 1, 1, ONE_NUMBER},
    {"even", code_even, RESULT_BOOLEAN, 1, 1, ONE_NUMBER},
    {.name = NULL},
};
