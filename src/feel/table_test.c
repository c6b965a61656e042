/* SPDX-License-Identifier: EUPL-1.2 */
/* Decision tables: hit policies, what a reader is told, and the analysis. */
#include "feel/feel_test.h"

static const FeelTable *read_table(Arena *arena, const char *yaml, const FeelScope *scope, Err *err)
{
    const Node *node = node_parse_yaml(arena, str_c(yaml), "t.yaml", &NODE_LIMITS_PACKAGE, err);

    assert_ok(node, err);
    return feel_table_from_yaml(arena, node, scope, err);
}

static const FeelValue *context_of(Arena *arena, const char *text)
{
    Err err = {0};
    const FeelProgram *program = feel_compile(arena, str_c(text), NULL, 1, NULL, &err);

    return feel_eval(program, NULL, &FEEL_TEST_ENV, arena, &err);
}

/* The result as text, then the numbers of the rules that matched. */
static void assert_decides(const char *yaml, const char *context, const char *expected)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    FeelTableResult result;
    const FeelTable *table = read_table(arena, yaml, NULL, &err);
    Buf out = buf_in(arena);

    assert_ok(table, &err);
    assert_ok(
        feel_table_eval(table, context_of(arena, context), &FEEL_TEST_ENV, arena, &result, &err),
        &err);
    buf_add(&out, feel_to_text(arena, result.value));
    for (size_t i = 0; i < result.hit_count; i++)
        buf_addf(&out, " %zu", result.hits[i].rule);
    assert_str(buf_str(&out), expected);
    arena_destroy(arena);
}

#define GRADES(hit)                                              \
    "name: grades\nhit: " hit "\n"                               \
    "inputs:\n  - {expression: n, type: number}\n"               \
    "outputs:\n  - {name: g, type: number, values: [3, 2, 1]}\n" \
    "rules:\n  - [\"> 0\", 1]\n  - [\"[2..8]\", 2]\n  - [\"> 5\", 3, best]\n"

static void each_hit_policy_makes_its_result(void **state)
{
    (void)state;
    assert_decides(GRADES("unique"), "{n: 1}", "1 1");
    assert_decides(GRADES("unique"), "{n: 3}", "null 1 2");
    assert_decides(GRADES("any"), "{n: 3}", "null 1 2");
    assert_decides(GRADES("any"), "{n: 1}", "1 1");
    assert_decides(GRADES("priority"), "{n: 7}", "3 1 2 3");
    assert_decides(GRADES("priority"), "{n: 3}", "2 1 2");
    assert_decides(GRADES("first"), "{n: 7}", "1 1");
    assert_decides(GRADES("rule order"), "{n: 7}", "[1, 2, 3] 1 2 3");
    assert_decides(GRADES("output order"), "{n: 7}", "[3, 2, 1] 1 2 3");
    assert_decides(GRADES("collect"), "{n: 3}", "[1, 2] 1 2");
    assert_decides(GRADES("collect sum"), "{n: 7}", "6 1 2 3");
    assert_decides(GRADES("collect min"), "{n: 7}", "1 1 2 3");
    assert_decides(GRADES("collect max"), "{n: 7}", "3 1 2 3");
    assert_decides(GRADES("collect count"), "{n: 7}", "3 1 2 3");
    assert_decides(GRADES("unique"), "{n: -1}", "null");
    assert_decides(GRADES("unique"), "{n: null}", "null");
}

static const char TWO_OUTPUTS[] =
    "name: fee\nhit: first\n"
    "inputs:\n"
    "  - {expression: kind, type: string, values: [pass, card]}\n"
    "  - {expression: age, type: number}\n"
    "outputs:\n"
    "  - {name: euro, type: number, default: \"0\"}\n"
    "  - {name: days, type: days and time duration, default: '@\"P1D\"'}\n"
    "rules:\n"
    "  - ['\"pass\"', \"< 24\", 37.50, '@\"P21D\"', young]\n"
    "  - ['\"pass\"', \"-\", \"age * 2\", '@\"P28D\"']\n"
    "  - ['not(\"pass\")', \">= 16\", 37, '@\"P14D\"']\n";

