/* SPDX-License-Identifier: EUPL-1.2 */
/* Each rule of the tables is broken once, in each message: an element left out, doubled, moved, put
 * where none belongs, given an attribute or a value that it may not have. */
#include "base/test.h"
#include "base/xml.h"
#include "pay/sepa_rules.h"

#include <stdlib.h>

#define HEAD(space, root)                                                                       \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:" \
    "xsd:" space "\"><" root                                                                    \
    "><GrpHdr><MsgId>M-1</MsgId><CreDtTm>2027-02-01T09:30:00Z</CreDtTm><NbOfTxs>1</NbOfTxs>"    \
    "<CtrlSum>96.00</CtrlSum><InitgPty><Nm>Stadt Musterstadt</Nm></InitgPty></GrpHdr>"
#define INFO(method)                                                                           \
    "<PmtInf><PmtInfId>M-1-A</PmtInfId><PmtMtd>" method "</PmtMtd><BtchBookg>true</BtchBookg>" \
    "<NbOfTxs>1</NbOfTxs><CtrlSum>96.00</CtrlSum><PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl>"
#define ADDRESS                                                                               \
    "<PstlAdr><StrtNm>Lindenweg</StrtNm><BldgNb>12</BldgNb><PstCd>8000</PstCd><TwnNm>Zuerich" \
    "</TwnNm><Ctry>CH</Ctry><AdrLine>Hinterhaus</AdrLine></PstlAdr>"
#define ACCOUNT(name, iban) "<" name "><Id><IBAN>" iban "</IBAN></Id></" name ">"
#define AGENT(name) "<" name "><FinInstnId><BICFI>MUSTDEFFXXX</BICFI></FinInstnId></" name ">"
#define OTHER_AGENT(name) \
    "<" name "><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></" name ">"
#define TOWN "DE19999999990000123456"
#define PERSON "DE02120300000000202051"
#define ABOUT "<RmtInf><Ustrd>Hundesteuer 2027</Ustrd></RmtInf>"

static const char *const GOOD[] = {
    [SEPA_PAIN_008] = HEAD("pain.008.001.08", "CstmrDrctDbtInitn") INFO(
        "DD") "<LclInstrm><Cd>CORE</Cd></LclInstrm><SeqTp>RCUR</SeqTp></PmtTpInf><ReqdColltnDt>"
              "2027-02-15</ReqdColltnDt><Cdtr><Nm>Stadt Musterstadt</Nm>" ADDRESS
              "</Cdtr>" ACCOUNT("CdtrAcct", TOWN)
                  AGENT("CdtrAgt") "<ChrgBr>SLEV</"
                                   "ChrgBr><CdtrSchmeId><Id><PrvtId><Othr><Id>DE98ZZZ09999999999</"
                                   "Id><SchmeNm>"
                                   "<Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id></"
                                   "CdtrSchmeId><DrctDbtTxInf><PmtId>"
                                   "<EndToEndId>52734000000425-1</EndToEndId></PmtId><InstdAmt "
                                   "Ccy=\"EUR\">96.00</InstdAmt>"
                                   "<DrctDbtTx><MndtRltdInf><MndtId>M1</"
                                   "MndtId><DtOfSgntr>2027-01-10</DtOfSgntr>"
                                   "</MndtRltdInf></DrctDbtTx>" OTHER_AGENT(
                                       "DbtrAgt") "<Dbtr><Nm>Erika Mustermann</Nm>" ADDRESS
                                                  "</Dbtr>" ACCOUNT("DbtrAcct", PERSON) ABOUT
    "</DrctDbtTxInf></PmtInf></CstmrDrctDbtInitn></Document>",
    [SEPA_PAIN_001] = HEAD("pain.001.001.09", "CstmrCdtTrfInitn")
        INFO("TRF") "</PmtTpInf><ReqdExctnDt><Dt>2027-02-15</Dt></ReqdExctnDt><Dbtr><Nm>Stadt "
                    "Musterstadt</Nm>" ADDRESS "</Dbtr>" ACCOUNT("DbtrAcct", TOWN)
                        AGENT("DbtrAgt") "<ChrgBr>SLEV</"
                                         "ChrgBr><CdtTrfTxInf><PmtId><EndToEndId>E1-52734000000425<"
                                         "/EndToEndId>"
                                         "</PmtId><Amt><InstdAmt "
                                         "Ccy=\"EUR\">96.00</InstdAmt></Amt>" OTHER_AGENT(
                                             "CdtrAgt") "<Cdtr><Nm>Erika Mustermann</Nm>" ADDRESS
                                                        "</Cdtr>" ACCOUNT("CdtrAcct", PERSON) ABOUT
    "</CdtTrfTxInf></PmtInf></CstmrCdtTrfInitn></Document>",
};

