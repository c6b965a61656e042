/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/sepa_rules.h"

#include "base/check_digit.h"
#include "base/clock.h"
#include "base/vec.h"
#include "base/xml_sax.h"
#include "pay/sepa_calendar.h"
#include "pay/sepa_country.h"
#include "pay/sepa_text.h"

#include <assert.h>

#include <ctype.h>
#include <libxml/xmlreader.h>
#include <stdlib.h>

enum { MOST_DEPTH = 12 };

/* --- The walk
 * -------------------------------------------------------------------------------------- */

typedef struct Frame { /* an element that is open */
    const SepaRule *rule;
    const SepaRule *at; /* the last of its elements that came, or NULL */
    int seen;           /* how often */
    int children;       /* different ones */
} Frame;

typedef struct Sums {
    int64_t said_count, said_cents; /* NbOfTxs, CtrlSum */
    SepaTotals are;
} Sums;

typedef struct Hashes { /* of names that may come once only */
    uint64_t *items;
    size_t count, capacity;
} Hashes;

typedef struct Check {
    const SepaFormat *format;
    xmlTextReader *xml;
    Frame stack[MOST_DEPTH];
    int depth; /* open elements */
    char text[512];
    size_t text_len;
    Sums file, info;
    int64_t amount;    /* of the transaction that is open, */
    bool far, address; /* is its account outside the EEA, is there an address */
    Date made, day;    /* of the file, of the payments that are open */
    Arena *arena;
    Hashes names, infos; /* EndToEndIds, PmtInfIds */
    Err *err;
} Check;

static bool bad(Check *check, const char *element, const char *what)
{
    err_at(check->err, NULL, xmlTextReaderGetParserLineNumber(check->xml), 0,
           "%s, Zeile %d: %s: %s", check->format->name,
           xmlTextReaderGetParserLineNumber(check->xml), element, what);
    return false;
}

/* The next element of the same parent; NULL at its end. */
static const SepaRule *sibling(const SepaRule *rule)
{
    const SepaRule *next = rule + 1;

    while (next->depth > rule->depth)
        next++;
    return next->depth == rule->depth ? next : NULL;
}

/* What stands between two elements, or behind the last one, must not be needed. */
static bool may_leave_out(Check *check, const SepaRule *from, const SepaRule *to)
{
    for (const SepaRule *at = from; at && at != to; at = sibling(at))
        if (at->least > 0)
            return bad(check, at->name, "das Element fehlt oder steht an der falschen Stelle");
    return true;
}

static const SepaRule *first_child(const SepaRule *rule)
{
    return rule[1].depth > rule->depth ? rule + 1 : NULL;
}

static bool enter(Check *check, const char *name)
{
    Frame *parent = check->depth ? &check->stack[check->depth - 1] : NULL;
    const SepaRule *found = parent ? NULL : check->format->rules;

    if (check->depth == MOST_DEPTH || (!parent && strcmp(name, "Document") != 0))
        return bad(check, name, "das ist nicht das erwartete Element");
    if (parent) {
        const SepaRule *from = parent->at ? parent->at : first_child(parent->rule);
        for (found = from; found && strcmp(found->name, name) != 0;)
            found = sibling(found);
        if (!found)
            return bad(check, name, "das Element gehört hier nicht hin");
        if (found == parent->at) {
            if (++parent->seen > found->most)
                return bad(check, name, "das Element kommt zu oft vor");
        } else {
            if (!may_leave_out(check, parent->at ? sibling(parent->at) : from, found))
                return false;
            parent->at = found;
            parent->seen = 1;
            parent->children++;
        }
    }
    check->stack[check->depth++] = (Frame){.rule = found};
    check->text_len = 0;
    if (strcmp(name, "PmtInf") == 0)
        check->info = (Sums){0};
    if (found->kind == TRANSACTION)
        check->far = check->address = false;
    check->address = check->address || found->kind == ADDRESS_GROUP;
    return true;
}

