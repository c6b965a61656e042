/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/plugin/plugin.h"

#include <stdlib.h>
#include <string.h>

enum { TABLE = 1 << 14, TOPICS_MAX = 1000 };

static Session *table[TABLE];

static Session **slot_of(const char *id)
{
    uint64_t hash = 14695981039346656037u;

    for (const char *c = id; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    return &table[(hash ^ hash >> 32) % TABLE];
}

Session *session_of(const char *id, bool make)
{
    Session **slot = slot_of(id ? id : "");
    Session *found = *slot;

    while (found && strcmp(found->id, id ? id : "") != 0)
        found = found->next;
    if (found || !make || !id)
        return found;
    found = calloc(1, sizeof *found + strlen(id) + 1);
    if (!found)
        return NULL;
    memcpy(found->id, id, strlen(id) + 1);
    found->next = *slot;
    *slot = found;
    return found;
}

static void drop_first_topic(Session *session)
{
    Topic *first = session->topics;

    session->topics = first->next;
    free(first);
}

void session_remove(Session *session)
{
    Session **at = slot_of(session->id);

    while (*at != session)
        at = &(*at)->next;
    *at = session->next;
    while (session->topics)
        drop_first_topic(session);
    free(session);
}

bool session_add_topic(Session *session, const char *topic)
{
    size_t size = strlen(topic) + 1;
    Topic *added = malloc(sizeof *added + size);
    int count = 0;

    for (const Topic *one = session->topics; one; one = one->next)
        count++;
    if (!added || count >= TOPICS_MAX) {
        free(added);
        return false;
    }
    memcpy(added->text, topic, size);
    added->next = session->topics;
    session->topics = added;
    return true;
}

bool session_remove_topic(Session *session, const char *topic)
{
    for (Topic **at = &session->topics; *at; at = &(*at)->next) {
        Topic *found = *at;
        if (strcmp(found->text, topic) != 0)
            continue;
        *at = found->next;
        free(found);
        return true;
    }
    return false;
}

void session_each(void (*fn)(Session *session, void *context), void *context)
{
    for (size_t i = 0; i < TABLE; i++) {
        Session *next;
        for (Session *session = table[i]; session; session = next) {
            next = session->next;
            fn(session, context);
        }
    }
}

int session_count_away(uint32_t caller)
{
    int count = 0;

    for (size_t i = 0; i < TABLE; i++)
        for (const Session *session = table[i]; session; session = session->next)
            count += !session->client && session->caller == caller;
    return count;
}

void session_forget_topics(Session *session)
{
    while (session->topics) {
        line_ask(MQTT_UNSUBSCRIBE, session->caller, session->topics->text, NULL, NULL);
        drop_first_topic(session);
    }
}
