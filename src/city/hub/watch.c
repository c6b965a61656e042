/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/hub/watch.h"

#include <stdatomic.h>
#include <stdlib.h>

static _Atomic(const HubWatch *) watcher;

void hub_watch(const HubWatch *watch)
{
    atomic_store(&watcher, watch);
}

bool hub_is_watched(StaEntity type)
{
    const HubWatch *watch = atomic_load_explicit(&watcher, memory_order_acquire);

    return watch && watch->wants(type);
}

void hub_tell(Tenant *tenant, const HubNews *news, size_t count)
{
    const HubWatch *watch = atomic_load(&watcher);

    if (watch && count)
        watch->tell(tenant, news, count);
}

/* --- Observations ------------------------------------------------------------------------------
 */

static HubNews news_of_observation(uint32_t series, uint64_t ordinal, uint32_t changed)
{
    return (HubNews){
        .type = STA_OBSERVATION, .series = series, .ordinal = ordinal, .changed = changed};
}

bool hub_append(Hub *hub, const ObsEntry *entries, size_t count, unsigned flags, uint64_t *ordinals,
                Err *err)
{
    if (!hub_is_watched(STA_OBSERVATION))
        return obs_append(hub_store(hub), entries, count, flags, ordinals, err);
    uint64_t *given = ordinals ? ordinals : calloc(count, sizeof *given);
    HubNews *news = calloc(count, sizeof *news);
    bool ok = given && news ? obs_append(hub_store(hub), entries, count, flags, given, err)
                            : err_set(err, ERR_INTERNAL, "out of memory");
    for (size_t i = 0; ok && i < count; i++)
        news[i] = news_of_observation(entries[i].series, given[i], HUB_NEWS_ALL);
    if (ok)
        hub_tell(hub_tenant(hub), news, count);
    free(news);
    if (given != ordinals)
        free(given);
    return ok;
}

static void tell_later(ObsLater *is)
{
    HubLater *later = is->context;

    if (is->ok && hub_is_watched(STA_OBSERVATION)) {
        HubNews *news = arena_array(later->arena, HubNews, is->count);
        for (size_t i = 0; i < is->count; i++)
            news[i] = news_of_observation(is->entries[i].series, is->ordinals[i], HUB_NEWS_ALL);
        hub_tell(hub_tenant(later->hub), news, is->count);
    }
    later->done(later);
}

void hub_append_later(Hub *hub, HubLater *later, Arena *arena)
{
    later->hub = hub;
    later->arena = arena;
    later->is.context = later;
    later->is.done = tell_later;
    obs_append_later(hub_store(hub), &later->is, arena);
}

static uint32_t bit(StaEntity type, const char *property)
{
    const StaEntityType *model = sta_entity(type);
    const StaProperty *found = sta_property(type, str_c(property));

    return 1u << (unsigned)(found - model->properties);
}

static uint32_t changed_observation(const Observation *a, const Observation *b)
{
    bool result = a->kind != b->kind || (a->kind == OBS_NUMBER && a->number != b->number) ||
                  (a->kind == OBS_TEXT && !str_eq(a->text, b->text));

    return (a->time != b->time || a->end != b->end ? bit(STA_OBSERVATION, "phenomenonTime") : 0) |
           (a->result_time != b->result_time ? bit(STA_OBSERVATION, "resultTime") : 0) |
           (result ? bit(STA_OBSERVATION, "result") : 0) |
           (a->status != b->status || !str_eq(a->extra, b->extra)
                ? bit(STA_OBSERVATION, "resultQuality") | bit(STA_OBSERVATION, "validTime") |
                      bit(STA_OBSERVATION, "parameters")
                : 0);
}

bool hub_edit(Hub *hub, const ObsEntry *entry, Err *err)
{
    uint64_t ordinal = entry->observation.ordinal;
    uint32_t changed = HUB_NEWS_ALL;

    if (hub_is_watched(STA_OBSERVATION)) {
        Arena *arena = arena_create(0);
        Observation before;
        Err ignored = {0};
        if (obs_find(hub_store(hub), entry->series, ordinal, arena, &before, &ignored))
            changed = changed_observation(&before, &entry->observation);
        arena_destroy(arena);
    }
    if (!obs_edit(hub_store(hub), entry, 1, err))
        return false;
    HubNews news = news_of_observation(entry->series, ordinal, changed);
    hub_tell(hub_tenant(hub), &news, 1);
    return true;
}

/* --- Other entities ----------------------------------------------------------------------------
 */

static uint32_t changed_body(const CityEntity *entity, const Node *body)
{
    const StaEntityType *model = sta_entity(entity->type);
    uint32_t changed = 0;

    for (size_t i = 0; i < model->property_count; i++)
        if (!node_same_value(node_get(entity->body, model->properties[i].name),
                             node_get(body, model->properties[i].name)))
            changed |= 1u << i;
    return changed;
}

size_t hub_news_of(const CityChange *change, HubNews *out)
{
    size_t count = 0;

    for (size_t i = 0; i < change->count; i++) {
        const CityStep *step = &change->items[i];
        if (!hub_is_watched(step->entity->type))
            continue;
        if (step->kind == CITY_ADD)
            out[count++] = (HubNews){step->entity->type, step->entity->id, 0, 0, HUB_NEWS_ALL};
        else if (step->kind == CITY_BODY)
            out[count++] = (HubNews){step->entity->type, step->entity->id, 0, 0,
                                     changed_body(step->entity, step->body)};
    }
    return count;
}