/* --- A file with one change ------------------------------------------------------------------ */

typedef struct Change {
    const XmlElement *at;
    enum { NOTHING, LEAVE_OUT, DOUBLE, MOVE, STRANGER, ATTRIBUTE, VALUE } what;
    const char *value;
} Change;

static void write_element(Buf *out, const XmlElement *element, const Change *change);

static void write_body(Buf *out, const XmlElement *element, const Change *change)
{
    if (change->what == VALUE && change->at == element) {
        xml_escape(out, str_c(change->value));
        return;
    }
    if (!element->first)
        xml_escape(out, element->text);
    for (const XmlElement *at = element->first; at; at = at->next) {
        bool here = change->at == at;
        if (here && change->what == LEAVE_OUT)
            continue;
        if (here && change->what == STRANGER)
            buf_add_c(out, "<Strange/>");
        if (here && change->what == MOVE) { /* behind the next one */
            write_element(out, at->next, change);
            write_element(out, at, change);
            at = at->next;
            continue;
        }
        write_element(out, at, change);
        if (here && change->what == DOUBLE)
            write_element(out, at, change);
    }
}

static void write_element(Buf *out, const XmlElement *element, const Change *change)
{
    buf_addf(out, "<%.*s", STR_ARG(element->name));
    if (!element->parent)
        buf_addf(out, " xmlns=\"%.*s\"", STR_ARG(element->space));
    if (change->what == ATTRIBUTE && change->at == element)
        buf_add_c(out, " a=\"b\"");
    for (size_t i = 0; i < element->attribute_count; i++)
        buf_addf(out, " %.*s=\"%.*s\"", STR_ARG(element->attributes[i].name),
                 STR_ARG(element->attributes[i].value));
    buf_add_char(out, '>');
    write_body(out, element, change);
    buf_addf(out, "</%.*s>", STR_ARG(element->name));
}

typedef struct Subject {
    SepaMessage message;
    const XmlElement *root;
    Arena *arena;
} Subject;

static bool taken(const Subject *subject, Change change)
{
    Buf text = buf_in(subject->arena);
    SepaTotals totals;
    Err err = {0};

    write_element(&text, subject->root, &change);
    bool ok = sepa_check(buf_str(&text), subject->message, &totals, &err);
    assert_true(ok || err.kind == ERR_INPUT);
    return ok;
}

static void expect(const Subject *subject, Change change, bool good)
{
    static const char *const WORDS[] = {"as it is",    "left out",         "doubled",
                                        "moved",       "after a stranger", "with an attribute",
                                        "of the value"};

    if (taken(subject, change) != good)
        fail_msg("%s: %.*s %s \"%s\" is %s", sepa_format(subject->message)->name,
                 STR_ARG(change.at->name), WORDS[change.what], change.value ? change.value : "",
                 good ? "refused" : "taken");
}

/* --- The rule of an element, and values that break it ------------------------------------------
 */

static const SepaRule *rule_of(const Subject *subject, const XmlElement *element)
{
    if (!element->parent)
        return sepa_format(subject->message)->rules;
    const SepaRule *parent = rule_of(subject, element->parent);
    for (const SepaRule *at = parent + 1; at->depth > parent->depth; at++)
        if (at->depth == parent->depth + 1 && str_is(element->name, at->name))
            return at;
    fail_msg("no rule for %.*s", STR_ARG(element->name));
    return NULL;
}

