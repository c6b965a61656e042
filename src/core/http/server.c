/* SPDX-License-Identifier: EUPL-1.2 */
/* The only file that knows libmicrohttpd.
 *
 * A few epoll threads read requests. What is quick is answered right there; everything else is
 * suspended and goes to the pool. libmicrohttpd's own timeout starts anew with each byte, so
 * every connection carries a deadline of ours, and a thread closes what is over it. */
#include "core/http/exchange.h"

#include "base/vec.h"
#include "core/http/peer.h"
#include "core/http/pool.h"
#include "core/http/stream.h"
#include "core/log.h"
#include "core/page/assets.h"

#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    NETWORK_THREADS = 2,
    WORKERS = 96,
    QUEUE_MAX = 1024,
    REQUEST_SECONDS = 30,
    CONNECTIONS_PER_ADDRESS = 256,
    CONNECTIONS_MAX = 8192,
    CONNECTION_MEMORY =
        32 * 1024, /* holds the header; above 32 kB it would be mapped anew each time */
    SLOWEST_BYTES_PER_SECOND = 8 * 1024,
    REQUEST_ARENA = 64 * 1024,
    SPARE_MAX = 64,
    DRAIN_FACTOR = 4, /* read on so many times the limit, so that the refusal arrives */
};
static const size_t BODIES_MAX = (size_t)1024 * 1024 * 1024; /* of all requests together */

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
    bool counted; /* in in_flight */
    Stream *stream;
} Call;

static _Thread_local Call *spare[SPARE_MAX];
static _Thread_local int spare_count;
static pthread_key_t spare_key; /* frees them with their thread */
static pthread_once_t spare_once = PTHREAD_ONCE_INIT;

static int64_t monotonic_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void call_free(Call *call)
{
    arena_destroy(call->x.arena);
    free(call);
}

static void spare_free(void *unused)
{
    (void)unused;
    while (spare_count > 0)
        call_free(spare[--spare_count]);
}

static void spare_prepare(void)
{
    pthread_key_create(&spare_key, spare_free);
}

static Call *call_take(Server *server)
{
    Call *call = spare_count > 0 ? spare[--spare_count] : NULL;

    if (!call) {
        call = calloc(1, sizeof *call);
        assert(call);
        call->x.arena = arena_create(REQUEST_ARENA);
    }
    call->server = server;
    call->x.http = &server->http;
    return call;
}

static void call_give_back(Call *call)
{
    Arena *arena = call->x.arena;

    free(call->x.body);
    if (spare_count == SPARE_MAX) {
        call_free(call);
        return;
    }
    pthread_setspecific(spare_key, spare);
    arena_reset(arena);
    memset(call, 0, sizeof *call);
    call->x.arena = arena;
    spare[spare_count++] = call;
}

/* --- The answer ---------------------------------------------------------------------------- */

