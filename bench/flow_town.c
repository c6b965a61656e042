/* SPDX-License-Identifier: EUPL-1.2 */
#include "flow_town.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

double *town_terrain(int cells)
{
    const double pi = 3.14159265358979323846, length = TOWN_CELL * cells;
    double *terrain = malloc((size_t)cells * (size_t)cells * sizeof *terrain), *at = terrain;

    for (int row = 0; row < cells; row++)
        for (int column = 0; column < cells; column++) {
            double x = TOWN_CELL * (column + 0.5), y = length - TOWN_CELL * (row + 0.5);
            double mx = fmod(x, 64), my = fmod(y, 64);
            double z =
                10 + 0.003 * (length - x) + 0.8 * sin(2 * pi * x / 512) * cos(2 * pi * y / 384);
            bool block_x = (mx >= 16 && mx < 34) || (mx >= 42 && mx < 60);
            bool block_y = (my >= 16 && my < 34) || (my >= 42 && my < 60);

            if (mx < 12 || my < 12)
                z -= 0.15;
            if (block_x && block_y)
                z += 6;
            *at++ = round(z * 1e4) / 1e4;
        }
    return terrain;
}

double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
