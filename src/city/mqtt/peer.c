/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/peer.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

MqttPeer *mqtt_peer_create(int client)
{
    MqttPeer *peer = malloc(sizeof *peer);

    assert(peer);
    peer->next = NULL;
    peer->gone = peer->heard = false;
    peer->put_off = 0;
    peer->again_at = peer->patient_to = 0;
    peer->address = (struct in6_addr){0};
    peer->client = (MqttEnd){.peer = peer, .fd = client};
    peer->broker = (MqttEnd){.peer = peer, .fd = -1};
    peer->up.from = peer->up.to = peer->down.from = peer->down.to = 0;
    peer->up.ended = peer->down.ended = false;
    peer->free_to = peer->mark_count = 0;
    return peer;
}

void mqtt_peer_destroy(MqttPeer *peer)
{
    close(peer->client.fd);
    if (peer->broker.fd >= 0)
        close(peer->broker.fd);
    free(peer);
}

/* --- Put off -----------------------------------------------------------------------------------
 */

bool mqtt_peer_was_put_off(const MqttPeer *peer, const MqttRing *ring)
{
    return !peer->heard && !peer->up.ended && peer->put_off != atomic_load(&ring->put_off);
}

void mqtt_peer_leave_broker(MqttPeer *peer)
{
    if (peer->broker.fd >= 0)
        close(peer->broker.fd);
    peer->broker = (MqttEnd){.peer = peer, .fd = -1};
    peer->up.from = 0;
}

void mqtt_peer_join_broker(MqttPeer *peer, int broker, const MqttRing *ring)
{
    peer->broker.fd = broker;
    peer->down.ended = false;
    peer->put_off = atomic_load(&ring->put_off);
}

/* --- Bytes -------------------------------------------------------------------------------------
 */

/* Read what there is room for; how much came. */
static size_t fill(MqttPipe *pipe, int fd)
{
    if (pipe->ended || pipe->to == sizeof pipe->bytes)
        return 0;
    ssize_t got = recv(fd, pipe->bytes + pipe->to, sizeof pipe->bytes - pipe->to, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        pipe->ended = true;
    if (got <= 0)
        return 0;
    pipe->to += (size_t)got;
    return (size_t)got;
}

/* Write what lies before `limit`. False: the other side is gone. */
static bool drain(MqttPipe *pipe, int fd, size_t limit)
{
    while (pipe->from < limit) {
        ssize_t sent = send(fd, pipe->bytes + pipe->from, limit - pipe->from, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return errno == EAGAIN;
        pipe->from += (size_t)sent;
    }
    return true;
}

/* --- What waits for the disk -------------------------------------------------------------------
 */

bool mqtt_peer_holds(const MqttPeer *peer)
{
    return peer->mark_count > 0;
}

static void release(MqttPeer *peer, uint64_t done)
{
    size_t over = 0;

    while (over < peer->mark_count && peer->marks[over].number <= done)
        peer->free_to = peer->marks[over++].to;
    for (size_t i = over; over && i < peer->mark_count; i++)
        peer->marks[i - over] = peer->marks[i];
    peer->mark_count -= over;
}

/* The counter is read behind the bytes: what they acknowledge was counted before. */
static void read_from_broker(MqttPeer *peer, const MqttRing *ring, uint64_t done)
{
    if (peer->mark_count == MQTT_MARKS || !fill(&peer->down, peer->broker.fd))
        return;
    peer->heard = true;
    uint64_t number = atomic_load(&ring->put);
    if (peer->mark_count == 0 && number <= done)
        peer->free_to = peer->down.to;
    else
        peer->marks[peer->mark_count++] = (MqttMark){peer->down.to, number};
}

/* What the client said first stays until it is answered. */
static void start_over(MqttPeer *peer)
{
    if (peer->up.from == peer->up.to && peer->heard)
        peer->up.from = peer->up.to = 0;
    if (peer->down.from == peer->down.to)
        peer->down.from = peer->down.to = peer->free_to = 0;
}

bool mqtt_peer_pass(MqttPeer *peer, const MqttEnd *ready, const MqttRing *ring, uint64_t done)
{
    if (ready == &peer->client)
        fill(&peer->up, peer->client.fd);
    if (ready == &peer->broker)
        read_from_broker(peer, ring, done);
    release(peer, done);
    if (!drain(&peer->up, peer->broker.fd, peer->up.to) ||
        !drain(&peer->down, peer->client.fd, peer->free_to))
        return false;
    start_over(peer);
    if (peer->down.ended) /* what it said last goes out when it may, to who takes it at once */
        return mqtt_peer_holds(peer);
    return !(peer->up.ended && peer->up.from == peer->up.to);
}

static uint32_t wants(const MqttPipe *in, bool may_read, const MqttPipe *out, size_t limit)
{
    return (may_read && !in->ended && in->to < sizeof in->bytes ? (uint32_t)EPOLLIN : 0) |
           (out->from < limit ? (uint32_t)EPOLLOUT : 0);
}

uint32_t mqtt_end_wants(const MqttEnd *end)
{
    const MqttPeer *peer = end->peer;

    if (end == &peer->client)
        return wants(&peer->up, true, &peer->down, peer->free_to);
    return wants(&peer->down, peer->mark_count < MQTT_MARKS, &peer->up, peer->up.to);
}
