/* SPDX-License-Identifier: EUPL-1.2 */
/* Refunds in files for the bank (pain.001), and what the statement says of them. */
#include "base/vec.h"
#include "core/store/event.h"
#include "core/store/rows.h"
#include "pay/refund.h"
#include "pay/sepa_calendar.h"
#include "pay/sepa_file.h"
#include "pay/sepa_xml.h"

/* --- Runs
 * ------------------------------------------------------------------------------------------ */

#define COLUMNS                                                                             \
    "n.id, n.message_id, n.execute_on, n.count, n.cents, n.sha256, n.created_at, (SELECT "  \
    "COUNT(*) FROM refund r WHERE r.run_id = n.id AND r.status = 'ordered'), n.sent_on, "   \
    "n.discarded_by, (SELECT COUNT(*) FROM refund_name_before p WHERE p.run_id = n.id AND " \
    "n.discarded_by IS NULL), (SELECT COUNT(*) FROM refund r JOIN charge c ON c.id = "      \
    "r.charge_id WHERE r.run_id = n.id AND r.status = 'ordered' AND n.sent_on IS NULL AND " \
    "c.owed_cents > c.paid_cents) FROM refund_run n "

static RefundRun run_from_row(Rows *rows)
{
    RefundRun run = {.id = row_int(rows, 0),
                     .message_id = row_text(rows, 1),
                     .count = row_int(rows, 3),
                     .cents = row_int(rows, 4),
                     .sha256 = row_text(rows, 5),
                     .created_at = row_int(rows, 6),
                     .unpaid = row_int(rows, 7),
                     .twice = row_int(rows, 10),
                     .uncovered = row_int(rows, 11)};

    run.discarded = !row_null(rows, 9);
    date_parse_iso(row_text(rows, 2), &run.execute_on);
    if (!row_null(rows, 8))
        date_parse_iso(row_text(rows, 8), &run.sent_on);
    return run;
}

static bool all_of(Rows *rows, Arena *arena, RefundRun **out, size_t *count, Err *err)
{
    return ROWS_LIST(rows, arena, out, count, err, run_from_row(rows));
}

bool refund_runs(Tx *tx, int limit, Arena *arena, RefundRun **out, size_t *count, Err *err)
{
    return all_of(
        tx_query(tx, arena, err, "SELECT " COLUMNS "ORDER BY n.id DESC LIMIT $1", P_INT(limit)),
        arena, out, count, err);
}