static void several_outputs_are_a_context(void **state)
{
    (void)state;
    assert_decides(TWO_OUTPUTS, "{kind: \"pass\", age: 20}", "{euro: 37.5, days: P21D} 1");
    assert_decides(TWO_OUTPUTS, "{kind: \"pass\", age: 40}", "{euro: 80, days: P28D} 2");
    assert_decides(TWO_OUTPUTS, "{kind: \"card\", age: 16}", "{euro: 37, days: P14D} 3");
    assert_decides(TWO_OUTPUTS, "{kind: \"card\", age: 3}", "{euro: 0, days: P1D}");
}

static void the_result_says_which_row_and_why(void **state)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    FeelTableResult result;
    const FeelTable *table = read_table(arena, TWO_OUTPUTS, NULL, &err);

    (void)state;
    assert_ok(table, &err);
    assert_str(feel_type_name(arena, feel_table_type(table)),
               "context<euro: number, days: days and time duration>");
    assert_true(feel_table_eval(table, context_of(arena, "{kind: \"pass\", age: 20}"),
                                &FEEL_TEST_ENV, arena, &result, &err));
    assert_int_equal(result.hits[0].line, 10);
    assert_str(result.hits[0].remark, "young");
    assert_str(result.input_texts[0], "pass");
    assert_str(result.input_texts[1], "20");
    arena_destroy(arena);
}

static void tables_are_functions_of_expressions(void **state)
{
    static const FeelCase cases[] = {
        {"fee(\"pass\", 40).euro", "80"},
        {"fee(age: 40, kind: \"pass\").euro + 1", "81"},
        {"sum(for a in [20, 40] return fee(\"pass\", a).euro)", "117.5"},
        {"{f: fee, r: f(\"card\", 16)}.r.euro", "37"},
    };
    Arena *arena = arena_create(0);
    Err err = {0};
    FeelScope *scope = feel_scope(arena, NULL);

    (void)state;
    feel_scope_add_table(scope, read_table(arena, TWO_OUTPUTS, NULL, &err));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const FeelProgram *program =
            feel_compile(arena, str_c(cases[i].text), NULL, 1, scope, &err);
        assert_ok(program, &err);
        const FeelValue *value = feel_eval(program, NULL, &FEEL_TEST_ENV, arena, &err);
        assert_ok(value, &err);
        assert_str(feel_to_text(arena, value), cases[i].expected);
    }
    assert_null(feel_compile(arena, STR("fee(\"pass\")"), NULL, 1, scope, &err));
    assert_null(feel_compile(arena, STR("fee(1, 2)"), NULL, 1, scope, &err));
    assert_null(feel_compile(arena, STR("fee(kind: \"pass\", old: 2)"), NULL, 1, scope, &err));
    arena_destroy(arena);
}

static void mistakes_in_cells_have_a_place(void **state)
{
    static const struct {
        const char *rules;
        int line;
        const char *message;
    } mistakes[] = {
        {"  - ['\"pas\"', \"-\", 1, null]\n", 10, "allowed values"},
        {"  - [\"-\", '\"x\"', 1, null]\n", 10, "never equal"},
        {"  - [\"-\", \"-\", \"ages\", null]\n", 10, "is \"age\" meant?"},
        {"  - [\"-\", \"-\", '\"x\"', null]\n", 10, "the output \"euro\" is a number"},
        {"  - [\"-\", \"-\"]\n", 10, "here are 2 cells"},
        {"  - [\"-\", \"-\", 1, null]\n  - [\"(\", \"-\", 1, null]\n", 11, "ends too early"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        Arena *arena = arena_create(0);
        Err err = {0};
        size_t head = (size_t)(strstr(TWO_OUTPUTS, "rules:\n") - TWO_OUTPUTS) + 7;
        const char *yaml = arena_printf(arena, "%.*s%s", (int)head, TWO_OUTPUTS, mistakes[i].rules);
        assert_null(read_table(arena, yaml, NULL, &err));
        if (!strstr(err.message, mistakes[i].message))
            fail_msg("%s: %s", mistakes[i].rules, err.message);
        assert_int_equal(err.line, mistakes[i].line);
        assert_string_equal(err.file, "t.yaml");
        arena_destroy(arena);
    }
}

static void inputs_come_from_the_scope(void **state)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    FeelScope *scope = feel_scope(arena, NULL);

    (void)state;
    feel_scope_add(scope, STR("kind"), feel_type(FEEL_STRING));
    assert_null(read_table(arena, TWO_OUTPUTS, scope, &err));
    assert_non_null(strstr(err.message, "\"age\" is not known"));
    feel_scope_add(scope, STR("age"), feel_type(FEEL_DATE));
    assert_null(read_table(arena, TWO_OUTPUTS, scope, &err));
    assert_non_null(strstr(err.message, "\"age\" is a date, not a number"));
    arena_destroy(arena);
}

