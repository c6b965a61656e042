/* SPDX-License-Identifier: EUPL-1.2 */
/* How much memory a run takes, and how much there is. */
#pragma once

#include "twin/run.h"

/* Bytes that this machine, or the container that holds us, can give now. */
double memory_available(void);
/* Bytes that this process takes at most for a run of the scenario, with what reading it has taken
 * already. */
double memory_of_run(const TwinScenario *scenario, const TwinRunOptions *options);
/* ERR_TOO_LARGE where the run does not fit; before anything of it is made. */
bool memory_check(const TwinScenario *scenario, const TwinRunOptions *options, Err *err);
