/* SPDX-License-Identifier: EUPL-1.2 */
/* Who wants to know of what has become true: entities made and changed, by whatever way. It costs
 * nothing while nobody watches. */
#pragma once

#include "city/hub/hub.h"

typedef struct HubNews {
    StaEntity type;
    int64_t id;       /* but of an Observation, which is known by */
    uint32_t series;  /* its Datastream and */
    uint64_t ordinal; /* its number there */
    uint32_t changed; /* bits of the type's properties, in the model's order */
} HubNews;

#define HUB_NEWS_ALL UINT32_MAX

/* One watches. `tell` is called behind each commit, by the thread that committed: to note it and no
 * more, since it may hold the right to change. */
typedef struct HubWatch {
    bool (*wants)(StaEntity type);
    void (*tell)(Tenant *tenant, const HubNews *news, size_t count);
} HubWatch;
/* NULL: nobody. */
void hub_watch(const HubWatch *watch);
/* Does somebody want to know of these? Asked before work is done for them. */
bool hub_is_watched(StaEntity type);
void hub_tell(Tenant *tenant, const HubNews *news, size_t count);

/* obs_append() and obs_edit() of the hub's store, told. */
typedef struct HubLater HubLater;
struct HubLater {
    ObsLater is; /* entries, count and ordinals are the caller's to fill in */
    void (*done)(HubLater *later);
    void *context;
    Hub *hub; /* these two are set by hub_append_later() */
    Arena *arena;
};
void hub_append_later(Hub *hub, HubLater *later, Arena *arena);
bool hub_append(Hub *hub, const ObsEntry *entries, size_t count, unsigned flags, uint64_t *ordinals,
                Err *err);
bool hub_edit(Hub *hub, const ObsEntry *entry, Err *err);

/* What a change will have told of what is watched, once it is done: asked before it is done in
 * memory (what was is compared), when those that it adds have their ids. `out` has room for all of
 * its steps. */
size_t hub_news_of(const CityChange *change, HubNews *out);
