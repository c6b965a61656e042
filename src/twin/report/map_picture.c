/* SPDX-License-Identifier: EUPL-1.2 */
/* A map for print: the ground's hill-shade, streets and houses, and the water in the colours of the
 * legend, as one picture with a palette. */
#include "twin/report/sheet.h"

#include "twin/plan/measure.h"
#include "twin/show/picture.h"

#include <math.h>

/* The palette: shades of the ground, a street, a house, then each class of the legend on open
 * ground and on a street. */
enum { STREET = GROUND_SHADES, HOUSE, FIRST_CLASS, PIXELS_MAX = 2 << 20 };

Colour map_house_colour(void)
{
    return (Colour){0x8d, 0x82, 0x76, 255};
}

Colour map_street_colour(void)
{
    return (Colour){0xff, 0xff, 0xff, 255};
}

/* A third of white, so that streets can be told below the water. */
static Colour lighter(Colour c)
{
    return (Colour){(unsigned char)((2 * c.red + 255) / 3),
                    (unsigned char)((2 * c.green + 255) / 3),
                    (unsigned char)((2 * c.blue + 255) / 3), 255};
}

/* How many colours there are. */
static size_t make_palette(const Legend *legend, PaintPalette *out)
{
    *out = (PaintPalette){0};
    for (int i = 0; i < GROUND_SHADES; i++) {
        /* Level ground is light, whatever it is: only slopes are dark. */
        double light = fmin(1, 0.55 + 0.62 * i / (GROUND_SHADES - 1));
        out->colours[i] = (Colour){(unsigned char)(0xf0 * light), (unsigned char)(0xed * light),
                                   (unsigned char)(0xe6 * light), 255};
    }
    out->colours[STREET] = map_street_colour();
    out->colours[HOUSE] = map_house_colour();
    for (size_t i = 0; i < legend->count; i++) {
        out->colours[FIRST_CLASS + 2 * i] = legend->classes[i].colour;
        out->colours[FIRST_CLASS + 2 * i].opacity = 255;
        out->colours[FIRST_CLASS + 2 * i + 1] = lighter(legend->classes[i].colour);
    }
    return FIRST_CLASS + 2 * legend->count;
}

static Str palette_bytes(Arena *arena, const PaintPalette *palette, size_t count)
{
    unsigned char *bytes = arena_alloc(arena, 3 * count);

    for (size_t i = 0; i < count; i++) {
        bytes[3 * i] = palette->colours[i].red;
        bytes[3 * i + 1] = palette->colours[i].green;
        bytes[3 * i + 2] = palette->colours[i].blue;
    }
    return (Str){(const char *)bytes, 3 * count};
}

/* For each step the class that it belongs to, or -1; classes without a colour are not shown. */
static void classes_of_steps(const Legend *legend, const PaintScale *scale, int out[256])
{
    for (int step = 0; step < 256; step++) {
        int class = step ? legend_class(legend, paint_middle(scale, (unsigned char)step)) : -1;
        out[step] = class >= 0 && legend->classes[class].colour.opacity ? class : -1;
    }
}

static unsigned char pixel(const ReportPictures *pictures, size_t at, int class)
{
    unsigned char ground = pictures->ground ? pictures->ground[at] : GROUND_SHADES;

    if (ground == GROUND_HOUSE || (!pictures->ground && pictures->depth[at] == PICTURE_HOUSE))
        return HOUSE;
    if (class >= 0)
        return (unsigned char)(FIRST_CLASS + 2 * class + (ground == GROUND_STREET));
    if (ground == GROUND_STREET)
        return STREET;
    return (unsigned char)((ground < 1 || ground > GROUND_SHADES ? GROUND_SHADES : ground) - 1);
}

/* Colours of every `thin`th pixel. */
static unsigned char *paint_map(Arena *arena, const ReportPictures *pictures, MapTheme theme,
                                const Legend *legend, int thin)
{
    const unsigned char *steps = theme == MAP_DEPTH ? pictures->depth : pictures->difference;
    int width = pictures->width / thin, height = pictures->height / thin, classes[256];
    unsigned char *out = arena_alloc(arena, (size_t)width * (size_t)height);

    classes_of_steps(legend, theme == MAP_DEPTH ? &PAINT_DEPTH : &PAINT_DIFFERENCE, classes);
    if (theme == MAP_DEPTH)
        classes[PICTURE_HOUSE] = classes[PICTURE_GROUND] = -1;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            size_t at = (size_t)(y * thin) * (size_t)pictures->width + (size_t)(x * thin);
            out[(size_t)y * (size_t)width + (size_t)x] =
                pixel(pictures, at, steps ? classes[steps[at]] : -1);
        }
    return out;
}

