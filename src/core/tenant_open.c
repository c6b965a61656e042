/* SPDX-License-Identifier: EUPL-1.2 */
/* Opening one tenant: settings, key, database, engines; and closing it again. */
#include "core/app_internal.h"
#include "core/crypto.h"
#include "core/folder.h"
#include "core/store/event.h"
#include "core/store/file.h"
#include "core/store/look.h"
#include "core/work/keep.h"

#include <assert.h>
#include <sodium.h>

/* Which key belongs to this database, so that a mix-up shows at the door and not as
 * unreadable files years later. */
static const Migration KEY_MIGRATIONS[] = {
    {"store-001-key", "CREATE TABLE tenant_key ("
                      "  one BIGINT PRIMARY KEY CHECK (one = 1), fingerprint TEXT NOT NULL)"},
    {NULL, NULL},
};

static bool insert_fingerprint(Tx *tx, void *context, Err *err)
{
    return tx_exec(tx, err,
                   "INSERT INTO tenant_key (one, fingerprint) VALUES (1, $1) "
                   "ON CONFLICT (one) DO NOTHING",
                   P_TEXT(*(Str *)context));
}

static bool read_fingerprint(Db *db, Arena *arena, Str *out, Err *err)
{
    Tx *tx = db_read(db, err);

    *out = STR_NONE;
    if (!tx)
        return false;
    Rows *rows = tx_query(tx, arena, err, "SELECT fingerprint FROM tenant_key");
    if (rows && rows_next(rows, err))
        *out = row_text(rows, 0);
    tx_end(tx);
    return rows && err->kind == ERR_NONE;
}

bool tenant_key_check(Db *db, Str name, const unsigned char master[32], bool note, Err *err)
{
    Arena *arena = arena_create(0);
    unsigned char subkey[32];
    Str stored;

    crypto_subkey(master, "fingerprint", subkey);
    Str own = crypto_hex(arena, (Str){(const char *)subkey, sizeof subkey});
    err_clear(err);
    bool ok = read_fingerprint(db, arena, &stored, err);
    if (ok && !stored.ptr && note)
        ok = db_write(db, insert_fingerprint, &own, err) &&
             read_fingerprint(db, arena, &stored, err);
    if (ok && stored.ptr && !crypto_equal(own, stored))
        ok = err_set(err, ERR_INTERNAL,
                     "the key of tenant \"%.*s\" does not belong to its database; put the right "
                     "keys/%.*s.key back",
                     STR_ARG(name), STR_ARG(name));
    arena_destroy(arena);
    return ok;
}

/* Every schema step that this program knows. */
typedef struct Steps {
    const Migration *lists[ENGINE_MAX + 4];
    size_t count;
} Steps;

static Steps steps_of(const Engine *const *engines, size_t engine_count)
{
    Steps steps = {{KEY_MIGRATIONS, EVENT_MIGRATIONS, FILE_MIGRATIONS, LOOK_MIGRATIONS}, 4};

    for (size_t i = 0; i < engine_count; i++)
        steps.lists[steps.count++] = engines[i]->migrations;
    return steps;
}

bool tenant_database_make(const char *folder, Str name, const unsigned char master[32], Err *err)
{
    Arena *arena = arena_create(0);
    Steps steps = steps_of(NULL, 0);
    DbOptions options = {.migrations = steps.lists, .migration_list_count = steps.count};
    Db *db = db_open(arena_printf(arena, "%s/tenant.db", folder), &options, err);
    bool ok = db && tenant_key_check(db, name, master, true, err);

    db_close(db);
    arena_destroy(arena);
    return ok && folder_sync(folder, err);
}

