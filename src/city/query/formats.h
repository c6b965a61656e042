/* SPDX-License-Identifier: EUPL-1.2 */
/* Pages in other forms than the standard's JSON ($resultFormat). */
#pragma once

#include "city/query/page.h"

/* Observations as lists of values, a group for each Datastream (SensorThings 1.1, section 13). */
bool city_write_data_array(CityReader *reader, const CityScope *scope, const StaOptions *options,
                           const CityPage *page, Str address, Buf *out, Err *err);
/* A line for each entity: its id and what is selected, else all properties. */
bool city_write_csv(CityReader *reader, const CityScope *scope, const StaOptions *options,
                    const CityPage *page, Buf *out, Err *err);
/* A FeatureCollection (RFC 7946): each entity where it is. */
bool city_write_geojson(CityReader *reader, const CityScope *scope, const StaOptions *options,
                        const CityPage *page, Buf *out, Err *err);
