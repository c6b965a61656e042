/* SPDX-License-Identifier: EUPL-1.2 */
/* What changed, told to those who want it and may see it. */
#include "city/mqtt/wants_internal.h"

#include "city/mqtt/request.h"
#include "core/log.h"

enum { CALLERS_TEXT_MAX = 2000 };

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

bool mqtt_wants_begin(const MqttWants *wants, Tenant *tenant, const Session *session, Arena *arena,
                      CityReader *reader, Err *err)
{
    Request req = mqtt_request(arena, tenant, session);

    return city_reader_begin(reader, &req, root_of(wants, tenant, arena), err);
}

CityRights mqtt_rights_of(const MqttWho *who, Tenant *tenant, const CityDatasets *datasets,
                          Arena *arena)
{
    bool own = who && str_eq(who->tenant, tenant->name);
    Request req = mqtt_request(arena, tenant, own ? &who->session : &(Session){0});

    return city_rights(&req, datasets);
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
static bool may_match(const MqttWant *want, const MqttChanged *changed)
{
    const StaPathPart *first = &want->is.path.items[0];
    const CityObservation *o = changed->entity;

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
        CityRights rights = mqtt_rights_of(who, tenant, reader->rights.all, reader->arena);
        if (who && mqtt_want_see(&want->is, reader, &rights) &&
            mqtt_want_matches(&want->is, reader, changed))
            buf_addf(&callers, callers.len ? ",%u" : "%u", caller);
        mqtt_who_release(who);
        /* What is expanded is what this caller may see. */
        if (callers.len > CALLERS_TEXT_MAX || want->is.options->expands.count)
            note_update(told, want, reader, changed, &callers);
    }
    note_update(told, want, reader, changed, &callers);
}

static void tell_all(MqttWants *wants, Told *told, Tenant *tenant, CityReader *reader,
                     const HubNews *news)
{
    const MqttTown *town = mqtt_wants_town(wants, tenant->name);
    MqttChanged changed;

    if (!town || !town->first[news->type] || !find_changed(reader, news, &changed))
        return;
    for (const MqttWant *want = town->first[news->type]; want; want = want->next)
        if (may_match(want, &changed))
            tell_want(wants, told, want, tenant, reader, &changed);
}

void mqtt_wants_tell(MqttWants *wants, Tenant *tenant, const HubNews *news, size_t count,
                     Arena *arena)
{
    CityReader reader;
    Told told = {0};
    Err err = {0};

    if (!mqtt_wants_begin(wants, tenant, &(Session){0}, arena, &reader, &err)) {
        log_line(LOG_WARNING, "mqtt: %zu updates were not told: %s", count, err.message);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        /* For each alone: mosquitto may wait for who wants the lock. */
        pthread_mutex_lock(&wants->lock);
        tell_all(wants, &told, tenant, &reader, &news[i]);
        pthread_mutex_unlock(&wants->lock);
    }
    city_reader_end(&reader);
    /* mosquitto may wait for an answer that needs the lock before it takes these. */
    for (size_t i = 0; i < told.count; i++)
        wants->is.publish(wants->is.context, told.items[i].callers, told.items[i].topic,
                          told.items[i].payload);
}
