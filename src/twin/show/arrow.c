/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/show/arrow.h"

#include "geo/tile/raster_tiles.h"
#include "twin/show/show.h"

#include <math.h>
#include <stdlib.h>

/* m/s from which a class goes. */
static const double CLASSES[ARROW_CLASSES] = {0.2, 0.5, 1, 1.5, 2, 3, 5};
static const double SECTOR = 360.0 / ARROW_SECTORS;

double arrow_number(double speed, double degrees)
{
    int speed_class = -1;

    while (speed_class + 1 < ARROW_CLASSES && speed >= CLASSES[speed_class + 1])
        speed_class++;
    if (speed_class < 0 || isnan(degrees))
        return NAN;
    double turned = fmod(fmod(degrees, 360) + 360 + SECTOR / 2, 360);
    return speed_class * ARROW_SECTORS + fmin(floor(turned / SECTOR), ARROW_SECTORS - 1);
}

Arrow arrow_of(unsigned char step)
{
    int number = step > 0 ? step - 1 : 0;

    return (Arrow){number / ARROW_SECTORS, number % ARROW_SECTORS * SECTOR};
}

bool show_arrows(const Show *show, Err *err)
{
    double *speed = show_field(show, show_result(show, "max_speed.tif"), err);
    double *direction =
        speed ? show_field(show, show_result(show, "max_direction.tif"), err) : NULL;
    bool good = direction != NULL;

    for (size_t i = 0; good && i < geo_grid_cells(&show->grid); i++)
        direction[i] = arrow_number(speed[i], direction[i]);
    good = good && raster_tiles_write(&show->grid, direction, &PAINT_NUMBERS, STR("pfeile"),
                                      show_out(show, "pfeile.mbtiles"), err);
    free(direction);
    free(speed);
    return good;
}
