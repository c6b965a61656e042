/* SPDX-License-Identifier: EUPL-1.2 */
/* Which divisions are warned of. */
#include "base/buf.h"
#include "feel/feel_test.h"

/* Names of every kind. */
static FeelScope *scope_in(Arena *arena)
{
    FeelScope *scope = feel_scope(arena, NULL);
    FeelType *dog = feel_type_context(arena);
    static const char *const numbers[] = {"x", "y", "n", "betrag"};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        feel_scope_add(scope, str_c(numbers[i]), feel_type(FEEL_NUMBER));
    feel_scope_add(scope, STR("monate"), feel_type_number(arena, STR("1"), STR("12")));
    feel_scope_add(scope, STR("anteil"), feel_type_number(arena, STR("0"), STR("100")));
    feel_scope_add(scope, STR("von"), feel_type(FEEL_DATE));
    feel_scope_add(scope, STR("bis"), feel_type(FEEL_DATE));
    feel_scope_add(scope, STR("dauer"), feel_type(FEEL_DAYS_DURATION));
    feel_scope_add(scope, STR("l"), feel_type_list(arena, feel_type(FEEL_NUMBER)));
    feel_type_add_field(arena, dog, STR("weight"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, dog, STR("age"), feel_type_number(arena, STR("1"), STR_NONE));
    feel_scope_add(scope, STR("dogs"), feel_type_list(arena, dog));
    feel_scope_add(scope, STR("dog"), dog);
    return scope;
}

/* "LINE:COLUMN" of each warning, errors with "!". */
static void assert_found(const char *text, const char *expected)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    FeelWarning *warnings;
    Buf found = buf_in(arena);
    const FeelProgram *program =
        feel_compile(arena, str_c(text), "t.yaml", 1, scope_in(arena), &err);

    if (!program)
        fail_msg("%s: %d:%d: %s", text, err.line, err.column, err.message);
    size_t count = feel_program_analyse(program, arena, &warnings);
    for (size_t i = 0; i < count; i++)
        buf_addf(&found, "%s%d:%d%s", i ? " " : "", warnings[i].line, warnings[i].column,
                 warnings[i].error ? "!" : "");
    buf_add_c(&found, "");
    if (!str_is(buf_str(&found), expected))
        fail_msg("%s: found \"%.*s\", not \"%s\"", text, STR_ARG(buf_str(&found)), expected);
    arena_destroy(arena);
}

/* Each of them is safe. */
static void assert_safe(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_found(texts[i], "");
}
#define ASSERT_SAFE(texts) assert_safe((texts), sizeof(texts) / sizeof *(texts))

/* In each, the one divisor may be zero. */
static void assert_unsafe(const char *const *texts, size_t count)
{
    Arena *arena = arena_create(0);
    FeelWarning *warnings;

    for (size_t i = 0; i < count; i++) {
        Err err = {0};
        const FeelProgram *program =
            feel_compile(arena, str_c(texts[i]), NULL, 1, scope_in(arena), &err);
        if (!program)
            fail_msg("%s: %d:%d: %s", texts[i], err.line, err.column, err.message);
        if (feel_program_analyse(program, arena, &warnings) != 1 || warnings[0].error)
            fail_msg("%s: one warning is expected", texts[i]);
    }
    arena_destroy(arena);
}
#define ASSERT_UNSAFE(texts) assert_unsafe((texts), sizeof(texts) / sizeof *(texts))

static void a_divisor_that_may_be_zero_is_named_with_its_place(void **state)
{
    (void)state;
    assert_found("betrag / x", "1:10");
    assert_found("betrag /\n  (x - 1)", "2:3");
    assert_found("betrag / /* \xC3\xA4 */ x", "1:18");
    assert_found("modulo(betrag, x)", "1:16");
    assert_found("modulo(divisor: x + 1, dividend: betrag)", "1:17");
    assert_found("x / y / n", "1:5 1:9");
    assert_found("for i in l return 1 / i", "1:23");
    assert_found("(function(a) 1 / a)(x)", "1:18");
    assert_found("dauer / dauer", "1:9");
}

static void dividing_by_nothing_but_zero_is_an_error(void **state)
{
    (void)state;
    assert_found("x / 0", "1:5!");
    assert_found("1 / 0.00", "1:5!");
    assert_found("1 + 2 / (3 - 3)", "1:9!");
    assert_found("modulo(7, 0)", "1:11!");
    assert_found("dauer / @\"PT0S\"", "1:9!");
    assert_found("if x = 0 then 1 / x else 0", "1:19!");
}

