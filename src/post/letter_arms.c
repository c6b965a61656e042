/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/letter_arms.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <zlib.h>

enum {
    SIDE_MAX = 4096,  /* of a PNG we decode */
    PRINT_SIDE = 480, /* 20 mm at 600 dots per inch */
};

/* One town's arms; a worker mostly renders letters of one town after another. */
typedef struct ArmsCache {
    Arena *arena;
    Str png;
    PdfPicture arms;
} ArmsCache;

static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static pthread_key_t cache_key;

static void release_cache(void *data)
{
    ArmsCache *cache = data;

    arena_destroy(cache->arena);
    free(cache);
}

static void prepare(void)
{
    pthread_key_create(&cache_key, release_cache);
}

typedef struct PngReader {
    Str rest;
} PngReader;

static cairo_status_t read_png(void *closure, unsigned char *data, unsigned int length)
{
    PngReader *reader = closure;

    if (reader->rest.len < length)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(data, reader->rest.ptr, length);
    reader->rest = str_slice(reader->rest, length, reader->rest.len);
    return CAIRO_STATUS_SUCCESS;
}

/* Sides from the header, before anything of that size is allocated (PNG, section 11.2.2). */
static bool png_size_allowed(Str png)
{
    const unsigned char *b = (const unsigned char *)png.ptr;
    uint32_t width, height;

    if (png.len < 33 || memcmp(png.ptr, "\x89PNG\r\n\x1a\n", 8) != 0)
        return false;
    width = (uint32_t)b[16] << 24 | (uint32_t)b[17] << 16 | (uint32_t)b[18] << 8 | b[19];
    height = (uint32_t)b[20] << 24 | (uint32_t)b[21] << 16 | (uint32_t)b[22] << 8 | b[23];
    return width >= 1 && height >= 1 && width <= SIDE_MAX && height <= SIDE_MAX;
}

/* The picture on white at print size. */
static cairo_surface_t *flatten(cairo_surface_t *png)
{
    double width = cairo_image_surface_get_width(png);
    double height = cairo_image_surface_get_height(png);
    double scale = fmin(1, PRINT_SIDE / fmax(width, height));
    cairo_surface_t *flat =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)fmax(1, round(width * scale)),
                                   (int)fmax(1, round(height * scale)));
    cairo_t *cr = cairo_create(flat);

    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, cairo_image_surface_get_width(flat) / width,
                cairo_image_surface_get_height(flat) / height);
    cairo_set_source_surface(cr, png, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_BEST);
    cairo_paint(cr);
    cairo_destroy(cr);
    cairo_surface_flush(flat);
    return flat;
}

static PdfPicture deflate_picture(cairo_surface_t *flat, Arena *arena)
{
    PdfPicture arms = {.width = cairo_image_surface_get_width(flat),
                       .height = cairo_image_surface_get_height(flat)};
    const unsigned char *pixels = cairo_image_surface_get_data(flat);
    int stride = cairo_image_surface_get_stride(flat);
    size_t raw_len = (size_t)arms.width * (size_t)arms.height * 3;
    unsigned char *raw = arena_alloc(arena, raw_len), *to = raw;
    uLongf deflated_len = compressBound(raw_len);
    unsigned char *deflated = arena_alloc(arena, deflated_len);

    for (int y = 0; y < arms.height; y++)
        for (int x = 0; x < arms.width; x++) {
            uint32_t pixel;

            memcpy(&pixel, pixels + y * stride + x * 4, sizeof pixel);
            *to++ = (unsigned char)(pixel >> 16);
            *to++ = (unsigned char)(pixel >> 8);
            *to++ = (unsigned char)pixel;
        }
    compress2(deflated, &deflated_len, raw, raw_len, 9);
    arms.deflated = (Str){(char *)deflated, deflated_len};
    return arms;
}

static bool decode(Str png, Arena *arena, PdfPicture *arms, Err *err)
{
    PngReader reader = {png};
    cairo_surface_t *picture, *flat;

    if (!png_size_allowed(png))
        return err_field(err, "arms", "not a PNG of at most %d x %d pixels", SIDE_MAX, SIDE_MAX);
    picture = cairo_image_surface_create_from_png_stream(read_png, &reader);
    if (cairo_surface_status(picture) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(picture);
        return err_field(err, "arms", "the PNG is damaged");
    }
    flat = flatten(picture);
    *arms = deflate_picture(flat, arena);
    cairo_surface_destroy(flat);
    cairo_surface_destroy(picture);
    return true;
}

const PdfPicture *arms_for_png(Str png, Err *err)
{
    ArmsCache *cache;

    pthread_once(&prepared, prepare);
    cache = pthread_getspecific(cache_key);
    if (!cache) {
        cache = calloc(1, sizeof *cache);
        if (!cache) {
            err_set(err, ERR_TEMPORARY, "out of memory");
            return NULL;
        }
        cache->arena = arena_create(0);
        pthread_setspecific(cache_key, cache);
    }
    if (cache->png.ptr && str_eq(cache->png, png))
        return &cache->arms;
    arena_reset(cache->arena);
    cache->png = STR_NONE;
    if (!decode(png, cache->arena, &cache->arms, err))
        return NULL;
    cache->png = str_copy(cache->arena, png);
    return &cache->arms;
}
