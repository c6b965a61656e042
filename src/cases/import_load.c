/* SPDX-License-Identifier: EUPL-1.2 */
/* `import` of a register: what the lines of an imported stock have beside its fields. */
#include "cases/load.h"

static Node *field_of(Node *fields, Str id)
{
    for (size_t i = 0; i < fields->count; i++)
        if (str_eq(node_get_text(fields->items[i], "id"), id))
            return fields->items[i];
    return NULL;
}

void register_import_fields(Loader *loader, const RegisterSpec *spec, const Node *yaml,
                            Node *fields)
{
    static const char *const keys[] = {"columns", "values", "mandate", "unique", NULL};
    const char *what =
        arena_printf(loader->arena, "import of register \"%.*s\"", STR_ARG(spec->id));
    const Node *values = node_get(yaml, "values");
    Node *columns = load_fields_as_list(loader, node_get(yaml, "columns"));

    if (node_is_null(yaml))
        return;
    load_keys(loader, yaml, what, keys);
    for (size_t i = 0; values && i < values->count; i++) {
        Node *field = field_of(fields, values->keys[i]);

        if (field)
            node_set(loader->arena, field, STR("default"), values->items[i]);
        else
            load_error(loader, values->items[i], "%s: the register has no field \"%.*s\"", what,
                       STR_ARG(values->keys[i]));
    }
    for (size_t i = 0; i < columns->count; i++) {
        Str id = node_get_text(columns->items[i], "id");

        if (field_of(fields, id))
            load_error(loader, columns->items[i], "%s: \"%.*s\" is a field of the register already",
                       what, STR_ARG(id));
        else
            node_append(loader->arena, fields, columns->items[i]);
    }
}

void register_load_mandate(Loader *loader, RegisterSpec *spec, const Node *yaml)
{
    static const char *const keys[] = {"payer",     "holder",    "iban",  "signed", "bic",
                                       "reference", "last_used", "email", NULL};
    const char *what = arena_printf(loader->arena, "mandate of the import of register \"%.*s\"",
                                    STR_ARG(spec->id));
    const Node *mandate = node_get(yaml, "mandate");

    if (!node_is_null(node_get(yaml, "unique")))
        spec->unique = load_strings(loader, yaml, "unique", &spec->unique_count);
    for (size_t i = 0; i < spec->unique_count; i++) {
        bool found = false;

        for (size_t k = 0; k < spec->field_count && !found; k++)
            found = str_eq(spec->fields[k]->id, spec->unique[i]);
        if (!found)
            load_error(loader, node_get(yaml, "unique"),
                       "import of register \"%.*s\": `unique` names no field: \"%.*s\"",
                       STR_ARG(spec->id), STR_ARG(spec->unique[i]));
    }
    if (node_is_null(mandate))
        return;
    load_keys(loader, mandate, what, keys);
    spec->mandate = arena_array(loader->arena, Str, MANDATE_PARTS);
    for (size_t i = 0; i < MANDATE_PARTS; i++) {
        const Node *name = node_get(mandate, keys[i]);
        bool found = !name && i > MANDATE_SIGNED;

        spec->mandate[i] = node_text(name);
        for (size_t k = 0; k < spec->form->field_count && !found; k++)
            found = str_eq(spec->form->fields[k]->id, node_text(name));
        if (!found)
            load_error(loader, name ? name : mandate,
                       "%s: `%s` must name a field of the register or one of `columns`", what,
                       keys[i]);
    }
}
