/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/log_share.h"

#include "base/test.h"

static int taken(MqttLogShares *shares, Str town, int64_t minute, int tries)
{
    int count = 0;
    bool last;

    for (int i = 0; i < tries; i++) {
        count += mqtt_log_share_take(shares, town, minute, &last);
        assert_int_equal(last, i == MQTT_LOG_SHARE - 1);
    }
    return count;
}

static void each_town_has_its_share_of_each_minute(void **state)
{
    MqttLogShares *shares = mqtt_log_shares_create();

    (void)state;
    assert_int_equal(taken(shares, STR("laut"), 7, 1000), MQTT_LOG_SHARE);
    assert_int_equal(taken(shares, STR("leise"), 7, 3), 3);
    assert_int_equal(taken(shares, STR_NONE, 7, 2), 2);
    assert_int_equal(taken(shares, STR("laut"), 8, 1000), MQTT_LOG_SHARE);
    mqtt_log_shares_destroy(shares);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_town_has_its_share_of_each_minute),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
