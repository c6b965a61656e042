/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/town_fixture.h"

#include "city/sta/plan.h"

/* The bounds as text: "p[..T] r[T..] ids(1,2) streams() rest". */
static Str describe(Arena *arena, const StaFilter *filter, const StaPlan *plan)
{
    const StaBounds *bounds[] = {&plan->phenomenon, &plan->result};
    const StaKeys *keys[] = {&plan->ids, &plan->streams};
    Buf out = buf_in(arena);

    if (plan->never)
        return STR("never");
    for (int i = 0; i < 2; i++) {
        if (bounds[i]->least == STA_FIRST_INSTANT && bounds[i]->most == STA_LAST_INSTANT)
            continue;
        buf_add_char(&out, "pr"[i]);
        buf_add_char(&out, '[');
        if (bounds[i]->least != STA_FIRST_INSTANT)
            sta_time_write(&out, (StaTime){bounds[i]->least, bounds[i]->least, 0});
        buf_add_c(&out, "..");
        if (bounds[i]->most != STA_LAST_INSTANT)
            sta_time_write(&out, (StaTime){bounds[i]->most, bounds[i]->most, 0});
        buf_add_c(&out, "] ");
    }
    for (int i = 0; i < 2; i++) {
        if (!keys[i]->given)
            continue;
        buf_add_c(&out, i ? "streams" : "ids");
        for (size_t k = 0; k < keys[i]->count; k++) {
            StaValue key = keys[i]->items[k];
            buf_addf(&out, "%s%s%.*s", k ? "," : " ", key.type == STA_TEXT ? "'" : "",
                     STR_ARG(sta_value_text(arena, key)));
        }
        buf_add_char(&out, ' ');
    }
    StaFilter *rest = sta_plan_rest(arena, filter, plan);
    buf_add_c(&out, "| ");
    if (rest)
        sta_filter_write(rest, &out);
    return buf_str(&out);
}

static void bounds_are_read_out_of_a_filter(void **state)
{
    static const char *const cases[][2] = {
        {"phenomenonTime ge 2027-05-04T08:00:00Z",
         "p[2027-05-04T08:00:00Z..] | phenomenonTime ge 2027-05-04T08:00:00Z"},
        {"resultTime ge 2027-05-04T08:00:00Z and resultTime lt 2027-05-05",
         "r[2027-05-04T08:00:00Z..2027-05-04T23:59:59.999Z] | "},
        {"2027-05-04T08:00:00Z lt resultTime", "r[2027-05-04T08:00:00.001Z..] | "},
        {"resultTime gt now() sub duration'PT30M'", "r[2027-05-04T13:00:00.001Z..] | "},
        {"resultTime eq 2027-05-04T08:00:00Z/PT1H",
         "r[2027-05-04T08:00:00Z..2027-05-04T08:00:00Z] | resultTime eq "
         "2027-05-04T08:00:00Z/2027-05-04T09:00:00Z"},
        {"phenomenonTime gt 2027-05-04T08:00:00Z/PT1H and result gt 5",
         "p[2027-05-04T09:00:00Z..] | phenomenonTime gt 2027-05-04T08:00:00Z/2027-05-04T09:00:00Z "
         "and result gt 5"},
        {"resultTime lt 2027-05-04 and resultTime gt 2027-05-05", "never"},
        {"id eq 5", "ids 5 | "},
        {"'a' eq id and result gt 1", "ids 'a | result gt 1"},
        {"id in (1, 2, 3) and id in (2, 3, 4) and (id eq 3 or id eq 2)",
         "ids 2,3 | id eq 3 or id eq 2"},
        {"id eq 5 and id eq '5'", "ids 5 | "},
        {"id eq '5' and id eq 5", "ids 5 | "},
        {"id eq 1 and id eq 2", "never"},
        {"Datastream/id in (1, 2) and (result gt 1 and Datastream/id eq 2)",
         "streams 2 | result gt 1"},
        {"Datastream/Thing/id eq 1", "| Datastream/Thing/id eq 1"},
        {"not (id eq 5)", "| not id eq 5"},
        {"id eq 5 or id eq 6", "| id eq 5 or id eq 6"},
        {"id eq Datastream/id", "| id eq Datastream/id"},
        {"id eq null", "| id eq null"},
        {"resultTime ne 2027-05-04", "| resultTime ne 2027-05-04"},
        {"resultTime gt phenomenonTime", "| resultTime gt phenomenonTime"},
    };
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Err err = {0};
        StaPlan plan;
        StaFilter *filter = sta_filter_parse(arena, STA_OBSERVATION, str_c(cases[i][0]), &err);
        assert_ok(filter != NULL, &err);
        sta_plan(arena, filter, TOWN_NOW, &plan);
        assert_str(describe(arena, filter, &plan), cases[i][1]);
    }
    arena_destroy(arena);
}

