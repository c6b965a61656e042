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
                          "SELECT groups, field_a, take_a, field_b, take_b, built_to, changed_at "
                          "FROM register_tally_kept WHERE register = $1 ORDER BY groups",
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
                            .built_to = row_null(rows, 5) ? INT64_MAX : row_int(rows, 5),
                            .changed = row_int(rows, 6),
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

        if (row->row > kept->built_to)
            continue;
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
           tx_exec(tx, err,
                   "UPDATE register_tally_kept SET changed_at = $2 WHERE register = $1 AND "
                   "built_to IS NULL",
                   P_TEXT(register_id), P_INT(tx_now(tx)));
}

/* --- Forgetting ------------------------------------------------------------------------------- */

#define FORGET(level, column, period, begun, ended)                                          \
    "SELECT t.register, t.groups, '" level "' AS level, " period " AS period, " TALLY_VALUES \
    ", " begun " AS begun, " ended " AS ended FROM " TALLY_ROWS                              \
    "WHERE e.entry_id = $1 AND e." column " IS NOT NULL AND " TALLY_COUNTED
#define YEAR(column) "SUBSTR(e." column ", 1, 4)"

const char TALLY_FORGET[] =
    "INSERT INTO register_tally (register, groups, level, period, value_a, value_b, begun, ended) "
    "SELECT register, groups, level, period, a, b, SUM(begun), SUM(ended) FROM (" //
    FORGET("d", "valid_from", "e.valid_from", "-1", "0") " UNION ALL "            //
    FORGET("y", "valid_from", YEAR("valid_from"), "-1", "0") " UNION ALL "        //
    FORGET("d", "valid_to", "e.valid_to", "0", "-1") " UNION ALL "                //
    FORGET("y", "valid_to", YEAR("valid_to"), "0", "-1")                          //
    ") AS days WHERE period IS NOT NULL GROUP BY register, groups, level, period, a, b "
    "ON CONFLICT (register, groups, level, period, value_a, value_b) DO UPDATE SET "
    "begun = register_tally.begun + excluded.begun, ended = register_tally.ended + excluded.ended";

#define DAYS_OF(column) \
    "SELECT " column " FROM register_entry WHERE entry_id = $1 AND superseded_at IS NULL"

const char TALLY_SWEEP[] =
    "DELETE FROM register_tally WHERE begun = 0 AND ended = 0 AND "
    "register = (SELECT MAX(register) FROM register_entry WHERE entry_id = $1) AND "
    "groups IN (SELECT t.groups FROM register_tally_kept t WHERE t.register = (SELECT "
    "MAX(register) FROM register_entry WHERE entry_id = $1)) AND level IN ('d', 'y') AND "
    "period IN (" DAYS_OF("valid_from") " UNION " DAYS_OF("valid_to") " UNION " DAYS_OF(
        "SUBSTR(valid_from, 1, 4)") " UNION " DAYS_OF("SUBSTR(valid_to, 1, 4)") ")";

/* --- Building --------------------------------------------------------------------------------- */

/* One row per row that begins to hold or ends on a day. $3 and $5 are fields ('': the entry's first
 * day; NULL: none), $4 and $6 how many characters of their values count; rows after $7 up to $8.
 * The register is compared as an expression, so that no index of it is walked instead. */
#define DAYS(column, begun, ended)                                                               \
    "SELECT e." column " AS period, "                                                            \
    "COALESCE(SUBSTR(CASE WHEN $3 = '' THEN e.begins ELSE g.value END, 1, $4), '') AS a, "       \
    "COALESCE(SUBSTR(CASE WHEN $5 = '' THEN e.begins ELSE h.value END, 1, $6), '') AS b, " begun \
    " AS begun, " ended " AS ended FROM register_entry e "                                       \
    "LEFT JOIN register_key g ON g.row_id = e.row_id AND g.field = $3 "                          \
    "LEFT JOIN register_key h ON h.row_id = e.row_id AND h.field = $5 "                          \
    "WHERE e.row_id > $7 AND e.row_id <= $8 AND e.superseded_at IS NULL AND "                    \
    "e.register || '' = $1 AND e." column " IS NOT NULL"

#define ADD_DAYS(level, period)                                                               \
    "INSERT INTO register_tally (register, groups, level, period, value_a, value_b, begun, "  \
    "ended) SELECT $1, $2, '" level "', " period ", a, b, SUM(begun), SUM(ended) FROM "       \
    "(" DAYS("valid_from", "1", "0") " UNION ALL " DAYS(                                      \
        "valid_to", "0",                                                                      \
        "1") ") AS days "                                                                     \
             "WHERE period IS NOT NULL GROUP BY " period ", a, b "                            \
             "ON CONFLICT (register, groups, level, period, value_a, value_b) DO UPDATE SET " \
             "begun = register_tally.begun + excluded.begun, "                                \
             "ended = register_tally.ended + excluded.ended"

