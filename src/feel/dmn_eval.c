/* SPDX-License-Identifier: EUPL-1.2 */
/* Asking a model: decisions call for what they require, each once (DMN 1.5, 6.3 and 10.4). */
#include "feel/dmn_model.h"

#include "base/vec.h"

typedef struct StepList {
    DmnStep *items;
    size_t count;
    size_t capacity;
} StepList;

/* The values of elements within one question, or within one call of a service. */
typedef struct Run {
    const DmnModel *model;
    FeelValue *values; /* by the elements' numbers */
    bool *known;
    StepList *steps; /* NULL: nobody wants to know */
} Run;

static FeelValue element_value(FeelEval *e, Run *run, const DmnElement *element);

static Run run_begin(FeelEval *e, const DmnModel *model)
{
    size_t count = model->elements.count;

    return (Run){model, eval_values(e, count), eval_alloc(e, count * sizeof(bool)), NULL};
}

static void run_set(FeelEval *e, Run *run, const DmnElement *element, FeelValue value)
{
    run->values[element->number] = box_coerce(e, value, element->type);
    run->known[element->number] = true;
}

/* --- Names
 * ---------------------------------------------------------------------------------------- */

/* What an imported model contributes: an entry named as the import. */
static void add_import(FeelEval *e, Run *run, const DmnElement *element, const DmnImport *import,
                       FeelContext *names)
{
    size_t count = 0;
    FeelEntry *entries =
        eval_alloc(e, element->required.count * (sizeof *entries + 16) + sizeof(FeelContext));

    for (size_t i = 0; i < element->required.count; i++) {
        const DmnElement *target = element->required.items[i].target;
        if (!target || dmn_is_merged(element->file, target->file) ||
            dmn_import_of(element->file, target->file) != import)
            continue;
        entries[count].key = target->variable;
        entries[count++].value = element_value(e, run, target);
    }
    if (count)
        box_add_name(names, import->name, context_of(e->arena, entries, count));
}

static const FeelContext *names_of(FeelEval *e, Run *run, const DmnElement *element)
{
    const DmnFile *file = element->file;
    const FeelContext *outer = e->globals;

    e->globals = NULL;
    FeelContext *names = box_names(e, element->required.count + file->import_count);
    e->globals = outer;
    for (size_t i = 0; i < element->required.count; i++) {
        const DmnElement *target = element->required.items[i].target;
        if (target && dmn_is_merged(file, target->file))
            box_add_name(names, target->variable, element_value(e, run, target));
    }
    for (size_t i = 0; i < file->import_count; i++)
        if (file->imports[i].file && file->imports[i].name.len)
            add_import(e, run, element, &file->imports[i], names);
    return names;
}

/* --- Services
 * --------------------------------------------------------------------------------------- */

/* One output's value, or a context of several. */
static FeelValue service_result(FeelEval *e, Run *run, const DmnElement *service)
{
    const DmnReferences *outputs = &service->outputs;
    size_t count = 0;
    FeelEntry *entries =
        eval_alloc(e, outputs->count * (sizeof *entries + 16) + sizeof(FeelContext));

    for (size_t i = 0; i < outputs->count; i++) {
        const DmnElement *target = outputs->items[i].target;
        if (!target)
            continue;
        entries[count].key = target->variable;
        entries[count++].value = element_value(e, run, target);
    }
    FeelValue value = outputs->count == 1 && count == 1
                          ? entries[0].value
                          : eval_bounded(e, context_of(e->arena, entries, count));
    /* A service's variable has the type of its result, or of the function. */
    const FeelType *type = service->type;
    return box_coerce(e, value, type->kind == FEEL_FUNCTION ? type->item : type);
}

/* Its inputs are only its parameters; nothing outside is seen. */
static FeelValue call_service(FeelEval *e, const FeelFunction *function, const FeelValue *args)
{
    const DmnElement *service = function->data;
    const DmnReferences *lists[] = {&service->input_data, &service->input_decisions};
    Run run = run_begin(e, service->file->model);
    size_t count = 0;

    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < lists[i]->count; j++)
            if (lists[i]->items[j].target)
                run_set(e, &run, lists[i]->items[j].target, args[count++]);
    return service_result(e, &run, service);
}

static FeelValue service_value(FeelEval *e, const DmnElement *service)
{
    FeelFunction *function = eval_alloc(e, sizeof *function);
    FeelValue value = {.kind = FEEL_FUNCTION};

    function->native = call_service;
    function->data = service;
    function->type = service->seen;
    value.function = function;
    return value;
}

/* --- Elements
 * ----------------------------------------------------------------------------------------- */

static void note_step(FeelEval *e, Run *run, const DmnElement *element, FeelValue value, bool given,
                      const FeelTableResult *hits)
{
    DmnStep step = {.name = element->name, .given = given, .table = hits};

    if (!run->steps || element->kind != DMN_DECISION)
        return;
    if (hits) {
        const FeelTable *table = element->logic->table;
        Str *inputs = eval_alloc(e, table->input_count * sizeof *inputs);
        for (size_t i = 0; i < table->input_count; i++)
            inputs[i] = table->inputs[i].text;
        step.inputs = inputs;
    }
    eval_charge(e, 2 * sizeof step + sizeof value);
    step.value = value_keep(e->arena, value);
    VEC_PUSH(e->arena, run->steps, step);
}

/* A decision's value; with steps wanted, its table also tells its rows. */
static FeelValue explained_value(FeelEval *e, const Run *run, const Box *logic,
                                 FeelTableResult **hits)
{
    if (!run->steps || logic->kind != BOX_TABLE || !logic->table)
        return box_value(e, logic);
    *hits = eval_alloc(e, sizeof **hits);
    return box_coerce(e, table_decide(e, logic->table, NULL, *hits), logic->type);
}

