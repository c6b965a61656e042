/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/check.h"

#include "cases/process.h"

typedef struct Checker {
    Arena *arena;
    const Package *package;
    Problems *problems;
} Checker;

bool problems_have_error(const Problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        if (!problems->items[i].warning)
            return true;
    return false;
}

/* --- Where things stand -------------------------------------------------------------------- */

static const PackageFile *find_file(const Checker *checker, Str path)
{
    for (size_t i = 0; i < checker->package->file_count; i++)
        if (str_eq(checker->package->files[i].path, path))
            return &checker->package->files[i];
    return NULL;
}

/* The file's tree once more, for the lines of things that are compiled by now. */
static const Node *yaml_of(const Checker *checker, Str path)
{
    const PackageFile *file = find_file(checker, path);
    Err err = {0};

    return file ? node_parse_yaml(checker->arena, file->bytes, str_cstr(checker->arena, path),
                                  &NODE_LIMITS_PACKAGE, &err)
                : NULL;
}

static Node place(const char *file, int line)
{
    return (Node){.file = file, .line = line};
}

/* --- Constants ----------------------------------------------------------------------------- */

/* The value of an expression that depends on nothing, the day included; NULL for any other. */
static const FeelValue *constant(const Checker *checker, const FeelProgram *program)
{
    const FeelValue *names = feel_from_node(checker->arena, node_map(checker->arena), NULL);
    FeelEnv first = {.today = {1, 1, 1}},
            last = {.today = {9999, 12, 31}, .now = INT64_MAX / 100000};
    Str *paths;
    Err err = {0};

    if (!program || feel_program_reads(program, checker->arena, &paths) > 0)
        return NULL;
    const FeelValue *a = feel_eval(program, names, &first, checker->arena, &err);
    const FeelValue *b = feel_eval(program, names, &last, checker->arena, &err);
    bool same = a && b && str_eq(feel_to_text(checker->arena, a), feel_to_text(checker->arena, b));
    return same ? a : NULL;
}

static bool never_true(const Checker *checker, const FeelProgram *program)
{
    const FeelValue *value = constant(checker, program);

    return value && !feel_is_true(value);
}

/* --- Forms --------------------------------------------------------------------------------- */

static void check_bounds(const Checker *checker, const FormField *field, const Node *at)
{
    const FeelValue *least = constant(checker, field->min), *most = constant(checker, field->max);
    int64_t low, high;

    if (least && most && feel_to_cents(least, &low) && feel_to_cents(most, &high) && low > high)
        problem_add(checker->problems, false, at,
                    "field %.*s: `min` is greater than `max`, so no value fits: exchange them",
                    STR_ARG(field->id));
    if (field->min_length && field->max_length && field->min_length > field->max_length)
        problem_add(checker->problems, false, at,
                    "field %.*s: `min_length` is greater than `max_length`, so no text fits",
                    STR_ARG(field->id));
}

static bool has_option(const FormField *field, Str value)
{
    for (size_t i = 0; i < field->option_count; i++)
        if (str_eq(field->options[i].value, value))
            return true;
    return false;
}

static void check_default(const Checker *checker, const FormField *field, const Node *at)
{
    const FeelValue *value = constant(checker, field->default_value);

    if (!value || field->type != FIELD_CHOICE || feel_kind(value) != FEEL_STRING)
        return;
    Str text = feel_to_text(checker->arena, value);
    if (!has_option(field, text))
        problem_add(checker->problems, false, at,
                    "field %.*s: the default \"%.*s\" is none of its options", STR_ARG(field->id),
                    STR_ARG(text));
}

static void check_field(const Checker *checker, const FormField *field)
{
    const Node *at = field->source;

    if (field->type == FIELD_UPLOAD && !field->accept)
        problem_add(checker->problems, false, at,
                    "field %.*s takes files of every kind: write `accept: [pdf, jpg, png]`",
                    STR_ARG(field->id));
    check_bounds(checker, field, at);
    check_default(checker, field, at);
    for (size_t i = 0; i < field->field_count; i++)
        check_field(checker, field->fields[i]);
}

static void check_form(const Checker *checker, const Form *form)
{
    for (size_t i = 0; i < form->field_count; i++)
        check_field(checker, form->fields[i]);
}

/* --- Processes ----------------------------------------------------------------------------- */

static size_t state_index(const Process *process, const State *state)
{
    return (size_t)(state - process->states);
}

