/* SPDX-License-Identifier: EUPL-1.2 */
/* The heading of a radar product; its pixels are made up to the size that it tells. */
#include "twin/radolan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { PIXELS = 1200 * 1100 * 2 };
    RadolanProduct product;
    Err err = {0};
    static char *bytes;

    if (!bytes && !(bytes = calloc(1, PIXELS + 4096)))
        abort();
    if (size > 4096)
        size = 4096;
    memcpy(bytes, data, size);
    Str text = {bytes, size};
    if (!radolan_parse(text, "f", &product, &err)) {
        text.len += PIXELS;
        if (!radolan_parse(text, "f", &product, &err))
            return 0;
    }
    int column, row;
    radolan_value(text, &product, product.columns - 1, product.rows - 1);
    if (radolan_pixel(&product, 11.5, 48.1, &column, &row))
        radolan_value(text, &product, column, row);
    return 0;
}