static const char PAGE_CSP[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'";
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
        header_add(response, "Content-Security-Policy", PAGE_CSP);
        header_add(response, "X-Frame-Options", "DENY");
        header_add(response, "Permissions-Policy",
                   "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
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

static void stream_wake(void *connection)
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

static struct MHD_Response *response_make(Call *call)
{
    Response *res = &call->x.res;

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

static enum MHD_Result call_answer(Call *call)
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

/* --- Reading -------------------------------------------------------------------------------- */

static enum MHD_Result header_keep(void *context, enum MHD_ValueKind kind, const char *name,
                                   size_t name_len, const char *value, size_t value_len)
{
    Exchange *x = context;

    (void)kind;
    VEC_PUSH(x->arena, &x->headers,
             (Field){.name = {name, name_len}, .value = {value ? value : "", value_len}});
    return MHD_YES;
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
    exchange_begin(x);
    x->req.address = str_c(call->peer->address);
    if (server->http.options.behind_proxy && call->peer->loopback) {
        Str forwarded = forwarded_address(x);
        if (forwarded.len)
            x->req.address = forwarded;
    }
    call->stage = STAGE_BODY;
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

static void pool_work(void *item)
{
    Call *call = item;

    exchange_run(&call->x);
    call->stage = STAGE_ANSWERED;
    MHD_resume_connection(call->connection);
}

static enum MHD_Result call_complete(Call *call)
{
    peer_deadline(call->peer, INT64_MAX);
    if (exchange_is_fast(&call->x)) {
        exchange_run(&call->x);
        return call_answer(call);
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

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
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

/* Called with the request line, before libmicrohttpd takes the target apart. */
static void *on_target(void *context, const char *target, struct MHD_Connection *connection)
{
    Server *server = context;
    Call *call = call_take(server);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    call->connection = connection;
    call->peer = info->socket_context;
    call->x.target = str_copy(call->x.arena, str_c(target));
    return call;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **slot,
                         enum MHD_RequestTerminationCode code)
{
    Server *server = context;
    Call *call = *slot;

    (void)connection;
    (void)code;
    if (!call)
        return;
    *slot = NULL;
    if (call->stream)
        streams_remove(server->streams, call->stream);
    exchange_end(&call->x);
    atomic_fetch_sub(&server->body_bytes, call->x.body_capacity);
    if (call->counted)
        atomic_fetch_sub(&server->http.in_flight, 1);
    peer_deadline(call->peer, clock_monotonic_ms() + server->request_ms);
    call_give_back(call);
}

/* --- Connections ------------------------------------------------------------------------------ */

static enum MHD_Result on_accept(void *context, const struct sockaddr *address, socklen_t size)
{
    Server *server = context;

    (void)size;
    return peers_admit(server->peers, address) ? MHD_YES : MHD_NO;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **slot,
                          enum MHD_ConnectionNotificationCode code)
{
    Server *server = context;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *address =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        const union MHD_ConnectionInfo *fd =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *slot = peers_add(server->peers, address->client_addr, fd->connect_fd,
                          clock_monotonic_ms() + server->request_ms);
    } else {
        peers_remove(server->peers, *slot);
        *slot = NULL;
    }
}

/* The target is decoded by path_parse(), not here. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static void library_log(void *context, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
static void library_log(void *context, const char *format, va_list args)
{
    /* Broken connections and malformed requests: every scanner makes them by the thousand. */
    (void)context;
    (void)format;
    (void)args;
}

/* --- Start and stop ----------------------------------------------------------------------------
 */

static int listen_on(const struct addrinfo *address)
{
    int on = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    /* Wake a thread when data is there, not for the bare connection. */
    int seconds = 5;
    setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, 1024) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static bool listen_split(Arena *arena, Str listen, char **host, char **port)
{
    size_t colon = listen.len;

    while (colon > 0 && listen.ptr[colon - 1] != ':')
        colon--;
    if (colon == 0)
        return false;
    Str name = str_slice(listen, 0, colon - 1);
    if (name.len >= 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']')
        name = str_slice(name, 1, name.len - 1);
    *host = name.len ? str_cstr(arena, name) : NULL;
    *port = str_cstr(arena, str_slice(listen, colon, listen.len));
    return true;
}

static int server_listen(Server *server, Err *err)
{
    const char *listen = server->http.options.listen;
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *addresses;
    char *host;
    char *port;

    if (!listen_split(server->http.arena, str_c(listen), &host, &port) ||
        getaddrinfo(host, port, &hints, &addresses) != 0) {
        err_set(err, ERR_INPUT,
                "--listen %s is no address: write ADDRESS:PORT, e.g. 127.0.0.1:8080", listen);
        return -1;
    }
    int fd = listen_on(addresses);
    int why = errno;
    freeaddrinfo(addresses);
    if (fd < 0 && why == EADDRINUSE)
        err_set(err, ERR_CONFLICT,
                "port %s is in use by another program: stop that one, or choose another port, "
                "e.g. --listen 127.0.0.1:8081",
                port);
    else if (fd < 0 && why == EACCES)
        err_set(err, ERR_FORBIDDEN,
                "port %s needs more rights than this user has: choose a port above 1023", port);
    else if (fd < 0)
        err_set(err, ERR_INPUT, "cannot listen on %s: %s", listen, strerror(why));
    return fd;
}

static void address_note(Server *server, int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];

    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0 ||
        getnameinfo((struct sockaddr *)&address, size, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return;
    server->address =
        str_printf(server->http.arena,
                   address.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", host, port);
}

static bool daemon_start(Server *server, int fd, Err *err)
{
    int threads = server->http.options.network_threads;

    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME |
            MHD_USE_ERROR_LOG,
        0, on_accept, server, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, library_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)threads,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_STRICT_FOR_CLIENT,
        1, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_URI_LOG_CALLBACK, on_target,
        server, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, server, MHD_OPTION_END);
    if (server->daemon)
        return true;
    return err_set(err, ERR_INTERNAL, "the HTTP server did not start: %s", strerror(errno));
}

static bool routes_gather(Http *http, Err *err)
{
    size_t count;
    const Engine *const *engines = app_engines(http->app, &count);

    http->router = router_create(http->arena);
    if (!router_add(http->router, "server", SERVER_ROUTES, err) ||
        !router_add(http->router, "page", ASSET_ROUTES, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (engines[i]->session_load)
            http->sessions = engines[i];
        if (!router_add(http->router, engines[i]->name, engines[i]->routes, err))
            return false;
    }
    return true;
}

static void options_complete(ServerOptions *options)
{
    if (options->network_threads <= 0)
        options->network_threads = NETWORK_THREADS;
    if (options->workers <= 0)
        options->workers = WORKERS;
    if (options->request_seconds <= 0)
        options->request_seconds = REQUEST_SECONDS;
    if (options->connections_per_address <= 0)
        options->connections_per_address = CONNECTIONS_PER_ADDRESS;
}

static void server_free(Server *server)
{
    if (server->pool)
        pool_stop(server->pool);
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    if (server->peers)
        peers_stop(server->peers);
    if (server->streams)
        streams_destroy(server->streams);
    if (server->http.metrics)
        metrics_destroy(server->http.metrics);
    arena_destroy(server->http.arena);
    free(server);
}

Server *server_start(App *app, const ServerOptions *options, Err *err)
{
    Server *server = calloc(1, sizeof *server);

    assert(server);
    pthread_once(&spare_once, spare_prepare);
    server->http.app = app;
    server->http.arena = arena_create(0);
    server->http.options = *options;
    options_complete(&server->http.options);
    options = &server->http.options;
    server->request_ms = options->request_seconds * 1000LL;
    server->address = STR("");
    int fd = server_listen(server, err);
    if (fd < 0 || !routes_gather(&server->http, err)) {
        server_free(server);
        return NULL;
    }
    address_note(server, fd);
    server->http.metrics = metrics_create(server->http.router, options->access_log);
    server->peers = peers_start(options->connections_per_address, options->behind_proxy, err);
    server->streams = streams_start(stream_wake, err);
    server->pool = pool_start(options->workers, QUEUE_MAX, pool_work, err);
    if (!server->peers || !server->streams || !server->pool || !daemon_start(server, fd, err)) {
        if (server->streams)
            streams_stop(server->streams);
        server_free(server);
        return NULL;
    }
    return server;
}

Str server_address(const Server *server)
{
    return server->address;
}

void server_tick(Server *server)
{
    if (server->http.options.access_log)
        metrics_flush_log(server->http.metrics);
}

bool server_stop(Server *server, int seconds)
{
    int64_t until = clock_monotonic_ms() + seconds * 1000LL;

    int fd = MHD_quiesce_daemon(server->daemon);
    if (fd >= 0)
        close(fd);
    atomic_store(&server->http.stopping, true);
    streams_stop(server->streams);
    while (atomic_load(&server->http.in_flight) > 0 && clock_monotonic_ms() < until)
        usleep(5000);
    if (atomic_load(&server->http.in_flight) > 0)
        return false;
    server_free(server);
    return true;
}
