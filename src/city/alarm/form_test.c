/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/alarm_test.h"
#include "city/alarm/condition.h"
#include "city/alarm/form.h"
#include "city/alarm/words.h"

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
                 {ALARM_SILENCE,
                  {STR("value"), false, STR("1"), STR("")},
                  "silent > 1",
                  "",
                  "Seit mehr als einer Minute kam kein Messwert."},
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

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, alarm_test_begin, test_town_tear_down)
    const struct CMUnitTest tests[] = {
        T(the_usual_kinds_are_written_as_feel_and_said_in_words),
        T(numbers_have_a_comma_and_no_point),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
