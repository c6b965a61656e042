/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/call.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
    REQUEST_ARENA = 256 * 1024, /* a case page of the desk fits */
    SPARE_MAX = 64
};

static _Thread_local Call *spare[SPARE_MAX];
static _Thread_local int spare_count;
static pthread_key_t spare_key; /* frees them with their thread */
static pthread_once_t spare_once = PTHREAD_ONCE_INIT;

int64_t monotonic_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void call_free(Call *call)
{
    arena_destroy(call->x.arena);
    free(call);
}

static void spare_free(void *unused)
{
    (void)unused;
    while (spare_count > 0)
        call_free(spare[--spare_count]);
}

static void spare_prepare(void)
{
    pthread_key_create(&spare_key, spare_free);
}

Call *call_take(Server *server)
{
    Call *call = spare_count > 0 ? spare[--spare_count] : NULL;

    if (!call) {
        call = calloc(1, sizeof *call);
        assert(call);
        call->x.arena = arena_create(REQUEST_ARENA);
    }
    call->server = server;
    call->x.http = &server->http;
    return call;
}

void call_give_back(Call *call)
{
    Arena *arena = call->x.arena;

    free(call->x.body);
    if (spare_count == SPARE_MAX) {
        call_free(call);
        return;
    }
    pthread_setspecific(spare_key, spare);
    arena_reset(arena);
    memset(call, 0, sizeof *call);
    call->x.arena = arena;
    spare[spare_count++] = call;
}

void calls_prepare(void)
{
    pthread_once(&spare_once, spare_prepare);
}
