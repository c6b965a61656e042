/* SPDX-License-Identifier: EUPL-1.2 */
/* Blocks: groups of fields that many forms share. The core set (src/cases/blocks) is built into the
 * program and becomes part of every package's files when it is read, so that a published
 * version keeps the blocks it was made with. */
#pragma once

#include <stddef.h>

typedef struct CoreBlock {
    const char *path; /* "blocks/address.yaml" */
    const char *yaml;
} CoreBlock;

/* Written by the build from src/cases/blocks. */
extern const CoreBlock CORE_BLOCKS[];
extern const size_t CORE_BLOCK_COUNT;
