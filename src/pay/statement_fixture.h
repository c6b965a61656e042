/* SPDX-License-Identifier: EUPL-1.2 */
/* Hand-made statements for the tests: an entry with whatever a bank may say. */
#pragma once

#include "pay/pay_fixture.h"

#include "base/buf.h"

static const char IBAN_A[] = "DE02500105170137075030";

/* Behind the days of all collections. */
#define TEST_DAY "2099-04-01"

typedef struct TestEntry {
    int64_t cents; /* debits negative */
    const char *end_to_end, *text, *name, *iban;
    const char *code;     /* it is a return, for this reason */
    int64_t return_cents; /* without the bank's fee */
    bool reversal;
    const char *batch;
    const char *day; /* on which it is booked; NULL: TEST_DAY */
} TestEntry;

static inline void test_entry_add(Buf *xml, const TestEntry *entry, const char *id, size_t at)
{
    int64_t cents = entry->cents < 0 ? -entry->cents : entry->cents;
    const char *side = (entry->cents >= 0) != (entry->code || entry->reversal) ? "Dbtr" : "Cdtr";

    buf_addf(xml,
             "<Ntry><Amt Ccy=\"EUR\">%lld.%02d</Amt><CdtDbtInd>%s</CdtDbtInd>%s<Sts><Cd>BOOK</Cd>"
             "</Sts><BookgDt><Dt>%s</Dt></BookgDt><AcctSvcrRef>%s-%zu</AcctSvcrRef>"
             "<NtryDtls>",
             (long long)cents / 100, (int)(cents % 100), entry->cents < 0 ? "DBIT" : "CRDT",
             entry->reversal ? "<RvslInd>true</RvslInd>" : "", entry->day ? entry->day : TEST_DAY,
             id, at);
    if (entry->batch)
        buf_addf(xml, "<Btch><PmtInfId>%s</PmtInfId></Btch>", entry->batch);
    if (entry->end_to_end || entry->text) {
        buf_addf(xml, "<TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs>",
                 entry->end_to_end ? entry->end_to_end : "NOTPROVIDED");
        if (entry->return_cents)
            buf_addf(xml,
                     "<AmtDtls><InstdAmt><Amt Ccy=\"EUR\">%lld.%02d</Amt></InstdAmt></AmtDtls>",
                     (long long)entry->return_cents / 100, (int)(entry->return_cents % 100));
        buf_addf(xml, "<RltdPties><%s><Pty><Nm>%s</Nm></Pty></%s>", side,
                 entry->name ? entry->name : "Erika Mustermann", side);
        if (entry->iban)
            buf_addf(xml, "<%sAcct><Id><IBAN>%s</IBAN></Id></%sAcct>", side, entry->iban, side);
        buf_addf(xml, "</RltdPties><RmtInf><Ustrd>%s</Ustrd></RmtInf>",
                 entry->text ? entry->text : "");
        if (entry->code)
            buf_addf(xml, "<RtrInf><Rsn><Cd>%s</Cd></Rsn></RtrInf>", entry->code);
        buf_add_c(xml, "</TxDtls>");
    }
    buf_add_c(xml, "</NtryDtls></Ntry>");
}

static inline BankImport test_statement(const char *id, const TestEntry *entries, size_t count)
{
    Buf xml = buf_in(town.arena);
    BankImport result;

    buf_addf(&xml,
             "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>"
             "<Stmt><Id>%s</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>",
             id);
    for (size_t i = 0; i < count; i++)
        test_entry_add(&xml, &entries[i], id, i);
    buf_add_c(&xml, "</Stmt></BkToCstmrStmt></Document>");
    assert_ok(
        bank_import(town.tenant, buf_str(&xml), STR("staff/2"), town.arena, &result, &town.err),
        &town.err);
    return result;
}

static inline BankImport test_import(const char *id, TestEntry entry)
{
    return test_statement(id, &entry, 1);
}

static inline Charge test_charge(int64_t id)
{
    Charge charge = {0};
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(charge_by_id(tx, id, town.arena, &charge, &town.err), &town.err);
    tx_end(tx);
    return charge;
}

/* What `rathaus verify` proves about the engine's tables holds. */
static inline void test_proofs_hold(void)
{
    Tx *tx = db_read(town.tenant->db, &town.err);

    for (const Proof *proof = PAY_ENGINE.proofs; proof->name; proof++) {
        Rows *rows = tx_query_text(tx, town.arena, &town.err, str_c(proof->problems), NULL, 0);
        assert_ok(rows, &town.err);
        err_clear(&town.err);
        if (rows_next(rows, &town.err))
            fail_msg("%s: %.*s", proof->name, STR_ARG(row_text(rows, 0)));
        assert_int_equal(town.err.kind, ERR_NONE);
    }
    tx_end(tx);
}
