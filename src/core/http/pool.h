/* SPDX-License-Identifier: EUPL-1.2 */
/* Pool: threads for requests that wait, mostly for a commit. */
#pragma once

#include "base/err.h"

typedef struct Pool Pool;
typedef void (*PoolFn)(void *item);

/* `threads` threads that run fn(item); at most `queue_max` items wait. */
Pool *pool_start(int threads, size_t queue_max, PoolFn fn, Err *err);
/* False when the queue is full. */
bool pool_push(Pool *pool, void *item);
size_t pool_waiting(Pool *pool);
/* Run what waits, then end the threads. NULL is accepted. */
void pool_stop(Pool *pool);
