/* SPDX-License-Identifier: EUPL-1.2 */
/* Load from many keep-alive connections on loopback: counts answers by status and the CPU
 * seconds that the server's process used meanwhile.
 *
 *     bench_load --port N --path /t/x/api/… [--cookie A=B] [--key KEY] --body FILE
 *                [--every K --other FILE] [--rows A-B [--once]] [--connections 64]
 *                [--seconds 10] [--pid SERVER] [--json]
 *
 * "@ROW@" in the path becomes A, A+1, …, B and so on from A; with --once the load ends after B.
 * Without --body it sends GET. "@NUMBER@" in the body becomes a number of 15 digits
 * that is different in every request (a chip number). */
#include "base/buf.h"
#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 1024, ANSWER_MAX = 256 * 1024 };
static const Str MARK = {"@NUMBER@", 8};
static const Str ROW = {"@ROW@", 5};

typedef struct Options {
    int port;
    const char *path, *body, *other, *cookie, *key;
    int every;
    int connections;
    int seconds;
    int pid;
    int first_row, last_row;
    bool once;
    bool json;
} Options;

typedef struct Connection {
    int fd;
    char *request; /* being sent */
    size_t length, sent;
    char answer[ANSWER_MAX];
    size_t have;
    bool closing;  /* the server said so */
    int64_t began; /* microseconds */
} Connection;

typedef struct Tally {
    int64_t ok, refused, broken;
    int64_t *latencies; /* microseconds */
    size_t count, capacity;
} Tally;

static int64_t number = 276000000000000; /* 276: Germany's code in ISO 11784 */

static int64_t microseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static Str read_file(Arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    Buf buf = buf_in(arena);
    char piece[65536];
    size_t got;

    if (!file)
        die(path);
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(&buf, (Str){piece, got});
    fclose(file);
    return buf_str(&buf);
}

/* A request whose marks are of the number's length, so that it can be filled in place. */
static Str make_request(Arena *arena, const Options *options, Str body)
{
    Buf buf = buf_in(arena);
    Str digits = STR("@NUMBER@-------");

    buf_addf(&buf, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n", body.ptr ? "POST" : "GET",
             options->path, options->port);
    if (options->cookie)
        buf_addf(&buf, "Cookie: %s\r\n", options->cookie);
    if (options->key)
        buf_addf(&buf, "Authorization: Bearer %s\r\n", options->key);
    body = body.ptr ? str_replace(arena, body, MARK, digits) : body;
    if (body.ptr)
        buf_addf(&buf, "Content-Type: application/json\r\nContent-Length: %zu\r\n", body.len);
    buf_add_c(&buf, "\r\n");
    buf_add(&buf, body);
    return buf_str(&buf);
}

static void fill(char *request, size_t length)
{
    for (char *at = request;
         (at = memmem(at, length - (size_t)(at - request), MARK.ptr, MARK.len));) {
        char digits[24];
        snprintf(digits, sizeof digits, "%015lld", (long long)++number);
        memcpy(at, digits, 15);
    }
}

/* The next row of the range, in five digits. */
static void fill_row(char *request, size_t length, const Options *options)
{
    char *at = memmem(request, length, ROW.ptr, ROW.len);
    static int row;

    if (!at)
        return;
    row = row < options->first_row || row >= options->last_row ? options->first_row : row + 1;
    char digits[8];
    snprintf(digits, sizeof digits, "%05d", row);
    memcpy(at, digits, ROW.len);
}

static int64_t cpu_ticks(int pid)
{
    char path[64], line[1024];
    unsigned long user = 0, system = 0;
    long child_user = 0, child_system = 0; /* of a server that forks for each request */

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    if (fgets(line, sizeof line, file)) {
        const char *rest = strrchr(line, ')');
        if (rest)
            sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld", &user,
                   &system, &child_user, &child_system);
    }
    fclose(file);
    return (int64_t)(user + system) + child_user + child_system;
}

static void open_connection(Connection *c, int port, int poll_fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;

    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
    if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &event) != 0)
        die("epoll_ctl");
}

