/* SPDX-License-Identifier: EUPL-1.2 */
/* What an explanation tells: names, tables, rows, in data and in German. */
#include "feel/feel_test.h"

static const char TABLE[] = "name: steuer\n"
                            "hit: unique\n"
                            "inputs:\n"
                            "  - {expression: position, label: Wievielter Hund, type: number}\n"
                            "  - {expression: gefahr, type: boolean}\n"
                            "outputs:\n"
                            "  - {name: betrag, type: number}\n"
                            "rules:\n"
                            "  - [\"1\", \"false\", 96, Erster Hund]\n"
                            "  - [\"> 1\", \"false\", 144]\n"
                            "  - [\"> 2\", \"-\", 180, Dritter Hund]\n";

static const FeelTable *table_of(Arena *arena, const char *yaml)
{
    Err err = {0};
    Node *node = node_parse_yaml(arena, str_c(yaml), "steuer.yaml", &NODE_LIMITS_PACKAGE, &err);

    assert_ok(node, &err);
    const FeelTable *table = feel_table_from_yaml(arena, node, NULL, &err);
    assert_ok(table, &err);
    return table;
}

typedef bool Explain(const FeelProgram *program, const FeelValue *context, const FeelEnv *env,
                     Arena *arena, FeelExplanation *out, Err *err);

static FeelExplanation explain_by(Explain *how, Arena *arena, const char *text, const char *json)
{
    FeelScope *scope = feel_scope(arena, NULL);
    FeelExplanation explanation;
    Err err = {0};
    const Node *node = node_parse_json(arena, str_c(json), NULL, &NODE_LIMITS_REQUEST, &err);

    assert_ok(node, &err);
    feel_scope_add_table(scope, table_of(arena, TABLE));
    for (size_t i = 0; i < node->count; i++)
        feel_scope_add(scope, node->keys[i], feel_type(FEEL_ANY));
    const FeelProgram *program = feel_compile(arena, str_c(text), NULL, 1, scope, &err);
    assert_ok(program, &err);
    assert_ok(
        how(program, feel_from_node(arena, node, NULL), &FEEL_TEST_ENV, arena, &explanation, &err),
        &err);
    return explanation;
}

static FeelExplanation explain(Arena *arena, const char *text, const char *json)
{
    return explain_by(feel_explain, arena, text, json);
}

static void names_tables_and_rows_are_told_in_german(void **state)
{
    Arena *arena = arena_create(0);
    FeelExplanation told = explain(arena, "steuer(n, halter.gefahr) / 12 * 1000.5",
                                   "{\"n\": 1, \"halter\": {\"gefahr\": false}}");

    (void)state;
    assert_str(feel_explanation_text(arena, &told),
               "Das Ergebnis ist 8004.\n"
               "Gerechnet wurde: steuer(n, halter.gefahr) / 12 * 1000.5\n"
               "Dabei ist:\n"
               "  n = 1\n"
               "  halter.gefahr = nein\n"
               "Tabelle „steuer“: Bei Wievielter Hund = 1 und gefahr = nein gilt Zeile 1 "
               "(„Erster Hund“). Das Ergebnis ist 96.\n");
    assert_int_equal(told.decisions[0].result.hits[0].line, 9);
    arena_destroy(arena);
}

