/* SPDX-License-Identifier: EUPL-1.2 */
/* The counter-run: sets the charges of a run back to what they were before it, with a notice for
 * each, as long as nothing was booked on them since. Those others are listed. */
#include "cases/letter_signs.h"
#include "cases/run_store.h"
#include "pay/charge.h"
#include "pay/collection.h"
#include "pay/decision.h"

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
    Str series;  /* what the keys of the charges begin with */
    Str subject; /* of what is booked: the counter-run */
} Undoing;

/* One item while it is set back. */
typedef struct SetBack {
    Tx *tx;
    const Undoing *u;
    const UndoItem *item;
    int64_t position; /* in the counter-run */
    RunItem to;       /* where the notice goes */
    struct {
        Str guard, reason;
    } left_out; /* STR_NONE: it is set back */
    Charge charge;
    int64_t owed; /* now */
} SetBack;

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

static void leave(SetBack *one, const char *guard, Str reason)
{
    one->left_out.guard = str_c(guard);
    one->left_out.reason = reason;
}

/* What was booked since by anything but later runs that are taken back themselves: nothing is left
 * of those, when the charge has the amount again that this run gave it. */
static bool count_bookings(const SetBack *one, int64_t *others, int64_t *runs, Err *err)
{
#define SINCE                                                                                \
    "SELECT COUNT(*) FROM ledger_line l JOIN ledger_booking b ON b.id = l.booking_id WHERE " \
    "l.charge_id = $1 AND l.account = 'forderung' AND l.id > $2 AND b.actor NOT IN (SELECT " \
    "'run/' || r.id FROM run r WHERE r.status = 'done' AND (r.undoes IS NOT NULL OR EXISTS " \
    "(SELECT 1 FROM run u WHERE u.undoes = r.id AND u.status = 'done')))"
    Param charge = P_INT(one->item->charge_id), booked = P_INT(one->item->booked);

    return tx_query_int(one->tx, err, others, SINCE " AND b.actor NOT LIKE 'run/%'", charge,
                        booked) &&
           tx_query_int(one->tx, err, runs, SINCE " AND b.actor LIKE 'run/%'", charge, booked);
#undef SINCE
}

/* Did a case since ask for the charge, with whatever amount? Its notice stands. Runs of earlier
 * versions do not say how many had before. */
static bool asked_since(const SetBack *one, bool *out, Err *err)
{
    const Node *before =
        node_parse_json(one->u->arena, one->item->before, NULL, &NODE_LIMITS_PACKAGE, err);
    int64_t cases = 0;

    if (!before ||
        !tx_query_int(one->tx, err, &cases, RUN_CHARGE_CASES, P_INT(one->item->charge_id)))
        return false;
    *out = cases > node_get_i64(before, "cases", INT64_MAX);
    return true;
}

/* A direct debit whose file the bank does not have goes with the charge, see run_collect.c. */
static bool check_untouched(SetBack *one, Err *err)
{
    const Undoing *u = one->u;
    int64_t charge = one->item->charge_id, others = 0, runs = 0, amount = 0;
    bool at_bank = false, asked;

    if (!asked_since(one, &asked, err) || !count_bookings(one, &others, &runs, err) ||
        !tx_query_int(one->tx, err, &amount,
                      "SELECT owed_cents - extra_cents + waived_cents FROM charge WHERE id = $1",
                      P_INT(charge)) ||
        !collection_at_bank(one->tx, u->pass->tenant, charge, date_in_berlin(tx_now(one->tx)),
                            u->arena, &at_bank, err))
        return false;
    if (others > 0 || at_bank)
        leave(
            one, "seitdem_gebucht",
            STR("Auf die Forderung ist seit dem Lauf gebucht worden, oder die Bank hat schon eine "
                "Lastschrift dafür. Sie bleibt, wie sie ist."));
    else if (asked)
        leave(one, "vorgang",
              STR("Ein Vorgang hat die Forderung seit dem Lauf festgesetzt oder bestätigt; sein "
                  "Bescheid gilt. Sie bleibt, wie sie ist."));
    else if (runs > 0 || amount != one->item->cents)
        leave(
            one, "spaeterer_lauf",
            STR("Ein späterer Lauf hat die Forderung geändert. Sie bleibt, wie sie ist. Soll auch "
                "sie zurück, setzen Sie sie bitte einzeln neu fest: Dieser Lauf wird nur einmal "
                "rückgängig gemacht."));
    return true;
}

