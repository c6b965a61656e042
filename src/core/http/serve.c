/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus serve` and `rathaus routes`. */
#include "core/http/exchange.h"
#include "core/http/server.h"

#include "core/crypto.h"
#include "core/log.h"
#include "core/page/assets.h"
#include "core/share.h"
#include "core/work/work.h"

#include <errno.h>
#include <getopt.h>
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
    "  --help              this text\n";

typedef struct ServeOptions {
    AppOptions app;
    ServerOptions server;
    const char *tenants_dir;
    const char *tenant;
} ServeOptions;

enum {
    OPTION_DATA = 1,
    OPTION_LISTEN,
    OPTION_DEMO,
    OPTION_TENANT,
    OPTION_SERVICES,
    OPTION_TENANTS,
    OPTION_WORKERS,
    OPTION_NETWORK_THREADS,
    OPTION_REQUEST_SECONDS,
    OPTION_PER_ADDRESS,
    OPTION_MAX_OPEN,
    OPTION_BEHIND_PROXY,
    OPTION_METRICS_PUBLIC,
    OPTION_ACCESS_LOG,
    OPTION_COMMIT_EACH,
    OPTION_HELP,
};

static const struct option OPTIONS[] = {
    {"data", required_argument, NULL, OPTION_DATA},
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"demo", no_argument, NULL, OPTION_DEMO},
    {"tenant", required_argument, NULL, OPTION_TENANT},
    {"services", required_argument, NULL, OPTION_SERVICES},
    {"tenants", required_argument, NULL, OPTION_TENANTS},
    {"workers", required_argument, NULL, OPTION_WORKERS},
    {"network-threads", required_argument, NULL, OPTION_NETWORK_THREADS},
    {"request-seconds", required_argument, NULL, OPTION_REQUEST_SECONDS},
    {"connections-per-address", required_argument, NULL, OPTION_PER_ADDRESS},
    {"max-open", required_argument, NULL, OPTION_MAX_OPEN},
    {"behind-proxy", no_argument, NULL, OPTION_BEHIND_PROXY},
    {"metrics-public", no_argument, NULL, OPTION_METRICS_PUBLIC},
    {"access-log", no_argument, NULL, OPTION_ACCESS_LOG},
    {"commit-each", no_argument, NULL, OPTION_COMMIT_EACH},
    {"help", no_argument, NULL, OPTION_HELP},
    {0},
};

static bool number(const char *name, const char *text, int64_t max, int *out)
{
    int64_t value;

    if (!str_to_i64(str_c(text), &value) || value < 1 || value > max) {
        fprintf(stderr, "rathaus serve: %s must be a number from 1 to %lld\n", name,
                (long long)max);
        return false;
    }
    *out = (int)value;
    return true;
}

static bool option_take(ServeOptions *options, int option, const char *value)
{
    int max_open;

    switch (option) {
    case OPTION_DATA: options->app.data_dir = value; return true;
    case OPTION_LISTEN: options->server.listen = value; return true;
    case OPTION_DEMO: options->app.demo = true; return true;
    case OPTION_TENANT: options->tenant = value; return true;
    case OPTION_SERVICES: options->app.services_dir = value; return true;
    case OPTION_TENANTS: options->tenants_dir = value; return true;
    case OPTION_WORKERS: return number("--workers", value, 4096, &options->server.workers);
    case OPTION_NETWORK_THREADS:
        return number("--network-threads", value, 64, &options->server.network_threads);
    case OPTION_REQUEST_SECONDS:
        return number("--request-seconds", value, 3600, &options->server.request_seconds);
    case OPTION_PER_ADDRESS:
        return number("--connections-per-address", value, 60000,
                      &options->server.connections_per_address);
    case OPTION_MAX_OPEN:
        if (!number("--max-open", value, 100000, &max_open))
            return false;
        options->app.max_open = (size_t)max_open;
        return true;
    case OPTION_BEHIND_PROXY: options->server.behind_proxy = true; return true;
    case OPTION_METRICS_PUBLIC: options->server.metrics_public = true; return true;
    case OPTION_ACCESS_LOG: options->server.access_log = true; return true;
    case OPTION_COMMIT_EACH: options->app.commit_each = true; return true;
    default: return false;
    }
}

/* Returns -1 to go on, or the exit status. */
static int options_read(int argc, char **argv, ServeOptions *options)
{
    int option;

    options->server.listen = "127.0.0.1:8080";
    optind = 1;
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        if (option == OPTION_HELP) {
            fputs(HELP, stdout);
            return 0;
        }
        if (!option_take(options, option, optarg)) {
            fputs("rathaus serve --help lists the options\n", stderr);
            return 2;
        }
    }
    if (optind < argc || !options->app.data_dir) {
        fputs(optind < argc ? "rathaus serve takes no further words\n"
                            : "rathaus serve: --data DIR is missing: where shall the data lie?\n",
              stderr);
        return 2;
    }
    return -1;
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

static bool demo_make(App *app, const ServeOptions *options, Err *err)
{
    Err problem = {0};
    char *folder = share_folder("tenants", options->tenants_dir, err);

    if (!folder)
        return false;
    char *from = NULL;
    if (asprintf(&from, "%s/demo", folder) < 0)
        from = NULL;
    free(folder);
    bool made = from && tenant_create(app, DEMO_TENANT, from, &problem);
    free(from);
    if (!made && problem.kind != ERR_CONFLICT) {
        *err = problem;
        return err_context(err, "the demonstration town");
    }
    return true;
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

static void demo_sign_ins_print(App *app)
{
    Err err = {0};
    Arena *arena = arena_create(0);
    Tenant *tenant = tenant_acquire(app, DEMO_TENANT, &err);

    if (tenant) {
        Str path = str_printf(arena, "%.*s/people.yaml", STR_ARG(tenant->folder));
        Node *people = NULL;
        FILE *file = fopen(str_cstr(arena, path), "r");
        if (file) {
            char *text = arena_alloc(arena, 65536);
            size_t len = fread(text, 1, 65535, file);
            fclose(file);
            people =
                node_parse_yaml(arena, (Str){text, len}, "people.yaml", &NODE_LIMITS_PACKAGE, &err);
        }
        for (size_t i = 0; people && i < people->count; i++) {
            const Node *person = people->items[i];
            Str login = node_get_text(person, "login");
            Str password = node_get_text(person, "password");
            Str name = node_get_text(person, "name");
            if (login.len && password.len)
                printf("  /desk/anmelden  %-12.*s %-16.*s %.*s\n", STR_ARG(login),
                       STR_ARG(password), STR_ARG(name));
        }
        tenant_release(tenant);
    }
    arena_destroy(arena);
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
    App *app = app_open(&options->app, engines, engine_count, err);
    if (!app || (options->app.demo && !demo_make(app, options, err)))
        return 1;
    server_options.demo_tenant = root_tenant(app, options, arena);
    Worker *worker = worker_start(app, err);
    if (!worker)
        return 1;
    Server *server = server_start(app, &server_options, err);
    if (!server) {
        worker_stop(worker);
        app_close(app);
        return 1;
    }
    printf("Rathaus is ready: %.*s/\n", STR_ARG(server_address(server)));
    if (options->app.demo)
        demo_sign_ins_print(app);
    fflush(stdout);
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

    if (status >= 0)
        return status;
    crypto_start();
    signal(SIGPIPE, SIG_IGN);
    descriptors_raise();
    mallopt(M_ARENA_MAX, 4); /* a hundred threads with a heap each would only hold free memory */
    char *services = share_folder("services", options.app.services_dir, &err);
    options.app.services_dir = services;
    Arena *arena = arena_create(0);
    status = services ? serve(&options, arena, &err) : 1;
    if (err.kind)
        fprintf(stderr, "rathaus serve: %s\n", err_text(&err, arena));
    arena_destroy(arena);
    free(services);
    return status;
}

/* --- rathaus routes ------------------------------------------------------------------------- */

static const char *access_name(Access access)
{
    switch (access) {
    case ACCESS_PUBLIC: return "public";
    case ACCESS_CITIZEN: return "citizen";
    case ACCESS_STAFF: return "staff";
    case ACCESS_GLOBAL: return "global";
    }
    return "";
}

static Node *route_node(Arena *arena, const RouteEntry *entry)
{
    static const struct {
        unsigned flag;
        const char *name;
    } FLAGS[] = {{ROUTE_FAST, "fast"},
                 {ROUTE_API, "api"},
                 {ROUTE_UPLOAD, "upload"},
                 {ROUTE_STREAM, "stream"}};
    const Route *route = entry->route;
    Node *node = node_map(arena);
    Node *flags = node_list(arena);

    for (size_t i = 0; i < sizeof FLAGS / sizeof FLAGS[0]; i++)
        if (route->flags & FLAGS[i].flag)
            node_append(arena, flags, node_string(arena, str_c(FLAGS[i].name)));
    node_set(arena, node, STR("method"), node_string(arena, str_c(route->method)));
    node_set(arena, node, STR("pattern"), node_string(arena, str_c(route->pattern)));
    node_set(arena, node, STR("engine"), node_string(arena, str_c(entry->engine)));
    node_set(arena, node, STR("access"), node_string(arena, str_c(access_name(route->access))));
    node_set(arena, node, STR("permission"),
             route->permission ? node_string(arena, str_c(route->permission)) : node_null(arena));
    node_set(arena, node, STR("flags"), flags);
    return node;
}

static void routes_print(const Router *router, Arena *arena, bool json)
{
    Node *list = node_list(arena);

    for (size_t i = 0; i < router_count(router); i++) {
        const RouteEntry *entry = router_entry(router, i);
        const Route *route = entry->route;
        if (json)
            node_append(arena, list, route_node(arena, entry));
        else
            printf("%-6s %-48s %-8s %-8s %s\n", route->method, route->pattern, entry->engine,
                   access_name(route->access), route->permission ? route->permission : "");
    }
    if (json) {
        Buf out = buf_in(arena);
        node_write_json_pretty(list, &out);
        printf("%.*s\n", STR_ARG(buf_str(&out)));
    }
}

int routes_command(int argc, char **argv)
{
    bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
    Err err = {0};

    if (argc > 1 && !json) {
        puts("Usage: rathaus routes [--json]\n\nList every address, its engine, and who may call "
             "it.");
        return strcmp(argv[1], "--help") == 0 ? 0 : 2;
    }
    Arena *arena = arena_create(0);
    Router *router = router_create(arena);
    size_t count;
    const Engine *const *engines = engines_all(&count);
    bool ok = router_add(router, "server", SERVER_ROUTES, &err) &&
              router_add(router, "page", ASSET_ROUTES, &err);
    for (size_t i = 0; ok && i < count; i++)
        ok = router_add(router, engines[i]->name, engines[i]->routes, &err);
    if (ok)
        routes_print(router, arena, json);
    else
        fprintf(stderr, "rathaus routes: %s\n", err.message);
    arena_destroy(arena);
    return ok ? 0 : 1;
}
