/* SPDX-License-Identifier: EUPL-1.2 */
/* Decide in the form's order which fields are seen and what their values are. A hidden field, and
 * everything in a hidden group or page, is null for every expression. */
#include "cases/form_state.h"

#include <assert.h>
#include <stdio.h>

/* --- Values as expressions see them ---------------------------------------------------------- */

/* FEEL wants seconds in a time. */
static const FeelValue *to_feel(Evaluation *e, const FormField *field, const Node *value)
{
    if (field->type == FIELD_TIME) {
        Node full = *value;
        full.text = str_printf(e->arena, "%.*s:00", STR_ARG(value->text));
        return feel_from_node(e->arena, &full, field->feel_type);
    }
    return feel_from_node(e->arena, value, field->feel_type);
}

static bool normalise(Evaluation *e, const FormField *field, const Node *raw, Cell *cell)
{
    FieldTask task = {field, e->input->lang, e->arena, &cell->fault};

    if (field_normalise(&task, raw, &cell->value))
        return true;
    cell->value = field_is_list(field) ? node_list(e->arena) : NULL;
    return false;
}

/* A computed number is rounded half away from zero to the places its type has. */
static Node *round_number(Evaluation *e, const FormField *field, Node *node)
{
    size_t places = field->type == FIELD_MONEY     ? 2
                    : field->type == FIELD_DECIMAL ? (size_t)field->decimals
                                                   : 0;
    ptrdiff_t point = str_find_char(node->text, '.');

    if (node->kind != NODE_NUMBER || point < 0 || node->text.len - (size_t)point - 1 <= places)
        return node;
    /* Digits to keep, then carry. */
    Str kept = str_slice(node->text, 0, (size_t)point + 1 + places);
    char *digits = arena_copy(e->arena, kept.ptr, kept.len);
    bool up = node->text.ptr[kept.len] >= '5';
    size_t i = kept.len;
    while (up && i > 0) {
        i--;
        if (digits[i] < '0' || digits[i] > '9')
            continue;
        up = digits[i] == '9';
        digits[i] = up ? '0' : (char)(digits[i] + 1);
    }
    Str text = {digits, places ? kept.len : kept.len - 1};
    bool negative = str_starts_with(text, "-");
    if (up)
        text = str_printf(e->arena, "%s1%.*s", negative ? "-" : "",
                          STR_ARG(str_slice(text, negative, text.len)));
    return node_number(e->arena, text);
}

static bool decide_expression(Evaluation *e, const Instance *instance, const FormField *field,
                              const FeelProgram *program, Cell *cell)
{
    const FeelValue *value = evaluation_run(e, instance, program);

    if (!value)
        return false;
    normalise(e, field, round_number(e, field, feel_to_node(e->arena, value)), cell);
    return true;
}

static bool decide_value(Evaluation *e, const Instance *instance, const FormField *field,
                         Cell *cell)
{
    const Node *raw = node_get_str(instance->input, field->id);

    if (field->compute) {
        if (!decide_expression(e, instance, field, field->compute, cell))
            return false;
    } else if (!raw && field->default_value) {
        if (!decide_expression(e, instance, field, field->default_value, cell))
            return false;
    } else {
        normalise(e, field, raw, cell);
    }
    if (cell->value)
        feel_frame_set(instance->frame, field->name_slot, to_feel(e, field, cell->value));
    return true;
}

/* --- Groups ---------------------------------------------------------------------------------- */

static Instance *make_instance(Evaluation *e, const Instance *outer, const FormField *group,
                               const FeelFrame *frame, const Node *input)
{
    Instance *instance = arena_new(e->arena, Instance);
    const FeelType *type = !group           ? e->form->type
                           : group->repeats ? group->feel_type->item
                                            : group->feel_type;

    instance->group = group;
    instance->outer = outer;
    instance->fields = group ? group->fields : e->form->fields;
    instance->field_count = group ? group->field_count : e->form->field_count;
    instance->cells = arena_array(e->arena, Cell, instance->field_count);
    instance->frame = feel_frame(e->arena, type, frame);
    instance->input = input && input->kind == NODE_MAP ? input : NULL;
    return instance;
}

/* `position` and `item_count` stand between an item and what is around it. */
static FeelFrame *item_frame(Evaluation *e, const Instance *outer, size_t position, size_t count)
{
    FeelFrame *frame = feel_frame(e->arena, e->item_names, outer->frame);
    feel_frame_set(frame, 0, feel_number(e->arena, (int64_t)position + 1));
    feel_frame_set(frame, 1, feel_number(e->arena, (int64_t)count));
    return frame;
}

