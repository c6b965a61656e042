/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/city.h"
#include "city/import/import.h"
#include "city/traffic/roads.h"

#include "base/test.h"
#include "core/store/event.h"
#include "core/test_town.h"

#include <math.h>

/* A runs 700 m to the east, B crosses it in its middle to the north; C is one-way, eastward, 12 m
 * north of A. */
static const char ROADS[] =
    "{\"type\":\"FeatureCollection\",\"features\":["
    "{\"type\":\"Feature\",\"id\":\"A\",\"properties\":{\"name\":\"A\",\"strasse\":\"A\","
    "\"freieGeschwindigkeit\":50},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[10,51],"
    "[10.01,51]]}},"
    "{\"type\":\"Feature\",\"id\":\"B\",\"properties\":{\"name\":\"B\",\"strasse\":\"B\","
    "\"freieGeschwindigkeit\":30},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[10.005,"
    "50.998],[10.005,51.002]]}},"
    "{\"type\":\"Feature\",\"id\":\"C\",\"properties\":{\"name\":\"C\",\"strasse\":\"C\","
    "\"einbahn\":true},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[10,51.00011],"
    "[10.004,51.00011]]}},"
    "{\"type\":\"Feature\",\"id\":\"P\",\"properties\":{\"name\":\"Park\"},\"geometry\":{"
    "\"type\":\"Point\",\"coordinates\":[10,51]}}]}";

static TestTown town;
static const Engine *const ENGINES[] = {&CITY_ENGINE};

static Hub *hub(void)
{
    Hub *out = hub_of(town.tenant, &town.err);

    assert_ok(out, &town.err);
    return out;
}

static CityImportReport import(const char *text)
{
    CityImport import = {.hub = hub(),
                         .dataset = STR("allgemein"),
                         .source = STR("test"),
                         .text = str_c(text),
                         .thing = STR("A"),
                         .property = STR("Geschwindigkeit"),
                         .unit = STR("km/h"),
                         .now = clock_now()};
    CityImportReport report;

    assert_ok(city_import(&import, town.arena, &report, &town.err), &town.err);
    return report;
}

static int begin(void **state)
{
    test_town_set_up(&town, ENGINES, 1, "title: Musterstadt\n", state);
    assert_int_equal(import(ROADS).things, 4);
    return 0;
}

static RoadState roads(Timestamp now)
{
    CityReader reader;
    RoadState state;

    assert_ok(city_reader_begin_all(&reader, town.tenant, now, town.arena, &town.err), &town.err);
    assert_ok(road_state(&reader, &state, &town.err), &town.err);
    city_reader_end(&reader);
    return state;
}

/* A value of a Thing, so many minutes ago. */
static void measure(const char *thing, const char *property, double value, int minutes,
                    const char *place)
{
    Str time = timestamp_iso(town.arena, clock_now() - minutes * 60000);

    import(arena_printf(town.arena,
                        "time,sensor,value,thing,property,lon,lat\n%.*s,%s-%s-%d,%.1f,%s,%s,%s\n",
                        STR_ARG(time), thing, property, minutes, value, thing, property, place));
}

static void a_line_with_a_road_is_a_segment_and_nothing_else(void **state)
{
    (void)state;
    RoadState now = roads(clock_now());
    assert_int_equal(now.segments.count, 3);
    const RoadSegment *a = &now.segments.items[0], *c = &now.segments.items[2];
    assert_str(a->road, "A");
    assert_true(fabs(a->length - 699.8) < 0.5);
    assert_true(a->free_kmh == 50 && !a->oneway && c->free_kmh == 50 && c->oneway);
    assert_int_equal(a->level, TRAFFIC_UNKNOWN);
    assert_true(isnan(a->kmh));
}

