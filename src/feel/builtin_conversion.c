/* SPDX-License-Identifier: EUPL-1.2 */
/* Conversion functions and not() (10.3.4.1, 10.3.4.2). */
#include "feel/builtin.h"

#include "feel/moment.h"
#include "feel/program.h"

static FeelValue code_number(FeelEval *e, const FeelValue *args, size_t count)
{
    Number number;

    (void)e, (void)count;
    return number_parse(args[0].string, &number) ? value_number(number) : VALUE_NULL;
}

/* A separator is absent (0) or one of the allowed characters; false otherwise. */
static bool separator(FeelValue value, const char *allowed, char *out)
{
    *out = '\0';
    if (value.kind == FEEL_NULL)
        return true;
    if (value.string.len != 1 || !strchr(allowed, value.string.ptr[0]))
        return false;
    *out = value.string.ptr[0];
    return true;
}

static FeelValue code_number_separated(FeelEval *e, const FeelValue *args, size_t count)
{
    Str from = args[0].string;
    char plain[128], group, point;
    size_t length = 0;
    Number number;

    (void)e, (void)count;
    if (from.len >= sizeof plain || !separator(args[1], " ,.", &group) ||
        !separator(args[2], ",.", &point) || (group && group == point))
        return VALUE_NULL;
    for (size_t i = 0; i < from.len; i++) {
        char c = from.ptr[i];
        if (group && c == group)
            continue;
        if (point && c == point)
            c = '.';
        else if (point && c == '.')
            return VALUE_NULL;
        plain[length++] = c;
    }
    return number_parse((Str){plain, length}, &number) ? value_number(number) : VALUE_NULL;
}

static FeelValue code_string(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)count;
    if (args[0].kind == FEEL_NULL || args[0].kind == FEEL_STRING)
        return args[0];
    /* A unit of weight is 32 bytes; numbers and keys may need more. */
    eval_charge(e, (size_t)value_weight(&args[0]) * 96);
    eval_steps(e, value_weight(&args[0]));
    return eval_bounded(e, value_string(feel_to_text(e->arena, &args[0])));
}

static FeelValue code_not(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)e, (void)count;
    return value_boolean(!args[0].boolean);
}

static FeelValue code_duration(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue result;

    (void)e, (void)count;
    return moment_parse_duration(args[0].string, &result) ? result : VALUE_NULL;
}

static FeelValue code_months_between(FeelEval *e, const FeelValue *args, size_t count)
{
    int64_t months;

    (void)e, (void)count;
    if (!moment_months_between(args[0], args[1], &months))
        return VALUE_NULL;
    return (FeelValue){.kind = FEEL_MONTHS_DURATION, .months = months};
}

/* range("[1..3]"): a closed literal whose ends are literals, at-literals or the
 * constructors of dates and durations on literals. The text is compiled and must fold to
 * a constant; what it calls is looked at first. */
static bool only_literals(Str text)
{
    static const char *const constructors[] = {"date", "time", "date and time", "duration"};
    bool quoted = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
            continue;
        }
        quoted = c == '"';
        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z'))
            continue;
        size_t length = 0;
        for (size_t k = 0; k < sizeof constructors / sizeof *constructors; k++)
            if (str_starts_with(str_slice(text, i, text.len), constructors[k]) &&
                strlen(constructors[k]) > length)
                length = strlen(constructors[k]);
        size_t next = i + length;
        if (length == 0 || next + 1 >= text.len || text.ptr[next] != '(' ||
            text.ptr[next + 1] != '"')
            return false;
        i = next;
    }
    return true;
}

static FeelValue code_range(FeelEval *e, const FeelValue *args, size_t count)
{
    Source source = {.line = 1, .column = 1};
    Str text = str_trim(args[0].string);
    int order;
    Err err;

    (void)count;
    if (text.len < 5 || text.len > 400 || !strchr("[](", text.ptr[0]) || !only_literals(text))
        return VALUE_NULL;
    eval_steps(e, 500);
    eval_charge(e, 8192);
    const FeelProgram *program = program_compile(e->arena, text, &source, NULL, &err);
    if (!program || program->root->op != TERM_CONSTANT ||
        program->root->constant.kind != FEEL_RANGE)
        return VALUE_NULL;
    const FeelRange *range = program->root->constant.range;
    return value_order(range->low, range->high, &order) && order <= 0 ? program->root->constant
                                                                      : VALUE_NULL;
}

const Builtin BUILTIN_CONVERSION[] = {
    {"number", code_number, RESULT_NUMBER, 1, 1, {{"from", PARAM_STRING}}},
    {"number",
     code_number_separated,
     RESULT_NUMBER,
     3,
     3,
     {{"from", PARAM_STRING},
      {"grouping separator", PARAM_STRING_OR_NULL},
      {"decimal separator", PARAM_STRING_OR_NULL}}},
    {"string", code_string, RESULT_STRING, 1, 1, {{"from", PARAM_ANY}}},
    {"not", code_not, RESULT_BOOLEAN, 1, 1, {{"negand", PARAM_BOOLEAN}}},
    {"duration", code_duration, RESULT_ANY, 1, 1, {{"from", PARAM_STRING}}},
    {"years and months duration",
     code_months_between,
     RESULT_MONTHS_DURATION,
     2,
     2,
     {{"from", PARAM_DAY}, {"to", PARAM_DAY}}},
    {"range", code_range, RESULT_ANY, 1, 1, {{"from", PARAM_STRING}}},
    {.name = NULL},
};
