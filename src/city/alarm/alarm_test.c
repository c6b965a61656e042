/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/condition.h"
#include "city/alarm/form.h"
#include "city/alarm/replay.h"
#include "city/alarm/round.h"
#include "city/alarm/words.h"
#include "city/city.h"
#include "city/import/import.h"

#include "base/test.h"
#include "core/test_town.h"

enum { MINUTE = 60000 };

/* 2027-03-01 is a Monday; 12:00 in Berlin. */
static const Timestamp NOON = 1803898800000;

static TestTown town;
static const Engine *const ENGINES[] = {&WORK_ENGINE, &CITY_ENGINE};

static int begin(void **state)
{
    return test_town_set_up(&town, ENGINES, 2, "title: Musterstadt\nurl: https://m.example\n",
                            state);
}

static Hub *hub(void)
{
    Hub *out = hub_of(town.tenant, &town.err);

    assert_ok(out, &town.err);
    return out;
}

/* A sensor "Pegel" at 9.96 51.56 whose first value is `value`, so many minutes before noon. */
static void measure(int minutes_before, double value)
{
    CityImportReport report;
    Str time = timestamp_iso(town.arena, NOON - minutes_before * (Timestamp)MINUTE);
    CityImport import = {.hub = hub(),
                         .dataset = STR("allgemein"),
                         .source = STR("test"),
                         .now = NOON,
                         .text = str_printf(town.arena,
                                            "time,sensor,value,unit,thing,property,lon,lat\n"
                                            "%.*s,Pegel,%g,cm,Mast,Wasserstand,9.96,51.56\n",
                                            STR_ARG(time), value)};

    assert_ok(city_import(&import, town.arena, &report, &town.err), &town.err);
    assert_int_equal(report.observations, 1);
}

static Alarm alarm_with(const char *condition, const char *ends)
{
    return (Alarm){.dataset = 1,
                   .name = STR("Hochwasser"),
                   .kind = ALARM_FEEL,
                   .given = {STR("value"), false, STR(""), STR("")},
                   .condition = str_c(condition),
                   .ends = str_c(ends),
                   .area = STR("POLYGON((9.9 51.5, 10 51.5, 10 51.6, 9.9 51.6, 9.9 51.5))"),
                   .severity = ALARM_WARNING,
                   .mails = STR("a@example.org\nb@example.org"),
                   .public_text = STR(""),
                   .created = NOON - 100 * (Timestamp)MINUTE};
}

static AlarmLook look_at(const char *condition, const char *ends, Timestamp now)
{
    Alarm alarm = alarm_with(condition, ends);
    WatchedList watched;
    AlarmLook out;
    AlarmRule rule;

    assert_ok(alarm_watch(hub(), &alarm, town.arena, &watched, &town.err), &town.err);
    assert_int_equal(watched.count, 1);
    assert_ok(alarm_rule(&alarm, town.arena, &rule, &town.err), &town.err);
    assert_ok(alarm_look(hub_store(hub()), &alarm, &rule, &watched.items[0], now, town.arena, &out,
                         &town.err),
              &town.err);
    return out;
}

static void assert_holds(const char *condition)
{
    if (!look_at(condition, "", NOON).said.holds)
        fail_msg("does not hold: %s", condition);
}

/* --- The state machine --------------------------------------------------------------------------
 */

static const AlarmSaid HOLDS = {.holds = true}, ENDS = {.ends = true}, NEITHER = {0},
                       BOTH = {.holds = true, .ends = true};

static void it_is_raised_at_once_and_ends_once(void **state)
{
    AlarmState s = {0};

    (void)state;
    assert_false(alarm_step(&s, ENDS, 0, 1));
    assert_true(alarm_step(&s, HOLDS, 0, 2));
    assert_int_equal(s.phase, ALARM_RAISED);
    assert_int_equal(s.since, 2);
    assert_false(alarm_step(&s, HOLDS, 0, 3));
    assert_true(alarm_step(&s, ENDS, 0, 4));
    assert_int_equal(s.phase, ALARM_ENDED);
    assert_false(alarm_step(&s, ENDS, 0, 5));
    assert_int_equal(s.since, 4);
}

static void the_condition_must_hold_without_a_break(void **state)
{
    AlarmState s = {0};

    (void)state;
    assert_false(alarm_step(&s, HOLDS, 10, 1));
    assert_false(alarm_step(&s, HOLDS, 10, 10));
    assert_false(alarm_step(&s, NEITHER, 10, 11));
    assert_false(alarm_step(&s, HOLDS, 10, 12));
    assert_false(alarm_step(&s, HOLDS, 10, 21));
    assert_true(alarm_step(&s, HOLDS, 10, 22));
}

static void between_the_limits_it_stays_as_it_is(void **state)
{
    AlarmState s = {0};

    (void)state;
    assert_false(alarm_step(&s, NEITHER, 0, 1));
    alarm_step(&s, HOLDS, 0, 2);
    assert_false(alarm_step(&s, NEITHER, 0, 3));
    s.phase = ALARM_ACKNOWLEDGED;
    assert_false(alarm_step(&s, HOLDS, 0, 4));
    assert_true(alarm_step(&s, ENDS, 0, 5));
}

