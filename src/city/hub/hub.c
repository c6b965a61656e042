/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/hub/hub.h"

#include "city/city.h"
#include "city/hub/load.h"
#include "city/hub/watch.h"
#include "core/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct Hub {
    Tenant *tenant;
    pthread_mutex_t opening; /* who opens it first */
    atomic_bool open;
    pthread_mutex_t changing; /* who plans a change */
    pthread_mutex_t adding;   /* who replaces Observations by what they become */
    pthread_rwlock_t lock;    /* of graph and datasets */
    CityGraph graph;
    CityDatasets datasets;
    Arena *memory; /* of the datasets */
    ObsStore *store;
};

bool hub_tenant_open(Tenant *tenant, size_t index, Err *err)
{
    Hub *hub = calloc(1, sizeof *hub);

    if (!hub)
        return err_set(err, ERR_INTERNAL, "out of memory");
    hub->tenant = tenant;
    pthread_mutex_init(&hub->opening, NULL);
    pthread_mutex_init(&hub->changing, NULL);
    pthread_mutex_init(&hub->adding, NULL);
    /* Many who read must not keep one who changes waiting for ever; nobody holds it twice. */
    pthread_rwlockattr_t fair;
    pthread_rwlockattr_init(&fair);
    pthread_rwlockattr_setkind_np(&fair, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&hub->lock, &fair);
    pthread_rwlockattr_destroy(&fair);
    tenant->state[index] = hub;
    return true;
}

static void hub_empty(Hub *hub)
{
    obs_close(hub->store);
    city_graph_clear(&hub->graph);
    arena_destroy(hub->memory);
    hub->store = NULL;
    hub->memory = NULL;
    hub->datasets = (CityDatasets){0};
}

void hub_tenant_close(Tenant *tenant, size_t index)
{
    Hub *hub = tenant->state[index];

    if (!hub)
        return;
    hub_empty(hub);
    pthread_mutex_destroy(&hub->opening);
    pthread_mutex_destroy(&hub->changing);
    pthread_mutex_destroy(&hub->adding);
    pthread_rwlock_destroy(&hub->lock);
    free(hub);
}

/* --- Opening --------------------------------------------------------------------------------- */

static bool read_all(Hub *hub, Err *err)
{
    Tx *tx = db_read(hub->tenant->db, err);
    bool ok = tx && city_datasets_load(tx, hub->memory, &hub->datasets, err) &&
              city_graph_load(tx, &hub->graph, err);

    tx_end(tx);
    return ok;
}

/* The store first: who has its folder has the hub, and what the database says does not change. */
static bool open_hub(Hub *hub, Err *err)
{
    Arena *arena = arena_create(0);
    const char *folder = arena_printf(arena, "%.*s/city", STR_ARG(hub->tenant->folder));

    hub->memory = arena_create(0);
    bool ok = (hub->store = obs_open(folder, NULL, err)) && read_all(hub, err);
    if (!ok)
        hub_empty(hub);
    arena_destroy(arena);
    return ok;
}

static Hub *state_of(const Tenant *tenant)
{
    return tenant->state[app_engine_index(tenant->app, &CITY_ENGINE)];
}

bool hub_is_open(const Tenant *tenant)
{
    return atomic_load(&((Hub *)state_of(tenant))->open);
}

Hub *hub_of(Tenant *tenant, Err *err)
{
    Hub *hub = state_of(tenant);

    pthread_mutex_lock(&hub->opening);
    bool ok = atomic_load(&hub->open) || open_hub(hub, err);
    atomic_store(&hub->open, ok);
    pthread_mutex_unlock(&hub->opening);
    return ok ? hub : NULL;
}

ObsStore *hub_store(Hub *hub)
{
    return hub->store;
}

Tenant *hub_tenant(const Hub *hub)
{
    return hub->tenant;
}

/* --- Reading --------------------------------------------------------------------------------- */

const CityGraph *hub_hold(Hub *hub)
{
    pthread_rwlock_rdlock(&hub->lock);
    return &hub->graph;
}

const CityDatasets *hub_datasets(const Hub *hub)
{
    return &hub->datasets;
}

void hub_release(Hub *hub)
{
    pthread_rwlock_unlock(&hub->lock);
}

void hub_begin_adding(Hub *hub)
{
    pthread_mutex_lock(&hub->adding);
}

void hub_end_adding(Hub *hub)
{
    pthread_mutex_unlock(&hub->adding);
}

/* --- Changing -------------------------------------------------------------------------------- */

CityGraph *hub_begin(Hub *hub)
{
    pthread_mutex_lock(&hub->changing);
    return &hub->graph;
}

/* What was removed is not found any more; its Observations take room until this is done, and are
 * nobody's if it is not: a series' number is never given twice. */
