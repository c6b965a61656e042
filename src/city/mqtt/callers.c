/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/callers.h"

#include "city/http/sta.h"
#include "city/mqtt/request.h"
#include "core/engine.h"
#include "core/log.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { BUCKETS = 4096, KEY_MAX = 200, NAME_MAX_BYTES = 60 };

typedef struct Caller {
    struct Caller *next;
    uint32_t id;
    int clients, wants;
    uint64_t needed_to;    /* how far the ring was written when its last client went */
    char key[KEY_MAX + 1]; /* "": nobody in particular */
    MqttWho *who;
} Caller;

struct MqttCallers {
    App *app;
    Str root;
    const MqttRing *ring;
    pthread_mutex_t lock;
    uint32_t last;
    Caller *buckets[BUCKETS]; /* by id */
};

MqttCallers *mqtt_callers_create(App *app, Str root, const MqttRing *ring)
{
    MqttCallers *callers = calloc(1, sizeof *callers);

    assert(callers);
    callers->app = app;
    callers->root = root;
    callers->ring = ring;
    pthread_mutex_init(&callers->lock, NULL);
    return callers;
}

/* --- Asking ------------------------------------------------------------------------------------
 */

static void hold(MqttWho *who)
{
    atomic_fetch_add(&who->holders, 1);
}

void mqtt_who_release(MqttWho *who)
{
    if (who && atomic_fetch_sub(&who->holders, 1) == 1)
        arena_destroy(who->arena);
}

static bool load_key(Request *req, Str key, Err *err)
{
    size_t count;
    const Engine *const *engines = engines_all(&count);

    for (size_t i = 0; i < count; i++)
        if (engines[i]->key_load)
            return engines[i]->key_load(req, key, err);
    return true;
}

static bool ask_town(MqttWho *who, App *app, Str key, Err *err)
{
    Tenant *tenant = tenant_acquire(app, who->tenant, err);
    Err ignored = {0};

    if (!tenant)
        return false;
    Request req = mqtt_request(who->arena, tenant, &(Session){0});
    StaCall call = {.req = &req};
    bool ok = str_empty(key) || load_key(&req, key, err);
    who->session = req.session;
    who->writes = ok && sta_may_write(&call, &ignored);
    who->reads_internal = ok && req.session.staff_id && request_may_within(&req, "city.read");
    if (ok && !str_empty(key) && !req.session.staff_id)
        ok = err_set(err, ERR_FORBIDDEN, "there is no such key, or it was revoked");
    tenant_release(tenant);
    return ok;
}

/* NULL when there is no such town or key. */
static MqttWho *ask(App *app, Str tenant, Str key, Err *err)
{
    Arena *arena = arena_create(1024);
    MqttWho *who = arena_new(arena, MqttWho);

    *who = (MqttWho){.holders = 1, .arena = arena};
    who->tenant = tenant.ptr ? str_copy(arena, tenant) : STR_NONE;
    if (!tenant.ptr && str_empty(key)) /* reads topics that name their town */
        return who;
    if (tenant.ptr ? ask_town(who, app, key, err)
                   : err_set(err, ERR_FORBIDDEN,
                             "there are several towns: the user name says which one's the key is"))
        return who;
    mqtt_who_release(who);
    return NULL;
}

/* --- The table, under the lock -----------------------------------------------------------------
 */

static Caller *find(MqttCallers *callers, uint32_t id)
{
    Caller *caller = callers->buckets[id % BUCKETS];

    while (caller && caller->id != id)
        caller = caller->next;
    return caller;
}

static Caller *find_same(MqttCallers *callers, Str tenant, Str key)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (Caller *caller = callers->buckets[i]; caller; caller = caller->next)
            if (str_is(key, caller->key) && str_eq(caller->who->tenant, tenant))
                return caller;
    return NULL;
}

static void drop(MqttCallers *callers, Caller *caller)
{
    Caller **at = &callers->buckets[caller->id % BUCKETS];

    while (*at != caller)
        at = &(*at)->next;
    *at = caller->next;
    mqtt_who_release(caller->who);
    free(caller);
}

static void drop_unused(MqttCallers *callers, Caller *caller)
{
    if (caller->clients <= 0 && caller->wants <= 0 &&
        atomic_load(&callers->ring->tail) >= caller->needed_to)
        drop(callers, caller);
}

/* Those of whom something waited in the ring when they went. */
static void drop_all_unused(MqttCallers *callers)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (Caller *caller = callers->buckets[i], *next; caller; caller = next) {
            next = caller->next;
            drop_unused(callers, caller);
        }
}

static Caller *add(MqttCallers *callers, Str key, MqttWho *who)
{
    Caller *caller = calloc(1, sizeof *caller);

    assert(caller);
    caller->id = ++callers->last;
    memcpy(caller->key, key.ptr ? key.ptr : "", key.len);
    caller->who = who;
    hold(who);
    caller->next = callers->buckets[caller->id % BUCKETS];
    callers->buckets[caller->id % BUCKETS] = caller;
    return caller;
}

