/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside work: who answers slowly, by the subject of their effects ("hook/3"). A subscriber that
 * takes long for each answer may not hold up the others. */
#pragma once

#include "core/tenant.h"

enum { SLOW_MS = 2000, SLOW_KNOWN = 64 };

typedef struct SlowOnes {
    uint64_t hashes[SLOW_KNOWN]; /* of subjects; 0: none */
    size_t next;                 /* the place that is given away next */
} SlowOnes;

bool slow_is(const SlowOnes *ones, Str subject);
/* So long did it take now. True: it is slow since then, or no longer. */
bool slow_note(SlowOnes *ones, Str subject, int64_t ms);

/* A start that knew nothing would ask all of them at once: the tenant's database keeps the latest
 * SLOW_KNOWN. */
bool slow_keep(Tenant *tenant, Str subject, bool slow, Err *err);
bool slow_load(Tenant *tenant, Arena *arena, Str **subjects, size_t *count, Err *err);
