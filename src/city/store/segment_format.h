/* SPDX-License-Identifier: EUPL-1.2 */
/* What the writer and the reader of segments agree upon (segment.h has the layout). */
#pragma once

#include "city/store/segment.h"

static const char OBS_SEGMENT_MAGIC[8] = {'R', 'A', 'T', 'H', 'O', 'B', 'S', '1'};

static_assert(sizeof(ObsSegmentFooter) == 5 * 8 + 8, "no holes in the footer");
static_assert(sizeof(ObsSegmentSeries) == 24, "no holes in a series");
