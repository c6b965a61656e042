/* SPDX-License-Identifier: EUPL-1.2 */
/* A model from its sources: files, imports, references. */
#include "feel/dmn_model.h"

#include "base/vec.h"

#include <stdlib.h>

/* --- Problems ----------------------------------------------------------------------------------
 */

static void note(DmnModel *model, const char *file, int line, int column, bool error, Str message)
{
    FeelWarning problem = {file, line, column, message, error};

    for (size_t i = 0; i < model->problems.count; i++) {
        const FeelWarning *known = &model->problems.items[i];
        if (known->line == line && known->column == column && str_eq(known->message, message))
            return;
    }
    if (model->problems.count < DMN_MAX_PROBLEMS)
        VEC_PUSH(model->arena, &model->problems, problem);
}

void dmn_problem(DmnModel *model, const Source *place, bool error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *message = arena_vprintf(model->arena, format, args);
    va_end(args);
    note(model, place->file, place->line, place->column, error, str_c(message));
}

void dmn_problem_of(DmnModel *model, const Err *failure, bool error, const char *what)
{
    note(model, failure->file[0] ? arena_strdup(model->arena, failure->file) : NULL, failure->line,
         failure->column, error, str_printf(model->arena, "%s: %s", what, failure->message));
}

static int by_place(const void *x, const void *y)
{
    const FeelWarning *a = x, *b = y;
    int order = strcmp(a->file ? a->file : "", b->file ? b->file : "");

    if (order == 0)
        order = a->line != b->line ? a->line - b->line : a->column - b->column;
    return order ? order : str_compare(a->message, b->message);
}

/* --- Imports ------------------------------------------------------------------------------------
 */

static DmnFile *file_with_space(const DmnModel *model, Str space)
{
    for (size_t i = 0; i < model->files.count; i++)
        if (str_eq(model->files.items[i]->space, space))
            return model->files.items[i];
    return NULL;
}

static Str last_part(Str path)
{
    size_t at = path.len;

    while (at > 0 && path.ptr[at - 1] != '/')
        at--;
    return str_slice(path, at, path.len);
}

/* Does the source hold the model of this namespace? */
static bool holds(Arena *arena, const DmnSource *source, Str space)
{
    Err err;

    if (str_find(source->xml, space) < 0)
        return false;
    const XmlElement *root = xml_read(arena, source->xml, source->file, &err);
    return root && xml_is(root, "definitions") &&
           str_eq(str_trim(xml_attribute(root, "namespace")), space);
}

/* By location, which is only ever a name beside the model, then by namespace. */
static const DmnSource *find_source(const DmnModel *model, const DmnImport *import)
{
    Arena *scratch = arena_create(0);
    const DmnSource *found = NULL;
    Str wanted = last_part(import->location);

    for (size_t pass = str_empty(wanted) ? 1 : 0; pass < 2 && !found; pass++)
        for (size_t i = 0; i < model->source_count && !found; i++)
            if ((pass == 1 || str_eq(last_part(str_c(model->sources[i].file)), wanted)) &&
                holds(scratch, &model->sources[i], import->space))
                found = &model->sources[i];
    arena_destroy(scratch);
    return found;
}

static bool read_import(DmnModel *model, DmnImport *import, Err *err)
{
    if (!import->is_model) {
        dmn_problem(model, &import->place, true,
                    "only DMN models can be imported, no XML schema and no PMML");
        return true;
    }
    import->file = file_with_space(model, import->space);
    if (import->file)
        return true;
    const DmnSource *source = find_source(model, import);
    if (!source) {
        dmn_problem(model, &import->place, true,
                    "no model with the namespace \"%.*s\" was found beside this one; put its file "
                    "into the same folder",
                    STR_ARG(import->space));
        return true;
    }
    import->file = dmn_read_file(model, source, err);
    return import->file != NULL;
}

/* Files that are read on the way join the list and are looked through in turn. */
static bool read_imports(DmnModel *model, Err *err)
{
    for (size_t i = 0; i < model->files.count; i++) {
        DmnFile *file = model->files.items[i];
        for (size_t j = 0; j < file->import_count; j++)
            if (!read_import(model, &file->imports[j], err))
                return false;
    }
    return true;
}

/* --- Files that are one model
 * --------------------------------------------------------------------- */

static bool contains(DmnFile *const *files, size_t count, const DmnFile *file)
{
    for (size_t i = 0; i < count; i++)
        if (files[i] == file)
            return true;
    return false;
}

/* The file and, behind it, what it imports without a name, in order and in depth. */
static void merge(DmnFile *into, DmnFile *file)
{
    if (!file || contains(into->merged, into->merged_count, file))
        return;
    into->merged[into->merged_count++] = file;
    for (size_t i = 0; i < file->import_count; i++)
        if (str_empty(file->imports[i].name))
            merge(into, file->imports[i].file);
}

static bool is_taken_in(const DmnModel *model, const DmnFile *file)
{
    for (size_t i = 0; i < model->files.count; i++) {
        const DmnFile *other = model->files.items[i];
        if (other != file && contains(other->merged, other->merged_count, file))
            return true;
    }
    return false;
}

static void set_roots(DmnModel *model, bool taken_in)
{
    for (size_t i = 0; i < model->files.count; i++) {
        DmnFile *file = model->files.items[i];
        if (i > 0 && is_taken_in(model, file) != taken_in)
            continue;
        for (size_t j = 0; j < file->merged_count; j++)
            if (!file->merged[j]->root)
                file->merged[j]->root = file;
    }
}

