/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/publish.h"

#include "base/vec.h"
#include "cases/case_search.h"
#include "cases/cases.h"
#include "core/folder.h"
#include "core/log.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct PackageList {
    const Package **items;
    size_t count, capacity;
} PackageList;

/* Tenant.state of this engine. */
typedef struct Offer {
    pthread_mutex_t lock;
    Arena *arena;
    PackageList current; /* what is offered; replaced as a whole, never changed in place */
    PackageList held;    /* everything this tenant holds in the cache */
    CaseSearch *search;
} Offer;

static Offer *offer_of(Tenant *tenant)
{
    return tenant->state[app_engine_index(tenant->app, &CASES_ENGINE)];
}

CaseSearch *cases_search(Tenant *tenant)
{
    const Offer *offer = offer_of(tenant);

    return offer ? offer->search : NULL;
}

/* --- The tenant's database ------------------------------------------------------------------ */

typedef struct Publishing {
    const Package *package;
    const PackageFile *files;
    size_t count;
} Publishing;

static bool write_version(Tx *tx, void *context, Err *err)
{
    const Publishing *publishing = context;
    const Package *package = publishing->package;
    int64_t inserted = 0;

    if (!tx_exec_count(tx, err, &inserted,
                       "INSERT INTO package_version (version, service, published_at, is_current) "
                       "VALUES ($1, $2, $3, 0) ON CONFLICT (version) DO NOTHING",
                       P_TEXT(package->version), P_TEXT(package->id), P_INT(tx_now(tx))))
        return false;
    for (size_t i = 0; inserted && i < publishing->count; i++)
        if (!tx_exec(tx, err, "INSERT INTO package_file (version, path, bytes) VALUES ($1, $2, $3)",
                     P_TEXT(package->version), P_TEXT(publishing->files[i].path),
                     P_BLOB(publishing->files[i].bytes)))
            return false;
    return tx_exec(tx, err,
                   "UPDATE package_version SET is_current = CASE WHEN version = $1 THEN 1 ELSE 0 "
                   "END WHERE service = $2",
                   P_TEXT(package->version), P_TEXT(package->id));
}

/* The version that the tenant offers of a service, or STR_NONE. */
static bool current_version(Tenant *tenant, Str service, Arena *arena, Str *out, Err *err)
{
    Tx *tx = db_read(tenant->db, err);

    *out = STR_NONE;
    if (!tx)
        return false;
    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT version FROM package_version WHERE service = $1 AND "
                          "is_current = 1",
                          P_TEXT(service));

    if (rows && rows_next(rows, err))
        *out = row_text(rows, 0);
    tx_end(tx);
    return rows && err->kind == ERR_NONE;
}

typedef struct FileList {
    PackageFile *items;
    size_t count, capacity;
} FileList;

static bool read_version(Tenant *tenant, Str version, Arena *arena, FileList *files, Err *err)
{
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT path, bytes FROM package_file WHERE version = $1 ORDER BY path",
                          P_TEXT(version));

    while (rows && rows_next(rows, err))
        VEC_PUSH(arena, files, (PackageFile){row_text(rows, 0), row_text(rows, 1)});
    tx_end(tx);
    return rows && err->kind == ERR_NONE;
}

/* --- Holding -------------------------------------------------------------------------------- */

static const Package *held_version(Offer *offer, Str version)
{
    for (size_t i = 0; i < offer->held.count; i++)
        if (str_eq(offer->held.items[i]->version, version))
            return offer->held.items[i];
    return NULL;
}

/* The tenant keeps the hold it was given; a second hold on the same package goes back. */
static void keep(Offer *offer, const Package *package)
{
    if (held_version(offer, package->version))
        package_cache_release(package);
    else
        VEC_PUSH(offer->arena, &offer->held, package);
}

/* Offer this package instead of the service's former one. Readers may still hold the old list. */
static void offer_package(Offer *offer, const Package *package)
{
    PackageList list = {0};
    bool replaced = false;

    for (size_t i = 0; i < offer->current.count; i++) {
        bool same = str_eq(offer->current.items[i]->id, package->id);

        VEC_PUSH(offer->arena, &list, same ? package : offer->current.items[i]);
        replaced = replaced || same;
    }
    if (!replaced)
        VEC_PUSH(offer->arena, &list, package);
    offer->current = list;
}

const Package *tenant_package_version(Tenant *tenant, Str version, Err *err)
{
    Offer *offer = offer_of(tenant);

    pthread_mutex_lock(&offer->lock);
    const Package *package = held_version(offer, version);

    pthread_mutex_unlock(&offer->lock);
    if (package)
        return package;
    package = package_cache_hold(version);
    err_clear(err);
    if (!package) {
        Arena *arena = arena_create(0);
        FileList files = {0};
        Problems problems = {.arena = arena};

        if (read_version(tenant, version, arena, &files, err) && files.count == 0)
            err_set(err, ERR_NOT_FOUND, "Die Fassung %.*s der Leistung gibt es hier nicht.",
                    STR_ARG(version));
        if (err->kind == ERR_NONE) {
            package = package_cache_compile(files.items, files.count, &problems);
            if (!package)
                err_set(err, ERR_INTERNAL, "package version %.*s no longer compiles: %.*s",
                        STR_ARG(version),
                        STR_ARG(problems.count ? problems.items[0].message : STR("")));
        }
        arena_destroy(arena);
    }
    if (!package)
        return NULL;
    pthread_mutex_lock(&offer->lock);
    keep(offer, package);
    package = held_version(offer, version);
    pthread_mutex_unlock(&offer->lock);
    return package;
}

