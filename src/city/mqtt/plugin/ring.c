/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/plugin/plugin.h"

#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_US = 500, PATIENCE = 60 * 1000000 / PAUSE_US };

static MqttRing *ring;

bool ring_begin(void)
{
    ring = mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE, MAP_SHARED, MQTT_RING_FD, 0);
    return ring != MAP_FAILED;
}

/* While Rathaus writes to a slow disk the broker waits: what cannot be kept is not taken. */
static bool wait_for_room(uint64_t head, uint64_t size)
{
    const struct timespec pause = {.tv_nsec = PAUSE_US * 1000};

    for (int i = 0; i < PATIENCE; i++) {
        if (head + size - atomic_load_explicit(&ring->tail, memory_order_acquire) <=
            MQTT_RING_BYTES)
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

static MqttRecord *record_at(uint64_t head)
{
    return (MqttRecord *)(void *)(ring->bytes + head % MQTT_RING_BYTES);
}

bool ring_put(uint32_t caller, const char *topic, const void *payload, uint32_t payload_size)
{
    uint32_t topic_size = (uint32_t)strlen(topic);
    uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    uint64_t size = mqtt_record_size(topic_size, payload_size);
    uint64_t left = MQTT_RING_BYTES - head % MQTT_RING_BYTES;
    uint64_t skip = left < size ? left : 0;

    if (!wait_for_room(head, skip + size))
        return false;
    if (skip) {
        record_at(head)->caller = MQTT_RING_SKIP;
        head += skip;
    }
    MqttRecord *record = record_at(head);
    *record = (MqttRecord){.caller = caller, .topic = topic_size, .payload = payload_size};
    char *text = (char *)(record + 1);
    memcpy(text, topic, topic_size);
    if (payload_size)
        memcpy(text + topic_size, payload, payload_size);
    atomic_store_explicit(&ring->head, head + size, memory_order_release);
    atomic_fetch_add(&ring->put, 1);
    if (atomic_exchange(&ring->waiting, 0))
        syscall(SYS_futex, &ring->waiting, FUTEX_WAKE, 1, NULL, NULL, 0);
    return true;
}

void ring_count_end(void)
{
    atomic_fetch_add(&ring->ended, 1);
}

void ring_count_put_off(void)
{
    atomic_fetch_add(&ring->put_off, 1);
}
