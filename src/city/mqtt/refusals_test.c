/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/refusals.h"

#include "base/test.h"

#include <stdio.h>

static const char GOOD[] = "v1.1/Datastreams(5)/Observations";

static void note(MqttRefusals *refusals, const char *town, const char *topic, ErrKind kind)
{
    const MqttWho who = {.tenant = str_c(town), .key_begins = STR("rk_abcdef")};
    Err err = {.kind = kind};

    mqtt_refusals_note(refusals, &who, str_c(topic), &err);
}

static void the_reason_is_kept_and_no_content(void **state)
{
    static const struct {
        const char *topic;
        ErrKind kind;
        MqttRefusedWhy why;
    } CASES[] = {{GOOD, ERR_INPUT, MQTT_REFUSED_BODY},
                 {GOOD, ERR_NOT_FOUND, MQTT_REFUSED_MISSING},
                 {GOOD, ERR_FORBIDDEN, MQTT_REFUSED_RIGHT},
                 {GOOD, ERR_TOO_LARGE, MQTT_REFUSED_OTHER},
                 {"sensor/1", ERR_INPUT, MQTT_REFUSED_TOPIC},
                 {"v1.1/Things", ERR_INPUT, MQTT_REFUSED_TOPIC},
                 {"v1.1/Nothings", ERR_NOT_FOUND, MQTT_REFUSED_TOPIC}};
    MqttRefusals *refusals = mqtt_refusals_create();
    Arena *arena = arena_create(0);
    MqttRefusal *list;

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        note(refusals, "a", CASES[i].topic, CASES[i].kind);
        assert_int_equal(mqtt_refusals_list(refusals, STR("a"), arena, &list), i + 1);
        assert_int_equal(list[0].why, CASES[i].why);
        assert_true(str_is(list[0].topic, CASES[i].topic));
        assert_true(str_is(list[0].key, "rk_abcdef"));
        assert_null(list[0].dataset.ptr);
    }
    assert_int_equal(list[6].series_of, 5);
    note(refusals, "a", "datasets/luft/v1.1/Observations", ERR_INPUT);
    mqtt_refusals_list(refusals, STR("a"), arena, &list);
    assert_true(str_is(list[0].dataset, "luft"));
    mqtt_refusals_destroy(refusals);
    arena_destroy(arena);
}

static void the_same_again_is_counted(void **state)
{
    MqttRefusals *refusals = mqtt_refusals_create();
    Arena *arena = arena_create(0);
    MqttRefusal *list;

    (void)state;
    note(refusals, "a", GOOD, ERR_INPUT);
    note(refusals, "a", "sensor/1", ERR_INPUT);
    note(refusals, "a", GOOD, ERR_INPUT);
    assert_int_equal(mqtt_refusals_list(refusals, STR("a"), arena, &list), 2);
    assert_true(str_is(list[0].topic, GOOD));
    assert_int_equal(list[0].times, 2);
    assert_int_equal(list[1].times, 1);
    mqtt_refusals_destroy(refusals);
    arena_destroy(arena);
}

static void a_town_sees_its_own_last_ones(void **state)
{
    MqttRefusals *refusals = mqtt_refusals_create();
    Arena *arena = arena_create(0);
    MqttRefusal *list;
    char topic[200];

    (void)state;
    for (int i = 0; i < 2 * MQTT_REFUSALS_MAX; i++) {
        snprintf(topic, sizeof topic, "sensor/%d", i);
        note(refusals, "a", topic, ERR_INPUT);
    }
    note(refusals, "b", GOOD, ERR_INPUT);
    assert_int_equal(mqtt_refusals_list(refusals, STR("a"), arena, &list), MQTT_REFUSALS_MAX);
    assert_true(str_is(list[0].topic, "sensor/99"));
    assert_true(str_is(list[MQTT_REFUSALS_MAX - 1].topic, "sensor/50"));
    assert_int_equal(mqtt_refusals_list(refusals, STR("b"), arena, &list), 1);
    assert_int_equal(mqtt_refusals_list(refusals, STR("c"), arena, &list), 0);
    mqtt_refusals_destroy(refusals);
    arena_destroy(arena);
}

/* 119 bytes and a character of two. */
static void long_topics_end_behind_a_whole_character(void **state)
{
    MqttRefusals *refusals = mqtt_refusals_create();
    Arena *arena = arena_create(0);
    MqttRefusal *list;
    char topic[200];

    (void)state;
    memset(topic, 'a', 119);
    memcpy(topic + 119, "\u00fc\u00fc", 5);
    note(refusals, "a", topic, ERR_INPUT);
    mqtt_refusals_list(refusals, STR("a"), arena, &list);
    assert_int_equal(list[0].topic.len, 119);
    mqtt_refusals_destroy(refusals);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reason_is_kept_and_no_content),
        cmocka_unit_test(the_same_again_is_counted),
        cmocka_unit_test(a_town_sees_its_own_last_ones),
        cmocka_unit_test(long_topics_end_behind_a_whole_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
