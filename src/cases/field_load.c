/* SPDX-License-Identifier: EUPL-1.2 */
/* Read the fields of a form, a register or an action, and the blocks that forms share. Expressions
 * are compiled later, when every name is known (form_compile.c). */
#include "cases/field.h"
#include "cases/load.h"
#include "cases/media.h"

enum { MAX_NESTING = 3, MAX_FIELDS = 400, MAX_ITEMS = 200 };

static const char *const FIELD_KEYS[] = {
    "id",           "type",       "label",      "hint",    "help",    "text",     "required",
    "visible",      "validate",   "compute",    "default", "options", "codes",    "min",
    "max",          "min_length", "max_length", "pattern", "accept",  "max_size", "max_files",
    "fields",       "repeat",     "block",      "only",    "without", "decimals", "width",
    "autocomplete", "sensitive",  "internal",   "fim",     "map",     NULL,
};

/* Keys that only some types have. */
static const struct {
    const char *key;
    unsigned types;
} ONLY_FOR[] = {
    {"options", 1u << FIELD_CHOICE | 1u << FIELD_CHOICES},
    {"codes", 1u << FIELD_CHOICE | 1u << FIELD_CHOICES},
    {"min", 1u << FIELD_INTEGER | 1u << FIELD_DECIMAL | 1u << FIELD_MONEY | 1u << FIELD_DATE |
                1u << FIELD_TIME},
    {"max", 1u << FIELD_INTEGER | 1u << FIELD_DECIMAL | 1u << FIELD_MONEY | 1u << FIELD_DATE |
                1u << FIELD_TIME},
    {"decimals", 1u << FIELD_DECIMAL},
    {"map", 1u << FIELD_DECIMAL},
    {"min_length", 1u << FIELD_TEXT | 1u << FIELD_LONGTEXT},
    {"max_length", 1u << FIELD_TEXT | 1u << FIELD_LONGTEXT},
    {"pattern", 1u << FIELD_TEXT},
    {"accept", 1u << FIELD_UPLOAD},
    {"max_size", 1u << FIELD_UPLOAD},
    {"max_files", 1u << FIELD_UPLOAD},
    {"fields", 1u << FIELD_GROUP},
    {"repeat", 1u << FIELD_GROUP},
    {"block", 1u << FIELD_GROUP},
    {"only", 1u << FIELD_GROUP},
    {"without", 1u << FIELD_GROUP},
    {"text", 1u << FIELD_NOTE | 1u << FIELD_HEADING},
    {"compute", ~(1u << FIELD_GROUP | 1u << FIELD_UPLOAD | 1u << FIELD_NOTE | 1u << FIELD_HEADING)},
    {"default", ~(1u << FIELD_GROUP | 1u << FIELD_UPLOAD | 1u << FIELD_NOTE | 1u << FIELD_HEADING |
                  1u << FIELD_CONSENT)},
    {"required", ~(1u << FIELD_GROUP | 1u << FIELD_NOTE | 1u << FIELD_HEADING)},
    {"validate", ~(1u << FIELD_NOTE | 1u << FIELD_HEADING)},
};

/* Words that FEEL itself, or every expression, already uses. */
static const char *const RESERVED[] = {
    "and",   "or",    "if",        "then",    "else",     "for",        "in",       "return",
    "some",  "every", "satisfies", "between", "instance", "of",         "function", "external",
    "not",   "true",  "false",     "null",    "position", "item_count", "town",     "code",
    "value", "today", "now",       "date",    "time",     "duration",   "string",   "number",
    "count", "sum",   "min",       "max",     "list",     "contains",   "matches",  NULL,
};

static const char *name_of(Loader *loader, const FormField *field)
{
    return arena_printf(loader->arena, "field \"%.*s\"", STR_ARG(field->id));
}

static void check_keys_of_type(Loader *loader, const Node *yaml, FieldType type, const char *what)
{
    for (size_t i = 0; i < sizeof ONLY_FOR / sizeof *ONLY_FOR; i++) {
        const Node *value = node_get(yaml, ONLY_FOR[i].key);
        if (value && !(ONLY_FOR[i].types >> type & 1))
            load_error(loader, value, "%s: `%s` has no meaning for the type %s: remove it", what,
                       ONLY_FOR[i].key, field_type_name(type));
    }
}

