/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/news.h"

#include "city/mqtt/queue.h"
#include "city/mqtt/wire.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { AGAIN_MS = 200, TOGETHER = 500 };

struct MqttNews {
    MqttWants *wants;
    MqttTeller teller;
    int64_t again_at; /* when mosquitto is tried again, which was not there, in ms */
    pthread_t thread;
    MqttQueue *queue;
    _Atomic uint64_t told, left_out;
};

MqttNews *mqtt_news_create(void)
{
    MqttNews *news = calloc(1, sizeof *news);

    assert(news);
    news->queue = mqtt_queue_create();
    return news;
}

void mqtt_news_destroy(MqttNews *news)
{
    if (!news)
        return;
    mqtt_queue_destroy(news->queue);
    free(news);
}

void mqtt_news_add(MqttNews *news, Tenant *tenant, const HubNews *items, size_t count)
{
    atomic_fetch_add(&news->left_out, mqtt_queue_add(news->queue, tenant, items, count));
}

void mqtt_news_publish(MqttNews *news, Str callers, Str topic, Str payload)
{
    if (payload.len > MQTT_PAYLOAD_MAX || topic.len > MQTT_TOPIC_MAX ||
        !mqtt_teller_publish(&news->teller, callers, topic, payload))
        atomic_fetch_add(&news->left_out, 1);
    else
        atomic_fetch_add(&news->told, 1);
}

/* --- The thread --------------------------------------------------------------------------------
 */

/* Where it is not, mosquitto is being started, and nobody is subscribed. */
static bool is_connected(MqttNews *news)
{
    if (mqtt_teller_lives(&news->teller))
        return true;
    if (clock_monotonic_ms() < news->again_at)
        return false;
    news->again_at = clock_monotonic_ms() + AGAIN_MS;
    return mqtt_teller_connect(&news->teller);
}

static void *run(void *context)
{
    MqttNews *news = context;
    Arena *arena = arena_create(1 << 16);
    HubNews together[TOGETHER];
    Tenant *tenant;
    size_t count;

    pthread_setname_np(pthread_self(), "mqtt-news");
    while ((count = mqtt_queue_take(news->queue, &tenant, together, TOGETHER)) > 0) {
        if (is_connected(news))
            mqtt_wants_tell(news->wants, tenant, together, count, arena);
        arena_rewind(arena);
        tenant_release(tenant);
    }
    arena_destroy(arena);
    return NULL;
}

bool mqtt_news_start(MqttNews *news, MqttWants *wants, const MqttTeller *teller, Err *err)
{
    news->wants = wants;
    news->teller = *teller;
    return pthread_create(&news->thread, NULL, run, news) == 0 ||
           err_set(err, ERR_INTERNAL, "no thread could be started: raise the limit on processes");
}

void mqtt_news_stop(MqttNews *news)
{
    mqtt_queue_stop(news->queue);
    pthread_join(news->thread, NULL);
    mqtt_teller_close(&news->teller);
}

MqttNewsCounts mqtt_news_counts(const MqttNews *news)
{
    return (MqttNewsCounts){atomic_load(&news->told), atomic_load(&news->left_out)};
}
