/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "city/sta/options.h"

typedef struct Written {
    StaEntity type;
    bool many;
    const char *query;
    const char *written; /* NULL: as `query` */
} Written;

static void options_read_back_as_they_are_written(void **state)
{
    static const Written cases[] = {
        {STA_THING, true, "", NULL},
        {STA_THING, true, "&&$top=5&", "$top=5"},
        {STA_THING, true, "$top=5&$skip=10&$count=true", "$count=true&$skip=10&$top=5"},
        {STA_THING, true, "%24count=FALSE&$top=0", "$count=false&$top=0"},
        {STA_OBSERVATION, true, "$filter=result+gt+5", "$filter=result%20gt%205"},
        {STA_OBSERVATION, true, "$filter=resultTime%20ge%202027-05-04T10:00:00%2B02:00", NULL},
        {STA_THING, true, "$filter=name%20eq%20'a%26b%23c%25d%3Be'",
         "$filter=name%20eq%20'a%26b%23c%25d;e'"},
        {STA_THING, true, "$orderby=name,properties/level desc,length(name) asc",
         "$orderby=name,properties/level%20desc,length(name)"},
        {STA_OBSERVATION, true, "$orderby=Datastream/Thing/name", NULL},
        {STA_THING, true, "$select=name,@iot.id,Datastreams,properties/a[0]/b,@iot.selfLink",
         "$select=name,id,Datastreams,properties/a%5B0%5D/b,@iot.selfLink"},
        {STA_THING, true, "$select=distinct:properties/type&$orderby=properties/type",
         "$orderby=properties/type&$select=distinct:properties/type"},
        {STA_THING, false, "$select=name&$expand=Datastreams", "$expand=Datastreams&$select=name"},
        {STA_THING, true, "$expand=Datastreams/Observations",
         "$expand=Datastreams($expand=Observations)"},
        {STA_THING, true, "$expand=Datastreams()", "$expand=Datastreams"},
        {STA_THING, true, "$expand=Locations,Datastreams/Sensor,Datastreams/Observations($top=1)",
         "$expand=Locations,Datastreams($expand=Sensor,Observations($top=1))"},
        {STA_THING, true,
         "$expand=Datastreams($filter=name eq 'a;b)(';$orderby=name desc;$expand=Observations("
         "$top=1;$orderby=phenomenonTime desc;$select=result)/FeatureOfInterest)",
         "$expand=Datastreams($filter=name%20eq%20'a;b)(';$orderby=name%20desc;$expand="
         "Observations($orderby=phenomenonTime%20desc;$top=1;$expand=FeatureOfInterest;"
         "$select=result))"},
        {STA_THING, true,
         "$expand=Datastreams($expand=Sensor),Datastreams/Observations,Datastreams/Sensor($select="
         "name)",
         "$expand=Datastreams($expand=Sensor($select=name),Observations)"},
        {STA_OBSERVATION, true, "$resultFormat=dataarray", "$resultFormat=dataArray"},
        {STA_THING, true, "$resultFormat=GeoJSON", NULL},
        {STA_THING, false, "$resultFormat=CSV", NULL},
        {STA_OBSERVATION, true, "$aggregate=max,mean,mean by duration'PT60M'",
         "$aggregate=max,mean%20by%20duration'PT1H'"},
        {STA_OBSERVATION, true, "$aggregate=count", NULL},
        {STA_OBSERVATION, true, "$aggregate=first,last by duration'P1M'",
         "$aggregate=first,last%20by%20duration'P1M'"},
        {STA_DATASTREAM, true, "latest", "latest=true"},
        {STA_DATASTREAM, true, "latest=false", NULL},
    };
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Str query = str_c(cases[i].query);
        Str expected = cases[i].written ? str_c(cases[i].written) : query;
        for (int round = 0; round < 2; round++) {
            Err err = {0};
            Buf out = buf_in(arena);
            StaOptions *options =
                sta_options_parse(arena, cases[i].type, cases[i].many, query, &err);
            if (!options)
                fail_msg("%.*s: %s", STR_ARG(query), err.message);
            sta_options_write(options, &out);
            query = str_copy(arena, buf_str(&out));
            assert_str(query, str_cstr(arena, expected));
        }
    }
    arena_destroy(arena);
}

static void options_are_typed(void **state)
{
    Arena *arena = arena_create(0);
    Err err = {0};

    (void)state;
    StaOptions *options = sta_options_parse(
        arena, STA_THING, true,
        STR("$top=7&$expand=Datastreams/Observations($filter=result gt 5;$count=true),Locations"),
        &err);
    assert_ok(options != NULL, &err);
    assert_true(sta_has(options, STA_OPTION_TOP));
    assert_false(sta_has(options, STA_OPTION_SKIP));
    assert_int_equal(options->top, 7);
    assert_int_equal(options->expands.count, 2);
    assert_string_equal(options->expands.items[1].relation->name, "Locations");
    const StaOptions *streams = options->expands.items[0].options;
    assert_int_equal(streams->entity, STA_DATASTREAM);
    assert_int_equal(streams->expands.count, 1);
    const StaOptions *observations = streams->expands.items[0].options;
    assert_int_equal(observations->entity, STA_OBSERVATION);
    assert_true(observations->many && observations->count);
    assert_int_equal(observations->filter->root->op, STA_GT);
    arena_destroy(arena);
}

