/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/evaluate.h"

#include "city/sta/compare.h"
#include "city/sta/function.h"

#include <assert.h>
#include <stdlib.h>

enum { MEMORY_MAX = 64 << 20 };

struct StaEvaluator {
    const StaFilter *filter;
    const StaSource *source;
    Timestamp now;
    StaShapes *shapes;        /* made when the first is needed */
    const StaShape **literal; /* as filter->shapes */
    Arena *arena;             /* of one entity's evaluation */
    const void **bound;       /* the entity in each slot, NULL: none */
    int steps;
    bool failed;
    Err *err; /* of the call under way */
};

static StaValue evaluate(StaEvaluator *e, const StaExpr *expr);

static StaValue fail(StaEvaluator *e)
{
    e->failed = true;
    return sta_null();
}

static bool within_limits(StaEvaluator *e)
{
    if (e->failed)
        return false;
    if (++e->steps <= STA_MAX_STEPS && !arena_exhausted(e->arena))
        return true;
    e->failed = true;
    return err_set(e->err, ERR_INPUT,
                   "$filter looks at too many related entities; ask of the related set itself, or "
                   "bound it by any()");
}

/* --- Entities ------------------------------------------------------------------------------- */

static bool related(StaEvaluator *e, const StaSlot *slot, const void ***items, size_t *count)
{
    const void *parent = e->bound[slot->parent];

    *items = NULL;
    *count = 0;
    if (!parent)
        return true;
    if (e->source->related(e->source->context, e->filter->slots[slot->parent].entity, parent,
                           slot->relation, e->arena, items, count, e->err))
        return true;
    e->failed = true;
    return false;
}

static StaValue as_condition(StaValue value)
{
    return value.type == STA_BOOL ? value : sta_null();
}

static bool is_true(StaValue value)
{
    return value.type == STA_BOOL && value.boolean;
}

/* The condition, true as soon as it is for one combination of the entities in the slots of a scope
 * from `from` on. Where nothing is related, one that is missing stands in. */
static StaValue combine(StaEvaluator *e, size_t scope, size_t from, const StaExpr *expr)
{
    const StaFilter *filter = e->filter;
    const void **items;
    size_t count, i = from;

    if (!within_limits(e))
        return sta_null();
    while (i < filter->slot_count && (filter->slots[i].scope != scope || i == scope))
        i++;
    if (i == filter->slot_count)
        return as_condition(evaluate(e, expr));
    if (!related(e, &filter->slots[i], &items, &count))
        return sta_null();
    e->bound[i] = NULL;
    if (count == 0)
        return combine(e, scope, i + 1, expr);
    StaValue all = sta_bool(false);
    for (size_t k = 0; k < count && !is_true(all) && !e->failed; k++) {
        e->bound[i] = items[k];
        StaValue one = combine(e, scope, i + 1, expr);
        if (one.type == STA_NULL || is_true(one))
            all = one;
    }
    return all;
}

/* relation/any(variable: condition) */
static StaValue some(StaEvaluator *e, const StaExpr *expr)
{
    const void **items;
    size_t count;
    StaValue all = sta_bool(false);

    if (!related(e, &e->filter->slots[expr->slot], &items, &count))
        return sta_null();
    if (expr->count == 0)
        return sta_bool(count > 0);
    for (size_t k = 0; k < count && !is_true(all) && !e->failed; k++) {
        e->bound[expr->slot] = items[k];
        StaValue one = combine(e, expr->slot, 0, expr->items[0]);
        if (one.type == STA_NULL || is_true(one))
            all = one;
    }
    return all;
}

/* --- Values ----------------------------------------------------------------------------------- */

static StaValue step_into(StaValue value, const StaSteps *steps)
{
    const Node *node = value.json;

    if (steps->count == 0)
        return value;
    if (value.type != STA_JSON)
        return sta_null();
    for (size_t i = 0; i < steps->count && node; i++) {
        const StaStep *step = &steps->items[i];
        if (step->key.ptr)
            node = node->kind == NODE_MAP ? node_get_str(node, step->key) : NULL;
        else
            node = node->kind == NODE_LIST ? node_at(node, (size_t)step->index) : NULL;
    }
    return sta_value_of_node(node);
}

static StaValue path(StaEvaluator *e, const StaExpr *expr)
{
    const void *entity = e->bound[expr->slot];
    StaValue value = sta_null();

    if (!entity)
        return value;
    if (!e->source->value(e->source->context, e->filter->slots[expr->slot].entity, entity,
                          expr->property, e->arena, &value, e->err))
        return fail(e);
    return step_into(value, &expr->steps);
}

static bool need_shapes(StaEvaluator *e)
{
    if (!e->shapes)
        e->shapes = sta_shapes_create(e->err);
    if (!e->shapes)
        e->failed = true;
    return e->shapes;
}

static StaValue call(StaEvaluator *e, const StaExpr *expr)
{
    const StaFunction *function = expr->function;
    StaValue args[STA_MAX_ARGUMENTS];

    if (function->parameters[0] == STA_GEOMETRY && !need_shapes(e))
        return sta_null();
    for (size_t i = 0; i < expr->count; i++) {
        args[i] =
            sta_coerce(evaluate(e, expr->items[i]), function->parameters[i], e->arena, e->shapes);
        if (args[i].type == STA_NULL)
            return sta_null();
    }
    StaCall how = {
        .arena = e->arena, .now = e->now, .shapes = e->shapes, .detail = function->detail};
    return function->code(&how, args, expr->count);
}

static StaValue compare(StaEvaluator *e, StaOperator op, const StaExpr *left, StaValue a,
                        const StaExpr *right)
{
    return sta_compare(op, left->type, a, right->type, evaluate(e, right), e->arena);
}

