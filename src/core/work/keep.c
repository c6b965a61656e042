/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/work/keep.h"

#include "base/vec.h"
#include "core/log.h"
#include "core/store/event.h"
#include "core/store/file.h"
#include "core/tenant.h"
#include "core/work/period.h"

#include <stdio.h>

enum { SLICE = 200, PAGE = 10000, MOST_A_DAY = 50000 };

/* --- Which there are -----------------------------------------------------------------------------
 */

static bool list_all(Tenant *tenant, Arena *arena, KeepList *list, Err *err)
{
    size_t count;
    const Engine *const *engines = app_engines(tenant->app, &count);

    for (size_t i = 0; i < count; i++) {
        for (const Keep *keep = engines[i]->keeps; keep && keep->name; keep++)
            VEC_PUSH(arena, list, *keep);
        if (engines[i]->keeps_of && !engines[i]->keeps_of(tenant, arena, list, err))
            return false;
    }
    return true;
}

/* Is this a period, and not shorter than the law's? */
static bool is_enough(const Keep *keep, Str period)
{
    static const Date start = {2000, 1, 1};
    Date set, least;

    return period_after(start, period, &set) &&
           (!period_after(start, str_c(keep->least), &least) || date_compare(set, least) >= 0);
}

/* What does not pass the check is as if it were not there: too much must never be erased. */
static const Node *setting(const Tenant *tenant, const Keep *keep)
{
    const Node *set =
        keep->least ? node_get(node_get(tenant->settings, "retention"), keep->name) : NULL;

    return !node_is_null(set) && is_enough(keep, node_text(set)) ? set : NULL;
}

static KeepRule rule_of(const Tenant *tenant, const Keep *keep)
{
    const Node *set = setting(tenant, keep);

    return (KeepRule){.keep = *keep,
                      .period = node_is_null(set) ? str_c(keep->period) : node_text(set),
                      .of_town = !node_is_null(set)};
}

static bool read_state(Tx *tx, KeepRule *rules, size_t count, Arena *arena, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT name, ran_at, erased, held, more, problem FROM keep_state");

    while (rows && rows_next(rows, err))
        for (size_t i = 0; i < count; i++)
            if (str_is(row_text(rows, 0), rules[i].keep.name)) {
                rules[i].ran = row_int(rows, 1);
                rules[i].erased = row_int(rows, 2);
                rules[i].held = row_int(rows, 3);
                rules[i].more = row_int(rows, 4) != 0;
                rules[i].problem = row_text(rows, 5);
            }
    return rows && err->kind == ERR_NONE;
}

bool keep_rules(Tx *tx, Tenant *tenant, Arena *arena, KeepRule **out, size_t *count, Err *err)
{
    KeepList list = {0};

    if (!list_all(tenant, arena, &list, err))
        return false;
    *out = arena_array(arena, KeepRule, list.count);
    *count = list.count;
    for (size_t i = 0; i < list.count; i++)
        (*out)[i] = rule_of(tenant, &list.items[i]);
    return read_state(tx, *out, *count, arena, err);
}

/* --- Settings -----------------------------------------------------------------------------------
 */

static bool complain(const Tenant *tenant, const Node *at, Str text, Err *err)
{
    char file[512];

    snprintf(file, sizeof file, "%.*s/tenant.yaml", STR_ARG(tenant->folder));
    return err_at(err, file, at->line, at->column, "%.*s", STR_ARG(text));
}

static bool check_one(const Tenant *tenant, const Keep *keep, const Node *at, Str period,
                      Arena *arena, Err *err)
{
    Date day;

    if (!keep->least)
        return complain(tenant, at,
                        str_printf(arena, "retention: \"%s\" has a fixed period", keep->name), err);
    if (!period_after((Date){2000, 1, 1}, period, &day))
        return complain(tenant, at,
                        str_printf(arena,
                                   "retention: \"%s\" is a duration such as P10Y, P18M or P90D",
                                   keep->name),
                        err);
    if (!is_enough(keep, period))
        return complain(tenant, at,
                        str_printf(arena, "retention: \"%s\" is at least %s (%s)", keep->name,
                                   keep->least, keep->basis),
                        err);
    return true;
}

/* A name that a package could have. */
static bool may_come(const Tenant *tenant, Str name)
{
    size_t count;
    const Engine *const *engines = app_engines(tenant->app, &count);

    for (size_t i = 0; i < count; i++)
        if (engines[i]->keeps_under && str_starts_with(name, engines[i]->keeps_under))
            return true;
    return false;
}

