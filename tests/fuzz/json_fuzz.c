/* SPDX-License-Identifier: EUPL-1.2 */
/* What is read is written and read again as the same. */
#include "base/node.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    Node *node = node_parse_json(arena, (Str){(const char *)data, size}, "f.json",
                                 &NODE_LIMITS_REQUEST, &err);

    if (node) {
        Node *again =
            node_parse_json(arena, node_json(node, arena), NULL, &NODE_LIMITS_PACKAGE, &err);
        if (!again || !node_equal(node, again))
            abort();
    }
    arena_destroy(arena);
    return 0;
}
