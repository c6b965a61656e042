/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/wants_internal.h"

#include "city/query/resolve.h"

#include <assert.h>
#include <stdlib.h>

enum { WANTS_MAX = 100000 };

MqttWants *mqtt_wants_create(const MqttWantOptions *options)
{
    MqttWants *wants = calloc(1, sizeof *wants);

    assert(wants);
    wants->is = *options;
    wants->arena = arena_create(4096);
    wants->quota = mqtt_quota_create(&(MqttLimits){
        .what = "subscriptions", .all = WANTS_MAX, .town = WANTS_MAX / 4, .root = options->root});
    pthread_mutex_init(&wants->lock, NULL);
    return wants;
}

void mqtt_wants_destroy(MqttWants *wants)
{
    if (!wants)
        return;
    mqtt_wants_forget(wants);
    pthread_mutex_destroy(&wants->lock);
    mqtt_quota_destroy(wants->quota);
    arena_destroy(wants->arena);
    free(wants);
}

size_t mqtt_wants_count(const MqttWants *wants)
{
    return mqtt_quota_taken(wants->quota);
}

bool mqtt_wants_any(const MqttWants *wants, StaEntity type)
{
    return atomic_load_explicit(&wants->counts[type], memory_order_relaxed) > 0;
}

/* --- Subscribing -------------------------------------------------------------------------------
 */

static bool check_seen(const MqttWants *wants, const MqttWanted *wanted, Tenant *tenant,
                       const MqttWho *who, Arena *arena, Err *err)
{
    CityReader reader;
    CityTarget target;

    if (!mqtt_wants_begin(wants, tenant, &(Session){0}, arena, &reader, err))
        return false;
    CityRights rights = mqtt_rights_of(who, tenant, reader.rights.all, arena);
    bool ok = mqtt_want_see(wanted, &reader, &rights)
                  ? city_resolve(&reader, &wanted->path, &target, err) &&
                        (wanted->path.kind == STA_AT_SET || target.entity ||
                         err_set(err, ERR_NOT_FOUND, "there is no such %s",
                                 sta_entity(wanted->path.entity)->name))
                  : err_set(err, ERR_NOT_FOUND, "there is no such dataset");
    city_reader_end(&reader);
    return ok;
}

static Str tenant_of(const MqttWanted *wanted, const MqttWho *who)
{
    return wanted->topic.tenant.ptr ? wanted->topic.tenant : who->tenant;
}

/* What a town that is not open has nobody looks at. */
static bool check(MqttWants *wants, const MqttWanted *wanted, const MqttWho *who, Arena *arena,
                  Err *err)
{
    Str name = tenant_of(wanted, who);

    if (!name.ptr)
        return err_set(err, ERR_NOT_FOUND,
                       "there are several towns: the topic begins with t/TOWN/");
    Tenant *tenant = tenant_acquire_open(wants->is.app, name);
    bool open = tenant && hub_is_open(tenant);
    bool ok = open ? check_seen(wants, wanted, tenant, who, arena, err)
                   : app_has_tenant(wants->is.app, name) ||
                         err_set(err, ERR_NOT_FOUND, "there is no such town");
    if (ok && !open)
        mqtt_opener_ask(wants->is.opener, name);
    tenant_release(tenant);
    return ok;
}

/* --- The table, under the lock -----------------------------------------------------------------
 */

MqttTown *mqtt_wants_town(const MqttWants *wants, Str name)
{
    MqttTown *town = wants->towns;

    while (town && !str_eq(town->name, name))
        town = town->next;
    return town;
}

static MqttTown *town_of(MqttWants *wants, Str name)
{
    MqttTown *town = mqtt_wants_town(wants, name);

    if (town)
        return town;
    town = arena_new(wants->arena, MqttTown);
    *town = (MqttTown){.next = wants->towns, .name = str_copy(wants->arena, name)};
    wants->towns = town;
    return town;
}

static MqttWant *find(const MqttTown *town, StaEntity type, Str text)
{
    MqttWant *want = town->first[type];

    while (want && !str_eq(want->text, text))
        want = want->next;
    return want;
}

