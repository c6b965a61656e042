/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/register_tally.h"

#include "base/vec.h"
#include "cases/register_row.h"

static const int TAKE[] = {0, 5, 4, 7};

/* "stadtteil+rasse", "halter_ort:5", ":7": what is counted, whatever the package calls it. */
static Str groups_key(const RegisterGroup *groups, size_t count, Arena *arena)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < count; i++) {
        buf_addf(&out, "%s%.*s", i ? "+" : "", STR_ARG(groups[i].field));
        if (TAKE[groups[i].take])
            buf_addf(&out, ":%d", TAKE[groups[i].take]);
    }
    return buf_str(&out);
}

/* --- Writing ---------------------------------------------------------------------------------- */

bool tally_list(Tx *tx, Str register_id, Arena *arena, TallyList *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT groups, field_a, take_a, field_b, take_b FROM "
                          "register_tally_kept WHERE register = $1",
                          P_TEXT(register_id));

    out->count = 0;
    if (!rows)
        return false;
    err_clear(err);
    while (rows_next(rows, err)) {
        assert(out->count < TALLY_KEPT_MAX);
        TallyKept *kept = &out->items[out->count++];

        *kept = (TallyKept){.groups = row_text(rows, 0),
                            .fields = {row_text(rows, 1), row_text(rows, 3)},
                            .takes = {row_int(rows, 2), row_int(rows, 4)},
                            .count = row_null(rows, 3) ? 1 : 2};
    }
    return err->kind == ERR_NONE;
}

static Str first_characters(Str text, int64_t count)
{
    size_t at = 0;

    while (at < text.len && count > 0) {
        at++;
        while (at < text.len && ((unsigned char)text.ptr[at] & 0xC0) == 0x80)
            at++;
        count--;
    }
    return str_slice(text, 0, at);
}

/* Empty: no value. */
static Str value_of(const RegisterSpec *spec, const TallyKept *kept, size_t i, const TallyRow *row,
                    Arena *arena)
{
    if (i >= kept->count)
        return STR("");
    Str text = kept->fields[i].len ? register_text(spec, kept->fields[i],
                                                   node_get_str(row->data, kept->fields[i]), arena)
                                   : date_iso(arena, row->begins);

    return text.ptr ? first_characters(text, kept->takes[i]) : STR("");
}

static bool add(Tx *tx, Str register_id, Str groups, Str day, Str a, Str b, int begun, int ended,
                Err *err)
{
    return tx_exec(tx, err,
                   "INSERT INTO register_tally (register, groups, level, period, value_a, value_b, "
                   "begun, ended) VALUES ($1, $2, 'd', $3, $5, $6, $7, $8), "
                   "($1, $2, 'y', $4, $5, $6, $7, $8) ON CONFLICT (register, groups, level, "
                   "period, value_a, value_b) DO UPDATE SET begun = register_tally.begun + $7, "
                   "ended = register_tally.ended + $8",
                   P_TEXT(register_id), P_TEXT(groups), P_TEXT(day), P_TEXT(str_slice(day, 0, 4)),
                   P_TEXT(a), P_TEXT(b), P_INT(begun), P_INT(ended));
}

bool tally_row(Tx *tx, const RegisterSpec *spec, const TallyList *list, const TallyRow *row,
               int sign, Arena *arena, Err *err)
{
    for (size_t i = 0; i < list->count; i++) {
        const TallyKept *kept = &list->items[i];
        Str a = value_of(spec, kept, 0, row, arena);
        Str b = value_of(spec, kept, 1, row, arena);

        if (!add(tx, spec->id, kept->groups, date_iso(arena, row->from), a, b, sign, 0, err))
            return false;
        if (!date_absent(row->until) &&
            !add(tx, spec->id, kept->groups, date_iso(arena, row->until), a, b, 0, sign, err))
            return false;
    }
    return true;
}

