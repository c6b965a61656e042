/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/radolan.h"

#include "base/vec.h"
#include "core/folder.h"
#include "core/unpack.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PRODUCTS_MOST = 20000 };
static const size_t PRODUCT_BYTES = 8 << 20, SERIES_BYTES = (size_t)4 << 30;

typedef struct Loading {
    Radolan *series;
    const GeoGrid *grid;
    Arena *arena;
    RadolanStep *items;
    size_t count, capacity;
    size_t kept; /* bytes */
    RadolanProduct first;
} Loading;

static bool find_window(Radolan *series, const RadolanProduct *product, const GeoGrid *grid,
                        Err *err);

/* The first product tells where the grid lies; the others must be of its kind. */
static bool check_kind(Loading *loading, const char *name, const RadolanProduct *p, Err *err)
{
    const RadolanProduct *first = &loading->first;

    if (loading->count == 0) {
        loading->first = *p;
        return find_window(loading->series, p, loading->grid, err);
    }
    if (strcmp(p->kind, first->kind) == 0 && p->minutes == first->minutes &&
        p->columns == first->columns && p->rows == first->rows &&
        (p->version >= 5) == (first->version >= 5))
        return true;
    return err_set(
        err, ERR_INPUT,
        "%s: is %s over %d min (%d x %d pixels, format %d), but %s is %s over %d min (%d "
        "x %d, format %d); keep one product in the folder",
        name, p->kind, p->minutes, p->columns, p->rows, p->version, loading->items[0].path,
        first->kind, first->minutes, first->columns, first->rows, first->version);
}

/* Only the window's pixels stay: a day of products would fill the memory. */
static RadolanStep cut(const Loading *loading, Str bytes, RadolanProduct product, const char *name)
{
    const RadolanWindow *window = &loading->series->window;
    size_t wide = (size_t)window->columns * 2, size = wide * (size_t)window->rows;
    char *kept = arena_alloc_raw(loading->arena, size);

    for (int row = 0; row < window->rows; row++) {
        size_t from = (size_t)(window->south + row) * (size_t)product.columns;

        from = product.data + 2 * (from + (size_t)window->west);
        memcpy(kept + (size_t)row * wide, bytes.ptr + from, wide);
    }
    product.data = 0;
    product.columns = window->columns;
    product.rows = window->rows;
    return (RadolanStep){
        .bytes = {kept, size}, .path = arena_strdup(loading->arena, name), .product = product};
}

/* One entry of an archive, or a file packed by itself. */
static bool take_product(void *context, const char *name, Str bytes, Err *err)
{
    Loading *loading = context;
    RadolanProduct product;

    if (!radolan_parse(bytes, name, &product, err) || !check_kind(loading, name, &product, err))
        return false;
    RadolanStep step = cut(loading, bytes, product, name);
    loading->kept += step.bytes.len;
    if (loading->count >= PRODUCTS_MOST || loading->kept > SERIES_BYTES)
        return err_set(err, ERR_TOO_LARGE, "%s: the series has too many products", name);
    VEC_PUSH(loading->arena, loading, step);
    return true;
}

static int by_time(const void *a, const void *b)
{
    const RadolanStep *x = a, *y = b;

    return (x->product.end > y->product.end) - (x->product.end < y->product.end);
}

static const char *moment(Arena *arena, Timestamp at)
{
    return str_cstr(arena, str_slice(timestamp_iso(arena, at), 0, 16));
}

/* None missing, none twice. */
static bool check_series(const char *folder, const Loading *loading, Arena *arena, Err *err)
{
    for (size_t i = 1; i < loading->count; i++) {
        const RadolanStep *step = &loading->items[i], *before = step - 1;
        Timestamp gap = step->product.end - before->product.end;

        if (gap == 0)
            return err_set(err, ERR_INPUT, "%s: tells of the same time as %s", step->path,
                           before->path);
        if (gap != (Timestamp)step->product.minutes * 60000)
            return err_set(err, ERR_INPUT,
                           "%s: the series has a gap: after %s comes %s UTC, %d min are expected; "
                           "get the missing products",
                           folder, moment(arena, before->product.end),
                           moment(arena, step->product.end), step->product.minutes);
    }
    return true;
}

/* The pixel of every cell. Longitude and latitude of WGS 84 are taken as the sphere's, as the
 * weather service itself does. */
static bool find_pixels(Radolan *series, const RadolanProduct *product, const GeoGrid *grid,
                        Err *err)
{
    GeoTransform *transform = geo_transform_create(grid->crs, GEO_WGS84, err);
    double *x = malloc((size_t)grid->columns * 2 * sizeof *x), *y = x ? x + grid->columns : NULL;
    bool ok = transform != NULL;

    if (!x)
        abort();
    for (int row = 0; ok && row < grid->rows; row++) {
        for (int i = 0; i < grid->columns; i++) {
            x[i] = geo_grid_x(grid, i);
            y[i] = geo_grid_y(grid, row);
        }
        ok = geo_transform_points(transform, x, y, (size_t)grid->columns) ||
             err_set(err, ERR_INPUT, "the terrain cannot be placed on the radar's grid");
        for (int i = 0; ok && i < grid->columns; i++) {
            int column, line;
            if (isnan(x[i]) || !radolan_pixel(product, x[i], y[i], &column, &line))
                ok = err_set(err, ERR_INPUT,
                             "the terrain lies outside of the radar's grid (%.4f "
                             "E, %.4f N)",
                             x[i], y[i]);
            else
                series->pixels[(size_t)row * (size_t)grid->columns + (size_t)i] =
                    (uint32_t)(line * product->columns + column);
        }
    }
    free(x);
    geo_transform_destroy(transform);
    return ok;
}

