/* SPDX-License-Identifier: EUPL-1.2 */
/* The rule language on its own: this program is linked with src/feel and src/base and
 * nothing else of the house. It reads a DMN model from a text, asks it, and evaluates an
 * expression.
 *
 *     build/docs/examples/decide 3
 */
#include "feel/dmn.h"

#include <stdio.h>

static const char MODEL[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/'"
    "             name='Hundesteuer' namespace='urn:example:hund'>"
    "  <inputData id='n' name='Zahl der Hunde'>"
    "    <variable name='Zahl der Hunde' typeRef='number'/>"
    "  </inputData>"
    "  <businessKnowledgeModel id='s' name='Satz'>"
    "    <encapsulatedLogic>"
    "      <formalParameter name='position' typeRef='number'/>"
    "      <decisionTable hitPolicy='UNIQUE'>"
    "        <input><inputExpression typeRef='number'><text>position</text></inputExpression>"
    "        </input>"
    "        <output typeRef='number'/>"
    "        <rule><inputEntry><text>1</text></inputEntry>"
    "              <outputEntry><text>96</text></outputEntry></rule>"
    "        <rule><inputEntry><text>> 1</text></inputEntry>"
    "              <outputEntry><text>144</text></outputEntry></rule>"
    "      </decisionTable>"
    "    </encapsulatedLogic>"
    "  </businessKnowledgeModel>"
    "  <decision name='Steuer'>"
    "    <variable name='Steuer' typeRef='number'/>"
    "    <informationRequirement><requiredInput href='#n'/></informationRequirement>"
    "    <knowledgeRequirement><requiredKnowledge href='#s'/></knowledgeRequirement>"
    "    <literalExpression>"
    "      <text>sum(for i in 1..Zahl der Hunde return Satz(i))</text>"
    "    </literalExpression>"
    "  </decision>"
    "</definitions>";

static bool decide(Arena *arena, int64_t dogs, Err *err)
{
    const FeelEnv env = {.now = clock_now(), .today = date_in_berlin(clock_now())};
    DmnSource source = {"hund.dmn", str_c(MODEL)};
    DmnInput input = {.name = STR("Zahl der Hunde"), .value = feel_number(arena, dogs)};
    DmnQuestion question = {.name = STR("Steuer"), .inputs = &input, .input_count = 1};
    const DmnModel *model = dmn_read(arena, &source, 1, err);
    const FeelValue *tax, *month;

    if (!model || !dmn_evaluate(model, &question, &env, arena, &tax, err))
        return false;
    FeelScope *scope = feel_scope(arena, NULL);
    feel_scope_add(scope, STR("Steuer"), feel_type(FEEL_NUMBER));
    const FeelProgram *rule =
        feel_compile(arena, STR("decimal(Steuer / 12, 2)"), NULL, 1, scope, err);
    const FeelValue *names = feel_context_put(arena, NULL, STR("Steuer"), tax);
    if (!rule || !(month = feel_eval(rule, names, &env, arena, err)))
        return false;
    Str year = feel_to_text(arena, tax), monthly = feel_to_text(arena, month);
    printf("%.*s a year, %.*s a month\n", STR_ARG(year), STR_ARG(monthly));
    return true;
}

int main(int argc, char **argv)
{
    Arena *arena = arena_create(0);
    int64_t dogs = 1;
    Err err = {0};
    bool done = argc < 2 || str_to_i64(str_c(argv[1]), &dogs);

    if (!done)
        fprintf(stderr, "decide: \"%s\" is no number of dogs\n", argv[1]);
    else if (!(done = decide(arena, dogs, &err)))
        fprintf(stderr, "decide: %s\n", err_text(&err, arena));
    arena_destroy(arena);
    return !done;
}