enum { WHOLE = 100000, SLICE = 4000 };

static int64_t characters(const RegisterGroup *groups, size_t count, size_t i)
{
    int take = i < count ? TAKE[groups[i].take] : 0;

    return take ? take : WHOLE;
}

static bool add_days(Tx *tx, const char *sql, Str register_id, Str key, const RegisterGroup *groups,
                     size_t count, int64_t after, int64_t upto, Err *err)
{
    const Param params[] = {P_TEXT(register_id),
                            P_TEXT(key),
                            P_TEXT(groups[0].field),
                            P_INT(characters(groups, count, 0)),
                            count > 1 ? P_TEXT(groups[1].field) : P_NULL,
                            P_INT(characters(groups, count, 1)),
                            P_INT(after),
                            P_INT(upto)};

    return tx_exec_params(tx, err, sql, params, sizeof params / sizeof *params);
}

static bool begin(Tx *tx, Str register_id, Str key, const RegisterGroup *groups, size_t count,
                  Err *err)
{
    return tx_exec(tx, err, "DELETE FROM register_tally WHERE register = $1 AND groups = $2",
                   P_TEXT(register_id), P_TEXT(key)) &&
           tx_exec(tx, err,
                   "INSERT INTO register_tally_kept (register, groups, field_a, take_a, field_b, "
                   "take_b, changed_at, built_to) VALUES ($1, $2, $3, $4, $5, $6, 0, 0)",
                   P_TEXT(register_id), P_TEXT(key), P_TEXT(groups[0].field),
                   P_INT(characters(groups, count, 0)),
                   count > 1 ? P_TEXT(groups[1].field) : P_NULL,
                   P_INT(characters(groups, count, 1)));
}

static const TallyKept *find_kept(const TallyList *list, Str key)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].groups, key))
            return &list->items[i];
    return NULL;
}

bool tally_build(Tx *tx, Str register_id, const RegisterGroup *groups, size_t group_count,
                 int64_t slice, Arena *arena, bool *whole, Err *err)
{
    Str key = groups_key(groups, group_count, arena);
    TallyList *list = arena_new(arena, TallyList);
    int64_t last = 0;

    *whole = false;
    if (!tally_list(tx, register_id, arena, list, err) ||
        !tx_query_int(tx, err, &last, "SELECT COALESCE(MAX(row_id), 0) FROM register_entry"))
        return false;
    const TallyKept *kept = find_kept(list, key);
    int64_t after = kept ? kept->built_to : 0;

    *whole = kept ? after == INT64_MAX : list->count >= TALLY_KEPT_MAX;
    if (*whole)
        return true;
    *whole = last - after <= slice;
    int64_t upto = *whole ? last : after + slice;

    return (kept || begin(tx, register_id, key, groups, group_count, err)) &&
           add_days(tx, ADD_DAYS("d", "period"), register_id, key, groups, group_count, after, upto,
                    err) &&
           add_days(tx, ADD_DAYS("y", "SUBSTR(period, 1, 4)"), register_id, key, groups,
                    group_count, after, upto, err) &&
           tx_exec(tx, err,
                   "UPDATE register_tally_kept SET built_to = $3, changed_at = $4 WHERE "
                   "register = $1 AND groups = $2",
                   P_TEXT(register_id), P_TEXT(key), *whole ? P_NULL : P_INT(upto),
                   P_INT(tx_now(tx)));
}

typedef struct Keeping {
    Str register_id;
    const RegisterGroup *groups;
    size_t group_count;
    bool whole;
} Keeping;

static bool keep_some(Tx *tx, void *context, Err *err)
{
    Keeping *keeping = context;
    Arena *arena = arena_create(0);
    bool ok = tally_build(tx, keeping->register_id, keeping->groups, keeping->group_count, SLICE,
                          arena, &keeping->whole, err);

    arena_destroy(arena);
    return ok;
}

bool register_counts_keep(Db *db, Str register_id, const RegisterGroup *groups, size_t group_count,
                          Err *err)
{
    Keeping keeping = {register_id, groups, group_count, false};

    while (!keeping.whole)
        if (!db_write(db, keep_some, &keeping, err))
            return false;
    return true;
}

/* --- Reading ---------------------------------------------------------------------------------- */

/* Which of the kept values is the group's? kept->count: none. */
static size_t value_of_group(const TallyKept *kept, const RegisterGroup *group)
{
    int64_t take = TAKE[group->take] ? TAKE[group->take] : WHOLE;
    size_t i = 0;

    while (i < kept->count && !(str_eq(kept->fields[i], group->field) && kept->takes[i] == take))
        i++;
    return i;
}

