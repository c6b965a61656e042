/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/ledger_export.h"

#include "base/csv.h"
#include "base/vec.h"
#include "core/page/out.h"
#include "pay/closing.h"
#include "pay/euros.h"

enum { LONGEST_DAYS = 3700 };

const char *const EXPORT_FORMATS[] = {"csv", "json", "datev", NULL};

bool export_format_of(Str word, ExportFormat *out)
{
    for (int i = 0; EXPORT_FORMATS[i]; i++)
        if (str_is(word, EXPORT_FORMATS[i])) {
            *out = (ExportFormat)i;
            return true;
        }
    return false;
}

Str ledger_export_name(const ExportOrder *order, Arena *arena)
{
    return str_printf(arena, "%s-%.*s-%.*s.%s",
                      order->format == EXPORT_DATEV ? "EXTF_Buchungsstapel" : "buchungen",
                      STR_ARG(date_iso(arena, order->from)), STR_ARG(date_iso(arena, order->until)),
                      order->format == EXPORT_JSON ? "json" : "csv");
}

Str ledger_export_type(const ExportOrder *order)
{
    return order->format == EXPORT_JSON    ? STR("application/json")
           : order->format == EXPORT_DATEV ? STR("text/csv; charset=windows-1252")
                                           : STR("text/csv; charset=utf-8");
}

/* --- Rows ---------------------------------------------------------------------------------- */

/* `money.ledger.NAME`, or for "ertrag/NAME" `money.accounts.NAME.number`. */
static Str account_number(const Tenant *tenant, Str account)
{
    const Node *money = node_get(tenant->settings, "money");
    Str number = node_text(node_get_str(node_get(money, "ledger"), account));

    if (number.ptr || !str_starts_with(account, "ertrag/"))
        return number;
    Str name = str_slice(account, strlen("ertrag/"), account.len);
    return node_get_text(node_get_str(node_get(money, "accounts"), name), "number");
}

static ExportLine line_from_row(Rows *rows, const Tenant *tenant)
{
    ExportLine line = {.booking = row_int(rows, 0),
                       .day = date_from_days(row_int(rows, 1)),
                       .at = row_int(rows, 3),
                       .kind = row_text(rows, 4),
                       .text = row_text(rows, 5),
                       .actor = row_text(rows, 6),
                       .account = row_text(rows, 7),
                       .cents = row_int(rows, 8),
                       .payment_reference = row_text(rows, 9),
                       .debtor = row_text(rows, 10),
                       .purpose = row_text(rows, 11)};

    date_parse_iso(row_text(rows, 2), &line.value_date);
    line.number = account_number(tenant, line.account);
    return line;
}

static bool load(Tx *tx, const Tenant *tenant, const ExportOrder *order, Arena *arena,
                 ExportLine **out, size_t *count, Err *err)
{
    struct {
        ExportLine *items;
        size_t count, capacity;
    } list = {0};
    Date closed;
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT b.id, b.day, b.value_date, b.at, b.kind, b.text, b.actor, "
                          "l.account, l.cents, c.payment_reference, c.debtor, c.purpose "
                          "FROM ledger_booking b JOIN ledger_line l ON l.booking_id = b.id "
                          "LEFT JOIN charge c ON c.id = l.charge_id "
                          "WHERE b.day >= $1 AND b.day <= $2 ORDER BY b.id, l.id",
                          P_INT(date_to_days(order->from)), P_INT(date_to_days(order->until)));

    while (rows && rows_next(rows, err)) {
        ExportLine line = line_from_row(rows, tenant);
        bool same = list.count && list.items[list.count - 1].booking == line.booking;
        line.line = same ? list.items[list.count - 1].line + 1 : 1;
        VEC_PUSH(arena, &list, line);
    }
    if (!rows || err->kind != ERR_NONE || !closing_last_day(tx, &closed, err))
        return false;
    for (size_t i = 0; i < list.count; i++)
        list.items[i].closed = !date_absent(closed) && date_compare(list.items[i].day, closed) <= 0;
    *out = list.items;
    *count = list.count;
    return true;
}

/* --- CSV -------------------------------------------------------------------------------------- */

