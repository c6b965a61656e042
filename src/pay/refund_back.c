/* SPDX-License-Identifier: EUPL-1.2 */
/* Released refunds that are not to be paid after all: taken back before the bank has them, or when
 * it refused them. What the bank paid comes back by the statement only (refund_match()). */
#include "base/utf8.h"
#include "core/store/event.h"
#include "pay/refund.h"

static bool reason_ok(Str *reason, Err *err)
{
    *reason = str_trim(*reason);
    return (!utf8_blank(*reason) && reason->len <= 2000) ||
           err_field(err, "grund", "Bitte geben Sie in wenigen Sätzen den Grund an.");
}

static bool note(Tx *tx, const char *type, const char *subject, int64_t id, int64_t refund,
                 Str actor, Arena *arena, Err *err)
{
    Node *data = node_map(arena);

    node_set(arena, data, STR("refund"), node_int(arena, refund));
    return event_add(tx, type, str_printf(arena, "%s/%lld", subject, (long long)id), actor, data,
                     err);
}

/* --- One refund ---------------------------------------------------------------------------------
 */

/* From its way to the bank onto the charge again. */
static bool book_back(Tx *tx, const Refund *refund, Str actor, Err *err)
{
    LedgerLine lines[] = {{ACCOUNT_PAYOUT, refund->charge_id, refund->cents},
                          {ACCOUNT_CLAIMS, refund->charge_id, -refund->cents}};

    return ledger_book(tx, STR("erstattung"), STR("Erstattung zurückgenommen"),
                       date_in_berlin(tx_now(tx)), actor, lines, 2, NULL, err) &&
           tx_exec(tx, err, "UPDATE charge SET paid_cents = paid_cents + $2 WHERE id = $1",
                   P_INT(refund->charge_id), P_INT(refund->cents));
}

static bool may_take_back(const Tenant *tenant, const Refund *refund, Str actor, Err *err)
{
    if (str_is(refund->status, "ordered") && !refund->sent)
        return err_set(err, ERR_CONFLICT,
                       "Diese Erstattung steht in einer Datei, die noch nicht bei der Bank ist. "
                       "Verwerfen Sie zuerst die Datei.");
    if (!str_is(refund->status, "released") && !str_is(refund->status, "ordered"))
        return err_set(err, ERR_CONFLICT,
                       "Diese Erstattung ist nicht freigegeben, oder die Bank hat sie schon "
                       "ausgeführt.");
    return !refund_needs_second(tenant, refund->cents) || !str_eq(refund->released_by, actor) ||
           err_set(err, ERR_CONFLICT,
                   "Wer eine Erstattung dieser Höhe freigegeben hat, kann sie nicht selbst "
                   "zurücknehmen. Bitte lassen Sie das eine zweite Person tun.");
}

bool refund_take_back(Tx *tx, Tenant *tenant, int64_t id, Str reason, Str actor, Arena *arena,
                      Err *err)
{
    Refund refund = {0};

    return reason_ok(&reason, err) && refund_by_id(tx, id, arena, &refund, err) &&
           may_take_back(tenant, &refund, actor, err) && book_back(tx, &refund, actor, err) &&
           tx_exec(tx, err,
                   "UPDATE refund SET status = 'dropped', taken_back_by = $2, reason = $3 "
                   "WHERE id = $1",
                   P_INT(id), P_TEXT(actor), P_TEXT(reason)) &&
           note(tx, "refund.taken_back", "charge", refund.charge_id, id, actor, arena, err);
}

/* --- A file
 * ---------------------------------------------------------------------------------------
 */

bool refund_run_note_sent(Tx *tx, int64_t id, Date on, Str actor, Arena *arena, Err *err)
{
    RefundRun run;

    if (!refund_run_by_id(tx, id, arena, &run, err))
        return false;
    if (run.discarded || !run.sha256.ptr)
        return err_set(err, ERR_CONFLICT,
                       "Von dieser Datei kann die Bank nichts haben: Sie ist verworfen oder noch "
                       "nicht geschrieben.");
    return !date_absent(run.sent_on) ||
           (tx_exec(tx, err, "UPDATE refund_run SET sent_on = $2 WHERE id = $1", P_INT(id),
                    P_TEXT(date_iso(arena, on))) &&
            note(tx, "refund.sent", "refund", id, 0, actor, arena, err));
}

bool refund_run_discard(Tx *tx, int64_t id, Str reason, Str actor, Arena *arena, Err *err)
{
    RefundRun run;

    if (!reason_ok(&reason, err) || !refund_run_by_id(tx, id, arena, &run, err))
        return false;
    if (run.discarded)
        return err_set(err, ERR_CONFLICT, "Diese Datei ist schon verworfen.");
    if (!date_absent(run.sent_on) || run.unpaid + run.twice < run.count)
        return err_set(err, ERR_CONFLICT,
                       "Diese Datei ist bei der Bank. Lehnt die Bank eine Erstattung ab, nehmen "
                       "Sie diese einzeln zurück.");
    /* Another file calls them otherwise: the bank must be able to tell the two payments apart. */
    return tx_exec(tx, err,
                   "INSERT INTO refund_name_before (end_to_end, refund_id, run_id) SELECT "
                   "end_to_end, id, run_id FROM refund WHERE run_id = $1",
                   P_INT(id)) &&
           tx_exec(tx, err,
                   "UPDATE refund SET end_to_end = 'E' || id || '-' || $2 || '-' || (SELECT "
                   "c.payment_reference FROM charge c WHERE c.id = refund.charge_id) WHERE "
                   "run_id = $1",
                   P_INT(id), P_TEXT(str_printf(arena, "%lld", (long long)id))) &&
           tx_exec(tx, err,
                   "UPDATE refund SET status = CASE WHEN status = 'ordered' THEN 'released' ELSE "
                   "status END, run_id = NULL WHERE run_id = $1",
                   P_INT(id)) &&
           tx_exec(tx, err,
                   "UPDATE refund_run SET discarded_by = $2, discarded_why = $3 WHERE id = $1",
                   P_INT(id), P_TEXT(actor), P_TEXT(reason)) &&
           note(tx, "refund.discarded", "refund", id, 0, actor, arena, err);
}
