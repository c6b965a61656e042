/* SPDX-License-Identifier: EUPL-1.2 */
/* Contexts: ordered entries with quick look-up, and cheap versions of them with a few
 * entries more. */
#include "feel/value.h"

#include <assert.h>

enum {
    INDEX_FROM = 9,   /* entries from which a hash table pays */
    MAX_OVERLAY = 16, /* entries put on a base before both are merged */
};

uint32_t key_hash(Str key)
{
    return (uint32_t)str_hash_quick(key);
}

static void index_build(Arena *arena, FeelContext *context)
{
    size_t size = 16;

    if (context->count < INDEX_FROM)
        return;
    while (size < context->count * 2)
        size *= 2;
    context->index = arena_array(arena, uint32_t, size);
    context->index_mask = size - 1;
    for (size_t i = 0; i < context->count; i++) {
        size_t at = context->entries[i].hash & context->index_mask;
        while (context->index[at])
            at = (at + 1) & context->index_mask;
        context->index[at] = (uint32_t)i + 1;
    }
}

FeelValue value_context(const FeelContext *context)
{
    FeelValue value = {.kind = FEEL_CONTEXT, .depth = 1, .weight = 1};

    value.context = context;
    for (const FeelContext *layer = context; layer; layer = layer->base)
        for (size_t i = 0; i < layer->count; i++)
            value_weigh(&value, &layer->entries[i].value);
    return value;
}

FeelValue context_of_hashed(Arena *arena, FeelEntry *entries, size_t count)
{
    FeelContext *context = arena_new(arena, FeelContext);

    context->entries = entries;
    context->count = count;
    index_build(arena, context);
    return value_context(context);
}

FeelValue context_of(Arena *arena, FeelEntry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        entries[i].hash = key_hash(entries[i].key);
    return context_of_hashed(arena, entries, count);
}

static const FeelEntry *find_own(const FeelContext *context, Str key, uint32_t hash)
{
    if (!context->index) {
        for (size_t i = 0; i < context->count; i++) {
            const FeelEntry *entry = &context->entries[i];
            if (entry->hash == hash && str_eq(entry->key, key))
                return entry;
        }
        return NULL;
    }
    for (size_t at = hash & context->index_mask; context->index[at];
         at = (at + 1) & context->index_mask) {
        const FeelEntry *entry = &context->entries[context->index[at] - 1];
        if (entry->hash == hash && str_eq(entry->key, key))
            return entry;
    }
    return NULL;
}

const FeelValue *context_find(const FeelContext *context, Str key, uint32_t hash)
{
    for (; context; context = context->base) {
        const FeelEntry *entry = find_own(context, key, hash);
        if (entry)
            return &entry->value;
    }
    return NULL;
}

const FeelValue *context_find_again(const FeelContext *context, Str key, uint32_t hash,
                                    uint32_t *hint)
{
    const FeelEntry *entry = find_own(context, key, hash);

    if (!entry)
        return context->base ? context_find_near(context->base, key, hash, hint) : NULL;
    __atomic_store_n(hint, (uint32_t)(entry - context->entries), __ATOMIC_RELAXED);
    return &entry->value;
}

/* Set the entry among `count` entries or add it; returns the new count. */
static size_t entries_set(FeelEntry *entries, size_t count, FeelEntry entry)
{
    for (size_t i = 0; i < count; i++) {
        if (entries[i].hash == entry.hash && str_eq(entries[i].key, entry.key)) {
            entries[i].value = entry.value;
            return count;
        }
    }
    entries[count] = entry;
    return count + 1;
}

const FeelEntry *context_entries(Arena *arena, const FeelContext *context, size_t *count)
{
    if (!context->base) {
        *count = context->count;
        return context->entries;
    }
    size_t base_count = context->base->count;
    FeelEntry *all = arena_array(arena, FeelEntry, base_count + context->count);

    if (base_count)
        memcpy(all, context->base->entries, base_count * sizeof *all);
    *count = base_count;
    for (size_t i = 0; i < context->count; i++) {
        const FeelEntry *mine = &context->entries[i];
        const FeelEntry *old = find_own(context->base, mine->key, mine->hash);
        if (old)
            all[old - context->base->entries].value = mine->value;
        else
            all[(*count)++] = *mine;
    }
    return all;
}

/* What a new context has below it: `old` or, of its entries put on a base, that base and `own` of
 * them to copy. Several layers stay as they are. */
static const FeelContext *base_of(const FeelContext *old, size_t *own)
{
    bool put_on = old->base && !old->base->base;

    *own = put_on ? old->count : 0;
    return put_on ? old->base : old;
}

