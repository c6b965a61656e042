/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/register_look.h"

#include "core/store/rows.h"

bool register_look_note(Tx *tx, const RegisterLook *look, Err *err)
{
    return tx_exec(tx, err,
                   "INSERT INTO register_access (at, staff_id, register, entry_id, purpose) "
                   "VALUES ($1, $2, $3, $4, $5)",
                   P_INT(tx_now(tx)), P_INT(look->staff_id), P_TEXT(look->register_id),
                   P_INT(look->entry_id), P_TEXT(look->purpose));
}

bool register_look_note_act(Tx *tx, const RegisterLook *look, int64_t act_id, Err *err)
{
    return tx_exec(tx, err,
                   "INSERT INTO register_access (at, staff_id, register, entry_id, purpose, "
                   "act_id) SELECT $1, $2, $3, entry_id, $4, id FROM register_act WHERE id = $5",
                   P_INT(tx_now(tx)), P_INT(look->staff_id), P_TEXT(look->register_id),
                   P_TEXT(look->purpose), P_INT(act_id));
}

bool register_looks(Tx *tx, Str register_id, int64_t entry_id, Arena *arena, CaseAccess **out,
                    size_t *count, Err *err)
{
    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT at, staff_id, purpose FROM register_access WHERE entry_id = $1 "
                          "AND register = $2 ORDER BY id DESC",
                          P_INT(entry_id), P_TEXT(register_id));

    return ROWS_LIST(rows, arena, out, count, err,
                     (CaseAccess){row_int(rows, 0), row_int(rows, 1), row_text(rows, 2)});
}