/* --- Values
 * ---------------------------------------------------------------------------------------- */

/* "12.34": at most `digits` before the point, none or two behind it. */
static bool read_cents(Str text, size_t digits, int64_t *cents)
{
    Str rest = text;
    Str whole = str_cut(&rest, '.');
    int64_t euros, fraction = 0;

    if (whole.len == 0 || whole.len > digits || !isdigit((unsigned char)whole.ptr[0]) ||
        !str_to_i64(whole, &euros))
        return false;
    if (rest.ptr &&
        (rest.len != 2 || !isdigit((unsigned char)rest.ptr[0]) || !str_to_i64(rest, &fraction)))
        return false;
    *cents = euros * 100 + fraction;
    return true;
}

static bool text_ok(Str text, size_t most)
{
    return text.len >= 1 && text.len <= most && sepa_text_ok(text);
}

static bool word_ok(Str text, const char *words)
{
    Str rest = str_c(words);

    while (rest.ptr)
        if (str_eq(str_cut(&rest, ' '), text))
            return true;
    return false;
}

static bool two_letters(Str text)
{
    return text.len == 2 && isupper((unsigned char)text.ptr[0]) &&
           isupper((unsigned char)text.ptr[1]);
}

static bool two_digits(Str text, size_t at, int least_too_many)
{
    if (!isdigit((unsigned char)text.ptr[at]) || !isdigit((unsigned char)text.ptr[at + 1]))
        return false;
    return (text.ptr[at] - '0') * 10 + (text.ptr[at + 1] - '0') < least_too_many;
}

/* "", "Z", ".123", "+01:00" and what is made of them. */
static bool zone_ok(Str rest)
{
    if (rest.len && rest.ptr[0] == '.') {
        size_t digits = 1;
        while (digits < rest.len && isdigit((unsigned char)rest.ptr[digits]))
            digits++;
        if (digits == 1)
            return false;
        rest = str_slice(rest, digits, rest.len);
    }
    return rest.len == 0 || str_is(rest, "Z") ||
           (rest.len == 6 && (rest.ptr[0] == '+' || rest.ptr[0] == '-') && rest.ptr[3] == ':' &&
            two_digits(rest, 1, 15) && two_digits(rest, 4, 60));
}

/* "2027-02-15T09:30:00", with or without fraction and zone. */
static bool date_time_ok(Str text, Date *date)
{
    return text.len >= 19 && text.ptr[10] == 'T' && text.ptr[13] == ':' && text.ptr[16] == ':' &&
           date_parse_iso(str_slice(text, 0, 10), date) && two_digits(text, 11, 24) &&
           two_digits(text, 14, 60) && two_digits(text, 17, 60) &&
           zone_ok(str_slice(text, 19, text.len));
}

static Sums *sums_of(Check *check)
{
    return check->depth > 1 && strcmp(check->stack[check->depth - 2].rule->name, "GrpHdr") == 0
               ? &check->file
               : &check->info;
}

static bool currency_ok(Check *check)
{
    xmlChar *currency = check->stack[check->depth - 1].rule->kind == AMOUNT
                            ? xmlTextReaderGetAttribute(check->xml, (const xmlChar *)"Ccy")
                            : NULL;
    bool ok = currency && strcmp((const char *)currency, "EUR") == 0;

    xmlFree(currency);
    return ok;
}

static bool take_amount(Check *check, Str text)
{
    return read_cents(text, 9, &check->amount) && check->amount > 0;
}

static bool take_name(Check *check, Hashes *hashes, Str text)
{
    if (!sepa_id_ok(text))
        return false;
    VEC_PUSH(check->arena, hashes, str_hash(text));
    return true;
}

/* The banks do not carry out what is of yesterday. */
static bool take_day(Check *check, Str text)
{
    return date_parse_iso(text, &check->day) && target_day(check->day) &&
           date_compare(check->made, check->day) <= 0;
}

