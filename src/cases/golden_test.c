/* SPDX-License-Identifier: EUPL-1.2 */
/* Examples tell what they expect, and each difference is told with its path. */
#include "cases/case_fixture.h"

static void an_example_that_holds_has_no_differences(void **state)
{
    Town *town = *state;
    size_t count;
    const PackageFile *files = town_read(town, &count);
    GoldenResult result = {0};

    for (size_t i = 0; i < count; i++)
        if (str_is(files[i].path, "examples/baum.yaml"))
            assert_ok(
                golden_run(town->app, files, count, &files[i], town->arena, &result, &town->err),
                &town->err);
    if (result.count)
        fail_msg("%.*s: %.*s", STR_ARG(result.items[0].path), STR_ARG(result.items[0].actual));
}

static void each_wrong_expectation_is_a_difference_with_its_path(void **state)
{
    static const struct {
        const char *from, *to, *path;
    } WRONG[] = {
        {"amount: 10", "amount: 11", "steps[0].expect.charges[0]"},
        {"tasks: [pruefen]", "tasks: []", "expect.tasks"},
        {"contains: [\"10,00 €\"", "contains: [\"11,00 €\"", "steps[0].expect.letters[0].contains"},
        {"nummer: \"7\", until: null", "nummer: \"8\", until: null",
         "steps[0].expect.register.baum[0]"},
        {"state: fertig", "state: neu", "steps[0].expect.state"},
        {"findings: []", "findings: [{id: nummer_fehlt}]", "expect.findings[0]"}};
    Town *town = *state;
    size_t count;
    const PackageFile *files = town_read(town, &count);

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        PackageFile example = {str_printf(town->arena, "examples/falsch%zu.yaml", i),
                               str_replace(town->arena, str_c(EXAMPLE_YAML), str_c(WRONG[i].from),
                                           str_c(WRONG[i].to))};
        GoldenResult result;

        assert_ok(golden_run(town->app, files, count, &example, town->arena, &result, &town->err),
                  &town->err);
        assert_true(result.count > 0);
        assert_str(result.items[0].path, WRONG[i].path);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_example_that_holds_has_no_differences),
        TEST(each_wrong_expectation_is_a_difference_with_its_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
