/* SPDX-License-Identifier: EUPL-1.2 */
/* A request on its way in. What is quick is answered on the network thread; everything else is
 * suspended and goes to the pool. */
#include "core/http/call.h"

#include "base/vec.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { DRAIN_FACTOR = 4 }; /* read on so many times the limit, so that the refusal arrives */
static const size_t BODIES_MAX = (size_t)1024 * 1024 * 1024; /* of all requests together */

static enum MHD_Result header_keep(void *context, enum MHD_ValueKind kind, const char *name,
                                   size_t name_len, const char *value, size_t value_len)
{
    Exchange *x = context;

    (void)kind;
    VEC_PUSH(x->arena, &x->headers,
             (Field){.name = {name, name_len}, .value = {value ? value : "", value_len}});
    return MHD_YES;
}

/* The bytes between the fields tell what libmicrohttpd keeps silent about: it reads a field in
 * place, puts a NUL where its line ends, and cuts the value at a NUL that came from outside; a line
 * that goes on in the next one (obs-fold) it copies elsewhere, without a blank between. Both must
 * be refused (RFC 9110 5.5, RFC 9112 5.2): a proxy in front may have read something else. */
static bool field_is_one_line(const Field *field, const Field *next)
{
    const char *value = field->name.ptr + field->name.len + 1;

    while (*value == ' ' || *value == '\t')
        value++;
    if (field->value.ptr != value)
        return false;
    const char *end = value + field->value.len;
    while (*end == ' ' || *end == '\t')
        end++;
    return end[0] == '\0' && (end[1] == '\0' || end[1] == '\r' || end[1] == '\n' ||
                              (next && next->name.ptr == end + 1));
}

static bool fields_are_lines(const Exchange *x)
{
    for (size_t i = 0; i < x->headers.count; i++)
        if (!field_is_one_line(&x->headers.items[i],
                               i + 1 < x->headers.count ? &x->headers.items[i + 1] : NULL))
            return false;
    return true;
}

/* The last hop's word on who called; the hops before it could have been made up. */
static Str forwarded_address(const Exchange *x)
{
    Str list = request_header(&x->req, "X-Forwarded-For");

    for (size_t i = list.len; i > 0; i--)
        if (list.ptr[i - 1] == ',')
            return str_trim(str_slice(list, i, list.len));
    return str_trim(list);
}

static bool body_announced_too_large(Call *call, bool *now)
{
    const char *length = MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND,
                                                     MHD_HTTP_HEADER_CONTENT_LENGTH);
    int64_t bytes;

    if (!length || !str_to_i64(str_c(length), &bytes) || bytes < 0 ||
        (uint64_t)bytes <= call->x.body_limit)
        return false;
    call->x.body_dropped = true;
    /* A browser shows our refusal only when it could send everything; so up to a point we read
     * and forget. Who asked before sending is told at once. */
    *now = (uint64_t)bytes > (uint64_t)call->x.body_limit * DRAIN_FACTOR ||
           MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_EXPECT) !=
               NULL;
    return true;
}

/* Answer on this thread, which must not wait: a town that is not open now gives no frame. */
static void call_refuse(Call *call, int status, const char *why)
{
    exchange_fail(&call->x, status, "%s", why);
    if (!call->x.req.tenant && !exchange_is_fast(&call->x))
        call->x.tenant_name = STR_NONE;
    exchange_run(&call->x);
}

static enum MHD_Result call_refuse_now(Call *call, int status, const char *why)
{
    call_refuse(call, status, why);
    response_header(&call->x.res, "Connection", STR("close"));
    return call_answer(call);
}

static enum MHD_Result call_begin(Call *call, const char *method)
{
    Server *server = call->server;
    Exchange *x = &call->x;
    bool refuse = false;

    x->began = monotonic_us();
    atomic_fetch_add(&server->http.in_flight, 1);
    call->counted = true;
    MHD_get_connection_values_n(call->connection, MHD_HEADER_KIND, header_keep, x);
    x->req.method = str_c(method);
    if (call->target_broken || !fields_are_lines(x))
        exchange_fail(x, 400, "a NUL, or a header line that goes on in the next one");
    exchange_begin(x);
    x->req.address = str_c(call->peer->address);
    if (server->http.options.behind_proxy && call->peer->loopback) {
        Str forwarded = forwarded_address(x);
        if (forwarded.len)
            x->req.address = forwarded;
    }
    call->stage = STAGE_BODY;
    call->peer->awaited = NULL;
    peer_deadline(call->peer, x->began / 1000 + server->request_ms);
    if (atomic_load(&server->http.stopping))
        return call_refuse_now(call, 503, "the server is stopping");
    if (x->failed && (x->failure_status == 400 || x->failure_status == 431))
        return call_refuse_now(call, x->failure_status, x->failure.message);
    if (body_announced_too_large(call, &refuse) && refuse)
        return call_refuse_now(call, 413, "the body is too large");
    return MHD_YES;
}

