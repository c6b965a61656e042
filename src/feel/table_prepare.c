/* SPDX-License-Identifier: EUPL-1.2 */
/* What can be known of a table before it decides anything. */
#include "feel/table.h"

#include "feel/table_index.h"

static bool reads(Arena *arena, const FeelProgram *program)
{
    Str *paths;

    return program && feel_program_reads(program, arena, &paths) > 0;
}

static bool reads_names(Arena *arena, const FeelTable *t)
{
    for (size_t r = 0; r < t->rule_count; r++) {
        for (size_t i = 0; i < t->input_count; i++)
            if (reads(arena, t->rules[r].tests[i]))
                return true;
        for (size_t i = 0; i < t->output_count; i++)
            if (reads(arena, t->rules[r].results[i]))
                return true;
    }
    for (size_t i = 0; i < t->output_count; i++)
        if (reads(arena, t->outputs[i].otherwise))
            return true;
    return false;
}

/* Constant, and of its output's type without conversion or constraint. */
static bool is_plain(const FeelProgram *result, const FeelType *type)
{
    return result->root->op == TERM_CONSTANT && !type->constraint && !type->allowed_count &&
           (result->root->constant.kind == type->kind || type->kind == FEEL_ANY) &&
           type->kind != FEEL_LIST && type->kind != FEEL_CONTEXT && type->kind != FEEL_RANGE &&
           type->kind != FEEL_FUNCTION;
}

static const FeelValue *ready(Arena *arena, const FeelTable *t, const TableRule *rule)
{
    for (size_t i = 0; i < t->output_count; i++)
        if (!is_plain(rule->results[i], t->outputs[i].type))
            return NULL;
    if (t->output_count == 1)
        return &rule->results[0]->root->constant;
    FeelEntry *entries = arena_array(arena, FeelEntry, t->output_count);
    for (size_t i = 0; i < t->output_count; i++)
        entries[i] =
            (FeelEntry){.key = t->outputs[i].name, .value = rule->results[i]->root->constant};
    return value_keep(arena, context_of(arena, entries, t->output_count));
}

void table_prepare(Arena *arena, FeelTable *table)
{
    Arena *scratch = arena_create(0);

    table->index = table_index(arena, table);
    table->reads_names = reads_names(scratch, table);
    for (size_t r = 0; table->index && table->input_count == 1 && r < table->rule_count; r++)
        table->rules[r].ready = ready(arena, table, &table->rules[r]);
    arena_destroy(scratch);
}
