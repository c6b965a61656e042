/* SPDX-License-Identifier: EUPL-1.2 */
/* Expressions: operators by precedence, postfixes, primaries (10.3.1.2). */
#include "feel/parse.h"

#include "feel/builtin.h"
#include "feel/moment.h"

#include <stdio.h>

void parse_fail(Parser *p, size_t place, const char *format, ...)
{
    char message[600];
    const char *german = p->german ? parse_german(format) : NULL;
    va_list args;
    int line = p->line, column = p->column;

    va_start(args, format);
    vsnprintf(message, sizeof message, german ? german : format, args);
    va_end(args);
    for (size_t i = 0; i < place && i < p->text.len; i++) {
        if (p->text.ptr[i] == '\n') {
            line++;
            column = 1;
        } else if ((p->text.ptr[i] & 0xC0) != 0x80) {
            column++;
        }
    }
    err_at(p->err, p->file, line, column, "%s", message);
    longjmp(p->failed, 1);
}

Term *term_new(Parser *p, TermOp op, size_t place, const FeelType *type)
{
    Term *term = arena_new(p->arena, Term);

    term->op = (uint8_t)op;
    term->place = (uint32_t)place;
    term->type = type ? type : feel_type(FEEL_ANY);
    term->height = 1;
    return term;
}

void term_part(Parser *p, Term *term, const Term *part)
{
    if (part->height >= FEEL_MAX_HEIGHT)
        parse_fail(p, part->place, "the expression is too long or nested too deeply; split it");
    if (part->height >= term->height)
        term->height = (uint16_t)(part->height + 1);
}

const Term *term_constant(Parser *p, size_t place, FeelValue value)
{
    Term *term = term_new(p, TERM_CONSTANT, place, type_of_value(p->arena, value));

    term->constant = value;
    return term;
}

const Term *term_fold(Parser *p, const Term *term)
{
    FeelValue value;

    if (!eval_constant(p->arena, term, p->slot_most, &value))
        return term;
    Term *folded = term_new(p, TERM_CONSTANT, term->place, term->type);
    folded->constant = value;
    folded->folded = term;
    folded->height = term->height; /* whoever prints walks down the folded term */
    if (value.kind == FEEL_LIST || value.kind == FEEL_RANGE || type_unknown(term->type))
        folded->type = type_of_value(p->arena, value);
    return folded;
}

static const Term *binary(Parser *p, TermOp op, size_t place, const Term *a, const Term *b)
{
    const FeelType *type = feel_type(FEEL_BOOLEAN);

    if (op >= TERM_ADD && op <= TERM_POWER) {
        type = check_arithmetic(p, op, a, b, place);
    } else if (op == TERM_EQUAL || op == TERM_NOT_EQUAL) {
        check_equality(p, a, b, place);
    } else if (op >= TERM_LESS && op <= TERM_GREATER_EQUAL) {
        check_order(p, a, b, place);
    } else {
        check_boolean(p, a, op == TERM_AND ? "left of \"and\"" : "left of \"or\"");
        check_boolean(p, b, op == TERM_AND ? "right of \"and\"" : "right of \"or\"");
    }
    Term *term = term_new(p, op, place, type);
    term->a = a;
    term->b = b;
    term_part(p, term, a);
    term_part(p, term, b);
    /* A division by zero stays, for the analysis to name it. */
    bool lost = op == TERM_DIVIDE && is_constant(b) && value_is_zero(b->constant);
    return is_constant(a) && is_constant(b) && !lost ? term_fold(p, term) : term;
}

static bool accept_operator(Parser *p, int level, TermOp *op)
{
    static const struct {
        const char *symbol;
        int level;
        TermOp op;
    } operators[] = {
        {"**", LEVEL_POWER, TERM_POWER},        {"*", LEVEL_PRODUCT, TERM_MULTIPLY},
        {"/", LEVEL_PRODUCT, TERM_DIVIDE},      {"+", LEVEL_SUM, TERM_ADD},
        {"-", LEVEL_SUM, TERM_SUBTRACT},        {"!=", LEVEL_COMPARE, TERM_NOT_EQUAL},
        {"<=", LEVEL_COMPARE, TERM_LESS_EQUAL}, {">=", LEVEL_COMPARE, TERM_GREATER_EQUAL},
        {"<", LEVEL_COMPARE, TERM_LESS},        {">", LEVEL_COMPARE, TERM_GREATER},
        {"=", LEVEL_COMPARE, TERM_EQUAL},
    };
    char next = peek(p);

    if (next == '\0' || !strchr("*/+-!<>=", next))
        return false;
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t before = p->at;
        if (!parse_accept(p, operators[i].symbol))
            continue;
        if (operators[i].level != level) {
            p->at = before;
            return false;
        }
        *op = operators[i].op;
        return true;
    }
    return false;
}

