/* SPDX-License-Identifier: EUPL-1.2 */
/* What each operator and function comes to, one line each. */
#include "city/sta/town_fixture.h"

#include "city/sta/parse.h"

#define T8 "2027-05-04T08:00:00Z"
#define T12 "2027-05-04T12:00:00Z"
#define R8_12 T8 "/" T12

/* Of an expression without properties, as text; "null". */
static Str value_of(Town *town, const char *text)
{
    Err err = {0};
    StaParser p = {0};
    StaValue value;

    assert_ok(sta_lexer_begin(&p.lexer, town->arena, "$filter", str_c(text), &err), &err);
    StaFilter *filter = sta_parse_filter(&p, STA_THING, false);
    if (!filter || !sta_parse_end(&p))
        fail_msg("%s: %s", text, err.message);
    StaEvaluator *e = sta_evaluator_create(filter, &town->source, TOWN_NOW, &err);
    assert_non_null(e);
    const Node *things = node_get(town->root, "Things");
    assert_ok(sta_evaluator_value(e, things->items[1], town->arena, &value, &err), &err);
    Str written = sta_value_text(town->arena, value);
    sta_evaluator_destroy(e);
    return written.ptr ? written : STR("null");
}

typedef struct ValueCase {
    const char *text;
    const char *value;
} ValueCase;

static void check_values(const ValueCase *cases, size_t count)
{
    Town town;

    town_begin(&town);
    for (size_t i = 0; i < count; i++) {
        Str value = value_of(&town, cases[i].text);
        if (!str_is(value, cases[i].value))
            fail_msg("%s is %.*s, not %s", cases[i].text, STR_ARG(value), cases[i].value);
    }
    town_end(&town);
}

#define CHECK_VALUES(cases) check_values(cases, sizeof(cases) / sizeof((cases)[0]))

static void operators_compute(void **state)
{
    static const ValueCase cases[] = {
        {"1 eq 1.0", "true"},
        {"1 ne 1.0", "false"},
        {"2 gt 1", "true"},
        {"2 ge 2", "true"},
        {"1 lt 2", "true"},
        {"2 le 1", "false"},
        {"'a' lt 'b'", "true"},
        {"'Z' lt 'a'", "true"},
        {"'z' lt 'ä'", "true"},
        {"'\xF0\x9F\x98\x80' gt '\xEF\xBF\xBD'", "true"},
        {"'O''Neill' eq 'O''Neill'", "true"},
        {"true and false", "false"},
        {"true or false", "true"},
        {"not true", "false"},
        {"true gt false", "true"},
        {"1 add 2", "3"},
        {"1 sub 2", "-1"},
        {"2 mul 3", "6"},
        {"7 div 2", "3"},
        {"7.0 div 2", "3.5"},
        {"-7 div 2", "-3"},
        {"7 mod 3", "1"},
        {"-7 mod 3", "-1"},
        {"7.5 mod 2", "1.5"},
        {"-(1 add 2)", "-3"},
        {"- -5", "5"},
        {"1 div 0", "null"},
        {"1 mod 0", "null"},
        {"1.0 div 0", "null"},
        {"9223372036854775807 eq 9223372036854775806", "false"},
        {"9007199254740993 gt 9007199254740992.0", "true"},
        {"9223372036854775807 lt 9223372036854775808", "true"},
        {"9223372036854775807 add 1 gt 9223372036854775807", "true"},
        {"1e2 eq 100", "true"},
        {"0.1 add 0.2", "0.30000000000000004"},
        {"2 in (1, 2)", "true"},
        {"3 in (1, 2)", "false"},
        {"'a' in ('b', 'a')", "true"},
        {"1 in (null)", "false"},
        {"null in (null)", "true"},
    };

    (void)state;
    CHECK_VALUES(cases);
}

