/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/form_state.h"

#include <assert.h>

Str instance_path(const Instance *instance, Str id, Arena *arena)
{
    if (!instance->group)
        return str_copy(arena, id);
    Str group = instance_path(instance->outer, instance->group->id, arena);
    if (instance->group->repeats)
        return str_printf(arena, "%.*s[%zu].%.*s", STR_ARG(group), instance->position, STR_ARG(id));
    return str_printf(arena, "%.*s.%.*s", STR_ARG(group), STR_ARG(id));
}

const FeelValue *evaluation_run(Evaluation *e, const Instance *instance, const FeelProgram *program)
{
    const FeelValue *value =
        feel_eval(program, feel_frame_names(instance->frame), e->input->env, e->arena, e->err);

    if (!value)
        err_context(e->err, "form %.*s", STR_ARG(e->form->id));
    return value;
}

bool form_evaluate(const FormInput *input, Arena *arena, FormState *out, Err *err)
{
    struct VisibilityMap *map = arena_new(arena, struct VisibilityMap);
    Evaluation e = {
        .input = input, .form = input->form, .arena = arena, .state = out, .map = map, .err = err};

    assert(input->package && input->form && input->env);
    *out = (FormState){.form = input->form, .visibility = map};
    if (!input->data || input->data->kind != NODE_MAP)
        return err_set(err, ERR_INPUT, "Die Angaben eines Antrags sind kein JSON-Objekt.");
    return form_decide(&e) && form_validate(&e);
}

/* The cell of a path, or NULL. */
static const Cell *find_cell(const FormState *state, Str path)
{
    const Instance *instance = state->visibility->root;

    for (;;) {
        Str step = str_cut(&path, '.');
        int64_t index = 0;
        ptrdiff_t bracket = str_find_char(step, '[');
        Str id = bracket < 0 ? step : str_slice(step, 0, (size_t)bracket);
        const Cell *cell = NULL;

        if (bracket >= 0 && !str_to_i64(str_slice(step, (size_t)bracket + 1, step.len - 1), &index))
            return NULL;
        for (size_t i = 0; i < instance->field_count && !cell; i++)
            if (str_eq(instance->fields[i]->id, id))
                cell = &instance->cells[i];
        if (!cell || !path.ptr)
            return cell;
        if (index < 0 || (size_t)index >= cell->item_count)
            return NULL;
        instance = cell->items[index];
    }
}

bool form_visible(const FormState *state, Str path)
{
    const Cell *cell = find_cell(state, path);

    return cell && cell->visible;
}

bool form_required(const FormState *state, Str path)
{
    const Cell *cell = find_cell(state, path);

    return cell && cell->visible && cell->required;
}

bool form_page_visible(const FormState *state, const FormPage *page)
{
    for (size_t i = 0; i < page->field_count; i++)
        if (state->visibility->root->cells[page->fields[i]->slot].visible)
            return true;
    return false;
}

const FormError *form_error(const FormState *state, Str path)
{
    for (size_t i = 0; i < state->error_count; i++)
        if (str_eq(state->errors[i].path, path))
            return &state->errors[i];
    return NULL;
}