static void what_is_no_option_is_told(void **state)
{
    static const struct {
        StaEntity type;
        bool many;
        const char *query;
        int status;
        int column;
        const char *says;
    } cases[] = {
        {STA_THING, true, "$search=x", 501, 1, "no option \"$search\"; there are $filter"},
        {STA_THING, true, "$resultMetadata=none", 501, 1, "no option \"$resultMetadata\""},
        {STA_THING, true, "filter=name eq 'x'", 400, 1, "no option \"filter\""},
        {STA_THING, true, "x", 400, 1, "no option \"x\""},
        {STA_THING, true, "$top=1&$top=1", 400, 1, "$top is given twice"},
        {STA_THING, true, "$filter=true&%24filter=true", 400, 1, "$filter is given twice"},
        {STA_THING, true, "$top=-1", 400, 1, "$top is a whole number, 0 or more"},
        {STA_THING, true, "$top=1.5", 400, 1, "$top is a whole number"},
        {STA_THING, true, "$top=", 400, 1, "here stands the end"},
        {STA_THING, true, "$top=1 2", 400, 3, "\"2\" does not belong here"},
        {STA_THING, true, "$skip=x", 400, 1, "$skip is a whole number"},
        {STA_THING, true, "$count=yes", 400, 1, "$count is true or false; here stands \"yes\""},
        {STA_THING, true, "$filter=name%20eq%20%2", 400, 0, "no two hexadecimal digits"},
        {STA_THING, true, "$filter=name eq %FF", 400, 0, "UTF-8"},
        {STA_THING, true, "$filter=colour eq 1", 400, 1, "$filter, character 1: Thing has no"},
        {STA_THING, true, "$orderby=", 400, 1, "a value is missing"},
        {STA_THING, true, "$orderby=name up", 400, 6, "\"up\" does not belong here"},
        {STA_THING, true, "$orderby=name,", 400, 6, "a value is missing"},
        {STA_THING, true, "$select=", 400, 1, "there is no property the end"},
        {STA_THING, true, "$select=name,colour", 400, 6, "there is no property \"colour\""},
        {STA_THING, true, "$select=Datastreams/name", 400, 12, "inside $expand"},
        {STA_THING, true, "$select=name/x", 400, 5, "this has no parts"},
        {STA_THING, true, "$select=distinct:Datastreams", 400, 10, "distinct: is for properties"},
        {STA_THING, true, "$select=distinct:name&$orderby=id", 400, 0, "only what is selected"},
        {STA_THING, true, "$expand=Colours", 400, 1, "there is no relation \"Colours\""},
        {STA_THING, true, "$expand=Datastreams/Thing/x", 400, 19, "there is no relation \"x\""},
        {STA_THING, true, "$expand=Datastreams(top=1)", 400, 13, "no option \"top\""},
        {STA_THING, true, "$expand=Datastreams($levels=1)", 501, 13, "no option \"$levels\""},
        {STA_THING, true, "$expand=Datastreams($top=1;$top=1)", 400, 20, "$top is given twice"},
        {STA_THING, true, "$expand=Datastreams($top=1),Datastreams($top=1)", 400, 33,
         "$top is given twice"},
        {STA_THING, true, "$expand=Datastreams($top=1", 400, 19, "\")\" is missing"},
        {STA_THING, true, "$expand=Datastreams($filter=name eq 'x)", 400, 29, "no closing '"},
        {STA_THING, true, "$expand=Datastreams($filter=colour eq 1)", 400, 21, "Datastream has no"},
        {STA_THING, true, "$expand=Datastreams($resultFormat=CSV)", 400, 13,
         "$resultFormat does not stand inside $expand"},
        {STA_OBSERVATION, true, "$expand=Datastream($top=1)", 400, 12,
         "$top is for sets; this is one entity"},
        {STA_THING, false, "$filter=true", 400, 1, "$filter is for sets"},
        {STA_THING, false, "$count=true", 400, 1, "$count is for sets"},
        {STA_THING, true, "$resultFormat=XML", 400, 1, "json, dataArray, GeoJSON and CSV"},
        {STA_THING, true, "$aggregate=mean", 400, 1, "$aggregate is for Observations"},
        {STA_OBSERVATION, true, "$aggregate=median", 400, 1, "count, min, max, mean, sum"},
        {STA_OBSERVATION, true, "$aggregate=mean by PT1H", 400, 9, "longer than nothing"},
        {STA_OBSERVATION, true, "$aggregate=mean by duration'PT0S'", 400, 9, "longer than"},
        {STA_OBSERVATION, true, "$aggregate=mean by duration'-PT1H'", 400, 9, "longer than"},
        {STA_OBSERVATION, true, "$aggregate=mean by duration'P1MT1H'", 400, 9, "in months or"},
        {STA_OBSERVATION, true, "latest", 400, 1, "latest is for Datastreams"},
        {STA_DATASTREAM, true, "latest=maybe", 400, 1, "latest is true or false"},
    };
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Err err = {0};
        if (sta_options_parse(arena, cases[i].type, cases[i].many, str_c(cases[i].query), &err))
            fail_msg("%s is read", cases[i].query);
        if (sta_http_status(err.kind) != cases[i].status || err.column != cases[i].column ||
            !strstr(err.message, cases[i].says))
            fail_msg("%s: %d, column %d: %s", cases[i].query, sta_http_status(err.kind), err.column,
                     err.message);
    }
    arena_destroy(arena);
}

static void nesting_has_an_end(void **state)
{
    Arena *arena = arena_create(0);
    Buf query = buf_in(arena);
    Err err = {0};

    (void)state;
    buf_add_c(&query, "$expand=");
    for (int i = 0; i < 40; i++)
        buf_add_c(&query, "Datastreams($expand=Thing($expand=");
    assert_null(sta_options_parse(arena, STA_THING, true, buf_str(&query), &err));
    assert_non_null(strstr(err.message, "nests deeper than 64"));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_read_back_as_they_are_written),
        cmocka_unit_test(options_are_typed),
        cmocka_unit_test(what_is_no_option_is_told),
        cmocka_unit_test(nesting_has_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
