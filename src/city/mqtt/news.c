/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/news.h"

#include "city/mqtt/wire.h"
#include "core/log.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { WAITING_MAX = 100000, AGAIN_MS = 200, TOGETHER = 500 };

typedef struct Item {
    Tenant *tenant; /* held */
    HubNews is;
} Item;

typedef struct List {
    Item *items;
    size_t count;
} List;

struct MqttNews {
    MqttWants *wants;
    MqttTeller teller;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    List waiting;
    bool stopping;
    _Atomic uint64_t told, left_out;
};

MqttNews *mqtt_news_create(void)
{
    MqttNews *news = calloc(1, sizeof *news);

    assert(news);
    pthread_mutex_init(&news->lock, NULL);
    pthread_cond_init(&news->more, NULL);
    news->waiting.items = calloc(WAITING_MAX, sizeof *news->waiting.items);
    assert(news->waiting.items);
    return news;
}

void mqtt_news_destroy(MqttNews *news)
{
    if (!news)
        return;
    for (size_t i = 0; i < news->waiting.count; i++)
        tenant_release(news->waiting.items[i].tenant);
    pthread_mutex_destroy(&news->lock);
    pthread_cond_destroy(&news->more);
    free(news->waiting.items);
    free(news);
}

void mqtt_news_add(MqttNews *news, Tenant *tenant, const HubNews *items, size_t count)
{
    size_t taken = 0;

    pthread_mutex_lock(&news->lock);
    while (taken < count && news->waiting.count < WAITING_MAX)
        news->waiting.items[news->waiting.count++] = (Item){tenant_hold(tenant), items[taken++]};
    pthread_cond_signal(&news->more);
    pthread_mutex_unlock(&news->lock);
    atomic_fetch_add(&news->left_out, count - taken);
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

/* Wait for some, and take all. False: it is over. */
static bool take(MqttNews *news, List *into)
{
    pthread_mutex_lock(&news->lock);
    while (!news->waiting.count && !news->stopping)
        pthread_cond_wait(&news->more, &news->lock);
    bool go_on = !news->stopping;
    List taken = news->waiting;
    if (go_on) {
        news->waiting = (List){into->items, 0};
        *into = taken;
    }
    pthread_mutex_unlock(&news->lock);
    return go_on;
}

static bool is_connected(MqttNews *news)
{
    if (mqtt_teller_lives(&news->teller) || mqtt_teller_connect(&news->teller))
        return true;
    usleep(AGAIN_MS * 1000); /* mosquitto is being started: nobody is subscribed */
    return false;
}

static void tell(MqttNews *news, const List *list, Arena *arena)
{
    HubNews together[TOGETHER];
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++) {
        Tenant *tenant = list->items[i].tenant;
        together[count++] = list->items[i].is;
        if (i + 1 < list->count && list->items[i + 1].tenant == tenant && count < TOGETHER)
            continue;
        mqtt_wants_tell(news->wants, tenant, together, count, arena);
        arena_rewind(arena);
        count = 0;
    }
}

static void *run(void *context)
{
    MqttNews *news = context;
    Arena *arena = arena_create(1 << 16);
    List list = {.items = calloc(WAITING_MAX, sizeof *list.items)};

    assert(list.items);
    pthread_setname_np(pthread_self(), "mqtt-news");
    while (take(news, &list)) {
        if (is_connected(news))
            tell(news, &list, arena);
        for (size_t i = 0; i < list.count; i++)
            tenant_release(list.items[i].tenant);
    }
    free(list.items);
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
    pthread_mutex_lock(&news->lock);
    news->stopping = true;
    pthread_cond_signal(&news->more);
    pthread_mutex_unlock(&news->lock);
    pthread_join(news->thread, NULL);
    mqtt_teller_close(&news->teller);
}

MqttNewsCounts mqtt_news_counts(const MqttNews *news)
{
    return (MqttNewsCounts){atomic_load(&news->told), atomic_load(&news->left_out)};
}
