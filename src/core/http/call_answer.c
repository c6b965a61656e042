/* SPDX-License-Identifier: EUPL-1.2 */
/* The answer on its way out: headers that every answer has, streams, the deadline of a slow reader.
 */
#include "core/http/call.h"

#include "core/log.h"

enum { PIECE_BYTES = 64 * 1024 };

static const char PAGE_CSP[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'";
/* What other sites show in theirs. */
static const char FRAMED_CSP[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors *; base-uri 'none'";
/* A document may be shown in a frame of our own pages. */
static const char DOCUMENT_CSP[] = "default-src 'none'; style-src 'unsafe-inline'; "
                                   "object-src 'self'; frame-ancestors 'self'";
/* Whatever a stranger uploaded: no script, no plugin, not our origin. */
static const char BYTES_CSP[] = "default-src 'none'; frame-ancestors 'self'; sandbox";

static void header_add(struct MHD_Response *response, const char *name, const char *value)
{
    if (MHD_add_response_header(response, name, value) != MHD_YES)
        log_line(LOG_ERROR, "header %s was refused: it holds a control character", name);
}

static bool header_set(const Response *res, const char *name)
{
    for (size_t i = 0; i < res->header_count; i++)
        if (str_eq_nocase(res->headers[i].name, str_c(name)))
            return true;
    return false;
}

static void security_headers(const Call *call, struct MHD_Response *response, Str type)
{
    const Exchange *x = &call->x;
    bool page = type.len == 0 || str_starts_with(type, "text/html");
    bool asset = x->entry && x->entry->route->access == ACCESS_GLOBAL && !page;

    header_add(response, "X-Content-Type-Options", "nosniff");
    if (asset)
        return;
    if (page) {
        header_add(response, "Content-Security-Policy", x->res.framed ? FRAMED_CSP : PAGE_CSP);
        if (!x->res.framed)
            header_add(response, "X-Frame-Options", "DENY");
        header_add(response, "Permissions-Policy",
                   "camera=(), microphone=(), geolocation=(self), payment=(), usb=()");
        header_add(response, "Cross-Origin-Opener-Policy", "same-origin");
    } else {
        header_add(response, "Content-Security-Policy",
                   str_is(type, "application/pdf") ? DOCUMENT_CSP : BYTES_CSP);
        header_add(response, "X-Frame-Options", "SAMEORIGIN");
    }
    header_add(response, "Referrer-Policy", "same-origin");
    if (x->req.https)
        header_add(response, "Strict-Transport-Security", "max-age=31536000");
    if (!header_set(&x->res, "Cache-Control"))
        header_add(response, "Cache-Control", "no-store");
}

static void call_count(Call *call, int status)
{
    metrics_count(call->server->http.metrics,
                  &(Done){.entry = call->x.entry,
                          .method = call->x.head ? "HEAD" : method_name(call->x.method),
                          .status = status,
                          .microseconds = monotonic_us() - call->x.began,
                          .bytes = call->x.res.body.len});
}

static void stream_sleep(void *connection)
{
    MHD_suspend_connection(connection);
}

void call_wake_stream(void *connection)
{
    MHD_resume_connection(connection);
}

static ssize_t stream_read(void *context, uint64_t position, char *out, size_t max)
{
    Call *call = context;

    (void)position;
    ssize_t taken = stream_take(call->server->streams, call->stream, out, max, stream_sleep);
    return taken < 0 ? MHD_CONTENT_READER_END_OF_STREAM : taken;
}

/* The next piece into call->piece; it is empty at the end. */
static bool piece_next(Call *call)
{
    Err err = {0};

    if (!call->piece_arena)
        call->piece_arena = arena_create(PIECE_BYTES * 2);
    arena_reset(call->piece_arena);
    Buf out = buf_in(call->piece_arena);

    if (!call->x.res.piece(&call->x.req, &out, call->x.res.piece_context, &err)) {
        log_line(LOG_ERROR, "an answer was broken off: %s", err.message);
        return false;
    }
    call->piece = out.len ? buf_str(&out) : STR("");
    return true;
}

static ssize_t piece_read(void *context, uint64_t position, char *out, size_t max)
{
    Call *call = context;

    (void)position;
    if (call->piece.len == 0 && !piece_next(call))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t size = call->piece.len < max ? call->piece.len : max;

    if (size == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    memcpy(out, call->piece.ptr, size);
    call->piece = str_slice(call->piece, size, call->piece.len);
    peer_deadline(call->peer, clock_monotonic_ms() + call->server->request_ms);
    return (ssize_t)size;
}

static struct MHD_Response *response_make(Call *call)
{
    Response *res = &call->x.res;

    if (res->piece)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_BYTES, piece_read, call,
                                                 NULL);
    if (!res->poll)
        return MHD_create_response_from_buffer(res->body.len, (void *)(uintptr_t)res->body.ptr,
                                               MHD_RESPMEM_PERSISTENT);
    call->stream = streams_add(call->server->streams, &call->x, call->connection);
    if (!call->stream) {
        res->status = 503;
        return MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    }
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, stream_read, call, NULL);
}

enum MHD_Result call_answer(Call *call)
{
    Response *res = &call->x.res;
    struct MHD_Response *response = response_make(call);

    if (!response)
        return MHD_NO;
    int status = res->status ? res->status : 200;
    Str type = res->type.len ? res->type : STR("text/html; charset=utf-8");
    if (status != 304 && status != 204)
        header_add(response, "Content-Type", str_cstr(call->x.arena, type));
    for (size_t i = 0; i < res->header_count; i++)
        header_add(response, str_cstr(call->x.arena, res->headers[i].name),
                   str_cstr(call->x.arena, res->headers[i].value));
    security_headers(call, response, type);
    if (atomic_load(&call->server->http.stopping))
        header_add(response, "Connection", "close");
    if (call->stream)
        peer_deadline(call->peer, INT64_MAX);
    else
        peer_deadline(call->peer, clock_monotonic_ms() + call->server->request_ms +
                                      (int64_t)res->body.len / (SLOWEST_BYTES_PER_SECOND / 1000));
    enum MHD_Result queued = MHD_queue_response(call->connection, (unsigned)status, response);
    MHD_destroy_response(response);
    call->stage = STAGE_ANSWERED;
    call_count(call, status);
    return queued;
}
