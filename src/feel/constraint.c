/* SPDX-License-Identifier: EUPL-1.2 */
/* Types with constraints: the unary tests of an item definition, which only an evaluation
 * can try (DMN 1.5, 7.3.3 and 10.3.2.9). */
#include "feel/eval.h"

/* Does any part of the type have a constraint? Most have none, and values may be large. */
static bool constrained(const FeelType *type)
{
    if (!type)
        return false;
    if (type->constraint)
        return true;
    if (type->kind == FEEL_LIST)
        return constrained(type->item);
    for (size_t i = 0; type->kind == FEEL_CONTEXT && i < type->field_count; i++)
        if (constrained(type->fields[i].type))
            return true;
    return false;
}

/* Of a value that conforms otherwise. Null is a value of every type. */
static bool constraints_hold(FeelEval *e, FeelValue value, const FeelType *type)
{
    eval_steps(e, 1);
    if (value.kind == FEEL_NULL || !constrained(type))
        return true;
    if (type->constraint && !value_is_true(eval_program(e, type->constraint, &value)))
        return false;
    for (size_t i = 0; value.kind == FEEL_LIST && type->kind == FEEL_LIST && i < value.list.count;
         i++)
        if (type->item && !constraints_hold(e, value.list.items[i], type->item))
            return false;
    for (size_t i = 0; value.kind == FEEL_CONTEXT && i < type->field_count; i++) {
        Str name = type->fields[i].name;
        const FeelValue *field = context_find(value.context, name, key_hash(name));
        if (field && !constraints_hold(e, *field, type->fields[i].type))
            return false;
    }
    return true;
}

bool eval_convert(FeelEval *e, FeelValue value, const FeelType *type, FeelValue *out)
{
    return value_convert(e->arena, value, type, out) && constraints_hold(e, *out, type);
}
