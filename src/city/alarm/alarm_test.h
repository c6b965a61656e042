/* SPDX-License-Identifier: EUPL-1.2 */
/* What the tests of alarms share: a town, a sensor that measures in it, an alarm. */
#pragma once

#include "city/alarm/round.h"
#include "city/city.h"
#include "city/import/import.h"

#include "base/test.h"
#include "core/test_town.h"

enum { MINUTE = 60000 };

/* 2027-03-01 is a Monday; 12:00 in Berlin. */
static const Timestamp NOON = 1803898800000;

static TestTown town;
static const Engine *const ENGINES[] = {&WORK_ENGINE, &CITY_ENGINE};

static inline int alarm_test_begin(void **state)
{
    return test_town_set_up(&town, ENGINES, 2, "title: Musterstadt\nurl: https://m.example\n",
                            state);
}

static inline Hub *hub(void)
{
    Hub *out = hub_of(town.tenant, &town.err);

    assert_ok(out, &town.err);
    return out;
}

/* A sensor "Pegel" at 9.96 51.56 whose first value is `value`, so many minutes before noon. */
static inline void measure(int minutes_before, double value)
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

static inline Alarm alarm_with(const char *condition, const char *ends)
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

static inline bool add_alarm(Tx *tx, void *context, Err *err)
{
    return alarm_write(tx, context, STR("system"), err);
}

static inline int64_t made(const char *condition, const char *ends)
{
    Alarm alarm = alarm_with(condition, ends);

    assert_ok(db_write(town.tenant->db, add_alarm, &alarm, &town.err), &town.err);
    return alarm.id;
}

static inline int64_t count_of(Str sql)
{
    Tx *tx = db_read(town.tenant->db, &town.err);
    Rows *rows = tx_query_text(tx, town.arena, &town.err, sql, NULL, 0);

    assert_ok(rows_next(rows, &town.err), &town.err);
    int64_t count = row_int(rows, 0);
    rows_end(rows);
    tx_end(tx);
    return count;
}

static inline void check_at(Timestamp now)
{
    assert_ok(alarm_check(town.tenant, 0, now, town.arena, &town.err), &town.err);
}
