/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "base/node.h"

#include <stdio.h>

static Arena *arena;

static int make_arena(void **state)
{
    (void)state;
    arena = arena_create(0);
    return 0;
}

static int drop_arena(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static Node *json(const char *text)
{
    Err err = {0};

    return node_parse_json(arena, str_c(text), "t.json", &NODE_LIMITS_REQUEST, &err);
}

static Node *yaml(const char *text, Err *err)
{
    return node_parse_yaml(arena, str_c(text), "t.yaml", &NODE_LIMITS_PACKAGE, err);
}

static void json_comes_back_as_it_went_in(void **state)
{
    (void)state;
    const char *text = "{\"a\":[1,2.50,true,null,\"x\\n\\\"\"],\"b\":{}}";

    assert_str(node_json(json(text), arena), text);
}

static void json_behind_the_value_is_refused_with_its_place(void **state)
{
    (void)state;
    Err err = {0};

    assert_null(node_parse_json(arena, STR("{}\n x"), "t", &NODE_LIMITS_REQUEST, &err));
    assert_int_equal(err.line, 2);
    assert_null(json("{\"a\":"));
    assert_null(json("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"));
    assert_null(json("\"\xFF\""));
    assert_null(json(""));
}

static void yaml_types_plain_scalars_and_knows_lines(void **state)
{
    (void)state;
    Err err = {0};
    Node *node = yaml(
        "a: 12\nplz: 01067\nq: \"12\"\nlist:\n  - true\n  - ~\ntext: |\n  zwei\n  Zeilen\n", &err);

    assert_non_null(node);
    assert_int_equal(node_get(node, "a")->kind, NODE_NUMBER);
    assert_int_equal(node_get(node, "plz")->kind, NODE_STRING);
    assert_int_equal(node_get(node, "plz")->line, 2);
    assert_int_equal(node_get(node, "q")->kind, NODE_STRING);
    assert_int_equal(node_path(node, STR("list[0]"))->kind, NODE_BOOL);
    assert_true(node_is_null(node_path(node, STR("list[1]"))));
    assert_str(node_get_text(node, "text"), "zwei\nZeilen\n");
}

static void yaml_errors_name_the_line(void **state)
{
    (void)state;
    Err err = {0};

    assert_null(yaml("a: 1\na: 2\n", &err));
    assert_int_equal(err.line, 2);
    assert_null(yaml("a: [1\nb: 2\n", &err));
    assert_true(err.line > 0);
    assert_null(yaml("a: &x 1\nb: *x\n", &err));
}

static void paths_set_and_find(void **state)
{
    (void)state;
    Node *root = node_map(arena);

    assert_true(node_path_set(arena, root, STR("dogs[0].name"), node_string(arena, STR("Rex"))));
    assert_true(node_path_set(arena, root, STR("dogs[1].name"), node_string(arena, STR("Ida"))));
    assert_false(node_path_set(arena, root, STR("dogs[5].name"), node_null(arena)));
    assert_false(node_path_set(arena, root, STR("dogs[0].name.x"), node_null(arena)));
    assert_str(node_text(node_path(root, STR("dogs[1].name"))), "Ida");
    assert_null(node_path(root, STR("dogs[2].name")));
    assert_null(node_path(root, STR("dogs[x")));
}

static void json_numbers_stay_as_they_are_written(void **state)
{
    static const char *const NUMBERS[] = {"0",   "-0",   "123456789012345678901234567890", "0.10",
                                          "1E5", "1e-7", "-18446744073709551616"};

    (void)state;
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++)
        assert_str(json(NUMBERS[i])->text, NUMBERS[i]);
}

static void json_escapes_are_read(void **state)
{
    (void)state;
    assert_str(json("\"\\u00e4\\ud83d\\udc15\\n\\\"\\/\"")->text, "ä🐕\n\"/");
}