static const Term *parse_between(Parser *p, const Term *value, size_t place)
{
    const Term *low = parse_operators(p, LEVEL_SUM);

    expect_word(p, "and", "between the two ends of \"between\"");
    const Term *high = parse_operators(p, LEVEL_SUM);
    check_order(p, value, low, place);
    check_order(p, value, high, place);
    Term *term = term_new(p, TERM_BETWEEN, place, feel_type(FEEL_BOOLEAN));
    term->a = value;
    term->b = low;
    term->c = high;
    term_part(p, term, value);
    term_part(p, term, low);
    term_part(p, term, high);
    return is_constant(value) && is_constant(low) && is_constant(high) ? term_fold(p, term) : term;
}

static const Term *parse_instance_of(Parser *p, const Term *operand, size_t place)
{
    expect_word(p, "of", "after \"instance\"");
    Term *term = term_new(p, TERM_INSTANCE_OF, place, feel_type(FEEL_BOOLEAN));
    term->operand = operand;
    p->type_unmapped = false;
    term->wanted = parse_type(p);
    if (p->type_unmapped && !p->strict)
        return term_constant(p, place, VALUE_NULL);
    term_part(p, term, operand);
    return is_constant(operand) ? term_fold(p, term) : term;
}

/* `[` right of the upper end of a range closes it when nothing that could be inside a
 * filter follows: [1..x[ */
static bool bracket_closes(Parser *p)
{
    size_t before = p->at;
    bool closes = false;

    if (!p->closing_bracket || !parse_accept(p, "["))
        return false;
    char next = peek(p);
    closes = next == '\0' || strchr(")],}=<>!*/+.", next) || peek_word(p, "and") ||
             peek_word(p, "or") || peek_word(p, "then") || peek_word(p, "else") ||
             peek_word(p, "return") || peek_word(p, "satisfies") || peek_word(p, "instance");
    p->at = before;
    return closes;
}

static bool at_path_point(Parser *p)
{
    return peek(p) == '.' && !(p->at + 1 < p->text.len && p->text.ptr[p->at + 1] == '.');
}

static const Term *parse_primary(Parser *p);

/* Paths, filters, calls and instance of. */
static const Term *parse_postfix(Parser *p)
{
    const Term *term = parse_primary(p);

    for (;;) {
        char next = peek(p);
        size_t place = p->at;
        if (next == '.' && at_path_point(p)) {
            p->at++;
            term = parse_path_step(p, term);
        } else if (next == '[' && !bracket_closes(p)) {
            p->at++;
            term = parse_filter(p, term);
        } else if (next == '(') {
            p->at++;
            term = parse_invocation(p, term);
        } else if (accept_word(p, "instance")) {
            term = parse_instance_of(p, term, place);
        } else {
            return term;
        }
    }
}

static const Term *parse_unary(Parser *p)
{
    char next = peek(p);
    size_t place = p->at;

    if (next != '-')
        return parse_postfix(p);
    p->at++;
    if (++p->depth > FEEL_MAX_PARSE_DEPTH)
        parse_fail(p, place, "the expression is nested too deeply; split it");
    const Term *operand = parse_unary(p);
    p->depth--;
    const FeelType *type = operand->type;
    bool fits = type_unknown(type) || type->kind == FEEL_NUMBER ||
                type->kind == FEEL_DAYS_DURATION || type->kind == FEEL_MONTHS_DURATION;
    if (p->strict && !fits)
        parse_fail(p, place, "\"-\" needs a number or a duration, not a %.*s",
                   STR_ARG(feel_type_name(p->arena, type)));
    Term *term = term_new(p, TERM_NEGATE, place, fits ? type_unbounded(type) : NULL);
    term->a = operand;
    term_part(p, term, operand);
    return is_constant(operand) ? term_fold(p, term) : term;
}

