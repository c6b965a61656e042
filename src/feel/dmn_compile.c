/* SPDX-License-Identifier: EUPL-1.2 */
/* Which names each logic knows, and its programs. An element is compiled after those it
 * requires, so that their types are known: names with blanks behind a point need them.
 *
 * Everything is compiled twice: leniently, as the standard evaluates it, and strictly, for
 * what an author wants to hear. */
#include "feel/dmn_model.h"

typedef struct Compiler {
    DmnModel *model;
    DmnFile *file;
    DmnElement *element;
} Compiler;

static const FeelType *compile_box(Compiler *c, Box *box, const FeelScope *scope);
static void compile_element(DmnModel *model, DmnElement *element);

/* --- Texts ---------------------------------------------------------------------------------- */

static FeelScope *inner(const Compiler *c, const FeelScope *outer)
{
    FeelScope *scope = feel_scope(c->model->arena, outer);

    scope->lenient = true;
    return scope;
}

const FeelProgram *dmn_program(DmnModel *model, const DmnText *text, const FeelScope *scope,
                               const char *what)
{
    Err err;
    Arena *arena = model->arena;
    const FeelProgram *program = program_compile(arena, text->text, &text->place, scope, &err);

    if (!program)
        dmn_problem_of(model, &err, true, what);
    else if (!program_compile(arena, text->text, &text->place, feel_scope(arena, scope), &err))
        dmn_problem_of(model, &err, false, what);
    return program;
}

const FeelProgram *dmn_tests(DmnModel *model, const DmnText *text, const FeelType *input,
                             const FeelScope *scope, const char *what)
{
    Err err;
    Arena *arena = model->arena;
    const FeelProgram *program =
        program_compile_tests(arena, text->text, &text->place, input, scope, &err);

    if (!program)
        dmn_problem_of(model, &err, true, what);
    else if (!program_compile_tests(arena, text->text, &text->place, input,
                                    feel_scope(arena, scope), &err))
        dmn_problem_of(model, &err, false, what);
    return program;
}

/* --- Boxes -------------------------------------------------------------------------------------
 */

/* function(...) external {...} */
static bool calls_foreign(Str text)
{
    ptrdiff_t at = str_find(text, STR("external"));

    return at > 0 && str_find(str_slice(text, 0, (size_t)at), STR("function")) >= 0;
}

/* Divisions that may be by 0. Those in a table's cells are the table's matter. */
static void analyse(const Compiler *c, const FeelProgram *program)
{
    FeelWarning *warnings;
    size_t count = program ? feel_program_analyse(program, c->model->arena, &warnings) : 0;

    for (size_t i = 0; i < count; i++) {
        Source place = {warnings[i].file, warnings[i].line, warnings[i].column};
        dmn_problem(c->model, &place, false, "%.*s", STR_ARG(warnings[i].message));
    }
}

static const FeelType *compile_literal(Compiler *c, Box *box, const FeelScope *scope)
{
    box->program = dmn_program(c->model, &box->text, scope, "the expression");
    if (!box->program && calls_foreign(box->text.text))
        c->element->foreign = true;
    analyse(c, box->program);
    return box->program ? feel_program_type(box->program) : NULL;
}

static const FeelType *compile_context(Compiler *c, Box *box, const FeelScope *outer)
{
    FeelScope *scope = inner(c, outer);
    FeelType *type = feel_type_context(c->model->arena);

    for (size_t i = 0; i < box->part_count; i++) {
        BoxPart *part = &box->parts[i];
        part->type = dmn_type(c->model, c->file, part->type_ref, &part->place);
        const FeelType *found = compile_box(c, part->box, scope);
        if (!part->name.ptr)
            return found;
        const FeelType *known = type_unknown(part->type) ? found : part->type;
        feel_scope_add(scope, part->name, known);
        feel_type_add_field(c->model->arena, type, part->name, known ? known : feel_type(FEEL_ANY));
    }
    return type;
}

