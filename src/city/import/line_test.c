/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/import/line.h"

#include "base/test.h"

#include <stdlib.h>

static Arena *arena;

static int make_arena(void **state)
{
    (void)state;
    arena = arena_create(0);
    return 0;
}

static int end_arena(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

/* The only line of a text. */
static LinePoint line_of(const char *text)
{
    LineReader reader = line_reader(arena, str_c(text));
    LinePoint point = {0}, more = {0};

    if (!line_next(&reader, &point) || line_next(&reader, &more))
        fail_msg("%s is not one line", text);
    return point;
}

static void a_line_says_what_where_how_much_and_when(void **state)
{
    (void)state;
    LinePoint point = line_of("  luft,ort=Hof,art=a temp=21.5,regen=t,zahl=3i 1700000000123\r\n");

    assert_null(point.problem);
    assert_str(point.head, "luft,ort=Hof,art=a");
    assert_int_equal(point.count, 3);
    assert_str(point.items[0].name, "temp");
    assert_true(point.items[0].number == 21.5);
    assert_true(point.items[1].number == 1);
    assert_true(point.items[2].number == 3);
    assert_true(point.timed);
    assert_int_equal(point.time, 1700000000123);
    assert_false(line_of("luft temp=1").timed);
    assert_int_equal(line_of("luft temp=1 -5").time, -5);
}

static void comments_and_empty_lines_are_passed_and_lines_are_counted(void **state)
{
    (void)state;
    LineReader reader = line_reader(arena, STR("# here\n\n \r\na v=1\nb v=\"x\ny\"\n\nc v=2"));
    LinePoint point = {0};
    static const int LINES[] = {4, 5, 8};

    for (size_t i = 0; i < 3; i++) {
        assert_true(line_next(&reader, &point));
        assert_int_equal(point.line, LINES[i]);
        assert_null(point.problem);
    }
    assert_false(line_next(&reader, &point));
}

static void backslashes_take_the_meaning_from_signs_of_names(void **state)
{
    (void)state;
    LinePoint point = line_of("my\\ room\\,2,a\\=b=c\\ d te\\=mp=1");

    assert_null(point.problem);
    assert_str(point.head, "my\\ room\\,2,a\\=b=c\\ d");
    assert_str(line_plain(arena, point.head), "my room,2,a=b=c d");
    assert_str(line_plain(arena, line_measurement(point.head)), "my room,2");
    assert_str(line_plain(arena, point.items[0].name), "te=mp");
    assert_str(line_plain(arena, STR("C:\\dir\\")), "C:\\dir\\");
}

static void numbers_are_the_nearest_doubles(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {"0",
                                        "-0.5",
                                        "0.1",
                                        "123456.789",
                                        "1e3",
                                        "-1E-7",
                                        "3.14159265358979",
                                        "0.30000000000000004",
                                        "1e308",
                                        "5e-324",
                                        "00012.5",
                                        "99999999999999.9"};

    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        LinePoint point = line_of(arena_printf(arena, "m v=%s", TEXTS[i]));
        if (point.problem || point.items[0].number != strtod(TEXTS[i], NULL))
            fail_msg("%s is %.17g", TEXTS[i], point.items[0].number);
    }
}

static void whole_numbers_that_no_double_holds_keep_their_digits(void **state)
{
    (void)state;
    LineField most = line_of("m v=9007199254740992i").items[0];
    LineField wider = line_of("m v=-9007199254740993i").items[0];
    LineField unsigned_most = line_of("m v=18446744073709551615u").items[0];

    assert_false(most.digits);
    assert_true(most.number == 9007199254740992.0);
    assert_true(wider.digits);
    assert_str(wider.value, "-9007199254740993");
    assert_true(unsigned_most.digits);
    assert_str(unsigned_most.value, "18446744073709551615");
}

static void texts_are_known_as_such(void **state)
{
    (void)state;
    LinePoint point = line_of("m a=\"say \\\"x=1, y\\\" \\\\\",b=2 7");

    assert_null(point.problem);
    assert_true(point.items[0].text);
    assert_false(point.items[1].text);
    assert_true(point.items[1].number == 2);
    assert_int_equal(point.time, 7);
}

static void lines_that_are_none_say_why(void **state)
{
    (void)state;
    static const char *const WRONG[] = {"m",
                                        "m ",
                                        "m v",
                                        "m v=",
                                        "m =1",
                                        "m v=x",
                                        "m v=1,",
                                        "m v=1 x",
                                        "m v=1 1 2",

                                        "m v=.i",
                                        "m v=nan",
                                        "m v=inf",
                                        "m v=0x10",
                                        "m v=1e999",
                                        "m v=\"x",
                                        "m v=--1",
                                        "m v=1.5i",
                                        "m v=-i",
                                        "m v=i",
                                        "m v=1 1.5",
                                        "m v=\"x\"y",
                                        "m v=1,w",
                                        "m v=00099999999999999999i",
                                        "m v=1 99999999999999999999"};

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        if (!line_of(WRONG[i]).problem)
            fail_msg("%s was taken", WRONG[i]);
}

static void a_series_is_known_however_its_tags_are_ordered(void **state)
{
    (void)state;
    const char *problem;
    Str out;

    assert_true(line_canonical(arena, STR("m,b=2,a\\,=1,c=3"), &out, &problem));
    assert_str(out, "m,a\\,=1,b=2,c=3");
    assert_true(line_canonical(arena, STR("m"), &out, &problem));
    assert_str(out, "m");
    static const char *const WRONG[] = {"",     ",a=1", "m,",        "m,a",
                                        "m,a=", "m,=1", "m,a=1,a=2", "m,a=1,"};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        if (line_canonical(arena, str_c(WRONG[i]), &out, &problem) || !problem)
            fail_msg("%s was taken", WRONG[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_says_what_where_how_much_and_when, make_arena,
                                        end_arena),
        cmocka_unit_test_setup_teardown(comments_and_empty_lines_are_passed_and_lines_are_counted,
                                        make_arena, end_arena),
        cmocka_unit_test_setup_teardown(backslashes_take_the_meaning_from_signs_of_names,
                                        make_arena, end_arena),
        cmocka_unit_test_setup_teardown(numbers_are_the_nearest_doubles, make_arena, end_arena),
        cmocka_unit_test_setup_teardown(whole_numbers_that_no_double_holds_keep_their_digits,
                                        make_arena, end_arena),
        cmocka_unit_test_setup_teardown(texts_are_known_as_such, make_arena, end_arena),
        cmocka_unit_test_setup_teardown(lines_that_are_none_say_why, make_arena, end_arena),
        cmocka_unit_test_setup_teardown(a_series_is_known_however_its_tags_are_ordered, make_arena,
                                        end_arena),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
