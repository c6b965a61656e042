/* SPDX-License-Identifier: EUPL-1.2 */
/* What the plugin's files share. It runs in mosquitto's one thread. */
#pragma once

#include "city/mqtt/wire.h"

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* Seconds of a clock that goes on evenly whatever is done to the machine's. */
static inline int64_t even_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* --- line.c ----------------------------------------------------------------------------------- */

/* Take up the line: the teller's password is its first frame. */
bool line_begin(void);
bool line_is_secret(const char *password);
/* Ask and wait; false when there is no answer. `answer` may be NULL: nothing is waited for. */
bool line_ask(MqttFrameKind kind, uint32_t caller, const char *first, const char *second,
              MqttFrame *answer);
/* The next caller whose clients are to go, or false. */
bool line_next_end(uint32_t *caller);

/* --- ring.c ----------------------------------------------------------------------------------- */

bool ring_begin(void);
/* Hand a message over and count it. False: Rathaus does not take anything any more. */
bool ring_put(uint32_t caller, const char *topic, const void *payload, uint32_t payload_size);
/* One more caller's clients are disconnected. */
void ring_count_end(void);
/* One more client is to come again soon, when its town is open. */
void ring_count_put_off(void);

/* --- session.c -------------------------------------------------------------------------------- */

typedef struct Topic {
    struct Topic *next;
    char text[];
} Topic;

/* A client by its id; it stays while the broker keeps a session for it. */
typedef struct Session {
    struct Session *next;
    const struct mosquitto *client; /* who is connected; NULL: nobody at the moment */
    uint32_t caller;
    bool writes;
    bool teller;
    int64_t gone_at; /* even_seconds(), of one that is not */
    Topic *topics;   /* what it subscribed to */
    char id[];
} Session;

/* How many of the caller are kept while nobody is connected. */
int session_count_away(uint32_t caller);
/* NULL when there is none and it is not to be made. */
Session *session_of(const char *id, bool make);
void session_remove(Session *session);
bool session_add_topic(Session *session, const char *topic);
/* False: it had no such topic. */
bool session_remove_topic(Session *session, const char *topic);
void session_each(void (*fn)(Session *session, void *context), void *context);
/* Its subscriptions end. */
void session_forget_topics(Session *session);

/* --- moment.c --------------------------------------------------------------------------------- */

/* The message that comes next is for these callers ("*", "3,17"). */
void moment_begin_reading(const char *callers, size_t length);
void moment_end_reading(void);
/* The client gets what waited for it; NULL: none does. */
void moment_begin_returning(const Session *session);
bool moment_is_returning(const Session *session);
/* Both end. */
void moment_end(void);
/* May it have the message of this moment? */
bool moment_may_read(const Session *session);

/* --- What mosquitto calls: come.c, rights.c ----------------------------------------------------
 */

int on_auth(int event, void *data, void *context);
int on_disconnect(int event, void *data, void *context);
int on_acl(int event, void *data, void *context);
