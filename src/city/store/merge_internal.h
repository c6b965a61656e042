/* SPDX-License-Identifier: EUPL-1.2 */
/* What gathering runs (merge.c) and reading them in order (merge_read.c) share. */
#pragma once

#include "city/store/merge.h"

/* Of each changed ordinal the last change counts; what it is now becomes a run. */
void obs_merge_mask(ObsMerge *merge);
/* Was any observation of the run changed? */
bool obs_merge_masks(const ObsMerge *merge, const ObsRun *run);

/* The row at this place of the order in which an open run is read. */
static inline uint32_t obs_row_at(const ObsOpenRun *open, uint32_t place)
{
    return open->by_ordinal ? open->by_ordinal[place] : place;
}
