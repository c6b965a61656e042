/* SPDX-License-Identifier: EUPL-1.2 */
/* $select: what of an entity is written. */
#pragma once

#include "city/query/page.h"

bool city_selects_id(const StaOptions *options);
bool city_selects_self(const StaOptions *options);
bool city_selects_relation(const StaOptions *options, const StaRelation *relation);
/* Into a JSON value; NULL when the way leads nowhere. */
const Node *city_part_of(const Node *node, const StaSteps *steps);
/* The selected properties and parts of them, those of one property in one object. */
bool city_write_selected(CityReader *reader, StaEntity type, const void *entity,
                         const StaOptions *options, Buf *out, bool *first, Err *err);
/* $select=distinct: each combination of selected values once, a page of them. */
bool city_write_distinct(CityReader *reader, const CityScope *scope, const StaOptions *options,
                         Str address, Buf *out, Err *err);
