/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/hub/graph.h"

#include "base/test.h"

enum { MANY = 500 };

static Arena *arena;
static CityGraph graph;

static CityEntity *add(StaEntity type, int64_t id, int64_t dataset, Str key)
{
    Node *body = node_map(arena), *properties = node_map(arena);

    node_set(arena, properties, STR("key"), node_string(arena, key));
    node_set(arena, body, STR("properties"), properties);
    CityEntity *entity = city_entity_create(type, body);
    entity->id = id;
    entity->dataset = dataset;
    city_insert(&graph, entity);
    return entity;
}

static int64_t found(StaEntity type, int64_t dataset, Str key)
{
    const CityEntity *entity = city_index_find(&graph.keys, type, dataset, key);

    return entity ? entity->id : 0;
}

static int begin(void **state)
{
    (void)state;
    arena = arena_create(0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    city_graph_clear(&graph);
    arena_destroy(arena);
    return 0;
}

static void a_key_is_one_of_its_type_and_dataset(void **state)
{
    (void)state;
    assert_int_equal(found(STA_THING, 1, STR("mast")), 0);
    add(STA_THING, 1, 1, STR("mast"));
    add(STA_THING, 2, 2, STR("mast"));
    add(STA_DATASTREAM, 3, 1, STR("mast"));
    add(STA_SENSOR, 4, 3, STR("mast"));
    assert_int_equal(found(STA_THING, 1, STR("mast")), 1);
    assert_int_equal(found(STA_THING, 2, STR("mast")), 2);
    assert_int_equal(found(STA_DATASTREAM, 1, STR("mast")), 3);
    assert_int_equal(found(STA_SENSOR, 3, STR("mast")), 0);
    assert_int_equal(found(STA_THING, 1, STR("mas")), 0);
}

static void of_two_with_one_key_the_older_until_it_goes(void **state)
{
    (void)state;
    CityEntity *older = add(STA_THING, 1, 1, STR("mast"));
    add(STA_THING, 2, 1, STR("mast"));
    assert_int_equal(found(STA_THING, 1, STR("mast")), 1);
    city_remove(&graph, older);
    assert_int_equal(found(STA_THING, 1, STR("mast")), 2);
}

static void who_says_another_key_is_found_by_it_alone(void **state)
{
    (void)state;
    CityEntity *thing = add(STA_THING, 1, 1, STR("mast"));
    Err err = {0};
    const Node *body = node_parse_json(arena, STR("{\"properties\": {\"key\": \"turm\"}}"), NULL,
                                       &NODE_LIMITS_REQUEST, &err);
    city_set_body(&graph, thing, body);
    assert_int_equal(found(STA_THING, 1, STR("mast")), 0);
    assert_int_equal(found(STA_THING, 1, STR("turm")), 1);
    city_set_body(&graph, thing, node_map(arena));
    assert_int_equal(found(STA_THING, 1, STR("turm")), 0);
}

/* Every other one goes, in an order of their own: what shared its place with one is still there. */
static void what_stays_is_found_when_others_go(void **state)
{
    (void)state;
    for (int i = 1; i <= MANY; i++)
        add(STA_THING, i, 1, str_printf(arena, "k%d", i));
    for (int i = MANY; i > 0; i -= 2)
        city_remove(&graph, city_find(&graph, STA_THING, i));
    for (int i = 1; i <= MANY; i++)
        assert_int_equal(found(STA_THING, 1, str_printf(arena, "k%d", i)), i % 2 ? i : 0);
    assert_int_equal(graph.keys.count, MANY / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_is_one_of_its_type_and_dataset, begin, end),
        cmocka_unit_test_setup_teardown(of_two_with_one_key_the_older_until_it_goes, begin, end),
        cmocka_unit_test_setup_teardown(who_says_another_key_is_found_by_it_alone, begin, end),
        cmocka_unit_test_setup_teardown(what_stays_is_found_when_others_go, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
