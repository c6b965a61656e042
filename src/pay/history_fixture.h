/* SPDX-License-Identifier: EUPL-1.2 */
/* Random histories: leave out of one that fails what it does not need for that; how many there are;
 * and asking the database of one. */
#pragma once

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

/* `ops` are `count` of `size` bytes; returns how many are left. */
static inline size_t test_shrink(void *ops, size_t count, size_t size,
                                 bool (*fails)(const void *ops, size_t count))
{
    char *at = ops;
    char *shorter = malloc(count * size + 1);

    if (!shorter)
        abort();
    for (size_t i = 0; i < count;) {
        memcpy(shorter, at, i * size);
        memcpy(shorter + i * size, at + (i + 1) * size, (count - i - 1) * size);
        if (!fails(shorter, count - 1)) {
            i++;
            continue;
        }
        memcpy(at, shorter, --count * size);
    }
    free(shorter);
    return count;
}

/* How many histories: HISTORIES, where it is set. */
static inline int64_t test_histories(int64_t otherwise)
{
    const char *asked = getenv("HISTORIES");

    if (asked)
        str_to_i64(str_c(asked), &otherwise);
    return otherwise;
}

/* What a query of the test's `town` counts. The statement is a literal, as everywhere; its
 * parameters follow. */
#define number_of(...)                                                                  \
    ({                                                                                  \
        int64_t number_of_value = 0;                                                    \
        Tx *number_of_tx = db_read(town.tenant->db, &town.err);                         \
        assert_ok(tx_query_int(number_of_tx, &town.err, &number_of_value, __VA_ARGS__), \
                  &town.err);                                                           \
        tx_end(number_of_tx);                                                           \
        number_of_value;                                                                \
    })
