/* SPDX-License-Identifier: EUPL-1.2 */
/* Categories of places: what they are called, and how they look in lists and on the map. */
#pragma once

#include "base/vec.h"
#include "core/store/db.h"

typedef struct PlaceCategory {
    int64_t id;
    Str name;   /* [a-z0-9-]: in addresses and in the places' properties */
    Str title;  /* German */
    Str icon;   /* one of PLACE_ICONS */
    Str colour; /* "#15803d" */
    Str parent; /* name of another, or "" */
} PlaceCategory;

typedef struct PlaceCategories {
    PlaceCategory *items;
    size_t count, capacity;
} PlaceCategories;

typedef struct PlaceIcon {
    const char *name, *title;
} PlaceIcon;

/* The symbols of web/icons/places.svg; ended by a NULL name. */
extern const PlaceIcon PLACE_ICONS[];
#define PLACE_ICON_OTHER "ort"
#define PLACE_COLOUR_OTHER "#475569"

bool place_categories_load(Tx *tx, Arena *arena, PlaceCategories *out, Err *err);
const PlaceCategory *place_category(const PlaceCategories *all, Str name);
/* Is it this category, or below it? */
bool place_category_within(const PlaceCategories *all, Str name, Str outer);

/* Add it (id 0) or change it, and note who did. ERR_INPUT and ERR_CONFLICT name the field. */
bool place_category_write(Tx *tx, PlaceCategory *category, Str actor, Str lang, Err *err);
/* Places of it keep its name and look like any other. Categories below it stand at the top. */
bool place_category_remove(Tx *tx, Str name, Str actor, Err *err);
