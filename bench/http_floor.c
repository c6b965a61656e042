/* SPDX-License-Identifier: EUPL-1.2 */
/* The floor under a page: libmicrohttpd with two epoll threads and a handler that runs one
 * prepared SQLite query and answers with a page of about the same size. No routes, no
 * templates, no sessions.
 *
 *     bench_http_floor DATABASE BYTES     prints its port, serves until it is killed */
#include <microhttpd.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *database;
static size_t page_size;
static _Thread_local sqlite3_stmt *statement; /* each network thread has its own */

static void open_statement(void)
{
    sqlite3 *handle;

    if (sqlite3_open_v2(database, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) !=
            SQLITE_OK ||
        sqlite3_prepare_v2(handle, "SELECT data FROM draft_floor WHERE token = ?1", -1, &statement,
                           NULL) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", database, sqlite3_errmsg(handle));
        exit(1);
    }
}

static enum MHD_Result answer(void *unused, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    static int seen;
    char *page = malloc(page_size);

    (void)unused, (void)method, (void)version, (void)upload, (void)upload_size;
    if (!*state) { /* a reply in the first call closes the connection */
        *state = &seen;
        free(page);
        return MHD_YES;
    }
    if (!statement)
        open_statement();
    sqlite3_bind_text(statement, 1, url + 1, -1, SQLITE_STATIC);
    memset(page, ' ', page_size);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        size_t length = (size_t)sqlite3_column_bytes(statement, 0);
        memcpy(page, sqlite3_column_text(statement, 0), length < page_size ? length : page_size);
    }
    sqlite3_reset(statement);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(page_size, page, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(response, "Content-Type", "text/html; charset=utf-8");
    enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: bench_http_floor DATABASE BYTES\n", stderr);
        return 2;
    }
    database = argv[1];
    page_size = strtoul(argv[2], NULL, 10);
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG, 0, NULL, NULL, answer,
                         NULL, MHD_OPTION_THREAD_POOL_SIZE, 2u, MHD_OPTION_END);
    if (!daemon)
        return 1;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    printf("%d\n", info->port);
    fflush(stdout);
    for (;;)
        pause();
}
