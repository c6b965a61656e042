/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/texts.h"

#include "city/store/store.h"
#include "city/store/zip.h"

enum {
    SLOTS = OBS_BITS_MAX * 2,
    ZIP_FROM = 48,
    ALL_MAX = OBS_TEXTS_MAX + OBS_TEXT_MAX + (1 << 14)
};

/* Each row's number of its text, and one row of each text. */
static size_t number_texts(const Str *texts, size_t count, int64_t *numbers, Str *different)
{
    uint16_t slots[SLOTS] = {0}; /* number of a text */
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        numbers[i] = 0;
        if (!texts[i].ptr)
            continue;
        size_t slot = str_hash(texts[i]) % SLOTS;
        while (slots[slot] && !str_eq(different[slots[slot] - 1], texts[i]))
            slot = (slot + 1) % SLOTS;
        if (!slots[slot]) {
            different[found++] = texts[i];
            slots[slot] = (uint16_t)found;
        }
        numbers[i] = slots[slot];
    }
    return found;
}

void obs_texts_put(Buf *out, const Str *texts, size_t count, Arena *scratch)
{
    int64_t numbers[OBS_BITS_MAX];
    Str different[OBS_BITS_MAX];
    size_t found = number_texts(texts, count, numbers, different);
    Buf all = buf_in(scratch), zipped = buf_in(scratch);

    for (size_t i = 0; i < found; i++)
        buf_add_varint(&all, different[i].len);
    for (size_t i = 0; i < found; i++)
        buf_add(&all, different[i]);
    if (all.len >= ZIP_FROM)
        obs_zip(&zipped, all.ptr, all.len);
    bool shorter = zipped.len > 0 && zipped.len < all.len;
    buf_add_varint(out, found);
    buf_add_varint(out, (uint64_t)all.len << 1 | shorter);
    buf_add(out, shorter ? buf_str(&zipped) : buf_str(&all));
    obs_ints_put(out, numbers, count);
}

/* The bytes of all texts with their lengths before. */
static bool get_all(Bytes *in, Bytes *all, Arena *arena)
{
    uint64_t size = bytes_varint(in);
    bool zipped = size & 1;

    size >>= 1;
    if (size > ALL_MAX)
        return false;
    uint8_t *own = arena_alloc_raw(arena, (size_t)size + 1);
    *all = (Bytes){own, own + size, false};
    if (zipped)
        return obs_unzip(in, own, (size_t)size);
    const uint8_t *bytes = bytes_take(in, size);
    if (bytes)
        memcpy(own, bytes, (size_t)size);
    return bytes != NULL;
}

static bool get_different(Bytes *in, Str *different, uint64_t found, Arena *arena)
{
    size_t lengths[OBS_BITS_MAX];
    Bytes all;

    if (found > OBS_BITS_MAX || !get_all(in, &all, arena))
        return false;
    for (uint64_t i = 0; i < found; i++)
        lengths[i] = (size_t)bytes_varint(&all);
    for (uint64_t i = 0; i < found; i++) {
        const uint8_t *at = lengths[i] <= OBS_TEXT_MAX ? bytes_take(&all, lengths[i]) : NULL;
        if (!at)
            return false;
        different[i] = (Str){(const char *)at, lengths[i]};
    }
    return !all.broken;
}

bool obs_texts_get(Bytes *in, Str *texts, size_t count, Arena *arena)
{
    int64_t numbers[OBS_BITS_MAX];
    Str different[OBS_BITS_MAX];
    uint64_t found = bytes_varint(in);

    if (!get_different(in, different, found, arena) || !obs_ints_get(in, numbers, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] < 0 || (uint64_t)numbers[i] > found)
            return false;
        texts[i] = numbers[i] ? different[numbers[i] - 1] : STR_NONE;
    }
    return true;
}
