/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/queue.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { FIRST_ROOM = 64 };

typedef struct Line {
    struct Line *next;
    Tenant *tenant; /* held */
    HubNews *items;
    size_t from, to, room; /* those that wait */
} Line;

struct MqttQueue {
    pthread_mutex_t lock;
    pthread_cond_t more;
    Line *first, **end; /* whose turn it is, and where the next is put */
    bool stopping;
};

MqttQueue *mqtt_queue_create(void)
{
    MqttQueue *queue = calloc(1, sizeof *queue);

    assert(queue);
    queue->end = &queue->first;
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->more, NULL);
    return queue;
}

static void line_free(Line *line)
{
    free(line->items);
    free(line);
}

void mqtt_queue_destroy(MqttQueue *queue)
{
    if (!queue)
        return;
    for (Line *line = queue->first, *next; line; line = next) {
        next = line->next;
        tenant_release(line->tenant);
        line_free(line);
    }
    pthread_mutex_destroy(&queue->lock);
    pthread_cond_destroy(&queue->more);
    free(queue);
}

/* --- Adding, under the lock --------------------------------------------------------------------
 */

static void put_last(MqttQueue *queue, Line *line)
{
    line->next = NULL;
    *queue->end = line;
    queue->end = &line->next;
}

static Line *line_of(MqttQueue *queue, Tenant *tenant)
{
    Line *line = queue->first;

    while (line && line->tenant != tenant)
        line = line->next;
    if (line)
        return line;
    line = calloc(1, sizeof *line);
    assert(line);
    line->tenant = tenant_hold(tenant);
    put_last(queue, line);
    return line;
}

static void make_room(Line *line, size_t count)
{
    size_t waiting = line->to - line->from;

    if (line->to + count <= line->room)
        return;
    if (line->from) /* what was taken has left room before it */
        memmove(line->items, line->items + line->from, waiting * sizeof *line->items);
    line->from = 0;
    line->to = waiting;
    if (waiting + count <= line->room)
        return;
    line->room = (waiting + count) * 2 > FIRST_ROOM ? (waiting + count) * 2 : FIRST_ROOM;
    line->items = realloc(line->items, line->room * sizeof *line->items);
    assert(line->items);
}

size_t mqtt_queue_add(MqttQueue *queue, Tenant *tenant, const HubNews *items, size_t count)
{
    if (!count)
        return 0;
    pthread_mutex_lock(&queue->lock);
    Line *line = line_of(queue, tenant);
    size_t left = MQTT_QUEUE_TOWN_MAX - (line->to - line->from);
    size_t taken = count < left ? count : left;
    make_room(line, taken);
    memcpy(line->items + line->to, items, taken * sizeof *items);
    line->to += taken;
    pthread_cond_signal(&queue->more);
    pthread_mutex_unlock(&queue->lock);
    return count - taken;
}

/* --- Taking ------------------------------------------------------------------------------------
 */

/* Some of the first line, which goes to the end, or away when nothing of it waits any more. */
static size_t take_first(MqttQueue *queue, Tenant **tenant, HubNews *out, size_t room)
{
    Line *line = queue->first;
    size_t waiting = line->to - line->from, count = waiting < room ? waiting : room;

    *tenant = line->tenant;
    memcpy(out, line->items + line->from, count * sizeof *out);
    line->from += count;
    queue->first = line->next;
    if (!queue->first)
        queue->end = &queue->first;
    if (count < waiting) {
        tenant_hold(line->tenant);
        put_last(queue, line);
    } else {
        line_free(line);
    }
    return count;
}

size_t mqtt_queue_take(MqttQueue *queue, Tenant **tenant, HubNews *out, size_t room)
{
    pthread_mutex_lock(&queue->lock);
    while (!queue->first && !queue->stopping)
        pthread_cond_wait(&queue->more, &queue->lock);
    size_t count = queue->stopping ? 0 : take_first(queue, tenant, out, room);
    pthread_mutex_unlock(&queue->lock);
    return count;
}

void mqtt_queue_stop(MqttQueue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->stopping = true;
    pthread_cond_signal(&queue->more);
    pthread_mutex_unlock(&queue->lock);
}