static void erase_series(Hub *hub, const uint32_t *series, size_t count)
{
    Err err = {0};

    for (size_t i = 0; i < count; i++)
        if (!obs_erase(hub->store, series[i], &err))
            log_line(LOG_ERROR, "city: series %u was not erased: %s", series[i], err.message);
}

bool hub_write(Hub *hub, const CityChange *change, Err *err)
{
    uint32_t *removed = arena_array(change->arena, uint32_t, change->count);
    HubNews *news = arena_array(change->arena, HubNews, change->count);
    size_t count = 0;

    if (!change->count && !change->also)
        return true;
    if (!db_write(hub->tenant->db, city_change_write, (void *)change, err)) {
        city_change_drop(change);
        return false;
    }
    for (size_t i = 0; i < change->count; i++)
        if (change->items[i].kind == CITY_REMOVE && change->items[i].entity->series)
            removed[count++] = change->items[i].entity->series;
    size_t told = hub_news_of(change, news);
    pthread_rwlock_wrlock(&hub->lock);
    city_change_apply(change, &hub->graph);
    pthread_rwlock_unlock(&hub->lock);
    hub_tell(hub->tenant, news, told);
    erase_series(hub, removed, count);
    return true;
}

void hub_end(Hub *hub)
{
    pthread_mutex_unlock(&hub->changing);
}

typedef struct Save {
    CityDataset dataset;
    Str actor, lang;
} Save;

static bool write_dataset(Tx *tx, void *context, Err *err)
{
    Save *save = context;

    return city_dataset_write(tx, &save->dataset, save->actor, save->lang, err);
}

/* In memory, over the one of its id. */
static void put_dataset(Hub *hub, const CityDataset *dataset)
{
    CityDataset kept = *dataset;

    kept.name = str_copy(hub->memory, kept.name);
    kept.title = str_copy(hub->memory, kept.title);
    kept.licence = str_copy(hub->memory, kept.licence);
    for (size_t i = 0; i < hub->datasets.count; i++) {
        if (hub->datasets.items[i].id == kept.id) {
            hub->datasets.items[i] = kept;
            return;
        }
    }
    VEC_PUSH(hub->memory, &hub->datasets, kept);
}

bool hub_save_dataset(Hub *hub, const CityDataset *dataset, Str actor, Str lang, Err *err)
{
    Save save = {*dataset, actor, lang};

    pthread_mutex_lock(&hub->changing);
    bool ok = db_write(hub->tenant->db, write_dataset, &save, err);
    if (ok) {
        pthread_rwlock_wrlock(&hub->lock);
        put_dataset(hub, &save.dataset);
        pthread_rwlock_unlock(&hub->lock);
    }
    pthread_mutex_unlock(&hub->changing);
    return ok;
}

bool hub_need_dataset(Hub *hub, const CityDataset *dataset, Str actor, Str lang, bool *made,
                      Err *err)
{
    bool ignored;

    made = made ? made : &ignored;
    hub_hold(hub);
    bool there = city_dataset_named(hub_datasets(hub), dataset->name) != NULL;
    hub_release(hub);
    *made = !there && city_dataset_check(dataset, lang, err) &&
            hub_save_dataset(hub, dataset, actor, lang, err);
    if (there || *made)
        return true;
    if (err->kind != ERR_CONFLICT)
        return false;
    err_clear(err); /* somebody made it meanwhile */
    return true;
}

static bool remove_dataset(Tx *tx, void *context, Err *err)
{
    const Save *save = context;

    return city_dataset_remove(tx, &save->dataset, save->actor, err);
}

static bool is_empty(const CityGraph *graph, int64_t dataset)
{
    for (StaEntity type = 0; type < STA_ENTITIES; type++)
        for (size_t i = 0; i < graph->sets[type].count; i++)
            if (graph->sets[type].items[i]->dataset == dataset)
                return false;
    return true;
}

/* Out of memory, those behind it move up. */
static void take_dataset(Hub *hub, int64_t id)
{
    CityDatasets *all = &hub->datasets;
    size_t kept = 0;

    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].id != id)
            all->items[kept++] = all->items[i];
    all->count = kept;
}

bool hub_forget_dataset(Hub *hub, Str name, Str actor, bool *gone, Err *err)
{
    bool ok = true;

    pthread_mutex_lock(&hub->changing);
    const CityDataset *dataset = city_dataset_named(&hub->datasets, name);
    *gone = dataset && is_empty(&hub->graph, dataset->id);
    if (*gone) {
        Save save = {*dataset, actor, STR_NONE};
        ok = *gone = db_write(hub->tenant->db, remove_dataset, &save, err);
    }
    if (*gone) {
        pthread_rwlock_wrlock(&hub->lock);
        take_dataset(hub, dataset->id);
        pthread_rwlock_unlock(&hub->lock);
    }
    pthread_mutex_unlock(&hub->changing);
    return ok;
}
