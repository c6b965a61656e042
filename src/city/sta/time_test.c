/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "base/test_random.h"
#include "city/sta/time.h"

static void times_are_read_to_the_millisecond_and_written_in_utc(void **state)
{
    static const char *const cases[][2] = {
        {"2027-03-01T09:30:00Z", "2027-03-01T09:30:00Z"},
        {"2027-03-01T09:30Z", "2027-03-01T09:30:00Z"},
        {"2027-03-01t09:30:00z", "2027-03-01T09:30:00Z"},
        {"2027-03-01T09:30:00.5Z", "2027-03-01T09:30:00.500Z"},
        {"2027-03-01T09:30:00.1239Z", "2027-03-01T09:30:00.123Z"},
        {"2027-03-01T00:30:00+01:00", "2027-02-28T23:30:00Z"},
        {"2027-03-01T00:30:00-0130", "2027-03-01T02:00:00Z"},
        {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
        {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
        {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
        {"2027-03-01T00:00:00Z/2027-03-02T00:00:00Z", "2027-03-01T00:00:00Z/2027-03-02T00:00:00Z"},
        {"2027-01-31T00:00:00Z/P1M", "2027-01-31T00:00:00Z/2027-02-28T00:00:00Z"},
        {"PT90M/2027-03-01T01:00:00Z", "2027-02-28T23:30:00Z/2027-03-01T01:00:00Z"},
        {"2027-03-01T00:00:00Z/2027-03-01T00:00:00Z", "2027-03-01T00:00:00Z"},
    };
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        StaTime time;
        Buf out = buf_in(arena);
        if (!sta_time_parse(str_c(cases[i][0]), &time))
            fail_msg("%s is not read", cases[i][0]);
        sta_time_write(&out, time);
        assert_str(buf_str(&out), cases[i][1]);
    }
    arena_destroy(arena);
}

static void what_is_no_time_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "2027-03-01",
        "2027-03-01T09:30:00",
        "2027-02-29T00:00:00Z",
        "2027-03-01T24:00:00Z",
        "2027-03-01T09:60:00Z",
        "2027-03-01T09:30:60Z",
        "2027-03-01T09:30:00.Z",
        "2027-03-01T09:30:00+1:00",
        "2027-03-01T09:30:00+01:60",
        "2027-03-01T09:30:00Zx",
        "2027-3-1T09:30:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "2027-03-02T00:00:00Z/2027-03-01T00:00:00Z",
        "2027-03-02T00:00:00Z/",
        "P1D/P1D",
        "9999-12-31T00:00:00Z/P1Y",
        "2027-03-02T00:00:00Z/2028-01-01T00:00:00Z/2029-01-01T00:00:00Z",
    };
    StaTime time;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (sta_time_parse(str_c(cases[i]), &time))
            fail_msg("%s is read", cases[i]);
}

static void durations_are_read_and_written(void **state)
{
    static const char *const cases[][2] = {
        {"P1D", "P1D"},
        {"PT36H", "P1DT12H"},
        {"P1Y2M3W4DT5H6M7.5S", "P1Y2M25DT5H6M7.500S"},
        {"-PT1H", "-PT1H"},
        {"+P2W", "P14D"},
        {"PT0S", "PT0S"},
        {"PT0.001S", "PT0.001S"},
        {"pt10m", "PT10M"},
        {"P", NULL},
        {"PT", NULL},
        {"P1", NULL},
        {"P1H", NULL},
        {"PT1D", NULL},
        {"1D", NULL},
        {"P1DT", NULL},
        {"P1.5D", NULL},
        {"PT1S1M", NULL},
        {"P99999999999999999999D", NULL},
        {"P10000Y", NULL},
        {"PT9999999999999S", NULL},
        {"", NULL},
    };
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        StaDuration duration;
        Buf out = buf_in(arena);
        bool read = sta_duration_parse(str_c(cases[i][0]), &duration);
        if (read != (cases[i][1] != NULL))
            fail_msg("%s is %sread", cases[i][0], read ? "" : "not ");
        if (!read)
            continue;
        sta_duration_write(&out, duration);
        assert_str(buf_str(&out), cases[i][1]);
    }
    arena_destroy(arena);
}

static void months_are_added_in_the_offset_in_which_a_time_was_written(void **state)
{
    StaTime time, sum;
    StaDuration month = {.months = 1};
    Arena *arena = arena_create(0);
    Buf out = buf_in(arena);

    (void)state;
    assert_true(sta_time_parse(STR("2027-02-01T00:30:00+01:00"), &time)); /* still January in UTC */
    assert_true(sta_time_add(time, month, 1, &sum));
    sta_time_write(&out, sum);
    assert_str(buf_str(&out), "2027-02-28T23:30:00Z");
    assert_true(sta_time_parse(STR("9999-12-15T00:00:00Z"), &time));
    assert_false(sta_time_add(time, month, 1, &sum));
    assert_true(sta_time_parse(STR("0001-01-15T00:00:00Z"), &time));
    assert_false(sta_time_add(time, month, -1, &sum));
    assert_false(sta_time_add(time, (StaDuration){.ms = INT64_MAX / 2}, 1, &sum));
    arena_destroy(arena);
}

static void parts_are_those_of_the_offset(void **state)
{
    StaTime time;

    (void)state;
    assert_true(sta_time_parse(STR("2027-01-01T00:30:15.250+01:00"), &time));
    StaTimeParts parts = sta_time_parts(time);
    assert_int_equal(parts.date.year, 2027);
    assert_int_equal(parts.date.month, 1);
    assert_int_equal(parts.date.day, 1);
    assert_int_equal(parts.hour, 0);
    assert_int_equal(parts.minute, 30);
    assert_int_equal(parts.second, 15);
    assert_int_equal(parts.millisecond, 250);
    assert_int_equal(time.offset, 60);
}

static void any_instant_reads_back_as_it_was_written(void **state)
{
    TestRandom random = {.state = 20270301};
    Arena *arena = arena_create(0);

    (void)state;
    for (int i = 0; i < 20000; i++) {
        Timestamp at = test_pick(&random, STA_FIRST_INSTANT, STA_LAST_INSTANT);
        StaTime time = {.start = at, .end = at}, again;
        Buf out = buf_in(arena);
        sta_time_write(&out, time);
        assert_true(sta_time_parse(buf_str(&out), &again));
        assert_true(again.start == at);
        arena_reset(arena);
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read_to_the_millisecond_and_written_in_utc),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(durations_are_read_and_written),
        cmocka_unit_test(months_are_added_in_the_offset_in_which_a_time_was_written),
        cmocka_unit_test(parts_are_those_of_the_offset),
        cmocka_unit_test(any_instant_reads_back_as_it_was_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
