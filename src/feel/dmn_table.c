/* SPDX-License-Identifier: EUPL-1.2 */
/* From a decision table as written to the one that decides. */
#include "feel/dmn_model.h"

typedef struct Maker {
    DmnModel *model;
    DmnFile *file;
    const FeelScope *scope;
    FeelTable *table;
} Maker;

/* The values that unary tests list, when they do nothing else: for the analysis and for
 * priorities. */
static void read_values(Maker *m, const DmnText *tests, FeelValue **values, size_t *count)
{
    Err err;
    Arena *arena = m->model->arena;
    Str list = str_printf(arena, "[%.*s]", STR_ARG(tests->text));

    if (str_empty(str_trim(tests->text)))
        return;
    const FeelProgram *program = program_compile(arena, list, &tests->place, m->file->types, &err);
    if (!program || program->root->op != TERM_CONSTANT || program->root->constant.kind != FEEL_LIST)
        return;
    FeelValue constant = program->root->constant;
    for (size_t i = 0; i < constant.list.count; i++)
        if (constant.list.items[i].kind == FEEL_RANGE || constant.list.items[i].kind == FEEL_NULL)
            return;
    *values = (FeelValue *)constant.list.items;
    *count = constant.list.count;
}

/* Those of the clause, else those of its type. */
static void clause_values(Maker *m, const DmnClause *clause, FeelValue **values, size_t *count)
{
    const DmnItem *item = dmn_item(m->model, m->file, clause->type_ref);

    read_values(m, &clause->values, values, count);
    if (*count == 0 && item)
        read_values(m, &item->allowed, values, count);
}

static bool make_input(Maker *m, const DmnClause *clause, TableInput *input)
{
    const FeelType *declared = dmn_type(m->model, m->file, clause->type_ref, &clause->place);

    input->text = str_trim(clause->expression.text);
    input->label = clause->label;
    input->expression = dmn_program(m->model, &clause->expression, m->scope, "the input");
    if (!input->expression)
        return false;
    input->type = type_unknown(declared) ? feel_program_type(input->expression) : declared;
    clause_values(m, clause, &input->allowed, &input->allowed_count);
    input->whole = str_is(str_trim(clause->values.text), DMN_WHOLE);
    return true;
}

static bool make_output(Maker *m, const DmnClause *clause, TableOutput *output)
{
    output->name = clause->name;
    output->label = clause->label;
    output->type = dmn_type(m->model, m->file, clause->type_ref, &clause->place);
    clause_values(m, clause, &output->values, &output->value_count);
    if (str_empty(str_trim(clause->otherwise.text)))
        return true;
    output->otherwise = dmn_program(m->model, &clause->otherwise, m->scope, "the default output");
    return output->otherwise != NULL;
}

static bool make_rule(Maker *m, const DmnRule *written, TableRule *rule)
{
    FeelTable *t = m->table;
    Arena *arena = m->model->arena;
    bool good = true;

    rule->line = written->place.line;
    rule->column = written->place.column;
    rule->remark = written->annotation_count ? written->annotations[0] : written->description;
    rule->tests = arena_array(arena, const FeelProgram *, t->input_count);
    rule->results = arena_array(arena, const FeelProgram *, t->output_count);
    for (size_t i = 0; i < t->input_count; i++) {
        rule->tests[i] =
            dmn_tests(m->model, &written->inputs[i], t->inputs[i].type, m->scope, "the cell");
        good = good && rule->tests[i];
    }
    for (size_t i = 0; i < t->output_count; i++) {
        rule->results[i] = dmn_program(m->model, &written->outputs[i], m->scope, "the cell");
        good = good && rule->results[i];
    }
    return good;
}

static const FeelType *result_type(Arena *arena, const FeelTable *t)
{
    const FeelType *row = t->outputs[0].type;

    if (t->hit == FEEL_HIT_COUNT)
        return feel_type(FEEL_NUMBER);
    if (t->output_count > 1) {
        FeelType *context = feel_type_context(arena);
        for (size_t i = 0; i < t->output_count; i++)
            feel_type_add_field(arena, context, t->outputs[i].name, t->outputs[i].type);
        row = context;
    }
    bool list = t->hit == FEEL_HIT_RULE_ORDER || t->hit == FEEL_HIT_OUTPUT_ORDER ||
                t->hit == FEEL_HIT_COLLECT;
    return list ? feel_type_list(arena, row) : row;
}

static bool make(Maker *m, const DmnTable *written)
{
    FeelTable *t = m->table;
    bool good = true;

    for (size_t i = 0; i < t->input_count; i++)
        good = make_input(m, &written->inputs[i], &t->inputs[i]) && good;
    for (size_t i = 0; i < t->output_count; i++)
        good = make_output(m, &written->outputs[i], &t->outputs[i]) && good;
    for (size_t i = 0; good && i < t->rule_count; i++)
        good = make_rule(m, &written->rules[i], &t->rules[i]) && good;
    return good;
}

/* Without priorities the policies that need them fall back to the order of the rules. */
static void check_priorities(Maker *m, const Source *place)
{
    const FeelTable *t = m->table;

    if (t->hit != FEEL_HIT_PRIORITY && t->hit != FEEL_HIT_OUTPUT_ORDER)
        return;
    for (size_t i = 0; i < t->output_count; i++)
        if (t->outputs[i].value_count)
            return;
    dmn_problem(m->model, place, false,
                "the hit policy needs <outputValues> in order of priority; without them the rules' "
                "order counts");
}

static void analyse(Maker *m)
{
    FeelWarning *warnings;
    size_t count = feel_table_analyse(m->table, m->model->arena, &warnings);

    for (size_t i = 0; i < count; i++) {
        Source place = {warnings[i].file, warnings[i].line, warnings[i].column};
        dmn_problem(m->model, &place, false, "%.*s", STR_ARG(warnings[i].message));
    }
}

const FeelTable *dmn_compile_table(DmnModel *model, DmnFile *file, const Box *box, Str name,
                                   const FeelScope *scope)
{
    Arena *arena = model->arena;
    const DmnTable *written = box->source;
    FeelTable *t = arena_new(arena, FeelTable);
    Maker m = {model, file, scope, t};

    t->name = name;
    t->file = box->place.file;
    t->line = box->place.line;
    t->hit = written->hit;
    t->input_count = written->input_count;
    t->inputs = arena_array(arena, TableInput, t->input_count);
    t->output_count = written->output_count;
    t->outputs = arena_array(arena, TableOutput, t->output_count);
    t->rule_count = written->rule_count;
    t->rules = arena_array(arena, TableRule, t->rule_count);
    if (!make(&m, written))
        return NULL;
    t->type = result_type(arena, t);
    table_prepare(arena, t);
    check_priorities(&m, &box->place);
    analyse(&m);
    return t;
}