/* The index must find what trying every rule finds: compare a table with its rules one by
 * one, over values around everything the cells name. */
static void an_indexed_table_decides_like_its_rules(void **state)
{
    static const char *const tests[][2] = {{"< 3", "-"},          {"[3..5)", "\"a\""},
                                           {"5", "\"b\",\"c\""},  {"(5..9]", "not(\"a\")"},
                                           {"not(4)", "\"a\""},   {"-", "[\"b\"..\"d\"]"},
                                           {"> 9, 1", "-"},       {"? * 2 > 9", "\"b\""},
                                           {"1, 2, [7..8]", "-"}, {"!= 5", "> \"b\""},
                                           {">= 100", "\"zz\""},  {"7", "? = \"c\""}};
    static const char head[] = "name: t\nhit: collect\ninputs:\n  - {expression: x, type: number}\n"
                               "  - {expression: s, type: string}\noutputs:\n  - {name: r, type: "
                               "number}\nrules:\n";
    enum { RULES = sizeof tests / sizeof *tests };
    Arena *arena = arena_create(0);
    Err err = {0};
    Buf yaml = buf_in(arena);
    const FeelTable *single[RULES];
    FeelTableResult result;

    (void)state;
    buf_add_c(&yaml, head);
    for (int i = 0; i < RULES; i++) {
        const char *rule =
            arena_printf(arena, "  - ['%s', '%s', %d]\n", tests[i][0], tests[i][1], i + 1);
        buf_add_c(&yaml, rule);
        single[i] = read_table(arena, arena_printf(arena, "%s%s", head, rule), NULL, &err);
        assert_ok(single[i], &err);
    }
    const FeelTable *all = read_table(arena, str_cstr(arena, buf_str(&yaml)), NULL, &err);
    assert_ok(all, &err);
    for (int x = -1; x < 25; x++) {
        for (const char *s = "abcdez-"; *s; s++) {
            const char *context = arena_printf(
                arena, *s == '-' ? "{x: %s}" : "{x: %s, s: \"%c\"}",
                x < 0 ? "null" : arena_printf(arena, "%d.5 - %d.%d", x, x / 2, x % 2 ? 0 : 5), *s);
            const FeelValue *values = context_of(arena, context);
            Buf expected = buf_in(arena), found = buf_in(arena);
            buf_add_c(&expected, "");
            buf_add_c(&found, "");
            for (int i = 0; i < RULES; i++) {
                assert_ok(feel_table_eval(single[i], values, &FEEL_TEST_ENV, arena, &result, &err),
                          &err);
                if (result.hit_count)
                    buf_addf(&expected, " %d", i + 1);
            }
            assert_ok(feel_table_eval(all, values, &FEEL_TEST_ENV, arena, &result, &err), &err);
            for (size_t i = 0; i < result.hit_count; i++)
                buf_addf(&found, " %zu", result.hits[i].rule);
            if (!str_eq(buf_str(&expected), buf_str(&found)))
                fail_msg("%s: %.*s, not %.*s", context, STR_ARG(buf_str(&found)),
                         STR_ARG(buf_str(&expected)));
        }
    }
    arena_destroy(arena);
}

/* --- Analysis ------------------------------------------------------------------------- */

static void assert_warnings(const char *head, const char *rules, const char *expected)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    FeelWarning *warnings;
    Buf all = buf_in(arena);
    const FeelTable *table =
        read_table(arena, arena_printf(arena, "%srules:\n%s", head, rules), NULL, &err);

    assert_ok(table, &err);
    size_t count = feel_table_analyse(table, arena, &warnings);
    buf_add_c(&all, "");
    for (size_t i = 0; i < count; i++)
        buf_addf(&all, "%d: %.*s\n", warnings[i].line, STR_ARG(warnings[i].message));
    assert_str(buf_str(&all), expected);
    arena_destroy(arena);
}

