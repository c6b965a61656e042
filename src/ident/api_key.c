/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys of programs: 32 random bytes behind "rk_", of which the database holds the hash. A key
 * belongs to an account of staff and can do at most what that account may. */
#include "ident/internal.h"

#include "core/crypto.h"
#include "core/store/event.h"
#include "core/store/rows.h"

#include <assert.h>
#include <stdlib.h>

enum {
    TOKEN_LENGTH = 46,
    BEGINS_LENGTH = 9,
    NAME_LENGTH = 80,
    RATE_MAX = 6000000,
    KEYS_MAX = 1000
};

const KeyScope KEY_SCOPES[] = {
    {"case.read", "Vorgänge und Register lesen"},
    {"case.decide", "Vorgänge bearbeiten und entscheiden"},
    {"case.protected", "geschützte Entscheidungen lesen und treffen"},
    {"case.assign", "Vorgänge zuweisen"},
    {"register.export", "Register ausgeben"},
    {"register.correct", "Register berichtigen"},
    {"money.read", "Forderungen lesen"},
    {"event.read", "Ereignisse abholen"},
    {"city.read", "interne Stadtdaten lesen"},
    {"city.write", "Stadtdaten schreiben"},
    {0},
};

/* --- How often -----------------------------------------------------------------------------------
 */

typedef struct KeyRate {
    int64_t key_id;
    double tokens; /* requests that are left at once; filled up evenly over the minute */
    int64_t at;    /* monotonic milliseconds */
} KeyRate;

static KeyRate *rate_of(IdentState *state, int64_t key_id, int64_t per_minute)
{
    for (size_t i = 0; i < state->rate_count; i++)
        if (state->rates[i].key_id == key_id)
            return &state->rates[i];
    if (state->rate_count == state->rate_capacity) {
        state->rate_capacity = state->rate_capacity ? state->rate_capacity * 2 : 16;
        state->rates = realloc(state->rates, state->rate_capacity * sizeof *state->rates);
        assert(state->rates);
    }
    state->rates[state->rate_count] = (KeyRate){key_id, (double)per_minute, clock_monotonic_ms()};
    return &state->rates[state->rate_count++];
}

static bool rate_allows(Tenant *tenant, int64_t key_id, int64_t per_minute)
{
    IdentState *state = ident_state(tenant);
    int64_t now = clock_monotonic_ms();

    pthread_mutex_lock(&state->lock);
    KeyRate *rate = rate_of(state, key_id, per_minute);
    rate->tokens += (double)(now - rate->at) * (double)per_minute / 60000.0;
    if (rate->tokens > (double)per_minute)
        rate->tokens = (double)per_minute;
    rate->at = now;
    bool allowed = rate->tokens >= 1;
    if (allowed)
        rate->tokens -= 1;
    pthread_mutex_unlock(&state->lock);
    return allowed;
}

/* --- Who is calling
 * --------------------------------------------------------------------------------
 */

typedef struct Found {
    int64_t id, staff_id, per_minute;
    Str scopes, within;
} Found;

static bool find(Tx *tx, Str hash, Date today, Arena *arena, Found *out, Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err,
                 "SELECT k.id, k.staff_id, k.per_minute, k.scopes, k.within FROM api_key k "
                 "JOIN staff s ON s.id = k.staff_id AND s.active = 1 WHERE k.hash = $1 "
                 "AND k.revoked_at IS NULL AND (k.expires IS NULL OR k.expires >= $2)",
                 P_TEXT(hash), P_TEXT(date_iso(arena, today)));

    *out = (Found){0};
    if (rows && rows_next(rows, err))
        *out = (Found){row_int(rows, 0), row_int(rows, 1), row_int(rows, 2), row_text(rows, 3),
                       row_text(rows, 4)};
    if (rows)
        rows_end(rows);
    return rows && err->kind == ERR_NONE;
}