static const FeelType *compile_invocation(Compiler *c, Box *box, const FeelScope *scope)
{
    const FeelType *function = compile_box(c, box->first, scope);

    for (size_t i = 0; i < box->part_count; i++) {
        BoxPart *part = &box->parts[i];
        if (part->box)
            compile_box(c, part->box, scope);
        if (function && function->kind == FEEL_FUNCTION && function->fields &&
            !type_find_field(function, part->name))
            dmn_problem(c->model, &part->place, true,
                        "the function has no parameter \"%.*s\"; the result is null",
                        STR_ARG(part->name));
    }
    return function && function->kind == FEEL_FUNCTION ? function->item : NULL;
}

static const FeelType *compile_list(Compiler *c, Box *box, const FeelScope *scope)
{
    const FeelType *item = NULL;

    for (size_t i = 0; i < box->part_count; i++) {
        const FeelType *found = compile_box(c, box->parts[i].box, scope);
        item = i ? type_either(c->model->arena, item, found) : found;
    }
    return feel_type_list(c->model->arena, item);
}

static const FeelType *compile_relation(Compiler *c, Box *box, const FeelScope *scope)
{
    FeelType *row = feel_type_context(c->model->arena);

    for (size_t i = 0; i < box->part_count; i++) {
        BoxPart *column = &box->parts[i];
        const FeelType *type = NULL;
        column->type = dmn_type(c->model, c->file, column->type_ref, &column->place);
        for (size_t j = 0; j < box->row_count; j++) {
            const FeelType *found = compile_box(c, box->cells[j * box->part_count + i], scope);
            type = j ? type_either(c->model->arena, type, found) : found;
        }
        if (!type_unknown(column->type))
            type = column->type;
        feel_type_add_field(c->model->arena, row, column->name, type ? type : feel_type(FEEL_ANY));
    }
    return feel_type_list(c->model->arena, row);
}

static const FeelType *compile_function(Compiler *c, Box *box, const FeelScope *outer)
{
    Arena *arena = c->model->arena;
    FeelScope *scope = inner(c, outer);
    FeelField *fields = arena_array(arena, FeelField, box->part_count);
    const FeelType *result = NULL;

    for (size_t i = 0; i < box->part_count; i++) {
        BoxPart *parameter = &box->parts[i];
        parameter->type = dmn_type(c->model, c->file, parameter->type_ref, &parameter->place);
        fields[i] = (FeelField){parameter->name, parameter->type};
        feel_scope_add(scope, parameter->name, parameter->type);
    }
    if (box->foreign) {
        c->element->foreign = true;
        dmn_problem(c->model, &box->place, true,
                    "functions of Java and PMML cannot be called; write the function in FEEL");
    } else if (box->first) {
        result = compile_box(c, box->first, scope);
    }
    box->function = type_function(arena, fields, box->part_count, result);
    return box->function;
}

static const FeelType *item_of(const FeelType *domain)
{
    if (!domain || domain->kind == FEEL_ANY || domain->kind == FEEL_NULL)
        return NULL;
    return domain->kind == FEEL_LIST || domain->kind == FEEL_RANGE ? domain->item : domain;
}

static const FeelType *compile_repetition(Compiler *c, Box *box, const FeelScope *outer)
{
    const FeelType *domain = compile_box(c, box->first, outer);
    FeelScope *scope = inner(c, outer);

    feel_scope_add(scope, box->variable, item_of(domain));
    if (box->kind == BOX_FOR)
        feel_scope_add(scope, STR("partial"), feel_type(FEEL_LIST));
    const FeelType *body = compile_box(c, box->second, scope);
    return box->kind == BOX_FOR ? feel_type_list(c->model->arena, body) : feel_type(FEEL_BOOLEAN);
}

