/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers as people read them. */
#pragma once

#include "base/str.h"

/* "-1234.5" as "-1.234,5", in English "-1,234.5": digits in groups of three, at least so many
 * decimal places. What is no plain number ("1e+21") has no groups. */
Str digits_text(Arena *arena, Str text, Str lang, int least_places);
/* A count. */
Str count_text(Arena *arena, int64_t count, Str lang);
