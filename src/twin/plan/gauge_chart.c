/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/gauges.h"
#include "twin/plan/measure.h"

#include <math.h>

enum { LEFT = 92 };

typedef struct Frame {
    double seconds, low, high;
    MeasuredKind kind;
} Frame;

static Str value_text(Arena *arena, MeasuredKind kind, double value)
{
    if (kind == MEASURED_DEPTH)
        return depth_text(arena, value);
    if (kind == MEASURED_LEVEL)
        return str_printf(arena, "%.*s m", STR_ARG(german_fixed(arena, value, 2)));
    return str_printf(arena, "%.*s mm/h",
                      STR_ARG(german_fixed(arena, value, value < 10 && value > 0 ? 1 : 0)));
}

static void stretch(Frame *frame, const Curve *curve, double shift)
{
    for (size_t i = 0; curve && i < curve->count; i++) {
        double at = curve->seconds[i] + shift;
        if (at < 0 || at > frame->seconds)
            continue;
        frame->low = fmin(frame->low, curve->values[i]);
        frame->high = fmax(frame->high, curve->values[i]);
    }
}

/* As long as what was computed; without that, as what was measured. */
static Frame frame_of(const ChartOrder *order, double *step)
{
    const Curve *main = order->computed ? order->computed : order->measured;
    Frame frame = {
        .seconds = fmax(60, main->seconds[main->count - 1] + (order->computed ? 0 : order->shift)),
        .low = order->kind == MEASURED_LEVEL ? HUGE_VAL : 0,
        .high = order->kind == MEASURED_LEVEL  ? -HUGE_VAL
                : order->kind == MEASURED_RAIN ? 1
                                               : 0.05,
        .kind = order->kind};

    stretch(&frame, order->computed, 0);
    stretch(&frame, order->measured, order->shift);
    if (isinf(frame.low))
        frame.low = frame.high = 0;
    frame.high = fmax(frame.high, frame.low + 0.05);
    *step = plot_step(frame.high - frame.low, 4);
    frame.low = floor(frame.low / *step + 1e-9) * *step;
    frame.high = ceil(frame.high / *step - 1e-9) * *step;
    return frame;
}

static double part_of(const Frame *frame, double value)
{
    return (value - frame->low) / (frame->high - frame->low);
}

/* Rain goes on until the next value. */
static Str points_of(Arena *arena, const Plot *plot, const Frame *frame, const Curve *curve,
                     double shift)
{
    Buf out = buf_in(arena);
    int before = 0;

    for (size_t i = 0; curve && i < curve->count; i++) {
        double at = curve->seconds[i] + shift;
        if (at < 0 || at > frame->seconds)
            continue;
        int x = plot_x(plot, at / frame->seconds), y = plot_y(part_of(frame, curve->values[i]));
        if (frame->kind == MEASURED_RAIN && out.len)
            buf_addf(&out, " %d,%d", x, before);
        buf_addf(&out, "%s%d,%d", out.len ? " " : "", x, y);
        before = y;
    }
    return out.len ? buf_str(&out) : STR_NONE;
}

static void add_ticks(Arena *arena, Plot *plot, const Frame *frame, double step)
{
    double minutes = plot_step(frame->seconds / 60, 6);

    for (double level = frame->low; level <= frame->high + step / 1000; level += step)
        plot_add_level(plot, part_of(frame, level), value_text(arena, frame->kind, level));
    for (double at = 0; at <= frame->seconds / 60 * 1.001; at += minutes)
        plot_add_time(plot, at * 60 / frame->seconds, str_printf(arena, "%.0f min", at));
}

static Str cell(Arena *arena, const ChartOrder *order, const Curve *curve, double seconds)
{
    double value = curve ? curve_at(curve, seconds, order->kind == MEASURED_RAIN) : NAN;
    return isnan(value) ? STR("–") : value_text(arena, order->kind, value);
}

/* At the measured moments; without them at the computed ones; not more than a reader can bear. */
static void add_rows(Arena *arena, GaugeChart *chart, const ChartOrder *order, const Frame *frame)
{
    const Curve *main = order->measured ? order->measured : order->computed;
    double shift = order->measured ? order->shift : 0;
    size_t from = 0, to = main->count;

    while (from < to && main->seconds[from] + shift < 0)
        from++;
    while (to > from && main->seconds[to - 1] + shift > frame->seconds)
        to--;
    size_t thin = (to - from) / CHART_ROWS_MAX + 1;
    for (size_t i = from; i < to && chart->row_count < CHART_ROWS_MAX; i += thin) {
        double at = main->seconds[i] + shift;
        chart->rows[chart->row_count].time =
            str_printf(arena, "%.*s Minuten",
                       STR_ARG(german_fixed(arena, at / 60, fmod(at, 60) > 0.5 ? 1 : 0)));
        chart->rows[chart->row_count].computed = cell(arena, order, order->computed, at);
        chart->rows[chart->row_count++].measured =
            cell(arena, order, order->measured, at - order->shift);
    }
}

