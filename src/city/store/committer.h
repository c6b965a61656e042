/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

#include "city/store/commit.h"

/* Nothing when it runs already. */
bool obs_committer_start(ObsStore *store, Err *err);
/* Nobody appends any more. */
void obs_committer_stop(ObsStore *store);
