/* SPDX-License-Identifier: EUPL-1.2 */
/* The quick ways give what the slow ones give: short decimals and the decimal library, kernels and
 * the tree, a table's index and trying each of its rules. Random cases of a fixed seed. */
#include "feel/feel_test.h"

#include "base/buf.h"
#include "base/test_random.h"
#include "feel/kernel.h"
#include "feel/short_decimal.h"
#include "feel/table.h"

enum { NUMBER_CASES = 20000, EXPRESSION_CASES = 4000, TABLE_CASES = 120, TABLE_ASKS = 200 };

static Str text_of(Arena *arena, Number n)
{
    FeelValue value = value_number(n);

    return feel_to_text(arena, &value);
}

/* --- Numbers ------------------------------------------------------------------------------- */

static Number any_number(TestRandom *seed)
{
    static const int64_t edges[] = {0, 1, 5, 7, 8, 10, 1000, 1000000007, INT64_MAX, INT64_MAX / 10};
    int64_t coefficient = test_pick(seed, 0, 2)
                              ? test_pick(seed, -99999, 99999)
                              : edges[test_pick(seed, 0, 9)] * (test_pick(seed, 0, 1) ? 1 : -1);
    Number n = number_from_i64(coefficient);

    n.word[1] += (uint64_t)test_pick(seed, -20, 20) << 49;
    return n;
}

/* The same value with so many digits that only the library reckons with it. */
static Number lengthened(Number n)
{
    Number one = number_from_i64(10000000000), long_one = {0}, result = {0};
    ShortDecimal none;

    assert_true(number_multiply(one, one, &long_one) && number_multiply(n, long_one, &result));
    result.word[1] -= (uint64_t)20 << 49;
    assert_true(number_is_zero(n) || !short_of(result, &none));
    return result;
}

typedef bool Operation(Number a, Number b, Number *out);

static void assert_same_result(Operation *operation, Number a, Number b)
{
    Arena *arena = arena_create(0);
    Number quick, slow;
    bool quick_done = operation(a, b, &quick);
    bool slow_done = operation(lengthened(a), lengthened(b), &slow);

    assert_int_equal(quick_done, slow_done);
    if (quick_done && !str_eq(text_of(arena, quick), text_of(arena, slow)))
        fail_msg("%.*s and %.*s: %.*s, not %.*s", STR_ARG(text_of(arena, a)),
                 STR_ARG(text_of(arena, b)), STR_ARG(text_of(arena, quick)),
                 STR_ARG(text_of(arena, slow)));
    arena_destroy(arena);
}

static void short_decimals_reckon_as_the_library(void **state)
{
    static Operation *const operations[] = {number_add, number_subtract, number_multiply,
                                            number_divide};
    TestRandom seed = {20270301};

    (void)state;
    for (int i = 0; i < NUMBER_CASES; i++) {
        Number a = any_number(&seed), b = any_number(&seed);
        assert_same_result(operations[i % 4], a, b);
        assert_int_equal(number_compare(a, b), number_compare(lengthened(a), lengthened(b)));
    }
}

/* --- Expressions --------------------------------------------------------------------------- */

static void add_truth(Buf *out, TestRandom *seed, int depth);

static void add_number(Buf *out, TestRandom *seed, int depth)
{
    static const char *const names[] = {"a", "b", "c", "big", "none"};
    static const char *const operators[] = {" + ", " - ", " * ", " / "};

    switch (depth > 0 ? test_pick(seed, 0, 7) : test_pick(seed, 0, 1)) {
    case 0:
        buf_add_c(out,
                  names[test_pick(seed, 0, 30) ? test_pick(seed, 0, 2) : test_pick(seed, 3, 4)]);
        break;
    case 1:
        buf_addf(out, "%lld.%02lld", (long long)test_pick(seed, 0, 50),
                 (long long)test_pick(seed, 0, 99));
        break;
    case 2:
        buf_add_c(out, "-(");
        add_number(out, seed, depth - 1);
        buf_add_c(out, ")");
        break;
    case 3:
        buf_add_c(out, "(if ");
        add_truth(out, seed, depth - 1);
        buf_add_c(out, " then ");
        add_number(out, seed, depth - 1);
        buf_add_c(out, " else ");
        add_number(out, seed, depth - 1);
        buf_add_c(out, ")");
        break;
    default:
        buf_add_c(out, "(");
        add_number(out, seed, depth - 1);
        buf_add_c(out, operators[test_pick(seed, 0, 3)]);
        add_number(out, seed, depth - 1);
        buf_add_c(out, ")");
    }
}