static bool open_database(Slot *slot, Err *err)
{
    const App *app = slot->tenant.app;
    Steps steps = steps_of(app->engines, app->engine_count);
    DbOptions options = {.migrations = steps.lists,
                         .migration_list_count = steps.count,
                         .existing = true,
                         .commit_each = app->options.commit_each};

    for (size_t i = 0; i < app->engine_count; i++)
        if (app->engines[i]->look_insert)
            options.look_insert = app->engines[i]->look_insert;
    const char *path = arena_printf(slot->arena, "%.*s/tenant.db", STR_ARG(slot->tenant.folder));
    slot->tenant.db = db_open(path, &options, err);
    if (slot->tenant.db)
        db_set_owner(slot->tenant.db, &slot->tenant);
    return slot->tenant.db != NULL;
}

static void close_engines(Slot *slot, size_t count)
{
    const Engine *const *engines = slot->tenant.app->engines;

    while (count-- > 0)
        if (engines[count]->tenant_close)
            engines[count]->tenant_close(&slot->tenant, count);
    memset(slot->tenant.state, 0, sizeof slot->tenant.state);
}

static bool open_engines(Slot *slot, Err *err)
{
    const App *app = slot->tenant.app;

    for (size_t i = 0; i < app->engine_count; i++)
        if (app->engines[i]->tenant_open && !app->engines[i]->tenant_open(&slot->tenant, i, err)) {
            close_engines(slot, i);
            return err_context(err, "tenant \"%.*s\", %s", STR_ARG(slot->tenant.name),
                               app->engines[i]->name);
        }
    if (!keep_settings_check(&slot->tenant, err)) {
        close_engines(slot, app->engine_count);
        return false;
    }
    return true;
}

static void close_database(Slot *slot)
{
    db_close(slot->tenant.db);
    slot->tenant.db = NULL;
    slot->tenant.settings = NULL;
    arena_destroy(slot->arena);
    slot->arena = NULL;
}

bool tenant_open(Slot *slot, Err *err)
{
    Tenant *tenant = &slot->tenant;
    unsigned char master[32];

    slot->arena = arena_create(0);
    tenant->settings = tenant_settings_read(tenant->folder.ptr, slot->arena, err);
    bool ok = tenant->settings &&
              tenant_key_read(tenant->app->options.data_dir, tenant->name, master, err);
    if (ok) {
        crypto_subkey(master, "file", tenant->file_key);
        crypto_subkey(master, "csrf", tenant->csrf_key);
        crypto_subkey(master, "secret", tenant->secret_key);
    }
    ok = ok && open_database(slot, err) &&
         tenant_key_check(tenant->db, tenant->name, master, true, err) && open_engines(slot, err);
    sodium_memzero(master, sizeof master);
    if (!ok && err->kind == ERR_NOT_FOUND) /* the tenant is there, in parts */
        err->kind = ERR_INTERNAL;
    if (!ok)
        close_database(slot);
    return ok;
}

void tenant_shut(Slot *slot)
{
    close_engines(slot, slot->tenant.app->engine_count);
    close_database(slot);
}

Db *tenant_database_view(const char *path, Err *err)
{
    size_t engine_count;
    const Engine *const *engines = engines_all(&engine_count);
    Steps steps = steps_of(engines, engine_count);
    DbOptions options = {.migrations = steps.lists,
                         .migration_list_count = steps.count,
                         .existing = true,
                         .as_it_is = true};

    return db_open(path, &options, err);
}

bool tenant_view_open(const char *data_dir, Str name, Arena *arena, Tenant *out, Err *err)
{

    *out = (Tenant){
        .name = name,
        .folder = str_printf(arena, "%s/tenants/%.*s", data_dir, STR_ARG(name)),
    };
    const char *path = arena_printf(arena, "%.*s/tenant.db", STR_ARG(out->folder));
    out->settings = tenant_settings_read(out->folder.ptr, arena, err);
    if (out->settings)
        out->db = tenant_database_view(path, err);
    return out->db != NULL;
}

Tenant *tx_tenant(Tx *tx)
{
    Tenant *tenant = db_owner(tx_db(tx));

    assert(tenant);
    return tenant;
}
