/* SPDX-License-Identifier: EUPL-1.2 */
/* Records: what happened to the store, one after the other, as bytes. The log consists of them, and
 * the file of what no segment tells (state.h).
 *
 *     tag          bits 0-2 what, 3-4 kind of result, 5 has an end, 6 a result time, 7 something
 * rare series       zigzag varint, from the record before ordinal      varint (rows, changes,
 * deletions, ordinals) time         zigzag varint, from the row before (rows, changes); as it is
 * (horizons) end, result time    zigzag varints, from `time` rare         status a byte, feature
 * zigzag varint, extra text varint length + 1 (0: none), bytes result       8 bytes of a number;
 * varint length and bytes of a text */
#pragma once

#include "base/bytes.h"
#include "city/store/store.h"

typedef enum ObsRecordKind {
    OBS_RECORD_ROW,     /* appended */
    OBS_RECORD_CHANGE,  /* put in the place of another with this ordinal */
    OBS_RECORD_DELETE,  /* by ordinal */
    OBS_RECORD_HORIZON, /* nothing before `observation.time` is kept */
    OBS_RECORD_ORDINAL, /* the next ordinal that is given is this */
} ObsRecordKind;

typedef struct ObsRecord {
    ObsRecordKind kind;
    uint32_t series;
    Observation observation;
} ObsRecord;

typedef struct ObsRecordWriter {
    Buf bytes;
    uint32_t series;
    int64_t time;
} ObsRecordWriter;

void obs_record_put(ObsRecordWriter *writer, ObsRecordKind kind, uint32_t series,
                    const Observation *observation);

typedef struct ObsRecordReader {
    Bytes bytes;
    uint32_t series;
    int64_t time;
} ObsRecordReader;

/* The next record; false at the end, and where the bytes are none (`bytes.broken`). Texts are views
 * into the bytes. */
bool obs_record_next(ObsRecordReader *reader, ObsRecord *out);

/* What an observation must be to be stored: kinds, times and lengths. */
bool obs_makes_sense(const Observation *observation, const char **why);
