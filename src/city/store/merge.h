/* SPDX-License-Identifier: EUPL-1.2 */
/* Merge: one series from all places in which its observations lie, in order.
 *
 * A place is a run: a block of a segment, a chunk of memory, or all changed observations; its
 * bounds are known without opening it. Runs are sorted by where they begin and opened when their
 * turn comes; where several overlap (late data) the next observation is taken from a heap of those
 * that are open. A row whose ordinal was changed is passed over: what it is now comes from the run
 * of changes. */
#pragma once

#include "city/store/segment.h"

typedef struct ObsRun {
    int64_t low_time, high_time;
    uint64_t low_ordinal, high_ordinal;
    uint32_t count;
    bool ordered;              /* a chunk's rows are in order of time */
    bool changed;              /* the run of changes: nothing masks it */
    const ObsSegment *segment; /* of a block, or NULL */
    const uint8_t *head;
    Str body;
    const ObsRow *rows; /* of a chunk */
    const ObsColumns *columns;
} ObsRun;

typedef struct ObsRunList {
    ObsRun *items;
    size_t count, capacity;
} ObsRunList;

typedef struct ObsChangeList {
    const ObsChange **items;
    size_t count, capacity;
} ObsChangeList;

/* A run that is being read: the rows [at, end) of its columns are left. */
typedef struct ObsOpenRun {
    struct ObsOpenRun *next_free;
    Arena *arena;
    const ObsRun *run;
    ObsColumns columns;
    uint32_t *by_ordinal; /* rows in this order, or NULL: as they lie */
    uint32_t at, end;
} ObsOpenRun;

typedef struct ObsMerge {
    Arena *arena;
    uint32_t series;
    ObsRange range;
    int64_t horizon; /* nothing older is there */
    ObsChangeList changes;
    ObsRunList runs;
    size_t next; /* run that is not open yet */
    ObsOpenRun **heap;
    size_t active;
    ObsOpenRun *used_up; /* its texts are still read */
    ObsOpenRun *free;
    uint64_t *masked; /* ordinals, ascending */
    size_t masked_count;
} ObsMerge;

/* Begin, add places, start, then read. */
void obs_merge_begin(ObsMerge *merge, uint32_t series, ObsRange range, int64_t horizon);
bool obs_merge_add_segment(ObsMerge *merge, const ObsSegment *segment, Err *err);
void obs_merge_add_memory(ObsMerge *merge, const ObsMemorySeries *memory);
/* Only its changes: later calls outdo earlier ones. */
void obs_merge_add_changes(ObsMerge *merge, const ObsMemorySeries *memory);
void obs_merge_start(ObsMerge *merge);
/* False at the end, or with `err` set. */
bool obs_merge_next(ObsMerge *merge, Observation *out, Err *err);
bool obs_merge_skip(ObsMerge *merge, uint64_t count, uint64_t *skipped, Err *err);
void obs_merge_end(ObsMerge *merge);

/* The next run, when it is a full block that goes from one segment to another as it is. */
const ObsRun *obs_merge_take_block(ObsMerge *merge);

/* Runs in no order: for sums. Open one, its rows clipped to the range by time. */
ObsOpenRun *obs_merge_open(ObsMerge *merge, const ObsRun *run, Err *err);
void obs_merge_close(ObsMerge *merge, ObsOpenRun *open);
/* Is this row of an open run there, and not changed or dropped? */
bool obs_merge_sees(ObsMerge *merge, const ObsOpenRun *open, uint32_t row);
/* Is all of the run within the range by time, and all of it seen? */
bool obs_merge_sees_all(const ObsMerge *merge, const ObsRun *run);
