/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/radolan.h"

#include "base/buf.h"
#include "base/vec.h"
#include "core/folder.h"

#include <archive.h>
#include <archive_entry.h>
#include <math.h>
#include <stdlib.h>

enum { PRODUCTS_MOST = 20000 };
static const size_t PRODUCT_BYTES = 8 << 20, SERIES_BYTES = (size_t)4 << 30;

typedef struct Products {
    RadolanStep *items;
    size_t count, capacity;
    size_t bytes;
} Products;

/* One entry of an archive, or a file packed by itself. */
static bool take_entry(struct archive *archive, const char *name, Arena *arena, Products *out,
                       Err *err)
{
    Buf bytes = buf_in(arena);
    char piece[65536];
    la_ssize_t got;

    while ((got = archive_read_data(archive, piece, sizeof piece)) > 0) {
        buf_add(&bytes, (Str){piece, (size_t)got});
        if (bytes.len > PRODUCT_BYTES)
            return err_set(err, ERR_TOO_LARGE, "%s: is larger than a RADOLAN product", name);
    }
    if (got < 0)
        return err_set(err, ERR_INPUT, "%s: %s", name, archive_error_string(archive));
    RadolanStep step = {.bytes = str_copy(arena, buf_str(&bytes)),
                        .path = arena_strdup(arena, name)};
    if (!radolan_parse(step.bytes, name, &step.product, err))
        return false;
    out->bytes += step.bytes.len;
    if (out->count >= PRODUCTS_MOST || out->bytes > SERIES_BYTES)
        return err_set(err, ERR_TOO_LARGE, "%s: the series has too many products", name);
    VEC_PUSH(arena, out, step);
    return true;
}

/* libarchive tells packing and archive by itself; "raw" is a file that is neither. */
static bool take_file(const char *path, Arena *arena, Products *out, Err *err)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    bool ok = true;

    archive_read_support_filter_all(archive);
    archive_read_support_format_tar(archive);
    archive_read_support_format_zip(archive);
    archive_read_support_format_raw(archive);
    if (archive_read_open_filename(archive, path, 65536) != ARCHIVE_OK)
        ok = err_set(err, ERR_INPUT, "%s: cannot be read: %s", path, archive_error_string(archive));
    while (ok && archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
        const char *inner = archive_entry_pathname(entry);
        bool raw = archive_format(archive) == ARCHIVE_FORMAT_RAW;
        if (!raw && archive_entry_filetype(entry) != AE_IFREG)
            continue;
        ok = take_entry(archive,
                        raw ? path : arena_printf(arena, "%s: %s", path, inner ? inner : "?"),
                        arena, out, err);
    }
    archive_read_free(archive);
    return ok;
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

/* One kind, one interval, none missing, none twice. */
static bool check_series(const char *folder, Products *products, Arena *arena, Err *err)
{
    const RadolanProduct *first = &products->items[0].product;

    for (size_t i = 0; i < products->count; i++) {
        const RadolanStep *step = &products->items[i];
        const RadolanProduct *p = &step->product;
        if (strcmp(p->kind, first->kind) != 0 || p->minutes != first->minutes ||
            p->columns != first->columns || p->rows != first->rows)
            return err_set(err, ERR_INPUT,
                           "%s: is %s over %d min, but %s is %s over %d min; keep one product in "
                           "the folder",
                           step->path, p->kind, p->minutes, products->items[0].path, first->kind,
                           first->minutes);
        if (i == 0)
            continue;
        Timestamp gap = p->end - products->items[i - 1].product.end;
        if (gap == 0)
            return err_set(err, ERR_INPUT, "%s: tells of the same time as %s", step->path,
                           products->items[i - 1].path);
        if (gap != (Timestamp)p->minutes * 60000)
            return err_set(err, ERR_INPUT,
                           "%s: the series has a gap: after %s comes %s UTC, %d min are expected; "
                           "get the missing products",
                           folder, moment(arena, products->items[i - 1].product.end),
                           moment(arena, p->end), p->minutes);
    }
    return true;
}

/* The pixel of every cell. Longitude and latitude of WGS 84 are taken as the sphere's, as the
 * weather service itself does. */
static bool find_pixels(Radolan *series, const GeoGrid *grid, Err *err)
{
    GeoTransform *transform = geo_transform_create(grid->crs, GEO_WGS84, err);
    double *x = malloc((size_t)grid->columns * 2 * sizeof *x), *y = x ? x + grid->columns : NULL;
    const RadolanProduct *product = &series->steps[0].product;
    bool ok = transform != NULL;

    if (!x)
        abort();
    for (int row = 0; ok && row < grid->rows; row++) {
        for (int i = 0; i < grid->columns; i++) {
            x[i] = geo_grid_x(grid, i);
            y[i] = geo_grid_y(grid, row);
        }
        geo_transform_points(transform, x, y, (size_t)grid->columns);
        for (int i = 0; ok && i < grid->columns; i++) {
            int column, line;
            if (!radolan_pixel(product, x[i], y[i], &column, &line))
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
                           step->path, last % (unsigned)step->product.columns,
                           last / (unsigned)step->product.columns);
        without += gone;
    }
    if (without)
        remark(remarks,
               "%zu of %zu radar products have no data over parts of the terrain: %g mm/h "
               "is taken there",
               without, series->count, series->missing);
    return true;
}

static bool load(const char *folder, Arena *arena, Products *products, Err *err)
{
    Str *names;
    size_t count;

    if (!folder_exists(folder))
        return err_set(err, ERR_NOT_FOUND, "%s: there is no such folder", folder);
    if (!folder_list(folder, arena, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *path = arena_printf(arena, "%s/%.*s", folder, STR_ARG(names[i]));
        if (names[i].ptr[0] == '.' || !folder_is_file(path))
            continue;
        if (!take_file(path, arena, products, err))
            return false;
    }
    if (products->count == 0)
        return err_set(err, ERR_NOT_FOUND, "%s: has no RADOLAN products", folder);
    return true;
}

Radolan *radolan_read(const char *folder, const GeoGrid *grid, double missing, Arena *arena,
                      Remarks *remarks, Err *err)
{
    Products products = {0};

    if (!grid->crs) {
        err_set(err, ERR_INPUT,
                "the terrain names no reference system, so radar rain cannot be "
                "placed on it; add terrain: {file: …, crs: EPSG:25832}");
        return NULL;
    }
    if (!load(folder, arena, &products, err))
        return NULL;
    qsort(products.items, products.count, sizeof *products.items, by_time);
    if (!check_series(folder, &products, arena, err))
        return NULL;
    Radolan *series = arena_new(arena, Radolan);
    *series = (Radolan){.steps = products.items,
                        .count = products.count,
                        .missing = missing,
                        .cells = geo_grid_cells(grid),
                        .kind = products.items[0].product.kind};
    int minutes = products.items[0].product.minutes;
    series->begin = products.items[0].product.end - minutes * 60000LL;
    for (size_t i = 0; i < series->count; i++) {
        series->steps[i].time = (double)i * minutes * 60;
        series->steps[i].minutes = minutes;
    }
    series->pixels = malloc(series->cells * sizeof *series->pixels);
    series->rates = malloc(series->cells * sizeof *series->rates);
    if (!series->pixels || !series->rates)
        abort();
    if (find_pixels(series, grid, err) && check_data(series, remarks, err))
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
