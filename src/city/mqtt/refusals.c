/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/refusals.h"

#include "base/utf8.h"
#include "city/mqtt/topic.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { TOPIC_SHOWN = 120, NAME_SHOWN = 60 };

/* A MqttRefusal with its texts in it. */
typedef struct Entry {
    MqttRefusal is;
    char topic[TOPIC_SHOWN + 1], dataset[NAME_SHOWN + 1], key[MQTT_KEY_SHOWN + 1];
} Entry;

typedef struct Town {
    struct Town *next;
    size_t count;
    Entry items[MQTT_REFUSALS_MAX]; /* the latest first */
    char name[NAME_SHOWN + 1];
} Town;

struct MqttRefusals {
    pthread_mutex_t lock;
    Town *towns;
};

MqttRefusals *mqtt_refusals_create(void)
{
    MqttRefusals *refusals = calloc(1, sizeof *refusals);

    assert(refusals);
    pthread_mutex_init(&refusals->lock, NULL);
    return refusals;
}

void mqtt_refusals_destroy(MqttRefusals *refusals)
{
    if (!refusals)
        return;
    for (Town *town = refusals->towns, *next; town; town = next) {
        next = town->next;
        free(town);
    }
    pthread_mutex_destroy(&refusals->lock);
    free(refusals);
}

/* --- What is noted -----------------------------------------------------------------------------
 */

/* As much as there is room for, and no part of a character. */
static void keep(char *out, size_t room, Str text)
{
    size_t end = 0, at = 0;

    while (at < text.len) {
        utf8_next(text, &at);
        if (at > room)
            break;
        end = at;
    }
    memcpy(out, text.ptr ? text.ptr : "", end);
    out[end] = '\0';
}

/* Are Observations made there? Notes what the topic names. */
static bool read_topic(Arena *arena, Str text, Entry *out)
{
    MqttTopic topic;
    StaPath path;
    Err ignored = {0};

    if (!mqtt_topic_parse(text, &topic, &ignored))
        return false;
    if (topic.dataset.ptr)
        keep(out->dataset, NAME_SHOWN, topic.dataset);
    if (topic.options.ptr || !sta_path_parse(arena, topic.rest, &path, &ignored))
        return false;
    const StaPathPart *first = path.count ? &path.items[0] : NULL;
    if (first && first->key.type == STA_WHOLE &&
        (first->entity == STA_DATASTREAM || first->entity == STA_MULTI_DATASTREAM))
        out->is.series_of = first->key.whole;
    return path.kind == STA_AT_SET && path.entity == STA_OBSERVATION && !path.links;
}

static MqttRefusedWhy why_of(bool topic_is_good, const Err *err)
{
    if (err->kind == ERR_FORBIDDEN)
        return MQTT_REFUSED_RIGHT;
    if (!topic_is_good)
        return MQTT_REFUSED_TOPIC;
    return err->kind == ERR_NOT_FOUND ? MQTT_REFUSED_MISSING
           : err->kind == ERR_INPUT   ? MQTT_REFUSED_BODY
                                      : MQTT_REFUSED_OTHER;
}

static void fill(const MqttWho *who, Str topic, const Err *err, Entry *out)
{
    Arena *arena = arena_create(0);

    *out = (Entry){.is = {.last = clock_now(), .times = 1}};
    keep(out->topic, TOPIC_SHOWN, topic);
    keep(out->key, MQTT_KEY_SHOWN, who->key_begins);
    if (who->session.within.ptr)
        keep(out->dataset, NAME_SHOWN, who->session.within);
    out->is.why = why_of(read_topic(arena, topic, out), err);
    out->is.first = out->is.last;
    arena_destroy(arena);
}

/* --- The table, under the lock -----------------------------------------------------------------
 */

static Town *find_town(const MqttRefusals *refusals, Str name)
{
    Town *town = refusals->towns;

    while (town && !str_is(name, town->name))
        town = town->next;
    return town;
}

static Town *town_of(MqttRefusals *refusals, Str name)
{
    Town *town = find_town(refusals, name);

    if (town)
        return town;
    town = calloc(1, sizeof *town);
    assert(town);
    keep(town->name, NAME_SHOWN, name);
    town->next = refusals->towns;
    refusals->towns = town;
    return town;
}

/* Where the same was noted before; else the oldest, whose place is taken. */
static size_t place_of(Town *town, Entry *entry)
{
    for (size_t i = 0; i < town->count; i++) {
        const Entry *at = &town->items[i];
        if (at->is.why != entry->is.why || strcmp(at->topic, entry->topic) != 0 ||
            strcmp(at->key, entry->key) != 0)
            continue;
        entry->is.times += at->is.times;
        entry->is.first = at->is.first;
        return i;
    }
    if (town->count < MQTT_REFUSALS_MAX)
        town->count++;
    return town->count - 1;
}

void mqtt_refusals_note(MqttRefusals *refusals, const MqttWho *who, Str topic, const Err *err)
{
    Entry entry;

    fill(who, topic, err, &entry);
    pthread_mutex_lock(&refusals->lock);
    Town *town = town_of(refusals, who->tenant);
    size_t place = place_of(town, &entry);
    memmove(town->items + 1, town->items, place * sizeof *town->items);
    town->items[0] = entry;
    pthread_mutex_unlock(&refusals->lock);
}

size_t mqtt_refusals_list(MqttRefusals *refusals, Str name, Arena *arena, MqttRefusal **out)
{
    pthread_mutex_lock(&refusals->lock);
    const Town *town = find_town(refusals, name);
    size_t count = town ? town->count : 0;
    *out = arena_array(arena, MqttRefusal, count + 1);
    for (size_t i = 0; i < count; i++) {
        const Entry *entry = &town->items[i];
        (*out)[i] = entry->is;
        (*out)[i].topic = str_copy(arena, str_c(entry->topic));
        (*out)[i].key = str_copy(arena, str_c(entry->key));
        (*out)[i].dataset = entry->dataset[0] ? str_copy(arena, str_c(entry->dataset)) : STR_NONE;
    }
    pthread_mutex_unlock(&refusals->lock);
    return count;
}
