/* SPDX-License-Identifier: EUPL-1.2 */
/* bild.png: for pages without JavaScript, for print and for the report; unterschied.png for the
 * report of a comparison. North is up. */
#include "twin/show/picture.h"
#include "twin/show/show.h"

#include "core/folder.h"
#include "geo/tile/paint.h"

#include <math.h>
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

/* The cells that a pixel covers: first and last column and row. */
typedef struct Block {
    int from[2], to[2];
} Block;

typedef unsigned char (*PixelFn)(const void *context, const GeoGrid *grid, const Block *block);

typedef struct Depths {
    const double *depth;
    const uint8_t *built;
} Depths;

/* The deepest of the cells; a house only where all of them are. */
static unsigned char depth_pixel(const void *context, const GeoGrid *grid, const Block *block)
{
    const Depths *of = context;
    double most = 0;
    bool house = true;

    for (int row = block->from[1]; row <= block->to[1]; row++)
        for (int column = block->from[0]; column <= block->to[0]; column++) {
            size_t at = (size_t)row * (size_t)grid->columns + (size_t)column;
            house &= of->built[at] != 0;
            if (!of->built[at] && of->depth[at] > most)
                most = of->depth[at];
        }
    return step_of(most, house);
}

/* The largest difference of the cells, up or down. */
static unsigned char difference_pixel(const void *context, const GeoGrid *grid, const Block *block)
{
    const double *difference = context;
    double most = 0;

    for (int row = block->from[1]; row <= block->to[1]; row++)
        for (int column = block->from[0]; column <= block->to[0]; column++) {
            double here = difference[(size_t)row * (size_t)grid->columns + (size_t)column];
            if (fabs(here) > fabs(most))
                most = here;
        }
    return paint_step(&PAINT_DIFFERENCE, most);
}

int show_picture_height(const GeoGrid *grid)
{
    int height = (int)((int64_t)PICTURE_WIDTH * grid->rows / grid->columns);
    return height < 1 ? 1 : height > 4 * PICTURE_WIDTH ? 4 * PICTURE_WIDTH : height;
}

static Str draw(const GeoGrid *grid, Arena *arena, PixelFn pixel, const void *context)
{
    int height = show_picture_height(grid);
    unsigned char *steps = arena_alloc(arena, (size_t)PICTURE_WIDTH * (size_t)height);

    for (int y = 0; y < height; y++)
        for (int x = 0; x < PICTURE_WIDTH; x++) {
            Block block = {{(int)((int64_t)x * grid->columns / PICTURE_WIDTH),
                            (int)((int64_t)y * grid->rows / height)},
                           {(int)((int64_t)(x + 1) * grid->columns / PICTURE_WIDTH) - 1,
                            (int)((int64_t)(y + 1) * grid->rows / height) - 1}};
            for (int i = 0; i < 2; i++)
                block.to[i] = block.to[i] < block.from[i] ? block.from[i] : block.to[i];
            steps[(size_t)y * PICTURE_WIDTH + (size_t)x] = pixel(context, grid, &block);
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
        good = folder_write_file(show_out(show, "bild.png"),
                                 draw(&show->grid, arena, depth_pixel, &(Depths){depth, built}),
                                 0600, err);
    }
    arena_destroy(arena);
    free(built);
    free(depth);
    return good;
}

bool show_picture_difference(const Show *show, Err *err)
{
    double *difference = show_difference(show, err);
    Arena *arena = arena_create(1 << 20);
    bool good = difference != NULL;

    if (good) {
        Str png = draw(&show->grid, arena, difference_pixel, difference);
        /* Nothing to draw where nothing changed. */
        good = !png.ptr || folder_write_file(show_out(show, "unterschied.png"), png, 0600, err);
    }
    arena_destroy(arena);
    free(difference);
    return good;
}
