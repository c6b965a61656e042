/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "base/buf.h"
#include "pay/camt.h"

#include <stdio.h>

#define HEAD                                                                             \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"                                         \
    "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>" \
    "<GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>S1</Id>"                                \
    "<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>"
#define BALANCE(code, amount)                                                        \
    "<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">" amount \
    "</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2027-04-09</Dt></Dt></Bal>"
#define ENTRY(amount, direction, details)                                        \
    "<Ntry><Amt Ccy=\"EUR\">" amount "</Amt><CdtDbtInd>" direction               \
    "</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2027-04-09</Dt></BookgDt>" \
    "<AcctSvcrRef>R" amount "</AcctSvcrRef>" details "</Ntry>"
#define TAIL "</Stmt></BkToCstmrStmt></Document>"

typedef struct Seen {
    Arena *arena;
    CamtEntry items[16];
    size_t count;
} Seen;

static bool keep(const CamtEntry *entry, void *context, Err *err)
{
    Seen *seen = context;

    (void)err;
    assert_true(seen->count < 16);
    CamtEntry *copy = &seen->items[seen->count++];
    *copy = *entry;
    copy->text = str_copy(seen->arena, entry->text);
    copy->name = str_copy(seen->arena, entry->name);
    copy->iban = str_copy(seen->arena, entry->iban);
    copy->end_to_end = str_copy(seen->arena, entry->end_to_end);
    return true;
}

static Seen seen;

static int begin(void **state)
{
    (void)state;
    seen = (Seen){.arena = arena_create(0)};
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_destroy(seen.arena);
    return 0;
}

static bool read_text(const char *xml, Err *err)
{
    return camt_read(str_c(xml), &(CamtOrder){.each = keep, .context = &seen}, err);
}

static void a_credit_carries_who_paid_and_for_what(void **state)
{
    (void)state;
    Err err = {0};

    assert_ok(read_text(HEAD BALANCE("OPBD", "10.00") BALANCE("CLBD", "226.50") ENTRY(
                            "216.50", "CRDT",
                            "<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
                            "<RltdPties><Dbtr><Pty><Nm>Erika Mustermann</Nm></Pty></Dbtr>"
                            "<DbtrAcct><Id><IBAN>GB29NWBK60161331926819</IBAN></Id></DbtrAcct>"
                            "</RltdPties><RmtInf><Ustrd>Hundesteuer</Ustrd><Ustrd>5 27 340</Ustrd>"
                            "</RmtInf></TxDtls></NtryDtls>") TAIL,
                        &err),
              &err);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.items[0].cents, 21650);
    assert_str(seen.items[0].text, "Hundesteuer 5 27 340");
    assert_str(seen.items[0].name, "Erika Mustermann");
    assert_str(seen.items[0].iban, "GB29NWBK60161331926819");
    assert_null(seen.items[0].end_to_end.ptr);
}

static void a_batch_that_adds_up_is_taken_apart(void **state)
{
    (void)state;
    Err err = {0};
    char xml[4000];
    const char *filled =
        "<NtryDtls><TxDtls><Refs><EndToEndId>A</EndToEndId></Refs><Amt "
        "Ccy=\"EUR\">96</Amt></TxDtls>"
        "<TxDtls><Refs><EndToEndId>B</EndToEndId></Refs><Amt Ccy=\"EUR\">144.00</Amt></TxDtls>"
        "</NtryDtls>";

    snprintf(xml, sizeof xml,
             HEAD "<Ntry><Amt Ccy=\"EUR\">240.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"
                  "<BookgDt><Dt>2027-04-09</Dt></BookgDt>%s</Ntry>" TAIL,
             filled);
    assert_ok(read_text(xml, &err), &err);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.items[0].cents, 9600);
    assert_str(seen.items[1].end_to_end, "B");
    assert_int_equal(seen.items[1].index, 1);
}

