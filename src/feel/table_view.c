/* SPDX-License-Identifier: EUPL-1.2 */
/* A table as it is written, for whoever shows it. */
#include "feel/table.h"

static const FeelValue **pointers(Arena *arena, const FeelValue *values, size_t count)
{
    const FeelValue **out = arena_array(arena, const FeelValue *, count);

    for (size_t i = 0; i < count; i++)
        out[i] = &values[i];
    return out;
}

static FeelColumn input_column(Arena *arena, const TableInput *input)
{
    return (FeelColumn){
        .name = input->text,
        .label = input->label.len ? input->label : input->text,
        .type = input->type,
        .values = pointers(arena, input->allowed, input->allowed_count),
        .value_count = input->allowed_count,
    };
}

static FeelColumn output_column(Arena *arena, const TableOutput *output)
{
    return (FeelColumn){
        .name = output->name,
        .label = output->label.len ? output->label : output->name,
        .type = output->type,
        .values = pointers(arena, output->values, output->value_count),
        .value_count = output->value_count,
    };
}

static Str *texts(Arena *arena, const FeelProgram *const *programs, size_t count)
{
    Str *out = arena_array(arena, Str, count);

    for (size_t i = 0; i < count; i++)
        out[i] = programs[i]->text;
    return out;
}

FeelTableView feel_table_view(const FeelTable *table, Arena *arena)
{
    FeelTableView view = {
        .name = table->name,
        .hit = table->hit,
        .inputs = arena_array(arena, FeelColumn, table->input_count),
        .input_count = table->input_count,
        .outputs = arena_array(arena, FeelColumn, table->output_count),
        .output_count = table->output_count,
        .rows = arena_array(arena, FeelRow, table->rule_count),
        .row_count = table->rule_count,
    };

    for (size_t i = 0; i < table->input_count; i++)
        view.inputs[i] = input_column(arena, &table->inputs[i]);
    for (size_t i = 0; i < table->output_count; i++)
        view.outputs[i] = output_column(arena, &table->outputs[i]);
    for (size_t i = 0; i < table->rule_count; i++) {
        const TableRule *rule = &table->rules[i];
        view.rows[i] = (FeelRow){
            .tests = texts(arena, rule->tests, table->input_count),
            .results = texts(arena, rule->results, table->output_count),
            .remark = rule->remark,
            .line = rule->line,
        };
    }
    return view;
}
