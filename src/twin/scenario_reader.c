/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/scenario_reader.h"

#include <math.h>
#include <stdlib.h>

/* Maps in braces have no line of their own: the first thing in them has. */
static int line_of(const Node *node)
{
    if (!node || node->line > 0)
        return node ? node->line : 0;
    for (size_t i = 0; i < node->count; i++) {
        int line = line_of(node->items[i]);
        if (line)
            return line;
    }
    return 0;
}

bool scenario_wrong(const ScenarioReader *reader, const Node *node, Err *err, const char *format,
                    ...)
{
    va_list args;

    va_start(args, format);
    const char *text = arena_vprintf(reader->arena, format, args);
    va_end(args);
    return err_at(err, reader->scenario->file, line_of(node), node ? node->column : 0, "%s", text);
}

void scenario_remark(const ScenarioReader *reader, const Node *node, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    remark_at(&reader->scenario->remarks, reader->scenario->file, line_of(node), format, args);
    va_end(args);
}

static bool unknown_key(const ScenarioReader *reader, const Node *value, Str key, const char *where,
                        const char *const *keys, Err *err)
{
    const char *nearest = NULL;
    size_t best = 1 + key.len / 3;
    Buf all = buf_in(reader->arena);

    for (size_t i = 0; keys[i]; i++) {
        size_t d = str_distance(key, str_c(keys[i]));
        if (d <= best) {
            nearest = keys[i];
            best = d;
        }
        buf_addf(&all, "%s%s", i ? ", " : "", keys[i]);
    }
    if (nearest)
        return scenario_wrong(reader, value, err, "%s: there is no \"%.*s\"; did you mean \"%s\"?",
                              where, STR_ARG(key), nearest);
    return scenario_wrong(reader, value, err, "%s: there is no \"%.*s\"; known are: %.*s", where,
                          STR_ARG(key), STR_ARG(buf_str(&all)));
}

bool scenario_keys(const ScenarioReader *reader, const Node *map, const char *where,
                   const char *const *keys, Err *err)
{
    if (!map || map->kind != NODE_MAP)
        return scenario_wrong(reader, map, err, "%s: must be a map {key: value}", where);
    for (size_t i = 0; i < map->count; i++) {
        bool known = false;
        for (size_t k = 0; keys[k] && !known; k++)
            known = str_is(map->keys[i], keys[k]);
        if (!known)
            return unknown_key(reader, map->items[i], map->keys[i], where, keys, err);
    }
    return true;
}

typedef struct UnitName {
    Quantity quantity;
    const char *name;
    double factor;
} UnitName;

static const UnitName UNITS[] = {
    {QUANTITY_TIME, "s", 1},
    {QUANTITY_TIME, "min", 60},
    {QUANTITY_TIME, "h", 3600},
    {QUANTITY_MINUTES, "min", 1},
    {QUANTITY_MINUTES, "h", 60},
    {QUANTITY_MINUTES, "s", 1.0 / 60},
    {QUANTITY_LENGTH, "m", 1},
    {QUANTITY_LENGTH, "cm", 0.01},
    {QUANTITY_LENGTH, "mm", 0.001},
    {QUANTITY_MILLIMETRE, "mm", 1},
    {QUANTITY_MILLIMETRE, "cm", 10},
    {QUANTITY_MILLIMETRE, "m", 1000},
    {QUANTITY_INTENSITY, "mm/h", 1},
    {QUANTITY_INTENSITY, "l/(s*ha)", 0.36},
    {QUANTITY_INTENSITY, "l/(s ha)", 0.36},
    {QUANTITY_INTENSITY, "l/(s·ha)", 0.36},
    {QUANTITY_DISCHARGE, "m3/s", 1},
    {QUANTITY_DISCHARGE, "m³/s", 1},
    {QUANTITY_DISCHARGE, "l/s", 0.001},
    {QUANTITY_LITRES, "l/s", 1},
    {QUANTITY_LITRES, "m3/s", 1000},
    {QUANTITY_SPEED, "m/s", 1},
};

static const char *first_unit(Quantity quantity)
{
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
        if (UNITS[i].quantity == quantity)
            return UNITS[i].name;
    return "";
}

