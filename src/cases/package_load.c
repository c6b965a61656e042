/* SPDX-License-Identifier: EUPL-1.2 */
/* package_load(): service.yaml and everything it names, in the order in which the parts need each
 * other: parameters, code lists, tables, registers, rules, forms, processes. */
#include "cases/check.h"
#include "cases/field.h"
#include "cases/load.h"
#include "cases/process.h"
#include "cases/process_read.h"
#include "cases/run.h"

static const char *const AUDIENCES[] = {"citizen", "organisation", NULL};

/* --- Parameters ------------------------------------------------------------------------------ */

static const FeelType *parameter_type(Loader *loader, Str name)
{
    if (str_is(name, "text"))
        return feel_type(FEEL_STRING);
    if (str_is(name, "number"))
        return feel_type(FEEL_NUMBER);
    if (str_is(name, "yes_no"))
        return feel_type(FEEL_BOOLEAN);
    if (str_is(name, "date"))
        return feel_type(FEEL_DATE);
    if (str_is(name, "list"))
        return feel_type_list(loader->arena, feel_type(FEEL_STRING));
    if (str_is(name, "numbers"))
        return feel_type_list(loader->arena, feel_type(FEEL_NUMBER));
    return NULL;
}

static bool parameter_fits(const Node *value, const FeelType *type, Arena *arena)
{
    const FeelValue *read = feel_from_node(arena, value, type);

    if (!value || feel_is_null(read))
        return false;
    if (type->kind != FEEL_LIST)
        return true;
    for (size_t i = 0; i < value->count; i++)
        if (feel_is_null(feel_from_node(arena, value->items[i], type->item)))
            return false;
    return value->kind == NODE_LIST;
}

static void load_parameters(Loader *loader, const Node *service)
{
    static const char *const keys[] = {"type", "value", "label", NULL};
    const Node *map = node_get(service, "parameters");
    const Node *town = load_yaml(loader, STR("parameters.yaml"));
    FeelType *type = feel_type_context(loader->arena);
    Node *values = node_map(loader->arena);
    size_t count = map && map->kind == NODE_MAP ? map->count : 0;

    if (map && map->kind != NODE_MAP && map->kind != NODE_NULL)
        load_error(loader, map, "`parameters` must be a map: name: {type: number, value: 30}");
    for (size_t i = 0; i < count; i++) {
        const Node *one = map->items[i];
        const FeelType *item = parameter_type(loader, node_get_text(one, "type"));
        const Node *value = node_get_str(town, map->keys[i]);
        load_keys(loader, one, "parameter", keys);
        if (!load_is_id(map->keys[i]))
            load_error(loader, one, "the parameter \"%.*s\" is no name: use a to z, 0 to 9 and _",
                       STR_ARG(map->keys[i]));
        if (!item) {
            load_error(loader, one,
                       "the parameter \"%.*s\" needs a `type`: text, number, yes_no, date, list "
                       "or numbers",
                       STR_ARG(map->keys[i]));
            continue;
        }
        if (!value)
            value = node_get(one, "value");
        if (!parameter_fits(value, item, loader->arena))
            load_error(loader, value ? value : one,
                       "the parameter \"%.*s\" needs a value of the type %.*s",
                       STR_ARG(map->keys[i]), STR_ARG(node_get_text(one, "type")));
        feel_type_add_field(loader->arena, type, map->keys[i], item);
        if (value)
            node_set(loader->arena, values, map->keys[i], (Node *)value);
    }
    for (size_t i = 0; town && i < town->count; i++)
        if (!node_get_str(map, town->keys[i]))
            load_error(loader, town->items[i],
                       "the service has no parameter \"%.*s\": remove it here",
                       STR_ARG(town->keys[i]));
    loader->package->town_type = type;
    loader->package->town = feel_from_node(loader->arena, values, type);
}

/* --- Code lists and tables ------------------------------------------------------------------- */

static bool in_folder(const PackageFile *file, const char *folder)
{
    return str_starts_with(file->path, folder);
}