static void speeds_of_its_own_and_of_counters_beside_it_make_the_level(void **state)
{
    (void)state;
    measure("A", "Geschwindigkeit", 20, 1, ",");
    assert_int_equal(roads(clock_now()).segments.items[0].level, TRAFFIC_SLOW);
    /* 20 m south of A: a counter on a mast. */
    measure("Mast", "Geschwindigkeit", 40, 1, "10.002,50.99982");
    RoadState now = roads(clock_now());
    assert_true(fabs(now.segments.items[0].kmh - 30) < 0.01);
    assert_int_equal(now.segments.items[0].level, TRAFFIC_DENSE);
    assert_int_equal(now.segments.items[1].level, TRAFFIC_UNKNOWN);
    /* Half an hour later nobody knows. */
    assert_int_equal(roads(clock_now() + 30 * 60000).segments.items[0].level, TRAFFIC_UNKNOWN);
}

static void where_only_vehicles_are_counted_the_flow_tells(void **state)
{
    (void)state;
    measure("B", "Verkehrsstärke", 1800, 2, ",");
    RoadState now = roads(clock_now());
    assert_true(fabs(now.segments.items[1].kmh - 30 / 3.4) < 0.01);
    measure("B", "Geschwindigkeit", 29, 1, ",");
    assert_true(fabs(roads(clock_now()).segments.items[1].kmh - 29) < 0.01);
}

static void vehicles_are_matched_to_the_road_that_they_can_be_on(void **state)
{
    WayFoot foot;

    (void)state;
    RoadState now = roads(clock_now());
    RoadSegments *all = &now.segments;
    /* 9 m north of A, 3 m south of C. */
    WayPoint between = {10.002, 51.00008};
    assert_str(road_match(all, between, NAN, 25, &foot)->road, "C");
    assert_str(road_match(all, between, 90, 25, &foot)->road, "C");
    assert_str(road_match(all, between, 270, 25, &foot)->road, "A");
    assert_null(road_match(all, between, 0, 25, &foot));
    assert_str(road_match(all, (WayPoint){10.0051, 51.001}, 180, 25, &foot)->road, "B");
    assert_null(road_match(all, (WayPoint){10.008, 51.0003}, NAN, 25, &foot));
}

static RoadWork closure(Way place)
{
    Timestamp now = clock_now();

    return (RoadWork){.title = STR("Kanalbau"),
                      .restriction = WORK_CLOSED,
                      .begins = now - 60000,
                      .ends = now + 3600000,
                      .place = place};
}

static void a_closure_closes_its_road_and_not_the_one_it_crosses(void **state)
{
    WayPoint along[2] = {{10.0045, 51}, {10.0095, 51}};
    RoadWork work = closure((Way){along, 2});

    (void)state;
    assert_ok(
        road_works_write(hub(), STR("allgemein"), &work, 1, clock_now(), town.arena, &town.err),
        &town.err);
    RoadState now = roads(clock_now());
    assert_int_equal(now.segments.count, 3);
    assert_int_equal(now.works.count, 1);
    assert_true(now.segments.items[0].closed);
    assert_int_equal(now.segments.items[0].level, TRAFFIC_CLOSED);
    assert_false(now.segments.items[1].closed);
    RoadGraph *graph = city_roads(town.tenant, clock_now(), town.arena, &town.err);
    assert_ok(graph, &town.err);
    assert_int_equal(road_graph_edges(graph), 3); /* B both ways, C */
    /* Over is over. */
    assert_false(roads(clock_now() + 3600001).segments.items[0].closed);
}

static void a_road_that_is_closed_at_night_is_open_by_day(void **state)
{
    RoadWork work = {.restriction = WORK_NIGHT, .begins = 1};
    Timestamp midnight = timestamp_of_berlin_day((Date){2027, 3, 2}), hour = 3600000;

    (void)state;
    assert_true(road_work_closes(&work, midnight + 20 * hour));
    assert_true(road_work_closes(&work, midnight + 6 * hour - 1));
    assert_false(road_work_closes(&work, midnight + 6 * hour));
    assert_true(road_work_read_night(STR("21:30-05:00"), &work));
    assert_str(road_work_night(&work, town.arena), "21:30-05:00");
    assert_false(road_work_closes(&work, midnight + 5 * hour));
    assert_false(road_work_closes(&work, midnight + 21 * hour));
    assert_true(road_work_closes(&work, midnight + 22 * hour));
    assert_false(road_work_read_night(STR("abends"), &work));
}

