/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/hub/keep_clock.h"

#include "core/log.h"

#define HOUR_MS (3600 * (int64_t)1000)
/* Looks are ten minutes apart while a town runs; more than an hour between two of them says
 * nothing. A town that was switched off for longer than LEAP is doubted for a day of running. */
#define STEP_MS HOUR_MS
#define LEAP_MS (24 * HOUR_MS)
#define PATIENCE_MS (24 * HOUR_MS)

static bool leaps(const KeepClock *clock, Timestamp now)
{
    return now - clock->until > LEAP_MS;
}

static int64_t passed(const KeepClock *clock, Timestamp now)
{
    int64_t since = now - clock->looked;

    return since < 0 ? 0 : since < STEP_MS ? since : STEP_MS;
}

bool keep_clock_step(KeepClock *clock, Timestamp now)
{
    bool before = clock->doubted > 0;

    if (!leaps(clock, now))
        clock->doubted = 0;
    else if (!before)
        clock->doubted = 1;
    else
        clock->doubted += passed(clock, now);
    if (clock->doubted >= PATIENCE_MS)
        clock->doubted = 0;
    if (!clock->doubted)
        clock->until = now;
    clock->looked = now;
    return clock->doubted && !before;
}

/* --- Kept in the database ------------------------------------------------------------------------
 */

static bool read_clock(Tx *tx, KeepClock *out, Err *err)
{
    Arena *arena = arena_create(0);
    Rows *rows =
        tx_query(tx, arena, err, "SELECT kept_until, looked, doubted FROM city_keep_clock");
    bool ok = rows_one(rows, "Die Uhr der Messwerte fehlt.", err);

    if (ok)
        *out = (KeepClock){row_int(rows, 0), row_int(rows, 1), row_int(rows, 2)};
    if (rows)
        rows_end(rows);
    arena_destroy(arena);
    return ok;
}

typedef struct Look {
    Timestamp now;
    KeepClock clock;
    bool doubts;
} Look;

static bool write_look(Tx *tx, void *context, Err *err)
{
    Look *look = context;

    if (!read_clock(tx, &look->clock, err))
        return false;
    look->doubts = keep_clock_step(&look->clock, look->now);
    return tx_exec(tx, err, "UPDATE city_keep_clock SET kept_until = $1, looked = $2, doubted = $3",
                   P_INT(look->clock.until), P_INT(look->clock.looked), P_INT(look->clock.doubted));
}

bool keep_clock_look(Tenant *tenant, Timestamp now, Timestamp *until, Err *err)
{
    Look look = {.now = now};

    if (!db_write(tenant->db, write_look, &look, err))
        return false;
    if (look.doubts)
        log_line(LOG_WARNING,
                 "city: the clock is %lld days ahead of when %.*s last kept house; measured values "
                 "grow older by it when the town has run for a day and it still is (right the "
                 "clock if it is wrong)",
                 (long long)((now - look.clock.until) / LEAP_MS), STR_ARG(tenant->name));
    *until = look.clock.until;
    return true;
}

bool keep_clock_read(Tenant *tenant, Timestamp now, Timestamp *until, Err *err)
{
    KeepClock clock;
    Tx *tx = db_read(tenant->db, err);
    bool ok = tx && read_clock(tx, &clock, err);

    tx_end(tx);
    *until = ok && leaps(&clock, now) ? clock.until : now;
    return ok;
}
