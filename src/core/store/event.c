/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/store/event.h"

#include "base/buf.h"
#include "core/crypto.h"
#include "core/store/rows.h"
#include "core/tenant.h"

#include <assert.h>
#include <stdio.h>

const Migration EVENT_MIGRATIONS[] = {
    {"event-001-event", "CREATE TABLE event ("
                        "  id BIGINT PRIMARY KEY,"
                        "  moment BIGINT NOT NULL,"
                        "  type TEXT NOT NULL,"
                        "  subject TEXT NOT NULL,"
                        "  actor TEXT NOT NULL,"
                        "  data TEXT NOT NULL," /* canonical JSON */
                        "  hash TEXT NOT NULL);"
                        "CREATE INDEX event_subject ON event (subject, id)"},
    {NULL, NULL},
};

/* What the first event's hash stands on. */
static const char BEGINNING[65] =
    "0000000000000000000000000000000000000000000000000000000000000000";

/* hash = SHA-256(previous hash in hexadecimal || canonical JSON), in hexadecimal. The keys
 * stand in byte order, as canonical JSON wants it. */
static Str chain(Arena *arena, Str previous, int64_t id, Timestamp at, Str type, Str subject,
                 Str actor, Str data)
{
    Buf text = buf_in(arena);

    buf_add(&text, previous);
    buf_add_c(&text, "{\"actor\":");
    json_write_string(&text, actor);
    buf_addf(&text, ",\"at\":%lld,\"data\":", (long long)at);
    buf_add(&text, data);
    buf_addf(&text, ",\"id\":%lld,\"subject\":", (long long)id);
    json_write_string(&text, subject);
    buf_add_c(&text, ",\"type\":");
    json_write_string(&text, type);
    buf_add_char(&text, '}');
    return crypto_sha256_hex(arena, buf_str(&text));
}

static bool last_event(Tx *tx, Arena *arena, int64_t *id, Str *hash, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, "SELECT id, hash FROM event ORDER BY id DESC LIMIT 1");

    *id = 0;
    *hash = str_c(BEGINNING);
    if (!rows)
        return false;
    err_clear(err);
    if (rows_next(rows, err)) {
        *id = row_int(rows, 0);
        *hash = row_text(rows, 1);
    }
    rows_end(rows);
    return err->kind == ERR_NONE;
}

/* Whoever wants to know of new events. A database without a town has nobody. */
static bool tell_engines(Tx *tx, Err *err)
{
    size_t count = 0;
    Tenant *tenant = db_owner(tx_db(tx));
    const Engine *const *engines = tenant ? app_engines(tenant->app, &count) : NULL;

    for (size_t i = 0; i < count; i++)
        if (engines[i]->event_added && !engines[i]->event_added(tx, err))
            return false;
    return true;
}

Str event_staff(Arena *arena, int64_t staff_id)
{
    return str_printf(arena, "staff/%lld", (long long)staff_id);
}

enum { EVENT_COLUMNS = 7 };

/* The row of an event behind `*hash`, which becomes its own. */
static void event_row(Arena *arena, const NewEvent *event, int64_t id, Timestamp now, Str *hash,
                      Param *row)
{
    Buf json = buf_in(arena);
    Str type = str_c(event->type);

    assert(event->type && event->subject.ptr && event->actor.ptr);
    if (event->data)
        node_write_json_canonical(event->data, &json);
    else
        buf_add_c(&json, "{}");
    *hash = chain(arena, *hash, id, now, type, event->subject, event->actor, buf_str(&json));
    memcpy(row,
           (Param[EVENT_COLUMNS]){P_INT(id), P_INT(now), P_TEXT(type), P_TEXT(event->subject),
                                  P_TEXT(event->actor), P_TEXT(buf_str(&json)), P_TEXT(*hash)},
           EVENT_COLUMNS * sizeof *row);
}

bool event_add_all(Tx *tx, const NewEvent *events, size_t count, Err *err)
{
    Arena *arena = arena_create(0);
    Param *rows = arena_array(arena, Param, count * EVENT_COLUMNS);
    int64_t id;
    Str hash;
    bool ok = last_event(tx, arena, &id, &hash, err);

    for (size_t i = 0; ok && i < count; i++)
        event_row(arena, &events[i], ++id, tx_now(tx), &hash, rows + i * EVENT_COLUMNS);
    ok = ok &&
         tx_insert_rows(tx, err, "INSERT INTO event (id, moment, type, subject, actor, data, hash)",
                        "", EVENT_COLUMNS, rows, count);
    arena_destroy(arena);
    return ok && (count == 0 || tell_engines(tx, err));
}

