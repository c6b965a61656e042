/* SPDX-License-Identifier: EUPL-1.2 */
/* Lists of a register. Two ways lead to a page of rows: when few entries fulfil all conditions,
 * they are found by the rarest condition, looked at and sorted; otherwise the index of the order
 * asked for is walked and each row probed for the conditions, and as matches are many, the walk is
 * short.
 */
#include "base/vec.h"
#include "cases/register_row.h"
#include "cases/register_tally.h"
#include "core/store/rows.h"

/* Up to so many matches are sorted. */
enum { FEW = 5000, COUNTED = 50000 };
#define NO_DRIVER SIZE_MAX

/* Conditions are numbered: first the filters, then the search terms. */
static size_t condition_count(const RegisterQuery *query)
{
    return query->filter_count + query->term_count;
}

/* " AND value >= $n AND value <= $m" and so on, over the columns of `alias`. */
static void add_range(Query *out, const RegisterQuery *query, size_t number, const char *alias,
                      Arena *arena)
{
    if (number >= query->filter_count) {
        Str term = query->terms[number - query->filter_count];

        buf_addf(&out->sql, " AND %s.term >= ", alias);
        query_param(out, P_TEXT(term));
        buf_addf(&out->sql, " AND %s.term < ", alias);
        query_param(out, P_TEXT(str_printf(arena, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(term))));
        return;
    }
    const RegisterFilter *filter = &query->filters[number];

    buf_addf(&out->sql, " AND %s.field = ", alias);
    query_param(out, P_TEXT(filter->field));
    if (filter->from.ptr && filter->to.ptr && str_eq(filter->from, filter->to)) {
        buf_addf(&out->sql, " AND %s.value = ", alias);
        query_param(out, P_TEXT(filter->from));
        return;
    }
    if (filter->from.ptr) {
        buf_addf(&out->sql, " AND %s.value >= ", alias);
        query_param(out, P_TEXT(filter->from));
    }
    if (filter->to.ptr) {
        buf_addf(&out->sql, " AND %s.value <= ", alias);
        query_param(out, P_TEXT(filter->to));
    }
}

static const char *table_of(const RegisterQuery *query, size_t number)
{
    return number < query->filter_count ? "register_key" : "register_term";
}

static bool one_number(Tx *tx, const Query *sql, Arena *arena, int64_t *out, Err *err)
{
    Buf text = sql->sql;
    Rows *rows = tx_query_text(tx, arena, err, buf_str(&text), sql->params, sql->count);

    if (!rows)
        return false;
    err_clear(err);
    *out = rows_next(rows, err) ? row_int(rows, 0) : 0;
    rows_end(rows);
    return err->kind == ERR_NONE;
}

/* How many rows (of all times) match a condition; at most COUNTED. */
static bool matches(Tx *tx, const RegisterQuery *query, size_t number, Arena *arena, int64_t *out,
                    Err *err)
{
    Query sql = {.sql = buf_in(arena)};

    buf_addf(&sql.sql, "SELECT COUNT(*) FROM (SELECT 1 FROM %s k WHERE k.register = ",
             table_of(query, number));
    query_param(&sql, P_TEXT(query->register_id));
    add_range(&sql, query, number, "k", arena);
    query_add(&sql, " LIMIT ");
    query_param(&sql, P_INT(COUNTED));
    query_add(&sql, ") AS counted");
    return one_number(tx, &sql, arena, out, err);
}

static void add_known(Query *sql, const char *alias, Timestamp at)
{
    buf_addf(&sql->sql, " AND %s.recorded_at <= ", alias);
    query_param(sql, P_INT(at));
    buf_addf(&sql->sql, " AND (%s.superseded_at IS NULL OR %s.superseded_at > ", alias, alias);
    query_param(sql, P_INT(at));
    query_add(sql, ")");
}

