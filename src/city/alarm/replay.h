/* SPDX-License-Identifier: EUPL-1.2 */
/* What an alarm would have said of the days behind us, looked at every five minutes. Where a Thing
 * is counts as it is now. */
#pragma once

#include "city/alarm/alarm.h"
#include "city/hub/hub.h"

enum { REPLAY_DAYS = 7, REPLAY_SPANS_MAX = 50 };

typedef struct AlarmSpan {
    Str name, value, unit; /* of the Datastream; the value that raised it, as JSON */
    Timestamp from, to;    /* `to` 0: it would be raised still */
} AlarmSpan;

typedef struct AlarmReplay {
    AlarmSpan items[REPLAY_SPANS_MAX];
    size_t count;
    size_t more;           /* beyond those */
    size_t streams, asked; /* watched; and so many of them were looked at until time was up */
} AlarmReplay;

bool alarm_replay(Hub *hub, const Alarm *alarm, Timestamp now, Arena *arena, AlarmReplay *out,
                  Err *err);
