/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/store/keep.h"

#include <pthread.h>
#include <stdlib.h>

enum { BUCKETS = 8192, VALUE_OVERHEAD = 512 };

struct Kept {
    const Db *db;
    Str key; /* in the arena, as the value is */
    Arena *arena;
    const void *value;
    size_t bytes;
    DbReading reading;
    Timestamp until;
    int holders; /* the table is one while `listed` */
    bool listed;
    Kept *bucket_next;
    Kept *newer, *older;
};

static struct {
    pthread_mutex_t lock;
    Kept *buckets[BUCKETS];
    Kept *newest, *oldest;
    KeepStats stats;
} keep = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- Under the lock --------------------------------------------------------------------------- */

static Kept **bucket_of(const Db *db, Str key)
{
    uint64_t hash = (str_hash(key) ^ (uint64_t)(uintptr_t)db) * UINT64_C(0x9E3779B97F4A7C15);

    return &keep.buckets[(hash >> 32) % BUCKETS];
}

static Kept *look_up(const Db *db, Str key)
{
    Kept *kept = *bucket_of(db, key);

    while (kept && (kept->db != db || !str_eq(kept->key, key)))
        kept = kept->bucket_next;
    return kept;
}

static void drop(Kept *kept)
{
    if (--kept->holders == 0) {
        arena_destroy(kept->arena);
        free(kept);
    }
}

static void take_from_order(Kept *kept)
{
    *(kept->newer ? &kept->newer->older : &keep.newest) = kept->older;
    *(kept->older ? &kept->older->newer : &keep.oldest) = kept->newer;
}

static void put_in_front(Kept *kept)
{
    kept->newer = NULL;
    kept->older = keep.newest;
    *(keep.newest ? &keep.newest->newer : &keep.oldest) = kept;
    keep.newest = kept;
}

static void unlist(Kept *kept)
{
    Kept **at = bucket_of(kept->db, kept->key);

    while (*at != kept)
        at = &(*at)->bucket_next;
    *at = kept->bucket_next;
    take_from_order(kept);
    keep.stats.values--;
    keep.stats.bytes -= kept->bytes;
    kept->listed = false;
    drop(kept);
}

static void list(Kept *kept)
{
    Kept **bucket = bucket_of(kept->db, kept->key);
    Kept *before = look_up(kept->db, kept->key);

    if (before)
        unlist(before);
    kept->bucket_next = *bucket;
    *bucket = kept;
    put_in_front(kept);
    kept->listed = true;
    kept->holders++;
    keep.stats.values++;
    keep.stats.bytes += kept->bytes;
    while (keep.stats.bytes > KEEP_BYTES)
        unlist(keep.oldest);
}

/* --- From outside ------------------------------------------------------------------------------
 */

Kept *keep_find(Tx *tx, Str key, Timestamp now)
{
    const Db *db = tx_db(tx);

    pthread_mutex_lock(&keep.lock);
    Kept *kept = look_up(db, key);
    if (kept) {
        kept->holders++;
        take_from_order(kept);
        put_in_front(kept);
    }
    pthread_mutex_unlock(&keep.lock);
    bool holds = kept && now < kept->until && tx_reading_holds(tx, &kept->reading);

    pthread_mutex_lock(&keep.lock);
    *(holds ? &keep.stats.found : &keep.stats.missed) += 1;
    if (kept && !holds) {
        if (kept->listed)
            unlist(kept);
        drop(kept);
        kept = NULL;
    }
    pthread_mutex_unlock(&keep.lock);
    return kept;
}

Kept *keep_put(const Db *db, Str key, const DbReading *reading, Arena *arena, const void *value,
               Timestamp now)
{
    Kept *kept = calloc(1, sizeof *kept);

    if (!kept)
        abort();
    *kept = (Kept){.db = db,
                   .key = str_copy(arena, key),
                   .arena = arena,
                   .value = value,
                   .reading = *reading,
                   .until = now + KEEP_MS,
                   .holders = 1};
    kept->bytes = arena_used(arena) + sizeof *kept + VALUE_OVERHEAD;
    pthread_mutex_lock(&keep.lock);
    list(kept);
    pthread_mutex_unlock(&keep.lock);
    return kept;
}

const void *kept_value(const Kept *kept)
{
    return kept->value;
}

void kept_release(Kept *kept)
{
    if (!kept)
        return;
    pthread_mutex_lock(&keep.lock);
    drop(kept);
    pthread_mutex_unlock(&keep.lock);
}

void keep_forget(const Db *db)
{
    pthread_mutex_lock(&keep.lock);
    for (Kept *kept = keep.newest, *next; kept; kept = next) {
        next = kept->older;
        if (kept->db == db)
            unlist(kept);
    }
    pthread_mutex_unlock(&keep.lock);
}

KeepStats keep_stats(void)
{
    pthread_mutex_lock(&keep.lock);
    KeepStats stats = keep.stats;
    pthread_mutex_unlock(&keep.lock);
    return stats;
}