static void read_inline_options(Loader *loader, FormField *field, const Node *list, TextNeed need,
                                const char *what)
{
    static const char *const keys[] = {"value", "label", NULL};

    if (list->kind != NODE_LIST || list->count == 0) {
        load_error(loader, list, "%s: `options` must be a list of {value, label}", what);
        return;
    }
    field->options = arena_array(loader->arena, Option, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const Node *one = list->items[i];
        Str value = node_get_text(one, "value");
        if (one->kind != NODE_MAP || str_empty(value)) {
            load_error(loader, one, "%s: an option needs {value: …, label: …}", what);
            continue;
        }
        load_keys(loader, one, what, keys);
        for (size_t k = 0; k < field->option_count; k++)
            if (str_eq(field->options[k].value, value))
                load_error(loader, one, "%s: the option \"%.*s\" stands there twice: remove one",
                           what, STR_ARG(value));
        field->options[field->option_count++] = (Option){
            .value = value,
            .label = load_label(
                loader, one, "label",
                arena_printf(loader->arena, "%s, option \"%.*s\"", what, STR_ARG(value)), need)};
    }
}

static void read_options(Loader *loader, FormField *field, const Node *yaml, TextNeed need,
                         const char *what)
{
    const Node *list = node_get(yaml, "options");
    const Node *codes = node_get(yaml, "codes");

    if (!list == !codes) {
        load_error(loader, yaml, "%s: give either `options` or `codes`", what);
        return;
    }
    if (list) {
        read_inline_options(loader, field, list, need, what);
        return;
    }
    Str name = node_text(codes);
    field->codes = package_codes(loader->package, name);
    if (!field->codes) {
        load_error(loader, codes, "%s: there is no code list \"%.*s\": add codes/%.*s.csv", what,
                   STR_ARG(name), STR_ARG(name));
        return;
    }
    field->options = field->codes->options;
    field->option_count = field->codes->count;
}

/* "5 MB", "200 kB" as bytes (1 kB = 1,000 bytes); 0: malformed. */
static int64_t parse_size(Str text)
{
    Str number = str_trim(str_cut(&text, ' '));
    int64_t value;

    text = str_trim(text);
    if (!str_to_i64(number, &value) || value < 1 || value > 100000)
        return 0;
    if (str_is(text, "MB"))
        return value * 1000000;
    return str_is(text, "kB") ? value * 1000 : 0;
}

static void read_accept(Loader *loader, FormField *field, const Node *yaml, const char *what)
{
    const Node *list = node_get(yaml, "accept");
    size_t count = 0;

    if (!list || list->kind != NODE_LIST || list->count == 0) {
        load_error(loader, list ? list : yaml,
                   "%s: `accept` is missing: name the file types, e.g. [pdf, jpg, png]", what);
        return;
    }
    field->accept = arena_array(loader->arena, const char *, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        const char *type = media_type(node_text(list->items[i]));
        if (type)
            field->accept[count++] = type;
        else
            load_error(loader, list->items[i],
                       "%s: \"%.*s\" is no file type: use pdf, jpg, png, heic, tiff, gif, webp, "
                       "txt, csv, docx, xlsx, odt, ods or zip",
                       what, STR_ARG(node_text(list->items[i])));
    }
}

static void read_upload(Loader *loader, FormField *field, const Node *yaml, const char *what)
{
    const Node *size = node_get(yaml, "max_size");

    read_accept(loader, field, yaml, what);
    field->max_size = parse_size(node_text(size));
    if (!size)
        load_error(loader, yaml,
                   "%s: `max_size` is missing: say how large a file may be, e.g. 5 MB", what);
    else if (!field->max_size || field->max_size > 20000000)
        load_error(loader, size, "%s: `max_size` must be like 5 MB or 200 kB, at most 20 MB", what);
    field->max_files = (int)load_int(loader, yaml, "max_files", 1, 20, 1);
}