/* Until November 2025 German banks gave version 2: names stand a level higher, Sts is a word. */
static void the_version_before_is_read_as_well(void **state)
{
    (void)state;
    Err err = {0};

    assert_ok(
        read_text("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\">"
                  "<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>S1</Id>"
                  "<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>"
                  "<Ntry><Amt Ccy=\"EUR\">99.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>"
                  "<BookgDt><Dt>2025-04-09</Dt></BookgDt><ValDt><Dt>2025-04-10</Dt></ValDt>"
                  "<NtryDtls><TxDtls><Refs><EndToEndId>52734000000425-1</EndToEndId></Refs>"
                  "<AmtDtls><InstdAmt><Amt Ccy=\"EUR\">96.00</Amt></InstdAmt></AmtDtls>"
                  "<RltdPties><Dbtr><Nm>Erika Mustermann</Nm></Dbtr><DbtrAcct><Id><IBAN>"
                  "DE02500105170137075030</IBAN></Id></DbtrAcct></RltdPties>"
                  "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>"
                  "</Stmt></BkToCstmrStmt></Document>",
                  &err),
        &err);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.items[0].cents, -9900);
    assert_int_equal(seen.items[0].value.day, 10);
    assert_str(seen.items[0].name, "Erika Mustermann");
    assert_str(seen.items[0].iban, "DE02500105170137075030");
    assert_true(seen.items[0].returned);
    assert_int_equal(seen.items[0].return_cents, 9600);
}

static void other_messages_of_the_bank_are_refused(void **state)
{
    (void)state;
    static const char *const spaces[] = {"camt.054.001.08", "camt.052.001.08", "camt.053.001.99",
                                         "pain.002.001.10"};

    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
        Err err = {0};
        char xml[400];
        snprintf(xml, sizeof xml,
                 "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:%s\"><BkToCstmrStmt><Stmt>"
                 "<Id>S1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct></Stmt>"
                 "</BkToCstmrStmt></Document>",
                 spaces[i]);
        assert_false(read_text(xml, &err));
        assert_true(str_find(str_c(err.message), STR("camt.053")) >= 0);
    }
    Err err = {0};
    assert_false(read_text(":20:STARTUMS\r\n:25:10020030/1234567\r\n", &err)); /* MT940 */
}

/* The checking pass asks for no details; the words of the message still name the entry. */
static void a_fault_behind_good_entries_names_its_place_and_nothing_is_read(void **state)
{
    (void)state;
    Err err = {0};

    assert_false(read_text(HEAD ENTRY("1.00", "CRDT",
                                      "<NtryDtls><TxDtls><Refs/></TxDtls>"
                                      "</NtryDtls>") ENTRY("x", "CRDT", "") TAIL,
                           &err));
    assert_true(str_find(str_c(err.message), STR("Auszug S1, Umsatz 2")) >= 0);
    assert_int_equal(seen.count, 0);
}

static void nothing_is_read_when_the_balances_do_not_add_up(void **state)
{
    (void)state;
    Err err = {0};

    assert_false(read_text(HEAD BALANCE("OPBD", "10.00") BALANCE("CLBD", "11.00")
                               ENTRY("216.50", "CRDT", "") TAIL,
                           &err));
    assert_int_equal(seen.count, 0);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_true(str_find(str_c(err.message), STR("(Auszug S1)")) >= 0);
}

#define SECOND(account) "</Stmt><Stmt><Id>S2</Id><Acct><Id><IBAN>" account "</IBAN></Id></Acct>"

