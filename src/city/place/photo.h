/* SPDX-License-Identifier: EUPL-1.2 */
/* Photos of places, in the store's files. What a camera notes in them beside the picture (where and
 * when it was taken, with what) is left out. */
#pragma once

#include "core/store/file.h"

enum { PHOTO_MAX_BYTES = 5 << 20, PHOTOS_PER_PLACE = 6, PHOTO_ALT_MAX = 300 };

typedef struct Photo {
    int64_t id, thing;
    Str sha256, type, alt;
} Photo;

typedef struct Photos {
    Photo *items;
    size_t count, capacity;
} Photos;

/* Of a place, the oldest first. */
bool photos_load(Tx *tx, int64_t thing, Arena *arena, Photos *out, Err *err);
/* Keep bytes from outside as a photo of the Thing, once however often; ERR_INPUT names the field
 * ("foto", "alt") and says what is wrong, in the language. */
bool photo_add(Tenant *tenant, int64_t thing, Str bytes, Str alt, Str actor, Str lang, Arena *arena,
               Err *err);
bool photo_remove(Tx *tx, int64_t thing, int64_t id, Str actor, Arena *arena, Err *err);

/* Forget those of Things that are gone. A Schedule's run. */
bool photos_tidy(Tenant *tenant, Arena *arena, Err *err);

/* JPEG or PNG without metadata, in the arena; STR_NONE: it is neither, or not whole. */
Str photo_stripped(Str bytes, Arena *arena);