static void both_directions_of_a_road_are_closed_where_they_are_two_segments(void **state)
{
    WayPoint along[2] = {{10.021, 51}, {10.028, 51}};
    RoadWork work = closure((Way){along, 2});

    (void)state;
    import("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"id\":\"hin\","
           "\"properties\":{\"strasse\":\"D\",\"einbahn\":true},\"geometry\":{\"type\":"
           "\"LineString\",\"coordinates\":[[10.02,51],[10.03,51]]}},{\"type\":\"Feature\",\"id\":"
           "\"her\",\"properties\":{\"strasse\":\"D\",\"einbahn\":true},\"geometry\":{\"type\":"
           "\"LineString\",\"coordinates\":[[10.03,51],[10.02,51]]}}]}");
    assert_ok(
        road_works_write(hub(), STR("allgemein"), &work, 1, clock_now(), town.arena, &town.err),
        &town.err);
    RoadState now = roads(clock_now());
    assert_int_equal(now.segments.count, 5);
    assert_true(now.segments.items[3].closed && now.segments.items[4].closed);
}

static void a_point_closes_the_nearest_road(void **state)
{
    WayPoint at = {10.0051, 51.001};
    RoadWork work = closure((Way){&at, 1});

    (void)state;
    assert_ok(
        road_works_write(hub(), STR("allgemein"), &work, 1, clock_now(), town.arena, &town.err),
        &town.err);
    RoadState now = roads(clock_now());
    assert_false(now.segments.items[0].closed);
    assert_true(now.segments.items[1].closed);
}

/* On public pages each closure is walked anew: its line may have 20,000 points. */
static void a_long_closure_costs_little_memory(void **state)
{
    Way place = {arena_array(town.arena, WayPoint, WAY_POINTS_MAX), WAY_POINTS_MAX};
    RoadPicks picks;

    (void)state;
    for (size_t i = 0; i < place.count; i++)
        place.points[i] =
            (WayPoint){10 + 0.01 * (double)i / (double)place.count, 51 + (i % 2 ? 0.00002 : 0)};
    RoadState now = roads(clock_now());
    size_t before = arena_used(town.arena);
    road_segments_along(&now.segments, &place, town.arena, &picks);
    assert_true(arena_used(town.arena) - before < 100000);
    assert_true(picks.count >= 1);
    assert_str(picks.items[0]->road, "A");
}

static void road_works_stay_as_they_were_written(void **state)
{
    WayPoint along[2] = {{10.0045, 51}, {10.0095, 51}};
    RoadWork work = closure((Way){along, 2});

    (void)state;
    work.kind = WORK_EVENT;
    work.road = STR("A");
    work.text = STR("Bis es fertig ist.");
    work.detour = STR("Über B");
    work.detour_way = work.place;
    work.source = STR("Tiefbauamt");
    work.key = STR("k1");
    work.version = STR("3");
    assert_ok(
        road_works_write(hub(), STR("allgemein"), &work, 1, clock_now(), town.arena, &town.err),
        &town.err);
    RoadState now = roads(clock_now());
    const RoadWork *read = &now.works.items[0];
    assert_int_equal(read->id, work.id);
    assert_int_equal(read->kind, WORK_EVENT);
    assert_int_equal(read->restriction, WORK_CLOSED);
    assert_int_equal(read->begins, work.begins);
    assert_int_equal(read->ends, work.ends);
    assert_str(read->text, "Bis es fertig ist.");
    assert_str(read->detour, "Über B");
    assert_str(read->source, "Tiefbauamt");
    assert_int_equal(read->place.count, 2);
    assert_int_equal(read->detour_way.count, 2);
}

static bool refuse_events(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err,
                   "CREATE TRIGGER no_event BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'no "
                   "room'); END");
}

