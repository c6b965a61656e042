/* SPDX-License-Identifier: EUPL-1.2 */
/* SensorThings over HTTP: what the routes share. */
#pragma once

#include "city/query/reader.h"
#include "city/sta/path.h"

/* Of a change that may have to be taken back: what was there, and what it became. With `expected`
 * it is only done to what is still that; ERR_CONFLICT otherwise. */
typedef struct StaTrace {
    const Node *expected; /* or NULL */
    Str was;              /* to be PUT again; STR_NONE: nothing was changed */
    const Node *became;
} StaTrace;

typedef struct StaCall {
    Request *req;
    Response *res;
    Str root;        /* "https://host/t/town/sta/v1.1" */
    Str rest;        /* of the path behind it, "" at the root, else it begins with "/" */
    Str query;       /* as it came, without "?" */
    Str dataset;     /* that the address names; or STR_NONE */
    bool later;      /* it may be answered later (respond_later()) */
    StaTrace *trace; /* of a change, or NULL */
} StaCall;

/* What answers one method; errors become JSON with the standard's status. */
typedef bool (*StaHandler)(StaCall *call, Err *err);
bool sta_answer(Request *req, Response *res, StaHandler handler, Err *err);

/* What sta_answer() does with what the handler, or a later part of it, says. */
bool sta_said(StaCall *call, bool ok, Err *err);
/* Answer with the error. */
bool sta_tell(StaCall *call, const Err *err);

bool sta_get(StaCall *call, Err *err);
bool sta_post(StaCall *call, Err *err);
bool sta_patch(StaCall *call, Err *err);
bool sta_put(StaCall *call, Err *err);
bool sta_delete(StaCall *call, Err *err);

bool sta_reader_begin(StaCall *call, CityReader *reader, Err *err);
bool sta_path(StaCall *call, StaPath *out, Err *err);
bool sta_respond(StaCall *call, int status, Buf *json);
/* ERR_FORBIDDEN (or 401) unless the caller may write the town's data. */
bool sta_may_write(const StaCall *call, Err *err);
