/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "city/sta/filter.h"

static void filters_are_written_in_one_form(void **state)
{
    static const struct {
        StaEntity type;
        const char *text;
        const char *written;
    } cases[] = {
        {STA_OBSERVATION, " result   GT  5 ", "result gt 5"},
        {STA_OBSERVATION, "((result gt 5))", "result gt 5"},
        {STA_OBSERVATION, "result gt 5.0", "result gt 5.0"},
        {STA_OBSERVATION, "result gt -5", "result gt -5"},
        {STA_OBSERVATION, "result gt 1e300", "result gt 1e+300"},
        {STA_OBSERVATION, "result gt -(-5)", "result gt 5"},
        {STA_OBSERVATION, "-(result add 1) lt 0", "-(result add 1) lt 0"},
        {STA_OBSERVATION, "(result add 1) mul 2 lt 0", "(result add 1) mul 2 lt 0"},
        {STA_OBSERVATION, "result sub (1 sub 2) lt 0", "result sub (1 sub 2) lt 0"},
        {STA_OBSERVATION, "(result sub 1) sub 2 lt 0", "result sub 1 sub 2 lt 0"},
        {STA_OBSERVATION, "(result eq 1 or result eq 2) and id eq 3",
         "(result eq 1 or result eq 2) and id eq 3"},
        {STA_OBSERVATION, "(result eq 1 and result eq 2) or id eq 3",
         "result eq 1 and result eq 2 or id eq 3"},
        {STA_OBSERVATION, "not (result eq 1 and id eq 3)", "not (result eq 1 and id eq 3)"},
        {STA_OBSERVATION, "not (result eq 1) eq false", "not result eq 1 eq false"},
        {STA_OBSERVATION, "(not result) eq false", "(not result) eq false"},
        {STA_OBSERVATION, "1 eq (2 lt 3)", NULL},
        {STA_OBSERVATION, "true eq (2 lt 3)", "true eq 2 lt 3"},
        {STA_OBSERVATION, "(true eq true) lt true", "(true eq true) lt true"},
        {STA_OBSERVATION, "@iot.id eq 'a''b'", "id eq 'a''b'"},
        {STA_OBSERVATION, "result in ( 1 ,'x', null )", "result in (1,'x',null)"},
        {STA_OBSERVATION, "'x' in parameters/tags", "'x' in parameters/tags"},
        {STA_OBSERVATION, "StartsWith(result,'a')", "startswith(result,'a')"},
        {STA_OBSERVATION, "phenomenonTime ge 2027-05-04T10:00:00.000+02:00",
         "phenomenonTime ge 2027-05-04T10:00:00+02:00"},
        {STA_OBSERVATION, "phenomenonTime ge 2027-05-04T10:00:00-00:30/PT1H",
         "phenomenonTime ge 2027-05-04T10:00:00-00:30/2027-05-04T11:00:00-00:30"},
        {STA_OBSERVATION, "phenomenonTime ge PT1H/2027-05-04T10:00:00Z",
         "phenomenonTime ge 2027-05-04T09:00:00Z/2027-05-04T10:00:00Z"},
        {STA_OBSERVATION, "date(resultTime) eq 2027-05-04", "date(resultTime) eq 2027-05-04"},
        {STA_OBSERVATION, "time(resultTime) lt 10:00", "time(resultTime) lt 10:00:00"},
        {STA_OBSERVATION, "resultTime gt now() sub duration'PT36H'",
         "resultTime gt now() sub duration'P1DT12H'"},
        {STA_THING, "Datastreams/any( d : d/Thing/id eq id )",
         "Datastreams/any(d:d/Thing/id eq id)"},
        {STA_THING, "Datastreams/any()", "Datastreams/any()"},
        {STA_THING, "properties/a-b/2027[0][1]/c eq 1", "properties/a-b/2027[0][1]/c eq 1"},
        {STA_THING, "properties/Straße eq 1", "properties/Straße eq 1"},
        {STA_THING, "properties/and/not/eq eq 1", "properties/and/not/eq eq 1"},
        {STA_LOCATION, "st_within(location, geometry'SRID=4326;POINT(7 51)')",
         "st_within(location,geography'SRID=4326;POINT(7 51)')"},
        {STA_HISTORICAL_LOCATION, "time lt 2027-01-01", "time lt 2027-01-01"},
    };
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Err err = {0};
        Buf out = buf_in(arena), again = buf_in(arena);
        StaFilter *filter = sta_filter_parse(arena, cases[i].type, str_c(cases[i].text), &err);
        if (!cases[i].written) {
            assert_null(filter);
            continue;
        }
        if (!filter)
            fail_msg("%s: %s", cases[i].text, err.message);
        sta_filter_write(filter, &out);
        assert_str(buf_str(&out), cases[i].written);
        filter = sta_filter_parse(arena, cases[i].type, buf_str(&out), &err);
        if (!filter)
            fail_msg("%s: %s", cases[i].written, err.message);
        sta_filter_write(filter, &again);
        assert_str(buf_str(&again), cases[i].written);
    }
    arena_destroy(arena);
}

