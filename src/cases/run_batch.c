/* SPDX-License-Identifier: EUPL-1.2 */
/* A batch of items: read and computed on the caller's thread, then written in one transaction. */
#include "base/vec.h"
#include "cases/run_store.h"
#include "core/page/out.h"
#include "core/store/event.h"

/* Items in one transaction: others who want to write wait for about a tenth of a second. */
enum { BATCH = 192 };

/* --- Reading -----------------------------------------------------------------------------------
 */

typedef struct Left {
    RunCharge *items;
    size_t count, capacity;
} Left;
typedef struct Charges {
    RunCharge *items;
    size_t count, at;
    Left left; /* those of no group */
} Charges;

/* What the series has for a group; both go up by key. What lies before it has no group, and is
 * left behind. */
static int64_t take(Charges *charges, Str key, Arena *arena)
{
    for (; charges->at < charges->count; charges->at++) {
        const RunCharge *one = &charges->items[charges->at];
        int order = key.ptr ? str_compare(one->key, key) : -1;

        if (order > 0)
            return 0;
        if (order == 0)
            return charges->items[charges->at++].cents;
        VEC_PUSH(arena, &charges->left, *one);
    }
    return 0;
}

static int64_t cents_of(const Left *left)
{
    int64_t sum = 0;

    for (size_t i = 0; i < left->count; i++)
        sum += left->items[i].cents;
    return sum;
}

static void name_strays(RunBatch *batch, const Left *left, int year)
{
    Arena *arena = batch->arena;

    for (size_t i = 0; i < left->count; i++) {
        const RunCharge *one = &left->items[i];

        VEC_PUSH(arena, &batch->strays,
                 ((RunName){.key = one->key,
                            .name = one->name,
                            .guard = STR("nicht_im_register"),
                            .reason = str_printf(
                                arena,
                                "Für %d sind %.*s festgesetzt, im Register steht dafür aber kein "
                                "Eintrag mehr. Der Lauf ändert daran nichts. Bitte prüfen Sie die "
                                "Forderung und setzen Sie sie einzeln neu fest.",
                                year, STR_ARG(money_text(arena, one->cents, STR("de"))))}));
    }
}

static bool read_charges(const RunPass *pass, Tx *tx, int year, const RunBatch *batch, Charges *out,
                         Err *err)
{
    Str series;

    *out = (Charges){0};
    return run_series(pass, year, batch->arena, &series, err) &&
           run_charges(tx, series, batch->after, batch->last ? STR_NONE : batch->until,
                       batch->arena, &out->items, &out->count, err);
}

static void count_item(RunTotals *totals, const RunItem *item)
{
    int64_t now = item->order.cents, last = item->last_cents;

    if (item->outcome == RUN_LEFT_OUT) {
        totals->left_out++;
        return;
    }
    if (item->outcome == RUN_NOTHING)
        totals->nothing++;
    else
        totals->items++, totals->entries += (int64_t)item->entries;
    totals->cents += now;
    totals->last_cents += last;
    if (now != 0 || last != 0) {
        int64_t *beside = last == 0    ? &totals->fresh
                          : now > last ? &totals->more
                          : now < last ? &totals->less
                                       : &totals->same;
        ++*beside;
    }
    totals->made += item->outcome == RUN_MADE;
    totals->changed += item->outcome == RUN_CHANGED;
    totals->unchanged += item->outcome == RUN_UNCHANGED;
}

static bool is_written(const RunPass *pass, const RunItem *item)
{
    return pass->run->letter && (item->outcome == RUN_MADE || item->outcome == RUN_CHANGED);
}

/* Of what is assessed now, what direct debits will bring; a mandate for one collection brings the
 * first part. */
static int64_t debit_cents(const RunItem *item)
{
    const AssessOrder *order = &item->order;

    if ((item->outcome != RUN_MADE && item->outcome != RUN_CHANGED) ||
        item->debit == RUN_DEBIT_NOTHING)
        return 0;
    return item->debit == RUN_DEBIT_ONE_PART && order->part_count ? order->parts[0].cents
                                                                  : order->cents;
}

