/* SPDX-License-Identifier: EUPL-1.2 */
/* A segment is written in one go: columns and postings to its file, the lexicon beside it until
 * the postings are at their end. Memory: a block of postings, 16 bytes per 32 terms, 8 bytes per
 * 128 postings of the longest list. */
#include "search/segment.h"

#include "base/vec.h"
#include "search/segment_format.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

struct SegmentWriter {
    Arena *arena;
    FILE *out, *spool;
    uLong crc;
    bool failed;
    SegmentFooter footer;

    Posting items[BLOCK_POSTINGS]; /* of the block being filled */
    size_t item_count;
    uint32_t next, term_count; /* postings of this term that are written */
    uint64_t term_size;
    struct Skip {
        uint32_t last;
        uint64_t end; /* of the block, from the term's first byte */
    } * skips;
    size_t skip_count, skip_capacity;

    uint8_t key[TERM_MAX];
    size_t key_len;
    uint32_t in_block;
    struct {
        uint64_t *items; /* pairs: lexicon, postings */
        size_t count, capacity;
    } blocks;
};

static void write_out(SegmentWriter *writer, const void *bytes, size_t size)
{
    if (size && fwrite(bytes, 1, size, writer->out) != size)
        writer->failed = true;
    if (size)
        writer->crc = crc32_z(writer->crc, bytes, size);
}

SegmentWriter *segment_writer_begin(FILE *out, FILE *spool, uint32_t field_count)
{
    Arena *arena = arena_create(64 * 1024);
    SegmentWriter *writer = arena_new(arena, SegmentWriter);

    writer->arena = arena;
    writer->out = out;
    writer->spool = spool;
    writer->crc = crc32_z(0, NULL, 0);
    writer->footer.field_count = field_count;
    write_out(writer, SEGMENT_MAGIC, sizeof SEGMENT_MAGIC);
    return writer;
}

/* --- Documents -------------------------------------------------------------------------------- */

typedef struct MarkList {
    Str *items;
    size_t count, capacity;
    size_t last; /* found last time: neighbours are often alike */
} MarkList;

static uint32_t mark_number(SegmentWriter *writer, MarkList *marks, Str mark)
{
    if (marks->count && str_eq(marks->items[marks->last], mark))
        return (uint32_t)marks->last;
    for (marks->last = 0; marks->last < marks->count; marks->last++)
        if (str_eq(marks->items[marks->last], mark))
            return (uint32_t)marks->last;
    VEC_PUSH(writer->arena, marks, str_copy(writer->arena, mark));
    return (uint32_t)marks->last;
}

static void write_marks(SegmentWriter *writer, const MarkList *marks)
{
    for (size_t i = 0; i < marks->count; i++) {
        uint8_t len[10];
        size_t len_size = put_varint(len, marks->items[i].len);

        write_out(writer, len, len_size);
        write_out(writer, marks->items[i].ptr, marks->items[i].len);
        writer->footer.marks_size += len_size + marks->items[i].len;
    }
    writer->footer.mark_count = (uint32_t)marks->count;
}

void segment_write_docs(SegmentWriter *writer, uint32_t count,
                        void (*doc_at)(void *context, uint32_t doc, SegmentDoc *out), void *context,
                        const uint64_t length_sums[SEARCH_FIELDS_MAX])
{
    MarkList marks = {0};
    SegmentDoc doc = {0};

    writer->footer.doc_count = count;
    memcpy(writer->footer.length_sums, length_sums, sizeof writer->footer.length_sums);
    for (uint32_t i = 0; i < count; i++) {
        doc_at(context, i, &doc);
        write_out(writer, &doc.id, 8);
    }
    for (uint32_t i = 0; i < count; i++) {
        doc_at(context, i, &doc);
        write_out(writer, &doc.order, 8);
    }
    for (uint32_t i = 0; i < count; i++) {
        doc_at(context, i, &doc);
        uint32_t mark = mark_number(writer, &marks, doc.mark);

        write_out(writer, &mark, 4);
    }
    for (uint32_t f = 0; f < writer->footer.field_count; f++)
        for (uint32_t i = 0; i < count; i++) {
            doc_at(context, i, &doc);
            write_out(writer, &doc.lengths[f], 1);
        }
    write_marks(writer, &marks);
}

/* --- Terms ------------------------------------------------------------------------------------ */

static void spool_out(SegmentWriter *writer, const void *bytes, size_t size)
{
    if (size && fwrite(bytes, 1, size, writer->spool) != size)
        writer->failed = true;
    writer->footer.lexicon_size += size;
}

