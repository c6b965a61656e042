/* SPDX-License-Identifier: EUPL-1.2 */
/* Where the water flows, as one number for each cell: its class of speed and, within it, one of 36
 * directions. Of several cells the fastest has the largest number, so that maps further out show
 * the direction of the fastest (geo/tile/raster_tiles.h). Tiles: pfeile.mbtiles, PAINT_NUMBERS. */
#pragma once

enum { ARROW_SECTORS = 36, ARROW_CLASSES = 7 };

/* `degrees` clockwise from north; NaN where the water is slower than 0.2 m/s. */
double arrow_number(double speed, double degrees);

typedef struct Arrow {
    int speed_class; /* 0 to ARROW_CLASSES - 1 */
    double degrees;
} Arrow;

/* Of a step of PAINT_NUMBERS above 0. */
Arrow arrow_of(unsigned char step);
