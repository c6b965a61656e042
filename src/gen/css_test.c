/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "gen/css.h"

static Str subset(Arena *arena, const char *css, const char *page)
{
    WordSet used = {0};
    Err err = {0};
    Str out;

    words_collect(arena, &used, str_c(page), "kern-");
    words_finish(&used);
    assert_ok(css_subset(arena, str_c(css), "a.css", "kern-", &used, &out, &err), &err);
    return out;
}

static void only_rules_of_used_classes_stay(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    const char *page = "<p class=\"kern-a kern-b\">";

    assert_str(subset(arena, ".kern-a { x: y; }\n.kern-c{x:y}", page), ".kern-a{x: y}\n");
    assert_str(subset(arena, ".kern-a, .kern-c, p { x: y }", page), ".kern-a,p{x: y}\n");
    assert_str(subset(arena, ".kern-a:has(.kern-c){x:y}.kern-a .kern-b:not(.other){x:y}", page),
               ".kern-a .kern-b:not(.other){x:y}\n");
    assert_str(subset(arena, ":is(body, .kern-dark):not(.kern-x) .kern-a{x:y}", page),
               ":is(body,.kern-dark):not(.kern-x) .kern-a{x:y}\n");
    assert_str(subset(arena, ":is(body,.kern-a) .kern-c{x:y}", page), "");
    assert_str(subset(arena, ".kern-a-long{x:y}", page), "");
    assert_str(subset(arena, "@media print{.kern-c{x:y}}@media (a){.kern-a{x:y}}", page),
               "@media (a){.kern-a{x:y}\n}\n");
    assert_str(subset(arena, "@charset \"UTF-8\";/* } */p{a:url(\"data:;}{\")}", page),
               "p{a:url(\"data:;}{\")}\n");
    assert_str(subset(arena, "@keyframes spin{from{x:y}to{x:z}}", page),
               "@keyframes spin{from{x:y}to{x:z}}\n");
    arena_destroy(arena);
}

static void unbalanced_sheets_are_refused(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Err err = {0};
    Str out;

    assert_false(css_subset(arena, STR("p{a:b"), "a.css", NULL, NULL, &out, &err));
    assert_string_equal(err.message, "a.css: \"}\" is missing after \"p\"");
    assert_false(css_subset(arena, STR("p{a:b}q"), "a.css", NULL, NULL, &out, &err));
    arena_destroy(arena);
}

static void properties_nobody_reads_are_dropped_in_chains(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);

    assert_str(
        css_drop_unused_properties(
            arena,
            STR(":root{--k-a:1;--k-b:var(--k-a);--k-c:2;--x:3;--k-d:var(--k-b)}p{a:var(--k-c)}"),
            "--k-"),
        ":root{--k-c:2;--x:3;}p{a:var(--k-c)}");
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_rules_of_used_classes_stay),
        cmocka_unit_test(unbalanced_sheets_are_refused),
        cmocka_unit_test(properties_nobody_reads_are_dropped_in_chains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
