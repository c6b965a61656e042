/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/stream.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    STREAMS_MAX = 1000,
    POLL_MS = 300,
    HEARTBEAT_MS = 15000,        /* an empty comment finds out whether anybody still listens */
    LIFETIME_MS = 5 * 60 * 1000, /* then the browser asks again, and we forget nobody */
};

struct Stream {
    Stream *next;
    Exchange *x;
    void *connection;
    Arena *scratch; /* of one round; what the handler keeps is in the request's own arena */
    Str ready;
    size_t sent;
    int64_t began;
    int64_t last_sent;
    bool asleep;
    bool ended;
};

struct Streams {
    pthread_mutex_t lock;
    pthread_cond_t hurry;
    pthread_t thread;
    StreamWake wake;
    Stream *first;
    size_t count;
    bool stopping;
};

/* Ask for news. True when there is something to send or the stream has ended. */
static bool stream_poll(Stream *stream, int64_t now)
{
    Request *req = &stream->x->req;
    Arena *kept = req->arena;

    arena_reset(stream->scratch);
    stream->sent = 0;
    Buf out = buf_in(stream->scratch);
    req->arena = stream->scratch;
    req->now = clock_now();
    if (!stream->x->res.poll(req, &out, stream->x->res.poll_context) ||
        now - stream->began > LIFETIME_MS)
        stream->ended = true;
    req->arena = kept;
    if (out.len == 0 && now - stream->last_sent > HEARTBEAT_MS)
        buf_add_c(&out, ":\n\n");
    stream->ready = buf_str(&out);
    if (out.len)
        stream->last_sent = now;
    return out.len > 0 || stream->ended;
}

/* A sleeping stream's connection is suspended: nobody else touches it until it is woken, so its
 * handler is asked without the lock. */
static void streams_round(Streams *streams)
{
    Stream *asleep[STREAMS_MAX];
    size_t count = 0;
    int64_t now = clock_monotonic_ms();

    for (Stream *stream = streams->first; stream; stream = stream->next)
        if (stream->asleep)
            asleep[count++] = stream;
    bool stopping = streams->stopping;
    pthread_mutex_unlock(&streams->lock);
    for (size_t i = 0; i < count; i++) {
        if (!stopping && !stream_poll(asleep[i], now))
            continue;
        pthread_mutex_lock(&streams->lock);
        asleep[i]->asleep = false;
        asleep[i]->ended |= stopping;
        pthread_mutex_unlock(&streams->lock);
        streams->wake(asleep[i]->connection);
    }
    pthread_mutex_lock(&streams->lock);
}

static void *streams_thread(void *context)
{
    Streams *streams = context;
    bool stopping = false;

    pthread_mutex_lock(&streams->lock);
    while (!stopping) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += POLL_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (!streams->stopping && streams->first)
            pthread_cond_timedwait(&streams->hurry, &streams->lock, &until);
        else if (!streams->stopping)
            pthread_cond_wait(&streams->hurry, &streams->lock);
        stopping = streams->stopping; /* then one last round wakes all sleepers */
        streams_round(streams);
    }
    pthread_mutex_unlock(&streams->lock);
    return NULL;
}

Streams *streams_start(StreamWake wake, Err *err)
{
    Streams *streams = calloc(1, sizeof *streams);

    streams->wake = wake;
    pthread_mutex_init(&streams->lock, NULL);
    pthread_cond_init(&streams->hurry, NULL);
    if (pthread_create(&streams->thread, NULL, streams_thread, streams) != 0) {
        free(streams);
        err_set(err, ERR_INTERNAL, "no thread could be started: raise the limit on processes");
        return NULL;
    }
    return streams;
}

void streams_stop(Streams *streams)
{
    pthread_mutex_lock(&streams->lock);
    streams->stopping = true;
    pthread_cond_signal(&streams->hurry);
    pthread_mutex_unlock(&streams->lock);
    pthread_join(streams->thread, NULL);
}

void streams_destroy(Streams *streams)
{
    pthread_cond_destroy(&streams->hurry);
    pthread_mutex_destroy(&streams->lock);
    free(streams);
}

Stream *streams_add(Streams *streams, Exchange *x, void *connection)
{
    pthread_mutex_lock(&streams->lock);
    Stream *stream = NULL;
    if (streams->count < STREAMS_MAX && !streams->stopping) {
        stream = calloc(1, sizeof *stream);
        stream->x = x;
        stream->connection = connection;
        stream->scratch = arena_create(0);
        stream->began = stream->last_sent = clock_monotonic_ms();
        stream->next = streams->first;
        streams->first = stream;
        streams->count++;
    }
    pthread_mutex_unlock(&streams->lock);
    return stream;
}

void streams_remove(Streams *streams, Stream *stream)
{
    pthread_mutex_lock(&streams->lock);
    for (Stream **at = &streams->first; *at; at = &(*at)->next)
        if (*at == stream) {
            *at = stream->next;
            streams->count--;
            break;
        }
    pthread_mutex_unlock(&streams->lock);
    arena_destroy(stream->scratch);
    free(stream);
}

ssize_t stream_take(Streams *streams, Stream *stream, char *out, size_t max, StreamWake sleep)
{
    ssize_t taken = 0;

    pthread_mutex_lock(&streams->lock);
    if (stream->sent < stream->ready.len) {
        Str rest = str_slice(stream->ready, stream->sent, stream->sent + max);
        memcpy(out, rest.ptr, rest.len);
        stream->sent += rest.len;
        taken = (ssize_t)rest.len;
    } else if (stream->ended || streams->stopping) {
        taken = -1;
    } else {
        bool first = stream->ready.ptr == NULL;
        sleep(stream->connection);
        stream->asleep = true;
        if (first)
            pthread_cond_signal(&streams->hurry);
    }
    pthread_mutex_unlock(&streams->lock);
    return taken;
}
