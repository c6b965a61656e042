/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/alarm.h"

static bool enter(AlarmState *state, AlarmPhase phase, Timestamp now)
{
    *state = (AlarmState){.phase = phase, .since = now};
    return true;
}

bool alarm_step(AlarmState *state, AlarmSaid said, Timestamp hold_ms, Timestamp now)
{
    if (alarm_is_up(state->phase))
        return said.ends && !said.holds && enter(state, ALARM_ENDED, now);
    if (!said.holds) {
        state->holds_since = 0;
        return false;
    }
    if (!state->holds_since || state->holds_since > now) /* the clock may go back */
        state->holds_since = now;
    return now - state->holds_since >= hold_ms && enter(state, ALARM_RAISED, now);
}
