/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/tile/paint.h"

#include <math.h>

enum { FINE_STEPS = 150, SIGNED_FINE_STEPS = 64, SIGNED_ZERO = 128, STEP_MAX = 255, COARSE = 10 };

const PaintScale PAINT_DEPTH = {.fine = 0.01};
const PaintScale PAINT_SPEED = {.fine = 0.02};
const PaintScale PAINT_DIFFERENCE = {.fine = 0.01, .with_sign = true};
const PaintScale PAINT_NUMBERS = {.fine = 1, .numbers = true};

/* Whole steps from 0 to `value` (>= 0), `fine` ones first. Values that lie on a bound but for the
 * last bits of a float belong to the class above it. */
static double steps_up(double fine, int fine_steps, double value)
{
    double steps = value / fine * (1 + 1e-6);
    return steps < fine_steps ? floor(steps) : fine_steps + floor((steps - fine_steps) / COARSE);
}

static double value_of_steps(double fine, int fine_steps, double steps)
{
    return fine * (steps < fine_steps ? steps : fine_steps + (steps - fine_steps) * COARSE);
}

unsigned char paint_step(const PaintScale *scale, double value)
{
    if (isnan(value))
        return 0;
    if (scale->numbers)
        return value < 0 ? 0 : (unsigned char)fmin(floor(value) + 1, STEP_MAX);
    if (!scale->with_sign) {
        double step = value > 0 ? 1 + steps_up(scale->fine, FINE_STEPS, value) : 0;
        return (unsigned char)fmin(step, STEP_MAX);
    }
    double steps = steps_up(scale->fine, SIGNED_FINE_STEPS, fabs(value));
    if (value < 0)
        return (unsigned char)fmax(SIGNED_ZERO - steps, 1);
    return (unsigned char)fmin(SIGNED_ZERO + 1 + steps, STEP_MAX);
}

double paint_middle(const PaintScale *scale, unsigned char step)
{
    if (scale->numbers)
        return step - 0.5;
    if (!scale->with_sign)
        return value_of_steps(scale->fine, FINE_STEPS, step - 0.5);
    if (step > SIGNED_ZERO)
        return value_of_steps(scale->fine, SIGNED_FINE_STEPS, step - SIGNED_ZERO - 0.5);
    return -value_of_steps(scale->fine, SIGNED_FINE_STEPS, SIGNED_ZERO - step + 0.5);
}

bool paint_begins(const PaintScale *scale, double value)
{
    int fine_steps = scale->with_sign ? SIGNED_FINE_STEPS : FINE_STEPS;
    double whole = steps_up(scale->fine, fine_steps, fabs(value));

    return fabs(value_of_steps(scale->fine, fine_steps, whole) - fabs(value)) < 1e-3 * scale->fine;
}

void paint_palette(const PaintScale *scale, const PaintClass *classes, size_t count,
                   PaintPalette *out)
{
    *out = (PaintPalette){0};
    for (int step = 1; step <= STEP_MAX; step++) {
        double value = paint_middle(scale, (unsigned char)step);
        for (size_t i = 0; i < count && classes[i].from <= value; i++)
            out->colours[step] = classes[i].colour;
    }
}
