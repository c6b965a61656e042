/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/store/shelf.h"

#include <pthread.h>
#include <stdlib.h>

enum { BUCKETS = 8192, VALUE_OVERHEAD = 512 };

struct Shelved {
    const Db *db;
    Str key; /* in the arena, as the value is */
    Arena *arena;
    const void *value;
    size_t bytes;
    DbReading reading;
    Timestamp until;
    int holders; /* the table is one while `listed` */
    bool listed;
    Shelved *bucket_next;
    Shelved *newer, *older;
};

static struct {
    pthread_mutex_t lock;
    Shelved *buckets[BUCKETS];
    Shelved *newest, *oldest;
    ShelfStats stats;
} shelf = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- Under the lock --------------------------------------------------------------------------- */

static Shelved **bucket_of(const Db *db, Str key)
{
    uint64_t hash = (str_hash(key) ^ (uint64_t)(uintptr_t)db) * UINT64_C(0x9E3779B97F4A7C15);

    return &shelf.buckets[(hash >> 32) % BUCKETS];
}

static Shelved *look_up(const Db *db, Str key)
{
    Shelved *kept = *bucket_of(db, key);

    while (kept && (kept->db != db || !str_eq(kept->key, key)))
        kept = kept->bucket_next;
    return kept;
}

static void drop(Shelved *kept)
{
    if (--kept->holders == 0) {
        arena_destroy(kept->arena);
        free(kept);
    }
}

static void take_from_order(Shelved *kept)
{
    *(kept->newer ? &kept->newer->older : &shelf.newest) = kept->older;
    *(kept->older ? &kept->older->newer : &shelf.oldest) = kept->newer;
}

static void put_in_front(Shelved *kept)
{
    kept->newer = NULL;
    kept->older = shelf.newest;
    *(shelf.newest ? &shelf.newest->newer : &shelf.oldest) = kept;
    shelf.newest = kept;
}

static void unlist(Shelved *kept)
{
    Shelved **at = bucket_of(kept->db, kept->key);

    while (*at != kept)
        at = &(*at)->bucket_next;
    *at = kept->bucket_next;
    take_from_order(kept);
    shelf.stats.values--;
    shelf.stats.bytes -= kept->bytes;
    kept->listed = false;
    drop(kept);
}

static void list(Shelved *kept)
{
    Shelved **bucket = bucket_of(kept->db, kept->key);
    Shelved *before = look_up(kept->db, kept->key);

    if (before)
        unlist(before);
    kept->bucket_next = *bucket;
    *bucket = kept;
    put_in_front(kept);
    kept->listed = true;
    kept->holders++;
    shelf.stats.values++;
    shelf.stats.bytes += kept->bytes;
    while (shelf.stats.bytes > SHELF_BYTES)
        unlist(shelf.oldest);
}

/* --- From outside ------------------------------------------------------------------------------
 */

Shelved *shelf_find(Tx *tx, Str key, Timestamp now)
{
    const Db *db = tx_db(tx);

    pthread_mutex_lock(&shelf.lock);
    Shelved *kept = look_up(db, key);
    if (kept) {
        kept->holders++;
        take_from_order(kept);
        put_in_front(kept);
    }
    pthread_mutex_unlock(&shelf.lock);
    bool holds = kept && now < kept->until && tx_reading_holds(tx, &kept->reading);

    pthread_mutex_lock(&shelf.lock);
    *(holds ? &shelf.stats.found : &shelf.stats.missed) += 1;
    if (kept && !holds) {
        if (kept->listed)
            unlist(kept);
        drop(kept);
        kept = NULL;
    }
    pthread_mutex_unlock(&shelf.lock);
    return kept;
}

Shelved *shelf_put(const Db *db, Str key, const DbReading *reading, Arena *arena, const void *value,
                   Timestamp now)
{
    Shelved *kept = calloc(1, sizeof *kept);

    if (!kept)
        abort();
    *kept = (Shelved){.db = db,
                      .key = str_copy(arena, key),
                      .arena = arena,
                      .value = value,
                      .reading = *reading,
                      .until = now + SHELF_MS,
                      .holders = 1};
    kept->bytes = arena_used(arena) + sizeof *kept + VALUE_OVERHEAD;
    pthread_mutex_lock(&shelf.lock);
    list(kept);
    pthread_mutex_unlock(&shelf.lock);
    return kept;
}

const void *shelved_value(const Shelved *kept)
{
    return kept->value;
}

void shelved_release(Shelved *kept)
{
    if (!kept)
        return;
    pthread_mutex_lock(&shelf.lock);
    drop(kept);
    pthread_mutex_unlock(&shelf.lock);
}

void shelf_forget(const Db *db)
{
    pthread_mutex_lock(&shelf.lock);
    for (Shelved *kept = shelf.newest, *next; kept; kept = next) {
        next = kept->older;
        if (kept->db == db)
            unlist(kept);
    }
    pthread_mutex_unlock(&shelf.lock);
}

ShelfStats shelf_stats(void)
{
    pthread_mutex_lock(&shelf.lock);
    ShelfStats stats = shelf.stats;
    pthread_mutex_unlock(&shelf.lock);
    return stats;
}
