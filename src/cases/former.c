/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/former.h"

#include "base/vec.h"
#include "cases/case.h"
#include "core/log.h"
#include "core/store/rows.h"

typedef struct Version {
    Str service, version;
} Version;

static bool read_versions(Tx *tx, Arena *arena, Version **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT service, version FROM package_version ORDER BY service, "
                          "published_at DESC, version");

    return ROWS_LIST(rows, arena, out, count, err, (Version){row_text(rows, 0), row_text(rows, 1)});
}

static bool has_cases(Tx *tx, Str service, bool *out, Err *err)
{
    int64_t there = 0;
    bool ok = tx_query_int(tx, err, &there,
                           "SELECT CASE WHEN EXISTS (SELECT 1 FROM case_desk WHERE office = '*' "
                           "AND open = 0 AND service = $1) OR EXISTS (SELECT 1 FROM case_desk "
                           "WHERE office = '*' AND open = 1 AND service = $1) THEN 1 ELSE 0 END",
                           P_TEXT(service));

    *out = there != 0;
    return ok;
}

static bool has_entries(Tx *tx, const Package *package, bool *out, Err *err)
{
    *out = false;
    for (size_t i = 0; i < package->register_count && !*out; i++) {
        int64_t there = 0;

        if (!tx_query_int(tx, err, &there,
                          "SELECT CASE WHEN EXISTS (SELECT 1 FROM register_entry WHERE register = "
                          "$1) THEN 1 ELSE 0 END",
                          P_TEXT(package->registers[i].id)))
            return false;
        *out = there != 0;
    }
    return true;
}

bool former_packages(Tx *tx, Tenant *tenant, Arena *arena, FormerPackage **out, size_t *count,
                     Err *err)
{
    struct {
        FormerPackage *items;
        size_t count, capacity;
    } list = {0};
    Version *versions;
    size_t version_count;

    if (!read_versions(tx, arena, &versions, &version_count, err))
        return false;
    for (size_t i = 0; i < version_count; i++) {
        Err problem = {0};
        FormerPackage one;

        if (tenant_package(tenant, versions[i].service, &problem))
            continue;
        one.package = tenant_package_version(tenant, versions[i].version, &problem);
        if (!one.package) { /* no reason to keep the town from being opened */
            log_line(LOG_WARNING, "%.*s, a service that is offered no longer: %s",
                     STR_ARG(versions[i].service), problem.message);
            continue;
        }
        if (!has_cases(tx, versions[i].service, &one.cases, err) ||
            !has_entries(tx, one.package, &one.entries, err))
            return false;
        if (one.cases || one.entries)
            VEC_PUSH(arena, &list, one);
    }
    *out = list.items;
    *count = list.count;
    return true;
}
