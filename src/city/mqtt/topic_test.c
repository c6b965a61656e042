/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/topic.h"

#include "base/test.h"

static void topics_name_town_dataset_and_path(void **state)
{
    MqttTopic topic;
    Err err = {0};

    (void)state;
    assert_true(mqtt_topic_parse(STR("v1.1/Observations"), &topic, &err));
    assert_null(topic.tenant.ptr);
    assert_null(topic.dataset.ptr);
    assert_true(str_is(topic.rest, "/Observations"));
    assert_null(topic.options.ptr);
    assert_true(mqtt_topic_parse(STR("t/musterstadt/datasets/luft/v1.1/Things(1)?$select=name"),
                                 &topic, &err));
    assert_true(str_is(topic.tenant, "musterstadt"));
    assert_true(str_is(topic.dataset, "luft"));
    assert_true(str_is(topic.rest, "/Things(1)"));
    assert_true(str_is(topic.options, "$select=name"));
}

static void others_are_no_topics(void **state)
{
    static const char *const WRONG[] = {
        "",    "v1.1",           "v1.0/Things",      "/v1.1/Things",  "t/",
        "t/x", "t//v1.1/Things", "datasets//v1.1/x", "t/v1.1/Things", "sensor"};
    MqttTopic topic;

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        Err err = {0};
        assert_false(mqtt_topic_parse(str_c(WRONG[i]), &topic, &err));
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

static ErrKind wanted(const char *text, MqttWanted *out, Arena *arena)
{
    Err err = {0};

    return mqtt_wanted_parse(arena, str_c(text), out, &err) ? ERR_NONE : err.kind;
}

static void sets_entities_and_properties_are_wanted(void **state)
{
    Arena *arena = arena_create(0);
    MqttWanted out;

    (void)state;
    assert_int_equal(wanted("v1.1/Datastreams(1)/Observations", &out, arena), ERR_NONE);
    assert_int_equal(out.path.kind, STA_AT_SET);
    assert_int_equal(wanted("v1.1/Things(1)?$select=name", &out, arena), ERR_NONE);
    assert_int_equal(out.path.kind, STA_AT_ENTITY);
    assert_int_equal(out.options->select.count, 1);
    assert_int_equal(wanted("v1.1/Observations?$filter=Datastream/Thing/name eq 'x' and result gt "
                            "4&$expand=Datastream($select=name;$expand=Sensor)",
                            &out, arena),
                     ERR_NONE);
    assert_int_equal(wanted("v1.1/Things(1)/name", &out, arena), ERR_NONE);
    assert_int_equal(out.path.kind, STA_AT_PROPERTY);
    arena_destroy(arena);
}

static void what_could_not_be_told_is_not_wanted(void **state)
{
    static const struct {
        const char *topic;
        ErrKind kind;
    } WRONG[] = {
        {"#", ERR_INPUT},
        {"v1.1/+/Observations", ERR_INPUT},
        {"v1.1/", ERR_INPUT},
        {"v1.1/Things/$ref", ERR_INPUT},
        {"v1.1/Things(1)/name/$value", ERR_INPUT},
        {"v1.1/Things(1)/name?$select=name", ERR_INPUT},
        {"v1.1/Things(1)?$filter=id eq 1", ERR_INPUT},
        {"v1.1/Things?$filter=Datastreams/id eq 1", ERR_UNSUPPORTED},
        {"v1.1/Things?$filter=Datastreams/any()", ERR_UNSUPPORTED},
        {"v1.1/Things?$expand=Datastreams", ERR_UNSUPPORTED},
        {"v1.1/Datastreams?$expand=Thing($expand=Locations)", ERR_UNSUPPORTED},
        {"v1.1/Things?$top=1", ERR_UNSUPPORTED},
        {"v1.1/Nothings", ERR_NOT_FOUND},
    };
    Arena *arena = arena_create(0);
    MqttWanted out;

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        assert_int_equal(wanted(WRONG[i].topic, &out, arena), WRONG[i].kind);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topics_name_town_dataset_and_path),
        cmocka_unit_test(others_are_no_topics),
        cmocka_unit_test(sets_entities_and_properties_are_wanted),
        cmocka_unit_test(what_could_not_be_told_is_not_wanted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
