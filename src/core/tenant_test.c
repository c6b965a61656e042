/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/crypto.h"
#include "core/log.h"
#include "core/tenant.h"
#include "core/test_folder.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- An engine that counts ------------------------------------------------ */

static atomic_int opened, closed;

static bool counting_open(Tenant *tenant, size_t index, Err *err)
{
    (void)err;
    atomic_fetch_add(&opened, 1);
    tenant->state[index] = tenant;
    return true;
}

static void counting_close(Tenant *tenant, size_t index)
{
    assert(tenant->state[index] == tenant);
    atomic_fetch_add(&closed, 1);
}

static const Migration COUNT_STEPS[] = {
    {"count-001", "CREATE TABLE visit (id {id}, visitor TEXT NOT NULL UNIQUE)"},
    {NULL, NULL},
};
static const Engine COUNT_ENGINE = {
    .name = "count",
    .migrations = COUNT_STEPS,
    .tenant_open = counting_open,
    .tenant_close = counting_close,
};
static const Engine *const ENGINES[] = {&COUNT_ENGINE};

/* --- Fixture -------------------------------------------------------------- */

typedef struct Fixture {
    char folder[TEST_FOLDER_MAX];
    char data[80];
    char source[80];
    Arena *arena;
    App *app;
    Err err;
} Fixture;

static App *open_app(Fixture *f, size_t max_open)
{
    AppOptions options = {.data_dir = f->data, .max_open = max_open};

    return app_open(&options, ENGINES, 1, &f->err);
}

static void write_settings(Fixture *f, const char *yaml)
{
    const char *path = arena_printf(f->arena, "%s/tenant.yaml", f->source);

    assert_ok(folder_write_file(path, str_c(yaml), 0600, &f->err), &f->err);
}

static int set_up(void **state)
{
    Fixture *f = calloc(1, sizeof *f);

    log_set_level(LOG_ERROR + 1);
    test_folder_make(f->folder);
    snprintf(f->data, sizeof f->data, "%s/data", f->folder);
    snprintf(f->source, sizeof f->source, "%s/source", f->folder);
    f->arena = arena_create(0);
    assert_ok(folder_make(f->source, &f->err), &f->err);
    write_settings(f,
                   "title: Musterstadt\nhosts: [www.musterstadt.example]\nmoney:\n  iban: DE1\n");
    atomic_store(&opened, 0);
    atomic_store(&closed, 0);
    f->app = open_app(f, 0);
    assert_ok(f->app, &f->err);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *f = *state;

    app_close(f->app);
    arena_destroy(f->arena);
    test_folder_remove(f->folder);
    free(f);
    return 0;
}

static void create(Fixture *f, const char *name)
{
    assert_ok(tenant_create(f->app, str_c(name), f->source, &f->err), &f->err);
}

/* --- Creating and opening ------------------------------------------------- */

static void created_tenant_is_open_to_work(void **state)
{
    Fixture *f = *state;

    create(f, "musterstadt");
    Tenant *tenant = tenant_acquire(f->app, STR("musterstadt"), &f->err);
    assert_ok(tenant, &f->err);
    assert_str(tenant->name, "musterstadt");
    assert_str(tenant_title(tenant), "Musterstadt");
    assert_str(tenant_setting(tenant, "money.iban"), "DE1");
    assert_null(tenant_setting(tenant, "money.bic").ptr);
    assert_int_equal(atomic_load(&opened), 1);
    assert_ptr_equal(tenant->state[app_engine_index(f->app, &COUNT_ENGINE)], tenant);
    Tx *tx = db_read(tenant->db, &f->err);
    assert_ptr_equal(tx_tenant(tx), tenant);
    tx_end(tx);
    assert_ptr_equal(tenant_acquire_open(f->app, STR("musterstadt")), tenant);
    tenant_release(tenant);
    tenant_release(tenant);
}

static void tenant_is_created_once(void **state)
{
    Fixture *f = *state;

    create(f, "musterstadt");
    assert_false(tenant_create(f->app, STR("musterstadt"), f->source, &f->err));
    assert_int_equal(f->err.kind, ERR_CONFLICT);
}

static void names_with_tricks_are_refused(void **state)
{
    static const char *const names[] = {
        "",   "..",        "a/b",  "Stadt",
        "-x", "stadt.new", "a\tb", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    Fixture *f = *state;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_false(tenant_create(f->app, str_c(names[i]), f->source, &f->err));
        assert_int_equal(f->err.kind, ERR_INPUT);
        assert_null(tenant_acquire(f->app, str_c(names[i]), &f->err));
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
    }
}

