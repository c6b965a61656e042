/* SPDX-License-Identifier: EUPL-1.2 */
/* Read forms/NAME.yaml: the pages and which fields stand on them. */
#include "cases/field.h"
#include "cases/load.h"

static void adopt_fields(Loader *loader, Form *form, FormPage *page)
{
    FormField **all =
        arena_array(loader->arena, FormField *, form->field_count + page->field_count);

    if (form->field_count)
        memcpy(all, form->fields, form->field_count * sizeof *all);
    for (size_t i = 0; i < page->field_count; i++) {
        FormField *field = page->fields[i];
        /* The names of notes come from their place on the page. */
        if (!field_has_value(field) && !node_get(field->source, "id"))
            field->id = field->path =
                str_printf(loader->arena, "%.*s_%.*s", STR_ARG(page->id), STR_ARG(field->id));
        for (size_t k = 0; k < form->field_count; k++)
            if (str_eq(form->fields[k]->id, field->id))
                load_error(loader, field->source,
                           "the field \"%.*s\" stands on two pages (%.*s, %.*s): rename one",
                           STR_ARG(field->id), STR_ARG(form->fields[k]->page->id),
                           STR_ARG(page->id));
        field->page = page;
        field->slot = form->field_count + i;
        all[field->slot] = field;
    }
    form->fields = all;
    form->field_count += page->field_count;
}

static void load_page(Loader *loader, Form *form, FormPage *page, const Node *yaml)
{
    static const char *const keys[] = {"id",      "fim",    "title",   "intro",
                                       "visible", "fields", "prefill", NULL};

    load_keys(loader, yaml, "page", keys);
    page->id = load_id(loader, yaml, "id", "page");
    page->fim = node_get_text(yaml, "fim");
    page->source = yaml;
    const char *what = arena_printf(loader->arena, "page \"%.*s\"", STR_ARG(page->id));
    page->title = load_label(loader, yaml, "title", what, TEXT_REQUIRED);
    page->intro = load_label(loader, yaml, "intro", what, TEXT_OPTIONAL);
    for (const FormPage *other = form->pages; other < page; other++)
        if (page->id.ptr && str_eq(other->id, page->id))
            load_error(loader, yaml, "%s stands in the form twice: rename one", what);
    if (!node_get(yaml, "fields")) {
        load_error(loader, yaml, "%s has no `fields`: add some or remove the page", what);
        return;
    }
    page->fields =
        form_load_fields(loader, node_get(yaml, "fields"), NULL, TEXT_REQUIRED, &page->field_count);
    if (page->field_count == 0)
        load_error(loader, yaml, "%s has no fields: add some or remove the page", what);
    adopt_fields(loader, form, page);
    page->prefill = prefill_load(loader, page);
}

const Form *form_load(Loader *loader, const Node *yaml, const FeelScope *outer)
{
    static const char *const keys[] = {"id", "fim", "pages", NULL};
    Form *form = arena_new(loader->arena, Form);
    const Node *pages = node_get(yaml, "pages");

    load_keys(loader, yaml, "form", keys);
    form->id = load_id(loader, yaml, "id", "form");
    form->fim = node_get_text(yaml, "fim");
    if (!pages || pages->kind != NODE_LIST || pages->count == 0) {
        load_error(loader, pages ? pages : yaml, "the form needs a list `pages`");
        return NULL;
    }
    form->pages = arena_array(loader->arena, FormPage, pages->count);
    for (size_t i = 0; i < pages->count; i++)
        load_page(loader, form, &form->pages[form->page_count++], pages->items[i]);
    form_compile(loader, form, outer);
    return form;
}

const Form *package_form_of_fields(const Package *package, Str id, const Node *fields,
                                   const FeelScope *outer, Arena *arena, Problems *problems)
{
    Loader loader = {.arena = arena, .package = (Package *)package, .problems = problems};
    Form *form = arena_new(arena, Form);
    FormPage *page = arena_new(arena, FormPage);

    form->id = id;
    form->pages = page;
    form->page_count = 1;
    page->id = id;
    page->fields = form_load_fields(&loader, fields, NULL, TEXT_GERMAN, &page->field_count);
    adopt_fields(&loader, form, page);
    form_compile(&loader, form, outer);
    return form;
}