static void merge_all(DmnModel *model)
{
    for (size_t i = 0; i < model->files.count; i++) {
        DmnFile *file = model->files.items[i];
        file->merged = arena_array(model->arena, DmnFile *, model->files.count);
        merge(file, file);
    }
    set_roots(model, false);
    set_roots(model, true);
}

bool dmn_is_merged(const DmnFile *file, const DmnFile *other)
{
    return contains(file->merged, file->merged_count, other) ||
           contains(file->root->merged, file->root->merged_count, other);
}

const DmnImport *dmn_import_of(const DmnFile *file, const DmnFile *other)
{
    for (size_t i = 0; i < file->import_count; i++) {
        const DmnImport *import = &file->imports[i];
        if (import->file && import->name.len &&
            contains(import->file->merged, import->file->merged_count, other))
            return import;
    }
    return NULL;
}

/* --- References ----------------------------------------------------------------------------------
 */

static DmnElement *with_id(const DmnFile *file, Str id)
{
    for (size_t i = 0; file && i < file->element_count; i++)
        if (!str_empty(id) && str_eq(file->elements[i]->id, id))
            return file->elements[i];
    return NULL;
}

static DmnElement *with_id_in_all(const DmnFile *file, Str id)
{
    DmnElement *found = with_id(file, id);

    for (size_t i = 0; file && !found && i < file->merged_count; i++)
        found = with_id(file->merged[i], id);
    return found;
}

/* Of elements with one name in files that are one model the first counts. */
static DmnElement *first_of_name(DmnElement *element)
{
    const DmnFile *root = element->file->root;

    for (size_t i = 0; i < root->merged_count; i++) {
        const DmnFile *file = root->merged[i];
        for (size_t j = 0; j < file->element_count; j++)
            if (str_eq(file->elements[j]->name, element->name))
                return file->elements[j];
    }
    return element;
}

static void resolve(DmnModel *model, const DmnFile *file, DmnReferences *list)
{
    for (size_t i = 0; i < list->count; i++) {
        DmnReference *reference = &list->items[i];
        ptrdiff_t hash = str_find_char(reference->href, '#');
        Str space = str_slice(reference->href, 0, hash > 0 ? (size_t)hash : 0);
        Str id = hash < 0 ? reference->href
                          : str_slice(reference->href, (size_t)hash + 1, reference->href.len);
        bool local = str_empty(space) || str_eq(space, file->space);
        DmnElement *found = with_id_in_all(local ? file : file_with_space(model, space), id);
        if (!found && local)
            found = with_id_in_all(file->root, id);
        reference->target = found ? first_of_name(found) : NULL;
        if (!found)
            dmn_problem(model, &reference->place, true,
                        "nothing with the id of \"%.*s\" was found; href must be \"#id\", or "
                        "\"namespace#id\" for an imported model",
                        STR_ARG(reference->href));
    }
}

static void resolve_all(DmnModel *model)
{
    for (size_t i = 0; i < model->elements.count; i++) {
        DmnElement *element = model->elements.items[i];
        resolve(model, element->file, &element->required);
        resolve(model, element->file, &element->outputs);
        resolve(model, element->file, &element->encapsulated);
        resolve(model, element->file, &element->input_data);
        resolve(model, element->file, &element->input_decisions);
    }
}

/* --- From outside
 * --------------------------------------------------------------------------------- */

const DmnModel *dmn_read(Arena *arena, const DmnSource *sources, size_t count, Err *err)
{
    DmnModel *model = arena_new(arena, DmnModel);

    model->arena = arena;
    model->sources = sources;
    model->source_count = count;
    if (!dmn_read_file(model, &sources[0], err) || !read_imports(model, err))
        return NULL;
    merge_all(model);
    resolve_all(model);
    dmn_make_types(model);
    dmn_compile(model);
    if (model->problems.count)
        qsort(model->problems.items, model->problems.count, sizeof *model->problems.items,
              by_place);
    return model;
}

size_t dmn_problems(const DmnModel *model, const FeelWarning **out)
{
    *out = model->problems.items;
    return model->problems.count;
}

size_t dmn_part_count(const DmnModel *model)
{
    return model->files.items[0]->element_count;
}

DmnPart dmn_part(const DmnModel *model, size_t index)
{
    const DmnElement *element = model->files.items[0]->elements[index];

    return (DmnPart){element->kind, element->name,
                     element->seen ? element->seen : feel_type(FEEL_ANY)};
}

static const DmnElement *find_in(const DmnFile *file, Str name, bool is_input)
{
    for (size_t i = 0; file && i < file->element_count; i++) {
        const DmnElement *element = file->elements[i];
        bool fits = is_input ? element->kind == DMN_INPUT || element->kind == DMN_DECISION
                             : element->kind != DMN_INPUT;
        if (fits && (str_eq(element->name, name) || str_eq(element->variable, name)))
            return element;
    }
    return NULL;
}

static const DmnElement *find_in_all(const DmnFile *file, Str name, bool is_input)
{
    const DmnElement *found = NULL;

    for (size_t i = 0; file && !found && i < file->merged_count; i++)
        found = find_in(file->merged[i], name, is_input);
    return found;
}

const DmnElement *dmn_find(const DmnModel *model, Str space, Str name, bool is_input)
{
    const DmnFile *first = model->files.items[0];
    const DmnElement *found = NULL;

    if (!str_empty(space))
        return find_in_all(file_with_space(model, space), name, is_input);
    found = find_in_all(first, name, is_input);
    for (size_t i = 0; !found && i < model->files.count; i++) {
        const DmnElement *here = find_in(model->files.items[i], name, is_input);
        for (size_t j = i + 1; here && j < model->files.count; j++)
            if (find_in(model->files.items[j], name, is_input))
                return NULL;
        found = here;
    }
    return found;
}