#define ONE(hit, input)                                                \
    "name: t\nhit: " hit "\ninputs:\n  - {expression: x, " input "}\n" \
    "outputs:\n  - {name: r, type: number}\n"
#define HEAD(hit, input)                                               \
    "name: t\nhit: " hit "\ninputs:\n  - {expression: x, " input "}\n" \
    "  - {expression: b, type: boolean}\noutputs:\n  - {name: r, type: number}\n"

static void gaps_are_found(void **state)
{
    (void)state;
    assert_warnings(ONE("unique", "type: number"), "  - [\"< 5\", 1]\n  - [\"> 5\", 2]\n",
                    "1: no rule covers x = 5\n");
    assert_warnings(HEAD("unique", "type: number"),
                    "  - [\"<= 5\", \"-\", 1]\n  - [\"> 5\", \"true\", 2]\n",
                    "1: no rule covers x > 5, b = false\n");
    assert_warnings(ONE("unique", "type: number"),
                    "  - [\"[1..3]\", 1]\n  - [\"not([1..3])\", 2]\n", "");
    assert_warnings(ONE("unique", "type: number, whole: true"),
                    "  - [\"<= 1\", 1]\n  - [\"2\", 2]\n  - [\">= 3\", 3]\n", "");
    assert_warnings(ONE("unique", "type: date"),
                    "  - ['< @\"2027-01-01\"', 1]\n  - ['>= @\"2027-01-02\"', 2]\n",
                    "1: no rule covers x = 2027-01-01\n");
    assert_warnings(ONE("unique", "type: date"),
                    "  - ['<= @\"2027-01-01\"', 1]\n  - ['>= @\"2027-01-02\"', 2]\n", "");
    assert_warnings(HEAD("unique", "type: string, values: [p, q, r]"),
                    "  - ['\"p\",\"q\"', \"-\", 1]\n  - ['\"r\"', \"false\", 2]\n",
                    "1: no rule covers x = \"r\", b = true\n");
    assert_warnings(ONE("unique", "type: string"), "  - ['\"p\"', 1]\n",
                    "1: no rule covers x of another value\n");
    /* A cell that computes may match anything. */
    assert_warnings(ONE("unique", "type: number"), "  - [\"< 5\", 1]\n  - [\"? * 2 > 9\", 2]\n",
                    "");
}

static void neighbouring_gaps_are_one(void **state)
{
    (void)state;
    assert_warnings(ONE("unique", "type: number"), "  - [\"< 10\", 1]\n  - [\">= 25\", 2]\n",
                    "1: no rule covers x >= 10 and < 25\n");
    assert_warnings(HEAD("unique", "type: number"),
                    "  - [\"< 10\", \"-\", 1]\n  - [\"> 25\", \"-\", 2]\n"
                    "  - [\"[10..25]\", \"true\", 3]\n  - [\"15\", \"false\", 4]\n",
                    "1: no rule covers x >= 10 and < 15, b = false\n"
                    "1: no rule covers x > 15 and <= 25, b = false\n");
    assert_warnings(ONE("unique", "type: string, values: [p, q, r, s]"), "  - ['\"q\"', 1]\n",
                    "1: no rule covers x = \"p\" or \"r\" or \"s\"\n");
    assert_warnings(HEAD("unique", "type: number"), "  - [\"> 5\", \"true\", 1]\n",
                    "1: no rule covers x <= 5\n1: no rule covers b = false\n");
    assert_warnings(ONE("unique", "type: date"),
                    "  - ['< @\"2027-01-01\"', 1]\n  - ['>= @\"2027-02-01\"', 2]\n",
                    "1: no rule covers x >= 2027-01-01 and < 2027-02-01\n");
}

static void up_to_five_gaps_are_told(void **state)
{
    (void)state;
    assert_warnings(
        ONE("unique", "type: number"), "  - [\"1,2,3,4,5\", 1]\n",
        "1: no rule covers x < 1\n1: no rule covers x > 1 and < 2\n"
        "1: no rule covers x > 2 and < 3\n1: no rule covers x > 3 and < 4\n"
        "1: no rule covers x > 4 and < 5\n"
        "1: there are more gaps than these: mend them, or give the outputs a default\n");
    assert_warnings(ONE("unique", "type: number"), "  - [\"1,2,3,4\", 1]\n",
                    "1: no rule covers x < 1\n1: no rule covers x > 1 and < 2\n"
                    "1: no rule covers x > 2 and < 3\n1: no rule covers x > 3 and < 4\n"
                    "1: no rule covers x > 4\n");
}

