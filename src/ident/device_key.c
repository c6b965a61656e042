/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys of devices belong to an account without a password, which nobody can sign in to: who manages
 * the staff sees them there and revokes them. */
#include "ident/internal.h"

#include "core/crypto.h"
#include "core/store/event.h"

static bool find_account(Tx *tx, Str login, int64_t *id, Err *err)
{
    int64_t closed = 0;

    return tx_query_int(tx, err, id, "SELECT COALESCE(MAX(id), 0) FROM staff WHERE login = $1",
                        P_TEXT(login)) &&
           tx_query_int(tx, err, &closed,
                        "SELECT COUNT(*) FROM staff WHERE login = $1 AND active = 0",
                        P_TEXT(login)) &&
           (!closed || err_set(err, ERR_CONFLICT,
                               "Das Konto „%.*s“ ist gesperrt. Seine Schlüssel gelten nicht.",
                               STR_ARG(login)));
}

static bool choose_name(Tx *tx, ApiKey *key, Arena *arena, Err *err)
{
    int64_t last = 0;

    if (!tx_query_int(tx, err, &last,
                      "SELECT COALESCE(MAX(id), 0) FROM api_key WHERE staff_id = $1",
                      P_INT(key->staff_id)))
        return false;
    if (!key->name.ptr)
        key->name = str_printf(arena, "Gerät %lld", (long long)last + 1);
    return true;
}

static bool account_of(Tx *tx, const DeviceKey *key, Str actor, int64_t *id, Err *err)
{
    Grant grant = {.role = key->role};
    Staff account = {.login = key->login,
                     .name = key->account,
                     .email = STR(""),
                     .grants = &grant,
                     .grant_count = 1};

    return find_account(tx, key->login, id, err) &&
           (*id || staff_add(tx, &account, STR_NONE, false, actor, id, err));
}

bool ident_device_key_add(Tx *tx, const DeviceKey *key, Str actor, Arena *arena, Str *token,
                          Err *err)
{
    ApiKey row = {.name = key->name,
                  .scopes = key->scopes,
                  .within = key->within,
                  .per_minute = key->per_minute,
                  .expires = key->expires};

    return account_of(tx, key, actor, &row.staff_id, err) && choose_name(tx, &row, arena, err) &&
           api_key_add(tx, &row, actor, arena, token, err);
}

bool ident_device_key_remove(Tx *tx, Str token, Str actor, Arena *arena, Err *err)
{
    Str hash = crypto_sha256_hex(arena, token);
    Node *data = node_map(arena);
    int64_t id = 0, staff = 0;

    if (!tx_query_int(tx, err, &id, "SELECT COALESCE(MAX(id), 0) FROM api_key WHERE hash = $1",
                      P_TEXT(hash)) ||
        !tx_query_int(tx, err, &staff,
                      "SELECT COALESCE(MAX(staff_id), 0) FROM api_key WHERE id = $1", P_INT(id)))
        return false;
    node_set(arena, data, STR("key"), node_int(arena, id));
    return !id || (tx_exec(tx, err, "DELETE FROM api_key WHERE id = $1", P_INT(id)) &&
                   event_add(tx, "staff.key_revoked", event_staff(arena, staff), actor, data, err));
}
