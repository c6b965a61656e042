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
    {"work-005-keep", "CREATE TABLE keep_state ("
                      "  name TEXT PRIMARY KEY,"
                      "  ran_at BIGINT NOT NULL,"
                      "  erased BIGINT NOT NULL,"
                      "  held BIGINT NOT NULL,"
                      "  more BIGINT NOT NULL,"
                      "  problem TEXT);"
                      "CREATE TABLE keep_erasure ("
                      "  id {id},"
                      "  name TEXT NOT NULL,"
                      "  erased_at BIGINT NOT NULL,"
                      "  cutoff TEXT NOT NULL,"
                      "  entry_count BIGINT NOT NULL,"
                      "  row_count BIGINT NOT NULL,"
                      "  event_id BIGINT NOT NULL);"
                      "CREATE INDEX effect_done ON effect (done_at) WHERE status = 'done'"},
    /* Forms that were taken, see form_once.h. */
    {"work-006-form-taken", "CREATE TABLE form_taken (key TEXT PRIMARY KEY, at BIGINT NOT NULL);"
                            "CREATE INDEX form_taken_at ON form_taken (at)"},
    /* Who answered slowly, see slow.h. */
    {"work-007-slow", "CREATE TABLE effect_slow (subject TEXT PRIMARY KEY, at BIGINT NOT NULL)"},
    {0},
};

static const char *const ERASE_EFFECT[] = {"DELETE FROM effect WHERE id = $1", NULL};

/* The row stays, for others point at it. */
static const char *const ERASE_JOB[] = {
    "UPDATE job SET params = '{}', what = '', result = NULL, error = NULL WHERE id = $1", NULL};

static const Keep KEEPS[] = {
    {.name = "effects",
     .label = "E-Mails und Aufträge, die erledigt sind",
     .data = "Anschrift oder E-Mail-Adresse, Text",
     .people = "Bürgerinnen und Bürger",
     .purpose = "Nachweis, dass etwas hinausging, und Schutz davor, es zweimal zu tun",
     .basis = "Art. 5 Abs. 1 Buchst. e DSGVO; nicht länger, als man danach fragt",
     .counted = "nach der Erledigung",
     .period = "P1Y",
     .least = "P30D",
     .due = "SELECT id FROM effect WHERE status = 'done' AND done_at < $1",
     .erase = ERASE_EFFECT},
    {.name = "jobs",
     .label = "Angaben und Ergebnisse von Hintergrundarbeiten",
     .data = "was zu tun war und was herauskam",
     .people = "Beschäftigte, Bürgerinnen und Bürger",
     .purpose = "Fortschritt und Ergebnis zeigen",
     .basis = "Art. 5 Abs. 1 Buchst. e DSGVO",
     .counted = "nach dem Ende der Arbeit",
     .period = "P1Y",
     .least = "P30D",
     .due = "SELECT id FROM job WHERE status IN ('done', 'failed', 'cancelled') AND "
            "finished_at < $1 AND (params <> '{}' OR result IS NOT NULL OR error IS NOT NULL OR "
            "what <> '')",
     .erase = ERASE_JOB},
    {0},
};

static const Schedule SCHEDULES[] = {
    {.name = "keep", .every_minutes = 24 * 60, .run = keep_schedule},
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
    .schedules = SCHEDULES,
    .keeps = KEEPS,
    .tenant_open = open_tenant,
    .tenant_close = close_tenant,
};
