/* SPDX-License-Identifier: EUPL-1.2 */
/* Decision tables from YAML. */
#include "feel/table.h"

#include "feel/program.h"
#include "feel/type.h"

typedef struct Reader {
    Arena *arena;
    FeelTable *table;
    const FeelScope *scope;
    Err *err;
} Reader;

static bool fail(Reader *r, const Node *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(Reader *r, const Node *at, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *message = arena_vprintf(r->arena, format, args);
    va_end(args);
    return err_at(r->err, at && at->file ? at->file : r->table->file, at ? at->line : 0,
                  at ? at->column : 0, "%s", message);
}

static Source source_of(const Reader *r, const Node *node)
{
    return (Source){
        .file = node->file ? node->file : r->table->file,
        .line = node->line > 0 ? node->line : 1,
        .column = node->column > 0 ? node->column : 1,
    };
}

/* What a cell says as FEEL text; plain numbers and truths are taken as such. */
static Str cell_text(const Node *node, const char *when_empty)
{
    switch (node->kind) {
    case NODE_STRING:
    case NODE_NUMBER: return node->text;
    case NODE_BOOL: return node->boolean ? STR("true") : STR("false");
    case NODE_NULL: return str_c(when_empty);
    default: return STR_NONE;
    }
}

static bool only_keys(Reader *r, const Node *map, const char *const *keys, const char *what)
{
    if (map->kind != NODE_MAP)
        return fail(r, map, "%s must be a map", what);
    for (size_t i = 0; i < map->count; i++) {
        const char *const *key = keys;
        while (*key && !str_is(map->keys[i], *key))
            key++;
        if (!*key)
            return fail(r, map->items[i], "%s has no key \"%.*s\"", what, STR_ARG(map->keys[i]));
    }
    return true;
}

/* --- Parts ------------------------------------------------------------------------------ */

static bool read_hit(Reader *r, const Node *node)
{
    static const char *const names[] = {
        [FEEL_HIT_UNIQUE] = "unique",         [FEEL_HIT_ANY] = "any",
        [FEEL_HIT_PRIORITY] = "priority",     [FEEL_HIT_FIRST] = "first",
        [FEEL_HIT_RULE_ORDER] = "rule order", [FEEL_HIT_OUTPUT_ORDER] = "output order",
        [FEEL_HIT_COLLECT] = "collect",       [FEEL_HIT_SUM] = "collect sum",
        [FEEL_HIT_MIN] = "collect min",       [FEEL_HIT_MAX] = "collect max",
        [FEEL_HIT_COUNT] = "collect count",
    };

    if (!node)
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_eq_nocase(node_text(node), str_c(names[i]))) {
            r->table->hit = (FeelHit)i;
            return true;
        }
    }
    return fail(r, node,
                "the hit policy is one of unique, any, priority, first, rule order, output order, "
                "collect, collect sum, collect min, collect max, collect count");
}

static bool read_type(Reader *r, const Node *node, const FeelType **out)
{
    if (!node)
        return true;
    Source source = source_of(r, node);
    *out = program_parse_type(r->arena, node_text(node), &source, r->scope, r->err);
    return *out != NULL;
}

/* Texts for texts; numbers and the like as FEEL. */
static bool read_values(Reader *r, const Node *list, const FeelType *type, FeelValue **values,
                        size_t *count)
{
    if (!list)
        return true;
    if (list->kind != NODE_LIST)
        return fail(r, list, "\"values\" must be a list");
    *values = arena_array(r->arena, FeelValue, list->count);
    *count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        (*values)[i] = *feel_from_node(r->arena, list->items[i], type);
        if ((*values)[i].kind == FEEL_NULL)
            return fail(r, list->items[i], "this value does not fit the type %.*s",
                        STR_ARG(feel_type_name(r->arena, type)));
    }
    return true;
}

/* A string type that knows its values. */
static const FeelType *enumerated(Reader *r, const FeelType *type, const FeelValue *values,
                                  size_t count)
{
    FeelType *result = arena_new(r->arena, FeelType);

    if (count == 0 || !type || type->kind != FEEL_STRING)
        return type;
    result->kind = FEEL_STRING;
    result->allowed = arena_array(r->arena, Str, count);
    result->allowed_count = count;
    for (size_t i = 0; i < count; i++)
        result->allowed[i] = values[i].string;
    return result;
}