static void json_that_is_not_strict_is_refused(void **state)
{
    static const char *const WRONG[] = {
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "NaN",
        "Infinity",
        "-",
        "0x1",
        "'a'",
        "{a:1}",
        "[1,]",
        "{\"a\":1,}",
        "[1 2]",
        "\"a\nb\"",
        "\"\\x41\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "\"\\u12\"",
        "tru",
        "nullx",
        "// a\n1",
        "\357\273\2771",
        "{\"a\":1,\"a\":2}",
        "{\"a\" 1}",
        "\"a",
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        if (json(WRONG[i]))
            fail_msg("accepted: %s", WRONG[i]);
}

static void a_name_given_twice_is_found_in_large_objects_too(void **state)
{
    Buf text = buf_in(arena);

    (void)state;
    buf_add_c(&text, "{");
    for (int i = 0; i < 500; i++)
        buf_addf(&text, "\"name%d\":%d,", i, i);
    Str sound = str_printf(arena, "%.*s\"name500\":500}", STR_ARG(buf_str(&text)));
    Str twice = str_printf(arena, "%.*s\"name250\":500}", STR_ARG(buf_str(&text)));
    Node *node = json(str_cstr(arena, sound));
    assert_non_null(node);
    assert_int_equal(node->count, 501);
    assert_int_equal(node_get_i64(node, "name250", 0), 250);
    assert_null(json(str_cstr(arena, twice)));
}

static void canonical_json_does_not_depend_on_order(void **state)
{
    (void)state;
    Buf a = buf_in(arena), b = buf_in(arena);

    node_write_json_canonical(json("{\"b\":1,\"a\":{\"d\":2,\"c\":3}}"), &a);
    node_write_json_canonical(json("{\"a\":{\"c\":3,\"d\":2},\"b\":1}"), &b);
    assert_true(str_eq(buf_str(&a), buf_str(&b)));
    assert_true(node_equal(json("{\"b\":1,\"a\":2}"), json("{\"a\":2,\"b\":1}")));
    assert_false(node_equal(json("{\"a\":2}"), json("{\"a\":\"2\"}")));
}

/* Wherever it stands, whatever stands around it. */
static void each_sign_that_json_escapes_is_escaped(void **state)
{
    static const struct {
        char sign;
        const char *escaped;
    } SIGNS[] = {{'"', "\\\""}, {'\\', "\\\\"}, {'\n', "\\n"},    {'\x1f', "\\u001f"},
                 {' ', " "},    {'!', "!"},     {'\x7f', "\x7f"}, {'\xc3', "\xc3"}};
    char text[21];

    (void)state;
    for (size_t k = 0; k < sizeof SIGNS / sizeof *SIGNS; k++)
        for (size_t length = 1; length < sizeof text; length++)
            for (size_t at = 0; at < length; at++) {
                Buf out = buf_in(arena);

                memset(text, length % 2 ? 'a' : '\xa0', length);
                text[at] = SIGNS[k].sign;
                json_write_string(&out, (Str){text, length});
                text[length] = '\0';
                assert_str(buf_str(&out), arena_printf(arena, "\"%.*s%s%s\"", (int)at, text,
                                                       SIGNS[k].escaped, text + at + 1));
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sign_that_json_escapes_is_escaped),
        cmocka_unit_test(json_comes_back_as_it_went_in),
        cmocka_unit_test(json_behind_the_value_is_refused_with_its_place),
        cmocka_unit_test(yaml_types_plain_scalars_and_knows_lines),
        cmocka_unit_test(yaml_errors_name_the_line),
        cmocka_unit_test(paths_set_and_find),
        cmocka_unit_test(json_numbers_stay_as_they_are_written),
        cmocka_unit_test(json_escapes_are_read),
        cmocka_unit_test(json_that_is_not_strict_is_refused),
        cmocka_unit_test(a_name_given_twice_is_found_in_large_objects_too),
        cmocka_unit_test(canonical_json_does_not_depend_on_order),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
