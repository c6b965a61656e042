/* SPDX-License-Identifier: EUPL-1.2 */
/* Functions on geometries. */
#include "city/sta/function.h"

static StaValue distance(const StaCall *call, const StaValue *args, size_t count)
{
    (void)count;
    return sta_shape_distance(call->shapes, args[0].shape, args[1].shape);
}

static StaValue length(const StaCall *call, const StaValue *args, size_t count)
{
    (void)count;
    return sta_shape_length(call->shapes, args[0].shape);
}

static StaValue lies(const StaCall *call, const StaValue *args, size_t count)
{
    (void)count;
    return sta_shape_is(call->shapes, (StaPredicate)call->detail, args[0].shape, args[1].shape);
}

static StaValue relate(const StaCall *call, const StaValue *args, size_t count)
{
    (void)count;
    return sta_shape_relates(call->shapes, args[0].shape, args[1].shape, args[2].text);
}

#define LIES(predicate) \
    lies, STA_BOOL, 2, 2, {STA_GEOMETRY, STA_GEOMETRY}, predicate, (predicate) != STA_DISJOINT

const StaFunction STA_GEO_FUNCTIONS[] = {
    {"geo.distance", distance, STA_NUMBER, 2, 2, .parameters = {STA_GEOMETRY, STA_GEOMETRY}},
    {"geo.length", length, STA_NUMBER, 1, 1, .parameters = {STA_GEOMETRY}},
    {"geo.intersects", LIES(STA_INTERSECTS)},
    {"st_equals", LIES(STA_EQUALS)},
    {"st_disjoint", LIES(STA_DISJOINT)},
    {"st_touches", LIES(STA_TOUCHES)},
    {"st_within", LIES(STA_WITHIN)},
    {"st_overlaps", LIES(STA_OVERLAPS)},
    {"st_crosses", LIES(STA_CROSSES)},
    {"st_intersects", LIES(STA_INTERSECTS)},
    {"st_contains", LIES(STA_CONTAINS)},
    {"st_relate", relate, STA_BOOL, 3, 3, .parameters = {STA_GEOMETRY, STA_GEOMETRY, STA_TEXT}},
    {0},
};
