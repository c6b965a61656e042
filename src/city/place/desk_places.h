/* SPDX-License-Identifier: EUPL-1.2 */
/* Categories and photos of places at the desk. */
#pragma once

#include "city/place/page.h"

typedef struct CategoryForm {
    Str name, title, icon, colour, parent;
    FieldError errors[1];
    size_t error_count;
    OptionView *icons, *parents; /* what may be chosen */
    size_t icon_count, parent_count;
} CategoryForm;

typedef struct DeskPlacesPage {
    const PlaceCategories *categories;
    Places places;
    Str words, notice;
    CategoryForm form;
} DeskPlacesPage;

typedef struct DeskPlacePage {
    const Place *place;
    Photos photos;
    Str notice, alt;
    FieldError errors[1];
    size_t error_count;
} DeskPlacePage;

#define DESK_PLACES "/desk/orte"

bool desk_places(Request *req, Response *res, Err *err);
bool desk_category_add(Request *req, Response *res, Err *err);
bool desk_category(Request *req, Response *res, Err *err);
/* Change it, or with the button "entfernen" remove it. */
bool desk_category_change(Request *req, Response *res, Err *err);
bool desk_place(Request *req, Response *res, Err *err);
/* Add a photo, or with the button "entfernen" remove one. */
bool desk_place_photo(Request *req, Response *res, Err *err);
