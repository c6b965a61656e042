/* SPDX-License-Identifier: EUPL-1.2 */
/* Filters asked of a small town, which restate in other data what the conformance tests of
 * SensorThings 1.1 servers ask. */
#include "city/sta/town_fixture.h"

#define T8 "2027-05-04T08:00:00Z"
#define T12 "2027-05-04T12:00:00Z"
#define R8_12 T8 "/" T12

/* The ids of those that match, with blanks between. */
static Str town_matches(Town *town, StaEntity type, const char *text)
{
    Err err = {0};
    Buf out = buf_in(town->arena);
    const Node *set = node_get(town->root, sta_entity(type)->set);
    StaFilter *filter = sta_filter_parse(town->arena, type, str_c(text), &err);

    if (!filter)
        fail_msg("%s: %s", text, err.message);
    StaEvaluator *evaluator = sta_evaluator_create(filter, &town->source, TOWN_NOW, &err);
    if (!evaluator)
        fail_msg("%s: %s", text, err.message);
    for (size_t i = 0; i < set->count; i++) {
        bool matches;
        if (!sta_evaluator_matches(evaluator, set->items[i], &matches, &err))
            fail_msg("%s: %s", text, err.message);
        if (matches)
            buf_addf(&out, "%s%.*s", out.len ? " " : "",
                     STR_ARG(node_get(set->items[i], "id")->text));
    }
    sta_evaluator_destroy(evaluator);
    return out.len ? buf_str(&out) : STR("");
}

typedef struct TownCase {
    StaEntity type;
    const char *text;
    const char *ids;
} TownCase;

static void check_town(const TownCase *cases, size_t count)
{
    Town town;

    town_begin(&town);
    for (size_t i = 0; i < count; i++) {
        Str ids = town_matches(&town, cases[i].type, cases[i].text);
        if (!str_is(ids, cases[i].ids))
            fail_msg("%s matches %.*s, not %s", cases[i].text, STR_ARG(ids), cases[i].ids);
    }
    town_end(&town);
}

#define CHECK_TOWN(cases) check_town(cases, sizeof(cases) / sizeof((cases)[0]))

static void filters_reach_over_relations(void **state)
{
    static const TownCase cases[] = {
        {STA_THING, "Locations/name eq 'Mühlbach'", "2"},
        {STA_THING, "startswith(HistoricalLocations/Locations/name, 'Brücke')", "1"},
        /* Of the fourth both are missing, and so equal. */
        {STA_THING, "HistoricalLocations/Locations/properties/level eq properties/level", "2 3 4"},
        {STA_OBSERVED_PROPERTY,
         "Datastreams/Thing/Datastreams/ObservedProperty/name eq 'Fahrräder'", "1 2 3"},
        {STA_OBSERVED_PROPERTY,
         "Datastreams/Thing/Datastreams/ObservedProperty/name eq 'Wasserstand'", "1 3"},
        {STA_OBSERVATION, "Datastream/id eq 5", "11"},
        {STA_OBSERVATION, "Datastream/id eq '5'", "11"},
        {STA_OBSERVATION, "Datastream/Thing/name eq 'Brücke Nord' and result eq 5", "1"},
        {STA_THING, "Datastreams/id eq null", "4"},
        {STA_THING, "Datastreams/id ne null", "1 2 3"},
        {STA_THING, "properties/level eq null", "1 4"},
        {STA_THING, "properties/level ne null", "2 3"},
        {STA_THING, "properties eq null", "1 4"},
        {STA_THING, "name eq 'Lager O''Neill'", "4"},
        /* The same path speaks of the same Datastream. */
        {STA_THING, "Datastreams/name eq 'Luft' and Datastreams/Sensor/name eq 'Schleife'", ""},
        {STA_THING, "Datastreams/name eq 'Luft' and Datastreams/Sensor/name eq 'Fühler'", "1"},
        {STA_LOCATION, "Things/Datastreams/name eq 'Pegel'", "3"},
    };

    (void)state;
    CHECK_TOWN(cases);
}