static void what_binds_stronger_goes_first(void **state)
{
    static const ValueCase cases[] = {
        {"1 add 2 mul 3", "7"},
        {"(1 add 2) mul 3", "9"},
        {"10 sub 3 sub 2", "5"},
        {"10 sub (3 sub 2)", "9"},
        {"8 div 2 mul 2", "8"},
        {"8 mod 3 mul 2", "4"},
        {"1 add 1 sub -1 eq 3", "true"},
        {"false and false or true", "true"},
        {"false and (false or true)", "false"},
        {"true or false and false", "true"},
        {"not false and false", "false"},
        {"not (false and false)", "true"},
        {"not 1 lt 2", "false"},
        {"not not true", "true"},
        {"1 lt 2 eq true", "true"},
        {"true eq 1 lt 2", "true"},
        {"1 in (1) eq true", "true"},
        {"-1 add 2", "1"},
    };

    (void)state;
    CHECK_VALUES(cases);
}

static void null_is_neither_true_nor_false(void **state)
{
    static const ValueCase cases[] = {
        {"null eq null", "true"},
        {"null ne null", "false"},
        {"1 eq null", "false"},
        {"1 ne null", "true"},
        {"properties/none eq null", "true"},
        {"properties/none ne 1", "true"},
        {"properties/none gt 1", "null"},
        {"not properties/none gt 1", "null"},
        {"null gt null", "null"},
        {"null and false", "false"},
        {"false and null", "false"},
        {"null and true", "null"},
        {"null or true", "true"},
        {"null or false", "null"},
        {"not null", "null"},
        {"properties/none add 1", "null"},
        {"length(properties/none)", "null"},
        {"-properties/none", "null"},
        {"properties/none in (1, 2)", "false"},
        {"1 in properties/none", "null"},
    };

    (void)state;
    CHECK_VALUES(cases);
}

static void functions_on_texts_compute(void **state)
{
    static const ValueCase cases[] = {
        {"substringof('ück', 'Brücke')", "true"},
        {"substringof('Brücke', 'ück')", "false"},
        {"contains('Brücke', 'ück')", "true"},
        {"startswith('Brücke', 'Brü')", "true"},
        {"startswith('Br', 'Brü')", "false"},
        {"endswith('Brücke', 'ücke')", "true"},
        {"endswith('cke', 'ücke')", "false"},
        {"length('Brücke')", "6"},
        {"length('')", "0"},
        {"indexof('Brücke', 'c')", "3"},
        {"indexof('Brücke', 'x')", "-1"},
        {"substring('Brücke', 2)", "ücke"},
        {"substring('Brücke', 2, 2)", "üc"},
        {"substring('Brücke', 9)", ""},
        {"substring('Brücke', -3, 2)", "Br"},
        {"substring('Brücke', 1, -1)", ""},
        {"tolower('GRÖẞE')", "größe"},
        {"toupper('straße')", "STRASSE"},
        {"trim('  a b\xC2\xA0')", "a b"},
        {"trim('  ')", ""},
        {"concat(concat('a', ', '), 'b')", "a, b"},
        {"length(properties/count)", "1"},
        {"concat(properties/label, properties/open)", "onetrue"},
        {"TOUPPER('a') EQ 'A'", "true"},
    };

    (void)state;
    CHECK_VALUES(cases);
}

static void functions_on_numbers_compute(void **state)
{
    static const ValueCase cases[] = {
        {"round(32.5)", "33"},
        {"round(-32.5)", "-33"},
        {"round(32.49)", "32"},
        {"floor(32.9)", "32"},
        {"floor(-0.5)", "-1"},
        {"ceiling(32.1)", "33"},
        {"ceiling(-32.9)", "-32"},
        {"round(7)", "7"},
        {"floor(properties/label)", "null"},
        {"floor(9223372036854775807)", "9223372036854775807"},
    };

    (void)state;
    CHECK_VALUES(cases);
}

