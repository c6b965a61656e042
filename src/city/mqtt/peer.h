/* SPDX-License-Identifier: EUPL-1.2 */
/* One client's connection, and ours to mosquitto for it: bytes of both directions on their way. */
#pragma once

#include "city/mqtt/wire.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

enum { MQTT_PIPE_BYTES = 16 * 1024, MQTT_MARKS = 8 };

/* Bytes on their way in one direction. */
typedef struct MqttPipe {
    size_t from, to; /* those that are still to be written */
    bool ended;      /* nothing more comes */
    unsigned char bytes[MQTT_PIPE_BYTES];
} MqttPipe;

/* Bytes of the pipe before `to` may go once so many messages are on disk. */
typedef struct MqttMark {
    size_t to;
    uint64_t number;
} MqttMark;

typedef struct MqttPeer MqttPeer;

typedef struct MqttEnd {
    MqttPeer *peer;
    int fd;
    uint32_t watched; /* what epoll looks for */
} MqttEnd;

struct MqttPeer {
    MqttPeer *next;
    bool gone;
    bool heard;              /* mosquitto has said something */
    uint32_t put_off;        /* how many clients mosquitto had put off when it was connected to */
    int64_t again_at;        /* when mosquitto is to be connected to again, in ms; 0: it is */
    int64_t patient_to;      /* until when that is tried; 0: it was not needed */
    struct in6_addr address; /* of the client */
    MqttEnd client, broker;
    MqttPipe up;    /* to mosquitto */
    MqttPipe down;  /* to the client */
    size_t free_to; /* bytes of `down` before this may go */
    MqttMark marks[MQTT_MARKS];
    size_t mark_count;
};

/* Without a connection to mosquitto. */
MqttPeer *mqtt_peer_create(int client);
void mqtt_peer_join_broker(MqttPeer *peer, int broker, const MqttRing *ring);
/* It is over: because mosquitto had no answer yet? Then it has closed the connection without a
 * word, and what the client said is kept, to be said once more over another. */
bool mqtt_peer_was_put_off(const MqttPeer *peer, const MqttRing *ring);
void mqtt_peer_leave_broker(MqttPeer *peer);
/* Closes both connections. */
void mqtt_peer_destroy(MqttPeer *peer);
/* Read at the end where something is ready (or NULL), and pass on what can be; messages up to
 * `done` are on disk. False: it is over. */
bool mqtt_peer_pass(MqttPeer *peer, const MqttEnd *ready, const MqttRing *ring, uint64_t done);
/* Does something wait for the disk? */
bool mqtt_peer_holds(const MqttPeer *peer);
/* What epoll should look for at this end. */
uint32_t mqtt_end_wants(const MqttEnd *end);
