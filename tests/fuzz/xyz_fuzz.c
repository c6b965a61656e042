/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/raster_open.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GeoGrid grid;
    double *values;
    Err err = {0};

    if (xyz_read((Str){(const char *)data, size}, "f.xyz", &grid, &values, &err))
        free(values);
    return 0;
}
