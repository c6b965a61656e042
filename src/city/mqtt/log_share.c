/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/log_share.h"

#include "base/vec.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

typedef struct Share {
    Str town;
    int written;
} Share;

/* Of those that have been refused in this minute. */
struct MqttLogShares {
    pthread_mutex_t lock;
    Arena *arena;
    int64_t minute;
    Share *items;
    size_t count, capacity;
};

MqttLogShares *mqtt_log_shares_create(void)
{
    MqttLogShares *shares = calloc(1, sizeof *shares);

    assert(shares);
    shares->arena = arena_create(1024);
    pthread_mutex_init(&shares->lock, NULL);
    return shares;
}

void mqtt_log_shares_destroy(MqttLogShares *shares)
{
    if (!shares)
        return;
    pthread_mutex_destroy(&shares->lock);
    arena_destroy(shares->arena);
    free(shares);
}

static void begin_minute(MqttLogShares *shares, int64_t minute)
{
    arena_reset(shares->arena);
    shares->items = NULL;
    shares->count = shares->capacity = 0;
    shares->minute = minute;
}

static Share *share_of(MqttLogShares *shares, Str town)
{
    for (size_t i = 0; i < shares->count; i++)
        if (str_eq(shares->items[i].town, town))
            return &shares->items[i];
    VEC_PUSH(shares->arena, shares, (Share){.town = str_copy(shares->arena, town)});
    return &shares->items[shares->count - 1];
}

bool mqtt_log_share_take(MqttLogShares *shares, Str town, int64_t minute, bool *last)
{
    pthread_mutex_lock(&shares->lock);
    if (minute != shares->minute)
        begin_minute(shares, minute);
    Share *share = share_of(shares, town.ptr ? town : STR(""));
    bool may = share->written < MQTT_LOG_SHARE;
    share->written += may;
    *last = may && share->written == MQTT_LOG_SHARE;
    pthread_mutex_unlock(&shares->lock);
    return may;
}