static bool body_reserve(Call *call, size_t need)
{
    Exchange *x = &call->x;

    if (need <= x->body_capacity)
        return true;
    size_t capacity = x->body_capacity ? x->body_capacity * 2 : 4096;
    while (capacity < need)
        capacity *= 2;
    size_t more = capacity - x->body_capacity;
    if (atomic_fetch_add(&call->server->body_bytes, more) + more > BODIES_MAX) {
        atomic_fetch_sub(&call->server->body_bytes, more);
        return exchange_fail(x, 503, "too many large bodies at once");
    }
    char *grown = realloc(x->body, capacity);
    assert(grown);
    x->body = grown;
    x->body_capacity = capacity;
    return true;
}

static void call_read(Call *call, const char *data, size_t size)
{
    Exchange *x = &call->x;

    if (size > x->body_limit - x->body_len)
        x->body_dropped = true;
    if (x->body_dropped || x->failed || !body_reserve(call, x->body_len + size))
        return;
    memcpy(x->body + x->body_len, data, size);
    x->body_len += size;
    /* Whoever sends steadily may take as long as it takes. */
    peer_deadline(call->peer, x->began / 1000 + call->server->request_ms +
                                  (int64_t)x->body_len / (SLOWEST_BYTES_PER_SECOND / 1000));
}

static void call_done(Call *call)
{
    call->stage = STAGE_ANSWERED;
    MHD_resume_connection(call->connection);
}

void call_work(void *item)
{
    Call *call = item;
    Response *res = &call->x.res;

    if (exchange_run(&call->x))
        call_done(call);
    else
        res->begin(&call->x.req, res->later_context); /* then it may be gone */
}

void request_go_on(Request *req)
{
    Exchange *x = request_exchange(req);

    exchange_go_on(x);
    call_done((Call *)x);
}

static enum MHD_Result call_complete(Call *call)
{
    peer_deadline(call->peer, INT64_MAX);
    if (exchange_is_fast(&call->x)) {
        bool answered = exchange_run(&call->x);
        assert(answered);
        return answered ? call_answer(call) : MHD_NO;
    }
    call->stage = STAGE_WORKING;
    MHD_suspend_connection(call->connection);
    if (pool_push(call->server->pool, call))
        return MHD_YES;
    MHD_resume_connection(call->connection);
    call_refuse(call, 503, "all places of the queue are taken");
    call->stage = STAGE_ANSWERED;
    return MHD_YES;
}

enum MHD_Result call_on_request(void *context, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *data,
                                size_t *data_size, void **slot)
{
    Call *call = *slot;

    (void)context;
    (void)url;
    (void)version;
    switch (call->stage) {
    case STAGE_HEAD: return call_begin(call, method);
    case STAGE_BODY:
        if (*data_size == 0)
            return call_complete(call);
        call_read(call, data, *data_size);
        *data_size = 0;
        return MHD_YES;
    case STAGE_WORKING: return MHD_YES;
    case STAGE_ANSWERED: return call_answer(call);
    }
    (void)connection;
    return MHD_NO;
}

/* A NUL inside the target ends it for us and not for others. */
static bool version_follows(const char *end)
{
    assert(end && "the byte behind the target");
    end++;
    while (*end == ' ')
        end++;
    return strncmp(end, "HTTP/", 5) == 0;
}

/* libmicrohttpd takes the query apart as well, into the connection's memory, and leaves the request
 * without any answer when some hundred fields do not fit. Without "&" it is one field; the target
 * lies in its buffer, and we have our copy. */
static void query_join(const char *target)
{
    for (char *at = strchr((char *)(uintptr_t)target, '&'); at; at = strchr(at, '&'))
        *at = '_';
}

/* Called with the request line, before libmicrohttpd takes the target apart. */
void *call_on_target(void *context, const char *target, struct MHD_Connection *connection)
{
    Server *server = context;
    Call *call = call_take(server);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    call->connection = connection;
    call->peer = info->socket_context;
    call->x.target = str_copy(call->x.arena, str_c(target));
    call->target_broken = !call->x.target.len || !version_follows(target + call->x.target.len);
    query_join(target);
    call->peer->awaited = call;
    return call;
}

void call_on_completed(void *context, struct MHD_Connection *connection, void **slot,
                       enum MHD_RequestTerminationCode code)
{
    Server *server = context;
    Call *call = *slot;

    (void)connection;
    (void)code;
    if (!call)
        return;
    call->peer->awaited = NULL;
    *slot = NULL;
    if (call->stream)
        streams_remove(server->streams, call->stream);
    arena_destroy(call->piece_arena);
    exchange_end(&call->x);
    atomic_fetch_sub(&server->body_bytes, call->x.body_capacity);
    if (call->counted)
        atomic_fetch_sub(&server->http.in_flight, 1);
    peer_deadline(call->peer, clock_monotonic_ms() + server->request_ms);
    call_give_back(call);
}

void call_on_closed(Peer *peer)
{
    static const char ANSWER[] = "HTTP/1.1 431 Request Header Fields Too Large\r\n"
                                 "Connection: close\r\nContent-Length: 0\r\n\r\n";
    Call *call = peer->awaited;

    if (!call)
        return;
    peer->awaited = NULL;
    send(peer->fd, ANSWER, sizeof ANSWER - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    call_give_back(call);
}