static size_t count_files(const Package *package, const char *folder)
{
    size_t count = 0;

    for (size_t i = 0; i < package->file_count; i++)
        count += in_folder(&package->files[i], folder);
    return count;
}

static void load_codes(Loader *loader)
{
    Package *package = loader->package;

    package->codes = arena_array(loader->arena, CodeList, count_files(package, "codes/"));
    for (size_t i = 0; i < package->file_count; i++)
        if (in_folder(&package->files[i], "codes/") &&
            code_list_load(loader, &package->files[i], &package->codes[package->code_count]))
            package->code_count++;
}

/* `code("rassen", rasse)`: the row of a code list, written in FEEL itself; the loop makes the lists
 * part of the function. */
static void make_constants(Loader *loader, FeelScope *scope)
{
    Arena *arena = loader->arena;
    Package *package = loader->package;
    FeelScope *inside = feel_scope(arena, NULL);
    FeelEnv env = {.today = {2000, 1, 1}};
    const FeelValue *names = feel_from_node(arena, node_map(arena), NULL);
    const FeelValue *code = NULL;
    Err err;

    feel_scope_add(inside, STR("all_lists"), feel_type(FEEL_ANY));
    const FeelProgram *program =
        feel_compile(arena,
                     STR("(for lists in [all_lists] return\n"
                         "  function(list, value) get value(get value(lists, list), value))[1]"),
                     NULL, 1, inside, &err);
    if (program)
        code = feel_eval(program,
                         feel_context_put(arena, names, STR("all_lists"), code_lists_value(loader)),
                         &env, arena, &err);
    if (!code)
        load_error_in(loader, STR("service.yaml"), 1, "the code lists are too large: %s",
                      err.message);
    names = feel_context_put(arena, names, STR("town"), package->town);
    package->constants = feel_context_put(arena, names, STR("code"), code ? code : feel_null());
    feel_scope_add(scope, STR("town"), package->town_type);
    feel_scope_add(scope, STR("code"), feel_type(FEEL_FUNCTION));
}

static void add_table(Loader *loader, FeelScope *scope, const PackageFile *file, const Node *yaml,
                      const FeelTable *table)
{
    Package *package = loader->package;
    Str name = feel_table_name(table);

    for (size_t i = 0; i < package->table_count; i++)
        if (str_eq(feel_table_name(package->tables[i]), name))
            load_error(loader, yaml, "there are two tables \"%.*s\": rename one", STR_ARG(name));
    if (!str_eq(str_printf(loader->arena, "tables/%.*s.yaml", STR_ARG(name)), file->path))
        load_error(loader, yaml, "the table \"%.*s\" must stand in tables/%.*s.yaml", STR_ARG(name),
                   STR_ARG(name));
    package->tables[package->table_count++] = table;
    feel_scope_add_table(scope, table);
}

/* A table's inputs that are plain names of a declared type are its parameters: what a call gives.
 */
static const FeelScope *input_scope(Loader *loader, const Node *table, const FeelScope *outer)
{
    const Node *inputs = node_get(table, "inputs");
    FeelScope *scope = feel_scope(loader->arena, outer);

    for (size_t i = 0; inputs && inputs->kind == NODE_LIST && i < inputs->count; i++) {
        Str name = node_get_text(inputs->items[i], "expression");
        Str type = node_get_text(inputs->items[i], "type");
        for (FeelTypeKind kind = FEEL_ANY; load_is_id(name) && kind <= FEEL_MONTHS_DURATION; kind++)
            if (str_eq(type, feel_type_name(loader->arena, feel_type(kind))))
                feel_scope_add(scope, name, feel_type(kind));
    }
    return scope;
}

/* Tables may call each other: those that cannot be read yet are tried again when others are known.
 */
