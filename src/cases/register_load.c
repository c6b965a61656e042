/* SPDX-License-Identifier: EUPL-1.2 */
/* `owner`, `count_by` and `open_data` of a register. */
#include "cases/load.h"

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

void register_load_counts(Loader *loader, RegisterSpec *spec, const Node *yaml)
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