/* Mark what can be reached from the first state; the built-in request for corrections leads to the
 * waiting state and back. */
static void reach(const Process *process, bool *reached)
{
    const State *waiting = process_waiting_state(process);
    bool more = true;

    reached[0] = true;
    if (waiting)
        reached[state_index(process, waiting)] = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < process->action_count; i++) {
            const Action *action = &process->actions[i];
            for (size_t k = 0; action->to && k < action->from_count; k++) {
                bool *to = &reached[state_index(process, action->to)];
                more = more || (reached[state_index(process, action->from[k])] && !*to);
                *to = *to || reached[state_index(process, action->from[k])];
            }
        }
    }
}

static bool has_way_out(const Process *process, const State *state)
{
    for (size_t i = 0; i < process->action_count; i++)
        for (size_t k = 0; process->actions[i].to && k < process->actions[i].from_count; k++)
            if (process->actions[i].from[k] == state && process->actions[i].to != state)
                return true;
    return false;
}

static void check_states(const Checker *checker, const Process *process, const Node *yaml)
{
    bool *reached = arena_array(checker->arena, bool, process->state_count);
    const Node *states = node_get(yaml, "states");

    reach(process, reached);
    for (size_t i = 0; i < process->state_count; i++) {
        const State *state = &process->states[i];
        const Node *at = node_get_str(states, state->id);
        if (!reached[i])
            problem_add(checker->problems, false, at,
                        "state %.*s is never reached: no action leads to it", STR_ARG(state->id));
        else if (state->final && has_way_out(process, state))
            problem_add(checker->problems, false, at,
                        "state %.*s is final, but an action leads on: remove one of the two",
                        STR_ARG(state->id));
    }
}

static void check_process(const Checker *checker, const Procedure *procedure)
{
    const Process *process = procedure->process;
    Str path = str_printf(checker->arena, "processes/%.*s.yaml", STR_ARG(process->id));
    const Node *yaml = yaml_of(checker, path);

    check_states(checker, process, yaml);
    for (size_t i = 0; i < process->action_count; i++) {
        const Action *action = &process->actions[i];
        const Node *at = node_get_str(node_get(yaml, "actions"), action->id);
        if (never_true(checker, action->guard))
            problem_add(checker->problems, false, at,
                        "action %.*s can never be done: its guard is never true",
                        STR_ARG(action->id));
    }
    for (size_t i = 0; i < process->finding_count; i++)
        if (never_true(checker, process->findings[i].when))
            problem_add(checker->problems, false, node_at(node_get(yaml, "findings"), i),
                        "finding %.*s can never be made: `when` is never true",
                        STR_ARG(process->findings[i].id));
    for (size_t i = 0; i < process->task_count; i++)
        if (never_true(checker, process->tasks[i].when))
            problem_add(checker->problems, false,
                        node_get_str(node_get(yaml, "tasks"), process->tasks[i].id),
                        "task %.*s is never made: `when` is never true",
                        STR_ARG(process->tasks[i].id));
}

/* --- Tables, lists, letters, examples ------------------------------------------------------ */

static void check_tables(const Checker *checker)
{
    for (size_t i = 0; i < checker->package->table_count; i++) {
        FeelWarning *warnings;
        size_t count = feel_table_analyse(checker->package->tables[i], checker->arena, &warnings);
        for (size_t k = 0; k < count; k++) {
            Node at = place(warnings[k].file, warnings[k].line);
            at.column = warnings[k].column;
            problem_add(checker->problems, !warnings[k].error, &at, "%.*s",
                        STR_ARG(warnings[k].message));
        }
    }
}

/* Divisions by what may be 0, in every expression that was compiled. */
static void check_rules(const Checker *checker)
{
    const CompiledRules *rules = &checker->problems->rules;

    for (size_t i = 0; i < rules->count; i++) {
        const CompiledRule *rule = &rules->items[i];
        FeelWarning *warnings;
        size_t count = feel_program_analyse(rule->program, checker->arena, &warnings);
        for (size_t k = 0; k < count; k++) {
            Node at = place(warnings[k].file, warnings[k].line);
            if (rule->column)
                at.column = warnings[k].line == rule->line ? rule->column + warnings[k].column - 1
                                                           : warnings[k].column;
            problem_add(checker->problems, !warnings[k].error, &at, "%.*s",
                        STR_ARG(warnings[k].message));
        }
    }
}

