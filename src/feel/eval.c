/* SPDX-License-Identifier: EUPL-1.2 */
/* Evaluation: a walk over the tree (10.3.2). A wrong operation gives null. */
#include "feel/eval.h"

#include "feel/builtin.h"
#include "feel/eval_loop.h"
#include "feel/kernel.h"
#include "feel/moment.h"
#include "feel/table.h"
#include "feel/type.h"

Truth eval_equal(FeelEval *e, FeelValue a, FeelValue b)
{
    size_t steps = 0;
    Truth truth = value_equal(a, b, &steps);

    eval_steps(e, steps);
    return truth;
}

/* What an operation needs on the stack is its own: eval_term() and those it only passes through
 * keep small frames, for they lie below each other many times. */
#define APART __attribute__((noinline)) static

/* --- Operators --------------------------------------------------------------------------- */

static Truth compare(TermOp op, FeelValue a, FeelValue b)
{
    int order;

    if (!value_order(a, b, &order))
        return UNKNOWN;
    bool holds = op == TERM_LESS         ? order < 0
                 : op == TERM_LESS_EQUAL ? order <= 0
                 : op == TERM_GREATER    ? order > 0
                                         : order >= 0;
    return holds ? YES : NO;
}

APART FeelValue eval_equality(FeelEval *e, const Term *term)
{
    FeelValue a = eval_term(e, term->a), b = eval_term(e, term->b);
    Truth truth = eval_equal(e, a, b);

    if (truth == UNKNOWN)
        return VALUE_NULL;
    return value_boolean((truth == YES) == (term->op == TERM_EQUAL));
}

APART FeelValue eval_comparison(FeelEval *e, const Term *term)
{
    FeelValue a = eval_term(e, term->a), b = eval_term(e, term->b);

    return value_truth(compare((TermOp)term->op, a, b));
}

/* Table 50: a false side decides "and", a true one "or"; else both must be truths. */
APART FeelValue eval_logic(FeelEval *e, const Term *term)
{
    bool decisive = term->op == TERM_OR;
    FeelValue a = eval_term(e, term->a);

    if (a.kind == FEEL_BOOLEAN && a.boolean == decisive)
        return a;
    FeelValue b = eval_term(e, term->b);
    if (b.kind == FEEL_BOOLEAN && b.boolean == decisive)
        return b;
    return a.kind == FEEL_BOOLEAN && b.kind == FEEL_BOOLEAN ? value_boolean(!decisive) : VALUE_NULL;
}

APART FeelValue eval_between(FeelEval *e, const Term *term)
{
    FeelValue value = eval_term(e, term->a);
    Truth low = compare(TERM_GREATER_EQUAL, value, eval_term(e, term->b));
    Truth high = compare(TERM_LESS_EQUAL, value, eval_term(e, term->c));

    if (low == UNKNOWN || high == UNKNOWN)
        return VALUE_NULL;
    return value_boolean(low == YES && high == YES);
}

APART FeelValue eval_negation(FeelEval *e, const Term *term)
{
    FeelValue value = eval_term(e, term->a);

    switch (value.kind) {
    case FEEL_NUMBER: value.number = number_negate(value.number); return value;
    case FEEL_DAYS_DURATION: value.nanos = -value.nanos; return value;
    case FEEL_MONTHS_DURATION: value.months = -value.months; return value;
    default: return VALUE_NULL;
    }
}

/* --- Unary tests -------------------------------------------------------------------------- */

static Truth either(Truth a, Truth b)
{
    if (a == YES || b == YES)
        return YES;
    return a == UNKNOWN || b == UNKNOWN ? UNKNOWN : NO;
}

Truth eval_test(FeelEval *e, FeelValue input, FeelValue test)
{
    if (test.kind == FEEL_RANGE && input.kind != FEEL_RANGE)
        return range_contains(test.range, input);
    if (test.kind != FEEL_LIST)
        return eval_equal(e, input, test);
    Truth truth = input.kind == FEEL_LIST ? eval_equal(e, input, test) : NO;
    for (size_t i = 0; truth != YES && i < test.list.count; i++) {
        FeelValue item = test.list.items[i];
        eval_steps(e, 1);
        truth = either(item.kind == FEEL_RANGE && input.kind != FEEL_RANGE
                           ? range_contains(item.range, input)
                           : eval_equal(e, input, item),
                       truth);
        /* Items of other types are no reason to doubt. */
        if (truth == UNKNOWN && item.kind != FEEL_RANGE)
            truth = NO;
    }
    return truth;
}