bool tally_touch(Tx *tx, Str register_id, const TallyList *list, Err *err)
{
    return list->count == 0 ||
           tx_exec(tx, err, "UPDATE register_tally_kept SET changed_at = $2 WHERE register = $1",
                   P_TEXT(register_id), P_INT(tx_now(tx)));
}

/* --- Building --------------------------------------------------------------------------------- */

/* One row per row that begins to hold or ends on a day. $3 and $5 are fields ('': the entry's first
 * day; NULL: none), $4 and $6 how many characters of their values count. */
#define DAYS(column, begun, ended)                                                               \
    "SELECT e." column " AS period, "                                                            \
    "COALESCE(SUBSTR(CASE WHEN $3 = '' THEN e.begins ELSE g.value END, 1, $4), '') AS a, "       \
    "COALESCE(SUBSTR(CASE WHEN $5 = '' THEN e.begins ELSE h.value END, 1, $6), '') AS b, " begun \
    " AS begun, " ended " AS ended FROM register_entry e "                                       \
    "LEFT JOIN register_key g ON g.row_id = e.row_id AND g.field = $3 "                          \
    "LEFT JOIN register_key h ON h.row_id = e.row_id AND h.field = $5 "                          \
    "WHERE e.superseded_at IS NULL AND e.register = $1 AND e." column " IS NOT NULL"

enum { WHOLE = 100000 };

static int64_t characters(const RegisterGroup *groups, size_t count, size_t i)
{
    int take = i < count ? TAKE[groups[i].take] : 0;

    return take ? take : WHOLE;
}

static bool build(Tx *tx, Str register_id, Str key, const RegisterGroup *groups, size_t count,
                  Err *err)
{
    return tx_exec(tx, err, "DELETE FROM register_tally WHERE register = $1 AND groups = $2",
                   P_TEXT(register_id), P_TEXT(key)) &&
           tx_exec(tx, err,
                   "INSERT INTO register_tally (register, groups, level, period, value_a, value_b, "
                   "begun, ended) SELECT $1, $2, 'd', period, a, b, SUM(begun), SUM(ended) FROM "
                   "(" DAYS("valid_from", "1", "0") " UNION ALL " DAYS(
                       "valid_to", "0", "1") ") AS days GROUP BY period, a, b",
                   P_TEXT(register_id), P_TEXT(key), P_TEXT(groups[0].field),
                   P_INT(characters(groups, count, 0)),
                   count > 1 ? P_TEXT(groups[1].field) : P_NULL,
                   P_INT(characters(groups, count, 1))) &&
           tx_exec(tx, err,
                   "INSERT INTO register_tally (register, groups, level, period, value_a, value_b, "
                   "begun, ended) SELECT register, groups, 'y', SUBSTR(period, 1, 4), value_a, "
                   "value_b, SUM(begun), SUM(ended) FROM register_tally WHERE register = $1 AND "
                   "groups = $2 AND level = 'd' GROUP BY register, groups, SUBSTR(period, 1, 4), "
                   "value_a, value_b",
                   P_TEXT(register_id), P_TEXT(key));
}

static bool is_kept(Tx *tx, Str register_id, Str key, int64_t *changed_at, Err *err)
{
    *changed_at = -1;
    return tx_query_int(tx, err, changed_at,
                        "SELECT COALESCE(MAX(changed_at), -1) FROM register_tally_kept WHERE "
                        "register = $1 AND groups = $2",
                        P_TEXT(register_id), P_TEXT(key));
}

