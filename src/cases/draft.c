/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/draft.h"
#include "core/crypto.h"
#include "core/store/file.h"

const Migration DRAFT_MIGRATIONS[] = {
    {"citizen-001-drafts",
     "CREATE TABLE draft (key TEXT PRIMARY KEY, version TEXT NOT NULL, service TEXT NOT NULL, "
     "procedure_id TEXT NOT NULL, data TEXT NOT NULL, page TEXT NOT NULL, "
     "citizen_id BIGINT NOT NULL, case_id BIGINT NOT NULL, created_at BIGINT NOT NULL, "
     "updated_at BIGINT NOT NULL);"
     "CREATE INDEX draft_updated ON draft (updated_at);"
     "CREATE INDEX draft_citizen ON draft (citizen_id, updated_at) WHERE citizen_id <> 0"},
    {"citizen-002-prefill", "ALTER TABLE draft ADD COLUMN prefilled TEXT"},
    {0},
};

Str draft_owner(const Draft *draft, Arena *arena)
{
    return str_printf(arena, "draft/%.*s", STR_ARG(draft->key));
}

static bool insert_draft(Tx *tx, void *context, Err *err)
{
    const Draft *draft = context;

    return tx_exec(tx, err,
                   "INSERT INTO draft (key, version, service, procedure_id, data, page, "
                   "citizen_id, case_id, created_at, updated_at) "
                   "VALUES ($1, $2, $3, $4, '{}', '', $5, 0, $6, $6)",
                   P_TEXT(draft->key), P_TEXT(draft->package->version), P_TEXT(draft->package->id),
                   P_TEXT(draft->procedure->id), P_INT(draft->citizen_id), P_INT(tx_now(tx)));
}

bool draft_create(Tenant *tenant, const Package *package, const Procedure *procedure,
                  int64_t citizen_id, Arena *arena, Str *token, Err *err)
{
    Draft draft = {.package = package, .procedure = procedure, .citizen_id = citizen_id};

    *token = crypto_token(arena, 32);
    draft.key = crypto_sha256_hex(arena, *token);
    return db_write(tenant->db, insert_draft, &draft, err);
}

static Node *parse_data(Arena *arena, Str json, Err *err)
{
    Node *data = node_parse_json(arena, json, NULL, &NODE_LIMITS_PACKAGE, err);

    if (!data)
        err_context(err, "draft");
    return data;
}

bool draft_read(Tx *tx, Tenant *tenant, Str token, Arena *arena, Draft *out, Err *err)
{
    *out = (Draft){.token = token, .key = crypto_sha256_hex(arena, token)};
    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT version, procedure_id, data, page, citizen_id, case_id, "
                          "updated_at, COALESCE(prefilled, '{}') FROM draft WHERE key = $1",
                          P_TEXT(out->key));
    if (!rows_one(rows, "Diesen Entwurf gibt es nicht mehr.", err))
        return false;
    Str version = row_text(rows, 0), procedure = row_text(rows, 1), data = row_text(rows, 2);
    out->page = row_text(rows, 3);
    out->citizen_id = row_int(rows, 4);
    out->case_id = row_int(rows, 5);
    out->updated = row_int(rows, 6);
    Str prefilled = row_text(rows, 7);
    rows_end(rows);
    out->package = tenant_package_version(tenant, version, err);
    if (!out->package)
        return false;
    out->procedure = package_procedure(out->package, procedure);
    if (!out->procedure)
        return err_set(err, ERR_INTERNAL, "the draft's procedure %.*s is not in its package",
                       STR_ARG(procedure));
    out->data = parse_data(arena, data, err);
    out->prefilled = out->data ? parse_data(arena, prefilled, err) : NULL;
    return out->prefilled != NULL;
}

bool draft_note_prefill(Tx *tx, const Draft *draft, Str page, const Node *source, Arena *arena,
                        Err *err)
{
    Node *prefilled = node_clone(arena, draft->prefilled);

    node_set(arena, prefilled, page, node_clone(arena, source));
    return tx_exec(tx, err, "UPDATE draft SET prefilled = $2 WHERE key = $1", P_TEXT(draft->key),
                   P_TEXT(node_json(prefilled, arena)));
}

typedef struct Change {
    const Draft *draft;
    Str page;
    DraftChange change;
    void *context;
    Arena *arena;
} Change;

static bool write_change(Tx *tx, void *context, Err *err)
{
    const Change *order = context;
    Arena *arena = order->arena;

    err_clear(err);
    Rows *rows = tx_query(tx, arena, err, "SELECT data, case_id FROM draft WHERE key = $1",
                          P_TEXT(order->draft->key));
    if (!rows_one(rows, "Diesen Entwurf gibt es nicht mehr.", err))
        return false;
    Str json = row_text(rows, 0);
    bool closed = row_int(rows, 1) != 0;
    rows_end(rows);
    if (closed)
        return err_set(err, ERR_CONFLICT, "Dieser Antrag ist schon abgeschickt.");
    Node *data = parse_data(arena, json, err);
    if (!data || !order->change(tx, order->draft, data, order->context, err))
        return false;
    return tx_exec(tx, err, "UPDATE draft SET data = $2, page = $3, updated_at = $4 WHERE key = $1",
                   P_TEXT(order->draft->key), P_TEXT(node_json(data, arena)), P_TEXT(order->page),
                   P_INT(tx_now(tx)));
}

bool draft_change(Tenant *tenant, const Draft *draft, Str page, DraftChange change, void *context,
                  Arena *arena, Err *err)
{
    Change order = {draft, page, change, context, arena};

    return db_write(tenant->db, write_change, &order, err);
}

bool draft_close(Tx *tx, const Draft *draft, int64_t case_id, Arena *arena, Err *err)
{
    /* Files that the case took have another owner by now. */
    return file_drop_all(tx, draft_owner(draft, arena), arena, NULL, err) &&
           tx_exec(tx, err,
                   "UPDATE draft SET data = '{}', case_id = $2, updated_at = $3 "
                   "WHERE key = $1",
                   P_TEXT(draft->key), P_INT(case_id), P_INT(tx_now(tx)));
}

static bool expire(Tx *tx, void *context, Err *err)
{
    Arena *arena = context;
    int64_t before = tx_now(tx) - (int64_t)DRAFT_DAYS * 86400000;
    bool ok = true;

    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT key FROM draft WHERE updated_at < $1 ORDER BY updated_at "
                          "LIMIT 200",
                          P_INT(before));
    struct {
        Str keys[200];
        size_t count;
    } old = {.count = 0};
    while (rows && old.count < 200 && rows_next(rows, err))
        old.keys[old.count++] = row_text(rows, 0);
    if (!rows || err->kind != ERR_NONE)
        return false;
    rows_end(rows);
    for (size_t i = 0; ok && i < old.count; i++) {
        Draft draft = {.key = old.keys[i]};
        ok = file_drop_all(tx, draft_owner(&draft, arena), arena, NULL, err) &&
             tx_exec(tx, err, "DELETE FROM draft WHERE key = $1", P_TEXT(old.keys[i]));
    }
    return ok;
}

bool draft_expire(Tenant *tenant, Arena *arena, Err *err)
{
    return db_write(tenant->db, expire, arena, err);
}
