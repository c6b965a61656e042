/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/vec.h"
#include "cases/process_read.h"
#include "core/work/period.h"

/* --- States, deadline, lookups, values, tasks ------------------------------------------- */

static void read_states(ProcessReader *reader, const Node *yaml)
{
    const Node *states = read_map(reader, yaml, "states");
    Process *process = reader->process;

    if (!states || states->count == 0) {
        problem_add(reader->problems, false, yaml,
                    "`states` is missing: name at least the state in which a case begins");
        return;
    }
    process->states = arena_array(reader->arena, State, states->count);
    for (size_t i = 0; i < states->count; i++) {
        const Node *node = states->items[i];
        State *state = &process->states[process->state_count++];
        Date day;

        read_keys(reader, node, "state", "label citizen waiting clock final retention");
        state->id = states->keys[i];
        state->label = node_get(node, "label");
        state->citizen = node_get(node, "citizen");
        state->waits_for_applicant = str_is(node_get_text(node, "waiting"), "applicant");
        state->clock_paused = str_is(node_get_text(node, "clock"), "paused");
        state->final = node_get_bool(node, "final", false);
        state->retention = node_get_text(node, "retention");
        if (!state->label)
            problem_add(reader->problems, false, node, "state %.*s has no label",
                        STR_ARG(state->id));
        read_languages(reader, state->citizen, node, "`citizen`");
        if (state->final && str_empty(state->retention))
            problem_add(reader->problems, false, node,
                        "state %.*s is final but says not how long the case is kept: write "
                        "`retention: P10Y`",
                        STR_ARG(state->id));
        if (state->retention.ptr && !period_after((Date){2000, 1, 1}, state->retention, &day))
            problem_add(reader->problems, false, node_get(node, "retention"),
                        "\"%.*s\" is not a period: write P10Y, P6M or P30D",
                        STR_ARG(state->retention));
        if (node_get(node, "waiting") && !state->waits_for_applicant)
            problem_add(reader->problems, false, node_get(node, "waiting"),
                        "a state can only wait for the applicant: `waiting: applicant`");
        if (node_get(node, "clock") && !state->clock_paused)
            problem_add(reader->problems, false, node_get(node, "clock"),
                        "the clock of a state can only be paused: `clock: paused`");
    }
    if (process->states[0].final)
        problem_add(reader->problems, false, states->items[0],
                    "the first state is where a case begins; it cannot be final");
}

static void read_deadline(ProcessReader *reader, const Node *yaml)
{
    const Node *node = read_map(reader, yaml, "deadline");
    Process *process = reader->process;

    if (!node)
        return;
    read_keys(reader, node, "deadline", "days working_days label tell");
    process->deadline_working_days = node_get(node, "working_days") != NULL;
    int64_t days = node_get_i64(node, process->deadline_working_days ? "working_days" : "days", 0);

    if (days < 1 || days > 3660)
        problem_add(reader->problems, false, node,
                    "the deadline needs `days` or `working_days` from 1 to 3660");
    else
        process->deadline_days = (int)days;
    process->deadline_label = node_get(node, "label");
    process->deadline_tell = node_get_bool(node, "tell", false);
}

/* Lookups become names before anything is compiled; their `where` is compiled after the values. */
void read_lookups(ProcessReader *reader, const Node *yaml)
{
    const Node *lookups = read_map(reader, yaml, "lookups");
    Process *process = reader->process;

    if (!lookups)
        return;
    process->lookups = arena_array(reader->arena, Lookup, lookups->count);
    for (size_t i = 0; i < lookups->count; i++) {
        const Node *node = lookups->items[i];
        Lookup *lookup = &process->lookups[process->lookup_count];

        read_keys(reader, node, "lookup", "register where all");
        lookup->id = lookups->keys[i];
        lookup->all = node_get_bool(node, "all", false);
        lookup->spec = package_register(reader->package, node_get_text(node, "register"));
        if (!lookup->spec) {
            problem_add(reader->problems, false, node,
                        "lookup %.*s: `register` must name a register of service.yaml",
                        STR_ARG(lookup->id));
            continue;
        }
        process->lookup_count++;
        lookup->entry_type = process_entry_type(lookup->spec, reader->arena);
        feel_scope_add(reader->scope, lookup->id,
                       feel_type_list(reader->arena, lookup->entry_type));
    }
}

void read_lookup_conditions(ProcessReader *reader, const Node *yaml)
{
    for (size_t i = 0; i < reader->process->lookup_count; i++) {
        Lookup *lookup = &reader->process->lookups[i];
        const Node *node = node_get_str(node_get(yaml, "lookups"), lookup->id);
        const Node *where = read_map(reader, node, "where");

        if (!where || where->count == 0)
            problem_add(reader->problems, false, node,
                        "lookup %.*s needs `where`, so that it does not read the whole register",
                        STR_ARG(lookup->id));
        else
            lookup->where_count =
                read_where(reader, where, lookup->spec, reader->scope, &lookup->where);
    }
}

