/* SPDX-License-Identifier: EUPL-1.2 */
/* What is other than the preview of a run found it. The run computes anew when it works, so who
 * carries it out must know, and sends back a mark of what they looked at. */
#include "base/vec.h"
#include "cases/run_store.h"

enum { NAMED = 20 }; /* of either kind */

typedef struct Gathering {
    Arena *arena;
    struct {
        RunChange *items;
        size_t count, capacity;
    } list;
    bool more;
} Gathering;

static void add(Gathering *f, Str name, Str path, size_t *named)
{
    if (++*named > NAMED)
        f->more = true;
    else
        VEC_PUSH(f->arena, &f->list, ((RunChange){name, path}));
}

/* Of each entry that was written since the newest row. */
static bool find_entries(Gathering *f, Tx *tx, Str spec, RunSeen seen, int64_t *newest, Err *err)
{
    Rows *rows = tx_query(tx, f->arena, err,
                          "SELECT e.entry_id, e.title, e.row_id FROM register_entry e WHERE "
                          "e.register = $1 AND e.row_id > $2 AND NOT EXISTS (SELECT 1 FROM "
                          "register_entry n WHERE n.entry_id = e.entry_id AND n.row_id > e.row_id) "
                          "ORDER BY e.row_id DESC LIMIT $3",
                          P_TEXT(spec), P_INT(seen.entry), P_INT(NAMED + 1));
    size_t named = 0;

    while (rows && rows_next(rows, err)) {
        if (named == 0)
            *newest = row_int(rows, 2);
        add(f, row_text(rows, 1),
            str_printf(f->arena, "/desk/register/%.*s/%lld", STR_ARG(spec),
                       (long long)row_int(rows, 0)),
            &named);
    }
    return rows && err->kind == ERR_NONE;
}

/* Cases that may have come to concern a group, or to concern it no more. */
static bool find_cases(Gathering *f, Tx *tx, Str service, RunSeen seen, int64_t *newest, Err *err)
{
    Rows *rows =
        tx_query(tx, f->arena, err,
                 "SELECT c.number, MAX(e.id) AS newest FROM event e JOIN cases c ON e.subject = "
                 "'case/' || c.id WHERE e.id > $1 AND c.service = $2 AND e.type IN "
                 "('case.submitted', 'case.answered', 'case.state', 'case.action', 'case.decided', "
                 "'case.withdrawn', 'case.merged', 'case.unmerged') GROUP BY c.number ORDER BY "
                 "newest DESC LIMIT $3",
                 P_INT(seen.event), P_TEXT(service), P_INT(NAMED + 1));
    size_t named = 0;

    while (rows && rows_next(rows, err)) {
        if (named == 0)
            *newest = row_int(rows, 1);
        add(f, row_text(rows, 0),
            str_printf(f->arena, "/desk/vorgaenge/%.*s", STR_ARG(row_text(rows, 0))), &named);
    }
    return rows && err->kind == ERR_NONE;
}

bool run_changes(Tx *tx, const RunRow *row, const Run *run, Arena *arena, RunChanges *out, Err *err)
{
    Gathering f = {.arena = arena};
    RunPreview preview;

    *out = (RunChanges){0};
    run_preview_from(row->preview, arena, &preview);
    int64_t entry = preview.seen.entry, event = preview.seen.event;

    if (!find_entries(&f, tx, run->spec->id, preview.seen, &entry, err) ||
        (run->case_value.ptr && !find_cases(&f, tx, row->service, preview.seen, &event, err)))
        return false;
    *out = (RunChanges){.items = f.list.items,
                        .count = f.list.count,
                        .more = f.more,
                        .mark = str_printf(arena, "%lld.%lld", (long long)entry, (long long)event)};
    return true;
}
