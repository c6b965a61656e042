/* SPDX-License-Identifier: EUPL-1.2 */
/* Recursive descent, from what binds weakest: or, and, not, equality, order and "in", add and sub,
 * mul, div and mod, the sign. OData has "not" above the comparisons; SensorThings' own tests read
 * `not result lt 1` as not (result lt 1), which is the only way that makes sense. */
#include "city/sta/filter.h"

#include "base/vec.h"
#include "city/sta/function.h"
#include "city/sta/parse.h"

static StaExpr *parse_or(StaParser *p);
static StaExpr *parse_additive(StaParser *p);
static StaExpr *parse_operand(StaParser *p);

static StaExpr *new_expr(StaParser *p, StaExprKind kind, size_t at)
{
    if (++p->nodes > STA_MAX_NODES) {
        sta_lexer_fail(&p->lexer, at, "this is too long: more than %d parts", STA_MAX_NODES);
        return NULL;
    }
    StaExpr *expr = arena_new(p->lexer.arena, StaExpr);
    expr->kind = kind;
    expr->at = at;
    return expr;
}

static void add_item(StaParser *p, StaExpr *expr, StaExpr *item)
{
    VEC_PUSH(p->lexer.arena, expr, item);
}

/* One level deeper; to be undone by `p->depth--`. */
static bool enter(StaParser *p)
{
    if (p->depth >= STA_MAX_DEPTH)
        return sta_lexer_fail(&p->lexer, p->lexer.token.at, "this nests deeper than %d",
                              STA_MAX_DEPTH);
    p->depth++;
    return true;
}

/* --- Paths -------------------------------------------------------------------------------- */

static size_t add_slot(StaParser *p, StaSlot slot)
{
    StaFilter *filter = p->filter;

    if (filter->slot_count == filter->slot_capacity)
        filter->slots = vec_grow(p->lexer.arena, filter->slots, filter->slot_count,
                                 &filter->slot_capacity, sizeof(StaSlot));
    filter->slots[filter->slot_count] = slot;
    return filter->slot_count++;
}

/* The slot that a relation leads to from `parent`: one for all paths that begin alike. */
static size_t slot_of(StaParser *p, size_t parent, const StaRelation *relation)
{
    StaFilter *filter = p->filter;

    for (size_t i = 1; i < filter->slot_count; i++) {
        const StaSlot *slot = &filter->slots[i];
        if (slot->parent == parent && slot->relation == relation && !slot->variable.ptr)
            return i;
    }
    return add_slot(p, (StaSlot){.entity = relation->target,
                                 .parent = parent,
                                 .relation = relation,
                                 .scope = filter->slots[parent].scope});
}

/* "[3]" */
static bool parse_index(StaParser *p, StaSteps *steps)
{
    StaLexer *lexer = &p->lexer;

    if (!sta_lexer_next(lexer))
        return false;
    if (lexer->token.value.type != STA_WHOLE)
        return sta_lexer_fail(lexer, lexer->token.at,
                              "between [ and ] stands the place in a list, from 0 on; here stands "
                              "%.*s",
                              STR_ARG(sta_lexer_here(lexer)));
    VEC_PUSH(lexer->arena, steps, (StaStep){.index = lexer->token.value.whole});
    return sta_lexer_next(lexer) && sta_lexer_expect(lexer, ']', "behind the place in a list");
}

bool sta_parse_steps(StaParser *p, StaSteps *steps)
{
    StaLexer *lexer = &p->lexer;

    while (sta_lexer_at(lexer, '/') || sta_lexer_at(lexer, '[')) {
        if (sta_lexer_at(lexer, '[')) {
            if (!parse_index(p, steps))
                return false;
            continue;
        }
        if (!sta_lexer_next_segment(lexer))
            return false;
        VEC_PUSH(lexer->arena, steps, (StaStep){.key = lexer->token.text});
        if (!sta_lexer_next(lexer))
            return false;
    }
    return !lexer->failed;
}

