/* SPDX-License-Identifier: EUPL-1.2 */
/* A database with nine things that are looked at. */
#pragma once

#include "core/store/look.h"
#include "core/store/store_fixture.h"

enum { RING = 512 }; /* as many as look.c keeps outside of the table */

static const Migration STEPS[] = {
    {"test-001", "CREATE TABLE thing (id BIGINT PRIMARY KEY);"
                 "CREATE TABLE seen (id {id}, at BIGINT NOT NULL, who BIGINT NOT NULL, "
                 "what BIGINT NOT NULL, whose BIGINT NOT NULL, purpose TEXT NOT NULL)"},
    {NULL, NULL},
};
#define INSERT                                         \
    "INSERT INTO seen (at, who, what, whose, purpose)" \
    " SELECT $1, $2, id, $4, $5 FROM thing WHERE id = $3"

static const Migration *const LISTS[] = {STEPS, LOOK_MIGRATIONS};
static const DbOptions OPTIONS = {
    .migrations = LISTS, .migration_list_count = 2, .look_insert = INSERT};
static const DbOptions EXISTING = {
    .migrations = LISTS, .migration_list_count = 2, .look_insert = INSERT, .existing = true};

static inline Db *looks_reopen(Fixture *f, const char *path)
{
    return store_open(f, path, &EXISTING);
}

/* The file beside the database. */
static inline const char *looks_file(Fixture *f)
{
    return arena_printf(f->arena, "%s/t.looks", f->folder);
}

static inline bool add_things(Tx *tx, void *context, Err *err)
{
    for (int64_t id = 1; id <= *(int *)context; id++)
        if (!tx_exec(tx, err, "INSERT INTO thing (id) VALUES ($1)", P_INT(id)))
            return false;
    return true;
}

static inline bool look(Db *db, int64_t who, int64_t what, const char *purpose, Err *err)
{
    err_clear(err);
    return db_look(db, &(Look){.who = who, .what = what, .whose = 7, .purpose = str_c(purpose)},
                   err);
}

typedef struct Found {
    int64_t table, beside; /* rows of the table, looks that it lacks */
} Found;

static inline Found find(Fixture *f, Db *db, int64_t what)
{
    Found found = {-1, 0};
    Look *beside;
    size_t count;
    Tx *tx = db_read(db, &f->err);

    assert_ok(tx, &f->err);
    assert_ok(tx_query_int(tx, &f->err, &found.table, "SELECT COUNT(*) FROM seen WHERE what = $1",
                           P_INT(what)),
              &f->err);
    assert_ok(tx_looks(tx, what, f->arena, &beside, &count, &f->err), &f->err);
    tx_end(tx);
    found.beside = (int64_t)count;
    return found;
}

static inline void assert_found(Fixture *f, Db *db, int64_t what, int64_t table, int64_t beside)
{
    Found found = find(f, db, what);

    assert_int_equal(found.table, table);
    assert_int_equal(found.beside, beside);
}

static inline bool write_nothing(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE thing SET id = id WHERE id = 1");
}

static inline void write_something(Fixture *f, Db *db)
{
    assert_ok(db_write(db, write_nothing, NULL, &f->err), &f->err);
}

/* What a power cut at this moment would leave. */
static inline Db *after_a_crash(Fixture *f)
{
    static const char *const names[] = {"t.db", "t.db-wal", "t.looks"};
    const char *copy = arena_printf(f->arena, "%s/crash", f->folder);
    Str bytes;

    assert_ok(folder_make(copy, &f->err), &f->err);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *from = arena_printf(f->arena, "%s/%s", f->folder, names[i]);

        assert_ok(folder_read_file(from, 100000000, f->arena, &bytes, &f->err), &f->err);
        assert_ok(folder_write_file(arena_printf(f->arena, "%s/%s", copy, names[i]), bytes, 0600,
                                    &f->err),
                  &f->err);
    }
    return looks_reopen(f, arena_printf(f->arena, "%s/t.db", copy));
}

static inline Str file_bytes(Fixture *f)
{
    Str bytes;

    assert_ok(folder_read_file(looks_file(f), 1000000, f->arena, &bytes, &f->err), &f->err);
    return bytes;
}

static inline int looks_set_up(void **state)
{
    store_set_up(state, &OPTIONS);
    Fixture *f = *state;
    assert_ok(db_write(f->db, add_things, &(int){9}, &f->err), &f->err);
    return 0;
}
