/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside search: from documents to a segment, in memory; and from segments to one. */
#pragma once

#include "search/segment.h"

typedef struct Builder Builder;

/* Is this stem one of a word that the index knows? */
typedef bool StemKnown(void *context, Str stem);

Builder *builder_create(const SearchField *fields, size_t field_count);
void builder_destroy(Builder *builder);
void builder_put(Builder *builder, const SearchDocument *document);
/* A document put before is left out. */
void builder_remove(Builder *builder, int64_t id);
/* Documents and removals since it was made. */
size_t builder_count(const Builder *builder);
size_t builder_bytes(const Builder *builder);
/* Ids of all that was put or removed, some twice. */
const int64_t *builder_ids(const Builder *builder, size_t *count);
/* Write what was put; `known` tells of stems outside it. */
bool builder_write(Builder *builder, StemKnown *known, void *context, FILE *out, FILE *spool,
                   Err *err);

/* --- merge.c --- */

enum { MERGE_MAX = 16 };
/* A bit per document that is gone; NULL: none. */
typedef struct MergeInput {
    Segment *segment;
    const uint8_t *removed;
} MergeInput;
/* Write the documents of these segments that are not removed. An id stands in one of them only. */
bool merge_write(const MergeInput *inputs, size_t count, StemKnown *known, void *context, FILE *out,
                 FILE *spool, Err *err);

/* --- compound.c --- */

enum { PARTS_MAX = 6 };
/* Part a folded word at the words it is made of; the stems of the parts, without itself. Returns 0
 * when it is no compound. `known` is asked for stems. */
typedef struct Part {
    char stem[WORD_MAX];
    size_t len;
} Part;
size_t compound_split(Str folded, StemKnown *known, void *context, Part parts[PARTS_MAX]);

/* Collects "this stem is part of that compound" and writes it as terms. */
typedef struct PartMap PartMap;
PartMap *part_map_create(void);
/* Look whether `folded`, whose stem is given, is a compound. */
void part_map_add(PartMap *map, Str folded, StemKnown *known, void *context);
/* Writes and frees. */
void part_map_write(PartMap *map, SegmentWriter *writer);
/* The compounds of a TERM_PART, one after the other. */
bool part_next(Bytes *bytes, Str *compound);
