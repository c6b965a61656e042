/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/work/job_view.h"
#include "core/work/state.h"

#include <stdlib.h>

static const Migration MIGRATIONS[] = {
    {"work-001-effect",
     "CREATE TABLE effect ("
     "  id {id},"
     "  kind TEXT NOT NULL,"
     "  key TEXT NOT NULL UNIQUE,"
     "  subject TEXT NOT NULL,"
     "  payload TEXT NOT NULL,"
     "  partial TEXT,"
     "  status TEXT NOT NULL CHECK (status IN ('waiting', 'done', 'failed')),"
     "  attempts BIGINT NOT NULL,"
     "  next_at BIGINT NOT NULL,"
     "  error TEXT,"
     "  created_at BIGINT NOT NULL,"
     "  done_at BIGINT);"
     "CREATE INDEX effect_waiting ON effect (next_at, id) WHERE status = 'waiting';"
     "CREATE INDEX effect_failed ON effect (id) WHERE status = 'failed';"
     "CREATE INDEX effect_subject ON effect (subject)"},
    {"work-002-job", "CREATE TABLE job ("
                     "  id {id},"
                     "  kind TEXT NOT NULL,"
                     "  params TEXT NOT NULL,"
                     "  actor TEXT NOT NULL,"
                     "  status TEXT NOT NULL"
                     "    CHECK (status IN ('waiting', 'running', 'done', 'failed', 'cancelled')),"
                     "  done BIGINT NOT NULL,"
                     "  total BIGINT NOT NULL,"
                     "  what TEXT NOT NULL,"
                     "  cancel BIGINT NOT NULL,"
                     "  created_at BIGINT NOT NULL,"
                     "  started_at BIGINT,"
                     "  finished_at BIGINT,"
                     "  result TEXT,"
                     "  error TEXT);"
                     "CREATE INDEX job_status ON job (status, id)"},
    {"work-003-schedule",
     "CREATE TABLE schedule_run (name TEXT PRIMARY KEY, last_at BIGINT NOT NULL)"},
    /* Effects that talk to other systems are fetched apart; "mail" was the only one till then. */
    {"work-004-remote",
     "ALTER TABLE effect ADD COLUMN remote BIGINT NOT NULL DEFAULT 0;"
     "UPDATE effect SET remote = 1 WHERE kind = 'mail';"
     "DROP INDEX effect_waiting;"
     "CREATE INDEX effect_waiting ON effect (remote, next_at, id) WHERE status = 'waiting'"},
    {0},
};

static bool open_tenant(Tenant *tenant, size_t index, Err *err)
{
    (void)err;
    tenant->state[index] = calloc(1, sizeof(WorkState));
    return tenant->state[index] != NULL;
}

static void close_tenant(Tenant *tenant, size_t index)
{
    free(tenant->state[index]);
}

const Engine WORK_ENGINE = {
    .name = "work",
    .migrations = MIGRATIONS,
    .routes = JOB_ROUTES,
    .tenant_open = open_tenant,
    .tenant_close = close_tenant,
};
