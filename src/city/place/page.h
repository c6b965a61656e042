/* SPDX-License-Identifier: EUPL-1.2 */
/* What citizens see of places: a list with a map, one place, and the same for programs.
 *
 * Where somebody is stays with them: the browser sorts by its position itself (city-places.js).
 * Without JavaScript a street or the name of a place does, or lon and lat in the address. */
#pragma once

#include "city/place/photo.h"
#include "city/place/place.h"
#include "core/page/parts.h"

enum { PLACES_PER_PAGE = 50 };

/* What was asked for, as it was typed. */
typedef struct PlaceQuery {
    PlaceFilter filter;
    Str near; /* a street or name */
    Str near_error;
    Str near_name; /* what was found */
    int64_t page;
} PlaceQuery;

typedef struct PlaceRow {
    int64_t id;
    Str name, category, icon, colour, address, hours, distance;
    bool open, known; /* whether it is open is known */
    PlaceAccess access;
} PlaceRow;

typedef struct PlaceListPage {
    PlaceQuery query;
    const PlaceCategories *categories;
    PlaceRow rows[PLACES_PER_PAGE];
    size_t row_count, found;
    PagesView pages;
    Str geojson; /* what was found, for programs */
    Str bounds;  /* of all that were found; STR_NONE: none */
    Str propose; /* address of the form for proposals; STR_NONE: the town has none */
    Str ground;  /* TileJSON below the layers, or STR_NONE */
} PlaceListPage;

typedef struct PlaceDay {
    Str day, hours;
    bool today;
} PlaceDay;

typedef struct PlacePage {
    const Place *place;
    const PlaceCategory *category;
    Str address, access, now, hours_text, bounds, propose, ground;
    PlaceDay days[7];
    bool has_days;
    Photos photos;
} PlacePage;

bool city_places_page(Request *req, Response *res, Err *err);
bool city_places_geojson(Request *req, Response *res, Err *err);
bool city_place_page(Request *req, Response *res, Err *err);
bool city_place_photo(Request *req, Response *res, Err *err);

/* "ja", "teilweise", "nein"; STR_NONE: untold. */
Str place_access_text(PlaceAccess access, Str lang);
Str place_icon(const PlaceCategory *category);
Str place_colour(const PlaceCategory *category);
/* The address of the town's form for proposals, or STR_NONE. */
Str place_propose_path(Request *req);

/* Begin to read places: categories, and the hub until city_reader_end(). */
typedef struct PlaceSession {
    CityReader reader;
    PlaceCategories categories;
    PlaceView view;
} PlaceSession;
bool place_session_begin(PlaceSession *session, Request *req, Err *err);
/* ERR_INPUT when lon or lat is none. */
bool place_query_read(const PlaceSession *session, const Request *req, PlaceQuery *out, Err *err);

#define PLACE_ROUTES                                                                              \
    {"GET", "/stadtdaten/orte", city_places_page, ACCESS_PUBLIC, NULL, 0},                        \
        {"GET", "/stadtdaten/orte.geojson", city_places_geojson, ACCESS_PUBLIC, NULL, 0},         \
        {"GET", "/stadtdaten/orte/:id", city_place_page, ACCESS_PUBLIC, NULL, 0},                 \
        {"GET", "/stadtdaten/orte/:id/foto/:photo", city_place_photo, ACCESS_PUBLIC, NULL, 0},    \
        {"GET", "/desk/orte", desk_places, ACCESS_STAFF, "city.write", 0},                        \
        {"POST", "/desk/orte/kategorien", desk_category_add, ACCESS_STAFF, "city.write", 0},      \
        {"GET", "/desk/orte/kategorien/:name", desk_category, ACCESS_STAFF, "city.write", 0},     \
        {"POST", "/desk/orte/kategorien/:name", desk_category_change, ACCESS_STAFF, "city.write", \
         0},                                                                                      \
        {"GET", "/desk/orte/:id", desk_place, ACCESS_STAFF, "city.write", 0},                     \
    {                                                                                             \
        "POST", "/desk/orte/:id", desk_place_photo, ACCESS_STAFF, "city.write", ROUTE_UPLOAD      \
    }
