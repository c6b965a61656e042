/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/wants_internal.h"

#include "city/mqtt/request.h"
#include "city/query/resolve.h"
#include "core/log.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { WANTS_MAX = 100000, CALLERS_TEXT_MAX = 2000 };

struct MqttWants {
    MqttWantOptions is;
    pthread_mutex_t lock;
    MqttWant *first[STA_ENTITIES]; /* by what they lead to */
    _Atomic size_t counts[STA_ENTITIES];
    size_t count;
};

MqttWants *mqtt_wants_create(const MqttWantOptions *options)
{
    MqttWants *wants = calloc(1, sizeof *wants);

    assert(wants);
    wants->is = *options;
    pthread_mutex_init(&wants->lock, NULL);
    return wants;
}

void mqtt_wants_destroy(MqttWants *wants)
{
    if (!wants)
        return;
    mqtt_wants_forget(wants);
    pthread_mutex_destroy(&wants->lock);
    free(wants);
}

bool mqtt_wants_any(const MqttWants *wants, StaEntity type)
{
    return atomic_load_explicit(&wants->counts[type], memory_order_relaxed) > 0;
}

/* --- Reading as a caller -----------------------------------------------------------------------
 */

/* "https://stadt.example/sta/v1.1": at the town's first host, or where this server listens. */
static Str root_of(const MqttWants *wants, const Tenant *tenant, Arena *arena)
{
    Str host = node_text(node_at(node_get(tenant->settings, "hosts"), 0));

    if (host.ptr)
        return str_printf(arena, "https://%.*s/sta/v1.1", STR_ARG(host));
    if (str_eq(tenant->name, wants->is.root))
        return str_printf(arena, "%.*s/sta/v1.1", STR_ARG(wants->is.address));
    return str_printf(arena, "%.*s/t/%.*s/sta/v1.1", STR_ARG(wants->is.address),
                      STR_ARG(tenant->name));
}

static bool begin(const MqttWants *wants, Tenant *tenant, const Session *session, Arena *arena,
                  CityReader *reader, Err *err)
{
    Request req = mqtt_request(arena, tenant, session);

    return city_reader_begin(reader, &req, root_of(wants, tenant, arena), err);
}

/* What a caller may see of the reader's town: as somebody of another town, nothing but what is
 * public. */
static CityRights rights_of(const MqttWho *who, Tenant *tenant, const CityDatasets *datasets,
                            Arena *arena)
{
    bool own = who && str_eq(who->tenant, tenant->name);
    Request req = mqtt_request(arena, tenant, own ? &who->session : &(Session){0});

    return city_rights(&req, datasets);
}

/* --- Subscribing -------------------------------------------------------------------------------
 */

