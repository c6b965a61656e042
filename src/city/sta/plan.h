/* SPDX-License-Identifier: EUPL-1.2 */
/* What a store can use of a filter before it looks at single entities: bounds that every match
 * keeps. A store that reads no more than what lies within them and asks the evaluator of `rest`
 * answers as if it had asked of every entity.
 *
 *     phenomenonTime ge T and result gt 5 and Datastream/id in (1, 2)
 *     -> phenomenon.least = T, streams = {1, 2}, rest = phenomenonTime ge T and result gt 5 */
#pragma once

#include "city/sta/filter.h"

/* Instants in ms, both included. */
typedef struct StaBounds {
    Timestamp least, most;
} StaBounds;

/* Keys of which one must be the entity's. A text is the number that is written so as well; a number
 * is no text. */
typedef struct StaKeys {
    bool given; /* else any */
    StaValue *items;
    size_t count, capacity;
} StaKeys;

typedef struct StaPlan {
    StaBounds phenomenon; /* the start of phenomenonTime lies in it */
    StaBounds result;     /* resultTime does; then it is not null */
    bool result_given;
    StaKeys ids;          /* of the entity */
    StaKeys streams;      /* of the Datastream of an Observation */
    bool never;           /* nothing can match */
    const StaExpr **rest; /* conditions that are still to be asked, all of them */
    size_t rest_count, rest_capacity;
} StaPlan;

/* `now` as it will be given to the evaluator. What lives as long as the filter is borrowed. */
void sta_plan(Arena *arena, const StaFilter *filter, Timestamp now, StaPlan *out);
/* The rest as a filter of its own, or NULL when nothing is left to ask. */
StaFilter *sta_plan_rest(Arena *arena, const StaFilter *filter, const StaPlan *plan);
