/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/committer.h"
#include "city/store/internal.h"
#include "core/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { FLUSH_ROWS = 4000000, FLUSH_BYTES = 64 << 20 };

/* One process at a time; the kernel frees a dead one's lock. */
static bool lock_folder(ObsStore *store, Err *err)
{
    store->folder_fd = open(store->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->folder_fd >= 0 && flock(store->folder_fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno == EWOULDBLOCK)
        return err_set(err, ERR_CONFLICT,
                       "%s: another process has these observations open; stop it first",
                       store->folder);
    return folder_failure(err, errno, "lock", store->folder);
}

static bool replay(void *context, Str payload, Err *err)
{
    ObsStore *store = context;
    ObsRecordReader in = {.bytes = bytes_in(payload)};
    ObsRecord record;

    while (obs_record_next(&in, &record))
        obs_apply(store, &record);
    return !in.bytes.broken || err_set(err, ERR_INPUT, "a record makes no sense");
}

/* All logs from the manifest's on; what is written next goes behind the last. */
static bool replay_logs(ObsStore *store, const uint64_t *numbers, size_t count, Arena *arena,
                        Err *err)
{
    for (size_t i = 0; i < count; i++) {
        ObsWal wal;

        if (!obs_wal_replay(&wal, obs_file_path(store, numbers[i], "log", arena), i + 1 == count,
                            replay, store, err))
            return false;
        obs_wal_close(&store->wal);
        store->wal = wal;
        store->log_bytes = wal.size;
    }
    return true;
}

static bool open_logs(ObsStore *store, Arena *arena, Err *err)
{
    uint64_t *numbers;
    size_t count, old = 0;

    if (!obs_files_list(store, "log", arena, &numbers, &count, err))
        return false;
    while (old < count && numbers[old] < store->first_log)
        old++;
    if (old == count || numbers[old] != store->first_log)
        return err_set(err, ERR_INPUT,
                       "%s: the log that the manifest names is missing; restore the folder from a "
                       "backup",
                       obs_file_path(store, store->first_log, "log", arena));
    if (numbers[count - 1] >= store->next_file)
        store->next_file = numbers[count - 1] + 1;
    return replay_logs(store, numbers + old, count - old, arena, err);
}

static bool load(ObsStore *store, Err *err)
{
    Arena *arena = arena_create(0);
    bool ok = folder_make(store->folder, err) && lock_folder(store, err) &&
              obs_files_load(store, err) && open_logs(store, arena, err);

    if (ok)
        obs_files_sweep(store);
    arena_destroy(arena);
    return ok;
}

ObsStore *obs_open(const char *folder, const ObsOptions *options, Err *err)
{
    ObsStore *store = calloc(1, sizeof *store);

    if (!store || !(store->folder = strdup(folder)))
        abort();
    store->options = options ? *options : (ObsOptions){0};
    if (!store->options.flush_rows)
        store->options.flush_rows = FLUSH_ROWS;
    if (!store->options.flush_bytes)
        store->options.flush_bytes = FLUSH_BYTES;
    store->folder_fd = -1;
    store->wal.fd = -1;
    store->arena = arena_create(1 << 16);
    store->active = obs_memory_create();
    store->generation = 1;
    pthread_mutex_init(&store->queue_lock, NULL);
    pthread_cond_init(&store->queue_moved, NULL);
    sem_init(&store->to_commit, 0, 0);
    pthread_mutex_init(&store->lock, NULL);
    pthread_mutex_init(&store->housekeeping, NULL);
    if (load(store, err))
        return store;
    obs_close(store);
    return NULL;
}

void obs_close(ObsStore *store)
{
    if (!store)
        return;
    obs_committer_stop(store);
    obs_wal_close(&store->wal);
    obs_view_release(store->view);
    obs_memory_release(store->active);
    obs_memory_release(store->frozen);
    for (size_t i = 0; i < store->slots; i++)
        if (store->table[i])
            arena_destroy(store->table[i]->latest_arena);
    arena_destroy(store->arena);
    pthread_mutex_destroy(&store->queue_lock);
    pthread_cond_destroy(&store->queue_moved);
    sem_destroy(&store->to_commit);
    pthread_mutex_destroy(&store->lock);
    pthread_mutex_destroy(&store->housekeeping);
    if (store->folder_fd >= 0)
        close(store->folder_fd);
    free(store->folder);
    free(store);
}

ObsStats obs_stats(ObsStore *store)
{
    ObsStats stats = {0};

    pthread_mutex_lock(&store->lock);
    const ObsMemory *frozen = store->frozen;
    stats.rows_in_memory = store->active->rows + (frozen ? frozen->rows : 0);
    stats.changes =
        store->active->changes + (frozen ? frozen->changes : 0) + store->view->carried->changes;
    stats.log_bytes = store->log_bytes;
    stats.series = store->series;
    stats.segments = store->view->count;
    for (size_t i = 0; i < store->view->count; i++) {
        stats.rows_in_segments += store->view->segments[i]->footer.observations;
        stats.blocks += store->view->segments[i]->footer.blocks;
        stats.segment_bytes += store->view->segments[i]->bytes.len;
    }
    pthread_mutex_unlock(&store->lock);
    return stats;
}
