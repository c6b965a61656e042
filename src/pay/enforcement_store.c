/* SPDX-License-Identifier: EUPL-1.2 */
/* Handovers to enforcement as they are kept and given out. */
#include "base/csv.h"
#include "core/store/rows.h"
#include "pay/enforcement.h"
#include "pay/euros.h"

/* --- As JSON ------------------------------------------------------------------------------------
 */

static Node *line_node(const EnforcementLine *line, Arena *arena)
{
    Node *node = node_map(arena);
    const struct {
        const char *key;
        Str text;
    } TEXTS[] = {{"paymentReference", line->payment_reference},
                 {"debtor", line->debtor},
                 {"address", line->address},
                 {"purpose", line->purpose},
                 {"subject", line->subject},
                 {"dueSince", date_iso(arena, line->due)},
                 {"dunnedOn", date_iso(arena, line->dunned)}};
    const struct {
        const char *key;
        int64_t cents;
    } SUMS[] = {{"charge", line->charge_id},
                {"mainCents", line->main_cents},
                {"feeCents", line->fee_cents},
                {"surchargeCents", line->surcharge_cents},
                {"interestCents", line->interest_cents},
                {"totalCents", line->cents}};

    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        node_add(arena, node, str_c(TEXTS[i].key), node_string(arena, TEXTS[i].text));
    for (size_t i = 0; i < sizeof SUMS / sizeof *SUMS; i++)
        node_add(arena, node, str_c(SUMS[i].key), node_int(arena, SUMS[i].cents));
    return node;
}

/* The charges from `first` on, `count` of them or as many as there are. */
static Node *handover_node(const Enforcement *handover, size_t first, size_t count, Arena *arena)
{
    Node *root = node_map(arena);
    Node *lines = node_list(arena);

    node_add(arena, root, STR("day"), node_string(arena, date_iso(arena, handover->day)));
    node_add(arena, root, STR("count"), node_int(arena, (int64_t)handover->count));
    node_add(arena, root, STR("totalCents"), node_int(arena, handover->cents));
    node_add(arena, root, STR("charges"), lines);
    for (size_t i = first; i < handover->count && i - first < count; i++)
        node_append(arena, lines, line_node(&handover->lines[i], arena));
    return root;
}

/* --- Rows ----------------------------------------------------------------------------------- */

static EnforcementLine read_line(const Node *node)
{
    EnforcementLine line = {.charge_id = node_get_i64(node, "charge", 0),
                            .payment_reference = node_get_text(node, "paymentReference"),
                            .debtor = node_get_text(node, "debtor"),
                            .address = node_get_text(node, "address"),
                            .purpose = node_get_text(node, "purpose"),
                            .subject = node_get_text(node, "subject"),
                            .main_cents = node_get_i64(node, "mainCents", 0),
                            .fee_cents = node_get_i64(node, "feeCents", 0),
                            .surcharge_cents = node_get_i64(node, "surchargeCents", 0),
                            .interest_cents = node_get_i64(node, "interestCents", 0),
                            .cents = node_get_i64(node, "totalCents", 0)};

    date_parse_iso(node_get_text(node, "dueSince"), &line.due);
    date_parse_iso(node_get_text(node, "dunnedOn"), &line.dunned);
    return line;
}

static Enforcement from_row(Rows *rows)
{
    Enforcement out = {.id = row_int(rows, 0),
                       .at = row_int(rows, 2),
                       .actor = row_text(rows, 3),
                       .count = (size_t)row_int(rows, 4),
                       .cents = row_int(rows, 5)};

    date_parse_iso(row_text(rows, 1), &out.day);
    return out;
}

/* Each piece is far below what is read at once (NODE_LIMITS_PACKAGE): 64 KiB for each charge. */
enum { PIECE = 250 };

static Str piece_json(const Enforcement *handover, size_t first, Arena *arena)
{
    return node_json(handover_node(handover, first, PIECE, arena), arena);
}

bool enforcement_keep(Tx *tx, const Enforcement *handover, Arena *arena, int64_t *id, Err *err)
{
    if (!tx_insert(tx, err, id,
                   "INSERT INTO enforcement (day, at, actor, count, cents, data) "
                   "VALUES ($1, $2, $3, $4, $5, $6)",
                   P_TEXT(date_iso(arena, handover->day)), P_INT(tx_now(tx)),
                   P_TEXT(handover->actor), P_INT(handover->count), P_INT(handover->cents),
                   P_TEXT(piece_json(handover, 0, arena))))
        return false;
    for (size_t first = PIECE; first < handover->count; first += PIECE)
        if (!tx_exec(tx, err,
                     "INSERT INTO enforcement_more (enforcement_id, first, data) "
                     "VALUES ($1, $2, $3)",
                     P_INT(*id), P_INT(first), P_TEXT(piece_json(handover, first, arena))))
            return false;
    return true;
}

