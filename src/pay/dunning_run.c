/* SPDX-License-Identifier: EUPL-1.2 */
/* A run: every charge with something overdue, once. What was done to a charge and how far the run
 * is are one transaction, so an interrupted run goes on where it was and nobody is written to
 * twice. */
#include "base/vec.h"
#include "core/store/event.h"
#include "core/store/rows.h"
#include "pay/claim.h"
#include "pay/dunning.h"

enum { BATCH = 50 };

/* --- Rows ---------------------------------------------------------------------------------- */

#define RUN_COLUMNS                                                             \
    "r.id, r.day, r.status, r.job_id, r.actor, r.at, "                          \
    "(SELECT COUNT(*) FROM dunning d WHERE d.run_id = r.id), "                  \
    "(SELECT CAST(COALESCE(SUM(fee_cents), 0) AS BIGINT) FROM dunning d "       \
    "WHERE d.run_id = r.id), "                                                  \
    "(SELECT CAST(COALESCE(SUM(surcharge_cents), 0) AS BIGINT) FROM dunning d " \
    "WHERE d.run_id = r.id), "                                                  \
    "(SELECT COUNT(*) FROM dunning_left_out o WHERE o.run_id = r.id) FROM dunning_run r "

static DunningRun run_from_row(Rows *rows)
{
    DunningRun run = {.id = row_int(rows, 0),
                      .status = row_text(rows, 2),
                      .job_id = row_int(rows, 3),
                      .actor = row_text(rows, 4),
                      .at = row_int(rows, 5),
                      .letters = row_int(rows, 6),
                      .fee_cents = row_int(rows, 7),
                      .surcharge_cents = row_int(rows, 8),
                      .left_out = row_int(rows, 9)};

    date_parse_iso(row_text(rows, 1), &run.day);
    return run;
}

bool dunning_runs(Tx *tx, Arena *arena, DunningRun **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, "SELECT " RUN_COLUMNS "ORDER BY r.id DESC LIMIT 50");

    return ROWS_LIST(rows, arena, out, count, err, run_from_row(rows));
}

bool dunning_run_by_id(Tx *tx, int64_t id, Arena *arena, DunningRun *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, "SELECT " RUN_COLUMNS "WHERE r.id = $1", P_INT(id));

    if (!rows_one(rows, "Diesen Mahnlauf gibt es nicht.", err))
        return false;
    *out = run_from_row(rows);
    rows_end(rows);
    return true;
}

static bool lines_from(Rows *rows, Arena *arena, DunningLine **out, size_t *count, Err *err)
{
    struct {
        DunningLine *items;
        size_t count, capacity;
    } list = {0};

    while (rows && rows_next(rows, err)) {
        DunningLine line = {.charge_id = row_int(rows, 0),
                            .payment_reference = row_text(rows, 1),
                            .debtor = row_text(rows, 2),
                            .purpose = row_text(rows, 3),
                            .level = (int)row_int(rows, 4),
                            .cents = row_int(rows, 5),
                            .fee_cents = row_int(rows, 6),
                            .surcharge_cents = row_int(rows, 7),
                            .why = row_text(rows, 8)};
        if (!row_null(rows, 9)) {
            date_parse_iso(row_text(rows, 9), &line.day);
            date_parse_iso(row_text(rows, 10), &line.pay_until);
        }
        VEC_PUSH(arena, &list, line);
    }
    *out = list.items;
    *count = list.count;
    return rows && err->kind == ERR_NONE;
}

