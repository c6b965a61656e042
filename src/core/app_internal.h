/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files behind tenant.h share. Nobody else includes this. */
#pragma once

#include "core/tenant.h"

#include <pthread.h>

enum { TENANT_NAME_MAX = 40, DEFAULT_MAX_OPEN = 64 };

/* --- data_folder.c --- */
/* Only a server, `tenant create` and `restore` make a data folder: with a mistyped name every other
 * command would go to work in an empty town. */
bool data_folder_make(const char *data_dir, Err *err);
/* False when there is none: err says where it was looked for and what to do. */
bool data_folder_find(const char *data_dir, Err *err);
/* Remove what commands that were cut off have left half-made, where nobody else is at work. */
bool data_folder_remove_left(const char *data_dir, Err *err);
/* Of that the copies of databases which backups have left; nothing while a command runs. */
bool data_folder_remove_copies(const char *data_dir, Err *err);

/* --- data_lock.c --- */
typedef enum DataLockKind {
    DATA_SERVE,  /* one server, which waits a second for one that ends; commands may run beside */
    DATA_WORK,   /* a command in the place of a server */
    DATA_BESIDE, /* a command beside a server */
    DATA_ALONE,  /* nobody else at all: restore */
    DATA_TIDY,   /* no command: a server that tidies up at its start */
} DataLockKind;
typedef struct DataLock {
    int server, commands; /* descriptors, -1: not held */
} DataLock;
/* False when somebody else holds the folder: err names the process and the remedy. */
bool data_lock(const char *data_dir, DataLockKind kind, DataLock *out, Err *err);
void data_unlock(DataLock *lock);

typedef enum SlotState { SLOT_CLOSED, SLOT_OPENING, SLOT_OPEN, SLOT_CLOSING } SlotState;

/* One tenant that the folder knows, open or not. Slots stay until the app is closed, so that
 * names handed out stay valid. */
typedef struct Slot {
    Tenant tenant; /* first: a Tenant is its Slot */
    SlotState state;
    size_t holders;
    uint64_t last_used;
    Arena *arena; /* while open: the settings */
    bool gone;    /* the folder has disappeared */
} Slot;

typedef struct HostEntry {
    Str host;
    Slot *slot;
} HostEntry;

struct App {
    AppOptions options;
    const Engine *const *engines;
    size_t engine_count;
    DataLock data_lock;

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    Arena *arena;
    Slot **slots; /* sorted by name */
    size_t slot_count, slot_capacity;
    bool hosts_known;
    HostEntry *hosts; /* sorted by host */
    size_t host_count;
    Arena *host_arena;
    size_t open_count;
    uint64_t uses;
    int64_t scanned_at;   /* monotonic ms */
    int64_t folder_stamp; /* mtime of DIR/tenants in ns at the last look */
};

/* --- tenant_key.c --- */
/* Make a key when there is none; an old one is kept, since backups may need it. */
bool tenant_key_make(const char *data_dir, Str name, Err *err);
bool tenant_key_read(const char *data_dir, Str name, unsigned char key[32], Err *err);
char *tenant_key_path(const char *data_dir, Str name, Arena *arena);

/* --- tenant_settings.c --- */
bool tenant_name_valid(Str name);
/* The same; ERR_INPUT says what a name is. */
bool tenant_name_check(Str name, Err *err);
/* Read and check `folder`/tenant.yaml. */
const Node *tenant_settings_read(const char *folder, Arena *arena, Err *err);

/* --- tenant_open.c --- */
bool tenant_open(Slot *slot, Err *err);
void tenant_shut(Slot *slot);
/* Does this master key belong to this database? `note` remembers it when none is known yet. */
bool tenant_key_check(Db *db, Str name, const unsigned char master[32], bool note, Err *err);
/* Make the database of a new tenant in its folder, with the fingerprint of its key. From then on
 * a missing or empty one is a loss, and told so. */
bool tenant_database_make(const char *folder, Str name, const unsigned char master[32], Err *err);
/* The database at `path` as it is: no migrations are run. One that is missing, empty, or newer than
 * the program's engines is refused. */
Db *tenant_database_view(const char *path, Err *err);
/* A tenant as a command sees it beside the server: settings, and the database as it is; no
 * engines, no keys. The caller closes `out->db`. When it fails, `out->settings` tells whether they
 * at least were good. */
bool tenant_view_open(const char *data_dir, Str name, Arena *arena, Tenant *out, Err *err);

/* --- tenant_create.c --- */
/* Move a folder that was built in DIR/tenants to the tenant's place; ERR_CONFLICT when
 * the tenant exists. */
bool tenant_place(const char *built, const char *data_dir, Str name, Err *err);

/* --- app.c --- */
void app_rescan(App *app);
