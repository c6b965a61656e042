/* SPDX-License-Identifier: EUPL-1.2 */
/* Translations for the program: a YAML map from German text to text in another language
 * becomes a table in C (core/page/tr.h). */
#pragma once

#include "base/node.h"

/* The conversions of a printf format in their order, "%d %.*s": two formats that do the same
 * to their arguments give the same text. */
Str format_conversions(Arena *arena, Str format);

/* Write the table of one language; `prefix` names its C array. Empty translations and
 * different conversions are errors with file and line. */
bool translations_write(Buf *out, const Node *map, Str lang, const char *prefix, Err *err);
