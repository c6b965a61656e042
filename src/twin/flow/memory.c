/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "twin/flow/model.h"

void *flow_alloc(size_t count, size_t size)
{
    size_t bytes = (count * size + 63) / 64 * 64;
    void *memory;

    if (size != 0 && count > (SIZE_MAX - 64) / size)
        bytes = 0;
    memory = bytes || count * size == 0 ? aligned_alloc(64, bytes ? bytes : 64) : NULL;
    if (!memory) {
        fprintf(stderr, "rathaus: no memory for a model of this size (%zu x %zu bytes)\n", count,
                size);
        abort();
    }
    memset(memory, 0, bytes ? bytes : 64);
    return memory;
}

void *flow_copy(const void *data, size_t size)
{
    void *copy = flow_alloc(size, 1);

    if (size > 0)
        memcpy(copy, data, size);
    return copy;
}
