/* SPDX-License-Identifier: EUPL-1.2 */
/* Paint: how a measured field becomes a picture on the map.
 *
 * A tile keeps for each pixel a step of a fixed scale (a byte), not a colour. The server gives the
 * tile a palette made from the legend that the town chose when it is asked for: legends change
 * without computing anything again. */
#pragma once

#include "base/err.h"

/* Steps 1..150 have the width `fine`, 151..255 ten times that. Step 0 is nothing. A scale with
 * signs has its zero between step 128 (below) and 129: 64 fine steps to each side, then coarse. On
 * a scale of numbers, n + 1 is the step of n (0 to 254) and of what is less than 1 above it. */
typedef struct PaintScale {
    double fine;
    bool with_sign;
    bool numbers;
} PaintScale;

extern const PaintScale PAINT_DEPTH;      /* 1 cm up to 1.5 m, then 10 cm */
extern const PaintScale PAINT_SPEED;      /* 2 cm/s up to 3 m/s, then 20 cm/s */
extern const PaintScale PAINT_DIFFERENCE; /* 1 cm up to 64 cm, then 10 cm */
extern const PaintScale PAINT_NUMBERS;

/* The step in which a value lies; 0 for NaN, and for values not above 0 of a scale without signs.
 */
unsigned char paint_step(const PaintScale *scale, double value);
/* The middle of a step; the ends of the scale are open. */
double paint_middle(const PaintScale *scale, unsigned char step);

/* Whether a step begins at the value, so that a class of a legend can. */
bool paint_begins(const PaintScale *scale, double value);

typedef struct Colour {
    unsigned char red, green, blue, opacity;
} Colour;

/* One class of a legend: from its lower bound to the next one's. */
typedef struct PaintClass {
    double from;
    Colour colour;
} PaintClass;

typedef struct PaintPalette {
    Colour colours[256];
} PaintPalette;

/* `classes` ascend; what lies below the first stays transparent. */
void paint_palette(const PaintScale *scale, const PaintClass *classes, size_t count,
                   PaintPalette *out);

/* A picture of steps as PNG with a palette of grey; STR_NONE when all are 0. */
Str paint_png(Arena *arena, const unsigned char *steps, int width, int height);
/* The steps of a picture that paint_png() made; at most `most` pixels. */
bool paint_read(Arena *arena, Str png, size_t most, const unsigned char **steps, int *width,
                int *height, Err *err);
/* The same picture with another palette. STR_NONE when `png` is not one of paint_png(). */
Str paint_recolour(Arena *arena, Str png, const PaintPalette *palette);
/* A PNG of one transparent pixel. */
Str paint_nothing(void);
