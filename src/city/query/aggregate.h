/* SPDX-License-Identifier: EUPL-1.2 */
/* $aggregate: the Observations of one Datastream in buckets of time. Ours; docs/sta.md has it. */
#pragma once

#include "city/query/page.h"

enum { CITY_BUCKETS_MAX = 20000 };

/* Bounds of buckets over [from, to): `*count` buckets have `*count + 1` bounds. Months, days and
 * parts of days begin as they do in Berlin, others at multiples of themselves; no period: one.
 * ERR_INPUT when there would be too many. */
bool city_buckets(StaDuration period, Timestamp from, Timestamp to, Arena *arena, int64_t **bounds,
                  size_t *count, Err *err);
/* {"value": [{"phenomenonTime": "…/…", "count": 4, "mean": 3.5}, …]}, buckets with numbers only. */
bool city_write_aggregates(CityReader *reader, const CityScope *scope, const StaOptions *options,
                           Buf *out, Err *err);
