/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/run_store.h"

#include "base/vec.h"
#include "core/store/rows.h"

/* --- Totals ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    size_t offset;
} TOTALS[] = {
    {"items", offsetof(RunTotals, items)},
    {"entries", offsetof(RunTotals, entries)},
    {"cents", offsetof(RunTotals, cents)},
    {"last_cents", offsetof(RunTotals, last_cents)},
    {"more", offsetof(RunTotals, more)},
    {"less", offsetof(RunTotals, less)},
    {"same", offsetof(RunTotals, same)},
    {"new", offsetof(RunTotals, fresh)},
    {"gone", offsetof(RunTotals, gone)},
    {"gone_cents", offsetof(RunTotals, gone_cents)},
    {"charges_new", offsetof(RunTotals, made)},
    {"charges_changed", offsetof(RunTotals, changed)},
    {"charges_unchanged", offsetof(RunTotals, unchanged)},
    {"nothing", offsetof(RunTotals, nothing)},
    {"stray", offsetof(RunTotals, stray)},
    {"stray_cents", offsetof(RunTotals, stray_cents)},
    {"left_out", offsetof(RunTotals, left_out)},
    {"letters", offsetof(RunTotals, letters)},
    {"by_post", offsetof(RunTotals, by_post)},
    {"debits", offsetof(RunTotals, debits)},
    {"debit_cents", offsetof(RunTotals, debit_cents)},
};
enum { TOTAL_COUNT = sizeof TOTALS / sizeof *TOTALS };

static int64_t *total_at(RunTotals *totals, size_t index)
{
    return (int64_t *)(void *)((char *)totals + TOTALS[index].offset);
}

Node *run_totals_node(const RunTotals *totals, Arena *arena)
{
    Node *node = node_map(arena);
    RunTotals copy = *totals;

    for (size_t i = 0; i < TOTAL_COUNT; i++)
        node_add(arena, node, str_c(TOTALS[i].name), node_int(arena, *total_at(&copy, i)));
    return node;
}

RunTotals run_totals_from(const Node *node)
{
    RunTotals totals = {0};

    for (size_t i = 0; i < TOTAL_COUNT; i++)
        *total_at(&totals, i) = node_get_i64(node, TOTALS[i].name, 0);
    return totals;
}

void run_totals_add(RunTotals *totals, const RunTotals *more)
{
    RunTotals copy = *more;

    for (size_t i = 0; i < TOTAL_COUNT; i++)
        *total_at(totals, i) += *total_at(&copy, i);
}

/* --- Rows ------------------------------------------------------------------------------------ */

#define RUN_COLUMNS                                                                            \
    "id, service, name, version, year, undoes, status, active, today, begun_by, released_by, " \
    "job_id, after_key, position, head, preview, totals, created_at, finished_at, "            \
    "returned_by, returned_why, returned_at"

static bool parse(Arena *arena, Str text, const Node **out, Err *err)
{
    *out = text.ptr ? node_parse_json(arena, text, "run", &NODE_LIMITS_PACKAGE, err) : NULL;
    return *out || !text.ptr;
}

static bool run_from_row(Rows *rows, Arena *arena, RunRow *out, Err *err)
{
    const Node *totals;

    *out = (RunRow){.id = row_int(rows, 0),
                    .service = row_text(rows, 1),
                    .name = row_text(rows, 2),
                    .version = row_text(rows, 3),
                    .year = (int)row_int(rows, 4),
                    .undoes = row_int(rows, 5),
                    .status = row_text(rows, 6),
                    .active = row_int(rows, 7) != 0,
                    .begun_by = row_text(rows, 9),
                    .released_by = row_text(rows, 10),
                    .job_id = row_int(rows, 11),
                    .after_key = row_text(rows, 12),
                    .position = row_int(rows, 13),
                    .created = row_int(rows, 17),
                    .finished = row_int(rows, 18),
                    .returned_by = row_text(rows, 19),
                    .returned_why = row_text(rows, 20),
                    .returned_at = row_int(rows, 21)};
    date_parse_iso(row_text(rows, 8), &out->today);
    if (!parse(arena, row_text(rows, 14), &out->head, err) ||
        !parse(arena, row_text(rows, 15), &out->preview, err) ||
        !parse(arena, row_text(rows, 16), &totals, err))
        return false;
    out->totals = run_totals_from(totals);
    return true;
}

bool run_by_id(Tx *tx, int64_t id, Arena *arena, RunRow *out, Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err, "SELECT " RUN_COLUMNS " FROM run WHERE id = $1", P_INT(id));

    if (!rows_one(rows, "Diesen Lauf gibt es nicht.", err))
        return false;
    bool ok = run_from_row(rows, arena, out, err);

    rows_end(rows);
    return ok;
}

bool run_list(Tx *tx, int limit, Arena *arena, RunRow **out, size_t *count, Err *err)
{
    struct {
        RunRow *items;
        size_t count, capacity;
    } list = {0};
    Rows *rows = tx_query(
        tx, arena, err, "SELECT " RUN_COLUMNS " FROM run ORDER BY id DESC LIMIT $1", P_INT(limit));

    while (rows && rows_next(rows, err)) {
        RunRow row;

        if (!run_from_row(rows, arena, &row, err))
            return false;
        VEC_PUSH(arena, &list, row);
    }
    *out = list.items;
    *count = list.count;
    return rows && err->kind == ERR_NONE;
}

static bool is_active(Str status)
{
    return str_eq(status, RUN_ASSESSING) || str_eq(status, RUN_LETTERS) ||
           str_eq(status, RUN_FILES);
}

bool run_insert(Tx *tx, const RunBegin *begin, int64_t *id, Err *err)
{
    Arena *arena = arena_create(512);
    bool ok =
        tx_insert(tx, err, id,
                  "INSERT INTO run (service, name, version, year, undoes, status, active, "
                  "today, begun_by, after_key, position, head, totals, created_at) VALUES "
                  "($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0, '{}', '{}', $10)",
                  P_TEXT(begin->service), P_TEXT(begin->name), P_TEXT(begin->version),
                  P_INT(begin->year), begin->undoes ? P_INT(begin->undoes) : P_NULL,
                  P_TEXT(begin->status), P_INT(is_active(begin->status)),
                  P_TEXT(date_iso(arena, begin->today)), P_TEXT(begin->actor), P_INT(tx_now(tx)));

    arena_destroy(arena);
    return ok;
}

bool run_active(Tx *tx, Str service, Str name, int year, int64_t *id, Err *err)
{
    *id = 0;
    return tx_query_int(tx, err, id,
                        "SELECT id FROM run WHERE service = $1 AND name = $2 AND year = $3 AND "
                        "active = 1",
                        P_TEXT(service), P_TEXT(name), P_INT(year));
}

Str run_subject(int64_t id, Arena *arena)
{
    return str_printf(arena, "run/%lld", (long long)id);
}

bool run_set_status(Tx *tx, int64_t id, Str status, Err *err)
{
    return tx_exec(tx, err,
                   "UPDATE run SET status = $2, active = $3, finished_at = $4 WHERE id = $1",
                   P_INT(id), P_TEXT(status), P_INT(is_active(status)),
                   str_eq(status, RUN_DONE) ? P_INT(tx_now(tx)) : P_NULL);
}
