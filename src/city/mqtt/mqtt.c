/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/mqtt.h"

#include "city/mqtt/broker.h"
#include "city/mqtt/ending.h"
#include "city/mqtt/news.h"
#include "city/mqtt/relay.h"
#include "city/mqtt/take.h"
#include "core/crypto.h"
#include "core/http/listen.h"
#include "core/log.h"
#include "core/tenant.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A key that was revoked ends after so many seconds at most. */
enum { ASK_AGAIN_SECONDS = 20, START_MS = 10000, STEP_MS = 50 };

typedef struct Mqtt {
    MqttRing *ring;
    int ring_fd;
    MqttCallers *callers;
    MqttWants *wants;
    MqttNews *news;
    MqttRefusals *refusals;
    MqttOpener *opener;
    MqttBroker *broker;
    MqttEnding *ending;
    MqttRelay *relay;
    _Atomic(MqttTaker *) taker; /* the broker's thread asks for it */
    MqttTeller teller;
    pthread_t watch;
    bool watching, telling;
    atomic_bool stopping;
    Arena *arena;
    Str secret;
} Mqtt;

/* Of this process: one server has one broker. Set when all of it runs; unset when nobody asks any
 * more. */
static _Atomic(Mqtt *) mqtt;

/* --- What one part tells the other -------------------------------------------------------------
 */

static void on_done(void *context, uint64_t number, const uint32_t *lost, size_t count)
{
    Mqtt *m = context;
    MqttLoss loss = !count                                    ? MQTT_LOST_NONE
                    : mqtt_ending_end(m->ending, lost, count) ? MQTT_LOST_ENDED
                                                              : MQTT_LOST_ALL;

    mqtt_relay_done(m->relay, number, loss);
}

static void on_broker_ended(void *context)
{
    Mqtt *m = context;
    MqttTaker *taker = atomic_load(&m->taker);

    if (!taker) /* nobody has come yet */
        return;
    mqtt_taker_settle(taker);
    atomic_store(&m->ring->ended, mqtt_broker_ends(m->broker));
}

static void on_publish(void *context, Str callers, Str topic, Str payload)
{
    Mqtt *m = context;

    mqtt_news_publish(m->news, callers, topic, payload);
}

static bool on_wanted(StaEntity type)
{
    return mqtt_wants_any(mqtt->wants, type);
}

static void on_change(Tenant *tenant, const HubNews *news, size_t count)
{
    mqtt_news_add(mqtt->news, tenant, news, count);
}

static const HubWatch WATCH = {on_wanted, on_change};

static void on_ended(void *context, uint32_t caller)
{
    Mqtt *m = context;

    log_line(LOG_INFO, "mqtt: a key was revoked or changed; its clients are disconnected");
    mqtt_ending_end(m->ending, &caller, 1);
}

static void *ask_again(void *context)
{
    Mqtt *m = context;

    pthread_setname_np(pthread_self(), "mqtt-keys");
    for (int ms = 0; !atomic_load(&m->stopping); ms += STEP_MS) {
        usleep(STEP_MS * 1000);
        if (ms < ASK_AGAIN_SECONDS * 1000)
            continue;
        mqtt_callers_ask_again(m->callers, on_ended, m);
        ms = 0;
    }
    return NULL;
}

/* --- Start and stop ----------------------------------------------------------------------------
 */

static bool start_parts(Mqtt *m, const Serving *serving, Err *err)
{
    m->ring_fd = mqtt_ring_make(&m->ring, err);
    if (m->ring_fd < 0)
        return false;
    m->secret = crypto_token(m->arena, 32);
    m->refusals = mqtt_refusals_create();
    m->opener = mqtt_opener_start(serving->app, err);
    if (!m->opener)
        return false;
    if (serving->root_tenant.ptr)
        mqtt_opener_ask(m->opener, serving->root_tenant);
    m->callers = mqtt_callers_create(serving->app, serving->root_tenant, m->ring, m->opener);
    const MqttWantOptions wants = {.app = serving->app,
                                   .callers = m->callers,
                                   .opener = m->opener,
                                   .publish = on_publish,
                                   .context = m,
                                   .address = serving->address,
                                   .root = serving->root_tenant};
    m->wants = mqtt_wants_create(&wants);
    m->news = mqtt_news_create();
    const MqttBrokerOptions broker = {
        .folder = arena_printf(m->arena, "%s/mqtt", app_options(serving->app)->data_dir),
        .ring = m->ring_fd,
        .secret = m->secret,
        .callers = m->callers,
        .wants = m->wants,
        .ended = on_broker_ended,
        .context = m};
    m->broker = mqtt_broker_start(&broker, err);
    if (m->broker)
        m->ending = mqtt_ending_create(m->broker, m->ring);
    return m->broker != NULL;
}

/* The first connection of all is our own. */
static bool wait_for_broker(Mqtt *m, Err *err)
{
    char said[300];

    m->teller = (MqttTeller){.socket = mqtt_broker_socket(m->broker), .fd = -1};
    snprintf(m->teller.name, sizeof m->teller.name, "%.*s", STR_ARG(crypto_token(m->arena, 16)));
    snprintf(m->teller.password, sizeof m->teller.password, "%.*s", STR_ARG(m->secret));
    for (int ms = 0; ms < START_MS; ms += STEP_MS) {
        if (mqtt_teller_connect(&m->teller))
            return true;
        usleep(STEP_MS * 1000);
    }
    mqtt_broker_said(m->broker, said, sizeof said);
    return err_set(err, ERR_INTERNAL, "mosquitto does not answer: %s", said);
}

