/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/dmn.h"

#include "base/test.h"

#define HEAD                                                            \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/'" \
    " name='m' namespace='urn:m'>\n"
#define TAIL "</definitions>"
#define DECISION(name, text)                                              \
    "<decision name='" name "' id='" name "'><variable name='" name "'/>" \
    "<literalExpression><text>" text "</text></literalExpression></decision>\n"

static const FeelEnv ENV = {.now = 1803893400000, .today = {2027, 3, 1}};

static const DmnModel *model_of(Arena *arena, const char *xml)
{
    DmnSource source = {"m.dmn", str_c(xml)};
    Err err = {0};
    const DmnModel *model = dmn_read(arena, arena_copy(arena, &source, sizeof source), 1, &err);

    assert_ok(model != NULL, &err);
    return model;
}

static const char *value_of(Arena *arena, const DmnModel *model, const char *decision,
                            const char *json)
{
    Err err = {0};
    const Node *data = node_parse_json(arena, str_c(json), NULL, &NODE_LIMITS_REQUEST, &err);
    DmnInput *inputs;
    size_t count = dmn_inputs(model, data, arena, &inputs);
    DmnQuestion question = {str_c(decision), inputs, count};
    const FeelValue *value;

    assert_ok(dmn_evaluate(model, &question, &ENV, arena, &value, &err), &err);
    return str_cstr(arena, feel_to_text(arena, value));
}

/* --- Reading ------------------------------------------------------------------------------------
 */

static void assert_refused(const char *xml, int line, const char *part)
{
    Arena *arena = arena_create(0);
    DmnSource source = {"m.dmn", str_c(xml)};
    Err err = {0};

    assert_null(dmn_read(arena, &source, 1, &err));
    if (!strstr(err.message, part))
        fail_msg("\"%s\" is not in: %s", part, err.message);
    assert_string_equal(err.file, "m.dmn");
    assert_int_equal(err.line, line);
    arena_destroy(arena);
}

static void what_is_no_model_is_refused_with_place_and_remedy(void **state)
{
    (void)state;
    assert_refused("<definitions xmlns='urn:other'/>", 1, "no DMN model");
    assert_refused("<html/>", 1, "no DMN model");
    assert_refused(HEAD "<decision/>" TAIL, 2, "needs a name");
    assert_refused(HEAD "<decision name='a'>\n<literalExpression/></decision>" TAIL, 3,
                   "needs <text>");
    assert_refused(HEAD "<decision name='a'><context>\n<contextEntry/></context></decision>" TAIL,
                   3, "holds no expression");
    assert_refused(HEAD "<decision name='a'><informationRequirement>\n<requiredInput/>"
                        "</informationRequirement></decision>" TAIL,
                   3, "href");
    assert_refused(HEAD "<decision name='a'><decisionTable hitPolicy='BEST'/></decision>" TAIL, 2,
                   "hit policy");
    assert_refused(HEAD "<decision name='a'><decisionTable><output/>\n<rule><inputEntry/></rule>"
                        "</decisionTable></decision>" TAIL,
                   3, "columns");
    assert_refused("<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/'"
                   " expressionLanguage='urn:javascript'/>",
                   1, "only FEEL");
    assert_refused("<!DOCTYPE x [<!ENTITY e 'x'>]>\n" HEAD TAIL, 1, "document types");
}

/* The problem of a model that is otherwise read. */
static void assert_problem(const char *xml, int line, int column, bool error, const char *part)
{
    Arena *arena = arena_create(0);
    const FeelWarning *problems;
    const DmnModel *model = model_of(arena, xml);

    assert_int_equal(dmn_problems(model, &problems), 1);
    if (!strstr(str_cstr(arena, problems[0].message), part))
        fail_msg("\"%s\" is not in: %.*s", part, STR_ARG(problems[0].message));
    assert_int_equal(problems[0].line, line);
    assert_int_equal(problems[0].column, column);
    assert_int_equal(problems[0].error, error);
    arena_destroy(arena);
}

