/* SPDX-License-Identifier: EUPL-1.2 */
/* What programs ask of the roads, and tell them. */
#pragma once

#include "core/http/request.h"

/* POST /api/v1/city/traffic/floating-cars: [{"lon", "lat", "speed", "heading", "time"}, …]. Kept is
 * the mean speed of a segment and minute with the number of vehicles, and nothing else. */
bool traffic_floating_cars(Request *req, Response *res, Err *err);
/* GET /api/v1/city/traffic/route?from=lon,lat&to=lon,lat: a GeoJSON Feature. */
bool traffic_route(Request *req, Response *res, Err *err);
/* GET /stadtdaten/verkehr.geojson: segments and road works, for the map and for programs. */
bool traffic_geojson(Request *req, Response *res, Err *err);
