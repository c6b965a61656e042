/* SPDX-License-Identifier: EUPL-1.2 */
/* Remarks: what a reader decided or doubted but does not refuse, each with its place. */
#pragma once

#include "base/err.h"

typedef struct Remarks {
    Arena *arena;
    const char **items;
    size_t count, capacity;
} Remarks;

void remark(Remarks *remarks, const char *format, ...) __attribute__((format(printf, 2, 3)));