static bool read_input(Reader *r, const Node *node, TableInput *input)
{
    static const char *const keys[] = {"expression", "label", "type", "values", "whole", NULL};
    const Node *expression = node_get(node, "expression");
    const FeelType *type = NULL;

    if (!only_keys(r, node, keys, "an input"))
        return false;
    if (!expression)
        return fail(r, node, "an input needs an \"expression\"");
    input->text = str_trim(cell_text(expression, "null"));
    input->label = node_get_text(node, "label");
    input->whole = node_get_bool(node, "whole", false);
    if (!read_type(r, node_get(node, "type"), &type))
        return false;
    Source source = source_of(r, expression);
    input->expression = program_compile(r->arena, input->text, &source, r->scope, r->err);
    if (!input->expression)
        return false;
    const FeelType *found = feel_program_type(input->expression);
    if (type && r->scope && !type_meets(type, found))
        return fail(r, expression, "\"%.*s\" is a %.*s, not a %.*s", STR_ARG(input->text),
                    STR_ARG(feel_type_name(r->arena, found)),
                    STR_ARG(feel_type_name(r->arena, type)));
    /* What the expression is known to be says more, such as allowed values. */
    input->type = !type || found->allowed_count ? found : type;
    if (!read_values(r, node_get(node, "values"), input->type, &input->allowed,
                     &input->allowed_count))
        return false;
    input->type = enumerated(r, input->type, input->allowed, input->allowed_count);
    if (input->type->allowed_count && !input->allowed_count) {
        input->allowed = arena_array(r->arena, FeelValue, input->type->allowed_count);
        input->allowed_count = input->type->allowed_count;
        for (size_t i = 0; i < input->allowed_count; i++)
            input->allowed[i] = value_string(input->type->allowed[i]);
    }
    return true;
}

static bool read_output(Reader *r, const Node *node, TableOutput *output)
{
    static const char *const keys[] = {"name", "label", "type", "values", "default", NULL};
    const Node *otherwise = node_get(node, "default");

    if (!only_keys(r, node, keys, "an output"))
        return false;
    output->name = node_get_text(node, "name");
    output->label = node_get_text(node, "label");
    output->type = feel_type(FEEL_ANY);
    if (!output->name.ptr && r->table->output_count > 1)
        return fail(r, node, "an output needs a \"name\"");
    if (!read_type(r, node_get(node, "type"), &output->type) ||
        !read_values(r, node_get(node, "values"), output->type, &output->values,
                     &output->value_count))
        return false;
    output->type = enumerated(r, output->type, output->values, output->value_count);
    if (otherwise) {
        Source source = source_of(r, otherwise);
        output->otherwise =
            program_compile(r->arena, cell_text(otherwise, "null"), &source, r->scope, r->err);
        return output->otherwise != NULL;
    }
    return true;
}

static bool read_result(Reader *r, const Node *cell, const TableOutput *output,
                        const FeelProgram **out)
{
    Source source = source_of(r, cell);
    Str text = cell_text(cell, "null");

    if (!text.ptr)
        return fail(r, cell, "a cell is FEEL text, a number or a truth");
    *out = program_compile(r->arena, text, &source, r->scope, r->err);
    if (!*out)
        return false;
    const FeelType *found = feel_program_type(*out);
    if (!type_meets(found, output->type))
        return fail(r, cell, "the output \"%.*s\" is a %.*s, but this is a %.*s",
                    STR_ARG(output->name), STR_ARG(feel_type_name(r->arena, output->type)),
                    STR_ARG(feel_type_name(r->arena, found)));
    const Term *root = (*out)->root;
    if (root->op == TERM_CONSTANT && !value_conforms(root->constant, output->type))
        return fail(r, cell, "%.*s is not among the values of \"%.*s\"", STR_ARG(text),
                    STR_ARG(output->name));
    return true;
}

static bool read_rule(Reader *r, const Node *node, TableRule *rule)
{
    FeelTable *t = r->table;
    size_t cells = t->input_count + t->output_count;

    if (node->kind != NODE_LIST || node->count < cells || node->count > cells + 1)
        return fail(r, node,
                    "a rule has %zu inputs, %zu outputs and perhaps a remark; here are "
                    "%zu cells",
                    t->input_count, t->output_count, node->count);
    rule->line = node->count ? node->items[0]->line : node->line;
    rule->column = node->column;
    rule->tests = arena_array(r->arena, const FeelProgram *, t->input_count);
    rule->results = arena_array(r->arena, const FeelProgram *, t->output_count);
    for (size_t i = 0; i < t->input_count; i++) {
        const Node *cell = node->items[i];
        Source source = source_of(r, cell);
        Str text = cell_text(cell, "-");
        if (!text.ptr)
            return fail(r, cell, "a cell is FEEL text, a number or a truth");
        rule->tests[i] =
            program_compile_tests(r->arena, text, &source, t->inputs[i].type, r->scope, r->err);
        if (!rule->tests[i])
            return false;
    }
    for (size_t i = 0; i < t->output_count; i++)
        if (!read_result(r, node->items[t->input_count + i], &t->outputs[i], &rule->results[i]))
            return false;
    rule->remark = node->count > cells ? node_text(node->items[cells]) : STR("");
    return true;
}

/* --- The whole ----------------------------------------------------------------------------- */

