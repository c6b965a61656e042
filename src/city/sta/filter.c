/* SPDX-License-Identifier: EUPL-1.2 */
/* Recursive descent, from what binds weakest: or, and, not, equality, order and "in", add and sub,
 * mul, div and mod, the sign. OData has "not" above the comparisons; SensorThings' own tests read
 * `not result lt 1` as not (result lt 1), which is the only way that makes sense. */
#include "city/sta/filter.h"

#include "base/vec.h"
#include "city/sta/function.h"
#include "city/sta/parse.h"

static StaExpr *parse_additive(StaParser *p);
static StaExpr *parse_operand(StaParser *p);

StaExpr *sta_new_expr(StaParser *p, StaExprKind kind, size_t at)
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

void sta_add_item(StaParser *p, StaExpr *expr, StaExpr *item)
{
    VEC_PUSH(p->lexer.arena, expr, item);
}

bool sta_parse_enter(StaParser *p)
{
    if (p->depth >= STA_MAX_DEPTH)
        return sta_lexer_fail(&p->lexer, p->lexer.token.at, "this nests deeper than %d",
                              STA_MAX_DEPTH);
    p->depth++;
    return true;
}

/* --- Operands ------------------------------------------------------------------------------- */

static StaExpr *parse_call(StaParser *p, const StaFunction *function)
{
    StaLexer *lexer = &p->lexer;
    StaExpr *call = sta_new_expr(p, STA_CALL, lexer->token.at);

    if (!call || !sta_parse_enter(p) || !sta_lexer_next(lexer) || !sta_lexer_next(lexer))
        return NULL;
    call->function = function;
    while (!sta_lexer_at(lexer, ')')) {
        if (call->count && !sta_lexer_expect(lexer, ',', "between two arguments"))
            return NULL;
        StaExpr *argument = sta_parse_expression(p);
        if (!argument)
            return NULL;
        sta_add_item(p, call, argument);
    }
    p->depth--;
    return sta_check_call(p, call) && sta_lexer_next(lexer) ? call : NULL;
}

static StaExpr *literal(StaParser *p, StaValue value)
{
    StaExpr *expr = sta_new_expr(p, STA_LITERAL, p->lexer.token.at);

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
    return sta_parse_path(p);
}

static StaExpr *parse_parentheses(StaParser *p)
{
    if (!sta_parse_enter(p) || !sta_lexer_next(&p->lexer))
        return NULL;
    StaExpr *inner = sta_parse_expression(p);
    p->depth--;
    return inner && sta_lexer_expect(&p->lexer, ')', "behind what ( began") ? inner : NULL;
}

/* The sign of a number belongs to it. */
static StaExpr *parse_sign(StaParser *p)
{
    size_t at = p->lexer.token.at;

    if (!sta_parse_enter(p) || !sta_lexer_next(&p->lexer))
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
    StaExpr *sign = sta_new_expr(p, STA_OPERATION, at);
    if (!sign)
        return NULL;
    sign->op = STA_NEGATE;
    sta_add_item(p, sign, operand);
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
    StaExpr *expr = left && right ? sta_new_expr(p, STA_OPERATION, at) : NULL;

    if (!expr)
        return NULL;
    expr->op = op;
    sta_add_item(p, expr, left);
    sta_add_item(p, expr, right);
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
    StaExpr *in = sta_new_expr(p, STA_IN_PATH, lexer->token.at);

    if (!in || !sta_lexer_next(lexer))
        return NULL;
    sta_add_item(p, in, left);
    in->type = STA_BOOL;
    if (!sta_lexer_at(lexer, '(')) {
        StaExpr *list = parse_operand(p);
        if (!list)
            return NULL;
        sta_add_item(p, in, list);
        return sta_check_in(p, in) ? in : NULL;
    }
    in->kind = STA_IN_LIST;
    do {
        if (!sta_lexer_next(lexer))
            return NULL;
        StaExpr *item = parse_additive(p);
        if (!item)
            return NULL;
        sta_add_item(p, in, item);
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
    if (!sta_parse_enter(p) || !sta_lexer_next(&p->lexer))
        return NULL;
    StaExpr *operand = parse_not(p);
    p->depth--;
    StaExpr *expr = operand ? sta_new_expr(p, STA_OPERATION, at) : NULL;
    if (!expr)
        return NULL;
    expr->op = STA_NOT;
    sta_add_item(p, expr, operand);
    return sta_check_operation(p, expr) ? expr : NULL;
}

/* side op side op …, as one node. */
static StaExpr *parse_many(StaParser *p, StaOperator op, StaExpr *(*parse_side)(StaParser *))
{
    StaExpr *first = parse_side(p), *all = NULL;

    while (first && sta_lexer_at_word(&p->lexer, STA_OPERATOR_WORDS[op])) {
        if (!all) {
            all = sta_new_expr(p, STA_OPERATION, p->lexer.token.at);
            if (!all)
                return NULL;
            all->op = op;
            sta_add_item(p, all, first);
        }
        if (!sta_lexer_next(&p->lexer))
            return NULL;
        StaExpr *side = parse_side(p);
        if (!side)
            return NULL;
        sta_add_item(p, all, side);
    }
    if (!all)
        return first;
    return sta_check_operation(p, all) ? all : NULL;
}

static StaExpr *parse_and(StaParser *p)
{
    return parse_many(p, STA_AND, parse_not);
}

StaExpr *sta_parse_expression(StaParser *p)
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
    sta_add_slot(p, (StaSlot){.entity = entity});
    filter->root = sta_parse_expression(p);
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
