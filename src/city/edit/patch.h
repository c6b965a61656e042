/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON Patch (RFC 6902). */
#pragma once

#include "base/node.h"

/* The document after all operations, or NULL with ERR_INPUT naming the one that failed
 * (ERR_CONFLICT for a "test" that does not hold). The document itself stays as it is. */
Node *json_patch(Arena *arena, const Node *document, const Node *operations, Err *err);
