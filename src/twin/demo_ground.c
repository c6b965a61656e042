/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/demo.h"

#include <math.h>

static const double RIVER_DEPTH = 2.2, RIVER_HALF = 8; /* m; half of its width */

double demo_river(double x)
{
    return 300 + 70 * sin(2 * M_PI * x / 1300) + 25 * sin(2 * M_PI * x / 470 + 1);
}

double demo_hollow(double y)
{
    return 880 + 70 * sin(2 * M_PI * y / 900);
}

bool demo_in_town(double x, double y)
{
    return x > 260 && x < 1540 && y > demo_river(x) + 45 && y < 1080;
}

/* The distance to the middle of the nearest street. */
static double street_distance(double along)
{
    double at = fmod(along, DEMO_STREET_EVERY);

    return fmin(at, DEMO_STREET_EVERY - at);
}

double demo_height(double x, double y)
{
    double off = y - demo_river(x), away = fabs(off);
    double z = 84 - 0.0025 * x; /* the valley falls to the east */

    /* A flat floor, then slopes: gentle in the north, steep in the south. */
    if (away > 60)
        z += (off > 0 ? 0.026 : 0.05) * (away - 60) + 3e-5 * (away - 60) * (away - 60);
    z += 0.35 * sin(x / 57) * cos(y / 71) * fmin(1, away / 100);
    /* The hollow ends in the valley's floor. */
    double across = (x - demo_hollow(y)) / 55;
    if (off > 0)
        z -= 5 * exp(-across * across) * (1 - exp(-away / 250));
    if (away < RIVER_HALF + 6)
        z -= RIVER_DEPTH * fmin(1, (RIVER_HALF + 6 - away) / 6);
    if (demo_in_town(x, y) && (street_distance(x) < DEMO_STREET_WIDTH / 2.0 ||
                               street_distance(y) < DEMO_STREET_WIDTH / 2.0))
        z -= 0.15;
    return round(z * 100) / 100;
}
