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

/* NULL, with a line in the log: no reason to keep the town from being opened. */
static const Package *load(Tenant *tenant, const Version *version)
{
    Err problem = {0};
    const Package *package = tenant_package_version(tenant, version->version, &problem);

    if (!package)
        log_line(LOG_WARNING, "%.*s, a service or version that is offered no longer: %s",
                 STR_ARG(version->service), problem.message);
    return package;
}

bool earlier_packages(Tx *tx, Tenant *tenant, Arena *arena, const Package ***out, size_t *count,
                      Err *err)
{
    Version *versions;
    size_t version_count;

    if (!read_versions(tx, arena, &versions, &version_count, err))
        return false;
    *out = arena_array(arena, const Package *, version_count);
    *count = 0;
    for (size_t i = 0; i < version_count; i++) {
        Err unused = {0};
        const Package *now = tenant_package(tenant, versions[i].service, &unused);

        if (!now || str_eq(now->version, versions[i].version))
            continue;
        const Package *package = load(tenant, &versions[i]);
        if (package)
            (*out)[(*count)++] = package;
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
        one.package = load(tenant, &versions[i]);
        if (!one.package)
            continue;
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
