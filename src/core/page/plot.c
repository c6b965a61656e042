/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/page/plot.h"

#include <math.h>

double plot_step(double most, int parts)
{
    double raw = most / parts;
    double power = pow(10, floor(log10(raw)));
    double digit = raw / power;

    return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
}

int plot_x(const Plot *plot, double part)
{
    return plot->left + (int)lround((PLOT_RIGHT - plot->left) * part);
}

int plot_y(double part)
{
    return PLOT_BOTTOM - (int)lround((PLOT_BOTTOM - PLOT_TOP) * part);
}

void plot_add_level(Plot *plot, double part, Str label)
{
    if (plot->level_count < PLOT_TICKS_MAX)
        plot->levels[plot->level_count++] = (PlotTick){plot_y(part), label};
}

void plot_add_time(Plot *plot, double part, Str label)
{
    if (plot->time_count < PLOT_TICKS_MAX)
        plot->times[plot->time_count++] = (PlotTick){plot_x(plot, part), label};
}
