/* SPDX-License-Identifier: EUPL-1.2 */
/* gzip for pages. Level 1: measured on a 30 kB page it takes a fifth of level 6's time for 10 %
 * more bytes. Behind a proxy, that one compresses. */
#include "core/http/exchange.h"

#include <pthread.h>
#include <stdlib.h>
#include <zlib.h>

enum { WORTH_BYTES = 1400, LEVEL = 1, WINDOW_BITS = 13, MEM_LEVEL = 6, SPARE_MAX = 8 };

/* A stream's tables are 80 kB; a few are kept for the next pages. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static z_stream *spare[SPARE_MAX];
static int spare_count;

static z_stream *stream_take(void)
{
    z_stream *stream = NULL;

    pthread_mutex_lock(&lock);
    if (spare_count > 0)
        stream = spare[--spare_count];
    pthread_mutex_unlock(&lock);
    if (stream) {
        deflateReset(stream);
        return stream;
    }
    stream = calloc(1, sizeof *stream);
    if (deflateInit2(stream, LEVEL, Z_DEFLATED, WINDOW_BITS + 16, MEM_LEVEL, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

static void stream_give_back(z_stream *stream)
{
    pthread_mutex_lock(&lock);
    bool keep = spare_count < SPARE_MAX;
    if (keep)
        spare[spare_count++] = stream;
    pthread_mutex_unlock(&lock);
    if (!keep) {
        deflateEnd(stream);
        free(stream);
    }
}

static bool is_text(Str type)
{
    return type.len == 0 || str_starts_with(type, "text/html") ||
           str_starts_with(type, "application/json") ||
           str_starts_with(type, "application/problem+json") || str_starts_with(type, "text/csv");
}

static bool has_header(const Response *res, const char *name)
{
    for (size_t i = 0; i < res->header_count; i++)
        if (str_is(res->headers[i].name, name))
            return true;
    return false;
}

void response_compress(Exchange *x)
{
    Response *res = &x->res;

    if (x->http->options.behind_proxy || res->poll || res->body.len < WORTH_BYTES ||
        !is_text(res->type) || has_header(res, "Content-Encoding") ||
        !accepts_gzip(request_header(&x->req, "Accept-Encoding")))
        return;
    z_stream *stream = stream_take();
    if (!stream)
        return;
    size_t bound = deflateBound(stream, res->body.len);
    char *squeezed = arena_alloc(x->arena, bound);
    stream->next_in = (Bytef *)(uintptr_t)res->body.ptr;
    stream->avail_in = (uInt)res->body.len;
    stream->next_out = (Bytef *)squeezed;
    stream->avail_out = (uInt)bound;
    if (deflate(stream, Z_FINISH) == Z_STREAM_END) {
        res->body = (Str){squeezed, stream->total_out};
        response_header(res, "Content-Encoding", STR("gzip"));
        response_header(res, "Vary", STR("Accept-Encoding"));
    }
    stream_give_back(stream);
}