static bool take_iban(Check *check, Str text)
{
    check->far = !sepa_country_in_eea(text);
    return check_iban(text) && sepa_country_known(text);
}

static bool value_ok(Check *check, const SepaRule *rule, Str text)
{
    Date date;

    assert(rule);
    switch (rule->kind) {
    case ID35: return sepa_id_ok(text);
    case END_TO_END: return take_name(check, &check->names, text);
    case INFORMATION_ID: return take_name(check, &check->infos, text);
    case TEXT16: return text_ok(text, 16);
    case TEXT35: return text_ok(text, 35);
    case TEXT70: return text_ok(text, 70);
    case TEXT140: return text_ok(text, 140);
    case DATE_TIME: return date_time_ok(text, &check->made);
    /* The only other day is that of a mandate's signature: nothing is collected before it. */
    case DATE: return date_parse_iso(text, &date) && date_compare(date, check->day) <= 0;
    case BUSINESS_DAY: return take_day(check, text);
    case COUNT:
        return text.len <= 15 && str_to_i64(text, &sums_of(check)->said_count) &&
               sums_of(check)->said_count > 0;
    case SUM: return read_cents(text, 16, &sums_of(check)->said_cents);
    case AMOUNT: return take_amount(check, text);
    case IBAN: return take_iban(check, text);
    case BIC: return sepa_bic_ok(text);
    case CREDITOR: return check_creditor_id(text);
    case COUNTRY: return two_letters(text);
    case WORD: return word_ok(text, rule->words);
    case GROUP:
    case ADDRESS_GROUP:
    case CHOICE:
    case TRANSACTION: return true;
    }
    return false;
}

/* --- Ends
 * ------------------------------------------------------------------------------------------ */

static bool sums_agree(Check *check, const Sums *sums, const char *element)
{
    if (sums->said_count != sums->are.count)
        return bad(check, element, "die Zahl der Zahlungen (NbOfTxs) stimmt nicht");
    if (sums->said_cents != sums->are.cents)
        return bad(check, element, "die Summe (CtrlSum) stimmt nicht");
    return true;
}

static bool leave(Check *check)
{
    const Frame *frame = &check->stack[check->depth - 1];
    const SepaRule *rule = frame->rule;
    const SepaRule *next = frame->at ? sibling(frame->at) : first_child(rule);
    Str text = {check->text, check->text_len};

    if (!value_ok(check, rule, text))
        return bad(check, rule->name, "der Wert ist so nicht erlaubt");
    if (!may_leave_out(check, next, NULL))
        return false;
    if (rule->kind == CHOICE && frame->children != 1)
        return bad(check, rule->name, "genau eine der Angaben muss da sein");
    if (rule->kind == TRANSACTION && rule->words && check->far && !check->address)
        return bad(check, "PstlAdr",
                   "außerhalb des Europäischen Wirtschaftsraums gehört die Anschrift dazu");
    if (rule->kind == TRANSACTION) {
        check->info.are.count++;
        check->info.are.cents += check->amount;
    }
    if (strcmp(rule->name, "PmtInf") == 0) {
        if (!sums_agree(check, &check->info, rule->name))
            return false;
        check->file.are.count += check->info.are.count;
        check->file.are.cents += check->info.are.cents;
    }
    check->depth--;
    check->text_len = 0;
    return check->depth > 0 || sums_agree(check, &check->file, "GrpHdr");
}

static bool add_text(Check *check, Str text)
{
    const SepaRule *rule = check->stack[check->depth - 1].rule;

    if (rule->kind <= TRANSACTION)
        return str_trim(text).len == 0 || bad(check, rule->name, "hier steht Text");
    if (check->text_len + text.len > sizeof check->text)
        return bad(check, rule->name, "der Wert ist zu lang");
    if (text.len == 0)
        return true;
    assert(text.ptr);
    memcpy(check->text + check->text_len, text.ptr, text.len);
    check->text_len += text.len;
    return true;
}

