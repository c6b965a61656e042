/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/plan.h"

#include "base/vec.h"
#include "city/sta/compare.h"
#include "city/sta/function.h"

/* --- Constants ------------------------------------------------------------------------------ */

/* What an expression comes to without any entity; false when it speaks of one. */
static bool constant(const StaExpr *expr, Timestamp now, StaValue *out)
{
    StaValue a, b;

    if (expr->kind == STA_LITERAL && expr->literal.type != STA_GEOMETRY) {
        *out = expr->literal;
        return true;
    }
    if (expr->kind == STA_CALL && expr->count == 0) {
        StaCall call = {.now = now};
        *out = expr->function->code(&call, NULL, 0);
        return true;
    }
    if (expr->kind != STA_OPERATION || expr->op < STA_ADD || expr->op > STA_MOD ||
        !constant(expr->items[0], now, &a) || !constant(expr->items[1], now, &b))
        return false;
    *out = sta_reckon(expr->op, a, b, expr->type == STA_WHOLE);
    return true;
}

static bool is_path(const StaExpr *expr, const StaProperty *property)
{
    return expr->kind == STA_PATH && expr->slot == 0 && expr->property == property &&
           expr->steps.count == 0;
}

/* "Datastream/id" of an Observation. */
static bool is_stream_key(const StaFilter *filter, const StaExpr *expr)
{
    const StaSlot *slot = &filter->slots[expr->slot];

    return expr->kind == STA_PATH && expr->property == &STA_ID && expr->slot != 0 &&
           slot->parent == 0 && slot->scope == 0 && filter->entity == STA_OBSERVATION &&
           slot->entity == STA_DATASTREAM;
}

/* --- Keys ------------------------------------------------------------------------------------- */

/* The key in `keys` that is written alike, or NULL. */
static const StaValue *find_key(Arena *arena, const StaKeys *keys, StaValue key)
{
    Str text = sta_value_text(arena, key);

    for (size_t i = 0; i < keys->count; i++)
        if (str_eq(sta_value_text(arena, keys->items[i]), text))
            return &keys->items[i];
    return NULL;
}

/* Only those that were allowed before and are now; of 5 and '5', what is both is the number. */
static void narrow(Arena *arena, StaKeys *keys, const StaKeys *to, bool *never)
{
    StaKeys both = {.given = true};

    for (size_t i = 0; i < to->count; i++) {
        StaValue key = to->items[i];
        const StaValue *before = find_key(arena, keys, key);
        if ((keys->given && !before) || find_key(arena, &both, key))
            continue;
        VEC_PUSH(arena, &both, before && before->type == STA_WHOLE ? *before : key);
    }
    *keys = both;
    if (both.count == 0)
        *never = true;
}

/* "id eq 5", "5 eq id", "id in (5, 'a')": the side with the key in `*side`. */
static bool read_keys(Arena *arena, const StaExpr *expr, Timestamp now, const StaExpr **side,
                      StaKeys *out)
{
    bool equal = expr->kind == STA_OPERATION && expr->op == STA_EQ;
    bool turned = equal && expr->items[1]->kind == STA_PATH;

    if (!equal && expr->kind != STA_IN_LIST)
        return false;
    *out = (StaKeys){.given = true};
    *side = expr->items[turned ? 1 : 0];
    for (size_t i = 0; i < expr->count; i++) {
        StaValue value;
        if (expr->items[i] == *side)
            continue;
        if (!constant(expr->items[i], now, &value) ||
            (value.type != STA_WHOLE && value.type != STA_TEXT))
            return false;
        VEC_PUSH(arena, out, value);
    }
    return true;
}

static bool take_keys(Arena *arena, const StaFilter *filter, const StaExpr *expr, Timestamp now,
                      StaPlan *plan)
{
    const StaExpr *side;
    StaKeys keys;

    if (!read_keys(arena, expr, now, &side, &keys))
        return false;
    if (is_path(side, &STA_ID))
        narrow(arena, &plan->ids, &keys, &plan->never);
    else if (is_stream_key(filter, side))
        narrow(arena, &plan->streams, &keys, &plan->never);
    else
        return false;
    return true;
}

/* --- Times -------------------------------------------------------------------------------------
 */

static StaOperator turned(StaOperator op)
{
    switch (op) {
    case STA_GT: return STA_LT;
    case STA_GE: return STA_LE;
    case STA_LT: return STA_GT;
    case STA_LE: return STA_GE;
    default: return op;
    }
}

