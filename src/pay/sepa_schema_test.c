/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "pay/sepa_calendar.h"
#include "pay/sepa_schema.h"

#include <stdlib.h>

#define DEBIT(id, amount)                                                                        \
    "<DrctDbtTxInf><PmtId><EndToEndId>" id "</EndToEndId></PmtId><InstdAmt Ccy=\"EUR\">" amount  \
    "</InstdAmt><DrctDbtTx><MndtRltdInf><MndtId>M1</MndtId><DtOfSgntr>2027-01-10</DtOfSgntr>"    \
    "</MndtRltdInf></DrctDbtTx><DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></"         \
    "FinInstnId>"                                                                                \
    "</DbtrAgt><Dbtr><Nm>Erika Mustermann</Nm></Dbtr><DbtrAcct><Id><IBAN>DE02120300000000202051" \
    "</IBAN></Id></DbtrAcct><RmtInf><Ustrd>Hundesteuer</Ustrd></RmtInf></DrctDbtTxInf>"

static const char GOOD[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.008.001.08\"><CstmrDrctDbtInitn>"
    "<GrpHdr><MsgId>LS-1</MsgId><CreDtTm>2027-02-01T09:30:00</CreDtTm><NbOfTxs>2</NbOfTxs>"
    "<CtrlSum>240.00</CtrlSum><InitgPty><Nm>Stadt Musterstadt</Nm></InitgPty></GrpHdr>"
    "<PmtInf><PmtInfId>LS-1-RCUR</PmtInfId><PmtMtd>DD</PmtMtd><BtchBookg>true</BtchBookg>"
    "<NbOfTxs>2</NbOfTxs><CtrlSum>240.00</CtrlSum><PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl>"
    "<LclInstrm><Cd>CORE</Cd></LclInstrm><SeqTp>RCUR</SeqTp></PmtTpInf>"
    "<ReqdColltnDt>2027-02-15</ReqdColltnDt><Cdtr><Nm>Stadt Musterstadt</Nm></Cdtr>"
    "<CdtrAcct><Id><IBAN>DE19999999990000123456</IBAN></Id></CdtrAcct>"
    "<CdtrAgt><FinInstnId><BICFI>MUSTDEFFXXX</BICFI></FinInstnId></CdtrAgt><ChrgBr>SLEV</ChrgBr>"
    "<CdtrSchmeId><Id><PrvtId><Othr><Id>DE98ZZZ09999999999</Id><SchmeNm><Prtry>SEPA</Prtry>"
    "</SchmeNm></Othr></PrvtId></Id></CdtrSchmeId>" DEBIT("52734000000425-1", "96.00")
        DEBIT("52734000000433-1", "144.00") "</PmtInf></CstmrDrctDbtInitn></Document>";

static void a_good_file_is_taken_and_counted(void **state)
{
    (void)state;
    Err err = {0};
    SepaTotals totals;

    assert_ok(sepa_check(str_c(GOOD), SEPA_PAIN_008, &totals, &err), &err);
    assert_int_equal(totals.count, 2);
    assert_int_equal(totals.cents, 24000);
}

/* One change at a time; each must be found, at the element that it concerns. */
static void every_broken_rule_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *says;
    } CASES[] = {
        {"<NbOfTxs>2</NbOfTxs><CtrlSum>240.00</CtrlSum><InitgPty>",
         "<NbOfTxs>3</NbOfTxs><CtrlSum>240.00</CtrlSum><InitgPty>", "NbOfTxs"},
        {"<CtrlSum>240.00</CtrlSum><PmtTpInf>", "<CtrlSum>240.01</CtrlSum><PmtTpInf>", "CtrlSum"},
        {"<CtrlSum>240.00</CtrlSum><InitgPty>", "<CtrlSum>240.0</CtrlSum><InitgPty>", "CtrlSum"},
        {"<SeqTp>RCUR</SeqTp>", "<SeqTp>ONCE</SeqTp>", "SeqTp"},
        {"<SeqTp>RCUR</SeqTp>", "", "SeqTp"},
        {"2027-02-15", "2027-02-14", "ReqdColltnDt"}, /* a Sunday */
        {"2027-02-15", "2027-03-29", "ReqdColltnDt"}, /* Easter Monday */
        {"2027-01-10", "2027-02-30", "DtOfSgntr"},
        {"DE98ZZZ09999999999", "DE97ZZZ09999999999", "Id"},
        {"DE19999999990000123456", "DE18999999990000123456", "IBAN"},
        {"DE02120300000000202051", "TR330006100519786457841326", "IBAN"},
        {"MUSTDEFFXXX", "MUSTDEFFXX", "BICFI"},
        {"<BICFI>MUSTDEFFXXX</BICFI>", "", "FinInstnId"},
        {"<BICFI>MUSTDEFFXXX</BICFI>",
         "<BICFI>MUSTDEFFXXX</BICFI><Othr><Id>NOTPROVIDED</Id></Othr>", "FinInstnId"},
        {"<ChrgBr>SLEV</ChrgBr>", "<ChrgBr>SLEV</ChrgBr><ChrgBr>SLEV</ChrgBr>", "ChrgBr"},
        {"<PmtMtd>DD</PmtMtd><BtchBookg>true</BtchBookg>",
         "<BtchBookg>true</BtchBookg><PmtMtd>DD</PmtMtd>", "PmtMtd"},
        {"<ChrgBr>SLEV</ChrgBr>", "<Purp><Cd>OTHR</Cd></Purp><ChrgBr>SLEV</ChrgBr>", "Purp"},
        {"<Nm>Erika Mustermann</Nm>", "<Nm>Erika Mustermännin</Nm>", "Nm"},
        {"<Nm>Erika Mustermann</Nm>", "<Nm></Nm>", "Nm"},
        {"<Nm>Erika Mustermann</Nm>",
         "<Nm>Erika Mustermann</Nm><PstlAdr><AdrLine>Lindenweg 12</AdrLine></PstlAdr>", "TwnNm"},
        {"<Nm>Erika Mustermann</Nm>",
         "<Nm>Erika Mustermann</Nm><PstlAdr><TwnNm>Zuerich und noch vieles mehr am See, ja</TwnNm>"
         "<Ctry>CH</Ctry></PstlAdr>",
         "TwnNm"},
        {"<Nm>Erika Mustermann</Nm>",
         "<Nm>Erika Mustermann</Nm><PstlAdr><TwnNm>Zuerich</TwnNm></PstlAdr>", "Ctry"},
        {"<Nm>Erika Mustermann</Nm>",
         "<Nm>Erika Mustermann</Nm><PstlAdr><TwnNm>Zuerich</TwnNm><Ctry>CH</Ctry><AdrLine>a"
         "</AdrLine><AdrLine>b</AdrLine><AdrLine>c</AdrLine></PstlAdr>",
         "AdrLine"},
        {"<MndtId>M1</MndtId>", "<MndtId>M1234567890123456789012345678901234X</MndtId>", "MndtId"},
        {"<MndtId>M1</MndtId>", "<MndtId>/M1</MndtId>", "MndtId"},
        {"<MndtId>M1</MndtId>", "<MndtId>M//1</MndtId>", "MndtId"},
        {"52734000000433-1", "52734000000425-1", "EndToEndId"},
        {"Ccy=\"EUR\">96.00", "Ccy=\"CHF\">96.00", "InstdAmt"},
        {" Ccy=\"EUR\">96.00", ">96.00", "InstdAmt"},
        {"\"EUR\">96.00", "\"EUR\">0.00", "InstdAmt"},
        {"\"EUR\">96.00", "\"EUR\">-96.00", "InstdAmt"},
        {"\"EUR\">96.00", "\"EUR\">96,00", "InstdAmt"},
        {"\"EUR\">96.00", "\"EUR\">9999999999.00", "InstdAmt"},
        {"<MsgId>LS-1</MsgId>", "<MsgId a=\"b\">LS-1</MsgId>", "MsgId"},
        {"<MsgId>LS-1</MsgId>", "<MsgId>LS-1</MsgId>text", "GrpHdr"},
        {"2027-02-01T09:30:00", "2027-02-01", "CreDtTm"},
        {"pain.008.001.08\"", "pain.008.001.02\"", "Document"},
        {"</PmtInf>", "</PmtInf><PmtInf></PmtInf>", "PmtInfId"},
        {"</Document>", "", "Document"},
    };

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Arena *arena = arena_create(0);
        const char *at = strstr(GOOD, CASES[i].from);
        Err err = {0};
        SepaTotals totals;
        assert_non_null(at);
        Str text = str_printf(arena, "%.*s%s%s", (int)(at - GOOD), GOOD, CASES[i].to,
                              at + strlen(CASES[i].from));
        if (sepa_check(text, SEPA_PAIN_008, &totals, &err))
            fail_msg("taken: %s", CASES[i].to);
        assert_int_equal(err.kind, ERR_INPUT);
        if (!strstr(err.message, CASES[i].says))
            fail_msg("%s: %s", CASES[i].to, err.message);
        arena_destroy(arena);
    }
}

