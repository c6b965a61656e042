/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/desk_dunning.h"

#include "base/vec.h"
#include "core/crypto.h"
#include "core/page/out.h"
#include "core/page/problem.h"
#include "pay/desk_decision.h"
#include "pay/desk_dunning.html.h"
#include "pay/desk_items.h"

static bool may_dun(const Request *req)
{
    return request_may(req, "money.dun");
}

bool dunning_page(Request *req, Response *res, Err *err)
{
    DunningPage view = {.may_dun = may_dun(req)};
    Out out = out_for(req);
    Err wrong = {0};
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = dunning_runs(tx, req->arena, &view.runs, &view.count, err);
    tx_end(tx);
    if (!ok)
        return false;
    if (!dunning_rules(req->tenant, &view.rules, &wrong))
        view.error = problem_words(&wrong, req->arena);
    page_dunning_overview(&out, &view);
    return money_send(req, res, "Mahnen", &out);
}

/* --- Preview --------------------------------------------------------------------------------- */

typedef struct LineList {
    DunningLine *items;
    size_t count, capacity;
} LineList;

static void add_line(Request *req, LineList *list, const Judged *judged)
{
    Arena *arena = req->arena;

    if (list->count >= DUNNING_SHOWN)
        return;
    VEC_PUSH(arena, list,
             (DunningLine){.charge_id = judged->charge.id,
                           .payment_reference = str_copy(arena, judged->charge.payment_reference),
                           .debtor = str_copy(arena, judged->charge.debtor),
                           .purpose = str_copy(arena, judged->charge.purpose),
                           .level = judged->level,
                           .day = judged->day,
                           .pay_until = judged->pay_until,
                           .cents = judged->overdue_cents,
                           .fee_cents = judged->fee_cents,
                           .surcharge_cents = judged->surcharges.cents,
                           .why = judged->why.ptr ? str_copy(arena, judged->why) : STR_NONE});
}

static void count_judged(DunningPreview *view, const Judged *judged)
{
    if (judged->why.ptr) {
        view->sum.left_out++;
        return;
    }
    view->sum.letters++;
    view->sum.cents += judged->overdue_cents;
    view->sum.fee_cents += judged->fee_cents;
    view->sum.surcharge_cents += judged->surcharges.cents;
}

static void add_mark(Buf *marks, const Judged *judged, Arena *scratch)
{
    buf_addf(marks, "%lld:%d:%lld:%lld:%lld:%.*s:%.*s\n", (long long)judged->charge.id,
             judged->level, (long long)judged->overdue_cents, (long long)judged->fee_cents,
             (long long)judged->surcharges.cents, STR_ARG(date_iso(scratch, judged->pay_until)),
             STR_ARG(judged->why));
}

/* Judge all, in batches whose memory goes again. */
static bool judge_all(Tx *tx, Request *req, DunningPreview *view, Arena *scratch, Err *err)
{
    LineList letters = {0}, left_out = {0};
    Buf marks = buf_in(req->arena);
    int64_t after = 0;
    size_t count;

    do {
        int64_t *ids;
        arena_reset(scratch);
        if (!dunning_candidates(tx, view->day, after, DUNNING_SHOWN, scratch, &ids, &count, err))
            return false;
        for (size_t i = 0; i < count; i++) {
            Judged judged;
            if (!dunning_judge(tx, req->tenant, &view->rules, ids[i], view->day, scratch, &judged,
                               err))
                return false;
            after = ids[i];
            if (judged.level == 0)
                continue;
            count_judged(view, &judged);
            add_mark(&marks, &judged, scratch);
            add_line(req, judged.why.ptr ? &left_out : &letters, &judged);
        }
    } while (count == DUNNING_SHOWN);
    view->letters = letters.items;
    view->letter_count = letters.count;
    view->left_out = left_out.items;
    view->left_out_count = left_out.count;
    view->seen = crypto_sha256_hex(req->arena, buf_str(&marks));
    return true;
}

