/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/alarm_test.h"
#include "city/alarm/replay.h"
#include "city/alarm/round.h"

#define CHANGES count_of(STR("SELECT COUNT(*) FROM city_alarm_change"))
#define MAILS count_of(STR("SELECT COUNT(*) FROM effect WHERE kind = 'mail'"))
#define EVENTS \
    count_of(STR("SELECT COUNT(*) FROM event WHERE type IN ('alarm.raised', 'alarm.ended')"))

static void a_change_is_written_and_told_once_also_after_a_start(void **state)
{
    (void)state;
    measure(1, 300);
    made("value > 250", "value < 230");
    check_at(NOON);
    check_at(NOON + 1);
    test_town_stop(&town);
    test_town_start(&town, ENGINES, 2);
    check_at(NOON + MINUTE);
    assert_int_equal(CHANGES, 1);
    assert_int_equal(MAILS, 2);
    assert_int_equal(EVENTS, 1);
    measure(-1, 200);
    check_at(NOON + MINUTE);
    check_at(NOON + 2 * MINUTE);
    assert_int_equal(CHANGES, 2);
    assert_int_equal(MAILS, 4);
    assert_int_equal(EVENTS, 2);
}

static void how_long_it_has_held_is_kept_over_a_start(void **state)
{
    int64_t id;
    Alarm alarm;

    (void)state;
    measure(1, 300);
    id = made("value > 250", "");
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(alarm_by_id(tx, id, town.arena, &alarm, &town.err), &town.err);
    tx_end(tx);
    alarm.hold_minutes = 10;
    assert_ok(db_write(town.tenant->db, add_alarm, &alarm, &town.err), &town.err);
    check_at(NOON);
    test_town_stop(&town);
    test_town_start(&town, ENGINES, 2);
    check_at(NOON + 9 * MINUTE);
    assert_int_equal(CHANGES, 0);
    check_at(NOON + 10 * MINUTE);
    assert_int_equal(CHANGES, 1);
}

typedef struct Stale {
    Alarm alarm;
    AlarmMoves moves;
} Stale;

static bool write_stale(Tx *tx, void *context, Err *err)
{
    Stale *stale = context;

    return alarm_moves_write(tx, &stale->alarm, &stale->moves, STR("system"), town.arena, err);
}

static void who_comes_second_with_a_change_changes_nothing(void **state)
{
    (void)state;
    measure(1, 300);
    int64_t id = made("value > 250", "");
    check_at(NOON);
    Stale stale = {.alarm = alarm_with("value > 250", "")};
    stale.alarm.id = id;
    int64_t stream = count_of(STR("SELECT stream FROM city_alarm_state"));
    VEC_PUSH(town.arena, &stale.moves,
             (AlarmMove){.stream = stream,
                         .name = STR("Pegel"),
                         .unit = STR("cm"),
                         .thing = STR(""),
                         .value = STR("300"),
                         .after = {.phase = ALARM_RAISED, .since = NOON + 5}});
    assert_ok(db_write(town.tenant->db, write_stale, &stale, &town.err), &town.err);
    assert_int_equal(CHANGES, 1);
    assert_int_equal(MAILS, 2);
}

static void what_is_watched_no_more_ends(void **state)
{
    (void)state;
    measure(1, 300);
    int64_t id = made("value > 250", "");
    check_at(NOON);
    Alarm other = alarm_with("value > 250", "");
    other.id = id;
    other.stream = 4711;
    assert_ok(db_write(town.tenant->db, add_alarm, &other, &town.err), &town.err);
    check_at(NOON + MINUTE);
    assert_int_equal(count_of(STR("SELECT COUNT(*) FROM city_alarm_state WHERE phase = 'ended'")),
                     1);
}

static void the_past_is_tried_without_a_trace(void **state)
{
    AlarmReplay replay;
    Alarm alarm = alarm_with("value > 250", "value < 230");

    (void)state;
    measure(3000, 260);
    measure(2000, 240);
    measure(1000, 220);
    measure(60, 251);
    assert_ok(alarm_replay(hub(), &alarm, NOON, town.arena, &replay, &town.err), &town.err);
    assert_int_equal(replay.count, 2);
    assert_str(replay.items[0].value, "260");
    assert_int_equal(replay.items[0].from, NOON - 3000 * (Timestamp)MINUTE);
    assert_int_equal(replay.items[0].to, NOON - 1000 * (Timestamp)MINUTE);
    assert_int_equal(replay.items[1].to, 0);
    assert_int_equal(CHANGES, 0);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, alarm_test_begin, test_town_tear_down)
    const struct CMUnitTest tests[] = {
        T(a_change_is_written_and_told_once_also_after_a_start),
        T(how_long_it_has_held_is_kept_over_a_start),
        T(who_comes_second_with_a_change_changes_nothing),
        T(what_is_watched_no_more_ends),
        T(the_past_is_tried_without_a_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
