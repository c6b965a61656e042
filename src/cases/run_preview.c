/* SPDX-License-Identifier: EUPL-1.2 */
/* What a run would do now, and how a desk keeps it with the run. */
#include "base/vec.h"
#include "cases/run_store.h"
#include "core/page/out.h" /* N_ */

/* --- Looking ahead ------------------------------------------------------------------------------
 */

/* The batch's own texts go with it. */
static void keep_names(RunNames *to, const RunName *name, Arena *arena)
{
    VEC_PUSH(arena, to,
             ((RunName){.key = str_copy(arena, name->key),
                        .name = str_copy(arena, name->name),
                        .guard = str_copy(arena, name->guard),
                        .reason = str_copy(arena, name->reason)}));
}

static void keep_lists(RunLists *lists, const RunBatch *batch, Arena *arena)
{
    for (size_t i = 0; i < batch->count; i++) {
        const RunItem *item = &batch->items[i];

        if (item->outcome == RUN_LEFT_OUT)
            keep_names(&lists->left_out,
                       &(RunName){item->key, item->name, item->guard, item->reason}, arena);
    }
    for (size_t i = 0; i < batch->strays.count; i++)
        keep_names(&lists->strays, &batch->strays.items[i], arena);
}

static bool see(Tenant *tenant, const Run *run, RunSeen *out, Err *err)
{
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    bool ok = tx_query_int(tx, err, &out->event, "SELECT MAX(id) FROM event") &&
              tx_query_int(tx, err, &out->entry,
                           "SELECT MAX(row_id) FROM register_entry WHERE register = $1",
                           P_TEXT(run->spec->id));

    tx_end(tx);
    return ok;
}

static bool look(RunPass *pass, const RunWatch *watch, Arena *arena, RunPreview *out, Err *err)
{
    Arena *scratch = arena_create(1 << 22);
    RunBatch batch = {.arena = scratch};
    RunCases *cases = run_cases_create(pass->tenant, pass->run, pass->row.service, pass->row.today);
    Str after = STR("");
    int64_t done = 0;
    bool ok = true;

    while (ok && !batch.last) {
        arena_rewind(scratch);
        ok = run_batch_read(pass, cases, after, &batch, err) &&
             run_watch(watch, done += (int64_t)batch.count, 0, N_("geprüft"), err);
        if (!ok)
            break;
        after = str_copy(arena, batch.until);
        run_totals_add(&out->totals, &batch.totals);
        keep_lists(&out->lists, &batch, arena);
    }
    run_cases_destroy(cases);
    arena_destroy(scratch);
    return ok;
}

bool run_preview(Tenant *tenant, const RunOrder *order, const RunWatch *watch, Arena *arena,
                 RunPreview *out, Err *err)
{
    const Package *package = tenant_package(tenant, order->service, err);
    RunPass pass;

    *out = (RunPreview){0};
    if (!package)
        return false;
    RunRow row = {.service = order->service,
                  .name = order->name,
                  .version = package->version,
                  .year = order->year,
                  .today = order->today};

    return run_pass_begin(&pass, tenant, &row, arena, err) &&
           see(tenant, pass.run, &out->seen, err) && look(&pass, watch, arena, out, err);
}

/* --- Kept with the run ---------------------------------------------------------------------------
 */

static RunNames names_from(const Node *list, Arena *arena)
{
    RunNames out = {.items = arena_array(arena, RunName, list ? list->count : 0)};

    for (size_t i = 0; list && i < list->count; i++)
        out.items[out.count++] = (RunName){.key = node_get_text(list->items[i], "key"),
                                           .name = node_get_text(list->items[i], "name"),
                                           .guard = node_get_text(list->items[i], "guard"),
                                           .reason = node_get_text(list->items[i], "reason")};
    return out;
}

Node *run_preview_node(const RunPreview *preview, Arena *arena)
{
    Node *out = node_map(arena);

    node_set(arena, out, STR("event"), node_int(arena, preview->seen.event));
    node_set(arena, out, STR("entry"), node_int(arena, preview->seen.entry));
    node_set(arena, out, STR("totals"), run_totals_node(&preview->totals, arena));
    node_set(arena, out, STR("left_out"), run_names_node(&preview->lists.left_out, arena));
    node_set(arena, out, STR("strays"), run_names_node(&preview->lists.strays, arena));
    return out;
}

void run_preview_from(const Node *node, Arena *arena, RunPreview *out)
{
    *out = (RunPreview){
        .seen = {node_get_i64(node, "event", 0), node_get_i64(node, "entry", 0)},
        .totals = run_totals_from(node_get(node, "totals")),
        .lists = {.left_out = names_from(node_get(node, "left_out"), arena),
                  .strays = names_from(node_get(node, "strays"), arena)},
    };
}