static void conditions_around_it_exclude_zero(void **state)
{
    static const char *const texts[] = {
        "if x != 0 then 1 / x else 0",
        "if x = 0 then 0 else 1 / x",
        "if 0 = x then 0 else 1 / x",
        "if x > 0 then 1 / x else 0",
        "if 0 < x then 1 / x else 0",
        "if x >= 1 then 1 / x else 0",
        "if x < -5 then 1 / x else 0",
        "if x <= 0 then 0 else 1 / x",
        "if x = 7 then 1 / x else 0",
        "if x between 1 and 5 then 1 / x else 0",
        "if x between -1 and 5 then 0 else 1 / x",
        "if x in [1..5] then 1 / x else 0",
        "if x in (0..5) then 1 / x else 0",
        "if x in (1, 2, 3) then 1 / x else 0",
        "if x in (0, 9) then 0 else 1 / x",
        "if x in (< 0, > 0) then 1 / x else 0",
        "if not(x = 0) then 1 / x else 0",
        "if not(x != 0) then 0 else 1 / x",
        "if n > 3 and x != 0 then 1 / x else 0",
        "if n > 3 or x = 0 then 0 else 1 / x",
        "if x < 0 or x > 0 then 1 / x else 0",
        "if not(n > 3 or x = 0) then 1 / x else 0",
        "if x > y and y >= 0 then 1 / x else 0",
        "if y >= 0 and x > y then 1 / x else 0",
        "x != 0 and 1 / x > 2",
        "x = 0 or 1 / x > 2",
        "if x = null or x = 0 then 0 else 1 / x",
        "some i in l satisfies i != 0 and 1 / i > 2",
        "dogs[weight > 0 and 10 / weight > 2]",
        "for d in dogs[weight > 0] return 1 / d.weight",
        "if dog.weight > 0 then 1 / dog.weight else 0",
        "if count(l) > 0 then sum(l) / count(l) else 0",
        "if count(l[item > 3]) != 0 then 1 / count(l[item > 3]) else 0",
        "if x - y != 0 then 1 / (x - y) else 0",
        "if x != y then 1 / (x - y) else 0",
        "if x > y then 1 / (y - x) else 0",
        "if x <= y then 0 else 1 / (x - y)",
        "if x != 1 then 1 / (x - 1) else 0",
        "if bis > von then dauer / (bis - von) else 0",
        "if dauer > @\"PT0S\" then dauer / dauer else 1",
        "if x > 5 and x < 3 then 1 / x else 0",
    };

    (void)state;
    ASSERT_SAFE(texts);
}

static void conditions_that_do_not_exclude_it_do_not_help(void **state)
{
    static const char *const texts[] = {
        "if x >= 0 then 1 / x else 0",
        "if x > -1 then 1 / x else 0",
        "if x != 0 then 0 else 1 / (x + y)",
        "if x != 1 then 1 / x else 0",
        "if y != 0 then 1 / x else 0",
        "if x != 0 or n > 3 then 1 / x else 0",
        "if x = 0 and n > 3 then 0 else 1 / x",
        "if not(x = 0 and n > 3) then 1 / x else 0",
        "if x between -1 and 5 then 1 / x else 0",
        "if x in [0..5] then 1 / x else 0",
        "if x in (1, 0) then 1 / x else 0",
        "x != 1 or n / y > 2",
        "1 / x > 2 and x != 0",
        /* anteil may be null: then the comparison is not true, whatever x is. */
        "if x <= anteil then 0 else 1 / x",
        "if count(l) > 0 then 1 / count(l[item > 3]) else 0",
        "for d in dogs[weight >= 0] return 1 / d.weight",
        "[for i in l[item > 0] return i, for i in l return 1 / i]",
        "dauer / (bis - von)",
    };

    (void)state;
    ASSERT_UNSAFE(texts);
}

