/* SPDX-License-Identifier: EUPL-1.2 */
/* bild.png: for pages without JavaScript, for print and for the report. North is up. */
#include "twin/show/picture.h"
#include "twin/show/show.h"

#include "core/folder.h"
#include "geo/tile/paint.h"

#include <stdlib.h>

static void mark_houses(const Show *show, Arena *arena, uint8_t *built, const GeoLayer *layer)
{
    for (size_t i = 0; i < layer->count; i++) {
        GeoCells cells = {0};
        geo_cover_feature(&show->grid, &layer->items[i], arena, &cells);
        for (size_t k = 0; k < cells.count; k++)
            built[cells.items[k]] = 1;
    }
}

static unsigned char step_of(double depth, bool built)
{
    if (built)
        return PICTURE_HOUSE;
    unsigned char step = paint_step(&PAINT_DEPTH, depth);
    return step == 0 ? PICTURE_GROUND : step > PICTURE_STEP_MAX ? PICTURE_STEP_MAX : step;
}

/* The deepest of the cells that a pixel covers; a house only where all of them are. */
static unsigned char pixel(const GeoGrid *grid, const double *depth, const uint8_t *built,
                           const int from[2], const int to[2])
{
    double most = 0;
    bool house = true;

    for (int row = from[1]; row <= to[1]; row++)
        for (int column = from[0]; column <= to[0]; column++) {
            size_t at = (size_t)row * (size_t)grid->columns + (size_t)column;
            house &= built[at] != 0;
            if (!built[at] && depth[at] > most)
                most = depth[at];
        }
    return step_of(most, house);
}

static Str draw(const Show *show, Arena *arena, const double *depth, const uint8_t *built)
{
    const GeoGrid *grid = &show->grid;
    int height = (int)((int64_t)PICTURE_WIDTH * grid->rows / grid->columns);

    height = height < 1 ? 1 : height > 4 * PICTURE_WIDTH ? 4 * PICTURE_WIDTH : height;
    unsigned char *steps = arena_alloc(arena, (size_t)PICTURE_WIDTH * (size_t)height);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < PICTURE_WIDTH; x++) {
            int from[2] = {(int)((int64_t)x * grid->columns / PICTURE_WIDTH),
                           (int)((int64_t)y * grid->rows / height)};
            int to[2] = {(int)((int64_t)(x + 1) * grid->columns / PICTURE_WIDTH) - 1,
                         (int)((int64_t)(y + 1) * grid->rows / height) - 1};
            for (int i = 0; i < 2; i++)
                to[i] = to[i] < from[i] ? from[i] : to[i];
            steps[(size_t)y * PICTURE_WIDTH + (size_t)x] = pixel(grid, depth, built, from, to);
        }
    return paint_png(arena, steps, PICTURE_WIDTH, height);
}

bool show_picture(const Show *show, Err *err)
{
    double *depth = show_field(show, show_result(show, "max_depth.tif"), err);
    uint8_t *built = calloc(geo_grid_cells(&show->grid), 1);
    Arena *arena = arena_create(1 << 20);
    GeoVectorOrder order = {.path = show_result(show, "buildings.geojson"), .grid = &show->grid};
    GeoLayer layer = {0};

    if (!built)
        abort();
    bool good = depth && (!show->houses || geo_vector_read(&order, arena, &layer, err));
    if (good) {
        mark_houses(show, arena, built, &layer);
        good = folder_write_file(show_out(show, "bild.png"), draw(show, arena, depth, built), 0600,
                                 err);
    }
    arena_destroy(arena);
    free(built);
    free(depth);
    return good;
}
