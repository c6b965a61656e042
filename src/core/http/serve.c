/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus serve` */
#include "base/flags.h"
#include "core/http/demo.h"
#include "core/http/exchange.h"
#include "core/http/listen.h"
#include "core/http/server.h"

#include "core/app_internal.h"
#include "core/crypto.h"
#include "core/folder.h"
#include "core/log.h"
#include "core/share.h"
#include "core/work/work.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static const char HELP[] =
    "Usage: rathaus serve --data DIR [options]\n"
    "\n"
    "Serve the town hall from one data folder. Prints one line with the address when ready.\n"
    "Ends with SIGTERM or Ctrl-C after finishing what is under way; a second one ends at once.\n"
    "\n"
    "  --data DIR          the data folder; made when missing\n"
    "  --listen ADDRESS    address and port, default 127.0.0.1:8080; port 0 picks a free one\n"
    "  --mqtt ADDRESS      also serve MQTT, through mosquitto: address and port, such as\n"
    "                      127.0.0.1:1883 (docs/mqtt.md)\n"
    "  --demo              make the demonstration town \"musterstadt\" when missing, and let it\n"
    "                      answer at the root\n"
    "  --tenant NAME       the tenant that answers at the root (else: by host name, or under\n"
    "                      /t/NAME/, or the only one there is)\n"
    "  --services DIR      the service packages, default: beside the program\n"
    "  --tenants DIR       templates of tenants, default: beside the program\n"
    "  --workers N         threads for requests that wait, default 96\n"
    "  --network-threads N threads that read requests, default 2\n"
    "  --request-seconds N deadline for reading one request, default 30\n"
    "  --connections-per-address N\n"
    "                      default 256\n"
    "  --max-open N        tenants open at once, default 64\n"
    "  --behind-proxy      a reverse proxy on this machine stands in front: believe its\n"
    "                      X-Forwarded-For and X-Forwarded-Proto, and leave compressing to it\n"
    "  --metrics-public    /metrics also for other machines\n"
    "  --access-log        one line for each request on standard output: no addresses, no paths\n"
    "  --commit-each       no group commit (for comparison in benchmarks)\n"
    "  --help              this text\n"
    "\n"
    "Exit status: 0 stopped after finishing, 1 could not serve or was stopped at once, 2 called\n"
    "wrongly.\n";

typedef struct ServeOptions {
    AppOptions app;
    ServerOptions server;
    const char *tenants_dir;
    const char *tenant;
    const char *mqtt;
} ServeOptions;

/* FLAGS_GO_ON, or the exit status. */
static int options_read(int argc, char **argv, ServeOptions *options)
{
    AppOptions *app = &options->app;
    ServerOptions *server = &options->server;
    int max_open = 0;
    Err err;
    const Flag flags[] = {
        {"--data", .text = &app->data_dir, .needed = "DIR"},
        {"--listen", .text = &server->listen},
        {"--mqtt", .text = &options->mqtt},
        {"--demo", .set = &app->demo},
        {"--tenant", .text = &options->tenant},
        {"--services", .text = &app->services_dir},
        {"--tenants", .text = &options->tenants_dir},
        {"--workers", .number = &server->workers, .least = 1, .most = 4096},
        {"--network-threads", .number = &server->network_threads, .least = 1, .most = 64},
        {"--request-seconds", .number = &server->request_seconds, .least = 1, .most = 3600},
        {"--connections-per-address", .number = &server->connections_per_address, .least = 1,
         .most = 60000},
        {"--max-open", .number = &max_open, .least = 1, .most = 100000},
        {"--behind-proxy", .set = &server->behind_proxy},
        {"--metrics-public", .set = &server->metrics_public},
        {"--access-log", .set = &server->access_log},
        {"--commit-each", .set = &app->commit_each},
        {0},
    };

    server->listen = "127.0.0.1:8080";
    int status = flags_read("serve", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    app->max_open = (size_t)max_open;
    bool ok = listen_check("--listen", server->listen, &err) &&
              (!options->mqtt || listen_check("--mqtt", options->mqtt, &err));
    return ok ? FLAGS_GO_ON : flags_refuse("serve", "%s", err.message);
}

/* Each connection and each tenant takes descriptors. */
static void descriptors_raise(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Who answers at the root: as asked, the demonstration town, or the only tenant. */
static Str root_tenant(App *app, const ServeOptions *options, Arena *arena)
{
    Str *names;

    if (options->tenant)
        return str_c(options->tenant);
    if (options->app.demo)
        return DEMO_TENANT;
    return app_tenant_names(app, arena, &names) == 1 ? names[0] : STR_NONE;
}

/* Asked before a data folder is made: its name may be the mistyped one. */
static bool root_there(const ServeOptions *options, Arena *arena, Err *err)
{
    const char *data = options->app.data_dir, *name = options->tenant;

    if (!name || (options->app.demo && str_is(DEMO_TENANT, name)))
        return true;
    if (!data_folder_find(data, err))
        return false;
    return (tenant_name_valid(str_c(name)) &&
            folder_exists(arena_printf(arena, "%s/tenants/%s", data, name))) ||
           err_set(err, ERR_NOT_FOUND,
                   "--tenant %s: there is no such tenant in %s; `rathaus tenant "
                   "list` shows all, `rathaus tenant create` makes one",
                   name, data);
}

