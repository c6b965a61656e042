/* SPDX-License-Identifier: EUPL-1.2 */
/* A DATEV posting batch (Buchungsstapel), by "DATEV-Format: Header" and "DATEV-Format:
 * Buchungsstapel" of DATEV's developer portal: EXTF, header version 700 with 31 fields, category
 * 21, format version 13 with 125 columns; Windows-1252, semicolons, CRLF, decimal comma. Text
 * fields stand in quotes, also empty ones; numbers and dates do not. One record is one amount from
 * an account to another. */
#include "base/utf8.h"
#include "base/vec.h"
#include "core/page/out.h"
#include "pay/euros.h"
#include "pay/ledger_export.h"

enum {
    FORMAT_VERSION = 13,
    TEXT_MAX = 60,
    REFERENCE_MAX = 36,
    ACCOUNT_MAX = 9,
    COLUMNS = 125,
    LOCKED = 114, /* column Festschreibung */
};

/* --- Windows-1252 ----------------------------------------------------------------------------- */

/* What stands at 0x80-0x9F; 0: nothing. */
static const uint32_t HIGH[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

/* What the character set does not have becomes a question mark. */
static char to_1252(uint32_t c)
{
    if (c < 0x80 || (c >= 0xA0 && c <= 0xFF))
        return (char)c;
    for (int i = 0; i < 32; i++)
        if (HIGH[i] == c)
            return (char)(0x80 + i);
    return '?';
}

/* A text field: quoted, at most `most` characters, without line breaks. */
static void add_text(Buf *out, Str text, size_t most)
{
    size_t at = 0, written = 0;

    buf_add_char(out, '"');
    while (text.ptr && at < text.len && written < most) {
        uint32_t c = utf8_next(text, &at);
        char byte = to_1252(c);
        if ((unsigned char)byte < 0x20)
            byte = ' ';
        if (byte == '"')
            buf_add_char(out, '"');
        buf_add_char(out, byte);
        written++;
    }
    buf_add_char(out, '"');
}

/* --- The two lines of the head -----------------------------------------------------------------
 */

static void add_compact_date(Buf *out, Date date)
{
    buf_addf(out, "%04d%02d%02d", date.year, date.month, date.day);
}

/* "20270401083000123", in Berlin. */
static void add_moment(Buf *out, Timestamp at)
{
    Date day = date_in_berlin(at);
    int64_t ms = at - timestamp_of_berlin_day(day);

    add_compact_date(out, day);
    buf_addf(out, "%02d%02d%02d%03d", (int)(ms / 3600000 % 24), (int)(ms / 60000 % 60),
             (int)(ms / 1000 % 60), (int)(ms % 1000));
}

static void add_head(Buf *out, const Tenant *tenant, const ExportOrder *order, bool closed)
{
    const Node *datev = node_get(node_get(tenant->settings, "money"), "datev");

    buf_addf(out, "\"EXTF\";700;21;\"Buchungsstapel\";%d;", FORMAT_VERSION);
    add_moment(out, order->now);
    buf_addf(out, ";;\"\";\"\";\"\";%lld;%lld;", (long long)node_get_i64(datev, "consultant", 0),
             (long long)node_get_i64(datev, "client", 0));
    add_compact_date(out, (Date){order->from.year, 1, 1});
    buf_addf(out, ";%lld;", (long long)node_get_i64(datev, "account_length", 4));
    add_compact_date(out, order->from);
    buf_add_char(out, ';');
    add_compact_date(out, order->until);
    buf_addf(out, ";\"Rathaus %02d/%04d\";\"\";1;0;%d;\"EUR\";;\"\";;;\"\";;;\"\";\"\"\r\n",
             order->from.month, order->from.year, closed);
}

static const char *const COLUMNS_TO_BELEGLINK[] = {
    "Umsatz (ohne Soll/Haben-Kz)",
    "Soll/Haben-Kennzeichen",
    "WKZ Umsatz",
    "Kurs",
    "Basis-Umsatz",
    "WKZ Basis-Umsatz",
    "Konto",
    "Gegenkonto (ohne BU-Schlüssel)",
    "BU-Schlüssel",
    "Belegdatum",
    "Belegfeld 1",
    "Belegfeld 2",
    "Skonto",
    "Buchungstext",
    "Postensperre",
    "Diverse Adressnummer",
    "Geschäftspartnerbank",
    "Sachverhalt",
    "Zinssperre",
    "Beleglink",
};
static const char *const COLUMNS_TO_BU49[] = {
    "KOST1 - Kostenstelle",
    "KOST2 - Kostenstelle",
    "Kost-Menge",
    "EU-Land u. UStID (Bestimmung)",
    "EU-Steuersatz (Bestimmung)",
    "Abw. Versteuerungsart",
    "Sachverhalt L+L",
    "Funktionsergänzung L+L",
    "BU 49 Hauptfunktionstyp",
    "BU 49 Hauptfunktionsnummer",
    "BU 49 Funktionsergänzung",
};
static const char *const COLUMNS_TO_END[] = {
    "Stück",
    "Gewicht",
    "Zahlweise",
    "Forderungsart",
    "Veranlagungsjahr",
    "Zugeordnete Fälligkeit",
    "Skontotyp",
    "Auftragsnummer",
    "Buchungstyp",
    "USt-Schlüssel (Anzahlungen)",
    "EU-Land (Anzahlungen)",
    "Sachverhalt L+L (Anzahlungen)",
    "EU-Steuersatz (Anzahlungen)",
    "Erlöskonto (Anzahlungen)",
    "Herkunft-Kz",
    "Buchungs GUID",
    "KOST-Datum",
    "SEPA-Mandatsreferenz",
    "Skontosperre",
    "Gesellschaftername",
    "Beteiligtennummer",
    "Identifikationsnummer",
    "Zeichnernummer",
    "Postensperre bis",
    "Bezeichnung SoBil-Sachverhalt",
    "Kennzeichen SoBil-Buchung",
    "Festschreibung",
    "Leistungsdatum",
    "Datum Zuord. Steuerperiode",
    "Fälligkeit",
    "Generalumkehr (GU)",
    "Steuersatz",
    "Land",
    "Abrechnungsreferenz",
    "BVV-Position",
    "EU-Land u. UStID (Ursprung)",
    "EU-Steuersatz (Ursprung)",
    "Abw. Skontokonto",
};

static void add_plain(Buf *out, const char *name)
{
    Str text = str_c(name);
    size_t at = 0;

    if (out->ptr[out->len - 1] != '\n')
        buf_add_char(out, ';');
    while (at < text.len)
        buf_add_char(out, to_1252(utf8_next(text, &at)));
}

static void add_columns(Buf *out, Arena *arena)
{
    for (size_t i = 0; i < sizeof COLUMNS_TO_BELEGLINK / sizeof(char *); i++)
        add_plain(out, COLUMNS_TO_BELEGLINK[i]);
    for (int i = 1; i <= 8; i++) {
        add_plain(out, arena_printf(arena, "Beleginfo - Art %d", i));
        add_plain(out, arena_printf(arena, "Beleginfo - Inhalt %d", i));
    }
    for (size_t i = 0; i < sizeof COLUMNS_TO_BU49 / sizeof(char *); i++)
        add_plain(out, COLUMNS_TO_BU49[i]);
    for (int i = 1; i <= 20; i++) {
        add_plain(out, arena_printf(arena, "Zusatzinformation - Art %d", i));
        add_plain(out, arena_printf(arena, "Zusatzinformation- Inhalt %d", i));
    }
    for (size_t i = 0; i < sizeof COLUMNS_TO_END / sizeof(char *); i++)
        add_plain(out, COLUMNS_TO_END[i]);
    buf_add_c(out, "\r\n");
}

/* --- Records ------------------------------------------------------------------------------------
 */

typedef struct Record {
    const ExportLine *debit, *credit;
    int64_t cents;
} Record;

/* Columns of text behind the posting text (14), as ranges. */
static bool is_text(int column)
{
    static const unsigned char ranges[][2] = {
        {16, 16},   {20, 38},   {40, 40},   {42, 42},   {48, 87},   {91, 91},
        {95, 96},   {98, 98},   {102, 103}, {105, 105}, {107, 107}, {109, 110},
        {112, 112}, {118, 118}, {120, 121}, {123, 123},
    };

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (column >= ranges[i][0] && column <= ranges[i][1])
            return true;
    return false;
}

static void add_record(Buf *out, const Record *record, Arena *arena)
{
    const ExportLine *line = record->debit;
    Str reference =
        line->payment_reference.ptr ? line->payment_reference : record->credit->payment_reference;

    buf_addf(out, "%.*s;\"S\";\"EUR\";;;\"\";%.*s;%.*s;\"\";%02d%02d;",
             STR_ARG(euros_bare(arena, record->cents)), STR_ARG(line->number),
             STR_ARG(record->credit->number), line->day.day, line->day.month);
    add_text(out, reference, REFERENCE_MAX);
    buf_addf(out, ";\"%lld\";;", (long long)line->booking);
    add_text(out, str_printf(arena, "%.*s: %.*s", STR_ARG(line->kind), STR_ARG(line->text)),
             TEXT_MAX);
    for (int column = 15; column <= COLUMNS; column++) {
        buf_add_char(out, ';');
        if (column == LOCKED)
            buf_addf(out, "%d", line->closed);
        else if (is_text(column))
            buf_add_c(out, "\"\"");
    }
    buf_add_c(out, "\r\n");
}

/* A booking as amounts from debit to credit accounts. */
static void add_booking(Buf *out, const ExportLine *lines, size_t count, Arena *arena)
{
    int64_t *left = arena_array(arena, int64_t, count);
    size_t d = 0, c = 0;

    for (size_t i = 0; i < count; i++)
        left[i] = lines[i].cents;
    for (;;) {
        while (d < count && left[d] <= 0)
            d++;
        while (c < count && left[c] >= 0)
            c++;
        if (d == count || c == count)
            return;
        int64_t cents = left[d] < -left[c] ? left[d] : -left[c];
        Record record = {&lines[d], &lines[c], cents};
        add_record(out, &record, arena);
        left[d] -= cents;
        left[c] += cents;
    }
}

static bool in_range(const Node *datev, const char *name, int64_t least, int64_t most, Str lang,
                     Err *err)
{
    int64_t value = node_get_i64(datev, name, name[0] == 'a' ? 4 : 0);

    return (value >= least && value <= most) ||
           err_field_in(err, "format", lang,
                        "money.datev.%s in tenant.yaml muss zwischen %lld und %lld liegen.", name,
                        (long long)least, (long long)most);
}

/* Digits without leading zeros, not longer than the accounts of the client are. */
static bool account_ok(Str number, int64_t length)
{
    bool ok = number.len > 0 && (int64_t)number.len <= length && number.len <= ACCOUNT_MAX &&
              number.ptr[0] != '0';

    for (size_t i = 0; ok && i < number.len; i++)
        ok = number.ptr[i] >= '0' && number.ptr[i] <= '9';
    return ok;
}

static bool check(const Tenant *tenant, const ExportOrder *order, const ExportLine *lines,
                  size_t count, Err *err)
{
    const Node *datev = node_get(node_get(tenant->settings, "money"), "datev");
    int64_t length = node_get_i64(datev, "account_length", 4);

    if (!datev)
        return err_field_in(err, "format", order->lang,
                            "Für DATEV fehlen Berater- und Mandantennummer: money.datev in "
                            "tenant.yaml.");
    if (!in_range(datev, "consultant", 1001, 9999999, order->lang, err) ||
        !in_range(datev, "client", 1, 99999, order->lang, err) ||
        !in_range(datev, "account_length", 4, 8, order->lang, err))
        return false;
    if (order->from.year != order->until.year)
        return err_field_in(err, "bis", order->lang, "DATEV nimmt nur Zeiträume in einem Jahr.");
    for (size_t i = 0; i < count; i++) {
        if (str_empty(lines[i].number))
            return err_field_in(err, "format", order->lang,
                                "Das Konto „%.*s“ hat keine Nummer: money.ledger in tenant.yaml.",
                                STR_ARG(lines[i].account));
        if (!account_ok(lines[i].number, length))
            return err_field_in(
                err, "format", order->lang,
                "Die Nummer „%.*s“ des Kontos „%.*s“ nimmt DATEV nicht: nur Ziffern, "
                "ohne führende Null, höchstens %lld Stellen.",
                STR_ARG(lines[i].number), STR_ARG(lines[i].account), (long long)length);
    }
    return true;
}

bool datev_write(const Tenant *tenant, const ExportOrder *order, const ExportLine *lines,
                 size_t count, Arena *arena, Str *out, Err *err)
{
    Buf buf = buf_in(arena);
    bool closed = count > 0;

    if (!check(tenant, order, lines, count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        closed = closed && lines[i].closed;
    add_head(&buf, tenant, order, closed);
    add_columns(&buf, arena);
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        while (end < count && lines[end].booking == lines[i].booking)
            end++;
        add_booking(&buf, &lines[i], end - i, arena);
        i = end;
    }
    *out = buf_str(&buf);
    return true;
}
