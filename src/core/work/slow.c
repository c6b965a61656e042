/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/work/slow.h"

static size_t place_of(const SlowOnes *ones, uint64_t hash)
{
    size_t at = 0;

    while (at < SLOW_KNOWN && ones->hashes[at] != hash)
        at++;
    return at;
}

bool slow_is(const SlowOnes *ones, Str subject)
{
    return !str_empty(subject) && place_of(ones, str_hash(subject)) < SLOW_KNOWN;
}

void slow_note(SlowOnes *ones, Str subject, int64_t ms)
{
    uint64_t hash = str_hash(subject);
    size_t at = place_of(ones, hash);

    if (at < SLOW_KNOWN && ms < SLOW_MS)
        ones->hashes[at] = 0;
    if (at == SLOW_KNOWN && ms >= SLOW_MS)
        ones->hashes[ones->next++ % SLOW_KNOWN] = hash;
}
