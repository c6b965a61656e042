/* SPDX-License-Identifier: EUPL-1.2 */
/* The order in which a form's fields are decided: a field comes after everything that its
 * `visible`, `compute` and `default` read. Who reads a group as a whole comes after all
 * fields in it. What is in a group, and on a page, comes after what decides whether the
 * group or page is seen. */
#include "cases/field.h"
#include "cases/load.h"

typedef struct Walk {
    Loader *loader;
    Form *form;
    FormField **all; /* every field, in the order of the form */
    size_t count;
    unsigned char *state; /* by index: 0 new, 1 on the way, 2 done */
    size_t *trail;        /* indexes on the way, for the circle */
    size_t depth;
    bool cyclic;
} Walk;

static size_t count_fields(FormField **fields, size_t count)
{
    size_t all = count;

    for (size_t i = 0; i < count; i++)
        all += count_fields(fields[i]->fields, fields[i]->field_count);
    return all;
}

static void collect(Walk *walk, FormField **fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        walk->all[walk->count++] = fields[i];
        collect(walk, fields[i]->fields, fields[i]->field_count);
    }
}

static size_t index_of(const Walk *walk, const FormField *field)
{
    size_t i = 0;

    while (walk->all[i] != field)
        i++;
    return i;
}

static FormField *find(FormField **fields, size_t count, Str id)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(fields[i]->id, id))
            return fields[i];
    return NULL;
}

static void visit(Walk *walk, size_t index);

/* Everything in a group: `descend` visits the fields in it too. */
static void visit_field(Walk *walk, FormField *field, bool descend)
{
    visit(walk, index_of(walk, field));
    for (size_t i = 0; descend && i < field->field_count; i++)
        visit_field(walk, field->fields[i], true);
}

/* A name that an expression beside `from` reads; paths lead into groups. */
static void visit_name(Walk *walk, const FormField *from, Str path)
{
    Str name = str_cut(&path, '.');
    FormField *field = NULL;

    for (const FormField *group = from; group && !field; group = group->parent)
        field = find(group->fields, group->field_count, name);
    if (!field)
        field = find(walk->form->fields, walk->form->field_count, name);
    while (field && path.len && field->type == FIELD_GROUP) {
        visit(walk, index_of(walk, field));
        FormField *inner = find(field->fields, field->field_count, str_cut(&path, '.'));
        if (!inner)
            break;
        field = inner;
    }
    if (!field)
        return;
    field->watched = true;
    visit_field(walk, field, true);
}

static void visit_reads(Walk *walk, const FormField *group, const FeelProgram *program)
{
    Str *paths;
    size_t count = program ? feel_program_reads(program, walk->loader->arena, &paths) : 0;

    for (size_t i = 0; i < count && !walk->cyclic; i++)
        visit_name(walk, group, paths[i]);
}

static void report_circle(Walk *walk, size_t index)
{
    Buf circle = buf_in(walk->loader->arena);
    size_t from = 0;

    while (walk->trail[from] != index)
        from++;
    for (size_t i = from; i < walk->depth; i++) {
        buf_add(&circle, walk->all[walk->trail[i]]->path);
        buf_add_c(&circle, " → ");
    }
    buf_add(&circle, walk->all[index]->path);
    Str text = buf_str(&circle);
    load_error(walk->loader, walk->all[index]->source,
               "the fields depend on each other in a circle: %.*s. Break it: a condition or "
               "computed value may only read fields that do not need it",
               STR_ARG(text));
    walk->cyclic = true;
}

static void visit(Walk *walk, size_t index)
{
    FormField *field = walk->all[index];

    if (walk->state[index] == 2 || walk->cyclic)
        return;
    if (walk->state[index] == 1) {
        report_circle(walk, index);
        return;
    }
    walk->state[index] = 1;
    walk->trail[walk->depth++] = index;
    if (field->parent)
        visit(walk, index_of(walk, field->parent));
    if (field->page)
        visit_reads(walk, NULL, field->page->visible);
    visit_reads(walk, field->parent, field->visible);
    visit_reads(walk, field->parent, field->compute);
    visit_reads(walk, field->parent, field->default_value);
    walk->depth--;
    walk->state[index] = 2;
    if (!walk->cyclic)
        walk->form->order[walk->form->order_count++] = field;
}

void form_order(Loader *loader, Form *form)
{
    size_t count = count_fields(form->fields, form->field_count);
    Arena *arena = loader->arena;
    Walk walk = {.loader = loader,
                 .form = form,
                 .all = arena_array(arena, FormField *, count),
                 .state = arena_alloc(arena, count),
                 .trail = arena_array(arena, size_t, count + 1)};

    collect(&walk, form->fields, form->field_count);
    form->order = arena_array(arena, FormField *, count);
    for (size_t i = 0; i < count && !walk.cyclic; i++)
        visit(&walk, i);
}
