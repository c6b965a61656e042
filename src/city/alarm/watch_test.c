/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/alarm_test.h"
#include "city/alarm/watch.h"
#include "city/sta/geometry.h"

#include <pthread.h>
#include <time.h>

enum { PATIENCE_S = 20 };

/* --- Somebody changes the town while areas are compared (the linker puts this one in front) ------
 */

StaValue __real_sta_shape_is(StaShapes *shapes, StaPredicate predicate, const StaShape *a,
                             const StaShape *b);
StaValue __wrap_sta_shape_is(StaShapes *shapes, StaPredicate predicate, const StaShape *a,
                             const StaShape *b);

static int changes; /* that were done while areas were compared */

static void *change_the_town(void *context)
{
    CityDataset dataset = {.name = STR("neu"), .title = STR("Neu"), .licence = STR("dl-de/by-2-0")};
    Err err = {0};

    (void)context;
    changes += hub_save_dataset(hub(), &dataset, STR("system"), STR("de"), &err);
    return NULL;
}

StaValue __wrap_sta_shape_is(StaShapes *shapes, StaPredicate predicate, const StaShape *a,
                             const StaShape *b)
{
    pthread_t other;
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    assert_int_equal(pthread_create(&other, NULL, change_the_town, NULL), 0);
    if (pthread_timedjoin_np(other, NULL, &until))
        fail_msg("nobody can change the town while areas are compared");
    return __real_sta_shape_is(shapes, predicate, a, b);
}

static void areas_are_compared_while_others_change_the_town(void **state)
{
    Alarm alarm = alarm_with("inside", "");
    WatchedList watched;

    (void)state;
    measure(1, 5);
    assert_ok(alarm_watch(hub(), &alarm, town.arena, &watched, &town.err), &town.err);
    assert_int_equal(watched.count, 1);
    assert_int_equal(watched.items[0].inside, 1);
    assert_int_equal(changes, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(areas_are_compared_while_others_change_the_town,
                                        alarm_test_begin, test_town_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
