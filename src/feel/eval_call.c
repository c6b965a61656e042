/* SPDX-License-Identifier: EUPL-1.2 */
/* Calling function values: lambdas, built-ins, tables, functions of DMN; by position and by name.
 */
#include "feel/eval.h"

#include "feel/builtin.h"
#include "feel/table.h"
#include "feel/type.h"

static FeelValue call_lambda(FeelEval *e, const FeelFunction *function, const FeelValue *args,
                             size_t count)
{
    const Lambda *lambda = function->lambda;
    FeelValue *outer = e->slots, few[SMALL_FRAME], *frame = few;
    const FeelContext *globals = e->globals;

    if (count != lambda->parameter_count)
        return VALUE_NULL;
    if (lambda->frame > SMALL_FRAME)
        frame = eval_values(e, lambda->frame);
    if (lambda->captured)
        memcpy(frame, function->captured, lambda->captured * sizeof *frame);
    for (size_t i = 0; i < count; i++)
        if (!eval_convert(e, args[i], lambda->parameters[i].type, &frame[lambda->captured + i]))
            return VALUE_NULL;
    e->slots = frame;
    e->globals = function->globals;
    FeelValue result = eval_term(e, lambda->body);
    e->slots = outer;
    e->globals = globals;
    return result;
}

static FeelValue call_native(FeelEval *e, const FeelFunction *function, const FeelValue *args,
                             size_t count)
{
    FeelValue *given = eval_values(e, count);

    eval_check_stack(e);
    if (count != function->type->field_count)
        return VALUE_NULL;
    for (size_t i = 0; i < count; i++)
        if (!eval_convert(e, args[i], function->type->fields[i].type, &given[i]))
            return VALUE_NULL;
    return function->native(e, function, given);
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
    if (function->native)
        return call_native(e, function, args, count);
    return call_lambda(e, function, args, count);
}

/* By name: the position of each argument; those not given are null. */
static bool arrange_by_name(const FeelFunction *function, const Str *names, const FeelValue *given,
                            size_t given_count, FeelValue *args, size_t *count)
{
    size_t positions[MAX_PARAMETERS];

    if (function->lambda || function->native) {
        const FeelType *type = function->type;
        for (size_t i = 0; i < given_count; i++) {
            const FeelField *field = type_find_field(type, names[i]);
            if (!field)
                return false;
            args[field - type->fields] = given[i];
        }
        *count = type->field_count;
        return function->lambda || given_count == type->field_count;
    }
    if (!function->builtin || given_count > MAX_PARAMETERS ||
        !builtin_positions(function->builtin, names, given_count, positions, count))
        return false;
    for (size_t i = 0; i < given_count; i++)
        args[positions[i]] = given[i];
    return true;
}

FeelValue eval_call_named(FeelEval *e, const FeelFunction *function, const Str *names,
                          const FeelValue *given, size_t given_count)
{
    size_t count = function->type ? function->type->field_count : 0;
    FeelValue *args = eval_values(e, count + MAX_PARAMETERS);

    for (size_t i = 0; i < count + MAX_PARAMETERS; i++)
        args[i] = VALUE_NULL;
    if (!arrange_by_name(function, names, given, given_count, args, &count))
        return VALUE_NULL;
    return eval_call(e, function, args, count);
}