typedef struct Refused {
    StaEntity type;
    const char *text;
    size_t column;
    const char *says;
} Refused;

static void check_refused(const Refused *cases, size_t count)
{
    Arena *arena = arena_create(0);

    for (size_t i = 0; i < count; i++) {
        Err err = {0};
        if (sta_filter_parse(arena, cases[i].type, str_c(cases[i].text), &err))
            fail_msg("%s is read", cases[i].text);
        if (err.kind != ERR_INPUT || (size_t)err.column != cases[i].column ||
            !strstr(err.message, cases[i].says))
            fail_msg("%s: column %d: %s", cases[i].text, err.column, err.message);
    }
    arena_destroy(arena);
}

static void what_is_no_filter_is_told_with_its_place(void **state)
{
    static const Refused cases[] = {
        {STA_THING, "", 1, "a value is missing; here stands the end"},
        {STA_THING, "name eq", 8, "a value is missing; here stands the end"},
        {STA_THING, "name eq 'x", 9, "this text has no closing '"},
        {STA_THING, "name eq 'ä' and", 16, "a value is missing"},
        {STA_THING, "name 'x'", 6, "\"'x'\" does not belong here"},
        {STA_THING, "name = 'x'", 6, "\"=\" does not belong here"},
        {STA_THING, "name eq \"x\"", 9, "\"\"\" does not belong here"},
        {STA_THING, "(name eq 'x'", 13, "\")\" is missing behind what ( began"},
        {STA_THING, "name eq 'x')", 12, "\")\" does not belong here"},
        {STA_THING, "colour eq 'x'", 1, "Thing has no \"colour\". Thing has id, name"},
        {STA_THING, "Datastreams/colour eq 'x'", 13, "Datastream has no \"colour\""},
        {STA_THING, "Datastreams eq 'x'", 13, "Datastreams is a relation; a property of it"},
        {STA_THING, "Datastreams/ eq 'x'", 13, "behind \"/\" a name is missing"},
        {STA_THING, "name/x eq 'x'", 5, "name is a text: it has no parts"},
        {STA_THING, "id/x eq 'x'", 3, "id is a key: it has no parts"},
        {STA_THING, "properties[x] eq 1", 12, "the place in a list, from 0 on"},
        {STA_THING, "properties[-1] eq 1", 12, "the place in a list"},
        {STA_THING, "properties[1 eq 1", 14, "\"]\" is missing"},
        {STA_THING, "colour(name)", 1, "there is no function \"colour\""},
        {STA_THING, "length name gt 3", 1, "Thing has no \"length\""},
        {STA_THING, "startswith(name 'x')", 17, "\",\" is missing between two arguments"},
        {STA_THING, "startswith(name, 'x'", 21, "\",\" is missing"},
        {STA_THING, "Datastreams/any(d d/name eq 'x')", 19, "\":\" is missing behind the variable"},
        {STA_THING, "Datastreams/any('d': true)", 17, "any( begins with a variable"},
        {STA_THING, "Datastreams/any(d: d eq 1)", 22, "behind d a property is missing: d/id"},
        {STA_THING, "Datastreams/any(d: d/name)", 20, "inside any() something true or false"},
        {STA_THING, "Datastreams/any(d: e/name eq 'x')", 20, "Thing has no \"e\""},
        {STA_THING, "Datastreams/any(d: d/Observations/any(d: true))", 39,
         "the variable d stands for two things"},
        {STA_DATASTREAM, "Thing/any(t: true)", 7, "Thing has no \"any\""},
        {STA_THING, "properties/n eq 12x", 19, "\"12x\" is no number"},
        {STA_THING, "properties/n eq 1e999", 17, "this number is too large"},
        {STA_THING, "properties/n in 5", 17, "behind \"in\" stands a list"},
        {STA_THING, "properties/n in (5", 19, "\")\" is missing behind the list of \"in\""},
        {STA_THING, "true eq not false", 9, "here \"not\" needs parentheses"},
        {STA_OBSERVATION, "resultTime gt 2027-13-01T00:00:00Z", 15, "is no time; one looks like"},
        {STA_OBSERVATION, "resultTime gt 2027-12-01T00:00:00 01:00", 34, "lost its +; write %2B"},
        {STA_OBSERVATION, "resultTime gt 2027-12-01T00:00:00", 15, "is no time"},
        {STA_OBSERVATION, "resultTime gt 2027-02-30", 15, "is no date"},
        {STA_OBSERVATION, "time(resultTime) gt 25:00", 21, "is no time of day"},
        {STA_OBSERVATION, "resultTime gt now() sub duration'1D'", 34, "is no duration"},
        {STA_OBSERVATION, "resultTime gt datetime'2027'", 15, "datetime'…' is not known"},
        {STA_OBSERVATION, "result gt 1 $top", 13, "\"$top\" does not belong here"},
        {STA_LOCATION, "st_within(location, geography'POINT(7)')", 21, "no geometry in WKT"},
        {STA_LOCATION, "st_within(location, geography'')", 21, "no geometry in WKT"},
    };

    (void)state;
    check_refused(cases, sizeof cases / sizeof cases[0]);
}