static bool compute(RunPass *pass, Tx *tx, RunBatch *batch, const RunGroup *groups, Err *err)
{
    RunTotals *t = &batch->totals;
    Charges now, last;

    if (!read_charges(pass, tx, pass->row.year, batch, &now, err) ||
        !read_charges(pass, tx, pass->row.year - 1, batch, &last, err))
        return false;
    for (size_t i = 0; i < batch->count; i++) {
        RunItem *item = &batch->items[i];
        int64_t before = take(&now, groups[i].key, batch->arena);
        int64_t last_year = take(&last, groups[i].key, batch->arena);

        if (!run_item_compute(pass, tx, &groups[i], before, last_year, batch->arena, item, err))
            return err_context(err, "%.*s", STR_ARG(groups[i].key));
        count_item(t, item);
        t->debits += debit_cents(item) > 0;
        t->debit_cents += debit_cents(item);
        t->letters += is_written(pass, item);
        t->by_post += is_written(pass, item) && item->citizen_id == 0;
    }
    take(&now, STR_NONE, batch->arena);
    take(&last, STR_NONE, batch->arena);
    t->stray = (int64_t)now.left.count;
    t->stray_cents = cents_of(&now.left);
    t->gone = (int64_t)last.left.count;
    t->gone_cents = cents_of(&last.left);
    name_strays(batch, &now.left, pass->row.year);
    return true;
}

static bool read_in(RunPass *pass, RunCases *cases, Tx *tx, RunBatch *batch, Err *err)
{
    RunGroup *groups;

    batch->seen_event = 0;
    if (!tx_query_int(tx, err, &batch->seen_event, "SELECT MAX(id) FROM event") ||
        !run_cases_update(cases, tx, err) ||
        !run_groups(tx, pass->run, pass->row.year, batch->after, BATCH, batch->arena, &groups,
                    &batch->count, &batch->last, err))
        return false;
    batch->until = batch->count ? groups[batch->count - 1].key : batch->after;
    batch->items = arena_array(batch->arena, RunItem, batch->count);
    return compute(pass, tx, batch, groups, err);
}

bool run_batch_read(RunPass *pass, RunCases *cases, Str after, RunBatch *batch, Err *err)
{
    Tx *tx = db_read(pass->tenant->db, err);

    if (!tx)
        return false;
    *batch = (RunBatch){.arena = batch->arena, .after = str_copy(batch->arena, after)};
    pass->cases = cases;
    bool ok = read_in(pass, cases, tx, batch, err);

    tx_end(tx);
    return ok;
}

/* --- Writing -----------------------------------------------------------------------------------
 */

typedef struct Writing {
    Tx *tx;
    const RunPass *pass;
    RunBatch *batch;
    Str subject; /* "run/7", actor too */
    int64_t position;
} Writing;

/* Did anybody else do what may change an amount or leave somebody out? */
static bool check_fresh(const Writing *w, const RunRow *row, Err *err)
{
    int64_t foreign = 0;

    if (!row->active || !str_eq(row->status, RUN_ASSESSING) ||
        !str_eq(row->after_key, w->batch->after))
        return err_set(err, ERR_CONFLICT, "Der Lauf ist inzwischen weiter.");
    if (!tx_query_int(w->tx, err, &foreign,
                      "SELECT COUNT(*) FROM event WHERE id > $1 AND actor <> $2 AND "
                      "type <> 'charge.paid' AND type <> 'case.document'",
                      P_INT(w->batch->seen_event), P_TEXT(w->subject)))
        return false;
    return foreign == 0 ||
           err_set(err, ERR_CONFLICT,
                   "Zur selben Zeit wird anderes geändert. Bitte setzen Sie den Lauf später fort.");
}

