/* SPDX-License-Identifier: EUPL-1.2 */
/* The days on which banks of the euro area settle payments: TARGET2's calendar. Closed are
 * weekends, New Year, Good Friday, Easter Monday, 1 May, 25 and 26 December (ECB, since 2002). */
#pragma once

#include "base/clock.h"

bool target_day(Date date);
/* The day itself when it is one, else the next. */
Date target_from(Date date);
/* `days` >= 0 business days after a date. */
Date target_after(Date date, int days);
