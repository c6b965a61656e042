/* SPDX-License-Identifier: EUPL-1.2 */
/* What Rathaus and its plugin in mosquitto say to each other; the plugin includes nothing else of
 * ours.
 *
 * The line is a pair of sockets that keep messages apart (SOCK_SEQPACKET), one frame a message: the
 * plugin asks who somebody is and whether a topic may be subscribed to, and waits for the answer.
 *
 * The ring is memory of both: what clients publish goes one way. The plugin counts a message in
 * `put` before mosquitto writes the acknowledgement, so that who reads an acknowledgement and then
 * `put` knows which messages must be on disk before it is passed on. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

enum {
    MQTT_LINE_FD = 3, /* in mosquitto's process */
    MQTT_RING_FD = 4,
    MQTT_PAYLOAD_MAX = 256 * 1024,
    MQTT_TOPIC_MAX = 1024,
    MQTT_FRAME_TEXT_MAX = 4096,
    MQTT_RING_BYTES = 8 << 20, /* a power of two */
};

/* Who publishes the updates, known by the password that the plugin was told: its topics are
 * "CALLER,CALLER TOPIC", those who may see the message, or "* TOPIC". */
#define MQTT_TELLER "rathaus"

typedef enum MqttFrameKind {
    MQTT_SECRET = 1, /* to the plugin, first of all: `first` is the teller's password */
    MQTT_WHO,        /* `first` the user name, `second` the password: answered */
    MQTT_SUBSCRIBE,  /* `first` the topic: answered */
    MQTT_UNSUBSCRIBE,
    MQTT_LEFT,   /* a client of the caller is gone */
    MQTT_ANSWER, /* to the plugin */
    MQTT_END,    /* to the plugin: disconnect the caller's clients, what they may has changed */
} MqttFrameKind;

/* When who was refused may come again. */
typedef enum MqttLater {
    MQTT_LATER_NEVER,    /* it may not */
    MQTT_LATER_SOON,     /* its town is being opened */
    MQTT_LATER_SOMETIME, /* there is no room */
} MqttLater;

typedef struct MqttFrame {
    uint32_t kind;          /* MqttFrameKind */
    uint32_t ok;            /* of an answer */
    uint32_t later;         /* MqttLater, of an answer to MQTT_WHO that is not ok */
    uint32_t caller;        /* given by the answer to MQTT_WHO */
    uint32_t writes;        /* of that answer: the caller may publish */
    uint32_t number;        /* of a question, and of its answer: one that came too late is known */
    uint32_t first, second; /* bytes of text behind this */
} MqttFrame;

typedef struct MqttRing {
    _Atomic uint64_t head;    /* bytes written since the beginning; the plugin's */
    _Atomic uint64_t put;     /* messages written; the plugin's */
    _Atomic uint64_t tail;    /* bytes read; ours */
    _Atomic uint32_t waiting; /* futex: 1 while we sleep */
    _Atomic uint32_t ended;   /* frames MQTT_END that were obeyed; the plugin's */
    _Atomic uint32_t put_off; /* clients that were refused with MQTT_LATER_SOON; the plugin's */
    _Alignas(64) unsigned char bytes[MQTT_RING_BYTES];
} MqttRing;

/* A message in the ring, at a multiple of 16, never parted by the ring's end. A caller of
 * MQTT_RING_SKIP says that the rest up to the ring's end holds nothing. */
typedef struct MqttRecord {
    uint32_t caller, topic, payload; /* bytes of topic and payload behind this */
    uint32_t unused;
} MqttRecord;
#define MQTT_RING_SKIP UINT32_MAX

static inline uint64_t mqtt_record_size(uint32_t topic, uint32_t payload)
{
    return (sizeof(MqttRecord) + (uint64_t)topic + payload + 15) & ~(uint64_t)15;
}
