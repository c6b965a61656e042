/* SPDX-License-Identifier: EUPL-1.2 */
/* Evaluation of boxed expressions (DMN 1.5, 10.2.2): the evaluation's globals are the names
 * around the box. */
#include "feel/dmn_model.h"

FeelValue box_coerce(FeelEval *e, FeelValue value, const FeelType *type)
{
    FeelValue result;

    if (!type || (type->kind == FEEL_ANY && !type->constraint))
        return value;
    return eval_convert(e, value, type, &result) ? result : VALUE_NULL;
}

FeelContext *box_names(FeelEval *e, size_t capacity)
{
    FeelContext *names = eval_alloc(e, sizeof *names);

    names->entries = eval_alloc(e, capacity * sizeof *names->entries);
    names->base = e->globals;
    return names;
}

void box_add_name(FeelContext *names, Str name, FeelValue value)
{
    names->entries[names->count++] =
        (FeelEntry){.key = name, .hash = key_hash(name), .value = value};
}

static FeelValue context_value(FeelEval *e, const Box *box)
{
    const FeelContext *outer = e->globals;
    FeelContext *names = box_names(e, box->part_count);
    FeelValue result = VALUE_NULL;
    bool has_result = false;

    e->globals = names;
    for (size_t i = 0; i < box->part_count; i++) {
        const BoxPart *part = &box->parts[i];
        FeelValue value = box_coerce(e, box_value(e, part->box), part->type);
        has_result = !part->name.ptr;
        if (has_result)
            result = value;
        else
            box_add_name(names, part->name, value);
    }
    e->globals = outer;
    if (has_result)
        return result;
    eval_charge(e, sizeof(FeelContext) + names->count * (sizeof(FeelEntry) + 16));
    FeelEntry *entries = arena_copy(e->arena, names->entries, names->count * sizeof *entries);
    return eval_bounded(e, context_of(e->arena, entries, names->count));
}

static FeelValue invocation_value(FeelEval *e, const Box *box)
{
    FeelValue callee = box_value(e, box->first);
    FeelValue *given = eval_values(e, box->part_count);
    Str *names = eval_alloc(e, box->part_count * sizeof *names);

    for (size_t i = 0; i < box->part_count; i++) {
        given[i] = box->parts[i].box ? box_value(e, box->parts[i].box) : VALUE_NULL;
        names[i] = box->parts[i].name;
    }
    if (callee.kind != FEEL_FUNCTION)
        return VALUE_NULL;
    return eval_call_named(e, callee.function, names, given, box->part_count);
}

static FeelValue list_value(FeelEval *e, const Box *box)
{
    FeelValue *items = eval_values(e, box->part_count);

    for (size_t i = 0; i < box->part_count; i++)
        items[i] = box_value(e, box->parts[i].box);
    return eval_list(e, items, box->part_count);
}

static FeelValue relation_value(FeelEval *e, const Box *box)
{
    size_t columns = box->part_count;
    FeelValue *rows = eval_values(e, box->row_count);

    for (size_t i = 0; i < box->row_count; i++) {
        FeelEntry *entries = eval_alloc(e, columns * (sizeof *entries + 16) + sizeof(FeelContext));
        for (size_t j = 0; j < columns; j++) {
            FeelValue value = box_value(e, box->cells[i * columns + j]);
            entries[j].key = box->parts[j].name;
            entries[j].value = box_coerce(e, value, box->parts[j].type);
        }
        rows[i] = eval_bounded(e, context_of(e->arena, entries, columns));
    }
    return eval_list(e, rows, box->row_count);
}

/* The body, with the parameters before the names that were around the function. */
static FeelValue call_box(FeelEval *e, const FeelFunction *function, const FeelValue *args)
{
    const Box *box = function->data;
    const FeelContext *outer = e->globals;

    e->globals = function->globals;
    FeelContext *names = box_names(e, box->part_count);
    for (size_t i = 0; i < box->part_count; i++)
        box_add_name(names, box->parts[i].name, args[i]);
    e->globals = names;
    FeelValue result = box->first ? box_value(e, box->first) : VALUE_NULL;
    e->globals = outer;
    return box->type->kind == FEEL_FUNCTION ? box_coerce(e, result, box->type->item)
                                            : box_coerce(e, result, box->type);
}

static FeelValue function_value(FeelEval *e, const Box *box)
{
    FeelFunction *function = eval_alloc(e, sizeof *function);
    FeelValue value = {.kind = FEEL_FUNCTION};

    if (box->foreign)
        return VALUE_NULL;
    function->native = call_box;
    function->data = box;
    function->globals = e->globals;
    function->type = box->function;
    value.function = function;
    return value;
}

/* Only a truth, or null, chooses. */
static FeelValue conditional_value(FeelEval *e, const Box *box)
{
    FeelValue condition = box_value(e, box->first);

    if (condition.kind != FEEL_BOOLEAN && condition.kind != FEEL_NULL)
        return VALUE_NULL;
    return box_value(e, value_is_true(condition) ? box->second : box->third);
}

static FeelValue plain_value(FeelEval *e, const Box *box)
{
    switch (box->kind) {
    case BOX_LITERAL: return box->program ? eval_program(e, box->program, NULL) : VALUE_NULL;
    case BOX_CONTEXT: return context_value(e, box);
    case BOX_INVOCATION: return invocation_value(e, box);
    case BOX_LIST: return list_value(e, box);
    case BOX_RELATION: return relation_value(e, box);
    case BOX_TABLE: return box->table ? table_decide(e, box->table, NULL, NULL) : VALUE_NULL;
    case BOX_CONDITIONAL: return conditional_value(e, box);
    case BOX_FILTER: return box_filter(e, box);
    default: return box_repeat(e, box);
    }
}

FeelValue box_value(FeelEval *e, const Box *box)
{
    eval_steps(e, 1);
    eval_check_stack(e);
    if (box->kind == BOX_FUNCTION) /* its type is that of the result or of the function */
        return function_value(e, box);
    return box_coerce(e, plain_value(e, box), box->type);
}
