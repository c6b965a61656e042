/* SPDX-License-Identifier: EUPL-1.2 */
/* The clock that measured values grow old by. What retention deletes is gone for ever, so a
 * machine's clock that jumps ahead is not believed before the town has run for a day by it. */
#pragma once

#include "city/hub/hub.h"

typedef struct KeepClock {
    Timestamp until;  /* values are as old as they are at this moment */
    Timestamp looked; /* what the machine's clock said at the last look */
    int64_t doubted;  /* ms for which it has been ahead while the town ran; 0: it is believed */
} KeepClock;

/* Look at the machine's clock. True when it begins to be doubted. A clock that goes back is
 * believed at once: it deletes nothing. */
bool keep_clock_step(KeepClock *clock, Timestamp now);

/* The moment from which this tenant's values are as old as they are, which is `now` or before it;
 * looks at the clock and keeps what it saw. */
bool keep_clock_look(Tenant *tenant, Timestamp now, Timestamp *until, Err *err);
/* The same without a look. */
bool keep_clock_read(Tenant *tenant, Timestamp now, Timestamp *until, Err *err);
