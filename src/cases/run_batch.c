/* SPDX-License-Identifier: EUPL-1.2 */
/* A batch of items: read and computed on the caller's thread, then written in one transaction. */
#include "cases/run_store.h"
#include "core/store/event.h"

/* Items in one transaction: others who want to write wait for about a tenth of a second. */
enum { BATCH = 192 };

/* --- Reading -----------------------------------------------------------------------------------
 */

typedef struct Charges {
    RunCharge *items;
    size_t count, at;
} Charges;

/* What the series has for a group; both go up by key. What lies before it has no group, and is
 * counted. */
static int64_t take(Charges *charges, Str key, int64_t *count, int64_t *cents)
{
    for (; charges->at < charges->count; charges->at++) {
        const RunCharge *one = &charges->items[charges->at];
        int order = key.ptr ? str_compare(one->key, key) : -1;

        if (order > 0)
            return 0;
        if (order == 0)
            return charges->items[charges->at++].cents;
        *count += 1;
        *cents += one->cents;
    }
    return 0;
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

static bool is_debited(const RunItem *item)
{
    const FeelValue *mandate =
        item->context ? feel_context_get(item->context, STR("mandate")) : NULL;

    return (item->outcome == RUN_MADE || item->outcome == RUN_CHANGED) && mandate &&
           !feel_is_null(mandate);
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
        int64_t before = take(&now, groups[i].key, &t->stray, &t->stray_cents);
        int64_t last_year = take(&last, groups[i].key, &t->gone, &t->gone_cents);

        if (!run_item_compute(pass, tx, &groups[i], before, last_year, batch->arena, item, err))
            return err_context(err, "%.*s", STR_ARG(groups[i].key));
        count_item(&batch->totals, item);
        batch->totals.debits += is_debited(item);
        batch->totals.debit_cents += is_debited(item) ? item->order.cents : 0;
        batch->totals.letters += is_written(pass, item);
        batch->totals.by_post += is_written(pass, item) && item->citizen_id == 0;
    }
    take(&now, STR_NONE, &t->stray, &t->stray_cents);
    take(&last, STR_NONE, &t->gone, &t->gone_cents);
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
    int64_t booked = 0;
    Node *old = NULL;

    if (charge && before) {
        if (!tx_query_int(w->tx, err, &booked,
                          "SELECT MAX(id) FROM ledger_line WHERE charge_id = $1 AND "
                          "account = 'forderung'",
                          P_INT(charge->id)))
            return false;
        old = node_map(arena);
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
    return tx_exec(tx, err,
                   "UPDATE run SET after_key = $2, position = $3, totals = $4, status = $5 "
                   "WHERE id = $1",
                   P_INT(row.id), P_TEXT(batch->until), P_INT(w.position),
                   P_TEXT(node_json(run_totals_node(&row.totals, batch->arena), batch->arena)),
                   P_TEXT(batch->last ? RUN_LETTERS : RUN_ASSESSING));
}
