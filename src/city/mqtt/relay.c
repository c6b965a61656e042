/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/relay.h"

#include "base/clock.h"
#include "city/mqtt/peer.h"
#include "core/log.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 8192, PER_ADDRESS_MAX = 1024, EVENTS = 256, PAUSE_MS = 200 };
/* Who waits for mosquitto: that has no answer yet (its town is being opened), no room for another
 * connection at once, or is being started. */
enum { AGAIN_MS = 20, PATIENCE_MS = 15000 };

struct MqttRelay {
    int listening, epoll, bell;
    bool deaf;         /* not accepting: there are too many, or no descriptors */
    int64_t listen_at; /* when it is tried again, in ms */
    struct sockaddr_un broker;
    MqttRing *ring;
    pthread_t thread;
    atomic_bool stopping;
    _Atomic int loss; /* MqttLoss that is to be heard */
    _Atomic uint64_t done;
    _Atomic uint64_t count;
    size_t waiting; /* peers with an `again_at` */
    MqttPeer *first;
};

/* --- Connections -------------------------------------------------------------------------------
 */

/* An end of which nothing is wanted is taken out: epoll would tell again and again that it hung up.
 */
static bool watch(const MqttRelay *relay, MqttEnd *end)
{
    uint32_t wanted = mqtt_end_wants(end), before = end->watched;
    struct epoll_event event = {.events = wanted, .data.ptr = end};

    if (wanted == before)
        return true;
    end->watched = wanted;
    return epoll_ctl(relay->epoll,
                     !wanted   ? EPOLL_CTL_DEL
                     : !before ? EPOLL_CTL_ADD
                               : EPOLL_CTL_MOD,
                     end->fd, &event) == 0;
}

/* It is freed by sweep(): events of it may still be in the list that is gone through. */
static void hang_up(MqttPeer *peer)
{
    peer->gone = true;
}

static void sweep(MqttRelay *relay)
{
    for (MqttPeer **at = &relay->first; *at;) {
        MqttPeer *peer = *at;
        if (!peer->gone) {
            at = &peer->next;
            continue;
        }
        *at = peer->next;
        relay->waiting -= peer->again_at != 0;
        mqtt_peer_destroy(peer);
        atomic_fetch_sub(&relay->count, 1);
    }
}

