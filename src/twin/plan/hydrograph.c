/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/desk.h"

#include <math.h>

enum { LEFT = 56 };

Str depth_text(Arena *arena, double metres)
{
    if (metres < 0)
        return STR("nicht berechnet");
    if (metres < 1)
        return str_printf(arena, "%.0f cm", metres * 100);
    return str_replace(arena, str_printf(arena, "%.2f m", metres), STR("."), STR(","));
}

Str change_text(Arena *arena, double metres)
{
    return str_printf(arena, "%s%.*s",
                      metres > 0   ? "+"
                      : metres < 0 ? "−"
                                   : "±",
                      STR_ARG(depth_text(arena, fabs(metres))));
}

static size_t numbers(Str text, double *out, size_t most)
{
    size_t count = 0;

    while (text.ptr && count < most) {
        int64_t value;
        if (str_to_i64(str_cut(&text, ' '), &value))
            out[count++] = (double)value;
    }
    return count;
}

static void add_ticks(Arena *arena, Plot *plot, double top, double step, double last)
{
    for (double level = 0; level <= top * 1.001; level += step)
        plot_add_level(plot, level / top, depth_text(arena, level));
    double minutes = plot_step(last / 60, 5);
    for (double at = 0; at <= last / 60 * 1.001; at += minutes)
        plot_add_time(plot, at * 60 / last, str_printf(arena, "%.0f min", at));
}

Hydrograph hydrograph_of(Arena *arena, Str frames, Str series)
{
    Hydrograph graph = {.plot = {.left = LEFT}};
    double times[GRAPH_ROWS_MAX], mm[GRAPH_ROWS_MAX];
    size_t count = numbers(frames, times, GRAPH_ROWS_MAX);
    size_t values = numbers(series, mm, GRAPH_ROWS_MAX);
    Buf points = buf_in(arena);
    size_t peak = 0;

    if (values < count)
        count = values;
    if (count < 2 || times[count - 1] <= 0)
        return graph;
    for (size_t i = 0; i < count; i++)
        if (mm[i] > mm[peak])
            peak = i;
    double most = fmax(mm[peak] / 1000, 0.05);
    double step = plot_step(most, 4);
    double top = ceil(most / step) * step;
    add_ticks(arena, &graph.plot, top, step, times[count - 1]);
    for (size_t i = 0; i < count; i++) {
        buf_addf(&points, "%s%d,%d", i ? " " : "", plot_x(&graph.plot, times[i] / times[count - 1]),
                 plot_y(mm[i] / 1000 / top));
        graph.rows[i].time = str_printf(arena, "%.0f Minuten", times[i] / 60);
        graph.rows[i].depth = depth_text(arena, mm[i] / 1000);
    }
    graph.row_count = count;
    graph.plot.curves[0] = buf_str(&points);
    graph.plot.words = str_printf(arena, "Am höchsten steht das Wasser nach %.0f Minuten: %.*s.",
                                  times[peak] / 60, STR_ARG(depth_text(arena, mm[peak] / 1000)));
    return graph;
}
