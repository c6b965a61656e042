/* SPDX-License-Identifier: EUPL-1.2 */
/* What is asked of a collection's items, read from the address (OGC API - Features, Part 1,
 * section 7.15, and Part 2). */
#pragma once

#include "city/features/crs.h"
#include "city/sta/time.h"
#include "core/http/request.h"

enum { OGC_LIMIT = 10, OGC_LIMIT_MAX = 10000 };

/* East before north, whatever the reference system's order is. */
typedef struct OgcBox {
    double west, south, east, north; /* west > east: over the antimeridian */
    bool heights;
    double low, high; /* with `heights` */
} OgcBox;

/* From one moment to another; both belong to it. */
typedef struct OgcSpan {
    Timestamp from, to;
} OgcSpan;

/* "9.9,51.5,10,51.6", or six numbers with heights, in this reference system. */
bool ogc_box_parse(Str text, const OgcCrs *crs, OgcBox *out, Err *err);
/* "2027-03-01T10:00:00Z", "FROM/TO", where ".." or nothing is open, or a day for a moment. */
bool ogc_span_parse(Str text, OgcSpan *out, Err *err);

typedef struct OgcAsk {
    int64_t limit;
    int64_t after; /* items with greater ids only */
    bool has_box, has_span;
    OgcBox box;
    OgcSpan span;
    const OgcCrs *box_crs, *crs;
    Field *items; /* properties and what they shall be */
    size_t count, capacity;
} OgcAsk;

/* What is none of the standard's parameters is taken for a property's name. */
bool ogc_ask_parse(const Request *req, OgcAsk *out, Err *err);
