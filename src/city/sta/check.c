/* SPDX-License-Identifier: EUPL-1.2 */
/* Types of expressions, as far as they are known before there are values. */
#include "city/sta/function.h"
#include "city/sta/parse.h"

#include <stdio.h>

const char *const STA_OPERATOR_WORDS[STA_OPERATORS] = {
    [STA_OR] = "or",   [STA_AND] = "and", [STA_NOT] = "not", [STA_EQ] = "eq",   [STA_NE] = "ne",
    [STA_GT] = "gt",   [STA_GE] = "ge",   [STA_LT] = "lt",   [STA_LE] = "le",   [STA_ADD] = "add",
    [STA_SUB] = "sub", [STA_MUL] = "mul", [STA_DIV] = "div", [STA_MOD] = "mod", [STA_NEGATE] = "-",
};

static bool is_number(StaType type)
{
    return type == STA_WHOLE || type == STA_NUMBER;
}

static bool is_time(StaType type)
{
    return type == STA_INSTANT || type == STA_INTERVAL || type == STA_TIME;
}

static bool is_day(StaType type)
{
    return is_time(type) || type == STA_DATE;
}

static bool comparable(StaType a, StaType b)
{
    if (a == STA_GEOMETRY || b == STA_GEOMETRY)
        return a == STA_NULL || b == STA_NULL;
    if (sta_type_is_open(a) || sta_type_is_open(b) || a == b)
        return true;
    return (is_number(a) && is_number(b)) || (is_day(a) && is_day(b));
}

static bool fail_types(StaParser *p, const StaExpr *expr)
{
    const char *word = STA_OPERATOR_WORDS[expr->op];
    StaType left = expr->items[0]->type, right = expr->items[1]->type;
    const char *hint = "";

    if ((is_day(left) && right == STA_TEXT) || (left == STA_TEXT && is_day(right)))
        hint = "; times are written without quotes";
    if (left == STA_GEOMETRY || right == STA_GEOMETRY)
        hint = "; geometries are compared by st_equals, st_within and the like";
    return sta_lexer_fail(&p->lexer, expr->at, "\"%s\" does not go with %s and %s%s", word,
                          sta_type_name(left), sta_type_name(right), hint);
}

/* What "add" and "sub" give; STA_NULL: nothing. */
static StaType sum_type(StaOperator op, StaType left, StaType right)
{
    if (is_number(left) && is_number(right))
        return left == STA_WHOLE && right == STA_WHOLE ? STA_WHOLE : STA_NUMBER;
    if (is_day(left) && right == STA_DURATION)
        return left == STA_DATE ? STA_INSTANT : left;
    if (left == STA_DURATION && right == STA_DURATION)
        return STA_DURATION;
    if (op == STA_ADD && left == STA_DURATION && is_day(right))
        return right == STA_DATE ? STA_INSTANT : right;
    if (op == STA_SUB && is_day(left) && is_day(right))
        return STA_DURATION;
    if (sta_type_is_open(left) || sta_type_is_open(right))
        return is_number(left) || is_number(right) ? STA_NUMBER : STA_ANY;
    return STA_NULL;
}

static StaType product_type(StaOperator op, StaType left, StaType right)
{
    if (is_number(left) && is_number(right))
        return left == STA_WHOLE && right == STA_WHOLE ? STA_WHOLE : STA_NUMBER;
    if (left == STA_DURATION && (is_number(right) || sta_type_is_open(right)) && op != STA_MOD)
        return STA_DURATION;
    if (op == STA_MUL && right == STA_DURATION && (is_number(left) || sta_type_is_open(left)))
        return STA_DURATION;
    if ((sta_type_is_open(left) || is_number(left)) &&
        (sta_type_is_open(right) || is_number(right)))
        return STA_NUMBER;
    return STA_NULL;
}

/* Could the operand take part in sums at all? */
static bool is_summand(StaType type)
{
    return sta_type_is_open(type) || is_number(type) || is_day(type) || type == STA_DURATION;
}

static bool check_arithmetic(StaParser *p, StaExpr *expr)
{
    StaType left = expr->items[0]->type, right = expr->items[1]->type;
    bool sum = expr->op == STA_ADD || expr->op == STA_SUB;

    if (!is_summand(left) || !is_summand(right))
        return fail_types(p, expr);
    expr->type = sum ? sum_type(expr->op, left, right) : product_type(expr->op, left, right);
    return expr->type == STA_NULL ? fail_types(p, expr) : true;
}

bool sta_check_condition(StaParser *p, const StaExpr *expr, const char *where)
{
    if (expr->type == STA_BOOL || sta_type_is_open(expr->type))
        return true;
    return sta_lexer_fail(&p->lexer, expr->at, "%s something true or false is missing; here is %s",
                          where, sta_type_name(expr->type));
}

static bool check_conditions(StaParser *p, const StaExpr *expr)
{
    char where[20];

    snprintf(where, sizeof where, "with \"%s\"", STA_OPERATOR_WORDS[expr->op]);
    for (size_t i = 0; i < expr->count; i++)
        if (!sta_check_condition(p, expr->items[i], where))
            return false;
    return true;
}

bool sta_check_operation(StaParser *p, StaExpr *expr)
{
    StaType first = expr->items[0]->type;

    switch (expr->op) {
    case STA_OR:
    case STA_AND:
    case STA_NOT: expr->type = STA_BOOL; return check_conditions(p, expr);
    case STA_NEGATE:
        expr->type = sta_type_is_open(first) ? STA_NUMBER : first;
        if (sta_type_is_open(first) || is_number(first) || first == STA_DURATION)
            return true;
        return sta_lexer_fail(&p->lexer, expr->at, "\"-\" does not go with %s",
                              sta_type_name(first));
    case STA_ADD:
    case STA_SUB:
    case STA_MUL:
    case STA_DIV:
    case STA_MOD: return check_arithmetic(p, expr);
    default:
        expr->type = STA_BOOL;
        return comparable(first, expr->items[1]->type) ? true : fail_types(p, expr);
    }
}

bool sta_check_call(StaParser *p, StaExpr *expr)
{
    const StaFunction *function = expr->function;
    Str signature = sta_function_signature(p->lexer.arena, function);

    expr->type = function->result;
    if (expr->count < function->least || expr->count > function->most)
        return sta_lexer_fail(&p->lexer, expr->at, "%.*s got %zu argument%s", STR_ARG(signature),
                              expr->count, expr->count == 1 ? "" : "s");
    for (size_t i = 0; i < expr->count; i++)
        if (!sta_function_takes(function->parameters[i], expr->items[i]->type))
            return sta_lexer_fail(&p->lexer, expr->items[i]->at, "%.*s got %s as argument %zu",
                                  STR_ARG(signature), sta_type_name(expr->items[i]->type), i + 1);
    return true;
}

bool sta_check_in(StaParser *p, StaExpr *expr)
{
    StaType left = expr->items[0]->type;

    if (expr->kind == STA_IN_PATH) {
        if (sta_type_is_open(expr->items[1]->type))
            return true;
        return sta_lexer_fail(&p->lexer, expr->items[1]->at,
                              "behind \"in\" stands a list, (1, 2) or a path to one; here is %s",
                              sta_type_name(expr->items[1]->type));
    }
    for (size_t i = 1; i < expr->count; i++)
        if (!comparable(left, expr->items[i]->type))
            return sta_lexer_fail(&p->lexer, expr->items[i]->at,
                                  "\"in\" does not go with %s and %s", sta_type_name(left),
                                  sta_type_name(expr->items[i]->type));
    return true;
}