/* A property; the token is its name. */
static StaExpr *parse_property(StaParser *p, size_t at, size_t slot, const StaProperty *property)
{
    StaExpr *path = new_expr(p, STA_PATH, at);

    if (!path || !sta_lexer_next(&p->lexer))
        return NULL;
    path->slot = slot;
    path->property = property;
    path->type = property->type;
    size_t behind = p->lexer.token.at;
    bool parts = sta_lexer_at(&p->lexer, '/') || sta_lexer_at(&p->lexer, '[');
    if (parts && (property == &STA_ID || !sta_type_has_parts(property->type))) {
        sta_lexer_fail(&p->lexer, behind, "%s is %s: it has no parts", property->name,
                       property == &STA_ID ? "a key" : sta_type_name(property->type));
        return NULL;
    }
    if (!sta_parse_steps(p, &path->steps))
        return NULL;
    if (path->steps.count > 0)
        path->type = STA_ANY;
    return path;
}

static bool known_variable(const StaParser *p, Str name, size_t *slot)
{
    for (size_t i = 0; i < p->variable_count; i++) {
        if (str_eq(p->filter->slots[p->variables[i]].variable, name)) {
            *slot = p->variables[i];
            return true;
        }
    }
    return false;
}

/* The variable and the condition of an any(), behind its "(". */
static bool parse_inner(StaParser *p, StaExpr *some)
{
    StaLexer *lexer = &p->lexer;
    StaSlot *slot = &p->filter->slots[some->slot];
    size_t taken;

    if (lexer->token.kind != STA_TOKEN_NAME)
        return sta_lexer_fail(lexer, lexer->token.at,
                              "any( begins with a variable, as in any(d: d/name eq 'x'); here "
                              "stands %.*s",
                              STR_ARG(sta_lexer_here(lexer)));
    if (known_variable(p, lexer->token.text, &taken))
        return sta_lexer_fail(lexer, lexer->token.at, "the variable %.*s stands for two things",
                              STR_ARG(lexer->token.text));
    slot->variable = lexer->token.text;
    if (!sta_lexer_next(lexer) || !sta_lexer_expect(lexer, ':', "behind the variable of any"))
        return false;
    p->variables[p->variable_count++] = some->slot;
    StaExpr *inner = parse_or(p);
    p->variable_count--;
    if (!inner)
        return false;
    add_item(p, some, inner);
    return sta_check_condition(p, inner, "inside any()");
}

/* "any(…)"; the token is its name, before "(". A slot of its own, whatever other paths there are.
 */
static StaExpr *parse_some(StaParser *p, size_t at, size_t parent, const StaRelation *relation)
{
    StaLexer *lexer = &p->lexer;
    StaExpr *some = new_expr(p, STA_SOME, at);

    if (!some || !enter(p))
        return NULL;
    some->type = STA_BOOL;
    if (!sta_lexer_next(lexer) || !sta_lexer_next(lexer))
        return NULL;
    some->slot = add_slot(p, (StaSlot){.entity = relation->target,
                                       .parent = parent,
                                       .relation = relation,
                                       .scope = p->filter->slot_count,
                                       .variable = STR("")});
    if (!sta_lexer_at(lexer, ')') && !parse_inner(p, some))
        return NULL;
    p->depth--;
    return sta_lexer_expect(lexer, ')', "behind any") ? some : NULL;
}

static StaExpr *fail_member(StaParser *p, StaEntity entity)
{
    StaLexer *lexer = &p->lexer;

    sta_lexer_fail(lexer, lexer->token.at, "%.*s has no \"%.*s\". %.*s",
                   STR_ARG(str_c(sta_entity(entity)->name)), STR_ARG(lexer->token.text),
                   STR_ARG(sta_members(lexer->arena, entity)));
    return NULL;
}

/* The token is the first name behind the entity in `slot`. */
static StaExpr *parse_members(StaParser *p, size_t at, size_t slot)
{
    StaLexer *lexer = &p->lexer;

    for (;;) {
        StaEntity entity = p->filter->slots[slot].entity;
        Str name = lexer->token.text;
        const StaProperty *property = sta_property(entity, name);
        if (property)
            return parse_property(p, at, slot, property);
        const StaRelation *relation = sta_relation(entity, name);
        if (!relation)
            return fail_member(p, entity);
        if (!sta_lexer_next(lexer))
            return NULL;
        if (!sta_lexer_at(lexer, '/')) {
            sta_lexer_fail(lexer, lexer->token.at,
                           "%s is a relation; a property of it is missing, such as %s/id",
                           relation->name, relation->name);
            return NULL;
        }
        if (!sta_lexer_next_segment(lexer))
            return NULL;
        bool called = lexer->at < lexer->text.len && lexer->text.ptr[lexer->at] == '(';
        if (called && relation->many && str_is(lexer->token.text, "any"))
            return parse_some(p, at, slot, relation);
        slot = slot_of(p, slot, relation);
    }
}

