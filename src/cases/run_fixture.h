/* SPDX-License-Identifier: EUPL-1.2 */
/* A small dog register of the demonstration town, for what tests runs. */
#pragma once

#include "core/test_town.h"

#include "cases/cases.h"
#include "cases/publish.h"
#include "cases/run_store.h"
#include "core/store/event.h"
#include "ident/ident.h"
#include "pay/charge.h"
#include "pay/decision.h"
#include "pay/ledger.h"

static const Engine *const ENGINES[] = {&WORK_ENGINE, &IDENT_ENGINE, &PAY_ENGINE, &CASES_ENGINE};
static char folder[TEST_FOLDER_MAX];
static Arena *arena;
static App *app;
static Tenant *tenant;
static Err err;

typedef struct Dog {
    const char *key, *account, *name; /* account: NULL */
} Dog;

static bool add_dog(Tx *tx, void *context, Err *why)
{
    const Dog *dog = context;
    const Package *package = tenant_package(tenant, STR("hund"), why);
    RegisterChange change = {.package = package, .actor = STR("test"), .today = {2026, 12, 1}};
    Str yaml = str_printf(arena,
                          "{name: Rex, rasse: mops, mischling: false, listenhund: false, "
                          "haltung_seit: 2020-03-01, steuer_ab: 2020-04-01, halter: %s, konto: %s, "
                          "halterart: person, halter_name: %s, halter_strasse: Lindenweg 1, "
                          "halter_ort: 12345 Musterstadt}",
                          dog->key, dog->account ? dog->account : "null", dog->name);
    Node *data = node_parse_yaml(arena, yaml, "dog", &NODE_LIMITS_REQUEST, why);
    int64_t id;

    if (!package || !data)
        return false;
    change.spec = package_register(package, STR("hund"));
    return register_add(tx, &change, data, (Date){2020, 3, 1}, arena, &id, why);
}

static int set_up(void **state)
{
    static const Dog DOGS[] = {{"p/anna", NULL, "Anna Adler"},
                               {"p/bert", "p/anna", "Bert Adler"},
                               {"p/cem", NULL, "Cem Celik"}};
    const char *root = getenv("SOURCE_ROOT");

    (void)state;
    arena = arena_create(1 << 16);
    crypto_start();
    engines_register(ENGINES, 4);
    log_set_level(LOG_ERROR + 1);
    test_folder_make(folder);
    AppOptions options = {.data_dir = folder,
                          .services_dir = arena_printf(arena, "%s/services", root)};
    assert_ok(app = app_open(&options, ENGINES, 4, &err), &err);
    assert_ok(
        tenant_create(app, STR("musterstadt"), arena_printf(arena, "%s/tenants/demo", root), &err),
        &err);
    assert_ok(tenant = tenant_acquire(app, STR("musterstadt"), &err), &err);
    if (!tenant)
        return 1;
    for (size_t i = 0; i < 3; i++)
        assert_ok(db_write(tenant->db, add_dog, (void *)&DOGS[i], &err), &err);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tenant_release(tenant);
    app_close(app);
    test_folder_remove(folder);
    arena_destroy(arena);
    return 0;
}

static const RunOrder ORDER = {.service = STR("hund"),
                               .name = STR("jahresveranlagung"),
                               .year = 2027,
                               .today = {2027, 1, 10},
                               .actor = STR("test")};

static RunRow row_of(int64_t id)
{
    RunRow row;
    Tx *tx = db_read(tenant->db, &err);

    assert_ok(run_by_id(tx, id, arena, &row, &err), &err);
    tx_end(tx);
    return row;
}

#define RUN_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