static void types_that_do_not_go_together_are_told(void **state)
{
    static const Refused cases[] = {
        {STA_THING, "name", 1, "as a filter something true or false is missing; here is a text"},
        {STA_THING, "name eq 5", 6, "\"eq\" does not go with a text and a whole number"},
        {STA_THING, "name add 5 eq 5", 6, "\"add\" does not go with a text and a whole number"},
        {STA_THING, "not name", 5, "with \"not\" something true or false is missing"},
        {STA_THING, "true and name", 10, "with \"and\" something true or false"},
        {STA_THING, "-name eq 5", 1, "\"-\" does not go with a text"},
        {STA_THING, "name in ('a', 5)", 15, "\"in\" does not go with a text and a whole number"},
        {STA_THING, "substring('Thing') eq 'x'", 1,
         "substring(text, whole number[, whole number]) got 1 argument"},
        {STA_THING, "substring(name, 'x') eq 'x'", 17, "got a text as argument 2"},
        {STA_THING, "now(1) eq now()", 1, "now() got 1 argument"},
        {STA_THING, "year(name) eq 2027", 6, "year(instant or interval) got a text as argument 1"},
        {STA_OBSERVATION, "resultTime gt '2027-01-01T00:00:00Z'", 12,
         "an instant and a text; times are written without quotes"},
        {STA_OBSERVATION, "resultTime mul 2 gt now()", 12, "\"mul\" does not go with an instant"},
        {STA_OBSERVATION, "resultTime add resultTime gt now()", 12, "\"add\" does not go with"},
        {STA_OBSERVATION, "duration'P1D' sub now() gt now()", 15, "\"sub\" does not go with"},
        {STA_OBSERVATION, "during(phenomenonTime, resultTime)", 24,
         "during(instant or interval, interval) got an instant as argument 2"},
        {STA_OBSERVATION, "during(resultTime, 2027-01-01T00:00:00Z)", 20, "got an instant"},
        {STA_LOCATION, "location eq geography'POINT(7 51)'", 10, "st_equals"},
        {STA_LOCATION, "st_within(name, location)", 11, "got a text as argument 1"},
    };

    (void)state;
    check_refused(cases, sizeof cases / sizeof cases[0]);
}

static char *repeated(Arena *arena, const char *before, const char *part, size_t count,
                      const char *behind)
{
    Buf out = buf_in(arena);

    buf_add_c(&out, before);
    for (size_t i = 0; i < count; i++)
        buf_add_c(&out, part);
    buf_add_c(&out, behind);
    return str_cstr(arena, buf_str(&out));
}

static void there_are_limits(void **state)
{
    Arena *arena = arena_create(0);
    Err err = {0};

    (void)state;
    assert_non_null(sta_filter_parse(
        arena, STA_THING, str_c(repeated(arena, "", "(", 64, repeated(arena, "true", ")", 64, ""))),
        &err));
    assert_null(sta_filter_parse(
        arena, STA_THING, str_c(repeated(arena, "", "(", 65, repeated(arena, "true", ")", 65, ""))),
        &err));
    assert_non_null(strstr(err.message, "nests deeper than 64"));
    assert_int_equal(err.column, 65);
    assert_null(
        sta_filter_parse(arena, STA_THING, str_c(repeated(arena, "", "not ", 65, "true")), &err));
    assert_non_null(strstr(err.message, "nests deeper than 64"));
    assert_null(
        sta_filter_parse(arena, STA_THING, str_c(repeated(arena, "1 eq ", "-", 70, "id")), &err));
    assert_non_null(strstr(err.message, "nests deeper than 64"));
    assert_non_null(sta_filter_parse(arena, STA_THING,
                                     str_c(repeated(arena, "", "true or ", 510, "true")), &err));
    assert_null(sta_filter_parse(arena, STA_THING,
                                 str_c(repeated(arena, "", "true or ", 512, "true")), &err));
    assert_non_null(strstr(err.message, "more than 512 parts"));
    assert_null(
        sta_filter_parse(arena, STA_THING, str_c(repeated(arena, "", " ", 8192, "true")), &err));
    assert_non_null(strstr(err.message, "8196 bytes; at most 8192"));
    assert_null(sta_filter_parse(arena, STA_THING, STR("name eq '\xFF'"), &err));
    assert_non_null(strstr(err.message, "UTF-8"));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_are_written_in_one_form),
        cmocka_unit_test(what_is_no_filter_is_told_with_its_place),
        cmocka_unit_test(types_that_do_not_go_together_are_told),
        cmocka_unit_test(there_are_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
