/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/quality/quality.h"

#include "base/test.h"
#include "base/test_random.h"

#include <math.h>

enum { MINUTE = 60000, STEP = 15 * MINUTE, COUNT = 700 };

/* A week of a quiet sensor: a slow wave with a little noise. */
static void quiet(QualityValue *values, size_t count)
{
    TestRandom random = {7};

    for (size_t i = 0; i < count; i++)
        values[i] = (QualityValue){.time = (int64_t)i * STEP,
                                   .number = 20 + 5 * sin((double)i / 15) +
                                             (double)test_pick(&random, -10, 10) / 50};
}

static const QualityFinding *only(const Quality *quality, QualityKind kind)
{
    for (size_t i = 0; i < quality->count; i++)
        if (quality->items[i].kind == kind)
            return &quality->items[i];
    fail_msg("nothing of kind %d among %zu", (int)kind, quality->count);
    return NULL;
}

static void a_quiet_sensor_is_good(void **state)
{
    QualityValue values[COUNT];
    Arena *arena = arena_create(0);

    (void)state;
    quiet(values, COUNT);
    Quality quality = quality_of(values, COUNT, values[COUNT - 1].time + STEP, arena);
    assert_true(quality_is_good(&quality));
    assert_int_equal(quality.interval, STEP);
    assert_int_equal(quality.count, 0);
    assert_true(quality_completeness(&quality) > 0.998);
    arena_destroy(arena);
}

static void gaps_are_found_with_their_ends_and_silence_at_the_end(void **state)
{
    QualityValue values[COUNT];
    Arena *arena = arena_create(0);

    (void)state;
    quiet(values, COUNT);
    for (size_t i = 300; i < COUNT; i++)
        values[i].time += 8 * STEP;
    Quality quality = quality_of(values, COUNT, values[COUNT - 1].time + 3 * STEP, arena);
    const QualityFinding *gap = only(&quality, QUALITY_GAP);
    assert_int_equal(quality.found[QUALITY_GAP], 1);
    assert_int_equal(gap->from, 299 * STEP);
    assert_int_equal(gap->to, 308 * STEP);
    assert_int_equal(quality.longest_gap, 9 * STEP);
    assert_int_equal(quality.silent, 3 * STEP);
    assert_int_equal(quality.expected, COUNT + 8 + 3);
    assert_false(quality_is_good(&quality));
    quality = quality_of(values, COUNT, values[COUNT - 1].time + 2 * STEP, arena);
    assert_int_equal(quality.silent, 0);
    arena_destroy(arena);
}

static void a_value_that_stands_still_is_found_and_zero_is_not(void **state)
{
    QualityValue values[COUNT];
    Arena *arena = arena_create(0);

    (void)state;
    quiet(values, COUNT);
    for (size_t i = 100; i < 125; i++)
        values[i].number = 21.5;
    for (size_t i = 200; i < 250; i++)
        values[i].number = 0;
    for (size_t i = 400; i < 420; i++)
        values[i].number = 19; /* 4.75 hours */
    Quality quality = quality_of(values, COUNT, 0, arena);
    const QualityFinding *still = only(&quality, QUALITY_STILL);
    assert_int_equal(quality.found[QUALITY_STILL], 1);
    assert_int_equal(still->from, 100 * STEP);
    assert_int_equal(still->to, 124 * STEP);
    assert_int_equal(still->count, 25);
    assert_true(still->number == 21.5);
    arena_destroy(arena);
}

static void a_value_that_stands_out_is_found_with_what_is_usual(void **state)
{
    QualityValue values[COUNT];
    Arena *arena = arena_create(0);

    (void)state;
    quiet(values, COUNT);
    values[0].number = -40;
    values[333].number = 85;
    values[500].number = NAN;
    Quality quality = quality_of(values, COUNT, 0, arena);
    assert_int_equal(quality.found[QUALITY_OUTLIER], 2);
    assert_int_equal(quality.count, 2);
    assert_true(quality.items[0].number == -40);
    assert_int_equal(quality.items[1].from, 333 * STEP);
    assert_true(fabs(quality.items[1].usual - (20 + 5 * sin(333.0 / 15))) < 0.5);
    /* Too few to say what is usual. */
    quality = quality_of(values, 29, 0, arena);
    assert_int_equal(quality.found[QUALITY_OUTLIER], 0);
    arena_destroy(arena);
}

static void marked_values_are_told_in_runs_and_judged_no_further(void **state)
{
    QualityValue values[COUNT];
    Arena *arena = arena_create(0);

    (void)state;
    quiet(values, COUNT);
    for (size_t i = 50; i < 60; i++) {
        values[i].status = 4;
        values[i].number = 1000;
    }
    values[60].status = 9;
    Quality quality = quality_of(values, COUNT, 0, arena);
    assert_int_equal(quality.found[QUALITY_MARKED], 11);
    assert_int_equal(quality.count, 2);
    assert_int_equal(quality.items[0].status, 4);
    assert_int_equal(quality.items[0].count, 10);
    assert_int_equal(quality.items[0].to, 59 * STEP);
    assert_int_equal(quality.items[1].status, 9);
    assert_int_equal(quality.found[QUALITY_OUTLIER], 0);
    arena_destroy(arena);
}

static void of_many_findings_the_last_are_kept_in_order_and_all_are_counted(void **state)
{
    QualityValue values[COUNT];
    Arena *arena = arena_create(0);

    (void)state;
    quiet(values, COUNT);
    for (size_t i = 1; i < COUNT; i += 2)
        values[i].status = 3;
    Quality quality = quality_of(values, COUNT, 0, arena);
    assert_int_equal(quality.found[QUALITY_MARKED], COUNT / 2);
    assert_int_equal(quality.count, QUALITY_FINDINGS_MAX);
    for (size_t i = 1; i < quality.count; i++)
        assert_true(quality.items[i].from > quality.items[i - 1].from);
    assert_int_equal(quality.items[QUALITY_FINDINGS_MAX - 1].from, (COUNT - 1) * STEP);
    arena_destroy(arena);
}

static void few_and_equal_values_are_no_trouble(void **state)
{
    QualityValue values[64] = {0};
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t count = 0; count < 64; count++) {
        Quality quality = quality_of(values, count, 1000, arena);
        assert_int_equal(quality.interval, 0);
        assert_true(quality_is_good(&quality));
        assert_true(quality_completeness(&quality) == 1);
    }
    for (size_t i = 0; i < 64; i++)
        values[i] = (QualityValue){.time = (int64_t)i * STEP, .number = i % 16 == 3 ? 1 : 0};
    Quality quality = quality_of(values, 64, 0, arena);
    assert_int_equal(quality.found[QUALITY_OUTLIER], 0); /* nothing tells how much is usual */
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_sensor_is_good),
        cmocka_unit_test(gaps_are_found_with_their_ends_and_silence_at_the_end),
        cmocka_unit_test(a_value_that_stands_still_is_found_and_zero_is_not),
        cmocka_unit_test(a_value_that_stands_out_is_found_with_what_is_usual),
        cmocka_unit_test(marked_values_are_told_in_runs_and_judged_no_further),
        cmocka_unit_test(of_many_findings_the_last_are_kept_in_order_and_all_are_counted),
        cmocka_unit_test(few_and_equal_values_are_no_trouble),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
