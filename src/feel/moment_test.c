/* SPDX-License-Identifier: EUPL-1.2 */
/* Dates, times, zones and durations. */
#include "feel/feel_test.h"

static void texts_are_read_whole_or_not_at_all(void **state)
{
    static const FeelCase cases[] = {
        {"date(\"2027-02-28\")", "2027-02-28"},
        {"date(\"2027-02-29\")", "null"},
        {"date(\"27-02-28\")", "null"},
        {"date(\"02027-02-28\")", "null"},
        {"date(\"2027-02-28T\")", "null"},
        {"string(date(\"-999999999-12-31\"))", "-999999999-12-31"},
        {"time(\"07:05:03.120\")", "07:05:03.12"},
        {"time(\"24:00:00\")", "00:00:00"},
        {"time(\"24:00:01\")", "null"},
        {"time(\"7:00:00\")", "null"},
        {"time(\"10:00:00+02:00\")", "10:00:00+02:00"},
        {"time(\"10:00:00+00:00\")", "10:00:00Z"},
        {"time(\"10:00:00+14:01\")", "null"},
        {"time(\"10:00:00@Europe/Berlin\")", "10:00:00@Europe/Berlin"},
        {"time(\"10:00:00@Europe/Nirgends\")", "null"},
        {"date and time(\"2027-03-01\")", "2027-03-01T00:00:00"},
        {"date and time(\"2027-12-31T24:00:00\")", "2028-01-01T00:00:00"},
        {"duration(\"P1Y14M\")", "P2Y2M"},
        {"duration(\"PT61M\")", "PT1H1M"},
        {"duration(\"-PT0.5S\")", "-PT0.5S"},
        {"duration(\"P1Y1D\")", "null"},
        {"duration(\"P\")", "null"},
        {"duration(\"P1DT\")", "null"},
        {"duration(\"P0D\")", "PT0S"},
        {"duration(\"P0Y\")", "P0M"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

static void parts_make_and_properties_take_apart(void **state)
{
    static const FeelCase cases[] = {
        {"date(2027, 3, 1)", "2027-03-01"},
        {"date(2027, 13, 1)", "null"},
        {"time(12, 59, 1.3, @\"-PT1H\")", "12:59:01.3-01:00"},
        {"date and time(@\"2027-03-01\", @\"10:00:00\")", "2027-03-01T10:00:00"},
        {"date(@\"2027-03-01T10:00:00\")", "2027-03-01"},
        {"time(@\"2027-03-01T10:00:00Z\")", "10:00:00Z"},
        {"@\"2027-03-01\".weekday", "1"},
        {"@\"2027-03-07\".weekday", "7"},
        {"@\"10:00:00.25\".second", "0.25"},
        {"@\"10:00:00+02:00\".time offset", "PT2H"},
        {"@\"2027-07-01T10:00:00@Europe/Berlin\".time offset", "PT2H"},
        {"@\"2027-07-01T10:00:00@Europe/Berlin\".timezone", "Europe/Berlin"},
        {"@\"P1DT2H3M\".hours", "2"},
        {"@\"P1Y2M\".months", "2"},
        {"@\"P1D\".years", "null"},
        {"day of year(@\"2028-12-31\")", "366"},
        {"day of week(@\"2027-03-01\")", "Monday"},
        {"month of year(@\"2027-03-01\")", "March"},
        {"week of year(@\"2027-01-03\")", "53"},
        {"week of year(@\"2027-01-04\")", "1"},
        {"today()", "2027-03-01"},
        {"now()", "2027-03-01T09:30:00Z"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

static void arithmetic_keeps_the_calendar(void **state)
{
    static const FeelCase cases[] = {
        {"@\"2028-02-29\" + @\"P1Y\"", "2029-02-28"},
        {"@\"2027-01-31\" + @\"P1M\"", "2027-02-28"},
        {"@\"2027-03-01\" - @\"P1D\"", "2027-02-28"},
        {"@\"2027-03-01\" + @\"PT23H\"", "2027-03-01"},
        {"@\"2027-03-01\" - @\"2026-03-01\"", "P365D"},
        {"@\"10:00:00\" + @\"PT15H\"", "01:00:00"},
        {"@\"10:00:00\" + @\"P1M\"", "null"},
        {"@\"P1Y\" + @\"P1D\"", "null"},
        {"@\"P1Y11M\" * -2.5", "-P4Y9M"},
        {"@\"P1D\" / 2", "PT12H"},
        {"@\"P1D\" / @\"PT1H\"", "24"},
        {"@\"P1D\" / @\"PT0H\"", "null"},
        {"years and months duration(@\"2011-12-22\", @\"2013-08-24\")", "P1Y8M"},
        {"years and months duration(@\"2013-08-24\", @\"2011-12-22\")", "-P1Y8M"},
        {"years and months duration(@\"2020-01-31\", @\"2021-01-30\").years", "0"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

/* On 2027-03-28 clocks in Berlin go from 2 to 3. */
static void zones_follow_their_clocks(void **state)
{
    static const FeelCase cases[] = {
        {"@\"2027-03-28T01:30:00@Europe/Berlin\" + @\"PT1H\"", "2027-03-28T03:30:00@Europe/Berlin"},
        {"@\"2027-03-28T12:00:00@Europe/Berlin\" - @\"2027-03-27T12:00:00@Europe/Berlin\"",
         "PT23H"},
        {"@\"2027-07-01T12:00:00@Europe/Berlin\" = @\"2027-07-01T10:00:00Z\"", "true"},
        {"is(@\"2027-07-01T12:00:00@Europe/Berlin\", @\"2027-07-01T10:00:00Z\")", "false"},
        {"@\"10:00:00+01:00\" < @\"10:00:00Z\"", "true"},
        {"@\"2027-01-01T00:00:00\" < @\"2027-01-01T00:00:00+02:00\"", "false"},
        {"@\"2027-01-02T00:00:00\" - @\"2027-01-01T00:00:00Z\"", "null"},
    };

    (void)state;
    ASSERT_CASES(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_whole_or_not_at_all),
        cmocka_unit_test(parts_make_and_properties_take_apart),
        cmocka_unit_test(arithmetic_keeps_the_calendar),
        cmocka_unit_test(zones_follow_their_clocks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