static StaExpr *parse_path(StaParser *p)
{
    StaLexer *lexer = &p->lexer;
    size_t at = lexer->token.at, slot = 0;

    if (known_variable(p, lexer->token.text, &slot)) {
        Str name = lexer->token.text;
        if (!sta_lexer_next(lexer))
            return NULL;
        if (!sta_lexer_at(lexer, '/')) {
            sta_lexer_fail(lexer, lexer->token.at, "behind %.*s a property is missing: %.*s/id",
                           STR_ARG(name), STR_ARG(name));
            return NULL;
        }
        if (!sta_lexer_next_segment(lexer))
            return NULL;
    }
    return parse_members(p, at, slot);
}

/* --- Operands ------------------------------------------------------------------------------- */

static StaExpr *parse_call(StaParser *p, const StaFunction *function)
{
    StaLexer *lexer = &p->lexer;
    StaExpr *call = new_expr(p, STA_CALL, lexer->token.at);

    if (!call || !enter(p) || !sta_lexer_next(lexer) || !sta_lexer_next(lexer))
        return NULL;
    call->function = function;
    while (!sta_lexer_at(lexer, ')')) {
        if (call->count && !sta_lexer_expect(lexer, ',', "between two arguments"))
            return NULL;
        StaExpr *argument = parse_or(p);
        if (!argument)
            return NULL;
        add_item(p, call, argument);
    }
    p->depth--;
    return sta_check_call(p, call) && sta_lexer_next(lexer) ? call : NULL;
}

static StaExpr *literal(StaParser *p, StaValue value)
{
    StaExpr *expr = new_expr(p, STA_LITERAL, p->lexer.token.at);

    if (!expr)
        return NULL;
    expr->literal = value;
    expr->type = value.type;
    expr->wkt = p->lexer.token.wkt;
    if (value.type == STA_TIME)
        expr->type = sta_time_is_instant(value.time) ? STA_INSTANT : STA_INTERVAL;
    if (value.type == STA_GEOMETRY) {
        StaFilter *filter = p->filter;
        if (filter->shape_count == filter->shape_capacity)
            filter->shapes = vec_grow(p->lexer.arena, filter->shapes, filter->shape_count,
                                      &filter->shape_capacity, sizeof(StaExpr *));
        expr->slot = filter->shape_count;
        filter->shapes[filter->shape_count++] = expr;
    }
    return sta_lexer_next(&p->lexer) ? expr : NULL;
}

static StaExpr *parse_name(StaParser *p)
{
    StaLexer *lexer = &p->lexer;
    bool called = lexer->at < lexer->text.len && lexer->text.ptr[lexer->at] == '(';

    if (called && !sta_relation(p->filter->entity, lexer->token.text)) {
        const StaFunction *function = sta_function(lexer->token.text);
        if (function)
            return parse_call(p, function);
        sta_lexer_fail(lexer, lexer->token.at, "there is no function \"%.*s\"",
                       STR_ARG(lexer->token.text));
        return NULL;
    }
    if (sta_lexer_at_word(lexer, "true"))
        return literal(p, sta_bool(true));
    if (sta_lexer_at_word(lexer, "false"))
        return literal(p, sta_bool(false));
    if (sta_lexer_at_word(lexer, "null"))
        return literal(p, sta_null());
    if (sta_lexer_at_word(lexer, "not")) {
        sta_lexer_fail(lexer, lexer->token.at, "here \"not\" needs parentheses: (not …)");
        return NULL;
    }
    return parse_path(p);
}

static StaExpr *parse_parentheses(StaParser *p)
{
    if (!enter(p) || !sta_lexer_next(&p->lexer))
        return NULL;
    StaExpr *inner = parse_or(p);
    p->depth--;
    return inner && sta_lexer_expect(&p->lexer, ')', "behind what ( began") ? inner : NULL;
}

