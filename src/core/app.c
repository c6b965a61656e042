/* SPDX-License-Identifier: EUPL-1.2 */
/* The data folder: which tenants it has, which host is whose, which of them are open. */
#include "core/app_internal.h"
#include "core/crypto.h"
#include "core/folder.h"
#include "core/log.h"
#include "core/share.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { LOOK_AGAIN_MS = 1000 };

/* --- What is in the folder (all called under the lock) -------------------- */

/* Where the slot of this name is or belongs. */
static size_t slot_position(const App *app, Str name)
{
    size_t low = 0, high = app->slot_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_compare(app->slots[middle]->tenant.name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static Slot *slot_find(const App *app, Str name)
{
    size_t at = slot_position(app, name);

    return at < app->slot_count && str_eq(app->slots[at]->tenant.name, name) ? app->slots[at]
                                                                             : NULL;
}

static Slot *slot_add(App *app, Str name)
{
    size_t at = slot_position(app, name);

    if (app->slot_count == app->slot_capacity) {
        app->slot_capacity = app->slot_capacity ? app->slot_capacity * 2 : 16;
        app->slots = realloc(app->slots, app->slot_capacity * sizeof(Slot *));
        if (!app->slots)
            abort();
    }
    memmove(&app->slots[at + 1], &app->slots[at], (app->slot_count - at) * sizeof(Slot *));
    Slot *slot = arena_new(app->arena, Slot);
    slot->tenant.app = app;
    slot->tenant.name = str_copy(app->arena, name);
    slot->tenant.folder =
        str_printf(app->arena, "%s/tenants/%.*s", app->options.data_dir, STR_ARG(name));
    app->slots[at] = slot;
    app->slot_count++;
    return slot;
}

static int compare_hosts(const void *a, const void *b)
{
    return str_compare(((const HostEntry *)a)->host, ((const HostEntry *)b)->host);
}

static const HostEntry *host_find(const App *app, Str host)
{
    HostEntry wanted = {.host = host};

    return app->host_count
               ? bsearch(&wanted, app->hosts, app->host_count, sizeof(HostEntry), compare_hosts)
               : NULL;
}

/* Add the tenant's hosts behind the sorted part. Settings that cannot be read are the
 * operator's to repair; the other towns go on. */
static void collect_hosts(App *app, Slot *slot, HostEntry **entries, size_t *count,
                          size_t *capacity)
{
    Arena *arena = arena_create(0);
    Err err;
    const Node *settings = tenant_settings_read(slot->tenant.folder.ptr, arena, &err);
    const Node *hosts = node_get(settings, "hosts");

    if (!settings)
        log_line(LOG_ERROR, "tenant \"%.*s\" answers for no host: %s", STR_ARG(slot->tenant.name),
                 err_text(&err, arena));
    for (size_t i = 0; hosts && i < hosts->count; i++) {
        if (*count == *capacity) {
            *capacity = *capacity ? *capacity * 2 : 64;
            *entries = realloc(*entries, *capacity * sizeof(HostEntry));
            if (!*entries)
                abort();
        }
        (*entries)[(*count)++] =
            (HostEntry){str_copy(app->host_arena, node_text(hosts->items[i])), slot};
    }
    arena_destroy(arena);
}

/* A host that two towns claim is nobody's: guessing would show one town's data under the
 * other's name. */
static void drop_shared_hosts(App *app)
{
    size_t kept = 0;

    for (size_t i = 0; i < app->host_count;) {
        size_t same = i + 1;
        while (same < app->host_count && str_eq(app->hosts[i].host, app->hosts[same].host))
            same++;
        if (same == i + 1)
            app->hosts[kept++] = app->hosts[i];
        else
            log_line(LOG_ERROR,
                     "host \"%.*s\" is claimed by the tenants \"%.*s\" and \"%.*s\" and so answers "
                     "for none; remove it from one tenant.yaml",
                     STR_ARG(app->hosts[i].host), STR_ARG(app->hosts[i].slot->tenant.name),
                     STR_ARG(app->hosts[i + 1].slot->tenant.name));
        i = same;
    }
    app->host_count = kept;
}

static int64_t folder_stamp(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return 0;
    return (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

/* Only where hosts are asked for: a command that works on one tenant reads no other's
 * settings. */
static void read_hosts(App *app)
{
    size_t capacity = 0;

    if (app->hosts_known)
        return;
    app->hosts_known = true;
    free(app->hosts);
    app->hosts = NULL;
    app->host_count = 0;
    arena_destroy(app->host_arena);
    app->host_arena = arena_create(0);
    for (size_t i = 0; i < app->slot_count; i++)
        if (!app->slots[i]->gone)
            collect_hosts(app, app->slots[i], &app->hosts, &app->host_count, &capacity);
    if (app->host_count)
        qsort(app->hosts, app->host_count, sizeof(HostEntry), compare_hosts);
    drop_shared_hosts(app);
}

/* Look into the folder when it has changed, at most once a second: another process may have
 * created or restored a tenant. */
static void scan(App *app, bool at_once)
{
    int64_t now = clock_monotonic_ms();
    Str *names;
    size_t count;
    Err err;

    if (!at_once && now - app->scanned_at < LOOK_AGAIN_MS)
        return;
    Arena *arena = arena_create(0);
    const char *path = arena_printf(arena, "%s/tenants", app->options.data_dir);
    int64_t stamp = folder_stamp(path);
    bool same = stamp == app->folder_stamp;
    app->scanned_at = now;
    app->folder_stamp = stamp;
    if (same && !at_once) {
        arena_destroy(arena);
        return;
    }
    if (folder_list(path, arena, &names, &count, &err)) {
        for (size_t i = 0; i < app->slot_count; i++)
            app->slots[i]->gone = true;
        for (size_t i = 0; i < count; i++) {
            Slot *slot = slot_find(app, names[i]);
            if (!slot && tenant_name_valid(names[i]))
                slot = slot_add(app, names[i]);
            if (slot)
                slot->gone = false;
        }
        app->hosts_known = false;
    } else {
        log_line(LOG_ERROR, "%s", err.message);
    }
    arena_destroy(arena);
}

/* Look for the tenant where there seems to be none: another process may have made it this moment.
 */
static Slot *find_new(App *app, Str name)
{
    Slot *slot = slot_find(app, name);

    if ((slot && !slot->gone) || !tenant_name_valid(name))
        return slot;
    Arena *arena = arena_create(0);
    const char *path = arena_printf(arena, "%s/tenants/%.*s", app->options.data_dir, STR_ARG(name));
    bool there = folder_exists(path);
    arena_destroy(arena);
    if (there)
        scan(app, true);
    return there ? slot_find(app, name) : slot;
}

/* --- Opening and closing the app ------------------------------------------ */

/* Where the packages lie; a program without any may still open its data. */
static const char *find_services(App *app, const char *asked)
{
    Err err;
    char *found = share_folder("services", asked, &err);
    const char *path = arena_strdup(app->arena, found ? found : asked ? asked : "services");

    free(found);
    return path;
}

/* What commands that crashed have left half-made. While one runs, it is left alone. */
static void sweep(const char *data_dir)
{
    DataLock lock;
    Err err;

    if (!data_lock(data_dir, DATA_TIDY, &lock, &err))
        return;
    if (!data_folder_remove_left(data_dir, &err))
        log_line(LOG_WARNING, "%s", err.message);
    data_unlock(&lock);
}

App *app_open(const AppOptions *options, const Engine *const *engines, size_t engine_count,
              Err *err)
{
    assert(engine_count <= ENGINE_MAX);
    crypto_start();
    App *app = calloc(1, sizeof *app);
    if (!app)
        abort();
    app->arena = arena_create(0);
    app->options = *options;
    app->options.data_dir = arena_strdup(app->arena, options->data_dir);
    app->options.services_dir = find_services(app, options->services_dir);
    if (!options->max_open)
        app->options.max_open = DEFAULT_MAX_OPEN;
    const Engine **list = arena_array(app->arena, const Engine *, engine_count);
    for (size_t i = 0; i < engine_count; i++)
        list[i] = engines[i];
    app->engines = list;
    app->engine_count = engine_count;
    app->data_lock = (DataLock){-1, -1};
    pthread_mutex_init(&app->lock, NULL);
    pthread_cond_init(&app->changed, NULL);

    bool there = options->beside ? data_folder_find(options->data_dir, err)
                                 : data_folder_make(options->data_dir, err);
    DataLockKind kind = options->beside ? DATA_BESIDE : options->serves ? DATA_SERVE : DATA_WORK;
    if (!there || !data_lock(options->data_dir, kind, &app->data_lock, err)) {
        app_close(app);
        return NULL;
    }
    if (!options->beside)
        sweep(options->data_dir);
    scan(app, true);
    return app;
}

void app_close(App *app)
{
    if (!app)
        return;
    for (size_t i = 0; i < app->slot_count; i++) {
        assert(app->slots[i]->holders == 0);
        if (app->slots[i]->state == SLOT_OPEN)
            tenant_shut(app->slots[i]);
    }
    data_unlock(&app->data_lock);
    pthread_mutex_destroy(&app->lock);
    pthread_cond_destroy(&app->changed);
    free(app->slots);
    free(app->hosts);
    arena_destroy(app->host_arena);
    arena_destroy(app->arena);
    free(app);
}

const AppOptions *app_options(const App *app)
{
    return &app->options;
}

const Engine *const *app_engines(const App *app, size_t *count)
{
    *count = app->engine_count;
    return app->engines;
}

size_t app_engine_index(const App *app, const Engine *engine)
{
    for (size_t i = 0; i < app->engine_count; i++)
        if (app->engines[i] == engine)
            return i;
    assert(false && "the engine is not in the list");
    abort();
}

/* --- Holding tenants ------------------------------------------------------ */

/* Close the tenant that nobody has held for the longest time. Under the lock, which is given
 * up while the files are closed. */
static void close_one_idle(App *app)
{
    Slot *oldest = NULL;

    for (size_t i = 0; i < app->slot_count; i++) {
        Slot *slot = app->slots[i];
        if (slot->state == SLOT_OPEN && slot->holders == 0 &&
            (!oldest || slot->last_used < oldest->last_used))
            oldest = slot;
    }
    if (!oldest)
        return; /* all are in use: rather too many open than somebody refused */
    oldest->state = SLOT_CLOSING;
    pthread_mutex_unlock(&app->lock);
    tenant_shut(oldest);
    pthread_mutex_lock(&app->lock);
    oldest->state = SLOT_CLOSED;
    app->open_count--;
    pthread_cond_broadcast(&app->changed);
}

/* Under the lock, which is given up while the files are opened. */
static bool open_slot(App *app, Slot *slot, Err *err)
{
    slot->state = SLOT_OPENING;
    app->open_count++;
    if (app->open_count > app->options.max_open)
        close_one_idle(app);
    pthread_mutex_unlock(&app->lock);
    bool ok = tenant_open(slot, err);
    pthread_mutex_lock(&app->lock);
    slot->state = ok ? SLOT_OPEN : SLOT_CLOSED;
    if (!ok)
        app->open_count--;
    pthread_cond_broadcast(&app->changed);
    return ok;
}

static Tenant *take(App *app, Slot *slot)
{
    slot->holders++;
    slot->last_used = ++app->uses;
    return &slot->tenant;
}

Tenant *tenant_acquire(App *app, Str name, Err *err)
{
    Tenant *tenant = NULL;

    pthread_mutex_lock(&app->lock);
    Slot *slot = find_new(app, name);
    while (slot && (slot->state == SLOT_OPENING || slot->state == SLOT_CLOSING))
        pthread_cond_wait(&app->changed, &app->lock);
    if (!slot || slot->gone)
        err_set(err, ERR_NOT_FOUND, "there is no tenant \"%.*s\" in %s", STR_ARG(name),
                app->options.data_dir);
    else if (slot->state == SLOT_OPEN || open_slot(app, slot, err))
        tenant = take(app, slot);
    pthread_mutex_unlock(&app->lock);
    return tenant;
}

Tenant *tenant_acquire_open(App *app, Str name)
{
    Tenant *tenant = NULL;

    pthread_mutex_lock(&app->lock);
    Slot *slot = slot_find(app, name);
    if (slot && slot->state == SLOT_OPEN && !slot->gone)
        tenant = take(app, slot);
    pthread_mutex_unlock(&app->lock);
    return tenant;
}

Tenant *tenant_hold(Tenant *tenant)
{
    App *app = tenant->app;
    Slot *slot = (Slot *)tenant;

    pthread_mutex_lock(&app->lock);
    assert(slot->state == SLOT_OPEN && slot->holders > 0);
    slot->holders++;
    pthread_mutex_unlock(&app->lock);
    return tenant;
}

void tenant_release(Tenant *tenant)
{
    if (!tenant)
        return;
    App *app = tenant->app;
    Slot *slot = (Slot *)tenant;

    pthread_mutex_lock(&app->lock);
    assert(slot->state == SLOT_OPEN && slot->holders > 0);
    slot->holders--;
    if (app->open_count > app->options.max_open)
        close_one_idle(app);
    pthread_mutex_unlock(&app->lock);
}

void app_each_open(App *app, void (*fn)(Tenant *tenant, void *context), void *context)
{
    size_t count = 0;

    Arena *arena = arena_create(0);

    pthread_mutex_lock(&app->lock);
    Tenant **held = arena_array(arena, Tenant *, app->slot_count);
    /* Holding is not using: the order in which idle tenants are closed stays. */
    for (size_t i = 0; i < app->slot_count; i++)
        if (app->slots[i]->state == SLOT_OPEN) {
            app->slots[i]->holders++;
            held[count++] = &app->slots[i]->tenant;
        }
    pthread_mutex_unlock(&app->lock);
    for (size_t i = 0; i < count; i++) {
        fn(held[i], context);
        tenant_release(held[i]);
    }
    arena_destroy(arena);
}

/* --- Names and hosts ------------------------------------------------------ */

Str app_tenant_of_host(const App *app_const, Str host)
{
    App *app = (App *)app_const; /* the lock and the index behind it are caches */
    char buffer[256];
    ptrdiff_t colon = str_find_char(host, ':');

    host = colon >= 0 ? str_slice(host, 0, (size_t)colon) : host;
    if (host.len == 0 || host.len >= sizeof buffer)
        return STR_NONE;
    for (size_t i = 0; i < host.len; i++)
        buffer[i] =
            (char)(host.ptr[i] >= 'A' && host.ptr[i] <= 'Z' ? host.ptr[i] + 32 : host.ptr[i]);
    Str lower = {buffer, host.len};

    pthread_mutex_lock(&app->lock);
    read_hosts(app);
    const HostEntry *entry = host_find(app, lower);
    if (!entry) {
        scan(app, false);
        read_hosts(app);
        entry = host_find(app, lower);
    }
    Str name = entry ? entry->slot->tenant.name : STR_NONE;
    pthread_mutex_unlock(&app->lock);
    return name;
}

size_t app_tenant_names(const App *app_const, Arena *arena, Str **out)
{
    App *app = (App *)app_const;
    size_t count = 0;

    pthread_mutex_lock(&app->lock);
    scan(app, false);
    *out = arena_array(arena, Str, app->slot_count + 1);
    for (size_t i = 0; i < app->slot_count; i++)
        if (!app->slots[i]->gone)
            (*out)[count++] = app->slots[i]->tenant.name;
    pthread_mutex_unlock(&app->lock);
    return count;
}

bool app_has_tenant(App *app, Str name)
{
    pthread_mutex_lock(&app->lock);
    const Slot *slot = find_new(app, name);
    bool found = slot && !slot->gone;
    pthread_mutex_unlock(&app->lock);
    return found;
}

/* Called after a tenant was made by this process. */
void app_rescan(App *app)
{
    pthread_mutex_lock(&app->lock);
    scan(app, true);
    pthread_mutex_unlock(&app->lock);
}
