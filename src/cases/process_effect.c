/* SPDX-License-Identifier: EUPL-1.2 */
/* The effects of actions, each by its kind; those on the process itself are read here. */
#include "cases/process_effect.h"

static void read_task(EffectReader *reader)
{
    const Node *name = node_get(reader->node, "task");

    reader->effect->op = EFFECT_TASK;
    read_keys(reader->base, reader->node, "task", "task each when");
    reader->effect->task = process_task(reader->base->process, node_text(name));
    if (!reader->effect->task)
        problem_add(reader->base->problems, false, name ? name : reader->node,
                    "`task` must name a task of this process");
}

/* The variable gets its type now, so that the effects below and their letters know it. */
static void type_variable(ProcessReader *base, Str name, const FeelType *type)
{
    feel_type_add_field(base->arena, base->vars_typed, name, type);
    for (size_t i = 0; i < base->vars->field_count; i++)
        if (str_eq(base->vars->fields[i].name, name) &&
            base->vars->fields[i].type->kind == FEEL_ANY)
            base->vars->fields[i].type = type;
}

static void read_set(EffectReader *reader)
{
    ProcessReader *base = reader->base;
    ActionEffect *effect = reader->effect;
    const Node *map = reader->node;

    effect->op = EFFECT_SET;
    effect->entry = arena_array(base->arena, Assignment, map->count);
    for (size_t i = 0; i < map->count; i++) {
        if (str_is(map->keys[i], "when"))
            continue;
        const FeelProgram *program = read_feel_node(base, map->items[i], reader->scope, FEEL_ANY);

        if (!program)
            continue;
        effect->entry[effect->entry_count++] = (Assignment){map->keys[i], program};
        type_variable(base, map->keys[i], feel_program_type(program));
    }
}

/* `free_in: hund.marke` */
static void read_free_in(EffectReader *reader, NumberSpec *spec)
{
    const Node *node = node_get(reader->node, "free_in");
    Str field = node_text(node);
    Str name = str_cut(&field, '.');

    spec->spec = package_register(reader->base->package, name);
    spec->field = field;
    if (!spec->spec || !field.ptr || !register_has_field(spec->spec, field))
        problem_add(reader->base->problems, false, node ? node : reader->node,
                    "`free_in` must name a register and its field: hund.marke");
}

static void read_number(EffectReader *reader)
{
    ProcessReader *base = reader->base;
    const Node *node = reader->node;
    const FeelScope *scope = reader->scope;
    FeelScope *inside = feel_scope(base->arena, scope);
    NumberSpec *spec = arena_new(base->arena, NumberSpec);

    reader->effect->op = EFFECT_NUMBER;
    reader->effect->number = spec;
    read_keys(base, node, "number", "set series count begin given text free_in each when");
    spec->variable = node_get_text(node, "set");
    spec->series = node_get_text(node, "series");
    spec->count = read_feel(base, node, "count", scope, FEEL_NUMBER, true);
    spec->begin = read_feel(base, node, "begin", scope, FEEL_NUMBER, false);
    spec->given = read_feel(base, node, "given", scope, FEEL_NUMBER, false);
    feel_scope_add(inside, STR("number"), feel_type(FEEL_NUMBER));
    spec->text = read_feel(base, node, "text", inside, FEEL_STRING, true);
    read_free_in(reader, spec);
    if (str_empty(spec->variable) || str_empty(spec->series))
        problem_add(base->problems, false, node,
                    "`set` must name a variable for the numbers, `series` what is counted");
    else
        type_variable(base, spec->variable, feel_type_list(base->arena, feel_type(FEEL_STRING)));
}

/* `each` and `when` stand beside the effect's other properties. */
static void read_repetition(EffectReader *reader)
{
    ProcessReader *base = reader->base;
    ActionEffect *effect = reader->effect;
    const Node *each = node_get(reader->node, "each");

    if (each) {
        effect->items = read_feel_node(base, each, reader->scope, FEEL_LIST);
        effect->item_type = feel_type(FEEL_ANY);
        if (effect->items) {
            const FeelType *list = feel_program_type(effect->items);

            if (list->kind == FEEL_LIST && list->item)
                effect->item_type = list->item;
        }
        reader->scope = text_item_scope(base->arena, reader->scope, effect->item_type);
    }
    effect->when = read_feel(base, reader->node, "when", reader->scope, FEEL_BOOLEAN, false);
}

static const struct {
    const char *kind;
    void (*read)(EffectReader *reader);
} KINDS[] = {
    {"register", effect_read_register},
    {"assess", effect_read_assess},
    {"letter", effect_read_letter},
    {"mail", effect_read_mail},
    {"task", read_task},
    {"set", read_set},
    {"deadline", effect_read_deadline},
    {"mandate", effect_read_mandate},
    {"number", read_number},
    {"reminder", effect_read_reminder},
    {"later", effect_read_later},
    {"order", effect_read_order},
};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

/* "register, assess, …" */
static const char *all_kinds(Arena *arena)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < KIND_COUNT; i++)
        buf_addf(&out, "%s%s", i ? ", " : "", KINDS[i].kind);
    return str_cstr(arena, buf_str(&out));
}

static void read_effect(ProcessReader *base, const Node *node, const FeelScope *scope,
                        ActionEffect *effect)
{
    if (!node || node->kind != NODE_MAP || node->count != 1 || node->items[0]->kind != NODE_MAP) {
        problem_add(base->problems, false, node,
                    "an effect is written as `- kind: {…}`, with one of %s",
                    all_kinds(base->arena));
        return;
    }
    EffectReader reader = {base, scope, node->items[0], effect};

    effect->line = node->line;
    read_repetition(&reader);
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (str_is(node->keys[0], KINDS[i].kind)) {
            KINDS[i].read(&reader);
            return;
        }
    problem_add(base->problems, false, node, "\"%.*s\" is no effect; there are %s",
                STR_ARG(node->keys[0]), all_kinds(base->arena));
}

void read_effects(ProcessReader *reader, const Node *list, const FeelScope *scope, Action *action)
{
    if (!list || node_is_null(list))
        return;
    if (list->kind != NODE_LIST) {
        problem_add(reader->problems, false, list, "effects: a list is needed here");
        return;
    }
    action->effects = arena_array(reader->arena, ActionEffect, list->count);
    for (size_t i = 0; i < list->count; i++)
        read_effect(reader, list->items[i], scope, &action->effects[action->effect_count++]);
}
