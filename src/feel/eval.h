/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside an evaluation: limits, memory, calls. Exceeding a limit leaves the evaluation at
 * once (longjmp to where it began); all memory is the arena's, so nothing is lost. Code
 * that holds a resource of another library must not call these while holding it. */
#pragma once

#include "feel/tree.h"

#include <setjmp.h>

struct FeelEval {
    Arena *arena;
    const FeelEnv *env;
    const FeelContext *globals; /* may be NULL */
    FeelValue *slots;
    size_t steps_left;
    size_t bytes_left;
    uint32_t max_weight;
    uintptr_t stack_top;     /* where the evaluation began */
    const char *exceeded;    /* what to tell the author */
    struct FeelTrace *trace; /* notes for an explanation, or NULL */
    jmp_buf limit;
};

enum { FEEL_DEFAULT_STEPS = 1000000, FEEL_DEFAULT_BYTES = 16 << 20 };
/* Bytes of the thread's stack that an evaluation may use: bounds calls within calls. Threads that
 * evaluate have twice as much and more. */
enum { FEEL_MAX_STACK = 512 << 10 };
/* Frames of so many slots live on the stack. */
enum { SMALL_FRAME = 12 };

/* All but the place to leave to, which the caller sets. */
void eval_begin(FeelEval *e, Arena *arena, const FeelValue *context, const FeelEnv *env);
/* The value of a term that reads nothing from outside, with a frame of `slots`; false when
 * computing it is more than the compiler should do. */
bool eval_constant(Arena *arena, const Term *term, uint32_t slots, FeelValue *out);
/* Turn an exceeded limit into an error; returns NULL. */
const FeelValue *eval_failed(const FeelEval *e, const FeelProgram *program, Err *err);

_Noreturn void eval_exceed(FeelEval *e, const char *what);
/* Leave when the stack is used up. */
static inline void eval_check_stack(FeelEval *e)
{
    if ((intptr_t)(e->stack_top - (uintptr_t)__builtin_frame_address(0)) > FEEL_MAX_STACK)
        eval_exceed(e, "its functions call each other too deeply");
}
/* Account for work and memory before doing or taking it. */
void eval_steps(FeelEval *e, size_t steps);
void eval_charge(FeelEval *e, size_t bytes);
void *eval_alloc(FeelEval *e, size_t bytes);
FeelValue *eval_values(FeelEval *e, size_t count);
/* A value within the bounds of size and depth. */
FeelValue eval_bounded(FeelEval *e, FeelValue value);
FeelValue eval_list(FeelEval *e, const FeelValue *items, size_t count);
/* A growing list. */
typedef struct ValueList {
    FeelValue *items;
    size_t count;
    size_t capacity;
} ValueList;
void eval_push(FeelEval *e, ValueList *list, FeelValue value);

FeelValue eval_term(FeelEval *e, const Term *term);
/* Run a program inside the evaluation; `input` is `?` of unary tests. */
FeelValue eval_program(FeelEval *e, const FeelProgram *program, const FeelValue *input);
/* value_convert(), and the types' constraints hold as well. */
bool eval_convert(FeelEval *e, FeelValue value, const FeelType *type, FeelValue *out);
FeelValue eval_call(FeelEval *e, const FeelFunction *function, const FeelValue *args, size_t count);
/* With arguments by name; null when one is no parameter. */
FeelValue eval_call_named(FeelEval *e, const FeelFunction *function, const Str *names,
                          const FeelValue *given, size_t count);
Truth eval_equal(FeelEval *e, FeelValue a, FeelValue b);
/* Does `input` pass the test value (a list, a range or an equal value)? */
Truth eval_test(FeelEval *e, FeelValue input, FeelValue test);
/* The field or property `name`; for a list, of each item. `hint` as in context_find_near(). */
FeelValue eval_path(FeelEval *e, FeelValue base, Str name, uint32_t hash, uint32_t *hint);
/* a `op` b for the five arithmetic operators. */
FeelValue eval_arithmetic(FeelEval *e, TermOp op, FeelValue a, FeelValue b);
