/* SPDX-License-Identifier: EUPL-1.2 */
/* The direct debits of a run: what the notices announce becomes a payment file for each day on
 * which something is due. */
#include "base/vec.h"
#include "cases/run_store.h"
#include "core/page/out.h"
#include "core/page/problem.h"
#include "core/store/rows.h"

Date run_notice_day(const RunPass *pass, Tx *tx)
{
    Date today = date_in_berlin(tx_now(tx));

    return date_compare(pass->row.today, today) > 0 ? pass->row.today : today;
}

Str run_cannot_collect(const Tenant *tenant, Arena *arena)
{
    Date today = date_in_berlin(clock_now());
    Err err = {0};

    return collect_day_ok(tenant, today, collect_day(tenant, today, today), &err)
               ? STR_NONE
               : problem_words(&err, arena);
}

/* --- Which there are ---------------------------------------------------------------------------
 */

typedef struct Numbers {
    int64_t *items;
    size_t count, capacity;
} Numbers;

static bool read_numbers(Rows *rows, Arena *arena, Numbers *out, Err *err)
{
    *out = (Numbers){0};
    while (rows && rows_next(rows, err))
        VEC_PUSH(arena, out, row_int(rows, 0));
    return rows && err->kind == ERR_NONE;
}

bool run_collections(Tx *tx, const RunRow *row, Arena *arena, Collection **out, size_t *count,
                     Err *err)
{
    Numbers runs, found;

    *count = 0;
    if (!read_numbers(tx_query(tx, arena, err,
                               "SELECT id FROM run WHERE service = $1 AND name = $2 AND year = $3 "
                               "AND undoes IS NULL ORDER BY id",
                               P_TEXT(row->service), P_TEXT(row->name), P_INT(row->year)),
                      arena, &runs, err))
        return false;
    struct {
        Collection *items;
        size_t count, capacity;
    } list = {0};
    for (size_t i = 0; i < runs.count; i++) {
        Str prefix = str_printf(arena, "run/%lld/", (long long)runs.items[i]);

        if (!read_numbers(tx_query(tx, arena, err,
                                   "SELECT id FROM collection WHERE key LIKE $1 AND "
                                   "status <> 'withdrawn' ORDER BY collect_on, id",
                                   P_TEXT(str_printf(arena, "%.*s%%", STR_ARG(prefix)))),
                          arena, &found, err))
            return false;
        for (size_t k = 0; k < found.count; k++) {
            Collection one;

            if (!collection_by_id(tx, found.items[k], arena, &one, err))
                return false;
            VEC_PUSH(arena, &list, one);
        }
    }
    *out = list.items;
    *count = list.count;
    return true;
}

/* --- Making them -------------------------------------------------------------------------------
 */

typedef struct Collecting {
    const RunPass *pass;
    Collection *before; /* of earlier runs of the year, and of this one when it was cut off */
    size_t before_count;
    Numbers charges; /* that the run made or changed */
    Str *days;       /* on which something of them is due */
    size_t day_count;
    Date today;
} Collecting;

static bool read_days(Tx *tx, Collecting *c, Arena *arena, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT DISTINCT p.due FROM run_item i JOIN charge_part p ON "
                          "p.charge_id = i.charge_id WHERE i.run_id = $1 AND p.cents > 0 "
                          "ORDER BY p.due",
                          P_INT(c->pass->row.id));

    return ROWS_LIST(rows, arena, &c->days, &c->day_count, err, row_text(rows, 0));
}

static bool read_all(Collecting *c, Arena *arena, Err *err)
{
    Tx *tx = db_read(c->pass->tenant->db, err);

    if (!tx)
        return false;
    c->today = run_notice_day(c->pass, tx);
    bool ok = run_collections(tx, &c->pass->row, arena, &c->before, &c->before_count, err) &&
              (c->pass->row.undoes ||
               (read_numbers(tx_query(tx, arena, err,
                                      "SELECT charge_id FROM run_item WHERE run_id = $1 AND "
                                      "charge_id IS NOT NULL ORDER BY charge_id",
                                      P_INT(c->pass->row.id)),
                             arena, &c->charges, err) &&
                read_days(tx, c, arena, err)));

    tx_end(tx);
    return ok;
}

/* Is there anything to collect on a day? A repeated run finds that most is in files already. */
static bool anything(const Collecting *c, const SepaOrder *order, bool *out, Err *err)
{
    Arena *scratch = arena_create(0);
    Tx *tx = db_read(c->pass->tenant->db, err);
    CollectChoices choices = {0};
    bool ok = tx && collect_choose(tx, order, 0, INT32_MAX, scratch, &choices, err);

    *out = false;
    for (size_t i = 0; ok && i < choices.count && !*out; i++)
        *out = !choices.items[i].left_out.ptr;
    if (tx)
        tx_end(tx);
    arena_destroy(scratch);
    return ok;
}

/* One that was begun and cut off goes on, whatever day it is now. */
static bool is_begun(const Collecting *c, Str key, bool *out, Err *err)
{
    int64_t count = 0;
    Tx *tx = db_read(c->pass->tenant->db, err);
    bool ok = tx && tx_query_int(tx, err, &count,
                                 "SELECT COUNT(*) FROM collection WHERE key = $1 AND "
                                 "status = 'making'",
                                 P_TEXT(key));

    if (tx)
        tx_end(tx);
    *out = count > 0;
    return ok;
}

static bool collect_for(const Collecting *c, Str day, Arena *arena, Err *err)
{
    const RunPass *pass = c->pass;
    Str subject = run_subject(pass->row.id, arena);
    SepaOrder order = {.key = str_printf(arena, "%.*s/%.*s", STR_ARG(subject), STR_ARG(day)),
                       .charges = c->charges.items,
                       .charge_count = c->charges.count,
                       .announced = true,
                       .actor = subject};
    Collection made;
    bool begun, any = false;

    date_parse_iso(day, &order.due_until);
    order.collect_on = collect_day(pass->tenant, c->today, order.due_until);
    if (!is_begun(c, order.key, &begun, err) || (!begun && !anything(c, &order, &any, err)))
        return false;
    return (!begun && !any) || collection_make(pass->tenant, &order, NULL, NULL, arena, &made, err);
}

bool run_collect(const RunPass *pass, const RunWatch *watch, Arena *arena, Err *err)
{
    Collecting c = {.pass = pass};
    Str actor = run_subject(pass->row.id, arena);

    if (!read_all(&c, arena, err))
        return false;
    for (size_t i = 0; i < c.before_count; i++)
        if (!run_watch(watch, (int64_t)i, (int64_t)c.before_count, N_("Lastschriften"), err) ||
            !collection_renew(pass->tenant, c.before[i].id, actor, arena, err))
            return false;
    if (c.charges.count == 0 || run_cannot_collect(pass->tenant, arena).ptr)
        return true;
    for (size_t i = 0; i < c.day_count; i++)
        if (!run_watch(watch, (int64_t)i, (int64_t)c.day_count, N_("Lastschriften"), err) ||
            !collect_for(&c, c.days[i], arena, err))
            return false;
    return true;
}
