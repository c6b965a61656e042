/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/place/place.h"

#include "city/sta/box.h"
#include "city/traffic/work.h"
#include "search/search.h"

#include <math.h>
#include <stdlib.h>

/* The first of these properties that is a text; programs of other houses call them otherwise. */
static Str text_of(const Node *properties, const char *name, const char *other)
{
    Str text = str_trim(node_get_text(properties, name));

    if (!text.len && other)
        text = str_trim(node_get_text(properties, other));
    return text.ptr ? text : STR("");
}

static PlaceAccess access_of(const Node *properties)
{
    const Node *node = node_get(properties, "barrierefrei");

    if (!node)
        node = node_get(properties, "wheelchair");
    Str text = node_text(node);
    if (node && node->kind == NODE_BOOL)
        return node->boolean ? PLACE_ACCESSIBLE : PLACE_NOT_ACCESSIBLE;
    if (str_is(text, "ja") || str_is(text, "yes"))
        return PLACE_ACCESSIBLE;
    if (str_is(text, "teilweise") || str_is(text, "limited"))
        return PLACE_PARTLY;
    return str_is(text, "nein") || str_is(text, "no") ? PLACE_NOT_ACCESSIBLE : PLACE_UNTOLD;
}

/* --- Where it is ---------------------------------------------------------------------------------
 */

/* In the middle of a point or area. Lines are roads and ways, and no places. */
static bool locate(const Node *geometry, Place *place)
{
    bool line = str_ends_with(node_get_text(geometry, "type"), "LineString");
    StaBox box = {0};

    sta_box_add(&box, geometry);
    place->x = (box.west + box.east) / 2;
    place->y = (box.south + box.north) / 2;
    return !line && box.any;
}

/* --- One -----------------------------------------------------------------------------------------
 */

static void read_hours(const PlaceView *view, const Node *properties, Place *place)
{
    Err ignored = {0};

    place->hours_text = text_of(properties, "oeffnungszeiten", "opening_hours");
    place->hours_read =
        place->hours_text.len &&
        hours_parse(place->hours_text, view->land, view->reader->arena, &place->hours, &ignored);
    if (place->hours_read)
        place->now = hours_now(&place->hours, view->reader->now);
}

bool place_is(const CityEntity *thing)
{
    return !road_work_is(thing) &&
           !city_links(thing, sta_relation(STA_THING, STR("Datastreams")))->count &&
           !city_links(thing, sta_relation(STA_THING, STR("MultiDatastreams")))->count;
}

static bool read_place(const PlaceView *view, const CityEntity *thing, Place *out)
{
    const Node *properties = node_get(thing->body, "properties");

    if (!city_sees(view->reader, thing) || !place_is(thing))
        return false;
    *out = (Place){.id = thing->id,
                   .dataset = thing->dataset,
                   .name = text_of(thing->body, "name", NULL),
                   .about = text_of(properties, "beschreibung", "description"),
                   .street = text_of(properties, "strasse", "addr:street"),
                   .town = text_of(properties, "ort", "addr:city"),
                   .website = text_of(properties, "webseite", "website"),
                   .phone = text_of(properties, "telefon", "phone"),
                   .photo = text_of(properties, "foto", "image"),
                   .category_name = text_of(properties, "kategorie", NULL),
                   .access = access_of(properties),
                   .distance = NAN};
    if (!out->about.len)
        out->about = text_of(thing->body, "description", NULL);
    out->category = place_category(view->categories, out->category_name);
    return locate(city_place(view->reader, thing), out);
}

bool place_find(const PlaceView *view, int64_t id, Place *out)
{
    const CityEntity *thing = city_find(view->reader->graph, STA_THING, id);

    if (!thing || !read_place(view, thing, out))
        return false;
    read_hours(view, node_get(thing->body, "properties"), out);
    return true;
}

/* --- Many ----------------------------------------------------------------------------------------
 */

static bool says(const PlaceView *view, const Place *place, Str words)
{
    Str title = place->category ? place->category->title : place->category_name;

    return !words.len ||
           search_text_has(str_printf(view->reader->arena, "%.*s %.*s %.*s %.*s %.*s",
                                      STR_ARG(place->name), STR_ARG(title), STR_ARG(place->street),
                                      STR_ARG(place->town), STR_ARG(place->about)),
                           words);
}

static bool takes(const PlaceView *view, const PlaceFilter *filter, const Place *place)
{
    return (!filter->category.len ||
            place_category_within(view->categories, place->category_name, filter->category)) &&
           (!filter->accessible || place->access == PLACE_ACCESSIBLE) &&
           (!filter->open || (place->hours_read && place->now.open)) &&
           says(view, place, filter->words);
}

static int by_name(const void *a, const void *b)
{
    const Place *one = a, *other = b;
    int order = str_compare(one->name, other->name);

    return order ? order : (one->id > other->id) - (one->id < other->id);
}

static int by_distance(const void *a, const void *b)
{
    const Place *one = a, *other = b;
    int order = (one->distance > other->distance) - (one->distance < other->distance);

    return order ? order : by_name(a, b);
}

Places place_select(const PlaceView *view, const PlaceFilter *filter)
{
    const CitySet *things = &view->reader->graph->sets[STA_THING];
    Places found = {0};

    for (size_t i = 0; i < things->count; i++) {
        Place place;
        if (!read_place(view, things->items[i], &place))
            continue;
        read_hours(view, node_get(things->items[i]->body, "properties"), &place);
        if (!takes(view, filter, &place))
            continue;
        if (filter->near)
            place.distance = place_distance(filter->x, filter->y, place.x, place.y);
        VEC_PUSH(view->reader->arena, &found, place);
    }
    if (found.count)
        qsort(found.items, found.count, sizeof *found.items, filter->near ? by_distance : by_name);
    return found;
}

bool place_locate(const PlaceView *view, Str words, Place *out)
{
    const CitySet *things = &view->reader->graph->sets[STA_THING];

    for (int by = 0; by < 2; by++)
        for (size_t i = 0; i < things->count; i++)
            if (read_place(view, things->items[i], out) &&
                search_text_has(by ? out->name : out->street, words))
                return true;
    return false;
}
