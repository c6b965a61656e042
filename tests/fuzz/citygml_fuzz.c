/* SPDX-License-Identifier: EUPL-1.2 */
/* Buildings from CityGML; the reader wants a file, so the input is one in memory. */
#include "geo/citygml.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    int file = memfd_create("citygml", MFD_CLOEXEC);
    const char *crs = NULL;
    GeoLayer layer = {0};
    Err err = {0};

    if (file < 0 || write(file, data, size) != (ssize_t)size)
        abort();
    if (citygml_read(arena_printf(arena, "/proc/self/fd/%d", file), arena, &layer, &crs, &err))
        for (size_t i = 0; i < layer.count; i++)
            geo_feature_area(&layer.items[i]);
    close(file);
    arena_destroy(arena);
    return 0;
}
