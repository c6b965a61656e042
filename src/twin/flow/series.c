/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/flow/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "twin/flow/model.h"

/* The last point at or before `time`; count when there is none. */
static size_t point_before(const FlowSeries *series, double time)
{
    size_t low = 0, high = series->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (series->times[middle] <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? series->count : low - 1;
}

double flow_series_value(const FlowSeries *series, double time)
{
    size_t i;
    double part;

    if (series->count == 0)
        return 0;
    i = point_before(series, time);
    if (i == series->count)
        return series->values[0];
    if (series->steps || i + 1 == series->count)
        return series->values[i];
    part = (time - series->times[i]) / (series->times[i + 1] - series->times[i]);
    return series->values[i] + part * (series->values[i + 1] - series->values[i]);
}

double flow_series_integral(const FlowSeries *series, double from, double to)
{
    double sum = 0;

    if (series->count == 0)
        return 0;
    while (from < to) {
        size_t i = point_before(series, from);
        size_t next = i == series->count ? 0 : i + 1;
        double end = next < series->count && series->times[next] < to ? series->times[next] : to;

        /* Within one piece the middle's value is the mean. */
        sum += (end - from) * flow_series_value(series, 0.5 * (from + end));
        from = end;
    }
    return sum;
}

double flow_series_greatest(const FlowSeries *series)
{
    double most = 0;

    for (size_t i = 0; i < series->count; i++)
        most = fabs(series->values[i]) > most ? fabs(series->values[i]) : most;
    return most;
}

double flow_series_next(const FlowSeries *series, double time, double otherwise)
{
    size_t i = point_before(series, time);
    size_t next = series->count == 0 || i == series->count ? 0 : i + 1;

    return next < series->count && series->times[next] < otherwise ? series->times[next]
                                                                   : otherwise;
}

FlowSeries flow_series_copy(const FlowSeries *series)
{
    FlowSeries copy = {.count = series->count, .steps = series->steps};

    copy.times = flow_copy(series->times, series->count * sizeof(double));
    copy.values = flow_copy(series->values, series->count * sizeof(double));
    return copy;
}

void flow_series_free(FlowSeries *series)
{
    free((void *)series->times);
    free((void *)series->values);
    *series = (FlowSeries){0};
}
