/* SPDX-License-Identifier: EUPL-1.2 */
/* Item definitions become FEEL types (DMN 1.5, 7.3.3 and 10.3.2.2). */
#include "feel/dmn_model.h"

static const FeelType *item_type(DmnModel *model, DmnFile *file, DmnItem *item);

/* --- References ------------------------------------------------------------------------------- */

static const FeelType *named_type(Str name)
{
    static const struct {
        const char *name;
        FeelTypeKind kind;
    } others[] = {
        {"dateTime", FEEL_DATE_TIME},
        {"dayTimeDuration", FEEL_DAYS_DURATION},
        {"any", FEEL_ANY},
        {"yearMonthDuration", FEEL_MONTHS_DURATION},
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_is(name, others[i].name))
            return feel_type(others[i].kind);
    return type_named(name);
}

static DmnItem *own_item(const DmnFile *file, Str name)
{
    for (size_t i = 0; file && i < file->item_count; i++)
        if (str_eq(file->items[i].name, name))
            return &file->items[i];
    return NULL;
}

/* Of files that are one model, the first that has it. */
static DmnItem *merged_item(const DmnFile *file, Str name, DmnFile **home)
{
    DmnItem *found = NULL;

    for (size_t i = 0; file && !found && i < file->merged_count; i++) {
        found = own_item(file->merged[i], name);
        *home = file->merged[i];
    }
    return found;
}

/* The definition that a reference means, and the file that holds it. */
static DmnItem *find_item(const DmnModel *model, const DmnFile *file, Str ref, DmnFile **home)
{
    DmnItem *found = merged_item(file->root, ref, home);
    ptrdiff_t end = str_starts_with(ref, "{") ? str_find_char(ref, '}') : -1;

    if (!found)
        found = merged_item(file, ref, home);
    for (size_t i = 0; end > 0 && i < model->files.count && !found; i++)
        if (str_eq(model->files.items[i]->space, str_slice(ref, 1, (size_t)end)))
            found =
                merged_item(model->files.items[i], str_slice(ref, (size_t)end + 1, ref.len), home);
    for (size_t i = 0; i < file->import_count && !found; i++) {
        const DmnImport *import = &file->imports[i];
        size_t prefix = import->name.len + 1;
        if (import->name.len && ref.len > prefix && ref.ptr[prefix - 1] == '.' &&
            str_eq(str_slice(ref, 0, prefix - 1), import->name))
            found = merged_item(import->file, str_slice(ref, prefix, ref.len), home);
    }
    return found;
}

const DmnItem *dmn_item(const DmnModel *model, const DmnFile *file, Str type_ref)
{
    DmnFile *home;

    return type_ref.ptr ? find_item(model, file, type_ref, &home) : NULL;
}

const FeelType *dmn_type(DmnModel *model, DmnFile *file, Str type_ref, const Source *place)
{
    DmnFile *home;
    Err err;

    if (str_empty(type_ref))
        return feel_type(FEEL_ANY);
    DmnItem *item = find_item(model, file, type_ref, &home);
    if (item)
        return item_type(model, home, item);
    const FeelType *type = named_type(type_ref);
    if (!type) /* list<number> and the like */
        type = program_parse_type(model->arena, type_ref, place, file->types, &err);
    if (type)
        return type;
    dmn_problem(model, place, true,
                "the type \"%.*s\" is not known; define it with <itemDefinition> or use number, "
                "string, boolean, date, time, ...",
                STR_ARG(type_ref));
    return feel_type(FEEL_ANY);
}

/* --- Constraints -------------------------------------------------------------------------------
 */

/* The texts of an enumeration, when the tests are nothing else. */
static bool read_enumeration(DmnModel *model, const DmnFile *file, const DmnText *tests,
                             FeelType *type)
{
    Err err;
    Str list = str_printf(model->arena, "[%.*s]", STR_ARG(tests->text));
    const FeelProgram *program =
        program_compile(model->arena, list, &tests->place, file->types, &err);

    if (!program || program->root->op != TERM_CONSTANT ||
        program->root->constant.kind != FEEL_LIST || program->root->constant.list.count == 0)
        return false;
    FeelValue values = program->root->constant;
    for (size_t i = 0; i < values.list.count; i++)
        if (values.list.items[i].kind != FEEL_STRING)
            return false;
    type->allowed = arena_array(model->arena, Str, values.list.count);
    type->allowed_count = values.list.count;
    for (size_t i = 0; i < values.list.count; i++)
        type->allowed[i] = values.list.items[i].string;
    return true;
}

