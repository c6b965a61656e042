/* SPDX-License-Identifier: EUPL-1.2 */
/* What conditions say. */
#include "feel/facts.h"

#include "base/vec.h"
#include "feel/builtin.h"

enum { MAX_WORK = 200000 };

bool facts_exhausted(const Facts *facts)
{
    return facts->work > MAX_WORK;
}

static void add(Facts *f, const Term *a, const Term *b, Interval in)
{
    if (!interval_is_all(in))
        VEC_PUSH(f->arena, f, (Fact){a, b, in});
}

void facts_bind(Facts *facts, uint32_t slot, Interval in)
{
    Term *variable = arena_new(facts->arena, Term);

    variable->op = TERM_LOCAL;
    variable->slot = slot;
    add(facts, variable, NULL, in);
}

/* --- Values ------------------------------------------------------------------------------------
 */

Interval facts_of_value(FeelValue value)
{
    Number high, n;

    switch (value.kind) {
    case FEEL_NUMBER: return interval_point(value.number);
    case FEEL_MONTHS_DURATION: return interval_point(number_from_i64(value.months));
    case FEEL_DAYS_DURATION:
        if (!number_multiply(number_from_i64((int64_t)(value.nanos / 1000000000)),
                             number_from_i64(1000000000), &high) ||
            !number_add(high, number_from_i64((int64_t)(value.nanos % 1000000000)), &n))
            return INTERVAL_ALL;
        return interval_point(n);
    default: return INTERVAL_ALL;
    }
}

static bool measurable(FeelValue value)
{
    return value.kind == FEEL_NUMBER || value.kind == FEEL_DAYS_DURATION ||
           value.kind == FEEL_MONTHS_DURATION;
}

/* Everything that does not lie in the interval. */
static Interval outside(Interval in)
{
    Interval down = in.below ? INTERVAL_EMPTY : interval_to(in.low, !in.low_open);
    Interval up = in.above ? INTERVAL_EMPTY : interval_from(in.high, !in.high_open);

    return interval_join(down, up);
}

static Interval of_range(const FeelRange *range, Answer answer)
{
    Interval in = INTERVAL_ALL;

    if ((range->low.kind != FEEL_NULL && !measurable(range->low)) ||
        (range->high.kind != FEEL_NULL && !measurable(range->high)))
        return INTERVAL_ALL;
    if (range->low.kind != FEEL_NULL)
        in = interval_from(facts_of_value(range->low).low, !range->low_closed);
    if (range->high.kind != FEEL_NULL)
        in = interval_meet(in, interval_to(facts_of_value(range->high).high, !range->high_closed));
    return answer == NOT_TRUE ? outside(in) : in;
}

/* What equals the value, lies in the range or in the list; or does not. */
static Interval of_test_value(FeelValue value, Answer answer)
{
    if (measurable(value)) {
        Interval point = facts_of_value(value);
        return answer == NOT_TRUE ? outside(point) : point;
    }
    if (value.kind == FEEL_RANGE)
        return of_range(value.range, answer);
    if (value.kind == FEEL_STRING && answer == IS_TRUE)
        return INTERVAL_EMPTY;
    if (value.kind != FEEL_LIST)
        return INTERVAL_ALL;
    Interval all = answer == NOT_TRUE ? INTERVAL_ALL : INTERVAL_EMPTY;
    for (size_t i = 0; i < value.list.count; i++) {
        Interval item = value.list.items[i].kind == FEEL_LIST
                            ? INTERVAL_ALL
                            : of_test_value(value.list.items[i], answer);
        all = answer == NOT_TRUE ? interval_meet(all, item) : interval_join(all, item);
    }
    return all;
}

/* --- Comparisons -------------------------------------------------------------------------------
 */

static TermOp opposite(TermOp op)
{
    static const uint8_t opposites[] = {
        [TERM_EQUAL] = TERM_NOT_EQUAL,    [TERM_NOT_EQUAL] = TERM_EQUAL,
        [TERM_LESS] = TERM_GREATER_EQUAL, [TERM_GREATER_EQUAL] = TERM_LESS,
        [TERM_GREATER] = TERM_LESS_EQUAL, [TERM_LESS_EQUAL] = TERM_GREATER,
    };

    return (TermOp)opposites[op];
}