const FeelValue *feel_context_put(Arena *arena, const FeelValue *context, Str name,
                                  const FeelValue *value)
{
    static const FeelContext none = {0};
    const FeelContext *old = feel_kind(context) == FEEL_CONTEXT ? context->context : &none;
    size_t own;
    const FeelContext *base = base_of(old, &own);
    FeelContext *result = arena_new(arena, FeelContext);
    FeelEntry entry = {.key = str_copy(arena, name), .hash = key_hash(name)};

    entry.value = value ? *value : VALUE_NULL;
    result->base = base;
    result->entries = arena_array(arena, FeelEntry, own + 1);
    if (own)
        memcpy(result->entries, old->entries, own * sizeof *old->entries);
    result->count = entries_set(result->entries, own, entry);
    if (!base->base && (result->count > MAX_OVERLAY || base->count < MAX_OVERLAY)) {
        size_t count;
        result->entries = (FeelEntry *)context_entries(arena, result, &count);
        result->count = count;
        result->base = NULL;
        index_build(arena, result);
    }
    /* Weighed by hand: looking at all entries would make putting slow. */
    FeelValue whole = {.kind = FEEL_CONTEXT, .depth = 1, .weight = 1};
    if (feel_kind(context) == FEEL_CONTEXT) {
        whole.depth = context->depth;
        whole.weight = context->weight;
    }
    value_weigh(&whole, &entry.value);
    whole.context = result;
    return value_keep(arena, whole);
}

const FeelValue *feel_context_put_all(Arena *arena, const FeelValue *context, const Str *names,
                                      const FeelValue *const *values, size_t count)
{
    static const FeelContext none = {0};
    const FeelContext *old = feel_kind(context) == FEEL_CONTEXT ? context->context : &none;
    size_t own;
    const FeelContext *base = base_of(old, &own);
    FeelContext *result = arena_new(arena, FeelContext);
    FeelValue whole = {.kind = FEEL_CONTEXT, .depth = 1, .weight = 1};

    if (feel_kind(context) == FEEL_CONTEXT) {
        whole.depth = context->depth;
        whole.weight = context->weight;
    }
    result->base = base;
    result->entries = arena_array(arena, FeelEntry, own + count);
    if (own)
        memcpy(result->entries, old->entries, own * sizeof *old->entries);
    result->count = own;
    for (size_t i = 0; i < count; i++) {
        FeelEntry entry = {.key = str_copy(arena, names[i]), .hash = key_hash(names[i])};
        entry.value = values[i] ? *values[i] : VALUE_NULL;
        value_weigh(&whole, &entry.value);
        result->count = entries_set(result->entries, result->count, entry);
    }
    index_build(arena, result);
    whole.context = result;
    return value_keep(arena, whole);
}

/* The context with all its entries in one layer. */
static const FeelContext *one_layer(Arena *arena, const FeelContext *context)
{
    if (!context->base)
        return context;
    FeelContext *flat = arena_new(arena, FeelContext);

    flat->entries = (FeelEntry *)context_entries(arena, context, &flat->count);
    index_build(arena, flat);
    return flat;
}

const FeelValue *feel_context_lay(Arena *arena, const FeelValue *below, const FeelValue *above)
{
    assert(feel_kind(below) == FEEL_CONTEXT && feel_kind(above) == FEEL_CONTEXT);
    FeelContext *result =
        arena_copy(arena, one_layer(arena, above->context), sizeof *above->context);
    FeelValue whole = *below;

    result->base = one_layer(arena, below->context);
    for (size_t i = 0; i < result->count; i++)
        value_weigh(&whole, &result->entries[i].value);
    whole.context = result;
    return value_keep(arena, whole);
}

const FeelValue *feel_context_over(Arena *arena, const FeelValue *context, const Str *names,
                                   const FeelValue *const *values, size_t count)
{
    FeelEntry *entries = arena_array(arena, FeelEntry, count);
    FeelContext *result = arena_new(arena, FeelContext);
    FeelValue whole = {.kind = FEEL_CONTEXT, .depth = 1, .weight = 1};

    for (size_t i = 0; i < count; i++) {
        entries[i] = (FeelEntry){.key = names[i], .hash = key_hash(names[i])};
        entries[i].value = values[i] ? *values[i] : VALUE_NULL;
    }
    *result = (FeelContext){.base = feel_kind(context) == FEEL_CONTEXT ? context->context : NULL,
                            .entries = entries,
                            .count = count};
    index_build(arena, result);
    whole.context = result;
    return value_keep(arena, whole);
}

const FeelValue *feel_context_get(const FeelValue *context, Str name)
{
    const FeelValue *found = feel_kind(context) == FEEL_CONTEXT
                                 ? context_find(context->context, name, key_hash(name))
                                 : NULL;

    return found ? found : feel_null();
}
