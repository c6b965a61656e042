/* SPDX-License-Identifier: EUPL-1.2 */
/* What the analysis claims of a term's value, against the values that evaluation gives. */
#include "feel/facts.h"

#include "base/buf.h"
#include "base/test_random.h"
#include "feel/feel_test.h"

enum { EXPRESSIONS = 4000 };

static void add_number(TestRandom *dice, Buf *out, int depth);

static void add_condition(TestRandom *dice, Buf *out, int depth)
{
    static const char *const comparisons[] = {" = ", " != ", " < ", " <= ", " > ", " >= "};
    static const char *const tests[] = {" in [1..3]",     " in (-2..2)",   " in (0, 1)",
                                        " in (< 0, > 1)", " in (1, null)", " between -1 and 1"};

    switch (depth > 0 ? test_random(dice) % 6 : 5) {
    case 0:
        buf_add_c(out, "(");
        add_condition(dice, out, depth - 1);
        buf_add_c(out, test_random(dice) % 2 ? " and " : " or ");
        add_condition(dice, out, depth - 1);
        buf_add_c(out, ")");
        return;
    case 1:
        buf_add_c(out, "not(");
        add_condition(dice, out, depth - 1);
        buf_add_c(out, ")");
        return;
    case 2:
        add_number(dice, out, 0);
        buf_add_c(out, tests[test_random(dice) % 6]);
        return;
    default:
        add_number(dice, out, depth - 1);
        buf_add_c(out, comparisons[test_random(dice) % 6]);
        add_number(dice, out, depth - 1);
    }
}

static void add_call(TestRandom *dice, Buf *out, int depth)
{
    static const char *const calls[] = {"abs(",    "floor(",      "ceiling(",    "-(",
                                        "min(a, ", "max(1, ",     "sum(b, ",     "mean(a, ",
                                        "sqrt(",   "product(c, ", "median([0, ", "round up("};
    uint64_t which = test_random(dice) % 12;

    buf_add_c(out, calls[which]);
    add_number(dice, out, depth - 1);
    buf_add_c(out, which == 10 ? "])" : which == 11 ? ", 0)" : ")");
}

/* a lies in [1, 12], b in [0, 100], c and d anywhere. */
static void add_number(TestRandom *dice, Buf *out, int depth)
{
    static const char *const leaves[] = {"a", "b", "c", "d", "0", "1", "2", "-1", "0.5", "(c - d)"};
    static const char *const operators[] = {" + ", " - ", " * ", " / "};

    switch (depth > 0 ? test_random(dice) % 8 : 7) {
    case 0:
    case 1:
    case 2:
        buf_add_c(out, "(");
        add_number(dice, out, depth - 1);
        buf_add_c(out, operators[test_random(dice) % 4]);
        add_number(dice, out, depth - 1);
        buf_add_c(out, ")");
        return;
    case 3:
        buf_add_c(out, "((");
        add_number(dice, out, depth - 1);
        buf_add_c(out, test_random(dice) % 2 ? ") ** 2)" : ") ** 3)");
        return;
    case 4: add_call(dice, out, depth); return;
    case 5:
        buf_add_c(out, "(if ");
        add_condition(dice, out, depth - 1);
        buf_add_c(out, " then ");
        add_number(dice, out, depth - 1);
        buf_add_c(out, " else ");
        add_number(dice, out, depth - 1);
        buf_add_c(out, ")");
        return;
    default: buf_add_c(out, leaves[test_random(dice) % 10]);
    }
}

/* Any of them but a may be null. */
static const FeelValue *names_of(TestRandom *dice, Arena *arena)
{
    static const char *const as[] = {"1", "1.5", "2", "11.99", "12"};
    static const char *const bs[] = {"0", "0.5", "3", "100", "null"};
    static const char *const any[] = {"-100", "-2", "-1", "-0.5", "0",   "0.5",
                                      "1",    "2",  "3",  "50",   "null"};
    const char *text = arena_printf(arena, "{a: %s, b: %s, c: %s, d: %s}",
                                    as[test_random(dice) % 5], bs[test_random(dice) % 5],
                                    any[test_random(dice) % 11], any[test_random(dice) % 11]);
    Err err = {0};
    const FeelProgram *program = feel_compile(arena, str_c(text), NULL, 1, NULL, &err);

    return feel_eval(program, NULL, &FEEL_TEST_ENV, arena, &err);
}

static void every_value_lies_within_the_bounds(void **state)
{
    TestRandom dice = {20270301};
    size_t bounded = 0, compared = 0;

    (void)state;
    for (int i = 0; i < EXPRESSIONS; i++) {
        Arena *arena = arena_create(0);
        FeelScope *scope = feel_scope(arena, NULL);
        Facts facts = {.arena = arena};
        Buf text = buf_in(arena);
        Err err = {0};

        feel_scope_add(scope, STR("a"), feel_type_number(arena, STR("1"), STR("12")));
        feel_scope_add(scope, STR("b"), feel_type_number(arena, STR("0"), STR("100")));
        feel_scope_add(scope, STR("c"), feel_type(FEEL_NUMBER));
        feel_scope_add(scope, STR("d"), feel_type(FEEL_NUMBER));
        add_number(&dice, &text, 4);
        const FeelProgram *program = feel_compile(arena, buf_str(&text), NULL, 1, scope, &err);
        if (!program) {
            fail_msg("%.*s: %s", STR_ARG(buf_str(&text)), err.message);
            return;
        }
        Interval in = facts_bounds(&facts, program->root);
        bounded += !interval_is_all(in);
        for (int k = 0; k < 40; k++) {
            const FeelValue *names = names_of(&dice, arena);
            const FeelValue *value = feel_eval(program, names, &FEEL_TEST_ENV, arena, &err);
            if (!value || value->kind != FEEL_NUMBER)
                continue;
            compared++;
            if (interval_meet(in, interval_point(value->number)).empty)
                fail_msg("%.*s is %.*s with %.*s, which is outside of its bounds",
                         STR_ARG(buf_str(&text)), STR_ARG(feel_to_text(arena, value)),
                         STR_ARG(feel_to_text(arena, names)));
        }
        arena_destroy(arena);
    }
    /* The test says something only if bounds are known and values computed. */
    assert_true(bounded > EXPRESSIONS / 4);
    assert_true(compared > EXPRESSIONS * 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_lies_within_the_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