static void check_pattern(Loader *loader, FormField *field, const Node *pattern, const char *what)
{
    const char *why;
    int offset;

    if (pattern->kind != NODE_STRING) {
        load_error(loader, pattern, "%s: `pattern` must be a regular expression in quotes", what);
        return;
    }
    if (load_pattern_valid(pattern->text, &why, &offset))
        field->pattern = pattern->text;
    else
        load_error(loader, pattern,
                   "%s: the pattern \"%.*s\" is no regular expression (%s at character %d)", what,
                   STR_ARG(pattern->text), why, offset);
}

static void read_text_rules(Loader *loader, FormField *field, const Node *yaml, const char *what)
{
    const Node *pattern = node_get(yaml, "pattern");

    field->min_length = load_int(loader, yaml, "min_length", 0, 100000, 0);
    field->max_length =
        load_int(loader, yaml, "max_length", 1, 100000, field->type == FIELD_LONGTEXT ? 5000 : 255);
    if (field->min_length > field->max_length)
        load_error(loader, node_get(yaml, "min_length"),
                   "%s: `min_length` %lld is more than `max_length` %lld: exchange them", what,
                   (long long)field->min_length, (long long)field->max_length);
    if (pattern)
        check_pattern(loader, field, pattern, what);
}

static void read_repeat(Loader *loader, FormField *field, const Node *yaml, TextNeed need,
                        const char *what)
{
    static const char *const keys[] = {"min", "max", "item", NULL};
    const Node *repeat = node_get(yaml, "repeat");

    if (!repeat)
        return;
    field->repeats = true;
    field->repeat_max = MAX_ITEMS;
    if (repeat->kind != NODE_MAP) {
        load_error(loader, repeat, "%s: `repeat` must be {min: 1, max: 10, item: …}", what);
        return;
    }
    load_keys(loader, repeat, what, keys);
    field->repeat_min = (int)load_int(loader, repeat, "min", 0, MAX_ITEMS, 0);
    if (!node_get(repeat, "max"))
        load_error(loader, repeat, "%s: `repeat` needs `max`: say how many there may be", what);
    field->repeat_max = (int)load_int(loader, repeat, "max", 1, MAX_ITEMS, MAX_ITEMS);
    field->item_label = load_label(loader, repeat, "item", what, need);
    if (field->repeat_min > field->repeat_max)
        load_error(loader, repeat, "%s: `repeat`: min %d is more than max %d: exchange them", what,
                   field->repeat_min, field->repeat_max);
}

/* The fields of a block that `only` and `without` leave. */
static const Node *pick_fields(Loader *loader, const Node *yaml, const Node *fields,
                               const char *what)
{
    size_t only_count, without_count;
    Str *only = load_strings(loader, yaml, "only", &only_count);
    Str *without = load_strings(loader, yaml, "without", &without_count);
    Node *picked = node_list(loader->arena);

    for (size_t i = 0; i < only_count + without_count; i++) {
        Str name = i < only_count ? only[i] : without[i - only_count];
        bool found = false;
        for (size_t k = 0; k < fields->count && !found; k++)
            found = str_eq(node_get_text(fields->items[k], "id"), name);
        if (!found)
            load_error(loader, node_get(yaml, i < only_count ? "only" : "without"),
                       "%s: the block has no field \"%.*s\"", what, STR_ARG(name));
    }
    for (size_t i = 0; i < fields->count; i++) {
        Str id = node_get_text(fields->items[i], "id");
        bool keep = only == NULL;
        for (size_t k = 0; k < only_count; k++)
            keep = keep || str_eq(only[k], id);
        for (size_t k = 0; k < without_count; k++)
            keep = keep && !str_eq(without[k], id);
        if (keep)
            node_append(loader->arena, picked, fields->items[i]);
    }
    return picked;
}

static const Node *block_fields(Loader *loader, const Node *yaml, const char *what)
{
    static const char *const keys[] = {"id", "fields", NULL};
    const Node *block = node_get(yaml, "block");
    Str path = str_printf(loader->arena, "blocks/%.*s.yaml", STR_ARG(node_text(block)));

    if (!load_find(loader, path)) {
        load_error(loader, block,
                   "%s: there is no block \"%.*s\": use person, organisation, address or bank, or "
                   "add %.*s",
                   what, STR_ARG(node_text(block)), STR_ARG(path));
        return NULL;
    }
    const Node *file = load_yaml(loader, path);
    const Node *fields = node_get(file, "fields");
    if (!file)
        return NULL;
    load_keys(loader, file, "block", keys);
    if (!fields || fields->kind != NODE_LIST) {
        load_error(loader, file, "the block needs a list `fields`");
        return NULL;
    }
    return pick_fields(loader, yaml, fields, what);
}

