/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/measured.h"

#include <math.h>

double curve_at(const Curve *curve, double seconds, bool steps)
{
    for (size_t i = 0; i < curve->count; i++) {
        if (curve->seconds[i] == seconds)
            return curve->values[i];
        if (curve->seconds[i] < seconds)
            continue;
        if (i == 0)
            return NAN;
        if (steps)
            return curve->values[i - 1];
        double share =
            (seconds - curve->seconds[i - 1]) / (curve->seconds[i] - curve->seconds[i - 1]);
        return curve->values[i - 1] + share * (curve->values[i] - curve->values[i - 1]);
    }
    return NAN;
}

/* Its moment and value between two moments. */
static void find_peak(const Curve *curve, double shift, double from, double to, double out[2])
{
    out[0] = from;
    out[1] = -HUGE_VAL;
    for (size_t i = 0; i < curve->count; i++) {
        double at = curve->seconds[i] + shift;
        if (at >= from && at <= to && curve->values[i] > out[1]) {
            out[0] = at;
            out[1] = curve->values[i];
        }
    }
}

bool goodness_of(const Curve *measured, double shift, const Curve *computed, Goodness *out)
{
    double sum = 0, squares = 0, errors = 0, first = 0, last = 0, peaks[2][2];

    *out = (Goodness){0};
    for (size_t i = 0; i < measured->count; i++) {
        double at = measured->seconds[i] + shift, value = curve_at(computed, at, false);
        if (isnan(value))
            continue;
        if (out->count++ == 0)
            first = at;
        last = at;
        sum += measured->values[i];
        errors += (value - measured->values[i]) * (value - measured->values[i]);
    }
    if (out->count < 2)
        return false;
    for (size_t i = 0; i < measured->count; i++) {
        double at = measured->seconds[i] + shift,
               off = measured->values[i] - sum / (double)out->count;
        squares += at >= first && at <= last ? off * off : 0;
    }
    find_peak(measured, shift, first, last, peaks[0]);
    find_peak(computed, 0, first, last, peaks[1]);
    out->peak = isinf(peaks[1][1]) ? 0 : peaks[1][1] - peaks[0][1];
    out->peak_later = peaks[1][0] - peaks[0][0];
    out->rmse = sqrt(errors / (double)out->count);
    out->varies = squares > 1e-12;
    out->efficiency = out->varies ? 1 - errors / squares : 0;
    return true;
}

const char *goodness_word(double efficiency)
{
    return efficiency > 0.75   ? "sehr gut"
           : efficiency > 0.65 ? "gut"
           : efficiency > 0.5  ? "brauchbar"
                               : "nicht brauchbar";
}
