/* SPDX-License-Identifier: EUPL-1.2 */
/* The counter-run: sets the charges of a run back to what they were before it, with a notice for
 * each, as long as nothing was booked on them since. Those others are listed. */
#include "cases/letter_signs.h"
#include "cases/run_store.h"
#include "pay/charge.h"
#include "pay/collection.h"

enum { BATCH = 192 };

typedef struct UndoItem {
    int64_t position; /* in the run that is undone */
    Str key, name;
    int64_t cents, before_cents, charge_id, booked;
    Str before; /* what the charge was, JSON */
    bool has_letter;
    int64_t citizen_id;
    Str sort, snapshot; /* of the letter */
} UndoItem;

typedef struct Undoing {
    const RunPass *pass;
    UndoItem *items;
    size_t count;
    int64_t from; /* position in the run that is undone, behind which it goes on */
    bool last;
    Arena *arena;
} Undoing;

/* --- Reading -----------------------------------------------------------------------------------
 */

static bool read_items(Tx *tx, Undoing *u, Err *err)
{
    u->items = arena_array(u->arena, UndoItem, BATCH);
    err_clear(err);
    Rows *rows = tx_query(
        tx, u->arena, err,
        "SELECT i.position, i.key, i.name, i.cents, i.before_cents, i.charge_id, i.booked, "
        "i.before, l.id, l.citizen_id, l.sort, l.snapshot FROM run_item i LEFT JOIN run_letter l "
        "ON l.run_id = i.run_id AND l.position = i.position WHERE i.run_id = $1 AND "
        "i.position > $2 AND i.charge_id IS NOT NULL ORDER BY i.position LIMIT $3",
        P_INT(u->pass->row.undoes), P_INT(u->from), P_INT(BATCH));
    while (rows && rows_next(rows, err))
        u->items[u->count++] = (UndoItem){.position = row_int(rows, 0),
                                          .key = row_text(rows, 1),
                                          .name = row_text(rows, 2),
                                          .cents = row_int(rows, 3),
                                          .before_cents = row_int(rows, 4),
                                          .charge_id = row_int(rows, 5),
                                          .booked = row_int(rows, 6),
                                          .before = row_text(rows, 7),
                                          .has_letter = !row_null(rows, 8),
                                          .citizen_id = row_int(rows, 9),
                                          .sort = row_text(rows, 10),
                                          .snapshot = row_text(rows, 11)};
    u->last = u->count < BATCH;
    return rows && err->kind == ERR_NONE;
}

/* --- One item ----------------------------------------------------------------------------------
 */

/* A direct debit whose file the bank does not have goes with the charge, see run_collect.c. */
static bool untouched(Tx *tx, const Undoing *u, const UndoItem *item, bool *out, Err *err)
{
    int64_t booked = 0;
    bool at_bank = false;

    *out = false;
    if (!tx_query_int(tx, err, &booked,
                      "SELECT MAX(id) FROM ledger_line WHERE charge_id = $1 AND "
                      "account = 'forderung'",
                      P_INT(item->charge_id)) ||
        !collection_at_bank(tx, u->pass->tenant, item->charge_id, date_in_berlin(tx_now(tx)),
                            u->arena, &at_bank, err))
        return false;
    *out = booked == item->booked && !at_bank;
    return true;
}

/* The address of the letter that is taken back. */
static bool read_address(const UndoItem *item, Arena *arena, RunItem *out, Err *err)
{
    const Node *shot = node_parse_json(arena, item->snapshot, NULL, &NODE_LIMITS_PACKAGE, err);
    const Node *lines = node_get(shot, "recipient");

    if (!shot)
        return false;
    for (size_t i = 0; lines && i < lines->count && out->line_count < 6; i++)
        out->lines[out->line_count++] = node_text(lines->items[i]);
    out->sort = item->sort;
    out->citizen_id = item->citizen_id;
    return true;
}

/* What the notice is made from: its address, and whom it is about. */
static bool read_recipient(const Undoing *u, const UndoItem *item, RunItem *to, Err *err)
{
    Arena *arena = u->arena;

    *to = (RunItem){.key = item->key};
    if (!item->has_letter || !u->pass->run->cancel)
        return true;
    to->context = feel_context_put(arena, u->pass->base, u->pass->run->group[0],
                                   feel_string(arena, item->key));
    to->context = feel_context_put(arena, to->context, STR("name"), feel_string(arena, item->name));
    return read_address(item, arena, to, err);
}

/* A sign that the notice cannot print. Only where one may be in it the notice is written to see, of
 * the charge as it stands. */
