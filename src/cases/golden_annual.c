/* SPDX-License-Identifier: EUPL-1.2 */
/* Examples of runs: a register and charges before, a year, and what the run must make of them.
 * Every example also proves that a preview says the same, and that the run repeated changes
 * nothing. */
#include "cases/golden.h"
#include "cases/run_store.h"

static Node *name_nodes(Golden *golden, const RunNames *names)
{
    Node *list = node_list(golden->arena);

    for (size_t i = 0; i < names->count; i++) {
        Node *item = node_map(golden->arena);

        golden_put(golden, item, "key", names->items[i].key);
        golden_put(golden, item, "name", names->items[i].name);
        golden_put(golden, item, "id", names->items[i].guard);
        golden_put(golden, item, "reason", names->items[i].reason);
        node_append(golden->arena, list, item);
    }
    return list;
}

static bool charge_nodes(Golden *golden, Tx *tx, int64_t id, Node *list, Err *err)
{
    Charge *charges;
    size_t count;

    if (!pay_charges_of(tx, run_subject(id, golden->arena), golden->arena, &charges, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        Node *item = node_map(golden->arena);

        golden_put(golden, item, "debtor", charges[i].debtor);
        if (!golden_charge(golden, tx, &charges[i], item, err))
            return false;
        node_append(golden->arena, list, item);
    }
    return true;
}

/* As of a case, and `to`. */
static bool letter_nodes(Golden *golden, Tx *tx, int64_t id, Node *list, Err *err)
{
    Rows *rows = tx_query(tx, golden->arena, err,
                          "SELECT snapshot, sha256 FROM run_letter WHERE run_id = $1 "
                          "ORDER BY position",
                          P_INT(id));

    while (rows && rows_next(rows, err)) {
        const Node *shot =
            node_parse_json(golden->arena, row_text(rows, 0), NULL, &NODE_LIMITS_PACKAGE, err);

        if (!shot)
            return false;
        Node *item = golden_letter(golden, shot, !row_null(rows, 1));

        golden_put(golden, item, "to", node_text(node_at(node_get(shot, "recipient"), 0)));
        node_append(golden->arena, list, item);
    }
    return rows && err->kind == ERR_NONE;
}

/* Totals that the example names. */
static void compare_totals(Golden *golden, const Node *expected, const RunTotals *totals)
{
    const Node *actual = run_totals_node(totals, golden->arena);

    for (size_t i = 0; expected && i < expected->count; i++) {
        const Node *value = node_get_str(actual, expected->keys[i]);
        Str wanted = node_text(expected->items[i]);

        if (!value || !str_eq(wanted, node_text(value)))
            golden_differs(
                golden, str_printf(golden->arena, "expect.totals.%.*s", STR_ARG(expected->keys[i])),
                wanted, "%.*s", STR_ARG(value ? node_text(value) : STR("no such total")));
    }
}

static bool compare(Golden *golden, Tx *tx, const RunRow *row, Err *err)
{
    const Node *expect = node_get(golden->example, "expect");
    Node *charges = node_list(golden->arena), *letters = node_list(golden->arena);
    RunLists lists;

    if (!run_lists(tx, row->id, golden->arena, &lists, err) ||
        !charge_nodes(golden, tx, row->id, charges, err) ||
        !letter_nodes(golden, tx, row->id, letters, err))
        return false;
    compare_totals(golden, node_get(expect, "totals"), &row->totals);
    if (node_get(expect, "charges"))
        golden_compare_sets(golden, node_get(expect, "charges"), charges, STR("expect.charges"));
    if (node_get(expect, "left_out"))
        golden_compare_sets(golden, node_get(expect, "left_out"),
                            name_nodes(golden, &lists.left_out), STR("expect.left_out"));
    if (node_get(expect, "strays"))
        golden_compare_sets(golden, node_get(expect, "strays"), name_nodes(golden, &lists.strays),
                            STR("expect.strays"));
    if (node_get(expect, "letters"))
        golden_compare_letters(golden, node_get(expect, "letters"), letters, STR("expect.letters"));
    return true;
}

static bool do_run(Golden *golden, const RunOrder *order, RunRow *row, bool compared, Err *err)
{
    int64_t id;

    if (!run_do(golden->tenant, order, NULL, golden->arena, &id, err) ||
        !worker_drain(golden->tenant, err))
        return false;
    Tx *tx = db_read(golden->tenant->db, err);
    bool ok = tx && run_by_id(tx, id, golden->arena, row, err) &&
              (!compared || compare(golden, tx, row, err));

    if (tx)
        tx_end(tx);
    return ok;
}

bool golden_annual(Golden *golden, Err *err)
{
    RunOrder order = {.service = golden->package->id,
                      .name = node_get_text(golden->example, "run"),
                      .year = (int)node_get_i64(golden->example, "year", 0),
                      .today = golden->today,
                      .actor = STR("example")};
    RunPreview preview;
    RunRow row;

    if (order.year < 1990 || order.year > 2200)
        return err_set(err, ERR_INPUT, "`year` is missing: write a year");
    if (!golden_given(golden, err) ||
        !run_preview(golden->tenant, &order, NULL, golden->arena, &preview, err) ||
        !do_run(golden, &order, &row, true, err))
        return false;
    Str said = node_json(run_totals_node(&preview.totals, golden->arena), golden->arena);
    Str done = node_json(run_totals_node(&row.totals, golden->arena), golden->arena);

    if (!str_eq(said, done))
        golden_differs(golden, STR("preview"), done, "%.*s", STR_ARG(said));
    if (!do_run(golden, &order, &row, false, err))
        return false;
    if (row.totals.made || row.totals.changed || row.totals.letters)
        golden_differs(golden, STR("repeated"), STR("nothing is changed"), "%lld new, %lld changed",
                       (long long)row.totals.made, (long long)row.totals.changed);
    return true;
}
