/* SPDX-License-Identifier: EUPL-1.2 */
/* Peers: the open connections, each with a deadline, counted by address. */
#pragma once

#include "base/err.h"

#include <stdatomic.h>
#include <sys/socket.h>

typedef struct Peer {
    struct Peer *next;
    struct Peer *previous;
    int fd;
    bool loopback;
    bool closed;              /* by us */
    struct Call *awaited;     /* its request line is read, its header not yet */
    uint64_t key;             /* the address, or the /64 network of an IPv6 one */
    _Atomic int64_t deadline; /* monotonic ms */
    char address[46];
} Peer;

typedef struct Peers Peers;
/* Starts a thread that closes connections over their deadline, looking four times a second.
 * With `trust_loopback` the machine's own addresses have no limit: the proxy is there. */
Peers *peers_start(int per_address, bool trust_loopback, Err *err);
void peers_stop(Peers *peers);

bool peers_admit(Peers *peers, const struct sockaddr *address);
Peer *peers_add(Peers *peers, const struct sockaddr *address, int fd, int64_t deadline);
void peers_remove(Peers *peers, Peer *peer);
size_t peers_count(Peers *peers);

static inline void peer_deadline(Peer *peer, int64_t deadline)
{
    atomic_store_explicit(&peer->deadline, deadline, memory_order_relaxed);
}
