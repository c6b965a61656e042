/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/process_read.h"

static const State *read_state_name(ProcessReader *reader, const Node *name)
{
    const State *state = process_state(reader->process, node_text(name));

    if (!state)
        problem_add(reader->problems, false, name, "\"%.*s\" is not a state of this process",
                    STR_ARG(node_text(name)));
    return state;
}

static void read_from(ProcessReader *reader, const Node *node, Action *action)
{
    const Node *from = node_get(node, "from");

    if (!from || from->kind != NODE_LIST || from->count == 0) {
        problem_add(reader->problems, false, from ? from : node,
                    "action %.*s: `from` must list the states in which it can be done",
                    STR_ARG(action->id));
        return;
    }
    action->from = arena_array(reader->arena, const State *, from->count);
    for (size_t i = 0; i < from->count; i++) {
        const State *state = read_state_name(reader, from->items[i]);

        if (state)
            action->from[action->from_count++] = state;
    }
}

static void read_done(ProcessReader *reader, const Node *node, Action *action)
{
    const Node *done = node_get(node, "done");

    if (!done)
        return;
    action->done = arena_array(reader->arena, const TaskSpec *, done->count);
    for (size_t i = 0; done->kind == NODE_LIST && i < done->count; i++) {
        const TaskSpec *task = process_task(reader->process, node_text(done->items[i]));

        if (task)
            action->done[action->done_count++] = task;
        else
            problem_add(reader->problems, false, done->items[i],
                        "\"%.*s\" is not a task of this process",
                        STR_ARG(node_text(done->items[i])));
    }
}

/* `four_eyes: true`, or an expression that says when. */
static void read_four_eyes(ProcessReader *reader, const Node *node, const FeelScope *scope,
                           Action *action)
{
    const Node *value = node_get(node, "four_eyes");

    if (value && value->kind == NODE_BOOL)
        action->four_eyes_always = value->boolean;
    else
        action->four_eyes = read_feel(reader, node, "four_eyes", scope, FEEL_BOOLEAN, false);
}

static void read_action(ProcessReader *reader, const Node *node, Action *action)
{
    FeelScope *scope = feel_scope(reader->arena, reader->scope);
    const Node *fields = node_get(node, "fields");

    read_keys(reader, node, "action",
              "label from to office when guard guard_message done confirm fields effects "
              "four_eyes");
    action->label = node_get(node, "label");
    action->confirm = node_get(node, "confirm");
    action->office = node_get_text(node, "office");
    if (!action->label)
        problem_add(reader->problems, false, node, "action %.*s has no label", STR_ARG(action->id));
    if (!package_has_office(reader->package, action->office))
        problem_add(reader->problems, false, node,
                    "action %.*s: `office` must be one of the offices of service.yaml",
                    STR_ARG(action->id));
    read_from(reader, node, action);
    if (node_get(node, "to"))
        action->to = read_state_name(reader, node_get(node, "to"));
    action->when = read_feel(reader, node, "when", reader->scope, FEEL_BOOLEAN, false);
    action->guard = read_feel(reader, node, "guard", reader->scope, FEEL_BOOLEAN, false);
    if (node_get(node, "guard_message"))
        action->guard_message = text_template(node_get(node, "guard_message"), reader->scope,
                                              reader->arena, reader->problems);
    else if (action->guard)
        problem_add(reader->problems, false, node_get(node, "guard"),
                    "action %.*s has a guard but no guard_message that says why not",
                    STR_ARG(action->id));
    read_done(reader, node, action);
    if (fields && fields->kind == NODE_LIST && fields->count > 0) {
        action->entry = package_form_of_fields(reader->package, action->id, fields, reader->scope,
                                               reader->arena, reader->problems);
        if (!action->entry)
            return;
        feel_scope_add(scope, STR("entry"), action->entry->type);
    }
    read_four_eyes(reader, node, scope, action);
    read_effects(reader, node_get(node, "effects"), scope, action);
}

/* Nobody enters anything and nobody approves when an action is done by itself. */
static void check_later(ProcessReader *reader, const Node *node, const Action *action)
{
    for (size_t i = 0; i < action->effect_count; i++) {
        const ActionEffect *effect = &action->effects[i];

        if (effect->op != EFFECT_LATER)
            continue;
        const Action *then = process_action(reader->process, effect->later);

        if (!then || then->entry || then->four_eyes || then->four_eyes_always)
            problem_add(reader->problems, false, node_get(node, "effects"),
                        "action %.*s: `later` must name an action of this process without `fields` "
                        "and `four_eyes`",
                        STR_ARG(action->id));
    }
}

void read_actions(ProcessReader *reader, const Node *yaml)
{
    const Node *actions = read_map(reader, yaml, "actions");
    Process *process = reader->process;

    if (!actions)
        return;
    process->actions = arena_array(reader->arena, Action, actions->count);
    for (size_t i = 0; i < actions->count; i++) {
        Action *action = &process->actions[process->action_count++];

        action->id = actions->keys[i];
        read_action(reader, actions->items[i], action);
    }
    for (size_t i = 0; i < process->action_count; i++)
        check_later(reader, actions->items[i], &process->actions[i]);
    for (size_t i = 0; i < process->state_count; i++) {
        const State *state = &process->states[i];
        bool left = state->final || state->waits_for_applicant;

        for (size_t k = 0; k < process->action_count; k++)
            for (size_t n = 0; n < process->actions[k].from_count; n++)
                left = left || (process->actions[k].from[n] == state && process->actions[k].to);
        if (!left)
            problem_add(reader->problems, false, node_get_str(node_get(yaml, "states"), state->id),
                        "no action leaves state %.*s: give it one, or write `final: true`",
                        STR_ARG(state->id));
    }
}
