/* SPDX-License-Identifier: EUPL-1.2 */
/* Values over time, and their integral, which a volume is made from. */
#pragma once

#include "twin/flow/flow.h"

double flow_series_value(const FlowSeries *series, double time);
/* The exact integral from `from` to `to`. */
double flow_series_integral(const FlowSeries *series, double from, double to);
double flow_series_greatest(const FlowSeries *series);
/* The first point behind `time`, or `otherwise` when there is none before it. */
double flow_series_next(const FlowSeries *series, double time, double otherwise);
/* An own copy; flow_series_free() gives it back. */
FlowSeries flow_series_copy(const FlowSeries *series);
void flow_series_free(FlowSeries *series);
