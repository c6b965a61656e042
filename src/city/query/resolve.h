/* SPDX-License-Identifier: EUPL-1.2 */
/* What a resource path leads to in the hub (SensorThings 1.1, section 9.2). */
#pragma once

#include "city/query/page.h"
#include "city/sta/path.h"

typedef struct CityTarget {
    CityScope scope;    /* of the set, or of the set the entity was found in */
    const void *entity; /* the one that is meant; NULL: the set */
    bool one;           /* one entity is meant, and `entity` NULL says that there is none */
} CityTarget;

/* ERR_NOT_FOUND when an entity on the way is not there, or not to be seen. */
bool city_resolve(CityReader *reader, const StaPath *path, CityTarget *out, Err *err);
