/* SPDX-License-Identifier: EUPL-1.2 */
/* Acts by hand, as they stand in their table. */
#include "cases/register_act.h"

#include "core/store/rows.h"

#define ACT_COLUMNS                                                                       \
    "id, entry_id, basis, kind, data, valid_from, valid_to, end_reason, reason, status, " \
    "created_by, created_at, decided_by, decided_at, answer, seen, follows"

static RegisterAct act_from_row(Rows *rows, Arena *arena, Err *err)
{
    RegisterAct act = {.id = row_int(rows, 0),
                       .entry_id = row_int(rows, 1),
                       .basis = row_int(rows, 2),
                       .from = row_date(rows, 5),
                       .until = row_date(rows, 6),
                       .end_reason = row_text(rows, 7),
                       .reason = row_text(rows, 8),
                       .status = row_text(rows, 9),
                       .by = row_int(rows, 10),
                       .at = row_int(rows, 11),
                       .decided_by = row_int(rows, 12),
                       .decided_at = row_int(rows, 13),
                       .answer = row_text(rows, 14),
                       .seen = row_date(rows, 15),
                       .follows = row_int(rows, 16)};

    register_act_kind(row_text(rows, 3), &act.kind);
    if (!row_null(rows, 4))
        act.values = node_parse_json(arena, row_text(rows, 4), NULL, &NODE_LIMITS_PACKAGE, err);
    return act;
}

static bool acts_read(Rows *rows, Arena *arena, RegisterAct **out, size_t *count, Err *err)
{
    return ROWS_LIST(rows, arena, out, count, err, act_from_row(rows, arena, err));
}

bool register_act_by_id(Tx *tx, Str register_id, int64_t id, Arena *arena, RegisterAct *out,
                        Err *err)
{
    RegisterAct *acts;
    size_t count;

    if (!acts_read(tx_query(tx, arena, err,
                            "SELECT " ACT_COLUMNS " FROM register_act WHERE id = $1 AND "
                            "register = $2",
                            P_INT(id), P_TEXT(register_id)),
                   arena, &acts, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "Diese Berichtigung gibt es nicht.");
    *out = acts[0];
    return true;
}

bool register_act_waiting(Tx *tx, Str register_id, int64_t entry_id, Arena *arena,
                          RegisterAct **out, size_t *count, Err *err)
{
    return acts_read(tx_query(tx, arena, err,
                              "SELECT " ACT_COLUMNS " FROM register_act WHERE register = $1 AND "
                              "status = 'open' AND ($2 = 0 OR entry_id = $2) ORDER BY id",
                              P_TEXT(register_id), P_INT(entry_id)),
                     arena, out, count, err);
}

bool register_act_returned(Tx *tx, Str register_id, int64_t staff_id, Arena *arena,
                           RegisterAct **out, size_t *count, Err *err)
{
    return acts_read(tx_query(tx, arena, err,
                              "SELECT " ACT_COLUMNS " FROM register_act WHERE register = $1 AND "
                              "status = 'returned' AND created_by = $2 AND NOT EXISTS "
                              "(SELECT 1 FROM register_act later WHERE later.register = $1 AND "
                              "later.created_by = $2 AND later.entry_id = register_act.entry_id "
                              "AND later.entry_id <> 0 AND later.id > register_act.id) "
                              "ORDER BY id DESC",
                              P_TEXT(register_id), P_INT(staff_id)),
                     arena, out, count, err);
}

bool register_act_done(Tx *tx, int64_t entry_id, Arena *arena, RegisterAct **out, size_t *count,
                       Err *err)
{
    return acts_read(tx_query(tx, arena, err,
                              "SELECT " ACT_COLUMNS " FROM register_act WHERE entry_id = $1 AND "
                              "status = 'done' ORDER BY id",
                              P_INT(entry_id)),
                     arena, out, count, err);
}
