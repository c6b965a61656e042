/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

#include "city/query/reader.h"

/* Where a Datastream observed: the point, or the box around the features of its Observations, as
 * GeoJSON in the arena; NULL: nowhere that is known. Exactly up to 1,000 Observations; of more,
 * where those are that name no feature of their own. */
bool city_stream_area(const CityReader *reader, const CityEntity *stream, Arena *arena,
                      const Node **out, Err *err);
