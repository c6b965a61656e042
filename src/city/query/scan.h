/* SPDX-License-Identifier: EUPL-1.2 */
/* The Observations of one or many Datastreams, one after the other: by id, or by phenomenonTime. */
#pragma once

#include "city/query/reader.h"

typedef struct CityScan CityScan;

typedef struct CityScanOrder {
    bool by_time; /* else by id */
    bool backward;
    int64_t from, to; /* phenomenonTime begins in [from, to); only by time */
} CityScanOrder;

/* Of the streams, which are in the order of their series. The caller destroys it. */
CityScan *city_scan_begin(CityReader *reader, const CityEntity *const *streams, size_t count,
                          CityScanOrder order);
/* False at the end, and with `err` set. Texts live until the next call. */
bool city_scan_next(CityScan *scan, CityObservation *out, Err *err);
/* Pass over `count`, or to the end. */
bool city_scan_skip(CityScan *scan, uint64_t count, Err *err);
/* NULL is accepted. */
void city_scan_end(CityScan *scan);