/* b op a, said of a. */
static TermOp mirrored(TermOp op)
{
    switch (op) {
    case TERM_LESS: return TERM_GREATER;
    case TERM_LESS_EQUAL: return TERM_GREATER_EQUAL;
    case TERM_GREATER: return TERM_LESS;
    case TERM_GREATER_EQUAL: return TERM_LESS_EQUAL;
    default: return op;
    }
}

/* Where x is when `x op y` and y lies in the interval. */
static Interval compared(TermOp op, Interval y)
{
    bool point = !y.empty && !y.below && !y.above && number_compare(y.low, y.high) == 0;

    if (y.empty)
        return INTERVAL_ALL;
    switch (op) {
    case TERM_EQUAL: return y;
    case TERM_NOT_EQUAL: return point ? outside(y) : INTERVAL_ALL;
    case TERM_LESS:
    case TERM_LESS_EQUAL:
        return y.above ? INTERVAL_ALL : interval_to(y.high, op == TERM_LESS || y.high_open);
    default: return y.below ? INTERVAL_ALL : interval_from(y.low, op == TERM_GREATER || y.low_open);
    }
}

/* Never null: a comparison of it with a number has an answer. */
static bool is_there(const Term *term)
{
    return (term->op == TERM_CONSTANT && measurable(term->constant)) ||
           (term->op == TERM_BUILTIN && strcmp(term->builtin->name, "count") == 0);
}

static Interval of_comparison(Facts *f, TermOp op, const Term *other, Answer answer)
{
    if (answer != IS_TRUE && !is_there(other))
        return INTERVAL_ALL;
    return compared(answer == NOT_TRUE ? opposite(op) : op, facts_bounds(f, other));
}

/* The difference of two numbers is a number only if their comparison has an answer. */
static void learn_comparison(Facts *f, TermOp op, const Term *a, const Term *b, Answer answer)
{
    TermOp holds = answer == NOT_TRUE ? opposite(op) : op;

    add(f, a, b, compared(holds, interval_point(NUMBER_ZERO)));
    Interval left = of_comparison(f, op, b, answer);
    Interval right = of_comparison(f, mirrored(op), a, answer);
    if (a->op != TERM_CONSTANT)
        add(f, a, NULL, left);
    if (b->op != TERM_CONSTANT)
        add(f, b, NULL, right);
}

static void learn_between(Facts *f, const Term *term, Answer answer)
{
    if (answer == IS_TRUE) {
        learn_comparison(f, TERM_GREATER_EQUAL, term->a, term->b, answer);
        learn_comparison(f, TERM_LESS_EQUAL, term->a, term->c, answer);
    } else if (term->b->op == TERM_CONSTANT && measurable(term->b->constant) &&
               term->c->op == TERM_CONSTANT && measurable(term->c->constant)) {
        FeelRange range = {term->b->constant, term->c->constant, true, true};
        add(f, term->a, NULL, of_range(&range, answer));
    }
}

/* --- Unary tests ---------------------------------------------------------------------------------
 */

/* A range whose ends are computed. */
static Interval of_computed_range(Facts *f, const Term *range, Answer answer)
{
    Interval in = INTERVAL_ALL;

    if (answer != IS_TRUE)
        return INTERVAL_ALL;
    if (range->a)
        in = compared(range->low_closed ? TERM_GREATER_EQUAL : TERM_GREATER,
                      facts_bounds(f, range->a));
    if (range->b)
        in = interval_meet(in, compared(range->high_closed ? TERM_LESS_EQUAL : TERM_LESS,
                                        facts_bounds(f, range->b)));
    return in;
}

/* A test that is a condition of `?`. */
static Interval of_condition(Facts *f, const Term *test, Answer answer)
{
    Term input = {.op = TERM_LOCAL, .type = feel_type(FEEL_ANY), .slot = test->slot};
    size_t before = f->count;

    facts_learn(f, test->a, answer);
    Interval in = facts_bounds(f, &input);
    f->count = before;
    return in;
}

static Interval of_test(Facts *f, const Term *test, Answer answer)
{
    if (test->op >= TERM_EQUAL && test->op <= TERM_GREATER_EQUAL)
        return of_comparison(f, (TermOp)test->op, test->b, answer);
    if (test->op != TERM_TEST)
        return INTERVAL_ALL;
    if (test->is_truth)
        return of_condition(f, test, answer);
    if (test->a->op == TERM_CONSTANT)
        return of_test_value(test->a->constant, answer);
    if (test->a->op == TERM_RANGE)
        return of_computed_range(f, test->a, answer);
    return answer == IS_TRUE && test->a->type->kind == FEEL_NUMBER ? facts_bounds(f, test->a)
                                                                   : INTERVAL_ALL;
}

