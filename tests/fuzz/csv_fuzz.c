/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/csv.h"

#include <stdint.h>

enum { VALUES = 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char SEPARATORS[] = {',', ';', '\t'};
    Arena *arena = arena_create(0);
    Str values[VALUES];

    for (size_t i = 0; i < sizeof SEPARATORS; i++) {
        Csv csv = csv_read_with((Str){(const char *)data, size}, SEPARATORS[i]);
        size_t count = 1;
        Err err = {0};

        while (count > 0 && csv_next(&csv, arena, values, VALUES, &count, &err))
            ;
    }
    arena_destroy(arena);
    return 0;
}
