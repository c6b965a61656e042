/* SPDX-License-Identifier: EUPL-1.2 */
/* Dates, times, zones and durations of FEEL (10.3.2.3): reading, writing, arithmetic.
 * Years run from -999999999 to 999999999; times have nanoseconds. */
#pragma once

#include "feel/value.h"

#define NANOS_PER_SECOND ((int64_t)1000000000)
#define NANOS_PER_DAY (86400 * NANOS_PER_SECOND)

/* Durations are bounded so that their days fit into 64 bits. */
#define NANOS_MAX ((Nanos)1000000000000000000 * 1000000000000)

/* False when there is no such day. */
bool day_join(int64_t year, int64_t month, int64_t day, int64_t *days);

/* Each reads the whole text or answers false. */
bool moment_parse_date(Str text, FeelValue *out);
bool moment_parse_time(Arena *arena, Str text, FeelValue *out);
bool moment_parse_date_time(Arena *arena, Str text, FeelValue *out);
/* Either duration; the kind tells which. */
bool moment_parse_duration(Str text, FeelValue *out);
/* Whatever an at-literal may hold. */
bool moment_parse_any(Arena *arena, Str text, FeelValue *out);

/* ISO text of a date, time, date-time or duration. */
Str moment_text(Arena *arena, FeelValue value);

/* Set the zone of a time or date-time and resolve its offset. False when there is no
 * such zone, or the offset is beyond 14 hours. */
bool moment_set_offset(FeelValue *value, int64_t seconds);
bool moment_set_zone(Arena *arena, FeelValue *value, Str name);

FeelValue moment_date(int64_t day);
/* Midnight UTC of a date. */
FeelValue moment_date_at_midnight(FeelValue date);
/* The moment `now` in UTC. */
FeelValue moment_now(Timestamp now);

/* Nanoseconds from b to a. False when one has a zone and the other has none; a date
 * counts as midnight in UTC. */
bool moment_difference(FeelValue a, FeelValue b, Nanos *out);
/* Negative, 0, positive, of two values of one kind. One without a zone takes the offset of
 * the other (table 54). */
int moment_order(FeelValue a, FeelValue b);
/* value + sign * duration, for dates, times and date-times. */
bool moment_add(FeelValue value, FeelValue duration, int sign, FeelValue *out);
/* Whole months from one date or date-time to another, as years and months duration(). */
bool moment_months_between(FeelValue from, FeelValue to, int64_t *months);
/* year, month, time offset, ... (table 65); false when there is no such property, null
 * value when it is absent. */
bool moment_property(FeelValue value, Str name, FeelValue *out);
/* The type of a property, or NULL. */
const FeelType *moment_property_type(FeelTypeKind kind, Str name);
int moment_weekday(FeelValue date); /* 1 = Monday ... 7 */
int moment_day_of_year(FeelValue date);
int moment_week_of_year(FeelValue date); /* ISO 8601 */
