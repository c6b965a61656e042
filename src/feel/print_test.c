/* SPDX-License-Identifier: EUPL-1.2 */
/* How the forms of the language are printed. */
#include "feel/print_fixture.h"

typedef struct PrintCase {
    Way way;
    const char *text;
    const char *printed; /* NULL: the text is printed as it is */
} PrintCase;

static void assert_prints(const Fixture *f, const PrintCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Arena *arena = arena_create(0);
        const char *printed = round_trip(f, arena, cases[i].text, cases[i].way);
        const char *expected = cases[i].printed ? cases[i].printed : cases[i].text;
        if (!printed) {
            fail_msg("%s does not compile", cases[i].text);
            return;
        }
        if (strcmp(printed, expected) != 0)
            fail_msg("%s is printed as %s, not as %s", cases[i].text, printed, expected);
        arena_destroy(arena);
    }
}
#define ASSERT_PRINTS(state, cases) \
    assert_prints(*(state), (cases), sizeof(cases) / sizeof *(cases))

static void parentheses_stand_only_where_the_grammar_needs_them(void **state)
{
    static const PrintCase cases[] = {
        {STRICT, "((a+b))*((c))", "(a + b) * c"},
        {STRICT, "(a*b)+(c/a)", "a * b + c / a"},
        {STRICT, "a-(b-c)", "a - (b - c)"},
        {STRICT, "(a-b)-c", "a - b - c"},
        {STRICT, "-(a**2)", "-(a ** 2)"},
        {STRICT, "(-a)**2", "-a ** 2"},
        {STRICT, "a**(b**c)", "a ** (b ** c)"},
        {STRICT, "-(-a)", "--a"},
        {STRICT, "((a<b)and(b<c))or(yes)", "a < b and b < c or yes"},
        {STRICT, "yes and(yes or a=b)", "yes and (yes or a = b)"},
        {STRICT, "(a < b) = (b < c)", "a < b = (b < c)"},
        {STRICT, "(if yes then a else b)+c", "(if yes then a else b) + c"},
        {STRICT, "c+(if yes then a else b)", "c + if yes then a else b"},
        {STRICT, "c+(if yes then a else b)*2", "c + (if yes then a else b) * 2"},
        {STRICT, "(for i in list return i)[1]", NULL},
        {STRICT, "(a between b and c)and yes", "a between b and c and yes"},
        {STRICT, "a between (if yes then b else c) and (if yes then c else b)",
         "a between (if yes then b else c) and if yes then c else b"},
        {STRICT, "(a in (1, 2)) = yes", "a in (1, 2) = yes"},
    };

    ASSERT_PRINTS(state, cases);
}

static void values_are_printed_as_they_were_written(void **state)
{
    static const PrintCase cases[] = {
        {STRICT, "1.50+.5e1", "1.50 + 5"},
        {STRICT, "96/12*7", "96 / 12 * 7"},
        {STRICT, "1E6000+.00150+1e-90+0.0", "1e6000 + 0.00150 + 1e-90 + 0.0"},
        {STRICT, "\"a\\\"\\n\\u00e4\\\\\\d\"", "\"a\\\"\\nä\\\\\\\\d\""},
        {STRICT, "\"\\u0000\\u0007\\t\"", "\"\\u0000\\u0007\\t\""},
        {STRICT, "@\"2027-03-01T24:00:00@Europe/Berlin\"",
         "@\"2027-03-02T00:00:00@Europe/Berlin\""},
        {STRICT, "[@\"P14M\", @\"-P0D\"]", "[@\"P1Y2M\", @\"PT0S\"]"},
        {STRICT, "[ true,false , null ]", "[true, false, null]"},
        {STRICT, "{ \"a\":1, \"b c\" : 2,\"d:e\":3, f-g: 4, h / / i: 5, \"\": 6 }",
         "{a: 1, b c: 2, \"d:e\": 3, f-g: 4, h/ /i: 5, \"\": 6}"},
        {STRICT, "]1..5[", "(1..5)"},
        {STRICT, "[1..5[", "[1..5)"},
        {STRICT, "[(<5),(>=b),(=a)]", "[(< 5), (>= b), (= a)]"},
        {STRICT, "a /* the first */ + // and\n b", "a + b"},
        {STRICT, "if 1 > 0 then a + b else c", "a + b"},
        {LENIENT, "unknown thing + 1", "null + 1"},
    };

    ASSERT_PRINTS(state, cases);
}

