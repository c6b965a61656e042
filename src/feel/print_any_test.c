/* SPDX-License-Identifier: EUPL-1.2 */
/* Every pair of operators, and random expressions, print as the same program. */
#include "feel/print_fixture.h"

#include "base/test_random.h"

enum { RANDOM_CASES = 5000 };

/* Operands stand at the letters. */
static const char *const SHAPES[] = {
    "A + B",
    "A - B",
    "A * B",
    "A / B",
    "A ** B",
    "-A",
    "A = B",
    "A != B",
    "A < B",
    "A <= B",
    "A > B",
    "A >= B",
    "A and B",
    "A or B",
    "A between B and C",
    "A in B",
    "A in (B, > C)",
    "A in < B",
    "A in (B..C]",
    "A in [B..C)",
    "if A then B else C",
    "for i in A return B",
    "for i in A..B, j in [i, 2] return C",
    "some i in A satisfies B",
    "every i in A, j in B satisfies C",
    "[A, B]",
    "{p: A, q: B}",
    "(A..B)",
    "(>= A)",
    "A.year",
    "A[B]",
    "A[item = B]",
    "max(A, B)",
    "substring(string: A, start position: B)",
    "dog tax(A, B)",
    "twice(A, B)",
    "twice(y: A, x: B)",
    "(A)(B)",
    "function(i: number, j) A",
    "A instance of list<number>",
};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

static void add_shape(Buf *out, const char *shape, const char *const operands[3])
{
    for (const char *at = shape; *at; at++) {
        if (*at >= 'A' && *at <= 'C')
            buf_addf(out, "%s", operands[*at - 'A']);
        else
            buf_add_char(out, *at);
    }
}

/* Each operator in each operand of each, with and without parentheses. */
static void each_operator_prints_inside_each_other(void **state)
{
    static const char *const leaves[3] = {"a", "list", "2"};
    size_t refused = 0, tried = 0;

    for (size_t inner = 0; inner < SHAPE_COUNT; inner++) {
        for (size_t outer = 0; outer < SHAPE_COUNT; outer++) {
            for (size_t variant = 0; variant < 6; variant++) {
                Arena *arena = arena_create(0);
                Buf part = buf_in(arena), text = buf_in(arena);
                const char *operands[3] = {leaves[1], leaves[2], leaves[0]};
                buf_add_c(&part, variant < 3 ? "(" : "");
                add_shape(&part, SHAPES[inner], leaves);
                buf_add_c(&part, variant < 3 ? ")" : "");
                operands[variant % 3] = buf_str(&part).ptr;
                add_shape(&text, SHAPES[outer], operands);
                tried++;
                refused += !round_trip(*state, arena, buf_str(&text).ptr, LENIENT);
                arena_destroy(arena);
            }
        }
    }
    /* Only without parentheses do some not go together. */
    assert_true(refused < tried / 10);
}

static const char *any_leaf(TestRandom *seed)
{
    static const char *const leaves[] = {"a",
                                         "b",
                                         "c",
                                         "s",
                                         "yes",
                                         "list",
                                         "dogs",
                                         "m",
                                         "r",
                                         "i",
                                         "?",
                                         "item",
                                         "name",
                                         "weight",
                                         "Soll",
                                         "Ist",
                                         "Soll - Ist",
                                         "Monthly Salary",
                                         "date",
                                         "time",
                                         "date and time",
                                         "in stock",
                                         "count",
                                         "abs",
                                         "dog tax",
                                         "partial",
                                         "p",
                                         "unknown",
                                         "0.50",
                                         "3",
                                         "1e3",
                                         "\"t\\u00e4\\\\\\n\"",
                                         "null",
                                         "true",
                                         "false",
                                         "@\"2027-03-01\"",
                                         "@\"P1D\"",
                                         "@\"10:00:00@Europe/Berlin\"",
                                         "not(yes)",
                                         "dogs[1].weight",
                                         "m.q r.s",
                                         "[]",
                                         "{}"};

    return leaves[test_pick(seed, 0, sizeof leaves / sizeof *leaves - 1)];
}

static void add_random(Buf *out, TestRandom *seed, int depth)
{
    Buf parts[3];
    const char *operands[3];

    if (depth == 0 || test_pick(seed, 0, 5) == 0) {
        buf_add_c(out, any_leaf(seed));
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        bool wrapped = test_pick(seed, 0, 3) > 0;
        parts[i] = buf_in(out->arena);
        buf_add_c(&parts[i], wrapped ? "(" : "");
        add_random(&parts[i], seed, depth - 1);
        buf_add_c(&parts[i], wrapped ? ")" : "");
        operands[i] = buf_str(&parts[i]).ptr;
    }
    add_shape(out, SHAPES[test_pick(seed, 0, SHAPE_COUNT - 1)], operands);
}

static void any_expression_prints_as_itself(void **state)
{
    TestRandom seed = {20270301};
    int compiled = 0;

    for (int i = 0; i < RANDOM_CASES; i++) {
        Arena *arena = arena_create(0);
        Buf text = buf_in(arena);
        add_random(&text, &seed, (int)test_pick(&seed, 1, 4));
        for (Way way = ANY_NAMES; way <= ITEM; way++)
            compiled += round_trip(*state, arena, buf_str(&text).ptr, way) != NULL;
        arena_destroy(arena);
    }
    assert_true(compiled > RANDOM_CASES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operator_prints_inside_each_other),
        cmocka_unit_test(any_expression_prints_as_itself),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
