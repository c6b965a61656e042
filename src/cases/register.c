/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/register.h"

#include "base/vec.h"
#include "cases/case_store.h"

#include <assert.h>

enum { MAX_KEY_LENGTH = 400 };

/* --- Rows ------------------------------------------------------------------------------ */

#define ENTRY_COLUMNS                                                               \
    "e.row_id, e.entry_id, e.title, e.begins, e.valid_from, e.valid_to, e.reason, " \
    "e.recorded_at, e.superseded_at, e.case_id, e.actor, e.data"

static Date row_date(Rows *rows, int column)
{
    Date date = {0};

    if (!row_null(rows, column))
        date_parse_iso(row_text(rows, column), &date);
    return date;
}

static bool entry_from_row(Rows *rows, Arena *arena, RegisterEntry *out, Err *err)
{
    *out = (RegisterEntry){.row = row_int(rows, 0),
                           .id = row_int(rows, 1),
                           .title = row_text(rows, 2),
                           .begins = row_date(rows, 3),
                           .from = row_date(rows, 4),
                           .until = row_date(rows, 5),
                           .reason = row_text(rows, 6),
                           .recorded = row_int(rows, 7),
                           .superseded = row_int(rows, 8),
                           .case_id = row_int(rows, 9),
                           .actor = row_text(rows, 10)};
    out->data = node_parse_json(arena, row_text(rows, 11), NULL, &NODE_LIMITS_PACKAGE, err);
    return out->data != NULL;
}

typedef struct EntryList {
    RegisterEntry *items;
    size_t count, capacity;
} EntryList;

static bool read_entries(Rows *rows, Arena *arena, RegisterEntry **out, size_t *count, Err *err)
{
    EntryList list = {0};

    if (!rows)
        return false;
    err_clear(err);
    while (rows_next(rows, err)) {
        RegisterEntry entry;

        if (!entry_from_row(rows, arena, &entry, err))
            return false;
        VEC_PUSH(arena, &list, entry);
    }
    *out = list.items;
    *count = list.count;
    return err->kind == ERR_NONE;
}

static Param date_param(Date date, Arena *arena)
{
    return date_absent(date) ? P_NULL : P_TEXT(date_iso(arena, date));
}

/* --- Keys and search terms of a head ------------------------------------------------------ */

static const FeelType *field_type_of(const RegisterSpec *spec, Str field)
{
    for (size_t i = 0; spec->type && i < spec->type->field_count; i++)
        if (str_eq(spec->type->fields[i].name, field))
            return spec->type->fields[i].type;
    return NULL;
}

/* A field's value as the text that lookups compare; STR_NONE for what they cannot find. */
static Str key_text(const RegisterSpec *spec, Str field, const Node *value, Arena *arena)
{
    if (node_is_null(value) || value->kind == NODE_LIST || value->kind == NODE_MAP)
        return STR_NONE;
    Str text = feel_to_text(arena, feel_from_node(arena, value, field_type_of(spec, field)));

    return text.len == 0 || text.len > MAX_KEY_LENGTH ? STR_NONE : text;
}

static bool write_keys(Tx *tx, const RegisterSpec *spec, int64_t row, const Node *data,
                       Arena *arena, Err *err)
{
    for (size_t i = 0; i < spec->field_count; i++) {
        const FormField *field = spec->fields[i];
        Str text = key_text(spec, field->id, node_get_str(data, field->id), arena);
        Str *terms = NULL;

        if (!text.ptr)
            continue;
        if (!tx_exec(tx, err,
                     "INSERT INTO register_key (register, field, value, row_id) "
                     "VALUES ($1, $2, $3, $4)",
                     P_TEXT(spec->id), P_TEXT(field->id), P_TEXT(text), P_INT(row)))
            return false;
        if (field->sensitive || (field->type != FIELD_TEXT && field->type != FIELD_EMAIL))
            continue;
        size_t count = search_terms(text, arena, &terms);

        for (size_t k = 0; k < count; k++)
            if (!tx_exec(tx, err,
                         "INSERT INTO register_term (register, term, row_id) VALUES ($1, $2, $3) "
                         "ON CONFLICT DO NOTHING",
                         P_TEXT(spec->id), P_TEXT(terms[k]), P_INT(row)))
                return false;
    }
    return true;
}

static bool drop_keys(Tx *tx, int64_t row, Err *err)
{
    return tx_exec(tx, err, "DELETE FROM register_key WHERE row_id = $1", P_INT(row)) &&
           tx_exec(tx, err, "DELETE FROM register_term WHERE row_id = $1", P_INT(row));
}

/* --- What an entry must fulfil --------------------------------------------------------------- */

