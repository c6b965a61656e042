/* SPDX-License-Identifier: EUPL-1.2 */
/* Registers of a service.yaml: fields, key, period, and what of them is counted or open to
 * everybody. */
#include "cases/check.h"
#include "cases/field.h"
#include "cases/load.h"
#include "core/work/period.h"

enum { LEAST_CELL = 5 };

static const FormField *field_of(const RegisterSpec *spec, Str id)
{
    for (size_t i = 0; i < spec->field_count; i++)
        if (str_eq(spec->fields[i]->id, id))
            return spec->fields[i];
    return NULL;
}

static bool take_of(Str word, RegisterTake *out)
{
    static const char *const WORDS[] = {"value", "postcode", "year", "month"};

    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_is(word, WORDS[i])) {
            *out = (RegisterTake)i;
            return true;
        }
    return false;
}

static void load_count(Loader *loader, RegisterSpec *spec, Str id, const Node *yaml)
{
    static const char *const keys[] = {"field", "take", "label", NULL};
    const char *what = arena_printf(loader->arena, "count_by \"%.*s\"", STR_ARG(id));
    RegisterCount *count = &spec->counts[spec->count_count++];
    Str field = node_get_text(yaml, "field");
    Str take = node_get_text(yaml, "take");

    *count = (RegisterCount){.id = id};
    if (!load_is_id(id) || yaml->kind != NODE_MAP) {
        load_error(loader, yaml, "%s must be a name with a map: {field: …}", what);
        return;
    }
    load_keys(loader, yaml, what, keys);
    count->label = load_label(loader, yaml, "label", what, TEXT_OPTIONAL);
    if (field.ptr && !(count->field = field_of(spec, field)))
        load_error(loader, yaml, "%s: the register has no field \"%.*s\"", what, STR_ARG(field));
    if (count->field && (count->field->type == FIELD_CHOICES || count->field->internal))
        load_error(loader, yaml, "%s: lists and internal fields cannot be counted by", what);
    if (take.ptr && !take_of(take, &count->take))
        load_error(loader, yaml, "%s: `take` is one of value, postcode, year, month", what);
    if (!count->field && count->take != REGISTER_TAKE_YEAR && count->take != REGISTER_TAKE_MONTH)
        load_error(loader, yaml,
                   "%s: without `field` the entry's first day is meant: take its year or month",
                   what);
    if (!count->label) {
        if (!count->field)
            load_error(loader, yaml, "%s: `label` is missing: add it", what);
        else
            count->label = count->field->label;
    }
}

static const RegisterCount *count_of(const RegisterSpec *spec, Str id)
{
    for (size_t i = 0; i < spec->count_count; i++)
        if (str_eq(spec->counts[i].id, id))
            return &spec->counts[i];
    return NULL;
}

static void load_by(Loader *loader, const RegisterSpec *spec, OpenData *open, const Node *yaml,
                    const char *what)
{
    size_t count;
    Str *by = load_strings(loader, yaml, "by", &count);

    if (count < 1 || count > 2)
        load_error(loader, yaml, "%s: `by` names one or two of `count_by`", what);
    for (size_t i = 0; i < count && i < 2; i++) {
        const RegisterCount *group = count_of(spec, by[i]);

        if (!group)
            load_error(loader, yaml, "%s: `count_by` has no \"%.*s\"", what, STR_ARG(by[i]));
        else if (group->field && group->field->sensitive)
            load_error(loader, yaml, "%s: \"%.*s\" is sensitive and cannot be open", what,
                       STR_ARG(by[i]));
        else
            open->by[open->by_count++] = group;
    }
}