static bool check_all(Tenant *tenant, const Node *node, Arena *arena, Err *err)
{
    KeepList list = {0};

    if (node->kind != NODE_MAP)
        return complain(tenant, node, STR("retention is a map: {name: period}"), err);
    if (!list_all(tenant, arena, &list, err))
        return false;
    for (size_t i = 0; i < node->count; i++) {
        const Keep *keep = NULL;
        for (size_t k = 0; k < list.count; k++)
            if (str_is(node->keys[i], list.items[k].name))
                keep = &list.items[k];
        if (!keep && may_come(tenant, node->keys[i])) {
            log_line(LOG_WARNING, "%.*s: tenant.yaml:%d: retention: no package has \"%.*s\"",
                     STR_ARG(tenant->name), node->items[i]->line, STR_ARG(node->keys[i]));
            continue;
        }
        if (!keep)
            return complain(tenant, node->items[i],
                            str_printf(arena,
                                       "retention: nothing is called \"%.*s\"; the page "
                                       "/desk/datenschutz lists the names",
                                       STR_ARG(node->keys[i])),
                            err);
        if (!check_one(tenant, keep, node->items[i], node_text(node->items[i]), arena, err))
            return false;
    }
    return true;
}

bool keep_settings_check(Tenant *tenant, Err *err)
{
    const Node *node = node_get(tenant->settings, "retention");
    Arena *arena = arena_create(0);
    bool ok = node_is_null(node) || check_all(tenant, node, arena, err);

    arena_destroy(arena);
    return ok;
}

/* --- Erasing ------------------------------------------------------------------------------------
 */

typedef struct Slice {
    const KeepRule *rule;
    Date cutoff;
    const int64_t *ids;
    size_t count;
    int64_t entries; /* erased by this slice */
} Slice;

/* $1, and $2 where there is an `of`. */
static size_t params_of(const Slice *slice, Arena *arena, Param *params)
{
    const Keep *keep = &slice->rule->keep;
    size_t count = 0;

    params[count++] = keep->by_day ? P_TEXT(date_iso(arena, slice->cutoff))
                                   : P_INT(timestamp_of_berlin_day(slice->cutoff));
    if (keep->of)
        params[count++] = P_TEXT(str_c(keep->of));
    return count;
}

static bool read_due(Tenant *tenant, const Slice *slice, int64_t *ids, size_t *found, Arena *arena,
                     Err *err)
{
    Param params[3];
    size_t count = params_of(slice, arena, params);
    Tx *tx = db_read(tenant->db, err);

    *found = 0;
    if (!tx)
        return false;
    params[count++] = P_INT(PAGE);
    Rows *rows =
        tx_query_text(tx, arena, err,
                      str_printf(arena, "SELECT id FROM (%s) AS due ORDER BY id LIMIT $%zu",
                                 slice->rule->keep.due, count),
                      params, count);
    while (rows && rows_next(rows, err))
        ids[(*found)++] = row_int(rows, 0);
    tx_end(tx);
    return rows && err->kind == ERR_NONE;
}

/* Nothing happened to it since it was read. */
static bool still_due(Tx *tx, const Slice *slice, int64_t id, bool *due, Arena *arena, Err *err)
{
    Param params[3];
    size_t count = params_of(slice, arena, params);

    params[count++] = P_INT(id);
    Rows *rows = tx_query_text(tx, arena, err,
                               str_printf(arena, "SELECT id FROM (%s) AS due WHERE id = $%zu",
                                          slice->rule->keep.due, count),
                               params, count);
    *due = rows && rows_next(rows, err);
    if (*due)
        rows_end(rows);
    return rows && err->kind == ERR_NONE;
}

static bool erase_one(Tx *tx, const Keep *keep, int64_t id, int64_t *rows, Arena *arena, Err *err)
{
    for (const char *const *sql = keep->erase; sql && *sql; sql++) {
        int64_t changed = 0;
        if (!tx_exec_count_params(tx, err, &changed, *sql, (Param[]){P_INT(id)}, 1))
            return false;
        *rows += changed;
    }
    if (!keep->files)
        return true;
    int64_t files;
    if (!file_drop_all(tx, str_printf(arena, "%s/%lld", keep->files, (long long)id), arena, &files,
                       err))
        return false;
    *rows += files;
    return true;
}

static bool write_proof(Tx *tx, const Slice *slice, int64_t rows, Arena *arena, Err *err)
{
    Node *data = node_map(arena);
    Str name = str_c(slice->rule->keep.name);
    int64_t event = 0;

    node_set(arena, data, STR("what"), node_string(arena, name));
    node_set(arena, data, STR("retention"), node_string(arena, slice->rule->period));
    node_set(arena, data, STR("before"), node_string(arena, date_iso(arena, slice->cutoff)));
    node_set(arena, data, STR("entries"), node_int(arena, slice->entries));
    node_set(arena, data, STR("rows"), node_int(arena, rows));
    return event_add(tx, "data.erased", STR("retention"), STR("system"), data, err) &&
           tx_query_int(tx, err, &event, "SELECT MAX(id) FROM event") &&
           tx_exec(tx, err,
                   "INSERT INTO keep_erasure (name, erased_at, cutoff, entry_count, row_count, "
                   "event_id) VALUES ($1, $2, $3, $4, $5, $6)",
                   P_TEXT(name), P_INT(tx_now(tx)), P_TEXT(date_iso(arena, slice->cutoff)),
                   P_INT(slice->entries), P_INT(rows), P_INT(event));
}

