/* SPDX-License-Identifier: EUPL-1.2 */
/* A filter asked of entities, wherever they are kept.
 *
 * Truth has three values. `eq` and `ne` know null (null eq null is true, null ne 1 is true); every
 * other operator and function gives null when an operand is null, and a filter that comes to null
 * does not match. "null and false" is false, "null or true" is true. */
#pragma once

#include "city/sta/filter.h"

/* Where the values come from. Entities are the caller's, never NULL. Times come as STA_TIME,
 * geometries as STA_JSON with their GeoJSON, null where there is none; of a relation to one, none
 * or one. Both return false with `err` set when they could not be read. Results live in `arena` or
 * longer. */
typedef struct StaSource {
    void *context;
    bool (*value)(void *context, StaEntity type, const void *entity, const StaProperty *property,
                  Arena *arena, StaValue *out, Err *err);
    bool (*related)(void *context, StaEntity type, const void *entity, const StaRelation *relation,
                    Arena *arena, const void ***out, size_t *count, Err *err);
} StaSource;

typedef struct StaEvaluator StaEvaluator;

/* For one thread. Filter and source must outlive it; `now` is what now() gives. NULL with
 * ERR_INTERNAL when the filter needs GEOS and it is missing. The caller destroys it. */
StaEvaluator *sta_evaluator_create(const StaFilter *filter, const StaSource *source, Timestamp now,
                                   Err *err);
/* NULL is accepted. */
void sta_evaluator_destroy(StaEvaluator *evaluator);

/* Does the filter match? False with ERR_INPUT when the related entities make too many combinations
 * (STA_MAX_STEPS), and when the source fails. */
bool sta_evaluator_matches(StaEvaluator *evaluator, const void *entity, bool *out, Err *err);
/* What an expression comes to, of several related entities with the first: for $orderby. Texts live
 * in `arena`. */
bool sta_evaluator_value(StaEvaluator *evaluator, const void *entity, Arena *arena, StaValue *out,
                         Err *err);

/* Parts of expressions computed for one entity. */
enum { STA_MAX_STEPS = 5000000 };
