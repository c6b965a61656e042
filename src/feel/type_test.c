/* SPDX-License-Identifier: EUPL-1.2 */
/* What the publish gate refuses, and where it points; what a program reads. */
#include "feel/feel_test.h"

typedef struct Fixture {
    Arena *arena;
    FeelScope *scope;
} Fixture;

static Fixture fixture(void)
{
    Arena *arena = arena_create(0);
    FeelScope *scope = feel_scope(arena, NULL);
    FeelType *dog = feel_type_context(arena), *breed = arena_new(arena, FeelType);

    breed->kind = FEEL_STRING;
    breed->allowed_count = 2;
    breed->allowed = arena_array(arena, Str, 2);
    breed->allowed[0] = STR("Pudel");
    breed->allowed[1] = STR("Dogge");
    feel_type_add_field(arena, dog, STR("breed"), breed);
    feel_type_add_field(arena, dog, STR("born"), feel_type(FEEL_DATE));
    feel_scope_add(scope, STR("dogs"), feel_type_list(arena, dog));
    feel_scope_add(scope, STR("keeper name"), feel_type(FEEL_STRING));
    feel_scope_add(scope, STR("age"), feel_type(FEEL_NUMBER));
    feel_scope_add(scope, STR("other"), feel_type(FEEL_ANY));
    feel_scope_add_type(scope, STR("Dog"), dog);
    return (Fixture){arena, scope};
}

typedef struct Refusal {
    const char *text;
    int line;
    int column;
    const char *message; /* a part of it */
} Refusal;