static void refuse_shape(Evaluation *e, const FormField *field, Cell *cell)
{
    FieldTask task = {field, e->input->lang, e->arena, &cell->fault};

    field_refuse_shape(&task);
}

static void decide_items(Evaluation *e, const Instance *instance, const FormField *field,
                         const Node *raw, Cell *cell)
{
    size_t count = raw && raw->kind == NODE_LIST ? raw->count : 0;
    FeelFrame **frames;

    if (raw && !node_is_null(raw) && raw->kind != NODE_LIST)
        refuse_shape(e, field, cell);
    cell->sent_count = count;
    if (count > (size_t)field->repeat_max)
        count = (size_t)field->repeat_max;
    cell->items = arena_array(e->arena, Instance *, count);
    frames = arena_array(e->arena, FeelFrame *, count);
    for (size_t i = 0; i < count; i++) {
        if (raw->items[i]->kind != NODE_MAP && raw->items[i]->kind != NODE_NULL)
            refuse_shape(e, field, cell);
        cell->items[i] =
            make_instance(e, instance, field, item_frame(e, instance, i, count), raw->items[i]);
        cell->items[i]->position = i;
        frames[i] = cell->items[i]->frame;
    }
    cell->item_count = count;
    feel_frame_set(instance->frame, field->name_slot, feel_frame_list(e->arena, frames, count));
}

static void decide_group(Evaluation *e, const Instance *instance, const FormField *field,
                         Cell *cell)
{
    const Node *raw = node_get_str(instance->input, field->id);

    if (field->repeats) {
        decide_items(e, instance, field, raw, cell);
        return;
    }
    if (!node_is_null(raw) && raw->kind != NODE_MAP)
        refuse_shape(e, field, cell);
    cell->items = arena_array(e->arena, Instance *, 1);
    cell->items[0] = make_instance(e, instance, field, instance->frame, raw);
    cell->item_count = 1;
    feel_frame_set(instance->frame, field->name_slot, feel_frame_value(cell->items[0]->frame));
}

/* --- Visibility ------------------------------------------------------------------------------ */

static bool page_seen(Evaluation *e, const FormPage *page, bool *seen)
{
    unsigned char *known = &e->map->pages[page - e->form->pages];

    *seen = true;
    if (*known == 0 && page->visible) {
        const FeelValue *value = evaluation_run(e, e->map->root, page->visible);
        if (!value)
            return false;
        *known = feel_is_true(value) ? 2 : 1;
    }
    *seen = *known != 1;
    return true;
}

static bool decide_field(Evaluation *e, Instance *instance, const FormField *field)
{
    Cell *cell = &instance->cells[field->slot];
    bool seen = true;

    if (field->page && !page_seen(e, field->page, &seen))
        return false;
    if (seen && field->visible) {
        const FeelValue *value = evaluation_run(e, instance, field->visible);
        if (!value)
            return false;
        seen = feel_is_true(value);
    }
    cell->visible = seen;
    if (!seen || !field_has_value(field))
        return true;
    if (field->type != FIELD_GROUP)
        return decide_value(e, instance, field, cell);
    decide_group(e, instance, field, cell);
    return true;
}

/* In every occurrence of its group below `instance`. */
static bool decide_everywhere(Evaluation *e, Instance *instance, const FormField *field)
{
    const FormField *step = field;

    if (field->parent == instance->group)
        return decide_field(e, instance, field);
    while (step->parent != instance->group) {
        step = step->parent;
        assert(step);
    }
    const Cell *cell = &instance->cells[step->slot];
    for (size_t i = 0; i < cell->item_count; i++)
        if (!decide_everywhere(e, cell->items[i], field))
            return false;
    return true;
}

bool form_decide(Evaluation *e)
{
    FeelFrame *constants = feel_frame_of(e->arena, e->input->package->constants, NULL);
    FeelFrame *around =
        e->input->extra ? feel_frame_of(e->arena, e->input->extra, constants) : constants;

    FeelType *item_names = feel_type_context(e->arena);
    feel_type_add_field(e->arena, item_names, STR("position"), feel_type(FEEL_NUMBER));
    feel_type_add_field(e->arena, item_names, STR("item_count"), feel_type(FEEL_NUMBER));
    e->item_names = item_names;
    e->map->root = make_instance(e, NULL, NULL, around, e->input->data);
    e->map->pages = arena_alloc(e->arena, e->form->page_count);
    for (size_t i = 0; i < e->form->order_count; i++)
        if (!decide_everywhere(e, e->map->root, e->form->order[i]))
            return false;
    return true;
}