static void load_tables(Loader *loader, FeelScope *scope)
{
    Package *package = loader->package;
    size_t count = count_files(package, "tables/");
    const Node **waiting = arena_array(loader->arena, const Node *, package->file_count);
    bool progress = true;
    Err err;

    package->tables = arena_array(loader->arena, const FeelTable *, count);
    for (size_t i = 0; i < package->file_count; i++)
        if (in_folder(&package->files[i], "tables/"))
            waiting[i] = load_yaml(loader, package->files[i].path);
    while (progress) {
        progress = false;
        for (size_t i = 0; i < package->file_count; i++) {
            const FeelTable *table =
                waiting[i] ? feel_table_from_yaml(loader->arena, waiting[i],
                                                  input_scope(loader, waiting[i], scope), &err)
                           : NULL;
            if (!table)
                continue;
            add_table(loader, scope, &package->files[i], waiting[i], table);
            waiting[i] = NULL;
            progress = true;
        }
    }
    for (size_t i = 0; i < package->file_count; i++) {
        if (!waiting[i])
            continue;
        feel_table_from_yaml(loader->arena, waiting[i], input_scope(loader, waiting[i], scope),
                             &err);
        Node at = {.file = waiting[i]->file, .line = err.line, .column = err.column};
        load_error(loader, &at, "%s", err.message);
    }
}

/* --- Procedures ------------------------------------------------------------------------------ */

/* A form compiled for the lookups of a process; procedures may share both. */
typedef struct Pair {
    Str form_id, process_id;
    const Form *form;
    const Process *process;
} Pair;
typedef struct Pairs {
    Pair *items;
    size_t count, capacity;
} Pairs;

static Pair *find_pair(Pairs *pairs, Str form, Str process)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (str_eq(pairs->items[i].form_id, form) && str_eq(pairs->items[i].process_id, process))
            return &pairs->items[i];
    return NULL;
}

static const Node *named_file(Loader *loader, const Node *yaml, const char *key, const char *folder,
                              Str procedure)
{
    const Node *name = node_get(yaml, key);
    Str path = str_printf(loader->arena, "%s/%.*s.yaml", folder, STR_ARG(node_text(name)));

    if (str_empty(node_text(name))) {
        load_error(loader, name ? name : yaml,
                   "procedure \"%.*s\": `%s` is missing: name a file of %s/", STR_ARG(procedure),
                   key, folder);
        return NULL;
    }
    if (!load_find(loader, path)) {
        load_error(loader, name, "procedure \"%.*s\": the file %.*s is missing", STR_ARG(procedure),
                   STR_ARG(path));
        return NULL;
    }
    const Node *file = load_yaml(loader, path);
    Str id = node_get_text(file, "id");
    if (file && !str_eq(id, node_text(name)))
        load_error(loader, file, "the id in %.*s must be \"%.*s\", like the file's name",
                   STR_ARG(path), STR_ARG(node_text(name)));
    return file;
}

static void load_pair(Loader *loader, Pairs *pairs, Procedure *procedure, const Node *yaml)
{
    Str form_id = node_get_text(yaml, "form"), process_id = node_get_text(yaml, "process");
    Pair *pair = find_pair(pairs, form_id, process_id);

    if (!pair) {
        const Node *form = named_file(loader, yaml, "form", "forms", procedure->id);
        const Node *process = named_file(loader, yaml, "process", "processes", procedure->id);
        FeelScope *outer = feel_scope(loader->arena, loader->package->scope);
        Pair fresh = {.form_id = form_id, .process_id = process_id};
        if (process)
            feel_scope_add_fields(outer,
                                  process_lookup_types(loader->package, process, loader->arena));
        if (form)
            fresh.form = form_load(loader, form, outer);
        if (process)
            fresh.process =
                process_load(loader->package, process, fresh.form, loader->arena, loader->problems);
        VEC_PUSH(loader->arena, pairs, fresh);
        pair = &pairs->items[pairs->count - 1];
    }
    procedure->form = pair->form;
    procedure->process = pair->process;
}

