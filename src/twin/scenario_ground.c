/* SPDX-License-Identifier: EUPL-1.2 */
/* Roughness and infiltration: one value, a raster, or polygons with a field or a table by class. */
#include "twin/scenario_reader.h"

#include <math.h>
#include <stdlib.h>

static const double ROUGHNESS_MOST = 10, MM_PER_H = 1 / 3.6e6;

typedef struct Classes {
    Table table;
    int key, n, rate, suction, deficit, constant;
} Classes;

static float *all_cells(const TwinScenario *scenario, double value)
{
    size_t cells = geo_grid_cells(&scenario->terrain.grid);
    float *values = malloc(cells * sizeof *values);

    if (!values)
        abort();
    for (size_t i = 0; i < cells; i++)
        values[i] = (float)value;
    return values;
}

/* A value of a feature as it stands in a table. */
static Str class_of(const Node *value)
{
    return value && value->kind == NODE_BOOL ? (value->boolean ? STR("true") : STR("false"))
                                             : str_trim(node_text(value));
}

static bool read_classes(const ScenarioReader *reader, const Node *map, const char *where,
                         Classes *out, Err *err)
{
    const char *path = scenario_file(reader, map, "table", where, err);

    if (!path || !table_read(path, reader->arena, &out->table, err))
        return false;
    if (!out->table.columns)
        return err_at(err, path, 1, 0, "the first line must name the columns: use,n,soil,…");
    out->key = 0;
    out->n = table_column(&out->table, "n");
    out->rate = table_column(&out->table, "conductivity_mm_per_h");
    out->suction = table_column(&out->table, "suction_mm");
    out->deficit = table_column(&out->table, "deficit");
    out->constant = table_column(&out->table, "constant_mm_per_h");
    return true;
}

static ptrdiff_t class_row(const Classes *classes, Str name)
{
    for (size_t i = 0; i < classes->table.count; i++)
        if (str_eq_nocase(classes->table.items[i].values[classes->key], name))
            return (ptrdiff_t)i;
    return -1;
}

static bool field_missing(const ScenarioReader *reader, const Node *map, const char *where,
                          const GeoFeature *feature, const char *field, Err *err)
{
    Buf names = buf_in(reader->arena);

    for (size_t i = 0; i < feature->properties->count; i++)
        buf_addf(&names, "%s%.*s", i ? ", " : "", STR_ARG(feature->properties->keys[i]));
    return scenario_wrong(reader, map, err,
                          "%s: feature %lld has no field \"%s\"; its fields are: %.*s", where,
                          (long long)feature->id, field, STR_ARG(buf_str(&names)));
}

/* --- roughness --- */

static bool feature_roughness(const ScenarioReader *reader, const Node *map, const Classes *classes,
                              const GeoFeature *feature, const char *field, double *out, Err *err)
{
    const Node *value = node_get(feature->properties, field);
    Str text = class_of(value);

    if (str_empty(text))
        return field_missing(reader, map, "roughness", feature, field, err);
    if (classes) {
        ptrdiff_t row = class_row(classes, text);
        if (row < 0)
            return err_at(err, classes->table.name, 0, 0,
                          "has no row for the use \"%.*s\", which feature %lld has", STR_ARG(text),
                          (long long)feature->id);
        if (!table_number(&classes->table, (size_t)row, classes->n, out, err))
            return false;
    } else if (!decimal_parse(text, out)) {
        return scenario_wrong(reader, map, err,
                              "roughness: field \"%s\" of feature %lld is \"%.*s\", no number; a "
                              "table of classes can be named: table: use.csv",
                              field, (long long)feature->id, STR_ARG(text));
    }
    if (*out < 0 || *out > ROUGHNESS_MOST)
        return scenario_wrong(
            reader, map, err, "roughness: %g of feature %lld is %s; Manning's n is from 0 to %g",
            *out, (long long)feature->id, *out < 0 ? "negative" : "out of range", ROUGHNESS_MOST);
    return true;
}

static bool polygons_roughness(ScenarioReader *reader, const Node *map, Err *err)
{
    TwinScenario *scenario = reader->scenario;
    const char *field = scenario_text(reader, map, "field");
    double otherwise = 0.04;
    GeoLayer layer;
    Classes classes = {0};
    bool tabled = node_get(map, "table") != NULL;

    if (!field)
        field = tabled ? "use" : "n";
    if (!scenario_get_number(reader, map, "default", QUANTITY_NONE, 0, ROUGHNESS_MOST, &otherwise,
                             err) ||
        !scenario_layer(reader, map, "roughness", &layer, err) ||
        (tabled && !read_classes(reader, map, "roughness", &classes, err)))
        return false;
    if (tabled && classes.n < 0)
        return err_at(err, classes.table.name, 1, 0, "has no column n");
    scenario->roughness = all_cells(scenario, otherwise);
    Arena *scratch = arena_create(1 << 16);
    bool ok = true;
    for (size_t i = 0; ok && i < layer.count; i++) {
        GeoCells cells;
        double n = 0;
        arena_reset(scratch);
        ok = feature_roughness(reader, map, tabled ? &classes : NULL, &layer.items[i], field, &n,
                               err);
        geo_cover_polygon(&scenario->terrain.grid, &layer.items[i], scratch, &cells);
        for (size_t c = 0; c < cells.count; c++)
            scenario->roughness[cells.items[c]] = (float)n;
    }
    arena_destroy(scratch);
    return ok;
}

