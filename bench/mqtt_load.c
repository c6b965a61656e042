/* SPDX-License-Identifier: EUPL-1.2 */
/* Clients of MQTT that publish Observations with QoS 1, each with so many on their way, and count
 * the acknowledgements.
 *
 *     bench_mqtt_load --port N --key KEY --topic TOPIC [--connections 64] [--in-flight 20]
 *                     [--seconds 5] */
#include "base/buf.h"
#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 64 * 1024, ACKNOWLEDGEMENT = 4, HELLO = 4, EVENTS = 64 };

typedef struct Client {
    int fd;
    uint16_t number;
    size_t partial; /* bytes of an acknowledgement that has come in part */
} Client;

typedef struct Bench {
    int port, connections, in_flight, seconds;
    const char *key, *topic;
    Arena *arena;
    int64_t sent, acknowledged;
} Bench;

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "bench/mqtt_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void add_text(Buf *out, const char *text)
{
    buf_add_char(out, (char)(strlen(text) >> 8));
    buf_add_char(out, (char)strlen(text));
    buf_add_c(out, text);
}

static void add_packet(Buf *out, int kind, Str body)
{
    size_t length = body.len;

    buf_add_char(out, (char)kind);
    do {
        buf_add_char(out, (char)((length & 127) | (length > 127 ? 128 : 0)));
        length >>= 7;
    } while (length);
    buf_add(out, body);
}

static void write_all(int fd, Str bytes)
{
    while (bytes.len) {
        ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        must(sent > 0, "send");
        bytes = str_slice(bytes, (size_t)sent, bytes.len);
    }
}

static void say_hello(Bench *b, Client *client, int i)
{
    Buf body = buf_in(b->arena), out = buf_in(b->arena);
    char name[32];
    unsigned char answer[HELLO];

    snprintf(name, sizeof name, "bench-%d", i);
    add_text(&body, "MQTT");
    buf_add(&body, (Str){"\4\302\0\74", 4}); /* 3.1.1, clean, name and password, 60 s */
    add_text(&body, name);
    add_text(&body, "bench");
    add_text(&body, b->key);
    add_packet(&out, 0x10, buf_str(&body));
    write_all(client->fd, buf_str(&out));
    must(recv(client->fd, answer, sizeof answer, MSG_WAITALL) == HELLO && answer[3] == 0,
         "the connection was refused");
}

static Client connect_one(Bench *b, int i)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)b->port)};
    Client client = {.fd = socket(AF_INET, SOCK_STREAM, 0)};
    int on = 1;

    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    must(connect(client.fd, (struct sockaddr *)&address, sizeof address) == 0, "connect");
    setsockopt(client.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    say_hello(b, &client, i);
    return client;
}

static void publish(Bench *b, Client *client, int count)
{
    Buf out = buf_in(b->arena);
    char payload[64];

    for (int i = 0; i < count; i++) {
        Buf body = buf_in(b->arena);
        client->number = client->number == UINT16_MAX ? 1 : (uint16_t)(client->number + 1);
        snprintf(payload, sizeof payload, "{\"result\":%lld.%lld}", (long long)(b->sent % 30),
                 (long long)(b->sent % 10));
        add_text(&body, b->topic);
        buf_add_char(&body, (char)(client->number >> 8));
        buf_add_char(&body, (char)client->number);
        buf_add_c(&body, payload);
        add_packet(&out, 0x32, buf_str(&body));
        b->sent++;
    }
    write_all(client->fd, buf_str(&out));
    arena_rewind(b->arena);
}

/* As many as were acknowledged are sent anew. */
static int take_acknowledgements(Client *client)
{
    static char bytes[BUFFER];
    ssize_t got = recv(client->fd, bytes, sizeof bytes, MSG_DONTWAIT);

    if (got < 0 && errno == EAGAIN)
        return 0;
    must(got > 0, "the connection was closed");
    size_t all = client->partial + (size_t)got;
    client->partial = all % ACKNOWLEDGEMENT;
    return (int)(all / ACKNOWLEDGEMENT);
}

static void run(Bench *b)
{
    Client *clients = calloc((size_t)b->connections, sizeof *clients);
    struct epoll_event events[EVENTS];
    int epoll = epoll_create1(0);

    must(clients != NULL && epoll >= 0, "epoll");
    for (int i = 0; i < b->connections; i++) {
        clients[i] = connect_one(b, i);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
        must(epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &event) == 0, "epoll_ctl");
    }
    int64_t began = clock_monotonic_ms(), until = began + b->seconds * 1000LL;
    for (int i = 0; i < b->connections; i++)
        publish(b, &clients[i], b->in_flight);
    while (b->acknowledged < b->sent) {
        int count = epoll_wait(epoll, events, EVENTS, 1000);
        for (int i = 0; i < count; i++) {
            int done = take_acknowledgements(events[i].data.ptr);
            b->acknowledged += done;
            if (done && clock_monotonic_ms() < until)
                publish(b, events[i].data.ptr, done);
        }
    }
    double seconds = (double)(clock_monotonic_ms() - began) / 1000;
    printf("{\"acknowledged\":%lld,\"seconds\":%.3f}\n", (long long)b->acknowledged, seconds);
    free(clients);
}

int main(int argc, char **argv)
{
    Bench b = {.connections = 64, .in_flight = 20, .seconds = 5, .arena = arena_create(1 << 16)};

    for (int i = 1; i + 1 < argc; i += 2) {
        Str name = str_c(argv[i]);
        if (str_is(name, "--port"))
            b.port = atoi(argv[i + 1]);
        else if (str_is(name, "--key"))
            b.key = argv[i + 1];
        else if (str_is(name, "--topic"))
            b.topic = argv[i + 1];
        else if (str_is(name, "--connections"))
            b.connections = atoi(argv[i + 1]);
        else if (str_is(name, "--in-flight"))
            b.in_flight = atoi(argv[i + 1]);
        else if (str_is(name, "--seconds"))
            b.seconds = atoi(argv[i + 1]);
    }
    if (!b.port || !b.key || !b.topic) {
        fprintf(stderr, "bench_mqtt_load --port N --key KEY --topic TOPIC [--connections 64] "
                        "[--in-flight 20] [--seconds 5]\n");
        return 2;
    }
    run(&b);
    arena_destroy(b.arena);
    return 0;
}
