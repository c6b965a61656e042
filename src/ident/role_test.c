/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"
#include "ident/internal.h"

static Staff staff_with(Grant *grant)
{
    return (Staff){.id = 1, .grants = grant, .grant_count = 1};
}

static void a_grant_for_an_office_covers_that_office_only(void **state)
{
    (void)state;
    Grant grant = {STR("sachbearbeitung"), STR("steueramt"), STR_NONE};
    Staff staff = staff_with(&grant);

    assert_true(ident_may(&staff, "case.read", STR("steueramt"), STR("hund")));
    assert_true(ident_may(&staff, "case.read", STR_NONE, STR_NONE));
    assert_false(ident_may(&staff, "case.read", STR("ordnungsamt"), STR("hund")));
    assert_false(ident_may(&staff, "money.read", STR("steueramt"), STR_NONE));
}

static void a_grant_for_a_service_covers_that_service_only(void **state)
{
    (void)state;
    Grant grant = {STR("sachbearbeitung"), STR_NONE, STR("hund")};
    Staff staff = staff_with(&grant);

    assert_true(ident_may(&staff, "case.decide", STR("steueramt"), STR("hund")));
    assert_false(ident_may(&staff, "case.decide", STR("steueramt"), STR("parken")));
}

static void protected_cases_need_the_office_by_name(void **state)
{
    (void)state;
    Grant everywhere = {STR("sachbearbeitung"), STR_NONE, STR_NONE};
    Grant office = {STR("sachbearbeitung"), STR("ordnungsamt"), STR_NONE};
    Staff general = staff_with(&everywhere);
    Staff special = staff_with(&office);

    assert_false(ident_may(&general, "case.protected", STR("ordnungsamt"), STR_NONE));
    assert_true(ident_may(&special, "case.protected", STR("ordnungsamt"), STR_NONE));
    assert_false(ident_may(&special, "case.protected", STR("steueramt"), STR_NONE));
}

static void a_limited_key_may_do_nothing_elsewhere(void **state)
{
    (void)state;
    Grant grant = {STR("stadtdaten"), STR_NONE, STR_NONE};
    Staff staff = staff_with(&grant);

    staff.scopes = STR("city.read@luft, city.write@luft");
    assert_true(ident_may(&staff, "city.write@luft", STR_NONE, STR_NONE));
    assert_false(ident_may(&staff, "city.write@wasser", STR_NONE, STR_NONE));
    assert_false(ident_may(&staff, "city.write", STR_NONE, STR_NONE));
    staff.scopes = STR("money.read@luft");
    assert_false(ident_may(&staff, "money.read@luft", STR_NONE, STR_NONE));
}

static void nobody_and_unknown_roles_may_nothing(void **state)
{
    (void)state;
    Grant grant = {STR("koenig"), STR_NONE, STR_NONE};
    Staff staff = staff_with(&grant);

    assert_false(ident_may(NULL, "case.read", STR_NONE, STR_NONE));
    assert_false(ident_may(NULL, "desk.use", STR_NONE, STR_NONE));
    assert_false(ident_may(&staff, "case.read", STR_NONE, STR_NONE));
    assert_true(ident_may(&staff, "desk.use", STR_NONE, STR_NONE));
}

static void targets_stay_within_the_town(void **state)
{
    (void)state;
    const char *const outside[] = {
        "//boese.example", "/\\boese.example", "https://boese.example", "boese", "", "/a b",
        "/a\nb",           "/\t/boese.example"};

    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        assert_str(back_target(str_c(outside[i]), "/start"), "/start");
    assert_str(back_target(STR_NONE, "/start"), "/start");
    assert_str(back_target(STR("/desk/vorgaenge?filter=offen"), "/start"),
               "/desk/vorgaenge?filter=offen");
    assert_str(back_target(STR("/"), "/start"), "/");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grant_for_an_office_covers_that_office_only),
        cmocka_unit_test(a_grant_for_a_service_covers_that_service_only),
        cmocka_unit_test(protected_cases_need_the_office_by_name),
        cmocka_unit_test(a_limited_key_may_do_nothing_elsewhere),
        cmocka_unit_test(nobody_and_unknown_roles_may_nothing),
        cmocka_unit_test(targets_stay_within_the_town),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