bool ident_key_load(Request *req, Str key, Err *err)
{
    Staff *staff = arena_new(req->arena, Staff);
    Found found;
    Tx *tx;

    if (key.len != TOKEN_LENGTH || !str_starts_with(key, "rk_"))
        return true;
    Str hash = crypto_sha256_hex(req->arena, key);
    if (!(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = find(tx, hash, req->today, req->arena, &found, err) &&
              (!found.id || ident_staff_by_id(tx, found.staff_id, req->arena, staff, err));
    tx_end(tx);
    if (!ok || !found.id)
        return ok;
    if (!rate_allows(req->tenant, found.id, found.per_minute))
        return err_set(err, ERR_TOO_MANY, "this key may be used %lld times a minute",
                       (long long)found.per_minute);
    session_seen(req->tenant, hash, req->now);
    staff->scopes = found.scopes;
    req->session.staff_id = staff->id;
    req->session.staff = staff;
    req->session.name = staff->name;
    req->session.within = found.within.len ? found.within : STR_NONE;
    return true;
}

/* --- Keeping them
 * ----------------------------------------------------------------------------------
 */

static ApiKey key_from_row(Rows *rows)
{
    return (ApiKey){.id = row_int(rows, 0),
                    .staff_id = row_int(rows, 1),
                    .name = row_text(rows, 2),
                    .begins = row_text(rows, 3),
                    .scopes = row_text(rows, 4),
                    .per_minute = row_int(rows, 5),
                    .expires = row_date(rows, 6),
                    .created = row_int(rows, 7),
                    .last_used = row_int(rows, 8),
                    .revoked = row_int(rows, 9),
                    .within = row_text(rows, 10)};
}

bool api_key_list(Tx *tx, int64_t staff_id, Arena *arena, ApiKey **out, size_t *count, Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err,
                 "SELECT id, staff_id, name, begins, scopes, per_minute, expires, "
                 "created_at, last_used, revoked_at, within FROM api_key WHERE staff_id = $1 "
                 "ORDER BY id DESC",
                 P_INT(staff_id));

    return ROWS_LIST(rows, arena, out, count, err, key_from_row(rows));
}

static bool note(Tx *tx, const char *type, int64_t staff_id, int64_t key, Str actor, Err *err)
{
    Arena *arena = arena_create(256);
    Node *data = node_map(arena);

    node_set(arena, data, STR("key"), node_int(arena, key));
    bool ok = event_add(tx, type, event_staff(arena, staff_id), actor, data, err);
    arena_destroy(arena);
    return ok;
}

/* Two of one name cannot be told apart; and a form that was sent twice would leave a key that works
 * and that nobody has seen. */
static bool is_new_name(Tx *tx, const ApiKey *key, Err *err)
{
    int64_t count = 0;

    return tx_query_int(tx, err, &count,
                        "SELECT COUNT(*) FROM api_key WHERE staff_id = $1 AND name = $2 AND "
                        "revoked_at IS NULL",
                        P_INT(key->staff_id), P_TEXT(key->name)) &&
           (!count || err_field(err, "name",
                                "Einen Schlüssel „%.*s“ hat dieses Konto schon. Wer ihn nicht "
                                "kennt, sperrt ihn und macht einen neuen.",
                                STR_ARG(key->name)));
}

static bool check(Tx *tx, const ApiKey *key, Err *err)
{
    int64_t count = 0;

    if (str_empty(key->name) || key->name.len > NAME_LENGTH)
        return err_field(err, "name", "Bitte geben Sie einen Namen mit höchstens 80 Zeichen an.");
    if (str_empty(key->scopes))
        return err_field(err, "rechte", "Bitte wählen Sie, was das Programm darf.");
    if (key->per_minute < 1 || key->per_minute > RATE_MAX)
        return err_field(err, "anfragen", "Bitte geben Sie eine Zahl von 1 bis %d an.", RATE_MAX);
    return tx_query_int(tx, err, &count,
                        "SELECT COUNT(*) FROM api_key WHERE staff_id = $1 AND revoked_at IS NULL",
                        P_INT(key->staff_id)) &&
           (count < KEYS_MAX ||
            err_field(err, "name", "Dieses Konto hat schon %d Schlüssel. Bitte sperren Sie einen.",
                      KEYS_MAX)) &&
           is_new_name(tx, key, err);
}

bool api_key_add(Tx *tx, const ApiKey *key, Str actor, Arena *arena, Str *token, Err *err)
{
    int64_t id = 0;

    if (!check(tx, key, err))
        return false;
    *token = str_printf(arena, "rk_%.*s", STR_ARG(crypto_token(arena, 32)));
    return tx_insert(tx, err, &id,
                     "INSERT INTO api_key (hash, staff_id, name, begins, scopes, per_minute, "
                     "expires, created_at, within) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                     P_TEXT(crypto_sha256_hex(arena, *token)), P_INT(key->staff_id),
                     P_TEXT(key->name), P_TEXT(str_slice(*token, 0, BEGINS_LENGTH)),
                     P_TEXT(key->scopes), P_INT(key->per_minute),
                     date_absent(key->expires) ? P_NULL : P_TEXT(date_iso(arena, key->expires)),
                     P_INT(tx_now(tx)), P_TEXT(key->within.ptr ? key->within : STR(""))) &&
           note(tx, "staff.key_added", key->staff_id, id, actor, err);
}

bool api_key_revoke(Tx *tx, int64_t staff_id, int64_t id, Str actor, Err *err)
{
    int64_t changed = 0;

    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE api_key SET revoked_at = $3 WHERE id = $1 AND staff_id = $2 AND "
                       "revoked_at IS NULL",
                       P_INT(id), P_INT(staff_id), P_INT(tx_now(tx))))
        return false;
    if (!changed)
        return err_set(err, ERR_NOT_FOUND, "Diesen Schlüssel gibt es nicht, oder er ist gesperrt.");
    return note(tx, "staff.key_revoked", staff_id, id, actor, err);
}
