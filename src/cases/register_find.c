/* SPDX-License-Identifier: EUPL-1.2 */
/* Single entries: by what they hold, by id, and at a day as known at a moment. */
#include "base/vec.h"
#include "cases/register_row.h"

/* At most so many values of one condition go into one statement. */
enum { MAX_VALUES = 20, PROBES = 4 };

static void add_condition(Query *query, Str register_id, const RegisterCondition *condition,
                          size_t first)
{
    size_t last = first + MAX_VALUES < condition->count ? first + MAX_VALUES : condition->count;

    query_add(query, " AND e.row_id IN (SELECT row_id FROM register_key WHERE register = ");
    query_param(query, P_TEXT(register_id));
    query_add(query, " AND field = ");
    query_param(query, P_TEXT(condition->field));
    query_add(query, " AND value IN (");
    for (size_t i = first; i < last; i++) {
        if (i > first)
            query_add(query, ", ");
        query_param(query, P_TEXT(condition->values[i]));
    }
    query_add(query, "))");
}

static bool fulfils(const RegisterSpec *spec, const RegisterEntry *entry,
                    const RegisterCondition *condition, Arena *arena)
{
    Str text =
        register_text(spec, condition->field, node_get_str(entry->data, condition->field), arena);

    for (size_t i = 0; i < condition->count; i++)
        if (text.ptr && str_eq(text, condition->values[i]))
            return true;
    return false;
}

/* Most lookups ask for what must not be there yet (a chip number): one step in an index says so. */
static bool none_has(Tx *tx, const RegisterSpec *spec, const RegisterCondition *condition,
                     bool *none, Err *err)
{
    int64_t found = 0;

    for (size_t i = 0; i < condition->count && !found && i <= PROBES; i++)
        if (i == PROBES)
            found = 1; /* too many to be asked one by one */
        else if (!tx_query_int(tx, err, &found,
                               "SELECT 1 FROM register_key WHERE register = $1 AND field = $2 AND "
                               "value = $3 LIMIT 1",
                               P_TEXT(spec->id), P_TEXT(condition->field),
                               P_TEXT(condition->values[i])))
            return false;
    *none = !found;
    return true;
}

/* One statement answers two conditions over at most 20 values of the first; more values take
 * more statements, more conditions are compared here. */
bool register_find(Tx *tx, const RegisterSpec *spec, const RegisterCondition *conditions,
                   size_t count, bool all, Date today, Arena *arena, RegisterEntry **out,
                   size_t *found, Err *err)
{
    struct {
        RegisterEntry *items;
        size_t count, capacity;
    } list = {0};

    *out = NULL;
    *found = 0;
    for (size_t i = 0; i < count; i++)
        if (conditions[i].count == 0)
            return true; /* null equals nothing */
    assert(count > 0);
    bool none;

    if (!none_has(tx, spec, &conditions[0], &none, err))
        return false;
    for (size_t first = 0; !none && first < conditions[0].count; first += MAX_VALUES) {
        Query query = {.sql = buf_in(arena)};
        RegisterEntry *part = NULL;
        size_t part_count = 0;

        query_add(&query, "SELECT " ENTRY_COLUMNS " FROM register_entry e WHERE e.head = 1");
        if (!all) {
            query_add(&query, " AND (e.valid_to IS NULL OR e.valid_to > ");
            query_param(&query, P_TEXT(date_iso(arena, today)));
            query_add(&query, ")");
        }
        add_condition(&query, spec->id, &conditions[0], first);
        if (count > 1 && conditions[1].count <= MAX_VALUES)
            add_condition(&query, spec->id, &conditions[1], 0);
        query_add(&query, " ORDER BY e.entry_id");
        Rows *rows = tx_query_text(tx, arena, err, buf_str(&query.sql), query.params, query.count);

        if (!entries_read(rows, arena, &part, &part_count, err))
            return false;
        for (size_t i = 0; i < part_count; i++) {
            bool fits = true;

            for (size_t k = 1; k < count && fits; k++)
                fits = fulfils(spec, &part[i], &conditions[k], arena);
            if (fits)
                VEC_PUSH(arena, &list, part[i]);
        }
    }
    *out = list.items;
    *found = list.count;
    return true;
}