bool refund_run_by_id(Tx *tx, int64_t id, Arena *arena, RefundRun *out, Err *err)
{
    RefundRun *found;
    size_t count;

    if (!all_of(tx_query(tx, arena, err, "SELECT " COLUMNS "WHERE n.id = $1", P_INT(id)), arena,
                &found, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "Diese Datei gibt es nicht.");
    *out = found[0];
    return true;
}

/* Released, and still more than what is owed: the payment may have come back since. */
#define PAYABLE                                                                                 \
    "status = 'released' AND NOT EXISTS (SELECT 1 FROM charge c WHERE c.id = refund.charge_id " \
    "AND c.owed_cents > c.paid_cents)"

bool refund_run_make(Tx *tx, Str actor, Arena *arena, int64_t *id, Err *err)
{
    int64_t count = 0, cents = 0;
    Date day = target_after(date_in_berlin(tx_now(tx)), 1);

    if (!tx_query_int(tx, err, &count, "SELECT COUNT(*) FROM refund WHERE " PAYABLE) ||
        !tx_query_int(tx, err, &cents,
                      "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM refund WHERE " PAYABLE))
        return false;
    if (count == 0)
        return err_set(err, ERR_CONFLICT,
                       "Es ist nichts freigegeben, was jetzt ausgezahlt werden darf.");
    if (!tx_insert(tx, err, id,
                   "INSERT INTO refund_run (message_id, execute_on, count, cents, created_at, "
                   "actor) VALUES ('', $1, $2, $3, $4, $5)",
                   P_TEXT(date_iso(arena, day)), P_INT(count), P_INT(cents), P_INT(tx_now(tx)),
                   P_TEXT(actor)))
        return false;
    Str digits = str_replace(arena, date_iso(arena, day), STR("-"), STR(""));
    return tx_exec(tx, err, "UPDATE refund_run SET message_id = $2 WHERE id = $1", P_INT(*id),
                   P_TEXT(str_printf(arena, "ER-%.*s-%06lld", STR_ARG(digits), (long long)*id))) &&
           tx_exec(tx, err, "UPDATE refund SET status = 'ordered', run_id = $1 WHERE " PAYABLE,
                   P_INT(*id)) &&
           event_add(tx, "refund.ordered", str_printf(arena, "refund/%lld", (long long)*id), actor,
                     NULL, err);
}

/* --- The file
 * -------------------------------------------------------------------------------------- */

static bool write_refunds(Tx *tx, int64_t run, Buf *out, Arena *arena, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT r.end_to_end, r.cents, r.name, r.iban, r.bic, c.purpose, "
                          "c.payment_reference FROM refund r JOIN charge c ON c.id = r.charge_id "
                          "WHERE r.run_id = $1 ORDER BY r.id",
                          P_INT(run));

    while (rows && rows_next(rows, err)) {
        Str purpose = row_text(rows, 5), reference = row_text(rows, 6), bic = row_text(rows, 4);
        buf_add_c(out, "<CdtTrfTxInf><PmtId>");
        sepa_tag(out, "EndToEndId", row_text(rows, 0));
        buf_addf(out, "</PmtId><Amt><InstdAmt Ccy=\"EUR\">%.*s</InstdAmt></Amt>",
                 STR_ARG(sepa_amount(arena, row_int(rows, 1))));
        if (bic.len)
            sepa_agent(out, "CdtrAgt", bic);
        sepa_party(out, "Cdtr", &(SepaParty){.name = row_text(rows, 2)});
        sepa_account(out, "CdtrAcct", row_text(rows, 3));
        buf_add_c(out, "<RmtInf>");
        sepa_tag_text(out, "Ustrd",
                      str_printf(arena, "Erstattung %.*s, Kassenzeichen %.*s", STR_ARG(purpose),
                                 STR_ARG(reference)),
                      140);
        buf_add_c(out, "</RmtInf></CdtTrfTxInf>\n");
    }
    return rows && err->kind == ERR_NONE;
}

bool refund_run_render(Tx *tx, Tenant *tenant, int64_t id, Arena *arena, Str *xml, Err *err)
{
    RefundRun run;
    Buf out = buf_in(arena);

    if (!refund_run_by_id(tx, id, arena, &run, err))
        return false;
    SepaHead head = {.space = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09",
                     .root = "CstmrCdtTrfInitn",
                     .message_id = run.message_id,
                     .at = run.created_at,
                     .count = run.count,
                     .cents = run.cents};
    sepa_begin(&out, tenant, &head);
    buf_add_c(&out, "<PmtInf>");
    sepa_tag(&out, "PmtInfId", run.message_id);
    buf_add_c(&out, "<PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg>");
    sepa_sums(&out, run.count, run.cents);
    buf_add_c(&out, "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf><ReqdExctnDt>");
    sepa_tag(&out, "Dt", date_iso(arena, run.execute_on));
    buf_add_c(&out, "</ReqdExctnDt>");
    sepa_party(&out, "Dbtr", &(SepaParty){.name = sepa_own_name(tenant)});
    sepa_account(&out, "DbtrAcct", sepa_own_iban(tenant, arena));
    sepa_agent(&out, "DbtrAgt", sepa_own_bic(tenant, arena));
    buf_add_c(&out, "<ChrgBr>SLEV</ChrgBr>\n");
    if (!write_refunds(tx, id, &out, arena, err))
        return false;
    buf_add_c(&out, "</PmtInf>\n");
    sepa_end(&out, &head);
    *xml = buf_str(&out);
    return true;
}

static bool note_file(Tx *tx, const SepaFile *file, Str sha256, bool *keep, Err *err)
{
    *keep = true;
    return tx_exec(tx, err, "UPDATE refund_run SET sha256 = $2 WHERE id = $1", P_INT(file->id),
                   P_TEXT(sha256));
}

