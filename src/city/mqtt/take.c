/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/take.h"

#include "city/http/edit.h"
#include "city/hub/watch.h"
#include "city/mqtt/request.h"
#include "city/mqtt/topic.h"
#include "core/log.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { BATCH_MESSAGES = 4096, BATCH_BYTES = 4 << 20, LOOK_MS = 250, SETTLE_US = 1000 };

/* Observations that are to be written together. */
typedef struct Pending {
    Hub *hub;
    ObsEntry *items;
    const MqttMessage **of; /* the messages that they came by */
    size_t count;
} Pending;

struct MqttTaker {
    MqttTakerOptions is;
    pthread_t thread;
    atomic_bool stopping;
    _Atomic uint64_t taken, refused, lost;
    uint64_t at;           /* how far the ring is read */
    _Atomic uint64_t done; /* messages */
    Arena *arena;          /* of a batch */
    Pending pending;
    MqttWho *who; /* that of `caller` */
    uint32_t caller;
    Tenant *tenant;
    struct {
        uint32_t *items;
        size_t count, capacity;
    } losers; /* callers of whom something in the batch could not be written */
};

/* --- Refusing ----------------------------------------------------------------------------------
 */

/* MQTT 3.1.1 knows no answer that refuses a message: it is told in the operator's log, and to the
 * town's staff. */
static void refuse(MqttTaker *taker, const MqttMessage *message, const Err *err)
{
    MqttWho *who = mqtt_callers_take(taker->is.callers, message->caller);
    bool last;

    atomic_fetch_add(&taker->refused, 1);
    if (who) /* else the key was revoked: nobody knows whose it was */
        mqtt_refusals_note(taker->is.refusals, who, message->topic, err);
    if (mqtt_callers_may_log(taker->is.callers, who ? who->tenant : STR_NONE, &last))
        log_line(LOG_WARNING, "mqtt: refused a message to \"%.*s\": %s%s",
                 STR_ARG(str_slice(message->topic, 0, 100)), err->message,
                 last ? "; more of this town's are only counted for this minute" : "");
    mqtt_who_release(who);
}

static bool is_ours(const Err *err)
{
    return err->kind == ERR_TEMPORARY || err->kind == ERR_INTERNAL;
}

static void lose(MqttTaker *taker, const MqttMessage *message, const Err *err)
{
    if (!taker->losers.count)
        log_line(LOG_ERROR, "mqtt: messages cannot be written, clients are disconnected: %s",
                 err->message);
    for (size_t i = 0; i < taker->losers.count; i++)
        if (taker->losers.items[i] == message->caller)
            return;
    VEC_PUSH(taker->arena, &taker->losers, message->caller);
}

/* The message was not taken: refused for good, or it comes again. */
static void fail(MqttTaker *taker, const MqttMessage *message, const Err *err)
{
    if (is_ours(err))
        lose(taker, message, err);
    else
        refuse(taker, message, err);
}

/* --- Writing -----------------------------------------------------------------------------------
 */

static bool append(MqttTaker *taker, size_t from, size_t count, Err *err)
{
    Pending *pending = &taker->pending;

    if (!hub_append(pending->hub, pending->items + from, count, 0, NULL, err))
        return false;
    atomic_fetch_add(&taker->taken, count);
    return true;
}

/* One that is refused must not take the others with it. */
static void flush(MqttTaker *taker)
{
    Pending *pending = &taker->pending;
    Err err = {0};

    bool written = !pending->count || append(taker, 0, pending->count, &err);
    bool ours = !written && is_ours(&err);
    for (size_t i = 0; !written && i < pending->count; i++)
        if (ours || !append(taker, i, 1, &err))
            fail(taker, pending->of[i], &err);
    if (pending->count && !ours && !obs_flush(hub_store(pending->hub), false, &err))
        log_line(LOG_ERROR, "city: %s", err.message);
    pending->count = 0;
}

static void add(MqttTaker *taker, Hub *hub, const ObsEntry *entry, const MqttMessage *message)
{
    Pending *pending = &taker->pending;

    if (pending->hub != hub)
        flush(taker);
    pending->hub = hub;
    pending->of[pending->count] = message;
    pending->items[pending->count++] = *entry;
}

/* --- One message -------------------------------------------------------------------------------
 */

static bool find_caller(MqttTaker *taker, uint32_t caller, Err *err)
{
    if (!taker->who || taker->caller != caller) {
        mqtt_who_release(taker->who);
        taker->who = mqtt_callers_take(taker->is.callers, caller);
        taker->caller = caller;
    }
    return taker->who || err_set(err, ERR_FORBIDDEN, "the key was revoked");
}

static bool find_tenant(MqttTaker *taker, Str name, Err *err)
{
    if (!name.ptr || (taker->who->tenant.ptr && !str_eq(name, taker->who->tenant)))
        return err_set(err, ERR_FORBIDDEN, "the key is not of this town");
    if (taker->tenant && str_eq(taker->tenant->name, name))
        return true;
    if (taker->tenant) {
        flush(taker); /* what waits is of this town, and its hub goes with it */
        tenant_release(taker->tenant);
    }
    taker->tenant = tenant_acquire(taker->is.app, name, err);
    return taker->tenant != NULL;
}

/* What needs an entity that is not there, a new feature, goes alone and behind all before it. */
static bool commit_alone(MqttTaker *taker, StaEdit *edit, Err *err)
{
    int64_t id;

    flush(taker);
    if (!sta_edit_plan(edit, sta_plan_observation, NULL, err) || !sta_edit_commit(edit, &id, err))
        return false;
    atomic_fetch_add(&taker->taken, 1);
    return true;
}

