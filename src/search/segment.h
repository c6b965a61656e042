/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside search: a segment, the immutable index of some documents, as a file that is mapped or as
 * the same bytes in memory. Documents are numbered from 0 in the order of their ids.
 *
 *     magic           8 bytes
 *     columns         ids i64[n], orders i64[n], marks u32[n], lengths u8[fields][n]
 *     marks           each: length varint, bytes
 *     postings        of each term, see postings.c
 *     lexicon         terms in byte order, see lexicon.c
 *     blocks          where each block of the lexicon begins: {lexicon u64, postings u64}[]
 *     footer          where all this is; CRC-32 of everything before it, and of itself
 *
 * All numbers are little-endian. A segment's bytes may be damaged in any way: opening checks sums
 * and bounds, and reading never leaves the segment even if both were forged. */
#pragma once

#include "base/bytes.h"
#include "search/analyse.h"
#include "search/search.h"

#include <stdatomic.h>
#include <stdio.h>

/* Terms are a kind and a text; this is their order in the lexicon. */
enum TermKind {
    TERM_STEM = 1, /* of words in fields that are not exact; has postings */
    TERM_KNOWN,    /* each word without digits: where it occurs and how it was first written */
    TERM_WORD,     /* of exact fields, and whatever holds digits; has postings */
    TERM_PART,     /* a stem, and the stems of the compounds that it is part of */
};
/* What a TERM_KNOWN tells: the first byte of its bytes; then how it was written, if not as it is.
 */
enum { KNOWN_IN_TEXT = 1, KNOWN_EXACT = 2 };

enum {
    TERM_MAX = WORD_MAX + 1,
    BLOCK_TERMS = 32,     /* terms in a block of the lexicon */
    BLOCK_POSTINGS = 128, /* documents in a block of postings */
};

typedef struct Segment {
    const uint8_t *bytes;
    size_t size;
    bool mapped;
    atomic_int holders;
    char name[32]; /* of its file; "" in memory */
    uint32_t doc_count, field_count, mark_count, block_count;
    uint64_t term_count;
    const uint8_t *ids, *orders, *mark_of, *lengths;
    const uint8_t *postings, *lexicon, *blocks;
    size_t postings_size, lexicon_size;
    Str *marks;
    uint64_t length_sums[SEARCH_FIELDS_MAX]; /* words of each field in all documents */
} Segment;

/* Takes over the bytes, which were allocated by malloc; they are freed on failure too. */
Segment *segment_open_memory(uint8_t *bytes, size_t size, Err *err);
/* ERR_INPUT when the file is damaged. */
Segment *segment_open_file(const char *path, Err *err);
/* Without the sums: for the fuzzer, which could not guess them. `bytes` stays the caller's. */
Segment *segment_open_unchecked(const uint8_t *bytes, size_t size, Err *err);
Segment *segment_hold(Segment *segment);
void segment_release(Segment *segment);

static inline uint64_t load_u64(const uint8_t *p)
{
    uint64_t value;

    memcpy(&value, p, sizeof value);
    return value; /* little-endian machines only, see segment.c */
}
static inline uint32_t load_u32(const uint8_t *p)
{
    uint32_t value;

    memcpy(&value, p, sizeof value);
    return value;
}
static inline int64_t segment_id(const Segment *segment, uint32_t doc)
{
    return (int64_t)load_u64(segment->ids + (size_t)doc * 8);
}
static inline int64_t segment_order(const Segment *segment, uint32_t doc)
{
    return (int64_t)load_u64(segment->orders + (size_t)doc * 8);
}
/* Index into `marks`; a forged one is 0. */
static inline uint32_t segment_mark(const Segment *segment, uint32_t doc)
{
    uint32_t mark = load_u32(segment->mark_of + (size_t)doc * 4);

    return mark < segment->mark_count ? mark : 0;
}
/* The document with this id. */
bool segment_find_id(const Segment *segment, int64_t id, uint32_t *doc);

/* Lengths of fields are kept in a byte: exact up to 15 words, then with three bits' precision. */
uint8_t length_code(uint32_t words);
uint32_t length_of_code(uint8_t code);

/* --- Lexicon (lexicon.c)
 * --------------------------------------------------------------------------
 */