static void mistakes_are_errors_with_a_place(void **state)
{
    static const Refusal refusals[] = {
        {"agee + 1", 1, 1, "is \"age\" meant?"},
        {"age +\n  size", 2, 3, "\"size\" is not known"},
        {"age = \"7\"", 1, 5, "a number is never equal to a string"},
        {"age < keeper name", 1, 5, "cannot be compared"},
        {"age + keeper name", 1, 5, "string() makes a text"},
        {"-keeper name", 1, 1, "needs a number or a duration"},
        {"dogs[1].colour", 1, 9, "there is no field \"colour\"; there are: breed, born"},
        {"dogs[breed = \"Mops\"]", 1, 14, "not among the allowed values"},
        {"dogs.born < age", 1, 11, "cannot be compared"},
        {"if age then 1 else 2", 1, 4, "must stand a condition"},
        {"if age > 1 then 2", 1, 18, "\"else\" is missing"},
        {"age and true", 1, 1, "must stand a condition"},
        {"substring(age, 1)", 1, 11, "argument 1 is a number"},
        {"substring(keeper name)", 1, 1, "wanted is substring("},
        {"abs(m: 1)", 1, 1, "wanted is abs("},
        {"no such(1)", 1, 1, "not known"},
        {"age(1)", 1, 1, "cannot be called"},
        {"(function(a, b) a)(1)", 1, 19, "wants 2 arguments, not 1"},
        {"(function(a: number) a)(\"x\")", 1, 25, "wanted is a number"},
        {"{a: 1, a: 2}", 1, 8, "occurs twice"},
        {"some d in dogs satisfies d.breed", 1, 28, "must stand a condition"},
        {"age in [\"a\"..\"b\"]", 1, 8, "never equal"},
        {"age in (1, \"a\")", 1, 12, "never equal"},
        {"@\"2027-02-30\"", 1, 1, "no date, time or duration"},
        {"other instance of Cat", 1, 19, "type \"Cat\" is not known"},
        {"today().hour", 1, 9, "has no \"hour\""},
        {"[1, 2][\"a\"]", 1, 8, "a filter is a condition or a position"},
        {"1 +", 1, 4, "ends too early"},
        {"(1", 1, 3, "\")\" is missing"},
        {"\"abc", 1, 1, "no closing"},
        {"1 2", 1, 3, "nothing is expected"},
        {"dogs ä", 1, 6, "nothing is expected"},
        {"function(x) external {java: {}}", 1, 13, "not supported"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const Refusal *r = &refusals[i];
        Fixture f = fixture();
        Err err = {0};
        if (feel_compile(f.arena, str_c(r->text), "rules.yaml", 1, f.scope, &err))
            fail_msg("%s is accepted", r->text);
        if (!strstr(err.message, r->message))
            fail_msg("%s: %s", r->text, err.message);
        if (err.line != r->line || err.column != r->column)
            fail_msg("%s: at %d:%d, not %d:%d", r->text, err.line, err.column, r->line, r->column);
        assert_string_equal(err.file, "rules.yaml");
        arena_destroy(f.arena);
    }
}

static void german_words_help_only_where_the_help_fits(void **state)
{
    static const FeelCase cases[] = {
        {"1 + \"a\"",
         "„+“ verbindet number nicht mit string. Aus einem Wert macht string() einen Text."},
        {"1 - \"a\"", "„-“ verbindet number nicht mit string."},
        {"true + 1", "„+“ verbindet boolean nicht mit number."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Fixture f = fixture();
        Err err;

        feel_scope_in_german(f.scope);
        assert_null(feel_compile(f.arena, str_c(cases[i].text), NULL, 1, f.scope, &err));
        assert_string_equal(err.message, cases[i].expected);
        arena_destroy(f.arena);
    }
}

static void lines_count_from_where_the_text_begins(void **state)
{
    Fixture f = fixture();
    Err err = {0};

    (void)state;
    assert_null(feel_compile(f.arena, STR("age\n+ x"), "a.yaml", 14, f.scope, &err));
    assert_int_equal(err.line, 15);
    assert_int_equal(err.column, 3);
    arena_destroy(f.arena);
}

static void types_are_inferred(void **state)
{
    static const FeelCase cases[] = {
        {"age * 2", "number"},
        {"dogs.born", "list<date>"},
        {"dogs[1].born - @\"P1M\"", "date"},
        {"dogs[breed = \"Pudel\"]", "list<context<breed: string, born: date>>"},
        {"for d in dogs return d.born.year", "list<number>"},
        {"if age > 3 then \"a\" else null", "string"},
        {"{a: age, b: dogs[1]}.b.breed", "string"},
        {"max([1, 2])", "number"},
        {"sublist([\"a\"], 1)", "list<string>"},
        {"[1..5]", "range<number>"},
        {"other + 1", "Any"},
        {"some x in [1] satisfies x > 0", "boolean"},
        {"(function(x) x + 1)(2)", "Any"},
        {"count(dogs) = 1", "boolean"},
        {"other instance of Dog", "boolean"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Fixture f = fixture();
        Err err = {0};
        const FeelProgram *program =
            feel_compile(f.arena, str_c(cases[i].text), NULL, 1, f.scope, &err);
        if (!program)
            fail_msg("%s: %s", cases[i].text, err.message);
        assert_str(feel_type_name(f.arena, feel_program_type(program)), cases[i].expected);
        arena_destroy(f.arena);
    }
}

static void reads_are_paths_of_the_scope(void **state)
{
    static const FeelCase cases[] = {
        {"age + 1", "age"},
        {"1 + 2", ""},
        {"dogs[1].born", "dogs.born dogs"},
        {"dogs.breed", "dogs.breed"},
        {"for d in dogs return d.breed", "dogs dogs.breed"},
        {"dogs[breed = \"Pudel\"]", "dogs dogs.breed"},
        {"some d in dogs[born != null] satisfies d.breed = \"Dogge\"", "dogs dogs.born dogs.breed"},
        {"{a: age, b: a + 1}.b", "age"},
        {"sort(dogs, function(x, y) x.born < y.born and age > 1)", "dogs age"},
        {"age in (1, other)", "age other"},
        {"string length(keeper name)", "keeper name"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Fixture f = fixture();
        Err err = {0};
        Str *paths;
        Buf all = buf_in(f.arena);
        const FeelProgram *program =
            feel_compile(f.arena, str_c(cases[i].text), NULL, 1, f.scope, &err);
        if (!program)
            fail_msg("%s: %s", cases[i].text, err.message);
        size_t count = feel_program_reads(program, f.arena, &paths);
        buf_add_c(&all, "");
        for (size_t p = 0; p < count; p++)
            buf_addf(&all, "%s%.*s", p ? " " : "", STR_ARG(paths[p]));
        if (!str_is(buf_str(&all), cases[i].expected))
            fail_msg("%s reads %.*s, not %s", cases[i].text, STR_ARG(buf_str(&all)),
                     cases[i].expected);
        arena_destroy(f.arena);
    }
}

static void unary_tests_are_checked_against_the_input(void **state)
{
    Fixture f = fixture();
    Err err = {0};
    const FeelType *number = feel_type(FEEL_NUMBER);

    (void)state;
    assert_ok(feel_compile_tests(f.arena, STR("1, [2..5], > age"), NULL, 1, number, f.scope, &err),
              &err);
    assert_ok(feel_compile_tests(f.arena, STR("-"), NULL, 1, number, f.scope, &err), &err);
    assert_ok(feel_compile_tests(f.arena, STR("not(? > 3, 1)"), NULL, 1, number, f.scope, &err),
              &err);
    assert_null(feel_compile_tests(f.arena, STR("1, \"a\""), NULL, 1, number, f.scope, &err));
    assert_int_equal(err.column, 4);
    assert_null(feel_compile_tests(f.arena, STR("> \"a\""), NULL, 1, number, f.scope, &err));
    arena_destroy(f.arena);
}

/* However the ranges inside are closed. */
static void not_around_all_tests_negates_them(void **state)
{
    static const char *const texts[] = {"not([3..5])",
                                        "not([3..6))",
                                        "not((2..5], 9)",
                                        "not(]2..5[, 5)",
                                        "not([3..5[, 5)",
                                        "not([3, 4, 5][item > 0])",
                                        "not(3, [], 4, [5])",
                                        "not({begin: 1, r: [[3, 4, 5]][begin]}.r)",
                                        "not(3, (4), \"]\" = \"[\" or ? in ]3..5])"};
    Fixture f = fixture();
    Err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const FeelProgram *program = feel_compile_tests(f.arena, str_c(texts[i]), NULL, 1,
                                                        feel_type(FEEL_NUMBER), f.scope, &err);
        assert_ok(program, &err);
        for (int64_t input = 2; input <= 6; input += 1) {
            const FeelValue *value = feel_eval_tests(program, feel_number(f.arena, input), NULL,
                                                     &FEEL_TEST_ENV, f.arena, &err);
            if (feel_is_true(value) != (input < 3 || input > 5))
                fail_msg("%s of %lld", texts[i], (long long)input);
        }
    }
    arena_destroy(f.arena);
}

static void names_are_found_among_many_however_they_are_written(void **state)
{
    Arena *arena = arena_create(0);
    FeelScope *scope = feel_scope(arena, NULL), *inner = feel_scope(arena, scope);
    Err err = {0};

    (void)state;
    for (int i = 0; i < 100; i++)
        feel_scope_add(scope, str_printf(arena, "Soll %d - Ist", i), feel_type(FEEL_NUMBER));
    feel_scope_add(inner, STR("Soll 7 - Ist"), feel_type(FEEL_STRING));
    feel_scope_add(scope, STR("Soll 8 - Ist"), feel_type(FEEL_BOOLEAN));
    for (int i = 0; i < 100; i++) {
        Str text = str_printf(arena, "Soll   %d -Ist", i);
        const FeelProgram *program = feel_compile(arena, text, NULL, 1, inner, &err);
        assert_ok(program != NULL, &err);
        assert_int_equal(feel_program_type(program)->kind, i == 7   ? FEEL_STRING
                                                           : i == 8 ? FEEL_BOOLEAN
                                                                    : FEEL_NUMBER);
    }
    assert_null(feel_compile(arena, STR("Soll 100-Ist"), NULL, 1, inner, &err));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_errors_with_a_place),
        cmocka_unit_test(german_words_help_only_where_the_help_fits),
        cmocka_unit_test(lines_count_from_where_the_text_begins),
        cmocka_unit_test(types_are_inferred),
        cmocka_unit_test(reads_are_paths_of_the_scope),
        cmocka_unit_test(unary_tests_are_checked_against_the_input),
        cmocka_unit_test(not_around_all_tests_negates_them),
        cmocka_unit_test(names_are_found_among_many_however_they_are_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
