/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/level.h"

#include <math.h>

enum { MINUTE_MS = 60000, FULL_MS = 15 * MINUTE_MS, GONE_MS = 30 * MINUTE_MS };

TrafficLevel traffic_level(double kmh, double free_kmh)
{
    double part = kmh / free_kmh;

    if (!isfinite(part))
        return TRAFFIC_UNKNOWN;
    return part >= 0.75   ? TRAFFIC_FREE
           : part >= 0.5  ? TRAFFIC_DENSE
           : part >= 0.25 ? TRAFFIC_SLOW
                          : TRAFFIC_JAM;
}

double traffic_fade(int64_t age_ms)
{
    if (age_ms < -5 * MINUTE_MS || age_ms >= GONE_MS)
        return 0;
    return age_ms <= FULL_MS ? 1 : (double)(GONE_MS - age_ms) / (GONE_MS - FULL_MS);
}

void speed_mean_add(SpeedMean *mean, double kmh, double vehicles, Timestamp at, Timestamp now)
{
    double weight = vehicles * traffic_fade(now - at);

    if (!isfinite(kmh) || kmh < 0 || !(weight > 0))
        return;
    mean->sum += kmh * weight;
    mean->weight += weight;
    if (at > mean->latest)
        mean->latest = at;
}

double speed_mean(const SpeedMean *mean)
{
    return mean->weight > 0 ? mean->sum / mean->weight : NAN;
}

double traffic_flow_speed(double free_kmh, double flow, double capacity)
{
    return free_kmh / (1 + 0.15 * pow(fmax(flow, 0) / capacity, 4));
}
