/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/place/hours.h"

#include "base/buf.h"
#include "base/test.h"

static Arena *arena;

static int begin(void **state)
{
    arena = arena_create(0);
    *state = arena;
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static Hours parsed(const char *text)
{
    Err err = {0};
    Hours hours;

    if (!hours_parse(str_c(text), STR("NW"), arena, &hours, &err))
        fail_msg("%s: %s", text, err.message);
    return hours;
}

/* The day's spans as "480-1080 1140-1200". */
static void assert_day(const char *text, const char *day, const char *spans)
{
    Hours hours = parsed(text);
    HoursSpan out[HOURS_SPANS_MAX];
    Date date;
    Buf is = buf_in(arena);

    assert_true(date_parse_iso(str_c(day), &date));
    size_t count = hours_of_day(&hours, date, out);
    for (size_t i = 0; i < count; i++)
        buf_addf(&is, "%s%d-%d", i ? " " : "", out[i].from, out[i].to);
    if (!str_is(buf_str(&is), spans))
        fail_msg("%s on %s: %s, not %s", text, day, (const char *)str_cstr(arena, buf_str(&is)),
                 spans);
}

/* What is shown at a moment: "open 2027-03-05 18:00", "closed for ever" … */
static void assert_now(const char *text, const char *moment, const char *wanted)
{
    Hours hours = parsed(text);
    Timestamp at;

    assert_true(timestamp_parse_iso(str_c(moment), &at));
    HoursNow now = hours_now(&hours, at);
    Str is = now.changes
                 ? str_printf(arena, "%s %.*s %02d:%02d", now.open ? "open" : "closed",
                              STR_ARG(date_iso(arena, now.day)), now.minute / 60, now.minute % 60)
                 : str_printf(arena, "%s for ever", now.open ? "open" : "closed");
    if (!str_is(is, wanted))
        fail_msg("%s at %s: %s, not %s", text, moment, str_cstr(arena, is), wanted);
}

/* 1 March 2027 is a Monday. */
static void days_have_their_hours(void **state)
{
    (void)state;
    assert_day("08:00-18:00", "2027-03-07", "480-1080");
    assert_day("8:00-18:00", "2027-03-01", "480-1080");
    assert_day("Mo-Fr 08:00-18:00", "2027-03-05", "480-1080");
    assert_day("Mo-Fr 08:00-18:00", "2027-03-06", "");
    assert_day("Mo,We,Fr 08:00-12:00,13:00-18:00", "2027-03-03", "480-720 780-1080");
    assert_day("Mo,We,Fr 08:00-12:00,13:00-18:00", "2027-03-02", "");
    assert_day("Fr-Mo 10:00-12:00", "2027-03-01", "600-720");
    assert_day("Fr-Mo 10:00-12:00", "2027-03-03", "");
    assert_day("24/7", "2027-03-03", "0-1440");
    assert_day("Mo-Fr: 08:00-18:00", "2027-03-03", "480-1080");
    assert_day("Sa,Su", "2027-03-06", "0-1440");
    assert_day(" Mo-Su  08:00 - 24:00 ; ", "2027-03-06", "480-1440");
}

static void a_later_rule_decides_and_one_behind_a_comma_adds(void **state)
{
    (void)state;
    assert_day("Mo-Fr 08:00-18:00; We 08:00-12:00", "2027-03-03", "480-720");
    assert_day("Mo-Fr 08:00-12:00, We 14:00-18:00", "2027-03-03", "480-720 840-1080");
    assert_day("Mo-Fr 08:00-12:00, We 14:00-18:00", "2027-03-04", "480-720");
    assert_day("Mo-Fr 08:00-12:00, We 11:00-18:00", "2027-03-03", "480-1080");
    assert_day("Mo-Fr 08:00-18:00; We off", "2027-03-03", "");
    assert_day("Mo-Fr 08:00-18:00; We closed", "2027-03-03", "");
    assert_day("off", "2027-03-03", "");
}

/* Corpus Christi, 27 May 2027, is a holiday in North Rhine-Westphalia; 3 October in all. */
static void holidays_have_theirs(void **state)
{
    (void)state;
    assert_day("Mo-Fr 08:00-18:00; PH off", "2027-05-27", "");
    assert_day("Mo-Fr 08:00-18:00; PH off", "2027-05-26", "480-1080");
    assert_day("Mo-Fr 08:00-18:00", "2027-05-27", "480-1080");
    assert_day("Mo-Sa 08:00-18:00; PH,Su 10:00-12:00", "2027-05-27", "600-720");
    assert_day("Mo-Sa 08:00-18:00; Su,PH 10:00-12:00", "2027-10-03", "600-720");
    assert_day("PH 10:00-12:00", "2027-05-26", "");
}

static void seasons_go_by_month_and_day(void **state)
{
    (void)state;
    assert_day("May-Oct 10:00-20:00", "2027-05-01", "600-1200");
    assert_day("May-Oct 10:00-20:00", "2027-10-31", "600-1200");
    assert_day("May-Oct 10:00-20:00", "2027-11-01", "");
    assert_day("Nov-Feb", "2027-01-15", "0-1440");
    assert_day("Nov-Feb", "2027-03-01", "");
    assert_day("Apr 15-Oct 15: Sa 10:00-12:00", "2027-10-16", "");
    assert_day("Apr 15-Oct 15: Sa 10:00-12:00", "2027-10-09", "600-720");
    assert_day("08:00-18:00; Dec 24-26 off", "2027-12-25", "");
    assert_day("08:00-18:00; Dec 24-26 off", "2027-12-27", "480-1080");
    assert_day("08:00-18:00; Dec 24,Dec 31 08:00-12:00", "2027-12-31", "480-720");
    assert_day("Dec 24 08:00-12:00", "2027-12-24", "480-720");
    assert_day("Dec 20-Jan 6 08:00-12:00", "2027-01-06", "480-720");
    assert_day("Jan,Mar Mo 08:00-12:00", "2027-03-01", "480-720");
}

static void open_now_knows_when_it_changes(void **state)
{
    (void)state;
    assert_now("Mo-Fr 08:00-18:00", "2027-03-05T09:00:00Z", "open 2027-03-05 18:00");
    assert_now("Mo-Fr 08:00-18:00", "2027-03-05T06:59:59Z", "closed 2027-03-05 08:00");
    assert_now("Mo-Fr 08:00-18:00", "2027-03-05T07:00:00Z", "open 2027-03-05 18:00");
    assert_now("Mo-Fr 08:00-18:00", "2027-03-05T17:00:00Z", "closed 2027-03-08 08:00");
    assert_now("Mo-Fr 08:00-12:00,13:00-18:00", "2027-03-05T11:30:00Z", "closed 2027-03-05 13:00");
    assert_now("Mo-Fr 08:00-18:00", "2027-07-05T06:00:00Z", "open 2027-07-05 18:00");
    assert_now("24/7", "2027-07-05T06:00:00Z", "open for ever");
    assert_now("off", "2027-07-05T06:00:00Z", "closed for ever");
    assert_now("Mo-Fr 08:00-18:00; PH off", "2027-05-26T17:00:00Z", "closed 2027-05-28 08:00");
    assert_now("May-Oct", "2027-11-05T06:00:00Z", "closed 2028-05-01 00:00");
}

static void past_midnight_belongs_to_the_day_before(void **state)
{
    (void)state;
    assert_now("Fr 22:00-02:00", "2027-03-05T22:00:00Z", "open 2027-03-06 02:00");
    assert_now("Fr 22:00-02:00", "2027-03-06T00:30:00Z", "open 2027-03-06 02:00");
    assert_now("Fr 22:00-02:00", "2027-03-06T01:00:00Z", "closed 2027-03-12 22:00");
    assert_now("Fr 22:00-26:00", "2027-03-06T00:30:00Z", "open 2027-03-06 02:00");
    assert_now("Fr 22:00-02:00", "2027-03-05T00:30:00Z", "closed 2027-03-05 22:00");
    assert_now("Fr 08:00-24:00; Sa 00:00-10:00", "2027-03-05T20:00:00Z", "open 2027-03-06 10:00");
    assert_now("Fr-Sa 20:00-04:00", "2027-03-06T02:00:00Z", "open 2027-03-06 04:00");
    assert_now("Fr 22:00-02:00; Sa off", "2027-03-06T00:30:00Z", "open 2027-03-06 02:00");
}

/* Clocks go forward on 28 March 2027 at 2:00, back on 31 October at 3:00. */
static void clocks_that_change_are_followed(void **state)
{
    (void)state;
    assert_now("Su 04:00-05:00", "2027-03-28T02:30:00Z", "open 2027-03-28 05:00");
    assert_now("Su 04:00-05:00", "2027-03-28T03:00:00Z", "closed 2027-04-04 04:00");
    assert_now("Su 04:00-05:00", "2027-10-31T02:30:00Z", "closed 2027-10-31 04:00");
    assert_now("Su 04:00-05:00", "2027-10-31T03:30:00Z", "open 2027-10-31 05:00");
}

static void what_is_not_understood_is_told(void **state)
{
    static const char *const WRONG[] = {"",
                                        "täglich",
                                        "Mo-",
                                        "Mo-Fr 8",
                                        "Mo-Fr 08:00",
                                        "Xy 08:00",
                                        "25:61-26:00",
                                        "Mo 08:00-",
                                        "sunrise-sunset",
                                        "Feb 30 off",
                                        "Mo 08:00-12:00 foo",
                                        ";",
                                        "Dec 24-",
                                        "Mo-Fr 08:00-18:00+",
                                        "week 1-10"};

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        Err err = {0};
        Hours hours;
        if (hours_parse(str_c(WRONG[i]), STR("NW"), arena, &hours, &err))
            fail_msg("\"%s\" was understood", WRONG[i]);
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

static void hours_are_told_in_words(void **state)
{
    Hours hours = parsed("Mo 08:00-12:30,14:00-18:00");
    Date monday = {2027, 3, 1}, tuesday = {2027, 3, 2};

    (void)state;
    assert_str(hours_day_text(&hours, monday, arena, STR("de")), "8 bis 12:30 Uhr, 14 bis 18 Uhr");
    assert_str(hours_day_text(&hours, tuesday, arena, STR("de")), "geschlossen");
    HoursNow closed = {.changes = true, .day = {2027, 3, 8}, .minute = 480};
    assert_str(hours_now_text(&closed, tuesday, arena, STR("de")),
               "Jetzt geschlossen, öffnet Montag um 8 Uhr");
    HoursNow open = {.open = true, .changes = true, .day = tuesday, .minute = 1110};
    assert_str(hours_now_text(&open, tuesday, arena, STR("de")), "Jetzt geöffnet, bis 18:30 Uhr");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_have_their_hours),
        cmocka_unit_test(a_later_rule_decides_and_one_behind_a_comma_adds),
        cmocka_unit_test(holidays_have_theirs),
        cmocka_unit_test(seasons_go_by_month_and_day),
        cmocka_unit_test(open_now_knows_when_it_changes),
        cmocka_unit_test(past_midnight_belongs_to_the_day_before),
        cmocka_unit_test(clocks_that_change_are_followed),
        cmocka_unit_test(what_is_not_understood_is_told),
        cmocka_unit_test(hours_are_told_in_words),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