static void an_end_that_contradicts_the_condition_does_not_flap(void **state)
{
    AlarmState s = {0};

    (void)state;
    assert_true(alarm_step(&s, BOTH, 0, 1));
    assert_false(alarm_step(&s, BOTH, 0, 2));
    assert_int_equal(s.phase, ALARM_RAISED);
}

/* --- Conditions ---------------------------------------------------------------------------------
 */

static void conditions_know_values_windows_and_the_moment(void **state)
{
    (void)state;
    measure(200, 1);
    measure(59, 10);
    measure(29, 20);
    measure(5, 40);
    assert_holds("value = 40 and previous = 20");
    assert_holds("mean_10min = 40 and min_1h = 10 and max_1h = 40 and sum_1h = 70");
    assert_holds("mean_1h > 23.3 and mean_1h < 23.4");
    assert_holds("min_24h = 1 and max_24h = 40 and sum_24h = 71 and mean_24h = 17.75");
    assert_holds("rate = 30 / 54 * 60 or (rate > 33.33 and rate < 33.34)");
    assert_holds("silent = 5 and age = 5 and quality = 0");
    assert_holds("lon = 9.96 and lat = 51.56 and inside");
    assert_holds("name = \"Pegel\" and hour = 12 and weekday = 1");
}

static void an_hour_with_one_value_is_compared_with_the_one_before(void **state)
{
    (void)state;
    measure(120, 10);
    measure(0, 50);
    assert_holds("rate = 20");
}

static void what_comes_later_does_not_count(void **state)
{
    (void)state;
    measure(10, 7);
    measure(-10, 99);
    assert_holds("value = 7 and max_1h = 7");
}

static void who_never_sent_is_silent_since_the_alarm_was_made(void **state)
{
    (void)state;
    measure(-500, 1);
    assert_holds("silent = 100 and age = null and value = null and rate = null and mean_1h = null");
}

static void nobody_can_tell_is_neither_raised_nor_ended(void **state)
{
    AlarmLook seen;

    (void)state;
    measure(-500, 1);
    seen = look_at("value > 5", "", NOON);
    assert_false(seen.said.holds);
    assert_false(seen.said.ends);
    assert_str(seen.value, "");
}

static void without_an_end_it_ends_when_the_condition_is_false(void **state)
{
    (void)state;
    measure(1, 5);
    assert_true(look_at("value > 9", "", NOON).said.ends);
    assert_false(look_at("value > 9", "value < 3", NOON).said.ends);
    assert_true(look_at("value > 9", "value < 6", NOON).said.ends);
}

static void hours_are_those_of_clocks_on_days_of_23_and_25_hours(void **state)
{
    (void)state;
    measure(1, 5);
    /* 2027-03-28 04:30 summer time; 2027-10-31 02:30, for the second time. */
    assert_true(look_at("hour = 4", "", 1806201000000).said.holds);
    assert_true(look_at("hour = 2", "", 1824946200000).said.holds);
}

static void a_wrong_condition_says_where(void **state)
{
    static const struct {
        const char *condition, *ends, *field, *words;
    } CASES[] = {{"value >", "", "bedingung", "Zeile 1, Zeichen"},
                 {"hoehe > 5", "", "bedingung", "Zeile 1, Zeichen 1"},
                 {"value > 5", "silent +", "ende", "Zeile 1, Zeichen"},
                 {"silent + 1", "", "bedingung", "wahr oder falsch"},
                 {"\"ja\"", "", "bedingung", "wahr oder falsch"}};

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Alarm alarm = alarm_with(CASES[i].condition, CASES[i].ends);
        AlarmRule rule;
        Err err = {0};
        assert_false(alarm_rule(&alarm, town.arena, &rule, &err));
        assert_string_equal(err.field, CASES[i].field);
        if (!strstr(err.message, CASES[i].words))
            fail_msg("%s: %s", CASES[i].condition, err.message);
    }
}

static void areas_are_polygons(void **state)
{
    static const char *const GOOD[] = {
        "POLYGON((0 0, 1 0, 1 1, 0 0))",
        "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}",
        "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,"
        "1],[0,0]]]}}"};
    static const char *const BAD[] = {"",   "POINT(1 1)", "LINESTRING(0 0, 1 1)",
                                      "{}", "Stadtpark",  "POLYGON((0 0, 1 1))"};
    Err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_ok(alarm_area_check(str_c(GOOD[i]), &err), &err);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (alarm_area_check(str_c(BAD[i]), &err))
            fail_msg("taken: %s", BAD[i]);
}

/* --- The form's FEEL ----------------------------------------------------------------------------
 */