static void arithmetic_keeps_what_is_known(void **state)
{
    static const char *const safe[] = {
        "betrag / 12",
        "betrag / (1 + 19 / 100)",
        "betrag / monate",
        "betrag / (monate + 1)",
        "betrag / -monate",
        "betrag / (monate * 30)",
        "betrag / (100 / monate)",
        "betrag / (13 - monate)",
        "betrag / (1 + anteil / 100)",
        "betrag / (200 - anteil)",
        "betrag / max(1, x)",
        "betrag / max(x, y, 1)",
        "betrag / max([x, 1])",
        "betrag / min(monate, 5)",
        "betrag / (monate ** 2)",
        "betrag / (x ** 2 + 1)",
        "betrag / (abs(x) + 1)",
        "if x != 0 then 1 / abs(x) else 0",
        "if x != 0 then 1 / (x * x) else 0",
        "if x != 0 then 1 / (-x) else 0",
        "betrag / (if x > 0 then x else 1)",
        "betrag / (if x = 0 then 1 else x)",
        "betrag / (count(l) + 1)",
        "betrag / floor(monate)",
        "betrag / sqrt(monate)",
        "betrag / von.month",
        "betrag / dog.age",
        "for d in dogs return 1 / d.age",
        "betrag / min(dogs.age)",
        "betrag / sum(dogs.age)",
        "for i in 1..12 return betrag / i",
        "for i in [4, 5] return betrag / i",
        "{teil: monate + 1, satz: betrag / teil}.satz",
        "if count(l) > 1 then 1 / (count(l) - 1) else 0",
        "if monate > 1 then 1 / (monate - 1) else 0",
    };
    static const char *const unsafe[] = {
        "betrag / anteil",
        "betrag / (monate - 1)",
        "betrag / (100 - anteil)",
        "betrag / (monate - 6.5 + anteil)",
        "betrag / max(0, x)",
        "betrag / min(1, x)",
        "betrag / abs(x)",
        "betrag / (x * monate)",
        "betrag / (x ** 2)",
        "betrag / floor(monate / 12)",
        "betrag / decimal(monate / 12, 0)",
        "betrag / (if x > 0 then x else n)",
        "betrag / count(l)",
        "betrag / sum(l)",
        "betrag / (von.month - 1)",
        "for i in -1..1 return betrag / i",
        "for i in 1..n return betrag / i",
        /* The sign of a field is not that of what is computed of it. */
        "for i in [1 - monate] return betrag / i",
        "for i in [min(monate, x)] return betrag / i",
        /* A third of a nanosecond is none. */
        "if dauer > @\"PT0S\" then dauer / (dauer / 3) else 0",
    };

    (void)state;
    ASSERT_SAFE(safe);
    ASSERT_UNSAFE(unsafe);
}

static void a_called_table_says_what_it_gives(void **state)
{
    static const char *const rules[] = {"[\"-\", 3]", "[\"-\", 0]"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        Arena *arena = arena_create(0);
        Err err = {0};
        FeelWarning *warnings;
        FeelScope *scope = feel_scope(arena, NULL);
        const char *text = arena_printf(arena,
                                        "name: teiler\ninputs:\n  - {expression: x, type: number}\n"
                                        "outputs:\n  - {name: r, type: number}\nrules:\n  - %s\n",
                                        rules[i]);
        Node *yaml = node_parse_yaml(arena, str_c(text), "t.yaml", &NODE_LIMITS_PACKAGE, &err);
        const FeelTable *table = feel_table_from_yaml(arena, yaml, NULL, &err);
        assert_ok(table, &err);
        feel_scope_add_table(scope, table);
        const FeelProgram *program =
            feel_compile(arena, STR("100 / teiler(1)"), NULL, 1, scope, &err);
        assert_ok(program, &err);
        assert_int_equal(feel_program_analyse(program, arena, &warnings), i);
        arena_destroy(arena);
    }
}

static void the_message_names_the_divisor(void **state)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    FeelWarning *warnings;
    const FeelProgram *program = feel_compile(arena, STR("1 / dog.weight + 2 / (x - y)"), "t.yaml",
                                              4, scope_in(arena), &err);

    (void)state;
    assert_int_equal(feel_program_analyse(program, arena, &warnings), 2);
    assert_str(warnings[0].message,
               "the divisor dog.weight may be 0, and the result is null then: ask before, as in "
               "\"if dog.weight != 0 then ... else ...\", or give the field a \"min\"");
    assert_true(str_starts_with(warnings[1].message, "the divisor (x - y) may be 0"));
    assert_string_equal(warnings[1].file, "t.yaml");
    assert_int_equal(warnings[1].line, 4);
    arena_destroy(arena);
}

/* Conditions within conditions: the analysis gives up in time, and says so. */
static void an_enormous_expression_is_given_up(void **state)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    FeelWarning *warnings;
    Buf text = buf_in(arena);

    (void)state;
    for (int i = 0; i < 40; i++)
        buf_add_c(&text, "if (");
    buf_add_c(&text, "x");
    for (int i = 0; i < 40; i++)
        buf_add_c(&text, ") > 0 and y > 0 then x else y");
    const FeelProgram *program =
        feel_compile(arena, str_printf(arena, "1 / (%.*s)", STR_ARG(buf_str(&text))), NULL, 1,
                     scope_in(arena), &err);
    assert_ok(program, &err);
    assert_int_equal(feel_program_analyse(program, arena, &warnings), 1);
    assert_true(str_find(warnings[0].message, STR("too large")) >= 0);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_divisor_that_may_be_zero_is_named_with_its_place),
        cmocka_unit_test(dividing_by_nothing_but_zero_is_an_error),
        cmocka_unit_test(conditions_around_it_exclude_zero),
        cmocka_unit_test(conditions_that_do_not_exclude_it_do_not_help),
        cmocka_unit_test(arithmetic_keeps_what_is_known),
        cmocka_unit_test(a_called_table_says_what_it_gives),
        cmocka_unit_test(the_message_names_the_divisor),
        cmocka_unit_test(an_enormous_expression_is_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
