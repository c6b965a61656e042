/* SPDX-License-Identifier: EUPL-1.2 */
/* What an evaluation may use: steps, memory, depth. */
#include "feel/eval.h"

void eval_begin(FeelEval *e, Arena *arena, const FeelValue *context, const FeelEnv *env)
{
    e->arena = arena;
    e->env = env;
    e->globals = context && feel_kind(context) == FEEL_CONTEXT ? context->context : NULL;
    e->slots = NULL;
    e->steps_left = env->max_steps ? env->max_steps : FEEL_DEFAULT_STEPS;
    e->bytes_left = env->max_bytes ? env->max_bytes : FEEL_DEFAULT_BYTES;
    e->stack_top = (uintptr_t)__builtin_frame_address(0);
    e->exceeded = NULL;
    e->trace = NULL;
    size_t weight = e->bytes_left / sizeof(FeelValue);
    e->max_weight = weight < UINT32_MAX ? (uint32_t)weight : UINT32_MAX - 1;
}

const FeelValue *eval_failed(const FeelEval *e, const FeelProgram *program, Err *err)
{
    err_at(err, program->file, program->line, 0, "the rule was stopped: %s", e->exceeded);
    return NULL;
}

void eval_exceed(FeelEval *e, const char *what)
{
    e->exceeded = what;
    longjmp(e->limit, 1);
}

void eval_steps(FeelEval *e, size_t steps)
{
    if (steps > e->steps_left)
        eval_exceed(e, "it takes too many steps");
    e->steps_left -= steps;
}

void eval_charge(FeelEval *e, size_t bytes)
{
    if (bytes > e->bytes_left)
        eval_exceed(e, "its values take too much memory");
    e->bytes_left -= bytes;
}

void *eval_alloc(FeelEval *e, size_t bytes)
{
    eval_charge(e, bytes + 16);
    return arena_alloc(e->arena, bytes);
}

FeelValue *eval_values(FeelEval *e, size_t count)
{
    if (count > e->bytes_left / sizeof(FeelValue))
        eval_exceed(e, "its values take too much memory");
    return eval_alloc(e, count * sizeof(FeelValue));
}

FeelValue eval_bounded(FeelEval *e, FeelValue value)
{
    if (value.depth > FEEL_MAX_NESTING)
        eval_exceed(e, "its lists are nested too deeply");
    if (value_weight(&value) > e->max_weight)
        eval_exceed(e, "its values take too much memory");
    return value;
}

FeelValue eval_list(FeelEval *e, const FeelValue *items, size_t count)
{
    return eval_bounded(e, value_list(items, count));
}

void eval_push(FeelEval *e, ValueList *list, FeelValue value)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 4;
        FeelValue *grown = eval_values(e, capacity);
        if (list->count)
            memcpy(grown, list->items, list->count * sizeof *grown);
        list->items = grown;
        list->capacity = capacity;
    }
    list->items[list->count++] = value;
}
