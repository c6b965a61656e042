/* SPDX-License-Identifier: EUPL-1.2 */
/* Divisions in the cells of decision tables. */
#include "feel/table.h"
#include "feel/zero.h"

static bool tests_nothing(const FeelProgram *cell)
{
    return cell->root->op != TERM_TESTS;
}

/* A row above that did not match, where one cell alone can be the reason. */
static void learn_missed(Facts *facts, const FeelTable *t, const TableRule *rule)
{
    size_t tested = 0, at = 0;

    for (size_t i = 0; i < t->input_count; i++) {
        if (!tests_nothing(rule->tests[i])) {
            tested++;
            at = i;
        }
    }
    if (tested == 1)
        facts_learn_tests(facts, t->inputs[at].expression->root, rule->tests[at]->root, NOT_TRUE);
}

/* The facts of the row; only a table that takes its first match knows more. */
static void learn_row(Facts *facts, const FeelTable *t, size_t row)
{
    for (size_t i = 0; i < t->input_count; i++)
        facts_learn_tests(facts, t->inputs[i].expression->root, t->rules[row].tests[i]->root,
                          IS_TRUE);
    for (size_t r = 0; t->hit == FEEL_HIT_FIRST && r < row; r++)
        learn_missed(facts, t, &t->rules[r]);
}

static bool divides(const FeelProgram *program)
{
    return str_find_char(program->text, '/') >= 0 || str_find(program->text, STR("modulo")) >= 0;
}

void zero_find_in_table(const FeelTable *t, Arena *arena, WarningList *warnings)
{
    for (size_t i = 0; i < t->input_count; i++)
        zero_find(t->inputs[i].expression, &(Facts){.arena = arena}, warnings);
    for (size_t i = 0; i < t->output_count; i++)
        zero_find(t->outputs[i].otherwise, &(Facts){.arena = arena}, warnings);
    for (size_t r = 0; r < t->rule_count; r++) {
        for (size_t i = 0; i < t->input_count; i++)
            if (divides(t->rules[r].tests[i]))
                zero_find(t->rules[r].tests[i], &(Facts){.arena = arena}, warnings);
        for (size_t i = 0; i < t->output_count; i++) {
            Facts facts = {.arena = arena};
            if (!divides(t->rules[r].results[i]))
                continue;
            learn_row(&facts, t, r);
            zero_find(t->rules[r].results[i], &facts, warnings);
        }
    }
}
