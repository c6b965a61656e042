/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/ring.h"

#include "core/log.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int mqtt_ring_make(MqttRing **out, Err *err)
{
    int fd = memfd_create("rathaus-mqtt", MFD_CLOEXEC);

    if (fd >= 0 && ftruncate(fd, sizeof **out) == 0) {
        *out = mmap(NULL, sizeof **out, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (*out != MAP_FAILED)
            return fd;
    }
    err_set(err, ERR_INTERNAL, "no memory for messages of MQTT: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

void mqtt_ring_unmap(MqttRing *ring)
{
    munmap(ring, sizeof *ring);
}

static bool has_more(const MqttRing *ring)
{
    return atomic_load_explicit(&ring->head, memory_order_acquire) !=
           atomic_load_explicit(&ring->tail, memory_order_relaxed);
}

bool mqtt_ring_wait(MqttRing *ring, int ms)
{
    const struct timespec patience = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

    if (has_more(ring))
        return true;
    atomic_store(&ring->waiting, 1);
    if (!has_more(ring))
        syscall(SYS_futex, &ring->waiting, FUTEX_WAIT, 1, &patience, NULL, 0);
    atomic_store(&ring->waiting, 0);
    return has_more(ring);
}

static bool is_sound(const MqttRecord *record, uint64_t at, uint64_t head)
{
    uint64_t size = mqtt_record_size(record->topic, record->payload);

    return record->topic <= MQTT_TOPIC_MAX && record->payload <= MQTT_PAYLOAD_MAX &&
           size <= head - at && size <= MQTT_RING_BYTES - at % MQTT_RING_BYTES;
}

/* Pass over what the writer left at the ring's end. */
static uint64_t behind_skipped(const MqttRing *ring, uint64_t at, uint64_t head)
{
    uint64_t left = MQTT_RING_BYTES - at % MQTT_RING_BYTES;
    uint32_t caller;

    memcpy(&caller, ring->bytes + at % MQTT_RING_BYTES, sizeof caller);
    return caller == MQTT_RING_SKIP && left <= head - at ? at + left : at;
}

bool mqtt_ring_next(MqttRing *ring, uint64_t *at, Arena *arena, MqttMessage *out)
{
    uint64_t head = atomic_load_explicit(&ring->head, memory_order_acquire);
    MqttRecord record = {0};
    bool sound = head - *at <= MQTT_RING_BYTES && *at % 16 == 0;

    if (*at != head && sound)
        *at = behind_skipped(ring, *at, head);
    if (*at == head)
        return false;
    if (sound)
        memcpy(&record, ring->bytes + *at % MQTT_RING_BYTES, sizeof record);
    if (!sound || !is_sound(&record, *at, head)) {
        log_line(LOG_ERROR, "mqtt: mosquitto's messages cannot be read; some are lost");
        *at = head;
        return false;
    }
    const char *text = (const char *)ring->bytes + *at % MQTT_RING_BYTES + sizeof record;
    *out = (MqttMessage){
        .caller = record.caller,
        .topic = {arena_copy(arena, text, record.topic), record.topic},
        .payload = {arena_copy(arena, text + record.topic, record.payload), record.payload}};
    *at += mqtt_record_size(record.topic, record.payload);
    return true;
}

void mqtt_ring_free(MqttRing *ring, uint64_t at)
{
    atomic_store_explicit(&ring->tail, at, memory_order_release);
}

bool mqtt_ring_is_read(const MqttRing *ring)
{
    return !has_more(ring);
}

void mqtt_ring_settle(MqttRing *ring, uint64_t done)
{
    atomic_store(&ring->put, done);
}