Interval facts_of_tests(Facts *facts, const Term *tests, Answer answer)
{
    static const Answer negations[] = {
        [IS_TRUE] = NOT_TRUE, [NOT_TRUE] = NOT_FALSE, [NOT_FALSE] = NOT_TRUE};

    if (tests->op != TERM_TESTS)
        return INTERVAL_ALL;
    if (tests->negated)
        answer = negations[answer];
    Interval all = answer == NOT_TRUE ? INTERVAL_ALL : INTERVAL_EMPTY;
    for (size_t i = 0; i < tests->count; i++) {
        Interval one = of_test(facts, tests->items[i], answer);
        all = answer == NOT_TRUE ? interval_meet(all, one) : interval_join(all, one);
    }
    return all;
}

void facts_learn_tests(Facts *facts, const Term *subject, const Term *tests, Answer answer)
{
    add(facts, subject, NULL, facts_of_tests(facts, tests, answer));
}

/* --- Logic
 * ---------------------------------------------------------------------------------------- */

static Interval known_by(Facts *f, const Fact *facts, size_t count, const Fact *about)
{
    Interval in = INTERVAL_ALL;

    for (size_t i = 0; i < count; i++) {
        f->work++;
        if (term_same(facts[i].a, about->a) && term_same(facts[i].b, about->b))
            in = interval_meet(in, facts[i].in);
    }
    return in;
}

/* One of the two conditions, unknown which. */
static void learn_either(Facts *f, const Term *x, const Term *y, Answer answer)
{
    size_t before = f->count;

    facts_learn(f, x, answer);
    size_t first = f->count - before;
    Fact *of_x = arena_array(f->arena, Fact, first + 1);
    for (size_t i = 0; i < first; i++)
        of_x[i] = f->items[before + i];
    f->count = before;
    facts_learn(f, y, answer);
    size_t second = f->count - before;
    Fact *of_y = arena_array(f->arena, Fact, second + 1);
    for (size_t i = 0; i < second; i++)
        of_y[i] = f->items[before + i];
    f->count = before;
    for (size_t i = 0; i < first && !facts_exhausted(f); i++)
        add(f, of_x[i].a, of_x[i].b,
            interval_join(known_by(f, of_x, first, &of_x[i]), known_by(f, of_y, second, &of_x[i])));
}

static void learn_logic(Facts *f, const Term *term, Answer answer)
{
    /* A true "and" has two true sides, an "or" that is not true has none. */
    if ((term->op == TERM_AND) == (answer != NOT_TRUE)) {
        facts_learn(f, term->a, answer);
        facts_learn(f, term->b, answer);
        /* The right side may say something about what the left one compares with. */
        if (term->a->op >= TERM_EQUAL && term->a->op <= TERM_GREATER_EQUAL)
            facts_learn(f, term->a, answer);
    } else {
        learn_either(f, term->a, term->b, answer);
    }
}

static void learn_builtin(Facts *f, const Term *term, Answer answer)
{
    if (strcmp(term->builtin->name, "not") == 0 && term->arg_count == 1 && term->args[0])
        facts_learn(f, term->args[0], answer == NOT_TRUE ? NOT_FALSE : NOT_TRUE);
}

void facts_learn(Facts *facts, const Term *condition, Answer answer)
{
    facts->work++;
    if (facts_exhausted(facts))
        return;
    switch (condition->op) {
    case TERM_EQUAL:
    case TERM_NOT_EQUAL:
    case TERM_LESS:
    case TERM_LESS_EQUAL:
    case TERM_GREATER:
    case TERM_GREATER_EQUAL:
        learn_comparison(facts, (TermOp)condition->op, condition->a, condition->b, answer);
        return;
    case TERM_AND:
    case TERM_OR: learn_logic(facts, condition, answer); return;
    case TERM_BETWEEN: learn_between(facts, condition, answer); return;
    case TERM_IN: facts_learn_tests(facts, condition->a, condition->b, answer); return;
    case TERM_BUILTIN: learn_builtin(facts, condition, answer); return;
    default: return;
    }
}
