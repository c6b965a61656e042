/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/work/schedule.h"

#include "core/log.h"
#include "core/work/state.h"

typedef struct Mark {
    const char *name;
    Timestamp at;
} Mark;

static bool write_mark(Tx *tx, void *context, Err *err)
{
    const Mark *mark = context;

    return tx_exec(tx, err,
                   "INSERT INTO schedule_run (name, last_at) VALUES ($1, $2) "
                   "ON CONFLICT (name) DO UPDATE SET last_at = excluded.last_at",
                   P_TEXT(str_c(mark->name)), P_INT(mark->at));
}

static bool last_run(Tenant *tenant, const char *name, Timestamp *last, Timestamp *now, Err *err)
{
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    *last = 0;
    *now = work_now(tenant, tx);
    bool ok = tx_query_int(tx, err, last, "SELECT last_at FROM schedule_run WHERE name = $1",
                           P_TEXT(str_c(name)));
    tx_end(tx);
    return ok;
}

static bool run_one(Tenant *tenant, const Schedule *schedule, int64_t *wait_ms, Err *err)
{
    int64_t every = (int64_t)schedule->every_minutes * 60000;
    Timestamp last, now;

    if (!last_run(tenant, schedule->name, &last, &now, err))
        return false;
    if (last > now)
        last = now;
    if (last + every <= now) {
        Arena *arena = arena_create(0);
        Err why = {0};
        Mark mark = {schedule->name, now};
        if (!schedule->run(tenant, arena, &why))
            log_line(LOG_ERROR, "schedule %s of %.*s: %s", schedule->name, STR_ARG(tenant->name),
                     err_text(&why, arena));
        arena_destroy(arena);
        if (!db_write(tenant->db, write_mark, &mark, err))
            return false;
        last = now;
    }
    *wait_ms = last + every - now;
    return true;
}

bool schedules_run(Tenant *tenant, int64_t *next_at, Err *err)
{
    size_t count;
    const Engine *const *engines = app_engines(tenant->app, &count);
    int64_t wait = 24 * 3600 * 1000;

    for (size_t i = 0; i < count; i++) {
        for (const Schedule *schedule = engines[i]->schedules; schedule && schedule->name;
             schedule++) {
            int64_t mine;
            if (schedule->here && !schedule->here(tenant))
                continue;
            if (!run_one(tenant, schedule, &mine, err))
                return false;
            if (mine < wait)
                wait = mine;
        }
    }
    *next_at = work_process_clock() + wait;
    return true;
}
