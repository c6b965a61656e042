/* SPDX-License-Identifier: EUPL-1.2 */
/* Between the Markdown parser's two halves: blocks and what stands inside them. */
#pragma once

#include "post/markdown.h"

/* Read the markup inside one block; lines are parted by LF. */
void markdown_read_inline(Arena *arena, Str source, MarkdownText *out);
