/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/datex/part.h"

#include "base/vec.h"
#include "city/datex/datex.h"
#include "city/sta/time.h"
#include "city/sta/value.h"

#include <math.h>

static const char XSI[] = "http://www.w3.org/2001/XMLSchema-instance";

bool datex_is(const XmlElement *element, const char *name)
{
    return str_is(element->name, name) && str_starts_with(element->space, DATEX_SPACE);
}

static const XmlElement *first_named(const XmlElement *element, Str name)
{
    while (element &&
           !(str_eq(element->name, name) && str_starts_with(element->space, DATEX_SPACE)))
        element = element->next;
    return element;
}

const XmlElement *datex_child(const XmlElement *element, const char *name)
{
    return element ? first_named(element->first, str_c(name)) : NULL;
}

const XmlElement *datex_next(const XmlElement *element, const char *name)
{
    return first_named(element->next, str_c(name));
}

const XmlElement *datex_path(const XmlElement *element, const char *path)
{
    Str rest = str_c(path);

    while (element && rest.ptr)
        element = first_named(element->first, str_cut(&rest, '/'));
    return element;
}

/* Without recursion: files may be a hundred elements deep. */
const XmlElement *datex_below(const XmlElement *element, const char *name)
{
    const XmlElement *at = element ? element->first : NULL;

    while (at && !datex_is(at, name)) {
        if (at->first) {
            at = at->first;
            continue;
        }
        while (at != element && !at->next)
            at = at->parent;
        at = at == element ? NULL : at->next;
    }
    return at;
}

Str datex_text(const XmlElement *element, const char *path)
{
    const XmlElement *found = datex_path(element, path);
    Str text = found ? str_trim(found->text) : STR_NONE;

    return text.len ? text : STR_NONE;
}

Str datex_words(const XmlElement *element, const char *path)
{
    const XmlElement *values = datex_child(datex_path(element, path), "values");
    const XmlElement *best = datex_child(values, "value");

    for (const XmlElement *v = best; v; v = datex_next(v, "value"))
        if (str_starts_with(xml_attribute(v, "lang"), "de")) {
            best = v;
            break;
        }
    Str text = best ? str_trim(best->text) : STR_NONE;
    return text.len ? text : STR_NONE;
}

Str datex_type(const XmlElement *element)
{
    Str type = str_trim(xml_attribute_in(element, str_c(XSI), "type"));
    ptrdiff_t colon = str_find_char(type, ':');

    return colon < 0 ? type : str_slice(type, (size_t)colon + 1, type.len);
}

bool datex_number(Str text, double *out)
{
    StaValue value = sta_number_of_text(text);

    *out = sta_is_number(value) ? sta_as_double(value) : NAN;
    return isfinite(*out);
}

bool datex_time(Str text, Timestamp *out)
{
    StaTime time;

    if (!sta_instant_parse(text, &time))
        return false;
    *out = time.start;
    return true;
}

/* --- Places ------------------------------------------------------------------------------------
 */

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

static bool read_line(const XmlElement *location, Arena *arena, Way *out)
{
    const XmlElement *line = datex_below(location, "gmlLineString");
    const XmlElement *list = datex_child(line, "posList");

    return list && read_list(list, xml_attribute(line, "srsName"),
                             str_is(xml_attribute(line, "srsDimension"), "3") ? 3 : 2, arena, out);
}

static bool read_point(const XmlElement *location, Arena *arena, Way *out)
{
    const XmlElement *at = datex_below(location, "pointCoordinates");
    WayPoint point;

    if (!at || !datex_number(datex_text(at, "latitude"), &point.y) ||
        !datex_number(datex_text(at, "longitude"), &point.x) || !way_point_valid(point))
        return false;
    *out = (Way){arena_copy(arena, &point, sizeof point), 1};
    return true;
}

bool datex_place(const XmlElement *location, Arena *arena, Way *out)
{
    return read_line(location, arena, out) || read_point(location, arena, out);
}
