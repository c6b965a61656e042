/* SPDX-License-Identifier: EUPL-1.2 */
/* Entities as JSON, with what $select and $expand want (SensorThings 1.1, sections 9.2 and 9.3). */
#pragma once

#include "city/query/page.h"

/* At most so many bytes an answer has: nested $expand may multiply pages. */
enum { CITY_ANSWER_MAX = 64 << 20 };

/* One entity; `entity` is a CityEntity or CityObservation, by its type. */
bool city_write_entity(CityReader *reader, StaEntity type, const void *entity,
                       const StaOptions *options, Buf *out, Err *err);
/* {"@iot.count": …, "@iot.nextLink": …, "value": […]}; `address` is that of the set. */
bool city_write_page(CityReader *reader, const CityScope *scope, const StaOptions *options,
                     const CityPage *page, Str address, Buf *out, Err *err);
/* What stands before the list: {"@iot.count": …, "@iot.nextLink": …, "value": */
void city_write_head(const StaOptions *options, const CityPage *page, Str address, Buf *out);
/* {"value": [{"@iot.selfLink": …}]} */
void city_write_links(CityReader *reader, const CityScope *scope, const StaOptions *options,
                      const CityPage *page, Str address, Buf *out);
/* "ROOT/Things(1)". */
void city_write_address(const CityReader *reader, StaEntity type, const void *entity, Buf *out);
/* The options of a page's successor as an address. */
void city_write_next(const CityPage *page, const StaOptions *options, Str address, Buf *out);
/* A value that a filter knows as JSON. */
void city_write_value(StaValue value, Buf *out);
/* The value of a property, NULL: it has none and is left out. */
bool city_property(CityReader *reader, StaEntity type, const void *entity,
                   const StaProperty *property, StaValue *out, Err *err);
int64_t city_id_of(StaEntity type, const void *entity);
