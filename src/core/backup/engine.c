/* SPDX-License-Identifier: EUPL-1.2 */
/* The store as an engine: its daily round and its commands. */
#include "core/log.h"
#include "core/store/file.h"
#include "core/tenant.h"

enum { DAILY = 24 * 60 };

static bool look_after_files(Tenant *tenant, Arena *arena, Err *err)
{
    int64_t removed, checked;
    (void)arena;

    if (!file_collect(tenant, &removed, err))
        return false;
    if (removed)
        log_line(LOG_INFO, "%.*s: %lld files that nobody refers to were removed",
                 STR_ARG(tenant->name), (long long)removed);
    if (file_audit(tenant, &checked, err))
        return true;
    log_line(LOG_ERROR, "%.*s: %s. `rathaus verify` names all; restore them from a backup",
             STR_ARG(tenant->name), err->message);
    return false;
}

static const Schedule SCHEDULES[] = {
    {.name = "file-audit", .every_minutes = DAILY, .run = look_after_files},
    {0},
};

static const Command COMMANDS[] = {
    {"backup", "write a backup, also while serving", backup_command},
    {"restore", "put tenants back from a backup", restore_command},
    {"verify", "prove that everything is there and unchanged", verify_command},
    {"tenant", "create, list and show tenants", tenant_command},
    {0},
};

const Engine STORE_ENGINE = {
    .name = "store",
    .schedules = SCHEDULES,
    .commands = COMMANDS,
};
