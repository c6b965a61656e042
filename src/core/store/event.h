/* SPDX-License-Identifier: EUPL-1.2 */
/* The tenant's event table: append-only and hash-chained. What happened, to what, by
 * whom. `rathaus verify` proves the chain. */
#pragma once

#include "base/clock.h"
#include "base/node.h"
#include "core/store/db.h"

typedef struct Event {
    int64_t id;
    Timestamp at;
    Str type;    /* "case.submitted" */
    Str subject; /* "case/17" */
    Str actor;   /* "citizen", "staff/3", "system" */
    const Node *data;
} Event;

/* The name under which a member of staff acts, "staff/3"; also the subject of what is noted about
 * an account. */
Str event_staff(Arena *arena, int64_t staff_id);
/* Append in this transaction. hash = SHA-256(previous hash || canonical JSON of id, at,
 * type, subject, actor, data). `data` may be NULL. */
bool event_add(Tx *tx, const char *type, Str subject, Str actor, const Node *data, Err *err);
/* The same for many, in this order, at a fraction of the cost. */
typedef struct NewEvent {
    const char *type;
    Str subject, actor;
    const Node *data;
} NewEvent;
bool event_add_all(Tx *tx, const NewEvent *events, size_t count, Err *err);
/* Events of a subject, oldest first. */
bool event_list(Tx *tx, Str subject, Arena *arena, Event **out, size_t *count, Err *err);
/* Walk the whole chain; on a break, err names the event. */
bool event_verify(Tx *tx, int64_t *count, Err *err);
/* The same, but each break is told and the walk goes on behind it; false when the rest cannot be
 * read. */
bool event_verify_each(Tx *tx, void (*tell)(void *context, const char *problem), void *context,
                       int64_t *count, Err *err);
extern const Migration EVENT_MIGRATIONS[];