static void an_address_may_be_structured_or_hybrid(void **state)
{
    (void)state;
    static const char *const ADDRESSES[] = {
        "<PstlAdr><StrtNm>Lindenweg</StrtNm><BldgNb>12</BldgNb><PstCd>8000</PstCd><TwnNm>Zuerich"
        "</TwnNm><Ctry>CH</Ctry></PstlAdr>",
        "<PstlAdr><TwnNm>Zuerich</TwnNm><Ctry>CH</Ctry><AdrLine>Lindenweg 12</AdrLine></PstlAdr>",
    };

    for (size_t i = 0; i < 2; i++) {
        Arena *arena = arena_create(0);
        const char *at = strstr(GOOD, "<Nm>Erika Mustermann</Nm>");
        size_t behind = (size_t)(at - GOOD) + strlen("<Nm>Erika Mustermann</Nm>");
        Err err = {0};
        SepaTotals totals;
        Str text = str_printf(arena, "%.*s%s%s", (int)behind, GOOD, ADDRESSES[i], GOOD + behind);
        assert_ok(sepa_check(text, SEPA_PAIN_008, &totals, &err), &err);
        arena_destroy(arena);
    }
}

static void banks_are_closed_on_these_days(void **state)
{
    (void)state;
    static const Date CLOSED[] = {{2027, 1, 1},   {2027, 3, 26},  {2027, 3, 29}, {2026, 5, 1},
                                  {2026, 12, 25}, {2028, 12, 26}, {2027, 2, 13}, {2027, 2, 14}};
    static const Date OPEN[] = {{2027, 1, 4},  {2027, 3, 30},  {2027, 5, 27},
                                {2026, 10, 5}, {2026, 12, 24}, {2026, 12, 31}};

    for (size_t i = 0; i < sizeof CLOSED / sizeof *CLOSED; i++)
        assert_false(target_day(CLOSED[i]));
    for (size_t i = 0; i < sizeof OPEN / sizeof *OPEN; i++)
        assert_true(target_day(OPEN[i]));
    assert_int_equal(date_compare(target_from((Date){2027, 3, 26}), (Date){2027, 3, 30}), 0);
    assert_int_equal(date_compare(target_after((Date){2026, 12, 24}, 2), (Date){2026, 12, 29}), 0);
    assert_int_equal(date_compare(target_after((Date){2027, 2, 13}, 0), (Date){2027, 2, 13}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file_is_taken_and_counted),
        cmocka_unit_test(every_broken_rule_is_found),
        cmocka_unit_test(an_address_may_be_structured_or_hybrid),
        cmocka_unit_test(banks_are_closed_on_these_days),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