/* Read a piece behind what is there; `room` for so many lines in all. */
static bool add_piece(Str json, size_t room, Arena *arena, Enforcement *out, Err *err)
{
    const Node *root = node_parse_json(arena, json, NULL, &NODE_LIMITS_PACKAGE, err);
    const Node *list = root ? node_get(root, "charges") : NULL;

    for (size_t i = 0; list && i < list->count && out->count < room; i++)
        out->lines[out->count++] = read_line(list->items[i]);
    return root;
}

bool enforcement_by_id(Tx *tx, int64_t id, Arena *arena, Enforcement *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, day, at, actor, count, cents, data FROM enforcement "
                          "WHERE id = $1",
                          P_INT(id));

    if (!rows_one(rows, "Diese Abgabe gibt es nicht.", err))
        return false;
    *out = from_row(rows);
    size_t room = out->count;
    out->lines = arena_array(arena, EnforcementLine, room + 1);
    out->count = 0;
    bool ok = add_piece(row_text(rows, 6), room, arena, out, err);
    rows_end(rows);
    if (!ok)
        return false;
    rows = tx_query(tx, arena, err,
                    "SELECT data FROM enforcement_more WHERE enforcement_id = $1 ORDER BY first",
                    P_INT(id));
    while (ok && rows && rows_next(rows, err))
        ok = add_piece(row_text(rows, 0), room, arena, out, err);
    return ok && rows && err->kind == ERR_NONE;
}

bool enforcements_list(Tx *tx, Arena *arena, Enforcement **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, day, at, actor, count, cents FROM enforcement "
                          "ORDER BY id DESC LIMIT 100");

    return ROWS_LIST(rows, arena, out, count, err, from_row(rows));
}

/* --- Files ------------------------------------------------------------------------------------ */

static void add_row(Buf *out, const EnforcementLine *line, Str due, Str dunned, Arena *arena)
{
    Str values[] = {line->payment_reference,
                    line->debtor,
                    line->address,
                    line->purpose,
                    due,
                    dunned,
                    euros_bare(arena, line->main_cents),
                    euros_bare(arena, line->fee_cents),
                    euros_bare(arena, line->surcharge_cents),
                    euros_bare(arena, line->interest_cents),
                    euros_bare(arena, line->cents)};

    csv_add_row_with(out, ';', values, sizeof values / sizeof *values);
}

Str enforcement_csv(const Enforcement *handover, Arena *arena)
{
    static const char *const HEAD[] = {"Kassenzeichen",  "Schuldner",    "Anschrift",
                                       "Grund",          "Fällig seit",  "Letzte Mahnung",
                                       "Hauptforderung", "Mahngebühren", "Säumniszuschläge",
                                       "Zinsen",         "Zusammen"};
    enum { COLUMNS = sizeof HEAD / sizeof *HEAD };
    Str head[COLUMNS];
    Buf out = buf_in(arena);
    EnforcementLine sum = {.payment_reference = STR("Summe"),
                           .debtor = str_printf(arena, "%zu %s", handover->count,
                                                handover->count == 1 ? "Forderung" : "Forderungen"),
                           .address = STR(""),
                           .purpose = STR("")};

    for (size_t i = 0; i < COLUMNS; i++)
        head[i] = str_c(HEAD[i]);
    buf_add_c(&out, "\xEF\xBB\xBF");
    csv_add_row_with(&out, ';', head, COLUMNS);
    for (size_t i = 0; i < handover->count; i++) {
        const EnforcementLine *line = &handover->lines[i];
        add_row(&out, line, date_iso(arena, line->due), date_iso(arena, line->dunned), arena);
        sum.main_cents += line->main_cents;
        sum.fee_cents += line->fee_cents;
        sum.surcharge_cents += line->surcharge_cents;
        sum.interest_cents += line->interest_cents;
        sum.cents += line->cents;
    }
    add_row(&out, &sum, STR(""), STR(""), arena);
    return buf_str(&out);
}

Str enforcement_json(const Enforcement *handover, Arena *arena)
{
    Buf out = buf_in(arena);

    node_write_json_pretty(handover_node(handover, 0, handover->count, arena), &out);
    buf_add_char(&out, '\n');
    return buf_str(&out);
}
