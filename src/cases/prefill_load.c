/* SPDX-License-Identifier: EUPL-1.2 */
/* `prefill` of a form's page. */
#include "cases/load.h"

/* What a citizen may see of an entry. */
static const FeelType *entry_type(const RegisterSpec *spec, Arena *arena)
{
    FeelType *type = feel_type_context(arena);

    for (size_t i = 0; i < spec->field_count; i++)
        if (!spec->fields[i]->internal && !spec->fields[i]->sensitive)
            feel_type_add_field(arena, type, spec->fields[i]->id, spec->fields[i]->feel_type);
    return type;
}

/* "hund_name", "person.email": a field of the page, not inside a repeating group. */
static bool page_has(const FormPage *page, Str path)
{
    FormField *const *fields = page->fields;
    size_t count = page->field_count;

    for (Str rest = path; rest.ptr;) {
        Str id = str_cut(&rest, '.');
        const FormField *found = NULL;

        for (size_t i = 0; i < count && !found; i++)
            if (str_eq(fields[i]->id, id))
                found = fields[i];
        if (!found || found->repeats || found->compute)
            return false;
        if (!rest.ptr)
            return found->type != FIELD_GROUP && found->type != FIELD_UPLOAD;
        fields = found->fields;
        count = found->field_count;
    }
    return false;
}

const Prefill *prefill_load(Loader *loader, const FormPage *page)
{
    static const char *const keys[] = {"register", "values", NULL};
    const Node *yaml = node_get(page->source, "prefill");
    const Node *values = node_get(yaml, "values");
    Prefill *prefill = arena_new(loader->arena, Prefill);

    if (node_is_null(yaml))
        return NULL;
    if (yaml->kind != NODE_MAP || !values || values->kind != NODE_MAP) {
        load_error(loader, yaml, "`prefill` needs `register` and `values`, a map of FEEL by field");
        return NULL;
    }
    load_keys(loader, yaml, "prefill", keys);
    prefill->spec = package_register(loader->package, node_get_text(yaml, "register"));
    if (!prefill->spec || !prefill->spec->owner) {
        load_error(loader, yaml, "`prefill` needs a register of this package that has an `owner`");
        return NULL;
    }
    FeelScope *scope = feel_scope(loader->arena, loader->package->scope);

    prefill->entry_type = entry_type(prefill->spec, loader->arena);
    feel_scope_add(scope, STR("e"), prefill->entry_type);
    prefill->paths = values->keys;
    prefill->values = arena_array(loader->arena, const FeelProgram *, values->count);
    for (size_t i = 0; i < values->count; i++) {
        if (!page_has(page, values->keys[i]))
            load_error(loader, values->items[i],
                       "`prefill`: the page has no field \"%.*s\" that takes a value",
                       STR_ARG(values->keys[i]));
        prefill->values[prefill->count++] =
            load_feel(loader, values->items[i], scope, FEEL_ANY, "prefill");
    }
    return prefill;
}
