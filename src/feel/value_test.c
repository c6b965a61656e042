/* SPDX-License-Identifier: EUPL-1.2 */
/* Values from and to data, contexts that grow, frames, and the limits. */
#include "feel/feel_test.h"

static const Node *json(Arena *arena, const char *text)
{
    Err err = {0};
    const Node *node = node_parse_json(arena, str_c(text), NULL, &NODE_LIMITS_REQUEST, &err);

    assert_ok(node, &err);
    return node;
}

static const FeelValue *evaluate(Arena *arena, const char *text, const FeelValue *context)
{
    Err err = {0};
    const FeelProgram *program = feel_compile(arena, str_c(text), NULL, 1, NULL, &err);

    assert_ok(program, &err);
    const FeelValue *value = feel_eval(program, context, &FEEL_TEST_ENV, arena, &err);
    assert_ok(value, &err);
    return value;
}

static void data_takes_the_types_that_are_wanted(void **state)
{
    Arena *arena = arena_create(0);
    FeelType *type = feel_type_context(arena);

    (void)state;
    feel_type_add_field(arena, type, STR("born"), feel_type(FEEL_DATE));
    feel_type_add_field(arena, type, STR("price"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("term"), feel_type(FEEL_MONTHS_DURATION));
    feel_type_add_field(arena, type, STR("missing"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, type, STR("wrong"), feel_type(FEEL_DATE));
    const FeelValue *value = feel_from_node(
        arena,
        json(arena, "{\"born\": \"2020-05-01\", \"price\": \"12.50\", \"term\": \"P1Y\","
                    " \"wrong\": \"morgen\", \"extra\": [1.0, true, null]}"),
        type);
    assert_int_equal(feel_kind(feel_context_get(value, STR("born"))), FEEL_DATE);
    assert_int_equal(feel_kind(feel_context_get(value, STR("term"))), FEEL_MONTHS_DURATION);
    assert_true(feel_is_null(feel_context_get(value, STR("missing"))));
    assert_true(feel_is_null(feel_context_get(value, STR("wrong"))));
    assert_str(node_json(feel_to_node(arena, value), arena),
               "{\"born\":\"2020-05-01\",\"price\":12.5,\"term\":\"P1Y\",\"wrong\":null,"
               "\"extra\":[1,true,null],\"missing\":null}");
    arena_destroy(arena);
}

static void amounts_are_whole_cents(void **state)
{
    Arena *arena = arena_create(0);
    int64_t cents = 0;
    Date date;

    (void)state;
    assert_true(feel_to_cents(evaluate(arena, "144 / 12 * 7", NULL), &cents));
    assert_int_equal(cents, 8400);
    assert_true(feel_to_cents(evaluate(arena, "-0.1 - 0.2", NULL), &cents));
    assert_int_equal(cents, -30);
    assert_false(feel_to_cents(evaluate(arena, "12.345", NULL), &cents));
    assert_false(feel_to_cents(evaluate(arena, "\"12\"", NULL), &cents));
    assert_false(feel_to_cents(evaluate(arena, "1e30", NULL), &cents));
    assert_true(feel_to_date(evaluate(arena, "today() + @\"P1M\"", NULL), &date));
    assert_str(date_iso(arena, date), "2027-04-01");
    arena_destroy(arena);
}

/* Many puts go through all the shapes a context has inside. */
static void a_context_put_leaves_the_old_one_alone(void **state)
{
    Arena *arena = arena_create(0);
    const FeelValue *versions[101] = {evaluate(arena, "{}", NULL)};

    (void)state;
    for (int i = 0; i < 100; i++)
        versions[i + 1] = feel_context_put(arena, versions[i], str_printf(arena, "f%d", i),
                                           feel_number(arena, i));
    for (int v = 0; v <= 100; v++) {
        for (int i = 0; i < 100; i++) {
            int64_t number = -1;
            const FeelValue *found = feel_context_get(versions[v], str_printf(arena, "f%d", i));
            assert_int_equal(feel_to_i64(found, &number), i < v);
            assert_int_equal(number, i < v ? i : -1);
        }
        assert_int_equal(feel_to_node(arena, versions[v])->count, v);
    }
    const FeelValue *changed =
        feel_context_put(arena, versions[100], STR("f50"), feel_number(arena, -7));
    assert_str(feel_to_text(arena, evaluate(arena, "f50 + f51", changed)), "44");
    assert_str(feel_to_text(arena, evaluate(arena, "f50 + f51", versions[100])), "101");
    arena_destroy(arena);
}

static void names_over_a_context_hide_its_own_and_take_more(void **state)
{
    Arena *arena = arena_create(0);
    const FeelValue *one[] = {feel_number(arena, 10)}, *two[] = {feel_number(arena, 20)};
    const FeelValue *base = feel_context_put(arena, evaluate(arena, "{a: 1, b: 2, c: 3}", NULL),
                                             STR("d"), feel_number(arena, 4));
    const FeelValue *over = feel_context_over(arena, base, &STR("a"), one, 1);
    const FeelValue *more = feel_context_over(arena, over, &STR("b"), two, 1);

    (void)state;
    assert_str(feel_to_text(arena, evaluate(arena, "[a, b, c, d]", over)), "[10, 2, 3, 4]");
    assert_str(feel_to_text(arena, evaluate(arena, "[a, b, c, d]", more)), "[10, 20, 3, 4]");
    for (int i = 0; i < 40; i++)
        more = feel_context_put(arena, more, str_printf(arena, "e%d", i), feel_number(arena, i));
    assert_str(feel_to_text(arena, evaluate(arena, "[a, b, c, d, e0, e39]", more)),
               "[10, 20, 3, 4, 0, 39]");
    assert_str(feel_to_text(arena, evaluate(arena, "[a, b, c, d]", base)), "[1, 2, 3, 4]");
    arena_destroy(arena);
}

static const FeelValue *numbered(Arena *arena, const char *letter, int count, int step)
{
    const FeelValue *context = evaluate(arena, "{}", NULL);

    for (int i = 0; i < count; i++)
        context = feel_context_put(arena, context, str_printf(arena, "%s%d", letter, i),
                                   feel_number(arena, i * step));
    return context;
}

/* Both in one layer or in two, small or with an index. */
static void a_context_laid_over_another_is_as_if_it_had_been_put(void **state)
{
    static const int COUNTS[] = {0, 1, 5, 20, 60};
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++)
        for (size_t k = 0; k < sizeof COUNTS / sizeof *COUNTS; k++) {
            const FeelValue *below = numbered(arena, "a", COUNTS[i], 1),
                            *above = feel_context_put(arena, numbered(arena, "b", COUNTS[k], 10),
                                                      STR("a3"), feel_number(arena, 77)),
                            *put = below;
            const char *before = str_cstr(arena, feel_to_text(arena, below));

            for (int n = 0; n < COUNTS[k]; n++)
                put = feel_context_put(arena, put, str_printf(arena, "b%d", n),
                                       feel_number(arena, n * 10));
            put = feel_context_put(arena, put, STR("a3"), feel_number(arena, 77));
            const FeelValue *laid = feel_context_lay(arena, below, above);

            assert_str(feel_to_text(arena, laid), str_cstr(arena, feel_to_text(arena, put)));
            assert_str(
                feel_to_text(arena, feel_context_put(arena, laid, STR("c"), put)),
                str_cstr(arena, feel_to_text(arena, feel_context_put(arena, put, STR("c"), put))));
            assert_str(feel_to_text(arena, below), before);
        }
    arena_destroy(arena);
}

static void data_takes_the_form_of_its_type_in_any_order(void **state)
{
    static const struct {
        const char *json, *text;
    } CASES[] = {
        {"{\"a\": 1, \"b\": \"2027-01-02\", \"c\": \"x\"}", "{a: 1, b: 2027-01-02, c: \"x\"}"},
        {"{\"c\": \"x\", \"b\": \"2027-01-02\"}", "{c: \"x\", b: 2027-01-02, a: null}"},
        {"{\"z\": \"2027-01-02\", \"a\": 1, \"c\": 2}",
         "{z: \"2027-01-02\", a: 1, c: \"2\", b: null}"},
        {"{\"b\": null, \"z\": 1, \"y\": true}", "{b: null, z: 1, y: true, a: null, c: null}"},
        {"{}", "{a: null, b: null, c: null}"},
    };
    Arena *arena = arena_create(0);
    FeelType *type = feel_type_context(arena);
    Err err = {0};

    (void)state;
    feel_type_add_field(arena, type, STR("a"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("b"), feel_type(FEEL_DATE));
    feel_type_add_field(arena, type, STR("c"), feel_type(FEEL_STRING));
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Node *node =
            node_parse_json(arena, str_c(CASES[i].json), NULL, &NODE_LIMITS_REQUEST, &err);

        assert_str(feel_to_text(arena, feel_from_node(arena, node, type)), CASES[i].text);
    }
    arena_destroy(arena);
}

static void cents_and_dates_are_what_expressions_make_of_them(void **state)
{
    Arena *arena = arena_create(0);

    (void)state;
    assert_str(feel_to_text(arena, feel_cents(arena, -12305)), "-123.05");
    assert_str(feel_to_text(arena, feel_cents(arena, 0)), "0");
    assert_str(feel_to_text(arena, feel_date(arena, (Date){2028, 2, 29})), "2028-02-29");
    assert_true(feel_is_null(feel_date(arena, (Date){2027, 2, 29})));
    assert_true(feel_is_null(feel_date(arena, (Date){0})));
    arena_destroy(arena);
}

static void frames_show_the_names_around_them(void **state)
{
    Arena *arena = arena_create(0);
    FeelType *type = feel_type_context(arena);

    (void)state;
    feel_type_add_field(arena, type, STR("a"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("b"), feel_type(FEEL_NUMBER));
    FeelFrame *outermost = feel_frame_of(arena, evaluate(arena, "{a: 1, c: 3}", NULL), NULL);
    FeelFrame *outer = feel_frame(arena, type, outermost);
    FeelFrame *inner = feel_frame_of(arena, evaluate(arena, "{b: 20}", NULL), outer);
    const FeelValue *names = feel_frame_names(inner);

    assert_str(feel_to_text(arena, evaluate(arena, "[a, b, c]", names)), "[null, 20, 3]");
    feel_frame_set(outer, 0, feel_number(arena, 10));
    assert_str(feel_to_text(arena, evaluate(arena, "[a, b, c]", names)), "[10, 20, 3]");
    assert_str(feel_to_text(arena, feel_frame_get(outer, 0)), "10");
    assert_str(feel_to_text(arena, feel_frame_value(outer)), "{a: 10, b: null}");
    FeelFrame *frames[] = {inner, inner};
    assert_str(feel_to_text(arena, feel_frame_list(arena, frames, 2)), "[{b: 20}, {b: 20}]");
    arena_destroy(arena);
}

/* --- Limits ------------------------------------------------------------------------- */

static void assert_stopped(const char *text, const char *why)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    FeelEnv env = FEEL_TEST_ENV;
    const FeelProgram *program = feel_compile(arena, str_c(text), "x.yaml", 7, NULL, &err);

    assert_ok(program, &err);
    if (feel_eval(program, NULL, &env, arena, &err))
        fail_msg("%s is not stopped", text);
    if (!strstr(err.message, why))
        fail_msg("%s: %s", text, err.message);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_int_equal(err.line, 7);
    assert_true(arena_used(arena) < (size_t)64 << 20);
    arena_destroy(arena);
}

static void excess_is_an_error_not_a_hang(void **state)
{
    (void)state;
    assert_stopped("for i in 1..1000000000 return i", "memory");
    assert_stopped("some i in 1..1000000000 satisfies i < 0", "steps");
    assert_stopped("for i in 1..1000, j in 1..1000, k in 1..1000 return null", "memory");
    assert_stopped("for i in 1..100000 return [partial[-1]]", "nested too deeply");
    /* A list of 2^100 items in a hundred lists of two. */
    assert_stopped("count(for i in 1..100 return [partial[-1], partial[-1]])", "memory");
    assert_stopped("for i in 1..60 return if i = 1 then \"x\" else partial[-1] + partial[-1]",
                   "memory");
    assert_stopped("{f: function(g) g(g), r: f(f)}.r", "too deeply");
    assert_stopped("count(distinct values(for i in 1..20000 return i))", "steps");
    assert_stopped("replace(string join(for i in 1..5000 return \"x\"), \"x\", "
                   "string join(for i in 1..5000 return \"y\"))",
                   "memory");
}

static void hostile_nesting_is_refused(void **state)
{
    static const struct {
        const char *unit;
        size_t times;
    } texts[] = {{"(", 200000},     {"[", 200000},  {"-", 200000},        {"{a:", 80000},
                 {"if ", 80000},    {"a+", 100000}, {"function(", 20000}, {"not(", 60000},
                 {"1 in (", 40000}, {"a.", 100000}, {"f(", 100000},       {"list<", 50000}};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Arena *arena = arena_create(0);
        Buf text = buf_in(arena);
        Err err = {0};
        if (strcmp(texts[i].unit, "list<") == 0)
            buf_add_c(&text, "1 instance of ");
        for (size_t k = 0; k < texts[i].times; k++)
            buf_add_c(&text, texts[i].unit);
        buf_add_c(&text, "a");
        assert_null(feel_compile(arena, buf_str(&text), NULL, 1, NULL, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        arena_destroy(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_takes_the_types_that_are_wanted),
        cmocka_unit_test(amounts_are_whole_cents),
        cmocka_unit_test(a_context_put_leaves_the_old_one_alone),
        cmocka_unit_test(a_context_laid_over_another_is_as_if_it_had_been_put),
        cmocka_unit_test(names_over_a_context_hide_its_own_and_take_more),
        cmocka_unit_test(data_takes_the_form_of_its_type_in_any_order),
        cmocka_unit_test(cents_and_dates_are_what_expressions_make_of_them),
        cmocka_unit_test(frames_show_the_names_around_them),
        cmocka_unit_test(excess_is_an_error_not_a_hang),
        cmocka_unit_test(hostile_nesting_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