static void functions_on_times_compute(void **state)
{
#define WRITTEN "2027-01-01T00:30:15.250+01:00"
    static const ValueCase cases[] = {
        {"year(" WRITTEN ")", "2027"},
        {"month(" WRITTEN ")", "1"},
        {"day(" WRITTEN ")", "1"},
        {"hour(" WRITTEN ")", "0"},
        {"minute(" WRITTEN ")", "30"},
        {"second(" WRITTEN ")", "15"},
        {"fractionalseconds(" WRITTEN ")", "0.25"},
        {"date(" WRITTEN ")", "2027-01-01"},
        {"time(" WRITTEN ")", "00:30:15.250"},
        {"totaloffsetminutes(" WRITTEN ")", "60"},
        {"totaloffsetminutes(2027-01-01T00:00:00-09:30)", "-570"},
        {"date(" WRITTEN ") eq 2027-01-01", "true"},
        {"time(" WRITTEN ") lt 01:00", "true"},
        {"date(2027-05-04) eq 2027-05-04", "true"},
        {"now()", "2027-05-04T13:30:00Z"},
        {"mindatetime()", "0001-01-01T00:00:00Z"},
        {"maxdatetime()", "9999-12-31T23:59:59.999Z"},
        {WRITTEN " eq 2026-12-31T23:30:15.250Z", "true"},
        {"2027-05-04 lt " T8, "true"},
        {"before(" T8 ", " T12 ")", "true"},
        {"after(" T8 ", " T12 ")", "false"},
        {"meets(" T12 ", " R8_12 ")", "true"},
        {"during(" T12 ", " R8_12 ")", "false"},
        {"overlaps(" T8 ", " R8_12 ")", "true"},
        {"overlaps(" T12 "/PT1H, " R8_12 ")", "false"},
        {"starts(" T8 ", " R8_12 ")", "true"},
        {"finishes(" T12 ", " R8_12 ")", "true"},
    };

    (void)state;
    CHECK_VALUES(cases);
}

static void times_and_durations_are_reckoned_with(void **state)
{
    static const ValueCase cases[] = {
        {"now() sub duration'P1D'", "2027-05-03T13:30:00Z"},
        {"now() add duration'PT90M'", "2027-05-04T15:00:00Z"},
        {"duration'PT90M' add now()", "2027-05-04T15:00:00Z"},
        {"2027-01-31T00:00:00Z add duration'P1M'", "2027-02-28T00:00:00Z"},
        {"2027-05-04 add duration'PT8H' eq " T8, "true"},
        {R8_12 " add duration'PT1H'", "2027-05-04T09:00:00Z/2027-05-04T13:00:00Z"},
        {T12 " sub " T8, "PT4H"},
        {T8 " sub " T12, "-PT4H"},
        {T12 " sub " T8 " gt duration'PT3H59M'", "true"},
        {R8_12 " sub " T8, "null"},
        {"duration'PT1H' add duration'PT30M'", "PT1H30M"},
        {"duration'PT1H' sub duration'PT90M'", "-PT30M"},
        {"duration'PT1H' mul 3", "PT3H"},
        {"3 mul duration'PT1H'", "PT3H"},
        {"duration'PT1H' div 3", "PT20M"},
        {"duration'P1Y' div 12 eq duration'P1M'", "true"},
        {"duration'P1M' div 2", "null"},
        {"-duration'PT1H'", "-PT1H"},
        {"duration'P1Y' eq duration'P12M'", "true"},
        {"duration'P1M' gt duration'P27D'", "null"},
        {"duration'P1M' ne duration'P27D'", "true"},
        {"maxdatetime() add duration'P1D'", "null"},
        {"mindatetime() sub duration'PT1S'", "null"},
    };

    (void)state;
    CHECK_VALUES(cases);
}

