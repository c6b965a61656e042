/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/work/state.h"

#include "core/log.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { HOT_MS = 5000, NICE = 5 };

void work_be_nice(void)
{
    if (setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE) != 0)
        log_line(LOG_WARNING, "background threads keep the normal priority");
}

int64_t work_process_clock(void)
{
    static atomic_llong base; /* wall clock minus the even clock, fixed at the first call */
    long long fixed = atomic_load(&base);

    if (fixed == 0) {
        long long fresh = clock_now() - clock_monotonic_ms();
        atomic_compare_exchange_strong(&base, &fixed, fresh);
        fixed = atomic_load(&base);
    }
    return fixed + clock_monotonic_ms();
}

WorkState *work_state(Tenant *tenant)
{
    return tenant->state[app_engine_index(tenant->app, &WORK_ENGINE)];
}

void work_mark(Tx *tx)
{
    Tenant *tenant = tx_tenant(tx);

    atomic_store(&work_state(tenant)->hot_until, work_process_clock() + HOT_MS);
    worker_wake(tenant->app, tenant->name);
}

void worker_pretend(Tenant *tenant, Timestamp now)
{
    atomic_store(&work_state(tenant)->pretended, now);
}

Timestamp work_now(Tenant *tenant, Tx *tx)
{
    WorkState *state = work_state(tenant);
    Timestamp pretended = atomic_load(&state->pretended);

    if (pretended)
        return pretended;
    int64_t even = work_process_clock();
    int64_t ahead = tx_now(tx) - even;
    long long offset = atomic_load(&state->clock_offset);

    while (ahead > offset && !atomic_compare_exchange_weak(&state->clock_offset, &offset, ahead)) {
    }
    return even + atomic_load(&state->clock_offset);
}

const EffectKind *work_effect_kind(App *app, Str name)
{
    size_t count;
    const Engine *const *engines = app_engines(app, &count);

    for (size_t i = 0; i < count; i++)
        for (const EffectKind *kind = engines[i]->effects; kind && kind->name; kind++)
            if (str_is(name, kind->name))
                return kind;
    return NULL;
}

const JobKind *work_job_kind(App *app, Str name)
{
    size_t count;
    const Engine *const *engines = app_engines(app, &count);

    for (size_t i = 0; i < count; i++)
        for (const JobKind *kind = engines[i]->jobs; kind && kind->name; kind++)
            if (str_is(name, kind->name))
                return kind;
    return NULL;
}
