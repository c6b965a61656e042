/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/csv.h"

#include "base/test.h"

static Arena *arena;

static size_t next(Csv *csv, Str *values)
{
    Err err;
    size_t count;

    assert_ok(csv_next(csv, arena, values, 8, &count, &err), &err);
    return count;
}

static void quotes_commas_and_line_breaks_belong_to_a_quoted_value(void **state)
{
    Csv csv = csv_read(STR("a,b\r\n\"x, \"\"y\"\"\",\"two\nlines\"\n,\n"));
    Str v[8];

    (void)state;
    assert_int_equal(next(&csv, v), 2);
    assert_str(v[1], "b");
    assert_int_equal(next(&csv, v), 2);
    assert_str(v[0], "x, \"y\"");
    assert_str(v[1], "two\nlines");
    assert_int_equal(csv.line, 2);
    assert_int_equal(next(&csv, v), 2);
    assert_str(v[1], "");
    assert_int_equal(csv.line, 4);
    assert_int_equal(next(&csv, v), 0);
}

static void last_line_needs_no_line_break_and_a_byte_order_mark_is_skipped(void **state)
{
    Csv csv = csv_read(STR("\xEF\xBB\xBFwert,de\nmops,Mops"));
    Str v[8];

    (void)state;
    assert_int_equal(next(&csv, v), 2);
    assert_str(v[0], "wert");
    assert_int_equal(next(&csv, v), 2);
    assert_str(v[1], "Mops");
    assert_int_equal(next(&csv, v), 0);
}

static void broken_quotes_are_refused_with_their_line(void **state)
{
    static const char *const broken[] = {"a\n\"open", "a\nx\"y\",z", "a\n\"x\"y"};
    Str v[8];
    size_t count;
    Err err;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        Csv csv = csv_read(str_c(broken[i]));
        assert_true(csv_next(&csv, arena, v, 8, &count, &err));
        assert_false(csv_next(&csv, arena, v, 8, &count, &err));
        assert_int_equal(err.line, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_commas_and_line_breaks_belong_to_a_quoted_value),
        cmocka_unit_test(last_line_needs_no_line_break_and_a_byte_order_mark_is_skipped),
        cmocka_unit_test(broken_quotes_are_refused_with_their_line),
    };
    arena = arena_create(0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_destroy(arena);
    return failed;
}
