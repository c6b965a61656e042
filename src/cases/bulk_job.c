/* SPDX-License-Identifier: EUPL-1.2 */
/* The job of a bulk: one case after another, each in a transaction that also marks its item. */
#include "cases/bulk.h"

#include "core/log.h"

typedef struct One {
    Request *req;
    const Bulk *bulk;
    BulkItem *item;
    LetterList checked; /* of a decision: what it ordered when it was tried out */
    bool changed;       /* now it orders other letters */
} One;

/* So often the case may change between trying and doing. */
enum { MOST_TRIES = 5 };

/* Done once: the item is read anew, for the job may have been killed right after its commit. */
static bool do_item(Tx *tx, void *context, Err *err)
{
    One *one = context;
    int64_t chosen = 0;
    LetterList letters;

    one->changed = false;
    if (!tx_query_int(tx, err, &chosen,
                      "SELECT COUNT(*) FROM case_bulk_item WHERE bulk_id = $1 AND place = $2 AND "
                      "status = 'chosen'",
                      P_INT(one->bulk->id), P_INT(one->item->place)))
        return false;
    if (chosen == 0)
        return true;
    if (!desk_rights_now(tx, one->req, err) ||
        !bulk_do(one->req, tx, one->bulk, one->item, &letters, err))
        return false;
    one->changed = one->bulk->kind == BULK_ACTION &&
                   !bulk_letters_alike(&one->checked, &letters, one->req->arena);
    if (one->changed)
        return err_set(err, ERR_CONFLICT,
                       "Der Vorgang hat sich währenddessen geändert. Bitte entscheiden Sie einzeln "
                       "über ihn.");
    one->item->status = BULK_DONE;
    return bulk_item_set(tx, one->bulk->id, one->item, err);
}

static bool fail_item(Tx *tx, void *context, Err *err)
{
    const One *one = context;

    return bulk_item_set(tx, one->bulk->id, one->item, err);
}

/* What is the case's own is no error of the job: its item says why. */
static void tell_why(One *one, Err *err)
{
    if (!bulk_case_failed(err))
        return;
    one->item->text = problem_words(err, one->req->arena);
    err_clear(err);
}

static bool try_out(Tenant *tenant, One *one, Err *err)
{
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    bool ok = desk_rights_now(tx, one->req, err);

    tx_end(tx);
    if (ok)
        return bulk_try(one->req, one->bulk, one->item, &one->checked, err);
    tell_why(one, err);
    return false;
}

/* Tried out first, when it orders letters, then done. False: it cannot, and item->text says why; or
 * an error that is no case's. */
static bool try_and_do(Tenant *tenant, One *one, Err *err)
{
    for (int tries = 1;; tries++) {
        if (one->bulk->kind == BULK_ACTION && !try_out(tenant, one, err))
            return false;
        if (db_write(tenant->db, do_item, one, err))
            return true;
        tell_why(one, err);
        if (err->kind != ERR_NONE || !one->changed || tries == MOST_TRIES)
            return false;
    }
}

static bool run_item(Tenant *tenant, One *one, Err *err)
{
    err_clear(err);
    if (try_and_do(tenant, one, err))
        return true;
    if (err->kind != ERR_NONE)
        return false;
    one->item->status = BULK_FAILED;
    one->item->before = 0;
    return db_write(tenant->db, fail_item, one, err);
}

static Node *tell(Arena *arena, size_t done, size_t failed)
{
    Node *result = node_map(arena);

    node_set(arena, result, STR("Vorgänge bearbeitet"), node_int(arena, (int64_t)done));
    node_set(arena, result, STR("Vorgänge unverändert"), node_int(arena, (int64_t)failed));
    return result;
}

bool bulk_job(JobRun *run, Tenant *tenant, const Node *params, Arena *arena, Node **result,
              Err *err)
{
    Bulk bulk;
    BulkItem *items = NULL;
    size_t count = 0;
    size_t counts[2] = {0};
    int64_t staff_id = node_get_i64(params, "staff", 0);
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    bool ok = bulk_by_id(tx, node_get_i64(params, "bulk", 0), staff_id, arena, &bulk, err) &&
              bulk_items(tx, bulk.id, arena, &items, &count, err);

    tx_end(tx);
    for (size_t i = 0; ok && i < count; i++) {
        Request req = {.arena = arena_create(0),
                       .app = tenant->app,
                       .tenant = tenant,
                       .lang = STR("de"),
                       .now = clock_now(),
                       .today = date_in_berlin(clock_now()),
                       .session = {.staff_id = staff_id}};
        One one = {.req = &req, .bulk = &bulk, .item = &items[i]};

        job_progress(run, (int64_t)i, (int64_t)count, "Vorgängen");
        ok = !job_cancelled(run) && (items[i].status != BULK_CHOSEN || run_item(tenant, &one, err));
        counts[items[i].status == BULK_FAILED] += ok;
        arena_destroy(req.arena);
    }
    *result = tell(arena, counts[0], counts[1]);
    return ok;
}
