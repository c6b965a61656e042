/* SPDX-License-Identifier: EUPL-1.2 */
/* What a client may publish, subscribe to and read. */
#include "city/mqtt/plugin/plugin.h"

#include <string.h>

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

int on_acl(int event, void *data, void *context)
{
    struct mosquitto_evt_acl_check *asked = data;
    Session *session = session_of(mosquitto_client_id(asked->client), false);

    (void)event;
    (void)context;
    if (!session)
        return MOSQ_ERR_ACL_DENIED;
    if (asked->access == MOSQ_ACL_READ)
        return moment_may_read(session) ? MOSQ_ERR_SUCCESS : MOSQ_ERR_ACL_DENIED;
    moment_end_reading();
    /* The will of who it replaces. */
    if (!moment_is_returning(session) || asked->access != MOSQ_ACL_WRITE)
        moment_begin_returning(NULL);
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