static StaValue in_list(StaEvaluator *e, const StaExpr *expr)
{
    StaValue left = evaluate(e, expr->items[0]), all = sta_bool(false);

    for (size_t i = 1; i < expr->count; i++) {
        all = compare(e, STA_EQ, expr->items[0], left, expr->items[i]);
        if (is_true(all))
            break;
    }
    return all;
}

static StaValue in_path(StaEvaluator *e, const StaExpr *expr)
{
    StaValue left = evaluate(e, expr->items[0]), list = evaluate(e, expr->items[1]);

    if (list.type != STA_JSON || list.json->kind != NODE_LIST)
        return sta_null();
    for (size_t i = 0; i < list.json->count; i++)
        if (is_true(sta_compare(STA_EQ, expr->items[0]->type, left, STA_ANY,
                                sta_value_of_node(list.json->items[i]), e->arena)))
            return sta_bool(true);
    return sta_bool(false);
}

/* "and", "or": `decided` is the value of one side that settles it. */
static StaValue logical(StaEvaluator *e, const StaExpr *expr, bool decided)
{
    StaValue all = sta_bool(!decided);

    for (size_t i = 0; i < expr->count; i++) {
        StaValue side = as_condition(evaluate(e, expr->items[i]));
        if (side.type == STA_NULL)
            all = sta_null();
        else if (side.boolean == decided)
            return side;
    }
    return all;
}

static StaValue negation(StaValue value)
{
    return value.type == STA_BOOL ? sta_bool(!value.boolean) : sta_null();
}

static StaValue operation(StaEvaluator *e, const StaExpr *expr)
{
    const StaExpr *left = expr->items[0];

    switch (expr->op) {
    case STA_OR: return logical(e, expr, true);
    case STA_AND: return logical(e, expr, false);
    case STA_NOT: return negation(evaluate(e, left));
    case STA_NEGATE: return sta_negate(evaluate(e, left));
    case STA_ADD:
    case STA_SUB:
    case STA_MUL:
    case STA_DIV:
    case STA_MOD: {
        StaValue a = evaluate(e, left);
        return sta_reckon(expr->op, a, evaluate(e, expr->items[1]), expr->type == STA_WHOLE);
    }
    default: return compare(e, expr->op, left, evaluate(e, left), expr->items[1]);
    }
}

static StaValue evaluate(StaEvaluator *e, const StaExpr *expr)
{
    if (!within_limits(e))
        return sta_null();
    switch (expr->kind) {
    case STA_LITERAL:
        if (expr->literal.type == STA_GEOMETRY)
            return (StaValue){.type = STA_GEOMETRY, .shape = e->literal[expr->slot]};
        return expr->literal;
    case STA_PATH: return path(e, expr);
    case STA_CALL: return call(e, expr);
    case STA_OPERATION: return operation(e, expr);
    case STA_IN_LIST: return in_list(e, expr);
    case STA_IN_PATH: return in_path(e, expr);
    case STA_SOME: return some(e, expr);
    }
    return sta_null();
}

/* --- One entity --------------------------------------------------------------------------------
 */

StaEvaluator *sta_evaluator_create(const StaFilter *filter, const StaSource *source, Timestamp now,
                                   Err *err)
{
    StaEvaluator *e = calloc(1, sizeof *e);

    assert(e);
    *e = (StaEvaluator){.filter = filter, .source = source, .now = now, .arena = arena_create(0)};
    e->bound = calloc(filter->slot_count, sizeof *e->bound);
    e->literal = calloc(filter->shape_count + 1, sizeof *e->literal);
    assert(e->bound && e->literal);
    arena_set_limit(e->arena, MEMORY_MAX);
    e->err = err;
    if (filter->shape_count == 0)
        return e;
    if (!need_shapes(e)) {
        sta_evaluator_destroy(e);
        return NULL;
    }
    for (size_t i = 0; i < filter->shape_count; i++)
        e->literal[i] = sta_shape_of_wkt(e->shapes, filter->shapes[i]->wkt);
    sta_shapes_keep(e->shapes);
    return e;
}

void sta_evaluator_destroy(StaEvaluator *e)
{
    if (!e)
        return;
    sta_shapes_destroy(e->shapes);
    arena_destroy(e->arena);
    free(e->bound);
    free(e->literal);
    free(e);
}

static void begin(StaEvaluator *e, const void *entity, Err *err)
{
    arena_reset(e->arena);
    if (e->shapes)
        sta_shapes_release(e->shapes);
    memset(e->bound, 0, e->filter->slot_count * sizeof *e->bound);
    e->bound[0] = entity;
    e->steps = 0;
    e->failed = false;
    e->err = err;
}

bool sta_evaluator_matches(StaEvaluator *e, const void *entity, bool *out, Err *err)
{
    begin(e, entity, err);
    *out = is_true(combine(e, 0, 1, e->filter->root));
    return !e->failed;
}

bool sta_evaluator_value(StaEvaluator *e, const void *entity, Arena *arena, StaValue *out, Err *err)
{
    begin(e, entity, err);
    for (size_t i = 1; i < e->filter->slot_count; i++) {
        const StaSlot *slot = &e->filter->slots[i];
        const void **items;
        size_t count;
        if (slot->scope != 0)
            continue;
        if (!related(e, slot, &items, &count))
            return false;
        e->bound[i] = count ? items[0] : NULL;
    }
    *out = evaluate(e, e->filter->root);
    if (out->type == STA_TEXT)
        out->text = str_copy(arena, out->text);
    return !e->failed;
}
