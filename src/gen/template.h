/* SPDX-License-Identifier: EUPL-1.2 */
/* The template compiler: one page file x.html becomes x.html.h (declarations) and x.html.c
 * (functions that write into an Out). docs/templates.md is the language's reference. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

typedef struct TemplateCode {
    Str header;
    Str source;
} TemplateCode;

/* Compile the text of `file`. `header_name` is what the source includes ("x.html.h").
 * Errors carry file, line and column. */
bool template_compile(Arena *arena, Str text, const char *file, const char *header_name,
                      TemplateCode *out, Err *err);