static Truth truth_of(FeelValue value)
{
    return value.kind != FEEL_BOOLEAN ? UNKNOWN : value.boolean ? YES : NO;
}

APART FeelValue eval_tests(FeelEval *e, const Term *term)
{
    Truth truth = NO;

    for (size_t i = 0; truth != YES && i < term->count; i++)
        truth = either(truth_of(eval_term(e, term->items[i])), truth);
    if (term->negated && truth != UNKNOWN)
        truth = truth == YES ? NO : YES;
    return value_truth(truth);
}

APART FeelValue eval_in(FeelEval *e, const Term *term)
{
    FeelValue value = eval_term(e, term->a);

    e->slots[term->slot] = value;
    return eval_term(e, term->b);
}

/* --- Names and paths ------------------------------------------------------------------------ */

/* Where the term's name was found last is all that evaluating changes of it. */
static uint32_t *hint_of(const Term *term)
{
    return (uint32_t *)&term->hint;
}

static const FeelValue *find(const FeelContext *context, const Term *term)
{
    return context_find_near(context, term->name, term->hash, hint_of(term));
}

APART FeelValue eval_global(FeelEval *e, const Term *term)
{
    const FeelValue *found = e->globals ? find(e->globals, term) : NULL;

    if (found)
        return *found;
    return term->base ? eval_term(e, term->base) : VALUE_NULL;
}

APART FeelValue eval_item_name(FeelEval *e, const Term *term)
{
    FeelValue item = e->slots[term->item_slot];

    if (item.kind == FEEL_CONTEXT) {
        const FeelValue *found = find(item.context, term);
        if (found)
            return *found;
    }
    return term->base ? eval_term(e, term->base) : VALUE_NULL;
}

static FeelValue range_property(const FeelRange *range, Str name)
{
    if (str_is(name, "start"))
        return range->low;
    if (str_is(name, "end"))
        return range->high;
    if (str_is(name, "start included"))
        return value_boolean(range->low_closed);
    if (str_is(name, "end included"))
        return value_boolean(range->high_closed);
    return VALUE_NULL;
}

FeelValue eval_path(FeelEval *e, FeelValue base, Str name, uint32_t hash, uint32_t *hint)
{
    FeelValue result;

    if (base.kind == FEEL_CONTEXT) {
        const FeelValue *found = context_find_near(base.context, name, hash, hint);
        return found ? *found : VALUE_NULL;
    }
    if (base.kind == FEEL_LIST) {
        FeelValue *items = eval_values(e, base.list.count);
        eval_steps(e, base.list.count);
        for (size_t i = 0; i < base.list.count; i++)
            items[i] = eval_path(e, base.list.items[i], name, hash, hint);
        return eval_list(e, items, base.list.count);
    }
    if (base.kind == FEEL_RANGE)
        return range_property(base.range, name);
    return moment_property(base, name, &result) ? result : VALUE_NULL;
}

APART FeelValue eval_instance_of(FeelEval *e, const Term *term)
{
    FeelValue value = eval_term(e, term->operand);

    if (value.kind == FEEL_NULL)
        return value_boolean(term->wanted->kind == FEEL_NULL);
    if (value.kind == FEEL_FUNCTION && term->wanted->fields && value.function->type->fields)
        return value_boolean(term->wanted->kind == FEEL_FUNCTION &&
                             value.function->type->field_count == term->wanted->field_count);
    return value_boolean(value_is_of(value, term->wanted));
}

/* --- Construction ---------------------------------------------------------------------------- */

APART FeelValue eval_list_term(FeelEval *e, const Term *term)
{
    FeelValue *items = eval_values(e, term->count);

    for (size_t i = 0; i < term->count; i++)
        items[i] = eval_term(e, term->items[i]);
    return eval_list(e, items, term->count);
}

APART FeelValue eval_context(FeelEval *e, const Term *term)
{
    FeelEntry *entries = eval_alloc(e, term->count * sizeof(FeelEntry));

    for (size_t i = 0; i < term->count; i++) {
        entries[i].key = term->keys[i];
        entries[i].hash = term->hashes[i];
        entries[i].value = eval_term(e, term->items[i]);
        e->slots[term->first_slot + i] = entries[i].value;
    }
    eval_charge(e, term->count * 16);
    return eval_bounded(e, context_of_hashed(e->arena, entries, term->count));
}

