/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/camt.h"

#include "base/buf.h"
#include "base/vec.h"

#include <libxml/xmlreader.h>
#include <limits.h>

static const char NAMESPACE[] = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";
enum { MAX_BYTES = 256 << 20 };

typedef struct Reader {
    Str ours;     /* the account it must be of, or STR_NONE */
    Arena *arena; /* for one entry; reset between */
    CamtFn each;  /* NULL in the checking pass */
    void *context;
    Err *err;
    char statement[64];
    char account[40];
    int64_t index;
    bool have_opening, have_closing;
    int64_t opening, closing, sum;
    int64_t statements;
    Date closing_day;       /* of the balance; absent: not told */
    CamtBalances *balances; /* or NULL */
} Reader;

/* --- Small steps in the tree of one element ------------------------------------------- */

static xmlNode *child(xmlNode *node, const char *name)
{
    if (node)
        for (xmlNode *at = node->children; at; at = at->next)
            if (at->type == XML_ELEMENT_NODE && strcmp((const char *)at->name, name) == 0)
                return at;
    return NULL;
}

/* By path: "Refs/EndToEndId". */
static xmlNode *descend(xmlNode *node, const char *path)
{
    Str rest = str_c(path);

    while (node && rest.ptr) {
        char name[40];
        Str step = str_cut(&rest, '/');
        snprintf(name, sizeof name, "%.*s", STR_ARG(step));
        node = child(node, name);
    }
    return node;
}

static Str content(Arena *arena, xmlNode *node)
{
    if (!node)
        return STR_NONE;
    xmlChar *text = xmlNodeGetContent(node);
    Str result = str_trim(str_copy(arena, str_c((const char *)text)));
    xmlFree(text);
    return result.len ? result : STR_NONE;
}

static Str text_at(Arena *arena, xmlNode *node, const char *path)
{
    return content(arena, descend(node, path));
}

/* "12.3", "12.30", "12" in euros; at most 5 fraction digits that are zero past the second. */
static bool to_cents(Str text, int64_t *cents)
{
    Str rest = text;
    Str whole = str_cut(&rest, '.');
    int64_t euros, fraction = 0;

    if (!str_to_i64(whole, &euros) || whole.ptr[0] == '-' || euros > INT64_MAX / 1000)
        return false;
    if (rest.ptr) {
        while (rest.len > 2 && rest.ptr[rest.len - 1] == '0')
            rest.len--;
        if (rest.len == 0 || rest.len > 2 || rest.ptr[0] == '-' || !str_to_i64(rest, &fraction))
            return false;
        if (rest.len == 1)
            fraction *= 10;
    }
    *cents = euros * 100 + fraction;
    return true;
}

static bool bad(Reader *reader, xmlNode *node, const char *what)
{
    return err_at(reader->err, NULL, node ? (int)node->line : 0, 0,
                  "Der Kontoauszug passt nicht: %s (Auszug %s, Umsatz %lld).", what,
                  reader->statement[0] ? reader->statement : "?", (long long)reader->index + 1);
}

/* Amount of an element with Amt and CdtDbtInd, signed. */
static bool signed_amount(Reader *reader, xmlNode *node, xmlNode *direction_of, int64_t *cents)
{
    xmlNode *amount = child(node, "Amt");
    Str direction = text_at(reader->arena, direction_of, "CdtDbtInd");
    xmlChar *currency = amount ? xmlGetProp(amount, (const xmlChar *)"Ccy") : NULL;
    bool euro = currency && strcmp((const char *)currency, "EUR") == 0;

    xmlFree(currency);
    if (!amount || !to_cents(content(reader->arena, amount), cents))
        return bad(reader, node, "ein Betrag fehlt oder ist keiner");
    if (!euro)
        return bad(reader, node, "ein Betrag ist nicht in Euro");
    if (str_is(direction, "DBIT"))
        *cents = -*cents;
    else if (!str_is(direction, "CRDT"))
        return bad(reader, node, "CdtDbtInd ist weder CRDT noch DBIT");
    return true;
}

static bool date_at(Reader *reader, xmlNode *node, const char *name, Date *out)
{
    xmlNode *date = child(node, name);
    Str text = text_at(reader->arena, date, "Dt");

    if (!text.ptr)
        text = str_slice(text_at(reader->arena, date, "DtTm"), 0, 10);
    return date_parse_iso(text, out);
}

/* --- One entry ---------------------------------------------------------------------------- */