static bool check_seen(const MqttWants *wants, const MqttWanted *wanted, Tenant *tenant,
                       const MqttWho *who, Arena *arena, Err *err)
{
    CityReader reader;
    CityTarget target;

    if (!begin(wants, tenant, &(Session){0}, arena, &reader, err))
        return false;
    CityRights rights = rights_of(who, tenant, reader.rights.all, arena);
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

static bool check(MqttWants *wants, const MqttWanted *wanted, const MqttWho *who, Arena *arena,
                  Err *err)
{
    Str name = tenant_of(wanted, who);
    Tenant *tenant = name.ptr ? tenant_acquire(wants->is.app, name, err)
                              : (err_set(err, ERR_NOT_FOUND,
                                         "there are several towns: the topic begins with t/TOWN/"),
                                 NULL);

    if (!tenant)
        return false;
    bool ok = check_seen(wants, wanted, tenant, who, arena, err);
    tenant_release(tenant);
    return ok;
}

/* Under the lock. */
static MqttWant *find(MqttWants *wants, StaEntity type, Str text, Str tenant)
{
    MqttWant *want = wants->first[type];

    while (want && (!str_eq(want->text, text) || !str_eq(want->tenant, tenant)))
        want = want->next;
    return want;
}

static MqttWant *make(MqttWants *wants, Str text, Str tenant)
{
    Arena *arena = arena_create(1024);
    MqttWant *want = arena_new(arena, MqttWant);
    Err ignored = {0};

    want->arena = arena;
    want->text = str_copy(arena, text);
    want->tenant = str_copy(arena, tenant);
    mqtt_wanted_parse(arena, want->text, &want->is, &ignored); /* as it was before */
    StaEntity type = want->is.path.entity;
    want->next = wants->first[type];
    wants->first[type] = want;
    wants->count++;
    atomic_fetch_add(&wants->counts[type], 1);
    return want;
}

static void note(MqttWant *want, uint32_t caller)
{
    for (size_t i = 0; i < want->by.count; i++) {
        if (want->by.items[i].caller == caller) {
            want->by.items[i].times++;
            return;
        }
    }
    VEC_PUSH(want->arena, &want->by, (MqttWanter){caller, 1});
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
    if (ok && wants->count >= WANTS_MAX)
        ok = err_set(err, ERR_TOO_LARGE, "there are %d subscriptions, and no more", WANTS_MAX);
    if (ok) {
        Str tenant = tenant_of(&wanted, who);
        MqttWant *want = find(wants, wanted.path.entity, topic, tenant);
        note(want ? want : make(wants, topic, tenant), caller);
        mqtt_callers_want(wants->is.callers, caller, 1);
    }
    pthread_mutex_unlock(&wants->lock);
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
    wants->count--;
    atomic_fetch_sub(&wants->counts[want->is.path.entity], 1);
    arena_destroy(want->arena);
}

static bool forget_one(MqttWant *want, uint32_t caller)
{
    for (size_t i = 0; i < want->by.count; i++) {
        MqttWanter *by = &want->by.items[i];
        if (by->caller != caller)
            continue;
        if (--by->times == 0)
            *by = want->by.items[--want->by.count];
        return true;
    }
    return false;
}

static bool remove_from(MqttWants *wants, MqttWant **at, uint32_t caller, Str topic)
{
    for (; *at; at = &(*at)->next) {
        if (!str_eq((*at)->text, topic) || !forget_one(*at, caller))
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
    for (int type = 0; type < STA_ENTITIES && !removed; type++)
        removed = remove_from(wants, &wants->first[type], caller, topic);
    pthread_mutex_unlock(&wants->lock);
    if (removed)
        mqtt_callers_want(wants->is.callers, caller, -1);
}

void mqtt_wants_forget(MqttWants *wants)
{
    pthread_mutex_lock(&wants->lock);
    for (int type = 0; type < STA_ENTITIES; type++)
        while (wants->first[type])
            drop(wants, &wants->first[type]);
    pthread_mutex_unlock(&wants->lock);
}

/* --- Telling -----------------------------------------------------------------------------------
 */

static bool find_changed(CityReader *reader, const HubNews *news, MqttChanged *out)
{
    *out = (MqttChanged){.type = news->type, .id = news->id, .bits = news->changed};
    if (news->type != STA_OBSERVATION) {
        out->entity = city_find(reader->graph, news->type, news->id);
        return out->entity != NULL;
    }
    CityObservation *o = arena_new(reader->arena, CityObservation);
    Err ignored = {0};
    out->entity = o;
    out->id = city_observation_id(news->series, news->ordinal);
    o->stream = city_of_series(reader->graph, news->series);
    return o->stream &&
           obs_find(reader->store, news->series, news->ordinal, reader->arena, &o->is, &ignored);
}

/* What is to be published, in the arena of the reader. */
typedef struct Update {
    Str callers, topic, payload;
} Update;

typedef struct Told {
    Update *items;
    size_t count, capacity;
} Told;

/* Is it worth the look at each caller's rights? */
static bool may_match(const MqttWant *want, const Tenant *tenant, const MqttChanged *changed)
{
    const StaPathPart *first = &want->is.path.items[0];
    const CityObservation *o = changed->entity;

    if (!str_eq(want->tenant, tenant->name))
        return false;
    return changed->type != STA_OBSERVATION || first->entity != STA_DATASTREAM ||
           first->key.type != STA_WHOLE || first->key.whole == o->stream->id;
}

static void note_update(Told *told, const MqttWant *want, CityReader *reader,
                        const MqttChanged *changed, Buf *callers)
{
    Buf out = buf_in(reader->arena);
    Err err = {0};

    if (!callers->len)
        return;
    if (mqtt_want_write(&want->is, reader, changed, &out, &err))
        VEC_PUSH(reader->arena, told,
                 (Update){str_copy(reader->arena, buf_str(callers)),
                          str_copy(reader->arena, want->text), buf_str(&out)});
    else
        log_line(LOG_WARNING, "mqtt: an update of \"%.*s\" was not told: %s",
                 STR_ARG(str_slice(want->text, 0, 100)), err.message);
    callers->len = 0;
}

/* To those who may see it, each asked with its own rights. */
static void tell_want(MqttWants *wants, Told *told, const MqttWant *want, Tenant *tenant,
                      CityReader *reader, const MqttChanged *changed)
{
    Buf callers = buf_in(reader->arena);

    for (size_t i = 0; i < want->by.count; i++) {
        uint32_t caller = want->by.items[i].caller;
        MqttWho *who = mqtt_callers_take(wants->is.callers, caller);
        CityRights rights = rights_of(who, tenant, reader->rights.all, reader->arena);
        if (who && mqtt_want_see(&want->is, reader, &rights) &&
            mqtt_want_matches(&want->is, reader, changed))
            buf_addf(&callers, callers.len ? ",%u" : "%u", caller);
        mqtt_who_release(who);
        if (callers.len > CALLERS_TEXT_MAX)
            note_update(told, want, reader, changed, &callers);
    }
    note_update(told, want, reader, changed, &callers);
}

static void tell_all(MqttWants *wants, Told *told, Tenant *tenant, CityReader *reader,
                     const HubNews *news)
{
    MqttChanged changed;

    if (!wants->first[news->type] || !find_changed(reader, news, &changed))
        return;
    for (const MqttWant *want = wants->first[news->type]; want; want = want->next)
        if (may_match(want, tenant, &changed))
            tell_want(wants, told, want, tenant, reader, &changed);
}

void mqtt_wants_tell(MqttWants *wants, Tenant *tenant, const HubNews *news, size_t count,
                     Arena *arena)
{
    CityReader reader;
    Told told = {0};
    Err err = {0};

    /* The hub first: who subscribes holds it and then takes the lock. */
    if (!begin(wants, tenant, &(Session){0}, arena, &reader, &err)) {
        log_line(LOG_WARNING, "mqtt: %zu updates were not told: %s", count, err.message);
        return;
    }
    pthread_mutex_lock(&wants->lock);
    for (size_t i = 0; i < count; i++)
        tell_all(wants, &told, tenant, &reader, &news[i]);
    pthread_mutex_unlock(&wants->lock);
    city_reader_end(&reader);
    /* mosquitto may wait for an answer that needs the lock before it takes these. */
    for (size_t i = 0; i < told.count; i++)
        wants->is.publish(wants->is.context, told.items[i].callers, told.items[i].topic,
                          told.items[i].payload);
}
