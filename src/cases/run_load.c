/* SPDX-License-Identifier: EUPL-1.2 */
/* runs/NAME.yaml: read and compiled with the same means as a process. */
#include "base/vec.h"
#include "cases/process_read.h"
#include "cases/run.h"

typedef struct RunReader {
    ProcessReader base;
    Run *run;
} RunReader;

static void missing(RunReader *reader, const Node *at, const char *key, const char *what)
{
    problem_add(reader->base.problems, false, at, "`%s` is missing: %s", key, what);
}

static Str read_word(RunReader *reader, const char *key, const char *what)
{
    Str word = node_get_text(reader->base.yaml, key);

    if (str_empty(word))
        missing(reader, reader->base.yaml, key, what);
    return word;
}

/* `group: halter`, or `[konto, halter]`: the second where the first is null. */
static void read_group(RunReader *reader)
{
    const Node *node = node_get(reader->base.yaml, "group");
    bool list = node && node->kind == NODE_LIST && node->count >= 1 && node->count <= 2;
    Run *run = reader->run;

    for (size_t i = 0; i < 2; i++)
        run->group[i] = list && i < node->count ? node_text(node->items[i]) : STR("");
    if (node && node->kind == NODE_STRING)
        run->group[0] = node->text;
    if (str_empty(run->group[0]))
        missing(reader, node ? node : reader->base.yaml, "group",
                "the field whose value makes entries one item, or a list of two of which the first "
                "that is not null counts");
}

static void read_head(RunReader *reader)
{
    const Node *yaml = reader->base.yaml;
    Run *run = reader->run;

    run->id = node_get_text(yaml, "id");
    run->label = node_get(yaml, "label");
    run->summary = node_get(yaml, "summary");
    run->office = node_get_text(yaml, "office");
    run->items_are = read_word(reader, "items", "what the totals call those it is about");
    run->entries_are = read_word(reader, "entries", "what the totals call the register's entries");
    read_group(reader);
    if (!run->label)
        missing(reader, yaml, "label", "what the desk calls the run");
    if (!package_has_office(reader->base.package, run->office))
        problem_add(reader->base.problems, false, yaml,
                    "`office` must be one of the offices of service.yaml");
    run->spec = package_register(reader->base.package, node_get_text(yaml, "register"));
    if (!run->spec) {
        problem_add(reader->base.problems, false, yaml,
                    "`register` must name a register of service.yaml");
        return;
    }
    run->entry_type = process_entry_type(run->spec, reader->base.arena);
    for (size_t i = 0; i < 2; i++)
        if (run->group[i].len && !register_has_field(run->spec, run->group[i]))
            problem_add(reader->base.problems, false, node_get(yaml, "group"),
                        "\"%.*s\" is not a field of register %.*s", STR_ARG(run->group[i]),
                        STR_ARG(run->spec->id));
}

/* --- Names --------------------------------------------------------------------------------- */