bool event_add(Tx *tx, const char *type, Str subject, Str actor, const Node *data, Err *err)
{
    return event_add_all(tx, &(NewEvent){type, subject, actor, data}, 1, err);
}

static Event event_from_row(Rows *rows, Arena *arena, Err *err)
{
    return (Event){
        .id = row_int(rows, 0),
        .at = row_int(rows, 1),
        .type = row_text(rows, 2),
        .subject = row_text(rows, 3),
        .actor = row_text(rows, 4),
        .data = node_parse_json(arena, row_text(rows, 5), "event", &NODE_LIMITS_PACKAGE, err),
    };
}

bool event_list(Tx *tx, Str subject, Arena *arena, Event **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, moment, type, subject, actor, data FROM event "
                          "WHERE subject = $1 ORDER BY id",
                          P_TEXT(subject));

    return ROWS_LIST(rows, arena, out, count, err, event_from_row(rows, arena, err));
}

enum { VERIFY_STEP = 1000 };

typedef struct Walk {
    int64_t last; /* id of the newest event that was looked at */
    int64_t count;
    char hash[65];
    void (*tell)(void *context, const char *problem);
    void *context;
} Walk;

/* Behind a break the chain goes on from the hash that stands there. */
static void look_at(Walk *walk, int64_t id, Str stored, Str right)
{
    char problem[120];
    bool missing = id != walk->last + 1;

    if (missing && id - 1 > walk->last + 1)
        snprintf(problem, sizeof problem,
                 "the event chain is broken: events %lld to %lld are missing",
                 (long long)walk->last + 1, (long long)id - 1);
    else if (missing)
        snprintf(problem, sizeof problem, "the event chain is broken: event %lld is missing",
                 (long long)walk->last + 1);
    else if (!str_eq(stored, right))
        snprintf(problem, sizeof problem,
                 "the event chain is broken: event %lld, or one before it, was changed",
                 (long long)id);
    if (missing || !str_eq(stored, right)) {
        walk->tell(walk->context, problem);
        right = stored.len == 64 ? stored : right;
    }
    memcpy(walk->hash, right.ptr, 64);
    walk->last = id;
    walk->count++;
}

/* The next events, at most VERIFY_STEP; `*more` tells whether there were any. */
static bool verify_some(Tx *tx, Walk *walk, Arena *arena, bool *more, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, moment, type, subject, actor, data, hash FROM event "
                          "WHERE id > $1 ORDER BY id LIMIT $2",
                          P_INT(walk->last), P_INT(VERIFY_STEP));

    *more = false;
    if (!rows)
        return false;
    err_clear(err);
    while (err->kind == ERR_NONE && rows_next(rows, err)) {
        int64_t id = row_int(rows, 0);
        Str right = chain(arena, str_c(walk->hash), id, row_int(rows, 1), row_text(rows, 2),
                          row_text(rows, 3), row_text(rows, 4), row_text(rows, 5));
        *more = true;
        look_at(walk, id, row_text(rows, 6), right);
    }
    rows_end(rows);
    return err->kind == ERR_NONE;
}

static void keep_first(void *context, const char *problem)
{
    Err *err = context;

    if (err->kind == ERR_NONE)
        err_set(err, ERR_CONFLICT, "%s", problem);
}

bool event_verify(Tx *tx, int64_t *count, Err *err)
{
    Err first = {0};

    if (!event_verify_each(tx, keep_first, &first, count, err))
        return false;
    return first.kind == ERR_NONE || err_set(err, first.kind, "%s", first.message);
}

bool event_verify_each(Tx *tx, void (*tell)(void *context, const char *problem), void *context,
                       int64_t *count, Err *err)
{
    Arena *arena = arena_create(0);
    Walk walk = {.tell = tell, .context = context};
    bool more = true;
    bool ok = true;

    memcpy(walk.hash, BEGINNING, sizeof walk.hash);
    while (ok && more) {
        arena_reset(arena);
        ok = verify_some(tx, &walk, arena, &more, err);
    }
    *count = walk.count;
    arena_destroy(arena);
    return ok;
}
