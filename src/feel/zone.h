/* SPDX-License-Identifier: EUPL-1.2 */
/* Time zones of the IANA database, by ICU. */
#pragma once

#include "base/str.h"

/* Is it the name of a zone ("Europe/Berlin"; not "GMT+5")? */
bool zone_known(Str name);
/* Seconds east of UTC when clocks in the zone show this time (seconds since
 * 1970-01-01T00:00 on those clocks). In a gap or overlap the earlier offset counts. */
int32_t zone_offset_of_local(const char *name, int64_t local_seconds);
/* Seconds east of UTC at a moment (seconds since 1970-01-01T00:00Z). */
int32_t zone_offset_of_moment(const char *name, int64_t seconds);
