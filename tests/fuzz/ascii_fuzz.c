/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/raster_open.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE *file = size > 0 ? fmemopen((void *)(uintptr_t)data, size, "rb") : NULL;
    Err err = {0};

    if (!file)
        return 0;
    ascii_check_stream(file, "f.asc", &err);
    fclose(file);
    return 0;
}
