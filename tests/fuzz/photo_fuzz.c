/* SPDX-License-Identifier: EUPL-1.2 */
/* Photos, any bytes: what is left of one is no longer, and has nothing more to lose. */
#include "city/place/photo.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    Str once = photo_stripped((Str){(const char *)data, size}, arena);

    if (once.ptr && (once.len > size || !str_eq(photo_stripped(once, arena), once)))
        abort();
    arena_destroy(arena);
    return 0;
}