/* Only the last of many inputs shows that each combination of the others is covered. */
static void a_search_that_is_too_long_says_so(void **state)
{
    Arena *arena = arena_create(0);
    Buf table = buf_in(arena), rules = buf_in(arena);

    (void)state;
    buf_add_c(&table, "name: t\nhit: collect\ninputs:\n");
    for (int i = 0; i < 9; i++)
        buf_addf(&table, "  - {expression: x%d, type: number}\n", i);
    buf_add_c(&table, "outputs:\n  - {name: r, type: number}\n");
    for (int k = 0; k < 9; k++) {
        buf_add_c(&rules, "  - [");
        for (int i = 0; i < 8; i++)
            buf_add_c(&rules, i == k ? "\"not(1,2,3,4,5)\", " : "\"-\", ");
        buf_addf(&rules, "\"< 0\", %d]\n", k);
    }
    buf_add_c(&rules, "  - [");
    for (int i = 0; i < 8; i++)
        buf_add_c(&rules, "\"-\", ");
    buf_add_c(&rules, "\">= 0\", 9]\n");
    assert_warnings(str_cstr(arena, buf_str(&table)), str_cstr(arena, buf_str(&rules)),
                    "1: too many combinations to look for gaps; split the table, or give the "
                    "outputs a default\n");
    arena_destroy(arena);
}

/* A row that covers the rest of the inputs ends the search. */
static void many_inputs_that_few_rows_test_are_no_trouble(void **state)
{
    Arena *arena = arena_create(0);
    Buf table = buf_in(arena), rules = buf_in(arena);

    (void)state;
    buf_add_c(&table, "name: t\nhit: first\ninputs:\n");
    for (int i = 0; i < 9; i++)
        buf_addf(&table, "  - {expression: x%d, type: number}\n", i);
    buf_add_c(&table, "outputs:\n  - {name: r, type: number}\n");
    for (int k = 0; k < 10; k++) {
        buf_add_c(&rules, "  - [");
        for (int i = 0; i < 9; i++)
            buf_add_c(&rules, i == k ? "\"not(1,2,3,4,5)\", " : "\"-\", ");
        buf_addf(&rules, "%d]\n", k);
    }
    assert_warnings(str_cstr(arena, buf_str(&table)), str_cstr(arena, buf_str(&rules)), "");
    arena_destroy(arena);
}

static void an_input_without_a_type_is_named(void **state)
{
    (void)state;
    assert_warnings(ONE("unique", "label: X"), "  - [\"< 5\", 1]\n",
                    "1: gaps, overlaps and rows that never fire are not looked for: the input x "
                    "has no type: give it one\n");
}

static void inputs_that_no_rule_tests_are_found(void **state)
{
    (void)state;
    assert_warnings(HEAD("unique", "type: number"),
                    "  - [\"< 5\", \"-\", 1]\n  - [\">= 5\", \"-\", 2]\n",
                    "5: no rule tests the input b: remove it, or fill its cells\n");
}

static void overlaps_are_found_where_they_are_forbidden(void **state)
{
    const char *rules = "  - [\"<= 5\", 1]\n  - [\">= 5\", 2]\n";

    (void)state;
    assert_warnings(ONE("unique", "type: number"), rules, "9: rows 1 and 2 both match x = 5\n");
    assert_warnings(ONE("any", "type: number"), rules, "9: rows 1 and 2 both match x = 5\n");
    assert_warnings(ONE("any", "type: number"), "  - [\"<= 5\", 1]\n  - [\">= 5\", 1]\n", "");
    assert_warnings(ONE("first", "type: number"), rules, "");
    assert_warnings(ONE("collect", "type: number"), rules, "");
}