static bool find_signs(Tx *tx, const Undoing *u, const UndoItem *item, const RunItem *to,
                       Str *signs, Err *err)
{
    Arena *arena = u->arena;
    const Node *before = node_parse_json(arena, item->before, NULL, &NODE_LIMITS_PACKAGE, err);
    const FeelValue *noted;
    Str words[2];
    Charge charge;

    *signs = STR_NONE;
    if (!before)
        return false;
    const Str suspects[] = {item->name, item->key, node_get_text(before, "purpose")};

    if (!to->context)
        return true;
    *signs = letter_signs_in(to->lines, to->line_count, NULL, 0, arena);
    if (signs->ptr || !letter_signs_in(suspects, 3, NULL, 0, arena).ptr)
        return true;
    if (!charge_by_id(tx, item->charge_id, arena, &charge, err) ||
        !case_charge_value(tx, &charge, charge.owed_cents, u->pass->row.today, arena, &noted,
                           err) ||
        !run_letter_words(u->pass, u->pass->run->cancel, to, feel_list(arena, &noted, 1), arena,
                          &words[0], &words[1], err))
        return false;
    *signs = letter_signs_in(words, 2, NULL, 0, arena);
    return true;
}

static bool order_letter(Tx *tx, const Undoing *u, const RunItem *to, const Charge *charge,
                         int64_t owed, int64_t position, Err *err)
{
    const FeelValue *noted;

    return case_charge_value(tx, charge, owed, u->pass->row.today, u->arena, &noted, err) &&
           run_letter_order(tx, u->pass, u->pass->run->cancel, to, position,
                            feel_list(u->arena, &noted, 1), u->arena, err);
}

static bool set_back(Tx *tx, const Undoing *u, const UndoItem *item, Str series, Str subject,
                     Charge *charge, int64_t *owed, Err *err)
{
    const Node *before = node_parse_json(u->arena, item->before, NULL, &NODE_LIMITS_PACKAGE, err);
    AssessOrder order = {.key =
                             str_printf(u->arena, "%.*s%.*s", STR_ARG(series), STR_ARG(item->key)),
                         .cents = item->before_cents,
                         .subject = subject,
                         .actor = subject,
                         .revenue = u->pass->run->assess.revenue,
                         .purpose = node_get_text(before, "purpose"),
                         .debtor = item->name,
                         .today = u->pass->row.today,
                         .explanation = STR("Der Lauf, der die Forderung so festgesetzt hatte, ist "
                                            "rückgängig gemacht.")};

    if (!before)
        return false;
    date_parse_iso(node_get_text(before, "due"), &order.due);
    return pay_assess(tx, u->pass->tenant, &order, u->arena, charge, owed, err);
}

typedef struct LeftOut {
    Str guard, reason; /* STR_NONE: it is set back */
} LeftOut;

static bool note(Tx *tx, const Undoing *u, const UndoItem *item, int64_t position, LeftOut why,
                 Err *err)
{
    bool done = !why.guard.ptr;

    return tx_exec(
        tx, err,
        "INSERT INTO run_item (run_id, position, key, name, outcome, guard, reason, entries, "
        "cents, before_cents, last_cents, charge_id) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, "
        "$9, 0, $10)",
        P_INT(u->pass->row.id), P_INT(position), P_TEXT(item->key), P_TEXT(item->name),
        P_TEXT(done ? STR("changed") : STR("left_out")), P_TEXT(why.guard), P_TEXT(why.reason),
        P_INT(done ? item->before_cents : item->cents), P_INT(item->cents), P_INT(item->charge_id));
}

/* Whether it is set back, and where the notice goes then. */
static bool decide(Tx *tx, const Undoing *u, const UndoItem *item, RunItem *to, LeftOut *why,
                   Err *err)
{
    bool as_it_was;
    Str signs;

    *why = (LeftOut){0};
    if (!untouched(tx, u, item, &as_it_was, err) || !read_recipient(u, item, to, err) ||
        !find_signs(tx, u, item, to, &signs, err))
        return false;
    if (!as_it_was)
        *why = (LeftOut){STR("seitdem_gebucht"),
                         STR("Auf die Forderung ist seit dem Lauf gebucht worden, oder die Bank "
                             "hat schon eine Lastschrift dafür. Sie bleibt, wie sie ist.")};
    else if (signs.ptr)
        *why = (LeftOut){STR("zeichen"),
                         str_printf(u->arena,
                                    "%.*s Die Forderung bleibt, wie sie ist. Bitte setzen Sie sie "
                                    "einzeln neu fest und schreiben Sie von Hand.",
                                    STR_ARG(signs))};
    return true;
}

