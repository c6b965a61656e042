/* SPDX-License-Identifier: EUPL-1.2 */
/* Documents of the federal catalogue, up to the files of a skeleton, and code lists. */
#include "cases/fim/skeleton.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    Str xml = {(const char *)data, size};
    XdfDocument document;
    CodeSource codes;
    Skeleton skeleton;
    Err err = {0};

    if (xdf_read(arena, xml, "fuzz.xml", &document, &err)) {
        Problems problems = {.arena = arena};
        skeleton_make(arena, &document, STR("fuzz.xml"), NULL, 0, &skeleton);
        package_load(skeleton.files, skeleton.file_count, arena, &problems);
    }
    if (genericode_read(arena, xml, "fuzz.xml", &codes, &err)) {
        size_t count;
        genericode_values(arena, &codes, codes.code_column, codes.name_column, &count);
    }
    arena_destroy(arena);
    return 0;
}