static void write_entry(SegmentWriter *writer, enum TermKind kind, Str text, uint32_t count,
                        uint64_t size)
{
    uint8_t key[TERM_MAX];
    uint8_t numbers[20];
    size_t len = text.len + 1;
    size_t shared = 0;

    assert(text.len <= WORD_MAX);
    key[0] = (uint8_t)kind;
    memcpy(key + 1, text.ptr, text.len);
    if (writer->in_block == BLOCK_TERMS)
        writer->in_block = 0;
    if (writer->in_block == 0) {
        VEC_PUSH(writer->arena, &writer->blocks, writer->footer.lexicon_size);
        VEC_PUSH(writer->arena, &writer->blocks, writer->footer.postings_size);
    } else {
        while (shared < len && shared < writer->key_len && key[shared] == writer->key[shared])
            shared++;
    }
    size_t numbers_len = put_varint(numbers, shared);

    numbers_len += put_varint(numbers + numbers_len, len - shared);
    spool_out(writer, numbers, numbers_len);
    spool_out(writer, key + shared, len - shared);
    numbers_len = put_varint(numbers, count);
    numbers_len += put_varint(numbers + numbers_len, size);
    spool_out(writer, numbers, numbers_len);
    memcpy(writer->key, key, len);
    writer->key_len = len;
    writer->in_block++;
    writer->footer.term_count++;
    writer->footer.postings_size += size;
}

static void flush_block(SegmentWriter *writer)
{
    uint8_t bytes[POSTING_BLOCK_BYTES];
    size_t size;

    if (writer->item_count == 0)
        return;
    size = postings_encode(writer->items, writer->item_count, writer->next, bytes);
    write_out(writer, bytes, size);
    writer->next = writer->items[writer->item_count - 1].doc + 1;
    writer->term_count += (uint32_t)writer->item_count;
    writer->term_size += size;
    writer->item_count = 0;
    if (writer->skip_count == writer->skip_capacity)
        writer->skips = vec_grow(writer->arena, writer->skips, writer->skip_count,
                                 &writer->skip_capacity, sizeof *writer->skips);
    writer->skips[writer->skip_count++] =
        (struct Skip){.last = writer->next - 1, .end = writer->term_size};
}

void segment_write_posting(SegmentWriter *writer, const Posting *posting)
{
    writer->items[writer->item_count++] = *posting;
    if (writer->item_count == BLOCK_POSTINGS)
        flush_block(writer);
}

void segment_end_term(SegmentWriter *writer, enum TermKind kind, Str text)
{
    flush_block(writer);
    if (writer->term_count > 0) {
        uint64_t size = writer->term_size;

        for (size_t i = 0; writer->skip_count > 1 && i < writer->skip_count; i++) {
            uint64_t back = writer->term_size - writer->skips[i].end;
            uint32_t skip[2] = {writer->skips[i].last, (uint32_t)back};

            if (back > UINT32_MAX) /* four gigabytes of one word */
                writer->failed = true;
            write_out(writer, skip, sizeof skip);
            size += sizeof skip;
        }
        write_entry(writer, kind, text, writer->term_count, size);
    }
    writer->skip_count = 0;
    writer->next = writer->term_count = 0;
    writer->term_size = 0;
}

void segment_write_term(SegmentWriter *writer, enum TermKind kind, Str text, uint32_t count,
                        Str bytes)
{
    assert(writer->item_count == 0);
    write_out(writer, bytes.ptr, bytes.len);
    write_entry(writer, kind, text, count, bytes.len);
}

/* --- The end ---------------------------------------------------------------------------------- */

static void copy_spool(SegmentWriter *writer)
{
    char bytes[16384];
    size_t have;

    if (fflush(writer->spool) != 0 || fseeko(writer->spool, 0, SEEK_SET) != 0)
        writer->failed = true;
    while (!writer->failed && (have = fread(bytes, 1, sizeof bytes, writer->spool)) > 0)
        write_out(writer, bytes, have);
    if (ferror(writer->spool))
        writer->failed = true;
}

bool segment_writer_end(SegmentWriter *writer, Err *err)
{
    SegmentFooter *footer = &writer->footer;

    copy_spool(writer);
    write_out(writer, writer->blocks.items, writer->blocks.count * sizeof *writer->blocks.items);
    footer->block_count = (uint32_t)(writer->blocks.count / 2);
    footer->body_crc = (uint32_t)writer->crc;
    footer->footer_crc =
        (uint32_t)crc32_z(0, (const Bytef *)footer, offsetof(SegmentFooter, footer_crc));
    write_out(writer, footer, sizeof *footer);
    bool ok = fflush(writer->out) == 0 && !writer->failed;

    if (!ok)
        err_set(err, ERR_TEMPORARY, "cannot write the segment: %s; is the disk full?",
                strerror(errno));
    arena_destroy(writer->arena);
    return ok;
}