enum { MOST_VALUES = 14 };
static const char *const BAD[][MOST_VALUES] = {
    [ID35] = {"/a", "a/", "a//b", "ä", "a&b", "a_b", "a;b", "a*b", "a@b"},
    [END_TO_END] = {"/a", "a/", "a//b", "ä", "a&b", "a_b"},
    [INFORMATION_ID] = {"/a", "a/", "a//b", "ä", "a&b", "a_b"},
    [TEXT16] = {"ä", "a&b", "a;b", "a\"b", "a\nb"},
    [TEXT35] = {"ä", "a&b", "a;b", "a<b", "ł"},
    [TEXT70] = {"ä", "a&b", "a;b", "a%b", "a*b", "a@b", "a_b", "a!b", "€"},
    [TEXT140] = {"ä", "a&b", "a;b", "a#b", "a=b", "ß"},
    [DATE_TIME] = {"2027-02-01", "2027-02-01T24:00:00", "2027-02-01T09:60:00",
                   "2027-02-01T09:30:60", "2027-02-01 09:30:00", "2027-02-30T09:30:00",
                   "2027-02-01T09:30:00X", "2027-02-01T09:30:00+1:00", "2027-02-01T09:30:00.",
                   "2027-02-16T09:30:00"},
    [DATE] = {"2027-02-30", "10.01.2027", "2027-01-10T00:00:00", "2027-02-16"},
    [BUSINESS_DAY] = {"2027-02-14", "2027-03-26", "2027-01-29", "15.02.2027"},
    [COUNT] = {"0", "-1", "2", "1.0", "x", "0000000000000001"},
    [SUM] = {"96.0", "96.01", "-96.00", "96,00", "96.000", "x"},
    [AMOUNT] = {"0.00", "-96.00", "+96.00", "96,00", "96.0", "96.000", "1000000000.00", "96.01"},
    [IBAN] = {"DE02120300000000202052", "de02120300000000202051", "DE02 1203 0000 0000 2020 51",
              "DE4512030000000020205", "AT81120300000000202051", "TR330006100519786457841326",
              "DE0212030000000020205Ä"},
    [BIC] = {"MUSTDEFFXX", "mustdeffxxx", "MUST1EFF", "MUSTDEFF-XX", "MUSTDEFFXXXX"},
    [CREDITOR] = {"DE97ZZZ09999999999", "DE98ZZZ0999999999", "de98zzz09999999999"},
    [COUNTRY] = {"C", "ch", "CHE", "C1"},
    [WORD] = {"XXXX", "sepa", "true false"},
};

static const size_t LONGEST[] = {
    [ID35] = 35,   [END_TO_END] = 35, [INFORMATION_ID] = 35, [TEXT16] = 16,
    [TEXT35] = 35, [TEXT70] = 70,     [TEXT140] = 140};

static void break_length(const Subject *subject, const XmlElement *element, size_t longest)
{
    char *text = str_cstr(subject->arena, str_printf(subject->arena, "%0*d", (int)longest + 1, 7));

    expect(subject, (Change){element, VALUE, text}, false);
    expect(subject, (Change){element, VALUE, text + 1}, true);
}

static void break_value(const Subject *subject, const XmlElement *element, const SepaRule *rule)
{
    if (rule->kind <= TRANSACTION) {
        expect(subject, (Change){element, VALUE, "text"}, false);
        return;
    }
    expect(subject, (Change){element, VALUE, ""}, false);
    for (size_t i = 0; i < MOST_VALUES && BAD[rule->kind][i]; i++)
        expect(subject, (Change){element, VALUE, BAD[rule->kind][i]}, false);
    if (rule->kind < sizeof LONGEST / sizeof *LONGEST && LONGEST[rule->kind])
        break_length(subject, element, LONGEST[rule->kind]);
}

static void break_element(const Subject *subject, const XmlElement *element)
{
    const SepaRule *rule = rule_of(subject, element);

    if (element->parent) {
        bool only = rule_of(subject, element->parent)->kind == CHOICE;
        expect(subject, (Change){element, LEAVE_OUT, NULL}, rule->least == 0 && !only);
        expect(subject, (Change){element, DOUBLE, NULL}, rule->most == 2);
        expect(subject, (Change){element, STRANGER, NULL}, false);
        expect(subject, (Change){element, ATTRIBUTE, NULL}, false);
    }
    if (element->next)
        expect(subject, (Change){element, MOVE, NULL}, false);
    break_value(subject, element, rule);
    for (const XmlElement *at = element->first; at; at = at->next)
        break_element(subject, at);
}

