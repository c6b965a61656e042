/* SPDX-License-Identifier: EUPL-1.2 */
/* A block of observations, damaged in any way: its head, then its body, without their checksum.
 * What is read is in order and within what the head says, and reads the same when written again. */
#include "city/store/block.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_again(const ObsColumns *columns, Arena *arena)
{
    Buf heads = buf_in(arena), bodies = buf_in(arena);
    ObsColumns again;
    ObsHead head;
    Err err = {0};

    obs_block_put(&heads, &bodies, 1, columns, arena);
    Bytes in = bytes_in(buf_str(&heads));
    if (!obs_head_get(&in, &head) ||
        !obs_block_get(&head, 1, buf_str(&bodies), &again, arena, &err) ||
        again.count != columns->count)
        abort();
    for (uint32_t i = 0; i < again.count; i++)
        if (again.times[i] != columns->times[i] ||
            obs_ordinal_at(&again, i) != obs_ordinal_at(columns, i) ||
            obs_kind_at(&again, i) != obs_kind_at(columns, i))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    Bytes in = {data, data + size, false};
    ObsColumns columns;
    ObsHead head;

    if (obs_head_get(&in, &head) && head.body_size <= bytes_left(&in)) {
        Str body = {(const char *)in.at, (size_t)head.body_size};
        if (obs_block_get_unchecked(&head, body, &columns, arena))
            write_again(&columns, arena);
    }
    arena_destroy(arena);
    return 0;
}
