/* SPDX-License-Identifier: EUPL-1.2 */
/* Public holidays and working days of a Land: its two-letter code of ISO 3166-2:DE ("NW"); empty:
 * only the holidays of all Länder. */
#pragma once

#include "base/clock.h"

bool holiday_is(Date date, Str land);
/* Monday to Friday and no holiday. */
bool working_day_is(Date date, Str land);
/* The day itself, or the next working day. */
Date working_day_from(Date date, Str land);