static bool answers(const TallyKept *kept, const RegisterQuery *query, const RegisterGroup *groups,
                    size_t group_count, TallyAnswer *out)
{
    if (kept->built_to != INT64_MAX || kept->changed > query->known_at)
        return false;
    for (size_t i = 0; i < group_count; i++) {
        out->group[i] = value_of_group(kept, &groups[i]);
        if (out->group[i] == kept->count || (i == 1 && out->group[0] == out->group[1]))
            return false;
    }
    for (size_t i = 0; i < query->filter_count; i++) {
        RegisterGroup whole = {.field = query->filters[i].field, .take = REGISTER_TAKE_VALUE};

        out->filter[i] = value_of_group(kept, &whole);
        if (out->filter[i] == kept->count)
            return false;
    }
    out->groups = kept->groups;
    return true;
}

bool tally_answers(Tx *tx, const RegisterQuery *query, const RegisterGroup *groups,
                   size_t group_count, Arena *arena, TallyAnswer *out, Err *err)
{
    TallyList *list = arena_new(arena, TallyList);

    *out = (TallyAnswer){0};
    if (!query->at || query->term_count > 0)
        return true;
    if (!tally_list(tx, query->register_id, arena, list, err))
        return false;
    /* One group alone is shorter than two. */
    for (size_t size = 1; size <= 2 && !out->found; size++)
        for (size_t i = 0; i < list->count && !out->found; i++)
            out->found = list->items[i].count == size &&
                         answers(&list->items[i], query, groups, group_count, out);
    return true;
}

static const char *const VALUES[] = {"value_a", "value_b"};

/* A value that is missing fulfils no filter. */
static void add_filters(Query *sql, const RegisterQuery *query, const TallyAnswer *answer)
{
    for (size_t i = 0; i < query->filter_count; i++) {
        const char *value = VALUES[answer->filter[i]];

        buf_addf(&sql->sql, " AND %s <> ''", value);
        if (query->filters[i].from.ptr) {
            buf_addf(&sql->sql, " AND %s >= ", value);
            query_param(sql, P_TEXT(query->filters[i].from));
        }
        if (query->filters[i].to.ptr) {
            buf_addf(&sql->sql, " AND %s <= ", value);
            query_param(sql, P_TEXT(query->filters[i].to));
        }
    }
}

/* "SELECT … AS n FROM register_tally WHERE …" of one level. */
static void add_level(Query *sql, const RegisterQuery *query, const TallyAnswer *answer,
                      size_t group_count, const char *number, const char *level)
{
    query_add(sql, "SELECT ");
    for (size_t i = 0; i < group_count; i++)
        buf_addf(&sql->sql, "%s AS g%zu, ", VALUES[answer->group[i]], i);
    buf_addf(&sql->sql, "%s AS n FROM register_tally WHERE register = ", number);
    query_param(sql, P_TEXT(query->register_id));
    query_add(sql, " AND groups = ");
    query_param(sql, P_TEXT(answer->groups));
    buf_addf(&sql->sql, " AND level = '%s'", level);
    add_filters(sql, query, answer);
}

static void cells_sql(Query *sql, const RegisterQuery *query, const TallyAnswer *answer,
                      size_t group_count)
{
    Str day = date_iso(sql->sql.arena, query->valid_on);
    const char *groups = group_count == 1 ? "g0" : "g0, g1";

    buf_addf(&sql->sql, "SELECT SUM(n), %s FROM (", groups);
    add_level(sql, query, answer, group_count, "begun - ended", "y");
    query_add(sql, " AND period < ");
    query_param(sql, P_TEXT(str_slice(day, 0, 4)));
    query_add(sql, " UNION ALL ");
    add_level(sql, query, answer, group_count, "begun - ended", "d");
    query_add(sql, " AND period >= ");
    query_param(sql, P_TEXT(str_slice(day, 0, 4)));
    query_add(sql, " AND period < ");
    query_param(sql, P_TEXT(day));
    /* An entry holds on its last day. */
    query_add(sql, " UNION ALL ");
    add_level(sql, query, answer, group_count, "begun", "d");
    query_add(sql, " AND period = ");
    query_param(sql, P_TEXT(day));
    buf_addf(&sql->sql, ") AS x GROUP BY %s HAVING SUM(n) <> 0 ORDER BY %s", groups, groups);
}

bool tally_cells(Tx *tx, const RegisterQuery *query, const TallyAnswer *answer, size_t group_count,
                 Arena *arena, RegisterCell **out, size_t *count, Err *err)
{
    struct {
        RegisterCell *items;
        size_t count, capacity;
    } list = {0};
    Query sql = {.sql = buf_in(arena)};

    cells_sql(&sql, query, answer, group_count);
    Rows *rows = tx_query_text(tx, arena, err, buf_str(&sql.sql), sql.params, sql.count);

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