/* What `time op value` says of the start of `time`, as evaluate.h compares times. An instant that
 * comes after an interval may begin with its end; one that is at least an interval is at its end.
 */
static bool bounds_of(StaOperator op, StaTime value, StaBounds *out)
{
    bool instant = sta_time_is_instant(value);

    *out = (StaBounds){STA_FIRST_INSTANT, STA_LAST_INSTANT};
    switch (op) {
    case STA_EQ: out->least = out->most = value.start; return true;
    case STA_GT: out->least = instant ? value.start + 1 : value.end; return true;
    case STA_GE: out->least = value.start; return true;
    case STA_LT: out->most = value.start - 1; return true;
    case STA_LE: out->most = value.start; return true;
    default: return false;
    }
}

static void tighten(StaBounds *bounds, StaBounds to, bool *never)
{
    if (to.least > bounds->least)
        bounds->least = to.least;
    if (to.most < bounds->most)
        bounds->most = to.most;
    if (bounds->least > bounds->most)
        *never = true;
}

static bool as_time(StaValue value, StaTime *out)
{
    value = sta_coerce(value, STA_TIME, NULL, NULL);
    *out = value.time;
    return value.type == STA_TIME;
}

/* True when the bounds say all of the condition: resultTime is an instant, against an instant. */
static bool take_time(const StaFilter *filter, const StaExpr *expr, Timestamp now, StaPlan *plan)
{
    const StaProperty *phenomenon = sta_property(STA_OBSERVATION, STR("phenomenonTime"));
    const StaProperty *result = sta_property(STA_OBSERVATION, STR("resultTime"));
    StaValue value;
    StaTime time;
    StaBounds bounds;

    if (filter->entity != STA_OBSERVATION || expr->kind != STA_OPERATION || expr->op < STA_EQ ||
        expr->op > STA_LE)
        return false;
    bool left = constant(expr->items[1], now, &value);
    if (!left && !constant(expr->items[0], now, &value))
        return false;
    const StaExpr *path = expr->items[left ? 0 : 1];
    StaOperator op = left ? expr->op : turned(expr->op);
    if (!as_time(value, &time) || !bounds_of(op, time, &bounds))
        return false;
    if (is_path(path, phenomenon))
        tighten(&plan->phenomenon, bounds, &plan->never);
    if (!is_path(path, result))
        return false;
    tighten(&plan->result, bounds, &plan->never);
    plan->result_given = true;
    return sta_time_is_instant(time);
}

/* --- The whole -----------------------------------------------------------------------------------
 */

static void add_rest(Arena *arena, StaPlan *plan, const StaExpr *expr)
{
    if (plan->rest_count == plan->rest_capacity)
        plan->rest =
            vec_grow(arena, plan->rest, plan->rest_count, &plan->rest_capacity, sizeof(StaExpr *));
    plan->rest[plan->rest_count++] = expr;
}

static void take(Arena *arena, const StaFilter *filter, const StaExpr *expr, Timestamp now,
                 StaPlan *plan)
{
    if (expr->kind == STA_OPERATION && expr->op == STA_AND) {
        for (size_t i = 0; i < expr->count; i++)
            take(arena, filter, expr->items[i], now, plan);
        return;
    }
    if (!take_keys(arena, filter, expr, now, plan) && !take_time(filter, expr, now, plan))
        add_rest(arena, plan, expr);
}

void sta_plan(Arena *arena, const StaFilter *filter, Timestamp now, StaPlan *out)
{
    const StaBounds all = {STA_FIRST_INSTANT, STA_LAST_INSTANT};

    *out = (StaPlan){.phenomenon = all, .result = all};
    take(arena, filter, filter->root, now, out);
}

StaFilter *sta_plan_rest(Arena *arena, const StaFilter *filter, const StaPlan *plan)
{
    if (plan->rest_count == 0)
        return NULL;
    StaFilter *rest = arena_copy(arena, filter, sizeof *filter);
    if (plan->rest_count == 1) {
        rest->root = (StaExpr *)plan->rest[0];
        return rest;
    }
    rest->root = arena_new(arena, StaExpr);
    *rest->root = (StaExpr){.kind = STA_OPERATION,
                            .type = STA_BOOL,
                            .op = STA_AND,
                            .items = (StaExpr **)plan->rest,
                            .count = plan->rest_count,
                            .capacity = plan->rest_capacity};
    return rest;
}