static void rows_that_never_fire_are_found(void **state)
{
    (void)state;
    assert_warnings(HEAD("first", "type: number"),
                    "  - [\"< 5\", \"-\", 1]\n  - [\">= 5\", \"-\", 2]\n  - [\"3\", \"true\", 3]\n",
                    "11: row 3 never fires: the rows above cover it\n");
    assert_warnings(HEAD("first", "type: number"),
                    "  - [\"1\", \"true\", 1]\n  - [\"-\", \"-\", 1]\n  - [\"-\", \"-\", 2]\n",
                    "11: row 3 never fires: the rows above cover it\n");
    assert_warnings(ONE("first", "type: number"), "  - [\"(3..3)\", 1]\n  - [\"-\", 2]\n",
                    "8: row 1 never fires: no value passes its tests\n");
}

static void rows_that_never_decide_are_found(void **state)
{
    static const char *const priority =
        "name: t\nhit: priority\ninputs:\n  - {expression: x, type: number}\n"
        "outputs:\n  - {name: r, type: number, values: [30, 20, 10]}\n";

    (void)state;
    assert_warnings(priority, "  - [\"> 5\", 10]\n  - [\"> 3\", 20]\n  - [\"<= 3\", 30]\n",
                    "8: row 1 never decides: rows whose results have priority cover it\n");
    assert_warnings(priority, "  - [\"> 5\", 20]\n  - [\"> 3\", 10]\n  - [\"<= 3\", 30]\n", "");
    /* Of equal results the earlier row decides. */
    assert_warnings(priority, "  - [\"-\", 20]\n  - [\"> 3\", 20]\n",
                    "9: row 2 never decides: rows whose results have priority cover it\n");
    assert_warnings(ONE("any", "type: number"),
                    "  - [\"< 5\", 1]\n  - [\">= 5\", 1]\n  - [\"3\", 1]\n",
                    "10: row 3 adds nothing: the rows above cover it with the same result\n");
}

static void divisions_in_cells_know_the_tests_of_their_row(void **state)
{
    (void)state;
    assert_warnings(ONE("unique", "type: number"),
                    "  - [\"< 0\", \"6 / x\"]\n  - [\"0\", 0]\n  - [\"> 0\", \"6 / x\"]\n", "");
    assert_warnings(ONE("unique", "type: number"),
                    "  - [\"not(0)\", \"6 / x\"]\n  - [\"0\", \"6 / x\"]\n",
                    "9: division by 0: the result is always null\n");
    assert_warnings(ONE("unique", "type: number"),
                    "  - [\"< 9\", \"6 / x\"]\n  - [\">= 9\", \"6 / x\"]\n",
                    "8: the divisor x may be 0, and the result is null then: ask before, as in "
                    "\"if x != 0 then ... else ...\", or give the field a \"min\"\n");
    assert_warnings(ONE("first", "type: number"),
                    "  - [\"? != 0 and ? < 7\", \"6 / x\"]\n  - [\"-\", 4]\n", "");
    /* The first row took the zeros. */
    assert_warnings(ONE("first", "type: number"), "  - [\"0\", 0]\n  - [\"-\", \"6 / x\"]\n", "");
    assert_warnings(HEAD("first", "type: number"),
                    "  - [\"0\", \"true\", 0]\n  - [\"-\", \"-\", \"6 / x\"]\n",
                    "10: the divisor x may be 0, and the result is null then: ask before, as in "
                    "\"if x != 0 then ... else ...\", or give the field a \"min\"\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_hit_policy_makes_its_result),
        cmocka_unit_test(several_outputs_are_a_context),
        cmocka_unit_test(the_result_says_which_row_and_why),
        cmocka_unit_test(tables_are_functions_of_expressions),
        cmocka_unit_test(mistakes_in_cells_have_a_place),
        cmocka_unit_test(inputs_come_from_the_scope),
        cmocka_unit_test(an_indexed_table_decides_like_its_rules),
        cmocka_unit_test(gaps_are_found),
        cmocka_unit_test(neighbouring_gaps_are_one),
        cmocka_unit_test(up_to_five_gaps_are_told),
        cmocka_unit_test(a_search_that_is_too_long_says_so),
        cmocka_unit_test(many_inputs_that_few_rows_test_are_no_trouble),
        cmocka_unit_test(an_input_without_a_type_is_named),
        cmocka_unit_test(inputs_that_no_rule_tests_are_found),
        cmocka_unit_test(overlaps_are_found_where_they_are_forbidden),
        cmocka_unit_test(rows_that_never_fire_are_found),
        cmocka_unit_test(rows_that_never_decide_are_found),
        cmocka_unit_test(divisions_in_cells_know_the_tests_of_their_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