static Str remittance(Arena *arena, xmlNode *details)
{
    Buf text = buf_in(arena);
    xmlNode *info = child(details, "RmtInf");

    for (xmlNode *at = info ? info->children : NULL; at; at = at->next) {
        Str part = STR_NONE;
        if (at->type != XML_ELEMENT_NODE)
            continue;
        if (strcmp((const char *)at->name, "Ustrd") == 0)
            part = content(arena, at);
        else if (strcmp((const char *)at->name, "Strd") == 0)
            part = text_at(arena, at, "CdtrRefInf/Ref");
        if (part.len && text.len)
            buf_add_char(&text, ' ');
        buf_add(&text, part);
    }
    return buf_str(&text);
}

static Str first_of(Str a, Str b)
{
    return a.ptr ? a : b;
}

/* What came back: the amount as it was ordered, else the booked one without the charges. */
static int64_t returned_cents(Arena *arena, xmlNode *details, int64_t booked)
{
    xmlNode *charges = child(details, "Chrgs");
    int64_t cents = 0, fee = 0;

    if (to_cents(text_at(arena, details, "AmtDtls/InstdAmt/Amt"), &cents))
        return cents;
    for (xmlNode *at = charges ? charges->children : NULL; at; at = at->next)
        if (at->type == XML_ELEMENT_NODE && strcmp((const char *)at->name, "Rcrd") == 0 &&
            to_cents(text_at(arena, at, "Amt"), &cents))
            fee += cents;
    booked = booked < 0 ? -booked : booked;
    return fee > 0 && fee < booked ? booked - fee : 0;
}

/* RtrInf says so; some banks only give the transaction code. */
static void fill_return(Arena *arena, xmlNode *details, CamtEntry *entry)
{
    Str code = text_at(arena, details, "BkTxCd/Domn/Fmly/SubFmlyCd");

    entry->return_code = text_at(arena, details, "RtrInf/Rsn/Cd");
    if (!child(details, "RtrInf") && !str_is(code, "UPDD") && !str_is(code, "RRTN"))
        return;
    entry->returned = true;
    entry->return_cents = returned_cents(arena, details, entry->cents);
}

/* A return names the parties as the payment that comes back did. */
static void fill_details(Arena *arena, xmlNode *details, CamtEntry *entry)
{
    fill_return(arena, details, entry);
    bool paid_to_us = (entry->cents >= 0) != (entry->returned || entry->reversal);
    const char *side = paid_to_us ? "Dbtr" : "Cdtr";
    xmlNode *parties = child(details, "RltdPties");
    xmlNode *party = child(parties, side);
    xmlNode *account = child(parties, paid_to_us ? "DbtrAcct" : "CdtrAcct");
    Str end_to_end = text_at(arena, details, "Refs/EndToEndId");

    entry->end_to_end = str_is(end_to_end, "NOTPROVIDED") ? STR_NONE : end_to_end;
    entry->batch = first_of(text_at(arena, details, "Refs/PmtInfId"), entry->batch);
    entry->reference = first_of(text_at(arena, details, "Refs/AcctSvcrRef"), entry->reference);
    entry->text = remittance(arena, details);
    entry->name = first_of(text_at(arena, party, "Pty/Nm"), text_at(arena, party, "Nm"));
    entry->iban = text_at(arena, account, "Id/IBAN");
}

static bool emit(Reader *reader, CamtEntry *entry)
{
    bool ok = true;

    entry->statement = str_c(reader->statement);
    entry->account = str_c(reader->account);
    entry->index = reader->index++;
    if (reader->each)
        ok = reader->each(entry, reader->context, reader->err);
    return ok;
}

/* A batch entry is taken apart when its parts add up to it, all of one sign: the parts of an entry
 * that holds returns beside credits would each get the entry's sign. */
static bool parts_add_up(Reader *reader, xmlNode *details, int64_t cents, size_t *count)
{
    int64_t sum = 0, all = 0;

    *count = 0;
    for (xmlNode *at = details ? details->children : NULL; at; at = at->next) {
        int64_t part;
        if (at->type != XML_ELEMENT_NODE || strcmp((const char *)at->name, "TxDtls") != 0)
            continue;
        ++*count;
        if (!to_cents(text_at(reader->arena, at, "Amt"), &part) &&
            !to_cents(text_at(reader->arena, at, "AmtDtls/TxAmt/Amt"), &part))
            return false;
        sum += str_is(text_at(reader->arena, at, "CdtDbtInd"), "DBIT") ? -part : part;
        all += part;
    }
    return *count > 1 && (sum == cents || sum == -cents) && all == (cents < 0 ? -cents : cents);
}

