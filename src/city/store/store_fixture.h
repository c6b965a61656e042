/* SPDX-License-Identifier: EUPL-1.2 */
/* A store in a folder of its own, and short ways to fill and read it. */
#pragma once

#include "city/store/store.h"
#include "core/test_folder.h"

typedef struct Fixture {
    char folder[TEST_FOLDER_MAX];
    ObsStore *store;
    Arena *arena;
    Err err;
} Fixture;

static inline void fixture_open(Fixture *f)
{
    f->store = obs_open(f->folder, NULL, &f->err);
    if (!f->store)
        fail_msg("%s", f->err.message);
}

static inline void fixture_reopen(Fixture *f)
{
    obs_close(f->store);
    fixture_open(f);
}

static inline int fixture_set_up(void **state)
{
    Fixture *f = calloc(1, sizeof *f);

    test_folder_make(f->folder);
    f->arena = arena_create(0);
    fixture_open(f);
    *state = f;
    return 0;
}

static inline int fixture_tear_down(void **state)
{
    Fixture *f = *state;

    obs_close(f->store);
    test_folder_remove(f->folder);
    arena_destroy(f->arena);
    free(f);
    return 0;
}

/* Times from, from + 1000 ..., numbers from 0. */
static inline void fixture_fill(Fixture *f, uint32_t series, int64_t from, size_t count)
{
    ObsEntry *entries = arena_array(f->arena, ObsEntry, count);

    for (size_t i = 0; i < count; i++)
        entries[i] = (ObsEntry){series, obs_number(from + (int64_t)i * 1000, (double)i)};
    assert_ok(obs_append(f->store, entries, count, 0, NULL, &f->err), &f->err);
}

static inline uint64_t fixture_count(Fixture *f, uint32_t series)
{
    uint64_t count;

    assert_ok(obs_count(f->store, series, INT64_MIN, INT64_MAX, &count, &f->err), &f->err);
    return count;
}

/* The only file of this kind in the folder. */
static inline const char *fixture_file(Fixture *f, const char *kind)
{
    const char *found = NULL;
    Str *names;
    size_t count;

    assert_ok(folder_list(f->folder, f->arena, &names, &count, &f->err), &f->err);
    for (size_t i = 0; i < count; i++)
        if (str_ends_with(names[i], kind))
            found = arena_printf(f->arena, "%s/%.*s", f->folder, STR_ARG(names[i]));
    assert_non_null(found);
    return found;
}
