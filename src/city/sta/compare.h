/* SPDX-License-Identifier: EUPL-1.2 */
/* How values are brought to types, compared and reckoned with. Private to the evaluator. */
#pragma once

#include "city/sta/filter.h"
#include "city/sta/geometry.h"

/* Bring a value to what a function or the other side wants; null when it is none: texts become
 * times, numbers and truths become texts, GeoJSON a shape, nothing becomes a number. */
StaValue sta_coerce(StaValue value, StaType type, Arena *arena, StaShapes *shapes);

/* eq, ne, gt, ge, lt, le on two values whose types were known as `left` and `right` beforehand: the
 * side that was known says how the other is read; unknown on both sides, numbers and truths are
 * compared as such and anything else as text. */
StaValue sta_compare(StaOperator op, StaType left, StaValue a, StaType right, StaValue b,
                     Arena *arena);
/* add, sub, mul, div, mod; with `whole` both sides are whole numbers by type, and div and mod cut
 * off the fraction. */
StaValue sta_reckon(StaOperator op, StaValue a, StaValue b, bool whole);
StaValue sta_negate(StaValue value);
