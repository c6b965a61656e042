/* SPDX-License-Identifier: EUPL-1.2 */
/* mosquitto does one thing after the other, and asks whether a subscriber may read while it hands a
 * message round. So this holds whom the message of this moment is for, and whatever else happens
 * ends that: no client's message and no last will reaches a subscriber. */
#include "city/mqtt/plugin/plugin.h"

#include <stdlib.h>
#include <string.h>

/* Whom the message that is handed round is for: "*", "3,17"; NULL: nobody. */
static char *reading;
/* Who is connecting and gets what waited for it; the same caller was allowed to have it. */
static const Session *returning;

void moment_end_reading(void)
{
    free(reading);
    reading = NULL;
}

void moment_end(void)
{
    moment_end_reading();
    returning = NULL;
}

void moment_begin_reading(const char *callers, size_t length)
{
    reading = strndup(callers, length);
}

void moment_begin_returning(const Session *session)
{
    returning = session;
}

bool moment_is_returning(const Session *session)
{
    return returning == session;
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

bool moment_may_read(const Session *session)
{
    return session == returning || (reading && names(reading, session->caller));
}