static MqttWant *make(MqttWants *wants, MqttTown *town, Str text)
{
    Arena *arena = arena_create(1024);
    MqttWant *want = arena_new(arena, MqttWant);
    Err ignored = {0};

    want->arena = arena;
    want->text = str_copy(arena, text);
    mqtt_wanted_parse(arena, want->text, &want->is, &ignored); /* as it was before */
    StaEntity type = want->is.path.entity;
    want->next = town->first[type];
    town->first[type] = want;
    atomic_fetch_add(&wants->counts[type], 1);
    return want;
}

static MqttWanter *find_wanter(const MqttWant *want, uint32_t caller)
{
    for (size_t i = 0; want && i < want->by.count; i++)
        if (want->by.items[i].caller == caller)
            return &want->by.items[i];
    return NULL;
}

/* Clients of one caller that want the same are one subscription. Who shows a key is counted in its
 * own town, whatever it looks at. */
static bool note(MqttWants *wants, const MqttWanted *wanted, Str topic, uint32_t caller,
                 const MqttWho *who, Err *err)
{
    MqttTown *town = town_of(wants, tenant_of(wanted, who));
    MqttWant *want = find(town, wanted->path.entity, topic);
    MqttWanter *by = find_wanter(want, caller);

    if (by) {
        by->times++;
        return true;
    }
    MqttAccount *account = mqtt_quota_take(wants->quota, who->shows_key ? who->tenant : town->name,
                                           who->shows_key, err);
    if (!account)
        return false;
    want = want ? want : make(wants, town, topic);
    VEC_PUSH(want->arena, &want->by, (MqttWanter){caller, account, 1});
    return true;
}

bool mqtt_wants_add(MqttWants *wants, uint32_t caller, Str topic, Err *err)
{
    Arena *arena = arena_create(0);
    MqttWho *who = mqtt_callers_take(wants->is.callers, caller);
    MqttWanted wanted;
    bool ok = (who || err_set(err, ERR_FORBIDDEN, "the key was revoked")) &&
              mqtt_wanted_parse(arena, topic, &wanted, err) &&
              check(wants, &wanted, who, arena, err);

    pthread_mutex_lock(&wants->lock);
    ok = ok && note(wants, &wanted, topic, caller, who, err);
    pthread_mutex_unlock(&wants->lock);
    if (ok)
        mqtt_callers_want(wants->is.callers, caller, 1);
    mqtt_who_release(who);
    arena_destroy(arena);
    return ok;
}

/* --- Letting go --------------------------------------------------------------------------------
 */

/* Under the lock. */
static void drop(MqttWants *wants, MqttWant **at)
{
    MqttWant *want = *at;

    *at = want->next;
    for (size_t i = 0; i < want->by.count; i++)
        mqtt_quota_give(wants->quota, want->by.items[i].account, 1);
    atomic_fetch_sub(&wants->counts[want->is.path.entity], 1);
    arena_destroy(want->arena);
}

static bool forget_one(MqttWants *wants, MqttWant *want, uint32_t caller)
{
    MqttWanter *by = find_wanter(want, caller);

    if (by && --by->times == 0) {
        mqtt_quota_give(wants->quota, by->account, 1);
        *by = want->by.items[--want->by.count];
    }
    return by != NULL;
}

static bool remove_from(MqttWants *wants, MqttWant **at, uint32_t caller, Str topic)
{
    for (; *at; at = &(*at)->next) {
        if (!str_eq((*at)->text, topic) || !forget_one(wants, *at, caller))
            continue;
        if ((*at)->by.count == 0)
            drop(wants, at);
        return true;
    }
    return false;
}

void mqtt_wants_remove(MqttWants *wants, uint32_t caller, Str topic)
{
    bool removed = false;

    pthread_mutex_lock(&wants->lock);
    for (MqttTown *town = wants->towns; town && !removed; town = town->next)
        for (int type = 0; type < STA_ENTITIES && !removed; type++)
            removed = remove_from(wants, &town->first[type], caller, topic);
    pthread_mutex_unlock(&wants->lock);
    if (removed)
        mqtt_callers_want(wants->is.callers, caller, -1);
}

void mqtt_wants_forget(MqttWants *wants)
{
    pthread_mutex_lock(&wants->lock);
    for (MqttTown *town = wants->towns; town; town = town->next)
        for (int type = 0; type < STA_ENTITIES; type++)
            while (town->first[type])
                drop(wants, &town->first[type]);
    pthread_mutex_unlock(&wants->lock);
}
