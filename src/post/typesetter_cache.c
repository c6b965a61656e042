/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/typesetter.h"

#include <stdlib.h>

enum { BUCKETS = 2048, GENERATION_BYTES = 1 << 20 };

typedef struct Entry Entry;
struct Entry {
    Entry *next;
    uint64_t hash;
    Str key;
    const SetText *text;
};

typedef struct Generation {
    Arena *arena;
    Entry *buckets[BUCKETS];
} Generation;

struct SetCache {
    Generation young, old;
};

SetCache *set_cache_create(void)
{
    SetCache *cache = calloc(1, sizeof *cache);

    if (!cache)
        abort();
    cache->young.arena = arena_create(1 << 16);
    cache->old.arena = arena_create(1 << 16);
    return cache;
}

void set_cache_destroy(SetCache *cache)
{
    arena_destroy(cache->young.arena);
    arena_destroy(cache->old.arena);
    free(cache);
}

void set_cache_turn(SetCache *cache)
{
    Arena *freed = cache->old.arena;

    if (arena_used(cache->young.arena) < GENERATION_BYTES)
        return;
    cache->old = cache->young;
    arena_reset(freed);
    cache->young = (Generation){.arena = freed};
}

static const Entry *find_in(const Generation *generation, Str key, uint64_t hash)
{
    const Entry *entry = generation->buckets[hash % BUCKETS];

    while (entry && (entry->hash != hash || !str_eq(entry->key, key)))
        entry = entry->next;
    return entry;
}

static void put_in(Generation *generation, Str key, uint64_t hash, const SetText *text)
{
    Entry *entry = arena_new(generation->arena, Entry);
    Entry **bucket = &generation->buckets[hash % BUCKETS];

    *entry = (Entry){*bucket, hash, str_copy(generation->arena, key), text};
    *bucket = entry;
}

static const SetText *copy_text(Arena *arena, const SetText *text)
{
    SetText *copy = arena_copy(arena, text, sizeof *text);

    copy->lines = arena_copy(arena, text->lines, text->count * sizeof *text->lines);
    for (size_t i = 0; i < copy->count; i++)
        copy->lines[i].operators = str_copy(arena, text->lines[i].operators);
    copy->others = arena_copy(arena, text->others, text->other_count * sizeof *text->others);
    return copy;
}

const SetText *set_cache_find(SetCache *cache, Str key)
{
    uint64_t hash = str_hash(key);
    const Entry *entry = find_in(&cache->young, key, hash);

    if (entry)
        return entry->text;
    entry = find_in(&cache->old, key, hash);
    if (!entry)
        return NULL;
    const SetText *text = copy_text(cache->young.arena, entry->text);

    put_in(&cache->young, key, hash, text);
    return text;
}

void set_cache_put(SetCache *cache, Str key, const SetText *text)
{
    put_in(&cache->young, key, str_hash(key), text);
}

Arena *set_cache_arena(SetCache *cache)
{
    return cache->young.arena;
}