static void load_procedure(Loader *loader, Pairs *pairs, Procedure *procedure, const Node *yaml)
{
    static const char *const keys[] = {"id",      "leika",  "name",     "summary", "who",
                                       "needs",   "cost",   "duration", "legal",   "form",
                                       "process", "office", NULL};

    load_keys(loader, yaml, "procedure", keys);
    procedure->id = load_id(loader, yaml, "id", "procedure");
    const char *what = arena_printf(loader->arena, "procedure \"%.*s\"", STR_ARG(procedure->id));
    for (size_t i = 0; i < loader->package->procedure_count; i++)
        if (procedure->id.ptr && str_eq(loader->package->procedures[i].id, procedure->id))
            load_error(loader, yaml, "%s stands there twice: rename one", what);
    procedure->leika = node_get_text(yaml, "leika");
    procedure->office = node_get_text(yaml, "office");
    if (procedure->office.ptr && !package_has_office(loader->package, procedure->office))
        load_error(loader, node_get(yaml, "office"),
                   "%s: `office` must be one of the offices of the service", what);
    procedure->name = load_label(loader, yaml, "name", what, TEXT_REQUIRED);
    procedure->summary = load_label(loader, yaml, "summary", what, TEXT_REQUIRED);
    procedure->who = load_label(loader, yaml, "who", what, TEXT_REQUIRED);
    procedure->cost = load_label(loader, yaml, "cost", what, TEXT_REQUIRED);
    procedure->duration = load_label(loader, yaml, "duration", what, TEXT_REQUIRED);
    procedure->needs = load_labels(loader, yaml, "needs", what);
    procedure->legal = load_labels(loader, yaml, "legal", what);
    load_pair(loader, pairs, procedure, yaml);
}

static void load_procedures(Loader *loader, const Node *service)
{
    const Node *list = node_get(service, "procedures");
    Package *package = loader->package;
    Pairs pairs = {0};

    if (!list || list->kind != NODE_LIST || list->count == 0) {
        load_error(loader, list ? list : service, "`procedures` must be a list of at least one");
        return;
    }
    package->procedures = arena_array(loader->arena, Procedure, list->count);
    for (size_t i = 0; i < list->count; i++) {
        load_procedure(loader, &pairs, &package->procedures[package->procedure_count],
                       list->items[i]);
        package->procedure_count++;
    }
}

/* --- Runs ------------------------------------------------------------------------------------ */

static void load_runs(Loader *loader)
{
    Package *package = loader->package;

    package->runs = arena_array(loader->arena, const Run *, count_files(package, "runs/"));
    for (size_t i = 0; i < package->file_count; i++) {
        Str path = package->files[i].path;
        const Node *yaml = in_folder(&package->files[i], "runs/") ? load_yaml(loader, path) : NULL;
        Str id = node_get_text(yaml, "id");

        if (!yaml)
            continue;
        if (!str_eq(str_printf(loader->arena, "runs/%.*s.yaml", STR_ARG(id)), path))
            load_error(loader, yaml, "the run \"%.*s\" must stand in runs/%.*s.yaml", STR_ARG(id),
                       STR_ARG(id));
        const Run *run = run_load(package, yaml, loader->arena, loader->problems);
        if (run)
            package->runs[package->run_count++] = run;
    }
}

/* --- The service ----------------------------------------------------------------------------- */

static void load_service(Loader *loader, const Node *service)
{
    static const char *const keys[] = {"id",         "leika",     "name", "summary", "audience",
                                       "topics",     "synonyms",  "icon", "offices", "procedures",
                                       "parameters", "registers", NULL};
    Package *package = loader->package;

    load_keys(loader, service, "service", keys);
    package->id = load_id(loader, service, "id", "service");
    package->leika = node_get_text(service, "leika");
    package->icon = node_get_text(service, "icon");
    package->name = load_label(loader, service, "name", "service", TEXT_REQUIRED);
    package->summary = load_label(loader, service, "summary", "service", TEXT_REQUIRED);
    package->audience = load_strings(loader, service, "audience", &package->audience_count);
    package->topics = load_strings(loader, service, "topics", &package->topic_count);
    package->synonyms = load_strings(loader, service, "synonyms", &package->synonym_count);
    package->offices = load_strings(loader, service, "offices", &package->office_count);
    for (size_t i = 0; i < package->audience_count; i++)
        if (!str_is(package->audience[i], AUDIENCES[0]) &&
            !str_is(package->audience[i], AUDIENCES[1]))
            load_error(loader, node_get(service, "audience"),
                       "\"%.*s\" is no audience: use citizen or organisation",
                       STR_ARG(package->audience[i]));
    if (package->audience_count == 0)
        load_error(loader, service, "`audience` is missing: [citizen], [organisation] or both");
    if (package->office_count == 0)
        load_error(loader, service, "`offices` is missing: name the offices that do the work");
}