static void keys_are_private_and_each_tenant_has_its_own(void **state)
{
    Fixture *f = *state;
    struct stat st;

    create(f, "a");
    write_settings(f, "title: B");
    create(f, "b");
    Tenant *a = tenant_acquire(f->app, STR("a"), &f->err);
    Tenant *b = tenant_acquire(f->app, STR("b"), &f->err);
    assert_memory_not_equal(a->file_key, b->file_key, 32);
    assert_memory_not_equal(a->file_key, a->csrf_key, 32);
    assert_memory_not_equal(a->secret_key, a->csrf_key, 32);
    tenant_release(a);
    tenant_release(b);
    assert_int_equal(stat(arena_printf(f->arena, "%s/keys/a.key", f->data), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(arena_printf(f->arena, "%s/tenants/a", f->data), &st), 0);
    assert_int_equal(st.st_mode & 077, 0);
}

static void missing_or_wrong_key_is_told_at_the_door(void **state)
{
    Fixture *f = *state;
    const char *key = arena_printf(f->arena, "%s/keys/a.key", f->data);
    Str original;

    create(f, "a");
    tenant_release(tenant_acquire(f->app, STR("a"), &f->err));
    app_close(f->app);
    f->app = open_app(f, 0);
    assert_ok(folder_read_file(key, 100, f->arena, &original, &f->err), &f->err);
    unlink(key);
    assert_null(tenant_acquire(f->app, STR("a"), &f->err));
    assert_non_null(strstr(f->err.message, "keys/a.key is missing"));
    assert_ok(folder_write_file(key, str_printf(f->arena, "%064d\n", 7), 0600, &f->err), &f->err);
    assert_null(tenant_acquire(f->app, STR("a"), &f->err));
    assert_non_null(strstr(f->err.message, "does not belong to its database"));
    assert_ok(folder_write_file(key, original, 0600, &f->err), &f->err);
    Tenant *tenant = tenant_acquire(f->app, STR("a"), &f->err);
    assert_ok(tenant, &f->err);
    tenant_release(tenant);
}

static void bad_settings_are_told_with_file_and_line(void **state)
{
    static const struct {
        const char *yaml, *message;
        int line;
    } cases[] = {
        {"hosts: [a.example]\n", "\"title\" is missing", 1},
        {"title: A\nhosts: www.example\n", "is a list", 2},
        {"title: A\nhosts:\n  - good.example\n  - https://bad.example\n", "not a host name", 4},
        {"title: A\nhosts:\n  - a.example\n  - a.example\n", "twice", 4},
        {"title: A\nfiles:\n  clamd: 127.0.0.1\n", "files.clamd", 3},
        {"title: [A\n", "", 2},
    };
    Fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_settings(f, cases[i].yaml);
        assert_false(tenant_create(f->app, STR("x"), f->source, &f->err));
        assert_int_equal(f->err.kind, ERR_INPUT);
        assert_non_null(strstr(f->err.file, "tenant.yaml"));
        assert_non_null(strstr(f->err.message, cases[i].message));
        assert_int_equal(f->err.line, cases[i].line);
        assert_false(folder_exists(arena_printf(f->arena, "%s/tenants/x", f->data)));
    }
}

/* --- Hosts ---------------------------------------------------------------- */

static void host_finds_its_tenant(void **state)
{
    Fixture *f = *state;

    create(f, "musterstadt");
    assert_str(app_tenant_of_host(f->app, STR("www.musterstadt.example")), "musterstadt");
    assert_str(app_tenant_of_host(f->app, STR("WWW.Musterstadt.Example:8080")), "musterstadt");
    assert_null(app_tenant_of_host(f->app, STR("musterstadt.example")).ptr);
    assert_null(app_tenant_of_host(f->app, STR("")).ptr);
}

static void host_of_two_tenants_is_nobodys(void **state)
{
    Fixture *f = *state;

    create(f, "a");
    write_settings(f, "title: B\nhosts: [www.musterstadt.example, b.example]\n");
    create(f, "b");
    assert_null(app_tenant_of_host(f->app, STR("www.musterstadt.example")).ptr);
    assert_str(app_tenant_of_host(f->app, STR("b.example")), "b");
}

static void names_are_sorted(void **state)
{
    Fixture *f = *state;
    Str *names;

    create(f, "b");
    create(f, "a");
    create(f, "a-b");
    assert_int_equal(app_tenant_names(f->app, f->arena, &names), 3);
    assert_str(names[0], "a");
    assert_str(names[1], "a-b");
    assert_str(names[2], "b");
}

/* --- One server ----------------------------------------------------------- */

static void second_server_is_refused_and_a_command_is_not(void **state)
{
    Fixture *f = *state;
    AppOptions beside = {.data_dir = f->data, .beside = true};

    assert_null(open_app(f, 0));
    assert_int_equal(f->err.kind, ERR_CONFLICT);
    assert_non_null(strstr(f->err.message, arena_printf(f->arena, "process %d", (int)getpid())));
    create(f, "a");
    App *command = app_open(&beside, ENGINES, 1, &f->err);
    assert_ok(command, &f->err);
    Tenant *tenant = tenant_acquire(command, STR("a"), &f->err);
    assert_ok(tenant, &f->err);
    tenant_release(tenant);
    app_close(command);
    app_close(f->app);
    f->app = open_app(f, 0);
    assert_ok(f->app, &f->err);
}

