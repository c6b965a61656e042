/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/measure.h"

#include <math.h>
#include <stdlib.h>

static const struct Kind {
    const char *name, *shape, *size, *word, *size_word;
    double least, most; /* m */
} KINDS[] = {
    {"wall", "LineString", "height", "Mauer", "hoch", 0.1, 20},
    {"building", "Polygon", "height", "Gebäude", "hoch", 1, 200},
    {"basin", "Polygon", "depth", "Becken", "tief", 0.1, 20},
};
enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };

static const struct Kind *kind_of(const Node *feature)
{
    Str name = node_text(node_path(feature, STR("properties.kind")));

    for (int i = 0; i < KIND_COUNT; i++)
        if (str_is(name, KINDS[i].name))
            return &KINDS[i];
    return NULL;
}

static bool number(const Node *node, double *out)
{
    char copy[40] = "";

    if (!node || node->kind != NODE_NUMBER || node->text.len >= sizeof copy)
        return false;
    memcpy(copy, node->text.ptr, node->text.len);
    *out = strtod(copy, NULL);
    return isfinite(*out);
}

static bool size_of(const Node *feature, const struct Kind *kind, double *out)
{
    return number(node_get(node_get(feature, "properties"), kind->size), out) &&
           *out >= kind->least && *out <= kind->most;
}

Str german_number(Arena *arena, double value)
{
    return str_replace(arena, str_printf(arena, "%.3g", value), STR("."), STR(","));
}

Str measure_text(Arena *arena, const Node *feature)
{
    const struct Kind *kind = kind_of(feature);
    double size;

    if (!kind || !size_of(feature, kind, &size))
        return STR("");
    return str_printf(arena, "%s, %.*s m %s", kind->word, STR_ARG(german_number(arena, size)),
                      kind->size_word);
}

static bool point_valid(const Node *point, Bounds bounds)
{
    double x, y;

    return point && point->kind == NODE_LIST && point->count >= 2 && number(point->items[0], &x) &&
           number(point->items[1], &y) && x >= bounds.west && x <= bounds.east &&
           y >= bounds.south && y <= bounds.north;
}

static bool line_valid(const Node *line, Bounds bounds, size_t least)
{
    if (!line || line->kind != NODE_LIST || line->count < least || line->count > MEASURE_POINTS_MAX)
        return false;
    for (size_t i = 0; i < line->count; i++)
        if (!point_valid(line->items[i], bounds))
            return false;
    return true;
}

static bool closed(const Node *ring)
{
    return node_equal(ring->items[0], ring->items[ring->count - 1]);
}

static Node *clean(Arena *arena, const Node *feature, const struct Kind *kind)
{
    const Node *size = node_get(node_get(feature, "properties"), kind->size);
    Node *out = node_map(arena), *properties = node_map(arena), *shape = node_map(arena);

    node_add(arena, properties, STR("kind"), node_string(arena, str_c(kind->name)));
    node_add(arena, properties, str_c(kind->size), node_clone(arena, size));
    node_add(arena, shape, STR("type"), node_string(arena, str_c(kind->shape)));
    node_add(arena, shape, STR("coordinates"),
             node_clone(arena, node_path(feature, STR("geometry.coordinates"))));
    node_add(arena, out, STR("type"), node_string(arena, STR("Feature")));
    node_add(arena, out, STR("properties"), properties);
    node_add(arena, out, STR("geometry"), shape);
    return out;
}

static bool check(const Node *feature, Bounds bounds, size_t number_of, Err *err)
{
    const struct Kind *kind = kind_of(feature);
    const Node *where = node_path(feature, STR("geometry.coordinates"));
    bool polygon;
    double size;

    if (!kind || !str_is(node_text(node_path(feature, STR("geometry.type"))), kind->shape))
        return err_set(err, ERR_INPUT,
                       "%zu. Maßnahme: Sie ist keine Mauer, kein Becken und kein "
                       "Gebäude.",
                       number_of);
    polygon = str_is(str_c(kind->shape), "Polygon");
    if (!size_of(feature, kind, &size))
        return err_set(err, ERR_INPUT, "%zu. Maßnahme (%s): Sie ist %g bis %g m %s.", number_of,
                       kind->word, kind->least, kind->most, kind->size_word);
    const Node *line = polygon ? node_at(where, 0) : where;
    if ((polygon && (!where || where->count != 1)) || !line_valid(line, bounds, polygon ? 4 : 2) ||
        (polygon && !closed(line)))
        return err_set(err, ERR_INPUT,
                       "%zu. Maßnahme (%s): Ihre Punkte müssen im Stadtmodell liegen%s.", number_of,
                       kind->word, polygon ? ", und der letzte Punkt ist wieder der erste" : "");
    return true;
}

bool measures_check(Str geojson, Bounds bounds, Arena *arena, Str *out, size_t *count, Err *err)
{
    *out = STR_NONE;
    *count = 0;
    if (str_trim(geojson).len == 0)
        return true;
    Node *root = node_parse_json(arena, geojson, NULL, &NODE_LIMITS_REQUEST, err);
    const Node *features = node_get(root, "features");
    if (!root || !features || features->kind != NODE_LIST)
        return err_set(err, ERR_INPUT, "Die Maßnahmen sind kein GeoJSON (FeatureCollection).");
    if (features->count == 0)
        return true;
    if (features->count > MEASURES_MAX)
        return err_set(err, ERR_INPUT, "Es sind mehr als %d Maßnahmen.", MEASURES_MAX);
    Node *list = node_list(arena), *whole = node_map(arena);
    for (size_t i = 0; i < features->count; i++) {
        if (!check(features->items[i], bounds, i + 1, err))
            return false;
        node_append(arena, list, clean(arena, features->items[i], kind_of(features->items[i])));
    }
    node_add(arena, whole, STR("type"), node_string(arena, STR("FeatureCollection")));
    node_add(arena, whole, STR("features"), list);
    *out = node_json(whole, arena);
    *count = features->count;
    return true;
}

Str german_fixed(Arena *arena, double value, int digits)
{
    Str plain = str_printf(arena, "%.*f", digits, value);
    Str rest = plain;
    Str whole = str_cut(&rest, '.');
    Buf out = buf_in(arena);

    for (size_t i = 0; i < whole.len; i++) {
        if (i > 0 && (whole.len - i) % 3 == 0 && whole.ptr[i - 1] != '-')
            buf_add_char(&out, '.');
        buf_add_char(&out, whole.ptr[i]);
    }
    if (rest.len)
        buf_addf(&out, ",%.*s", STR_ARG(rest));
    return buf_str(&out);
}

Str measures_text(Arena *arena, Str geojson)
{
    Err err = {0};
    Buf out = buf_in(arena);
    Node *root =
        geojson.len ? node_parse_json(arena, geojson, NULL, &NODE_LIMITS_REQUEST, &err) : NULL;
    const Node *features = node_get(root, "features");

    for (size_t i = 0; features && i < features->count; i++) {
        if (i)
            buf_add_c(&out, "; ");
        buf_add(&out, measure_text(arena, features->items[i]));
    }
    return out.len ? buf_str(&out) : STR_NONE;
}
