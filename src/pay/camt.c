/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/camt.h"

#include "base/buf.h"
#include "base/vec.h"
#include "core/page/out.h"
#include "pay/camt_xml.h"
#include "pay/pay.h"

#include <stdio.h>

enum { MAX_BYTES = 256 << 20, MAX_STATEMENTS = 10000 };

typedef struct Counted { /* a statement of the file */
    Str account, statement;
    int64_t next; /* number of its next transaction */
} Counted;

typedef struct Reader {
    const CamtOrder *order;
    bool checking; /* the first pass: nothing is called or kept yet */
    Arena *arena;  /* of the part that is being read */
    Err *err;
    char statement[64];
    char account[40];
    struct {
        Counted *items;
        size_t count, capacity;
    } counted;
    Arena *whole;     /* as long as the file is read */
    Counted *current; /* the statement whose transactions are told; NULL: none of it was yet */
    int64_t position; /* of the entry in its statement, from 1 */
    bool have_opening, have_closing;
    int64_t opening, closing, sum;
    int64_t statements;
    Date closing_day; /* of the balance; absent: not told */
} Reader;

/* --- Small steps ---------------------------------------------------------------------------- */

/* "12.3", "12.30", "12" in euros; at most 5 fraction digits that are zero past the second. */
static bool to_cents(Str text, int64_t *cents)
{
    Str rest = text;
    Str whole = str_cut(&rest, '.');
    int64_t euros, fraction = 0;

    if (!str_to_i64(whole, &euros) || whole.ptr[0] == '-' || euros > PAY_MOST_CENTS / 100)
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

/* Names the entry that the node is, or else the statement. */
static bool bad(Reader *reader, const CamtNode *node, const char *german)
{
    Str lang = reader->order->lang, what = tr(lang, german);
    const char *statement = reader->statement[0] ? reader->statement : "?";

    if (node && strcmp(node->name, "Ntry") == 0)
        err_set_in(reader->err, ERR_INPUT, lang,
                   "Der Kontoauszug passt nicht: %.*s (Auszug %s, Umsatz %lld).", STR_ARG(what),
                   statement, (long long)reader->position);
    else
        err_set_in(reader->err, ERR_INPUT, lang, "Der Kontoauszug passt nicht: %.*s (Auszug %s).",
                   STR_ARG(what), statement);
    reader->err->line = node ? (int)node->line : 0;
    return false;
}

/* Amount of an element with Amt and CdtDbtInd, signed. */
static bool signed_amount(Reader *reader, const CamtNode *node, int64_t *cents)
{
    const CamtNode *amount = camt_at(node, "Amt");
    Str direction = camt_text(node, "CdtDbtInd");

    if (!amount || !to_cents(amount->text, cents))
        return bad(reader, node, N_("ein Betrag fehlt oder ist keiner"));
    if (!str_is(amount->currency, "EUR"))
        return bad(reader, node, N_("ein Betrag ist nicht in Euro"));
    if (str_is(direction, "DBIT"))
        *cents = -*cents;
    else if (!str_is(direction, "CRDT"))
        return bad(reader, node, N_("CdtDbtInd ist weder CRDT noch DBIT"));
    return true;
}

static bool date_at(const CamtNode *node, const char *name, Date *out)
{
    const CamtNode *date = camt_at(node, name);
    Str text = camt_text(date, "Dt");

    if (!text.ptr)
        text = str_slice(camt_text(date, "DtTm"), 0, 10);
    return date_parse_iso(text, out);
}

/* --- One entry ---------------------------------------------------------------------------- */

static Str remittance(Arena *arena, const CamtNode *details)
{
    Buf text = buf_in(arena);
    const CamtNode *info = camt_at(details, "RmtInf");

    for (const CamtNode *at = info ? info->first : NULL; at; at = at->next) {
        Str part = STR_NONE;
        if (strcmp(at->name, "Ustrd") == 0)
            part = at->text;
        else if (strcmp(at->name, "Strd") == 0)
            part = camt_text(at, "CdtrRefInf/Ref");
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

/* The bank's own reference. "NONREF" stands for none in all entries alike: it names nothing. */
static Str bank_reference(const CamtNode *node, const char *path)
{
    Str reference = camt_text(node, path);

    return str_eq_nocase(reference, STR("NONREF")) || str_eq_nocase(reference, STR("NOTPROVIDED"))
               ? STR_NONE
               : reference;
}

/* What came back: the amount as it was ordered, else the booked one without the charges. */
static int64_t returned_cents(const CamtNode *details, int64_t booked)
{
    const CamtNode *charges = camt_at(details, "Chrgs");
    int64_t cents = 0, fee = 0;

    if (to_cents(camt_text(details, "AmtDtls/InstdAmt/Amt"), &cents))
        return cents;
    for (const CamtNode *at = camt_child(charges, "Rcrd", NULL); at;
         at = camt_child(charges, "Rcrd", at))
        if (to_cents(camt_text(at, "Amt"), &cents) && __builtin_add_overflow(fee, cents, &fee))
            return 0;
    booked = booked < 0 ? -booked : booked;
    return fee > 0 && fee < booked ? booked - fee : 0;
}

/* RtrInf says so; some banks only give the transaction code. */
static void fill_return(const CamtNode *details, CamtEntry *entry)
{
    Str code = camt_text(details, "BkTxCd/Domn/Fmly/SubFmlyCd");

    entry->return_code = camt_text(details, "RtrInf/Rsn/Cd");
    if (!camt_at(details, "RtrInf") && !str_is(code, "UPDD") && !str_is(code, "RRTN"))
        return;
    entry->returned = true;
    entry->return_cents = returned_cents(details, entry->cents);
}

/* A return names the parties as the payment that comes back did. */
static void fill_details(Arena *arena, const CamtNode *details, CamtEntry *entry)
{
    fill_return(details, entry);
    bool paid_to_us = (entry->cents >= 0) != (entry->returned || entry->reversal);
    const char *side = paid_to_us ? "Dbtr" : "Cdtr";
    const CamtNode *parties = camt_at(details, "RltdPties");
    const CamtNode *party = camt_at(parties, side);
    const CamtNode *account = camt_at(parties, paid_to_us ? "DbtrAcct" : "CdtrAcct");
    Str end_to_end = camt_text(details, "Refs/EndToEndId");

    entry->end_to_end = str_is(end_to_end, "NOTPROVIDED") ? STR_NONE : end_to_end;
    entry->batch = first_of(camt_text(details, "Refs/PmtInfId"), entry->batch);
    entry->reference = first_of(bank_reference(details, "Refs/AcctSvcrRef"), entry->reference);
    entry->text = remittance(arena, details);
    entry->name = first_of(camt_text(party, "Pty/Nm"), camt_text(party, "Nm"));
    entry->iban = camt_text(account, "Id/IBAN");
}

/* Where the statement's transactions are counted: on from where another of the same name ended. */
static Counted *counted_of(Reader *reader)
{
    Str account = str_c(reader->account), statement = str_c(reader->statement);

    for (size_t i = reader->counted.count; i-- > 0;) {
        Counted *one = &reader->counted.items[i];
        if (str_eq(one->statement, statement) && str_eq(one->account, account))
            return one;
    }
    VEC_PUSH(reader->whole, &reader->counted,
             (Counted){str_copy(reader->whole, account), str_copy(reader->whole, statement), 0});
    return &reader->counted.items[reader->counted.count - 1];
}

static bool emit(Reader *reader, CamtEntry *entry)
{
    if (!reader->current)
        reader->current = counted_of(reader);
    entry->statement = str_c(reader->statement);
    entry->account = str_c(reader->account);
    entry->index = reader->current->next++;
    return reader->order->each(entry, reader->order->context, reader->err);
}

/* A batch entry is taken apart when its parts add up to it, all of one sign: the parts of an entry
 * that holds returns beside credits would each get the entry's sign. */
static bool parts_add_up(const CamtNode *details, int64_t cents, size_t *count)
{
    int64_t sum = 0, all = 0;

    *count = 0;
    for (const CamtNode *at = camt_child(details, "TxDtls", NULL); at;
         at = camt_child(details, "TxDtls", at)) {
        int64_t part;
        ++*count;
        if (!to_cents(camt_text(at, "Amt"), &part) &&
            !to_cents(camt_text(at, "AmtDtls/TxAmt/Amt"), &part))
            return false;
        if (__builtin_add_overflow(all, part, &all))
            return false;
        sum += str_is(camt_text(at, "CdtDbtInd"), "DBIT") ? -part : part; /* within +-all */
    }
    return *count > 1 && (sum == cents || sum == -cents) && all == (cents < 0 ? -cents : cents);
}

/* The batch's reference, also where it is given with each part, names a part by its number. */
static void name_part(CamtEntry *part, Str batch, Str before, int64_t number)
{
    if (part->reference.ptr && !str_eq(part->reference, before))
        return;
    part->reference = first_of(part->reference, batch);
    part->part = part->reference.ptr ? number : 0;
}

static bool read_entry(Reader *reader, const CamtNode *node)
{
    CamtEntry entry = {0};
    const CamtNode *details = camt_at(node, "NtryDtls");
    Str status = first_of(camt_text(node, "Sts/Cd"), camt_text(node, "Sts"));
    Str before = STR_NONE;
    size_t parts;
    int64_t number = 0;

    reader->position++;
    if (!str_is(status, "BOOK"))
        return true; /* pending and informational entries are not money yet */
    if (!signed_amount(reader, node, &entry.cents))
        return false;
    if (!date_at(node, "BookgDt", &entry.booked))
        return bad(reader, node, N_("der Buchungstag fehlt oder ist keiner"));
    if (!date_at(node, "ValDt", &entry.value))
        entry.value = entry.booked;
    entry.reversal = str_is(camt_text(node, "RvslInd"), "true");
    entry.reference = bank_reference(node, "AcctSvcrRef");
    entry.batch = camt_text(details, "Btch/PmtInfId");
    if (__builtin_add_overflow(reader->sum, entry.cents, &reader->sum))
        return bad(reader, node, N_("die Beträge sind zu groß"));
    if (reader->checking)
        return true; /* what this pass wants to know is known */

    if (!parts_add_up(details, entry.cents, &parts)) {
        fill_details(reader->arena, parts == 1 ? camt_at(details, "TxDtls") : NULL, &entry);
        if (parts != 1)
            entry.text = camt_text(node, "AddtlNtryInf");
        return emit(reader, &entry);
    }
    for (const CamtNode *at = camt_child(details, "TxDtls", NULL); at;
         at = camt_child(details, "TxDtls", at)) {
        CamtEntry part = entry;
        int64_t cents = 0;
        if (!to_cents(camt_text(at, "Amt"), &cents))
            to_cents(camt_text(at, "AmtDtls/TxAmt/Amt"), &cents);
        part.cents = entry.cents < 0 ? -cents : cents;
        part.reference = STR_NONE;
        fill_details(reader->arena, at, &part);
        name_part(&part, entry.reference, before, ++number);
        before = part.reference;
        if (!emit(reader, &part))
            return false;
    }
    return true;
}

static bool read_balance(Reader *reader, const CamtNode *node)
{
    Str code = camt_text(node, "Tp/CdOrPrtry/Cd");
    int64_t cents;

    if (!str_is(code, "OPBD") && !str_is(code, "PRCD") && !str_is(code, "CLBD"))
        return true;
    if (!signed_amount(reader, node, &cents))
        return false;
    if (str_is(code, "CLBD")) {
        reader->have_closing = true;
        reader->closing = cents;
        reader->closing_day = (Date){0};
        date_parse_iso(str_slice(camt_text(node, "Dt/Dt"), 0, 10), &reader->closing_day);
    } else if (!reader->have_opening) {
        reader->have_opening = true;
        reader->opening = cents;
    }
    return true;
}

/* --- The two passes ------------------------------------------------------------------------ */

static bool end_statement(void *context, Err *err)
{
    Reader *reader = context;
    int64_t reached;

    reader->current = NULL;
    if (++reader->statements > MAX_STATEMENTS)
        return err_set_in(err, ERR_INPUT, reader->order->lang,
                          "Die Datei enthält mehr als 10.000 Auszüge. Bitte rufen Sie einen "
                          "kürzeren Zeitraum ab.");
    if (!reader->account[0])
        return bad(reader, NULL, N_("das Konto hat keine IBAN"));
    Str ours = reader->order->account;
    if (ours.len && !str_eq_nocase(str_c(reader->account), ours))
        return err_set_in(err, ERR_INPUT, reader->order->lang,
                          "Der Auszug %s gehört zum Konto %s. Das Konto der Stadt ist %.*s.",
                          reader->statement[0] ? reader->statement : "?", reader->account,
                          STR_ARG(ours));
    if (reader->have_opening && reader->have_closing &&
        (__builtin_add_overflow(reader->opening, reader->sum, &reached) ||
         reached != reader->closing))
        return bad(reader, NULL, N_("Anfangssaldo und Umsätze ergeben nicht den Endsaldo"));
    CamtBalances *balances = reader->checking ? reader->order->balances : NULL;
    if (balances && reader->have_closing && date_valid(reader->closing_day))
        VEC_PUSH(balances->arena, balances,
                 (CamtBalance){str_copy(balances->arena, str_c(reader->account)),
                               reader->closing_day, reader->closing});
    reader->have_opening = reader->have_closing = false;
    reader->sum = reader->position = 0;
    reader->statement[0] = reader->account[0] = '\0';
    return true;
}

static bool read_part(const CamtNode *node, Arena *arena, void *context, Err *err)
{
    Reader *reader = context;

    (void)err; /* the reader's own */
    reader->arena = arena;
    if (strcmp(node->name, "Ntry") == 0)
        return read_entry(reader, node);
    if (strcmp(node->name, "Bal") == 0)
        return read_balance(reader, node);
    if (strcmp(node->name, "Id") == 0)
        snprintf(reader->statement, sizeof reader->statement, "%.*s", STR_ARG(node->text));
    else
        snprintf(reader->account, sizeof reader->account, "%.*s",
                 STR_ARG(camt_text(node, "Id/IBAN")));
    return true;
}

/* Checking asks for no details of an entry; that halves what it costs. */
static bool pass(Str xml, const CamtOrder *order, bool checking, Err *err)
{
    Reader reader = {.order = order, .checking = checking, .whole = arena_create(0), .err = err};
    CamtParts parts = {.without = checking ? "NtryDtls" : NULL,
                       .part = read_part,
                       .end = end_statement,
                       .context = &reader,
                       .lang = order->lang};

    bool ok = camt_parts(xml, &parts, err);
    arena_destroy(reader.whole);
    if (!ok)
        return false;
    return reader.statements > 0 ||
           err_set_in(err, ERR_INPUT, order->lang, "Die Datei enthält keinen Kontoauszug.");
}

bool camt_read(Str xml, const CamtOrder *order, Err *err)
{
    if (xml.len == 0)
        return err_set_in(err, ERR_INPUT, order->lang, "Die Datei ist leer.");
    if (xml.len > MAX_BYTES)
        return err_set_in(
            err, ERR_TOO_LARGE, order->lang,
            "Die Datei ist größer als 256 MB. Bitte rufen Sie einen kürzeren Zeitraum ab.");
    return pass(xml, order, true, err) && pass(xml, order, false, err);
}
