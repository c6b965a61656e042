/* SPDX-License-Identifier: EUPL-1.2 */
/* What a run goes through, in the order of keys: groups of register entries, and charges. */
#include "base/vec.h"
#include "cases/register_row.h"
#include "cases/run_store.h"
#include "core/store/rows.h"

#include <stdlib.h>

/* Behind every text that begins alike. */
static Str behind(Str prefix, Arena *arena)
{
    return str_printf(arena, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(prefix));
}

static int by_id(const void *a, const void *b)
{
    const RegisterEntry *x = a, *y = b;

    return x->id < y->id ? -1 : x->id > y->id;
}

typedef struct EntryList {
    RegisterEntry *items;
    size_t count, capacity;
} EntryList;

static void close_group(RunGroup *group, EntryList *entries)
{
    qsort(entries->items, entries->count, sizeof *entries->items, by_id);
    group->entries = entries->items;
    group->count = entries->count;
    *entries = (EntryList){0};
}

/* The entry holds on some day of the year from $6 to $5. */
#define HOLDS "AND e.head = 1 AND e.begins <= $5 AND (e.valid_to IS NULL OR e.valid_to >= $6) "

/* Walks along the index of keys, of both fields at once, and stops at the first row of the group
 * behind the last. */
bool run_groups(Tx *tx, const Run *run, int year, Str after, size_t limit, Arena *arena,
                RunGroup **out, size_t *count, bool *last, Err *err)
{
    EntryList entries = {0};

    static_assert(ENTRY_COLUMN_COUNT == 13, "the key is the column that the order names");
    Rows *rows = tx_query(
        tx, arena, err,
        "SELECT " ENTRY_COLUMNS ", k.value FROM register_key k JOIN register_entry e "
        "ON e.row_id = k.row_id WHERE k.register = $1 AND k.field = $2 AND k.value > $4 " HOLDS
        "UNION ALL SELECT " ENTRY_COLUMNS ", k.value FROM register_key k JOIN register_entry e "
        "ON e.row_id = k.row_id WHERE k.register = $1 AND k.field = $3 AND k.value > $4 " HOLDS
        "AND NOT EXISTS (SELECT 1 FROM register_key x WHERE x.row_id = k.row_id AND x.field = $2) "
        "ORDER BY 14, 1",
        P_TEXT(run->spec->id), P_TEXT(run->group[0]), P_TEXT(run->group[1]), P_TEXT(after),
        P_TEXT(str_printf(arena, "%04d-12-31", year)),
        P_TEXT(str_printf(arena, "%04d-01-01", year)));

    *out = arena_array(arena, RunGroup, limit);
    *count = 0;
    *last = true;
    while (rows && rows_next(rows, err)) {
        Str key = row_text(rows, ENTRY_COLUMN_COUNT);

        if (*count == 0 || !str_eq((*out)[*count - 1].key, key)) {
            if (*count > 0)
                close_group(&(*out)[*count - 1], &entries);
            if (*count == limit) {
                *last = false;
                rows_end(rows);
                return true;
            }
            (*out)[(*count)++].key = key;
        }
        RegisterEntry entry = entry_from_row(rows, arena, err);
        if (!entry.data)
            return false;
        VEC_PUSH(arena, &entries, entry);
    }
    if (*count > 0)
        close_group(&(*out)[*count - 1], &entries);
    return rows && err->kind == ERR_NONE;
}

bool run_charges(Tx *tx, Str series, Str after, Str until, Arena *arena, RunCharge **out,
                 size_t *count, Err *err)
{
    Str low = str_printf(arena, "%.*s%.*s", STR_ARG(series), STR_ARG(after));
    Str high = until.ptr ? str_printf(arena, "%.*s%.*s", STR_ARG(series), STR_ARG(until))
                         : behind(series, arena);
    Rows *rows =
        tx_query(tx, arena, err,
                 "SELECT c.key, c.debtor, c.owed_cents - c.extra_cents + c.waived_cents FROM "
                 "charge c "
                 "WHERE c.key > $1 AND c.key <= $2 AND "
                 "c.owed_cents - c.extra_cents + c.waived_cents > 0 ORDER BY c.key",
                 P_TEXT(low), P_TEXT(high));

    return ROWS_LIST(rows, arena, out, count, err,
                     (RunCharge){str_slice(row_text(rows, 0), series.len, SIZE_MAX),
                                 row_text(rows, 1), row_int(rows, 2)});
}
