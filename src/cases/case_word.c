/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_word.h"

bool case_word_add(Tx *tx, int64_t case_id, Str words, Node *data, Arena *arena, Err *err)
{
    int64_t id = 0;

    if (str_empty(words))
        return true;
    if (!tx_insert(tx, err, &id, "INSERT INTO case_word (case_id, text) VALUES ($1, $2)",
                   P_INT(case_id), P_TEXT(words)))
        return false;
    node_set(arena, data, STR("words"), node_int(arena, id));
    return true;
}

bool case_word_of(Tx *tx, const Event *event, const char *old_key, Arena *arena, Str *out, Err *err)
{
    int64_t id = node_get_i64(event->data, "words", 0);

    *out = node_get_text(event->data, old_key);
    if (id == 0)
        return true;
    *out = STR_NONE;
    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT text FROM case_word WHERE id = $1 AND "
                          "'case/' || case_id = $2",
                          P_INT(id), P_TEXT(event->subject));
    if (rows && rows_next(rows, err)) {
        *out = row_text(rows, 0);
        rows_end(rows);
    }
    return rows && err->kind == ERR_NONE;
}
