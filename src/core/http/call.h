/* SPDX-License-Identifier: EUPL-1.2 */
/* A request as the network side holds it: server.c takes connections, call_request.c reads,
 * call_answer.c writes. Only these know libmicrohttpd. */
#pragma once

#include "core/http/exchange.h"
#include "core/http/peer.h"
#include "core/http/pool.h"
#include "core/http/stream.h"

#include <microhttpd.h>

enum { SLOWEST_BYTES_PER_SECOND = 8 * 1024 };

struct Server {
    Http http;
    struct MHD_Daemon *daemon;
    Pool *pool;
    Peers *peers;
    Streams *streams;
    atomic_size_t body_bytes; /* held by requests under way */
    int64_t request_ms;
    Str address;
};

typedef enum Stage {
    STAGE_HEAD, /* only the target is known */
    STAGE_BODY,
    STAGE_WORKING,
    STAGE_ANSWERED,
} Stage;

/* An exchange with what the server adds. They are recycled within their network thread. */
typedef struct Call {
    Exchange x; /* first: the handlers' side knows only this */
    Server *server;
    struct MHD_Connection *connection;
    Peer *peer;
    Stage stage;
    bool counted;       /* in in_flight */
    bool target_broken; /* the request line holds a NUL */
    Stream *stream;
    Arena *piece_arena; /* of an answer in pieces: the piece that is being sent */
    Str piece;          /* what is left of it */
} Call;

/* call.c: calls are kept for reuse by their network thread. */
void calls_prepare(void);
Call *call_take(Server *server);
void call_give_back(Call *call);
int64_t monotonic_us(void);

/* call_request.c: what libmicrohttpd calls while a request comes in, and when it is over. */
void *call_on_target(void *server, const char *target, struct MHD_Connection *connection);
enum MHD_Result call_on_request(void *server, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *data,
                                size_t *data_size, void **slot);
void call_on_completed(void *server, struct MHD_Connection *connection, void **slot,
                       enum MHD_RequestTerminationCode code);
/* The connection ends. When the library gave up on a request without handing it over, completing it
 * or saying a word (its memory for cookies was used up), tell the client why. */
void call_on_closed(Peer *peer);
/* A worker's part: `item` is the call. */
void call_work(void *item);

/* call_answer.c */
enum MHD_Result call_answer(Call *call);
void call_wake_stream(void *connection);