static void add_life(Query *sql, const RegisterQuery *query, Arena *arena)
{
    if (!query->at && !query->heads_at) {
        query_add(sql, " AND e.head = 1");
        return;
    }
    if (!query->at) {
        add_known(sql, "e", query->heads_at);
        query_add(sql, " AND (e.head = 1 OR NOT EXISTS (SELECT 1 FROM register_entry l WHERE "
                       "l.entry_id = e.entry_id AND l.valid_from > e.valid_from");
        add_known(sql, "l", query->heads_at);
        query_add(sql, "))");
        return;
    }
    Str day = date_iso(arena, query->valid_on);

    add_known(sql, "e", query->known_at);
    query_add(sql, " AND e.valid_from <= ");
    query_param(sql, P_TEXT(day));
    query_add(sql, " AND (e.valid_to IS NULL OR e.valid_to >= ");
    query_param(sql, P_TEXT(day));
    query_add(sql, ")");
}

/* Each condition but one is looked up for a row: " AND EXISTS (…)" over `row`. */
static void add_probes(Query *sql, const RegisterQuery *query, size_t without, const char *row,
                       Arena *arena)
{
    for (size_t i = 0; i < condition_count(query); i++) {
        if (i == without)
            continue;
        buf_addf(&sql->sql, " AND EXISTS (SELECT 1 FROM %s p WHERE p.row_id = %s",
                 table_of(query, i), row);
        add_range(sql, query, i, "p", arena);
        query_add(sql, ")");
    }
}

/* "TABLE k WHERE …": rows of the driver that fulfil the other conditions; only indexes are read. */
static void add_driven(Query *sql, const RegisterQuery *query, size_t driver, const char *join,
                       Arena *arena)
{
    buf_addf(&sql->sql, "%s k%s k.register = ", table_of(query, driver), join);
    query_param(sql, P_TEXT(query->register_id));
    add_range(sql, query, driver, "k", arena);
    add_probes(sql, query, driver, "k.row_id", arena);
}

static void add_conditions(Query *sql, const RegisterQuery *query, size_t driver, Arena *arena)
{
    if (driver == NO_DRIVER) {
        add_probes(sql, query, NO_DRIVER, "e.row_id", arena);
        return;
    }
    query_add(sql, " AND e.row_id IN (SELECT k.row_id FROM ");
    add_driven(sql, query, driver, " WHERE", arena);
    query_add(sql, ")");
}

/* The condition with the fewest matches, and how many. */
static bool rarest(Tx *tx, const RegisterQuery *query, Arena *arena, size_t *number, int64_t *found,
                   Err *err)
{
    *number = NO_DRIVER;
    *found = INT64_MAX;
    for (size_t i = 0; i < condition_count(query); i++) {
        int64_t count;

        if (!matches(tx, query, i, arena, &count, err))
            return false;
        if (count < *found) {
            *found = count;
            *number = i;
        }
    }
    return true;
}

/* Of the entries; with a driver its rows are looked at and nothing else. */
static void add_where(Query *sql, const RegisterQuery *query, size_t driver, Arena *arena)
{
    if (driver == NO_DRIVER) {
        query_add(sql, "e.register = ");
        query_param(sql, P_TEXT(query->register_id));
    } else {
        query_add(sql,
                  "1 = 1"); /* the driver's rows are of the register: no index of titles then */
    }
    add_life(sql, query, arena);
    add_conditions(sql, query, driver, arena);
}

static void add_entries(Query *sql, const RegisterQuery *query, size_t driver, Arena *arena)
{
    query_add(sql, " FROM register_entry e WHERE ");
    add_where(sql, query, driver, arena);
}

/* The condition by which rows are found, or NO_DRIVER when the order's index is to be walked. */
static bool choose_driver(Tx *tx, const RegisterQuery *query, Arena *arena, size_t *driver,
                          Err *err)
{
    Query sql = {.sql = buf_in(arena)};
    int64_t found;

    if (!rarest(tx, query, arena, driver, &found, err))
        return false;
    if (found > FEW && condition_count(query) > 1) {
        query_add(&sql, "SELECT COUNT(*) FROM (SELECT 1 FROM ");
        add_driven(&sql, query, *driver, " WHERE", arena);
        query_add(&sql, " LIMIT ");
        query_param(&sql, P_INT(FEW + 1));
        query_add(&sql, ") AS counted");
        if (!one_number(tx, &sql, arena, &found, err))
            return false;
    }
    if (found > FEW)
        *driver = NO_DRIVER;
    return true;
}

