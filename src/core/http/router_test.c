/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"
#include "core/http/router.h"

static Arena *arena;
static Err err;

static int setup(void **state)
{
    (void)state;
    arena = arena_create(0);
    err_clear(&err);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static const Route ROUTES[] = {
    {"GET", "/", NULL, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/dienste", NULL, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/antrag/neu", NULL, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/antrag/:token", NULL, ACCESS_PUBLIC, NULL, 0},
    {"POST", "/antrag/:token", NULL, ACCESS_PUBLIC, NULL, 0},
    {"POST", "/antrag/:token/seite/:page", NULL, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/assets/*path", NULL, ACCESS_GLOBAL, NULL, 0},
    {0},
};

static const char *pattern(Router *router, Method method, const char *path)
{
    RouteMatch match = router_match(router, method, str_c(path));

    return match.entry ? match.entry->route->pattern : "none";
}

static void literals_go_before_parameters(void **state)
{
    (void)state;
    Router *router = router_create(arena);

    assert_ok(router_add(router, "test", ROUTES, &err), &err);
    assert_string_equal(pattern(router, METHOD_GET, "/"), "/");
    assert_string_equal(pattern(router, METHOD_GET, "/dienste"), "/dienste");
    assert_string_equal(pattern(router, METHOD_GET, "/antrag/neu"), "/antrag/neu");
    assert_string_equal(pattern(router, METHOD_GET, "/antrag/x"), "/antrag/:token");
    assert_string_equal(pattern(router, METHOD_POST, "/antrag/neu"), "/antrag/:token");
    assert_string_equal(pattern(router, METHOD_GET, "/antrag"), "none");
    assert_string_equal(pattern(router, METHOD_GET, "/antrag/"), "none");
    assert_string_equal(pattern(router, METHOD_GET, "/dienste/"), "none");
    assert_string_equal(pattern(router, METHOD_GET, "/antrag/x/y"), "none");
    assert_string_equal(pattern(router, METHOD_GET, "/assets"), "none");
    assert_string_equal(pattern(router, METHOD_GET, "/assets/a/b.css"), "/assets/*path");
}

static void parameters_come_in_order(void **state)
{
    (void)state;
    Router *router = router_create(arena);

    assert_ok(router_add(router, "test", ROUTES, &err), &err);
    RouteMatch match = router_match(router, METHOD_POST, STR("/antrag/abc/seite/2"));
    assert_non_null(match.entry);
    assert_str(match.entry->names[1], "page");
    assert_str(match.values[0], "abc");
    assert_str(match.values[1], "2");
    match = router_match(router, METHOD_GET, STR("/assets/a/b.css"));
    assert_str(match.values[0], "a/b.css");
}

static void a_wrong_method_tells_the_right_ones(void **state)
{
    (void)state;
    Router *router = router_create(arena);

    assert_ok(router_add(router, "test", ROUTES, &err), &err);
    RouteMatch match = router_match(router, METHOD_DELETE, STR("/antrag/abc"));
    assert_null(match.entry);
    assert_int_equal(match.methods, 1 << METHOD_GET | 1 << METHOD_POST);
    match = router_match(router, METHOD_DELETE, STR("/nichts"));
    assert_int_equal(match.methods, 0);
}

static void broken_tables_are_refused(void **state)
{
    (void)state;
    const Route twice[] = {{"GET", "/a/:x", NULL, ACCESS_PUBLIC, NULL, 0},
                           {"GET", "/a/:y", NULL, ACCESS_PUBLIC, NULL, 0},
                           {0}};
    const Route relative[] = {{"GET", "a", NULL, ACCESS_PUBLIC, NULL, 0}, {0}};
    const Route unguarded[] = {{"GET", "/desk", NULL, ACCESS_STAFF, NULL, 0}, {0}};
    const Route method[] = {{"BREW", "/a", NULL, ACCESS_PUBLIC, NULL, 0}, {0}};
    const Route star[] = {{"GET", "/*a/b", NULL, ACCESS_PUBLIC, NULL, 0}, {0}};

    assert_false(router_add(router_create(arena), "test", twice, &err));
    assert_false(router_add(router_create(arena), "test", relative, &err));
    assert_false(router_add(router_create(arena), "test", unguarded, &err));
    assert_false(router_add(router_create(arena), "test", method, &err));
    assert_false(router_add(router_create(arena), "test", star, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(literals_go_before_parameters, setup, teardown),
        cmocka_unit_test_setup_teardown(parameters_come_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(a_wrong_method_tells_the_right_ones, setup, teardown),
        cmocka_unit_test_setup_teardown(broken_tables_are_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
