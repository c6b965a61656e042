/* SPDX-License-Identifier: EUPL-1.2 */
/* Places: Things that are somewhere and measure nothing, with what their properties say of them
 * (docs/places.md). Who sees the dataset sees the place. */
#pragma once

#include "city/place/category.h"
#include "city/place/hours.h"
#include "city/query/reader.h"

typedef enum PlaceAccess {
    PLACE_UNTOLD,
    PLACE_ACCESSIBLE,
    PLACE_PARTLY,
    PLACE_NOT_ACCESSIBLE,
} PlaceAccess;

typedef struct Place {
    int64_t id; /* of the Thing */
    int64_t dataset;
    double x, y; /* degrees; the middle of an area */
    Str name, about, street, town, website, phone;
    Str photo;                     /* elsewhere; ours are in photo.h */
    Str category_name;             /* as the properties say it */
    const PlaceCategory *category; /* NULL: the town has none of that name */
    PlaceAccess access;
    Str hours_text; /* as written */
    Hours hours;
    bool hours_read; /* they are understood: `now` holds */
    HoursNow now;
    double distance; /* m; NAN: from nowhere */
} Place;

typedef struct Places {
    Place *items;
    size_t count, capacity;
} Places;

typedef struct PlaceFilter {
    Str words;
    Str category; /* its name; those below it as well */
    bool open, accessible;
    bool near; /* nearest to (x, y) first; else by name */
    double x, y;
} PlaceFilter;

/* Where hours and holidays are looked at: the town's Land. */
typedef struct PlaceView {
    CityReader *reader;
    const PlaceCategories *categories;
    Str land;
} PlaceView;

/* Those that the reader sees and the filter takes, in its order; texts are the graph's, valid
 * while the reader holds it. */
Places place_select(const PlaceView *view, const PlaceFilter *filter);
/* False: there is none of this id that the reader sees. */
/* Can the Thing be one? It measures nothing and is no road work; a line is none either. */
bool place_is(const CityEntity *thing);
bool place_find(const PlaceView *view, int64_t id, Place *out);
/* The first place whose street or name has the words in it, for "near": false when there is none.
 */
bool place_locate(const PlaceView *view, Str words, Place *out);

/* Metres over the ground. */
double place_distance(double x1, double y1, double x2, double y2);
/* "350 m", "1,2 km". */
Str place_distance_text(Arena *arena, Str lang, double metres);
/* "Talstraße 3, Musterstadt". */
Str place_address(const Place *place, Arena *arena);