/* --- Many tenants --------------------------------------------------------- */

enum { TOWNS = 12, OPEN_AT_ONCE = 3, VISITORS = 16, VISITS = 60 };

typedef struct Visitor {
    App *app;
    int number;
} Visitor;

static bool visit(Tx *tx, void *context, Err *err)
{
    return tx_exec(tx, err, "INSERT INTO visit (visitor) VALUES ($1)", P_TEXT(*(Str *)context));
}

static void *travel(void *argument)
{
    Visitor *visitor = argument;
    unsigned random = (unsigned)visitor->number * 2654435761u + 1;

    for (int i = 0; i < VISITS; i++) {
        char name[16], text[32];
        Err err = {0};
        random = random * 1103515245u + 12345u;
        snprintf(name, sizeof name, "town-%u", random / 65536 % TOWNS);
        snprintf(text, sizeof text, "%d/%d", visitor->number, i);
        Tenant *tenant = tenant_acquire(visitor->app, str_c(name), &err);
        assert(tenant && str_is(tenant->name, name));
        Tenant *again = i % 5 == 0 ? tenant_hold(tenant) : NULL;
        Str who = str_c(text);
        bool ok = db_write(tenant->db, visit, &who, &err);
        assert(ok);
        tenant_release(again);
        tenant_release(tenant);
    }
    return NULL;
}

static void tenants_close_only_when_idle_and_nothing_is_lost(void **state)
{
    Fixture *f = *state;
    pthread_t threads[VISITORS];
    Visitor visitors[VISITORS];
    int64_t visits = 0;

    write_settings(f, "title: Ort");
    for (int i = 0; i < TOWNS; i++)
        create(f, arena_printf(f->arena, "town-%d", i));
    app_close(f->app);
    f->app = open_app(f, OPEN_AT_ONCE);
    for (int i = 0; i < VISITORS; i++) {
        visitors[i] = (Visitor){f->app, i};
        assert_int_equal(pthread_create(&threads[i], NULL, travel, &visitors[i]), 0);
    }
    for (int i = 0; i < VISITORS; i++)
        pthread_join(threads[i], NULL);
    assert_true(atomic_load(&opened) - atomic_load(&closed) <= OPEN_AT_ONCE);
    assert_true(atomic_load(&opened) > TOWNS);
    for (int i = 0; i < TOWNS; i++) {
        int64_t count = 0;
        Tenant *tenant = tenant_acquire(f->app, str_printf(f->arena, "town-%d", i), &f->err);
        assert_ok(tenant, &f->err);
        Tx *tx = db_read(tenant->db, &f->err);
        assert_ok(tx_query_int(tx, &f->err, &count, "SELECT count(*) FROM visit"), &f->err);
        tx_end(tx);
        tenant_release(tenant);
        visits += count;
    }
    assert_int_equal(visits, VISITORS * VISITS);
}

static void tenant_that_is_not_open_is_not_opened_by_asking(void **state)
{
    Fixture *f = *state;

    create(f, "a");
    assert_null(tenant_acquire_open(f->app, STR("a")));
    assert_int_equal(atomic_load(&opened), 0);
}

static void note_name(Tenant *tenant, void *context)
{
    Buf *names = context;

    buf_add(names, tenant->name);
    buf_add_char(names, ' ');
}

static void each_open_tenant_is_visited_and_no_other(void **state)
{
    Fixture *f = *state;
    Buf names = buf_in(f->arena);

    create(f, "a");
    create(f, "b");
    create(f, "c");
    Tenant *a = tenant_acquire(f->app, STR("a"), &f->err);
    tenant_release(tenant_acquire(f->app, STR("c"), &f->err));
    app_each_open(f->app, note_name, &names);
    assert_str(buf_str(&names), "a c ");
    tenant_release(a);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(created_tenant_is_open_to_work),
        TEST(tenant_is_created_once),
        TEST(names_with_tricks_are_refused),
        TEST(keys_are_private_and_each_tenant_has_its_own),
        TEST(missing_or_wrong_key_is_told_at_the_door),
        TEST(bad_settings_are_told_with_file_and_line),
        TEST(host_finds_its_tenant),
        TEST(host_of_two_tenants_is_nobodys),
        TEST(names_are_sorted),
        TEST(second_server_is_refused_and_a_command_is_not),
        TEST(tenants_close_only_when_idle_and_nothing_is_lost),
        TEST(tenant_that_is_not_open_is_not_opened_by_asking),
        TEST(each_open_tenant_is_visited_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