static const FeelType *compile_filter(Compiler *c, Box *box, const FeelScope *outer)
{
    const FeelType *domain = compile_box(c, box->first, outer), *item = item_of(domain);
    FeelScope *scope = inner(c, outer);
    Err err;

    if (!box->second->is_item_test) {
        feel_scope_add(scope, STR("item"), item);
        if (item && item->kind == FEEL_CONTEXT)
            feel_scope_add_fields(scope, item);
        compile_box(c, box->second, scope);
    } else {
        Box *match = box->second;
        match->type = dmn_type(c->model, c->file, match->type_ref, &match->place);
        match->program = program_compile_item(c->model->arena, match->text.text, &match->text.place,
                                              item, outer, &err);
        if (!match->program)
            dmn_problem_of(c->model, &err, true, "the match of the filter");
        analyse(c, match->program);
    }
    return feel_type_list(c->model->arena, item);
}

static const FeelType *compile_conditional(Compiler *c, Box *box, const FeelScope *scope)
{
    compile_box(c, box->first, scope);
    const FeelType *yes = compile_box(c, box->second, scope);
    const FeelType *no = compile_box(c, box->third, scope);
    return type_either(c->model->arena, yes, no);
}

static const FeelType *compile_table(Compiler *c, Box *box, const FeelScope *scope)
{
    box->table = dmn_compile_table(c->model, c->file, box, c->element->name, scope);
    return box->table ? feel_table_type(box->table) : NULL;
}

/* The type that is known of the box's value; NULL: nothing. */
static const FeelType *compile_box(Compiler *c, Box *box, const FeelScope *scope)
{
    const FeelType *found = NULL;

    box->type = dmn_type(c->model, c->file, box->type_ref, &box->place);
    switch (box->kind) {
    case BOX_LITERAL: found = compile_literal(c, box, scope); break;
    case BOX_CONTEXT: found = compile_context(c, box, scope); break;
    case BOX_INVOCATION: found = compile_invocation(c, box, scope); break;
    case BOX_LIST: found = compile_list(c, box, scope); break;
    case BOX_RELATION: found = compile_relation(c, box, scope); break;
    case BOX_FUNCTION: found = compile_function(c, box, scope); break;
    case BOX_TABLE: found = compile_table(c, box, scope); break;
    case BOX_CONDITIONAL: found = compile_conditional(c, box, scope); break;
    case BOX_FILTER: found = compile_filter(c, box, scope); break;
    case BOX_FOR:
    case BOX_SOME:
    case BOX_EVERY: found = compile_repetition(c, box, scope); break;
    }
    if (type_unknown(box->type))
        return found;
    if (found && !type_unknown(found) && box->kind != BOX_FUNCTION && found->kind != FEEL_LIST &&
        box->type->kind != FEEL_LIST && box->type->kind != FEEL_DATE_TIME &&
        !type_meets(found, box->type))
        dmn_problem(c->model, &box->place, false,
                    "the value is a %.*s, but the type is %.*s: it will be null",
                    STR_ARG(feel_type_name(c->model->arena, found)), STR_ARG(box->type_ref));
    return box->type;
}

/* --- Elements
 * --------------------------------------------------------------------------------------- */

/* Names of elements of an imported model are entries of one named as the import. */
static void add_imported(Compiler *c, FeelScope *scope, FeelType **contexts,
                         const DmnReference *reference)
{
    const DmnElement *target = reference->target;
    const DmnImport *import = dmn_import_of(c->file, target->file);

    if (!import) {
        dmn_problem(c->model, &reference->place, true,
                    "\"%.*s\" is in a model that this one does not import; add <import>",
                    STR_ARG(target->name));
    } else {
        FeelType **context = &contexts[import - c->file->imports];
        if (!*context) {
            *context = feel_type_context(c->model->arena);
            feel_scope_add(scope, import->name, *context);
        }
        feel_type_add_field(c->model->arena, *context, target->variable,
                            target->seen ? target->seen : feel_type(FEEL_ANY));
    }
}