/* The type of those values that pass the tests. */
static const FeelType *constrain(DmnModel *model, const DmnFile *file, const FeelType *base,
                                 const DmnText *tests)
{
    FeelType *type = arena_new(model->arena, FeelType);
    Err err;

    if (str_empty(str_trim(tests->text)))
        return base;
    *type = *base;
    if (base->kind == FEEL_STRING && read_enumeration(model, file, tests, type))
        return type;
    type->constraint =
        program_compile_tests(model->arena, tests->text, &tests->place, base, file->types, &err);
    if (!type->constraint)
        dmn_problem_of(model, &err, true, "the allowed values");
    return type;
}

static const FeelType *list_of(DmnModel *model, const FeelType *item)
{
    FeelType *list = arena_new(model->arena, FeelType);

    if (item->kind == FEEL_ANY && !item->constraint)
        return feel_type(FEEL_LIST);
    list->kind = FEEL_LIST;
    list->item = item;
    return list;
}

/* --- Definitions ---------------------------------------------------------------------------------
 */

static const FeelType *function_type(DmnModel *model, DmnFile *file, const DmnItem *item)
{
    FeelField *fields = arena_array(model->arena, FeelField, item->parameter_count);

    for (size_t i = 0; i < item->parameter_count; i++) {
        const BoxPart *parameter = &item->parameters[i];
        fields[i].name = parameter->name;
        fields[i].type = dmn_type(model, file, parameter->type_ref, &parameter->place);
    }
    return type_function(model->arena, fields, item->parameter_count,
                         dmn_type(model, file, item->type_ref, &item->place));
}

static const FeelType *base_type(DmnModel *model, DmnFile *file, const DmnItem *item)
{
    if (item->function)
        return function_type(model, file, item);
    if (item->component_count == 0)
        return dmn_type(model, file, item->type_ref, &item->place);
    FeelType *context = feel_type_context(model->arena);
    for (size_t i = 0; i < item->component_count; i++)
        feel_type_add_field(model->arena, context, item->components[i].name,
                            item_type(model, file, &item->components[i]));
    return context;
}

static const FeelType *item_type(DmnModel *model, DmnFile *file, DmnItem *item)
{
    if (item->progress == DONE)
        return item->type;
    if (item->progress == RUNNING) {
        dmn_problem(model, &item->place, true,
                    "the type \"%.*s\" contains itself; a type must end somewhere",
                    STR_ARG(item->name));
        return feel_type(FEEL_ANY);
    }
    item->progress = RUNNING;
    const FeelType *type = base_type(model, file, item);
    if (type->kind == FEEL_LIST && !item->collection && type->item)
        type = list_of(model, constrain(model, file, type->item, &item->allowed));
    else
        type = constrain(model, file, type, &item->allowed);
    if (item->collection)
        type = list_of(model, type);
    item->type = constrain(model, file, type, &item->constraint);
    item->progress = DONE;
    return item->type;
}

/* The last files first: of equal names the first counts. */
static void name_merged(DmnModel *model, DmnFile *file, DmnFile *from, Str prefix)
{
    for (size_t i = from->merged_count; i-- > 0;) {
        DmnFile *home = from->merged[i];
        for (size_t j = 0; j < home->item_count; j++) {
            Str name = home->items[j].name;
            if (prefix.len)
                name = str_printf(model->arena, "%.*s.%.*s", STR_ARG(prefix), STR_ARG(name));
            feel_scope_add_type(file->types, name, item_type(model, home, &home->items[j]));
        }
    }
}

static void name_types(DmnModel *model, DmnFile *file)
{
    name_merged(model, file, file, STR(""));
    name_merged(model, file, file->root, STR(""));
    for (size_t i = 0; i < file->import_count; i++)
        if (file->imports[i].file && file->imports[i].name.len)
            name_merged(model, file, file->imports[i].file, file->imports[i].name);
}

void dmn_make_types(DmnModel *model)
{
    for (size_t i = 0; i < model->files.count; i++) {
        model->files.items[i]->types = feel_scope(model->arena, NULL);
        model->files.items[i]->types->lenient = true;
    }
    for (size_t i = 0; i < model->files.count; i++)
        name_types(model, model->files.items[i]);
}