static bool key_allowed(const StaKeys *keys, const Node *id)
{
    if (!keys->given)
        return true;
    for (size_t i = 0; id && i < keys->count; i++)
        if (keys->items[i].type == STA_TEXT ? str_eq(id->text, keys->items[i].text)
                                            : sta_value_of_node(id).whole == keys->items[i].whole)
            return true;
    return false;
}

static bool within(const Node *entity, const char *property, StaBounds bounds)
{
    StaTime time;
    const Node *when = node_get(entity, property);

    return when && sta_time_parse(when->text, &time) && time.start >= bounds.least &&
           time.start <= bounds.most;
}

static bool allowed(const Node *entity, const StaPlan *plan)
{
    return !plan->never && within(entity, "phenomenonTime", plan->phenomenon) &&
           (!plan->result_given || within(entity, "resultTime", plan->result)) &&
           key_allowed(&plan->ids, node_get(entity, "id")) &&
           key_allowed(&plan->streams, node_at(node_get(entity, "Datastream"), 0));
}

/* Bounds and rest together match what the filter matches, for each pair of conditions. */
static void the_plan_matches_what_the_filter_matches(void **state)
{
    static const char *const operators[] = {"eq", "ne", "gt", "ge", "lt", "le"};
    static const char *const others[] = {"true",
                                         "Datastream/id eq 1",
                                         "id in (1, '2', 15)",
                                         "not (resultTime lt 2027-05-04T08:00:00Z)",
                                         "resultTime le 2027-05-04T12:00:00Z",
                                         "result gt 4"};
    static const char *const times[] = {"2027-05-04T08:00:00Z",
                                        "2027-05-04T08:00:00Z/2027-05-04T12:00:00Z",
                                        "2027-05-04T10:00:00Z/2027-05-04T13:00:00Z"};
    Town town;
    size_t asked = 0, matched = 0;

    (void)state;
    town_begin(&town);
    const Node *set = node_get(town.root, "Observations");
    for (size_t i = 0; i < 2 * 6 * 3 * 6 * 2; i++) {
        const char *path = i % 2 ? "phenomenonTime" : "resultTime";
        const char *op = operators[i / 2 % 6], *time = times[i / 12 % 3];
        const char *other = others[i / 36 % 6];
        char text[300];
        snprintf(text, sizeof text, "%s %s %s and %s", i / 216 ? time : path, op,
                 i / 216 ? path : time, other);
        Err err = {0};
        StaPlan plan;
        StaFilter *filter = sta_filter_parse(town.arena, STA_OBSERVATION, str_c(text), &err);
        assert_ok(filter != NULL, &err);
        sta_plan(town.arena, filter, TOWN_NOW, &plan);
        StaFilter *rest = sta_plan_rest(town.arena, filter, &plan);
        StaEvaluator *whole = sta_evaluator_create(filter, &town.source, TOWN_NOW, &err);
        StaEvaluator *left =
            sta_evaluator_create(rest ? rest : filter, &town.source, TOWN_NOW, &err);
        for (size_t k = 0; k < set->count; k++) {
            bool matches, remains = true;
            assert_ok(sta_evaluator_matches(whole, set->items[k], &matches, &err), &err);
            if (rest)
                assert_ok(sta_evaluator_matches(left, set->items[k], &remains, &err), &err);
            if (matches != (remains && allowed(set->items[k], &plan)))
                fail_msg("%s: Observation %zu", text, k);
            matched += matches;
            asked++;
        }
        sta_evaluator_destroy(whole);
        sta_evaluator_destroy(left);
    }
    assert_true(matched > asked / 20 && matched < asked / 2);
    town_end(&town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_are_read_out_of_a_filter),
        cmocka_unit_test(the_plan_matches_what_the_filter_matches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
