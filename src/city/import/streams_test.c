/* SPDX-License-Identifier: EUPL-1.2 */
/* Datastreams that a file names, made many at a time. */
#include "city/city.h"
#include "city/import/streams.h"

#include "base/test.h"
#include "core/test_town.h"

enum { STREAMS = 2500, THINGS = 50, PROPERTIES = 3 };

static TestTown town;
static const Engine *const ENGINES[] = {&CITY_ENGINE};

static int begin(void **state)
{
    return test_town_set_up(&town, ENGINES, 1, "title: Musterstadt\n", state);
}

static Hub *hub(void)
{
    Hub *out = hub_of(town.tenant, &town.err);

    assert_ok(out, &town.err);
    return out;
}

static bool import(Str text, CityImportReport *report, Err *err)
{
    CityImport import = {.hub = hub(),
                         .dataset = STR("allgemein"),
                         .source = STR("test"),
                         .text = text,
                         .now = clock_now()};

    return city_import(&import, town.arena, report, err);
}

/* "time,sensor,value,thing,property,lon,lat", a row for each Datastream. */
static Str table(int first, int count)
{
    Buf text = buf_in(town.arena);

    buf_add_c(&text, "time,sensor,value,thing,property,lon,lat\n");
    for (int i = first; i < first + count; i++)
        buf_addf(&text, "2027-03-01T00:00:00Z,s%d,%d,Ort %d,Größe %d,9.%02d,51.5\n", i, i,
                 i % THINGS, i % PROPERTIES, i % THINGS);
    return buf_str(&text);
}

static size_t count_of(StaEntity type)
{
    size_t count = hub_hold(hub())->sets[type].count;

    hub_release(hub());
    return count;
}

static void check_stream(const CityGraph *graph, int i)
{
    Str key = str_printf(town.arena, "s%d", i);
    const CityEntity *stream = city_index_find(&graph->keys, STA_DATASTREAM, 1, key);
    const CityEntity *thing, *property;
    Observation latest;
    bool found;

    assert_non_null(stream);
    thing = city_linked(stream, "Thing");
    property = city_linked(stream, "ObservedProperty");
    assert_str(node_get_text(thing->body, "name"), arena_printf(town.arena, "Ort %d", i % THINGS));
    assert_str(node_get_text(property->body, "name"),
               arena_printf(town.arena, "Größe %d", i % PROPERTIES));
    assert_non_null(city_linked(stream, "Sensor"));
    assert_int_not_equal(stream->feature, 0);
    assert_ok(
        obs_latest(hub_store(hub()), &stream->series, 1, town.arena, &latest, &found, &town.err),
        &town.err);
    assert_true(found);
    assert_true(latest.number == (double)i);
}

static void many_share_what_they_name_alike(void **state)
{
    CityImportReport report;

    (void)state;
    assert_ok(import(table(0, STREAMS), &report, &town.err), &town.err);
    assert_int_equal(report.streams, STREAMS);
    assert_int_equal(report.things, THINGS);
    assert_int_equal(report.observations, STREAMS);
    assert_int_equal(count_of(STA_DATASTREAM), STREAMS);
    assert_int_equal(count_of(STA_THING), THINGS);
    assert_int_equal(count_of(STA_LOCATION), THINGS);
    assert_int_equal(count_of(STA_FEATURE_OF_INTEREST), THINGS);
    assert_int_equal(count_of(STA_OBSERVED_PROPERTY), PROPERTIES);
    assert_int_equal(count_of(STA_SENSOR), 1);
    const CityGraph *graph = hub_hold(hub());
    for (int i = 0; i < STREAMS; i++)
        check_stream(graph, i);
    hub_release(hub());
}

static void known_ones_stay_and_new_ones_join_their_thing(void **state)
{
    CityImportReport report;

    (void)state;
    assert_ok(import(table(0, THINGS), &report, &town.err), &town.err);
    assert_ok(import(table(THINGS / 2, THINGS), &report, &town.err), &town.err);
    assert_int_equal(report.streams, THINGS / 2);
    assert_int_equal(report.things, 0);
    assert_int_equal(count_of(STA_DATASTREAM), THINGS + THINGS / 2);
    assert_int_equal(count_of(STA_THING), THINGS);
}

/* What was planned goes with what could not be: nobody waits for a right that was not given back.
 */
static void one_that_cannot_be_made_leaves_nothing_behind(void **state)
{
    CityImport import = {.hub = hub(), .dataset = STR("allgemein"), .source = STR("test")};
    CityImportReport report = {0};
    CityStreams streams;
    CityStreamKey key = {.key = STR("a"), .name = STR("A"), .unit = STR(""), .property = STR("p")};
    uint32_t number;
    Err err = {0};

    (void)state;
    key.thing = STR("Mast");
    key.x = key.y = 9;
    assert_ok(city_streams_begin(&streams, &import, &report, town.arena, &town.err), &town.err);
    assert_ok(city_streams_plan(&streams, &key, &number, &town.err), &town.err);
    key.key = STR("b");
    key.thing_id = 4711;
    assert_false(city_stream_series(&streams, &key, &number, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    /* The first brought a Sensor and a property, and was written before the second was planned. */
    assert_int_equal(count_of(STA_DATASTREAM), 1);
    assert_ok(city_streams_begin(&streams, &import, &report, town.arena, &town.err), &town.err);
    key.thing_id = 0;
    assert_ok(city_streams_plan(&streams, &key, &number, &town.err), &town.err);
    city_streams_end(&streams);
    assert_int_equal(count_of(STA_DATASTREAM), 1);
    assert_ok(city_stream_series(&streams, &key, &number, &town.err), &town.err);
    assert_int_equal(count_of(STA_DATASTREAM), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_share_what_they_name_alike, begin,
                                        test_town_tear_down),
        cmocka_unit_test_setup_teardown(known_ones_stay_and_new_ones_join_their_thing, begin,
                                        test_town_tear_down),
        cmocka_unit_test_setup_teardown(one_that_cannot_be_made_leaves_nothing_behind, begin,
                                        test_town_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
