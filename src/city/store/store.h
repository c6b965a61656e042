/* SPDX-License-Identifier: EUPL-1.2 */
/* The store of observations: time series on disk, appended to, compressed, safe against crashes.
 * docs/city.md has the files to the byte and the guarantees.
 *
 * A series is what SensorThings calls a Datastream; its number is the caller's. An observation has
 * its number in its series (the ordinal, from 0, given once and for ever); both together are its
 * identity. Observations come in any order of time and are read in the order of (time, ordinal).
 *
 * What a call acknowledged is on disk. All functions may be called from several threads at once;
 * readers see the state of one moment and are not held up by writers, nor writers by them. */
#pragma once

#include "base/err.h"

/* No time: an observation of an instant has no end, and one may have no result time. */
#define OBS_NONE INT64_MIN
/* Bytes of a text result, and of the extra text. */
enum { OBS_TEXT_MAX = 1 << 20 };

typedef enum ObsKind {
    OBS_NUMBER,
    OBS_NOTHING, /* it was observed, but there is no result */
    OBS_TEXT,    /* JSON text */
} ObsKind;

typedef struct Observation {
    int64_t time;        /* phenomenon time, ms UTC: the instant, or where the interval begins */
    int64_t end;         /* of the interval, not before `time`; OBS_NONE: an instant */
    int64_t result_time; /* or OBS_NONE */
    int64_t feature;     /* id of the feature of interest; 0: that of the series */
    uint64_t ordinal;    /* given by the store */
    uint8_t kind;        /* an ObsKind */
    uint8_t status;      /* 0: good */
    double number;       /* OBS_NUMBER */
    Str text;            /* OBS_TEXT */
    Str extra;           /* JSON text of rare things, or absent */
} Observation;

static inline Observation obs_number(int64_t time, double number)
{
    return (Observation){.time = time, .end = OBS_NONE, .result_time = OBS_NONE, .number = number};
}

/* --- Opening --------------------------------------------------------------------------------- */

typedef struct ObsStore ObsStore;

/* From when on obs_flush() has something to do; 0: 4 M observations, 64 MB of log. */
typedef struct ObsOptions {
    size_t flush_rows;
    size_t flush_bytes;
} ObsOptions;

/* Open the store in this folder, made when missing. A log's torn end (never acknowledged) is cut
 * and told in the operator's log. Fails with ERR_CONFLICT when another process has it, ERR_INPUT
 * naming file and place when a file is damaged; nothing is changed then. */
ObsStore *obs_open(const char *folder, const ObsOptions *options, Err *err);
/* Nobody else uses the store or a cursor of it any more. NULL is accepted. */
void obs_close(ObsStore *store);

/* --- Writing --------------------------------------------------------------------------------- */

typedef struct ObsEntry {
    uint32_t series;
    Observation observation;
} ObsEntry;

enum { OBS_REPLACE = 1 };

/* Append observations, all or none. With OBS_REPLACE one of a series and time that is there (the
 * last, when there are several) is replaced and keeps its ordinal. `ordinals` has room for all, or
 * is NULL. Returns when they are on disk. ERR_INPUT names an entry that makes no sense or is older
 * than what its series keeps; ERR_TEMPORARY: the disk is full, try again. */
bool obs_append(ObsStore *store, const ObsEntry *entries, size_t count, unsigned flags,
                uint64_t *ordinals, Err *err);
/* An append that nobody waits for. All of it lives until `done`. */
typedef struct ObsLater ObsLater;
struct ObsLater {
    const ObsEntry *entries;
    size_t count;
    uint64_t *ordinals; /* has room for all, or is NULL */
    /* Called once from a thread of the store, which others wait for, when they are on disk or
     * refused; perhaps before obs_append_later() returns. */
    void (*done)(ObsLater *later);
    bool ok; /* for done() … */
    Err err; /* … and why not */
    void *context;
};
/* The same without waiting, and without flags; what it needs lives in the arena. */
void obs_append_later(ObsStore *store, ObsLater *later, Arena *arena);
/* Put others in the place of observations, which are found by series and ordinal; all or none.
 * ERR_NOT_FOUND when one is not there. */
bool obs_edit(ObsStore *store, const ObsEntry *entries, size_t count, Err *err);
/* Which observation. */
typedef struct ObsId {
    uint32_t series;
    uint64_t ordinal;
} ObsId;

/* Each once. Quick where those of a series stand together and ascend. ERR_NOT_FOUND when one of
 * them is not there; then none is deleted. */
