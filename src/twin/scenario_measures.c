/* SPDX-License-Identifier: EUPL-1.2 */
/* Measures: what is built or dug in this scenario only. `measures: FILE` names shapes with the
 * property kind: a "wall" (a line) and a "building" (an area) raise the ground by `height`, a
 * "basin" (an area) lowers it by `depth`, in m. */
#include "twin/scenario_reader.h"

#include <math.h>

static const char *const KEYS[] = {"file", "layer", "crs", NULL};

static const struct Kind {
    const char *name, *size;
    GeoKind shape;
    double sign;
} KINDS[] = {
    {"wall", "height", GEO_LINE, 1},
    {"building", "height", GEO_POLYGON, 1},
    {"basin", "depth", GEO_POLYGON, -1},
};

static const struct Kind *kind_of(const GeoFeature *feature)
{
    Str name = node_get_text(feature->properties, "kind");

    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (str_is(name, KINDS[i].name) && feature->kind == KINDS[i].shape)
            return &KINDS[i];
    return NULL;
}

/* Raise or lower the model's cells of one shape. */
static size_t move_ground(TwinScenario *scenario, const GeoFeature *feature, double by,
                          Arena *arena)
{
    GeoCells cells = {0};
    size_t moved = 0;

    geo_cover_feature(&scenario->terrain.grid, feature, arena, &cells);
    for (size_t i = 0; i < cells.count; i++) {
        if (!scenario_wet(scenario, cells.items[i]))
            continue;
        scenario->terrain.values[cells.items[i]] += by;
        moved++;
    }
    return moved;
}

static bool apply(const ScenarioReader *reader, const Node *node, const GeoFeature *feature,
                  size_t number, Err *err)
{
    const struct Kind *kind = kind_of(feature);
    double size;

    if (!kind)
        return scenario_wrong(reader, node, err,
                              "measures: number %zu is no wall (a line), building or basin (an "
                              "area): its property kind says which",
                              number);
    if (!decimal_parse(node_get_text(feature->properties, kind->size), &size) || size <= 0 ||
        size > 1000)
        return scenario_wrong(reader, node, err,
                              "measures: number %zu, a %s, needs the property %s in m, above 0 and "
                              "up to 1000",
                              number, kind->name, kind->size);
    if (move_ground(reader->scenario, feature, kind->sign * size, reader->arena) == 0)
        scenario_remark(reader, node, "measures: number %zu, a %s, lies outside of the model",
                        number, kind->name);
    return true;
}

bool scenario_read_measures(ScenarioReader *reader, const Node *node, Err *err)
{
    GeoLayer layer;
    Node *map = node_map(reader->arena);

    if (!node)
        return true;
    if (node->kind == NODE_MAP) {
        if (!scenario_keys(reader, node, "measures", KEYS, err))
            return false;
        map = node_clone(reader->arena, node);
    } else {
        node_add(reader->arena, map, STR("file"), node_string(reader->arena, node_text(node)));
    }
    if (!scenario_layer(reader, map, "measures", &layer, err))
        return false;
    for (size_t i = 0; i < layer.count; i++)
        if (!apply(reader, node, &layer.items[i], i + 1, err))
            return false;
    return true;
}
