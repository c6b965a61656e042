/* SPDX-License-Identifier: EUPL-1.2 */
/* A run, or its preview, as a job of the desk. */
#include "cases/run_store.h"

static void tell(void *context, int64_t done, int64_t total, const char *what)
{
    job_progress(context, done, total, what);
}

static bool stopped(void *context)
{
    return job_cancelled(context);
}

/* --- The preview -------------------------------------------------------------------------------
 */

typedef struct Keeping {
    int64_t id;
    Str preview;
} Keeping;

static bool keep_preview(Tx *tx, void *context, Err *err)
{
    const Keeping *keep = context;

    return tx_exec(
        tx, err, "UPDATE run SET preview = $2, status = $3 WHERE id = $1 AND status = $4",
        P_INT(keep->id), P_TEXT(keep->preview), P_TEXT(RUN_PREVIEWED), P_TEXT(RUN_PREVIEWING));
}

static Node *preview_node(const RunPreview *preview, Arena *arena)
{
    Node *out = node_map(arena), *list = node_list(arena);

    for (size_t i = 0; i < preview->count; i++) {
        const RunLeftOut *one = &preview->items[i];
        Node *item = node_map(arena);

        node_add(arena, item, STR("key"), node_string(arena, one->key));
        node_add(arena, item, STR("name"), node_string(arena, one->name));
        node_add(arena, item, STR("guard"), node_string(arena, one->guard));
        node_add(arena, item, STR("reason"), node_string(arena, one->reason));
        node_append(arena, list, item);
    }
    node_set(arena, out, STR("totals"), run_totals_node(&preview->totals, arena));
    node_set(arena, out, STR("left_out"), list);
    return out;
}

void run_preview_from(const Node *node, Arena *arena, RunPreview *out)
{
    const Node *list = node_get(node, "left_out");

    *out = (RunPreview){.totals = run_totals_from(node_get(node, "totals"))};
    out->items = arena_array(arena, RunLeftOut, list ? list->count : 0);
    for (size_t i = 0; list && i < list->count; i++)
        out->items[out->count++] = (RunLeftOut){.key = node_get_text(list->items[i], "key"),
                                                .name = node_get_text(list->items[i], "name"),
                                                .guard = node_get_text(list->items[i], "guard"),
                                                .reason = node_get_text(list->items[i], "reason")};
}

static bool look_ahead(Tenant *tenant, const RunRow *row, const RunWatch *watch, Arena *arena,
                       Err *err)
{
    RunOrder order = {
        .service = row->service, .name = row->name, .year = row->year, .today = row->today};
    RunPreview preview;

    if (!run_preview(tenant, &order, watch, arena, &preview, err))
        return false;
    Keeping keep = {row->id, node_json(preview_node(&preview, arena), arena)};

    return db_write(tenant->db, keep_preview, &keep, err);
}

/* --- The job -----------------------------------------------------------------------------------
 */

bool run_job(JobRun *job, Tenant *tenant, const Node *params, Arena *arena, Node **result, Err *err)
{
    int64_t id = node_get_i64(params, "run", 0);
    RunWatch watch = {.progress = tell, .cancelled = stopped, .context = job};
    RunRow row;
    Tx *tx = db_read(tenant->db, err);
    bool ok = tx && run_by_id(tx, id, arena, &row, err);

    if (tx)
        tx_end(tx);
    if (!ok)
        return false;
    *result = node_map(arena);
    return str_eq(row.status, RUN_PREVIEWING) ? look_ahead(tenant, &row, &watch, arena, err)
                                              : run_go(tenant, id, &watch, arena, err);
}
