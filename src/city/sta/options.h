/* SPDX-License-Identifier: EUPL-1.2 */
/* Query options: the part of an address behind "?" as a typed tree, and back.
 *
 * The standard's: $filter $count $orderby $skip $top $expand $select $resultFormat. Ours:
 * `$select=distinct:…` (FROST has it too), `$aggregate=mean,max by duration'PT1H'` for Observations
 * and `latest` for Datastreams. docs/sta.md has the whole language. */
#pragma once

#include "city/sta/filter.h"

typedef struct StaOptions StaOptions;

typedef struct StaOrder {
    StaFilter *by;
    bool descending;
} StaOrder;

typedef struct StaOrders {
    StaOrder *items;
    size_t count, capacity;
} StaOrders;

/* A property, with the steps into it, or a relation (its link is shown). */
typedef struct StaSelected {
    const StaProperty *property;
    StaSteps steps;
    const StaRelation *relation;
} StaSelected;

typedef struct StaSelect {
    StaSelected *items;
    size_t count, capacity;
    bool distinct;
} StaSelect;

typedef struct StaExpand {
    const StaRelation *relation;
    StaOptions *options; /* of the related entities */
} StaExpand;

typedef struct StaExpands {
    StaExpand *items;
    size_t count, capacity;
} StaExpands;

typedef enum StaFormat {
    STA_FORMAT_JSON,
    STA_FORMAT_DATA_ARRAY,
    STA_FORMAT_GEOJSON,
    STA_FORMAT_CSV,
} StaFormat;

/* Bits of StaOptions.aggregates. */
typedef enum StaAggregate {
    STA_AGGREGATE_COUNT = 1,
    STA_AGGREGATE_MIN = 2,
    STA_AGGREGATE_MAX = 4,
    STA_AGGREGATE_MEAN = 8,
    STA_AGGREGATE_SUM = 16,
    STA_AGGREGATE_FIRST = 32,
    STA_AGGREGATE_LAST = 64,
} StaAggregate;

typedef enum StaOptionKind {
    STA_OPTION_FILTER,
    STA_OPTION_COUNT,
    STA_OPTION_ORDERBY,
    STA_OPTION_SKIP,
    STA_OPTION_TOP,
    STA_OPTION_EXPAND,
    STA_OPTION_SELECT,
    STA_OPTION_FORMAT,
    STA_OPTION_AGGREGATE,
    STA_OPTION_LATEST,
    STA_OPTIONS,
} StaOptionKind;

struct StaOptions {
    StaEntity entity;
    bool many;      /* of a set; a single entity takes $select and $expand alone */
    unsigned given; /* 1 << StaOptionKind of those that were written */
    StaFilter *filter;
    bool count;
    StaOrders orders;
    int64_t skip;
    int64_t top;
    StaExpands expands;
    StaSelect select;
    StaFormat format;
    unsigned aggregates;
    StaDuration period; /* of $aggregate; none: all in one */
    bool latest;
};

static inline bool sta_has(const StaOptions *options, StaOptionKind kind)
{
    return options->given >> kind & 1;
}

/* Of the encoded text behind "?" ("" for none) that asks about entities of this type. ERR_INPUT
 * (400) for what is malformed, doubled or does not fit, ERR_UNSUPPORTED (501) for a "$" option that
 * there is not. */
StaOptions *sta_options_parse(Arena *arena, StaEntity entity, bool many, Str query, Err *err);
/* In the canonical form and order, encoded, without "?": reads back as the same options. What a
 * next link is made of, after `skip` was changed. */
void sta_options_write(const StaOptions *options, Buf *out);
