/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/watch.h"

#include "city/page/page.h"
#include "city/sta/geometry.h"

/* --- Areas ---------------------------------------------------------------------------------------
 */

/* NULL when it is no shape. */
static const StaShape *read_area(StaShapes *shapes, Str area, Arena *arena)
{
    Err err = {0};

    area = str_trim(area);
    if (!str_starts_with(area, "{"))
        return sta_shape_of_wkt(shapes, area);
    const Node *json = node_parse_json(arena, area, NULL, &NODE_LIMITS_REQUEST, &err);
    if (json && str_is(node_get_text(json, "type"), "Feature"))
        json = node_get(json, "geometry");
    return json ? sta_shape_of_json(shapes, json) : NULL;
}

/* A shape meets itself, unless it is one that GEOS cannot work with. */
static bool is_area(StaShapes *shapes, const StaShape *shape)
{
    StaValue meets, area;

    if (!shape)
        return false;
    meets = sta_shape_is(shapes, STA_INTERSECTS, shape, shape);
    area = sta_shape_relates(shapes, shape, shape, STR("2********"));
    return meets.type == STA_BOOL && area.type == STA_BOOL && area.boolean;
}

bool alarm_area_check(Str area, Err *err)
{
    StaShapes *shapes = sta_shapes_create(err);
    Arena *arena = arena_create(0);
    bool ok = shapes && is_area(shapes, read_area(shapes, area, arena));

    if (shapes && !ok)
        err_field(err, "gebiet",
                  "Das ist keine Fläche. Bitte geben Sie ein Vieleck als GeoJSON oder WKT an, zum "
                  "Beispiel POLYGON((9.95 51.55, 9.97 51.55, 9.97 51.57, 9.95 51.55)).");
    sta_shapes_destroy(shapes);
    arena_destroy(arena);
    return ok;
}

/* --- Datastreams ---------------------------------------------------------------------------------
 */

typedef struct Watch {
    CityReader reader; /* staff's eyes: who makes an alarm may read what is internal */
    const Alarm *alarm;
    Arena *arena;
} Watch;

static Watched watched_of(const Watch *watch, const CityEntity *stream)
{
    const CityEntity *thing = city_linked(stream, "Thing");
    const Node *place = thing ? city_place(&watch->reader, thing) : NULL;
    const Node *point =
        str_is(node_get_text(place, "type"), "Point") ? node_get(place, "coordinates") : NULL;
    Watched out = {.id = stream->id,
                   .series = stream->series,
                   .name = str_copy(watch->arena, city_name(stream)),
                   .thing = thing ? str_copy(watch->arena, city_name(thing)) : STR(""),
                   .unit = str_copy(watch->arena, city_unit(stream)),
                   .place =
                       place && watch->alarm->area.len ? node_clone(watch->arena, place) : NULL,
                   .inside = -1};

    if (node_at(point, 1)) {
        out.lon = node_clone(watch->arena, node_at(point, 0));
        out.lat = node_clone(watch->arena, node_at(point, 1));
    }
    return out;
}

static bool watches(const Alarm *alarm, const CityEntity *stream)
{
    const CityEntity *property = alarm->property ? city_linked(stream, "ObservedProperty") : NULL;

    return stream->dataset == alarm->dataset && (!alarm->stream || alarm->stream == stream->id) &&
           (!alarm->property || (property && property->id == alarm->property));
}

static void take_out(Hub *hub, const Alarm *alarm, Arena *arena, WatchedList *out)
{
    Watch watch = {.alarm = alarm, .arena = arena};

    *out = (WatchedList){0};
    watch.reader = (CityReader){.graph = hub_hold(hub), .arena = arena};
    watch.reader.rights = (CityRights){.all = hub_datasets(hub), .internal = true};
    const CitySet *streams = &watch.reader.graph->sets[STA_DATASTREAM];
    for (size_t i = 0; i < streams->count; i++)
        if (watches(alarm, streams->items[i]))
            VEC_PUSH(arena, out, watched_of(&watch, streams->items[i]));
    hub_release(hub);
}

static int lies_inside(StaShapes *shapes, const StaShape *area, const Node *place)
{
    const StaShape *shape = area && place ? sta_shape_of_json(shapes, place) : NULL;

    if (!shape)
        return -1;
    StaValue meets = sta_shape_is(shapes, STA_INTERSECTS, shape, area);
    return meets.type == STA_BOOL ? meets.boolean : -1;
}

bool alarm_watch(Hub *hub, const Alarm *alarm, Arena *arena, WatchedList *out, Err *err)
{
    take_out(hub, alarm, arena, out);
    if (!alarm->area.len)
        return true;
    /* Areas may have thousands of corners: the town is not held up by them. */
    StaShapes *shapes = sta_shapes_create(err);
    if (!shapes)
        return false;
    const StaShape *area = read_area(shapes, alarm->area, arena);
    for (size_t i = 0; i < out->count; i++)
        out->items[i].inside = lies_inside(shapes, area, out->items[i].place);
    sta_shapes_destroy(shapes);
    return true;
}

Str alarm_watch_words(const CityGraph *graph, const Alarm *alarm, Arena *arena)
{
    bool one = alarm->stream != 0;
    const CityEntity *entity = one ? city_find(graph, STA_DATASTREAM, alarm->stream)
                               : alarm->property
                                   ? city_find(graph, STA_OBSERVED_PROPERTY, alarm->property)
                                   : NULL;

    if (!one && !alarm->property)
        return STR("alle Messreihen des Datensatzes");
    if (!entity)
        return STR("eine Messreihe, die es nicht mehr gibt");
    return one ? str_copy(arena, city_name(entity))
               : str_printf(arena, "alle Messreihen „%.*s“", STR_ARG(city_name(entity)));
}
