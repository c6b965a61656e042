/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/zip.h"

#include <pthread.h>
#include <stdlib.h>
#include <zstd.h>

enum { LEVEL = 3, MAGIC = 4 };

static const uint8_t MAGIC_BYTES[MAGIC] = {0x28, 0xB5, 0x2F, 0xFD};

/* zstd's working memory, kept as long as the thread lives: making it takes longer than a block. */
typedef struct Zipper {
    ZSTD_CCtx *compress;
    ZSTD_DCtx *decompress;
    uint8_t *frame;
    size_t capacity;
} Zipper;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void destroy(void *value)
{
    Zipper *zipper = value;

    ZSTD_freeCCtx(zipper->compress);
    ZSTD_freeDCtx(zipper->decompress);
    free(zipper->frame);
    free(zipper);
}

static void make_key(void)
{
    if (pthread_key_create(&key, destroy) != 0)
        abort();
}

static Zipper *zipper_get(void)
{
    pthread_once(&once, make_key);
    Zipper *zipper = pthread_getspecific(key);

    if (zipper)
        return zipper;
    zipper = calloc(1, sizeof *zipper);
    if (!zipper)
        abort();
    zipper->compress = ZSTD_createCCtx();
    zipper->decompress = ZSTD_createDCtx();
    if (!zipper->compress || !zipper->decompress || pthread_setspecific(key, zipper) != 0)
        abort();
    return zipper;
}

static uint8_t *frame_of(Zipper *zipper, size_t size)
{
    if (size <= zipper->capacity)
        return zipper->frame;
    zipper->frame = realloc(zipper->frame, size);
    if (!zipper->frame)
        abort();
    zipper->capacity = size;
    return zipper->frame;
}

void obs_zip(Buf *out, const void *bytes, size_t size)
{
    Zipper *zipper = zipper_get();
    size_t bound = ZSTD_compressBound(size);
    uint8_t *frame = frame_of(zipper, bound);
    size_t got = ZSTD_compressCCtx(zipper->compress, frame, bound, bytes, size, LEVEL);

    assert(!ZSTD_isError(got) && memcmp(frame, MAGIC_BYTES, MAGIC) == 0);
    buf_add_varint(out, got - MAGIC);
    buf_add_bytes(out, frame + MAGIC, got - MAGIC);
}

bool obs_unzip(Bytes *in, void *out, size_t size)
{
    Zipper *zipper = zipper_get();
    uint64_t length = bytes_varint(in);
    const uint8_t *bytes = bytes_take(in, length);

    if (!bytes)
        return false;
    uint8_t *frame = frame_of(zipper, (size_t)length + MAGIC);
    memcpy(frame, MAGIC_BYTES, MAGIC);
    memcpy(frame + MAGIC, bytes, (size_t)length);
    return ZSTD_decompressDCtx(zipper->decompress, out, size, frame, (size_t)length + MAGIC) ==
           size;
}
