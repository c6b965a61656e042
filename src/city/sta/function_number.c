/* SPDX-License-Identifier: EUPL-1.2 */
/* Functions on numbers. Whole numbers stay as they are, exactly. */
#include "city/sta/function.h"

#include <math.h>

/* Half goes away from zero. */
static StaValue round_half(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)count;
    return args[0].type == STA_WHOLE ? args[0] : sta_number(round(args[0].number));
}

static StaValue floor_of(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)count;
    return args[0].type == STA_WHOLE ? args[0] : sta_number(floor(args[0].number));
}

static StaValue ceiling(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)count;
    return args[0].type == STA_WHOLE ? args[0] : sta_number(ceil(args[0].number));
}

const StaFunction STA_NUMBER_FUNCTIONS[] = {
    {"round", round_half, STA_NUMBER, 1, 1, .parameters = {STA_NUMBER}},
    {"floor", floor_of, STA_NUMBER, 1, 1, .parameters = {STA_NUMBER}},
    {"ceiling", ceiling, STA_NUMBER, 1, 1, .parameters = {STA_NUMBER}},
    {0},
};
