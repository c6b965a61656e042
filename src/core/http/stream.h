/* SPDX-License-Identifier: EUPL-1.2 */
/* Streams: server-sent events. One thread asks every open stream's PollFn for news; the server
 * sends them and sleeps in between. */
#pragma once

#include "core/http/exchange.h"

#include <sys/types.h>

typedef struct Streams Streams;
typedef struct Stream Stream;
typedef void (*StreamWake)(void *connection);

/* `wake` is called when a sleeping stream has something to send or has ended. */
Streams *streams_start(StreamWake wake, Err *err);
/* End all streams and the thread; streams_remove() may still be called. */
void streams_stop(Streams *streams);
void streams_destroy(Streams *streams);

/* NULL when there are too many. */
Stream *streams_add(Streams *streams, Exchange *x, void *connection);
void streams_remove(Streams *streams, Stream *stream);

/* Take up to `max` bytes. 0: nothing now, and the stream sleeps until `wake` (`sleep` is called
 * under the lock, so that the wake cannot come before it); -1: the end. */
ssize_t stream_take(Streams *streams, Stream *stream, char *out, size_t max, StreamWake sleep);