bool obs_delete(ObsStore *store, const ObsId *ids, size_t count, Err *err);
/* Keep nothing of these series that is older than `time`, now and later: older ones are refused.
 * They are not read any more; obs_compact() takes them off the disk. A series is never kept longer
 * again: an earlier time changes nothing. */
bool obs_drop_before(ObsStore *store, const uint32_t *series, size_t count, int64_t time, Err *err);
/* Drop all of a series, for ever. */
bool obs_erase(ObsStore *store, uint32_t series, Err *err);

/* --- Keeping house --------------------------------------------------------------------------- */

/* Move what memory and log hold into a segment when it is more than the limit, or `all`. To be
 * called by some thread after appending; obs_append() does so itself at twice the limit. */
bool obs_flush(ObsStore *store, bool all, Err *err);
/* Merge small segments, apply edits and deletions, fill short blocks up, take dropped observations
 * off the disk; what memory holds is flushed before. Writes about `budget` observations at most and
 * says in `more` whether another call would do more; with 0 everything becomes one segment. */
bool obs_compact(ObsStore *store, uint64_t budget, bool *more, Err *err);

/* Copy the folder `from` to the new folder `to`, on the same disk, as of one moment; another
 * process may have it open. */
bool obs_copy(const char *from, const char *to, Err *err);

/* Called for each fault, with the name of the file, the offset in it, the series (0: of none). */
typedef void ObsFault(void *context, const char *file, uint64_t offset, uint32_t series,
                      const char *what);
/* Read everything and hold it against its sums. False when there was a fault. */
bool obs_verify(ObsStore *store, ObsFault *fault, void *context);

typedef struct ObsStats {
    uint64_t rows_in_memory, rows_in_segments, changes; /* edits and deletions not yet applied */
    uint64_t log_bytes, segment_bytes;
    uint64_t blocks;
    size_t segments, series;
} ObsStats;
ObsStats obs_stats(ObsStore *store);

/* --- Reading --------------------------------------------------------------------------------- */

typedef enum ObsOrder {
    OBS_BY_TIME, /* and by ordinal, where times are the same */
    OBS_BY_ORDINAL,
} ObsOrder;

/* From `from` (included) to `to` (not included) of what the order is by. */
typedef struct ObsRange {
    ObsOrder order;
    bool backward;
    int64_t from, to;
} ObsRange;

typedef struct ObsCursor ObsCursor;

/* The observations as they are at this moment. */
ObsCursor *obs_read(ObsStore *store, uint32_t series, ObsRange range);
/* The next; false at the end, or with `err` set when a block is damaged. Its texts live until the
 * next call. */
bool obs_next(ObsCursor *cursor, Observation *out, Err *err);
/* Pass over at most `count`; says over how many. Blocks that are passed as a whole stay unread. */
bool obs_skip(ObsCursor *cursor, uint64_t count, uint64_t *skipped, Err *err);
/* NULL is accepted. */
void obs_done(ObsCursor *cursor);

/* The last of each series by (time, ordinal), its texts in the arena; `found` tells which series
 * have any. From memory, but for a series that is asked for the first time. */
bool obs_latest(ObsStore *store, const uint32_t *series, size_t count, Arena *arena,
                Observation *out, bool *found, Err *err);
/* The last at `now` or before it; when all lie ahead (a forecast, a clock that was wrong), the last
 * of all. */
bool obs_latest_until(ObsStore *store, uint32_t series, int64_t now, Arena *arena, Observation *out,
                      bool *found, Err *err);
/* How many lie in [from, to). Of a whole series (INT64_MIN, INT64_MAX) it is remembered. */
bool obs_count(ObsStore *store, uint32_t series, int64_t from, int64_t to, uint64_t *count,
               Err *err);
/* That which it is; ERR_NOT_FOUND when there is none. Texts are in the arena. */
bool obs_find(ObsStore *store, uint32_t series, uint64_t ordinal, Arena *arena, Observation *out,
              Err *err);

/* Of numbers that are none (NaN) only `count` and `sum` know. */
typedef struct ObsAggregate {
    uint64_t count; /* of numbers; when it is 0 the others mean nothing */
    double min, max, sum, first, last;
    int64_t min_time, max_time;    /* the first time at which they were there */
    int64_t first_time, last_time; /* of the first and last number */
    uint64_t first_ordinal, last_ordinal;
} ObsAggregate;

/* The numbers of each bucket: `out[i]` those of [bounds[i], bounds[i + 1]), for i < buckets; the
 * `buckets + 1` bounds ascend. `only_good`: of status 0 only. */
bool obs_aggregate(ObsStore *store, uint32_t series, const int64_t *bounds, size_t buckets,
                   bool only_good, ObsAggregate *out, Err *err);
