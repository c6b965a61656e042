/* SPDX-License-Identifier: EUPL-1.2 */
/* May a run be undone? Then its counter-run begins. */
#include "cases/run_store.h"

bool run_undo_check(Tx *tx, const RunRow *of, Err *err)
{
    int64_t later = 0;

    if (!tx_query_int(
            tx, err, &later,
            "SELECT MAX(r.id) FROM run r WHERE r.id > $1 AND r.service = $2 AND r.name = "
            "$3 AND r.year = $4 AND r.status = 'done' AND r.undoes IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM run u WHERE u.undoes = r.id AND u.status = 'done') AND EXISTS "
            "(SELECT 1 FROM run_item i JOIN run_item k ON k.charge_id = i.charge_id AND "
            "k.run_id = $1 WHERE i.run_id = r.id AND i.charge_id IS NOT NULL)",
            P_INT(of->id), P_TEXT(of->service), P_TEXT(of->name), P_INT(of->year)))
        return false;
    return later == 0 ||
           err_set(err, ERR_CONFLICT,
                   "Ein späterer Lauf (Lauf %lld) hat Forderungen dieses Laufs geändert. Bitte "
                   "machen Sie zuerst den späteren Lauf rückgängig.",
                   (long long)later);
}

bool run_begin_undo(Tx *tx, Tenant *tenant, const RunRow *of, Date today, Str actor, Arena *arena,
                    int64_t *id, Err *err)
{
    const Package *package = tenant_package_version(tenant, of->version, err);
    const Run *run = package ? package_run(package, of->name) : NULL;
    int64_t later = 0, there = 0;

    if (!run)
        return false;
    if (!str_eq(of->status, RUN_DONE) || of->undoes)
        return err_set(err, ERR_CONFLICT,
                       "Nur ein Lauf, der fertig ist, kann rückgängig gemacht "
                       "werden.");
    if (!run_active(tx, of->service, of->name, of->year, &there, err) ||
        !tx_query_int(tx, err, &later,
                      "SELECT MAX(id) FROM run WHERE undoes = $1 AND status <> 'refused'",
                      P_INT(of->id)))
        return false;
    if (there || later)
        return err_set(err, ERR_CONFLICT,
                       later ? "Dieser Lauf ist schon rückgängig gemacht, oder das ist "
                               "vorgeschlagen und wartet auf eine zweite Person."
                             : "Für dieses Jahr ist gerade ein anderer Lauf unterwegs. Bitte "
                               "warten Sie, bis er fertig ist.");
    if (!run_undo_check(tx, of, err))
        return false;
    RunBegin begin = {.service = of->service,
                      .name = of->name,
                      .version = of->version,
                      .year = of->year,
                      .undoes = of->id,
                      .status = RUN_ASSESSING,
                      .today = today,
                      .actor = actor};
    Node *head = run->cancel ? run_letter_head(tenant, run->cancel, arena) : node_map(arena);

    return run_insert(tx, &begin, id, err) &&
           tx_exec(tx, err, "UPDATE run SET head = $2 WHERE id = $1", P_INT(*id),
                   P_TEXT(node_json(head, arena)));
}
