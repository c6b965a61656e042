/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/pool.h"

#include <pthread.h>
#include <stdlib.h>

/* Rules may take half a megabyte of it (FEEL_MAX_STACK), their callers and the library some more;
 * the memory is only reserved. */
enum { STACK_BYTES = 2 * 1024 * 1024 };

/* A thread that waits for work. */
typedef struct Idle Idle;
struct Idle {
    pthread_cond_t called;
    bool is_called;
    Idle *next;
};

struct Pool {
    pthread_mutex_t lock;
    Idle *idle; /* who waits since the shortest time comes first: its stack is still in the cache */
    PoolFn fn;
    void **ring;
    size_t ring_size;
    size_t first;
    size_t count;
    bool calling; /* a thread was called and has not come yet */
    bool stopping;
    pthread_t *threads;
    int thread_count;
};

/* Under the lock. Whoever calls takes the thread off the list. */
static void wait_for_work(Pool *pool, Idle *self)
{
    self->is_called = false;
    self->next = pool->idle;
    pool->idle = self;
    while (!self->is_called)
        pthread_cond_wait(&self->called, &pool->lock);
    pool->calling = false;
}

static Idle *take_idle(Pool *pool)
{
    Idle *idle = pool->idle;

    if (!idle)
        return NULL;
    pool->idle = idle->next;
    idle->is_called = true;
    return idle;
}

/* Under the lock: whom to call for what waits, once it is let go. One is called at a time, and
 * calls the next when there is more: until it comes, one that works may have taken it, and to wake
 * a thread costs more than most requests. */
static Idle *whom_to_call(Pool *pool)
{
    if (pool->calling || pool->count == 0)
        return NULL;
    Idle *idle = take_idle(pool);
    pool->calling = idle != NULL;
    return idle;
}

static void call(Idle *idle)
{
    if (idle)
        pthread_cond_signal(&idle->called);
}

static void *pool_thread(void *context)
{
    Pool *pool = context;
    Idle self = {.called = PTHREAD_COND_INITIALIZER};

    pthread_setname_np(pthread_self(), "pool");
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->count == 0 && !pool->stopping)
            wait_for_work(pool, &self);
        if (pool->count == 0)
            break;
        void *item = pool->ring[pool->first];
        pool->first = (pool->first + 1) % pool->ring_size;
        pool->count--;
        Idle *next = whom_to_call(pool);
        pthread_mutex_unlock(&pool->lock);
        call(next);
        pool->fn(item);
        pthread_mutex_lock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    pthread_cond_destroy(&self.called);
    return NULL;
}

Pool *pool_start(int threads, size_t queue_max, PoolFn fn, Err *err)
{
    Pool *pool = calloc(1, sizeof *pool);
    pthread_attr_t attributes;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pool->ring = calloc(queue_max, sizeof *pool->ring);
    pool->ring_size = queue_max;
    pool->fn = fn;
    pool->threads = calloc((size_t)threads, sizeof *pool->threads);
    pthread_mutex_init(&pool->lock, NULL);
    for (; pool->thread_count < threads; pool->thread_count++)
        if (pthread_create(&pool->threads[pool->thread_count], &attributes, pool_thread, pool) != 0)
            break;
    pthread_attr_destroy(&attributes);
    if (pool->thread_count == 0) {
        pool_stop(pool);
        err_set(err, ERR_INTERNAL, "no thread could be started: raise the limit on processes");
        return NULL;
    }
    return pool;
}

bool pool_push(Pool *pool, void *item)
{
    pthread_mutex_lock(&pool->lock);
    bool room = pool->count < pool->ring_size && !pool->stopping;
    if (room) {
        pool->ring[(pool->first + pool->count) % pool->ring_size] = item;
        pool->count++;
    }
    Idle *idle = whom_to_call(pool);
    pthread_mutex_unlock(&pool->lock);
    call(idle);
    return room;
}

size_t pool_waiting(Pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    size_t count = pool->count;
    pthread_mutex_unlock(&pool->lock);
    return count;
}

void pool_stop(Pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    while (pool->idle)
        call(take_idle(pool));
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_mutex_destroy(&pool->lock);
    free(pool->threads);
    free(pool->ring);
    free(pool);
}
