/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/place/place.h"

#include "core/page/out.h"

#include <math.h>

/* Haversine on a sphere of the mean radius (IUGG): within 0.5 % of the ellipsoid. */
double place_distance(double x1, double y1, double x2, double y2)
{
    double degree = M_PI / 180, radius = 6371008.8;
    double a = sin((y2 - y1) * degree / 2), b = sin((x2 - x1) * degree / 2);
    double h = a * a + cos(y1 * degree) * cos(y2 * degree) * b * b;

    return 2 * radius * asin(fmin(1, sqrt(h)));
}

Str place_distance_text(Arena *arena, Str lang, double metres)
{
    if (metres < 995)
        return str_printf(arena, "%.0f m", round(metres / 10) * 10);
    Str km = str_printf(arena, "%.1f km", metres / 1000);
    return str_is(lang, "en") ? km : str_replace(arena, km, STR("."), STR(","));
}

Str place_address(const Place *place, Arena *arena)
{
    return str_printf(arena, "%.*s%s%.*s", STR_ARG(place->street),
                      place->street.len && place->town.len ? ", " : "", STR_ARG(place->town));
}