static void any_looks_for_one_of_many(void **state)
{
    static const TownCase cases[] = {
        {STA_THING, "Locations/any(l: l/name eq 'Mühlbach')", "2"},
        {STA_THING,
         "HistoricalLocations/any(h : h/Locations/any(l : startswith(l/name, 'Brücke')))", "1"},
        {STA_THING,
         "HistoricalLocations/any(h:h/Locations/any(l:l/properties/level eq properties/level))",
         "2 3"},
        {STA_THING,
         "Datastreams/any(a: a/ObservedProperty/name eq 'Fahrräder') and "
         "Datastreams/any(b: b/ObservedProperty/name eq 'Temperatur')",
         "1"},
        {STA_THING,
         "Datastreams/any(d: d/ObservedProperty/name eq 'Fahrräder' and d/Sensor/name eq 'Fühler')",
         "2"},
        {STA_THING, "Datastreams/any()", "1 2 3"},
        {STA_THING, "not Datastreams/any()", "4"},
        {STA_THING, "not Datastreams/any(d: d/name eq 'Luft')", "2 3 4"},
        {STA_THING, "Datastreams/any(d: d/Observations/any(o: o/result gt 10))", "1 3"},
        {STA_THING,
         "Datastreams/any(d: d/Observations/any(o: o/phenomenonTime ge now() sub "
         "duration'PT40M'))",
         "1"},
        {STA_OBSERVATION,
         "Datastream/Thing/Datastreams/any(d: d/properties/limit eq 30) and "
         "result lt 5",
         "2"},
        {STA_OBSERVED_PROPERTY, "Datastreams/any(d: d/Thing/Locations/name eq 'Rathaus')", "2"},
    };

    (void)state;
    CHECK_TOWN(cases);
}

static void values_inside_json_are_compared_by_their_own_type(void **state)
{
    static const TownCase cases[] = {
        {STA_THING, "properties/label eq 'two'", "3"},
        {STA_THING, "substringof('w', properties/label)", "3"},
        {STA_THING, "substring(properties/label, 1) eq 'wo'", "3"},
        {STA_THING, "substring(properties/label, 1, 1) eq 'w'", "3"},
        {STA_THING, "substring(name, 4, 3) eq 'er '", "3"},
        {STA_THING, "properties/objects[0]/word eq 'cd'", "3"},
        {STA_THING, "properties/objects[1]/word eq 'cd'", "2"},
        {STA_THING, "properties/objects[9]/word eq null", "1 2 3 4"},
        {STA_THING, "properties/count eq 8", "2"},
        {STA_THING, "properties/count gt 8", "3"},
        {STA_THING, "properties/count lt 9", "2"},
        {STA_THING, "properties/list[1] gt 9", "3"},
        {STA_THING, "properties/nested[1][0] lt 7", "2"},
        {STA_THING, "properties/open eq false", "3"},
        {STA_THING, "properties/open", "2"},
        {STA_THING, "not properties/open", "3"},
        {STA_THING, "properties/objects[1]/open", "2"},
        {STA_THING, "properties/count in (8, 9)", "2 3"},
        {STA_THING, "10 in properties/list", "2 3"},
        {STA_THING, "8 in properties/list", "2"},
        {STA_THING, "'s8' in properties/tags", "2"},
        {STA_OBSERVATION, "parameters/n eq '5'", "1 3"},
        {STA_OBSERVATION, "parameters/n eq 5", "1"},
        {STA_OBSERVATION, "parameters/n gt 5", "2 11"},
        {STA_OBSERVATION, "parameters/flag", "1"},
        {STA_OBSERVATION, "not parameters/flag", "2"},
        {STA_OBSERVATION,
         "parameters/n ne null and parameters/n eq Datastream/Thing/properties/count", "11"},
        {STA_OBSERVATION, "parameters/flag eq (1 eq 1)", "1"},
        {STA_OBSERVATION, "resultQuality eq 'gut'", "1"},
        {STA_OBSERVATION, "resultQuality eq 2", "2"},
        {STA_OBSERVATION, "resultQuality/status/code eq 2", "3"},
        {STA_OBSERVATION, "resultQuality[0]/code eq 2", "4"},
        {STA_DATASTREAM, "unitOfMeasurement/symbol eq '°C'", "2"},
        {STA_DATASTREAM, "concat(unitOfMeasurement/name, unitOfMeasurement/symbol) eq 'Grad°C'",
         "2"},
        {STA_SENSOR, "metadata eq 'PDF'", "1"},
        {STA_SENSOR, "metadata/range[1] eq 50", "2"},
        {STA_LOCATION, "location/coordinates[1] eq 52", "2"},
    };

    (void)state;
    CHECK_TOWN(cases);
}