/* "40", "40 mm/h", "1.5h" */
static bool read_quantity(Str text, Quantity quantity, double *out)
{
    size_t end = 0;

    text = str_trim(text);
    if (decimal_parse(text, out))
        return true;
    while (end < text.len && strchr("0123456789+-.", text.ptr[end]))
        end++;
    Str unit = str_trim(str_slice(text, end, text.len));
    if (!decimal_parse(str_slice(text, 0, end), out))
        return false;
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
        if (UNITS[i].quantity == quantity && str_is(unit, UNITS[i].name)) {
            *out *= UNITS[i].factor;
            return true;
        }
    return false;
}

bool scenario_is_number(const Node *node)
{
    double ignored;
    Str text = node_text(node);

    for (int q = QUANTITY_NONE; text.len > 0 && q <= QUANTITY_SPEED; q++)
        if (read_quantity(text, (Quantity)q, &ignored))
            return true;
    return false;
}

bool scenario_number(const ScenarioReader *reader, const Node *node, const char *where,
                     Quantity quantity, double least, double most, double *out, Err *err)
{
    const char *unit = first_unit(quantity);
    Str text = node_text(node);

    if (!text.ptr || !read_quantity(text, quantity, out))
        return scenario_wrong(reader, node, err, "%s: \"%.*s\" is no number%s%s", where,
                              STR_ARG(text), *unit ? " in " : "", unit);
    if (*out >= least && *out <= most)
        return true;
    if (*out < 0 && least >= 0)
        return scenario_wrong(reader, node, err, "%s: %g%s%s is negative; it must be from %g to %g",
                              where, *out, *unit ? " " : "", unit, least, most);
    return scenario_wrong(reader, node, err, "%s: %g%s%s is out of range; it must be from %g to %g",
                          where, *out, *unit ? " " : "", unit, least, most);
}

bool scenario_get_number(const ScenarioReader *reader, const Node *map, const char *key,
                         Quantity quantity, double least, double most, double *out, Err *err)
{
    const Node *node = node_get(map, key);

    return !node || scenario_number(reader, node, key, quantity, least, most, out, err);
}

const char *scenario_text(const ScenarioReader *reader, const Node *map, const char *key)
{
    Str text = node_get_text(map, key);

    return text.ptr ? str_cstr(reader->arena, text) : NULL;
}

const char *scenario_path(const ScenarioReader *reader, Str path)
{
    if (str_starts_with(path, "/"))
        return str_cstr(reader->arena, path);
    return arena_printf(reader->arena, "%s%.*s", reader->folder, STR_ARG(path));
}

const char *scenario_file(const ScenarioReader *reader, const Node *map, const char *key,
                          const char *where, Err *err)
{
    Str text = node_get_text(map, key);

    if (!str_empty(text))
        return scenario_path(reader, text);
    scenario_wrong(reader, node_get(map, key) ? node_get(map, key) : map, err,
                   "%s: needs \"%s\", the path of a file", where, key);
    return NULL;
}

bool scenario_point(const ScenarioReader *reader, const Node *node, const char *where,
                    GeoPoint *out, Err *err)
{
    if (!node || node->kind != NODE_LIST || node->count != 2)
        return scenario_wrong(reader, node, err, "%s: must be [x, y] in the terrain's coordinates",
                              where);
    return scenario_number(reader, node->items[0], where, QUANTITY_NONE, -1e9, 1e9, &out->x, err) &&
           scenario_number(reader, node->items[1], where, QUANTITY_NONE, -1e9, 1e9, &out->y, err);
}

bool scenario_layer(const ScenarioReader *reader, const Node *map, const char *where, GeoLayer *out,
                    Err *err)
{
    const char *key = node_get(map, "file") ? "file" : "polygons";
    const char *path = scenario_file(reader, map, key, where, err);
    const char *crs = scenario_text(reader, map, "crs");
    GeoVectorOrder order = {.path = path,
                            .layer = scenario_text(reader, map, "layer"),
                            .grid = &reader->scenario->terrain.grid};

    if (!path)
        return false;
    if (crs && !(order.crs = geo_crs_parse(str_c(crs), reader->arena, err)))
        return scenario_wrong(reader, map, err, "%s: crs: %s", where, err_text(err, reader->arena));
    if (!geo_vector_read(&order, reader->arena, out, err))
        return scenario_wrong(reader, node_get(map, key), err, "%s: %s", where,
                              err_text(err, reader->arena));
    if (out->note && out->guessed)
        scenario_remark(reader, node_get(map, key), "%s: %s %s", where, path, out->note);
    else if (out->note)
        remark(&reader->scenario->notes, "%s: %s %s", where, path, out->note);
    if (out->empty)
        scenario_remark(reader, node_get(map, key), "%s: %s has %zu features without a shape",
                        where, path, out->empty);
    return true;
}

