/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/peer.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>

enum { ROUND_MS = 250, COUNTERS = 16384 };

struct Peers {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    Peer *first;
    size_t count;
    int per_address;
    bool trust_loopback;
    bool stopping;
    /* Connections by hash of the address. Two addresses may share a counter: with as many counters
     * as connections at most, that is rare and only makes the limit a little lower. */
    unsigned short counters[COUNTERS];
};

static void close_overdue(Peers *peers)
{
    int64_t now = clock_monotonic_ms();

    for (Peer *peer = peers->first; peer; peer = peer->next)
        if (!peer->closed && atomic_load_explicit(&peer->deadline, memory_order_relaxed) < now) {
            /* The server sees the end and cleans up; the descriptor stays its own. */
            shutdown(peer->fd, SHUT_RDWR);
            peer->closed = true;
        }
}

static void *peers_thread(void *context)
{
    Peers *peers = context;

    pthread_mutex_lock(&peers->lock);
    while (!peers->stopping) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += ROUND_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (peers->first)
            pthread_cond_timedwait(&peers->wake, &peers->lock, &until);
        else
            pthread_cond_wait(&peers->wake, &peers->lock);
        close_overdue(peers);
    }
    pthread_mutex_unlock(&peers->lock);
    return NULL;
}

Peers *peers_start(int per_address, bool trust_loopback, Err *err)
{
    Peers *peers = calloc(1, sizeof *peers);

    assert(peers);
    peers->per_address = per_address;
    peers->trust_loopback = trust_loopback;
    pthread_mutex_init(&peers->lock, NULL);
    pthread_cond_init(&peers->wake, NULL);
    if (pthread_create(&peers->thread, NULL, peers_thread, peers) != 0) {
        free(peers);
        err_set(err, ERR_INTERNAL, "no thread could be started: raise the limit on processes");
        return NULL;
    }
    return peers;
}

void peers_stop(Peers *peers)
{
    pthread_mutex_lock(&peers->lock);
    peers->stopping = true;
    pthread_cond_signal(&peers->wake);
    pthread_mutex_unlock(&peers->lock);
    pthread_join(peers->thread, NULL);
    pthread_cond_destroy(&peers->wake);
    pthread_mutex_destroy(&peers->lock);
    free(peers);
}

static uint64_t address_key(const struct sockaddr *address, bool *loopback)
{
    if (address->sa_family == AF_INET6) {
        const struct in6_addr *ip =
            &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
        *loopback = IN6_IS_ADDR_LOOPBACK(ip);
        return str_hash((Str){(const char *)ip->s6_addr, 8});
    }
    if (address->sa_family == AF_INET) {
        const struct in_addr *ip = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
        *loopback = ntohl(ip->s_addr) >> 24 == 127;
        return str_hash((Str){(const char *)ip, sizeof *ip});
    }
    *loopback = true;
    return 0;
}

bool peers_admit(Peers *peers, const struct sockaddr *address)
{
    bool loopback;
    uint64_t key = address_key(address, &loopback);

    if (loopback && peers->trust_loopback)
        return true;
    pthread_mutex_lock(&peers->lock);
    bool room = peers->counters[key % COUNTERS] < peers->per_address;
    pthread_mutex_unlock(&peers->lock);
    return room;
}

static void address_write(const struct sockaddr *address, char *out, socklen_t size)
{
    if (address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, out,
                  size);
    else if (address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, out,
                  size);
}

Peer *peers_add(Peers *peers, const struct sockaddr *address, int fd, int64_t deadline)
{
    Peer *peer = calloc(1, sizeof *peer);

    assert(peer);
    peer->fd = fd;
    peer->key = address_key(address, &peer->loopback);
    atomic_init(&peer->deadline, deadline);
    address_write(address, peer->address, sizeof peer->address);
    pthread_mutex_lock(&peers->lock);
    peer->next = peers->first;
    if (peers->first)
        peers->first->previous = peer;
    else
        pthread_cond_signal(&peers->wake);
    peers->first = peer;
    peers->count++;
    peers->counters[peer->key % COUNTERS]++;
    pthread_mutex_unlock(&peers->lock);
    return peer;
}

void peers_remove(Peers *peers, Peer *peer)
{
    pthread_mutex_lock(&peers->lock);
    if (peer->previous)
        peer->previous->next = peer->next;
    else
        peers->first = peer->next;
    if (peer->next)
        peer->next->previous = peer->previous;
    peers->count--;
    peers->counters[peer->key % COUNTERS]--;
    pthread_mutex_unlock(&peers->lock);
    free(peer);
}

size_t peers_count(Peers *peers)
{
    pthread_mutex_lock(&peers->lock);
    size_t count = peers->count;
    pthread_mutex_unlock(&peers->lock);
    return count;
}
