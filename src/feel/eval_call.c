/* SPDX-License-Identifier: EUPL-1.2 */
/* Calls of built-in functions, decision tables and function values. */
#include "feel/builtin.h"
#include "feel/eval_parts.h"
#include "feel/table.h"

static FeelValue call_lambda(FeelEval *e, const FeelFunction *function, const FeelValue *args,
                             size_t count)
{
    const Lambda *lambda = function->lambda;
    FeelValue *outer = e->slots, few[SMALL_FRAME], *frame = few;

    if (count != lambda->parameter_count)
        return VALUE_NULL;
    if (lambda->frame > SMALL_FRAME)
        frame = eval_values(e, lambda->frame);
    if (lambda->captured)
        memcpy(frame, function->captured, lambda->captured * sizeof *frame);
    for (size_t i = 0; i < count; i++)
        if (!value_convert(e->arena, args[i], lambda->parameters[i].type,
                           &frame[lambda->captured + i]))
            return VALUE_NULL;
    e->slots = frame;
    FeelValue result = eval_term(e, lambda->body);
    e->slots = outer;
    return result;
}

FeelValue eval_call(FeelEval *e, const FeelFunction *function, const FeelValue *args, size_t count)
{
    eval_steps(e, 1);
    if (function->builtin)
        return builtin_call(e, function->builtin, args, count);
    if (function->table)
        return count == table_input_count(function->table)
                   ? table_decide(e, function->table, args, NULL)
                   : VALUE_NULL;
    return call_lambda(e, function, args, count);
}

/* By name: the position of each argument; those not given are null. */
static bool arrange_by_name(const FeelFunction *function, const Term *term, const FeelValue *given,
                            FeelValue *args, size_t *count)
{
    size_t positions[MAX_PARAMETERS];

    if (function->lambda) {
        const Lambda *lambda = function->lambda;
        for (size_t i = 0; i < term->arg_count; i++) {
            size_t at = 0;
            while (at < lambda->parameter_count &&
                   !str_eq(lambda->parameters[at].name, term->arg_names[i]))
                at++;
            if (at == lambda->parameter_count)
                return false;
            args[at] = given[i];
        }
        *count = lambda->parameter_count;
        return true;
    }
    if (!function->builtin || term->arg_count > MAX_PARAMETERS ||
        !builtin_positions(function->builtin, term->arg_names, term->arg_count, positions, count))
        return false;
    for (size_t i = 0; i < term->arg_count; i++)
        args[positions[i]] = given[i];
    return true;
}

FeelValue eval_call_term(FeelEval *e, const Term *term)
{
    FeelValue callee = eval_term(e, term->callee);
    FeelValue few[8], *args = term->arg_count <= 8 ? few : eval_values(e, term->arg_count);

    for (size_t i = 0; i < term->arg_count; i++)
        args[i] = eval_term(e, term->args[i]);
    if (callee.kind != FEEL_FUNCTION)
        return VALUE_NULL;
    if (!term->arg_names)
        return eval_call(e, callee.function, args, term->arg_count);
    size_t count = callee.function->lambda ? callee.function->lambda->parameter_count : 0;
    FeelValue *arranged = eval_values(e, count + MAX_PARAMETERS);
    for (size_t i = 0; i < count + MAX_PARAMETERS; i++)
        arranged[i] = VALUE_NULL;
    if (!arrange_by_name(callee.function, term, args, arranged, &count))
        return VALUE_NULL;
    return eval_call(e, callee.function, arranged, count);
}

FeelValue eval_arguments(FeelEval *e, const Term *term)
{
    FeelValue few[8], *args = term->arg_count <= 8 ? few : eval_values(e, term->arg_count);

    for (size_t i = 0; i < term->arg_count; i++)
        args[i] = term->args[i] ? eval_term(e, term->args[i]) : VALUE_NULL;
    if (term->op == TERM_TABLE)
        return table_decide(e, term->table, args, NULL);
    return term->chosen ? builtin_call_one(e, term->builtin, args, term->arg_count)
                        : builtin_call(e, term->builtin, args, term->arg_count);
}
