/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/work/crew.h"

#include "core/work/work.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct Member {
    Crew *crew;
    size_t number;
    pthread_t thread;
} Member;

struct Crew {
    pthread_mutex_t lock;
    pthread_cond_t begin, done;
    Member *members;
    size_t size;
    void (*fn)(void *context, size_t index, size_t member);
    void *context;
    size_t count, next, finished;
    bool over;
};

static void *work(void *arg)
{
    const Member *member = arg;
    Crew *crew = member->crew;

    work_be_nice();
    pthread_mutex_lock(&crew->lock);
    while (!crew->over) {
        if (crew->next == crew->count) {
            pthread_cond_wait(&crew->begin, &crew->lock);
            continue;
        }
        size_t index = crew->next++;

        pthread_mutex_unlock(&crew->lock);
        crew->fn(crew->context, index, member->number);
        pthread_mutex_lock(&crew->lock);
        if (++crew->finished == crew->count)
            pthread_cond_signal(&crew->done);
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

Crew *crew_create(size_t most)
{
    Crew *crew = calloc(1, sizeof *crew);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = cores < 1 ? 1 : (size_t)cores < most ? (size_t)cores : most;

    if (!crew || !(crew->members = calloc(wanted, sizeof *crew->members)))
        abort();
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->begin, NULL);
    pthread_cond_init(&crew->done, NULL);
    for (; crew->size < wanted; crew->size++) {
        Member *member = &crew->members[crew->size];

        *member = (Member){.crew = crew, .number = crew->size};
        if (pthread_create(&member->thread, NULL, work, member) != 0)
            break;
    }
    if (crew->size == 0)
        abort();
    return crew;
}

void crew_destroy(Crew *crew)
{
    if (!crew)
        return;
    pthread_mutex_lock(&crew->lock);
    crew->over = true;
    pthread_cond_broadcast(&crew->begin);
    pthread_mutex_unlock(&crew->lock);
    for (size_t i = 0; i < crew->size; i++)
        pthread_join(crew->members[i].thread, NULL);
    pthread_cond_destroy(&crew->begin);
    pthread_cond_destroy(&crew->done);
    pthread_mutex_destroy(&crew->lock);
    free(crew->members);
    free(crew);
}

size_t crew_size(const Crew *crew)
{
    return crew->size;
}

void crew_do(Crew *crew, size_t count, void (*fn)(void *context, size_t index, size_t member),
             void *context)
{
    pthread_mutex_lock(&crew->lock);
    crew->fn = fn;
    crew->context = context;
    crew->next = crew->finished = 0;
    crew->count = count;
    pthread_cond_broadcast(&crew->begin);
    while (crew->finished < count)
        pthread_cond_wait(&crew->done, &crew->lock);
    crew->count = crew->next = 0;
    pthread_mutex_unlock(&crew->lock);
}
