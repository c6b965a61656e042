/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the store: who has what, and which lock guards it.
 *
 * queue_lock    who waits to commit; one of them, the leader, writes for all. Whoever is leading is
 *               the only one that writes the log, gives ordinals and applies.
 * lock          memory, view, series: held shortly, never while reading or writing files
 * housekeeping  flushing and compacting, one at a time
 *
 * Taken in the order housekeeping, leading, lock. */
#pragma once

#include "city/store/merge.h"
#include "city/store/records.h"
#include "city/store/wal.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

/* What segments hold and the changes that are not applied to them: immutable, held by readers. */
typedef struct ObsView {
    atomic_int holders;
    ObsSegment **segments;
    size_t count;
    ObsMemory *carried; /* changes only */
} ObsView;

/* What is known of a series. */
typedef struct ObsSeries {
    uint32_t series;
    bool latest_known, has_latest;
    uint64_t next;    /* ordinal */
    uint64_t planned; /* the same for what the leader has not written yet */
    int64_t horizon;
    uint64_t version;      /* grows with each commit that touches it */
    ObsMemorySeries *rows; /* in the active memory, when `generation` is the store's */
    uint64_t generation;
    bool count_known;
    uint64_t count; /* of all its observations */
    uint64_t latest_ordinal;
    ObsRow latest;
    Arena *latest_arena; /* of what a row has no place for; NULL until needed */
} ObsSeries;

typedef struct ObsRequest ObsRequest;

struct ObsStore {
    char *folder;
    int folder_fd; /* holds the lock of the process */
    ObsOptions options;

    pthread_mutex_t queue_lock;
    pthread_cond_t queue_moved;
    bool leading;
    int leads_waiting; /* in obs_lead() */
    ObsRequest *first, *last;
    /* Leads for those that do not wait; it is there from the first of them on. */
    pthread_t committer;
    bool committing;
    atomic_bool closing;
    sem_t to_commit;

    pthread_mutex_t lock;
    Arena *arena; /* of the series */
    ObsSeries **table;
    size_t slots, series;
    ObsMemory *active, *frozen; /* frozen: being written into a segment, or NULL */
    ObsView *view;
    ObsWal wal;            /* the leader's */
    uint64_t generation;   /* of `active`, from 1 */
    uint64_t log_bytes;    /* of the log that is written */
    uint64_t first_log;    /* oldest that holds what is in no segment */
    uint64_t state_number; /* of the file of the state, 0: none */
    uint64_t frozen_log;   /* first log behind what is frozen */

    pthread_mutex_t housekeeping;
    uint64_t next_file; /* under housekeeping */
};

/* --- Series (series.c); all under `lock` ------------------------------------------------------ */

/* NULL when it is not known. */
ObsSeries *obs_series_find(const ObsStore *store, uint32_t series);
ObsSeries *obs_series_make(ObsStore *store, uint32_t series);
ObsMemorySeries *obs_series_rows(ObsStore *store, ObsSeries *series);
/* A new observation, a change, a deletion: keep what is known of the latest right. */
void obs_series_appended(ObsSeries *series, const Observation *row);
void obs_series_changed(ObsSeries *series, bool deleted, const Observation *observation);
void obs_series_set_latest(ObsSeries *series, const Observation *row);
void obs_series_raise_horizon(ObsSeries *series, int64_t horizon);

/* Do to memory what a record says. */
bool obs_apply(ObsStore *store, const ObsRecord *record);
/* The same for a series that is known already. */
bool obs_apply_to(ObsStore *store, ObsSeries *series, const ObsRecord *record);

/* --- Views (view.c) --------------------------------------------------------------------------- */

/* Takes over one hold of each segment and of `carried`. */
ObsView *obs_view_create(ObsSegment **segments, size_t count, ObsMemory *carried);
ObsView *obs_view_hold(ObsView *view);
void obs_view_release(ObsView *view);

/* What a reader reads: the state of one moment. */
typedef struct ObsSnapshot {
    ObsMerge merge;
    ObsView *view;
    ObsMemory *active, *frozen;
    uint64_t version; /* of the series */
} ObsSnapshot;
/* False: `err`, and there is nothing to end. */
bool obs_snapshot_begin(ObsSnapshot *snapshot, ObsStore *store, uint32_t series, ObsRange range,
                        Err *err);
void obs_snapshot_end(ObsSnapshot *snapshot);

/* --- Files (files.c) -------------------------------------------------------------------------- */

/* "FOLDER/12.segment", in the arena. */
const char *obs_file_path(const ObsStore *store, uint64_t number, const char *kind, Arena *arena);
/* Make `view` the one that counts after the next start, with the log from which on memory is
 * replayed: writes the state and the manifest. */
bool obs_files_commit(ObsStore *store, const ObsView *view, uint64_t first_log, Err *err);
/* Read the manifest and the state into the store; sets view, next_file, first_log. */
bool obs_files_load(ObsStore *store, Err *err);
/* Remove what no manifest names. */
void obs_files_sweep(ObsStore *store);
/* Numbers of all files of this kind, ascending. */
bool obs_files_list(ObsStore *store, const char *kind, Arena *arena, uint64_t **numbers,
                    size_t *count, Err *err);

/* --- Leading (commit.c) ----------------------------------------------------------------------- */

/* Be the leader, with nobody writing. */
void obs_lead(ObsStore *store);
void obs_lead_end(ObsStore *store);
