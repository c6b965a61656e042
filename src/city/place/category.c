/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/place/category.h"

#include "base/utf8.h"
#include "core/page/out.h"
#include "core/store/event.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_LENGTH = 60, TITLE_LENGTH = 100 };

const PlaceIcon PLACE_ICONS[] = {
    {"ort", "Ort"},
    {"spielplatz", "Spielplatz"},
    {"wasser", "Wasser"},
    {"recycling", "Wertstoffe"},
    {"buch", "Buch"},
    {"schule", "Schule"},
    {"sport", "Sport"},
    {"kultur", "Kultur"},
    {"gesundheit", "Gesundheit"},
    {"amt", "Amt"},
    {"einkauf", "Einkauf"},
    {"essen", "Essen"},
    {"parken", "Parken"},
    {"rad", "Fahrrad"},
    {"bus", "Haltestelle"},
    {"laden", "Strom laden"},
    {"toilette", "Toilette"},
    {"park", "Park"},
    {"tier", "Tiere"},
    {"hilfe", "Hilfe"},
    {0},
};

bool place_categories_load(Tx *tx, Arena *arena, PlaceCategories *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, name, title, icon, colour, parent FROM city_place_category "
                          "ORDER BY title, name");

    *out = (PlaceCategories){0};
    if (!rows)
        return false;
    while (rows_next(rows, err))
        VEC_PUSH(arena, out,
                 ((PlaceCategory){.id = row_int(rows, 0),
                                  .name = str_copy(arena, row_text(rows, 1)),
                                  .title = str_copy(arena, row_text(rows, 2)),
                                  .icon = str_copy(arena, row_text(rows, 3)),
                                  .colour = str_copy(arena, row_text(rows, 4)),
                                  .parent = str_copy(arena, row_text(rows, 5))}));
    rows_end(rows);
    return err->kind == ERR_NONE;
}

const PlaceCategory *place_category(const PlaceCategories *all, Str name)
{
    for (size_t i = 0; i < all->count; i++)
        if (str_eq(all->items[i].name, name))
            return &all->items[i];
    return NULL;
}

bool place_category_within(const PlaceCategories *all, Str name, Str outer)
{
    /* As many steps as there are categories: a circle, which nobody may write, has no end. */
    for (size_t steps = 0; steps <= all->count && name.len; steps++) {
        if (str_eq(name, outer))
            return true;
        const PlaceCategory *category = place_category(all, name);
        name = category ? category->parent : STR("");
    }
    return false;
}

/* --- Keeping them --------------------------------------------------------------------------------
 */

static bool is_colour(Str colour)
{
    for (size_t i = 1; i < colour.len; i++)
        if (!strchr("0123456789abcdef", colour.ptr[i]))
            return false;
    return colour.len == 7 && colour.ptr[0] == '#';
}

static double light_of(Str digits)
{
    char text[3] = {digits.ptr[0], digits.ptr[1], 0};
    double part = (double)strtol(text, NULL, 16) / 255;

    return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

/* A white sign on it is seen: contrast of 3 to 1 at least (WCAG 2.2, 1.4.11). */
static bool is_dark(Str colour)
{
    double light = 0.2126 * light_of(str_slice(colour, 1, 3)) +
                   0.7152 * light_of(str_slice(colour, 3, 5)) +
                   0.0722 * light_of(str_slice(colour, 5, 7));

    return 1.05 / (light + 0.05) >= 3;
}

static bool is_icon(Str name)
{
    for (const PlaceIcon *icon = PLACE_ICONS; icon->name; icon++)
        if (str_is(name, icon->name))
            return true;
    return false;
}

static bool check(const PlaceCategory *category, const PlaceCategories *all, Str lang, Err *err)
{
    if (!str_is_name(category->name, NAME_LENGTH))
        return err_field_in(err, "name", lang,
                            "Der Name besteht aus Kleinbuchstaben, Ziffern und Bindestrichen, "
                            "zum Beispiel: spielplatz");
    if (str_empty(category->title) || utf8_length(category->title) > TITLE_LENGTH)
        return err_field_in(err, "titel", lang,
                            "Bitte geben Sie einen Titel mit höchstens 100 Zeichen an.");
    if (!is_icon(category->icon))
        return err_field_in(err, "zeichen", lang, "Bitte wählen Sie ein Zeichen aus der Liste.");
    if (!is_colour(category->colour))
        return err_field_in(err, "farbe", lang,
                            "Bitte geben Sie eine Farbe wie #15803d an: # und sechs Zeichen von 0 "
                            "bis 9 und a bis f.");
    if (!is_dark(category->colour))
        return err_field_in(err, "farbe", lang,
                            "Auf dieser Farbe ist das weiße Zeichen schlecht zu sehen. Bitte "
                            "wählen Sie eine dunklere, zum Beispiel: #15803d");
    if (category->parent.len && !place_category(all, category->parent))
        return err_field_in(err, "ober", lang, "Diese Oberkategorie gibt es nicht.");
    if (category->parent.len && place_category_within(all, category->parent, category->name))
        return err_field_in(err, "ober", lang,
                            "Eine Kategorie kann nicht unter sich selbst stehen.");
    return true;
}

static bool note(Tx *tx, const char *kind, Str name, Str actor, Err *err)
{
    char subject[NAME_LENGTH + 20];

    snprintf(subject, sizeof subject, "place-category/%.*s", STR_ARG(name));
    return event_add(tx, kind, str_c(subject), actor, NULL, err);
}

static bool insert(Tx *tx, PlaceCategory *category, const PlaceCategories *all, Str lang, Err *err)
{
    if (place_category(all, category->name)) {
        err_field_in(err, "name", lang, "Eine Kategorie „%.*s“ gibt es schon.",
                     STR_ARG(category->name));
        err->kind = ERR_CONFLICT;
        return false;
    }
    return tx_insert(tx, err, &category->id,
                     "INSERT INTO city_place_category (name, title, icon, colour, parent) VALUES "
                     "($1, $2, $3, $4, $5)",
                     P_TEXT(category->name), P_TEXT(category->title), P_TEXT(category->icon),
                     P_TEXT(category->colour), P_TEXT(category->parent));
}

bool place_category_write(Tx *tx, PlaceCategory *category, Str actor, Str lang, Err *err)
{
    Arena *arena = arena_create(0);
    PlaceCategories all;
    bool added = category->id == 0;
    bool ok = place_categories_load(tx, arena, &all, err) && check(category, &all, lang, err) &&
              (added ? insert(tx, category, &all, lang, err)
                     : tx_exec(tx, err,
                               "UPDATE city_place_category SET title = $2, icon = $3, colour = $4, "
                               "parent = $5 WHERE id = $1",
                               P_INT(category->id), P_TEXT(category->title), P_TEXT(category->icon),
                               P_TEXT(category->colour), P_TEXT(category->parent)));

    arena_destroy(arena);
    return ok && note(tx, added ? "place-category.added" : "place-category.changed", category->name,
                      actor, err);
}

bool place_category_remove(Tx *tx, Str name, Str actor, Err *err)
{
    return tx_exec(tx, err, "UPDATE city_place_category SET parent = '' WHERE parent = $1",
                   P_TEXT(name)) &&
           tx_exec(tx, err, "DELETE FROM city_place_category WHERE name = $1", P_TEXT(name)) &&
           note(tx, "place-category.removed", name, actor, err);
}
