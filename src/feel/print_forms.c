/* SPDX-License-Identifier: EUPL-1.2 */
/* Ranges, unary tests, and the forms that begin with a keyword or a bracket, as text. */
#include "feel/print.h"

/* --- Unary tests ---------------------------------------------------------------------------- */

void print_range(Printer *p, const Term *term)
{
    const Term *low = term->a, *high = term->b;

    if (low && high && low != high) {
        buf_add_c(&p->out, term->low_closed ? "[" : "(");
        print_whole(p, low);
        buf_add_c(&p->out, "..");
        print_term(p, high, LEVEL_SUM, true);
        buf_add_c(&p->out, term->high_closed ? "]" : ")");
        return;
    }
    if (low == high)
        buf_add_c(&p->out, "(= ");
    else if (low)
        buf_add_c(&p->out, term->low_closed ? "(>= " : "(> ");
    else
        buf_add_c(&p->out, term->high_closed ? "(<= " : "(< ");
    print_term(p, low ? low : high, LEVEL_SUM, true);
    buf_add_c(&p->out, ")");
}

/* The value of a test. Whether it is a truth by itself or what the input is compared with is
 * decided by reading `?`, which may have stood in a part that was never needed: then it is
 * written as such a part. True when that was so. */
static bool print_test_value(Printer *p, const Term *test, const FeelType *input, int level,
                             bool tail)
{
    size_t reads = p->input_reads, from = p->out.len;
    const FeelType *type = test->a->type;

    print_term(p, test->a, level, tail);
    bool truth =
        p->input_reads > reads || (type->kind == FEEL_BOOLEAN && !type_unknown(input) &&
                                   input->kind != FEEL_BOOLEAN && test->a->op != TERM_CONSTANT);
    if (!test->is_truth || truth)
        return false;
    print_insert(p, from, STR("if true then "));
    buf_add_c(&p->out, " else ?");
    p->input_reads++;
    return true;
}

static void print_tests(Printer *p, const Term *tests, const FeelType *input)
{
    for (size_t i = 0; i < tests->count; i++) {
        const Term *test = tests->items[i];
        if (i)
            buf_add_c(&p->out, ", ");
        if (test->op == TERM_TEST) {
            (void)print_test_value(p, test, input, LEVEL_FORM, true);
        } else {
            buf_addf(&p->out, "%s ", print_symbol(test));
            print_term(p, test->b, LEVEL_SUM, true);
        }
    }
}

/* Behind "in": a "(" would begin a list of tests, and "(1..5]" is a range there. */
static void print_single_test(Printer *p, const Term *test, const FeelType *input, bool tail)
{
    if (test->op != TERM_TEST) {
        buf_addf(&p->out, "%s ", print_symbol(test));
        print_term(p, test->b, LEVEL_SUM, tail);
        return;
    }
    const Term *value = print_source(test->a);
    bool range = value->op == TERM_RANGE && value->a && value->b && !value->low_closed;
    if (range && !test->is_truth) {
        print_range(p, value);
        return;
    }
    size_t from = p->out.len;
    bool loose = print_level(value) < LEVEL_SUM;
    bool form = print_test_value(p, test, input, loose ? LEVEL_FORM : LEVEL_SUM, loose || tail);
    if (loose || form || p->out.ptr[from] == '(') {
        print_insert(p, from, STR("("));
        buf_add_c(&p->out, ")");
    }
}

void print_in(Printer *p, const Term *term, bool tail)
{
    print_term(p, term->a, LEVEL_COMPARE, false);
    buf_add_c(&p->out, " in ");
    size_t reads = p->input_reads;
    if (term->b->count == 1) {
        print_single_test(p, term->b->items[0], term->a->type, tail);
    } else {
        buf_add_c(&p->out, "(");
        print_tests(p, term->b, term->a->type);
        buf_add_c(&p->out, ")");
    }
    p->input_reads = reads;
}

/* The tests of a cell. "not(...)" around all of them is no call. */
void print_cell(Printer *p, const Term *root, const FeelType *input)
{
    if (root->op != TERM_TESTS) {
        buf_add_c(&p->out, "-");
        return;
    }
    if (root->negated)
        buf_add_c(&p->out, "not(");
    size_t from = p->out.len;
    print_tests(p, root, input);
    if (root->negated) {
        buf_add_c(&p->out, ")");
        return;
    }
    uint8_t op = root->items[0]->op == TERM_TEST ? print_source(root->items[0]->a)->op : TERM_TEST;
    if (root->count == 1 && (op == TERM_BUILTIN || op == TERM_CALL) &&
        str_starts_with(buf_str(&p->out), "not(")) {
        print_insert(p, from, STR("("));
        buf_add_c(&p->out, ")");
    }
}

/* --- Forms ---------------------------------------------------------------------------------- */

void print_if(Printer *p, const Term *term)
{
    print_keyword(p, "if");
    print_whole(p, term->a);
    buf_add_c(&p->out, " then ");
    print_whole(p, term->b);
    buf_add_c(&p->out, " else ");
    print_whole(p, term->c);
}

void print_loop(Printer *p, const Term *term)
{
    print_keyword(p, term->op == TERM_FOR ? "for" : term->op == TERM_SOME ? "some" : "every");
    for (size_t i = 0; i < term->iterator_count; i++) {
        const Iterator *iterator = &term->iterators[i];
        if (i)
            buf_add_c(&p->out, ", ");
        print_know(p, iterator->name);
        print_name(p, iterator->name);
        buf_add_c(&p->out, " in ");
        print_whole(p, iterator->domain);
        if (iterator->to) {
            buf_add_c(&p->out, "..");
            print_whole(p, iterator->to);
        }
    }
    buf_add_c(&p->out, term->op == TERM_FOR ? " return " : " satisfies ");
    print_whole(p, term->body);
}

void print_function(Printer *p, const Term *term)
{
    const Lambda *lambda = &term->lambda;

    buf_add_c(&p->out, "function(");
    for (size_t i = 0; i < lambda->parameter_count; i++) {
        const Parameter *parameter = &lambda->parameters[i];
        if (i)
            buf_add_c(&p->out, ", ");
        print_know(p, parameter->name);
        print_name(p, parameter->name);
        if (parameter->type != feel_type(FEEL_ANY)) {
            buf_add_c(&p->out, ": ");
            (void)print_type(p, parameter->type);
        }
    }
    buf_add_c(&p->out, ") ");
    print_whole(p, lambda->body);
}

void print_list(Printer *p, const Term *term)
{
    buf_add_c(&p->out, "[");
    for (size_t i = 0; i < term->count; i++) {
        if (i)
            buf_add_c(&p->out, ", ");
        print_whole(p, term->items[i]);
    }
    buf_add_c(&p->out, "]");
}

void print_context(Printer *p, const Term *term)
{
    buf_add_c(&p->out, "{");
    for (size_t i = 0; i < term->count; i++) {
        if (i)
            buf_add_c(&p->out, ", ");
        print_key(p, term->keys[i]);
        buf_add_c(&p->out, ": ");
        print_whole(p, term->items[i]);
        print_know(p, term->keys[i]);
    }
    buf_add_c(&p->out, "}");
}