static const FeelType *open_case_type(Arena *arena)
{
    FeelType *type = feel_type_context(arena);

    feel_type_add_field(arena, type, STR("number"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, type, STR("procedure"), feel_type(FEEL_STRING));
    return type;
}

static const FeelType *mandate_type(Arena *arena)
{
    FeelType *type = feel_type_context(arena);

    feel_type_add_field(arena, type, STR("reference"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, type, STR("holder"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, type, STR("iban_end"), feel_type(FEEL_STRING));
    return type;
}

static void add_names(RunReader *reader)
{
    FeelScope *scope = reader->base.scope;
    Arena *arena = reader->base.arena;

    package_scope(reader->base.package, scope);
    feel_scope_add(scope, STR("year"), feel_type(FEEL_NUMBER));
    feel_scope_add(scope, reader->run->group[0], feel_type(FEEL_STRING));
    feel_scope_add(scope, STR("entries"), feel_type_list(arena, reader->run->entry_type));
    feel_scope_add(scope, STR("open_cases"), feel_type_list(arena, open_case_type(arena)));
    feel_scope_add(scope, STR("mandate"), mandate_type(arena));
    feel_scope_add(scope, STR("assessed"), feel_type(FEEL_NUMBER));
    feel_scope_add(scope, STR("last_year"), feel_type(FEEL_NUMBER));
}

static bool has_value(const Process *process, Str name)
{
    for (size_t i = 0; process && i < process->value_count; i++)
        if (str_eq(process->values[i].id, name))
            return true;
    return false;
}

/* A process of the package must have the value that tells the group of a case. */
static void read_case_value(RunReader *reader)
{
    const Package *package = reader->base.package;
    const Node *node = node_get(reader->base.yaml, "open_cases");
    bool found = false;

    reader->run->case_value = node_text(node);
    for (size_t i = 0; node && i < package->procedure_count; i++)
        found = found || has_value(package->procedures[i].process, node_text(node));
    if (node && !found)
        problem_add(reader->base.problems, false, node,
                    "\"%.*s\" is not a value of any process: name the one that tells to which "
                    "group a case belongs",
                    STR_ARG(node_text(node)));
}

/* --- What it does -------------------------------------------------------------------------- */

static void read_guards(RunReader *reader)
{
    const Node *list = node_get(reader->base.yaml, "leave_out");
    Run *run = reader->run;

    if (!list)
        return;
    if (list->kind != NODE_LIST) {
        problem_add(reader->base.problems, false, list,
                    "`leave_out` must be a list of {id, when, reason}");
        return;
    }
    run->guards = arena_array(reader->base.arena, RunGuard, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const Node *node = list->items[i];
        RunGuard *guard = &run->guards[run->guard_count++];

        read_keys(&reader->base, node, "leave_out", "id when reason");
        guard->id = node_get_text(node, "id");
        if (str_empty(guard->id))
            missing(reader, node, "id", "a name for this reason");
        guard->when =
            read_feel(&reader->base, node, "when", reader->base.scope, FEEL_BOOLEAN, true);
        guard->reason = text_template(node_get(node, "reason"), reader->base.scope,
                                      reader->base.arena, reader->base.problems);
    }
}

/* When a run is undone, nothing is computed anew: its letter knows who, for which year, and the
 * charge. */
static const FeelScope *cancel_scope(RunReader *reader)
{
    FeelScope *scope = feel_scope(reader->base.arena, NULL);

    package_scope(reader->base.package, scope);
    feel_scope_add(scope, STR("year"), feel_type(FEEL_NUMBER));
    feel_scope_add(scope, reader->run->group[0], feel_type(FEEL_STRING));
    feel_scope_add(scope, STR("name"), feel_type(FEEL_STRING));
    return scope;
}

static void read_letter(RunReader *reader)
{
    const Node *node = read_map(&reader->base, reader->base.yaml, "letter");
    const Node *cancel = read_map(&reader->base, reader->base.yaml, "cancel");
    ProcessReader *base = &reader->base;
    Run *run = reader->run;

    if (node) {
        read_keys(base, node, "letter", "template recipient order email");
        run->letter = read_charge_letter(base, node, base->scope);
        run->recipient = read_feel(base, node, "recipient", base->scope, FEEL_LIST, true);
        run->order = read_feel(base, node, "order", base->scope, FEEL_LIST, true);
        run->email = read_feel(base, node, "email", base->scope, FEEL_STRING, false);
    }
    if (cancel) {
        read_keys(base, cancel, "cancel", "template");
        run->cancel = read_charge_letter(base, cancel, cancel_scope(reader));
        if (!node)
            problem_add(base->problems, false, cancel,
                        "`cancel` needs `letter`, which says to whom it goes");
    }
}

static size_t error_count(const Problems *problems)
{
    size_t errors = 0;

    for (size_t i = 0; i < problems->count; i++)
        errors += !problems->items[i].warning;
    return errors;
}

const Run *run_load(const Package *package, const Node *yaml, Arena *arena, Problems *problems)
{
    size_t before = error_count(problems);
    Run *run = arena_new(arena, Run);
    Process *process = arena_new(arena, Process);
    RunReader reader = {.base = {.package = package,
                                 .process = process,
                                 .scope = feel_scope(arena, NULL),
                                 .vars = feel_type_context(arena),
                                 .vars_typed = feel_type_context(arena),
                                 .yaml = yaml,
                                 .arena = arena,
                                 .problems = problems},
                        .run = run};
    const Node *assess = node_get(yaml, "assess");

    read_keys(
        &reader.base, yaml, "run",
        "id label summary office items entries register group open_cases lookups values labels "
        "leave_out assess letter cancel");
    if (!yaml || yaml->kind != NODE_MAP)
        return NULL;
    read_head(&reader);
    if (error_count(problems) != before)
        return NULL;
    process->id = run->id;
    run->process = process;
    add_names(&reader);
    read_case_value(&reader);
    read_lookups(&reader.base, yaml);
    read_values(&reader.base, yaml);
    read_lookup_conditions(&reader.base, yaml);
    read_labels(&reader.base, yaml);
    process_order_steps(&reader.base);
    read_guards(&reader);
    if (assess && assess->kind == NODE_MAP)
        read_assess_effect(&reader.base, assess, reader.base.scope, &run->assess);
    else
        missing(&reader, yaml, "assess", "what the run charges");
    read_letter(&reader);
    return error_count(problems) == before ? run : NULL;
}

const Run *package_run(const Package *package, Str id)
{
    for (size_t i = 0; i < package->run_count; i++)
        if (str_eq(package->runs[i]->id, id))
            return package->runs[i];
    return NULL;
}