static void write_csv(const ExportLine *lines, size_t count, Arena *arena, Buf *out)
{
    static const Str HEAD[] = {
        {"Buchung", 7},      {"Zeile", 5}, {"Buchungstag", 11}, {"Wertstellung", 12},
        {"Zeitpunkt", 9},    {"Art", 3},   {"Text", 4},         {"Konto", 5},
        {"Kontonummer", 11}, {"Soll", 4},  {"Haben", 5},        {"Kassenzeichen", 13},
        {"Schuldner", 9},    {"Zweck", 5}, {"Gebucht von", 11}, {"Abgeschlossen", 13},
    };
    size_t columns = sizeof HEAD / sizeof *HEAD;

    buf_add_c(out, "\xEF\xBB\xBF"); /* so that spreadsheets read UTF-8 */
    csv_add_row_with(out, ';', HEAD, columns);
    for (size_t i = 0; i < count; i++) {
        const ExportLine *line = &lines[i];
        Str values[] = {str_printf(arena, "%lld", (long long)line->booking),
                        str_printf(arena, "%d", line->line),
                        date_iso(arena, line->day),
                        date_iso(arena, line->value_date),
                        timestamp_iso(arena, line->at),
                        line->kind,
                        line->text,
                        line->account,
                        line->number,
                        line->cents > 0 ? euros_bare(arena, line->cents) : STR(""),
                        line->cents < 0 ? euros_bare(arena, -line->cents) : STR(""),
                        line->payment_reference,
                        line->debtor,
                        line->purpose,
                        line->actor,
                        line->closed ? STR("ja") : STR("nein")};
        csv_add_row_with(out, ';', values, columns);
    }
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void put(Arena *arena, Node *map, const char *key, Str value)
{
    if (value.ptr)
        node_add(arena, map, str_c(key), node_string(arena, value));
}

static Node *booking_node(const ExportLine *line, Arena *arena)
{
    Node *booking = node_map(arena);

    node_add(arena, booking, STR("booking"), node_int(arena, line->booking));
    put(arena, booking, "day", date_iso(arena, line->day));
    put(arena, booking, "valueDate", date_iso(arena, line->value_date));
    put(arena, booking, "at", timestamp_iso(arena, line->at));
    put(arena, booking, "kind", line->kind);
    put(arena, booking, "text", line->text);
    put(arena, booking, "actor", line->actor);
    node_add(arena, booking, STR("closed"), node_bool(arena, line->closed));
    return booking;
}

static Node *line_node(const ExportLine *line, Arena *arena)
{
    Node *node = node_map(arena);

    put(arena, node, "account", line->account);
    put(arena, node, "accountNumber", line->number);
    node_add(arena, node, STR("cents"), node_int(arena, line->cents));
    put(arena, node, "paymentReference", line->payment_reference);
    put(arena, node, "debtor", line->debtor);
    put(arena, node, "purpose", line->purpose);
    return node;
}

static void write_json(const ExportOrder *order, const ExportLine *lines, size_t count,
                       Arena *arena, Buf *out)
{
    Node *root = node_map(arena);
    Node *bookings = node_list(arena);
    Node *parts = NULL;

    put(arena, root, "from", date_iso(arena, order->from));
    put(arena, root, "until", date_iso(arena, order->until));
    node_add(arena, root, STR("bookings"), bookings);
    for (size_t i = 0; i < count; i++) {
        if (lines[i].line == 1) {
            Node *booking = booking_node(&lines[i], arena);
            parts = node_list(arena);
            node_add(arena, booking, STR("lines"), parts);
            node_append(arena, bookings, booking);
        }
        node_append(arena, parts, line_node(&lines[i], arena));
    }
    node_write_json_pretty(root, out);
    buf_add_char(out, '\n');
}

bool ledger_export(Tx *tx, const Tenant *tenant, const ExportOrder *order, Arena *arena, Str *out,
                   Err *err)
{
    ExportLine *lines;
    size_t count;
    Buf buf = buf_in(arena);

    if (!date_valid(order->from) || !date_valid(order->until) ||
        date_compare(order->until, order->from) < 0)
        return err_field_in(err, "bis", order->lang,
                            "Der letzte Tag liegt vor dem ersten, oder ein Tag fehlt. Bitte prüfen "
                            "Sie beide.");
    if (date_to_days(order->until) - date_to_days(order->from) > LONGEST_DAYS)
        return err_field_in(err, "bis", order->lang, "Der Zeitraum ist länger als zehn Jahre.");
    if (!load(tx, tenant, order, arena, &lines, &count, err))
        return false;
    if (order->format == EXPORT_DATEV)
        return datev_write(tenant, order, lines, count, arena, out, err);
    if (order->format == EXPORT_CSV)
        write_csv(lines, count, arena, &buf);
    else
        write_json(order, lines, count, arena, &buf);
    *out = buf_str(&buf);
    return true;
}
