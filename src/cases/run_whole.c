/* SPDX-License-Identifier: EUPL-1.2 */
/* A run from its beginning to its end, or on from where it was cut off. */
#include "cases/run_store.h"
#include "core/page/out.h"

bool run_watch(const RunWatch *watch, int64_t done, int64_t total, const char *what, Err *err)
{
    if (watch && watch->progress)
        watch->progress(watch->context, done, total, what);
    if (watch && watch->allowed && !watch->allowed(watch->context, err))
        return false;
    return !watch || !watch->cancelled || !watch->cancelled(watch->context) ||
           err_set(err, ERR_CONFLICT,
                   "Der Lauf ist angehalten. Was getan ist, bleibt; wird er noch einmal gestartet, "
                   "geht er dort weiter.");
}

/* --- Assessing ---------------------------------------------------------------------------------
 */

typedef struct Flight { /* a batch on its way */
    const RunPass *pass;
    RunBatch batch;
    WriteJob *job; /* being written, or NULL */
    Err err;
} Flight;

typedef struct Assessing {
    RunPass *pass;
    RunCases *cases;
    const RunWatch *watch;
    Flight flights[2]; /* one is computed while the other is written */
    int64_t done, total;
    int conflicts; /* in a row */
} Assessing;

/* Somebody who writes all the time may not hold up the run for ever. */
enum { MOST_CONFLICTS = 200 };

static bool write_flight(Tx *tx, void *context, Err *err)
{
    Flight *flight = context;

    return run_batch_write(tx, flight->pass, &flight->batch, err);
}

/* Wait until it is written. A conflict is no failure: `*again` tells that it must be read anew. */
static bool land(Assessing *a, Flight *flight, bool *again, Err *err)
{
    if (!flight->job)
        return true;
    bool ok = db_write_end(flight->job);

    flight->job = NULL;
    if (ok) {
        a->conflicts = 0;
        a->done += (int64_t)flight->batch.count;
        return true;
    }
    *again = flight->err.kind == ERR_CONFLICT && ++a->conflicts < MOST_CONFLICTS;
    if (!*again)
        *err = flight->err;
    return *again;
}

static bool read_row(RunPass *pass, Arena *arena, Err *err)
{
    Tx *tx = db_read(pass->tenant->db, err);

    if (!tx)
        return false;
    bool ok = run_by_id(tx, pass->row.id, arena, &pass->row, err);

    tx_end(tx);
    return ok;
}

/* Read, compute and hand over, one batch after the other, until nothing is left or something
 * changed meanwhile. */
static bool fly(Assessing *a, Str after, Err *err)
{
    bool again = false, last = false, ok = true;

    for (int turn = 0; ok && !last && !again; turn = 1 - turn) {
        Flight *flight = &a->flights[turn];

        arena_rewind(flight->batch.arena);
        ok = run_batch_read(a->pass, a->cases, after, &flight->batch, err) &&
             land(a, &a->flights[1 - turn], &again, err);
        if (!ok || again)
            break;
        after = flight->batch.until;
        last = flight->batch.last;
        ok = run_watch(a->watch, a->done, a->total,
                       str_cstr(flight->batch.arena, a->pass->run->items_are), err);
        if (ok)
            flight->job = db_write_begin(a->pass->tenant->db, write_flight, flight, &flight->err);
    }
    for (int i = 0; i < 2; i++) {
        Err fault = {0};

        if (!land(a, &a->flights[i], &again, &fault) && ok) {
            *err = fault;
            ok = false;
        }
    }
    return ok;
}

/* About how many items there are, for the progress. */
static bool count_groups(Assessing *a, Err *err)
{
    Tx *tx = db_read(a->pass->tenant->db, err);

    if (!tx)
        return false;
    bool ok = tx_query_int(tx, err, &a->total,
                           "SELECT COUNT(DISTINCT value) FROM register_key WHERE register = $1 AND "
                           "field IN ($2, $3)",
                           P_TEXT(a->pass->run->spec->id), P_TEXT(a->pass->run->group[0]),
                           P_TEXT(a->pass->run->group[1]));

    tx_end(tx);
    return ok;
}

static bool undo(RunPass *pass, const RunWatch *watch, Arena *arena, Err *err)
{
    int64_t done = pass->row.position;

    while (str_eq(pass->row.status, RUN_ASSESSING))
        if (!run_watch(watch, done, 0, N_("zurückgesetzt"), err) ||
            !run_undo_batch(pass, &done, err) || !read_row(pass, arena, err))
            return false;
    return true;
}