bool dunning_lines(Tx *tx, int64_t run, bool left_out, int64_t after, int limit, Arena *arena,
                   DunningLine **out, size_t *count, Err *err)
{
    Rows *rows =
        left_out
            ? tx_query(tx, arena, err,
                       "SELECT c.id, c.payment_reference, c.debtor, c.purpose, o.level, o.cents, "
                       "0, 0, o.why, NULL, NULL FROM dunning_left_out o JOIN charge c "
                       "ON c.id = o.charge_id WHERE o.run_id = $1 AND o.charge_id > $2 "
                       "ORDER BY o.charge_id LIMIT $3",
                       P_INT(run), P_INT(after), P_INT(limit))
            : tx_query(tx, arena, err,
                       "SELECT c.id, c.payment_reference, c.debtor, c.purpose, d.level, "
                       "d.open_cents, d.fee_cents, d.surcharge_cents, NULL, d.day, d.pay_until "
                       "FROM dunning d JOIN charge c ON c.id = d.charge_id WHERE d.run_id = $1 "
                       "AND d.charge_id > $2 ORDER BY d.charge_id LIMIT $3",
                       P_INT(run), P_INT(after), P_INT(limit));

    return lines_from(rows, arena, out, count, err);
}

bool dunning_of_charge(Tx *tx, int64_t charge, Arena *arena, DunningLine **out, size_t *count,
                       Err *err)
{
    return lines_from(tx_query(tx, arena, err,
                               "SELECT c.id, c.payment_reference, c.debtor, c.purpose, d.level, "
                               "d.open_cents, d.fee_cents, d.surcharge_cents, NULL, d.day, "
                               "d.pay_until FROM dunning d JOIN charge c ON c.id = d.charge_id "
                               "WHERE d.charge_id = $1 ORDER BY d.id",
                               P_INT(charge)),
                      arena, out, count, err);
}

/* --- Beginning ------------------------------------------------------------------------------- */

static bool order_job(Tx *tx, int64_t run, Str actor, Arena *arena, int64_t *job, Err *err)
{
    Node *params = node_map(arena);

    node_set(arena, params, STR("run"), node_int(arena, run));
    return job_order(tx, "dunning", params, actor, job, err) &&
           tx_exec(tx, err, "UPDATE dunning_run SET job_id = $2 WHERE id = $1", P_INT(run),
                   P_INT(*job));
}

bool dunning_start(Tx *tx, Tenant *tenant, Date day, Str actor, Arena *arena, int64_t *run,
                   int64_t *job, Err *err)
{
    DunningRules rules;
    int64_t running = 0;

    if (!dunning_rules(tenant, &rules, err) ||
        !tx_query_int(tx, err, &running,
                      "SELECT COUNT(*) FROM dunning_run WHERE status = 'running'"))
        return false;
    if (rules.count == 0)
        return err_set(err, ERR_CONFLICT, "Für diese Kommune sind keine Mahnstufen eingestellt.");
    if (running)
        return err_set(err, ERR_CONFLICT, "Ein anderer Mahnlauf ist noch nicht zu Ende.");
    return tx_insert(tx, err, run,
                     "INSERT INTO dunning_run (day, status, job_id, after_charge, actor, at) "
                     "VALUES ($1, 'running', 0, 0, $2, $3)",
                     P_TEXT(date_iso(arena, day)), P_TEXT(actor), P_INT(tx_now(tx))) &&
           order_job(tx, *run, actor, arena, job, err);
}

bool dunning_go_on(Tx *tx, int64_t run, Str actor, Arena *arena, int64_t *job, Err *err)
{
    DunningRun row;
    int64_t busy = 0;

    if (!dunning_run_by_id(tx, run, arena, &row, err))
        return false;
    if (!str_is(row.status, "running"))
        return err_set(err, ERR_CONFLICT, "Dieser Mahnlauf ist schon zu Ende.");
    if (!tx_query_int(tx, err, &busy,
                      "SELECT COUNT(*) FROM job WHERE id = $1 AND status IN ('waiting', 'running')",
                      P_INT(row.job_id)))
        return false;
    *job = row.job_id;
    return busy ? true : order_job(tx, run, actor, arena, job, err);
}