static void the_usual_kinds_are_written_as_feel_and_said_in_words(void **state)
{
    static const struct {
        AlarmKind kind;
        AlarmGiven given;
        const char *condition, *ends, *words;
    } CASES[] = {{ALARM_THRESHOLD,
                  {STR("value"), false, STR("250.5"), STR("230")},
                  "value > 250.5",
                  "value < 230",
                  "Der Messwert liegt über 250,5 cm. Der Alarm endet erst unter 230 cm."},
                 {ALARM_THRESHOLD,
                  {STR("mean_1h"), true, STR("-3"), STR("")},
                  "mean_1h < -3",
                  "",
                  "Das Mittel der letzten Stunde liegt unter -3 cm."},
                 {ALARM_RATE,
                  {STR("value"), false, STR("20"), STR("")},
                  "rate > 20",
                  "",
                  "Der Messwert steigt in einer Stunde um mehr als 20 cm."},
                 {ALARM_RATE,
                  {STR("value"), true, STR("20"), STR("")},
                  "rate < -20",
                  "",
                  "Der Messwert fällt in einer Stunde um mehr als 20 cm."},
                 {ALARM_SILENCE,
                  {STR("value"), false, STR("60"), STR("")},
                  "silent > 60",
                  "",
                  "Seit mehr als 60 Minuten kam kein Messwert."},
                 {ALARM_FENCE,
                  {STR("value"), true, STR(""), STR("")},
                  "inside = false",
                  "",
                  "Die Messstelle liegt außerhalb des Gebiets."}};

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Alarm alarm = alarm_with("", "");
        AlarmRule rule;
        alarm.kind = CASES[i].kind;
        alarm.given = CASES[i].given;
        alarm_write_feel(&alarm, town.arena);
        assert_str(alarm.condition, CASES[i].condition);
        assert_str(alarm.ends, CASES[i].ends);
        assert_str(alarm_words(&alarm, STR("cm"), town.arena), CASES[i].words);
        assert_ok(alarm_rule(&alarm, town.arena, &rule, &town.err), &town.err);
    }
}

static void numbers_have_a_comma_and_no_point(void **state)
{
    static const char *const BAD[] = {"",     "-",   ",5", "5,", "1.250", "1,2,3",           "1e3",
                                      "5 cm", "--5", "5-", "+5", "NaN",   "1234567890123456"};
    Str out;

    (void)state;
    assert_true(alarm_number(STR("-12,50"), town.arena, &out));
    assert_str(out, "-12.50");
    assert_true(alarm_number(STR("0"), town.arena, &out));
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (alarm_number(str_c(BAD[i]), town.arena, &out))
            fail_msg("taken: %s", BAD[i]);
}

/* --- Rounds -------------------------------------------------------------------------------------
 */

static bool add_alarm(Tx *tx, void *context, Err *err)
{
    return alarm_write(tx, context, STR("system"), err);
}

static int64_t made(const char *condition, const char *ends)
{
    Alarm alarm = alarm_with(condition, ends);

    assert_ok(db_write(town.tenant->db, add_alarm, &alarm, &town.err), &town.err);
    return alarm.id;
}

static int64_t count_of(Str sql)
{
    Tx *tx = db_read(town.tenant->db, &town.err);
    Rows *rows = tx_query_text(tx, town.arena, &town.err, sql, NULL, 0);

    assert_ok(rows_next(rows, &town.err), &town.err);
    int64_t count = row_int(rows, 0);
    rows_end(rows);
    tx_end(tx);
    return count;
}

#define CHANGES count_of(STR("SELECT COUNT(*) FROM city_alarm_change"))
#define MAILS count_of(STR("SELECT COUNT(*) FROM effect WHERE kind = 'mail'"))
#define EVENTS \
    count_of(STR("SELECT COUNT(*) FROM event WHERE type IN ('alarm.raised', 'alarm.ended')"))

static void check_at(Timestamp now)
{
    assert_ok(alarm_check(town.tenant, 0, now, town.arena, &town.err), &town.err);
}

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
#define T(test) cmocka_unit_test_setup_teardown(test, begin, test_town_tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_raised_at_once_and_ends_once),
        cmocka_unit_test(the_condition_must_hold_without_a_break),
        cmocka_unit_test(between_the_limits_it_stays_as_it_is),
        cmocka_unit_test(an_end_that_contradicts_the_condition_does_not_flap),
        T(conditions_know_values_windows_and_the_moment),
        T(an_hour_with_one_value_is_compared_with_the_one_before),
        T(what_comes_later_does_not_count),
        T(who_never_sent_is_silent_since_the_alarm_was_made),
        T(nobody_can_tell_is_neither_raised_nor_ended),
        T(without_an_end_it_ends_when_the_condition_is_false),
        T(hours_are_those_of_clocks_on_days_of_23_and_25_hours),
        T(a_wrong_condition_says_where),
        T(areas_are_polygons),
        T(the_usual_kinds_are_written_as_feel_and_said_in_words),
        T(numbers_have_a_comma_and_no_point),
        T(a_change_is_written_and_told_once_also_after_a_start),
        T(how_long_it_has_held_is_kept_over_a_start),
        T(who_comes_second_with_a_change_changes_nothing),
        T(what_is_watched_no_more_ends),
        T(the_past_is_tried_without_a_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