static void every_rule_of_both_messages_is_kept_and_can_be_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        Subject subject = {.message = (SepaMessage)i, .arena = arena_create(0)};
        Err err = {0};
        subject.root = xml_read(subject.arena, str_c(GOOD[i]), NULL, &err);
        assert_ok(subject.root, &err);
        expect(&subject, (Change){subject.root, NOTHING, NULL}, true);
        break_element(&subject, subject.root);
        arena_destroy(subject.arena);
    }
}

/* --- What holds between elements ---------------------------------------------------------------
 */

static bool with(SepaMessage message, const char *from, const char *to, const char *and_from,
                 const char *and_to)
{
    Arena *arena = arena_create(0);
    SepaTotals totals;
    Err err = {0};
    Str text = str_replace(arena, str_c(GOOD[message]), str_c(from), str_c(to));

    if (*and_from)
        text = str_replace(arena, text, str_c(and_from), str_c(and_to));
    bool ok = sepa_check(text, message, &totals, &err);
    arena_destroy(arena);
    return ok;
}

static void a_payer_outside_the_eea_needs_an_address(void **state)
{
    (void)state;
    const char *far = "CH9300762011623852957";

    assert_true(with(SEPA_PAIN_008, PERSON, far, "", ""));
    assert_false(with(SEPA_PAIN_008, PERSON, far, "</Nm>" ADDRESS "</Dbtr>", "</Nm></Dbtr>"));
    assert_true(with(SEPA_PAIN_008, PERSON, PERSON, "</Nm>" ADDRESS "</Dbtr>", "</Nm></Dbtr>"));
    assert_true(with(SEPA_PAIN_001, PERSON, far, "</Nm>" ADDRESS "</Cdtr>", "</Nm></Cdtr>"));
}

static void a_file_is_utf_8(void **state)
{
    (void)state;
    assert_true(with(SEPA_PAIN_001, " encoding=\"UTF-8\"", "", "", ""));
    assert_false(with(SEPA_PAIN_001, "UTF-8", "ISO-8859-1", "", ""));
}

/* Two payment informations with one payment each. */
static bool two_informations(const char *second_id, const char *second_end)
{
    Arena *arena = arena_create(0);
    Str good = str_c(GOOD[SEPA_PAIN_008]);
    size_t begin = (size_t)str_find(good, STR("<PmtInf>"));
    size_t end = (size_t)str_find(good, STR("</PmtInf>")) + strlen("</PmtInf>");
    Str head = str_replace(arena, str_slice(good, 0, begin), STR("<NbOfTxs>1"), STR("<NbOfTxs>2"));
    Str first = str_slice(good, begin, end);
    Str second = str_replace(arena, first, STR("M-1-A"), str_c(second_id));
    SepaTotals totals;
    Err err = {0};

    head = str_replace(arena, head, STR("<CtrlSum>96.00"), STR("<CtrlSum>192.00"));
    second = str_replace(arena, second, STR("52734000000425-1"), str_c(second_end));
    Str text = str_printf(arena, "%.*s%.*s%.*s%.*s", STR_ARG(head), STR_ARG(first), STR_ARG(second),
                          STR_ARG(str_slice(good, end, good.len)));
    bool ok = sepa_check(text, SEPA_PAIN_008, &totals, &err);
    assert_true(!ok || totals.count == 2);
    arena_destroy(arena);
    return ok;
}

static void each_information_and_each_payment_has_a_name_of_its_own(void **state)
{
    (void)state;
    assert_true(two_informations("M-1-B", "52734000000433-1"));
    assert_false(two_informations("M-1-A", "52734000000433-1"));
    assert_false(two_informations("M-1-B", "52734000000425-1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_of_both_messages_is_kept_and_can_be_broken),
        cmocka_unit_test(a_payer_outside_the_eea_needs_an_address),
        cmocka_unit_test(a_file_is_utf_8),
        cmocka_unit_test(each_information_and_each_payment_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