/* The address of the letter that is taken back, for whom the register has none any more. */
static bool read_old_address(const UndoItem *item, Arena *arena, RunItem *out, Err *err)
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

/* Who moved since the run gets the notice where they live now. */
static bool read_address(const SetBack *one, Arena *arena, RunItem *out, Err *err)
{
    RunPass pass = *one->u->pass;
    RunItem now;

    if (run_person_now(&pass, one->tx, one->item->key, arena, &now, err)) {
        memcpy(out->lines, now.lines, sizeof now.lines);
        out->line_count = now.line_count;
        out->sort = now.sort;
        out->citizen_id = now.citizen_id;
        return true;
    }
    if (err->kind != ERR_NOT_FOUND)
        return false;
    err_clear(err);
    return read_old_address(one->item, arena, out, err);
}

static bool has_notice(const SetBack *one)
{
    return one->item->has_letter && one->u->pass->run->cancel;
}

/* What the notice is made from: its address, and whom it is about. */
static bool read_recipient(SetBack *one, Err *err)
{
    const UndoItem *item = one->item;
    const RunPass *pass = one->u->pass;
    Arena *arena = one->u->arena;
    RunItem *to = &one->to;

    *to = (RunItem){.key = item->key};
    if (!has_notice(one))
        return true;
    to->context =
        feel_context_put(arena, pass->base, pass->run->group[0], feel_string(arena, item->key));
    to->context = feel_context_put(arena, to->context, STR("name"), feel_string(arena, item->name));
    return read_address(one, arena, to, err);
}

/* A sign that the notice cannot print. Only where one may be in it the notice is written to see, of
 * the charge as it stands. */
static bool find_signs(const SetBack *one, Str *signs, Err *err)
{
    const RunPass *pass = one->u->pass;
    const UndoItem *item = one->item;
    const RunItem *to = &one->to;
    Arena *arena = one->u->arena;
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
    if (!charge_by_id(one->tx, item->charge_id, arena, &charge, err) ||
        !case_charge_value(one->tx, &charge, charge.owed_cents, pass->row.today, arena, &noted,
                           err) ||
        !run_letter_words(pass, pass->run->cancel, to, feel_list(arena, &noted, 1), arena,
                          &words[0], &words[1], err))
        return false;
    *signs = letter_signs_in(words, 2, NULL, 0, arena);
    return true;
}

static bool order_letter(const SetBack *one, Err *err)
{
    const RunPass *pass = one->u->pass;
    Arena *arena = one->u->arena;
    const FeelValue *noted;

    return case_charge_value(one->tx, &one->charge, one->owed, pass->row.today, arena, &noted,
                             err) &&
           run_letter_order(one->tx, pass, pass->run->cancel, &one->to, one->position,
                            feel_list(arena, &noted, 1), arena, err);
}

static bool set_back(SetBack *one, Err *err)
{
    const Undoing *u = one->u;
    const UndoItem *item = one->item;
    const Node *before = node_parse_json(u->arena, item->before, NULL, &NODE_LIMITS_PACKAGE, err);
    AssessOrder order = {
        .key = str_printf(u->arena, "%.*s%.*s", STR_ARG(u->series), STR_ARG(item->key)),
        .cents = item->before_cents,
        .subject = u->subject,
        .actor = u->subject,
        .revenue = u->pass->run->assess.revenue,
        .purpose = node_get_text(before, "purpose"),
        .debtor = item->name,
        .today = u->pass->row.today,
        .explanation = STR("Der Lauf, der die Forderung so festgesetzt hatte, ist "
                           "rückgängig gemacht.")};

    if (!before)
        return false;
    date_parse_iso(node_get_text(before, "due"), &order.due);
    return pay_assess(one->tx, u->pass->tenant, &order, u->arena, &one->charge, &one->owed, err);
}

