/* SPDX-License-Identifier: EUPL-1.2 */
/* What an expression of the query language comes to. */
#pragma once

#include "base/node.h"
#include "city/sta/model.h"
#include "city/sta/time.h"

typedef struct StaShape StaShape;

typedef struct StaValue {
    StaType type; /* never STA_ANY, STA_INSTANT or STA_INTERVAL: those are STA_TIME */
    union {
        bool boolean;
        int64_t whole; /* STA_WHOLE; STA_DATE: days since 1970-01-01; STA_CLOCK: ms of the day */
        double number;
        Str text;
        StaTime time;
        StaDuration duration;
        const Node *json;      /* STA_JSON */
        const StaShape *shape; /* STA_GEOMETRY */
    };
} StaValue;

static inline StaValue sta_null(void)
{
    return (StaValue){.type = STA_NULL};
}
static inline StaValue sta_bool(bool value)
{
    return (StaValue){.type = STA_BOOL, .boolean = value};
}
static inline StaValue sta_whole(int64_t value)
{
    return (StaValue){.type = STA_WHOLE, .whole = value};
}
/* Null for what is no number. */
StaValue sta_number(double value);
static inline StaValue sta_text(Str value)
{
    return value.ptr ? (StaValue){.type = STA_TEXT, .text = value} : sta_null();
}
static inline StaValue sta_time(StaTime value)
{
    return (StaValue){.type = STA_TIME, .time = value};
}
static inline StaValue sta_duration(StaDuration value)
{
    return (StaValue){.type = STA_DURATION, .duration = value};
}
/* A JSON value; NULL is null. Objects and lists are borrowed. */
StaValue sta_value_of_node(const Node *node);
/* "12", "1.5e3" as WHOLE when it is exactly one within 64 bits, else as NUMBER; null when the text
 * is no number of JSON. */
StaValue sta_number_of_text(Str text);
/* A coordinate: false when the node is no finite number. */
bool sta_double_of_node(const Node *node, double *out);

static inline bool sta_is_number(StaValue value)
{
    return value.type == STA_WHOLE || value.type == STA_NUMBER;
}
/* Of a WHOLE or a NUMBER. */
static inline double sta_as_double(StaValue value)
{
    return value.type == STA_WHOLE ? (double)value.whole : value.number;
}

/* A number with as few digits as bring it back, "true", a text as it is, times in UTC; absent for
 * null, objects, lists and geometries. */
Str sta_value_text(Arena *arena, StaValue value);
/* The same behind what is there; false, and nothing, where that is absent. */
bool sta_value_write(Buf *out, StaValue value);

/* Negative, 0, positive, for $orderby: null first, then by type, numbers among each other, texts by
 * code points, times by start and then by end. */
int sta_value_order(StaValue a, StaValue b);
/* Of two numbers, exactly. */
int sta_number_order(StaValue a, StaValue b);
