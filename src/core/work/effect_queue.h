/* SPDX-License-Identifier: EUPL-1.2 */
/* Due effects of all tenants, worked off by a few threads.
 *
 * No tenant holds up another: each has lanes of its own, and the threads take from the lanes in
 * turn. No dead server holds up the house: effects that talk to another system have threads of
 * their own, few of which one tenant may use at once, and a server that fails again and again is
 * left alone for a while (the effects stay due; one of them finds out when it is back). */
#pragma once

#include "core/work/state.h"

typedef struct EffectQueue EffectQueue;

/* `look` is called, from any thread and without a lock, when a tenant may have more that is due.
 */
typedef void EffectLook(void *context, Str tenant);
EffectQueue *effect_queue_start(App *app, EffectLook *look, void *context, Err *err);
/* What has begun is finished; the rest stays due. */
void effect_queue_stop(EffectQueue *queue);
/* Put what is due of a tenant into its lane. From one thread only. */
bool effect_queue_fill(EffectQueue *queue, Str tenant, Err *err);
