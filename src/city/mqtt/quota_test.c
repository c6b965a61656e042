/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/quota.h"

#include "base/test.h"

/* How much of `count` it gets. */
static size_t take(MqttQuota *quota, const char *town, bool with_key, size_t count)
{
    size_t got = 0;
    Err err = {0};

    while (got < count && mqtt_quota_take(quota, str_c(town), with_key, &err))
        got++;
    assert_true(got == count || err.kind == ERR_TOO_LARGE);
    return got;
}

static MqttQuota *make(const char *root)
{
    return mqtt_quota_create(&(MqttLimits){
        .what = "things", .all = 1000, .town = 250, .root = root ? str_c(root) : STR_NONE});
}

static void a_town_has_its_limit_and_half_of_it_without_a_key(void **state)
{
    MqttQuota *quota = make(NULL);

    (void)state;
    assert_int_equal(take(quota, "a", true, 400), 250);
    assert_int_equal(take(quota, "a", false, 400), 125);
    assert_int_equal(take(quota, "b", true, 400), 250);
    assert_int_equal(mqtt_quota_taken(quota), 625);
    mqtt_quota_destroy(quota);
}

static void what_is_given_back_can_be_taken(void **state)
{
    MqttQuota *quota = make(NULL);
    Err err = {0};

    (void)state;
    assert_int_equal(take(quota, "a", true, 249), 249);
    MqttAccount *account = mqtt_quota_take(quota, STR("a"), true, &err);
    assert_non_null(account);
    assert_null(mqtt_quota_take(quota, STR("a"), true, &err));
    mqtt_quota_give(quota, account, 1);
    assert_ptr_equal(mqtt_quota_take(quota, STR("a"), true, &err), account);
    mqtt_quota_give(quota, account, 250);
    assert_int_equal(mqtt_quota_taken(quota), 0);
    assert_int_equal(take(quota, "a", true, 400), 250);
    mqtt_quota_destroy(quota);
}

/* Greedy towns stop at three quarters: each other gets its even share. */
static void greedy_towns_leave_others_their_share(void **state)
{
    MqttQuota *quota = make(NULL);

    (void)state;
    assert_int_equal(take(quota, "a", true, 400), 250);
    assert_int_equal(take(quota, "b", true, 400), 250);
    assert_int_equal(take(quota, "c", true, 400), 250);
    assert_int_equal(take(quota, "d", true, 400), 1000 / 5);
    assert_int_equal(take(quota, "e", true, 400), 1000 - 950);
    mqtt_quota_destroy(quota);

    quota = make("root");
    assert_int_equal(take(quota, "root", true, 2000), 750);
    assert_int_equal(take(quota, "a", true, 400), 250);
    mqtt_quota_destroy(quota);

    quota = make("root");
    assert_int_equal(take(quota, "a", true, 1), 1);
    assert_int_equal(take(quota, "root", true, 2000), 750 - 1);
    assert_int_equal(take(quota, "b", true, 100), 100);
    assert_int_equal(take(quota, "a", true, 100), 100);
    mqtt_quota_destroy(quota);
}

/* However many towns they name: those with a key have half for themselves. */
static void who_shows_no_key_takes_half_of_all_at_most(void **state)
{
    MqttQuota *quota = make(NULL);
    char town[] = "a";

    (void)state;
    for (; *town <= 'z'; ++*town)
        take(quota, town, false, 1000);
    assert_int_equal(mqtt_quota_taken(quota), 500);
    assert_int_equal(take(quota, "a", true, 400), 250);
    mqtt_quota_destroy(quota);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_town_has_its_limit_and_half_of_it_without_a_key),
        cmocka_unit_test(what_is_given_back_can_be_taken),
        cmocka_unit_test(greedy_towns_leave_others_their_share),
        cmocka_unit_test(who_shows_no_key_takes_half_of_all_at_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