bool scenario_wet(const TwinScenario *scenario, size_t cell)
{
    return !scenario->outside || !scenario->outside[cell];
}

bool scenario_on_roof(const TwinScenario *scenario, size_t cell)
{
    return scenario->share && scenario->share[cell] == 0;
}

static bool read_resample(const ScenarioReader *reader, const Node *map, const char *where,
                          GeoResample *out, Err *err)
{
    Str word = node_get_text(map, "resample");

    *out = GEO_ALIGNED;
    if (!node_get(map, "resample"))
        return true;
    if (str_is(word, "nearest"))
        *out = GEO_NEAREST;
    else if (str_is(word, "bilinear"))
        *out = GEO_BILINEAR;
    else
        return scenario_wrong(reader, node_get(map, "resample"), err,
                              "%s: resample is nearest or bilinear", where);
    return true;
}

static bool refuse_missing(const ScenarioReader *reader, const Node *node, const char *where,
                           const char *path, double *values, double missing, Err *err)
{
    const GeoGrid *grid = &reader->scenario->terrain.grid;
    size_t count = 0, first = 0;

    for (size_t i = 0; i < geo_grid_cells(grid); i++) {
        if (!isnan(values[i]))
            continue;
        values[i] = isfinite(missing) ? missing : 0;
        if (scenario_wet(reader->scenario, i) && count++ == 0)
            first = i;
    }
    if (count == 0)
        return true;
    double x = geo_grid_x(grid, (int)(first % (size_t)grid->columns));
    double y = geo_grid_y(grid, (int)(first / (size_t)grid->columns));
    if (isfinite(missing)) {
        scenario_remark(reader, node,
                        "%s: %s has no value in %zu cells of the terrain, first at %.3f, %.3f: "
                        "taken as %g",
                        where, path, count, x, y, missing);
        return true;
    }
    return scenario_wrong(reader, node, err,
                          "%s: %s has no value in %zu cells of the terrain, first at %.3f, %.3f; "
                          "fill it, or give default: for them",
                          where, path, count, x, y);
}

double *scenario_raster(const ScenarioReader *reader, const Node *map, const char *key,
                        const char *where, double missing, Err *err)
{
    const GeoGrid *grid = &reader->scenario->terrain.grid;
    const Node *node = node_get(map, key);
    const char *path = scenario_file(reader, map, key, where, err);
    GeoResample resample;

    if (!path || !read_resample(reader, map, where, &resample, err))
        return NULL;
    double *values = malloc(geo_grid_cells(grid) * sizeof *values);
    if (!values)
        abort();
    bool ok = geo_raster_read_onto(path, grid, resample, values, err) ||
              scenario_wrong(reader, node, err, "%s: %s", where, err_text(err, reader->arena));
    if (ok && refuse_missing(reader, node, where, path, values, missing, err))
        return values;
    free(values);
    return NULL;
}

bool scenario_series(const ScenarioReader *reader, const Node *node, const char *where,
                     SeriesKind kind, FlowSeries *out, Err *err)
{
    static const Quantity QUANTITIES[] = {[SERIES_RAIN] = QUANTITY_INTENSITY,
                                          [SERIES_DISCHARGE] = QUANTITY_DISCHARGE,
                                          [SERIES_LEVEL] = QUANTITY_LENGTH};
    const Node *file = node && node->kind == NODE_MAP ? node_get(node, "file") : node;
    double limit = kind == SERIES_LEVEL ? 1e5 : 1e6;

    if (node && node->kind == NODE_MAP) {
        static const char *const KEYS[] = {"file", NULL};
        if (!scenario_keys(reader, node, where, KEYS, err))
            return false;
    } else if (scenario_is_number(node)) {
        double *values = arena_array(reader->arena, double, 1);
        double *times = arena_array(reader->arena, double, 1);
        *out = (FlowSeries){times, values, 1, false};
        return scenario_number(reader, node, where, QUANTITIES[kind], -limit, limit, values, err);
    }
    Str path = node_text(file);
    if (str_empty(path))
        return scenario_wrong(reader, node, err, "%s: must be a number or the path of a CSV file",
                              where);
    return series_read(scenario_path(reader, path), kind, reader->arena, out,
                       &reader->scenario->remarks, err);
}
