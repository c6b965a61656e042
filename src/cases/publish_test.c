/* SPDX-License-Identifier: EUPL-1.2 */
/* A package is published whole or not at all, and a case keeps the version that it began with. */
#include "cases/case_act_fixture.h"

static void a_case_keeps_the_version_it_began_with(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, ONE_TREE);
    char *path = arena_printf(town->arena, "%s/service/service.yaml", town->folder);
    Str dear = str_replace(town->arena, str_c(SERVICE_YAML), STR("value: 10"), STR("value: 99"));

    assert_ok(folder_write_file(path, dear, 0600, &town->err), &town->err);
    town_publish(town);
    assert_false(str_eq(town->package->version, c.version));
    const Package *old = tenant_package_version(town->tenant, c.version, &town->err);

    assert_non_null(old);
    town->package = old;
    assert_ok(act(town, c.id, "eintragen", NULL), &town->err);
    assert_int_equal(town_count(town, "SELECT owed_cents FROM charge"), 1000);
}

static void a_package_with_errors_is_not_published_and_the_former_stays(void **state)
{
    Town *town = *state;
    Str former = town->package->version;
    char *path = arena_printf(town->arena, "%s/service/processes/melden.yaml", town->folder);
    Str broken = str_replace(town->arena, str_c(PROCESS_YAML), STR("count(baeume) * town.satz"),
                             STR("count(baeumchen)"));
    size_t count;
    Problems problems = {.arena = town->arena};

    assert_ok(folder_write_file(path, broken, 0600, &town->err), &town->err);
    const PackageFile *files = town_read(town, &count);

    assert_false(package_publish(town->tenant, files, count, &problems, &town->err));
    assert_true(problems.count > 0);
    assert_true(problems.items[0].line > 0);
    assert_str(problems.items[0].file, "processes/melden.yaml");
    assert_str(tenant_package(town->tenant, STR("baum"), &town->err)->version,
               str_cstr(town->arena, former));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_case_keeps_the_version_it_began_with),
        TEST(a_package_with_errors_is_not_published_and_the_former_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