/* What the charge was before, for undoing; and the last line booked on it now. */
static bool note_item(Writing *w, const RunItem *item, const Charge *charge, const Charge *before,
                      Err *err)
{
    Arena *arena = w->batch->arena;
    int64_t booked = 0, cases = 0;
    Node *old = NULL;

    if (charge && before) {
        if (!tx_query_int(w->tx, err, &booked,
                          "SELECT MAX(id) FROM ledger_line WHERE charge_id = $1 AND "
                          "account = 'forderung'",
                          P_INT(charge->id)) ||
            !tx_query_int(w->tx, err, &cases, RUN_CHARGE_CASES, P_INT(charge->id)))
            return false;
        old = node_map(arena);
        node_add(arena, old, STR("cases"), node_int(arena, cases));
        node_add(arena, old, STR("due"), node_string(arena, date_iso(arena, before->due)));
        node_add(arena, old, STR("purpose"), node_string(arena, before->purpose));
    }
    return tx_exec(
        w->tx, err,
        "INSERT INTO run_item (run_id, position, key, name, outcome, guard, reason, entries, "
        "cents, before_cents, last_cents, charge_id, booked, before) VALUES ($1, $2, $3, $4, $5, "
        "$6, $7, $8, $9, $10, $11, $12, $13, $14)",
        P_INT(w->pass->row.id), P_INT(w->position), P_TEXT(item->key), P_TEXT(item->name),
        P_TEXT(str_c(RUN_OUTCOMES[item->outcome])), P_TEXT(item->guard), P_TEXT(item->reason),
        P_INT(item->entries), P_INT(item->order.cents), P_INT(item->before_cents),
        P_INT(item->last_cents), charge ? P_INT(charge->id) : P_NULL,
        booked ? P_INT(booked) : P_NULL, old ? P_TEXT(node_json(old, arena)) : P_NULL);
}

static bool charge_item(Writing *w, RunItem *item, Err *err)
{
    const RunPass *pass = w->pass;
    Arena *arena = w->batch->arena;
    Charge charge, before = {.purpose = item->order.purpose, .due = item->order.due};
    const FeelValue *noted;
    int64_t owed = 0;

    item->order.subject = w->subject;
    item->order.actor = w->subject;
    if (item->outcome == RUN_CHANGED &&
        !pay_charge_by_key(w->tx, item->order.key, arena, &before, err))
        return false;
    if (!pay_assess(w->tx, pass->tenant, &item->order, arena, &charge, &owed, err) ||
        !note_item(w, item, &charge, &before, err))
        return false;
    if (!pass->run->letter)
        return true;
    if (!case_charge_value(w->tx, &charge, owed, run_notice_day(pass, w->tx), arena, &noted, err))
        return false;
    return run_letter_order(w->tx, pass, pass->run->letter, item, w->position,
                            feel_list(arena, &noted, 1), arena, err);
}

static bool write_item(Writing *w, RunItem *item, Err *err)
{
    bool books = item->outcome == RUN_MADE || item->outcome == RUN_CHANGED;

    w->position++;
    return books ? charge_item(w, item, err) : note_item(w, item, NULL, NULL, err);
}

static bool write_strays(Writing *w, Err *err)
{
    for (size_t i = 0; i < w->batch->strays.count; i++) {
        const RunName *one = &w->batch->strays.items[i];
        const RunItem item = {.key = one->key,
                              .name = one->name,
                              .outcome = RUN_STRAY,
                              .guard = one->guard,
                              .reason = one->reason};

        w->position++;
        if (!note_item(w, &item, NULL, NULL, err))
            return false;
    }
    return true;
}

bool run_batch_write(Tx *tx, const RunPass *pass, RunBatch *batch, Err *err)
{
    RunRow row;
    Writing w = {
        .tx = tx, .pass = pass, .batch = batch, .subject = run_subject(pass->row.id, batch->arena)};

    if (!run_by_id(tx, pass->row.id, batch->arena, &row, err) || !check_fresh(&w, &row, err))
        return false;
    w.position = row.position;
    for (size_t i = 0; i < batch->count; i++)
        if (!write_item(&w, &batch->items[i], err))
            return err_context(err, "%.*s", STR_ARG(batch->items[i].key));
    run_totals_add(&row.totals, &batch->totals);
    return write_strays(&w, err) &&
           tx_exec(tx, err,
                   "UPDATE run SET after_key = $2, position = $3, totals = $4, status = $5 "
                   "WHERE id = $1",
                   P_INT(row.id), P_TEXT(batch->until), P_INT(w.position),
                   P_TEXT(node_json(run_totals_node(&row.totals, batch->arena), batch->arena)),
                   P_TEXT(batch->last ? RUN_LETTERS : RUN_ASSESSING));
}