static void results_are_numbers_or_texts(void **state)
{
    static const TownCase cases[] = {
        {STA_OBSERVATION, "result gt 4", "1 5 11"},
        {STA_OBSERVATION, "result eq 7", ""},
        {STA_OBSERVATION, "result eq '7'", "3"},
        {STA_OBSERVATION, "result eq '12'", "5"},
        /* Against a text, numbers are read as text: "12" and "25" come before "3". */
        {STA_OBSERVATION, "result gt '3'", "1 2 3 4"},
        {STA_OBSERVATION, "result eq 'laut'", "4"},
        {STA_OBSERVATION, "result lt 4", "2"},
        {STA_OBSERVATION, "not result lt 5 and not result gt 5", "1"},
        {STA_OBSERVATION, "result eq 3.5 and result eq 5 or result eq 5", "1"},
        {STA_OBSERVATION, "result eq 3.5 and (result eq 5 or result eq 5)", ""},
        {STA_OBSERVATION, "1 add result mul 2 sub -1 eq 12", "1"},
        {STA_OBSERVATION, "20 div 2 sub result eq 5", "1"},
        {STA_OBSERVATION, "14 div (result sub 3) mod 3 mul 3 eq 3", "1 2"},
        {STA_OBSERVATION, "result add 5 gt 16", "5 11"},
        {STA_OBSERVATION, "result mod 2 eq 0", "5"},
        {STA_OBSERVATION, "round(result) eq 4", "2"},
        {STA_OBSERVATION, "result in (5, 'laut')", "1 4"},
        {STA_OBSERVATION, "id in (1, '23')", "1 23"},
    };

    (void)state;
    CHECK_TOWN(cases);
}

static void times_lie_to_each_other_as_the_standard_says(void **state)
{
    static const TownCase cases[] = {
        {STA_OBSERVATION, "phenomenonTime lt " T8, "1 11 12"},
        {STA_OBSERVATION, "phenomenonTime gt " T8, "3 4 5 15 16 21 22 23"},
        {STA_OBSERVATION, "phenomenonTime le " T8, "1 2 11 12"},
        {STA_OBSERVATION, "phenomenonTime ge " T8, "2 3 4 5 14 15 16 17 19 21 22 23"},
        {STA_OBSERVATION, "phenomenonTime eq " T8, "2"},
        {STA_OBSERVATION, "phenomenonTime lt " R8_12, "1 11 12"},
        {STA_OBSERVATION, "phenomenonTime gt " R8_12, "4 5 22 23"},
        {STA_OBSERVATION, "phenomenonTime le " R8_12, "1 2 11 12 13 14 17 18"},
        {STA_OBSERVATION, "phenomenonTime ge " R8_12, "4 5 16 17 19 21 22 23"},
        {STA_OBSERVATION, "phenomenonTime eq " R8_12, "17"},
        {STA_OBSERVATION, T8 " lt phenomenonTime", "3 4 5 15 16 21 22 23"},
        {STA_OBSERVATION, R8_12 " gt phenomenonTime", "1 11 12"},
        {STA_OBSERVATION, "resultTime ge " T12, "4 5"},
        {STA_OBSERVATION, "validTime lt " T8, "11 12"},
        {STA_OBSERVATION, "before(phenomenonTime, " R8_12 ")", "1 11 12"},
        {STA_OBSERVATION, "after(phenomenonTime, " R8_12 ")", "4 5 22 23"},
        {STA_OBSERVATION, "after(" T8 ", phenomenonTime)", "1 11 12"},
        {STA_OBSERVATION, "meets(phenomenonTime, " T8 ")", "2 12 14 17 19"},
        {STA_OBSERVATION, "meets(phenomenonTime, " R8_12 ")", "2 4 12 22"},
        {STA_OBSERVATION, "during(phenomenonTime, " R8_12 ")", "2 3 14 15 16 17"},
        {STA_OBSERVATION, "during(" T8 ", validTime)", "13 14 17 18 19 20"},
        {STA_OBSERVATION, "during(" T8 ", phenomenonTime)", "13 14 17 18 19 20"},
        {STA_OBSERVATION, "overlaps(phenomenonTime, " T8 ")", "2 13 14 17 18 19 20"},
        {STA_OBSERVATION, "overlaps(phenomenonTime, " R8_12 ")", "2 3 13 14 15 16 17 18 19 20 21"},
        {STA_OBSERVATION, "starts(phenomenonTime, " R8_12 ")", "2 14 17 19"},
        {STA_OBSERVATION, "finishes(phenomenonTime, " R8_12 ")", "4 16 17 18"},
        {STA_OBSERVATION, "finishes(" T8 ", phenomenonTime)", "2 12"},
        {STA_OBSERVATION, "hour(phenomenonTime) eq 7", "1 13 18 20"},
        {STA_OBSERVATION, "hour(resultTime) eq 14 and totaloffsetminutes(resultTime) eq 60", "5"},
        {STA_OBSERVATION, "phenomenonTime add duration'PT1H' gt " T12, "4 5 22 23"},
        {STA_OBSERVATION, "phenomenonTime gt 2027-05-04T13:00:00Z sub duration'PT1H'", "5 23"},
        {STA_OBSERVATION, "phenomenonTime sub duration'PT1H' gt " T8, "3 4 5 16 21 22 23"},
        {STA_OBSERVATION,
         "phenomenonTime lt 2027-05-04T07:00:00Z/2027-05-04T11:00:00Z add duration'PT1H'",
         "1 11 12"},
        {STA_OBSERVATION, "phenomenonTime sub " T8 " eq duration'PT2H'", "3"},
        /* Nothing is known of a time that is missing, neither this nor its opposite. */
        {STA_OBSERVATION, "not resultTime lt " T8 " and not resultTime ge " T12, "2 3"},
        {STA_OBSERVATION, "not phenomenonTime lt " T8 " and not phenomenonTime ge " T12,
         "2 3 13 14 15 16 17 18 19 20 21"},
        {STA_OBSERVATION, "phenomenonTime ge 2027-05-05", ""},
        {STA_DATASTREAM, "overlaps(phenomenonTime, " R8_12 ")", "1"},
        {STA_DATASTREAM, "phenomenonTime eq null", "2 3 4 5"},
        {STA_HISTORICAL_LOCATION, "time gt 2027-01-15", "2"},
    };

    (void)state;
    CHECK_TOWN(cases);
}