static bool assess(RunPass *pass, const RunWatch *watch, Arena *arena, Err *err)
{
    Assessing *a = arena_new(arena, Assessing);
    bool ok;

    a->pass = pass;
    a->watch = watch;
    a->done = pass->row.position;
    a->cases = run_cases_create(pass->tenant, pass->run, pass->row.service, pass->row.today);
    for (int i = 0; i < 2; i++)
        a->flights[i] = (Flight){.pass = pass, .batch = {.arena = arena_create(1 << 22)}};
    ok = count_groups(a, err);
    while (ok && str_eq(pass->row.status, RUN_ASSESSING))
        ok = fly(a, pass->row.after_key, err) && read_row(pass, arena, err);
    for (int i = 0; i < 2; i++)
        arena_destroy(a->flights[i].batch.arena);
    run_cases_destroy(a->cases);
    return ok;
}

/* --- The whole ---------------------------------------------------------------------------------
 */

typedef struct StatusStep {
    int64_t id;
    Str from, to;
} StatusStep;

static bool write_status(Tx *tx, void *context, Err *err)
{
    const StatusStep *step = context;
    int64_t there = 0;

    /* Another that does the same run may be further. */
    return tx_query_int(tx, err, &there, "SELECT COUNT(*) FROM run WHERE id = $1 AND status = $2",
                        P_INT(step->id), P_TEXT(step->from)) &&
           (there == 0 || run_set_status(tx, step->id, step->to, err));
}

static bool go_on(RunPass *pass, Str to, Arena *arena, Err *err)
{
    StatusStep step = {pass->row.id, pass->row.status, to};

    return db_write(pass->tenant->db, write_status, &step, err) && read_row(pass, arena, err);
}

bool run_go(Tenant *tenant, int64_t id, const RunWatch *watch, Arena *arena, Err *err)
{
    RunPass pass = {.tenant = tenant, .row = {.id = id}};
    RunRow row;

    if (!read_row(&pass, arena, err))
        return false;
    row = pass.row;
    if (!run_pass_begin(&pass, tenant, &row, arena, err))
        return false;
    while (pass.row.active) {
        Str status = pass.row.status;
        bool ok = str_eq(status, RUN_ASSESSING) ? pass.row.undoes ? undo(&pass, watch, arena, err)
                                                                  : assess(&pass, watch, arena, err)
                  : str_eq(status, RUN_LETTERS)
                      ? run_print(&pass, watch, arena, err) && go_on(&pass, RUN_FILES, arena, err)
                      : run_files(&pass, watch, arena, err) &&
                            run_collect(&pass, watch, arena, err) &&
                            go_on(&pass, RUN_DONE, arena, err);

        if (!ok)
            return false;
    }
    return true;
}

/* --- Beginning ---------------------------------------------------------------------------------
 */

typedef struct Beginning {
    Tenant *tenant;
    const RunOrder *order;
    Arena *arena;
    int64_t id;
} Beginning;

bool run_begin(Tx *tx, Tenant *tenant, const RunOrder *order, Arena *arena, int64_t *id, Err *err)
{
    const Package *package = tenant_package(tenant, order->service, err);
    const Run *run = package ? package_run(package, order->name) : NULL;

    if (!package)
        return false;
    if (!run)
        return err_set(err, ERR_NOT_FOUND, "Die Leistung „%.*s“ hat keinen Lauf „%.*s“.",
                       STR_ARG(order->service), STR_ARG(order->name));
    if (!run_active(tx, order->service, order->name, order->year, id, err))
        return false;
    if (*id)
        return true;
    RunBegin begin = {.service = order->service,
                      .name = order->name,
                      .version = package->version,
                      .year = order->year,
                      .status = RUN_ASSESSING,
                      .today = order->today,
                      .actor = order->actor};
    Node *head = run->letter ? run_letter_head(tenant, run->letter, arena) : node_map(arena);

    return run_insert(tx, &begin, id, err) &&
           tx_exec(tx, err, "UPDATE run SET head = $2 WHERE id = $1", P_INT(*id),
                   P_TEXT(node_json(head, arena)));
}

static bool write_begin(Tx *tx, void *context, Err *err)
{
    Beginning *b = context;

    return run_begin(tx, b->tenant, b->order, b->arena, &b->id, err);
}

bool run_do(Tenant *tenant, const RunOrder *order, const RunWatch *watch, Arena *arena, int64_t *id,
            Err *err)
{
    Beginning b = {.tenant = tenant, .order = order, .arena = arena};

    if (!db_write(tenant->db, write_begin, &b, err))
        return false;
    *id = b.id;
    return run_go(tenant, b.id, watch, arena, err);
}
