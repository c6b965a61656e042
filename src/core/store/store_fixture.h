/* SPDX-License-Identifier: EUPL-1.2 */
/* What the tests of the store stand on: a database in a folder of its own, and an arena. */
#pragma once

#include "core/crypto.h"
#include "core/log.h"
#include "core/store/db.h"
#include "core/test_folder.h"

typedef struct Fixture {
    char folder[TEST_FOLDER_MAX];
    const char *path; /* of the database */
    Arena *arena;
    Db *db;
    Db *other; /* for tests that open a second one: closed after the test as well */
    Err err;
} Fixture;

static inline Db *store_open(Fixture *f, const char *path, const DbOptions *options)
{
    Db *db = db_open(path, options, &f->err);

    assert_ok(db, &f->err);
    return db;
}

static inline int store_set_up(void **state, const DbOptions *options)
{
    Fixture *f = calloc(1, sizeof *f);

    crypto_start();
    log_set_level(LOG_ERROR + 1);
    test_folder_make(f->folder);
    f->arena = arena_create(0);
    f->path = arena_printf(f->arena, "%s/t.db", f->folder);
    f->db = store_open(f, f->path, options);
    *state = f;
    return 0;
}

static inline int store_tear_down(void **state)
{
    Fixture *f = *state;

    db_close(f->db);
    db_close(f->other);
    arena_destroy(f->arena);
    test_folder_remove(f->folder);
    free(f);
    return 0;
}