/* --- A page of rows ----------------------------------------------------------------------------
 */

static void add_after(Query *sql, const RegisterQuery *query)
{
    if (query->after_row == 0)
        return;
    switch (query->sort) {
    case REGISTER_BY_AGE: query_add(sql, " AND e.row_id > "); break;
    case REGISTER_NEWEST: query_add(sql, " AND e.row_id < "); break;
    case REGISTER_BY_TITLE: query_add(sql, " AND (e.title, e.row_id) > ("); break;
    case REGISTER_BY_FIELD: query_add(sql, " AND (s.value, s.row_id) > ("); break;
    }
    if (query->sort == REGISTER_BY_TITLE || query->sort == REGISTER_BY_FIELD) {
        query_param(sql, P_TEXT(query->after_text));
        query_add(sql, ", ");
    }
    query_param(sql, P_INT(query->after_row));
    if (query->sort == REGISTER_BY_TITLE || query->sort == REGISTER_BY_FIELD)
        query_add(sql, ")");
}

static const char *order_of(RegisterSort sort)
{
    switch (sort) {
    case REGISTER_BY_AGE: return " ORDER BY e.row_id";
    case REGISTER_NEWEST: return " ORDER BY e.row_id DESC";
    case REGISTER_BY_FIELD: return " ORDER BY s.value, s.row_id";
    case REGISTER_BY_TITLE: break;
    }
    return " ORDER BY e.title, e.row_id";
}

static void page_sql(Query *sql, const RegisterQuery *query, size_t driver, Arena *arena)
{
    if (query->sort != REGISTER_BY_FIELD) {
        query_add(sql, "SELECT " ENTRY_COLUMNS ", e.title");
        add_entries(sql, query, driver, arena);
    } else {
        /* CROSS JOIN: SQLite keeps this order of the tables. */
        query_add(sql, "SELECT " ENTRY_COLUMNS ", s.value FROM register_key s CROSS JOIN "
                       "register_entry e WHERE e.row_id = s.row_id AND s.register = ");
        query_param(sql, P_TEXT(query->register_id));
        query_add(sql, " AND s.field = ");
        query_param(sql, P_TEXT(query->sort_field));
        for (size_t i = 0; i < query->filter_count; i++)
            if (str_eq(query->filters[i].field, query->sort_field))
                add_range(sql, query, i, "s", arena);
        add_life(sql, query, arena);
        add_conditions(sql, query, driver, arena);
    }
    add_after(sql, query);
    query_add(sql, order_of(query->sort));
    query_add(sql, " LIMIT ");
    query_param(sql, P_INT(query->limit));
}

bool register_select(Tx *tx, const RegisterQuery *query, Arena *arena, RegisterEntry **out,
                     Str **sort_texts, size_t *count, Err *err)
{
    struct {
        RegisterEntry *items;
        size_t count, capacity;
    } list = {0};
    Query sql = {.sql = buf_in(arena)};
    size_t driver;

    if (!choose_driver(tx, query, arena, &driver, err))
        return false;
    page_sql(&sql, query, driver, arena);
    Rows *rows = tx_query_text(tx, arena, err, buf_str(&sql.sql), sql.params, sql.count);

    if (!rows)
        return false;
    err_clear(err);
    if (sort_texts)
        *sort_texts = arena_array(arena, Str, (size_t)query->limit);
    while (rows_next(rows, err)) {
        RegisterEntry entry = entry_from_row(rows, arena, err);

        if (!entry.data)
            return false;
        if (sort_texts)
            (*sort_texts)[list.count] = row_text(rows, ENTRY_COLUMN_COUNT);
        VEC_PUSH(arena, &list, entry);
    }
    *out = list.items;
    *count = list.count;
    return err->kind == ERR_NONE;
}

