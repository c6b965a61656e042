/* SPDX-License-Identifier: EUPL-1.2 */
/* Where a filter asks for places, only those entities can match that are there: they are found from
 * their Locations, of which each knows the box around it, instead of asking each entity where its
 * Locations are. */
#pragma once

#include "city/query/page.h"

/* The entities of the filter's type that can match, by id, among them all that do; false when the
 * filter does not ask for a place, or with `err`. */
bool city_near(CityReader *reader, const StaFilter *filter, CityPage *out, Err *err);
