/* SPDX-License-Identifier: EUPL-1.2 */
/* The write-ahead log: frames of bytes, each on disk before its writer is told so.
 *
 *     magic "RATHOBL1"
 *     frames: magic "OBSF", payload's size u32, synced u64, CRC-32 of these and the payload,
 * payload
 *
 * `synced` is where the file ended when it was last synced before this frame was written. That
 * tells a torn end, which nobody was told to be on disk, from damage: what lies before a later
 * frame's `synced` was acknowledged and must be whole. */
#pragma once

#include "base/err.h"

typedef struct ObsWal {
    char *path;
    int fd;
    uint64_t size; /* all of it is on disk */
    bool failed; /* what the file holds is not known: nothing is written until it is opened anew */
} ObsWal;

enum { OBS_FRAME_MAX = 1 << 30, OBS_WAL_EMPTY = 8 /* bytes of an empty log */ };

/* A new one, empty; the path is on disk with it. */
bool obs_wal_create(ObsWal *wal, const char *path, Err *err);
/* Append a frame and sync it. When that fails the frame is not there (or the log is `failed`). */
bool obs_wal_write(ObsWal *wal, Str payload, Err *err);
void obs_wal_close(ObsWal *wal);

typedef bool ObsReplay(void *context, Str payload, Err *err);

/* Hand over each payload in order and open the log for writing at its end. Only the `last` log may
 * have a torn end: it is cut off and told in the operator's log. ERR_INPUT names file and offset of
 * a damaged frame. */
bool obs_wal_replay(ObsWal *wal, const char *path, bool last, ObsReplay *replay, void *context,
                    Err *err);