/* Whoever is told of an error sends again, and there must not be two. */
static void without_its_event_a_work_is_not_there(void **state)
{
    WayPoint at = {10.0051, 51.001};
    RoadWork noted = closure((Way){&at, 1}), lost = noted;
    Event *events;
    size_t count = 0;
    Err err = {0};

    (void)state;
    assert_ok(road_work_save(hub(), STR("allgemein"), &noted, "roadwork.added", STR("staff/1"),
                             NULL, clock_now(), town.arena, &town.err),
              &town.err);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(tx, &town.err);
    Str subject = str_printf(town.arena, "roadwork/%lld", (long long)noted.id);
    assert_ok(event_list(tx, subject, town.arena, &events, &count, &town.err), &town.err);
    tx_end(tx);
    assert_int_equal(count, 1);
    assert_str(events[0].type, "roadwork.added");
    assert_ok(db_write(town.tenant->db, refuse_events, NULL, &town.err), &town.err);
    assert_false(road_work_save(hub(), STR("allgemein"), &lost, "roadwork.added", STR("staff/1"),
                                NULL, clock_now(), town.arena, &err));
    assert_int_equal(roads(clock_now()).works.count, 1);
}

static void an_older_version_changes_nothing(void **state)
{
    WayPoint at = {10.0051, 51.001};
    RoadWork works[2] = {closure((Way){&at, 1}), closure((Way){&at, 1})};
    size_t made;

    (void)state;
    works[0].key = works[1].key = STR("k1");
    works[0].version = STR("10");
    works[1].version = STR("9");
    assert_ok(road_works_take(hub(), STR("allgemein"), works, 1, clock_now(), &made, town.arena,
                              &town.err),
              &town.err);
    assert_int_equal(made, 1);
    assert_ok(road_works_take(hub(), STR("allgemein"), works + 1, 1, clock_now(), &made, town.arena,
                              &town.err),
              &town.err);
    assert_int_equal(made, 0);
    assert_int_equal(works[1].id, 0);
    works[0].title = STR("Neu");
    assert_ok(road_works_take(hub(), STR("allgemein"), works, 1, clock_now(), &made, town.arena,
                              &town.err),
              &town.err);
    RoadState now = roads(clock_now());
    assert_int_equal(now.works.count, 1);
    assert_str(now.works.items[0].title, "Neu");
}

static void what_ends_before_it_begins_is_refused(void **state)
{
    WayPoint at = {10.0051, 51.001};
    RoadWork work = closure((Way){&at, 1});
    Err err = {0};

    (void)state;
    work.ends = work.begins;
    assert_false(
        road_works_write(hub(), STR("allgemein"), &work, 1, clock_now(), town.arena, &err));
    assert_string_equal(err.field, "ende");
    assert_int_equal(roads(clock_now()).works.count, 0);
}

int main(void)
{
#define ROAD_TEST(name) cmocka_unit_test_setup_teardown(name, begin, test_town_tear_down)
    const struct CMUnitTest tests[] = {
        ROAD_TEST(a_line_with_a_road_is_a_segment_and_nothing_else),
        ROAD_TEST(speeds_of_its_own_and_of_counters_beside_it_make_the_level),
        ROAD_TEST(where_only_vehicles_are_counted_the_flow_tells),
        ROAD_TEST(vehicles_are_matched_to_the_road_that_they_can_be_on),
        ROAD_TEST(a_closure_closes_its_road_and_not_the_one_it_crosses),
        ROAD_TEST(a_road_that_is_closed_at_night_is_open_by_day),
        ROAD_TEST(both_directions_of_a_road_are_closed_where_they_are_two_segments),
        ROAD_TEST(a_point_closes_the_nearest_road),
        ROAD_TEST(a_long_closure_costs_little_memory),
        ROAD_TEST(road_works_stay_as_they_were_written),
        ROAD_TEST(without_its_event_a_work_is_not_there),
        ROAD_TEST(an_older_version_changes_nothing),
        ROAD_TEST(what_ends_before_it_begins_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