static void geometries_are_measured_in_degrees(void **state)
{
    static const ValueCase cases[] = {
        {"geo.distance(geography'POINT(0 0)', geography'POINT(3 4)')", "5"},
        {"geo.length(geography'LINESTRING(0 0, 3 4)')", "5"},
        {"geo.length(geography'POLYGON((0 0, 1 0, 1 1, 0 0))')", "0"},
        {"geo.intersects(geography'POINT(1 1)', geometry'POLYGON((0 0, 2 0, 2 2, 0 0))')", "true"},
        {"st_equals(geography'POINT(1 1)', geography'SRID=4326;POINT(1 1)')", "true"},
        {"st_disjoint(geography'POINT(0 0)', geography'POINT(1 1)')", "true"},
        {"st_touches(geography'POINT(0 0)', geography'LINESTRING(0 0, 1 1)')", "true"},
        {"st_within(geography'POINT(1 0.5)', geography'POLYGON((0 0, 2 0, 2 2, 0 0))')", "true"},
        {"st_overlaps(geography'LINESTRING(0 0, 2 0)', geography'LINESTRING(1 0, 3 0)')", "true"},
        {"st_crosses(geography'LINESTRING(0 0, 2 2)', geography'LINESTRING(0 2, 2 0)')", "true"},
        {"st_intersects(geography'POINT(0 0)', geography'POINT(0 0)')", "true"},
        {"st_contains(geography'POLYGON((0 0, 2 0, 2 2, 0 0))', geography'POINT(1 0.5)')", "true"},
        {"st_relate(geography'POINT(0 0)', geography'POINT(0 0)', '0FFFFF**2')", "true"},
        {"st_relate(geography'POINT(0 0)', geography'POINT(0 0)', 'short')", "null"},
        {"geo.length(properties/label)", "null"},
        {"geo.length(properties/list)", "null"},
        {"st_within(geography'POINT(1 1)', geography'POLYGON((0 0, 1 1, 0 1, 1 0, 0 0))')",
         "false"},
    };

    (void)state;
    CHECK_VALUES(cases);
}

static void what_the_store_cannot_read_is_told(void **state)
{
    Town town;
    Err err = {0};
    bool matches;

    (void)state;
    town_begin(&town);
    const void *thing = node_get(town.root, "Things")->items[0];
    StaFilter *filter = sta_filter_parse(town.arena, STA_THING, STR("Locations/id eq 1"), &err);
    StaEvaluator *e = sta_evaluator_create(filter, &town.source, TOWN_NOW, &err);
    town.broken = true;
    assert_false(sta_evaluator_matches(e, thing, &matches, &err));
    assert_string_equal(err.message, "the store is away");
    town.broken = false;
    assert_ok(sta_evaluator_matches(e, thing, &matches, &err), &err);
    assert_true(matches);
    sta_evaluator_destroy(e);
    town_end(&town);
}

/* A town in which each Thing has a thousand Datastreams and each of those a thousand of each. */
static bool crowd(void *context, StaEntity type, const void *entity, const StaRelation *relation,
                  Arena *arena, const void ***out, size_t *count, Err *err)
{
    static const void *many[1000];

    (void)context;
    (void)type;
    (void)relation;
    (void)arena;
    (void)err;
    for (size_t i = 0; i < 1000; i++)
        many[i] = entity;
    *out = many;
    *count = 1000;
    return true;
}

static void combinations_without_end_are_cut_off(void **state)
{
    Town town;
    Err err = {0};
    bool matches;

    (void)state;
    town_begin(&town);
    town.source.related = crowd;
    StaFilter *filter = sta_filter_parse(
        town.arena, STA_THING,
        STR("Datastreams/Observations/result eq 'no' and Locations/name eq 'none'"), &err);
    StaEvaluator *e = sta_evaluator_create(filter, &town.source, TOWN_NOW, &err);
    assert_false(sta_evaluator_matches(e, node_get(town.root, "Things")->items[0], &matches, &err));
    assert_int_equal(sta_http_status(err.kind), 400);
    assert_non_null(strstr(err.message, "too many related entities"));
    sta_evaluator_destroy(e);
    town_end(&town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_compute),
        cmocka_unit_test(what_binds_stronger_goes_first),
        cmocka_unit_test(null_is_neither_true_nor_false),
        cmocka_unit_test(functions_on_texts_compute),
        cmocka_unit_test(functions_on_numbers_compute),
        cmocka_unit_test(functions_on_times_compute),
        cmocka_unit_test(times_and_durations_are_reckoned_with),
        cmocka_unit_test(geometries_are_measured_in_degrees),
        cmocka_unit_test(what_the_store_cannot_read_is_told),
        cmocka_unit_test(combinations_without_end_are_cut_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
