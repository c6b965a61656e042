/* SPDX-License-Identifier: EUPL-1.2 */
/* Who has looked at a case: noted durably before a page is sent (core/store/look.h), shown to the
 * person whose case it is. */
#include "cases/case.h"

#include "base/vec.h"
#include "core/store/look.h"

bool case_looked(Db *db, const Case *c, int64_t staff_id, Str purpose, Err *err)
{
    return db_look(
        db, &(Look){.who = staff_id, .what = c->id, .whose = c->citizen_id, .purpose = purpose},
        err);
}

bool case_access_note(Tx *tx, const Case *c, int64_t staff_id, Str purpose, Err *err)
{
    return tx_exec(tx, err, CASE_LOOK_INSERT, P_INT(tx_now(tx)), P_INT(staff_id), P_INT(c->id),
                   P_INT(c->citizen_id), P_TEXT(purpose));
}

/* Newest first: what the table holds comes after what it does not hold yet. */
bool case_accesses(Tx *tx, int64_t case_id, Arena *arena, CaseAccess **out, size_t *count, Err *err)
{
    struct {
        CaseAccess *items;
        size_t count, capacity;
    } list = {0};
    Look *recent;
    size_t recent_count;

    if (!tx_looks(tx, case_id, arena, &recent, &recent_count, err))
        return false;
    while (recent_count-- > 0)
        VEC_PUSH(arena, &list,
                 (CaseAccess){recent[recent_count].at, recent[recent_count].who,
                              recent[recent_count].purpose});
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT at, staff_id, purpose FROM case_access WHERE case_id = $1 "
                          "ORDER BY id DESC",
                          P_INT(case_id));

    while (rows && rows_next(rows, err))
        VEC_PUSH(arena, &list, (CaseAccess){row_int(rows, 0), row_int(rows, 1), row_text(rows, 2)});
    *out = list.items;
    *count = list.count;
    return rows && err->kind == ERR_NONE;
}

bool case_last_looks(Tx *tx, int64_t case_id, int64_t staff_id, Timestamp before, Arena *arena,
                     CaseLooks *out, Err *err)
{
    Look *recent;
    size_t count;
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT MAX(CASE WHEN purpose = '" CASE_OPENED "' THEN at END), "
                          "MAX(CASE WHEN at < $3 THEN at END) FROM case_access "
                          "WHERE case_id = $1 AND staff_id = $2",
                          P_INT(case_id), P_INT(staff_id), P_INT(before));

    *out = (CaseLooks){0};
    if (!rows || !rows_next(rows, err))
        return false;
    *out = (CaseLooks){.opened = row_int(rows, 0), .before = row_int(rows, 1)};
    rows_end(rows);
    if (!tx_looks(tx, case_id, arena, &recent, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (recent[i].who != staff_id)
            continue;
        if (str_is(recent[i].purpose, CASE_OPENED) && recent[i].at > out->opened)
            out->opened = recent[i].at;
        if (recent[i].at < before && recent[i].at > out->before)
            out->before = recent[i].at;
    }
    return true;
}