static void load_open(Loader *loader, RegisterSpec *spec, const Node *yaml)
{
    static const char *const keys[] = {"id",    "title",    "description", "by",
                                       "least", "keywords", NULL};
    const char *what =
        arena_printf(loader->arena, "open_data of register \"%.*s\"", STR_ARG(spec->id));
    OpenData *open = &spec->open_data[spec->open_data_count++];

    *open = (OpenData){.spec = spec};
    if (yaml->kind != NODE_MAP) {
        load_error(loader, yaml, "%s must be a list of maps", what);
        return;
    }
    load_keys(loader, yaml, what, keys);
    open->id = load_id(loader, yaml, "id", what);
    open->title = load_label(loader, yaml, "title", what, TEXT_REQUIRED);
    open->description = load_label(loader, yaml, "description", what, TEXT_REQUIRED);
    open->least = load_int(loader, yaml, "least", 2, 1000, LEAST_CELL);
    open->keywords = load_strings(loader, yaml, "keywords", &open->keyword_count);
    load_by(loader, spec, open, yaml, what);
}

static void load_counts(Loader *loader, RegisterSpec *spec, const Node *yaml)
{
    const Node *counts = node_get(yaml, "count_by");
    const Node *open = node_get(yaml, "open_data");
    const Node *owner = node_get(yaml, "owner");

    if (owner && !(spec->owner = field_of(spec, node_text(owner))))
        load_error(loader, owner, "`owner` must be one of the register's fields");
    else if (owner && spec->owner->type != FIELD_EMAIL)
        load_error(loader, owner,
                   "`owner` must be a field of type email: it is what people sign "
                   "in with");

    if (!node_is_null(counts) && counts->kind != NODE_MAP)
        load_error(loader, counts, "`count_by` must be a map by name");
    else if (!node_is_null(counts)) {
        spec->counts = arena_array(loader->arena, RegisterCount, counts->count);
        for (size_t i = 0; i < counts->count; i++)
            load_count(loader, spec, counts->keys[i], counts->items[i]);
    }
    if (!node_is_null(open) && open->kind != NODE_LIST)
        load_error(loader, open, "`open_data` must be a list");
    else if (!node_is_null(open)) {
        spec->open_data = arena_array(loader->arena, OpenData, open->count);
        for (size_t i = 0; i < open->count; i++)
            load_open(loader, spec, open->items[i]);
    }
}

/* `fields: {chip: {type: text}}` as the list of fields that forms have. */
Node *load_fields_as_list(Loader *loader, const Node *map)
{
    Node *list = node_list(loader->arena);

    for (size_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++) {
        Node *field = node_clone(loader->arena, map->items[i]);
        if (field->kind == NODE_MAP) {
            Node *id = node_string(loader->arena, map->keys[i]);
            id->file = field->file;
            id->line = field->line;
            node_set(loader->arena, field, STR("id"), id);
        }
        node_append(loader->arena, list, field);
    }
    return list;
}

static void load_register_keys(Loader *loader, RegisterSpec *spec, const Node *yaml)
{
    spec->key = load_strings(loader, yaml, "key", &spec->key_count);
    for (size_t i = 0; i < spec->key_count; i++) {
        bool found = false;
        for (size_t k = 0; k < spec->field_count && !found; k++)
            found = str_eq(spec->fields[k]->id, spec->key[i]);
        if (!found)
            load_error(loader, node_get(yaml, "key"),
                       "register \"%.*s\": the key \"%.*s\" is not one of its fields",
                       STR_ARG(spec->id), STR_ARG(spec->key[i]));
    }
}

static void load_retention(Loader *loader, RegisterSpec *spec, const Node *yaml, const char *what)
{
    const Node *period = node_get(yaml, "retention"), *shortest = node_get(yaml, "retention_least");
    Date start = {2000, 1, 1}, day, least;

    spec->retention = node_is_null(period) ? STR("P10Y") : node_text(period);
    spec->retention_least = node_is_null(shortest) ? STR("P1D") : node_text(shortest);
    if (!period_after(start, spec->retention, &day))
        load_error(loader, period,
                   "%s: `retention` is how long an entry is kept after its last day, e.g. P10Y, "
                   "P18M or P90D",
                   what);
    else if (!period_after(start, spec->retention_least, &least) || date_compare(least, day) > 0)
        load_error(loader, shortest,
                   "%s: `retention_least` is what a town may set instead of `retention`, at "
                   "least, e.g. P4Y; it is not longer than `retention`",
                   what);
}