static void begin(Connection *c, const Options *options, Str small, Str large)
{
    static int64_t turn;
    Str text = options->other && ++turn % options->every == 0 ? large : small;

    if (!c->request) {
        c->request = malloc(small.len > large.len ? small.len : large.len);
        if (!c->request)
            die("malloc");
    }
    memcpy(c->request, text.ptr, text.len);
    c->length = text.len;
    c->sent = c->have = 0;
    fill(c->request, c->length);
    fill_row(c->request, c->length, options);
    c->began = microseconds();
}

static bool push(Connection *c)
{
    while (c->sent < c->length) {
        ssize_t put = write(c->fd, c->request + c->sent, c->length - c->sent);
        if (put < 0)
            return errno == EAGAIN || errno == EINTR;
        c->sent += (size_t)put;
    }
    return true;
}

/* 0: not complete yet; else the status. */
static int complete(Connection *c)
{
    Str have = {c->answer, c->have};
    ptrdiff_t end = str_find(have, STR("\r\n\r\n"));
    int64_t length = 0, status = 0;

    if (end < 0)
        return 0;
    Str head = str_slice(have, 0, (size_t)end);
    for (Str rest = head; rest.ptr;) {
        Str line = str_cut(&rest, '\n');
        Str name = str_cut(&line, ':');
        if (str_eq_nocase(name, STR("Content-Length")))
            str_to_i64(str_trim(line), &length);
        if (str_eq_nocase(name, STR("Connection")))
            c->closing = str_eq_nocase(str_trim(line), STR("close"));
    }
    if (c->have < (size_t)end + 4 + (size_t)length)
        return 0;
    str_to_i64(str_slice(have, 9, 12), &status);
    return (int)status;
}

static void count(Tally *tally, const Connection *c, int status)
{
    if (status >= 200 && status < 300)
        tally->ok++;
    else if (tally->refused++ == 0)
        fprintf(stderr, "first refusal: %.*s\n", (int)(c->have < 600 ? c->have : 600), c->answer);
    if (tally->count == tally->capacity) {
        tally->capacity = tally->capacity ? tally->capacity * 2 : 65536;
        tally->latencies = realloc(tally->latencies, tally->capacity * sizeof *tally->latencies);
        if (!tally->latencies)
            die("realloc");
    }
    tally->latencies[tally->count++] = microseconds() - c->began;
}

