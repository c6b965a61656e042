/* SPDX-License-Identifier: EUPL-1.2 */
/* A case about a tree that was closed on a known day, and what else then happens to it. */
#pragma once

#include "cases/case_fixture.h"
#include "cases/case_store.h"
#include "cases/retention.h"
#include "pay/pay.h"

#define TREE "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"}]}"

static const Date CLOSED = {2027, 3, 10}; /* town_open()'s day; the process keeps for a year */

static inline bool close_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Case *c = context;

    return case_act(tx, town->tenant, town->package, c, STR("eintragen"), NULL, STR("staff/1"),
                    town->today, town->arena, err) &&
           case_access_note(tx, c, 1, STR("Vorgang angesehen"), err);
}

static inline Case closed_case(Town *town)
{
    Case c = town_submit(town, TREE);

    assert_int_equal(date_compare(town->today, CLOSED), 0);
    assert_ok(town_write(town, close_fn, &c), &town->err);
    return c;
}

static inline bool sql_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town;
    switch (*(int *)context) {
    case 0: return tx_exec(tx, err, "UPDATE effect SET status = 'done'");
    case 1: return tx_exec(tx, err, "UPDATE register_entry SET valid_to = '2027-06-01'");
    case 2: /* a version whose files nobody can read */
        return tx_exec(tx, err,
                       "INSERT INTO package_version (version, service, published_at, is_current) "
                       "VALUES ('kaputt', 'baum', 1, 0)") &&
               tx_exec(tx, err,
                       "UPDATE cases SET version = 'kaputt' WHERE id = (SELECT MIN(id) FROM "
                       "cases)");
    case 3: /* as it was possible once: the first goes on in the second, and that in the third */
        return tx_exec(tx, err, "UPDATE cases SET merged_into = id + 1, closed = 1 WHERE id < 3");
    case 4: return tx_exec(tx, err, "DELETE FROM effect WHERE subject <> 'case/1'");
    }
    return false;
}

static inline bool annul_fn(Tx *tx, Town *town, void *context, Err *err)
{
    AssessOrder order = {.key = STR("baum/Erika Muster"),
                         .subject = case_subject(context, town->arena),
                         .revenue = STR("baumsteuer"),
                         .purpose = STR("Baumsteuer"),
                         .debtor = STR("Erika Muster"),
                         .due = {2027, 4, 9},
                         .actor = STR("staff/1")};
    Charge charge;

    return pay_assess(tx, town->tenant, &order, town->arena, &charge, NULL, err);
}

static inline void change(Town *town, int what)
{
    assert_ok(town_write(town, sql_fn, &what), &town->err);
}

static inline RetentionResult run(Town *town, Date today)
{
    RetentionResult result;

    assert_ok(retention_run(town->tenant, today, &result, &town->err), &town->err);
    return result;
}
