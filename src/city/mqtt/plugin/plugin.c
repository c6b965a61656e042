/* SPDX-License-Identifier: EUPL-1.2 */
/* Rathaus' plugin for mosquitto 2.0: who may connect, publish, subscribe and read is Rathaus' to
 * say; what clients publish goes to Rathaus alone, and subscribers get what Rathaus tells.
 *
 * mosquitto does one thing after the other, and asks whether a subscriber may read while it hands
 * a message round. So `reading` holds whom the message of this moment is for, and whatever else
 * happens ends that: no client's message and no last will reaches a subscriber. */
#include "city/mqtt/plugin/plugin.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    KEPT_SECONDS = 26 * 3600, /* longer than mosquitto keeps who is away */
    KEPT_MAX = 1000,          /* of one caller */
};

/* Whom the message that is handed round is for: "*", "3,17"; empty: nobody. */
static char *reading;
/* Who is connecting and gets what waited for it; the same caller was allowed to have it. */
static const Session *returning;

static void end_reading(void)
{
    free(reading);
    reading = NULL;
}

static void end_moment(void)
{
    end_reading();
    returning = NULL;
}

static bool has_wildcard(const char *topic)
{
    return strpbrk(topic, "+#") != NULL;
}

/* --- Coming and going --------------------------------------------------------------------------
 */

static void forget_topics(Session *session)
{
    while (session->topics) {
        line_ask(MQTT_UNSUBSCRIBE, session->caller, session->topics->text, NULL, NULL);
        session_drop_first_topic(session);
    }
}

/* Subscriptions that the broker has kept belong to who had them. Another who comes by the same
 * client id does not get what they bring: `on_read` asks for the caller. */
static void move_topics(Session *session, uint32_t caller)
{
    MqttFrame answer;

    for (Topic *topic = session->topics, *next; topic; topic = next) {
        next = topic->next;
        line_ask(MQTT_UNSUBSCRIBE, session->caller, topic->text, NULL, NULL);
        if (!line_ask(MQTT_SUBSCRIBE, caller, topic->text, NULL, &answer) || !answer.ok)
            session_remove_topic(session, topic->text);
    }
}

/* Whoever is refused for the moment is not told so by MQTT: mosquitto closes the connection (on
 * MOSQ_ERR_UNKNOWN), as a broken network does, and a client comes again after that. */
static int identify(const struct mosquitto_evt_basic_auth *auth, MqttFrame *answer)
{
    if (!line_ask(MQTT_WHO, 0, auth->username, auth->password, answer))
        return MOSQ_ERR_UNKNOWN;
    if (answer->ok)
        return MOSQ_ERR_SUCCESS;
    if (answer->later == MQTT_LATER_SOON)
        ring_count_put_off();
    return answer->later == MQTT_LATER_NEVER ? MOSQ_ERR_AUTH : MOSQ_ERR_UNKNOWN;
}

/* The session that the client has or begins; NULL when no more are kept for who it is. */
static Session *session_for(const struct mosquitto *client, uint32_t caller)
{
    const char *id = mosquitto_client_id(client);
    Session *found = session_of(id, false);
    bool more = !found && !mosquitto_client_clean_session(client);

    return more && session_count_away(caller) >= KEPT_MAX ? NULL : session_of(id, true);
}

static int on_auth(int event, void *data, void *context)
{
    struct mosquitto_evt_basic_auth *auth = data;
    MqttFrame answer = {0};

    (void)event;
    (void)context;
    end_moment();
    bool teller = auth->username && strcmp(auth->username, MQTT_TELLER) == 0 &&
                  line_is_secret(auth->password);
    int refused = teller ? MOSQ_ERR_SUCCESS : identify(auth, &answer);
    if (refused)
        return refused;
    Session *session = session_for(auth->client, answer.caller);
    if (!session) {
        line_ask(MQTT_LEFT, answer.caller, NULL, NULL, NULL);
        return MOSQ_ERR_UNKNOWN;
    }
    if (session->client) /* it is taken over */
        line_ask(MQTT_LEFT, session->caller, NULL, NULL, NULL);
    if (mosquitto_client_clean_session(auth->client))
        forget_topics(session);
    if (session->caller == answer.caller)
        returning = session;
    else
        move_topics(session, answer.caller);
    session->caller = answer.caller;
    session->writes = answer.writes;
    session->teller = teller;
    session->client = auth->client;
    return MOSQ_ERR_SUCCESS;
}