static bool load_preview(Request *req, DunningPreview *view, Err *err)
{
    int64_t running = 0;
    Tx *tx;

    *view = (DunningPreview){.day = req->today, .may_dun = may_dun(req)};
    if (!dunning_rules(req->tenant, &view->rules, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    Arena *scratch = arena_create(0);
    bool ok = tx_query_int(tx, err, &running,
                           "SELECT COUNT(*) FROM dunning_run WHERE status = 'running'") &&
              judge_all(tx, req, view, scratch, err);
    arena_destroy(scratch);
    tx_end(tx);
    view->running = running > 0;
    return ok;
}

static bool show_preview(Request *req, Response *res, const DunningPreview *view)
{
    Out out = out_for(req);

    page_dunning_preview(&out, view);
    return money_send(req, res, "Vorschau des Mahnlaufs", &out);
}

bool dunning_preview_page(Request *req, Response *res, Err *err)
{
    DunningPreview view;

    return load_preview(req, &view, err) && show_preview(req, res, &view);
}

/* --- Runs --------------------------------------------------------------------------------------
 */

typedef struct Starting {
    Request *req;
    int64_t run, job;
} Starting;

static bool write_start(Tx *tx, void *context, Err *err)
{
    Starting *s = context;

    return dunning_start(tx, s->req->tenant, s->req->today, request_actor(s->req), s->req->arena,
                         &s->run, &s->job, err);
}

static bool write_go_on(Tx *tx, void *context, Err *err)
{
    Starting *s = context;

    return dunning_go_on(tx, s->run, request_actor(s->req), s->req->arena, &s->job, err);
}

/* A run does what its preview showed. All is judged once more beside the writer, who would be held
 * up by it for long; the job that follows minds what is paid in the meantime anyway. */
bool dunning_start_post(Request *req, Response *res, Err *err)
{
    Starting starting = {.req = req};
    DunningPreview view;

    if (!load_preview(req, &view, err))
        return false;
    if (!view.running && !str_eq(request_form(req, "gesehen"), view.seen)) {
        view.changed = true;
        res->status = 422;
        return show_preview(req, res, &view);
    }
    return db_write(req->tenant->db, write_start, &starting, err) &&
           respond_redirect(
               req, res, str_printf(req->arena, "/desk/auftraege/%lld", (long long)starting.job));
}

bool dunning_go_on_post(Request *req, Response *res, Err *err)
{
    Starting starting = {.req = req};

    return money_param_id(req, &starting.run, err) &&
           db_write(req->tenant->db, write_go_on, &starting, err) &&
           respond_redirect(
               req, res, str_printf(req->arena, "/desk/auftraege/%lld", (long long)starting.job));
}

/* One of the two lists of a run, from where the address says. */
static bool load_lines(Tx *tx, const Request *req, int64_t run, bool left_out, DunningLine **out,
                       size_t *count, int64_t *next, Err *err)
{
    int64_t after = money_query_id(req, left_out ? "ausgelassen" : "nach");

    if (!dunning_lines(tx, run, left_out, after, DUNNING_ROWS, req->arena, out, count, err))
        return false;
    *next = *count == DUNNING_ROWS ? (*out)[*count - 1].charge_id : 0;
    return true;
}

bool dunning_run_page(Request *req, Response *res, Err *err)
{
    DunningRunPage view = {.may_dun = may_dun(req)};
    Out out = out_for(req);
    Err wrong = {0};
    int64_t id;
    Tx *tx;

    dunning_rules(req->tenant, &view.rules, &wrong); /* only for the levels' names */
    if (!money_param_id(req, &id, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok =
        dunning_run_by_id(tx, id, req->arena, &view.run, err) &&
        load_lines(tx, req, id, false, &view.letters, &view.letter_count, &view.next_letter, err) &&
        load_lines(tx, req, id, true, &view.left_out, &view.left_out_count, &view.next_left_out,
                   err);
    if (ok)
        view.actor = money_actor_name(tx, view.run.actor, req->arena);
    tx_end(tx);
    if (!ok)
        return false;
    page_dunning_run_sheet(&out, &view);
    return money_send(req, res, "Mahnlauf", &out);
}

/* --- The job ------------------------------------------------------------------------------------
 */

static void put(Arena *arena, Node *map, const char *key, int64_t value, bool money)
{
    node_set(arena, map, str_c(key),
             money ? node_string(arena, money_text(arena, value, STR("de")))
                   : node_int(arena, value));
}

typedef struct Resuming {
    int64_t run;
    Arena *arena;
} Resuming;

static bool write_today(Tx *tx, void *context, Err *err)
{
    const Resuming *resuming = context;

    return dunning_is_today(tx, resuming->run, resuming->arena, err);
}

bool dunning_job(JobRun *job, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                 Err *err)
{
    int64_t id = node_get_i64(params, "run", 0);
    Resuming resuming = {id, arena};
    DunningRun run;
    Tx *tx;

    if (!db_write(tenant->db, write_today, &resuming, err) || !dunning_run(tenant, id, job, err) ||
        !(tx = db_read(tenant->db, err)))
        return false;
    bool ok = dunning_run_by_id(tx, id, arena, &run, err);
    tx_end(tx);
    if (!ok)
        return false;
    *result = node_map(arena);
    put(arena, *result, "Mahnungen", run.letters, false);
    put(arena, *result, "Mahngebühren", run.fee_cents, true);
    put(arena, *result, "Säumniszuschläge", run.surcharge_cents, true);
    put(arena, *result, "Ausgelassen", run.left_out, false);
    return true;
}
