/* SPDX-License-Identifier: EUPL-1.2 */
/* Houses for the map and the lists: their address, and the water at their walls over time. */
#include "twin/show/show.h"

#include "base/csv.h"
#include "core/folder.h"

#include <math.h>
#include <stdlib.h>

/* A house is drawn on the map when as much water stands at its wall. */
#define SHOWN_M 0.05

typedef struct Houses {
    GeoLayer layer;   /* in the grid's reference system */
    GeoLayer degrees; /* the same, in the same order */
    GeoCells *rings;
    int32_t *mm; /* depth at the wall, house * frame_count + frame */
} Houses;

/* The free cells that touch a house. */
static GeoCells ring_of(const GeoGrid *grid, const GeoCells *cells, const uint8_t *built,
                        Arena *arena)
{
    GeoCells ring = {.items = arena_array(arena, uint32_t, cells->count * 8 + 8)};

    for (size_t i = 0; i < cells->count; i++) {
        int column = (int)(cells->items[i] % (uint32_t)grid->columns);
        int row = (int)(cells->items[i] / (uint32_t)grid->columns);
        for (int down = -1; down <= 1; down++)
            for (int right = -1; right <= 1; right++) {
                int c = column + right, r = row + down;
                if (c < 0 || r < 0 || c >= grid->columns || r >= grid->rows)
                    continue;
                uint32_t at = (uint32_t)r * (uint32_t)grid->columns + (uint32_t)c;
                if (!built[at])
                    ring.items[ring.count++] = at;
            }
    }
    return ring;
}

static void find_rings(const Show *show, Houses *houses)
{
    size_t count = houses->layer.count;
    GeoCells *cells = arena_array(show->arena, GeoCells, count);
    uint8_t *built = calloc(geo_grid_cells(&show->grid), 1);

    if (!built)
        abort();
    for (size_t i = 0; i < count; i++) {
        geo_cover_feature(&show->grid, &houses->layer.items[i], show->arena, &cells[i]);
        for (size_t k = 0; k < cells[i].count; k++)
            built[cells[i].items[k]] = 1;
    }
    houses->rings = arena_array(show->arena, GeoCells, count);
    for (size_t i = 0; i < count; i++)
        houses->rings[i] = ring_of(&show->grid, &cells[i], built, show->arena);
    free(built);
}

static bool follow(const Show *show, Houses *houses, Err *err)
{
    houses->mm = arena_array(show->arena, int32_t, houses->layer.count * show->frame_count);
    for (size_t f = 0; f < show->frame_count; f++) {
        double *depth = show_field(show, show->frames[f].file, err);
        if (!depth)
            return false;
        for (size_t i = 0; i < houses->layer.count; i++) {
            double most = 0;
            for (size_t k = 0; k < houses->rings[i].count; k++)
                most = fmax(most, depth[houses->rings[i].items[k]]);
            houses->mm[i * show->frame_count + f] = (int32_t)lround(most * 1000);
        }
        free(depth);
    }
    return true;
}

/* --- Writing ------------------------------------------------------------------------------------
 */

static Str address_of(const ShowOrder *order, const Node *properties, Arena *arena)
{
    Str street = order->street ? node_get_text(properties, order->street) : STR_NONE;
    Str number = order->number ? node_get_text(properties, order->number) : STR_NONE;

    return str_trim(str_printf(arena, "%.*s %.*s", STR_ARG(street), STR_ARG(number)));
}

static Str series_of(const Show *show, const Houses *houses, size_t index, Arena *arena)
{
    Buf out = buf_in(arena);

    buf_add_c(&out, "");
    for (size_t f = 0; f < show->frame_count; f++)
        buf_addf(&out, "%s%d", f ? " " : "", houses->mm[index * show->frame_count + f]);
    return buf_str(&out);
}

/* The middle of the corners of its first ring. */
static GeoPoint middle_of(const GeoFeature *house)
{
    GeoPoint sum = {0};

    if (house->part_count == 0 || house->parts[0].count == 0 || house->parts[0].lines[0].count == 0)
        return sum;
    const GeoLine *ring = &house->parts[0].lines[0];
    size_t count = ring->count > 1 ? ring->count - 1 : 1; /* the last is the first again */
    for (size_t i = 0; i < count; i++) {
        sum.x += ring->points[i].x / (double)count;
        sum.y += ring->points[i].y / (double)count;
    }
    return sum;
}