static void add_truth(Buf *out, TestRandom *seed, int depth)
{
    static const char *const orders[] = {" < ", " <= ", " > ", " >= ", " = ", " != "};
    static const char *const logic[] = {" and ", " or ", " = ", " != "};

    buf_add_c(out, "(");
    if (depth <= 0) {
        buf_add_c(out, test_pick(seed, 0, 1) ? "yes" : "false");
    } else if (test_pick(seed, 0, 2) == 0) {
        add_truth(out, seed, depth - 1);
        buf_add_c(out, logic[test_pick(seed, 0, 3)]);
        add_truth(out, seed, depth - 1);
    } else {
        bool between = test_pick(seed, 0, 3) == 0;
        add_number(out, seed, depth - 1);
        buf_add_c(out, between ? " between " : orders[test_pick(seed, 0, 5)]);
        add_number(out, seed, depth - 1);
        if (between) {
            buf_add_c(out, " and ");
            add_number(out, seed, depth - 1);
        }
    }
    buf_add_c(out, ")");
}

static const FeelValue *evaluate(Arena *arena, const char *text)
{
    Err err = {0};
    const FeelProgram *program = feel_compile(arena, str_c(text), NULL, 1, NULL, &err);

    assert_ok(program, &err);
    return feel_eval(program, NULL, &FEEL_TEST_ENV, arena, &err);
}

static void kernels_compute_what_the_tree_computes(void **state)
{
    Arena *kept = arena_create(0);
    FeelScope *scope = feel_scope(kept, NULL);
    const FeelValue *context = evaluate(
        kept, "{a: 17, b: -2.75, c: 0, big: 12345678901234567890.5, none: null, yes: true}");
    TestRandom seed = {7};
    int kernels = 0, at_work = 0;

    (void)state;
    for (const char *const *name = (const char *const[]){"a", "b", "c", "big", "none", NULL}; *name;
         name++)
        feel_scope_add(scope, str_c(*name), feel_type(FEEL_NUMBER));
    feel_scope_add(scope, STR("yes"), feel_type(FEEL_BOOLEAN));
    for (int i = 0; i < EXPRESSION_CASES; i++) {
        Arena *arena = arena_create(0);
        Buf text = buf_in(arena);
        Err err = {0};
        if (i % 4)
            add_number(&text, &seed, 4);
        else
            add_truth(&text, &seed, 3);
        const FeelProgram *program = feel_compile(arena, buf_str(&text), NULL, 1, scope, &err);
        assert_ok(program, &err);
        size_t steps = 1000;
        FeelValue quick;
        kernels += program->kernel != NULL;
        if (program->kernel && kernel_run(program->kernel, context->context, &steps, &quick)) {
            FeelProgram tree = *program;
            tree.kernel = NULL;
            const FeelValue *slow = feel_eval(&tree, context, &FEEL_TEST_ENV, arena, &err);
            at_work++;
            assert_ok(slow, &err);
            if (!str_eq(feel_to_text(arena, &quick), feel_to_text(arena, slow)) ||
                quick.kind != slow->kind)
                fail_msg("%s: %s, not %s", buf_str(&text).ptr,
                         str_cstr(arena, feel_to_text(arena, &quick)),
                         str_cstr(arena, feel_to_text(arena, slow)));
        }
        arena_destroy(arena);
    }
    assert_true(kernels > EXPRESSION_CASES / 2);
    assert_true(at_work > EXPRESSION_CASES / 10);
    arena_destroy(kept);
}

static void a_kernel_finds_names_wherever_they_are(void **state)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    const FeelProgram *program = feel_compile(arena, STR("a + b * 2 - a"), NULL, 1, NULL, &err);
    static const char *const contexts[] = {"{a: 1, b: 5}", "{b: 5, a: 9}",
                                           "{x: 0, a: 2, y: 1, b: 5}",
                                           "context put({b: 5, z: 1}, \"a\", 3)"};

    (void)state;
    assert_ok(program, &err);
    assert_non_null(program->kernel);
    for (size_t round = 0; round < 8; round++) {
        const FeelValue *context = evaluate(arena, contexts[round % 4]);
        const FeelValue *value = feel_eval(program, context, &FEEL_TEST_ENV, arena, &err);
        assert_str(feel_to_text(arena, value), "10");
    }
    const FeelEnv few = {.today = {2027, 3, 1}, .max_steps = 2};
    assert_null(feel_eval(program, evaluate(arena, "{a: 1, b: 5}"), &few, arena, &err));
    arena_destroy(arena);
}

/* --- Tables -------------------------------------------------------------------------------- */

/* The second input, when there is one: a type, how its cells are written, and what it is asked. */
static const struct SecondInput {
    const char *type;
    const char *cells[4], *asked[4];
} SECOND[] = {
    {"date",
     {">= @\"2024-03-01\"", "< @\"2026-01-01\"", "@\"2025-06-01\"", "-"},
     {"@\"2025-06-01\"", "@\"2024-03-01\"", "@\"2030-01-01\"", "null"}},
    {"string",
     {"\"a\", \"c\"", "not(\"b\")", ">= \"b\"", "-"},
     {"\"a\"", "\"b\"", "\"zz\"", "null"}},
    {"boolean", {"true", "false", "not(true)", "-"}, {"true", "false", "null", "true"}},
};
enum { SECONDS = sizeof SECOND / sizeof *SECOND };

