/* SPDX-License-Identifier: EUPL-1.2 */
/* Unary tests: the cells of decision tables and the right side of "in" (10.3.1.2, rules
 * 7 to 17; 10.3.2.7). */
#include "feel/parse.h"

#include "base/vec.h"

typedef struct TestList {
    const Term **items;
    size_t count;
    size_t capacity;
} TestList;

static const Term *input_term(Parser *p, size_t place, const FeelType *input, uint32_t slot)
{
    Term *term = term_new(p, TERM_LOCAL, place, input);

    term->slot = slot;
    return term;
}

/* < 5, >= 3, = 1, != 2. */
static const Term *parse_comparison_test(Parser *p, const FeelType *input, uint32_t slot)
{
    static const struct {
        const char *symbol;
        TermOp op;
    } operators[] = {
        {"<=", TERM_LESS_EQUAL}, {">=", TERM_GREATER_EQUAL}, {"<", TERM_LESS},
        {">", TERM_GREATER},     {"!=", TERM_NOT_EQUAL},     {"=", TERM_EQUAL},
    };
    size_t place = (skip_blanks(p), p->at);

    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (!parse_accept(p, operators[i].symbol))
            continue;
        TermOp op = operators[i].op;
        const Term *a = input_term(p, place, input, slot);
        const Term *b = parse_operators(p, LEVEL_SUM);
        if (op == TERM_EQUAL || op == TERM_NOT_EQUAL)
            check_equality(p, a, b, place);
        else
            check_order(p, a, b, place);
        Term *term = term_new(p, op, place, feel_type(FEEL_BOOLEAN));
        term->a = a;
        term->b = b;
        term_part(p, term, b);
        return term;
    }
    return NULL;
}

/* What the input is compared with: a list's or a range's items, or the value. */
static void check_test(Parser *p, const Term *value, const FeelType *input)
{
    FeelTypeKind kind = value->type->kind;
    const FeelType *compared = value->type;

    if (!p->strict || type_unknown(input))
        return;
    if ((kind == FEEL_LIST && input->kind != FEEL_LIST) || kind == FEEL_RANGE)
        compared = value->type->item;
    if (compared && compared->kind == FEEL_RANGE && kind == FEEL_LIST)
        compared = compared->item;
    Term *left = term_new(p, TERM_LOCAL, value->place, input);
    Term *right = (Term *)value;
    if (compared != value->type)
        right = term_new(p, TERM_LOCAL, value->place, compared);
    check_equality(p, left, right, value->place);
}

static const Term *value_test(Parser *p, const Term *value, uint32_t slot, bool truth)
{
    Term *term = term_new(p, TERM_TEST, value->place, feel_type(FEEL_BOOLEAN));

    term->a = value;
    term->slot = slot;
    term->is_truth = truth;
    term_part(p, term, value);
    return term;
}

/* A test that is an expression: true by itself when it reads `?` or gives a truth that no
 * input of another type can equal; else it is what the input is compared with. */
static const Term *parse_value_test(Parser *p, const FeelType *input, uint32_t slot, int level)
{
    size_t reads = p->input_reads;
    const Term *value = parse_operators(p, level);
    bool truth = p->input_reads > reads;

    if (!truth && value->type->kind == FEEL_BOOLEAN && !type_unknown(input) &&
        input->kind != FEEL_BOOLEAN && !is_constant(value))
        truth = true;
    if (truth)
        check_boolean(p, value, "in a test that uses \"?\"");
    else
        check_test(p, value, input);
    return value_test(p, value, slot, truth);
}

static Term *tests_term(Parser *p, size_t place, TestList list, bool negated)
{
    Term *term = term_new(p, TERM_TESTS, place, feel_type(FEEL_BOOLEAN));

    term->items = list.items;
    term->count = list.count;
    term->negated = negated;
    for (size_t i = 0; i < list.count; i++)
        term_part(p, term, list.items[i]);
    return term;
}

