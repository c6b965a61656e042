/* SPDX-License-Identifier: EUPL-1.2 */
/* What `rathaus verify` proves of registers in code: SQL cannot tell which days there are. */
#include "cases/register_row.h"

/* NULL is no end. */
static bool is_day(Rows *rows, int column)
{
    Date day;

    return row_null(rows, column) ||
           (date_parse_iso(row_text(rows, column), &day) && register_day_ok(day));
}

bool register_days_check(Tx *tx, const ProofReport *report, int64_t *count, Err *err)
{
    static const char *const NAMES[] = {"first day of the entry", "first day", "last day"};
    enum { NAMED = 3, STEP = 1000 };
    Arena *arena = arena_create(0);
    int64_t after = 0, before = -1;
    bool ok = true;

    *count = 0;
    while (ok && before != *count) {
        before = *count;
        arena_reset(arena);
        err_clear(err);
        Rows *rows = tx_query(tx, arena, err,
                              "SELECT row_id, register, entry_id, begins, valid_from, valid_to "
                              "FROM register_entry WHERE row_id > $1 ORDER BY row_id LIMIT $2",
                              P_INT(after), P_INT(STEP));

        while (rows && rows_next(rows, err)) {
            after = row_int(rows, 0);
            (*count)++;
            for (int i = 0; i < NAMED; i++)
                if (!is_day(rows, 3 + i))
                    proof_tell(report, arena,
                               "register %.*s, entry %lld, row %lld: its %s \"%.*s\" cannot be "
                               "read",
                               STR_ARG(row_text(rows, 1)), (long long)row_int(rows, 2),
                               (long long)after, NAMES[i], STR_ARG(row_text(rows, 3 + i)));
        }
        ok = rows && err->kind == ERR_NONE;
    }
    arena_destroy(arena);
    return ok;
}