static int on_disconnect(int event, void *data, void *context)
{
    struct mosquitto_evt_disconnect *gone = data;
    Session *session = session_of(mosquitto_client_id(gone->client), false);

    (void)event;
    (void)context;
    end_reading();
    if (!session || session->client != gone->client) /* another has taken its place already */
        return MOSQ_ERR_SUCCESS;
    line_ask(MQTT_LEFT, session->caller, NULL, NULL, NULL);
    session->client = NULL;
    session->gone_at = time(NULL);
    if (mosquitto_client_clean_session(gone->client)) {
        returning = NULL;
        forget_topics(session);
        session_remove(session);
    }
    return MOSQ_ERR_SUCCESS;
}

/* --- What may be done --------------------------------------------------------------------------
 */

static void on_unsubscribe(Session *session, const char *topic)
{
    if (session_remove_topic(session, topic))
        line_ask(MQTT_UNSUBSCRIBE, session->caller, topic, NULL, NULL);
}

static int on_subscribe(Session *session, const char *topic)
{
    MqttFrame answer;

    if (strlen(topic) > MQTT_TOPIC_MAX)
        return MOSQ_ERR_ACL_DENIED;
    on_unsubscribe(session, topic); /* again: it counts once */
    if (!line_ask(MQTT_SUBSCRIBE, session->caller, topic, NULL, &answer) || !answer.ok)
        return MOSQ_ERR_ACL_DENIED;
    if (session_add_topic(session, topic))
        return MOSQ_ERR_SUCCESS;
    line_ask(MQTT_UNSUBSCRIBE, session->caller, topic, NULL, NULL);
    return MOSQ_ERR_ACL_DENIED;
}

/* "3,17" names 17. */
static bool names(const char *list, uint32_t caller)
{
    if (strcmp(list, "*") == 0)
        return true;
    while (*list) {
        char *end;
        if (strtoul(list, &end, 10) == caller)
            return true;
        list = *end == ',' ? end + 1 : "";
    }
    return false;
}

static int on_read(const Session *session)
{
    bool ok = session == returning || (reading && names(reading, session->caller));

    return ok ? MOSQ_ERR_SUCCESS : MOSQ_ERR_ACL_DENIED;
}

static int on_acl(int event, void *data, void *context)
{
    struct mosquitto_evt_acl_check *asked = data;
    Session *session = session_of(mosquitto_client_id(asked->client), false);

    (void)event;
    (void)context;
    if (!session)
        return MOSQ_ERR_ACL_DENIED;
    if (asked->access == MOSQ_ACL_READ)
        return on_read(session);
    end_reading();
    if (session != returning || asked->access != MOSQ_ACL_WRITE) /* the will of who it replaces */
        returning = NULL;
    switch (asked->access) {
    case MOSQ_ACL_WRITE:
        return session->teller || (session->writes && asked->payloadlen <= MQTT_PAYLOAD_MAX &&
                                   strlen(asked->topic) <= MQTT_TOPIC_MAX)
                   ? MOSQ_ERR_SUCCESS
                   : MOSQ_ERR_ACL_DENIED;
    case MOSQ_ACL_SUBSCRIBE: return on_subscribe(session, asked->topic);
    case MOSQ_ACL_UNSUBSCRIBE: on_unsubscribe(session, asked->topic); return MOSQ_ERR_SUCCESS;
    default: return MOSQ_ERR_ACL_DENIED;
    }
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
    reading = strndup(message->topic, (size_t)(blank - message->topic));
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
    end_moment();
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
    forget_topics(session);
    session_remove(session);
}

static int on_tick(int event, void *data, void *context)
{
    static int64_t looked;
    int64_t now = time(NULL);
    uint32_t caller;

    (void)event;
    (void)data;
    (void)context;
    end_moment();
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