const PdfPicture *map_picture(Arena *arena, const Report *report, MapTheme theme)
{
    const ReportPictures *pictures = &report->pictures;
    Legend legend = theme == MAP_DEPTH ? report->legend : legend_difference();
    PaintPalette palette;
    int thin = 1;

    while ((int64_t)(pictures->width / thin) * (pictures->height / thin) > PIXELS_MAX)
        thin++;
    const unsigned char *pixels = paint_map(arena, pictures, theme, &legend, thin);
    PdfPicture *out = arena_new(arena, PdfPicture);
    out->width = pictures->width / thin;
    out->height = pictures->height / thin;
    out->deflated = pdf_deflate(
        arena, (Str){(const char *)pixels, (size_t)out->width * (size_t)out->height}, 6);
    out->palette = palette_bytes(arena, &palette, make_palette(&legend, &palette));
    return out;
}

Str report_difference_png(Arena *arena, const ReportPictures *pictures)
{
    Legend legend = legend_difference();
    PaintPalette palette;
    Str steps = paint_png(arena, paint_map(arena, pictures, MAP_DIFFERENCE, &legend, 1),
                          pictures->width, pictures->height);

    make_palette(&legend, &palette);
    return steps.ptr ? paint_recolour(arena, steps, &palette) : paint_nothing();
}

/* --- On the page --------------------------------------------------------------------------------
 */

double map_width_m(const Report *report)
{
    double width =
        node_get_real(report->summary, "columns") * node_get_real(report->summary, "cell_m");
    return width > 0 ? width : 1;
}

Str map_scale(Arena *arena, const Report *report, double width)
{
    double scale = map_width_m(report) / (width / MM(1000));
    double unit = pow(10, fmax(0, floor(log10(scale)) - 1));

    return str_printf(arena, "1 : %.*s",
                      STR_ARG(german_fixed(arena, round(scale / unit) * unit, 0)));
}

static void draw_frame(Sheet *sheet, double x, double y, double width, double height)
{
    PdfPoint corners[] = {{x, y}, {x + width, y}, {x + width, y + height}, {x, y + height}, {x, y}};

    canvas_line(&sheet->canvas, corners, 5, 0.5, (PdfColour){0.35, 0.35, 0.35}, 0);
}

static void draw_north(Sheet *sheet, double x, double y)
{
    PdfPoint disc[] = {{x - 8, y - 2}, {x + 8, y - 2}, {x + 8, y + 30}, {x - 8, y + 30}};
    PdfPoint left[] = {{x, y}, {x - 5, y + 16}, {x, y + 12}};
    PdfPoint right[] = {{x, y}, {x + 5, y + 16}, {x, y + 12}};
    const SetText *word = typesetter_plain(&sheet->setter, &SHEET_STRONG, STR("N"), 0);

    canvas_area(&sheet->canvas, disc, 4, (PdfColour){1, 1, 1});
    canvas_area(&sheet->canvas, left, 3, (PdfColour){0, 0, 0});
    canvas_area(&sheet->canvas, right, 3, (PdfColour){0.5, 0.5, 0.5});
    canvas_text(&sheet->canvas, word, &SHEET_STRONG, x - word->width / 2, y + 16, 0);
}

/* 1, 2 or 5 times a power of ten, about a quarter of the map. */
static double bar_length(double metres)
{
    double raw = metres / 4, power = pow(10, floor(log10(raw))), digit = raw / power;

    return power * (digit < 2 ? 1 : digit < 5 ? 2 : 5);
}

static void draw_bar(Sheet *sheet, const Report *report, double x, double bottom, double width)
{
    double metres = bar_length(map_width_m(report));
    double length = metres / map_width_m(report) * width;
    Str text = metres >= 1000 ? str_printf(sheet->arena, "%.0f km", metres / 1000)
                              : str_printf(sheet->arena, "%.0f m", metres);
    const SetText *word = typesetter_plain(&sheet->setter, &SHEET_SMALL, text, 0);
    double y = bottom - 8;
    PdfPoint ground[] = {{x - 4, y - 13},
                         {x + length + 4 + word->width / 2, y - 13},
                         {x + length + 4 + word->width / 2, y + 5},
                         {x - 4, y + 5}};
    PdfPoint line[] = {{x, y - 3}, {x, y}, {x + length, y}, {x + length, y - 3}};

    canvas_area(&sheet->canvas, ground, 4, (PdfColour){1, 1, 1});
    canvas_line(&sheet->canvas, line, 4, 1, (PdfColour){0, 0, 0}, 0);
    canvas_text(&sheet->canvas, typesetter_plain(&sheet->setter, &SHEET_SMALL, STR("0"), 0),
                &SHEET_SMALL, x - 2, y - 13, 0);
    canvas_text(&sheet->canvas, word, &SHEET_SMALL, x + length - word->width / 2, y - 13, 0);
}

double map_draw(Sheet *sheet, const Report *report, MapTheme theme, const char *alt, double x,
                double y, double width)
{
    double height = width * report->pictures.height / report->pictures.width;

    canvas_open_figure(&sheet->canvas, alt, x, y, width, height);
    canvas_paint(&sheet->canvas, map_picture(sheet->arena, report, theme), x, y, width, height);
    draw_frame(sheet, x, y, width, height);
    draw_north(sheet, x + width - 14, y + 8);
    draw_bar(sheet, report, x + 10, y + height - 4, width);
    canvas_close(&sheet->canvas);
    return height;
}
