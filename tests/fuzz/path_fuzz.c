/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/parse.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    Str path;

    if (path_parse(arena, (Str){(const char *)data, size}, &path, &err)) {
        assert(path.len > 0 && path.ptr[0] == '/');
        assert(str_find(path, STR("//")) < 0 && str_find(path, STR("/../")) < 0);
        assert(!str_ends_with(path, "/..") && str_find_char(path, '\0') < 0);
    }
    arena_destroy(arena);
    return 0;
}
