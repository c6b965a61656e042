/* SPDX-License-Identifier: EUPL-1.2 */
/* Which groups have a case that is not decided yet. The value that names the group is computed as
 * the case's process does, with the lookups and values it needs and no others. What is known is
 * kept, and brought up to date from the events. */
#include "base/vec.h"
#include "cases/run_store.h"
#include "core/store/rows.h"

#include <stdlib.h>

typedef struct OpenCase {
    int64_t id;
    Str number, procedure;
    Str key; /* of the group; STR_NONE when it is not known */
    bool closed;
} OpenCase;

struct RunCases {
    Tenant *tenant;
    Str service, value;
    Date today;
    Arena *arena;
    OpenCase *items;
    size_t count, capacity;
    size_t *by_key; /* indexes, sorted by key */
    size_t key_count;
    int64_t seen; /* events up to this one are known */
    bool read;
};

RunCases *run_cases_create(Tenant *tenant, const Run *run, Str service, Date today)
{
    Arena *arena = arena_create(0);
    RunCases *cases = arena_new(arena, RunCases);

    *cases = (RunCases){.tenant = tenant,
                        .service = service,
                        .value = run->case_value,
                        .today = today,
                        .arena = arena};
    return cases;
}

void run_cases_destroy(RunCases *cases)
{
    if (cases)
        arena_destroy(cases->arena);
}

/* --- One case ----------------------------------------------------------------------------------
 */

/* The group's key by the case's process; STR_NONE when its process tells none. */
static bool key_of(RunCases *cases, Tx *tx, int64_t id, Arena *arena, OpenCase *out, Err *err)
{
    Case c;
    CaseWork work;
    const FeelValue *value = NULL;

    *out = (OpenCase){.id = id, .closed = true};
    if (!case_by_id(tx, id, arena, &c, err))
        return err->kind == ERR_NOT_FOUND; /* it is erased */
    if (!str_eq(c.service, cases->service))
        return true; /* no concern of this run */
    const Package *package = tenant_package_version(cases->tenant, c.version, err);

    if (!package || !case_work(&work, tx, cases->tenant, package, &c, cases->today, arena, err) ||
        !case_one_value(&work, cases->value, &value, err))
        return false;
    *out = (OpenCase){.id = id,
                      .number = str_copy(cases->arena, c.number),
                      .procedure = str_copy(cases->arena, c.procedure),
                      .closed = c.closed};
    if (value && !feel_is_null(value))
        out->key = str_copy(cases->arena, feel_to_text(arena, value));
    return true;
}

static OpenCase *find(const RunCases *cases, int64_t id)
{
    for (size_t i = cases->count; i-- > 0;)
        if (cases->items[i].id == id)
            return &cases->items[i];
    return NULL;
}

static bool note(RunCases *cases, Tx *tx, int64_t id, Arena *arena, bool known, Err *err)
{
    OpenCase one;
    OpenCase *there = known ? find(cases, id) : NULL;

    if (!key_of(cases, tx, id, arena, &one, err))
        return false;
    if (there)
        *there = one;
    else if (!one.closed)
        VEC_PUSH(cases->arena, cases, one);
    return true;
}

/* --- All of them ---------------------------------------------------------------------------------
 */

static bool ids_of(Rows *rows, Arena *arena, int64_t **out, size_t *count, Err *err)
{
    return ROWS_LIST(rows, arena, out, count, err, row_int(rows, 0));
}

static int compare_keys(const void *a, const void *b, void *context)
{
    const RunCases *cases = context;
    const OpenCase *x = &cases->items[*(const size_t *)a], *y = &cases->items[*(const size_t *)b];
    int order = str_compare(x->key, y->key);

    return order ? order : x->id < y->id ? -1 : x->id > y->id;
}

static void sort(RunCases *cases)
{
    cases->by_key = arena_array(cases->arena, size_t, cases->count);
    cases->key_count = 0;
    for (size_t i = 0; i < cases->count; i++)
        if (cases->items[i].key.ptr && !cases->items[i].closed)
            cases->by_key[cases->key_count++] = i;
    qsort_r(cases->by_key, cases->key_count, sizeof *cases->by_key, compare_keys, cases);
}

bool run_cases_update(RunCases *cases, Tx *tx, Err *err)
{
    Arena *arena = arena_create(0);
    int64_t now = 0;
    int64_t *ids = NULL;
    size_t count = 0;
    bool ok = true;

    if (cases->value.ptr) {
        ok = tx_query_int(tx, err, &now, "SELECT MAX(id) FROM event");
        if (ok && !cases->read)
            ok = ids_of(tx_query(tx, arena, err,
                                 "SELECT id FROM cases WHERE service = $1 AND closed = 0 "
                                 "ORDER BY id",
                                 P_TEXT(cases->service)),
                        arena, &ids, &count, err);
        else if (ok && now > cases->seen)
            ok = ids_of(tx_query(tx, arena, err,
                                 "SELECT DISTINCT CAST(SUBSTR(subject, 6) AS BIGINT) FROM event "
                                 "WHERE id > $1 AND subject LIKE 'case/%'",
                                 P_INT(cases->seen)),
                        arena, &ids, &count, err);
        for (size_t i = 0; ok && i < count; i++) {
            Arena *scratch = arena_create(0);

            ok = note(cases, tx, ids[i], scratch, cases->read, err);
            arena_destroy(scratch);
        }
        if (ok && (count > 0 || !cases->read))
            sort(cases);
    }
    cases->read = cases->read || ok;
    cases->seen = ok ? now : cases->seen;
    arena_destroy(arena);
    return ok;
}

const FeelValue *run_cases_of(const RunCases *cases, Str key, Arena *arena)
{
    struct {
        const FeelValue **items;
        size_t count, capacity;
    } list = {0};
    size_t low = 0, high = cases->key_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (str_compare(cases->items[cases->by_key[middle]].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < cases->key_count; low++) {
        const OpenCase *one = &cases->items[cases->by_key[low]];
        const FeelValue *item = feel_from_node(arena, node_map(arena), NULL);

        if (!str_eq(one->key, key))
            break;
        item = feel_context_put(arena, item, STR("number"), feel_string(arena, one->number));
        item = feel_context_put(arena, item, STR("procedure"), feel_string(arena, one->procedure));
        VEC_PUSH(arena, &list, item);
    }
    return feel_list(arena, list.items, list.count);
}
