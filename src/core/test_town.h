/* SPDX-License-Identifier: EUPL-1.2 */
/* A town in a scratch folder for unit tests: real database, real files, gone afterwards. */
#pragma once

#include "core/crypto.h"
#include "core/log.h"
#include "core/tenant.h"
#include "core/test_folder.h"

typedef struct TestTown {
    char folder[TEST_FOLDER_MAX];
    Arena *arena;
    App *app;
    Tenant *tenant;
    Err err;
} TestTown;

/* Open and close what serves the town, between which a test may look at its files. */
static inline void test_town_start(TestTown *town, const Engine *const *engines, size_t count)
{
    AppOptions options = {.data_dir = arena_printf(town->arena, "%s/data", town->folder)};

    town->app = app_open(&options, engines, count, &town->err);
    assert_ok(town->app, &town->err);
    town->tenant = tenant_acquire(town->app, STR("musterstadt"), &town->err);
}

static inline void test_town_stop(TestTown *town)
{
    tenant_release(town->tenant);
    app_close(town->app);
}

/* Open a town named "musterstadt" with these engines and this tenant.yaml. */
static inline void test_town_open(TestTown *town, const Engine *const *engines, size_t count,
                                  const char *yaml)
{
    *town = (TestTown){.arena = arena_create(0)};
    crypto_start();
    engines_register(engines, count);
    log_set_level(LOG_ERROR + 1);
    test_folder_make(town->folder);
    char *source = arena_printf(town->arena, "%s/source", town->folder);
    char *settings = arena_printf(town->arena, "%s/tenant.yaml", source);
    assert_ok(folder_make(source, &town->err), &town->err);
    assert_ok(folder_write_file(settings, str_c(yaml), 0600, &town->err), &town->err);
    test_town_start(town, engines, count);
    assert_ok(tenant_create(town->app, STR("musterstadt"), source, &town->err), &town->err);
    town->tenant = tenant_acquire(town->app, STR("musterstadt"), &town->err);
    assert_ok(town->tenant, &town->err);
}

static inline void test_town_close(TestTown *town)
{
    test_town_stop(town);
    test_folder_remove(town->folder);
    arena_destroy(town->arena);
}

/* The same for cmocka, for one test or a group of them; the state is the town. */
static inline int test_town_set_up(TestTown *town, const Engine *const *engines, size_t count,
                                   const char *yaml, void **state)
{
    test_town_open(town, engines, count, yaml);
    *state = town;
    return 0;
}

static inline int test_town_tear_down(void **state)
{
    test_town_close(*state);
    return 0;
}

/* Run a function as a write; it must succeed. */
static inline void test_town_write(TestTown *town, WriteFn fn, void *context)
{
    assert_ok(db_write(town->tenant->db, fn, context, &town->err), &town->err);
}