static bool find_window(Radolan *series, const RadolanProduct *product, const GeoGrid *grid,
                        Err *err)
{
    uint32_t columns = (uint32_t)product->columns;
    uint32_t west = columns, east = 0, south = (uint32_t)product->rows, north = 0;

    if (!find_pixels(series, product, grid, err))
        return false;
    for (size_t i = 0; i < series->cells; i++) {
        uint32_t column = series->pixels[i] % columns, row = series->pixels[i] / columns;

        west = column < west ? column : west;
        east = column > east ? column : east;
        south = row < south ? row : south;
        north = row > north ? row : north;
    }
    series->window =
        (RadolanWindow){(int)west, (int)south, (int)(east - west + 1), (int)(north - south + 1)};
    for (size_t i = 0; i < series->cells; i++)
        series->pixels[i] = (series->pixels[i] / columns - south) * (east - west + 1) +
                            (series->pixels[i] % columns - west);
    return true;
}

static double rate(const Radolan *series, const RadolanStep *step, uint32_t pixel)
{
    int columns = step->product.columns;
    double sum =
        radolan_value(step->bytes, &step->product, (int)pixel % columns, (int)pixel / columns);

    return isnan(sum) ? series->missing : fmax(sum, 0) * 60 / step->product.minutes;
}

static bool check_data(const Radolan *series, Remarks *remarks, Err *err)
{
    size_t without = 0;

    for (size_t s = 0; s < series->count; s++) {
        const RadolanStep *step = &series->steps[s];
        uint32_t last = UINT32_MAX;
        bool gone = false;
        for (size_t i = 0; i < series->cells && !gone; i++) {
            if (series->pixels[i] == last)
                continue;
            last = series->pixels[i];
            gone =
                isnan(radolan_value(step->bytes, &step->product, (int)last % step->product.columns,
                                    (int)last / step->product.columns));
        }
        if (gone && isnan(series->missing))
            return err_set(err, ERR_INPUT,
                           "%s: has no data over the terrain (pixel %u from the west, %u from the "
                           "south); say what to take there: radolan: {folder: …, missing: 0}",
                           step->path,
                           (unsigned)series->window.west + last % (unsigned)step->product.columns,
                           (unsigned)series->window.south + last / (unsigned)step->product.columns);
        without += gone;
    }
    if (without)
        remark(remarks,
               "%zu of %zu radar products have no data over parts of the terrain: %g mm/h "
               "is taken there",
               without, series->count, series->missing);
    return true;
}

static bool load(const char *folder, Loading *loading, Err *err)
{
    Arena *scratch = arena_create(1 << 16);
    Str *names;
    size_t count = 0;
    bool ok =
        folder_exists(folder) || err_set(err, ERR_NOT_FOUND, "%s: there is no such folder", folder);

    ok = ok && folder_list(folder, scratch, &names, &count, err);
    for (size_t i = 0; ok && i < count; i++) {
        const char *path = arena_printf(scratch, "%s/%.*s", folder, STR_ARG(names[i]));
        if (names[i].ptr[0] != '.' && folder_is_file(path))
            ok = unpack(path, PRODUCT_BYTES, take_product, loading, err);
    }
    arena_destroy(scratch);
    return ok && (loading->count > 0 ||
                  err_set(err, ERR_NOT_FOUND, "%s: has no RADOLAN products", folder));
}

static bool read_series(const char *folder, Loading *loading, Remarks *remarks, Err *err)
{
    Radolan *series = loading->series;

    if (!load(folder, loading, err))
        return false;
    qsort(loading->items, loading->count, sizeof *loading->items, by_time);
    if (!check_series(folder, loading, loading->arena, err))
        return false;
    int minutes = loading->first.minutes;
    series->steps = loading->items;
    series->count = loading->count;
    series->kind = loading->items[0].product.kind;
    series->begin = loading->items[0].product.end - minutes * 60000LL;
    for (size_t i = 0; i < series->count; i++) {
        series->steps[i].time = (double)i * minutes * 60;
        series->steps[i].minutes = minutes;
    }
    return check_data(series, remarks, err);
}

Radolan *radolan_read(const char *folder, const GeoGrid *grid, double missing, Arena *arena,
                      Remarks *remarks, Err *err)
{
    if (!grid->crs) {
        err_set(err, ERR_INPUT,
                "the terrain names no reference system, so radar rain cannot be "
                "placed on it; add terrain: {file: …, crs: EPSG:25832}");
        return NULL;
    }
    Radolan *series = arena_new(arena, Radolan);
    *series = (Radolan){.missing = missing, .cells = geo_grid_cells(grid)};
    Loading loading = {.series = series, .grid = grid, .arena = arena};
    series->pixels = malloc(series->cells * sizeof *series->pixels);
    series->rates = malloc(series->cells * sizeof *series->rates);
    if (!series->pixels || !series->rates)
        abort();
    bool ok = read_series(folder, &loading, remarks, err);
    if (ok)
        return series;
    radolan_free(series);
    return NULL;
}

void radolan_free(Radolan *series)
{
    if (!series)
        return;
    free(series->pixels);
    free(series->rates);
}

const float *radolan_rates(void *context, size_t index, Err *err)
{
    Radolan *series = context;

    (void)err;
    if (index >= series->count) {
        memset(series->rates, 0, series->cells * sizeof *series->rates);
        return series->rates;
    }
    uint32_t last = UINT32_MAX;
    float value = 0;
    for (size_t i = 0; i < series->cells; i++) {
        if (series->pixels[i] != last) {
            last = series->pixels[i];
            value = (float)(rate(series, &series->steps[index], last) / 3.6e6);
        }
        series->rates[i] = value;
    }
    return series->rates;
}