/* Does any file but `except` hold one of these texts? */
static bool mentioned(const Checker *checker, Str except, const Str *texts, size_t count)
{
    for (size_t i = 0; i < checker->package->file_count; i++) {
        const PackageFile *file = &checker->package->files[i];
        if (str_eq(file->path, except) || str_ends_with(file->path, "README.md"))
            continue;
        for (size_t k = 0; k < count; k++)
            if (str_find(file->bytes, texts[k]) >= 0)
                return true;
    }
    return false;
}

static void check_unused(const Checker *checker)
{
    const Package *package = checker->package;
    Arena *arena = checker->arena;

    for (size_t i = 0; i < package->code_count; i++) {
        Str name = package->codes[i].name;
        Str path = str_printf(arena, "codes/%.*s.csv", STR_ARG(name));
        Str uses[] = {str_printf(arena, "codes: %.*s", STR_ARG(name)),
                      str_printf(arena, "code(\"%.*s\"", STR_ARG(name))};
        Node at = place(str_cstr(arena, path), 1);
        if (!mentioned(checker, path, uses, 2))
            problem_add(checker->problems, true, &at, "nothing uses this list: remove it");
    }
    for (size_t i = 0; i < package->table_count; i++) {
        Str name = feel_table_name(package->tables[i]);
        Str path = str_printf(arena, "tables/%.*s.yaml", STR_ARG(name));
        Str uses[] = {str_printf(arena, "%.*s(", STR_ARG(name))};
        Node at = place(str_cstr(arena, path), 1);
        if (!mentioned(checker, path, uses, 1))
            problem_add(checker->problems, true, &at, "nothing calls this table: remove it");
    }
}

static bool example_is_valid(const Node *yaml)
{
    const Node *errors = node_path(yaml, STR("expect.errors"));

    return !errors || errors->count == 0;
}

static void check_examples(const Checker *checker, const Procedure *procedure, const Node *at)
{
    for (size_t i = 0; i < checker->package->file_count; i++) {
        Str path = checker->package->files[i].path;
        if (!str_starts_with(path, "examples/") || !str_ends_with(path, ".yaml"))
            continue;
        const Node *yaml = yaml_of(checker, path);
        if (str_eq(node_get_text(yaml, "procedure"), procedure->id) && example_is_valid(yaml))
            return;
    }
    problem_add(checker->problems, false, at,
                "procedure %.*s has no example of a valid application: write one in examples/",
                STR_ARG(procedure->id));
}

void package_check(const Package *package, Problems *problems)
{
    Checker checker = {problems->arena, package, problems};
    const Node *procedures = node_get(yaml_of(&checker, STR("service.yaml")), "procedures");

    for (size_t i = 0; i < package->procedure_count; i++) {
        const Procedure *procedure = &package->procedures[i];
        check_form(&checker, procedure->form);
        check_process(&checker, procedure);
        check_examples(&checker, procedure, node_at(procedures, i));
    }
    check_tables(&checker);
    check_rules(&checker);
    check_unused(&checker);
}

/* --- Against the version before ------------------------------------------------------------ */

static const FormField *same_field(FormField *const *fields, size_t count, Str id)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(fields[i]->id, id))
            return fields[i];
    return NULL;
}

static void compare_fields(const Checker *checker, FormField *const *now, size_t count,
                           FormField *const *before, size_t before_count)
{
    for (size_t i = 0; i < count; i++) {
        const FormField *old = now[i]->id.len ? same_field(before, before_count, now[i]->id) : NULL;
        if (!old)
            continue;
        if (old->type != now[i]->type || old->repeats != now[i]->repeats)
            problem_add(
                checker->problems, false, now[i]->source,
                "field %.*s had another type in the version before: give the new one a new id",
                STR_ARG(now[i]->id));
        else
            compare_fields(checker, now[i]->fields, now[i]->field_count, old->fields,
                           old->field_count);
    }
}

void package_check_against(const Package *package, const Package *previous, Problems *problems)
{
    Checker checker = {problems->arena, package, problems};

    for (size_t i = 0; i < package->procedure_count; i++) {
        const Procedure *before = package_procedure(previous, package->procedures[i].id);
        if (before)
            compare_fields(&checker, package->procedures[i].form->fields,
                           package->procedures[i].form->field_count, before->form->fields,
                           before->form->field_count);
    }
}
