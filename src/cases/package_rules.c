/* SPDX-License-Identifier: EUPL-1.2 */
/* rules/NAME.yaml: functions of a package, so that what several processes and runs must reckon
 * alike is written once. A function is FEEL itself, may call the tables and the other functions (in
 * any order, but never itself), and reads `town` and `code` beside its parameters. */
#include "cases/load.h"
#include "cases/process.h"

/* A function that waits for those it calls. */
typedef struct Waiting {
    Str name;
    const Node *text;
    bool done;
} Waiting;
typedef struct WaitingList {
    Waiting *items;
    size_t count, capacity;
} WaitingList;

static bool is_taken(const Loader *loader, const WaitingList *list, Str name)
{
    bool taken = str_is(name, "town") || str_is(name, "code");

    for (size_t i = 0; i < loader->package->table_count; i++)
        taken = taken || str_eq(feel_table_name(loader->package->tables[i]), name);
    for (size_t i = 0; i < list->count; i++)
        taken = taken || str_eq(list->items[i].name, name);
    return taken;
}

/* How explanations name the fields of what the functions give. */
static void collect_labels(Loader *loader, const Node *labels)
{
    if (labels && labels->kind != NODE_MAP)
        load_error(loader, labels, "`labels` must be a map: name: text");
    for (size_t i = 0; labels && labels->kind == NODE_MAP && i < labels->count; i++) {
        if (labels->items[i]->kind != NODE_STRING)
            load_error(loader, labels->items[i],
                       "the label of \"%.*s\" must be a text; an empty one hides the value",
                       STR_ARG(labels->keys[i]));
        node_set(loader->arena, loader->package->labels, labels->keys[i], (Node *)labels->items[i]);
    }
}

static void collect(Loader *loader, const PackageFile *file, WaitingList *list)
{
    static const char *const keys[] = {"functions", "labels", NULL};
    const Node *yaml = load_yaml(loader, file->path);
    const Node *map = node_get(yaml, "functions");

    if (!yaml)
        return;
    load_keys(loader, yaml, "rules", keys);
    collect_labels(loader, node_get(yaml, "labels"));
    if (!map || map->kind != NODE_MAP || map->count == 0) {
        load_error(loader, map ? map : yaml,
                   "`functions` must be a map: name: 'function(a, b) a + b'");
        return;
    }
    for (size_t i = 0; i < map->count; i++) {
        Str name = map->keys[i];
        if (!load_is_id(name))
            load_error(loader, map->items[i],
                       "the function \"%.*s\" is no name: use a to z, 0 to 9 and _", STR_ARG(name));
        else if (is_taken(loader, list, name))
            load_error(loader, map->items[i],
                       "there are two functions or tables \"%.*s\": rename "
                       "one",
                       STR_ARG(name));
        else if (map->items[i]->kind != NODE_STRING)
            load_error(loader, map->items[i], "function \"%.*s\": write 'function(a, b) a + b'",
                       STR_ARG(name));
        else
            VEC_PUSH(loader->arena, list, ((Waiting){name, map->items[i], false}));
    }
}

static void add_rule(Loader *loader, FeelScope *scope, const Waiting *rule,
                     const FeelProgram *program)
{
    Package *package = loader->package;
    const FeelEnv env = {.today = {2000, 1, 1}};
    const FeelType *type = feel_program_type(program);
    Err err = {0};
    const FeelValue *value = feel_eval(program, package->constants, &env, loader->arena, &err);

    problem_rule(loader->problems, program, rule->text);
    if (!value || feel_kind(value) != FEEL_FUNCTION) {
        load_error(loader, rule->text,
                   "function \"%.*s\" is no function: write 'function(a, b) "
                   "a + b'",
                   STR_ARG(rule->name));
        return;
    }
    package->constants = feel_context_put(loader->arena, package->constants, rule->name, value);
    package->rules[package->rule_count++] =
        (PackageRule){rule->name, type, rule->text->file, rule->text->line};
    feel_scope_add(scope, rule->name, type);
}

/* Why the function cannot be compiled, with its place. */
static void report(Loader *loader, const FeelScope *scope, const Waiting *rule)
{
    char *what = arena_printf(loader->arena, "function \"%.*s\"", STR_ARG(rule->name));

    load_feel(loader, rule->text, scope, FEEL_FUNCTION, what);
}

/* What a rule sees of an entry: its fields, but any text where the form offers a choice. An entry
 * keeps its values when a code list changes; it must not be nothing to the rules then. */
static const FeelType *entry_type(const RegisterSpec *spec, Arena *arena)
{
    const FeelType *strict = process_entry_type(spec, arena);
    FeelType *type = feel_type_context(arena);

    for (size_t i = 0; i < strict->field_count; i++) {
        const FeelType *field = strict->fields[i].type;
        if (field->kind == FEEL_STRING)
            field = feel_type(FEEL_STRING);
        if (field->kind == FEEL_LIST)
            field = feel_type(FEEL_LIST);
        feel_type_add_field(arena, type, strict->fields[i].name, field);
    }
    return type;
}

void load_rules(Loader *loader, FeelScope *scope)
{
    Package *package = loader->package;
    WaitingList list = {0};
    FeelScope *inside = feel_scope(loader->arena, scope);
    bool progress = true;

    package->labels = node_map(loader->arena);
    for (size_t i = 0; i < package->register_count; i++) /* `hunde: list<hund>` */
        if (package->registers[i].type)
            feel_scope_add_type(inside, package->registers[i].id,
                                entry_type(&package->registers[i], loader->arena));
    for (size_t i = 0; i < package->file_count; i++)
        if (str_starts_with(package->files[i].path, "rules/"))
            collect(loader, &package->files[i], &list);
    package->rules = arena_array(loader->arena, PackageRule, list.count);
    while (progress) {
        progress = false;
        for (size_t i = 0; i < list.count; i++) {
            Waiting *rule = &list.items[i];
            Err err = {0};
            const FeelProgram *program =
                rule->done ? NULL
                           : feel_compile(loader->arena, rule->text->text, rule->text->file,
                                          rule->text->line, inside, &err);
            if (!program)
                continue;
            add_rule(loader, scope, rule, program);
            rule->done = progress = true;
        }
    }
    for (size_t i = 0; i < list.count; i++)
        if (!list.items[i].done)
            report(loader, inside, &list.items[i]);
}