/* --- In words ----------------------------------------------------------------------------------
 */

static void say(GaugeChart *chart, Str sentence)
{
    chart->goodness[chart->goodness_count++] = sentence;
}

static void say_goodness(Arena *arena, GaugeChart *chart, const ChartOrder *order)
{
    Goodness good;

    if (!goodness_of(order->measured, order->shift, order->computed, &good)) {
        say(chart, STR("Gemessen und gerechnet haben keine Zeit gemeinsam. Bitte prüfen Sie, wann "
                       "die Messung beginnt."));
        return;
    }
    Str off = depth_text(arena, fabs(good.peak));
    if (fabs(good.peak) < 0.005)
        say(chart, STR("Der berechnete Höchststand ist so hoch wie der gemessene."));
    else
        say(chart, str_printf(arena, "Der berechnete Höchststand liegt %.*s %s dem gemessenen.",
                              STR_ARG(off), good.peak > 0 ? "über" : "unter"));
    double minutes = fabs(good.peak_later) / 60;
    if (minutes < 0.5)
        say(chart, STR("Er tritt zur selben Zeit ein."));
    else
        say(chart, str_printf(arena, "Er tritt %.0f %s %s ein.", minutes,
                              lround(minutes) == 1 ? "Minute" : "Minuten",
                              good.peak_later > 0 ? "später" : "früher"));
    say(chart, str_printf(arena,
                          "Im Mittel weichen die Kurven um %.*s voneinander ab (RMSE, %zu "
                          "Zeitpunkte).",
                          STR_ARG(depth_text(arena, good.rmse)), good.count));
    if (good.varies)
        say(chart, str_printf(arena, "Güte nach Nash und Sutcliffe: %.*s, %s. 1 wäre vollkommen.",
                              STR_ARG(german_fixed(arena, good.efficiency, 2)),
                              goodness_word(good.efficiency)));
}

/* mm until `seconds`. */
static double height_of(const Curve *curve, double shift, double seconds)
{
    double sum = 0;

    for (size_t i = 0; i + 1 < curve->count; i++) {
        double from = fmax(0, curve->seconds[i] + shift);
        double to = fmin(seconds, curve->seconds[i + 1] + shift);
        sum += to > from ? curve->values[i] * (to - from) / 3600 : 0;
    }
    return sum;
}

static void say_rain(Arena *arena, GaugeChart *chart, const ChartOrder *order, double seconds)
{
    say(chart,
        str_printf(
            arena, "Gemessen fielen %.*s Liter je Quadratmeter, gerechnet ist mit %.*s.",
            STR_ARG(german_fixed(arena, height_of(order->measured, order->shift, seconds), 1)),
            STR_ARG(german_fixed(arena, height_of(order->computed, 0, seconds), 1))));
}

static Str peak_words(Arena *arena, const ChartOrder *order, const Curve *curve, double shift,
                      const char *whose)
{
    size_t peak = 0;

    for (size_t i = 0; i < curve->count; i++)
        if (curve->values[i] > curve->values[peak])
            peak = i;
    return str_printf(arena, "%s höchstens %.*s, nach %.0f Minuten.", whose,
                      STR_ARG(value_text(arena, order->kind, curve->values[peak])),
                      (curve->seconds[peak] + shift) / 60);
}

GaugeChart gauge_chart(Arena *arena, const ChartOrder *order)
{
    GaugeChart chart = {.title = order->title, .plot = {.left = LEFT}};
    double step;
    Frame frame = frame_of(order, &step);
    Buf words = buf_in(arena);

    chart.plot.curves[0] = points_of(arena, &chart.plot, &frame, order->computed, 0);
    chart.plot.curves[1] = points_of(arena, &chart.plot, &frame, order->measured, order->shift);
    add_ticks(arena, &chart.plot, &frame, step);
    add_rows(arena, &chart, order, &frame);
    buf_addf(&words, "%.*s.", STR_ARG(order->title));
    if (order->computed)
        buf_addf(&words, " %.*s",
                 STR_ARG(peak_words(arena, order, order->computed, 0, "Berechnet")));
    if (order->measured)
        buf_addf(&words, " %.*s",
                 STR_ARG(peak_words(arena, order, order->measured, order->shift, "Gemessen")));
    chart.plot.words = buf_str(&words);
    if (order->computed && order->measured && order->kind == MEASURED_RAIN)
        say_rain(arena, &chart, order, frame.seconds);
    else if (order->computed && order->measured)
        say_goodness(arena, &chart, order);
    return chart;
}