static bool read_entry(Reader *reader, xmlNode *node)
{
    CamtEntry entry = {0};
    xmlNode *details = child(node, "NtryDtls");
    Str status =
        first_of(text_at(reader->arena, node, "Sts/Cd"), text_at(reader->arena, node, "Sts"));
    size_t parts;

    if (!str_is(status, "BOOK"))
        return true; /* pending and informational entries are not money yet */
    if (!signed_amount(reader, node, node, &entry.cents))
        return false;
    if (!date_at(reader, node, "BookgDt", &entry.booked))
        return bad(reader, node, "der Buchungstag fehlt oder ist keiner");
    if (!date_at(reader, node, "ValDt", &entry.value))
        entry.value = entry.booked;
    entry.reversal = str_is(text_at(reader->arena, node, "RvslInd"), "true");
    entry.reference = text_at(reader->arena, node, "AcctSvcrRef");
    entry.batch = text_at(reader->arena, details, "Btch/PmtInfId");
    if (__builtin_add_overflow(reader->sum, entry.cents, &reader->sum))
        return bad(reader, node, "die Beträge sind zu groß");

    if (!parts_add_up(reader, details, entry.cents, &parts)) {
        fill_details(reader->arena, parts == 1 ? child(details, "TxDtls") : NULL, &entry);
        if (parts != 1)
            entry.text = text_at(reader->arena, node, "AddtlNtryInf");
        return emit(reader, &entry);
    }
    for (xmlNode *at = details->children; at; at = at->next) {
        CamtEntry part = entry;
        int64_t cents = 0;
        if (at->type != XML_ELEMENT_NODE || strcmp((const char *)at->name, "TxDtls") != 0)
            continue;
        if (!to_cents(text_at(reader->arena, at, "Amt"), &cents))
            to_cents(text_at(reader->arena, at, "AmtDtls/TxAmt/Amt"), &cents);
        part.cents = entry.cents < 0 ? -cents : cents;
        part.reference = STR_NONE; /* the entry's would be the same for all parts */
        fill_details(reader->arena, at, &part);
        if (!emit(reader, &part))
            return false;
    }
    return true;
}

static bool read_balance(Reader *reader, xmlNode *node)
{
    Str code = text_at(reader->arena, node, "Tp/CdOrPrtry/Cd");
    int64_t cents;

    if (!str_is(code, "OPBD") && !str_is(code, "PRCD") && !str_is(code, "CLBD"))
        return true;
    if (!signed_amount(reader, node, node, &cents))
        return false;
    if (str_is(code, "CLBD")) {
        reader->have_closing = true;
        reader->closing = cents;
        reader->closing_day = (Date){0};
        date_parse_iso(str_slice(text_at(reader->arena, node, "Dt/Dt"), 0, 10),
                       &reader->closing_day);
    } else if (!reader->have_opening) {
        reader->have_opening = true;
        reader->opening = cents;
    }
    return true;
}

/* --- The stream ----------------------------------------------------------------------------- */

static bool end_statement(Reader *reader)
{
    reader->statements++;
    if (!reader->account[0])
        return bad(reader, NULL, "das Konto hat keine IBAN");
    if (reader->ours.len && !str_eq_nocase(str_c(reader->account), reader->ours))
        return err_set(reader->err, ERR_INPUT,
                       "Dieser Auszug gehört zum Konto %s. Das Konto der Stadt ist %.*s.",
                       reader->account, STR_ARG(reader->ours));
    if (reader->have_opening && reader->have_closing &&
        reader->opening + reader->sum != reader->closing)
        return bad(reader, NULL, "Anfangssaldo und Umsätze ergeben nicht den Endsaldo");
    if (reader->balances && reader->have_closing && date_valid(reader->closing_day))
        VEC_PUSH(reader->balances->arena, reader->balances,
                 (CamtBalance){str_copy(reader->balances->arena, str_c(reader->account)),
                               reader->closing_day, reader->closing});
    reader->have_opening = reader->have_closing = false;
    reader->sum = 0;
    reader->statement[0] = reader->account[0] = '\0';
    return true;
}