static bool write_slice(Tx *tx, void *context, Err *err)
{
    Slice *slice = context;
    Arena *arena = arena_create(0);
    int64_t rows = 0;
    bool ok = true, due;

    slice->entries = 0;
    for (size_t i = 0; ok && i < slice->count; i++) {
        ok = still_due(tx, slice, slice->ids[i], &due, arena, err) &&
             (!due || erase_one(tx, &slice->rule->keep, slice->ids[i], &rows, arena, err));
        slice->entries += ok && due;
    }
    ok = ok && (slice->entries == 0 || write_proof(tx, slice, rows, arena, err));
    arena_destroy(arena);
    return ok;
}

typedef struct Ran {
    const Slice *slice;
    int64_t erased;
    bool more;
    Str problem;
} Ran;

static bool write_state(Tx *tx, void *context, Err *err)
{
    const Ran *ran = context;
    const Keep *keep = &ran->slice->rule->keep;
    Arena *arena = arena_create(0);
    Param params[3];
    size_t count = params_of(ran->slice, arena, params);
    int64_t held = 0;
    bool ok = (!keep->held || tx_query_int_params(tx, err, &held, keep->held, params, count)) &&
              tx_exec(tx, err,
                      "INSERT INTO keep_state (name, ran_at, erased, held, more, problem) VALUES "
                      "($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO UPDATE SET ran_at = "
                      "excluded.ran_at, erased = keep_state.erased + excluded.erased, held = "
                      "excluded.held, more = excluded.more, problem = excluded.problem",
                      P_TEXT(str_c(keep->name)), P_INT(tx_now(tx)), P_INT(ran->erased), P_INT(held),
                      P_INT(ran->more), P_TEXT(ran->problem));

    arena_destroy(arena);
    return ok;
}

/* All that is due, slice by slice. */
static bool erase_due(Tenant *tenant, Slice *slice, Ran *ran, Err *err)
{
    Arena *arena = arena_create(0);
    int64_t *ids = arena_array(arena, int64_t, PAGE);
    size_t found = PAGE;
    bool ok = true;

    while (ok && found == PAGE && ran->erased < MOST_A_DAY) {
        int64_t before = ran->erased;

        ok = read_due(tenant, slice, ids, &found, arena, err);
        for (size_t at = 0; ok && at < found; at += SLICE) {
            slice->ids = ids + at;
            slice->count = found - at < SLICE ? found - at : SLICE;
            ok = db_write(tenant->db, write_slice, slice, err);
            ran->erased += ok ? slice->entries : 0;
        }
        if (ran->erased == before)
            break;
    }
    ran->more = ok && found == PAGE;
    arena_destroy(arena);
    return ok;
}

static bool run_rule(Tenant *tenant, const KeepRule *rule, Date today, int64_t *erased, Err *err)
{
    Slice slice = {.rule = rule, .cutoff = period_cutoff(today, rule->period, rule->keep.year_end)};
    Ran ran = {.slice = &slice};
    Err failed = {0};

    if (!erase_due(tenant, &slice, &ran, &failed)) {
        log_line(LOG_WARNING, "%.*s: %s is not erased: %s", STR_ARG(tenant->name), rule->keep.name,
                 failed.message);
        ran.problem = str_c(failed.message);
    }
    *erased += ran.erased;
    return db_write(tenant->db, write_state, &ran, err);
}

bool keep_run(Tenant *tenant, Date today, int64_t *erased, Err *err)
{
    Arena *arena = arena_create(0);
    KeepList list = {0};
    bool ok = list_all(tenant, arena, &list, err);

    *erased = 0;
    for (size_t i = 0; ok && i < list.count; i++) {
        KeepRule rule = rule_of(tenant, &list.items[i]);
        ok = !rule.keep.due || run_rule(tenant, &rule, today, erased, err);
    }
    arena_destroy(arena);
    return ok;
}

bool keep_schedule(Tenant *tenant, Arena *arena, Err *err)
{
    int64_t erased;

    (void)arena;
    if (!keep_run(tenant, date_in_berlin(clock_now()), &erased, err))
        return false;
    if (erased)
        log_line(LOG_INFO, "%.*s: %lld entries erased as their retention says",
                 STR_ARG(tenant->name), (long long)erased);
    return true;
}