static FeelValue logic_value(FeelEval *e, Run *run, const DmnElement *element)
{
    const FeelContext *outer = e->globals;
    FeelTableResult *hits = NULL;

    if (!element->logic)
        return VALUE_NULL;
    e->globals = names_of(e, run, element);
    FeelValue value = explained_value(e, run, element->logic, &hits);
    e->globals = outer;
    if (element->kind == DMN_DECISION)
        value = box_coerce(e, value, element->type);
    note_step(e, run, element, value, false, hits);
    return value;
}

static FeelValue element_value(FeelEval *e, Run *run, const DmnElement *element)
{
    size_t at = element->number;

    eval_steps(e, 1);
    eval_check_stack(e);
    if (run->known[at])
        return run->values[at];
    /* References that would run in a circle were cut by the compiler. */
    run->values[at] = element->kind == DMN_INPUT     ? VALUE_NULL
                      : element->kind == DMN_SERVICE ? service_value(e, element)
                                                     : logic_value(e, run, element);
    run->known[at] = true;
    return run->values[at];
}

/* Call the function that an element is with the inputs as its parameters. */
static FeelValue invoke(FeelEval *e, FeelValue callee, const DmnQuestion *question)
{
    if (callee.kind != FEEL_FUNCTION)
        return VALUE_NULL;
    const FeelType *type = callee.function->type;
    FeelValue *args = eval_values(e, type->field_count);
    for (size_t i = 0; i < type->field_count; i++) {
        args[i] = VALUE_NULL;
        for (size_t j = 0; j < question->input_count; j++)
            if (str_eq(question->inputs[j].name, type->fields[i].name) && question->inputs[j].value)
                args[i] = box_coerce(e, *question->inputs[j].value, type->fields[i].type);
    }
    return eval_call(e, callee.function, args, type->field_count);
}

static FeelValue answer(FeelEval *e, const DmnModel *model, const DmnElement *asked,
                        const DmnQuestion *question, StepList *steps)
{
    Run run = run_begin(e, model);

    run.steps = steps;
    if (asked->kind == DMN_DECISION)
        for (size_t i = 0; i < question->input_count; i++) {
            const DmnInput *input = &question->inputs[i];
            const DmnElement *element = dmn_find(model, input->space, input->name, true);
            if (!element)
                continue;
            run_set(e, &run, element, input->value ? *input->value : VALUE_NULL);
            note_step(e, &run, element, run.values[element->number], true, NULL);
        }
    FeelValue value = element_value(e, &run, asked);
    return asked->kind == DMN_DECISION ? value : invoke(e, value, question);
}

static bool ask(const DmnModel *model, const DmnQuestion *question, const FeelEnv *env,
                Arena *arena, const FeelValue **out, StepList *steps, Err *err)
{
    const DmnElement *asked = dmn_find(model, STR_NONE, question->name, false);
    FeelEval e;

    eval_begin(&e, arena, NULL, env);
    if (!asked)
        return err_set(err, ERR_NOT_FOUND,
                       "the model has no decision and no decision service \"%.*s\"",
                       STR_ARG(question->name));
    if (setjmp(e.limit))
        return err_at(err, asked->place.file, asked->place.line, asked->place.column,
                      "\"%.*s\" was stopped: %s", STR_ARG(asked->name), e.exceeded);
    *out = value_keep(arena, answer(&e, model, asked, question, steps));
    return true;
}

bool dmn_evaluate(const DmnModel *model, const DmnQuestion *question, const FeelEnv *env,
                  Arena *arena, const FeelValue **out, Err *err)
{
    return ask(model, question, env, arena, out, NULL, err);
}

bool dmn_explain(const DmnModel *model, const DmnQuestion *question, const FeelEnv *env,
                 Arena *arena, const FeelValue **out, DmnStep **steps, size_t *step_count, Err *err)
{
    StepList list = {0};
    bool done = ask(model, question, env, arena, out, &list, err);

    *steps = list.items;
    *step_count = list.count;
    return done;
}

static const FeelType *input_type(const DmnModel *model, Str space, Str name)
{
    const DmnElement *element = dmn_find(model, space, name, true);

    return element && element->type->kind != FEEL_ANY ? element->type : NULL;
}

static const DmnImport *import_named(const DmnFile *file, Str name)
{
    for (size_t i = 0; i < file->import_count; i++)
        if (file->imports[i].file && name.len && str_eq(file->imports[i].name, name))
            return &file->imports[i];
    return NULL;
}

size_t dmn_inputs(const DmnModel *model, const Node *data, Arena *arena, DmnInput **out)
{
    size_t most = 0, used = 0;

    for (size_t i = 0; data && data->kind == NODE_MAP && i < data->count; i++)
        most += 1 + data->items[i]->count;
    *out = arena_array(arena, DmnInput, most);
    for (size_t i = 0; most && i < data->count; i++) {
        const Node *node = data->items[i];
        const DmnImport *import = import_named(model->files.items[0], data->keys[i]);
        if (!import || node->kind != NODE_MAP) {
            const FeelType *type = input_type(model, STR_NONE, data->keys[i]);
            (*out)[used++] = (DmnInput){STR_NONE, data->keys[i], feel_from_node(arena, node, type)};
            continue;
        }
        for (size_t j = 0; j < node->count; j++) {
            const FeelType *type = input_type(model, import->space, node->keys[j]);
            (*out)[used++] = (DmnInput){import->space, node->keys[j],
                                        feel_from_node(arena, node->items[j], type)};
        }
    }
    return used;
}