/* An element below Stmt. `*expanded` tells that its subtree was read and is to be passed over. */
static bool read_part(Reader *reader, xmlTextReader *xml, const char *name, bool *expanded)
{
    static const char *const wanted[] = {"Id", "Acct", "Bal", "Ntry"};
    bool known = false;

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        known = known || strcmp(name, wanted[i]) == 0;
    *expanded = true;
    if (!known)
        return true;
    xmlNode *node = xmlTextReaderExpand(xml);
    if (!node)
        return true; /* the reader's error is reported by the loop */
    arena_reset(reader->arena);
    if (strcmp(name, "Ntry") == 0)
        return read_entry(reader, node);
    if (strcmp(name, "Bal") == 0)
        return read_balance(reader, node);
    if (strcmp(name, "Id") == 0)
        snprintf(reader->statement, sizeof reader->statement, "%.*s",
                 STR_ARG(content(reader->arena, node)));
    else
        snprintf(reader->account, sizeof reader->account, "%.*s",
                 STR_ARG(text_at(reader->arena, node, "Id/IBAN")));
    return true;
}

static bool at_element(xmlTextReader *xml, int depth, const char *name)
{
    return xmlTextReaderDepth(xml) == depth &&
           strcmp((const char *)xmlTextReaderConstLocalName(xml), name) == 0;
}

static bool walk(Reader *reader, xmlTextReader *xml)
{
    int more = xmlTextReaderRead(xml);

    while (more == 1) {
        int type = xmlTextReaderNodeType(xml);
        int depth = xmlTextReaderDepth(xml);
        bool expanded = false;
        if (type == XML_READER_TYPE_DOCUMENT_TYPE)
            return bad(reader, NULL,
                       "die Datei hat eine Dokumenttyp-Angabe, die ein Kontoauszug nie hat");
        if (type == XML_READER_TYPE_ELEMENT) {
            const char *name = (const char *)xmlTextReaderConstLocalName(xml);
            const xmlChar *space = xmlTextReaderConstNamespaceUri(xml);
            if (depth == 0 && (strcmp(name, "Document") != 0 || !space ||
                               strcmp((const char *)space, NAMESPACE) != 0))
                return err_set(reader->err, ERR_INPUT,
                               "Das ist kein Kontoauszug im Format camt.053.001.08. Bitte wählen "
                               "Sie dieses Format "
                               "beim Abruf von der Bank.");
            if (depth == 3 && !read_part(reader, xml, name, &expanded))
                return false;
        } else if (type == XML_READER_TYPE_END_ELEMENT && at_element(xml, 2, "Stmt")) {
            if (!end_statement(reader))
                return false;
        }
        more = expanded ? xmlTextReaderNext(xml) : xmlTextReaderRead(xml);
    }
    if (more < 0)
        return err_at(
            reader->err, NULL, xmlTextReaderGetParserLineNumber(xml), 0,
            "Die Datei ist beschädigt: Sie ist kein vollständiges XML. Bitte rufen Sie den "
            "Auszug noch einmal von der Bank ab.");
    if (reader->statements == 0)
        return err_set(reader->err, ERR_INPUT, "Die Datei enthält keinen Kontoauszug.");
    return true;
}

static void be_silent(void *context, const char *message, xmlParserSeverities severity,
                      xmlTextReaderLocatorPtr locator)
{
    (void)context;
    (void)message;
    (void)severity;
    (void)locator;
}

static bool pass(Str xml, Str account, CamtBalances *balances, CamtFn each, void *context, Err *err)
{
    xmlTextReader *reader = xmlReaderForMemory(
        xml.ptr, (int)xml.len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_COMPACT);

    if (!reader)
        return err_set(err, ERR_INTERNAL, "no memory for the XML reader");
    xmlTextReaderSetErrorHandler(reader, be_silent, NULL);
    Reader state = {.arena = arena_create(0),
                    .ours = account,
                    .balances = balances,
                    .each = each,
                    .context = context,
                    .err = err};
    bool ok = walk(&state, reader);
    arena_destroy(state.arena);
    xmlFreeTextReader(reader);
    return ok;
}

bool camt_read(Str xml, Str account, CamtBalances *balances, CamtFn each, void *context, Err *err)
{
    if (xml.len == 0)
        return err_set(err, ERR_INPUT, "Die Datei ist leer.");
    if (xml.len > MAX_BYTES)
        return err_set(
            err, ERR_TOO_LARGE,
            "Die Datei ist größer als 256 MB. Bitte rufen Sie einen kürzeren Zeitraum ab.");
    return pass(xml, account, balances, NULL, NULL, err) &&
           pass(xml, account, NULL, each, context, err);
}
