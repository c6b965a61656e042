/* SPDX-License-Identifier: EUPL-1.2 */
/* Compiling with a place that begins in the middle of a line, as a table's cell does. */
#pragma once

#include "feel/tree.h"

typedef struct Source {
    const char *file; /* or NULL */
    int line;         /* of the text's first character, 1-based */
    int column;
} Source;

const FeelProgram *program_compile(Arena *arena, Str text, const Source *source,
                                   const FeelScope *scope, Err *err);
const FeelProgram *program_compile_tests(Arena *arena, Str text, const Source *source,
                                         const FeelType *input, const FeelScope *scope, Err *err);
/* The condition of a filter: `item` and the fields of the item are names; the item is the
 * program's input. */
const FeelProgram *program_compile_item(Arena *arena, Str text, const Source *source,
                                        const FeelType *item, const FeelScope *scope, Err *err);
/* A type's text: "number", "list<context<a: string>>". */
const FeelType *program_parse_type(Arena *arena, Str text, const Source *source,
                                   const FeelScope *scope, Err *err);