static bool note(const SetBack *one, Err *err)
{
    const UndoItem *item = one->item;
    bool done = !one->left_out.guard.ptr;

    return tx_exec(
        one->tx, err,
        "INSERT INTO run_item (run_id, position, key, name, outcome, guard, reason, entries, "
        "cents, before_cents, last_cents, charge_id) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, "
        "$9, 0, $10)",
        P_INT(one->u->pass->row.id), P_INT(one->position), P_TEXT(item->key), P_TEXT(item->name),
        P_TEXT(done ? STR("changed") : STR("left_out")), P_TEXT(one->left_out.guard),
        P_TEXT(one->left_out.reason), P_INT(done ? item->before_cents : item->cents),
        P_INT(item->cents), P_INT(item->charge_id));
}

/* Nobody tells enforcement that what it asks for is owed no more. */
static bool check_enforced(SetBack *one, Err *err)
{
    bool enforced;

    if (!charge_enforced(one->tx, one->item->charge_id, one->u->arena, &enforced, err))
        return false;
    if (enforced)
        leave(one, "vollstreckung",
              STR("Die Forderung ist bei der Vollstreckung. Bitte nehmen Sie zuerst die Abgabe "
                  "zurück, und setzen Sie sie dann einzeln neu fest."));
    return true;
}

static bool check_signs(SetBack *one, Err *err)
{
    Str signs;

    if (!find_signs(one, &signs, err))
        return false;
    if (signs.ptr)
        leave(one, "zeichen",
              str_printf(one->u->arena,
                         "%.*s Die Forderung bleibt, wie sie ist. Bitte setzen Sie sie einzeln neu "
                         "fest und schreiben Sie von Hand.",
                         STR_ARG(signs)));
    return true;
}

/* Whether it is set back, and where the notice goes then. The first reason against it is told. */
static bool decide(SetBack *one, Err *err)
{
    return read_recipient(one, err) && check_enforced(one, err) &&
           (one->left_out.guard.ptr || check_untouched(one, err)) &&
           (one->left_out.guard.ptr || check_signs(one, err));
}

static bool undo_item(SetBack *one, RunTotals *totals, Err *err)
{
    const UndoItem *item = one->item;

    if (!decide(one, err))
        return false;
    if (one->left_out.guard.ptr) {
        totals->left_out++;
        return note(one, err);
    }
    totals->items++;
    totals->changed++;
    totals->cents += item->before_cents - item->cents;
    if (!set_back(one, err) || !note(one, err))
        return false;
    if (!has_notice(one))
        return true;
    totals->letters++;
    totals->by_post += one->to.citizen_id == 0;
    return order_letter(one, err);
}

/* --- A batch -----------------------------------------------------------------------------------
 */

static bool write_batch(Tx *tx, void *context, Err *err)
{
    Undoing *u = context;
    RunRow row;

    if (!run_by_id(tx, u->pass->row.id, u->arena, &row, err))
        return false;
    int64_t from = 0;
    str_to_i64(row.after_key, &from);
    if (!str_eq(row.status, RUN_ASSESSING) || from != u->from)
        return true; /* another is further: its state is read anew */
    u->subject = run_subject(u->pass->row.id, u->arena);
    if (!run_series(u->pass, row.year, u->arena, &u->series, err))
        return false;
    for (size_t i = 0; i < u->count; i++) {
        SetBack one = {.tx = tx, .u = u, .item = &u->items[i], .position = ++row.position};

        if (!undo_item(&one, &row.totals, err))
            return err_context(err, "%.*s", STR_ARG(u->items[i].key));
    }
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