void read_labels(ProcessReader *reader, const Node *yaml)
{
    const Node *labels = read_map(reader, yaml, "labels");

    for (size_t i = 0; labels && i < labels->count; i++)
        if (labels->items[i]->kind != NODE_STRING)
            problem_add(reader->problems, false, labels->items[i],
                        "the label of \"%.*s\" must be a text; an empty one hides the value",
                        STR_ARG(labels->keys[i]));
    Node *all = node_clone(reader->arena, reader->package->labels);

    for (size_t i = 0; labels && i < labels->count; i++) /* its own before the package's */
        node_set(reader->arena, all, labels->keys[i], (Node *)labels->items[i]);
    reader->process->labels = all;
}

void read_values(ProcessReader *reader, const Node *yaml)
{
    const Node *values = read_map(reader, yaml, "values");
    Process *process = reader->process;

    if (!values)
        return;
    process->values = arena_array(reader->arena, ProcessValue, values->count);
    for (size_t i = 0; i < values->count; i++) {
        const FeelProgram *program =
            read_feel_node(reader, values->items[i], reader->scope, FEEL_ANY);

        feel_scope_add(reader->scope, values->keys[i],
                       program ? feel_program_type(program) : feel_type(FEEL_ANY));
        if (program)
            process->values[process->value_count++] = (ProcessValue){values->keys[i], program};
    }
}

static void read_task_results(ProcessReader *reader, const Node *node, TaskSpec *task)
{
    const Node *results = read_map(reader, node, "results");

    if (!results)
        return;
    task->results = arena_array(reader->arena, TaskResult, results->count);
    for (size_t i = 0; i < results->count; i++)
        task->results[task->result_count++] = (TaskResult){results->keys[i], results->items[i]};
}

static void read_tasks(ProcessReader *reader, const Node *yaml)
{
    const Node *tasks = read_map(reader, yaml, "tasks");
    Process *process = reader->process;

    if (!tasks)
        return;
    process->tasks = arena_array(reader->arena, TaskSpec, tasks->count);
    for (size_t i = 0; i < tasks->count; i++) {
        const Node *node = tasks->items[i];
        TaskSpec *task = &process->tasks[process->task_count++];
        Str on = node_get_text(node, "on");

        read_keys(reader, node, "task", "office label on when protected results");
        task->id = tasks->keys[i];
        task->office = node_get_text(node, "office");
        task->label = node_get(node, "label");
        task->protected_ = node_get_bool(node, "protected", false);
        task->on = on.ptr ? process_state(process, on) : NULL;
        task->when = read_feel(reader, node, "when", reader->scope, FEEL_BOOLEAN, false);
        read_task_results(reader, node, task);
        if (on.ptr && !task->on)
            problem_add(reader->problems, false, node_get(node, "on"),
                        "\"%.*s\" is not a state of this process", STR_ARG(on));
        if (!task->label)
            problem_add(reader->problems, false, node, "task %.*s has no label", STR_ARG(task->id));
        if (!package_has_office(reader->package, task->office))
            problem_add(reader->problems, false, node,
                        "task %.*s: `office` must be one of the offices of service.yaml",
                        STR_ARG(task->id));
    }
}

/* --- The whole ------------------------------------------------------------------------------ */

static const FeelType *context_type(Arena *arena, size_t count, const FeelField *fields)
{
    FeelType *type = feel_type_context(arena);

    for (size_t i = 0; i < count; i++)
        feel_type_add_field(arena, type, fields[i].name, fields[i].type);
    return type;
}

/* The names that every process has besides its data. */
static void add_built_in_names(ProcessReader *reader)
{
    const FeelType *text = feel_type(FEEL_STRING);
    const FeelType *case_type =
        context_type(reader->arena, 7,
                     (FeelField[]){{STR("number"), text},
                                   {STR("submitted"), feel_type(FEEL_DATE)},
                                   {STR("procedure"), text},
                                   {STR("applicant"), text},
                                   {STR("channel"), text},
                                   {STR("state"), text},
                                   {STR("deadline"), feel_type(FEEL_DATE)}});
    const FeelType *task_type = context_type(
        reader->arena, 3,
        (FeelField[]){{STR("id"), text}, {STR("office"), text}, {STR("result"), text}});
    const FeelType *finding_type =
        context_type(reader->arena, 2, (FeelField[]){{STR("id"), text}, {STR("field"), text}});

    feel_scope_add(reader->scope, STR("case"), case_type);
    feel_scope_add(reader->scope, STR("vars"), reader->vars);
    feel_scope_add(reader->scope, STR("open_tasks"), feel_type_list(reader->arena, task_type));
    feel_scope_add(reader->scope, STR("done_tasks"), feel_type_list(reader->arena, task_type));
    feel_scope_add(reader->scope, STR("open_findings"),
                   feel_type_list(reader->arena, finding_type));
}