static bool start_serving(Mqtt *m, const Serving *serving, Err *err)
{
    const MqttTakerOptions taker = {.app = serving->app,
                                    .callers = m->callers,
                                    .refusals = m->refusals,
                                    .ring = m->ring,
                                    .done = on_done,
                                    .context = m};
    int listening = listen_open(m->arena, "--mqtt", serving->mqtt, err);

    if (listening < 0)
        return false;
    m->relay = mqtt_relay_start(listening, mqtt_broker_socket(m->broker), m->ring, err);
    if (!m->relay)
        return false;
    m->taker = mqtt_taker_start(&taker, err);
    if (!m->taker)
        return false;
    m->telling = mqtt_news_start(m->news, m->wants, &m->teller, err);
    if (!m->telling)
        return false;
    m->watching = pthread_create(&m->watch, NULL, ask_again, m) == 0;
    if (!m->watching)
        return err_set(err, ERR_INTERNAL, "no thread could be started");
    Str address = listen_address(m->arena, listening);
    printf("MQTT is ready: mqtt%.*s\n", STR_ARG(str_slice(address, strlen("http"), address.len)));
    return true;
}

/* mosquitto before the taker, which ends when all that mosquitto took is on disk; then the relay,
 * to which the taker tells it. */
static void stop(Mqtt *m)
{
    atomic_store(&m->stopping, true);
    if (m->watching)
        pthread_join(m->watch, NULL);
    if (m->telling)
        mqtt_news_stop(m->news);
    else
        mqtt_teller_close(&m->teller);
    mqtt_broker_stop(m->broker);
    mqtt_taker_stop(m->taker);
    mqtt_relay_stop(m->relay);
    mqtt_opener_stop(m->opener);
}

static void destroy(Mqtt *m)
{
    mqtt_ending_destroy(m->ending);
    mqtt_broker_destroy(m->broker);
    mqtt_news_destroy(m->news);
    mqtt_wants_destroy(m->wants);
    mqtt_callers_destroy(m->callers);
    mqtt_refusals_destroy(m->refusals);
    if (m->ring_fd >= 0) {
        mqtt_ring_unmap(m->ring);
        close(m->ring_fd);
    }
    arena_destroy(m->arena);
    free(m);
}

bool mqtt_begin(const Serving *serving, Err *err)
{
    if (!serving->mqtt)
        return true;
    Mqtt *m = calloc(1, sizeof *m);
    assert(m);
    m->arena = arena_create(0);
    m->ring_fd = -1;
    m->teller.fd = -1;
    if (!start_parts(m, serving, err) || !wait_for_broker(m, err) ||
        !start_serving(m, serving, err)) {
        stop(m);
        destroy(m);
        return false;
    }
    mqtt = m;
    hub_watch(&WATCH);
    return true;
}

void mqtt_end(void)
{
    Mqtt *m = mqtt;

    if (!m)
        return;
    stop(m); /* until then the taker asks the watch */
    hub_watch(NULL);
    mqtt = NULL;
    destroy(m);
}

/* --- For pages ---------------------------------------------------------------------------------
 */

bool mqtt_is_served(void)
{
    return mqtt != NULL;
}

size_t mqtt_refused(Str town, Arena *arena, MqttRefusal **out)
{
    Mqtt *m = mqtt;

    return m ? mqtt_refusals_list(m->refusals, town, arena, out) : 0;
}

/* --- Metrics -----------------------------------------------------------------------------------
 */

static void metric(Buf *out, const char *name, const char *kind, const char *help, uint64_t value)
{
    buf_addf(out, "# HELP rathaus_mqtt_%s %s\n# TYPE rathaus_mqtt_%s %s\nrathaus_mqtt_%s %llu\n",
             name, help, name, kind, name, (unsigned long long)value);
}

void mqtt_metrics(Buf *out)
{
    Mqtt *m = mqtt;

    if (!m)
        return;
    MqttCounts counts = mqtt_taker_counts(m->taker);
    MqttNewsCounts news = mqtt_news_counts(m->news);
    metric(out, "connections", "gauge", "Clients that are connected.",
           mqtt_relay_connections(m->relay));
    metric(out, "subscriptions", "gauge", "Topics that somebody wants to be told of.",
           mqtt_wants_count(m->wants));
    metric(out, "taken_total", "counter", "Observations that came by MQTT.", counts.taken);
    metric(out, "refused_total", "counter", "Messages that could not be taken.", counts.refused);
    metric(out, "lost_total", "counter", "Times that messages could not be written.", counts.lost);
    metric(out, "told_total", "counter", "Updates that were published.", news.told);
    metric(out, "left_out_total", "counter", "Updates that were not.", news.left_out);
    metric(out, "broker_starts_total", "counter", "Starts of mosquitto.",
           mqtt_broker_starts(m->broker));
}