APART FeelValue eval_range(FeelEval *e, const Term *term)
{
    FeelValue low = term->a ? eval_term(e, term->a) : VALUE_NULL;
    FeelValue high = term->b ? eval_term(e, term->b) : VALUE_NULL;
    int order;

    if ((term->a && low.kind == FEEL_NULL) || (term->b && high.kind == FEEL_NULL) ||
        (term->a && term->b && !value_order(low, high, &order)))
        return VALUE_NULL;
    FeelRange *range = eval_alloc(e, sizeof *range);
    *range = (FeelRange){low, high, term->low_closed, term->high_closed};
    return value_range(range);
}

APART FeelValue eval_function(FeelEval *e, const Term *term)
{
    FeelFunction *function = eval_alloc(e, sizeof *function);
    FeelValue value = {.kind = FEEL_FUNCTION};
    size_t captured = term->lambda.captured;

    function->lambda = &term->lambda;
    function->globals = e->globals;
    function->type = term->type;
    if (captured) {
        FeelValue *copy = eval_values(e, captured);
        memcpy(copy, e->slots, captured * sizeof *copy);
        function->captured = copy;
    }
    value.function = function;
    return value;
}

/* --- Calls ---------------------------------------------------------------------------------- */

APART FeelValue eval_call_term(FeelEval *e, const Term *term)
{
    FeelValue callee = eval_term(e, term->callee);
    FeelValue few[8], *args = term->arg_count <= 8 ? few : eval_values(e, term->arg_count);

    for (size_t i = 0; i < term->arg_count; i++)
        args[i] = eval_term(e, term->args[i]);
    if (callee.kind != FEEL_FUNCTION)
        return VALUE_NULL;
    if (!term->arg_names)
        return eval_call(e, callee.function, args, term->arg_count);
    return eval_call_named(e, callee.function, term->arg_names, args, term->arg_count);
}

APART FeelValue eval_arguments(FeelEval *e, const Term *term)
{
    FeelValue few[8], *args = term->arg_count <= 8 ? few : eval_values(e, term->arg_count);

    for (size_t i = 0; i < term->arg_count; i++)
        args[i] = term->args[i] ? eval_term(e, term->args[i]) : VALUE_NULL;
    if (term->op == TERM_TABLE)
        return table_decide(e, term->table, args, NULL);
    return term->chosen ? builtin_call_one(e, term->builtin, args, term->arg_count)
                        : builtin_call(e, term->builtin, args, term->arg_count);
}

/* --- Dispatch ------------------------------------------------------------------------------------
 */

APART FeelValue eval_path_term(FeelEval *e, const Term *term)
{
    return eval_path(e, eval_term(e, term->base), term->name, term->hash, hint_of(term));
}

APART FeelValue eval_if(FeelEval *e, const Term *term)
{
    return eval_term(e, value_is_true(eval_term(e, term->a)) ? term->b : term->c);
}

APART FeelValue eval_compound(FeelEval *e, const Term *term)
{
    switch (term->op) {
    case TERM_AND:
    case TERM_OR: return eval_logic(e, term);
    case TERM_BETWEEN: return eval_between(e, term);
    case TERM_IN: return eval_in(e, term);
    case TERM_TESTS: return eval_tests(e, term);
    case TERM_IF: return eval_if(e, term);
    case TERM_FOR: return eval_loop(e, term);
    case TERM_SOME:
    case TERM_EVERY: return eval_quantified(e, term);
    case TERM_LIST: return eval_list_term(e, term);
    case TERM_CONTEXT: return eval_context(e, term);
    case TERM_RANGE: return eval_range(e, term);
    case TERM_FILTER: return eval_filter(e, term);
    case TERM_BUILTIN:
    case TERM_TABLE: return eval_arguments(e, term);
    case TERM_CALL: return eval_call_term(e, term);
    case TERM_FUNCTION: return eval_function(e, term);
    default: return eval_instance_of(e, term);
    }
}

