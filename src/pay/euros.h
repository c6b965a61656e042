/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: amounts in files for spreadsheets and bookkeeping. */
#pragma once

#include "base/arena.h"
#include "base/str.h"

/* Bare "1234,05": no currency, no sign for thousands; `cents` at least 0. */
static inline Str euros_bare(Arena *arena, int64_t cents)
{
    return str_printf(arena, "%lld,%02lld", (long long)(cents / 100), (long long)(cents % 100));
}