typedef struct Term {
    uint32_t count;       /* documents; of TERM_PART: compounds */
    const uint8_t *bytes; /* postings, or what TERM_KNOWN and TERM_PART tell */
    size_t size;
} Term;

/* Walks the lexicon in its order. */
typedef struct LexiconCursor {
    const Segment *segment;
    Bytes bytes;
    uint32_t block, in_block;
    uint64_t postings_at;
    uint8_t key[TERM_MAX]; /* kind, text */
    size_t key_len;
    size_t shared; /* bytes that it shares with the one before; 0 after a seek */
    Term term;
} LexiconCursor;

static inline Str cursor_text(const LexiconCursor *cursor)
{
    return (Str){(const char *)cursor->key + 1, cursor->key_len ? cursor->key_len - 1 : 0};
}
static inline int cursor_kind(const LexiconCursor *cursor)
{
    return cursor->key_len ? cursor->key[0] : 0;
}
/* Stand at the first term that is not before (kind, text); false when there is none. */
bool lexicon_seek(LexiconCursor *cursor, const Segment *segment, enum TermKind kind, Str text);
bool lexicon_first(LexiconCursor *cursor, const Segment *segment);
/* False at the end. */
bool lexicon_next(LexiconCursor *cursor);
bool lexicon_find(const Segment *segment, enum TermKind kind, Str text, Term *out);

/* --- Postings (postings.c)
 * ------------------------------------------------------------------------
 */

/* How often a term stands in each field of a document. */
typedef struct Counts {
    uint8_t in_field[SEARCH_FIELDS_MAX];
} Counts;

typedef struct Posting {
    uint32_t doc;
    Counts counts;
} Posting;

/* Reads a term's postings block by block. */
typedef struct PostingReader {
    const Segment *segment;
    Bytes bytes;          /* of the blocks */
    const uint8_t *skips; /* one per block, or NULL; see postings.c */
    uint32_t block_count, block;
    uint32_t left;  /* postings not read yet */
    uint32_t next;  /* smallest number that the next document may have */
    uint32_t count; /* of `items` */
    Posting items[BLOCK_POSTINGS];
} PostingReader;

void postings_open(PostingReader *reader, const Segment *segment, const Term *term);
/* The next block into `items`; false at the end, or where the bytes are damaged. */
bool postings_next(PostingReader *reader);
/* As postings_next, but first passes over all blocks that end before `doc`. */
bool postings_next_from(PostingReader *reader, uint32_t doc);
/* Encode up to BLOCK_POSTINGS postings; `next` as in PostingReader. `out` has room for
 * POSTING_BLOCK_BYTES. Returns the bytes written. */
enum { POSTING_BLOCK_BYTES = 8 + BLOCK_POSTINGS * (4 + 2 + SEARCH_FIELDS_MAX) };
size_t postings_encode(const Posting *items, size_t count, uint32_t next, uint8_t *out);

/* --- Writing (segment_write.c)
 * --------------------------------------------------------------------
 */

typedef struct SegmentWriter SegmentWriter;

typedef struct SegmentDoc {
    int64_t id, order;
    Str mark;
    uint8_t lengths[SEARCH_FIELDS_MAX]; /* codes */
} SegmentDoc;

/* Writes to `out` and, for what comes behind, to `spool` (for reading and writing); both stay the
 * caller's. Errors are told by segment_writer_end. */
SegmentWriter *segment_writer_begin(FILE *out, FILE *spool, uint32_t field_count);
/* All documents, with ascending ids; `doc_at` is called for each, several times over. */
void segment_write_docs(SegmentWriter *writer, uint32_t count,
                        void (*doc_at)(void *context, uint32_t doc, SegmentDoc *out), void *context,
                        const uint64_t length_sums[SEARCH_FIELDS_MAX]);
/* A term, its postings with ascending documents, and its end; terms in the lexicon's order. A term
 * without postings is left out. */
void segment_write_posting(SegmentWriter *writer, const Posting *posting);
void segment_end_term(SegmentWriter *writer, enum TermKind kind, Str text);
/* A term that has bytes of its own. */
void segment_write_term(SegmentWriter *writer, enum TermKind kind, Str text, uint32_t count,
                        Str bytes);
/* Finish and free. */
bool segment_writer_end(SegmentWriter *writer, Err *err);