/* Is the name written in any file but its own? */
static bool mentioned(const Package *package, Str name, Str own)
{
    for (size_t i = 0; i < package->file_count; i++)
        if (!str_eq(package->files[i].path, own) && !in_folder(&package->files[i], "examples/") &&
            !str_is(package->files[i].path, "README.md") &&
            str_find(package->files[i].bytes, name) >= 0)
            return true;
    return false;
}

static void warn_unused(Loader *loader)
{
    static const char *const folders[] = {"codes/", "tables/", "forms/", "processes/", "letters/"};

    for (size_t i = 0; i < loader->package->file_count; i++) {
        const PackageFile *file = &loader->package->files[i];
        for (size_t k = 0; k < sizeof folders / sizeof *folders; k++) {
            size_t prefix = strlen(folders[k]);
            if (!in_folder(file, folders[k]))
                continue;
            Str name = str_slice(file->path, prefix, file->path.len);
            name = str_cut(&name, '.');
            Node at = {.file = file->path.ptr, .line = 1};
            bool built_in = str_is(name, "eingangsbestaetigung") || str_is(name, "nachforderung");
            if (!built_in && !mentioned(loader->package, name, file->path))
                load_warning(loader, &at, "nothing uses %s%.*s: remove the file", folders[k],
                             STR_ARG(name));
        }
    }
}

const Package *package_load(const PackageFile *files, size_t count, Arena *arena,
                            Problems *problems)
{
    Package *package = arena_new(arena, Package);
    Loader loader = {.arena = arena, .package = package, .problems = problems};
    FeelScope *scope = feel_scope(arena, NULL);

    package->files = files;
    package->file_count = count;
    package->version = package_version(files, count, arena);
    package->scope = scope;
    const Node *service = load_yaml(&loader, STR("service.yaml"));
    if (!service) {
        if (!load_find(&loader, STR("service.yaml")))
            load_error_in(&loader, STR("service.yaml"), 0,
                          "the file is missing: it names the service");
        return NULL;
    }
    load_service(&loader, service);
    load_parameters(&loader, service);
    load_codes(&loader);
    make_constants(&loader, scope);
    load_tables(&loader, scope);
    register_load_all(&loader, service);
    load_rules(&loader, scope);
    register_load_forms(&loader, service);
    load_procedures(&loader, service);
    load_runs(&loader);
    warn_unused(&loader);
    return problems_have_error(problems) ? NULL : package;
}

void package_scope(const Package *package, FeelScope *scope)
{
    feel_scope_add(scope, STR("town"), package->town_type);
    feel_scope_add(scope, STR("code"), feel_type(FEEL_FUNCTION));
    for (size_t i = 0; i < package->table_count; i++)
        feel_scope_add_table(scope, package->tables[i]);
    for (size_t i = 0; i < package->rule_count; i++)
        feel_scope_add(scope, package->rules[i].name, package->rules[i].type);
}

const Procedure *package_procedure(const Package *package, Str id)
{
    for (size_t i = 0; i < package->procedure_count; i++)
        if (str_eq(package->procedures[i].id, id))
            return &package->procedures[i];
    return NULL;
}

const CodeList *package_codes(const Package *package, Str name)
{
    for (size_t i = 0; i < package->code_count; i++)
        if (str_eq(package->codes[i].name, name))
            return &package->codes[i];
    return NULL;
}

const RegisterSpec *package_register(const Package *package, Str id)
{
    for (size_t i = 0; i < package->register_count; i++)
        if (str_eq(package->registers[i].id, id))
            return &package->registers[i];
    return NULL;
}
