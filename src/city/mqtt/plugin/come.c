/* SPDX-License-Identifier: EUPL-1.2 */
/* Clients come and go: who they are is Rathaus' to say. */
#include "city/mqtt/plugin/plugin.h"

#include <string.h>

enum { KEPT_MAX = 1000 /* sessions of one caller */ };

/* Subscriptions that the broker has kept belong to who had them. Another who comes by the same
 * client id does not get what they bring: moment_may_read() asks for the caller. */
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

int on_auth(int event, void *data, void *context)
{
    struct mosquitto_evt_basic_auth *auth = data;
    MqttFrame answer = {0};

    (void)event;
    (void)context;
    moment_end();
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
        session_forget_topics(session);
    if (session->caller == answer.caller)
        moment_begin_returning(session);
    else
        move_topics(session, answer.caller);
    session->caller = answer.caller;
    session->writes = answer.writes;
    session->teller = teller;
    session->client = auth->client;
    return MOSQ_ERR_SUCCESS;
}

int on_disconnect(int event, void *data, void *context)
{
    struct mosquitto_evt_disconnect *gone = data;
    Session *session = session_of(mosquitto_client_id(gone->client), false);

    (void)event;
    (void)context;
    moment_end_reading();
    if (!session || session->client != gone->client) /* another has taken its place already */
        return MOSQ_ERR_SUCCESS;
    line_ask(MQTT_LEFT, session->caller, NULL, NULL, NULL);
    session->client = NULL;
    session->gone_at = even_seconds();
    if (mosquitto_client_clean_session(gone->client)) {
        moment_begin_returning(NULL);
        session_forget_topics(session);
        session_remove(session);
    }
    return MOSQ_ERR_SUCCESS;
}