static void wait_for_signal(Server *server, const sigset_t *signals)
{
    const struct timespec tick = {.tv_nsec = 300 * 1000000L};

    for (;;) {
        int signal_number = sigtimedwait(signals, NULL, &tick);
        server_tick(server);
        if (signal_number == SIGTERM || signal_number == SIGINT)
            return;
    }
}

static void *second_signal(void *signals)
{
    int signal_number;

    sigwait(signals, &signal_number);
    log_line(LOG_WARNING, "stopped at once: requests under way were cut off");
    _exit(1);
}

static bool engines_begin(const Serving *serving, Err *err)
{
    size_t count;
    const Engine *const *engines = engines_all(&count);

    for (size_t i = 0; i < count; i++)
        if (engines[i]->serve_begin && !engines[i]->serve_begin(serving, err))
            return false;
    return true;
}

static void engines_end(void)
{
    size_t count;
    const Engine *const *engines = engines_all(&count);

    for (size_t i = count; i-- > 0;)
        if (engines[i]->serve_end)
            engines[i]->serve_end();
}

static int stop(App *app, Server *server, Worker *worker, sigset_t *signals)
{
    pthread_t watcher;

    if (pthread_create(&watcher, NULL, second_signal, signals) == 0)
        pthread_detach(watcher);
    worker_stop(worker);
    if (!server_stop(server, 30)) {
        log_line(LOG_WARNING, "some requests did not end within 30 seconds");
        _exit(1); /* everything acknowledged is on disk */
    }
    engines_end();
    app_close(app);
    return 0;
}

static void *warm(void *unused)
{
    size_t count;
    const Engine *const *engines = engines_all(&count);

    (void)unused;
    pthread_setname_np(pthread_self(), "warm");
    work_be_nice();
    for (size_t i = 0; i < count; i++)
        if (engines[i]->warm)
            engines[i]->warm();
    return NULL;
}

/* For commands beside the server (core/beside.h) that have to ask it. */
static void write_address(const char *data, Str address, Arena *arena)
{
    Err err = {0};

    if (!folder_write_file(arena_printf(arena, "%s/server.address", data), address, 0600, &err))
        log_line(LOG_WARNING, "%s; commands beside this server will not find it", err.message);
}

static int serve(const ServeOptions *options, Arena *arena, Err *err)
{
    size_t engine_count;
    const Engine *const *engines = engines_all(&engine_count);
    ServerOptions server_options = options->server;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* before any thread starts: all inherit it */
    if (!root_there(options, arena, err))
        return 1;
    App *app = app_open(&options->app, engines, engine_count, err);
    if (!app)
        return 1;
    bool ok = !options->app.demo || demo_make(app, options->tenants_dir, err);
    server_options.root_tenant = root_tenant(app, options, arena);
    Worker *worker = ok ? worker_start(app, err) : NULL;
    Server *server = worker ? server_start(app, &server_options, err) : NULL;
    if (!server) {
        worker_stop(worker);
        app_close(app);
        return 1;
    }
    const Serving serving = {.app = app,
                             .mqtt = options->mqtt,
                             .root_tenant = server_options.root_tenant,
                             .address = server_address(server)};
    if (!engines_begin(&serving, err)) {
        stop(app, server, worker, &signals);
        return 1;
    }
    write_address(options->app.data_dir, server_address(server), arena);
    printf("Rathaus is ready: %.*s/\n", STR_ARG(server_address(server)));
    if (options->app.demo)
        demo_people_print(app, server_address(server));
    if (fflush(stdout) != 0)
        log_line(LOG_WARNING, "standard output cannot be written: %s; ready at %.*s/",
                 strerror(errno), STR_ARG(server_address(server)));
    pthread_t warmer;
    if (pthread_create(&warmer, NULL, warm, NULL) == 0)
        pthread_detach(warmer); /* the end does not wait for it */
    wait_for_signal(server, &signals);
    return stop(app, server, worker, &signals);
}

int serve_command(int argc, char **argv)
{
    ServeOptions options = {0};
    Err err = {0};
    int status = options_read(argc, argv, &options);

    if (status != FLAGS_GO_ON)
        return status;
    crypto_start();
    signal(SIGPIPE, SIG_IGN);
    descriptors_raise();
    mallopt(M_ARENA_MAX, 4); /* a hundred threads with a heap each would only hold free memory */
    /* A large answer would be given back to the system and asked for again with each request: that
     * took 40 % of the time of one of 3 MB. */
    mallopt(M_MMAP_THRESHOLD, 8 << 20);
    mallopt(M_TRIM_THRESHOLD, 32 << 20);
    char *services = share_folder("services", options.app.services_dir, &err);
    options.app.services_dir = services;
    options.app.serves = true;
    Arena *arena = arena_create(0);
    status = services ? serve(&options, arena, &err) : 1;
    if (err.kind)
        fprintf(stderr, "rathaus serve: %s\n", err_text(&err, arena));
    arena_destroy(arena);
    free(services);
    return status;
}