void mqtt_callers_forget(MqttCallers *callers)
{
    pthread_mutex_lock(&callers->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        while (callers->buckets[i])
            drop(callers, callers->buckets[i]);
    pthread_mutex_unlock(&callers->lock);
}

void mqtt_callers_destroy(MqttCallers *callers)
{
    if (!callers)
        return;
    mqtt_callers_forget(callers);
    pthread_mutex_destroy(&callers->lock);
    free(callers);
}

/* --- Coming and going --------------------------------------------------------------------------
 */

/* The user name where it is that of a town. */
static Str town_named(const MqttCallers *callers, Str user)
{
    Arena *arena = arena_create(0);
    Str *names, found = callers->root;
    size_t count = app_tenant_names(callers->app, arena, &names);

    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], user))
            found = user;
    arena_destroy(arena);
    return found;
}

bool mqtt_callers_come(MqttCallers *callers, Str user, Str key, uint32_t *id, bool *writes,
                       Err *err)
{
    Str tenant = town_named(callers, user);

    if (key.len > KEY_MAX || memchr(key.ptr ? key.ptr : "", '\0', key.len))
        return err_set(err, ERR_FORBIDDEN, "the password is no key");
    MqttWho *who = ask(callers->app, tenant, key, err);
    if (!who)
        return false;
    pthread_mutex_lock(&callers->lock);
    drop_all_unused(callers);
    Caller *caller = find_same(callers, tenant, key);
    if (caller &&
        (caller->who->writes != who->writes || caller->who->reads_internal != who->reads_internal))
        caller = NULL; /* the other ends when it is asked again */
    if (!caller)
        caller = add(callers, key, who);
    caller->clients++;
    *id = caller->id;
    *writes = caller->who->writes;
    pthread_mutex_unlock(&callers->lock);
    mqtt_who_release(who);
    return true;
}

void mqtt_callers_leave(MqttCallers *callers, uint32_t id)
{
    pthread_mutex_lock(&callers->lock);
    Caller *caller = find(callers, id);
    if (caller) {
        caller->clients--;
        caller->needed_to = atomic_load(&callers->ring->head);
        drop_unused(callers, caller);
    }
    pthread_mutex_unlock(&callers->lock);
}

void mqtt_callers_want(MqttCallers *callers, uint32_t id, int more)
{
    pthread_mutex_lock(&callers->lock);
    Caller *caller = find(callers, id);
    if (caller) {
        caller->wants += more;
        drop_unused(callers, caller);
    }
    pthread_mutex_unlock(&callers->lock);
}

MqttWho *mqtt_callers_take(MqttCallers *callers, uint32_t id)
{
    pthread_mutex_lock(&callers->lock);
    Caller *caller = find(callers, id);
    MqttWho *who = caller ? caller->who : NULL;
    if (who)
        hold(who);
    pthread_mutex_unlock(&callers->lock);
    return who;
}

/* --- Once more ---------------------------------------------------------------------------------
 */

typedef struct Asked {
    uint32_t id;
    Str tenant, key;
} Asked;

static size_t list_keys(MqttCallers *callers, Arena *arena, Asked **out)
{
    struct {
        Asked *items;
        size_t count, capacity;
    } list = {0};

    pthread_mutex_lock(&callers->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (const Caller *caller = callers->buckets[i]; caller; caller = caller->next)
            if (caller->key[0])
                VEC_PUSH(arena, &list,
                         (Asked){caller->id, str_copy(arena, caller->who->tenant),
                                 str_copy(arena, str_c(caller->key))});
    pthread_mutex_unlock(&callers->lock);
    *out = list.items;
    return list.count;
}

/* True when the caller is nobody any more. */
static bool replace(MqttCallers *callers, uint32_t id, MqttWho *who)
{
    bool ended = false;

    pthread_mutex_lock(&callers->lock);
    Caller *caller = find(callers, id);
    if (caller) {
        MqttWho *old = caller->who;
        ended = !who || old->writes != who->writes || old->reads_internal != who->reads_internal ||
                old->session.staff_id != who->session.staff_id;
        if (ended) {
            drop(callers, caller);
        } else {
            caller->who = who;
            hold(who);
            mqtt_who_release(old);
        }
    }
    pthread_mutex_unlock(&callers->lock);
    return ended;
}

void mqtt_callers_ask_again(MqttCallers *callers, void (*ended)(void *context, uint32_t id),
                            void *context)
{
    Arena *arena = arena_create(0);
    Asked *all;
    size_t count = list_keys(callers, arena, &all);

    for (size_t i = 0; i < count; i++) {
        Err err = {0};
        MqttWho *who = ask(callers->app, all[i].tenant, all[i].key, &err);
        /* A key that is used too often, and a town that cannot be read at the moment, say nothing
         * about what the key may. */
        if (!who && err.kind != ERR_FORBIDDEN && err.kind != ERR_NOT_FOUND)
            continue;
        if (replace(callers, all[i].id, who))
            ended(context, all[i].id);
        mqtt_who_release(who);
    }
    arena_destroy(arena);
}