const Package *tenant_package(Tenant *tenant, Str service, Err *err)
{
    const Package *const *list;
    size_t count = tenant_packages(tenant, &list);

    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i]->id, service))
            return list[i];
    err_set(err, ERR_NOT_FOUND, "Diese Leistung gibt es hier nicht.");
    return NULL;
}

size_t tenant_packages(Tenant *tenant, const Package *const **out)
{
    Offer *offer = offer_of(tenant);

    pthread_mutex_lock(&offer->lock);
    size_t count = offer->current.count;

    *out = offer->current.items;
    pthread_mutex_unlock(&offer->lock);
    return count;
}

/* --- Publishing --------------------------------------------------------------------------------
 */

/* The package is held; write it when the database does not offer it yet. */
static bool publish_held(Tenant *tenant, Offer *offer, const Package *package, Err *err)
{
    Arena *arena = arena_create(0);
    Str current;
    bool ok = current_version(tenant, package->id, arena, &current, err);

    if (ok && !str_eq(current, package->version)) {
        Publishing publishing = {package, package->files, package->file_count};

        ok = db_write(tenant->db, write_version, &publishing, err);
        if (ok)
            log_line(LOG_INFO, "%.*s offers %.*s in version %.12s", STR_ARG(tenant->name),
                     STR_ARG(package->id), package->version.ptr);
    }
    arena_destroy(arena);
    if (!ok) {
        package_cache_release(package);
        return false;
    }
    pthread_mutex_lock(&offer->lock);
    keep(offer, package);
    offer_package(offer, held_version(offer, package->version));
    pthread_mutex_unlock(&offer->lock);
    return true;
}

bool package_publish(Tenant *tenant, const PackageFile *files, size_t count, Problems *problems,
                     Err *err)
{
    const Package *package = package_cache_hold(package_version(files, count, problems->arena));

    if (!package)
        package = package_cache_compile(files, count, problems);
    if (!package)
        return err_set(err, ERR_INPUT,
                       "Die Leistung hat Fehler; `rathaus service check` nennt sie.");
    return publish_held(tenant, offer_of(tenant), package, err);
}

static void log_problems(const Problems *problems, const char *folder)
{
    for (size_t i = 0; i < problems->count; i++)
        if (!problems->items[i].warning)
            log_line(LOG_ERROR, "%s/%.*s:%d: %.*s", folder, STR_ARG(problems->items[i].file),
                     problems->items[i].line, STR_ARG(problems->items[i].message));
}

/* A package that does not pass the gate is not offered; what was offered before stays. */
static bool publish_folder(Tenant *tenant, Offer *offer, const char *folder, Str name, Err *err)
{
    Arena *arena = arena_create(0);
    const char *overlay =
        arena_printf(arena, "%.*s/services/%.*s", STR_ARG(tenant->folder), STR_ARG(name));
    PackageFile *files;
    size_t count;
    Problems problems = {.arena = arena};
    Err problem = {0};
    bool ok = true;

    if (!folder_exists(overlay))
        overlay = NULL;
    if (!package_read_folder(folder, overlay, arena, &files, &count, &problem)) {
        log_line(LOG_ERROR, "%s", problem.message);
    } else {
        const Package *package = package_cache_hold(package_version(files, count, arena));

        if (!package)
            package = package_cache_compile(files, count, &problems);
        if (package) {
            ok = publish_held(tenant, offer, package, err);
            arena_destroy(arena);
            return ok;
        }
        log_problems(&problems, folder);
    }
    log_line(LOG_ERROR, "%.*s: the package %.*s is not published; its former version stays",
             STR_ARG(tenant->name), STR_ARG(name));
    Str version;

    ok = current_version(tenant, name, arena, &version, err);
    if (ok && version.ptr) {
        const Package *former = tenant_package_version(tenant, version, &problem);

        if (former)
            offer_package(offer, former);
        else
            log_line(LOG_ERROR, "%s", problem.message);
    }
    arena_destroy(arena);
    return ok;
}

static bool publish_all(Tenant *tenant, Offer *offer, const char *services, Err *err)
{
    Arena *arena = arena_create(0);
    Str *names;
    size_t count = 0;
    bool ok = folder_list(services, arena, &names, &count, err);

    for (size_t i = 0; ok && i < count; i++) {
        const char *folder = arena_printf(arena, "%s/%.*s", services, STR_ARG(names[i]));

        if (names[i].ptr[0] != '.' &&
            folder_is_file(arena_printf(arena, "%s/service.yaml", folder)))
            ok = publish_folder(tenant, offer, folder, names[i], err);
    }
    arena_destroy(arena);
    return ok;
}

bool cases_tenant_open(Tenant *tenant, size_t index, Err *err)
{
    Offer *offer = calloc(1, sizeof *offer);
    const char *services = app_options(tenant->app)->services_dir;

    if (!offer)
        abort();
    pthread_mutex_init(&offer->lock, NULL);
    offer->arena = arena_create(0);
    offer->search = case_search_create(tenant);
    tenant->state[index] = offer;
    if (services && !publish_all(tenant, offer, services, err)) {
        cases_tenant_close(tenant, index);
        return false;
    }
    case_search_resume(tenant);
    return true;
}

void cases_tenant_close(Tenant *tenant, size_t index)
{
    Offer *offer = tenant->state[index];

    case_search_destroy(offer->search);
    for (size_t i = 0; i < offer->held.count; i++)
        package_cache_release(offer->held.items[i]);
    pthread_mutex_destroy(&offer->lock);
    arena_destroy(offer->arena);
    free(offer);
    tenant->state[index] = NULL;
}
