/* SPDX-License-Identifier: EUPL-1.2 */
/* A town that stores files. */
#pragma once

#include "core/store/file_internal.h"
#include "core/test_town.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

static const Engine *const ENGINES[] = {&WORK_ENGINE};

static inline int files_set_up(void **state)
{
    TestTown *town = malloc(sizeof *town);

    test_town_open(town, ENGINES, 1, "title: Stadt\n");
    *state = town;
    return 0;
}

static inline int files_tear_down(void **state)
{
    test_town_close(*state);
    free(*state);
    return 0;
}

/* Text of any size that is not equal to that of another seed. */
static inline Str text_of(TestTown *town, size_t size, int seed)
{
    char *bytes = arena_alloc(town->arena, size + 16);

    snprintf(bytes, 16, "%-15d", seed);
    for (size_t i = 15; i < size; i++)
        bytes[i] = (char)('a' + (i * 7 + i / 1000) % 26);
    return (Str){bytes, size};
}

static inline FileInfo prepared(TestTown *town, Str bytes)
{
    FileInfo info = {0};

    assert_ok(file_prepare(town->tenant, bytes, STR("x.txt"), NULL, town->arena, &info, &town->err),
              &town->err);
    return info;
}

typedef struct Put {
    TestTown *town;
    FileInfo info;
    Str bytes, owner;
    enum { PUT, ADD, DROP, ORDER } what;
} Put;

static inline bool do_put(Tx *tx, void *context, Err *err)
{
    Put *put = context;
    EffectOrder order = {.kind = "mail", .key = put->owner, .subject = put->owner};

    switch (put->what) {
    case PUT: return file_put(tx, put->town->tenant, &put->info, put->bytes, put->owner, err);
    case ADD: return file_add_owner(tx, str_c(put->info.sha256), put->owner, err);
    case DROP: return file_drop_owner(tx, str_c(put->info.sha256), put->owner, err);
    case ORDER: return effect_order(tx, &order, err);
    }
    return false;
}

static inline void change(TestTown *town, int what, const FileInfo *info, Str bytes,
                          const char *owner)
{
    Put put = {.town = town, .bytes = bytes, .owner = str_c(owner), .what = what};

    if (info)
        put.info = *info;
    assert_ok(db_write(town->tenant->db, do_put, &put, &town->err), &town->err);
}

static inline FileInfo stored(TestTown *town, Str bytes, const char *owner)
{
    FileInfo info = prepared(town, bytes);

    change(town, PUT, &info, bytes, owner);
    return info;
}

static inline bool read_back(TestTown *town, const char *sha256, Str *out)
{
    Tx *tx = db_read(town->tenant->db, &town->err);
    bool ok = file_read(tx, town->tenant, str_c(sha256), town->arena, out, &town->err);

    tx_end(tx);
    return ok;
}

static inline void sql(TestTown *town, const char *statement)
{
    sqlite3 *handle;

    assert_int_equal(sqlite3_open(arena_printf(town->arena, "%s/data/tenants/musterstadt/tenant.db",
                                               town->folder),
                                  &handle),
                     SQLITE_OK);
    sqlite3_busy_timeout(handle, 5000);
    assert_int_equal(sqlite3_exec(handle, statement, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

/* As if an hour and more had passed since the upload. */
static inline void grow_old(TestTown *town, const FileInfo *info)
{
    struct timespec old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};

    sql(town, "UPDATE file SET added = added - 7200000");
    sql(town, "UPDATE file_owner SET dropped = dropped - 7200000");
    utimensat(AT_FDCWD, file_disk_path(town->tenant, str_c(info->sha256), town->arena), old, 0);
}

static inline bool on_disk(TestTown *town, const FileInfo *info)
{
    return folder_is_file(file_disk_path(town->tenant, str_c(info->sha256), town->arena));
}

enum { SMALL_SIZE = 5000, BIG_SIZE = 700001 };

static inline bool refused(TestTown *town, Str bytes, const char *name, const FileRules *rules,
                           const char *reason)
{
    FileInfo info;

    return !file_prepare(town->tenant, bytes, str_c(name), rules, town->arena, &info, &town->err) &&
           town->err.kind == ERR_INPUT && strstr(town->err.message, reason);
}