static void a_transaction_is_named_by_its_place_in_its_statement(void **state)
{
    (void)state;
    Err err = {0};

    assert_ok(read_text(HEAD ENTRY("1.00", "CRDT", "") ENTRY("2.00", "CRDT", "")
                            SECOND("DE02120300000000202051") ENTRY(
                                "3.00", "CRDT",
                                "") "</Stmt><Stmt><Id>S1</Id><Acct><Id><IBAN>DE02120300000000202051"
                                    "</IBAN></Id></Acct>" ENTRY("4.00", "CRDT", "") TAIL,
                        &err),
              &err);
    static const int64_t PLACES[] = {0, 1, 0, 2}; /* its second part goes on counting */
    assert_int_equal(seen.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(seen.items[i].index, PLACES[i]);
}

/* What is wrong with a statement as a whole is not any entry's fault. */
static void a_fault_of_a_statement_names_the_statement(void **state)
{
    (void)state;
    static const struct {
        const char *xml, *place;
    } FILES[] = {
        {HEAD ENTRY("1.00", "CRDT", "") SECOND("DE02120300000000202051") BALANCE("OPBD", "x") TAIL,
         "(Auszug S2)"},
        {HEAD ENTRY("1.00", "CRDT", "") SECOND("") ENTRY("2.00", "CRDT", "") TAIL, "(Auszug S2)"},
        {HEAD ENTRY("1.00", "CRDT", "") SECOND("DE02500105170137075030") TAIL, "Der Auszug S2 "},
        {HEAD ENTRY("1.00", "CRDT", "") SECOND("DE02120300000000202051") ENTRY("x", "CRDT", "")
             TAIL,
         "(Auszug S2, Umsatz 1)"},
        {HEAD BALANCE("OPBD", "9000000000000000") BALANCE("CLBD", "1.00") TAIL, "(Auszug S1)"},
    };

    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        CamtOrder order = {
            .each = keep, .context = &seen, .account = STR("DE02120300000000202051")};
        Err err = {0};

        assert_false(camt_read(str_c(FILES[i].xml), &order, &err));
        if (!strstr(err.message, FILES[i].place))
            fail_msg("\"%s\" is not in \"%s\"", FILES[i].place, err.message);
    }
}

static void pending_entries_are_not_money_yet(void **state)
{
    (void)state;
    Err err = {0};

    assert_ok(read_text(HEAD
                        "<Ntry><Amt Ccy=\"EUR\">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG"
                        "</Cd></Sts></Ntry>" ENTRY("2.00", "DBIT", "") TAIL,
                        &err),
              &err);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.items[0].cents, -200);
}

static void malformed_files_are_refused_with_a_reason(void **state)
{
    (void)state;
    static const char *const files[] = {
        "",
        "kein xml",
        "<a/>",
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"/>",
        HEAD ENTRY("1.234", "CRDT", "") TAIL,
        HEAD ENTRY("-1.00", "CRDT", "") TAIL,
        HEAD ENTRY("1.00", "UP", "") TAIL,
        HEAD "<Ntry><Amt Ccy=\"USD\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>" TAIL,
        HEAD ENTRY("1.00", "CRDT", ""),
        "<!DOCTYPE x [<!ENTITY a \"b\">]>" HEAD TAIL,
        HEAD "<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"
             "<BookgDt><Dt>2027-02-30</Dt></BookgDt></Ntry>" TAIL,
    };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        Err err = {0};
        seen.count = 0;
        if (read_text(files[i], &err))
            fail_msg("file %zu was taken", i);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_true(err.message[0] != '\0');
        assert_int_equal(seen.count, 0);
        Err told = {0};
        camt_read(str_c(files[i]), &(CamtOrder){.each = keep, .context = &seen, .lang = STR("en")},
                  &told);
        assert_string_not_equal(told.message, err.message);
        assert_int_equal(told.line, err.line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_credit_carries_who_paid_and_for_what, begin, end),
        cmocka_unit_test_setup_teardown(a_batch_that_adds_up_is_taken_apart, begin, end),
        cmocka_unit_test_setup_teardown(the_version_before_is_read_as_well, begin, end),
        cmocka_unit_test_setup_teardown(other_messages_of_the_bank_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(
            a_fault_behind_good_entries_names_its_place_and_nothing_is_read, begin, end),
        cmocka_unit_test_setup_teardown(nothing_is_read_when_the_balances_do_not_add_up, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_transaction_is_named_by_its_place_in_its_statement, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_fault_of_a_statement_names_the_statement, begin, end),
        cmocka_unit_test_setup_teardown(pending_entries_are_not_money_yet, begin, end),
        cmocka_unit_test_setup_teardown(malformed_files_are_refused_with_a_reason, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
