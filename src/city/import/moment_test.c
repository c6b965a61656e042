/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/import/import.h"

#include "base/test.h"

static Timestamp at(const char *iso)
{
    Timestamp out = 0;

    assert_true(timestamp_parse_iso(str_c(iso), &out));
    return out;
}

static void assert_moment(const char *text, Timestamp before, const char *iso)
{
    Timestamp out;

    if (!city_moment_parse(str_c(text), before, &out))
        fail_msg("%s is no moment", text);
    if (out != at(iso))
        fail_msg("%s is %lld, not %s", text, (long long)out, iso);
}

static void moments_are_read_as_tables_write_them(void **state)
{
    (void)state;
    assert_moment("2027-03-01T09:30:00Z", INT64_MIN, "2027-03-01T09:30:00Z");
    assert_moment("2027-03-01T09:30:00+02:00", INT64_MIN, "2027-03-01T07:30:00Z");
    assert_moment("2027-03-01 09:30", INT64_MIN, "2027-03-01T08:30:00Z");
    assert_moment("2027-07-01T09:30:15", INT64_MIN, "2027-07-01T07:30:15Z");
    assert_moment("01.07.2027 09:30", INT64_MIN, "2027-07-01T07:30:00Z");
    assert_moment("1.7.2027", INT64_MIN, "2027-06-30T22:00:00Z");
}

/* 31 October 2027: from 3:00 clocks go back to 2:00. */
static void an_hour_that_comes_twice_is_told_by_what_stands_before(void **state)
{
    Timestamp before = at("2027-10-31T00:45:00Z"); /* 2:45, summer */

    (void)state;
    assert_moment("2027-10-31 02:30", INT64_MIN, "2027-10-31T00:30:00Z");
    assert_moment("2027-10-31 02:00", before, "2027-10-31T01:00:00Z");
    assert_moment("2027-10-31 02:15", at("2027-10-31T01:00:00Z"), "2027-10-31T01:15:00Z");
    assert_moment("2027-10-31 03:00", at("2027-10-31T01:45:00Z"), "2027-10-31T02:00:00Z");
}

static void what_clocks_never_show_and_nonsense_are_refused(void **state)
{
    static const char *const WRONG[] = {"2027-03-28 02:30", "gestern",          "",
                                        "2027-13-01 10:00", "2027-03-01 25:00", "12345",
                                        "0001-01-01 00:00"};
    Timestamp out;

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        if (city_moment_parse(str_c(WRONG[i]), INT64_MIN, &out))
            fail_msg("\"%s\" was taken", WRONG[i]);
}

/* What is earlier than the row before, but comes once, is what it says. */
static void rows_need_not_be_in_order(void **state)
{
    (void)state;
    assert_moment("2027-05-01 10:00", at("2027-05-01T12:00:00Z"), "2027-05-01T08:00:00Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_read_as_tables_write_them),
        cmocka_unit_test(an_hour_that_comes_twice_is_told_by_what_stands_before),
        cmocka_unit_test(what_clocks_never_show_and_nonsense_are_refused),
        cmocka_unit_test(rows_need_not_be_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
