/* SPDX-License-Identifier: EUPL-1.2 */
/* Rain: which step holds, and what fell so far.
 *
 * A cell gets the difference of two cumulative amounts, each rounded to whole
 * units, so that the sum over any number of steps is right however little falls
 * in one. */
#include <math.h>

#include "twin/flow/model.h"

static size_t step_at(const ModelRain *rain, double time)
{
    size_t index = rain->count;

    for (size_t i = 0; i < rain->count && rain->steps[i].time <= time; i++)
        index = i;
    return index;
}

/* The whole raster, checked, and its sum over the cells' shares. */
static const float *ask_raster(FlowModel *model, size_t index, Err *err)
{
    ModelRain *rain = &model->rain;
    const float *share = rain->whole_share ? rain->whole_share : rain->share;
    const float *rates = rain->asked.raster(rain->asked.context, index, err);
    size_t cells = (size_t)model->grid.columns * (size_t)model->grid.rows;

    if (!rates) {
        err_context(err, "rain of step %zu", index + 1);
        return NULL;
    }
    rain->rate_sum = 0;
    for (size_t i = 0; i < cells; i++) {
        if (share && share[i] == 0)
            continue;
        if (!(rates[i] >= 0 && rates[i] < 1)) {
            err_set(err, ERR_INPUT, "the raster of step %zu of the rain has %g m/s", index + 1,
                    (double)rates[i]);
            return NULL;
        }
        rain->rate_sum += (double)(share ? rates[i] * share[i] : rates[i]);
    }
    return rates;
}

static bool take_raster(FlowModel *model, size_t index, Err *err)
{
    ModelRain *rain = &model->rain;
    size_t cells = (size_t)model->strip.columns * (size_t)model->strip.rows;
    const float *rates = NULL;

    if (!model->exchange || model->exchange->rank == 0)
        rates = ask_raster(model, index, err);
    if (!rain->rates)
        rain->rates = flow_alloc(cells, sizeof(float));
    if (!flow_exchange_raster(model, rates, rain->rates))
        return model->exchange && model->exchange->rank > 0
                   ? err_set(err, ERR_INPUT, "rank 0 has no raster for step %zu", index + 1)
                   : false;
    rain->most_rate = 0;
    for (size_t i = 0; i < cells; i++) {
        if (rain->share)
            rain->rates[i] = rain->share[i] == 0 ? 0 : rain->rates[i] * rain->share[i];
        rain->most_rate = fmax(rain->most_rate, (double)rain->rates[i]);
    }
    rain->most_rate = -flow_exchange_least(model, -rain->most_rate);
    return true;
}

static double area_of(const FlowModel *model)
{
    return model->grid.cell * model->grid.cell;
}

static bool is_raster(const ModelRain *rain)
{
    return rain->index < rain->count && rain->steps[rain->index].raster;
}

/* Volume of the present raster step so far, m3. */
static double raster_volume(const FlowModel *model, double until)
{
    const ModelRain *rain = &model->rain;

    return is_raster(rain)
               ? (until - rain->steps[rain->index].time) * rain->rate_sum * area_of(model)
               : 0;
}

bool flow_rain_begin(FlowModel *model, double *until, Err *err)
{
    ModelRain *rain = &model->rain;
    size_t index = step_at(rain, model->time);

    if (index != rain->index) {
        rain->volume += raster_volume(model, model->time);
        if (index < rain->count && rain->steps[index].raster && !take_raster(model, index, err)) {
            rain->index = rain->count;
            return false;
        }
        rain->index = index;
        model->since_tiles = 0;
    }
    index = index == rain->count ? 0 : index + 1;
    if (index < rain->count && rain->steps[index].time > model->time &&
        rain->steps[index].time < *until)
        *until = rain->steps[index].time;
    return true;
}

/* Of a cell that has the rain of many (a great roof's), whole numbers would overflow: count anew
 * from time to time. The place where depends on nothing but the sum, so that ranks agree. */
static FlowFall within_range(const FlowModel *model, FlowFall fall, double most)
{
    double longest = 0x1p28 * model->strip.unit, zero;

    if (model->options.double_precision || most * fall.after < longest)
        return fall;
    zero = exp2(floor(log2(longest / most)));
    zero *= floor(fall.before / zero);
    fall.before -= zero;
    fall.after -= zero;
    return fall;
}

FlowFall flow_rain_fall(FlowModel *model, double dt)
{
    ModelRain *rain = &model->rain;
    FlowFall fall = {rain->fallen, rain->fallen, NULL};

    if (rain->index == rain->count)
        return fall;
    if (is_raster(rain)) {
        fall.before = model->time - rain->steps[rain->index].time;
        fall.after = fall.before + dt;
        fall.rates = rain->rates;
        return within_range(model, fall, rain->most_rate);
    }
    rain->fallen += dt * rain->steps[rain->index].rate;
    fall.after = rain->fallen;
    fall.rates = rain->share;
    return fall.rates ? within_range(model, fall, rain->most_share) : fall;
}

bool flow_rain_resume(FlowModel *model, uint64_t index, double volume, Err *err)
{
    ModelRain *rain = &model->rain;

    if (index > rain->count)
        return err_set(err, ERR_INPUT, "the saved state is in step %llu of the rain, which has %zu",
                       (unsigned long long)index + 1, rain->count);
    rain->index = (size_t)index;
    rain->volume = volume;
    return !is_raster(rain) || take_raster(model, rain->index, err);
}

double flow_rain_volume(const FlowModel *model)
{
    const ModelRain *rain = &model->rain;

    return rain->fallen * rain->catchment * area_of(model) + rain->volume +
           raster_volume(model, model->time);
}
