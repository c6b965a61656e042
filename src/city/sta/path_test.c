/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "city/sta/path.h"

static void paths_read_back_as_they_are_written(void **state)
{
    static const struct {
        const char *text;
        StaPathKind kind;
        StaEntity entity;
        const char *written; /* NULL: as `text` */
    } cases[] = {
        {"", STA_AT_ROOT, STA_THING, NULL},
        {"/", STA_AT_ROOT, STA_THING, ""},
        {"/Things", STA_AT_SET, STA_THING, NULL},
        {"/FeaturesOfInterest", STA_AT_SET, STA_FEATURE_OF_INTEREST, NULL},
        {"/ObservedProperties", STA_AT_SET, STA_OBSERVED_PROPERTY, NULL},
        {"/Things(1)", STA_AT_ENTITY, STA_THING, NULL},
        {"/Things(-7)", STA_AT_ENTITY, STA_THING, NULL},
        {"/Things('a''b/c d')", STA_AT_ENTITY, STA_THING, NULL},
        {"/Things(1)/name", STA_AT_PROPERTY, STA_THING, NULL},
        {"/Things(1)/@iot.id", STA_AT_PROPERTY, STA_THING, "/Things(1)/id"},
        {"/Things(1)/name/$value", STA_AT_PROPERTY, STA_THING, NULL},
        {"/Things(1)/properties/street/number", STA_AT_PROPERTY, STA_THING, NULL},
        {"/Things(1)/properties/lists[2][0]/x-y/$value", STA_AT_PROPERTY, STA_THING, NULL},
        {"/Things(1)/properties/2027", STA_AT_PROPERTY, STA_THING, NULL},
        {"/Locations(4)/location/coordinates[1]", STA_AT_PROPERTY, STA_LOCATION, NULL},
        {"/Things(1)/Datastreams", STA_AT_SET, STA_DATASTREAM, NULL},
        {"/Things(1)/Datastreams(2)", STA_AT_ENTITY, STA_DATASTREAM, NULL},
        {"/Things(1)/Datastreams/$ref", STA_AT_SET, STA_DATASTREAM, NULL},
        {"/Things/$ref", STA_AT_SET, STA_THING, NULL},
        {"/Observations(9)/Datastream/$ref", STA_AT_ENTITY, STA_DATASTREAM, NULL},
        {"/Things(1)/Locations(2)/$ref", STA_AT_ENTITY, STA_LOCATION, NULL},
        {"/Datastreams(1)/Observations(3)/FeatureOfInterest/feature", STA_AT_PROPERTY,
         STA_FEATURE_OF_INTEREST, NULL},
        {"/MultiDatastreams(1)/ObservedProperties(3)", STA_AT_ENTITY, STA_OBSERVED_PROPERTY, NULL},
        {"/HistoricalLocations(1)/time", STA_AT_PROPERTY, STA_HISTORICAL_LOCATION, NULL},
    };
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Err err = {0};
        StaPath path;
        Buf out = buf_in(arena);
        assert_ok(sta_path_parse(arena, str_c(cases[i].text), &path, &err), &err);
        assert_int_equal(path.kind, cases[i].kind);
        if (path.kind != STA_AT_ROOT)
            assert_int_equal(path.entity, cases[i].entity);
        sta_path_write(&path, &out);
        assert_str(buf_str(&out), cases[i].written ? cases[i].written : cases[i].text);
    }
    arena_destroy(arena);
}

static void what_is_no_path_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text;
        int status;
        int column;
        const char *says;
    } cases[] = {
        {"Things", 400, 1, "begins with \"/\""},
        {"/Thing", 404, 2, "There are: Things, Locations,"},
        {"/things", 404, 2, "no set \"things\""},
        {"/Things(1)/colour", 404, 12, "Thing has id, name, description, properties, Locations"},
        {"/Things(1)/Datastream", 404, 12, "no \"Datastream\""},
        {"/Things(1)/name/x", 404, 12, "name has no parts"},
        {"/Things(1)/id/x", 404, 12, "id has no parts"},
        {"/Things/name", 400, 9, "behind the set Things stands a key"},
        {"/Things(1)/Datastreams/name", 400, 24, "behind the set Datastreams"},
        {"/Things()", 400, 9, "a key is a whole number"},
        {"/Things(1.5)", 400, 9, "a key is"},
        {"/Things(abc)", 400, 9, "in quotes"},
        {"/Things(-'a')", 400, 10, "a key is"},
        {"/Things(1", 400, 10, "\")\" is missing"},
        {"/Things('a)", 400, 9, "no closing '"},
        {"/Things(1)/", 400, 12, "a name is missing"},
        {"/Things(1)(2)", 400, 11, "does not belong here"},
        {"/Observations(1)/Datastream(2)", 400, 28, "Datastream is one entity"},
        {"/Things(1)/$ref", 400, 12, "$ref stands behind a set"},
        {"/Things(1)/$value", 404, 12, "there is no \"$value\""},
        {"/Things(1)/properties/$value/x", 400, 31, "\"$value\" is no part"},
        {"/Things(1)/properties/$ref", 400, 27, "\"$ref\" is no part"},
        {"/Things(1)/properties[x]", 400, 23, "the place in a list"},
        {"/Things(1)/Datastreams/$ref/x", 400, 28, "does not belong here"},
    };
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Err err = {0};
        StaPath path;
        if (sta_path_parse(arena, str_c(cases[i].text), &path, &err))
            fail_msg("%s is read", cases[i].text);
        if (sta_http_status(err.kind) != cases[i].status || err.column != cases[i].column ||
            !strstr(err.message, cases[i].says))
            fail_msg("%s: %d, column %d: %s", cases[i].text, sta_http_status(err.kind), err.column,
                     err.message);
    }
    arena_destroy(arena);
}

static void relations_lead_both_ways(void **state)
{
    (void)state;
    for (int i = 0; i < STA_ENTITIES; i++) {
        const StaEntityType *type = sta_entity((StaEntity)i);
        StaEntity found;
        assert_true(sta_entity_of_set(str_c(type->set), &found) && found == (StaEntity)i);
        for (size_t k = 0; k < type->relation_count; k++) {
            const StaRelation *relation = &type->relations[k];
            const StaEntityType *other = sta_entity(relation->target);
            assert_string_equal(relation->name, relation->many ? other->set : other->name);
            assert_true(sta_relation(relation->target, str_c(type->name)) ||
                        sta_relation(relation->target, str_c(type->set)));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_read_back_as_they_are_written),
        cmocka_unit_test(what_is_no_path_is_told_with_its_place),
        cmocka_unit_test(relations_lead_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
