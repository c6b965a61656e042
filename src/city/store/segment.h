/* SPDX-License-Identifier: EUPL-1.2 */
/* Segment: an immutable file of blocks, by (series, first time, first ordinal).
 *
 *     magic        "RATHOBS1"
 *     bodies       of the blocks, one after the other
 *     heads        of the blocks, in the same order (block.h)
 *     series       {series u32, blocks u32, heads u64, bodies u64}: how many blocks it has, and
 * where its heads (in the heads) and bodies (in the file) begin footer       ObsSegmentFooter: sums
 * of all but the bodies, which have their own
 *
 * Opening checks the footer, the heads and the series; reading a block checks it. */
#pragma once

#include "city/store/block.h"

typedef struct ObsSegmentFooter {
    uint64_t observations, blocks, series;
    uint64_t heads_at, heads_size;
    uint32_t directory_crc; /* of heads and series */
    uint32_t footer_crc;    /* of the footer up to here */
} ObsSegmentFooter;

typedef struct ObsSegmentSeries {
    uint32_t series, blocks;
    uint64_t heads, bodies;
} ObsSegmentSeries;

typedef struct ObsSegment {
    atomic_int holders;
    char *path;
    uint64_t number; /* of its file */
    Str bytes;       /* mapped */
    ObsSegmentFooter footer;
    Str heads;
    const ObsSegmentSeries *series; /* footer.series of them, ascending */
} ObsSegment;

/* ERR_INPUT names the file when it is damaged. */
ObsSegment *obs_segment_open(const char *path, uint64_t number, Err *err);
ObsSegment *obs_segment_hold(ObsSegment *segment);
/* NULL is accepted. */
void obs_segment_release(ObsSegment *segment);
const ObsSegmentSeries *obs_segment_find(const ObsSegment *segment, uint32_t series);

/* One block after the other of a series. */
typedef struct ObsBlockWalk {
    const ObsSegment *segment;
    const ObsSegmentSeries *series;
    Bytes heads;
    uint32_t done;
    uint64_t body_at;
    ObsHead head;
    Str body;
} ObsBlockWalk;
void obs_walk_begin(ObsBlockWalk *walk, const ObsSegment *segment, const ObsSegmentSeries *series);
/* The next into `head` and `body`; false at the end, or with `err` set. */
bool obs_walk_next(ObsBlockWalk *walk, Err *err);

/* --- Writing (segment_write.c) ---------------------------------------------------------------- */

typedef struct ObsSegmentWriter ObsSegmentWriter;

ObsSegmentWriter *obs_segment_begin(const char *path, Err *err);
/* A block; series ascend, and blocks within a series. */
bool obs_segment_add(ObsSegmentWriter *writer, uint32_t series, const ObsColumns *columns,
                     Err *err);
/* The same for one that is encoded already. */
bool obs_segment_copy(ObsSegmentWriter *writer, uint32_t series, const ObsHead *head, Str body,
                      Err *err);
uint64_t obs_segment_written(const ObsSegmentWriter *writer);
/* Make the file durable under its name and free the writer; false frees it as well. */
bool obs_segment_finish(ObsSegmentWriter *writer, Err *err);
void obs_segment_abandon(ObsSegmentWriter *writer);
