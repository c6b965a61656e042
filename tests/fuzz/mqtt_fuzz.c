/* SPDX-License-Identifier: EUPL-1.2 */
/* What comes from MQTT: topics and messages of clients, and what mosquitto's process says, as a
 * frame and as the ring's content. */
#include "base/utf8.h"
#include "city/edit/insert.h"
#include "city/mqtt/gate.h"
#include "city/mqtt/refusals.h"
#include "city/mqtt/ring.h"
#include "city/mqtt/topic.h"
#include "core/log.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_topic(Arena *arena, Str text)
{
    MqttTopic topic;
    MqttWanted wanted;
    Err err = {0};

    if (mqtt_topic_parse(text, &topic, &err)) {
        assert(str_starts_with(topic.rest, "/"));
        assert(!topic.tenant.ptr || topic.tenant.len > 0);
        assert(!topic.dataset.ptr || topic.dataset.len > 0);
    }
    if (mqtt_wanted_parse(arena, text, &wanted, &err)) {
        assert(wanted.path.count > 0 && wanted.options);
        assert(str_find_char(text, '#') < 0 && str_find_char(text, '+') < 0);
    }
}

/* What staff are told of it is short, and text. */
static void note_refusal(Arena *arena, Str topic, ErrKind kind)
{
    static MqttRefusals *refusals;
    const MqttWho who = {.tenant = STR("a"), .key_begins = STR("rk_abcdef")};
    const Err err = {.kind = kind};
    MqttRefusal *list;

    if (!refusals)
        refusals = mqtt_refusals_create();
    mqtt_refusals_note(refusals, &who, topic, &err);
    size_t count = mqtt_refusals_list(refusals, STR("a"), arena, &list);
    assert(count > 0 && count <= MQTT_REFUSALS_MAX && list[0].topic.len <= topic.len);
    assert(utf8_valid(list[0].topic) || !utf8_valid(topic));
}

/* A topic, a line feed, a message. */
static void read_message(Arena *arena, Str text)
{
    Str topic = str_cut(&text, '\n');
    Observation read;
    Err err = {0};
    const Node *json = node_parse_json(arena, text, NULL, &NODE_LIMITS_REQUEST, &err);

    if (json && city_read_observation(arena, json, 0, &read, &err))
        assert(read.end == OBS_NONE || read.end >= read.time);
    if (json)
        city_read_body(arena, STA_FEATURE_OF_INTEREST, json, &err);
    note_refusal(arena, topic, err.kind);
}

static void read_frame(Str bytes)
{
    MqttFrame frame;
    Str first, second;

    if (mqtt_frame_read(bytes, &frame, &first, &second))
        assert(first.len == frame.first && second.len == frame.second &&
               sizeof frame + first.len + second.len == bytes.len);
}

/* The first byte says how much more the writer claims to have put than it has, and where. */
static void read_ring(Arena *arena, Str bytes)
{
    static MqttRing memory; /* zeros but for the bytes of this round */
    MqttRing *ring = &memory;
    MqttMessage message;

    uint64_t claim = bytes.len ? (unsigned char)bytes.ptr[0] : 0;
    uint64_t begin = claim & 1 ? 0 : (MQTT_RING_BYTES - 16 * (claim >> 2)) % MQTT_RING_BYTES;
    uint64_t at = begin;
    for (size_t i = 0; i < bytes.len; i++)
        ring->bytes[(begin + i) % MQTT_RING_BYTES] = (unsigned char)bytes.ptr[i];
    atomic_store(&ring->tail, at);
    atomic_store(&ring->head, claim & 2 ? at + ((uint64_t)claim << 40) : at + bytes.len);
    for (int i = 0; i < 1000 && mqtt_ring_next(ring, &at, arena, &message); i++)
        assert(message.topic.len <= MQTT_TOPIC_MAX && message.payload.len <= MQTT_PAYLOAD_MAX);
    for (size_t i = 0; i < bytes.len; i++)
        ring->bytes[(begin + i) % MQTT_RING_BYTES] = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    Str text = {(const char *)data, size};

    log_set_level(LOG_ERROR + 1);
    read_topic(arena, text);
    read_message(arena, text);
    read_frame(text);
    read_ring(arena, text);
    arena_destroy(arena);
    return 0;
}