/* Operators of one level that are words: and, or, in, between. */
static const Term *parse_word_operator(Parser *p, const Term *left, int level)
{
    size_t place = (skip_blanks(p), p->at);

    if (level == LEVEL_OR && accept_word(p, "or"))
        return binary(p, TERM_OR, place, left, parse_operators(p, LEVEL_AND));
    if (level == LEVEL_AND && accept_word(p, "and"))
        return binary(p, TERM_AND, place, left, parse_operators(p, LEVEL_COMPARE));
    if (level == LEVEL_COMPARE && accept_word(p, "between"))
        return parse_between(p, left, place);
    if (level == LEVEL_COMPARE && accept_word(p, "in"))
        return parse_in(p, left, place);
    return NULL;
}

const Term *parse_operators(Parser *p, int level)
{
    if (level > LEVEL_POWER)
        return parse_unary(p);
    const Term *left = parse_operators(p, level + 1);
    for (;;) {
        size_t place = (skip_blanks(p), p->at);
        TermOp op;
        const Term *longer = parse_word_operator(p, left, level);
        if (longer)
            left = longer;
        else if (accept_operator(p, level, &op))
            left = binary(p, op, place, left, parse_operators(p, level + 1));
        else
            return left;
    }
}

const Term *parse_expression(Parser *p)
{
    bool closing = p->closing_bracket;

    if (++p->depth > FEEL_MAX_PARSE_DEPTH)
        parse_fail(p, p->at, "the expression is nested too deeply; split it");
    p->closing_bracket = false;
    const Term *term = parse_operators(p, LEVEL_OR);
    p->closing_bracket = closing;
    p->depth--;
    return term;
}

static const Term *parse_if(Parser *p, size_t place)
{
    const Term *condition = parse_expression(p);

    expect_word(p, "then", "after the condition of \"if\"");
    const Term *yes = parse_expression(p);
    expect_word(p, "else", "after \"then\"; FEEL's \"if\" always has both parts");
    const Term *no = parse_expression(p);
    check_boolean(p, condition, "after \"if\"");
    Term *term = term_new(p, TERM_IF, place, type_either(p->arena, yes->type, no->type));
    term->a = condition;
    term->b = yes;
    term->c = no;
    term_part(p, term, condition);
    term_part(p, term, yes);
    term_part(p, term, no);
    return is_constant(condition) ? (value_is_true(condition->constant) ? yes : no) : term;
}

static const Term *parse_at_literal(Parser *p, size_t place)
{
    FeelValue value;

    p->at++;
    if (peek(p) != '"')
        parse_fail(p, place, "\"@\" needs a date, time or duration in quotes");
    Str text = parse_string_literal(p);
    if (!moment_parse_any(p->arena, text, &value)) {
        if (p->strict)
            parse_fail(p, place, "\"%.*s\" is no date, time or duration", STR_ARG(text));
        value = VALUE_NULL;
    }
    return term_constant(p, place, value);
}

/* Words that begin an expression or are one; NULL and no move when there is none. */
static const Term *parse_keyword(Parser *p, size_t place)
{
    if (accept_word(p, "true"))
        return term_constant(p, place, value_boolean(true));
    if (accept_word(p, "false"))
        return term_constant(p, place, value_boolean(false));
    if (accept_word(p, "null"))
        return term_constant(p, place, VALUE_NULL);
    if (accept_word(p, "if"))
        return parse_if(p, place);
    if (accept_word(p, "for"))
        return parse_for(p, place);
    if (accept_word(p, "some"))
        return parse_quantified(p, place, TERM_SOME);
    if (accept_word(p, "every"))
        return parse_quantified(p, place, TERM_EVERY);
    if (accept_word(p, "function"))
        return parse_function(p, place);
    return NULL;
}

static const Term *parse_primary(Parser *p)
{
    char next = peek(p);
    size_t place = p->at;

    if ((next >= '0' && next <= '9') ||
        (next == '.' && p->at + 1 < p->text.len && p->text.ptr[p->at + 1] >= '0' &&
         p->text.ptr[p->at + 1] <= '9'))
        return term_constant(p, place, value_number(parse_number_literal(p)));
    switch (next) {
    case '"': return term_constant(p, place, value_string(parse_string_literal(p)));
    case '@': return parse_at_literal(p, place);
    case '(': return parse_parenthesis(p, place);
    case '[': return parse_list_or_range(p, place);
    case ']': return parse_open_range(p, place);
    case '{': return parse_context(p, place);
    case '\0': parse_fail(p, place, "the expression ends too early");
    default: break;
    }
    const Term *keyword = keyword_begins_name(p) ? NULL : parse_keyword(p, place);
    if (keyword)
        return keyword;
    if (at_name_start(p))
        return parse_name(p, place);
    parse_fail(p, place, "\"%c\" is not expected here", next);
}