static void names_are_set_apart_where_a_longer_one_is_known(void **state)
{
    static const PrintCase cases[] = {
        {STRICT, "Soll - Ist", "Soll-Ist"},
        {STRICT, "(Soll) - (Ist)", "(Soll) - Ist"},
        {STRICT, "Soll + Ist", NULL},
        {STRICT, "Monthly  Salary * 2", "Monthly Salary * 2"},
        {LENIENT, "(a) and (b)", "(a) and b"},
        {STRICT, "(date) and (time)", "(date) and time"},
        {ANY_NAMES, "(date) and (time)", "(date) and time"},
        {STRICT, "(x instance of date) and (time)", "(x instance of date) and time"},
        {LENIENT, "(x instance of function<>->date) and (time)",
         "(x instance of function<>->date) and time"},
        {STRICT, "dogs[1].weight - kg", "dogs[1].weight-kg"},
        {STRICT, "(dogs[1].weight) - a", "dogs[1].weight - a"},
        {STRICT, "dogs[(weight) - (kg) > 3]", "dogs[(weight) - kg > 3]"},
        {STRICT, "a in ((Soll) - Ist)", NULL},
        {STRICT, "in stock in in stock", NULL},
        {STRICT, "{if a: 1, b: if (a > 1) then a else 2}",
         "{if a: 1, b: if /**/ a > 1 then a else 2}"},
        {STRICT, "{for x: 1, b: for /**/ x in list return x}", NULL},
        {STRICT, "{true a: 1, b: true}", NULL},
        {ANY_NAMES, "{and then: 1, b: [and then, 2]}", "{and then: 1, b: [(and then), 2]}"},
    };

    ASSERT_PRINTS(state, cases);
}

static void forms_and_calls_print_as_written(void **state)
{
    static const PrintCase cases[] = {
        {STRICT, "for i in 1..3, j in list return i * count(partial)", NULL},
        {STRICT, "some h in dogs satisfies h.name = s", NULL},
        {STRICT, "every i in [1..5], j in (1..i] satisfies i >= j", NULL},
        {STRICT, "dogs[name = \"Rex\" and item.weight > 3].weight", NULL},
        {STRICT, "substring(start position: 2, string: s)",
         "substring(string: s, start position: 2)"},
        {STRICT, "twice(y: 1, x: 2)", NULL},
        {STRICT, "(count)(list)", "count(list)"},
        {ANY_NAMES, "(count)(list)", NULL},
        {STRICT, "(sum)(list)", NULL},
        {STRICT, "sum", NULL},
        {STRICT, "dog tax(big: false, position: a)", "dog tax(a, false)"},
        {STRICT, "(dog tax)(a, false)", NULL},
        {STRICT, "(function(x: number, y: Dog, z) x)(1, dogs[1], 3)", NULL},
        {STRICT, "sort(list, function(x, y) x > y)", NULL},
        {STRICT, "x instance of list< context<a:number,b c : list>>",
         "x instance of list<context<a: number, b c: list<Any>>>"},
        {STRICT, "x instance of function<number,string>->list<Dog>",
         "x instance of function<number, string>->list<Dog>"},
        {STRICT, "(x instance of function) = yes", "x instance of function = yes"},
        {LENIENT, "x instance of tList", "x instance of list<Any>"},
        {STRICT, "{a: 1, b: a + 1}.b", NULL},
        {LENIENT, "(d).year+(m).p", "d.year + m.p"},
        {STRICT, "r.start included", NULL},
    };

    ASSERT_PRINTS(state, cases);
}

static void tests_print_as_tests(void **state)
{
    static const PrintCase cases[] = {
        {CELL, "-", NULL},
        {CELL, " 1,2 ,3", "1, 2, 3"},
        {CELL, ">5,<=(2+1)", "> 5, <= 2 + 1"},
        {CELL, "not( ]1..5], 7 )", "not((1..5], 7)"},
        {CELL, "not([1..5), (7..9))", NULL},
        {CELL, "(not(? > 5))", NULL},
        {CELL, "not(? > 5), 3", NULL},
        {CELL, "?*2>a", "? * 2 > a"},
        {CELL, "list, r, -5, (= 3)", NULL},
        {CELL, "if true then yes else ? = 1", "yes"},
        {STRICT, "a in >(5)", "a in > 5"},
        {STRICT, "a in (>5)", "a in > 5"},
        {STRICT, "a in (1..5]", NULL},
        {STRICT, "a in ](1)..5[", "a in (1..5)"},
        {STRICT, "a in ((< 5))", NULL},
        {STRICT, "a in ((a + b) * c)", NULL},
        {STRICT, "a in (list)", "a in list"},
        {STRICT, "a in (1, > 5, [2..3], ? * 2 = 14)", NULL},
        {STRICT, "a in (if yes then 1 else 2)", NULL},
        {LENIENT, "a in (if true then null else ?)", NULL},
        {ITEM, "item.weight > (weight-kg) - (kg)", "item.weight > weight-kg - kg"},
        {ITEM, "(weight) - (kg) > 3", "(weight) - kg > 3"},
    };

    ASSERT_PRINTS(state, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parentheses_stand_only_where_the_grammar_needs_them),
        cmocka_unit_test(values_are_printed_as_they_were_written),
        cmocka_unit_test(names_are_set_apart_where_a_longer_one_is_known),
        cmocka_unit_test(forms_and_calls_print_as_written),
        cmocka_unit_test(tests_print_as_tests),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
