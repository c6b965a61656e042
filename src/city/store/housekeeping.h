/* SPDX-License-Identifier: EUPL-1.2 */
/* What flushing and compacting share; all under the lock of housekeeping. */
#pragma once

#include "city/store/internal.h"

/* Add blocks to the writer. */
typedef bool ObsFill(void *context, ObsSegmentWriter *writer, Err *err);
/* A new segment of what `fill` adds; NULL when it failed, or without `err` when it added nothing.
 */
ObsSegment *obs_write_segment(ObsStore *store, ObsFill *fill, void *context, Err *err);
/* A merge of all of a series that is still kept. */
void obs_merge_begin_all(ObsMerge *merge, ObsStore *store, uint32_t series);
/* Write what is left of a started merge; full blocks that nothing touches go over as they are. */
bool obs_write_merge(ObsSegmentWriter *writer, ObsMerge *merge, Err *err);
void obs_carry(ObsMemory *carried, uint32_t series, const ObsChange *change);
/* Make this the view, on disk first; the view is released when that fails. `thaw`: what was frozen
 * is in it. */
bool obs_install(ObsStore *store, ObsView *view, uint64_t first_log, bool thaw, Err *err);
/* What is frozen, or else all that memory holds, becomes a segment. */
bool obs_flush_now(ObsStore *store, Err *err);