/* The sign of a number belongs to it. */
static StaExpr *parse_sign(StaParser *p)
{
    size_t at = p->lexer.token.at;

    if (!enter(p) || !sta_lexer_next(&p->lexer))
        return NULL;
    StaExpr *operand = parse_operand(p);
    p->depth--;
    if (!operand)
        return NULL;
    if (operand->kind == STA_LITERAL && sta_is_number(operand->literal)) {
        StaValue value = operand->literal;
        operand->literal =
            value.type == STA_WHOLE ? sta_whole(-value.whole) : sta_number(-value.number);
        operand->at = at;
        return operand;
    }
    StaExpr *sign = new_expr(p, STA_OPERATION, at);
    if (!sign)
        return NULL;
    sign->op = STA_NEGATE;
    add_item(p, sign, operand);
    return sta_check_operation(p, sign) ? sign : NULL;
}

static StaExpr *parse_operand(StaParser *p)
{
    StaLexer *lexer = &p->lexer;

    if (lexer->failed)
        return NULL;
    if (lexer->token.kind == STA_TOKEN_NAME)
        return parse_name(p);
    if (lexer->token.kind == STA_TOKEN_LITERAL)
        return literal(p, lexer->token.value);
    if (sta_lexer_at(lexer, '('))
        return parse_parentheses(p);
    if (sta_lexer_at(lexer, '-'))
        return parse_sign(p);
    sta_lexer_fail(lexer, lexer->token.at, "a value is missing; here stands %.*s",
                   STR_ARG(sta_lexer_here(lexer)));
    return NULL;
}

/* --- Operations ------------------------------------------------------------------------------ */

/* The operator that stands here, of those from `first` to `last`. */
static bool operator_here(const StaParser *p, StaOperator first, StaOperator last, StaOperator *out)
{
    for (int op = (int)first; op <= (int)last; op++) {
        if (sta_lexer_at_word(&p->lexer, STA_OPERATOR_WORDS[op])) {
            *out = (StaOperator)op;
            return true;
        }
    }
    return false;
}

static StaExpr *operation(StaParser *p, size_t at, StaOperator op, StaExpr *left, StaExpr *right)
{
    StaExpr *expr = left && right ? new_expr(p, STA_OPERATION, at) : NULL;

    if (!expr)
        return NULL;
    expr->op = op;
    add_item(p, expr, left);
    add_item(p, expr, right);
    return sta_check_operation(p, expr) ? expr : NULL;
}

/* left op right op right …, from the left. */
static StaExpr *parse_chain(StaParser *p, StaOperator first, StaOperator last,
                            StaExpr *(*parse_side)(StaParser *))
{
    StaExpr *left = parse_side(p);
    StaOperator op;

    while (left && operator_here(p, first, last, &op)) {
        size_t at = p->lexer.token.at;
        if (!sta_lexer_next(&p->lexer))
            return NULL;
        left = operation(p, at, op, left, parse_side(p));
    }
    return left;
}

static StaExpr *parse_multiplicative(StaParser *p)
{
    return parse_chain(p, STA_MUL, STA_MOD, parse_operand);
}

static StaExpr *parse_additive(StaParser *p)
{
    return parse_chain(p, STA_ADD, STA_SUB, parse_multiplicative);
}

/* Behind "in": "(1, 2, 3)" or a path to a list. */
static StaExpr *parse_in(StaParser *p, StaExpr *left)
{
    StaLexer *lexer = &p->lexer;
    StaExpr *in = new_expr(p, STA_IN_PATH, lexer->token.at);

    if (!in || !sta_lexer_next(lexer))
        return NULL;
    add_item(p, in, left);
    in->type = STA_BOOL;
    if (!sta_lexer_at(lexer, '(')) {
        StaExpr *list = parse_operand(p);
        if (!list)
            return NULL;
        add_item(p, in, list);
        return sta_check_in(p, in) ? in : NULL;
    }
    in->kind = STA_IN_LIST;
    do {
        if (!sta_lexer_next(lexer))
            return NULL;
        StaExpr *item = parse_additive(p);
        if (!item)
            return NULL;
        add_item(p, in, item);
    } while (sta_lexer_at(lexer, ','));
    return sta_lexer_expect(lexer, ')', "behind the list of \"in\"") && sta_check_in(p, in) ? in
                                                                                            : NULL;
}

static StaExpr *parse_relational(StaParser *p)
{
    StaExpr *left = parse_additive(p);
    StaOperator op;

    while (left) {
        size_t at = p->lexer.token.at;
        if (sta_lexer_at_word(&p->lexer, "in")) {
            left = parse_in(p, left);
        } else if (operator_here(p, STA_GT, STA_LE, &op)) {
            if (!sta_lexer_next(&p->lexer))
                return NULL;
            left = operation(p, at, op, left, parse_additive(p));
        } else {
            return left;
        }
    }
    return NULL;
}

