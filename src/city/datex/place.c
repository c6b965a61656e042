/* SPDX-License-Identifier: EUPL-1.2 */
/* Where something is: the forms of places that lead to degrees, and the names of the others. */
#include "city/datex/part.h"

#include "base/vec.h"

#include <math.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static Str next_word(Str *rest)
{
    size_t from = 0, to;

    while (from < rest->len && is_blank(rest->ptr[from]))
        from++;
    for (to = from; to < rest->len && !is_blank(rest->ptr[to]);)
        to++;
    Str word = str_slice(*rest, from, to);
    *rest = str_slice(*rest, to, rest->len);
    return word;
}

/* Latitude first, as in the standard's own reference system (ETRS89-LatLonh), in EPSG:4258 and in
 * EPSG:4326; CRS84 has it behind. Others are not read. */
static bool axes_of(Str system, bool *longitude_first)
{
    *longitude_first = str_find(system, STR("CRS84")) >= 0;
    return !system.len || *longitude_first || str_find(system, STR("LatLon")) >= 0 ||
           str_find(system, STR("4258")) >= 0 || str_find(system, STR("4326")) >= 0;
}

/* Pairs of numbers, or threes with heights. */
static bool read_list(const XmlElement *list, Str system, size_t per_point, Arena *arena, Way *out)
{
    struct {
        WayPoint *items;
        size_t count, capacity;
    } points = {0};
    Str rest = list->text;
    bool swapped;

    if (!axes_of(system, &swapped))
        return false;
    for (Str word = next_word(&rest); word.len; word = next_word(&rest)) {
        double a, b, height;
        bool ok = datex_number(word, &a) && datex_number(next_word(&rest), &b) &&
                  (per_point == 2 || datex_number(next_word(&rest), &height));
        WayPoint point = ok && swapped ? (WayPoint){a, b} : ok ? (WayPoint){b, a} : (WayPoint){0};
        if (!ok || !way_point_valid(point) || points.count == WAY_POINTS_MAX)
            return false;
        VEC_PUSH(arena, &points, point);
    }
    *out = (Way){points.items, points.count};
    return points.count >= 2;
}

/* Of an element that holds a list of positions. */
static bool read_line(const XmlElement *location, const char *name, Arena *arena, Way *out)
{
    const XmlElement *line = datex_below(location, name);
    const XmlElement *list = datex_child(line, "posList");

    return list && read_list(list, xml_attribute(line, "srsName"),
                             str_is(xml_attribute(line, "srsDimension"), "3") ? 3 : 2, arena, out);
}

static bool read_coordinates(const XmlElement *at, WayPoint *out)
{
    return at && datex_number(datex_text(at, "latitude"), &out->y) &&
           datex_number(datex_text(at, "longitude"), &out->x) && way_point_valid(*out);
}

static bool read_point(const XmlElement *location, const char *name, Arena *arena, Way *out)
{
    WayPoint point;

    if (!read_coordinates(datex_below(location, name), &point))
        return false;
    *out = (Way){arena_copy(arena, &point, sizeof point), 1};
    return true;
}

/* The middle of the box around an area's first polygon. */
static bool read_area(const XmlElement *location, Arena *arena, Way *out)
{
    Way ring;

    if (!read_line(location, "exterior", arena, &ring))
        return false;
    WayPoint low = ring.points[0], high = low;
    for (size_t i = 1; i < ring.count; i++) {
        low = (WayPoint){fmin(low.x, ring.points[i].x), fmin(low.y, ring.points[i].y)};
        high = (WayPoint){fmax(high.x, ring.points[i].x), fmax(high.y, ring.points[i].y)};
    }
    WayPoint middle = {(low.x + high.x) / 2, (low.y + high.y) / 2};
    *out = (Way){arena_copy(arena, &middle, sizeof middle), 1};
    return true;
}

bool datex_place(const XmlElement *location, Arena *arena, Way *out)
{
    return read_line(location, "gmlLineString", arena, out) ||
           read_point(location, "pointCoordinates", arena, out) ||
           read_area(location, arena, out) ||
           read_point(location, "coordinatesForDisplay", arena, out);
}

const char *datex_place_form(const XmlElement *location)
{
    static const char *const FORMS[][2] = {
        {"alertCPoint", "ALERT-C"},
        {"alertCLinear", "ALERT-C"},
        {"alertCArea", "ALERT-C"},
        {"openlrLinear", "OpenLR"},
        {"openlrPointLocationReference", "OpenLR"},
        {"openlrAreaLocationReference", "OpenLR"},
        {"pointAlongLinearElement", "a distance along a road"},
        {"linearWithinLinearElement", "a distance along a road"},
        {"predefinedLocationReference", "the name of a predefined location"},
        {"predefinedLocationGroupReference", "the name of predefined locations"},
        {"predefinedItineraryReference", "the name of a predefined itinerary"},
        {"namedArea", "the name of an area"},
        {"gmlLineString", "a line that is not in degrees"},
        {"gmlMultiPolygon", "an area that is not in degrees"}};

    if (!location)
        return "nothing";
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++)
        if (datex_below(location, FORMS[i][0]))
            return FORMS[i][1];
    return "nothing that is known";
}

Str datex_road(const XmlElement *location)
{
    const XmlElement *road = datex_below(location, "roadInformation");
    Str name = datex_text(road, "roadName"), words = datex_words(road, "roadName");
    Str number = datex_text(road, "roadNumber");

    return words.len ? words : name.len ? name : number.len ? number : STR("");
}