static bool plan(MqttTaker *taker, StaEdit *edit, const MqttMessage *message, Err *err)
{
    if (!sta_edit_begin(edit, false, err))
        return false;
    if (!sta_plan_observation(edit, NULL, err)) {
        sta_edit_abandon(edit);
        return false;
    }
    if (edit->insert.change.count) { /* which asks for the right */
        sta_edit_abandon(edit);
        return commit_alone(taker, edit, err);
    }
    if (!sta_edit_may_commit(edit, err)) {
        sta_edit_abandon(edit);
        return false;
    }
    const ObsEntry *entry = city_entries(&edit->insert);
    hub_release(edit->reader.hub);
    add(taker, edit->reader.hub, entry, message);
    return true;
}

static bool take_message(MqttTaker *taker, const MqttMessage *message, Err *err)
{
    MqttTopic topic;
    StaEdit edit;

    if (!find_caller(taker, message->caller, err) || !mqtt_topic_parse(message->topic, &topic, err))
        return false;
    if (!find_tenant(taker, topic.tenant.ptr ? topic.tenant : taker->who->tenant, err))
        return false;
    Request req = mqtt_request(taker->arena, taker->tenant, &taker->who->session);
    req.body = message->payload;
    StaCall call = {.req = &req,
                    .root = STR(""),
                    .rest = topic.rest,
                    .query = STR(""),
                    .dataset = topic.dataset};
    if (!sta_edit_read(&edit, &call, true, err))
        return false;
    if (edit.path.kind != STA_AT_SET || edit.path.entity != STA_OBSERVATION || edit.path.links ||
        topic.options.ptr)
        return err_set(err, ERR_INPUT,
                       "by MQTT Observations are made, and nothing else: publish to "
                       "v1.1/Datastreams(1)/Observations");
    return plan(taker, &edit, message, err);
}

/* --- Batches -----------------------------------------------------------------------------------
 */

static void take_batch(MqttTaker *taker)
{
    MqttRing *ring = taker->is.ring;
    uint64_t begun = taker->at, put = atomic_load(&ring->put), count = 0;
    Pending *pending = &taker->pending;
    bool all = false;

    *pending = (Pending){.items = arena_array(taker->arena, ObsEntry, BATCH_MESSAGES),
                         .of = arena_array(taker->arena, const MqttMessage *, BATCH_MESSAGES)};
    while (count < BATCH_MESSAGES && taker->at - begun < BATCH_BYTES) {
        MqttMessage *message = arena_new(taker->arena, MqttMessage);
        Err err;
        err_clear(&err);
        all = !mqtt_ring_next(ring, &taker->at, taker->arena, message);
        if (all)
            break;
        count++;
        if (!take_message(taker, message, &err))
            fail(taker, message, &err);
    }
    flush(taker);
    uint64_t done = atomic_load(&taker->done) + count;
    atomic_store(&taker->done, all && done < put ? put : done);
    mqtt_ring_free(ring, taker->at);
}

/* What a batch holds of towns and keys is let go: the next looks anew. */
static void end_batch(MqttTaker *taker)
{
    if (taker->tenant)
        tenant_release(taker->tenant);
    taker->tenant = NULL;
    mqtt_who_release(taker->who);
    taker->who = NULL;
}

static void tell(MqttTaker *taker)
{
    size_t lost = taker->losers.count;

    taker->is.done(taker->is.context, atomic_load(&taker->done), taker->losers.items, lost);
    atomic_fetch_add(&taker->lost, lost > 0);
    taker->losers.items = NULL;
    taker->losers.count = taker->losers.capacity = 0;
    arena_rewind(taker->arena);
}

static void *run(void *context)
{
    MqttTaker *taker = context;

    pthread_setname_np(pthread_self(), "mqtt-take");
    for (;;) {
        bool stopping = atomic_load(&taker->stopping);
        if (!mqtt_ring_wait(taker->is.ring, stopping ? 0 : LOOK_MS)) {
            if (stopping)
                return NULL;
            continue;
        }
        take_batch(taker);
        end_batch(taker);
        tell(taker);
    }
}

MqttTaker *mqtt_taker_start(const MqttTakerOptions *options, Err *err)
{
    MqttTaker *taker = calloc(1, sizeof *taker);

    assert(taker);
    taker->is = *options;
    taker->arena = arena_create(1 << 20);
    if (pthread_create(&taker->thread, NULL, run, taker) == 0)
        return taker;
    arena_destroy(taker->arena);
    free(taker);
    err_set(err, ERR_INTERNAL, "no thread could be started: raise the limit on processes");
    return NULL;
}

void mqtt_taker_settle(MqttTaker *taker)
{
    while (!mqtt_ring_is_read(taker->is.ring))
        usleep(SETTLE_US);
    mqtt_ring_settle(taker->is.ring, atomic_load(&taker->done));
}

void mqtt_taker_stop(MqttTaker *taker)
{
    if (!taker)
        return;
    atomic_store(&taker->stopping, true);
    pthread_join(taker->thread, NULL);
    arena_destroy(taker->arena);
    free(taker);
}

MqttCounts mqtt_taker_counts(MqttTaker *taker)
{
    return (MqttCounts){atomic_load(&taker->taken), atomic_load(&taker->refused),
                        atomic_load(&taker->lost)};
}
