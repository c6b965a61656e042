/* SPDX-License-Identifier: EUPL-1.2 */
/* Names that a program may send. One that is not known is refused: it may be a slip in one that
 * would have said "only look", or "only these". */
#pragma once

#include "core/http/request.h"

/* "entry, basis": the names (NULL at the end) in words. */
const char *names_joined(const char *const *names, Arena *arena);
/* Is it one of `known` (NULL at the end)? ERR_INPUT with the name as field, and what is known. */
bool name_known(Str name, const char *const *known, Arena *arena, Err *err);
/* Does the address name only these, and each once? ERR_INPUT with the name else. */
bool query_known(const Request *req, const char *const *known, Err *err);
