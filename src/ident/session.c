/* SPDX-License-Identifier: EUPL-1.2 */
/* Sessions: the cookie `sid` holds 32 random bytes behind an "s"; the database only their hash. */
#include "ident/internal.h"

#include "core/crypto.h"
#include "core/work/form_once.h"

#include <assert.h>
#include <stdlib.h>

/* A form that was taken once is refused for another reason when that is forgotten. */
_Static_assert((int)STAFF_TOTAL < (int)FORM_ONCE_KEPT_MS,
               "a form outlives what is known of its sending");

Str session_hash(Arena *arena, Str token)
{
    return crypto_sha256_hex(arena, token);
}

/* --- When it was last used ----------------------------------------------------------------- */

static Timestamp seen_get(IdentState *state, Str hash)
{
    Timestamp at = 0;

    pthread_mutex_lock(&state->lock);
    for (size_t i = 0; i < state->count; i++)
        if (memcmp(state->items[i].hash, hash.ptr, hash.len) == 0)
            at = state->items[i].at;
    pthread_mutex_unlock(&state->lock);
    return at;
}

static void seen_set(IdentState *state, Str hash, Timestamp now)
{
    pthread_mutex_lock(&state->lock);
    size_t i = 0;
    while (i < state->count && memcmp(state->items[i].hash, hash.ptr, hash.len) != 0)
        i++;
    if (i == state->capacity) {
        state->capacity = state->capacity ? state->capacity * 2 : 32;
        state->items = realloc(state->items, state->capacity * sizeof *state->items);
        assert(state->items);
    }
    if (i == state->count) {
        state->count++;
        memcpy(state->items[i].hash, hash.ptr, hash.len);
        state->items[i].hash[64] = '\0';
    }
    state->items[i].at = now;
    pthread_mutex_unlock(&state->lock);
}

void session_seen(Tenant *tenant, Str hash, Timestamp now)
{
    seen_set(ident_state(tenant), hash, now);
}

typedef struct Flush {
    Seen *items;
    size_t count;
} Flush;

static bool write_seen(Tx *tx, void *context, Err *err)
{
    const Flush *flush = context;

    for (size_t i = 0; i < flush->count; i++)
        if (!tx_exec(tx, err,
                     "UPDATE session SET last_seen = $2 WHERE hash = $1 AND last_seen < $2",
                     P_TEXT(str_c(flush->items[i].hash)), P_INT(flush->items[i].at)) ||
            !tx_exec(tx, err, "UPDATE api_key SET last_used = $2 WHERE hash = $1",
                     P_TEXT(str_c(flush->items[i].hash)), P_INT(flush->items[i].at)))
            return false;
    return true;
}

bool sessions_flush(Tenant *tenant, Err *err)
{
    IdentState *state = ident_state(tenant);

    pthread_mutex_lock(&state->lock);
    Flush flush = {state->items, state->count};
    state->items = NULL;
    state->count = state->capacity = 0;
    pthread_mutex_unlock(&state->lock);
    bool ok = flush.count == 0 || db_write(tenant->db, write_seen, &flush, err);
    free(flush.items);
    return ok;
}

/* --- Who it is -------------------------------------------------------------------------------- */

typedef struct SessionRow {
    int64_t citizen_id;
    int64_t staff_id;
    Timestamp created;
    Timestamp last_seen;
    Str citizen_email;
    Staff staff;
    bool staff_active;
} SessionRow;

static bool session_row(Tx *tx, Str hash, const char *stage, Arena *arena, SessionRow *out,
                        Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err,
                 "SELECT s.citizen_id, s.staff_id, s.created_at, s.last_seen, c.email,"
                 " f.login, f.name, f.email, f.active"
                 " FROM session s LEFT JOIN citizen c ON c.id = s.citizen_id"
                 " LEFT JOIN staff f ON f.id = s.staff_id WHERE s.hash = $1 AND s.stage = $2",
                 P_TEXT(hash), P_TEXT(str_c(stage)));

    *out = (SessionRow){0};
    if (!rows)
        return false;
    if (rows_next(rows, err)) {
        out->citizen_id = row_int(rows, 0);
        out->staff_id = row_int(rows, 1);
        out->created = row_int(rows, 2);
        out->last_seen = row_int(rows, 3);
        out->citizen_email = row_text(rows, 4);
        out->staff = (Staff){.id = out->staff_id,
                             .login = row_text(rows, 5),
                             .name = row_text(rows, 6),
                             .email = row_text(rows, 7)};
        out->staff_active = row_int(rows, 8) != 0;
    }
    rows_end(rows);
    return err->kind == ERR_NONE;
}

