/* SPDX-License-Identifier: EUPL-1.2 */
/* One page of a set: $filter, $count, $orderby, $skip and $top, in this order (SensorThings 1.1,
 * section 9.3). $expand and $select are the writer's. */
#pragma once

#include "city/query/reader.h"
#include "city/sta/options.h"

/* How many entities a page has when nobody says, and how many may be sorted. */
enum { CITY_PAGE = 100, CITY_SORT_MAX = 500000 };

/* Which entities are asked for: those that a relation of an entity leads to, or all of a type. */
typedef struct CityScope {
    StaEntity entity;
    const StaRelation *relation; /* NULL: all */
    const CityEntity *parent;    /* whose relation it is; NULL when … */
    const CityObservation *of;   /* … it is an Observation's */
} CityScope;

/* `items` are CityEntity or CityObservation, by the scope's entity. */
typedef struct CityPage {
    const void **items;
    size_t count, capacity;
    int64_t total; /* of all pages; -1: not asked for */
    bool more;     /* there is another page */
} CityPage;

bool city_page(CityReader *reader, const CityScope *scope, const StaOptions *options, CityPage *out,
               Err *err);
/* The same for Observations. */
bool city_page_of_observations(CityReader *reader, const CityScope *scope,
                               const StaOptions *options, CityPage *out, Err *err);
/* How many a page of these options has at most. */
size_t city_page_size(const CityReader *reader, const StaOptions *options);
/* Of all that match, in order, leave this page. */
void city_page_cut(const CityReader *reader, const StaOptions *options, CityPage *page);
/* Sort by $orderby; what is alike keeps its order. */
bool city_sort(CityReader *reader, const StaOptions *options, CityPage *page, Err *err);
