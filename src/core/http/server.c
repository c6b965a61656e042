/* SPDX-License-Identifier: EUPL-1.2 */
/* Connections, start and stop.
 *
 * A few epoll threads read requests and hand all but the quick ones to a pool. libmicrohttpd's own
 * timeout starts anew with each byte, so every connection carries a deadline of ours, and a thread
 * closes what is over it. */
#include "core/http/call.h"
#include "core/http/listen.h"
#include "core/page/assets.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
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
};

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
        call_on_closed(*slot);
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

static bool daemon_start(Server *server, int fd, Err *err)
{
    int threads = server->http.options.network_threads;

    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME |
            MHD_USE_ERROR_LOG,
        0, on_accept, server, call_on_request, server, MHD_OPTION_EXTERNAL_LOGGER, library_log,
        NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)threads,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_STRICT_FOR_CLIENT,
        1, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_URI_LOG_CALLBACK,
        call_on_target, server, MHD_OPTION_NOTIFY_COMPLETED, call_on_completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
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
    calls_prepare();
    server->http.app = app;
    server->http.arena = arena_create(0);
    server->http.options = *options;
    options_complete(&server->http.options);
    options = &server->http.options;
    server->request_ms = options->request_seconds * 1000LL;
    server->address = STR("");
    int fd = listen_open(server->http.arena, "--listen", options->listen, err);
    if (fd < 0 || !routes_gather(&server->http, err)) {
        server_free(server);
        return NULL;
    }
    server->address = listen_address(server->http.arena, fd);
    server->http.metrics = metrics_create(server->http.router, options->access_log);
    server->peers = peers_start(options->connections_per_address, options->behind_proxy, err);
    server->streams = streams_start(call_wake_stream, err);
    server->pool = pool_start(options->workers, QUEUE_MAX, call_work, err);
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
