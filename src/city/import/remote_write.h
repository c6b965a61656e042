/* SPDX-License-Identifier: EUPL-1.2 */
/* Prometheus remote write 1.0: a WriteRequest in protocol buffers, as it is once snappy has
 * unpacked it (prompb/remote.proto, prompb/types.proto). Fields that are not known are passed over.
 */
#pragma once

#include "base/arena.h"
#include "base/str.h"

enum { REMOTE_LABELS_MAX = 100 };

typedef struct RemoteLabel {
    Str name, value; /* UTF-8 */
} RemoteLabel;

typedef struct RemoteSample {
    double value;
    int64_t time; /* ms since 1970 */
} RemoteSample;

/* A series with what was measured. */
typedef struct RemoteSeries {
    RemoteLabel labels[REMOTE_LABELS_MAX]; /* by name */
    size_t label_count;
    const char *problem; /* why it can be nobody's; the others can be read; or NULL */
    RemoteSample *items;
    size_t count, capacity;
} RemoteSeries;

typedef struct RemoteReader {
    Arena *arena; /* of the samples */
    Str rest;
    int at;              /* the series that was read last, from 1 */
    const char *problem; /* why the bytes are no WriteRequest; or NULL */
} RemoteReader;

RemoteReader remote_reader(Arena *arena, Str bytes);
/* The next one; texts are views of the bytes. False at the end, or with a problem. */
bool remote_next(RemoteReader *reader, RemoteSeries *out);
/* What it is known by: name{a="1",b="2"}, labels by name; and its name. */
Str remote_key(const RemoteSeries *series, Arena *arena, Str *name);
/* The value of a label, or STR_NONE. */
Str remote_label(const RemoteSeries *series, const char *name);