static int connect_to_broker(const MqttRelay *relay)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && connect(fd, (const struct sockaddr *)&relay->broker, sizeof relay->broker) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Zeros for this machine's own: the proxy is there, and has no limit. */
static struct in6_addr address_of(const struct sockaddr_storage *from)
{
    struct in6_addr out = {0};
    const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)from;

    if (from->ss_family == AF_INET6)
        out = ((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
    else if (ntohl(four->sin_addr.s_addr) >> 24 != IN_LOOPBACKNET)
        memcpy(out.s6_addr, &four->sin_addr, sizeof four->sin_addr);
    bool own = IN6_IS_ADDR_LOOPBACK(&out) ||
               (IN6_IS_ADDR_V4MAPPED(&out) && out.s6_addr[12] == IN_LOOPBACKNET);
    return own ? (struct in6_addr){0} : out;
}

static bool has_room(const MqttRelay *relay, const struct in6_addr *address)
{
    int count = 0;

    if (IN6_IS_ADDR_UNSPECIFIED(address))
        return true;
    for (const MqttPeer *peer = relay->first; peer; peer = peer->next)
        count += memcmp(&peer->address, address, sizeof *address) == 0;
    return count < PER_ADDRESS_MAX;
}

/* What the client said is kept meanwhile, and it does not notice. */
static void wait_for_broker(MqttRelay *relay, MqttPeer *peer)
{
    int64_t now = clock_monotonic_ms();

    if (!peer->patient_to)
        peer->patient_to = now + PATIENCE_MS;
    if (now >= peer->patient_to) {
        hang_up(peer);
        return;
    }
    peer->again_at = now + AGAIN_MS;
    relay->waiting++;
    if (peer->client.watched)
        epoll_ctl(relay->epoll, EPOLL_CTL_DEL, peer->client.fd, NULL);
    peer->client.watched = 0;
    mqtt_peer_leave_broker(peer);
}

static void join(MqttRelay *relay, MqttPeer *peer)
{
    int broker = connect_to_broker(relay);

    if (broker < 0) {
        wait_for_broker(relay, peer);
        return;
    }
    mqtt_peer_join_broker(peer, broker, relay->ring);
    if (!watch(relay, &peer->client) || !watch(relay, &peer->broker))
        hang_up(peer);
}

static void welcome(MqttRelay *relay, int client, const struct sockaddr_storage *from)
{
    int on = 1;
    struct in6_addr address = address_of(from);

    if (!has_room(relay, &address)) {
        close(client);
        return;
    }
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(client, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    MqttPeer *peer = mqtt_peer_create(client);
    peer->address = address;
    peer->next = relay->first;
    relay->first = peer;
    atomic_fetch_add(&relay->count, 1);
    join(relay, peer);
}

static void listen_or_not(MqttRelay *relay, bool deaf)
{
    struct epoll_event event = {.events = deaf ? 0 : EPOLLIN, .data.ptr = &relay->listening};

    if (relay->deaf == deaf)
        return;
    relay->deaf = deaf;
    relay->listen_at = clock_monotonic_ms() + PAUSE_MS;
    epoll_ctl(relay->epoll, EPOLL_CTL_MOD, relay->listening, &event);
}

static void accept_all(MqttRelay *relay)
{
    while (atomic_load(&relay->count) < CONNECTIONS_MAX) {
        struct sockaddr_storage from = {0};
        socklen_t size = sizeof from;
        int client = accept4(relay->listening, (struct sockaddr *)&from, &size,
                             SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (client < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            if (errno != EAGAIN)
                listen_or_not(relay, true); /* for a moment */
            return;
        }
        welcome(relay, client, &from);
    }
    listen_or_not(relay, true);
}

/* --- Passing on --------------------------------------------------------------------------------
 */

static bool is_over(const MqttPeer *peer, int loss)
{
    struct pollfd broker = {.fd = peer->broker.fd};

    return loss == MQTT_LOST_ALL ||
           (loss == MQTT_LOST_ENDED && poll(&broker, 1, 0) > 0 && broker.revents);
}

/* Something can be read at `ready`; NULL: only what is on disk goes out. */
static void serve(MqttRelay *relay, MqttPeer *peer, const MqttEnd *ready)
{
    /* `loss` is set before `done` goes on: who sees the one sees the other. */
    uint64_t done = atomic_load(&relay->done);

    if (peer->gone || peer->again_at)
        return;
    if (is_over(peer, atomic_load(&relay->loss)))
        hang_up(peer);
    else if (!mqtt_peer_pass(peer, ready, relay->ring, done))
        mqtt_peer_was_put_off(peer, relay->ring) ? wait_for_broker(relay, peer) : hang_up(peer);
    else if (!watch(relay, &peer->client) || !watch(relay, &peer->broker))
        hang_up(peer);
}

/* Those whose time has come. */
static void try_again(MqttRelay *relay)
{
    int64_t now = clock_monotonic_ms();

    for (MqttPeer *peer = relay->first; peer && relay->waiting; peer = peer->next) {
        if (peer->gone || !peer->again_at || now < peer->again_at)
            continue;
        peer->again_at = 0;
        relay->waiting--;
        join(relay, peer);
        serve(relay, peer, NULL);
    }
}

static void close_all(MqttRelay *relay)
{
    for (MqttPeer *peer = relay->first; peer; peer = peer->next)
        hang_up(peer);
}

static void on_bell(MqttRelay *relay)
{
    uint64_t rings;

    if (read(relay->bell, &rings, sizeof rings) < 0)
        return;
    int loss = atomic_exchange(&relay->loss, MQTT_LOST_NONE);
    for (MqttPeer *peer = relay->first; peer && loss; peer = peer->next)
        if (is_over(peer, loss))
            hang_up(peer);
    for (MqttPeer *peer = relay->first; peer; peer = peer->next)
        if (mqtt_peer_holds(peer))
            serve(relay, peer, NULL);
}

static void *run(void *context)
{
    MqttRelay *relay = context;
    struct epoll_event events[EVENTS];

    pthread_setname_np(pthread_self(), "mqtt-relay");
    while (!atomic_load(&relay->stopping)) {
        int count = epoll_wait(relay->epoll, events, EVENTS, relay->waiting ? AGAIN_MS : PAUSE_MS);
        for (int i = 0; i < count; i++) {
            void *of = events[i].data.ptr;
            if (of == &relay->listening)
                accept_all(relay);
            else if (of == &relay->bell)
                on_bell(relay);
            else
                serve(relay, ((MqttEnd *)of)->peer, of);
        }
        try_again(relay);
        sweep(relay);
        if (relay->deaf && clock_monotonic_ms() >= relay->listen_at &&
            atomic_load(&relay->count) < CONNECTIONS_MAX)
            listen_or_not(relay, false);
    }
    close_all(relay);
    sweep(relay);
    return NULL;
}

/* --- Start and stop ----------------------------------------------------------------------------
 */

static void relay_free(MqttRelay *relay)
{
    close(relay->listening);
    close(relay->epoll);
    close(relay->bell);
    free(relay);
}

MqttRelay *mqtt_relay_start(int listening, const char *socket, MqttRing *ring, Err *err)
{
    MqttRelay *relay = calloc(1, sizeof *relay);

    assert(relay);
    relay->listening = listening;
    relay->ring = ring;
    relay->broker.sun_family = AF_UNIX;
    assert(strlen(socket) < sizeof relay->broker.sun_path);
    memcpy(relay->broker.sun_path, socket, strlen(socket) + 1);
    relay->epoll = epoll_create1(EPOLL_CLOEXEC);
    relay->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event here = {.events = EPOLLIN, .data.ptr = &relay->listening};
    struct epoll_event rings = {.events = EPOLLIN, .data.ptr = &relay->bell};
    if (relay->epoll >= 0 && relay->bell >= 0 &&
        epoll_ctl(relay->epoll, EPOLL_CTL_ADD, listening, &here) == 0 &&
        epoll_ctl(relay->epoll, EPOLL_CTL_ADD, relay->bell, &rings) == 0 &&
        pthread_create(&relay->thread, NULL, run, relay) == 0)
        return relay;
    err_set(err, ERR_INTERNAL, "MQTT cannot be served: %s", strerror(errno));
    relay_free(relay);
    return NULL;
}

void mqtt_relay_stop(MqttRelay *relay)
{
    if (!relay)
        return;
    atomic_store(&relay->stopping, true);
    mqtt_relay_done(relay, atomic_load(&relay->done), MQTT_LOST_NONE);
    pthread_join(relay->thread, NULL);
    relay_free(relay);
}

void mqtt_relay_done(MqttRelay *relay, uint64_t number, MqttLoss loss)
{
    const uint64_t one = 1;

    if ((int)loss > atomic_load(&relay->loss))
        atomic_store(&relay->loss, (int)loss);
    atomic_store(&relay->done, number);
    if (write(relay->bell, &one, sizeof one) < 0)
        return; /* it rings already */
}

uint64_t mqtt_relay_connections(const MqttRelay *relay)
{
    return atomic_load(&relay->count);
}