static bool begin_element(Check *check)
{
    const char *name = (const char *)xmlTextReaderConstLocalName(check->xml);
    const xmlChar *space = xmlTextReaderConstNamespaceUri(check->xml);
    bool empty = xmlTextReaderIsEmptyElement(check->xml) == 1;

    if (!space || strcmp((const char *)space, check->format->space) != 0)
        return bad(check, name, "der Namensraum ist nicht der des Formats");
    if (!enter(check, name))
        return false;
    int attributes = xmlTextReaderAttributeCount(check->xml);
    bool amount = check->stack[check->depth - 1].rule->kind == AMOUNT;
    if (amount ? attributes != 1 || !currency_ok(check) : check->depth > 1 && attributes != 0)
        return bad(check, name,
                   amount ? "der Betrag muss in Euro sein" : "Attribute sind hier nicht erlaubt");
    return !empty || leave(check);
}

static bool walk(Check *check)
{
    int more = xmlTextReaderRead(check->xml);

    for (; more == 1; more = xmlTextReaderRead(check->xml)) {
        bool ok = true;
        switch (xmlTextReaderNodeType(check->xml)) {
        case XML_READER_TYPE_ELEMENT: ok = begin_element(check); break;
        case XML_READER_TYPE_END_ELEMENT: ok = leave(check); break;
        case XML_READER_TYPE_TEXT:
        case XML_READER_TYPE_CDATA:
        case XML_READER_TYPE_WHITESPACE:
        case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
            ok = check->depth == 0 ||
                 add_text(check, str_c((const char *)xmlTextReaderConstValue(check->xml)));
            break;
        case XML_READER_TYPE_COMMENT: break;
        default: ok = bad(check, "Document", "das gehört nicht in eine Zahlungsdatei");
        }
        if (!ok)
            return false;
    }
    return more == 0 || bad(check, "Document", "das ist kein vollständiges XML");
}

static int by_number(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static bool names_differ(Check *check, Hashes *hashes, const char *element)
{
    if (hashes->count)
        qsort(hashes->items, hashes->count, sizeof *hashes->items, by_number);
    for (size_t i = 1; i < hashes->count; i++)
        if (hashes->items[i] == hashes->items[i - 1])
            return bad(check, element, "dieselbe Referenz kommt zweimal vor");
    return true;
}

/* What says nothing is UTF-8. */
static bool encoding_ok(Check *check)
{
    const char *encoding = (const char *)xmlTextReaderConstEncoding(check->xml);

    return !encoding || str_eq_nocase(str_c(encoding), STR("UTF-8")) ||
           bad(check, "Document", "die Datei muss in UTF-8 geschrieben sein");
}

static void be_silent(void *context, const char *message, xmlParserSeverities severity,
                      xmlTextReaderLocatorPtr locator)
{
    (void)context;
    (void)message;
    (void)severity;
    (void)locator;
}

bool sepa_check(Str xml, SepaMessage message, SepaTotals *totals, Err *err)
{
    Check check = {.format = sepa_format(message), .err = err};

    *totals = (SepaTotals){0};
    if (xml.len == 0 || xml.len > INT32_MAX)
        return err_set(err, ERR_INPUT, "%s: die Datei ist leer oder zu groß", check.format->name);
    XmlListener before = xml_listen(NULL, NULL);
    check.xml =
        xmlReaderForMemory(xml.ptr, (int)xml.len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_COMPACT);
    if (!check.xml) {
        xml_listen_end(before);
        return err_set(err, ERR_INTERNAL, "no memory for the XML reader");
    }
    xmlTextReaderSetErrorHandler(check.xml, be_silent, NULL);
    check.arena = arena_create(0);
    bool ok = walk(&check) && encoding_ok(&check) &&
              names_differ(&check, &check.names, "EndToEndId") &&
              names_differ(&check, &check.infos, "PmtInfId");
    *totals = check.file.are;
    xml_listen_end(before);
    arena_destroy(check.arena);
    xmlFreeTextReader(check.xml);
    return ok;
}
