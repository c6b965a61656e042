/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/open_data.h"

#include "base/vec.h"
#include "cases/case.h"

enum { KEPT_MS = 60 * 60 * 1000 };

Node *open_cells_told(const OpenData *data, const RegisterCell *cells, size_t count, Arena *arena,
                      size_t *hidden)
{
    Node *list = node_list(arena);

    *hidden = 0;
    for (size_t i = 0; i < count; i++) {
        Node *row = node_list(arena);

        if (cells[i].count < data->least) {
            (*hidden)++;
            continue;
        }
        for (size_t k = 0; k < data->by_count; k++)
            node_append(arena, row,
                        cells[i].values[k].ptr ? node_string(arena, cells[i].values[k])
                                               : node_null(arena));
        node_append(arena, row, node_int(arena, cells[i].count));
        node_append(arena, list, row);
    }
    return list;
}

typedef struct Counting {
    OpenSet *set;
    Arena *arena;
    Str key;   /* of the row: register, data set and package */
    Str cells; /* JSON */
    bool kept; /* the row is there and fresh */
} Counting;

static bool read_kept(Tx *tx, Counting *counting, Timestamp now, Err *err)
{
    Rows *rows =
        tx_query(tx, counting->arena, err,
                 "SELECT cells, changed_at FROM open_data_count WHERE key = $1 AND day = "
                 "$2 AND counted_at > $3",
                 P_TEXT(counting->key), P_TEXT(date_iso(counting->arena, counting->set->day)),
                 P_INT(now - KEPT_MS));

    if (!rows)
        return false;
    err_clear(err);
    counting->kept = rows_next(rows, err);
    if (counting->kept) {
        counting->cells = row_text(rows, 0);
        counting->set->changed = row_int(rows, 1);
    }
    rows_end(rows);
    return err->kind == ERR_NONE;
}

static bool count_now(Tx *tx, Counting *counting, Timestamp now, Err *err)
{
    const OpenData *data = counting->set->data;
    RegisterQuery query = {
        .register_id = data->spec->id, .at = true, .valid_on = counting->set->day, .known_at = now};
    RegisterGroup groups[2];
    RegisterCell *cells;
    size_t count, hidden;

    for (size_t i = 0; i < data->by_count; i++)
        groups[i] = register_group(data->by[i]);
    if (!register_cells(tx, &query, groups, data->by_count, counting->arena, &cells, &count, err))
        return false;
    counting->cells =
        node_json(open_cells_told(data, cells, count, counting->arena, &hidden), counting->arena);
    return true;
}

static bool keep(Tx *tx, void *context, Err *err)
{
    Counting *counting = context;
    Str day = date_iso(counting->arena, counting->set->day);

    counting->set->changed = tx_now(tx);
    return tx_exec(tx, err,
                   "INSERT INTO open_data_count (key, day, counted_at, changed_at, cells) VALUES "
                   "($1, $2, $3, $3, $4) ON CONFLICT (key) DO UPDATE SET counted_at = $3, "
                   "changed_at = CASE WHEN open_data_count.cells = $4 AND open_data_count.day = "
                   "$2 THEN open_data_count.changed_at ELSE $3 END, day = $2, cells = $4",
                   P_TEXT(counting->key), P_TEXT(day), P_INT(tx_now(tx)),
                   P_TEXT(counting->cells)) &&
           tx_query_int(tx, err, &counting->set->changed,
                        "SELECT changed_at FROM open_data_count WHERE key = $1",
                        P_TEXT(counting->key));
}

static bool load_set(Tenant *tenant, OpenSet *set, Timestamp now, Arena *arena, Err *err)
{
    Counting counting = {.set = set,
                         .arena = arena,
                         .key = str_printf(arena, "%.*s/%.*s", STR_ARG(set->data->spec->id),
                                           STR_ARG(set->data->id))};
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    bool ok =
        read_kept(tx, &counting, now, err) && (counting.kept || count_now(tx, &counting, now, err));

    tx_end(tx);
    if (!ok || (!counting.kept && !db_write(tenant->db, keep, &counting, err)))
        return false;
    set->cells = node_parse_json(arena, counting.cells, NULL, &NODE_LIMITS_PACKAGE, err);
    return set->cells != NULL;
}

bool open_sets(Tenant *tenant, Date today, Timestamp now, Arena *arena, OpenSet **out,
               size_t *count, Err *err)
{
    struct {
        OpenSet *items;
        size_t count, capacity;
    } list = {0};
    const Package *const *packages;
    size_t package_count = tenant_packages(tenant, &packages);
    Date first = {today.year, today.month, 1};

    for (size_t i = 0; i < package_count; i++)
        for (size_t k = 0; k < packages[i]->register_count; k++) {
            const RegisterSpec *spec = &packages[i]->registers[k];

            for (size_t n = 0; n < spec->open_data_count; n++) {
                OpenSet set = {.data = &spec->open_data[n], .package = packages[i], .day = first};

                if (!load_set(tenant, &set, now, arena, err))
                    return false;
                VEC_PUSH(arena, &list, set);
            }
        }
    *out = list.items;
    *count = list.count;
    return true;
}