static Str field_label(const FormField *field)
{
    Str label = field->label ? node_text(field->label) : STR_NONE;

    if (!label.ptr)
        label = node_get_text(field->label, "de");
    return label.ptr ? label : field->id;
}

static bool check_required(const RegisterSpec *spec, const Node *data, Err *err)
{
    for (size_t i = 0; i < spec->field_count; i++)
        if (spec->fields[i]->required_always &&
            node_is_null(node_get_str(data, spec->fields[i]->id)))
            return err_set(err, ERR_CONFLICT, "Für das Register fehlt die Angabe „%.*s“.",
                           STR_ARG(field_label(spec->fields[i])));
    return true;
}

/* Is another living entry there with the same values in all key fields? An entry that ended on
 * or before `from` gives its key free. */
static bool check_unique(Tx *tx, const RegisterSpec *spec, const Node *data, Date from,
                         int64_t except, Arena *arena, Err *err)
{
    RegisterCondition *conditions = arena_array(arena, RegisterCondition, spec->key_count);
    RegisterEntry *found = NULL;
    size_t count = 0;

    for (size_t i = 0; i < spec->key_count; i++) {
        Str text = key_text(spec, spec->key[i], node_get_str(data, spec->key[i]), arena);

        if (!text.ptr)
            return true; /* null never collides */
        conditions[i] = (RegisterCondition){spec->key[i], arena_copy(arena, &text, sizeof text), 1};
    }
    if (spec->key_count == 0)
        return true;
    if (!register_find(tx, spec, conditions, spec->key_count, false, from, arena, &found, &count,
                       err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (found[i].id != except)
            return err_set(err, ERR_CONFLICT,
                           "Im Register steht schon ein Eintrag mit „%.*s“: %.*s.",
                           STR_ARG(conditions[0].values[0]), STR_ARG(found[i].title));
    return true;
}

static Str entry_title(const RegisterChange *change, const Node *data, Arena *arena)
{
    const RegisterSpec *spec = change->spec;
    Err err = {0};
    FeelEnv env = {.today = change->today, .now = timestamp_of_berlin_day(change->today)};
    const FeelValue *context = feel_from_node(arena, data, spec->type);

    if (!spec->title)
        return STR("");
    if (change->package->town)
        context = feel_context_put(arena, context, STR("town"), change->package->town);
    if (change->package->constants) {
        const FeelValue *code = feel_context_get(change->package->constants, STR("code"));

        if (code)
            context = feel_context_put(arena, context, STR("code"), code);
    }
    const FeelValue *title = feel_eval(spec->title, context, &env, arena, &err);

    return title && !feel_is_null(title) ? feel_to_text(arena, title) : STR("");
}

/* --- Writing ------------------------------------------------------------------------------------
 */

typedef struct Stretch {
    int64_t entry_id; /* 0: a new entry */
    Date begins, from, until;
    Str reason;
    bool head;
    const Node *data;
} Stretch;

static bool write_stretch(Tx *tx, const RegisterChange *change, const Stretch *stretch,
                          Arena *arena, int64_t *row, Err *err)
{
    const RegisterSpec *spec = change->spec;

    if (!tx_insert(tx, err, row,
                   "INSERT INTO register_entry (register, entry_id, begins, valid_from, "
                   "valid_to, reason, title, recorded_at, head, data, case_id, actor) VALUES "
                   "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                   P_TEXT(spec->id), P_INT(stretch->entry_id),
                   P_TEXT(date_iso(arena, stretch->begins)), P_TEXT(date_iso(arena, stretch->from)),
                   date_param(stretch->until, arena), P_TEXT(stretch->reason),
                   P_TEXT(entry_title(change, stretch->data, arena)), P_INT(tx_now(tx)),
                   P_INT(stretch->head), P_TEXT(node_json(stretch->data, arena)),
                   change->case_id ? P_INT(change->case_id) : P_NULL, P_TEXT(change->actor)))
        return false;
    return !stretch->head || write_keys(tx, spec, *row, stretch->data, arena, err);
}

static bool supersede(Tx *tx, int64_t row, Err *err)
{
    return tx_exec(tx, err,
                   "UPDATE register_entry SET superseded_at = $2, head = 0 WHERE row_id = $1",
                   P_INT(row), P_INT(tx_now(tx))) &&
           drop_keys(tx, row, err);
}

bool register_add(Tx *tx, const RegisterChange *change, const Node *data, Date from, Arena *arena,
                  int64_t *id, Err *err)
{
    Stretch stretch = {.begins = from, .from = from, .head = true, .data = data};

    if (!check_required(change->spec, data, err) ||
        !check_unique(tx, change->spec, data, from, 0, arena, err) ||
        !write_stretch(tx, change, &stretch, arena, id, err))
        return false;
    return tx_exec(tx, err, "UPDATE register_entry SET entry_id = row_id WHERE row_id = $1",
                   P_INT(*id));
}

bool register_end(Tx *tx, const RegisterChange *change, int64_t id, Date until, Str reason,
                  Arena *arena, Err *err)
{
    RegisterEntry head;
    int64_t row;

    if (!register_by_id(tx, change->spec->id, id, arena, &head, err))
        return false;
    if (date_compare(until, head.from) < 0)
        return err_set(err, ERR_CONFLICT,
                       "Der Eintrag „%.*s“ beginnt erst am %.*s und kann nicht vorher enden.",
                       STR_ARG(head.title), STR_ARG(date_long(arena, head.from, STR("de"))));
    Stretch stretch = {.entry_id = id,
                       .begins = head.begins,
                       .from = head.from,
                       .until = until,
                       .reason = reason,
                       .head = true,
                       .data = head.data};

    return supersede(tx, head.row, err) && write_stretch(tx, change, &stretch, arena, &row, err);
}

bool register_change(Tx *tx, const RegisterChange *change, int64_t id, const Node *values,
                     Date from, Arena *arena, Err *err)
{
    RegisterEntry head;
    int64_t row;

    if (!register_by_id(tx, change->spec->id, id, arena, &head, err))
        return false;
    if (date_compare(from, head.from) < 0)
        return err_set(err, ERR_CONFLICT,
                       "Der Eintrag „%.*s“ wurde zum %.*s geändert; davor ist keine Änderung mehr "
                       "möglich.",
                       STR_ARG(head.title), STR_ARG(date_long(arena, head.from, STR("de"))));
    Node *data = node_clone(arena, head.data);

    for (size_t i = 0; i < values->count; i++)
        node_set(arena, data, values->keys[i], values->items[i]);
    Stretch past = {.entry_id = id,
                    .begins = head.begins,
                    .from = head.from,
                    .until = date_add_days(from, -1),
                    .data = head.data};
    Stretch now = {.entry_id = id,
                   .begins = head.begins,
                   .from = from,
                   .until = head.until,
                   .reason = head.reason,
                   .head = true,
                   .data = data};

    if (!check_required(change->spec, data, err) ||
        !check_unique(tx, change->spec, data, from, id, arena, err) ||
        !supersede(tx, head.row, err))
        return false;
    if (date_compare(from, head.from) > 0 && !write_stretch(tx, change, &past, arena, &row, err))
        return false;
    return write_stretch(tx, change, &now, arena, &row, err);
}

/* --- Reading
 * --------------------------------------------------------------------------------------- */

typedef struct Query {
    Buf sql;
    Param params[64];
    size_t count;
} Query;

static void query_param(Query *query, Param param)
{
    assert(query->count < sizeof query->params / sizeof *query->params);
    query->params[query->count++] = param;
    buf_addf(&query->sql, "$%d", (int)query->count);
}

/* At most so many values of one condition go into one statement. */
enum { MAX_VALUES = 20, MAX_CONDITIONS = 2, PROBES = 4 };

static void query_condition(Query *query, Str register_id, const RegisterCondition *condition,
                            size_t first)
{
    size_t last = first + MAX_VALUES < condition->count ? first + MAX_VALUES : condition->count;

    buf_add(&query->sql,
            STR(" AND e.row_id IN (SELECT row_id FROM register_key WHERE register = "));
    query_param(query, P_TEXT(register_id));
    buf_add(&query->sql, STR(" AND field = "));
    query_param(query, P_TEXT(condition->field));
    buf_add(&query->sql, STR(" AND value IN ("));
    for (size_t i = first; i < last; i++) {
        if (i > first)
            buf_add(&query->sql, STR(", "));
        query_param(query, P_TEXT(condition->values[i]));
    }
    buf_add(&query->sql, STR("))"));
}

static bool fulfils(const RegisterSpec *spec, const RegisterEntry *entry,
                    const RegisterCondition *condition, Arena *arena)
{
    Str text = key_text(spec, condition->field, node_get_str(entry->data, condition->field), arena);

    for (size_t i = 0; i < condition->count; i++)
        if (text.ptr && str_eq(text, condition->values[i]))
            return true;
    return false;
}

/* One statement answers two conditions over at most 20 values of the first; more values take
 * more statements, more conditions are compared here. */
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

bool register_find(Tx *tx, const RegisterSpec *spec, const RegisterCondition *conditions,
                   size_t count, bool all, Date today, Arena *arena, RegisterEntry **out,
                   size_t *found, Err *err)
{
    EntryList list = {0};

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

        buf_add(&query.sql, STR("SELECT " ENTRY_COLUMNS " FROM register_entry e WHERE e.head = 1"));
        if (!all) {
            buf_add(&query.sql, STR(" AND (e.valid_to IS NULL OR e.valid_to > "));
            query_param(&query, P_TEXT(date_iso(arena, today)));
            buf_add(&query.sql, STR(")"));
        }
        query_condition(&query, spec->id, &conditions[0], first);
        if (count > 1 && conditions[1].count <= MAX_VALUES)
            query_condition(&query, spec->id, &conditions[1], 0);
        buf_add(&query.sql, STR(" ORDER BY e.entry_id"));
        Rows *rows = tx_query_text(tx, arena, err, buf_str(&query.sql), query.params, query.count);

        if (!read_entries(rows, arena, &part, &part_count, err))
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

bool register_by_id(Tx *tx, Str register_id, int64_t id, Arena *arena, RegisterEntry *out, Err *err)
{
    RegisterEntry *found = NULL;
    size_t count = 0;
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT " ENTRY_COLUMNS " FROM register_entry e WHERE e.entry_id = $1 "
                          "AND e.head = 1 AND e.register = $2",
                          P_INT(id), P_TEXT(register_id));

    if (!read_entries(rows, arena, &found, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "Diesen Registereintrag gibt es nicht.");
    *out = found[0];
    return true;
}

bool register_history(Tx *tx, int64_t id, Arena *arena, RegisterEntry **out, size_t *count,
                      Err *err)
{
    return read_entries(tx_query(tx, arena, err,
                                 "SELECT " ENTRY_COLUMNS " FROM register_entry e "
                                 "WHERE e.entry_id = $1 ORDER BY e.row_id",
                                 P_INT(id)),
                        arena, out, count, err);
}

bool register_list(Tx *tx, Str register_id, const Str *terms, size_t term_count, Str after_title,
                   int64_t after_row, int limit, Arena *arena, RegisterEntry **out, size_t *count,
                   Err *err)
{
    Query query = {.sql = buf_in(arena)};

    buf_add(&query.sql, STR("SELECT " ENTRY_COLUMNS " FROM register_entry e WHERE e.head = 1 "
                            "AND e.register = "));
    query_param(&query, P_TEXT(register_id));
    for (size_t i = 0; i < term_count && i < 5; i++) {
        buf_add(&query.sql,
                STR(" AND e.row_id IN (SELECT row_id FROM register_term WHERE register = "));
        query_param(&query, P_TEXT(register_id));
        buf_add(&query.sql, STR(" AND term >= "));
        query_param(&query, P_TEXT(terms[i]));
        buf_add(&query.sql, STR(" AND term < "));
        query_param(&query, P_TEXT(str_printf(arena, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(terms[i]))));
        buf_add(&query.sql, STR(")"));
    }
    if (after_title.ptr) {
        buf_add(&query.sql, STR(" AND (e.title, e.row_id) > ("));
        query_param(&query, P_TEXT(after_title));
        buf_add(&query.sql, STR(", "));
        query_param(&query, P_INT(after_row));
        buf_add(&query.sql, STR(")"));
    }
    buf_add(&query.sql, STR(" ORDER BY e.title, e.row_id LIMIT "));
    query_param(&query, P_INT(limit));
    return read_entries(
        tx_query_text(tx, arena, err, buf_str(&query.sql), query.params, query.count), arena, out,
        count, err);
}

bool register_count(Tx *tx, Str register_id, int64_t limit, int64_t *out, Err *err)
{
    *out = 0;
    return tx_query_int(tx, err, out,
                        "SELECT COUNT(*) FROM (SELECT 1 FROM register_entry WHERE head = 1 AND "
                        "register = $1 LIMIT $2) AS counted",
                        P_TEXT(register_id), P_INT(limit));
}

const FeelValue *register_entry_value(const RegisterEntry *entry, const FeelType *type,
                                      Arena *arena)
{
    Node *node = node_clone(arena, entry->data);

    node_set(arena, node, STR("id"), node_int(arena, entry->id));
    node_set(arena, node, STR("from"), node_string(arena, date_iso(arena, entry->begins)));
    node_set(arena, node, STR("until"),
             date_absent(entry->until) ? node_null(arena)
                                       : node_string(arena, date_iso(arena, entry->until)));
    node_set(arena, node, STR("reason"),
             entry->reason.ptr ? node_string(arena, entry->reason) : node_null(arena));
    return feel_from_node(arena, node, type);
}
