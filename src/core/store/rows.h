/* SPDX-License-Identifier: EUPL-1.2 */
/* ROWS_LIST: all rows of a query as an array. */
#pragma once

#include "base/vec.h"
#include "core/store/db.h"

/* Give `*(list)` and `*(length)` one item for each row, made by the expression that comes last,
 * which may use `rows` and set `err`:
 *
 *     Rows *rows = tx_query(…);
 *     return ROWS_LIST(rows, arena, out, count, err, dog_from_row(rows));
 *
 * `rows` and `err` are variables; `rows` is NULL when the query failed. True when all were read. */
#define ROWS_LIST(rows, arena, list, length, err, ...)                \
    ({                                                                \
        struct {                                                      \
            __typeof__(*(list)) items;                                \
            size_t count, capacity;                                   \
        } rows_list = {0};                                            \
                                                                      \
        while (rows && err->kind == ERR_NONE && rows_next(rows, err)) \
            VEC_PUSH(arena, &rows_list, __VA_ARGS__);                 \
        rows_end(rows);                                               \
        *(list) = rows_list.items;                                    \
        *(length) = rows_list.count;                                  \
        rows && err->kind == ERR_NONE;                                \
    })
