/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/buf.h"
#include "geo/tile/paint.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <zlib.h>

enum { COLOURS = 256, CHUNK_FRAME = 12 }; /* a chunk's length, name and check sum */

static void add_bytes(png_structp png, png_bytep bytes, size_t size)
{
    buf_add(png_get_io_ptr(png), (Str){(const char *)bytes, size});
}

static void flush_nothing(png_structp png)
{
    (void)png;
}

static bool all_zero(const unsigned char *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (steps[i])
            return false;
    return true;
}

Str paint_png(Arena *arena, const unsigned char *steps, int width, int height)
{
    png_color palette[COLOURS];
    png_byte opacity[COLOURS];
    Buf out = buf_in(arena);

    if (all_zero(steps, (size_t)width * (size_t)height))
        return STR_NONE;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info || setjmp(png_jmpbuf(png)))
        abort(); /* out of memory: nothing else fails when writing to memory */
    png_set_write_fn(png, &out, add_bytes, flush_nothing);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_PALETTE,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    for (int i = 0; i < COLOURS; i++) {
        palette[i] = (png_color){(png_byte)i, (png_byte)i, (png_byte)i};
        opacity[i] = i ? 255 : 0;
    }
    png_set_PLTE(png, info, palette, COLOURS);
    png_set_tRNS(png, info, opacity, COLOURS, NULL);
    png_set_filter(png, 0, PNG_FILTER_NONE);
    png_write_info(png, info);
    for (int row = 0; row < height; row++)
        png_write_row(png, steps + (size_t)row * (size_t)width);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return buf_str(&out);
}

typedef struct Source {
    Str rest;
} Source;

static void take_bytes(png_structp png, png_bytep bytes, size_t size)
{
    Source *source = png_get_io_ptr(png);

    if (source->rest.len < size)
        png_error(png, "cut off");
    memcpy(bytes, source->rest.ptr, size);
    source->rest = str_slice(source->rest, size, source->rest.len);
}

static void stay_quiet(png_structp png, png_const_charp message)
{
    (void)message;
    if (png)
        png_longjmp(png, 1);
}

/* What is read must outlive a jump out of the library. */
typedef struct Reading {
    png_structp png;
    png_infop info;
    Source source;
    unsigned char *steps;
    int width, height;
} Reading;

static bool read_steps(Reading *to, Arena *arena, size_t most)
{
    if (setjmp(png_jmpbuf(to->png)))
        return false;
    png_set_read_fn(to->png, &to->source, take_bytes);
    png_read_info(to->png, to->info);
    to->width = (int)png_get_image_width(to->png, to->info);
    to->height = (int)png_get_image_height(to->png, to->info);
    if (png_get_color_type(to->png, to->info) != PNG_COLOR_TYPE_PALETTE ||
        png_get_bit_depth(to->png, to->info) != 8 ||
        png_get_interlace_type(to->png, to->info) != PNG_INTERLACE_NONE || to->width < 1 ||
        to->height < 1 || (size_t)to->width * (size_t)to->height > most)
        return false;
    to->steps = arena_alloc_raw(arena, (size_t)to->width * (size_t)to->height);
    for (int row = 0; row < to->height; row++)
        png_read_row(to->png, to->steps + (size_t)row * (size_t)to->width, NULL);
    return true;
}

bool paint_read(Arena *arena, Str png, size_t most, const unsigned char **steps, int *width,
                int *height, Err *err)
{
    Reading reading = {.source = {png}};

    reading.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, stay_quiet, stay_quiet);
    reading.info = reading.png ? png_create_info_struct(reading.png) : NULL;
    if (!reading.info)
        abort();
    bool good = read_steps(&reading, arena, most);
    *steps = reading.steps;
    *width = reading.width;
    *height = reading.height;
    png_destroy_read_struct(&reading.png, &reading.info, NULL);
    return good || err_set(err, ERR_INPUT, "this is no picture of steps, or it is damaged");
}

static uint32_t read_u32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void write_u32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* The chunk `name` of exactly `size` bytes: where its content stands; NULL when there is none. */
static unsigned char *find_chunk(unsigned char *png, size_t len, const char *name, size_t size)
{
    size_t at = 8;

    while (at + CHUNK_FRAME <= len) {
        size_t chunk = read_u32(png + at);
        if (chunk > len - at - CHUNK_FRAME)
            return NULL;
        if (memcmp(png + at + 4, name, 4) == 0)
            return chunk == size ? png + at + 8 : NULL;
        at += chunk + CHUNK_FRAME;
    }
    return NULL;
}

static void seal_chunk(unsigned char *content, size_t size)
{
    write_u32(content + size, (uint32_t)crc32(0, content - 4, (uInt)(size + 4)));
}

Str paint_recolour(Arena *arena, Str png, const PaintPalette *palette)
{
    unsigned char *copy = arena_copy(arena, png.ptr ? png.ptr : "", png.len);
    unsigned char *colours = find_chunk(copy, png.len, "PLTE", (size_t)COLOURS * 3);
    unsigned char *opacity = find_chunk(copy, png.len, "tRNS", COLOURS);

    if (!colours || !opacity)
        return STR_NONE;
    for (size_t i = 0; i < COLOURS; i++) {
        Colour colour = palette->colours[i];
        colours[i * 3] = colour.red;
        colours[i * 3 + 1] = colour.green;
        colours[i * 3 + 2] = colour.blue;
        opacity[i] = colour.opacity;
    }
    seal_chunk(colours, (size_t)COLOURS * 3);
    seal_chunk(opacity, COLOURS);
    return (Str){(const char *)copy, png.len};
}

Str paint_nothing(void)
{
    static const unsigned char PIXEL[] = {
        0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48,
        0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x04, 0x00, 0x00,
        0x00, 0xb5, 0x1c, 0x0c, 0x02, 0x00, 0x00, 0x00, 0x0b, 0x49, 0x44, 0x41, 0x54, 0x78,
        0xda, 0x63, 0x60, 0x60, 0x00, 0x00, 0x00, 0x03, 0x00, 0x01, 0x2b, 0x09, 0x4d, 0x84,
        0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
    return (Str){(const char *)PIXEL, sizeof PIXEL};
}
