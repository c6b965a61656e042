/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/pool.h"

#include <pthread.h>
#include <stdlib.h>

/* Rules may take half a megabyte of it (FEEL_MAX_STACK), their callers and the library some more;
 * the memory is only reserved. */
enum { STACK_BYTES = 2 * 1024 * 1024 };

struct Pool {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    PoolFn fn;
    void **ring;
    size_t ring_size;
    size_t first;
    size_t count;
    bool stopping;
    pthread_t *threads;
    int thread_count;
};

static void *pool_thread(void *context)
{
    Pool *pool = context;

    pthread_setname_np(pthread_self(), "pool");
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->count == 0 && !pool->stopping)
            pthread_cond_wait(&pool->filled, &pool->lock);
        if (pool->count == 0)
            break;
        void *item = pool->ring[pool->first];
        pool->first = (pool->first + 1) % pool->ring_size;
        pool->count--;
        pthread_mutex_unlock(&pool->lock);
        pool->fn(item);
        pthread_mutex_lock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
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
    pthread_cond_init(&pool->filled, NULL);
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
        pthread_cond_signal(&pool->filled);
    }
    pthread_mutex_unlock(&pool->lock);
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
    pthread_cond_broadcast(&pool->filled);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->filled);
    pthread_mutex_destroy(&pool->lock);
    free(pool->threads);
    free(pool->ring);
    free(pool);
}
