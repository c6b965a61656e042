/* SPDX-License-Identifier: EUPL-1.2 */
/* Tries are counted by a key: an account's, a mail address', a network address' hash. */
#include "ident/internal.h"

#include "core/crypto.h"

enum { FIRST_WAIT = 30 * 1000, FORGET_AFTER = 2 * HOUR };

typedef struct Attempt {
    int64_t count;
    Timestamp since;
    Timestamp last;
} Attempt;

static bool attempt_read(Tx *tx, Str key, Attempt *out, Err *err)
{
    Arena *arena = arena_create(256);
    Rows *rows =
        tx_query(tx, arena, err, "SELECT count, since, last_at FROM login_attempt WHERE key = $1",
                 P_TEXT(key));

    *out = (Attempt){0};
    if (rows && rows_next(rows, err))
        *out = (Attempt){row_int(rows, 0), row_int(rows, 1), row_int(rows, 2)};
    rows_end(rows);
    arena_destroy(arena);
    return rows && err->kind == ERR_NONE;
}

static bool attempt_write(Tx *tx, Str key, const Attempt *attempt, Err *err)
{
    return tx_exec(tx, err,
                   "INSERT INTO login_attempt (key, count, since, last_at) VALUES ($1, $2, $3, $4)"
                   " ON CONFLICT (key) DO UPDATE SET count = excluded.count,"
                   " since = excluded.since, last_at = excluded.last_at",
                   P_TEXT(key), P_INT(attempt->count), P_INT(attempt->since), P_INT(attempt->last));
}

static int64_t wait_after(int64_t failures, int64_t free_failures)
{
    if (failures < free_failures)
        return 0;
    int64_t doublings = failures - free_failures;
    int64_t wait = doublings > 7 ? HOUR : (int64_t)FIRST_WAIT << doublings;

    return wait > HOUR ? HOUR : wait;
}

bool attempt_wait(Tx *tx, Str key, int free_failures, Timestamp now, int64_t *wait_ms, Err *err)
{
    Attempt attempt;

    if (!attempt_read(tx, key, &attempt, err))
        return false;
    int64_t left = attempt.last + wait_after(attempt.count, free_failures) - now;
    *wait_ms = left > 0 ? left : 0;
    return true;
}

bool attempt_failed(Tx *tx, Str key, Timestamp now, Err *err)
{
    Attempt attempt;

    if (!attempt_read(tx, key, &attempt, err))
        return false;
    if (now - attempt.last > FORGET_AFTER)
        attempt = (Attempt){.since = now};
    attempt.count++;
    attempt.last = now;
    return attempt_write(tx, key, &attempt, err);
}

bool attempt_clear(Tx *tx, Str key, Err *err)
{
    return tx_exec(tx, err, "DELETE FROM login_attempt WHERE key = $1", P_TEXT(key));
}

bool attempt_use(Tx *tx, Str key, Timestamp now, int max, int64_t window_ms, bool *allowed,
                 Err *err)
{
    Attempt attempt;

    if (!attempt_read(tx, key, &attempt, err))
        return false;
    if (now - attempt.since >= window_ms)
        attempt = (Attempt){.since = now};
    *allowed = attempt.count < max;
    if (!*allowed)
        return true;
    attempt.count++;
    attempt.last = now;
    return attempt_write(tx, key, &attempt, err);
}

Str attempt_address_key(const Request *req, const char *what)
{
    Str hash = crypto_hmac(req->arena, req->tenant->csrf_key, req->address);

    return str_printf(req->arena, "%s:%.22s", what, hash.ptr);
}
