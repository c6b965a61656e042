/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/bulk.h"

#include "core/crypto.h"
#include "core/store/rows.h"

static const char *const KINDS[] = {"", "assign", "remind", "note", "task", "action"};
static const char *const STATUSES[] = {"chosen", "done", "failed", "undone", "kept"};

static int word_index(Str word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (str_is(word, words[i]))
            return i;
    return 0;
}

bool bulk_add(Tx *tx, int64_t staff_id, Str query, const int64_t *cases, size_t count, int64_t *id,
              Err *err)
{
    if (!tx_insert(tx, err, id,
                   "INSERT INTO case_bulk (staff_id, query, kind, params, job_id, created_at) "
                   "VALUES ($1, $2, '', '{}', 0, $3)",
                   P_INT(staff_id), P_TEXT(query), P_INT(tx_now(tx))))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!tx_exec(tx, err,
                     "INSERT INTO case_bulk_item (bulk_id, place, case_id, status, before, text) "
                     "VALUES ($1, $2, $3, 'chosen', 0, '')",
                     P_INT(*id), P_INT(i), P_INT(cases[i])))
            return false;
    return true;
}

bool bulk_by_id(Tx *tx, int64_t id, int64_t staff_id, Arena *arena, Bulk *out, Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err,
                 "SELECT query, kind, params, job_id, created_at, undone_at FROM case_bulk "
                 "WHERE id = $1 AND staff_id = $2",
                 P_INT(id), P_INT(staff_id));

    if (!rows_one(rows, "Diese Sammelbearbeitung gibt es nicht.", err))
        return false;
    *out = (Bulk){.id = id,
                  .staff_id = staff_id,
                  .query = row_text(rows, 0),
                  .kind = (BulkKind)word_index(row_text(rows, 1), KINDS, 6),
                  .job_id = row_int(rows, 3),
                  .created = row_int(rows, 4),
                  .undone = !row_null(rows, 5)};
    Str params = row_text(rows, 2);

    rows_end(rows);
    out->params = node_parse_json(arena, params, NULL, &NODE_LIMITS_REQUEST, err);
    return out->params != NULL;
}

bool bulk_items(Tx *tx, int64_t id, Arena *arena, BulkItem **out, size_t *count, Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err,
                 "SELECT place, case_id, status, before, text, basis FROM case_bulk_item WHERE "
                 "bulk_id = $1 ORDER BY place",
                 P_INT(id));

    return ROWS_LIST(rows, arena, out, count, err,
                     (BulkItem){.place = row_int(rows, 0),
                                .case_id = row_int(rows, 1),
                                .status = (BulkStatus)word_index(row_text(rows, 2), STATUSES, 5),
                                .before = row_int(rows, 3),
                                .text = row_text(rows, 4),
                                .basis = row_text(rows, 5)});
}

bool bulk_choose(Tx *tx, int64_t id, BulkKind kind, const Node *params, Err *err)
{
    Arena *arena = arena_create(0);
    int64_t changed = 0;
    bool ok =
        tx_exec_count(tx, err, &changed,
                      "UPDATE case_bulk SET kind = $2, params = $3 WHERE id = $1 AND "
                      "job_id = 0",
                      P_INT(id), P_TEXT(str_c(KINDS[kind])), P_TEXT(node_json(params, arena)));

    arena_destroy(arena);
    if (ok && changed == 0)
        return err_set(err, ERR_CONFLICT, "Diese Sammelbearbeitung hat schon begonnen.");
    return ok;
}

Str bulk_mark(const Bulk *bulk, Arena *arena)
{
    return crypto_sha256_hex(arena, str_printf(arena, "%s %.*s", KINDS[bulk->kind],
                                               STR_ARG(node_json(bulk->params, arena))));
}

bool bulk_item_seen(Tx *tx, int64_t bulk_id, int64_t place, Str basis, Err *err)
{
    return tx_exec(tx, err,
                   "UPDATE case_bulk_item SET basis = $3 WHERE bulk_id = $1 AND place = $2",
                   P_INT(bulk_id), P_INT(place), P_TEXT(basis));
}

bool bulk_start(Tx *tx, const Bulk *bulk, Str actor, int64_t *job_id, Err *err)
{
    Arena *arena = arena_create(0);
    Node *params = node_map(arena);
    int64_t changed = 0;

    node_set(arena, params, STR("bulk"), node_int(arena, bulk->id));
    node_set(arena, params, STR("staff"), node_int(arena, bulk->staff_id));
    bool ok = job_order(tx, "case-bulk", params, actor, job_id, err) &&
              tx_exec_count(tx, err, &changed,
                            "UPDATE case_bulk SET job_id = $2 WHERE id = $1 AND job_id = 0",
                            P_INT(bulk->id), P_INT(*job_id));

    arena_destroy(arena);
    if (ok && changed == 0)
        return err_set(err, ERR_CONFLICT, "Diese Sammelbearbeitung hat schon begonnen.");
    return ok;
}

bool bulk_item_set(Tx *tx, int64_t bulk_id, const BulkItem *item, Err *err)
{
    return tx_exec(tx, err,
                   "UPDATE case_bulk_item SET status = $3, before = $4, text = $5 WHERE "
                   "bulk_id = $1 AND place = $2",
                   P_INT(bulk_id), P_INT(item->place), P_TEXT(str_c(STATUSES[item->status])),
                   P_INT(item->before), P_TEXT(item->text.ptr ? item->text : STR("")));
}

bool bulk_job_ended(Tx *tx, const Bulk *bulk, bool *ended, Err *err)
{
    int64_t open = 0;
    bool ok = tx_query_int(tx, err, &open,
                           "SELECT COUNT(*) FROM job WHERE id = $1 AND status IN ('waiting', "
                           "'running')",
                           P_INT(bulk->job_id));

    *ended = bulk->job_id != 0 && open == 0;
    return ok;
}
