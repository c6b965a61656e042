/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/package.h"

#include "cases/package_fixture.h"
#include "core/test_folder.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static Arena *arena;

static const char *scratch(void)
{
    char *path = arena_alloc(arena, TEST_FOLDER_MAX);

    test_folder_make(path);
    return path;
}

static void write_file(const char *folder, const char *name, const char *text)
{
    const char *path = arena_printf(arena, "%s/%s", folder, name);
    FILE *file;

    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void files_are_sorted_and_hold_the_core_blocks(void **state)
{
    PackageFile *files;
    size_t count;
    bool address = false;
    Err err;

    (void)state;
    assert_ok(package_read_folder(fixture_path(arena, "tests/packages/base"), NULL, arena, &files,
                                  &count, &err),
              &err);
    for (size_t i = 1; i < count; i++)
        assert_true(str_compare(files[i - 1].path, files[i].path) < 0);
    for (size_t i = 0; i < count; i++)
        address = address || str_is(files[i].path, "blocks/address.yaml");
    assert_true(address);
}

static void the_version_follows_every_byte_and_path(void **state)
{
    PackageFile files[] = {{STR("a"), STR("1")}, {STR("b"), STR("2")}};
    PackageFile other[] = {{STR("a"), STR("1")}, {STR("b"), STR("3")}};
    PackageFile renamed[] = {{STR("a"), STR("1")}, {STR("c"), STR("2")}};

    (void)state;
    Str version = package_version(files, 2, arena);
    assert_int_equal(version.len, 64);
    assert_true(str_eq(version, package_version(files, 2, arena)));
    assert_false(str_eq(version, package_version(other, 2, arena)));
    assert_false(str_eq(version, package_version(renamed, 2, arena)));
    assert_false(str_eq(version, package_version(files, 1, arena)));
}

static void a_symbolic_link_is_refused(void **state)
{
    const char *folder = scratch();
    PackageFile *files;
    size_t count;
    Err err;

    (void)state;
    write_file(folder, "service.yaml", "id: x\n");
    assert_int_equal(symlink("/etc/passwd", arena_printf(arena, "%s/README.md", folder)), 0);
    assert_false(package_read_folder(folder, NULL, arena, &files, &count, &err));
    assert_non_null(strstr(err.message, "symbolic link"));
    test_folder_remove(folder);
}

static void strange_files_are_named(void **state)
{
    const char *folder = scratch();
    PackageFile *files;
    size_t count;
    Err err;

    (void)state;
    write_file(folder, "service.yaml", "id: x\n");
    write_file(folder, "run.sh", "rm\n");
    assert_false(package_read_folder(folder, NULL, arena, &files, &count, &err));
    assert_non_null(strstr(err.message, "run.sh does not belong"));
    test_folder_remove(folder);
}

static void a_town_may_replace_tables_but_not_forms(void **state)
{
    const char *folder = scratch(), *town = scratch();
    PackageFile *files;
    size_t count;
    Err err;

    (void)state;
    write_file(folder, "service.yaml", "id: x\n");
    mkdir(arena_printf(arena, "%s/tables", folder), 0700);
    mkdir(arena_printf(arena, "%s/tables", town), 0700);
    write_file(folder, "tables/t.yaml", "old\n");
    write_file(town, "tables/t.yaml", "new\n");
    assert_ok(package_read_folder(folder, town, arena, &files, &count, &err), &err);
    for (size_t i = 0; i < count; i++)
        if (str_is(files[i].path, "tables/t.yaml"))
            assert_str(files[i].bytes, "new\n");
    write_file(town, "service.yaml", "id: y\n");
    assert_false(package_read_folder(folder, town, arena, &files, &count, &err));
    assert_non_null(strstr(err.message, "overlay"));
    test_folder_remove(folder);
    test_folder_remove(town);
}

static void the_base_package_has_no_problems(void **state)
{
    Problems problems = {.arena = arena};
    const Package *package = fixture_load(arena, "tests/packages/base", &problems);

    (void)state;
    for (size_t i = 0; i < problems.count; i++)
        print_message("%.*s:%d: %.*s\n", STR_ARG(problems.items[i].file), problems.items[i].line,
                      STR_ARG(problems.items[i].message));
    assert_int_equal(problems.count, 0);
    assert_non_null(package);
    assert_str(package->id, "probe");
    assert_int_equal(package->procedure_count, 1);
    assert_non_null(package_register(package, STR("stueck")));
    assert_int_equal(package_codes(package, STR("farben"))->count, 3);
    assert_str(package_codes(package, STR("farben"))->options[2].value, "gelb, hell");
}

static void a_field_comes_after_what_it_reads(void **state)
{
    Problems problems = {.arena = arena};
    const Package *package = fixture_load(arena, "tests/packages/base", &problems);
    const Form *form = package->procedures[0].form;
    size_t price = 0, sum = 0, dangerous = 0, account = 0, value = 0;

    (void)state;
    for (size_t i = 0; i < form->order_count; i++) {
        Str path = form->order[i]->path;
        price = str_is(path, "stuecke.preis") ? i : price;
        sum = str_is(path, "summe") ? i : sum;
        dangerous = str_is(path, "stuecke.gefaehrlich") ? i : dangerous;
        account = str_is(path, "konto") ? i : account;
        value = str_is(path, "wert") ? i : value;
    }
    assert_true(dangerous < price && price < sum && value < account);
}

static void the_dog_service_passes(void **state)
{
    Problems problems = {.arena = arena};
    const Package *package = fixture_load(arena, "services/hund", &problems);

    (void)state;
    for (size_t i = 0; i < problems.count; i++)
        print_message("%.*s:%d: %.*s\n", STR_ARG(problems.items[i].file), problems.items[i].line,
                      STR_ARG(problems.items[i].message));
    assert_non_null(package);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_sorted_and_hold_the_core_blocks),
        cmocka_unit_test(the_version_follows_every_byte_and_path),
        cmocka_unit_test(a_symbolic_link_is_refused),
        cmocka_unit_test(strange_files_are_named),
        cmocka_unit_test(a_town_may_replace_tables_but_not_forms),
        cmocka_unit_test(the_base_package_has_no_problems),
        cmocka_unit_test(a_field_comes_after_what_it_reads),
        cmocka_unit_test(the_dog_service_passes),
    };
    arena = arena_create(0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_destroy(arena);
    return failed;
}