static void problems_name_line_and_column_of_the_expression(void **state)
{
    (void)state;
    assert_problem(HEAD DECISION("a", "1 + + 2") TAIL, 2, 76, true, "not expected");
    assert_problem(HEAD DECISION("a", "1 +\n weg") TAIL, 3, 2, false, "\"weg\" is not known");
    assert_problem(HEAD DECISION("a", "1 + \"x\"") TAIL, 2, 74, false, "cannot combine");
    assert_problem(HEAD DECISION("a", "1 / (2 - 2)") TAIL, 2, 76, false, "division by 0");
    assert_problem(HEAD "<import name='x' namespace='urn:x' importType="
                        "'https://www.omg.org/spec/DMN/20230324/MODEL/'/>" TAIL,
                   2, 1, true, "same folder");
    assert_problem(HEAD "<itemDefinition name='t'><typeRef>t</typeRef></itemDefinition>" TAIL, 2, 1,
                   true, "contains itself");
    assert_problem(HEAD "<decison name='a'/>" TAIL, 2, 1, false, "no element of a DMN model");
    assert_problem(HEAD DECISION("a", "1") "\n" DECISION("a", "2") TAIL, 4, 1, false,
                   "stands on line 2 already");
}

static void requirements_in_a_circle_are_told_and_cut(void **state)
{
    Arena *arena = arena_create(0);
    const FeelWarning *problems;
    const DmnModel *model =
        model_of(arena, HEAD
                 "<decision name='a' id='a'><informationRequirement><requiredDecision href='#b'/>"
                 "</informationRequirement><literalExpression><text>b</text></literalExpression>"
                 "</decision>"
                 "<decision name='b' id='b'><informationRequirement><requiredDecision href='#a'/>"
                 "</informationRequirement><literalExpression><text>a</text></literalExpression>"
                 "</decision>" TAIL);

    (void)state;
    assert_true(dmn_problems(model, &problems) > 0);
    assert_non_null(strstr(str_cstr(arena, problems[0].message), "circle"));
    assert_string_equal(value_of(arena, model, "a", "{}"), "null");
    arena_destroy(arena);
}

/* --- Asking --------------------------------------------------------------------------------------
 */

static void data_is_read_as_the_types_of_the_inputs_say(void **state)
{
    Arena *arena = arena_create(0);
    const DmnModel *model = model_of(
        arena, HEAD "<inputData name='Geboren am' id='g'><variable name='Geboren am'"
                    " typeRef='date'/></inputData>"
                    "<decision name='Jahr'><informationRequirement><requiredInput href='#g'/>"
                    "</informationRequirement><literalExpression><text>Geboren am.year</text>"
                    "</literalExpression></decision>" TAIL);

    (void)state;
    assert_string_equal(value_of(arena, model, "Jahr", "{\"Geboren am\": \"1999-12-31\"}"), "1999");
    assert_string_equal(value_of(arena, model, "Jahr", "{\"Geboren am\": 7}"), "null");
    assert_string_equal(value_of(arena, model, "Jahr", "{}"), "null");
    arena_destroy(arena);
}