static TestList parse_test_list(Parser *p, const FeelType *input, uint32_t slot)
{
    TestList list = {0};

    do {
        const Term *test = parse_comparison_test(p, input, slot);
        if (!test)
            test = parse_value_test(p, input, slot, LEVEL_OR);
        VEC_PUSH(p->arena, &list, test);
    } while (parse_accept(p, ","));
    return list;
}

/* Behind a "[": is it the end of a range? Before a "]", too: a filter is never empty. */
static bool at_range_end(Parser *p)
{
    char next = peek(p);

    return next == ')' || next == ',' || next == '}' || next == ']';
}

/* Does the parenthesis at the position close at the very end of the text? Ranges close what they
 * open with the other kind of bracket, so kinds are not told apart; "]" opens a range where a
 * value must begin, "[" closes one where no filter can follow. */
static bool closes_at_end(Parser *p)
{
    size_t before = p->at, behind = before;
    char last = ',';
    int depth = 0;
    bool closes = false;

    while (p->at < p->text.len) {
        char c = peek(p);
        bool value_ended = !strchr("([{,:+-*/=<>!.", last), inside_word = p->at == behind;
        if (c == '"') {
            (void)parse_string_literal(p);
            last = c;
            continue;
        }
        if (!(value_ended && inside_word) && accept_word(p, "in")) {
            last = ',';
            continue;
        }
        p->at++;
        if (c == '(' || (c == ']' && strchr("(,:=", last)) ||
            (c == '[' && !(value_ended && at_range_end(p)))) {
            depth++;
            last = c == ']' ? '(' : c;
        } else {
            depth -= c == ')' || c == ']' || c == '[';
            last = c == '[' ? ']' : c;
        }
        behind = p->at;
        if (depth == 0) {
            closes = at_end(p);
            break;
        }
    }
    p->at = before;
    return closes;
}

const Term *parse_tests(Parser *p, const FeelType *input, uint32_t slot, const char *stop)
{
    size_t place = (skip_blanks(p), p->at);

    if (parse_accept(p, "-")) {
        if (at_end(p))
            return term_constant(p, place, value_boolean(true));
        p->at = place;
    }
    if (accept_word(p, "not") && peek(p) == '(' && closes_at_end(p)) {
        p->at++;
        TestList list = parse_test_list(p, input, slot);
        parse_expect(p, ")", "after the tests of \"not\"");
        return tests_term(p, place, list, true);
    }
    p->at = place;
    TestList list = parse_test_list(p, input, slot);
    if (stop)
        parse_expect(p, stop, "after the tests");
    return tests_term(p, place, list, false);
}

/* value in test, value in (tests). */
const Term *parse_in(Parser *p, const Term *value, size_t place)
{
    const Local *outer = p->locals;
    uint32_t slots = p->slot_next;
    size_t reads = p->input_reads;
    Local input;
    TestList list = {0};

    local_enter(p, &input, STR("?"), value->type);
    const Term *test = parse_comparison_test(p, value->type, input.slot);
    if (!test && peek(p) == '(') {
        p->at++;
        list = parse_test_list(p, value->type, input.slot);
        /* "(1..5]" is a range, "(1, 2)" are tests. */
        if (list.count == 1 && list.items[0]->op == TERM_TEST && parse_accept(p, "..")) {
            const Term *range = parse_range_end(p, place, list.items[0]->a, false);
            list.items[0] = value_test(p, range, input.slot, false);
        } else {
            parse_expect(p, ")", "after the tests of \"in\"");
        }
    } else {
        if (!test)
            test = parse_value_test(p, value->type, input.slot, LEVEL_SUM);
        VEC_PUSH(p->arena, &list, test);
    }
    p->locals = outer;
    p->slot_next = slots;
    p->input_reads = reads;
    Term *term = term_new(p, TERM_IN, place, feel_type(FEEL_BOOLEAN));
    term->a = value;
    term->b = tests_term(p, place, list, false);
    term->slot = input.slot;
    term_part(p, term, value);
    term_part(p, term, term->b);
    return term;
}