/* The names of all `set` effects, so that expressions may read `vars.name`. */
static void collect_vars(ProcessReader *reader, const Node *yaml)
{
    const Node *actions = node_get(yaml, "actions");

    for (size_t i = 0; actions && actions->kind == NODE_MAP && i < actions->count; i++) {
        const Node *effects = node_get(actions->items[i], "effects");

        for (size_t k = 0; effects && effects->kind == NODE_LIST && k < effects->count; k++) {
            const Node *set = node_get(effects->items[k], "set");

            Str numbers = node_get_text(node_get(effects->items[k], "number"), "set");

            if (!str_empty(numbers))
                feel_type_add_field(reader->arena, reader->vars, numbers, feel_type(FEEL_ANY));
            for (size_t n = 0; set && set->kind == NODE_MAP && n < set->count; n++)
                if (!str_is(set->keys[n], "when"))
                    feel_type_add_field(reader->arena, reader->vars, set->keys[n],
                                        feel_type(FEEL_ANY));
        }
    }
}

static const LetterTemplate *read_mail(ProcessReader *reader, const char *id)
{
    Str path = str_printf(reader->arena, "letters/%s.md", id);
    FeelScope *scope = feel_scope(reader->arena, reader->scope);

    feel_scope_add(scope, STR("requests"), feel_type_list(reader->arena, feel_type(FEEL_STRING)));
    for (size_t i = 0; i < reader->package->file_count; i++)
        if (str_eq(reader->package->files[i].path, path))
            return letter_load(reader->package, str_c(id), NULL, scope, reader->arena,
                               reader->problems);
    return NULL;
}

static size_t error_count(const Problems *problems)
{
    size_t errors = 0;

    for (size_t i = 0; i < problems->count; i++)
        errors += !problems->items[i].warning;
    return errors;
}

/* A block says in `processes` where it belongs when its names are not known everywhere. */
static bool block_belongs(const ProcessReader *reader, const Node *head)
{
    const Node *processes = node_get(head, "processes");
    bool found = !processes;

    for (size_t i = 0; processes && i < processes->count; i++)
        found = found || str_eq(node_text(processes->items[i]), reader->process->id);
    return found;
}

static void read_text_blocks(ProcessReader *reader)
{
    const Package *package = reader->package;
    Process *process = reader->process;

    process->text_blocks = arena_array(reader->arena, TextBlock, package->file_count);
    for (size_t i = 0; i < package->file_count; i++) {
        const PackageFile *file = &package->files[i];
        const Node *body, *head;

        if (!str_starts_with(file->path, "phrases/"))
            continue;
        head = letter_file_read(file, reader->arena, reader->problems, &body);
        if (!head || !block_belongs(reader, head))
            continue;
        read_keys(reader, head, "phrase", "title processes");
        if (!node_get(head, "title"))
            problem_add(reader->problems, false, head, "the phrase has no title");
        Str id = str_slice(file->path, 8, file->path.len - 3);

        process->text_blocks[process->text_block_count++] = (TextBlock){
            .id = id,
            .title = node_get(head, "title"),
            .text = text_template(body, reader->scope, reader->arena, reader->problems)};
    }
}

const Process *process_load(const Package *package, const Node *yaml, const Form *form,
                            Arena *arena, Problems *problems)
{
    size_t errors_before = error_count(problems);
    Process *process = arena_new(arena, Process);
    ProcessReader reader = {.package = package,
                            .process = process,
                            .scope = feel_scope(arena, NULL),
                            .vars = feel_type_context(arena),
                            .vars_typed = feel_type_context(arena),
                            .yaml = yaml,
                            .arena = arena,
                            .problems = problems};

    read_keys(&reader, yaml, "process",
              "id deadline states lookups values labels tasks findings actions");
    if (!yaml || yaml->kind != NODE_MAP)
        return NULL;
    process->id = node_get_text(yaml, "id");
    process->form = form;
    package_scope(package, reader.scope);
    if (form && form->type)
        feel_scope_add_fields(reader.scope, form->type);
    collect_vars(&reader, yaml);
    add_built_in_names(&reader);
    read_states(&reader, yaml);
    read_deadline(&reader, yaml);
    if (form) { /* without it every name would be unknown */
        read_lookups(&reader, yaml);
        read_values(&reader, yaml);
        read_lookup_conditions(&reader, yaml);
        read_labels(&reader, yaml);
        process_order_steps(&reader);
        read_tasks(&reader, yaml);
        read_findings(&reader, yaml);
        read_actions(&reader, yaml);
        process->receipt_mail = read_mail(&reader, "eingangsbestaetigung");
        process->request_mail = read_mail(&reader, "nachforderung");
        read_text_blocks(&reader);
        process_mark_review(&reader);
    }
    process->vars_type = reader.vars_typed;
    return form && error_count(problems) == errors_before ? process : NULL;
}
