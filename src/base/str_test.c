/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stdio.h>

static void what_nobody_sees_is_blank(void **state)
{
    (void)state;
    assert_true(utf8_blank(STR("")));
    assert_true(utf8_blank(STR(" \n\t\u00A0")));
    assert_true(utf8_blank(STR("\u202E\u200B\u200D\uFEFF\u2060")));
    assert_false(utf8_blank(STR("\u202Ex")));
    assert_false(utf8_blank(STR("李")));
}

static void a_bad_byte_is_found_at_any_place(void **state)
{
    (void)state;
    char text[40];

    for (size_t at = 0; at < sizeof text; at++) {
        memset(text, 'x', sizeof text);
        assert_true(utf8_valid((Str){text, sizeof text}));
        text[at] = '\xC3';
        assert_false(utf8_valid((Str){text, sizeof text}));
        if (at + 1 < sizeof text) {
            text[at + 1] = '\xA4';
            assert_true(utf8_valid((Str){text, sizeof text}));
        }
    }
}

static void integers_within_64_bits_are_read_and_others_refused(void **state)
{
    (void)state;
    int64_t value = 7;

    assert_true(str_to_i64(STR("-9223372036854775808"), &value));
    assert_true(value == INT64_MIN);
    assert_true(str_to_i64(STR("9223372036854775807"), &value));
    assert_true(value == INT64_MAX);
    assert_false(str_to_i64(STR("9223372036854775808"), &value));
    assert_false(str_to_i64(STR(""), &value));
    assert_false(str_to_i64(STR("-"), &value));
    assert_false(str_to_i64(STR("1 "), &value));
}

static void cut_returns_every_part_and_then_none(void **state)
{
    (void)state;
    Str rest = STR("a,,b");

    assert_str(str_cut(&rest, ','), "a");
    assert_str(str_cut(&rest, ','), "");
    assert_str(str_cut(&rest, ','), "b");
    assert_null(str_cut(&rest, ',').ptr);
}

static void replace_handles_growth_and_overlap(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);

    assert_str(str_replace(arena, STR("aaa"), STR("aa"), STR("bcd")), "bcda");
    assert_str(str_replace(arena, STR("x-y-z"), STR("-"), STR("")), "xyz");
    arena_destroy(arena);
}

static void distance_counts_the_changes_between_two_words(void **state)
{
    (void)state;
    char longer[64];

    memset(longer, 'a', sizeof longer);
    assert_int_equal(str_distance(STR("kitten"), STR("sitting")), 3);
    assert_int_equal(str_distance(STR("rain"), STR("rain")), 0);
    assert_int_equal(str_distance(STR("rain"), STR("ran")), 1);
    assert_int_equal(str_distance(STR(""), STR("rain")), 4);
    assert_int_equal(str_distance(STR_NONE, STR_NONE), 0);
    assert_int_equal(str_distance((Str){longer, 62}, (Str){longer, 61}), 1);
    assert_true(str_distance((Str){longer, 63}, STR("a")) == SIZE_MAX);
    assert_true(str_distance(STR("a"), (Str){longer, 63}) == SIZE_MAX);
}

static void utf8_refuses_overlong_surrogate_and_cut_sequences(void **state)
{
    (void)state;
    assert_true(utf8_valid(STR("Müller € 𝄞")));
    assert_false(utf8_valid(STR("\xC0\xAF")));
    assert_false(utf8_valid(STR("\xED\xA0\x80")));
    assert_false(utf8_valid(STR("\xF4\x90\x80\x80")));
    assert_false(utf8_valid(STR("abc\xE2\x82")));
    for (size_t at = 0; at < 24; at++) {
        char text[24];

        memset(text, 'a', sizeof text);
        assert_true(utf8_valid((Str){text, sizeof text}));
        text[at] = '\xFF';
        assert_false(utf8_valid((Str){text, sizeof text}));
    }
    assert_false(utf8_valid_text(STR("a\x01")));
    assert_int_equal(utf8_length(STR("Straße")), 6);
}

static void buffer_keeps_what_was_added_over_many_growths(void **state)
{
    (void)state;
    Arena *arena = arena_create(64);
    Buf buf = buf_in(arena);

    for (int i = 0; i < 1000; i++)
        buf_addf(&buf, "%d,", i);
    Str text = buf_str(&buf);
    assert_true(str_starts_with(text, "0,1,2,"));
    assert_true(str_ends_with(text, "998,999,"));
    assert_int_equal(text.len, 3890);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_sees_is_blank),
        cmocka_unit_test(a_bad_byte_is_found_at_any_place),
        cmocka_unit_test(integers_within_64_bits_are_read_and_others_refused),
        cmocka_unit_test(cut_returns_every_part_and_then_none),
        cmocka_unit_test(replace_handles_growth_and_overlap),
        cmocka_unit_test(distance_counts_the_changes_between_two_words),
        cmocka_unit_test(utf8_refuses_overlong_surrogate_and_cut_sequences),
        cmocka_unit_test(buffer_keeps_what_was_added_over_many_growths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
