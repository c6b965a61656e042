/* SPDX-License-Identifier: EUPL-1.2 */
/* The types of fields: their names in packages, and how each looks to FEEL. */
#include "cases/field.h"
#include "cases/load.h"

static const char *const NAMES[] = {
    [FIELD_TEXT] = "text",
    [FIELD_LONGTEXT] = "longtext",
    [FIELD_INTEGER] = "integer",
    [FIELD_DECIMAL] = "decimal",
    [FIELD_MONEY] = "money",
    [FIELD_DATE] = "date",
    [FIELD_PARTIAL_DATE] = "partial_date",
    [FIELD_TIME] = "time",
    [FIELD_EMAIL] = "email",
    [FIELD_PHONE] = "phone",
    [FIELD_IBAN] = "iban",
    [FIELD_TAX_ID] = "tax_id",
    [FIELD_CHOICE] = "choice",
    [FIELD_CHOICES] = "choices",
    [FIELD_YES_NO] = "yes_no",
    [FIELD_CONSENT] = "consent",
    [FIELD_UPLOAD] = "upload",
    [FIELD_GROUP] = "group",
    [FIELD_HEADING] = "heading",
    [FIELD_NOTE] = "note",
};
enum { TYPE_COUNT = sizeof NAMES / sizeof *NAMES };

bool field_type_from_name(Str name, FieldType *out)
{
    for (int i = 0; i < TYPE_COUNT; i++) {
        if (str_is(name, NAMES[i])) {
            *out = (FieldType)i;
            return true;
        }
    }
    return false;
}

const char *field_type_name(FieldType type)
{
    return NAMES[type];
}

const char *field_type_nearest(Str wrong)
{
    const char *words[TYPE_COUNT + 1] = {0};

    for (int i = 0; i < TYPE_COUNT; i++)
        words[i] = NAMES[i];
    return load_nearest(wrong, words);
}

bool field_has_value(const FormField *field)
{
    return field->type != FIELD_HEADING && field->type != FIELD_NOTE;
}

bool field_is_list(const FormField *field)
{
    return field->type == FIELD_CHOICES || field->type == FIELD_UPLOAD ||
           (field->type == FIELD_GROUP && field->repeats);
}

FeelTypeKind field_feel_kind(FieldType type)
{
    switch (type) {
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_MONEY: return FEEL_NUMBER;
    case FIELD_DATE: return FEEL_DATE;
    case FIELD_TIME: return FEEL_TIME;
    case FIELD_YES_NO:
    case FIELD_CONSENT: return FEEL_BOOLEAN;
    case FIELD_CHOICES:
    case FIELD_UPLOAD: return FEEL_LIST;
    case FIELD_GROUP: return FEEL_CONTEXT;
    case FIELD_HEADING:
    case FIELD_NOTE: return FEEL_NULL;
    case FIELD_TEXT:
    case FIELD_LONGTEXT:
    case FIELD_PARTIAL_DATE:
    case FIELD_EMAIL:
    case FIELD_PHONE:
    case FIELD_IBAN:
    case FIELD_TAX_ID:
    case FIELD_CHOICE: break;
    }
    return FEEL_STRING;
}

/* A text that is one of the options. */
static const FeelType *option_type(Arena *arena, const FormField *field)
{
    FeelType *type = arena_new(arena, FeelType);

    *type = *feel_type(FEEL_STRING);
    type->allowed = arena_array(arena, Str, field->option_count);
    for (size_t i = 0; i < field->option_count; i++)
        type->allowed[i] = field->options[i].value;
    type->allowed_count = field->option_count;
    return type;
}

static const FeelType *upload_type(Arena *arena)
{
    FeelType *file = feel_type_context(arena);

    feel_type_add_field(arena, file, STR("sha256"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, file, STR("name"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, file, STR("type"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, file, STR("size"), feel_type(FEEL_NUMBER));
    return feel_type_list(arena, file);
}

const FeelType *field_feel_type(Arena *arena, const FormField *field)
{
    const FeelType *type;

    switch (field->type) {
    case FIELD_CHOICE: return option_type(arena, field);
    case FIELD_CHOICES: return feel_type_list(arena, option_type(arena, field));
    case FIELD_UPLOAD: return upload_type(arena);
    case FIELD_GROUP:
        type = form_fields_type(arena, field->fields, field->field_count);
        return field->repeats ? feel_type_list(arena, type) : type;
    default: break;
    }
    FeelTypeKind kind = field_feel_kind(field->type);
    return kind == FEEL_NUMBER ? feel_type_number(arena, node_text(node_get(field->source, "min")),
                                                  node_text(node_get(field->source, "max")))
                               : feel_type(kind);
}
