/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk's form of road works, read and filled. */
#pragma once

#include "city/traffic/desk.h"
#include "core/http/request.h"

/* The options to choose from, in the reader's arena. */
void work_form_options(WorkForm *form, const CityReader *reader, const RoadSegments *segments);
/* Is it to be entered for who may read the town's data only? */
bool work_form_internal(const WorkForm *form);
/* What was typed. */
WorkForm work_form_typed(const Request *req);
/* As it is, to be changed. */
WorkForm work_form_of(const RoadWork *work, Arena *arena);
/* Into the work; false when a field is wrong, and the form says of each what. A segment that was
 * chosen is the place; what is closed on it is gone round on the shortest way, when that is asked
 * for. */
bool work_form_read(WorkForm *form, const RoadSegments *segments, Arena *arena, RoadWork *out);
