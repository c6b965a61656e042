/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/query/aggregate.h"

#include "base/test.h"

enum { HOUR = 3600000 };

static Timestamp at(const char *iso)
{
    Timestamp out = 0;

    assert_true(timestamp_parse_iso(str_c(iso), &out));
    return out;
}

/* The bounds as "03-27T23:00 …". */
static void assert_buckets(StaDuration period, const char *from, const char *to, const char *wanted)
{
    Arena *arena = arena_create(0);
    Buf out = buf_in(arena);
    int64_t *bounds;
    size_t count;
    Err err = {0};

    assert_ok(city_buckets(period, at(from), at(to), arena, &bounds, &count, &err), &err);
    for (size_t i = 0; i <= count; i++)
        buf_addf(&out, "%s%.*s", i ? " " : "",
                 STR_ARG(str_slice(timestamp_iso(arena, bounds[i]), 5, 16)));
    assert_str(buf_str(&out), wanted);
    arena_destroy(arena);
}

static void hours_begin_at_whole_hours(void **state)
{
    (void)state;
    assert_buckets((StaDuration){.ms = HOUR}, "2027-03-01T10:20:00Z", "2027-03-01T12:00:00Z",
                   "03-01T10:00 03-01T11:00 03-01T12:00");
    assert_buckets((StaDuration){.ms = HOUR}, "2027-03-01T10:00:00Z", "2027-03-01T10:00:00.001Z",
                   "03-01T10:00 03-01T11:00");
}

/* 28 March 2027 has 23 hours. */
static void days_and_months_begin_in_berlin(void **state)
{
    (void)state;
    assert_buckets((StaDuration){.ms = 24 * HOUR}, "2027-03-27T12:00:00Z", "2027-03-29T12:00:00Z",
                   "03-26T23:00 03-27T23:00 03-28T22:00 03-29T22:00");
    assert_buckets((StaDuration){.months = 1}, "2027-03-27T12:00:00Z", "2027-04-02T12:00:00Z",
                   "02-28T23:00 03-31T22:00 04-30T22:00");
    assert_buckets((StaDuration){.months = 12}, "2026-03-27T12:00:00Z", "2027-04-02T12:00:00Z",
                   "12-31T23:00 12-31T23:00 12-31T23:00");
}

/* 28 March 2027 has 23 hours, 31 October 25. */
static void parts_of_days_begin_with_the_day_in_berlin(void **state)
{
    (void)state;
    assert_buckets((StaDuration){.ms = 12 * HOUR}, "2027-03-27T12:00:00Z", "2027-03-28T23:00:00Z",
                   "03-27T11:00 03-27T23:00 03-28T11:00 03-28T22:00 03-29T10:00");
    assert_buckets((StaDuration){.ms = 12 * HOUR}, "2027-10-30T23:00:00Z", "2027-10-31T23:30:00Z",
                   "10-30T22:00 10-31T10:00 10-31T22:00 10-31T23:00 11-01T11:00");
}

static void without_a_period_there_is_one(void **state)
{
    (void)state;
    assert_buckets((StaDuration){0}, "2027-03-27T12:34:00Z", "2027-03-29T12:00:00Z",
                   "03-27T12:34 03-29T12:00");
}

static void too_many_and_mixed_ones_are_refused(void **state)
{
    static const StaDuration WRONG[] = {{.ms = 1}, {.ms = -HOUR}, {.months = 1, .ms = HOUR}};
    Arena *arena = arena_create(0);
    int64_t *bounds;
    size_t count;

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        Err err = {0};
        assert_false(city_buckets(WRONG[i], at("2027-01-01T00:00:00Z"), at("2027-01-02T00:00:00Z"),
                                  arena, &bounds, &count, &err));
        assert_int_equal(err.kind, ERR_INPUT);
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hours_begin_at_whole_hours),
        cmocka_unit_test(days_and_months_begin_in_berlin),
        cmocka_unit_test(parts_of_days_begin_with_the_day_in_berlin),
        cmocka_unit_test(without_a_period_there_is_one),
        cmocka_unit_test(too_many_and_mixed_ones_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
