/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/ending.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* So many orders at once, which the line to mosquitto has room for in any case. */
enum { TOGETHER = 64, PATIENCE_MS = 30000, STEP_MS = 5 };

struct MqttEnding {
    MqttBroker *broker;
    MqttRing *ring;
    pthread_mutex_t lock; /* one after the other: orders are counted */
};

MqttEnding *mqtt_ending_create(MqttBroker *broker, MqttRing *ring)
{
    MqttEnding *ending = calloc(1, sizeof *ending);

    assert(ending);
    ending->broker = broker;
    ending->ring = ring;
    pthread_mutex_init(&ending->lock, NULL);
    return ending;
}

void mqtt_ending_destroy(MqttEnding *ending)
{
    if (!ending)
        return;
    pthread_mutex_destroy(&ending->lock);
    free(ending);
}

/* Is the order of this number obeyed? A mosquitto that has ended has disconnected all. */
static bool is_obeyed(const MqttEnding *ending, uint32_t number)
{
    return (int32_t)(atomic_load(&ending->ring->ended) - number) >= 0 ||
           !mqtt_broker_runs(ending->broker);
}

static bool end_some(MqttEnding *ending, const uint32_t *callers, size_t count)
{
    uint32_t number = 0;

    for (size_t i = 0; i < count; i++)
        number = mqtt_broker_end_caller(ending->broker, callers[i]);
    for (int ms = 0; ms < PATIENCE_MS; ms += STEP_MS) {
        if (is_obeyed(ending, number))
            return true;
        usleep(STEP_MS * 1000);
    }
    return false;
}

bool mqtt_ending_end(MqttEnding *ending, const uint32_t *callers, size_t count)
{
    bool ok = true;

    pthread_mutex_lock(&ending->lock);
    for (size_t done = 0; ok && done < count; done += TOGETHER)
        ok = end_some(ending, callers + done, count - done < TOGETHER ? count - done : TOGETHER);
    pthread_mutex_unlock(&ending->lock);
    return ok;
}
