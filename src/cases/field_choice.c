/* SPDX-License-Identifier: EUPL-1.2 */
/* Choices from options or a code list, yes/no, consent. */
#include "cases/field.h"
#include "core/page/out.h"

static const Option *find_option(const FormField *field, Str value)
{
    for (size_t i = 0; i < field->option_count; i++)
        if (str_eq(field->options[i].value, value))
            return &field->options[i];
    return NULL;
}

static bool refuse(const FieldTask *task)
{
    return field_refuse(task, "option",
                        trf(task->arena, task->lang,
                            "Bitte wählen Sie bei „%s“ eine der Möglichkeiten aus der Liste.",
                            field_label(task)));
}

static bool normalise_one(const FieldTask *task, const Node *raw, Node **out)
{
    if (raw->kind == NODE_STRING && str_trim(raw->text).len == 0)
        return true;
    const Option *option = raw->kind == NODE_STRING ? find_option(task->field, raw->text) : NULL;
    if (!option)
        return refuse(task);
    *out = node_string(task->arena, option->value);
    return true;
}

static bool has(const Node *list, Str value)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i]->text, value))
            return true;
    return false;
}

static bool normalise_many(const FieldTask *task, const Node *raw, Node **out)
{
    *out = node_list(task->arena);
    if (node_is_null(raw))
        return true;
    if (raw->kind != NODE_LIST || raw->count > task->field->option_count)
        return refuse(task);
    for (size_t i = 0; i < raw->count; i++) {
        Node *one = NULL;
        if (!normalise_one(task, raw->items[i], &one))
            return false;
        if (one && !has(*out, one->text))
            node_append(task->arena, *out, one);
    }
    return true;
}

bool field_normalise_choice(const FieldTask *task, const Node *raw, Node **out)
{
    switch (task->field->type) {
    case FIELD_CHOICES: return normalise_many(task, raw, out);
    case FIELD_CHOICE: return node_is_null(raw) || normalise_one(task, raw, out);
    default: break;
    }
    if (node_is_null(raw) || (raw->kind == NODE_STRING && raw->text.len == 0))
        return true;
    if (raw->kind != NODE_BOOL)
        return field_refuse(task, "type",
                            trf(task->arena, task->lang,
                                "Bitte antworten Sie bei „%s“ mit Ja oder Nein.",
                                field_label(task)));
    /* A consent that was not given is no value. */
    if (task->field->type == FIELD_YES_NO || raw->boolean)
        *out = node_bool(task->arena, raw->boolean);
    return true;
}