static void read_group(Loader *loader, FormField *field, const Node *yaml, TextNeed need,
                       const char *what)
{
    const Node *fields = node_get(yaml, "fields");
    int depth = 1;

    for (const FormField *up = field->parent; up; up = up->parent)
        depth++;
    if (depth > MAX_NESTING) {
        load_error(loader, yaml, "%s: groups may be nested %d deep: flatten this one", what,
                   MAX_NESTING);
        return;
    }
    read_repeat(loader, field, yaml, need, what);
    if (!fields == !node_get(yaml, "block")) {
        load_error(loader, yaml, "%s: a group needs either `fields` or a `block`", what);
        return;
    }
    if (!fields) {
        if ((node_get(yaml, "only") && node_get(yaml, "without")))
            load_error(loader, yaml, "%s: use `only` or `without`, not both", what);
        fields = block_fields(loader, yaml, what);
    }
    if (!fields)
        return;
    field->fields = form_load_fields(loader, fields, field, need, &field->field_count);
    if (fields->kind == NODE_LIST && fields->count == 0)
        load_error(loader, yaml, "%s has no fields: add some or remove the group", what);
}

static void read_rules(Loader *loader, FormField *field, const Node *yaml, const char *what)
{
    static const char *const keys[] = {"rule", "message", NULL};
    const Node *list = node_get(yaml, "validate");

    if (!list)
        return;
    if (list->kind != NODE_LIST) {
        load_error(loader, list, "%s: `validate` must be a list of {rule, message}", what);
        return;
    }
    field->rules = arena_array(loader->arena, Rule, list->count);
    for (size_t i = 0; i < list->count; i++) {
        load_keys(loader, list->items[i], what, keys);
        if (!node_get(list->items[i], "rule"))
            load_error(loader, list->items[i], "%s: a validation needs `rule`, a FEEL expression",
                       what);
        load_label(loader, list->items[i], "message", what, TEXT_REQUIRED);
    }
    field->rule_count = list->count;
}

static void read_width(Loader *loader, FormField *field, const Node *yaml, const char *what)
{
    const Node *width = node_get(yaml, "width");

    field->width = width ? node_text(width) : STR("medium");
    if (width && !str_is(field->width, "short") && !str_is(field->width, "medium") &&
        !str_is(field->width, "full"))
        load_error(loader, width, "%s: `width` is short, medium or full", what);
}

static void read_by_type(Loader *loader, FormField *field, const Node *yaml, TextNeed need,
                         const char *what)
{
    switch (field->type) {
    case FIELD_CHOICE:
    case FIELD_CHOICES: read_options(loader, field, yaml, need, what); break;
    case FIELD_UPLOAD: read_upload(loader, field, yaml, what); break;
    case FIELD_TEXT:
    case FIELD_LONGTEXT: read_text_rules(loader, field, yaml, what); break;
    case FIELD_DECIMAL: field->decimals = (int)load_int(loader, yaml, "decimals", 1, 9, 2); break;
    case FIELD_GROUP: read_group(loader, field, yaml, need, what); break;
    default: break;
    }
}

static bool read_type(Loader *loader, const Node *yaml, FieldType *out)
{
    const Node *type = node_get(yaml, "type");

    if (type && field_type_from_name(node_text(type), out))
        return true;
    const char *nearest = type ? field_type_nearest(node_text(type)) : NULL;
    if (!type)
        load_error(loader, yaml, "a field has no `type`: add one, e.g. type: text");
    else if (nearest)
        load_error(loader, type, "\"%.*s\" is no type of field: did you mean \"%s\"?",
                   STR_ARG(node_text(type)), nearest);
    else
        load_error(loader, type,
                   "\"%.*s\" is no type of field: docs/packages.md has the table of types",
                   STR_ARG(node_text(type)));
    return false;
}

