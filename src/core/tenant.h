/* SPDX-License-Identifier: EUPL-1.2 */
/* Tenant: one municipality with its own data, look and rules. App: all of them in one
 * data folder.
 *
 *     DIR/tenants/NAME/tenant.yaml    settings: names, hosts, addresses, offices, money …
 *                      services/…     the town's own tables and lists, over the packages'
 *                      tenant.db      everything that is recorded
 *                      files/         large files, encrypted
 *                      spool/         mail, where no SMTP server is configured
 *     DIR/keys/NAME.key               the tenant's key (mode 0600), not part of a backup's archive
 *                                     unless asked for
 */
#pragma once

#include "base/clock.h"
#include "base/node.h"
#include "core/engine.h"
#include "core/store/db.h"

typedef struct App App;

struct Tenant {
    App *app;
    Str name;             /* "musterstadt": [a-z0-9-]{1,40} */
    Str folder;           /* DIR/tenants/NAME */
    const Node *settings; /* tenant.yaml */
    Db *db;
    unsigned char file_key[32];
    unsigned char csrf_key[32];
    unsigned char secret_key[32]; /* wraps secrets in the database (TOTP) */
    void *state[ENGINE_MAX];      /* one pointer per engine, set by its tenant_open */
};

/* The town that `serve --demo` makes, and the only one whose people have open passwords there. */
#define DEMO_TENANT STR("musterstadt")

typedef struct AppOptions {
    const char *data_dir;
    const char
        *services_dir; /* packages; default: share/services beside the program, or ./services */
    size_t max_open;   /* open tenants at once; 0: 64 */
    bool demo;
    bool commit_each;
    bool serves; /* the server */
    bool beside; /* a command that works beside a serving process, on a folder that is there;
                    without it the folder is made when missing, and refused while another process
                    serves it */
} AppOptions;

/* Open the folder. Tenants are opened when first asked for. */
App *app_open(const AppOptions *options, const Engine *const *engines, size_t engine_count,
              Err *err);
void app_close(App *app);
const AppOptions *app_options(const App *app);
const Engine *const *app_engines(const App *app, size_t *count);
/* Index of the engine in Tenant.state. */
size_t app_engine_index(const App *app, const Engine *engine);

/* Take hold of a tenant; give it back with tenant_release. NULL when it does not exist. */
Tenant *tenant_acquire(App *app, Str name, Err *err);
/* As tenant_acquire, but NULL at once (no error) when the tenant is not open now: for threads
 * that must not wait for the disk. */
Tenant *tenant_acquire_open(App *app, Str name);
void tenant_release(Tenant *tenant);
/* One more holder of a tenant already held. */
Tenant *tenant_hold(Tenant *tenant);
/* Whose transaction this is. */
Tenant *tx_tenant(Tx *tx);
/* The name of the tenant that answers for this host, or STR_NONE. */
Str app_tenant_of_host(const App *app, Str host);
/* Is there one of this name, made a moment ago perhaps? Opens nothing. */
bool app_has_tenant(App *app, Str name);
/* All names, sorted. */
size_t app_tenant_names(const App *app, Arena *arena, Str **out);
/* Call for each tenant that is open now, on this thread. */
void app_each_open(App *app, void (*fn)(Tenant *tenant, void *context), void *context);
/* Make a tenant from a folder of settings (tenants/demo). ERR_CONFLICT when it exists. */
bool tenant_create(App *app, Str name, const char *from_folder, Err *err);
/* A setting by path, "money.iban": the text of a string or number; STR_NONE when missing. */
Str tenant_setting(const Tenant *tenant, const char *path);
/* `title` of tenant.yaml: "Musterstadt", in pages and letters. Never empty. */
Str tenant_title(const Tenant *tenant);

/* `rathaus backup|restore|verify|tenant …` */
int backup_command(int argc, char **argv);
int restore_command(int argc, char **argv);
int verify_command(int argc, char **argv);
int tenant_command(int argc, char **argv);

/* These commands, and the daily round over each tenant's files. */
extern const Engine STORE_ENGINE;
