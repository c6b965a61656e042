/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/vec.h"
#include "cases/golden.h"
#include "core/work/work.h"

/* An effect that a package ordered, as the example sees it. */
static bool note(Golden *golden, Str kind, Str payload, Err *err)
{
    const Node *json = node_parse_json(golden->arena, payload, NULL, &NODE_LIMITS_PACKAGE, err);
    const Node *values = node_get(json, "values");
    Node *order = node_map(golden->arena);

    if (!json)
        return false;
    golden_put(golden, order, "effect", kind);
    for (size_t i = 0; values && i < values->count; i++)
        node_set(golden->arena, order, values->keys[i], values->items[i]);
    node_append(golden->arena, golden->orders, order);
    return true;
}

static bool take(Tx *tx, void *context, Err *err)
{
    Golden *golden = context;
    Rows *rows = tx_query(tx, golden->arena, err,
                          "SELECT kind, key, payload FROM effect WHERE subject = $1 AND status = "
                          "'waiting' ORDER BY id",
                          P_TEXT(case_subject(&golden->c, golden->arena)));
    struct {
        Str *items;
        size_t count, capacity;
    } keys = {0};
    bool ok = rows != NULL;

    while (ok && rows_next(rows, err))
        if (effect_kind_for_packages(row_text(rows, 0))) {
            VEC_PUSH(golden->arena, &keys, str_copy(golden->arena, row_text(rows, 1)));
            ok = note(golden, str_copy(golden->arena, row_text(rows, 0)),
                      str_copy(golden->arena, row_text(rows, 2)), err);
        }
    if (rows)
        rows_end(rows);
    for (size_t i = 0; ok && i < keys.count; i++)
        ok = effect_cancel(tx, keys.items[i], NULL, err);
    return ok && err->kind == ERR_NONE;
}

bool golden_take_orders(Golden *golden, Err *err)
{
    if (!golden->orders)
        golden->orders = node_list(golden->arena);
    return db_write(golden->tenant->db, take, golden, err);
}
