/* SPDX-License-Identifier: EUPL-1.2 */
#include "hooks/hook.h"

#include "core/crypto.h"
#include "core/store/rows.h"
#include "hooks/hooks.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_MAX_LENGTH = 80, URL_MAX_LENGTH = 500, HOOKS_MAX = 50, SECRET_BYTES = 32 };

const Migration HOOK_MIGRATIONS[] = {
    {"hooks-001-hook", "CREATE TABLE hook ("
                       "  id {id},"
                       "  name TEXT NOT NULL,"
                       "  url TEXT NOT NULL,"
                       "  types TEXT NOT NULL,"
                       "  secret TEXT NOT NULL,"
                       "  active BIGINT NOT NULL,"
                       "  position BIGINT NOT NULL,"
                       "  turn BIGINT NOT NULL,"
                       "  waiting BIGINT NOT NULL,"
                       "  failures BIGINT NOT NULL,"
                       "  last_error TEXT,"
                       "  last_sent BIGINT,"
                       "  created_at BIGINT NOT NULL)"},
    {"hooks-002-replays", "ALTER TABLE hook ADD COLUMN replays BIGINT NOT NULL DEFAULT 0"},
    {0},
};

/* --- Is any active? Asked for every event ------------------------------------------------------
 */

/* Once one may be, it stays so until the tenant is opened anew: a removal may be taken back with
 * its transaction, and a needless look costs one query. */
struct HooksState {
    atomic_bool any;
};

static HooksState *state_of(const Tenant *tenant)
{
    return tenant->state[app_engine_index(tenant->app, &HOOKS_ENGINE)];
}

bool hooks_open(Tenant *tenant, size_t index, Err *err)
{
    HooksState *state = calloc(1, sizeof *state);
    int64_t active = 0;
    Tx *tx;

    if (!state)
        return err_set(err, ERR_INTERNAL, "out of memory");
    tenant->state[index] = state;
    if (!(tx = db_read(tenant->db, err)))
        return false;
    bool ok = tx_query_int(tx, err, &active, "SELECT COUNT(*) FROM hook WHERE active = 1");
    tx_end(tx);
    atomic_store(&state->any, active > 0);
    return ok;
}

void hooks_close(Tenant *tenant, size_t index)
{
    free(tenant->state[index]);
}

static void one_is_active(Tx *tx)
{
    atomic_store(&state_of(tx_tenant(tx))->any, true);
}

/* --- Reading -----------------------------------------------------------------------------------
 */

#define COLUMNS                                                                        \
    "SELECT id, name, url, types, secret, active, position, turn, waiting, failures, " \
    "last_error, last_sent, created_at, replays FROM hook "

static Hook from_row(Rows *rows)
{
    return (Hook){.id = row_int(rows, 0),
                  .name = row_text(rows, 1),
                  .url = row_text(rows, 2),
                  .types = row_text(rows, 3),
                  .secret = row_text(rows, 4),
                  .active = row_int(rows, 5) != 0,
                  .position = row_int(rows, 6),
                  .turn = row_int(rows, 7),
                  .waiting = row_int(rows, 8) != 0,
                  .failures = row_int(rows, 9),
                  .last_error = row_text(rows, 10),
                  .last_sent = row_int(rows, 11),
                  .created = row_int(rows, 12),
                  .replays = row_int(rows, 13)};
}

bool hook_list(Tx *tx, Arena *arena, Hook **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, COLUMNS "ORDER BY id");

    return ROWS_LIST(rows, arena, out, count, err, from_row(rows));
}

bool hook_by_id(Tx *tx, int64_t id, Arena *arena, Hook *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, COLUMNS "WHERE id = $1", P_INT(id));

    if (!rows_one(rows, "Diese Anbindung gibt es nicht.", err))
        return false;
    *out = from_row(rows);
    rows_end(rows);
    return true;
}

/* --- Checking ----------------------------------------------------------------------------------
 */