static void a_decision_that_does_not_exist_is_not_found(void **state)
{
    Arena *arena = arena_create(0);
    const DmnModel *model = model_of(arena, HEAD DECISION("a", "1") TAIL);
    DmnQuestion question = {.name = STR("b")};
    const FeelValue *value;
    Err err = {0};

    (void)state;
    assert_false(dmn_evaluate(model, &question, &ENV, arena, &value, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    arena_destroy(arena);
}

static void limits_stop_an_endless_decision_with_its_place(void **state)
{
    Arena *arena = arena_create(0);
    const DmnModel *model = model_of(
        arena, HEAD "<businessKnowledgeModel name='f' id='f'><encapsulatedLogic>"
                    "<formalParameter name='g'/><literalExpression><text>g(g)</text>"
                    "</literalExpression></encapsulatedLogic></businessKnowledgeModel>\n"
                    "<decision name='a'><knowledgeRequirement><requiredKnowledge href='#f'/>"
                    "</knowledgeRequirement><literalExpression><text>f(f)</text>"
                    "</literalExpression></decision>" TAIL);
    DmnQuestion question = {.name = STR("a")};
    const FeelValue *value;
    Err err = {0};

    (void)state;
    assert_false(dmn_evaluate(model, &question, &ENV, arena, &value, &err));
    assert_int_equal(err.line, 3);
    assert_non_null(strstr(err.message, "was stopped"));
    arena_destroy(arena);
}

static void an_answer_tells_its_decisions_and_rows(void **state)
{
    Arena *arena = arena_create(0);
    const DmnModel *model = model_of(
        arena,
        HEAD "<inputData name='x' id='x'/>"
             "<decision name='Stufe' id='s'><informationRequirement><requiredInput href='#x'/>"
             "</informationRequirement><decisionTable hitPolicy='COLLECT'>"
             "<input><inputExpression><text>x * 2</text></inputExpression></input><output/>"
             "<annotation name='r'/>\n"
             "<rule><inputEntry><text>&lt; 5</text></inputEntry><outputEntry><text>1</text>"
             "</outputEntry><annotationEntry><text>klein</text></annotationEntry></rule>\n"
             "<rule><inputEntry><text>&gt; 5</text></inputEntry><outputEntry><text>2</text>"
             "</outputEntry><annotationEntry><text>groß</text></annotationEntry></rule>"
             "</decisionTable></decision>"
             "<decision name='Satz' id='z'><literalExpression><text>7</text></literalExpression>"
             "</decision>"
             "<decision name='Betrag'><informationRequirement><requiredDecision href='#s'/>"
             "</informationRequirement><informationRequirement><requiredDecision href='#z'/>"
             "</informationRequirement><literalExpression><text>Satz * count(Stufe)</text>"
             "</literalExpression></decision>" TAIL);
    DmnInput inputs[] = {{.name = STR("x"), .value = feel_number(arena, 4)},
                         {.name = STR("Satz"), .value = feel_number(arena, 9)}};
    DmnQuestion question = {STR("Betrag"), inputs, 2};
    const FeelValue *value;
    DmnStep *steps;
    size_t count;
    Err err = {0};

    (void)state;
    assert_ok(dmn_explain(model, &question, &ENV, arena, &value, &steps, &count, &err), &err);
    assert_str(feel_to_text(arena, value), "9");
    assert_int_equal(count, 3);
    assert_str(steps[0].name, "Satz");
    assert_true(steps[0].given);
    assert_str(steps[1].name, "Stufe");
    assert_int_equal(steps[1].table->hit_count, 1);
    assert_int_equal(steps[1].table->hits[0].rule, 2);
    assert_int_equal(steps[1].table->hits[0].line, 4);
    assert_str(steps[1].table->hits[0].remark, "groß");
    assert_str(steps[1].inputs[0], "x * 2");
    assert_str(steps[1].table->input_texts[0], "8");
    assert_str(steps[2].name, "Betrag");
    arena_destroy(arena);
}

static void parts_tell_what_a_model_offers(void **state)
{
    Arena *arena = arena_create(0);
    const DmnModel *model =
        model_of(arena, HEAD
                 "<inputData name='x'><variable name='x' typeRef='number'/></inputData>" DECISION(
                     "a", "\"t\"") TAIL);

    (void)state;
    assert_int_equal(dmn_part_count(model), 2);
    assert_int_equal(dmn_part(model, 0).kind, DMN_INPUT);
    assert_int_equal(dmn_part(model, 0).type->kind, FEEL_NUMBER);
    assert_int_equal(dmn_part(model, 1).kind, DMN_DECISION);
    assert_int_equal(dmn_part(model, 1).type->kind, FEEL_STRING);
    arena_destroy(arena);
}

/* --- Conversion
 * ------------------------------------------------------------------------------------ */

static Str xml_of(Arena *arena, Str yaml)
{
    Err err = {0};
    Str xml = STR_NONE;
    const Node *node = node_parse_yaml(arena, yaml, "t.yaml", &NODE_LIMITS_PACKAGE, &err);

    assert_ok(node != NULL, &err);
    assert_ok(dmn_from_yaml(arena, node, &xml, &err), &err);
    return xml;
}

static void a_table_survives_the_way_there_and_back(void **state)
{
    static const char yaml[] =
        "name: Gebühr\n"
        "label: Gebühr je Fall\n"
        "description: Nach <§ 3> & \"Anlage\"\n"
        "hit: priority\n"
        "inputs:\n"
        "  - {expression: Zahl der Hunde, label: Hunde, type: number, whole: true}\n"
        "  - {expression: Art, type: string, values: [Pudel, \"Dogge's\", 'a \"b\"']}\n"
        "  - {expression: am, type: date}\n"
        "  - {expression: Liste, type: list<number>}\n"
        "  - {expression: Halter, type: \"context<Name: string, Orte: list<string>>\"}\n"
        "outputs:\n"
        "  - {name: Betrag, label: Euro, type: number, values: [20, 10.5], default: 10.5}\n"
        "  - {name: Grund, type: string, default: '\"keiner\"'}\n"
        "rules:\n"
        "  - [\"[1..3)\", '\"Pudel\", \"Dogge''s\"', '< @\"2027-03-01\"', '-', '-', 20, '\"so\"']\n"
        "  - [5, '-', '-', 'count(?) > 2', '-', 10.5, '\"a\\nb\"', Bemerkung mit 'Zeichen']\n";
    Arena *arena = arena_create(0);
    Err err = {0};
    Str xml = xml_of(arena, str_c(yaml)), back = STR_NONE;
    const DmnModel *model = model_of(arena, str_cstr(arena, xml));
    const FeelWarning *problems;
    size_t count = dmn_problems(model, &problems);

    (void)state;
    for (size_t i = 0; i < count; i++)
        if (problems[i].error)
            fail_msg("%d: %.*s", problems[i].line, STR_ARG(problems[i].message));
    assert_ok(dmn_to_yaml(model, STR_NONE, arena, &back, &err), &err);
    assert_str(xml_of(arena, back), str_cstr(arena, xml));
    assert_string_equal(value_of(arena, model, "Gebühr",
                                 "{\"Zahl der Hunde\": 2, \"Art\": \"Pudel\", \"am\":"
                                 " \"2027-02-28\", \"Liste\": [1], \"Halter\": null}"),
                        "{Betrag: 20, Grund: \"so\"}");
    arena_destroy(arena);
}

static void assert_not_yaml(const char *table, const char *part)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    Str yaml;
    const char *xml = arena_printf(
        arena,
        HEAD "<itemDefinition name='klein'><typeRef>number</typeRef><allowedValues>"
             "<text>[0..9]</text></allowedValues></itemDefinition>"
             "<inputData name='x' id='x'/><inputData name='y' id='y'/><decision name='a'>"
             "<informationRequirement><requiredInput href='#x'/></informationRequirement>"
             "<informationRequirement><requiredInput href='#y'/></informationRequirement>"
             "%s</decision>" TAIL,
        table);

    assert_false(dmn_to_yaml(model_of(arena, xml), STR_NONE, arena, &yaml, &err));
    if (!strstr(err.message, part))
        fail_msg("\"%s\" is not in: %s", part, err.message);
    arena_destroy(arena);
}

static void what_a_table_of_a_package_cannot_say_is_an_error(void **state)
{
    (void)state;
    assert_not_yaml("<literalExpression><text>1</text></literalExpression>", "decision table");
    assert_not_yaml("<decisionTable><input><inputExpression><text>x</text></inputExpression>"
                    "</input><output/><rule><inputEntry><text>&lt; y</text></inputEntry>"
                    "<outputEntry><text>1</text></outputEntry></rule></decisionTable>",
                    "\"y\" is not known");
    assert_not_yaml("<decisionTable><input><inputExpression typeRef='klein'><text>x</text>"
                    "</inputExpression></input><output/></decisionTable>",
                    "allowed values");
    assert_not_yaml("<decisionTable><input><inputExpression><text>x</text></inputExpression>"
                    "<inputValues><text>[1..9]</text></inputValues></input><output/>"
                    "</decisionTable>",
                    "inputValues");
    assert_not_yaml("<decisionTable><output/></decisionTable>", "without inputs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_model_is_refused_with_place_and_remedy),
        cmocka_unit_test(problems_name_line_and_column_of_the_expression),
        cmocka_unit_test(requirements_in_a_circle_are_told_and_cut),
        cmocka_unit_test(data_is_read_as_the_types_of_the_inputs_say),
        cmocka_unit_test(a_decision_that_does_not_exist_is_not_found),
        cmocka_unit_test(limits_stop_an_endless_decision_with_its_place),
        cmocka_unit_test(an_answer_tells_its_decisions_and_rows),
        cmocka_unit_test(parts_tell_what_a_model_offers),
        cmocka_unit_test(a_table_survives_the_way_there_and_back),
        cmocka_unit_test(what_a_table_of_a_package_cannot_say_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