static bool raster_roughness(ScenarioReader *reader, const Node *map, const char *key, Err *err)
{
    TwinScenario *scenario = reader->scenario;
    double missing = NAN;

    if (!scenario_get_number(reader, map, "default", QUANTITY_NONE, 0, ROUGHNESS_MOST, &missing,
                             err))
        return false;
    double *values = scenario_raster(reader, map, key, "roughness", missing, err);
    if (!values)
        return false;
    const GeoGrid *grid = &scenario->terrain.grid;
    bool ok = true;
    scenario->roughness = all_cells(scenario, 0);
    for (size_t i = 0; ok && i < geo_grid_cells(grid); i++) {
        if (scenario_wet(scenario, i) && (values[i] < 0 || values[i] > ROUGHNESS_MOST))
            ok = scenario_wrong(reader, map, err,
                                "roughness: %g at %.3f, %.3f is %s; Manning's n is from 0 to %g",
                                values[i], geo_grid_x(grid, (int)(i % (size_t)grid->columns)),
                                geo_grid_y(grid, (int)(i / (size_t)grid->columns)),
                                values[i] < 0 ? "negative" : "out of range", ROUGHNESS_MOST);
        scenario->roughness[i] = (float)values[i];
    }
    free(values);
    return ok;
}

bool scenario_read_roughness(ScenarioReader *reader, const Node *node, Err *err)
{
    static const char *const KEYS[] = {"raster",  "file",  "polygons", "field",    "table",
                                       "default", "layer", "crs",      "resample", NULL};
    TwinScenario *scenario = reader->scenario;

    scenario->roughness_all = 0.03;
    if (!node)
        return true;
    if (node->kind != NODE_MAP) {
        if (!scenario_is_number(node) && node->kind == NODE_STRING) {
            Node *map = node_map(reader->arena);
            node_set(reader->arena, map, STR("raster"), node_clone(reader->arena, node));
            map->line = node->line;
            return raster_roughness(reader, map, "raster", err);
        }
        return scenario_number(reader, node, "roughness", QUANTITY_NONE, 0, ROUGHNESS_MOST,
                               &scenario->roughness_all, err);
    }
    if (!scenario_keys(reader, node, "roughness", KEYS, err))
        return false;
    if (node_get(node, "polygons"))
        return polygons_roughness(reader, node, err);
    if (node_get(node, "raster") || node_get(node, "file"))
        return raster_roughness(reader, node, node_get(node, "raster") ? "raster" : "file", err);
    return scenario_wrong(reader, node, err,
                          "roughness: is a number, {raster: n.tif} or {polygons: use.gpkg, field: "
                          "n, default: 0.04}");
}

/* --- infiltration --- */

static bool green_ampt(const ScenarioReader *reader, const Node *map, FlowSoil *out, Err *err)
{
    static const char *const KEYS[] = {"conductivity", "suction", "deficit", NULL};
    double conductivity = -1, suction = -1, deficit = -1;

    if (!scenario_keys(reader, map, "green_ampt", KEYS, err) ||
        !scenario_get_number(reader, map, "conductivity", QUANTITY_INTENSITY, 0, 1000,
                             &conductivity, err) ||
        !scenario_get_number(reader, map, "suction", QUANTITY_MILLIMETRE, 0, 5000, &suction, err) ||
        !scenario_get_number(reader, map, "deficit", QUANTITY_NONE, 0, 1, &deficit, err))
        return false;
    if (conductivity < 0 || suction < 0 || deficit < 0)
        return scenario_wrong(reader, map, err,
                              "green_ampt: needs conductivity (mm/h), suction (mm) and deficit (0 "
                              "to 1)");
    *out = (FlowSoil){FLOW_GREEN_AMPT, conductivity * MM_PER_H, suction / 1000, deficit};
    return true;
}

