/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/retention.h"

#include "base/vec.h"
#include "cases/case_store.h"
#include "core/log.h"
#include "core/page/problem.h"
#include "core/work/period.h"
#include "core/work/work.h"
#include "pay/pay.h"

#include <stdio.h>

enum { PAGE = 200, MOST_A_RUN = 5000 };

/* --- What holds a case back
 * ------------------------------------------------------------------------
 */

static bool all_paid(Tx *tx, const Case *c, Arena *arena, Err *err)
{
    Charge *charges;
    size_t count;

    if (!pay_charges_of(tx, case_subject(c, arena), arena, &charges, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (charges[i].owed_cents != charges[i].paid_cents)
            return err_set(err, ERR_CONFLICT, "Die Forderung %.*s ist nicht ausgeglichen.",
                           STR_ARG(charges[i].payment_reference));
    return true;
}

bool case_may_be_erased(Tx *tx, const Case *c, Date today, Arena *arena, Err *err)
{
    int64_t effects = 0, entries = 0;

    if (!effect_outstanding(tx, case_subject(c, arena), &effects, err) ||
        !tx_query_int(tx, err, &entries,
                      "SELECT COUNT(*) FROM register_entry WHERE case_id = $1 AND "
                      "superseded_at IS NULL AND (valid_to IS NULL OR valid_to >= $2)",
                      P_INT(c->id), P_TEXT(date_iso(arena, today))))
        return false;
    if (effects)
        return err_set(err, ERR_CONFLICT, "Ein Brief oder eine E-Mail dazu ist noch unterwegs.");
    if (entries)
        return err_set(err, ERR_CONFLICT, "Ein Registereintrag, der noch gilt, beruht darauf.");
    return all_paid(tx, c, arena, err);
}

/* --- One case
 * --------------------------------------------------------------------------------------
 */

typedef struct Due {
    Tenant *tenant;
    int64_t case_id;
    Date closed, today;
    Arena *arena;
    bool erased, held;
} Due;

static bool hold(Tx *tx, Due *due, Str why, Err *err)
{
    due->held = true;
    return tx_exec(tx, err,
                   "INSERT INTO case_held (case_id, reason, since) VALUES ($1, $2, $3) "
                   "ON CONFLICT (case_id) DO UPDATE SET reason = excluded.reason",
                   P_INT(due->case_id), P_TEXT(why), P_TEXT(date_iso(due->arena, due->today)));
}

typedef struct Ids {
    int64_t *items;
    size_t count, capacity;
} Ids;

/* Cases that go on in this one, and those that went on in them before that was refused. */
static bool duplicates_of(Tx *tx, const Due *due, Ids *ids, Err *err)
{
    Rows *rows = tx_query(tx, due->arena, err,
                          "WITH RECURSIVE gone (id) AS (SELECT id FROM cases WHERE merged_into = "
                          "$1 UNION SELECT c.id FROM cases c JOIN gone ON c.merged_into = gone.id) "
                          "SELECT c.id FROM gone JOIN cases c ON c.id = gone.id WHERE "
                          "c.erased_at IS NULL ORDER BY c.id",
                          P_INT(due->case_id));

    while (rows && rows_next(rows, err))
        VEC_PUSH(due->arena, ids, row_int(rows, 0));
    return rows && err->kind == ERR_NONE;
}

/* Nothing of it may be needed any more: of the case nor of its duplicates. `*why` tells what is. */
static bool may_all_go(Tx *tx, const Due *due, const Case *all, size_t count, Str *why, Err *err)
{
    *why = STR_NONE;
    for (size_t i = 0; i < count; i++) {
        if (case_may_be_erased(tx, &all[i], due->today, due->arena, err))
            continue;
        if (err->kind != ERR_CONFLICT)
            return false;
        *why = problem_words(err, due->arena);
        if (i)
            *why = str_printf(due->arena, "Im zusammengeführten Vorgang %.*s: %.*s",
                              STR_ARG(all[i].number), STR_ARG(*why));
        err_clear(err);
        return true;
    }
    return true;
}

/* The case, and first its duplicates, which have gone on in it. */
static bool erase_all(Tx *tx, Due *due, const Case *c, Str retention, Err *err)
{
    Ids ids = {0};
    Str why;

    if (!duplicates_of(tx, due, &ids, err))
        return false;
    Case *all = arena_array(due->arena, Case, ids.count + 1);
    all[0] = *c;
    for (size_t i = 0; i < ids.count; i++)
        if (!case_by_id(tx, ids.items[i], due->arena, &all[i + 1], err))
            return false;
    if (!may_all_go(tx, due, all, ids.count + 1, &why, err))
        return false;
    if (why.ptr)
        return hold(tx, due, why, err);
    due->erased = true;
    for (size_t i = ids.count + 1; i-- > 0;)
        if (!case_erase(tx, &all[i], due->closed, retention, due->arena, err))
            return false;
    return true;
}

/* A duplicate goes with the case in which it goes on; alone only where that one went without it. */
static bool write_duplicate(Tx *tx, Due *due, const Case *c, Err *err)
{
    int64_t gone = 0;

    if (!tx_query_int(tx, err, &gone,
                      "SELECT COUNT(*) FROM cases WHERE id = $1 AND erased_at IS NOT NULL",
                      P_INT(c->merged_into)))
        return false;
    return !gone || erase_all(tx, due, c, STR("mit dem Vorgang, in dem er aufging"), err);
}

/* By the package with which the case was made, which may keep it longer than today's. A case whose
 * rules cannot be read waits, and nothing behind it does. */
static bool write_due(Tx *tx, void *context, Err *err)
{
    Due *due = context;
    Date until;
    Case c;
    Err unread = {0};

    due->erased = due->held = false;
    if (!case_by_id(tx, due->case_id, due->arena, &c, err))
        return false;
    if (!c.closed)
        return true;
    if (c.merged_into)
        return write_duplicate(tx, due, &c, err);
    const Package *package = tenant_package_version(due->tenant, c.version, &unread);
    const Procedure *procedure = package ? package_procedure(package, c.procedure) : NULL;
    const State *state =
        procedure && procedure->process ? process_state(procedure->process, c.state) : NULL;
    if (!package) {
        log_line(LOG_WARNING, "case %.*s is not erased: its package: %s", STR_ARG(c.number),
                 unread.message);
        return hold(tx, due,
                    STR("Die Leistung, nach deren Regeln er entstand, lässt sich nicht lesen. "
                        "Bitte sagen Sie dem Betrieb Bescheid."),
                    err);
    }
    if (!state || !period_after(due->closed, state->retention, &until))
        return hold(tx, due,
                    STR("Die Leistung sagt nicht, wie lange er aufzubewahren ist. Bitte sagen Sie "
                        "dem Betrieb Bescheid."),
                    err);
    if (date_compare(until, due->today) > 0)
        return tx_exec(tx, err, "DELETE FROM case_held WHERE case_id = $1", P_INT(c.id));
    return erase_all(tx, due, &c, state->retention, err);
}

static bool write_trouble(Tx *tx, void *context, Err *err)
{
    return hold(tx, context,
                STR("Beim Löschen ist ein Fehler aufgetreten; er steht im Protokoll des "
                    "Programms. Morgen wird es wieder versucht."),
                err);
}

/* --- All
 * -------------------------------------------------------------------------------------------
 */

typedef struct Walk {
    Tenant *tenant;
    Date today;
    RetentionResult *result;
    Str service, state;
    Date cutoff;        /* closed on this day or before */
    char after_day[16]; /* where the page before ended */
    int64_t after_id;
} Walk;

static bool read_page(Walk *walk, Due *page, size_t *count, Arena *arena, Err *err)
{
    Tx *tx = db_read(walk->tenant->db, err);

    *count = 0;
    if (!tx)
        return false;
    Rows *rows = tx_query(
        tx, arena, err,
        "SELECT case_id, due FROM case_desk WHERE office = '*' AND service = $1 AND state = $2 AND "
        "open = 0 AND due <= $3 AND (due > $4 OR (due = $4 AND case_id > $5)) "
        "ORDER BY due, case_id LIMIT $6",
        P_TEXT(walk->service), P_TEXT(walk->state), P_TEXT(date_iso(arena, walk->cutoff)),
        P_TEXT(str_c(walk->after_day)), P_INT(walk->after_id), P_INT(PAGE));
    while (rows && rows_next(rows, err)) {
        Due due = {.tenant = walk->tenant, .today = walk->today, .case_id = row_int(rows, 0)};
        if (date_parse_iso(row_text(rows, 1), &due.closed))
            page[(*count)++] = due;
        snprintf(walk->after_day, sizeof walk->after_day, "%.*s", STR_ARG(row_text(rows, 1)));
        walk->after_id = row_int(rows, 0);
    }
    tx_end(tx);
    return rows && err->kind == ERR_NONE;
}

static bool do_page(Walk *walk, Due *page, size_t count, Err *err)
{
    for (size_t i = 0; i < count; i++) {
        page[i].arena = arena_create(0);
        bool ok = db_write(walk->tenant->db, write_due, &page[i], err);
        if (!ok) { /* one case's trouble is not the others' */
            log_line(LOG_WARNING, "%.*s: case %lld is not erased: %s", STR_ARG(walk->tenant->name),
                     (long long)page[i].case_id, err->message);
            page[i].erased = false;
            err_clear(err);
            ok = db_write(walk->tenant->db, write_trouble, &page[i], err);
        }
        arena_destroy(page[i].arena);
        if (!ok)
            return false;
        walk->result->erased += page[i].erased;
        walk->result->held += page[i].held;
    }
    walk->result->more = walk->result->erased >= MOST_A_RUN;
    return true;
}

static bool walk_state(Walk *walk, Err *err)
{
    Due page[PAGE];
    size_t count = PAGE;

    walk->after_day[0] = '\0';
    walk->after_id = 0;
    while (count == PAGE && !walk->result->more) {
        Arena *arena = arena_create(0);
        bool ok = read_page(walk, page, &count, arena, err) && do_page(walk, page, count, err);
        arena_destroy(arena);
        if (!ok)
            return false;
    }
    return true;
}

/* The first day on which a case of this state could be due; one page's cases are looked at exactly.
 */
static Date cutoff_of(const Walk *walk)
{
    static const Date start = {2000, 1, 1};
    const Package *package = tenant_package(walk->tenant, walk->service, &(Err){0});
    Date cutoff = walk->today; /* a state that no package has now: each case is looked at */
    bool known = false;

    for (size_t i = 0; package && i < package->procedure_count; i++) {
        const Process *process = package->procedures[i].process;
        const State *state = process ? process_state(process, walk->state) : NULL;
        Date shifted;
        if (!state || !period_after(start, state->retention, &shifted))
            continue;
        Date day = date_add_days(walk->today, date_to_days(start) - date_to_days(shifted) + 2);
        if (!known || date_compare(day, cutoff) > 0)
            cutoff = day;
        known = true;
    }
    return cutoff;
}

typedef struct Pairs {
    struct Pair {
        Str service, state;
    } * items;
    size_t count, capacity;
} Pairs;

static bool read_pairs(Tenant *tenant, Pairs *pairs, Arena *arena, Err *err)
{
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT DISTINCT service, state FROM case_desk WHERE office = '*' AND "
                          "open = 0 ORDER BY service, state");
    while (rows && rows_next(rows, err))
        VEC_PUSH(arena, pairs, (struct Pair){row_text(rows, 0), row_text(rows, 1)});
    tx_end(tx);
    return rows && err->kind == ERR_NONE;
}

bool retention_run(Tenant *tenant, Date today, RetentionResult *out, Err *err)
{
    Arena *arena = arena_create(0);
    Walk walk = {.tenant = tenant, .today = today, .result = out};
    Pairs pairs = {0};

    *out = (RetentionResult){0};
    bool ok = read_pairs(tenant, &pairs, arena, err);
    for (size_t i = 0; ok && i < pairs.count && !out->more; i++) {
        walk.service = pairs.items[i].service;
        walk.state = pairs.items[i].state;
        walk.cutoff = cutoff_of(&walk);
        ok = walk_state(&walk, err);
    }
    arena_destroy(arena);
    return ok;
}

bool retention_schedule(Tenant *tenant, Arena *arena, Err *err)
{
    RetentionResult result;

    (void)arena;
    bool ok = retention_run(tenant, date_in_berlin(clock_now()), &result, err);

    if (result.erased || result.held)
        log_line(LOG_INFO, "%.*s: %lld cases erased as their retention says, %lld held back",
                 STR_ARG(tenant->name), (long long)result.erased, (long long)result.held);
    return ok;
}