bool refund_run_write(Tenant *tenant, int64_t id, Arena *arena, Err *err)
{
    SepaFile file = {.message = SEPA_PAIN_001, .owner = "refund", .id = id, .note = note_file};
    RefundRun run;
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    bool ok = refund_run_by_id(tx, id, arena, &run, err) &&
              refund_run_render(tx, tenant, id, arena, &file.xml, err);
    tx_end(tx);
    if (ok && run.discarded)
        return err_set(err, ERR_CONFLICT, "Diese Datei ist verworfen.");
    if (ok && run.twice > 0)
        return err_set(err, ERR_CONFLICT,
                       "Diese Datei darf nicht zur Bank: Eine Erstattung darin hat die Bank schon "
                       "mit einer früheren Datei ausgezahlt. Verwerfen Sie die Datei. Was noch "
                       "offen ist, kommt in eine neue.");
    if (ok && run.uncovered > 0)
        return err_set(err, ERR_CONFLICT,
                       "Diese Datei darf nicht zur Bank: Auf der Forderung zu einer Erstattung "
                       "darin ist wieder etwas offen, zum Beispiel weil die Bank die Zahlung "
                       "zurückgeholt hat. Verwerfen Sie die Datei. Was weiter zu erstatten ist, "
                       "kommt in eine neue.");
    if (!ok || run.sha256.ptr)
        return ok;
    file.message_id = run.message_id;
    file.count = run.count;
    file.cents = run.cents;
    return sepa_file_keep(tenant, &file, arena, err);
}

/* --- Statements
 * ------------------------------------------------------------------------------------ */

typedef struct Ordered {
    int64_t id, charge_id, cents;
    bool dropped; /* taken back: its money is on the charge again */
} Ordered;
typedef struct OrderedList {
    Ordered *items;
    size_t count, capacity;
    int64_t sum;
} OrderedList;

static bool read_ordered(Rows *rows, Arena *arena, OrderedList *out, Err *err)
{
    *out = (OrderedList){0};
    while (rows && rows_next(rows, err)) {
        VEC_PUSH(arena, out,
                 (Ordered){row_int(rows, 0), row_int(rows, 1), row_int(rows, 2),
                           str_is(row_text(rows, 3), "dropped")});
        out->sum += row_int(rows, 2);
    }
    return rows && err->kind == ERR_NONE;
}

/* One that was in a file is known by its name, whatever became of it here since: what the
 * statement says has happened. */
static bool by_name(Tx *tx, Str end_to_end, bool paid, Arena *arena, OrderedList *out, Err *err)
{
    return read_ordered(tx_query(tx, arena, err,
                                 "SELECT id, charge_id, cents, status FROM refund WHERE (id IN "
                                 "(SELECT id FROM refund WHERE end_to_end = $1) OR id IN (SELECT "
                                 "refund_id FROM refund_name_before WHERE end_to_end = $1)) AND "
                                 "CASE WHEN $2 = 1 THEN status = 'paid' ELSE status IN "
                                 "('ordered', 'released', 'dropped') END",
                                 P_TEXT(end_to_end), P_INT(paid)),
                        arena, out, err);
}

static bool by_batch(Tx *tx, Str batch, Arena *arena, OrderedList *out, Err *err)
{
    return read_ordered(
        tx_query(tx, arena, err,
                 "SELECT r.id, r.charge_id, r.cents, r.status FROM refund r JOIN refund_run "
                 "n ON n.id = r.run_id WHERE n.message_id = $1 AND r.status = "
                 "'ordered' UNION SELECT r.id, r.charge_id, r.cents, r.status FROM refund r JOIN "
                 "refund_name_before p ON p.refund_id = r.id JOIN refund_run n ON n.id = p.run_id "
                 "WHERE n.message_id = $1 AND n.discarded_by IS NOT NULL AND r.status IN "
                 "('ordered', 'released', 'dropped') ORDER BY 1",
                 P_TEXT(batch)),
        arena, out, err);
}

static void book(const OrderedList *list, Str account, int64_t sign, Str status, Arena *arena,
                 BankMatch *out)
{
    out->lines = arena_array(arena, LedgerLine, list->count);
    out->refunds = arena_array(arena, int64_t, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const Ordered *one = &list->items[i];
        out->lines[out->count++] = (LedgerLine){one->dropped ? ACCOUNT_CLAIMS : account,
                                                one->charge_id, sign * one->cents};
        out->refunds[out->refund_count++] = one->id;
    }
    out->kind = STR("erstattung");
    out->charge_id = list->items[0].charge_id;
    out->refund_status = status;
}