static bool undo_item(Tx *tx, const Undoing *u, const UndoItem *item, Str series, Str subject,
                      int64_t position, RunTotals *totals, Err *err)
{
    Charge charge;
    int64_t owed = 0;
    LeftOut why;
    RunItem to;

    if (!decide(tx, u, item, &to, &why, err))
        return false;
    if (why.guard.ptr) {
        totals->left_out++;
        return note(tx, u, item, position, why, err);
    }
    totals->items++;
    totals->changed++;
    totals->cents += item->before_cents - item->cents;
    if (!set_back(tx, u, item, series, subject, &charge, &owed, err) ||
        !note(tx, u, item, position, why, err))
        return false;
    if (!item->has_letter || !u->pass->run->cancel)
        return true;
    totals->letters++;
    totals->by_post += item->citizen_id == 0;
    return order_letter(tx, u, &to, &charge, owed, position, err);
}

/* --- A batch -----------------------------------------------------------------------------------
 */

static bool write_batch(Tx *tx, void *context, Err *err)
{
    Undoing *u = context;
    Str subject = run_subject(u->pass->row.id, u->arena), series;
    RunRow row;

    if (!run_by_id(tx, u->pass->row.id, u->arena, &row, err))
        return false;
    int64_t from = 0;
    str_to_i64(row.after_key, &from);
    if (!str_eq(row.status, RUN_ASSESSING) || from != u->from)
        return true; /* another is further: its state is read anew */
    if (!run_series(u->pass, row.year, u->arena, &series, err))
        return false;
    for (size_t i = 0; i < u->count; i++)
        if (!undo_item(tx, u, &u->items[i], series, subject, ++row.position, &row.totals, err))
            return err_context(err, "%.*s", STR_ARG(u->items[i].key));
    int64_t to = u->count ? u->items[u->count - 1].position : u->from;

    return tx_exec(tx, err,
                   "UPDATE run SET after_key = $2, position = $3, totals = $4, status = $5 "
                   "WHERE id = $1",
                   P_INT(row.id), P_TEXT(str_printf(u->arena, "%lld", (long long)to)),
                   P_INT(row.position),
                   P_TEXT(node_json(run_totals_node(&row.totals, u->arena), u->arena)),
                   P_TEXT(u->last ? RUN_LETTERS : RUN_ASSESSING));
}

bool run_undo_batch(const RunPass *pass, int64_t *done, Err *err)
{
    Undoing u = {.pass = pass, .arena = arena_create(1 << 20)};
    Tx *tx = db_read(pass->tenant->db, err);
    bool ok;

    str_to_i64(pass->row.after_key, &u.from);
    ok = tx && read_items(tx, &u, err);
    if (tx)
        tx_end(tx);
    ok = ok && db_write(pass->tenant->db, write_batch, &u, err);
    *done = pass->row.position + (int64_t)u.count;
    arena_destroy(u.arena);
    return ok;
}

bool run_begin_undo(Tx *tx, Tenant *tenant, const RunRow *of, Date today, Str actor, Arena *arena,
                    int64_t *id, Err *err)
{
    const Package *package = tenant_package_version(tenant, of->version, err);
    const Run *run = package ? package_run(package, of->name) : NULL;
    int64_t later = 0, there = 0;

    if (!run)
        return false;
    if (!str_eq(of->status, RUN_DONE) || of->undoes)
        return err_set(err, ERR_CONFLICT,
                       "Nur ein Lauf, der fertig ist, kann rückgängig gemacht "
                       "werden.");
    if (!run_active(tx, of->service, of->name, of->year, &there, err) ||
        !tx_query_int(tx, err, &later, "SELECT MAX(id) FROM run WHERE undoes = $1", P_INT(of->id)))
        return false;
    if (there || later)
        return err_set(err, ERR_CONFLICT,
                       later ? "Dieser Lauf ist schon rückgängig gemacht."
                             : "Für dieses Jahr ist gerade ein anderer Lauf unterwegs.");
    RunBegin begin = {.service = of->service,
                      .name = of->name,
                      .version = of->version,
                      .year = of->year,
                      .undoes = of->id,
                      .status = RUN_ASSESSING,
                      .today = today,
                      .actor = actor};
    Node *head = run->cancel ? run_letter_head(tenant, run->cancel, arena) : node_map(arena);

    return run_insert(tx, &begin, id, err) &&
           tx_exec(tx, err, "UPDATE run SET head = $2 WHERE id = $1", P_INT(*id),
                   P_TEXT(node_json(head, arena)));
}
