/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

#include "city/quality/quality.h"
#include "city/query/reader.h"

enum { QUALITY_VALUES_MAX = 400000 };

/* The quality of what a Datastream has in [start, end], findings in the arena. Of more than
 * QUALITY_VALUES_MAX values the first are looked at, and `*whole` is false. */
bool city_quality(const CityReader *reader, const CityEntity *stream, StaTime time, Arena *arena,
                  Quality *out, bool *whole, Err *err);
