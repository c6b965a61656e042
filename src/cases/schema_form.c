/* SPDX-License-Identifier: EUPL-1.2 */
/* The JSON Schema of a form. It says what a schema can say; conditions, computed values and rules
 * are checked by form_evaluate() alone. */
#include "cases/field.h"
#include "core/page/out.h"

typedef struct Schema {
    Arena *arena;
    Str lang;
} Schema;

static void set_text(const Schema *s, Node *map, const char *key, const char *value)
{
    node_set(s->arena, map, str_c(key), node_string(s->arena, str_c(value)));
}

static void set_int(const Schema *s, Node *map, const char *key, int64_t value)
{
    node_set(s->arena, map, str_c(key), node_int(s->arena, value));
}

static Node *typed(const Schema *s, const char *type)
{
    Node *schema = node_map(s->arena);

    set_text(s, schema, "type", type);
    return schema;
}

static Node *pattern(const Schema *s, const char *regex)
{
    Node *schema = typed(s, "string");

    set_text(s, schema, "pattern", regex);
    return schema;
}

static Node *format(const Schema *s, const char *name)
{
    Node *schema = typed(s, "string");

    set_text(s, schema, "format", name);
    return schema;
}

static Node *text_schema(const Schema *s, const FormField *field)
{
    Node *schema = typed(s, "string");

    if (field->min_length)
        set_int(s, schema, "minLength", field->min_length);
    if (field->max_length)
        set_int(s, schema, "maxLength", field->max_length);
    if (field->pattern.ptr)
        set_text(s, schema, "pattern",
                 arena_printf(s->arena, "^(?:%.*s)$", STR_ARG(field->pattern)));
    return schema;
}

static void set_bound(const Schema *s, Node *schema, const FormField *field, const char *key,
                      const char *name)
{
    const Node *bound = node_get(field->source, key);

    if (bound && bound->kind == NODE_NUMBER)
        node_set(s->arena, schema, str_c(name), node_number(s->arena, bound->text));
}

static Node *number_schema(const Schema *s, const FormField *field)
{
    Node *schema = typed(s, field->type == FIELD_INTEGER ? "integer" : "number");

    if (field->type == FIELD_MONEY)
        node_set(s->arena, schema, STR("multipleOf"), node_number(s->arena, STR("0.01")));
    set_bound(s, schema, field, "min", "minimum");
    set_bound(s, schema, field, "max", "maximum");
    return schema;
}

static Node *option_schema(const Schema *s, const FormField *field)
{
    Node *schema = typed(s, "string");
    Node *values = node_list(s->arena);

    for (size_t i = 0; i < field->option_count; i++)
        node_append(s->arena, values, node_string(s->arena, field->options[i].value));
    node_set(s->arena, schema, STR("enum"), values);
    return schema;
}

static Node *array_schema(const Schema *s, Node *items, int64_t least, int64_t most)
{
    Node *schema = typed(s, "array");

    node_set(s->arena, schema, STR("items"), items);
    if (least)
        set_int(s, schema, "minItems", least);
    if (most)
        set_int(s, schema, "maxItems", most);
    return schema;
}

static Node *upload_schema(const Schema *s, const FormField *field)
{
    Node *file = typed(s, "object");
    Node *properties = node_map(s->arena);
    Node *type = typed(s, "string"), *types = node_list(s->arena);
    Node *content = typed(s, "string");
    Node *required = node_list(s->arena);
    static const char *const names[] = {"name", "type", "content"};

    for (const char **accept = field->accept; accept && *accept; accept++)
        node_append(s->arena, types, node_string(s->arena, str_c(*accept)));
    node_set(s->arena, type, STR("enum"), types);
    set_text(s, content, "contentEncoding", "base64");
    set_int(s, content, "maxLength", (field->max_size + 2) / 3 * 4);
    node_set(s->arena, properties, STR("name"), typed(s, "string"));
    node_set(s->arena, properties, STR("type"), type);
    node_set(s->arena, properties, STR("content"), content);
    for (size_t i = 0; i < 3; i++)
        node_append(s->arena, required, node_string(s->arena, str_c(names[i])));
    node_set(s->arena, file, STR("properties"), properties);
    node_set(s->arena, file, STR("required"), required);
    return array_schema(s, file, 0, field->max_files);
}

static Node *fields_schema(const Schema *s, FormField *const *fields, size_t count);

static Node *consent_schema(const Schema *s, const FormField *field)
{
    Node *schema = typed(s, "boolean");

    if (field->required_always)
        node_set(s->arena, schema, STR("const"), node_bool(s->arena, true));
    return schema;
}

static Node *type_schema(const Schema *s, const FormField *field)
{
    Node *schema;

    switch (field->type) {
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_MONEY: return number_schema(s, field);
    case FIELD_DATE: return format(s, "date");
    case FIELD_PARTIAL_DATE: return pattern(s, "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$");
    case FIELD_TIME: return pattern(s, "^([01][0-9]|2[0-3]):[0-5][0-9]$");
    case FIELD_EMAIL: return format(s, "email");
    case FIELD_IBAN: return pattern(s, "^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$");
    case FIELD_TAX_ID: return pattern(s, "^[1-9][0-9]{10}$");
    case FIELD_CHOICE: return option_schema(s, field);
    case FIELD_CHOICES:
        schema = array_schema(s, option_schema(s, field), 0, 0);
        node_set(s->arena, schema, STR("uniqueItems"), node_bool(s->arena, true));
        return schema;
    case FIELD_YES_NO: return typed(s, "boolean");
    case FIELD_CONSENT: return consent_schema(s, field);
    case FIELD_UPLOAD: return upload_schema(s, field);
    case FIELD_GROUP:
        schema = fields_schema(s, field->fields, field->field_count);
        return field->repeats ? array_schema(s, schema, field->repeat_min, field->repeat_max)
                              : schema;
    default: return text_schema(s, field);
    }
}

/* A field that everybody must send: a condition could hide it otherwise. */
static bool always_required(const FormField *field)
{
    if (field->visible || field->compute || (field->page && field->page->visible))
        return false;
    if (field->type == FIELD_GROUP)
        return field->repeats && field->repeat_min > 0;
    return field->required_always && !field->default_value;
}

static Node *fields_schema(const Schema *s, FormField *const *fields, size_t count)
{
    Node *schema = typed(s, "object");
    Node *properties = node_map(s->arena), *required = node_list(s->arena);

    for (size_t i = 0; i < count; i++) {
        const FormField *field = fields[i];
        if (!field_has_value(field))
            continue;
        Node *one = type_schema(s, field);
        node_set(s->arena, one, STR("title"),
                 node_string(s->arena, text_in(field->label, s->lang)));
        if (field->hint)
            node_set(s->arena, one, STR("description"),
                     node_string(s->arena, text_in(field->hint, s->lang)));
        if (field->compute)
            node_set(s->arena, one, STR("readOnly"), node_bool(s->arena, true));
        node_set(s->arena, properties, field->id, one);
        if (always_required(field))
            node_append(s->arena, required, node_string(s->arena, field->id));
    }
    node_set(s->arena, schema, STR("properties"), properties);
    if (required->count)
        node_set(s->arena, schema, STR("required"), required);
    node_set(s->arena, schema, STR("additionalProperties"), node_bool(s->arena, false));
    return schema;
}

Node *form_json_schema(const Package *package, const Form *form, Str lang, Arena *arena)
{
    Schema s = {arena, lang};
    Node *schema = fields_schema(&s, form->fields, form->field_count);

    (void)package;
    set_text(&s, schema, "$schema", "https://json-schema.org/draft/2020-12/schema");
    return schema;
}