bool register_holder(Tx *tx, const RegisterSpec *spec, const RegisterCondition *conditions,
                     size_t count, Date from, Date until, int64_t except, Arena *arena,
                     RegisterEntry *out, bool *found, Err *err)
{
    RegisterEntry *rows = NULL;
    size_t row_count = 0;
    bool none;

    assert(count > 0 && conditions[0].count == 1);
    *found = false;
    if (!none_has(tx, spec, &conditions[0], &none, err))
        return false;
    if (none)
        return true;
    if (!entries_read(
            tx_query(tx, arena, err,
                     "SELECT " ENTRY_COLUMNS " FROM register_key k JOIN register_entry e ON "
                     "e.row_id = k.row_id WHERE k.register = $1 AND k.field = $2 AND k.value = $3 "
                     "AND e.superseded_at IS NULL AND e.entry_id <> $4 AND (e.valid_to IS NULL OR "
                     "e.valid_to > $5) AND ($6 IS NULL OR e.valid_from < $6) ORDER BY e.row_id",
                     P_TEXT(spec->id), P_TEXT(conditions[0].field), P_TEXT(conditions[0].values[0]),
                     P_INT(except), P_TEXT(date_iso(arena, from)),
                     date_absent(until) ? P_NULL : P_TEXT(date_iso(arena, until))),
            arena, &rows, &row_count, err))
        return false;
    for (size_t i = 0; i < row_count && !*found; i++) {
        *out = rows[i];
        *found = true;
        for (size_t k = 1; k < count && *found; k++)
            *found = fulfils(spec, &rows[i], &conditions[k], arena);
    }
    return true;
}

static bool only_one(Rows *rows, Arena *arena, RegisterEntry *out, const char *none, Err *err)
{
    RegisterEntry *found = NULL;
    size_t count = 0;

    if (!entries_read(rows, arena, &found, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "%s", none);
    *out = found[0];
    return true;
}

bool register_by_id(Tx *tx, Str register_id, int64_t id, Arena *arena, RegisterEntry *out, Err *err)
{
    return only_one(tx_query(tx, arena, err,
                             "SELECT " ENTRY_COLUMNS " FROM register_entry e WHERE e.entry_id = "
                             "$1 AND e.head = 1 AND e.register = $2",
                             P_INT(id), P_TEXT(register_id)),
                    arena, out, "Diesen Registereintrag gibt es nicht.", err);
}

bool register_at(Tx *tx, Str register_id, int64_t id, Date valid_on, Timestamp known_at,
                 Arena *arena, RegisterEntry *out, Err *err)
{
    Str day = date_iso(arena, valid_on);

    return only_one(tx_query(tx, arena, err,
                             "SELECT " ENTRY_COLUMNS " FROM register_entry e WHERE e.entry_id = "
                             "$1 AND e.register = $2 AND e.recorded_at <= $3 AND "
                             "(e.superseded_at IS NULL OR e.superseded_at > $3) AND "
                             "e.valid_from <= $4 AND (e.valid_to IS NULL OR e.valid_to >= $4)",
                             P_INT(id), P_TEXT(register_id), P_INT(known_at), P_TEXT(day)),
                    arena, out, "An diesem Tag galt nach diesem Stand nichts.", err);
}

Timestamp register_known_on(Date day)
{
    return timestamp_of_berlin_day(date_add_days(day, 1)) - 1;
}

bool register_history(Tx *tx, int64_t id, Arena *arena, RegisterEntry **out, size_t *count,
                      Err *err)
{
    return entries_read(tx_query(tx, arena, err,
                                 "SELECT " ENTRY_COLUMNS " FROM register_entry e "
                                 "WHERE e.entry_id = $1 ORDER BY e.row_id",
                                 P_INT(id)),
                        arena, out, count, err);
}