APART FeelValue eval_test_term(FeelEval *e, const Term *term)
{
    FeelValue test = eval_term(e, term->a);

    if (term->is_truth)
        return test.kind == FEEL_BOOLEAN ? test : VALUE_NULL;
    return value_truth(eval_test(e, e->slots[term->slot], test));
}

APART FeelValue eval_arithmetic_term(FeelEval *e, const Term *term)
{
    FeelValue a = eval_term(e, term->a), b = eval_term(e, term->b);

    return eval_arithmetic(e, (TermOp)term->op, a, b);
}

FeelValue eval_term(FeelEval *e, const Term *term)
{
    if (e->steps_left == 0)
        eval_exceed(e, "it takes too many steps");
    e->steps_left--;
    eval_check_stack(e);
    switch (term->op) {
    case TERM_CONSTANT: return term->constant;
    case TERM_LOCAL: return e->slots[term->slot];
    case TERM_GLOBAL: return eval_global(e, term);
    case TERM_ITEM_NAME: return eval_item_name(e, term);
    case TERM_PATH: return eval_path_term(e, term);
    case TERM_NEGATE: return eval_negation(e, term);
    case TERM_ADD:
    case TERM_SUBTRACT:
    case TERM_MULTIPLY:
    case TERM_DIVIDE:
    case TERM_POWER: return eval_arithmetic_term(e, term);
    case TERM_EQUAL:
    case TERM_NOT_EQUAL: return eval_equality(e, term);
    case TERM_LESS:
    case TERM_LESS_EQUAL:
    case TERM_GREATER:
    case TERM_GREATER_EQUAL: return eval_comparison(e, term);
    case TERM_TEST: return eval_test_term(e, term);
    default: return eval_compound(e, term);
    }
}

FeelValue eval_program(FeelEval *e, const FeelProgram *program, const FeelValue *input)
{
    const Term *root = program->root;
    FeelValue result;

    if (root->op == TERM_CONSTANT)
        return root->constant;
    if (program->kernel && kernel_run(program->kernel, e->globals, &e->steps_left, &result))
        return result;
    FeelValue *outer = e->slots, few[SMALL_FRAME], *frame = few;
    if (program->frame > SMALL_FRAME)
        frame = eval_values(e, program->frame);
    if (input)
        frame[0] = *input;
    e->slots = frame;
    result = eval_term(e, root);
    e->slots = outer;
    return result;
}

bool eval_constant(Arena *arena, const Term *term, uint32_t slots, FeelValue *out)
{
    static const FeelEnv env = {.max_steps = 2000, .max_bytes = 64 * 1024};
    FeelEval e;

    eval_begin(&e, arena, NULL, &env);
    if (term->op == TERM_FILTER || term->op == TERM_CONTEXT)
        e.slots = arena_array(arena, FeelValue, slots);
    if (setjmp(e.limit))
        return false;
    *out = eval_term(&e, term);
    return true;
}

/* --- From outside
 * ---------------------------------------------------------------------------------- */

static const FeelValue *run(const FeelProgram *program, const FeelValue *input,
                            const FeelValue *context, const FeelEnv *env, Arena *arena, Err *err)
{
    FeelEval e;
    FeelValue few[SMALL_FRAME];

    eval_begin(&e, arena, context, env);
    e.slots = program->frame <= SMALL_FRAME ? few : arena_array(arena, FeelValue, program->frame);
    if (input)
        e.slots[0] = *input;
    if (setjmp(e.limit))
        return eval_failed(&e, program, err);
    return value_keep(arena, eval_term(&e, program->root));
}

const FeelValue *feel_eval(const FeelProgram *program, const FeelValue *context, const FeelEnv *env,
                           Arena *arena, Err *err)
{
    if (program->kernel && feel_kind(context) == FEEL_CONTEXT) {
        size_t steps = env->max_steps ? env->max_steps : FEEL_DEFAULT_STEPS;
        FeelValue *result = arena_alloc_raw(arena, sizeof *result);
        if (kernel_run(program->kernel, context->context, &steps, result))
            return result;
    }
    return run(program, program->tests ? feel_null() : NULL, context, env, arena, err);
}

const FeelValue *feel_eval_tests(const FeelProgram *program, const FeelValue *input,
                                 const FeelValue *context, const FeelEnv *env, Arena *arena,
                                 Err *err)
{
    return run(program, input ? input : feel_null(), context, env, arena, err);
}