static const FeelType *row_type(Reader *r)
{
    const FeelTable *t = r->table;

    if (t->output_count == 1)
        return t->outputs[0].type;
    FeelType *type = feel_type_context(r->arena);
    for (size_t i = 0; i < t->output_count; i++)
        feel_type_add_field(r->arena, type, t->outputs[i].name, t->outputs[i].type);
    return type;
}

static const FeelType *result_type(Reader *r)
{
    const FeelType *row = row_type(r);

    switch (r->table->hit) {
    case FEEL_HIT_RULE_ORDER:
    case FEEL_HIT_OUTPUT_ORDER:
    case FEEL_HIT_COLLECT: return feel_type_list(r->arena, row);
    case FEEL_HIT_COUNT: return feel_type(FEEL_NUMBER);
    default: return row;
    }
}

/* Without a scope the table is a function: its inputs are its only names. */
static bool scope_of_inputs(Reader *r, const Node *inputs)
{
    FeelScope *own = feel_scope(r->arena, NULL);

    for (size_t i = 0; inputs && inputs->kind == NODE_LIST && i < inputs->count; i++) {
        const Node *expression = node_get(inputs->items[i], "expression");
        const FeelType *type = NULL;
        if (!read_type(r, node_get(inputs->items[i], "type"), &type))
            return false;
        if (expression && expression->kind == NODE_STRING)
            feel_scope_add(own, expression->text, type);
    }
    r->scope = own;
    return true;
}

static bool check_priorities(Reader *r, const Node *yaml)
{
    FeelTable *t = r->table;

    if (t->hit != FEEL_HIT_PRIORITY && t->hit != FEEL_HIT_OUTPUT_ORDER)
        return true;
    for (size_t i = 0; i < t->output_count; i++)
        if (t->outputs[i].value_count)
            return true;
    return fail(r, yaml, "the hit policy needs the outputs' \"values\" in order of priority");
}

static bool read_table(Reader *r, const Node *yaml)
{
    static const char *const keys[] = {"name",   "label",   "description", "hit",
                                       "inputs", "outputs", "rules",       NULL};
    FeelTable *t = r->table;
    const Node *inputs = node_get(yaml, "inputs"), *outputs = node_get(yaml, "outputs");
    const Node *rules = node_get(yaml, "rules");

    if (!only_keys(r, yaml, keys, "a decision table"))
        return false;
    t->name = node_get_text(yaml, "name");
    if (str_empty(t->name))
        return fail(r, yaml, "a decision table needs a \"name\"");
    if (!read_hit(r, node_get(yaml, "hit")) || (!r->scope && !scope_of_inputs(r, inputs)))
        return false;
    if (!inputs || inputs->kind != NODE_LIST || !outputs || outputs->kind != NODE_LIST ||
        outputs->count == 0 || !rules || rules->kind != NODE_LIST)
        return fail(r, yaml,
                    "a decision table needs lists of \"inputs\", \"outputs\" and \"rules\"");
    t->input_count = inputs->count;
    t->inputs = arena_array(r->arena, TableInput, inputs->count);
    for (size_t i = 0; i < inputs->count; i++)
        if (!read_input(r, inputs->items[i], &t->inputs[i]))
            return false;
    t->output_count = outputs->count;
    t->outputs = arena_array(r->arena, TableOutput, outputs->count);
    for (size_t i = 0; i < outputs->count; i++)
        if (!read_output(r, outputs->items[i], &t->outputs[i]))
            return false;
    t->rule_count = rules->count;
    t->rules = arena_array(r->arena, TableRule, rules->count);
    for (size_t i = 0; i < rules->count; i++)
        if (!read_rule(r, rules->items[i], &t->rules[i]))
            return false;
    t->type = result_type(r);
    table_prepare(r->arena, t);
    return check_priorities(r, yaml);
}

const FeelTable *feel_table_from_yaml(Arena *arena, const Node *yaml, const FeelScope *scope,
                                      Err *err)
{
    FeelTable *table = arena_new(arena, FeelTable);
    Reader reader = {.arena = arena, .table = table, .scope = scope, .err = err};

    if (!yaml) {
        err_set(err, ERR_INPUT, "there is no decision table");
        return NULL;
    }
    table->file = yaml->file;
    table->line = yaml->line;
    return read_table(&reader, yaml) ? table : NULL;
}

Str feel_table_name(const FeelTable *table)
{
    return table->name;
}

const FeelType *feel_table_type(const FeelTable *table)
{
    return table->type;
}

size_t table_input_count(const FeelTable *table)
{
    return table->input_count;
}

const FeelType *table_input_type(const FeelTable *table, size_t position)
{
    return table->inputs[position].type;
}

bool table_input_position(const FeelTable *table, Str name, size_t *position)
{
    for (size_t i = 0; i < table->input_count; i++) {
        if (str_eq(table->inputs[i].text, name) || str_eq(table->inputs[i].label, name)) {
            *position = i;
            return true;
        }
    }
    return false;
}
