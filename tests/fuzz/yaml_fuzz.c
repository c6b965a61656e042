/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/node.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    Node *node = node_parse_yaml(arena, (Str){(const char *)data, size}, "f.yaml",
                                 &NODE_LIMITS_REQUEST, &err);

    if (node)
        node_json(node, arena);
    arena_destroy(arena);
    return 0;
}
