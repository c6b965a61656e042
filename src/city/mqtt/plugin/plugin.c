/* SPDX-License-Identifier: EUPL-1.2 */
/* Rathaus' plugin for mosquitto 2.0: who may connect, publish, subscribe and read is Rathaus' to
 * say; what clients publish goes to Rathaus alone, and subscribers get what Rathaus tells. */
#include "city/mqtt/plugin/plugin.h"

#include <string.h>
#include <time.h>

enum { KEPT_SECONDS = 26 * 3600 /* longer than mosquitto keeps who is away */ };

static bool has_wildcard(const char *topic)
{
    return strpbrk(topic, "+#") != NULL;
}

/* --- Messages ----------------------------------------------------------------------------------
 */

/* "3,17 v1.1/Things": the topic behind the blank, for those before it. */
static int on_told(struct mosquitto_evt_message *message)
{
    const char *blank = strchr(message->topic, ' ');
    char *topic = blank ? mosquitto_strdup(blank + 1) : NULL;

    if (!topic || has_wildcard(topic)) {
        mosquitto_free(topic);
        return MOSQ_ERR_ACL_DENIED;
    }
    moment_begin_reading(message->topic, (size_t)(blank - message->topic));
    mosquitto_free(message->topic);
    message->topic = topic;
    return MOSQ_ERR_SUCCESS;
}

static int on_message(int event, void *data, void *context)
{
    struct mosquitto_evt_message *message = data;
    const Session *session = session_of(mosquitto_client_id(message->client), false);

    (void)event;
    (void)context;
    moment_end();
    message->retain = false;
    if (!session)
        return MOSQ_ERR_ACL_DENIED;
    if (session->teller)
        return on_told(message);
    return ring_put(session->caller, message->topic, message->payload, message->payloadlen)
               ? MOSQ_ERR_SUCCESS
               : MOSQ_ERR_CONN_LOST;
}

/* --- Now and then ------------------------------------------------------------------------------
 */

static void kick(Session *session, void *context)
{
    const uint32_t *caller = context;

    if (session->client && !session->teller && session->caller == *caller)
        mosquitto_kick_client_by_clientid(session->id, false);
}

static void forget_old(Session *session, void *context)
{
    const int64_t *now = context;

    if (session->client || *now - session->gone_at < KEPT_SECONDS)
        return;
    session_forget_topics(session);
    session_remove(session);
}

static int on_tick(int event, void *data, void *context)
{
    static int64_t looked;
    int64_t now = even_seconds();
    uint32_t caller;

    (void)event;
    (void)data;
    (void)context;
    moment_end();
    while (line_next_end(&caller)) {
        session_each(kick, &caller);
        ring_count_end();
    }
    if (now - looked > 600) {
        looked = now;
        session_each(forget_old, &now);
    }
    return MOSQ_ERR_SUCCESS;
}

/* --- For mosquitto -----------------------------------------------------------------------------
 */

int mosquitto_plugin_version(int count, const int *versions)
{
    for (int i = 0; i < count; i++)
        if (versions[i] == MOSQ_PLUGIN_VERSION)
            return MOSQ_PLUGIN_VERSION;
    return -1;
}

int mosquitto_plugin_init(mosquitto_plugin_id_t *plugin, void **context,
                          struct mosquitto_opt *options, int count)
{
    static const struct {
        int event;
        MOSQ_FUNC_generic_callback call;
    } CALLS[] = {{MOSQ_EVT_BASIC_AUTH, on_auth},
                 {MOSQ_EVT_ACL_CHECK, on_acl},
                 {MOSQ_EVT_MESSAGE, on_message},
                 {MOSQ_EVT_DISCONNECT, on_disconnect},
                 {MOSQ_EVT_TICK, on_tick}};

    (void)context;
    (void)options;
    (void)count;
    if (!line_begin() || !ring_begin())
        return MOSQ_ERR_UNKNOWN;
    for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS; i++)
        if (mosquitto_callback_register(plugin, CALLS[i].event, CALLS[i].call, NULL, NULL) !=
            MOSQ_ERR_SUCCESS)
            return MOSQ_ERR_UNKNOWN;
    return MOSQ_ERR_SUCCESS;
}

int mosquitto_plugin_cleanup(void *context, struct mosquitto_opt *options, int count)
{
    (void)context;
    (void)options;
    (void)count;
    return MOSQ_ERR_SUCCESS;
}
