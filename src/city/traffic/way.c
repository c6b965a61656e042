/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/way.h"

#include "city/sta/geometry.h"

#include <math.h>

static const double PI = 3.14159265358979323846;
static const double METRES_PER_DEGREE = 111194.93;

/* --- GeoJSON -----------------------------------------------------------------------------------
 */

bool way_point_valid(WayPoint point)
{
    return sta_is_on_earth(point.x, point.y);
}

bool way_point_parse(Str text, WayPoint *out)
{
    Str lat = text;
    StaValue x = sta_number_of_text(str_trim(str_cut(&lat, ',')));
    StaValue y = sta_number_of_text(str_trim(lat));

    *out = (WayPoint){sta_is_number(x) ? sta_as_double(x) : NAN,
                      sta_is_number(y) ? sta_as_double(y) : NAN};
    return way_point_valid(*out);
}

static double number_at(const Node *list, size_t at)
{
    const Node *number = node_at(list, at);
    StaValue value = number ? sta_number_of_text(node_text(number)) : sta_null();

    return sta_is_number(value) ? sta_as_double(value) : NAN;
}

static bool read_point(const Node *coordinates, WayPoint *out)
{
    *out = (WayPoint){number_at(coordinates, 0), number_at(coordinates, 1)};
    return way_point_valid(*out);
}

bool way_of_json(const Node *geometry, Arena *arena, Way *out)
{
    const Node *coordinates = node_get(geometry, "coordinates");
    bool point = str_is(node_get_text(geometry, "type"), "Point");

    if (!coordinates || coordinates->kind != NODE_LIST ||
        (!point && !str_is(node_get_text(geometry, "type"), "LineString")))
        return false;
    size_t count = point ? 1 : coordinates->count;
    if (count < (point ? 1 : 2) || count > WAY_POINTS_MAX)
        return false;
    *out = (Way){arena_array(arena, WayPoint, count), count};
    for (size_t i = 0; i < count; i++)
        if (!read_point(point ? coordinates : coordinates->items[i], &out->points[i]))
            return false;
    return true;
}

static Node *point_json(WayPoint point, Arena *arena)
{
    Node *list = node_list(arena);

    node_append(arena, list, node_number(arena, str_printf(arena, "%.6f", point.x)));
    node_append(arena, list, node_number(arena, str_printf(arena, "%.6f", point.y)));
    return list;
}

Node *way_json(const Way *way, Arena *arena)
{
    Node *geometry = node_map(arena), *line = node_list(arena);
    bool point = way->count == 1;

    for (size_t i = 0; i < way->count; i++)
        node_append(arena, line, point_json(way->points[i], arena));
    node_set(arena, geometry, STR("type"),
             node_string(arena, point ? STR("Point") : STR("LineString")));
    node_set(arena, geometry, STR("coordinates"), point ? line->items[0] : line);
    return geometry;
}

void way_write(const Way *way, Buf *out)
{
    for (size_t i = 0; i < way->count; i++)
        buf_addf(out, "%s[%.6f,%.6f]", i ? "," : "[", way->points[i].x, way->points[i].y);
    buf_add_c(out, "]");
}

/* --- Distances ---------------------------------------------------------------------------------
 */

/* Metres from `a` to `b`, to the east and to the north. */
static WayPoint step(WayPoint a, WayPoint b)
{
    double cosine = cos((a.y + b.y) / 2 * PI / 180);

    return (WayPoint){(b.x - a.x) * METRES_PER_DEGREE * cosine, (b.y - a.y) * METRES_PER_DEGREE};
}

double way_distance(WayPoint a, WayPoint b)
{
    WayPoint d = step(a, b);

    return hypot(d.x, d.y);
}

double way_length(const Way *way)
{
    double length = 0;

    for (size_t i = 1; i < way->count; i++)
        length += way_distance(way->points[i - 1], way->points[i]);
    return length;
}

static double heading_of(WayPoint d)
{
    double degrees = atan2(d.x, d.y) * 180 / PI;

    return degrees < 0 ? degrees + 360 : degrees;
}

static WayPoint between(WayPoint a, WayPoint b, double part)
{
    return (WayPoint){a.x + part * (b.x - a.x), a.y + part * (b.y - a.y)};
}

WayFoot way_nearest(const Way *way, WayPoint point)
{
    WayFoot best = {.distance = way_distance(way->points[0], point), .at = way->points[0]};
    double along = 0;

    for (size_t i = 1; i < way->count; i++) {
        WayPoint a = way->points[i - 1], d = step(a, way->points[i]), p = step(a, point);
        double square = d.x * d.x + d.y * d.y, length = sqrt(square);
        double part = square > 0 ? fmin(fmax((p.x * d.x + p.y * d.y) / square, 0), 1) : 0;
        double distance = hypot(p.x - part * d.x, p.y - part * d.y);
        if (distance < best.distance || i == 1)
            best = (WayFoot){distance, along + part * length, heading_of(d),
                             between(a, way->points[i], part)};
        along += length;
    }
    return best;
}

WayWalk way_walk(const Way *way)
{
    return (WayWalk){way, 1, 0};
}

WayPoint way_walk_to(WayWalk *walk, double metres)
{
    const Way *way = walk->way;

    for (; walk->leg < way->count; walk->leg++) {
        const WayPoint *end = &way->points[walk->leg];
        double length = way_distance(end[-1], *end);
        if (walk->along + length >= metres && length > 0)
            return between(end[-1], *end, fmax(metres - walk->along, 0) / length);
        walk->along += length;
    }
    return way->points[way->count - 1];
}

static WayPoint point_along(const Way *way, double metres)
{
    WayWalk walk = way_walk(way);

    return way_walk_to(&walk, metres);
}

Way way_part(const Way *way, double from, double to, Arena *arena)
{
    double low = fmin(from, to), high = fmax(from, to), along = 0;
    Way out = {arena_array(arena, WayPoint, way->count + 2), 0};

    out.points[out.count++] = point_along(way, low);
    for (size_t i = 1; i < way->count; i++) {
        along += way_distance(way->points[i - 1], way->points[i]);
        if (along > low && along < high)
            out.points[out.count++] = way->points[i];
    }
    out.points[out.count++] = point_along(way, high);
    for (size_t i = 0; from > to && i < out.count / 2; i++) {
        WayPoint swapped = out.points[i];
        out.points[i] = out.points[out.count - 1 - i];
        out.points[out.count - 1 - i] = swapped;
    }
    return out;
}