static void add_row(const Show *show, const Houses *houses, size_t index, Arena *arena, Buf *out)
{
    const GeoFeature *house = &houses->layer.items[index];
    const Node *p = house->properties;
    GeoPoint middle = middle_of(&houses->degrees.items[index]);
    const Str row[] = {
        str_printf(arena, "%zu", index + 1),
        address_of(show->order, p, arena),
        node_is_null(node_get(p, "depth_max"))
            ? STR("") /* no free ground at its walls, or outside of the model */
            : str_printf(arena, "%.3f", node_get_real(p, "depth_max")),
        str_printf(arena, "%.3f", node_get_real(p, "depth_p90")),
        str_printf(arena, "%.3f", node_get_real(p, "speed_max")),
        str_printf(arena, "%.0f", node_get_real(p, "damage_eur")),
        series_of(show, houses, index, arena),
        str_printf(arena, "%.7f", middle.x),
        str_printf(arena, "%.7f", middle.y),
    };
    csv_add_row(out, row, sizeof row / sizeof row[0]);
}

static bool write_csv(const Show *show, const Houses *houses, Err *err)
{
    static const char HEAD[] = "house,address,depth_m,p90_m,speed_m_s,damage_eur,series_mm,"
                               "longitude,latitude\r\n";
    Arena *scratch = arena_create(0);
    NewFile file;
    bool good = folder_begin_file(&file, show_out(show, "haeuser.csv"), 0600, err);

    if (good && !folder_add_bytes(&file, HEAD, sizeof HEAD - 1, err))
        good = (folder_abandon_file(&file), false);
    for (size_t i = 0; good && i < houses->layer.count; i++) {
        arena_reset(scratch);
        Buf row = buf_in(scratch);
        add_row(show, houses, i, scratch, &row);
        if (!folder_add_bytes(&file, row.ptr, row.len, err))
            good = (folder_abandon_file(&file), false);
    }
    arena_destroy(scratch);
    return good && folder_finish_file(&file, err);
}

static bool write_geojson(const Show *show, const Houses *houses, Err *err)
{
    Arena *scratch = arena_create(0);
    NewFile file;
    bool first = true;
    bool good = folder_begin_file(&file, show_out(show, "haeuser.geojson"), 0600, err);

    if (!good) {
        arena_destroy(scratch);
        return false;
    }
    static const char HEAD[] = "{\"type\":\"FeatureCollection\",\"features\":[\n";
    good = folder_add_bytes(&file, HEAD, sizeof HEAD - 1, err);
    for (size_t i = 0; good && i < houses->degrees.count; i++) {
        const GeoFeature *house = &houses->degrees.items[i];
        double depth = node_get_real(house->properties, "depth_max");
        if (!(depth >= SHOWN_M))
            continue;
        arena_reset(scratch);
        Node *properties = node_map(scratch);
        Buf out = buf_in(scratch);
        node_add(scratch, properties, STR("id"), node_int(scratch, (int64_t)i + 1));
        node_add(scratch, properties, STR("depth"),
                 node_number(scratch, str_printf(scratch, "%.3f", depth)));
        buf_add_c(&out, first ? "" : ",\n");
        geo_feature_write_json(house, properties, true, &out);
        first = false;
        good = folder_add_bytes(&file, out.ptr, out.len, err);
    }
    good = good && folder_add_bytes(&file, "]}\n", 3, err);
    arena_destroy(scratch);
    if (!good)
        folder_abandon_file(&file);
    return good && folder_finish_file(&file, err);
}

bool show_houses(Show *show, Err *err)
{
    char *path = show_result(show, "buildings.geojson");
    GeoVectorOrder order = {.path = path, .grid = &show->grid};
    /* As they lie in the result's file. */
    GeoVectorOrder degrees = {.path = path, .grid = &(GeoGrid){.crs = GEO_WGS84}};
    Houses houses = {0};

    show->houses = folder_is_file(path);
    if (!show->houses)
        return true;
    if (!geo_vector_read(&order, show->arena, &houses.layer, err) ||
        !geo_vector_read(&degrees, show->arena, &houses.degrees, err))
        return false;
    find_rings(show, &houses);
    return follow(show, &houses, err) && write_csv(show, &houses, err) &&
           write_geojson(show, &houses, err);
}