bool dunning_is_today(Tx *tx, int64_t run, Arena *arena, Err *err)
{
    return tx_exec(
        tx, err,
        "UPDATE dunning_run SET day = $2 WHERE id = $1 AND status = 'running' AND day < $2",
        P_INT(run), P_TEXT(date_iso(arena, date_in_berlin(tx_now(tx)))));
}

/* --- One charge --------------------------------------------------------------------------------
 */

static bool note_left_out(Tx *tx, int64_t run, const Judged *judged, Err *err)
{
    return tx_exec(tx, err,
                   "INSERT INTO dunning_left_out (run_id, charge_id, level, cents, why) "
                   "VALUES ($1, $2, $3, $4, $5)",
                   P_INT(run), P_INT(judged->charge.id), P_INT(judged->level),
                   P_INT(judged->overdue_cents), P_TEXT(judged->why));
}

static bool note_dunning(Tx *tx, int64_t run, const Judged *judged, Arena *arena, Err *err)
{
    int64_t id;

    if (!tx_insert(tx, err, &id,
                   "INSERT INTO dunning (run_id, charge_id, level, day, pay_until, open_cents, "
                   "fee_cents, surcharge_cents) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   P_INT(run), P_INT(judged->charge.id), P_INT(judged->level),
                   P_TEXT(date_iso(arena, judged->day)), P_TEXT(date_iso(arena, judged->pay_until)),
                   P_INT(judged->overdue_cents), P_INT(judged->fee_cents),
                   P_INT(judged->surcharges.cents)))
        return false;
    for (size_t i = 0; i < judged->dunned_count; i++)
        if (!tx_exec(tx, err,
                     "INSERT INTO dunning_part (charge_id, number, level, dunning_id) "
                     "VALUES ($1, $2, $3, $4)",
                     P_INT(judged->charge.id), P_INT(judged->dunned[i].number),
                     P_INT(judged->dunned[i].level), P_INT(id)))
            return false;
    return true;
}

bool dunning_claim_surcharges(Tx *tx, Judged *judged, Date due, Str actor, Arena *arena,
                              int *number, Err *err)
{
    Str text = str_printf(arena, "Säumniszuschlag bis %.*s",
                          STR_ARG(date_long(arena, judged->day, STR("de"))));

    if (number)
        *number = 0;
    return judged->surcharges.cents == 0 ||
           (claim_add(tx, &judged->charge, PART_SURCHARGE, judged->surcharges.cents, due, text,
                      actor, arena, number, err) &&
            surcharges_note(tx, judged->charge.id, &judged->surcharges, judged->day, arena, err));
}

static bool claim_extras(Tx *tx, const DunningRules *rules, Judged *judged, Str actor, Arena *arena,
                         Err *err)
{
    Str name = rules->levels[judged->level - 1].name;

    if (judged->fee_cents &&
        !claim_add(tx, &judged->charge, PART_FEE, judged->fee_cents, judged->pay_until,
                   str_printf(arena, "Gebühr: %.*s", STR_ARG(name)), actor, arena, NULL, err))
        return false;
    return dunning_claim_surcharges(tx, judged, judged->pay_until, actor, arena, NULL, err);
}

static bool note_event(Tx *tx, int64_t run, const Judged *judged, Str actor, Arena *arena, Err *err)
{
    Node *data = node_map(arena);

    node_set(arena, data, STR("charge"), node_int(arena, judged->charge.id));
    node_set(arena, data, STR("run"), node_int(arena, run));
    node_set(arena, data, STR("level"), node_int(arena, judged->level));
    node_set(arena, data, STR("open_cents"), node_int(arena, judged->overdue_cents));
    node_set(arena, data, STR("fee_cents"), node_int(arena, judged->fee_cents));
    node_set(arena, data, STR("surcharge_cents"), node_int(arena, judged->surcharges.cents));
    return event_add(tx, "charge.dunned", judged->subject, actor, data, err);
}