bool refund_match(Tx *tx, const CamtEntry *entry, Arena *arena, BankMatch *out, Err *err)
{
    bool back = entry->returned || entry->reversal;
    OrderedList list = {0};

    err_clear(err);
    if (entry->cents < 0 && !back) {
        if (entry->end_to_end.ptr
                ? !by_name(tx, entry->end_to_end, false, arena, &list, err)
                : entry->batch.ptr && !by_batch(tx, entry->batch, arena, &list, err))
            return false;
        if (list.count > 0 && list.sum == -entry->cents)
            book(&list, ACCOUNT_PAYOUT, 1, STR("paid"), arena, out);
    } else if (entry->cents > 0 && back && entry->end_to_end.ptr) {
        if (!by_name(tx, entry->end_to_end, true, arena, &list, err))
            return false;
        if (list.count == 1 && list.sum == entry->cents)
            book(&list, ACCOUNT_CLAIMS, -1, STR("returned"), arena, out);
    }
    return true;
}

/* The discarded file that the entry names, by the refund's name in it or as a whole; 0: none. */
static bool paid_before(Tx *tx, int64_t refund, int64_t bank_item, int64_t *run, Err *err)
{
    *run = 0;
    return tx_query_int(tx, err, run,
                        "SELECT p.run_id FROM refund_name_before p JOIN refund_run n ON n.id = "
                        "p.run_id JOIN bank_item b ON b.id = $2 JOIN refund r ON r.id = "
                        "p.refund_id WHERE r.id = $1 AND (r.run_id IS NULL OR r.status = "
                        "'ordered') AND "
                        "n.discarded_by IS NOT NULL AND (p.end_to_end = b.end_to_end OR "
                        "(b.end_to_end IS NULL AND n.message_id = b.batch))",
                        P_INT(refund), P_INT(bank_item));
}

/* Back to the file that paid it. The name in the file where it stands now is one of before then,
 * by which that file knows that it would pay a second time. */
static bool move_to_run(Tx *tx, int64_t refund, int64_t run, Err *err)
{
    return tx_exec(tx, err,
                   "INSERT INTO refund_name_before (end_to_end, refund_id, run_id) SELECT "
                   "end_to_end, id, run_id FROM refund WHERE id = $1 AND run_id IS NOT NULL",
                   P_INT(refund)) &&
           tx_exec(tx, err,
                   "UPDATE refund SET run_id = $2, end_to_end = (SELECT p.end_to_end FROM "
                   "refund_name_before p WHERE p.refund_id = $1 AND p.run_id = $2) WHERE id = $1",
                   P_INT(refund), P_INT(run));
}

static bool settle_paid(Tx *tx, int64_t refund, int64_t bank_item, Err *err)
{
    int64_t run;

    return paid_before(tx, refund, bank_item, &run, err) &&
           (run == 0 || move_to_run(tx, refund, run, err)) &&
           tx_exec(tx, err, "UPDATE refund SET status = 'paid', bank_item_id = $2 WHERE id = $1",
                   P_INT(refund), P_INT(bank_item));
}

bool refund_settle(Tx *tx, const BankMatch *match, int64_t bank_item, Err *err)
{
    bool returned = str_is(match->refund_status, "returned");

    for (size_t i = 0; i < match->refund_count; i++)
        if (returned ? !tx_exec(tx, err,
                                "UPDATE refund SET status = 'returned', return_item_id = $2 "
                                "WHERE id = $1",
                                P_INT(match->refunds[i]), P_INT(bank_item))
                     : !settle_paid(tx, match->refunds[i], bank_item, err))
            return false;
    return true;
}

bool refund_holds(Tx *tx, int64_t bank_item, bool *holds, Err *err)
{
    int64_t count = 0;

    if (!tx_query_int(tx, err, &count,
                      "SELECT COUNT(*) FROM refund WHERE bank_item_id = $1 OR return_item_id = $1",
                      P_INT(bank_item)))
        return false;
    *holds = count > 0;
    return true;
}
