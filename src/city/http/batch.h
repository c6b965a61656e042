/* SPDX-License-Identifier: EUPL-1.2 */
/* $batch: many requests in one (SensorThings 1.1, section 11), as JSON or as multipart/mixed.
 *
 * Requests are done in their order, each as if it had come alone. Those of a change set belong
 * together: it creates and changes, and when one of it fails those before it are taken back. A
 * later one names what an earlier one made by its id: "$1/Datastreams", {"@iot.id": "$1"}. */
#pragma once

#include "city/http/sta.h"

enum { BATCH_MAX = 200 };

typedef struct BatchPart {
    Str id;     /* Content-ID, or "id"; STR_NONE: it has none */
    Str set;    /* of which change set; STR_NONE: of none */
    Str method; /* in capital letters */
    Str url;    /* absolute, or behind the root, with or without its "/" */
    Str type;   /* of the body */
    Str body;
    StaTrace trace; /* of a change in a set */
    bool stays;     /* what it did could not be taken back: somebody else was at it meanwhile */
    Response res;   /* the answer */
} BatchPart;

typedef struct Batch {
    BatchPart *items;
    size_t count, capacity;
} Batch;

bool sta_batch(StaCall *call, Err *err);

/* One of the requests; what is wrong with it becomes its answer, a fault of ours ends the batch. */
bool batch_run(const StaCall *call, Batch *batch, size_t at, Err *err);
/* What it is about, behind the root: "/Things(1)/Datastreams?$top=1". */
Str batch_target(const StaCall *call, const Batch *batch, size_t at);
/* Let a handler do a request over a target. */
bool batch_run_at(const StaCall *call, StaHandler handler, Str target, Request *req, Response *res,
                  Err *err);
/* The error is its answer. */
void batch_refuse(const StaCall *call, BatchPart *part, const Err *err);

/* batch_set.c: those from `from` to before `to`, all or none. Others may see meanwhile what is
 * taken back then; what they change meanwhile stays, and the answer says so. ERR_UNSUPPORTED,
 * before anything is done, for what could not be taken back. */
bool batch_run_set(const StaCall *call, Batch *batch, size_t from, size_t to, Err *err);

/* batch_mixed.c: ERR_INPUT says which part is none; ERR_TOO_LARGE beyond BATCH_MAX. */
bool batch_read_mixed(Arena *arena, Str boundary, Str body, Batch *out, Err *err);
/* The answers in the same form; `*type` names its boundary. */
Str batch_write_mixed(Arena *arena, const Batch *batch, Str *type);
/* Of what was made: "ROOT/Things(1)"; STR_NONE: nothing. */
Str batch_location(const BatchPart *part);
int batch_status(const BatchPart *part);