bool tally_keep(Tx *tx, Str register_id, const RegisterGroup *groups, size_t group_count,
                Arena *arena, Err *err)
{
    Str key = groups_key(groups, group_count, arena);
    int64_t changed, kept;

    if (!is_kept(tx, register_id, key, &changed, err) ||
        !tx_query_int(tx, err, &kept,
                      "SELECT COUNT(*) FROM register_tally_kept WHERE register = $1",
                      P_TEXT(register_id)))
        return false;
    if (changed >= 0 || kept >= TALLY_KEPT_MAX)
        return true;
    return build(tx, register_id, key, groups, group_count, err) &&
           tx_exec(tx, err,
                   "INSERT INTO register_tally_kept (register, groups, field_a, take_a, field_b, "
                   "take_b, changed_at) SELECT $1, $2, $3, $4, $5, $6, "
                   "COALESCE(MAX(CASE WHEN superseded_at > recorded_at THEN superseded_at ELSE "
                   "recorded_at END), 0) FROM register_entry WHERE register = $1",
                   P_TEXT(register_id), P_TEXT(key), P_TEXT(groups[0].field),
                   P_INT(characters(groups, group_count, 0)),
                   group_count > 1 ? P_TEXT(groups[1].field) : P_NULL,
                   P_INT(characters(groups, group_count, 1)));
}

/* --- Reading ---------------------------------------------------------------------------------- */

bool tally_answers(Tx *tx, const RegisterQuery *query, const RegisterGroup *groups,
                   size_t group_count, bool *out, Err *err)
{
    Arena *arena = arena_create(0);
    int64_t changed = -1;
    bool asks = query->at && query->filter_count == 0 && query->term_count == 0;
    bool ok = !asks || is_kept(tx, query->register_id, groups_key(groups, group_count, arena),
                               &changed, err);

    *out = changed >= 0 && changed <= query->known_at;
    arena_destroy(arena);
    return ok;
}

bool tally_cells(Tx *tx, const RegisterQuery *query, const RegisterGroup *groups,
                 size_t group_count, Arena *arena, RegisterCell **out, size_t *count, Err *err)
{
    struct {
        RegisterCell *items;
        size_t count, capacity;
    } list = {0};
    Str day = date_iso(arena, query->valid_on);
    Rows *rows = tx_query(
        tx, arena, err,
        "SELECT SUM(n), value_a, value_b FROM (SELECT value_a, value_b, begun - ended AS n FROM "
        "register_tally WHERE register = $1 AND groups = $2 AND level = 'y' AND period < $4 "
        "UNION ALL SELECT value_a, value_b, CASE WHEN period < $3 THEN begun - ended ELSE begun "
        "END AS n FROM register_tally WHERE register = $1 AND groups = $2 AND level = 'd' AND "
        "period >= $4 AND period <= $3) AS x GROUP BY value_a, value_b HAVING SUM(n) <> 0 "
        "ORDER BY value_a, value_b",
        P_TEXT(query->register_id), P_TEXT(groups_key(groups, group_count, arena)), P_TEXT(day),
        P_TEXT(str_slice(day, 0, 4)));

    if (!rows)
        return false;
    err_clear(err);
    while (rows_next(rows, err)) {
        RegisterCell cell = {.count = row_int(rows, 0)};

        for (size_t i = 0; i < group_count; i++) {
            Str value = row_text(rows, (int)i + 1);

            cell.values[i] = value.len ? value : STR_NONE;
        }
        VEC_PUSH(arena, &list, cell);
    }
    *out = list.items;
    *count = list.count;
    return err->kind == ERR_NONE;
}

/* --- From outside ----------------------------------------------------------------------------- */

typedef struct Keeping {
    Str register_id;
    const RegisterGroup *groups;
    size_t group_count;
    Arena *arena;
} Keeping;

static bool keep(Tx *tx, void *context, Err *err)
{
    const Keeping *keeping = context;

    return tally_keep(tx, keeping->register_id, keeping->groups, keeping->group_count,
                      keeping->arena, err);
}

bool register_counts_keep(Db *db, Str register_id, const RegisterGroup *groups, size_t group_count,
                          Arena *arena, Err *err)
{
    Keeping keeping = {register_id, groups, group_count, arena};
    int64_t changed;
    Tx *tx = db_read(db, err);

    if (!tx)
        return false;
    bool ok = is_kept(tx, register_id, groups_key(groups, group_count, arena), &changed, err);

    tx_end(tx);
    return ok && (changed >= 0 || db_write(db, keep, &keeping, err));
}