/* Ranges that may leave gaps, overlap or hold nothing, points, now and then a cell that computes or
 * a number that no key holds. */
static void add_cell(Buf *yaml, TestRandom *seed, bool far)
{
    long long low = test_pick(seed, -50, 400);

    if (test_pick(seed, 0, 20) == 0)
        buf_add_c(yaml, "? * 2 > 300");
    else if (far && test_pick(seed, 0, 9) == 0)
        buf_add_c(yaml, "> 1e30");
    else if (test_pick(seed, 0, 3) == 0)
        buf_addf(yaml, "%lld.5", low);
    else
        buf_addf(yaml, "%c%lld..%lld.25%c", test_pick(seed, 0, 1) ? '[' : '(', low,
                 low + test_pick(seed, -3, 40), test_pick(seed, 0, 1) ? ']' : ')');
}

/* `second`: SECONDS for none. */
static const FeelTable *any_table(Arena *arena, TestRandom *seed, int64_t second)
{
    Buf yaml = buf_in(arena);
    Err err = {0};
    bool far = test_pick(seed, 0, 1);

    buf_addf(&yaml, "name: t\nhit: %s\ninputs:\n  - {expression: x, type: number}\n",
             test_pick(seed, 0, 1) ? "unique" : "first");
    if (second < SECONDS)
        buf_addf(&yaml, "  - {expression: tag, type: %s}\n", SECOND[second].type);
    buf_add_c(&yaml, "outputs:\n  - {name: r, type: number}\nrules:\n");
    for (int64_t i = 0, count = test_pick(seed, 8, 80); i < count; i++) {
        buf_add_c(&yaml, "  - ['");
        add_cell(&yaml, seed, far);
        buf_add_c(&yaml, "', ");
        if (second < SECONDS)
            buf_addf(&yaml, "'%s', ", SECOND[second].cells[test_pick(seed, 0, 3)]);
        buf_addf(&yaml, "%lld]\n", (long long)i);
    }
    Node *node = node_parse_yaml(arena, buf_str(&yaml), "t.yaml", &NODE_LIMITS_PACKAGE, &err);
    assert_ok(node, &err);
    const FeelTable *table = feel_table_from_yaml(arena, node, NULL, &err);
    assert_ok(table, &err);
    return table;
}

/* Often at the ends that the cells name, now and then null or far away. */
static const FeelValue *ask(Arena *arena, const FeelTable *table, TestRandom seed, int64_t second)
{
    static const char *const fractions[] = {".0", ".0", ".25", ".5", ".499"};
    static const char *const odd[] = {"null", "1e31", "-1e40", "0.1e-30"};
    FeelScope *scope = feel_scope(arena, NULL);
    Err err = {0};
    Str x = str_printf(arena, "%lld%s", (long long)test_pick(&seed, -60, 420),
                       fractions[test_pick(&seed, 0, 4)]);

    if (test_pick(&seed, 0, 9) == 0)
        x = str_c(odd[test_pick(&seed, 0, 3)]);
    Str call = second < SECONDS ? str_printf(arena, "t(%.*s, %s)", STR_ARG(x),
                                             SECOND[second].asked[test_pick(&seed, 0, 3)])
                                : str_printf(arena, "t(%.*s)", STR_ARG(x));

    feel_scope_add_table(scope, table);
    const FeelProgram *program = feel_compile(arena, call, NULL, 1, scope, &err);
    assert_ok(program, &err);
    const FeelValue *value =
        feel_eval(program, feel_from_node(arena, NULL, NULL), &FEEL_TEST_ENV, arena, &err);
    assert_ok(value, &err);
    return value;
}

static void an_index_finds_what_trying_each_rule_finds(void **state)
{
    TestRandom seed = {99};

    (void)state;
    for (int i = 0; i < TABLE_CASES; i++) {
        Arena *arena = arena_create(0);
        int64_t second = test_pick(&seed, 0, SECONDS);
        const FeelTable *table = any_table(arena, &seed, second);
        FeelTable slow = *table;
        slow.index = NULL;
        assert_non_null(table->index);
        for (int k = 0; k < TABLE_ASKS; k++) {
            TestRandom asked = {test_random(&seed)};
            Str quick = feel_to_text(arena, ask(arena, table, asked, second));
            Str each = feel_to_text(arena, ask(arena, &slow, asked, second));
            if (!str_eq(quick, each))
                fail_msg("table %d, question %d: %.*s, not %.*s", i, k, STR_ARG(quick),
                         STR_ARG(each));
        }
        arena_destroy(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_decimals_reckon_as_the_library),
        cmocka_unit_test(kernels_compute_what_the_tree_computes),
        cmocka_unit_test(a_kernel_finds_names_wherever_they_are),
        cmocka_unit_test(an_index_finds_what_trying_each_rule_finds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
