/* SPDX-License-Identifier: EUPL-1.2 */
/* The categories of places at the desk, and the list of places. */
#include "city/place/desk_places.html.h"

#include "city/page/desk.h"
#include "core/page/problem.h"
#include "core/tenant.h"

static const CityDone DONE[] = {{"angelegt", "Die Kategorie ist angelegt."},
                                {"geaendert", "Die Kategorie ist geändert."},
                                {"entfernt", "Die Kategorie ist entfernt."},
                                {0}};

static void fill_options(CategoryForm *form, const PlaceCategories *all, Arena *arena)
{
    size_t icons = 0;

    while (PLACE_ICONS[icons].name)
        icons++;
    form->icons = arena_array(arena, OptionView, icons);
    for (; form->icon_count < icons; form->icon_count++) {
        const PlaceIcon *icon = &PLACE_ICONS[form->icon_count];
        form->icons[form->icon_count] = (OptionView){.value = str_c(icon->name),
                                                     .label = str_c(icon->title),
                                                     .selected = str_is(form->icon, icon->name)};
    }
    form->parents = arena_array(arena, OptionView, all->count);
    for (size_t i = 0; i < all->count; i++)
        if (!str_eq(all->items[i].name, form->name))
            form->parents[form->parent_count++] =
                (OptionView){.value = all->items[i].name,
                             .label = all->items[i].title,
                             .selected = str_eq(all->items[i].name, form->parent)};
}

static bool show_list(Request *req, Response *res, const CategoryForm *form, Err *err)
{
    DeskPlacesPage page = {.form = *form, .notice = city_desk_done(req, DONE)};
    PlaceSession session;
    Out out = out_for(req);

    page.words = str_trim(request_query(req, "q"));
    if (!place_session_begin(&session, req, err))
        return false;
    page.categories = &session.categories;
    fill_options(&page.form, page.categories, req->arena);
    if (page.words.len)
        page.places = place_select(&session.view, &(PlaceFilter){.words = page.words});
    page_desk_places(&out, &page);
    bool ok = city_desk_send(req, res, DESK_PLACES, STR("Orte"), &out);
    city_reader_end(&session.reader);
    return ok;
}

bool desk_places(Request *req, Response *res, Err *err)
{
    return show_list(req, res, &(CategoryForm){.colour = STR(PLACE_COLOUR_OTHER)}, err);
}

typedef struct Saving {
    PlaceCategory category;
    Str actor, lang;
} Saving;

static bool save(Tx *tx, void *context, Err *err)
{
    Saving *saving = context;

    return place_category_write(tx, &saving->category, saving->actor, saving->lang, err);
}

static bool forget(Tx *tx, void *context, Err *err)
{
    Saving *saving = context;

    return place_category_remove(tx, saving->category.name, saving->actor, err);
}

static CategoryForm read_form(const Request *req, Str name)
{
    return (CategoryForm){.name = name,
                          .title = request_typed(req, "titel"),
                          .icon = request_typed(req, "zeichen"),
                          .colour = str_lower(req->arena, request_typed(req, "farbe")),
                          .parent = request_typed(req, "ober")};
}

static Saving saving_of(const Request *req, const CategoryForm *form, int64_t id)
{
    return (Saving){{id, form->name, form->title, form->icon, form->colour, form->parent},
                    request_actor(req),
                    req->lang};
}

bool desk_category_add(Request *req, Response *res, Err *err)
{
    CategoryForm form = read_form(req, request_typed(req, "name"));
    Saving saving = saving_of(req, &form, 0);

    if (db_write(req->tenant->db, save, &saving, err))
        return respond_redirect(req, res, STR(DESK_PLACES "?getan=angelegt"));
    if (!problem_take_field(err, req->arena, form.errors, &form.error_count))
        return false;
    res->status = 422;
    return show_list(req, res, &form, err);
}

static bool find_category(Request *req, PlaceCategories *all, PlaceCategory *out, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && place_categories_load(tx, req->arena, all, err);
    const PlaceCategory *found = ok ? place_category(all, request_param(req, "name")) : NULL;

    tx_end(tx);
    if (found)
        *out = *found;
    return found || (ok && err_set(err, ERR_NOT_FOUND, "Diese Kategorie gibt es nicht."));
}

static bool show_category(Request *req, Response *res, CategoryForm *form,
                          const PlaceCategories *all)
{
    Out out = out_for(req);

    fill_options(form, all, req->arena);
    page_desk_category(&out, form);
    return city_desk_send(req, res, DESK_PLACES, form->title, &out);
}

bool desk_category(Request *req, Response *res, Err *err)
{
    PlaceCategories all;
    PlaceCategory is;

    if (!find_category(req, &all, &is, err))
        return false;
    CategoryForm form = {.name = is.name,
                         .title = is.title,
                         .icon = is.icon,
                         .colour = is.colour,
                         .parent = is.parent};
    return show_category(req, res, &form, &all);
}

bool desk_category_change(Request *req, Response *res, Err *err)
{
    PlaceCategories all;
    PlaceCategory is;
    bool removes = request_form(req, "entfernen").len > 0;

    if (!find_category(req, &all, &is, err))
        return false;
    CategoryForm form = read_form(req, is.name);
    Saving saving = saving_of(req, &form, is.id);
    if (db_write(req->tenant->db, removes ? forget : save, &saving, err))
        return respond_redirect(req, res,
                                removes ? STR(DESK_PLACES "?getan=entfernt")
                                        : STR(DESK_PLACES "?getan=geaendert"));
    if (!problem_take_field(err, req->arena, form.errors, &form.error_count))
        return false;
    res->status = 422;
    return show_category(req, res, &form, &all);
}