static void load_register(Loader *loader, RegisterSpec *spec, Str id, const Node *yaml)
{
    static const char *const keys[] = {
        "name",  "key",       "title",           "fields", "count_by",  "open_data",
        "owner", "retention", "retention_least", "import", "four_eyes", NULL};
    const char *what = arena_printf(loader->arena, "register \"%.*s\"", STR_ARG(id));
    FeelScope *scope = feel_scope(loader->arena, loader->package->scope);

    spec->id = id;
    if (!load_is_id(id))
        load_error(loader, yaml, "%s is no name: use a to z, 0 to 9 and _", what);
    if (yaml->kind != NODE_MAP || !node_get(yaml, "fields")) {
        load_error(loader, yaml, "%s needs `name` and `fields`", what);
        spec->type = feel_type_context(loader->arena);
        return;
    }
    load_keys(loader, yaml, what, keys);
    spec->name = load_label(loader, yaml, "name", what, TEXT_GERMAN);
    spec->fields = form_load_fields(loader, load_fields_as_list(loader, node_get(yaml, "fields")),
                                    NULL, TEXT_GERMAN, &spec->field_count);
    for (size_t i = 0; i < spec->field_count; i++) {
        if (spec->fields[i]->type == FIELD_GROUP || spec->fields[i]->type == FIELD_UPLOAD)
            load_error(loader, spec->fields[i]->source, "%s: a register has no groups or uploads",
                       what);
        spec->fields[i]->feel_type = field_feel_type(loader->arena, spec->fields[i]);
        /* Nobody checks the bounds of what effects write. */
        if (spec->fields[i]->feel_type->kind == FEEL_NUMBER)
            spec->fields[i]->feel_type = feel_type(FEEL_NUMBER);
        spec->fields[i]->required_always =
            node_get_bool(spec->fields[i]->source, "required", false);
    }
    spec->type = form_fields_type(loader->arena, spec->fields, spec->field_count);
    feel_scope_add_fields(scope, spec->type);
    spec->title = load_feel(loader, node_get(yaml, "title"), scope, FEEL_STRING, what);
    spec->four_eyes = load_bool(loader, yaml, "four_eyes", false);
    load_register_keys(loader, spec, yaml);
    load_retention(loader, spec, yaml, what);
    load_counts(loader, spec, yaml);
}

void register_load_all(Loader *loader, const Node *service)
{
    const Node *map = node_get(service, "registers");
    Package *package = loader->package;

    if (!map || map->kind != NODE_MAP) {
        if (!node_is_null(map))
            load_error(loader, map, "`registers` must be a map by name");
        return;
    }
    package->registers = arena_array(loader->arena, RegisterSpec, map->count);
    for (size_t i = 0; i < map->count; i++)
        load_register(loader, &package->registers[package->register_count++], map->keys[i],
                      map->items[i]);
}

/* When tables and rules are known: what a register's fields demand, as a form. */
void register_load_forms(Loader *loader, const Node *service)
{
    Package *package = loader->package;
    const Node *map = node_get(service, "registers");

    for (size_t i = 0; i < package->register_count && !problems_have_error(loader->problems); i++) {
        RegisterSpec *spec = &package->registers[i];
        Node *fields = load_fields_as_list(loader, node_get(map->items[i], "fields"));

        register_import_fields(loader, spec, node_get(map->items[i], "import"), fields);
        spec->form = package_form_of_fields(package, spec->id, fields, package->scope,
                                            loader->arena, loader->problems);
        if (!problems_have_error(loader->problems))
            register_load_mandate(loader, spec, node_get(map->items[i], "import"));
    }
}
