/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/numbers.h"

#include <math.h>

enum { EXPONENT_MAX = 15 };

static const double POWERS[EXPONENT_MAX + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

double obs_number_of(int64_t n, unsigned exponent)
{
    return (double)n / POWERS[exponent];
}

static bool scale_one(double number, unsigned exponent, int64_t *out)
{
    double scaled = number * POWERS[exponent];
    uint64_t bits, again_bits;

    if (!(fabs(scaled) < 0x1p53))
        return false;
    *out = llrint(scaled);
    double again = obs_number_of(*out, exponent);
    memcpy(&bits, &number, sizeof bits);
    memcpy(&again_bits, &again, sizeof again_bits);
    return bits == again_bits;
}

static bool scale_all(const double *numbers, size_t count, unsigned exponent, int64_t *out)
{
    for (size_t i = 0; i < count; i++)
        if (!scale_one(numbers[i], exponent, &out[i]))
            return false;
    return true;
}

unsigned obs_numbers_scale(const double *numbers, size_t count, int64_t *out)
{
    unsigned exponent = 0;

    for (size_t i = 0; i < count && exponent <= EXPONENT_MAX; i++)
        while (exponent <= EXPONENT_MAX && !scale_one(numbers[i], exponent, &out[i]))
            exponent++;
    if (exponent <= EXPONENT_MAX && scale_all(numbers, count, exponent, out))
        return exponent;
    for (size_t i = 0; i < count; i++)
        memcpy(&out[i], &numbers[i], sizeof out[i]);
    return OBS_EXPONENT_RAW;
}

void obs_numbers_put(Buf *out, unsigned exponent, const int64_t *scaled, size_t count)
{
    buf_add_u8(out, (uint8_t)exponent);
    obs_ints_put(out, scaled, count);
}

bool obs_numbers_get(Bytes *in, double *numbers, size_t count)
{
    int64_t scaled[OBS_BITS_MAX];
    unsigned exponent = bytes_u8(in);

    if ((exponent > EXPONENT_MAX && exponent != OBS_EXPONENT_RAW) ||
        !obs_ints_get(in, scaled, count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (exponent == OBS_EXPONENT_RAW)
            memcpy(&numbers[i], &scaled[i], sizeof numbers[i]);
        else
            numbers[i] = obs_number_of(scaled[i], exponent);
    return true;
}