static bool in_time(const SessionRow *row, Timestamp seen, Timestamp now)
{
    int64_t idle = row->staff_id ? STAFF_IDLE : CITIZEN_IDLE;
    int64_t total = row->staff_id ? STAFF_TOTAL : CITIZEN_TOTAL;

    if (seen < row->last_seen)
        seen = row->last_seen;
    return now - row->created < total && now - seen < idle;
}

static bool session_fill(Request *req, Tx *tx, SessionRow *row, Err *err)
{
    Session *session = &req->session;

    session->citizen_id = row->citizen_id;
    session->email = row->citizen_email;
    session->name = row->citizen_email;
    if (!row->staff_id)
        return true;
    Staff *staff = arena_copy(req->arena, &row->staff, sizeof row->staff);
    if (!staff_grants(tx, req->arena, staff, err))
        return false;
    session->staff_id = staff->id;
    session->staff = staff;
    session->name = staff->name;
    return true;
}

bool ident_session_load(Request *req, Err *err)
{
    SessionRow row;
    IdentState *state = ident_state(req->tenant);
    Str hash = session_hash(req->arena, req->session_token);
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    err_clear(err);
    bool ok = session_row(tx, hash, STAGE_FULL, req->arena, &row, err);
    Timestamp seen = seen_get(state, hash);
    bool valid =
        ok && row.created && in_time(&row, seen, req->now) && (!row.staff_id || row.staff_active);
    if (valid)
        ok = session_fill(req, tx, &row, err);
    tx_end(tx);
    if (valid && ok && req->now - (seen > row.last_seen ? seen : row.last_seen) > MINUTE)
        seen_set(state, hash, req->now);
    return ok;
}

bool session_pending(Request *req, const char *stage, int64_t *staff_id, Err *err)
{
    SessionRow row;

    *staff_id = 0;
    if (!req->session_token.ptr)
        return true;
    Tx *tx = db_read(req->tenant->db, err);
    if (!tx)
        return false;
    err_clear(err);
    bool ok =
        session_row(tx, session_hash(req->arena, req->session_token), stage, req->arena, &row, err);
    tx_end(tx);
    if (ok && row.staff_active && req->now - row.created < PENDING_TOTAL)
        *staff_id = row.staff_id;
    return ok;
}

/* --- Begin and end --------------------------------------------------------------------------- */

typedef struct Start {
    Str old_hash; /* STR_NONE: there was none */
    Str hash;
    int64_t citizen_id;
    int64_t staff_id;
    const char *stage;
} Start;

static bool start_write(Tx *tx, void *context, Err *err)
{
    const Start *start = context;
    int64_t now = tx_now(tx);

    if (start->old_hash.ptr &&
        !tx_exec(tx, err, "DELETE FROM session WHERE hash = $1", P_TEXT(start->old_hash)))
        return false;
    if (!start->hash.ptr)
        return true;
    return tx_exec(tx, err,
                   "INSERT INTO session (hash, citizen_id, staff_id, stage, created_at, last_seen)"
                   " VALUES ($1, $2, $3, $4, $5, $5)",
                   P_TEXT(start->hash), start->citizen_id ? P_INT(start->citizen_id) : P_NULL,
                   start->staff_id ? P_INT(start->staff_id) : P_NULL, P_TEXT(str_c(start->stage)),
                   P_INT(now));
}

bool session_start(Request *req, Response *res, int64_t citizen_id, int64_t staff_id,
                   const char *stage, Err *err)
{
    Str token = str_printf(req->arena, "s%.*s", STR_ARG(crypto_token(req->arena, 32)));
    Start start = {.hash = session_hash(req->arena, token),
                   .citizen_id = citizen_id,
                   .staff_id = staff_id,
                   .stage = stage};

    if (req->session_token.ptr)
        start.old_hash = session_hash(req->arena, req->session_token);
    if (!db_write(req->tenant->db, start_write, &start, err))
        return false;
    req->session_token = token;
    response_cookie(req, res, "sid", token, -1);
    return true;
}

bool ident_session_start(Request *req, Response *res, int64_t citizen_id, int64_t staff_id,
                         Err *err)
{
    return session_start(req, res, citizen_id, staff_id, STAGE_FULL, err);
}

bool ident_session_end(Request *req, Response *res, Err *err)
{
    Start start = {0};

    if (req->session_token.ptr) {
        start.old_hash = session_hash(req->arena, req->session_token);
        if (!db_write(req->tenant->db, start_write, &start, err))
            return false;
    }
    req->session = (Session){0};
    req->session_token = STR_NONE;
    response_cookie(req, res, "sid", STR(""), 0);
    return true;
}

bool sessions_end_of_staff(Tx *tx, int64_t staff_id, Str keep_hash, Err *err)
{
    return tx_exec(tx, err, "DELETE FROM session WHERE staff_id = $1 AND hash <> $2",
                   P_INT(staff_id), P_TEXT(keep_hash.ptr ? keep_hash : STR("")));
}
