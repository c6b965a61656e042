/* SPDX-License-Identifier: EUPL-1.2 */
/* What the writer and the reader of segments agree upon (segment.h has the layout). */
#pragma once

#include "search/search.h"

#include <assert.h>

static const char SEGMENT_MAGIC[8] = {'R', 'S', 'E', 'G', '0', '0', '0', '1'};

enum { BLOCK_ENTRY = 16 }; /* bytes: where the lexicon's block and its first postings begin */

typedef struct SegmentFooter {
    uint32_t doc_count, field_count, mark_count, block_count;
    uint64_t term_count, marks_size, postings_size, lexicon_size;
    uint64_t length_sums[SEARCH_FIELDS_MAX];
    uint32_t body_crc;   /* of everything before the footer */
    uint32_t footer_crc; /* of the footer up to here */
} SegmentFooter;

static_assert(sizeof(SegmentFooter) == 4 * 4 + 4 * 8 + SEARCH_FIELDS_MAX * 8 + 8,
              "no holes in the footer");