bool hook_check(const Tenant *tenant, Str name, Str url, Str types, Err *err)
{
    bool local = hooks_local_allowed(tenant);
    bool https = str_starts_with(url, "https://"), http = str_starts_with(url, "http://");
    Str rest = str_slice(url, https ? 8 : 7, url.len);
    Str host = str_cut(&rest, '/');

    if (str_empty(name) || name.len > NAME_MAX_LENGTH)
        return err_field(err, "name", "Bitte geben Sie einen Namen mit höchstens 80 Zeichen an.");
    if (!https && !(http && local))
        return err_field(err, "adresse", "Die Adresse muss mit https:// beginnen.");
    if (str_empty(host) || url.len > URL_MAX_LENGTH || str_find_char(host, '@') >= 0 ||
        str_find_char(url, '#') >= 0)
        return err_field(err, "adresse",
                         "Bitte geben Sie eine Adresse wie https://fach.example.org/eingang an, "
                         "ohne Benutzernamen und ohne „#“.");
    for (size_t i = 0; i < url.len; i++)
        if ((unsigned char)url.ptr[i] <= ' ' || (unsigned char)url.ptr[i] >= 0x7f)
            return err_field(err, "adresse",
                             "Die Adresse darf keine Leerzeichen und Umlaute enthalten.");
    if (!hook_types_valid(types))
        return err_field(err, "arten",
                         "Bitte schreiben Sie Arten wie case.*, charge.paid mit Komma dazwischen.");
    return true;
}

bool hook_key(const Tenant *tenant, const Hook *hook, Arena *arena, Str *key)
{
    Str sealed;

    return crypto_base64_decode(arena, hook->secret, &sealed) &&
           crypto_open(arena, tenant->secret_key, sealed, key);
}

/* --- Changing ----------------------------------------------------------------------------------
 */

static bool note(Tx *tx, const char *type, int64_t id, Str actor, Err *err)
{
    char subject[40];

    snprintf(subject, sizeof subject, "hook/%lld", (long long)id);
    return event_add(tx, type, str_c(subject), actor, NULL, err);
}

/* A fresh key; `*shown` as Standard Webhooks writes it, `*sealed` for the database. */
static void make_secret(const Tenant *tenant, Arena *arena, Str *shown, Str *sealed)
{
    char *key = arena_alloc(arena, SECRET_BYTES);

    crypto_random(key, SECRET_BYTES);
    Str bytes = {key, SECRET_BYTES};
    *shown = str_printf(arena, "whsec_%.*s", STR_ARG(crypto_base64(arena, bytes)));
    *sealed = crypto_base64(arena, crypto_seal(arena, tenant->secret_key, bytes));
}

bool hook_add(Tx *tx, Str name, Str url, Str types, Str actor, Arena *arena, int64_t *id,
              Str *secret, Err *err)
{
    int64_t position = 0, count = 0, namesakes = 0;
    Str sealed;

    if (!tx_query_int(tx, err, &count, "SELECT COUNT(*) FROM hook") ||
        !tx_query_int(tx, err, &namesakes, "SELECT COUNT(*) FROM hook WHERE name = $1",
                      P_TEXT(name)))
        return false;
    if (namesakes) /* a form that was sent twice would tell a program everything twice */
        return err_field(err, "name",
                         "Eine Anbindung „%.*s“ gibt es schon. Einen neuen Schlüssel bekommt sie "
                         "auf ihrer Seite.",
                         STR_ARG(name));
    if (count >= HOOKS_MAX)
        return err_field(err, "name", "Es gibt schon %d Anbindungen. Bitte löschen Sie erst eine.",
                         HOOKS_MAX);
    make_secret(tx_tenant(tx), arena, secret, &sealed);
    /* The turns, which name its effects, begin at the moment: its id may have been that of one that
     * was removed, whose effects are still known. */
    if (!tx_query_int(tx, err, &position, "SELECT COALESCE(MAX(id), 0) FROM event") ||
        !tx_insert(tx, err, id,
                   "INSERT INTO hook (name, url, types, secret, active, position, turn, waiting, "
                   "failures, created_at) VALUES ($1, $2, $3, $4, 1, $5, $6, 0, 0, $6)",
                   P_TEXT(name), P_TEXT(url), P_TEXT(types), P_TEXT(sealed), P_INT(position),
                   P_INT(tx_now(tx))))
        return false;
    one_is_active(tx);
    return note(tx, "hook.added", *id, actor, err);
}

