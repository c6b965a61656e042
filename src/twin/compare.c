/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus twin compare`: what changed from one result to another, as maps and house by house. */
#include "twin/command.h"

#include "base/flags.h"
#include "base/node.h"
#include "core/folder.h"
#include "geo/raster.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Less is noise of the arithmetic, not a change of the city. */
static const double NOTICEABLE = 0.01; /* m */

typedef struct Compare {
    const char *before, *after, *out;
    Arena *arena;
    Node *summary;
    size_t new_affected, no_longer, deeper, shallower, buildings;
} Compare;

static void put(Compare *compare, const char *key, double value)
{
    node_set(compare->arena, compare->summary, str_c(key),
             node_number(compare->arena, str_printf(compare->arena, "%.9g", value)));
}

static const char *file_of(const Compare *compare, const char *folder, const char *name)
{
    return arena_printf(compare->arena, "%s/%s", folder, name);
}

static void describe(Compare *compare, const char *name, const GeoRaster *a, const double *b,
                     double *difference)
{
    double area = a->grid.cell * a->grid.cell, more = 0, less = 0, highest = 0, lowest = 0;

    for (size_t i = 0; i < geo_grid_cells(&a->grid); i++) {
        double d = b[i] - a->values[i];
        difference[i] = d;
        if (isnan(d))
            continue;
        more += d > NOTICEABLE ? area : 0;
        less += d < -NOTICEABLE ? area : 0;
        highest = fmax(highest, d);
        lowest = fmin(lowest, d);
    }
    put(compare, arena_printf(compare->arena, "%s_more_m2", name), more);
    put(compare, arena_printf(compare->arena, "%s_less_m2", name), less);
    put(compare, arena_printf(compare->arena, "%s_highest", name), highest);
    put(compare, arena_printf(compare->arena, "%s_lowest", name), lowest);
}

static bool one_map(Compare *compare, const char *name, Err *err)
{
    const char *file = arena_printf(compare->arena, "%s.tif", name);
    const char *path = file_of(compare, compare->before, file);
    GeoRasterOrder order = {.paths = &path, .path_count = 1};
    GeoRaster a;

    if (!geo_raster_read(&order, compare->arena, &a, err))
        return false;
    size_t cells = geo_grid_cells(&a.grid);
    double *b = malloc(cells * 2 * sizeof *b);
    if (!b)
        abort();
    bool ok =
        geo_raster_read_onto(file_of(compare, compare->after, file), &a.grid, GEO_ALIGNED, b, err);
    if (ok) {
        describe(compare, name, &a, b, b + cells);
        ok = geo_raster_write(
            file_of(compare, compare->out, arena_printf(compare->arena, "difference_%s.tif", name)),
            &a.grid, b + cells, GEO_FLOAT32, err);
    }
    free(b);
    geo_raster_free(&a);
    return ok;
}

/* --- buildings --- */

static const Node *features_of(Compare *compare, const char *folder, bool *there, Err *err)
{
    enum { MOST = 1 << 30 };
    static const NodeLimits LIMITS = {MOST, 32, 200000000};
    const char *path = file_of(compare, folder, "buildings.geojson");
    Str text;

    *there = folder_is_file(path);
    if (!*there || !folder_read_file(path, MOST, compare->arena, &text, err))
        return NULL;
    const Node *root = node_parse_json(compare->arena, text, path, &LIMITS, err);
    return node_get(root, "features");
}

static Node *one_building(Compare *compare, const Node *a, const Node *b)
{
    Arena *arena = compare->arena;
    const Node *before = node_get(a, "properties"), *after = node_get(b, "properties");
    double depth_a = node_get_real(before, "depth_max"),
           depth_b = node_get_real(after, "depth_max");
    int64_t class_a = node_get_i64(before, "class", 0), class_b = node_get_i64(after, "class", 0);
    Node *feature = node_clone(arena, b);
    Node *properties = node_clone(arena, after);
    const char *change = "same";

    compare->new_affected += class_a == 0 && class_b > 0;
    compare->no_longer += class_a > 0 && class_b == 0;
    if (depth_b - depth_a > NOTICEABLE) {
        change = "deeper";
        compare->deeper++;
    } else if (depth_a - depth_b > NOTICEABLE) {
        change = "shallower";
        compare->shallower++;
    }
    node_set(arena, properties, STR("depth_max_before"),
             node_number(arena, str_printf(arena, "%.4f", depth_a)));
    node_set(arena, properties, STR("depth_max_change"),
             node_number(arena, str_printf(arena, "%.4f", depth_b - depth_a)));
    node_set(arena, properties, STR("class_before"), node_int(arena, class_a));
    node_set(arena, properties, STR("change"), node_string(arena, str_c(change)));
    node_set(arena, feature, STR("properties"), properties);
    return feature;
}

/* Buildings are told apart by their shape: plans may add some and take others away. */
typedef struct Shape {
    uint64_t hash;
    size_t index;
} Shape;

static uint64_t hash_of(const Node *feature)
{
    Arena *scratch = arena_create(0);
    Buf text = buf_in(scratch);

    node_write_json_canonical(node_get(feature, "geometry"), &text);
    uint64_t hash = str_hash(buf_str(&text));
    arena_destroy(scratch);
    return hash;
}

static int by_hash(const void *a, const void *b)
{
    const Shape *x = a, *y = b;

    return x->hash != y->hash ? (x->hash > y->hash) - (x->hash < y->hash)
                              : (x->index > y->index) - (x->index < y->index);
}

static Shape *shapes_of(const Node *features, Arena *arena)
{
    Shape *shapes = arena_array(arena, Shape, features->count);

    for (size_t i = 0; i < features->count; i++)
        shapes[i] = (Shape){hash_of(features->items[i]), i};
    if (features->count)
        qsort(shapes, features->count, sizeof *shapes, by_hash);
    return shapes;
}

static const Node *same_shape(const Node *features, const Shape *shapes, const Node *wanted)
{
    uint64_t hash = hash_of(wanted);
    size_t low = 0, high = features->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (shapes[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < features->count && shapes[low].hash == hash; low++) {
        const Node *found = features->items[shapes[low].index];
        if (node_equal(node_get(found, "geometry"), node_get(wanted, "geometry")))
            return found;
    }
    return NULL;
}

static bool buildings(Compare *compare, Err *err)
{
    bool in_a, in_b;
    const Node *a = features_of(compare, compare->before, &in_a, err);
    const Node *b = features_of(compare, compare->after, &in_b, err);
    Buf out = buf_in(compare->arena);
    bool first = true;

    if (!in_a || !in_b)
        return true;
    if (!a || !b)
        return false;
    const Shape *shapes = shapes_of(a, compare->arena);
    buf_add_c(&out, "{\"type\": \"FeatureCollection\", \"features\": [\n");
    for (size_t i = 0; i < b->count; i++) {
        const Node *before = same_shape(a, shapes, b->items[i]);
        if (!before)
            continue;
        buf_add_c(&out, first ? "" : ",\n");
        node_write_json(one_building(compare, before, b->items[i]), &out);
        first = false;
        compare->buildings++;
    }
    buf_add_c(&out, "\n]}\n");
    put(compare, "buildings", (double)compare->buildings);
    put(compare, "buildings_newly_affected", (double)compare->new_affected);
    put(compare, "buildings_no_longer_affected", (double)compare->no_longer);
    put(compare, "buildings_deeper", (double)compare->deeper);
    put(compare, "buildings_shallower", (double)compare->shallower);
    return folder_write_file(file_of(compare, compare->out, "buildings.geojson"), buf_str(&out),
                             0644, err);
}

/* Asked before a folder is made for the difference. */
static bool result_there(Compare *compare, const char *folder, Err *err)
{
    const char *depths = file_of(compare, folder, "max_depth.tif");

    return folder_is_file(depths) ||
           err_set(err, ERR_NOT_FOUND,
                   "%s: there is no such file; name a folder that `rathaus twin run` wrote",
                   depths);
}

static bool compare_all(Compare *compare, Err *err)
{
    Buf text = buf_in(compare->arena);

    if (!result_there(compare, compare->before, err) ||
        !result_there(compare, compare->after, err) || !folder_make_open(compare->out, err))
        return false;
    node_set(compare->arena, compare->summary, STR("before"),
             node_string(compare->arena, str_c(compare->before)));
    node_set(compare->arena, compare->summary, STR("after"),
             node_string(compare->arena, str_c(compare->after)));
    if (!one_map(compare, "max_depth", err) || !one_map(compare, "max_speed", err) ||
        !one_map(compare, "duration", err) || !buildings(compare, err))
        return false;
    node_write_json_pretty(compare->summary, &text);
    buf_add_char(&text, '\n');
    return folder_write_file(file_of(compare, compare->out, "summary.json"), buf_str(&text), 0644,
                             err);
}

static const char HELP[] =
    "Usage: rathaus twin compare BEFORE AFTER --out DIR [--json]\n"
    "\n"
    "The difference of two results, folders that `rathaus twin run` wrote: maps, buildings that\n"
    "changed, a summary.\n"
    "\n"
    "  --out DIR  where it goes\n"
    "  --json     print the summary as JSON\n"
    "  --help     this text\n"
    "\n"
    "Exit status: 0 written, 1 not, 2 called wrongly.\n";

static int compare_and_tell(Compare *compare, bool json)
{
    Err err = {0};
    Buf out = buf_in(compare->arena);

    if (!compare_all(compare, &err))
        return twin_failed("compare", &err, compare->arena);
    if (json) {
        node_write_json_pretty(compare->summary, &out);
        printf("%.*s\n", STR_ARG(buf_str(&out)));
    } else {
        printf(
            "%s: %zu of %zu buildings deeper, %zu shallower; %zu newly affected, %zu no longer\n",
            compare->out, compare->deeper, compare->buildings, compare->shallower,
            compare->new_affected, compare->no_longer);
    }
    return 0;
}

int twin_compare_command(int argc, char **argv)
{
    Compare compare = {0};
    bool json = false;
    const Flag flags[] = {{"BEFORE", .text = &compare.before},
                          {"AFTER", .text = &compare.after},
                          {"--out", .text = &compare.out, .needed = "DIR"},
                          {"--json", .set = &json},
                          {0}};
    int status = flags_read("twin compare", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    compare.arena = arena_create(1 << 20);
    compare.summary = node_map(compare.arena);
    status = compare_and_tell(&compare, json);
    arena_destroy(compare.arena);
    return status;
}
