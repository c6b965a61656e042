/* SPDX-License-Identifier: EUPL-1.2 */
/* The HTTP server: libmicrohttpd behind our own limits. server.c is the only file that
 * knows the library. */
#pragma once

#include "core/tenant.h"

typedef struct ServerOptions {
    const char *listen;          /* "127.0.0.1:8080", "[::1]:8080"; port 0 picks one */
    int network_threads;         /* 0: 2 */
    int workers;                 /* 0: 96 */
    int request_seconds;         /* total deadline of reading a request; 0: 30 */
    int connections_per_address; /* 0: 256 */
    Str root_tenant;             /* also answers at the root, or STR_NONE */
    bool behind_proxy;           /* trust X-Forwarded-For/-Proto of the loopback peer */
    bool access_log;
    bool metrics_public; /* /metrics also for other machines */
} ServerOptions;

typedef struct Server Server;
Server *server_start(App *app, const ServerOptions *options, Err *err);
/* "http://127.0.0.1:8080" */
Str server_address(const Server *server);
/* Refuse new requests, finish those under way (at most `seconds`), then stop. False when some were
 * not finished: their threads still run, so the process must end without tidying up. */
bool server_stop(Server *server, int seconds);
/* Write out the access log; called a few times a second by whoever started the server. */
void server_tick(Server *server);

/* `rathaus serve`, `rathaus routes` */
int serve_command(int argc, char **argv);
int routes_command(int argc, char **argv);