static StaExpr *parse_equality(StaParser *p)
{
    return parse_chain(p, STA_EQ, STA_NE, parse_relational);
}

static StaExpr *parse_not(StaParser *p)
{
    size_t at = p->lexer.token.at;

    if (!sta_lexer_at_word(&p->lexer, "not"))
        return parse_equality(p);
    if (!enter(p) || !sta_lexer_next(&p->lexer))
        return NULL;
    StaExpr *operand = parse_not(p);
    p->depth--;
    StaExpr *expr = operand ? new_expr(p, STA_OPERATION, at) : NULL;
    if (!expr)
        return NULL;
    expr->op = STA_NOT;
    add_item(p, expr, operand);
    return sta_check_operation(p, expr) ? expr : NULL;
}

/* side op side op …, as one node. */
static StaExpr *parse_many(StaParser *p, StaOperator op, StaExpr *(*parse_side)(StaParser *))
{
    StaExpr *first = parse_side(p), *all = NULL;

    while (first && sta_lexer_at_word(&p->lexer, STA_OPERATOR_WORDS[op])) {
        if (!all) {
            all = new_expr(p, STA_OPERATION, p->lexer.token.at);
            if (!all)
                return NULL;
            all->op = op;
            add_item(p, all, first);
        }
        if (!sta_lexer_next(&p->lexer))
            return NULL;
        StaExpr *side = parse_side(p);
        if (!side)
            return NULL;
        add_item(p, all, side);
    }
    if (!all)
        return first;
    return sta_check_operation(p, all) ? all : NULL;
}

static StaExpr *parse_and(StaParser *p)
{
    return parse_many(p, STA_AND, parse_not);
}

static StaExpr *parse_or(StaParser *p)
{
    return p->lexer.failed ? NULL : parse_many(p, STA_OR, parse_and);
}

/* --- The whole ----------------------------------------------------------------------------------
 */

/* Each literal geometry is one. */
static bool check_shapes(StaParser *p, const StaFilter *filter)
{
    if (filter->shape_count == 0)
        return true;
    StaShapes *shapes = sta_shapes_create(p->lexer.err);
    if (!shapes) {
        p->lexer.failed = true;
        return false;
    }
    for (size_t i = 0; i < filter->shape_count; i++)
        if (!sta_shape_of_wkt(shapes, filter->shapes[i]->wkt))
            sta_lexer_fail(&p->lexer, filter->shapes[i]->at,
                           "this is no geometry in WKT; one looks like POINT(7.6 51.9)");
    sta_shapes_destroy(shapes);
    return !p->lexer.failed;
}

bool sta_parse_end(StaParser *p)
{
    if (p->lexer.failed || p->lexer.token.kind == STA_TOKEN_END)
        return !p->lexer.failed;
    return sta_lexer_fail(&p->lexer, p->lexer.token.at, "%.*s does not belong here",
                          STR_ARG(sta_lexer_here(&p->lexer)));
}

static bool at_end_of_filter(const StaLexer *lexer)
{
    return lexer->token.kind == STA_TOKEN_END || sta_lexer_at(lexer, ';') ||
           sta_lexer_at(lexer, ')');
}

/* What stands behind too little of a condition is the nearer cause. */
static bool check_filter(StaParser *p, const StaExpr *root)
{
    return at_end_of_filter(&p->lexer) ? sta_check_condition(p, root, "as a filter")
                                       : sta_parse_end(p);
}

StaFilter *sta_parse_filter(StaParser *p, StaEntity entity, bool condition)
{
    StaFilter *filter = arena_new(p->lexer.arena, StaFilter);

    filter->entity = entity;
    p->filter = filter;
    p->variable_count = 0;
    add_slot(p, (StaSlot){.entity = entity});
    filter->root = parse_or(p);
    if (!filter->root || (condition && !check_filter(p, filter->root)) || !check_shapes(p, filter))
        return NULL;
    return filter;
}

StaFilter *sta_filter_parse(Arena *arena, StaEntity entity, Str text, Err *err)
{
    StaParser p = {0};

    if (!sta_lexer_begin(&p.lexer, arena, "$filter", text, err))
        return NULL;
    StaFilter *filter = sta_parse_filter(&p, entity, true);
    return filter && sta_parse_end(&p) ? filter : NULL;
}