static bool one_soil(const ScenarioReader *reader, const Node *node, FlowSoil *out, Err *err)
{
    static const char *const KEYS[] = {"green_ampt", "constant", NULL};
    double rate = 0;

    *out = (FlowSoil){.kind = FLOW_SEALED};
    if (node_is_null(node) || str_is(node_text(node), "none"))
        return true;
    if (scenario_is_number(node)) {
        if (!scenario_number(reader, node, "infiltration", QUANTITY_INTENSITY, 0, 1000, &rate, err))
            return false;
        *out = (FlowSoil){.kind = FLOW_CONSTANT, .rate = rate * MM_PER_H};
        return true;
    }
    if (!scenario_keys(reader, node, "infiltration", KEYS, err))
        return false;
    if (node_get(node, "green_ampt"))
        return green_ampt(reader, node_get(node, "green_ampt"), out, err);
    if (!node_get(node, "constant"))
        return scenario_wrong(reader, node, err,
                              "infiltration: is none, {constant: mm/h} or {green_ampt: {…}}");
    if (!scenario_get_number(reader, node, "constant", QUANTITY_INTENSITY, 0, 1000, &rate, err))
        return false;
    *out = (FlowSoil){.kind = FLOW_CONSTANT, .rate = rate * MM_PER_H};
    return true;
}

/* A number of a class, 0 where the column or the value is missing. */
static bool optional(const Classes *classes, size_t row, int column, double *out, Err *err)
{
    *out = 0;
    if (column < 0 || str_empty(classes->table.items[row].values[column]))
        return true;
    if (!table_number(&classes->table, row, column, out, err))
        return false;
    if (*out < 0)
        return err_at(err, classes->table.name, classes->table.items[row].line, 0, "%g is negative",
                      *out);
    return true;
}

static bool class_soil(const Classes *classes, size_t row, FlowSoil *out, Err *err)
{
    double rate, suction, deficit, constant;

    if (!optional(classes, row, classes->rate, &rate, err) ||
        !optional(classes, row, classes->suction, &suction, err) ||
        !optional(classes, row, classes->deficit, &deficit, err) ||
        !optional(classes, row, classes->constant, &constant, err))
        return false;
    if (deficit > 1)
        return err_at(err, classes->table.name, classes->table.items[row].line, 0,
                      "deficit is from 0 to 1");
    *out = rate > 0 ? (FlowSoil){FLOW_GREEN_AMPT, rate * MM_PER_H, suction / 1000, deficit}
                    : (FlowSoil){.kind = constant > 0 ? FLOW_CONSTANT : FLOW_SEALED,
                                 .rate = constant * MM_PER_H};
    return true;
}

static bool soils_by_use(ScenarioReader *reader, const Node *map, Err *err)
{
    TwinScenario *scenario = reader->scenario;
    const char *field = scenario_text(reader, map, "field");
    Classes classes = {0};
    GeoLayer layer;

    if (!field)
        field = "use";
    if (!scenario_layer(reader, map, "infiltration", &layer, err) ||
        !read_classes(reader, map, "infiltration", &classes, err) ||
        !one_soil(reader, node_get(map, "default"), &scenario->soils[0], err))
        return false;
    if (classes.table.count + 1 > SCENARIO_SOILS)
        return err_at(err, classes.table.name, 0, 0, "has more than %d classes",
                      SCENARIO_SOILS - 1);
    for (size_t i = 0; i < classes.table.count; i++)
        if (!class_soil(&classes, i, &scenario->soils[i + 1], err))
            return false;
    scenario->soil_count = classes.table.count + 1;
    scenario->soil = calloc(geo_grid_cells(&scenario->terrain.grid), 1);
    if (!scenario->soil)
        abort();
    Arena *scratch = arena_create(1 << 16);
    bool ok = true;
    for (size_t i = 0; ok && i < layer.count; i++) {
        GeoCells cells;
        Str use = class_of(node_get(layer.items[i].properties, field));
        ptrdiff_t row = class_row(&classes, use);
        arena_reset(scratch);
        if (!node_get(layer.items[i].properties, field))
            ok = field_missing(reader, map, "infiltration", &layer.items[i], field, err);
        else if (row < 0)
            ok = err_at(err, classes.table.name, 0, 0,
                        "has no row for the use \"%.*s\", which feature %lld has", STR_ARG(use),
                        (long long)layer.items[i].id);
        geo_cover_polygon(&scenario->terrain.grid, &layer.items[i], scratch, &cells);
        for (size_t c = 0; ok && c < cells.count; c++)
            scenario->soil[cells.items[c]] = (uint8_t)(row + 1);
    }
    arena_destroy(scratch);
    return ok;
}

bool scenario_read_infiltration(ScenarioReader *reader, const Node *node, Err *err)
{
    static const char *const KEYS[] = {"polygons", "field", "table", "default",
                                       "layer",    "crs",   NULL};
    TwinScenario *scenario = reader->scenario;

    if (node && node->kind == NODE_MAP && node_get(node, "polygons"))
        return scenario_keys(reader, node, "infiltration", KEYS, err) &&
               soils_by_use(reader, node, err);
    if (!one_soil(reader, node, &scenario->soils[0], err))
        return false;
    scenario->soil_count = scenario->soils[0].kind != FLOW_SEALED;
    return true;
}