static void places_lie_to_each_other_as_on_the_map(void **state)
{
#define BOX "geography'POLYGON((6.5 51.5, 6.5 53.5, 7.5 53.5, 7.5 51.5, 6.5 51.5))'"
    static const TownCase cases[] = {
        {STA_LOCATION, "geo.distance(location, geography'POINT(7 54.1)') lt 1", "4"},
        {STA_LOCATION, "geo.distance(location, geography'POINT(7 54.1)') gt 1", "1 2 3 5 6 7 8"},
        {STA_THING, "geo.distance(Locations/location, geography'POINT(7 54.1)') lt 1", "3"},
        {STA_OBSERVATION, "geo.distance(FeatureOfInterest/feature, geography'POINT(7 50)') eq 1",
         "1 2"},
        {STA_LOCATION, "geo.length(location) gt 1", "7 8"},
        {STA_LOCATION, "geo.length(location) eq 1", "6"},
        {STA_LOCATION, "geo.length(location) ne 1", "1 2 3 4 5 7 8"},
        {STA_LOCATION, "geo.length(location) lt 4", "1 2 3 4 5 6 7"},
        {STA_LOCATION, "geo.intersects(location, geography'LINESTRING(6.5 51, 6.5 54)')", "5 8"},
        {STA_LOCATION, "st_intersects(location, geography'LINESTRING(6.5 51, 6.5 54)')", "5 8"},
        {STA_LOCATION, "st_contains(" BOX ", location)", "2 3"},
        {STA_LOCATION, "st_crosses(geography'LINESTRING(6.5 51.5, 6.5 53.5)', location)", "5 8"},
        {STA_LOCATION, "st_disjoint(" BOX ", location)", "1 4 6 7"},
        {STA_LOCATION, "st_equals(location, geography'POINT(7 53)')", "3"},
        {STA_LOCATION, "st_overlaps(" BOX ", location)", "5"},
        {STA_LOCATION, "st_relate(" BOX ", location, 'T********')", "2 3 5 8"},
        {STA_LOCATION, "st_touches(geography'POLYGON((7 53, 6.5 54.5, 7.5 54.5, 7 53))', location)",
         "3 5"},
        {STA_LOCATION, "st_within(geography'POINT(6.5 52.75)', location)", "5"},
        {STA_DATASTREAM, "observedArea eq null", "1 2 3 4 5"},
    };

    (void)state;
    CHECK_TOWN(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_reach_over_relations),
        cmocka_unit_test(any_looks_for_one_of_many),
        cmocka_unit_test(values_inside_json_are_compared_by_their_own_type),
        cmocka_unit_test(results_are_numbers_or_texts),
        cmocka_unit_test(times_lie_to_each_other_as_the_standard_says),
        cmocka_unit_test(places_lie_to_each_other_as_on_the_map),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
