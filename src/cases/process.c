/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/process.h"

const State *process_state(const Process *process, Str id)
{
    for (size_t i = 0; i < process->state_count; i++)
        if (str_eq(process->states[i].id, id))
            return &process->states[i];
    return NULL;
}

const TaskSpec *process_task(const Process *process, Str id)
{
    for (size_t i = 0; i < process->task_count; i++)
        if (str_eq(process->tasks[i].id, id))
            return &process->tasks[i];
    return NULL;
}

const Action *process_action(const Process *process, Str id)
{
    for (size_t i = 0; i < process->action_count; i++)
        if (str_eq(process->actions[i].id, id))
            return &process->actions[i];
    return NULL;
}

const State *process_waiting_state(const Process *process)
{
    for (size_t i = 0; i < process->state_count; i++)
        if (process->states[i].waits_for_applicant)
            return &process->states[i];
    return NULL;
}

const FeelType *process_entry_type(const RegisterSpec *spec, Arena *arena)
{
    FeelType *type = feel_type_context(arena);

    if (spec->type)
        for (size_t i = 0; i < spec->type->field_count; i++)
            feel_type_add_field(arena, type, spec->type->fields[i].name,
                                spec->type->fields[i].type);
    feel_type_add_field(arena, type, STR("id"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("from"), feel_type(FEEL_DATE));
    feel_type_add_field(arena, type, STR("until"), feel_type(FEEL_DATE));
    feel_type_add_field(arena, type, STR("reason"), feel_type(FEEL_STRING));
    return type;
}

const FeelType *process_lookup_types(const Package *package, const Node *yaml, Arena *arena)
{
    FeelType *type = feel_type_context(arena);
    const Node *lookups = node_get(yaml, "lookups");

    if (!lookups || lookups->kind != NODE_MAP)
        return type;
    for (size_t i = 0; i < lookups->count; i++) {
        const RegisterSpec *spec =
            package_register(package, node_get_text(lookups->items[i], "register"));

        if (spec)
            feel_type_add_field(arena, type, lookups->keys[i],
                                feel_type_list(arena, process_entry_type(spec, arena)));
    }
    return type;
}
