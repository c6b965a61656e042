/* SPDX-License-Identifier: EUPL-1.2 */
/* Places that come from outside: a Thing with one Location, made or put right. */
#pragma once

#include "city/edit/insert.h"

/* Begin to plan changes of a dataset: holds the right to change (also when it fails) until
 * hub_end(). ERR_NOT_FOUND when there is no such dataset. */
bool city_place_begin(CityInsert *insert, Hub *hub, Str dataset, Timestamp now, Arena *arena,
                      Err *err);
/* A Location of this name; the geometry is copied. */
Node *city_place_location(Arena *arena, Str name, const Node *geometry);
/* Plan a new Thing at the Location, or (known) what it says and where it is from now on. `made` is
 * the new one; NULL: nobody wants it. */
bool city_place_put(CityInsert *insert, CityEntity *known, Node *thing, Node *location,
                    CityEntity **made, Err *err);
