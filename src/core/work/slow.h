/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside work: who answers slowly, by the subject of their effects ("hook/3"). A subscriber that
 * takes long for each answer may not hold up the others. */
#pragma once

#include "base/str.h"

#include <stdint.h>

enum { SLOW_MS = 2000, SLOW_KNOWN = 64 };

typedef struct SlowOnes {
    uint64_t hashes[SLOW_KNOWN]; /* of subjects; 0: none */
    size_t next;                 /* the place that is given away next */
} SlowOnes;

bool slow_is(const SlowOnes *ones, Str subject);
/* So long did it take now. */
void slow_note(SlowOnes *ones, Str subject, int64_t ms);