/* False when the connection broke. */
static bool pull(Connection *c, const Options *options, Str small, Str large, Tally *tally,
                 bool more, size_t most)
{
    for (;;) {
        ssize_t got = read(c->fd, c->answer + c->have, sizeof c->answer - c->have);
        if (got == 0)
            return false;
        if (got < 0)
            return errno == EAGAIN || errno == EINTR;
        c->have += (size_t)got;
        int status = complete(c);
        if (status) {
            count(tally, c, status);
            /* The other connections have each one under way. */
            size_t under_way = (size_t)options->connections - 1;
            if (!more || c->closing || (options->once && tally->count + under_way >= most))
                return true;
            begin(c, options, small, large);
            if (!push(c))
                return false;
        }
    }
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static void report(const Options *options, Tally *tally, double seconds, double cpu)
{
    if (tally->count)
        qsort(tally->latencies, tally->count, sizeof *tally->latencies, by_size);
    double p50 = tally->count ? (double)tally->latencies[tally->count / 2] / 1000 : 0;
    double p95 = tally->count ? (double)tally->latencies[tally->count * 95 / 100] / 1000 : 0;
    double rate = (double)tally->ok / seconds;
    double each = tally->ok ? cpu * 1e6 / (double)tally->ok : 0;
    const char *format =
        options->json ? "{\"ok\":%lld,\"refused\":%lld,\"broken\":%lld,\"per_second\":%.1f,"
                        "\"p50_ms\":%.2f,\"p95_ms\":%.2f,\"cpu_us_each\":%.1f}\n"
                      : "%lld ok, %lld refused, %lld broken: %.1f/s, median %.2f ms, p95 %.2f ms, "
                        "server CPU %.1f us each\n";

    printf(format, (long long)tally->ok, (long long)tally->refused, (long long)tally->broken, rate,
           p50, p95, each);
}

static bool parse(int argc, char **argv, Options *o)
{
    *o = (Options){.connections = 64, .seconds = 10, .every = 10};
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i];
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(name, "--json") == 0) {
            o->json = true;
            continue;
        }
        if (strcmp(name, "--once") == 0) {
            o->once = true;
            continue;
        }
        i++;
        if (strcmp(name, "--port") == 0)
            o->port = (int)strtol(value, NULL, 10);
        else if (strcmp(name, "--path") == 0)
            o->path = value;
        else if (strcmp(name, "--rows") == 0)
            sscanf(value, "%d-%d", &o->first_row, &o->last_row);
        else if (strcmp(name, "--body") == 0)
            o->body = value;
        else if (strcmp(name, "--other") == 0)
            o->other = value;
        else if (strcmp(name, "--cookie") == 0)
            o->cookie = value;
        else if (strcmp(name, "--key") == 0)
            o->key = value;
        else if (strcmp(name, "--every") == 0)
            o->every = (int)strtol(value, NULL, 10);
        else if (strcmp(name, "--connections") == 0)
            o->connections = (int)strtol(value, NULL, 10);
        else if (strcmp(name, "--seconds") == 0)
            o->seconds = (int)strtol(value, NULL, 10);
        else if (strcmp(name, "--pid") == 0)
            o->pid = (int)strtol(value, NULL, 10);
        else
            return false;
    }
    return o->port > 0 && o->path && o->connections > 0 && o->connections <= CONNECTIONS_MAX &&
           o->seconds > 0 && o->every > 0;
}

int main(int argc, char **argv)
{
    Options options;
    Arena *arena = arena_create(0);
    Tally tally = {0};

    if (!parse(argc, argv, &options)) {
        fputs("usage: bench_load --port N --path PATH [--cookie A=B] [--key KEY]\n"
              "                  [--body FILE [--every K --other FILE]]\n"
              "                  [--rows A-B [--once]] [--connections 64] [--seconds 10] [--pid "
              "SERVER] [--json]\n",
              stderr);
        return 2;
    }
    Str small =
        make_request(arena, &options, options.body ? read_file(arena, options.body) : STR_NONE);
    Str large =
        options.other ? make_request(arena, &options, read_file(arena, options.other)) : small;
    Connection *connections = calloc((size_t)options.connections, sizeof *connections);
    int poll_fd = epoll_create1(0);
    if (!connections || poll_fd < 0)
        die("start");
    for (int i = 0; i < options.connections; i++) {
        begin(&connections[i], &options, small, large);
        open_connection(&connections[i], options.port, poll_fd);
    }
    int64_t cpu_before = options.pid ? cpu_ticks(options.pid) : 0;
    int64_t start = microseconds(), end = start + (int64_t)options.seconds * 1000000;
    size_t most = options.once ? (size_t)(options.last_row - options.first_row + 1) : SIZE_MAX;
    while (microseconds() < end && tally.count < most) {
        struct epoll_event events[256];
        int ready = epoll_wait(poll_fd, events, 256, 100);
        for (int i = 0; i < ready; i++) {
            Connection *c = events[i].data.ptr;
            bool good = c->fd >= 0 && push(c) &&
                        pull(c, &options, small, large, &tally, microseconds() < end, most);
            if ((!good || c->closing) && c->fd >= 0) {
                tally.broken += !good;
                c->closing = false;
                close(c->fd);
                begin(c, &options, small, large);
                open_connection(c, options.port, poll_fd);
            }
        }
    }
    double seconds = (double)(microseconds() - start) / 1e6;
    double cpu = options.pid
                     ? (double)(cpu_ticks(options.pid) - cpu_before) / (double)sysconf(_SC_CLK_TCK)
                     : 0;
    report(&options, &tally, seconds, cpu);
    return tally.ok > 0 ? 0 : 1;
}
