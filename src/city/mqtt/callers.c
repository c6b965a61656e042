/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/callers.h"

#include "city/http/sta.h"
#include "city/hub/hub.h"
#include "city/mqtt/quota.h"
#include "city/mqtt/request.h"
#include "core/engine.h"
#include "core/log.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { BUCKETS = 4096, KEY_MAX = 200, CLIENTS_MAX = 8000 };

typedef struct Caller {
    struct Caller *next;
    uint32_t id;
    MqttAccount *account; /* that its clients are counted for */
    int clients, wants;
    uint64_t needed_to;    /* how far the ring was written when its last client went */
    char key[KEY_MAX + 1]; /* "": nobody in particular */
    MqttWho *who;
} Caller;

struct MqttCallers {
    App *app;
    Str root;
    const MqttRing *ring;
    MqttOpener *opener;
    MqttQuota *quota;
    MqttLogShares *log;
    pthread_mutex_t lock;
    uint32_t last;
    Caller *buckets[BUCKETS]; /* by id */
};

MqttCallers *mqtt_callers_create(App *app, Str root, const MqttRing *ring, MqttOpener *opener)
{
    MqttCallers *callers = calloc(1, sizeof *callers);

    assert(callers);
    callers->app = app;
    callers->root = root;
    callers->ring = ring;
    callers->opener = opener;
    callers->quota = mqtt_quota_create(&(MqttLimits){
        .what = "connections", .all = CLIENTS_MAX, .town = CLIENTS_MAX / 4, .root = root});
    callers->log = mqtt_log_shares_create();
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

static MqttWho *make_who(Str tenant)
{
    Arena *arena = arena_create(1024);
    MqttWho *who = arena_new(arena, MqttWho);

    *who = (MqttWho){.holders = 1, .arena = arena};
    who->tenant = tenant.ptr ? str_copy(arena, tenant) : STR_NONE;
    return who;
}

/* What the key may in its town, which gives it; NULL with ERR_FORBIDDEN when there is none such. */
static MqttWho *ask(Tenant *tenant, Str key, Err *err)
{
    MqttWho *who = make_who(tenant->name);
    Request req = mqtt_request(who->arena, tenant, &(Session){0});
    StaCall call = {.req = &req};
    Err ignored = {0};

    if (load_key(&req, key, err) &&
        (req.session.staff_id ||
         err_set(err, ERR_FORBIDDEN, "there is no such key, or it was revoked"))) {
        who->session = req.session;
        who->key_begins = str_copy(who->arena, str_slice(key, 0, MQTT_KEY_SHOWN));
        who->shows_key = true;
        who->writes = sta_may_write(&call, &ignored);
        who->reads_internal = request_may_within(&req, "city.read");
        return who;
    }
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
    mqtt_quota_give(callers->quota, caller->account, (size_t)caller->clients);
    mqtt_who_release(caller->who);
    free(caller);
}

static void drop_unused(MqttCallers *callers, Caller *caller)
{
    if (caller->clients == 0 && caller->wants <= 0 &&
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

static Caller *add(MqttCallers *callers, Str key, MqttWho *who, MqttAccount *account)
{
    Caller *caller = calloc(1, sizeof *caller);

    assert(caller);
    caller->id = ++callers->last;
    caller->account = account;
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
    mqtt_quota_destroy(callers->quota);
    mqtt_log_shares_destroy(callers->log);
    free(callers);
}

/* --- Coming and going --------------------------------------------------------------------------
 */

static bool is_same(const MqttWho *one, const MqttWho *other)
{
    return one->writes == other->writes && one->reads_internal == other->reads_internal &&
           one->session.staff_id == other->session.staff_id;
}

/* The caller whom the key was when it was last asked; NULL: nobody who is connected. */
static MqttWho *who_was(MqttCallers *callers, Str tenant, Str key)
{
    pthread_mutex_lock(&callers->lock);
    Caller *caller = find_same(callers, tenant, key);
    MqttWho *who = caller ? caller->who : NULL;
    if (who)
        hold(who);
    pthread_mutex_unlock(&callers->lock);
    return who;
}

/* Without waiting for a town that is not open. */
static MqttWho *identify_in(MqttCallers *callers, Str town, Str key, Err *err)
{
    Tenant *tenant = tenant_acquire_open(callers->app, town);
    bool open = tenant && hub_is_open(tenant);
    MqttWho *who = !open            ? who_was(callers, town, key)
                   : str_empty(key) ? make_who(town)
                                    : ask(tenant, key, err);

    if (!open && !who) {
        mqtt_opener_ask(callers->opener, town);
        err_set(err, ERR_TEMPORARY, "the town \"%.*s\" is being opened", STR_ARG(town));
    }
    tenant_release(tenant);
    return who;
}

static MqttWho *identify(MqttCallers *callers, Str town, Str key, Err *err)
{
    if (town.ptr)
        return identify_in(callers, town, key, err);
    if (str_empty(key)) /* reads topics that name their town */
        return make_who(STR_NONE);
    err_set(err, ERR_FORBIDDEN,
            "there are several towns: the user name says which one's the key "
            "is");
    return NULL;
}

/* One more client of the caller that this is. */
static Caller *join(MqttCallers *callers, Str key, MqttWho *who, Err *err)
{
    MqttAccount *account = mqtt_quota_take(callers->quota, who->tenant, who->shows_key, err);

    if (!account)
        return NULL;
    drop_all_unused(callers);
    Caller *caller = find_same(callers, who->tenant, key);
    if (caller && !is_same(caller->who, who))
        caller = NULL; /* the other ends when it is asked again */
    if (!caller)
        caller = add(callers, key, who, account);
    caller->clients++;
    return caller;
}

Str mqtt_callers_town(const MqttCallers *callers, Str user)
{
    return app_has_tenant(callers->app, user) ? user : callers->root;
}

bool mqtt_callers_may_log(MqttCallers *callers, Str town, bool *last)
{
    return mqtt_log_share_take(callers->log, town, clock_monotonic_ms() / 60000, last);
}

bool mqtt_callers_come(MqttCallers *callers, Str user, Str key, uint32_t *id, bool *writes,
                       Err *err)
{
    Str town = mqtt_callers_town(callers, user);

    if (key.len > KEY_MAX || memchr(key.ptr ? key.ptr : "", '\0', key.len))
        return err_set(err, ERR_FORBIDDEN, "the password is no key");
    MqttWho *who = identify(callers, town, key, err);
    if (!who)
        return false;
    pthread_mutex_lock(&callers->lock);
    const Caller *caller = join(callers, key, who, err);
    if (caller) {
        *id = caller->id;
        *writes = caller->who->writes;
    }
    pthread_mutex_unlock(&callers->lock);
    mqtt_who_release(who);
    return caller != NULL;
}

void mqtt_callers_leave(MqttCallers *callers, uint32_t id)
{
    pthread_mutex_lock(&callers->lock);
    Caller *caller = find(callers, id);
    if (caller && caller->clients > 0) {
        caller->clients--;
        mqtt_quota_give(callers->quota, caller->account, 1);
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
        ended = !who || !is_same(old, who);
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
        Tenant *tenant = tenant_acquire(callers->app, all[i].tenant, &err);
        MqttWho *who = tenant ? ask(tenant, all[i].key, &err) : NULL;
        tenant_release(tenant);
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