/* Without conditions along the list's index, else along the rarest one's. A term may find a row
 * twice. */
static void count_sql(Query *sql, const RegisterQuery *query, size_t driver, int64_t limit,
                      Arena *arena)
{
    query_add(sql, "SELECT COUNT(*) FROM (SELECT ");
    if (driver == NO_DRIVER) {
        query_add(sql, "1");
        add_entries(sql, query, driver, arena);
    } else {
        query_add(sql, "DISTINCT k.row_id FROM ");
        add_driven(sql, query, driver, " CROSS JOIN register_entry e WHERE e.row_id = k.row_id AND",
                   arena);
        add_life(sql, query, arena);
    }
    query_add(sql, " LIMIT ");
    query_param(sql, P_INT(limit));
    query_add(sql, ") AS counted");
}

bool register_count(Tx *tx, const RegisterQuery *query, int64_t limit, int64_t *out, Err *err)
{
    Arena *arena = arena_create(0);
    Query sql = {.sql = buf_in(arena)};
    size_t driver;
    int64_t found;
    bool ok = rarest(tx, query, arena, &driver, &found, err);

    if (ok) {
        count_sql(&sql, query, driver, limit, arena);
        ok = one_number(tx, &sql, arena, out, err);
    }
    arena_destroy(arena);
    return ok;
}

/* --- Counting by groups ---------------------------------------------------------------------- */

static void add_group(Query *sql, const RegisterGroup *group, size_t number)
{
    static const int TAKE[] = {0, 5, 4, 7};
    const char *column =
        group->field.len ? arena_printf(sql->sql.arena, "g%zu.value", number) : "e.begins";

    if (TAKE[group->take])
        buf_addf(&sql->sql, "SUBSTR(%s, 1, %d)", column, TAKE[group->take]);
    else
        query_add(sql, column);
}

static RegisterCell cell_from_row(Rows *rows, size_t group_count)
{
    RegisterCell cell = {.count = row_int(rows, 0)};

    for (size_t i = 0; i < group_count; i++)
        cell.values[i] = row_text(rows, (int)i + 1);
    return cell;
}

bool register_cells(Tx *tx, const RegisterQuery *query, const RegisterGroup *groups,
                    size_t group_count, Arena *arena, RegisterCell **out, size_t *count, Err *err)
{
    Query sql = {.sql = buf_in(arena)};
    size_t driver;

    TallyAnswer kept;
    int64_t found;

    assert(query->at && group_count >= 1 && group_count <= 2);
    if (!tally_answers(tx, query, groups, group_count, arena, &kept, err))
        return false;
    if (kept.found)
        return tally_cells(tx, query, &kept, group_count, arena, out, count, err);
    /* Nothing is put in order here: what the rarest condition finds is all that is looked at. */
    if (!rarest(tx, query, arena, &driver, &found, err))
        return false;
    query_add(&sql, "SELECT COUNT(*)");
    for (size_t i = 0; i < group_count; i++) {
        query_add(&sql, ", ");
        add_group(&sql, &groups[i], i);
    }
    query_add(&sql, " FROM register_entry e");
    for (size_t i = 0; i < group_count; i++)
        if (groups[i].field.len) {
            buf_addf(&sql.sql,
                     " LEFT JOIN register_key g%zu ON g%zu.row_id = e.row_id AND "
                     "g%zu.field = ",
                     i, i, i);
            query_param(&sql, P_TEXT(groups[i].field));
        }
    query_add(&sql, " WHERE ");
    add_where(&sql, query, driver, arena);
    query_add(&sql, group_count == 1 ? " GROUP BY 2 ORDER BY 2" : " GROUP BY 2, 3 ORDER BY 2, 3");
    Rows *rows = tx_query_text(tx, arena, err, buf_str(&sql.sql), sql.params, sql.count);

    return ROWS_LIST(rows, arena, out, count, err, cell_from_row(rows, group_count));
}