static Str field_id(Loader *loader, const Node *yaml, FieldType type, size_t index)
{
    if ((type == FIELD_NOTE || type == FIELD_HEADING) && !node_get(yaml, "id"))
        return str_printf(loader->arena, "%s_%zu", field_type_name(type), index + 1);
    Str id = load_id(loader, yaml, "id", "field");
    for (size_t i = 0; RESERVED[i] && id.ptr; i++)
        if (str_is(id, RESERVED[i]))
            load_error(loader, node_get(yaml, "id"),
                       "the field \"%.*s\" has a name that FEEL uses itself: choose another",
                       STR_ARG(id));
    return id;
}

static FormField *load_field(Loader *loader, const Node *yaml, const FormField *parent,
                             TextNeed need, size_t index)
{
    FormField *field = arena_new(loader->arena, FormField);

    if (yaml->kind != NODE_MAP) {
        load_error(loader, yaml, "a field must be a map with id, type and label");
        return NULL;
    }
    if (!read_type(loader, yaml, &field->type))
        return NULL;
    field->id = field_id(loader, yaml, field->type, index);
    if (!field->id.ptr)
        return NULL;
    const char *what = name_of(loader, field);
    field->source = yaml;
    field->parent = parent;
    field->path =
        parent ? str_printf(loader->arena, "%.*s.%.*s", STR_ARG(parent->path), STR_ARG(field->id))
               : field->id;
    load_keys(loader, yaml, what, FIELD_KEYS);
    check_keys_of_type(loader, yaml, field->type, what);
    if (field->type == FIELD_NOTE || field->type == FIELD_HEADING)
        field->text = load_label(loader, yaml, "text", what, need);
    else
        field->label = load_label(loader, yaml, "label", what, need);
    TextNeed optional = need == TEXT_GERMAN ? TEXT_GERMAN_OPTIONAL : TEXT_OPTIONAL;
    field->hint = load_label(loader, yaml, "hint", what, optional);
    field->help = load_label(loader, yaml, "help", what, optional);
    field->autocomplete = node_get_text(yaml, "autocomplete");
    field->latitude = node_get_text(yaml, "map");
    field->sensitive = load_bool(loader, yaml, "sensitive", false);
    field->fim = node_get_text(yaml, "fim");
    field->internal = load_bool(loader, yaml, "internal", false);
    if (field->internal && need != TEXT_GERMAN)
        load_error(loader, node_get(yaml, "internal"),
                   "%s: only a register's field can be `internal`; a value that nobody fills in "
                   "belongs under `values` of the process",
                   what);
    field->max_files = 1;
    read_width(loader, field, yaml, what);
    read_rules(loader, field, yaml, what);
    read_by_type(loader, field, yaml, need, what);
    return field;
}

/* The field beside a longitude that has the latitude. */
static void check_maps(Loader *loader, FormField *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const FormField *field = fields[i];
        bool found = !node_get(field->source, "map");
        for (size_t k = 0; k < count; k++)
            found = found || (k != i && fields[k]->type == FIELD_DECIMAL &&
                              str_eq(fields[k]->id, field->latitude));
        if (!found)
            load_error(
                loader, node_get(field->source, "map"),
                "field \"%.*s\": `map` names the field of the type decimal beside it that has "
                "the latitude; there is no \"%.*s\"",
                STR_ARG(field->id), STR_ARG(field->latitude));
    }
}

FormField **form_load_fields(Loader *loader, const Node *list, const FormField *parent,
                             TextNeed need, size_t *count)
{
    FormField **fields;

    *count = 0;
    if (!list || list->kind != NODE_LIST || list->count > MAX_FIELDS) {
        load_error(loader, list, "`fields` must be a list of at most %d fields", MAX_FIELDS);
        return NULL;
    }
    fields = arena_array(loader->arena, FormField *, list->count);
    for (size_t i = 0; i < list->count; i++) {
        FormField *field = load_field(loader, list->items[i], parent, need, i);
        if (!field)
            continue;
        for (size_t k = 0; k < *count; k++)
            if (str_eq(fields[k]->id, field->id))
                load_error(loader, list->items[i],
                           "the field \"%.*s\" stands in this group twice: rename one",
                           STR_ARG(field->id));
        field->slot = *count;
        fields[(*count)++] = field;
    }
    check_maps(loader, fields, *count);
    return fields;
}