static void what_was_noted_while_evaluating_tells_the_same_decisions(void **state)
{
    static const char TEXT[] = "sum(for i in [n, 2, n] return steuer(i, false)) + n";
    Arena *arena = arena_create(0);
    FeelExplanation told = explain(arena, TEXT, "{\"n\": 1}");
    FeelExplanation noted = explain_by(feel_eval_noting, arena, TEXT, "{\"n\": 1}");

    (void)state;
    assert_str(feel_to_text(arena, noted.value), "337");
    assert_int_equal(noted.reading_count, 0);
    assert_int_equal(told.decision_count, 2);
    assert_int_equal(noted.decision_count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_true(str_eq(feel_decision_text(arena, &noted.decisions[i]),
                           feel_decision_text(arena, &told.decisions[i])));
    arena_destroy(arena);
}

static void equal_questions_are_told_once(void **state)
{
    Arena *arena = arena_create(0);
    FeelExplanation told =
        explain(arena, "sum(for i in [1, 2, 1, 1] return steuer(i, false))", "{}");

    (void)state;
    assert_int_equal(told.decision_count, 2);
    assert_int_equal(told.decisions[0].times, 3);
    assert_str(feel_decision_text(arena, &told.decisions[0]),
               "Tabelle „steuer“: Bei Wievielter Hund = 1 und gefahr = nein gilt Zeile 1 "
               "(„Erster Hund“). Das Ergebnis ist 96.");
    assert_true(str_find(feel_explanation_text(arena, &told),
                         STR("96. So wurde 3-mal entschieden.\n")) > 0);
    arena_destroy(arena);
}

static void what_gives_no_result_says_why(void **state)
{
    Arena *arena = arena_create(0);
    FeelExplanation none = explain(arena, "steuer(0.5, false)", "{}");
    FeelExplanation two = explain(arena, "steuer(3, false)", "{}");

    (void)state;
    assert_str(feel_decision_text(arena, &none.decisions[0]),
               "Tabelle „steuer“: Bei Wievielter Hund = 0,5 und gefahr = nein gilt keine Zeile. "
               "Darum gibt es kein Ergebnis.");
    assert_str(feel_decision_text(arena, &two.decisions[0]),
               "Tabelle „steuer“: Bei Wievielter Hund = 3 und gefahr = nein treffen zugleich die "
               "Zeilen 2 und 3 („Dritter Hund“) zu. Das darf nicht sein, darum gibt es kein "
               "Ergebnis.");
    arena_destroy(arena);
}

static void an_explanation_is_data_too(void **state)
{
    Arena *arena = arena_create(0);
    FeelExplanation told = explain(arena, "steuer(n, false)", "{\"n\": 2}");

    (void)state;
    assert_str(
        node_json(feel_explanation_node(arena, &told), arena),
        "{\"expression\":\"steuer(n, false)\",\"result\":144,\"names\":{\"n\":2},"
        "\"decisions\":[{\"table\":\"steuer\",\"file\":\"steuer.yaml\",\"inputs\":["
        "{\"label\":\"Wievielter Hund\",\"value\":2},{\"label\":\"gefahr\",\"value\":false}],"
        "\"rows\":[{\"row\":2,\"line\":10}],\"result\":144,\"times\":1}]}");
    arena_destroy(arena);
}

static void whatever_can_be_computed_can_be_explained(void **state)
{
    Arena *arena = arena_create(0);
    FeelExplanation many = explain(arena, "sum(for i in 1..2200 return steuer(i, false))", "{}");
    FeelExplanation often =
        explain(arena, "count(for i in 1..20000 return steuer(1, false))", "{}");

    (void)state;
    assert_str(feel_to_text(arena, many.value), "null"); /* rows 2 and 3 match together */
    assert_int_equal(many.decision_count, 500);
    assert_int_equal(many.more, 1700);
    assert_str(feel_to_text(arena, often.value), "20000");
    assert_int_equal(often.decision_count, 1);
    assert_int_equal(often.decisions[0].times, 20000);
    arena_destroy(arena);
}

static void names_with_dots_have_their_values(void **state)
{
    Arena *arena = arena_create(0);
    FeelExplanation told = explain(arena, "(a b.c) + a.b", "{\"a b.c\": 1, \"a\": {\"b\": 2}}");

    (void)state;
    assert_int_equal(told.reading_count, 2);
    assert_str(feel_to_text(arena, told.readings[0].value), "1");
    assert_str(feel_to_text(arena, told.readings[1].value), "2");
    arena_destroy(arena);
}

/* Its cells ask another table more often than is kept. */
static void a_table_tells_of_itself_and_not_of_those_it_asks(void **state)
{
    static const char asking[] =
        "name: u\n"
        "inputs:\n  - {expression: n, type: number}\n"
        "outputs:\n  - {name: r, type: number}\n"
        "rules:\n"
        "  - [\"sum(for i in 1..600 return steuer(1 / i, false)) = null\", 7]\n";
    Arena *arena = arena_create(0);
    FeelScope *scope = feel_scope(arena, NULL);
    const FeelValue *inputs[] = {feel_number(arena, 7)};
    FeelDecision decision;
    Err err = {0};

    (void)state;
    feel_scope_add(scope, STR("n"), feel_type(FEEL_NUMBER));
    feel_scope_add_table(scope, table_of(arena, TABLE));
    Node *node = node_parse_yaml(arena, str_c(asking), "u.yaml", &NODE_LIMITS_PACKAGE, &err);
    assert_ok(node, &err);
    const FeelTable *table = feel_table_from_yaml(arena, node, scope, &err);
    assert_ok(table, &err);
    assert_ok(feel_explain_table(table, inputs, &FEEL_TEST_ENV, arena, &decision, &err), &err);
    assert_str(decision.name, "u");
    assert_str(feel_to_text(arena, decision.result.inputs[0]), "7");
    arena_destroy(arena);
}

static void values_are_written_as_germans_write_them(void **state)
{
    static const struct {
        const char *feel, *german;
    } cases[] = {
        {"1234567.5", "1.234.567,5"},
        {"-1234", "-1234"},
        {"-12345", "-12.345"},
        {"-123", "-123"},
        {"0.25", "0,25"},
        {"1e70", "1E+70"},
        {"null", "keine Angabe"},
        {"@\"2027-03-01\"", "1. März 2027"},
        {"[1, \"a\", true]", "1, „a“ und ja"},
        {"{a: 1, b: null}", "(a: 1; b: keine Angabe)"},
        {"[]", "leere Liste"},
        {"@\"P1Y2M\"", "1 Jahr und 2 Monate"},
        {"-@\"P3DT12H\"", "minus 3 Tage und 12 Stunden"},
        {"@\"PT0S\"", "0 Tage"},
        {"@\"10:30:00\"", "10:30 Uhr"},
        {"@\"2027-03-01T08:05:00\"", "1. März 2027, 8:05 Uhr"},
        {"@\"10:30:00Z\"", "10:30:00Z"},
    };
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        FeelExplanation told = explain(arena, cases[i].feel, "{}");
        assert_str(feel_to_german(arena, told.value), cases[i].german);
    }
    FeelExplanation told = explain(arena, "for i in 1..2000 return i", "{}");
    assert_true(feel_to_german(arena, told.value).len < 200);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_tables_and_rows_are_told_in_german),
        cmocka_unit_test(what_was_noted_while_evaluating_tells_the_same_decisions),
        cmocka_unit_test(equal_questions_are_told_once),
        cmocka_unit_test(what_gives_no_result_says_why),
        cmocka_unit_test(an_explanation_is_data_too),
        cmocka_unit_test(whatever_can_be_computed_can_be_explained),
        cmocka_unit_test(names_with_dots_have_their_values),
        cmocka_unit_test(a_table_tells_of_itself_and_not_of_those_it_asks),
        cmocka_unit_test(values_are_written_as_germans_write_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
