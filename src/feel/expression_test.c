/* SPDX-License-Identifier: EUPL-1.2 */
/* The language itself, by the sections of DMN 1.5, chapter 10. */
#include "feel/feel_test.h"

static void numbers_are_decimal_with_34_digits(void **state)
{
    static const FeelCase cases[] = {
        {"0.1 + 0.2 = 0.3", "true"},
        {"1 / 3", "0.3333333333333333333333333333333333"},
        {"10 / 4", "2.5"},
        {"1.50", "1.5"},
        {".5 + 1e2", "100.5"},
        {"9999999999999999999999999999999999 + 0", "9999999999999999999999999999999999"},
        {"18446744073709551615 + 1", "18446744073709551616"},
        {"4294967296 * 4294967296", "18446744073709551616"},
        {"0.001 * 0.001", "0.000001"},
        {"2 - 5", "-3"},
        {"1 / 0", "null"},
        {"9e6144 * 10", "null"},
        {"-0", "0"},
        {"3 - 3.0", "0"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

/* 10.3.1.2: negation binds before exponentiation, which groups from the left. */
static void operators_bind_as_the_grammar_says(void **state)
{
    static const FeelCase cases[] = {
        {"1 + 2 * 3", "7"},
        {"(1 + 2) * 3", "9"},
        {"-3 ** 2", "9"},
        {"2 ** 3 ** 2", "64"},
        {"2 ** -1", "0.5"},
        {"10 - 2 - 3", "5"},
        {"--1", "1"},
        {"1 < 2 and 2 < 3 or false", "true"},
        {"true or false and false", "true"},
        {"1 + 1 = 2", "true"},
        {"1 + /* inside */ 2 // behind", "3"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

/* Tables 50 to 53. */
static void logic_has_three_values(void **state)
{
    static const FeelCase cases[] = {
        {"false and null", "false"},    {"null and false", "false"},
        {"true and null", "null"},      {"true or 7", "true"},
        {"false or null", "null"},      {"not(null)", "null"},
        {"null = null", "true"},        {"1 = null", "false"},
        {"1 != null", "true"},          {"1 = \"1\"", "null"},
        {"1 < \"2\"", "null"},          {"null < 1", "null"},
        {"if null then 1 else 2", "2"}, {"if 1 > 0 then \"ja\" else \"nein\"", "ja"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

static void wrong_operations_are_null(void **state)
{
    static const FeelCase cases[] = {
        {"1 + \"a\"", "null"},        {"\"a\" * 2", "null"},
        {"[1] + [2]", "null"},        {"-true", "null"},
        {"nothing here", "null"},     {"nothing.here", "null"},
        {"no such thing(1)", "null"}, {"abs(1, 2)", "null"},
        {"abs(wrong: 1)", "null"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

static void strings_are_code_points(void **state)
{
    static const FeelCase cases[] = {
        {"\"a\" + \"b\"", "ab"},
        {"\"\\u00e4\\n\\\"\\\\\" = \"ä\n\\\"\\\\\"", "true"},
        {"string length(\"\\ud83d\\udc0e\")", "1"},
        {"string length(\"\\U01F40E!\")", "2"},
        {"\"\\d\"", "\\d"},
        {"\"abc\" < \"abd\"", "true"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

static void lists_begin_at_one(void **state)
{
    static const FeelCase cases[] = {
        {"[1, 2, 3][1]", "1"},
        {"[1, 2, 3][-1]", "3"},
        {"[1, 2, 3][0]", "null"},
        {"[1, 2, 3][4]", "null"},
        {"[1, 2, 3][item > 1]", "[2, 3]"},
        {"[1, 2, 3][true]", "[1, 2, 3]"},
        {"[1, 2, 3][\"a\"]", "null"},
        {"[1, 2, null][item > 1]", "[2]"},
        {"5[1]", "5"},
        {"5[item > 6]", "[]"},
        {"null[1]", "null"},
        {"[{a: 1, b: 2}, {a: 3, b: 4}][a > 1].b", "[4]"},
        {"[{a: 1}, {b: 2}].a", "[1, null]"},
        {"[{item: 4}][item = 4]", "[{item: 4}]"},
        {"[[1, 2], [3]][2][1]", "3"},
        {"[1, [2]] = [1, [2]]", "true"},
        {"{n: 2, r: [1, 2, 3][n]}.r", "2"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

static void contexts_see_their_earlier_entries(void **state)
{
    static const FeelCase cases[] = {
        {"{a: 1, b: a + 1}.b", "2"},
        {"{a: 1, \"b c\": 2}.b c", "2"},
        {"{a: {b: {c: 7}}}.a.b.c", "7"},
        {"{a: 1, b: 2} = {b: 2, a: 1}", "true"},
        {"{a: 1} = {a: 1, b: null}", "false"},
        {"{a: 1, a: 2}", "null"},
        {"{a: 1}.b", "null"},
        {"{a: 1, b: {a: 2, c: a}}.b.c", "2"},
        {"{}", "{}"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

static void ranges_close_and_open(void **state)
{
    static const FeelCase cases[] = {
        {"1 in [1..3]", "true"},
        {"1 in (1..3]", "false"},
        {"1 in ]1..3]", "false"},
        {"3 in [1..3[", "false"},
        {"3 in [1..3)", "false"},
        {"2 in (1, 2, 3)", "true"},
        {"2 in (> 2, < 1)", "false"},
        {"2 in > 1", "true"},
        {"2 in [1, 2]", "true"},
        {"2 in [[1..3]]", "true"},
        {"\"b\" in [\"a\"..\"c\"]", "true"},
        {"\"b\" in [1..3]", "null"},
        {"5 in (< 5)", "false"},
        {"[1..3] = [1..3]", "true"},
        {"[1..3] = (1..3]", "false"},
        {"[1..3].end included", "true"},
        {"(1..3).start", "1"},
        {"[1..10[.end included", "false"},
        {"(<= 10).start included", "false"},
        {"2 between 1 and 3 and true", "true"},
        {"2 between 3 and 1", "false"},
        {"null between 1 and 3", "null"},
        {"2 in (? > 1 and ? < 3)", "true"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

static void loops_combine_their_variables(void **state)
{
    static const FeelCase cases[] = {
        {"for i in [1, 2], j in [10, 20] return i + j", "[11, 21, 12, 22]"},
        {"for i in 3..1 return i", "[3, 2, 1]"},
        {"for i in [1..3] return i * i", "[1, 4, 9]"},
        {"for i in (1..4) return i", "[2, 3]"},
        {"for i in [3..1] return i", "null"},
        {"for x in [[1, 2], [3]], y in x return y", "[1, 2, 3]"},
        {"for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]"},
        {"for d in @\"2027-02-27\"..@\"2027-03-01\" return d.day", "[27, 28, 1]"},
        {"some x in [1, 2] satisfies x > 1", "true"},
        {"some x in [1, null] satisfies x > 1", "null"},
        {"some x in [] satisfies x", "false"},
        {"every x in [1, 2], y in [3, 4] satisfies x < y", "true"},
        {"every x in [] satisfies false", "true"},
        {"every x in [1, null, 0] satisfies x > 0", "false"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

static void functions_keep_what_they_saw(void **state)
{
    static const FeelCase cases[] = {
        {"(function(a, b) a - b)(5, 3)", "2"},
        {"(function(a, b) a - b)(b: 5, a: 3)", "-2"},
        {"(function(a, b) b)(a: 3)", "null"},
        {"(function(a, b) b)(a: 3, c: 1)", "null"},
        {"(function(a: number) a)(\"text\")", "null"},
        {"(function(a) a)(1, 2)", "null"},
        {"(for n in [1, 2] return function(x) x + n)[2](10)", "12"},
        {"{add: function(x) function(y) x + y, r: add(1)(2)}.r", "3"},
        {"{f: abs, r: f(-1)}.r", "1"},
        {"sort([3, 1, 2], function(a, b) a > b)", "[3, 2, 1]"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

static void names_may_hold_blanks_and_operators(void **state)
{
    static const FeelCase cases[] = {
        {"{Monthly Salary: 10, r: Monthly Salary * 12}.r", "120"},
        {"{a: 5, b: 2, a-b: 1, r: a-b}.r", "1"},
        {"{a: 5, b: 2, r: a-b}.r", "3"},
        {"{a: 5, b: 2, a-b: 1, r: a - b, s: (a)-(b)}.r", "1"},
        {"{\"a - b\": 7, r: a-b}.r", "7"},
        {"{Profit and Loss: 3, r: Profit and Loss + 1}.r", "4"},
        {"{days in weekend: [6, 7], r: for d in days in weekend return d}.r", "[6, 7]"},
        {"{größe: 1, 🐎: 2, r: größe + 🐎}.r", "3"},
        {"{date: 1, r: date}.r", "1"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

static void instance_of_looks_at_the_structure(void **state)
{
    static const FeelCase cases[] = {
        {"1 instance of number", "true"},
        {"null instance of Any", "false"},
        {"[1, 2] instance of list<number>", "true"},
        {"[1, \"a\"] instance of list<number>", "false"},
        {"{a: 1, b: 2} instance of context<a: number>", "true"},
        {"{a: null} instance of context<a: string>", "true"},
        {"{b: 1} instance of context<a: number>", "false"},
        {"[1..2] instance of range<number>", "true"},
        {"[1] instance of list", "null"},
        {"1 instance of no type", "null"},
        {"null instance of Null", "true"},
        {"@\"P1D\" instance of days and time duration", "true"},
        {"@\"P1M\" instance of days and time duration", "false"},
        {"(function(a) a) instance of function<number> -> Any", "true"},
        {"(function(a) a) instance of function<> -> Any", "false"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_decimal_with_34_digits),
        cmocka_unit_test(operators_bind_as_the_grammar_says),
        cmocka_unit_test(logic_has_three_values),
        cmocka_unit_test(wrong_operations_are_null),
        cmocka_unit_test(strings_are_code_points),
        cmocka_unit_test(lists_begin_at_one),
        cmocka_unit_test(contexts_see_their_earlier_entries),
        cmocka_unit_test(ranges_close_and_open),
        cmocka_unit_test(loops_combine_their_variables),
        cmocka_unit_test(functions_keep_what_they_saw),
        cmocka_unit_test(names_may_hold_blanks_and_operators),
        cmocka_unit_test(instance_of_looks_at_the_structure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