static FeelScope *element_scope(Compiler *c, const DmnElement *element)
{
    FeelScope *scope = inner(c, c->file->types);
    FeelType **contexts = arena_array(c->model->arena, FeelType *, c->file->import_count);

    for (size_t i = 0; i < element->required.count; i++) {
        const DmnReference *reference = &element->required.items[i];
        if (!reference->target)
            continue;
        if (dmn_is_merged(c->file, reference->target->file))
            feel_scope_add(scope, reference->target->variable, reference->target->seen);
        else
            add_imported(c, scope, contexts, reference);
    }
    return scope;
}

static void compile_references(DmnModel *model, DmnElement *element, DmnReferences *list)
{
    for (size_t i = 0; i < list->count; i++) {
        DmnReference *reference = &list->items[i];
        DmnElement *target = reference->target;
        if (!target)
            continue;
        if (target->progress == RUNNING) {
            dmn_problem(model, &reference->place, true,
                        "\"%.*s\" requires itself through \"%.*s\"; requirements may not run in a "
                        "circle",
                        STR_ARG(target->name), STR_ARG(element->name));
            reference->target = NULL;
            continue;
        }
        compile_element(model, target);
        element->foreign = element->foreign || target->foreign;
    }
}

/* Input data first, then input decisions (10.4). */
static const FeelType *service_type(DmnModel *model, const DmnElement *service)
{
    const DmnReferences *lists[] = {&service->input_data, &service->input_decisions};
    FeelField *fields = arena_array(model->arena, FeelField, lists[0]->count + lists[1]->count);
    const FeelType *result = type_unknown(service->type) ? NULL : service->type;
    if (result && result->kind == FEEL_FUNCTION)
        result = result->item;
    size_t count = 0;

    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < lists[i]->count; j++)
            if (lists[i]->items[j].target)
                fields[count++] = (FeelField){lists[i]->items[j].target->variable,
                                              lists[i]->items[j].target->type};
    if (!result && service->outputs.count == 1 && service->outputs.items[0].target)
        result = service->outputs.items[0].target->seen;
    return type_function(model->arena, fields, count, result);
}

static void compile_service(DmnModel *model, DmnElement *service)
{
    compile_references(model, service, &service->encapsulated);
    compile_references(model, service, &service->outputs);
    if (service->outputs.count == 0)
        dmn_problem(model, &service->place, true,
                    "the decision service \"%.*s\" has no <outputDecision>",
                    STR_ARG(service->name));
    service->seen = service_type(model, service);
}

static void compile_logic(DmnModel *model, DmnElement *element)
{
    Compiler c = {model, element->file, element};
    FeelScope *scope = element_scope(&c, element);
    Box *logic = element->logic;
    const FeelType *found = logic ? compile_box(&c, logic, scope) : NULL;

    /* A knowledge model's variable has the type of its results, or of the function. */
    if (element->kind == DMN_KNOWLEDGE && logic && logic->type->kind == FEEL_ANY)
        logic->type = element->type;
    if (element->kind == DMN_DECISION)
        element->seen = type_unknown(element->type) ? found : element->type;
    else
        element->seen = logic ? logic->function : feel_type(FEEL_FUNCTION);
}

static void compile_element(DmnModel *model, DmnElement *element)
{
    if (element->progress != UNTOUCHED)
        return;
    element->progress = RUNNING;
    element->seen = element->type;
    compile_references(model, element, &element->required);
    if (element->kind == DMN_SERVICE)
        compile_service(model, element);
    else if (element->kind != DMN_INPUT)
        compile_logic(model, element);
    element->progress = DONE;
}

void dmn_compile(DmnModel *model)
{
    for (size_t i = 0; i < model->elements.count; i++) {
        DmnElement *element = model->elements.items[i];
        element->type = dmn_type(model, element->file, element->type_ref, &element->place);
    }
    for (size_t i = 0; i < model->elements.count; i++)
        compile_element(model, model->elements.items[i]);
}