bool hook_order(Tx *tx, int64_t id, int64_t turn, Timestamp not_before, Err *err)
{
    Arena *arena = arena_create(0);
    Node *payload = node_map(arena);

    node_set(arena, payload, STR("hook"), node_int(arena, id));
    node_set(arena, payload, STR("turn"), node_int(arena, turn));
    bool ok = effect_order(tx,
                           &(EffectOrder){.kind = "webhook",
                                          .key = str_printf(arena, "webhook/%lld/%lld",
                                                            (long long)id, (long long)turn),
                                          .subject = str_printf(arena, "hook/%lld", (long long)id),
                                          .payload = payload,
                                          .not_before = not_before},
                           err);
    arena_destroy(arena);
    return ok;
}

/* From the present position on, whatever was under way before. */
static bool start(Tx *tx, int64_t id, Arena *arena, Err *err)
{
    Hook hook;

    return hook_by_id(tx, id, arena, &hook, err) &&
           tx_exec(tx, err,
                   "UPDATE hook SET turn = turn + 1, waiting = 1, failures = 0, last_error = NULL "
                   "WHERE id = $1",
                   P_INT(id)) &&
           hook_order(tx, id, hook.turn + 1, 0, err);
}

bool hook_set_active(Tx *tx, int64_t id, bool active, Str actor, Err *err)
{
    Arena *arena = arena_create(0);
    Hook hook;
    bool ok = hook_by_id(tx, id, arena, &hook, err);

    if (ok && hook.active != active) {
        ok = tx_exec(tx, err,
                     "UPDATE hook SET active = $2, turn = turn + 1, waiting = 0 WHERE id = $1",
                     P_INT(id), P_INT(active)) &&
             note(tx, active ? "hook.resumed" : "hook.paused", id, actor, err);
        if (ok && active)
            one_is_active(tx);
        ok = ok && (!active || start(tx, id, arena, err));
    }
    arena_destroy(arena);
    return ok;
}

bool hook_remove(Tx *tx, int64_t id, Str actor, Err *err)
{
    Arena *arena = arena_create(0);
    Hook hook;
    bool ok = hook_by_id(tx, id, arena, &hook, err) &&
              tx_exec(tx, err, "DELETE FROM hook WHERE id = $1", P_INT(id)) &&
              note(tx, "hook.removed", id, actor, err);

    arena_destroy(arena);
    return ok;
}

bool hook_rewind(Tx *tx, int64_t id, int64_t position, Str actor, Err *err)
{
    Arena *arena = arena_create(0);
    int64_t last = 0;
    bool ok = tx_query_int(tx, err, &last, "SELECT COALESCE(MAX(id), 0) FROM event");

    if (ok && (position < 0 || position > last))
        ok = err_field(err, "position", "Bitte geben Sie eine Zahl von 0 bis %lld an.",
                       (long long)last);
    ok = ok &&
         tx_exec(tx, err, "UPDATE hook SET position = $2, replays = replays + 1 WHERE id = $1",
                 P_INT(id), P_INT(position)) &&
         note(tx, "hook.rewound", id, actor, err) && start(tx, id, arena, err);
    arena_destroy(arena);
    return ok;
}

bool hook_renew_secret(Tx *tx, int64_t id, Str actor, Arena *arena, Str *secret, Err *err)
{
    int64_t changed = 0;
    Str sealed;

    make_secret(tx_tenant(tx), arena, secret, &sealed);
    if (!tx_exec_count(tx, err, &changed, "UPDATE hook SET secret = $2 WHERE id = $1", P_INT(id),
                       P_TEXT(sealed)))
        return false;
    if (!changed)
        return err_set(err, ERR_NOT_FOUND, "Diese Anbindung gibt es nicht.");
    return note(tx, "hook.secret_renewed", id, actor, err);
}

bool hooks_event_added(Tx *tx, Err *err)
{
    Arena *arena;
    Hook *hooks;
    size_t count;

    const HooksState *state = state_of(tx_tenant(tx));

    /* While a tenant is being opened the rooms below may tell of something. */
    if (!state || !atomic_load(&state->any))
        return true;
    arena = arena_create(0);
    bool ok = hook_list(tx, arena, &hooks, &count, err);
    for (size_t i = 0; ok && i < count; i++)
        if (hooks[i].active && !hooks[i].waiting)
            ok = tx_exec(tx, err, "UPDATE hook SET turn = turn + 1, waiting = 1 WHERE id = $1",
                         P_INT(hooks[i].id)) &&
                 hook_order(tx, hooks[i].id, hooks[i].turn + 1, 0, err);
    arena_destroy(arena);
    return ok;
}