typedef struct RunWork {
    Tenant *tenant;
    const DunningRules *rules;
    DunningRun run;
    int64_t after; /* the last charge that was looked at */
    int64_t seen;
    bool last;
    Arena *arena;
} RunWork;

static bool do_charge(Tx *tx, RunWork *work, int64_t charge, Err *err)
{
    Judged judged;
    Arena *arena = work->arena;

    if (!dunning_judge(tx, work->tenant, work->rules, charge, work->run.day, arena, &judged, err))
        return false;
    if (judged.level == 0)
        return true;
    if (judged.why.ptr)
        return note_left_out(tx, work->run.id, &judged, err);
    /* The letter says what was open before: it comes first. */
    return dunning_send(tx, work->tenant, work->rules, &judged, arena, err) &&
           note_dunning(tx, work->run.id, &judged, arena, err) &&
           claim_extras(tx, work->rules, &judged, work->run.actor, arena, err) &&
           note_event(tx, work->run.id, &judged, work->run.actor, arena, err);
}

static bool do_batch(Tx *tx, void *context, Err *err)
{
    RunWork *work = context;
    int64_t *charges;
    size_t count;
    int64_t running = 0;

    /* Where the run is, is read here: whatever else worked on it is committed. */
    if (!tx_query_int(tx, err, &running,
                      "SELECT COUNT(*) FROM dunning_run WHERE id = $1 AND status = 'running'",
                      P_INT(work->run.id)) ||
        !tx_query_int(tx, err, &work->after, "SELECT after_charge FROM dunning_run WHERE id = $1",
                      P_INT(work->run.id)))
        return false;
    if (!running) {
        work->last = true;
        return true;
    }
    if (!dunning_candidates(tx, work->run.day, work->after, BATCH, work->arena, &charges, &count,
                            err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!do_charge(tx, work, charges[i], err))
            return err_context(err, "Forderung %lld", (long long)charges[i]);
    work->seen += (int64_t)count;
    work->last = count < BATCH;
    if (count)
        work->after = charges[count - 1];
    return work->last
               ? tx_exec(tx, err,
                         "UPDATE dunning_run SET after_charge = $2, status = 'done' WHERE id = $1",
                         P_INT(work->run.id), P_INT(work->after))
               : tx_exec(tx, err, "UPDATE dunning_run SET after_charge = $2 WHERE id = $1",
                         P_INT(work->run.id), P_INT(work->after));
}

static bool load_run(Tenant *tenant, int64_t id, Arena *arena, DunningRun *out, int64_t *total,
                     Err *err)
{
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    *total = 0;
    bool ok = dunning_run_by_id(tx, id, arena, out, err) &&
              tx_query_int(tx, err, total,
                           "SELECT COUNT(*) FROM charge WHERE owed_cents <> paid_cents AND "
                           "owed_cents > paid_cents AND due < $1",
                           P_TEXT(date_iso(arena, out->day)));
    tx_end(tx);
    return ok;
}

bool dunning_run(Tenant *tenant, int64_t run, JobRun *job, Err *err)
{
    Arena *arena = arena_create(0);
    DunningRules rules;
    int64_t total;
    RunWork work = {.tenant = tenant, .rules = &rules, .arena = arena_create(0)};
    bool ok =
        dunning_rules(tenant, &rules, err) && load_run(tenant, run, arena, &work.run, &total, err);

    while (ok && !work.last) {
        arena_reset(work.arena);
        ok = db_write(tenant->db, do_batch, &work, err);
        if (job)
            job_progress(job, work.seen, total > work.seen ? total : work.seen,
                         "Forderungen angesehen");
        if (ok && !work.last && job && job_cancelled(job))
            ok = err_set(err, ERR_CONFLICT,
                         "Angehalten nach %lld Forderungen. Unter „Mahnläufe“ können Sie den Lauf "
                         "fortsetzen.",
                         (long long)work.seen);
    }
    arena_destroy(work.arena);
    arena_destroy(arena);
    return ok;
}
