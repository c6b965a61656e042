/* SPDX-License-Identifier: EUPL-1.2 */
/* The thread that leads for requests which nobody waits for. It ends with the store, when all of
 * them have been told. */
#include "city/store/committer.h"

static void *commit_all(void *context)
{
    ObsStore *store = context;

    pthread_setname_np(pthread_self(), "observations");
    for (;;) {
        while (sem_wait(&store->to_commit) != 0)
            ; /* a signal */
        if (atomic_load(&store->closing))
            return NULL;
        obs_lead_group(store, NULL);
    }
}

bool obs_committer_start(ObsStore *store, Err *err)
{
    pthread_mutex_lock(&store->queue_lock);
    if (!store->committing)
        store->committing = pthread_create(&store->committer, NULL, commit_all, store) == 0;
    bool ok = store->committing;
    pthread_mutex_unlock(&store->queue_lock);
    return ok || err_set(err, ERR_TEMPORARY, "no thread could be started");
}

void obs_committer_stop(ObsStore *store)
{
    if (!store->committing)
        return;
    atomic_store(&store->closing, true);
    sem_post(&store->to_commit);
    pthread_join(store->committer, NULL);
}
