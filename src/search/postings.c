/* SPDX-License-Identifier: EUPL-1.2 */
/* Postings of a term: blocks of 128 documents, then, if there are several blocks, a table of
 * {last document u32, bytes from the end of the block to this table u32}. A block is
 *
 *     same u8          1: all documents have the same counts
 *     width u8         bits of a distance
 *     distances        to the document before, less 1, packed with the lowest bits first
 *     counts           one, or one per document
 *
 * Counts are one byte below 8 (this field, once), or 8 + a mask of fields (varint) and a byte for
 * each of them. */
#include "search/segment.h"

static size_t encode_counts(const Counts *counts, uint8_t *out)
{
    unsigned mask = 0, last = 0, fields = 0;

    for (unsigned f = 0; f < SEARCH_FIELDS_MAX; f++)
        if (counts->in_field[f]) {
            mask |= 1u << f;
            last = f;
            fields++;
        }
    if (fields == 1 && counts->in_field[last] == 1) {
        out[0] = (uint8_t)last;
        return 1;
    }
    size_t len = put_varint(out, 8 + mask);

    for (unsigned f = 0; f < SEARCH_FIELDS_MAX; f++)
        if (counts->in_field[f])
            out[len++] = counts->in_field[f];
    return len;
}

static Counts decode_counts(Bytes *bytes)
{
    Counts counts = {{0}};
    uint64_t code = bytes_varint(bytes);

    if (code < 8) {
        counts.in_field[code] = 1;
        return counts;
    }
    for (unsigned f = 0; f < SEARCH_FIELDS_MAX; f++)
        if ((code - 8) >> f & 1)
            counts.in_field[f] = bytes_u8(bytes);
    return counts;
}

static unsigned bits_of(uint32_t value)
{
    return value ? 32 - (unsigned)__builtin_clz(value) : 0;
}

static size_t pack(const uint32_t *values, size_t count, unsigned width, uint8_t *out)
{
    uint64_t word = 0;
    unsigned have = 0;
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        word |= (uint64_t)values[i] << have;
        for (have += width; have >= 8; have -= 8) {
            out[len++] = (uint8_t)word;
            word >>= 8;
        }
    }
    if (have)
        out[len++] = (uint8_t)word;
    return len;
}

static void unpack(const uint8_t *in, size_t count, unsigned width, uint32_t *values)
{
    uint64_t word = 0;
    unsigned have = 0;
    uint64_t mask = (1ull << width) - 1;

    for (size_t i = 0; i < count; i++) {
        while (have < width) {
            word |= (uint64_t)*in++ << have;
            have += 8;
        }
        values[i] = (uint32_t)(word & mask);
        word >>= width;
        have -= width;
    }
}

size_t postings_encode(const Posting *items, size_t count, uint32_t next, uint8_t *out)
{
    uint32_t distances[BLOCK_POSTINGS];
    uint32_t all = 0;
    bool same = true;
    size_t len = 2;

    for (size_t i = 0; i < count; i++) {
        distances[i] = items[i].doc - next;
        next = items[i].doc + 1;
        all |= distances[i];
        same = same && memcmp(&items[i].counts, &items[0].counts, sizeof(Counts)) == 0;
    }
    out[0] = same;
    out[1] = (uint8_t)bits_of(all);
    len += pack(distances, count, out[1], out + len);
    for (size_t i = 0; i < (same ? 1 : count); i++)
        len += encode_counts(&items[i].counts, out + len);
    return len;
}

/* `items` stays as it is: that would cost more than many a list. */
void postings_open(PostingReader *reader, const Segment *segment, const Term *term)
{
    uint32_t blocks = term->count / BLOCK_POSTINGS + (term->count % BLOCK_POSTINGS != 0);

    reader->segment = segment;
    reader->bytes = (Bytes){term->bytes, term->bytes + term->size, false};
    reader->skips = NULL;
    reader->block_count = blocks;
    reader->block = reader->next = reader->count = 0;
    reader->left = term->count;
    if (blocks > 1 && (uint64_t)blocks * 8 <= term->size) {
        reader->skips = term->bytes + term->size - (size_t)blocks * 8;
        reader->bytes.end = reader->skips;
    }
}

/* Distances into `items`; false when they are damaged. */
static bool read_docs(PostingReader *reader, uint32_t count, unsigned width)
{
    uint32_t distances[BLOCK_POSTINGS];
    size_t size = ((size_t)count * width + 7) / 8;
    uint64_t doc = reader->next;

    if (width > 32 || size > (size_t)(reader->bytes.end - reader->bytes.at))
        return false;
    unpack(reader->bytes.at, count, width, distances);
    reader->bytes.at += size;
    for (uint32_t i = 0; i < count; i++) {
        doc += distances[i];
        if (doc >= reader->segment->doc_count)
            return false;
        reader->items[i].doc = (uint32_t)doc++;
    }
    reader->next = (uint32_t)doc;
    return true;
}

bool postings_next(PostingReader *reader)
{
    uint32_t count = reader->left < BLOCK_POSTINGS ? reader->left : BLOCK_POSTINGS;

    reader->count = 0;
    if (count == 0)
        return false;
    bool same = bytes_u8(&reader->bytes) == 1;
    unsigned width = bytes_u8(&reader->bytes);
    if (reader->bytes.broken || !read_docs(reader, count, width)) {
        reader->left = 0;
        return false;
    }
    Counts counts = {{0}};

    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || !same)
            counts = decode_counts(&reader->bytes);
        reader->items[i].counts = counts;
    }
    if (reader->bytes.broken) {
        reader->left = 0;
        return false;
    }
    reader->left -= count;
    reader->block++;
    reader->count = count;
    return true;
}

bool postings_next_from(PostingReader *reader, uint32_t doc)
{
    uint32_t block = reader->block;

    while (reader->skips && block + 1 < reader->block_count &&
           load_u32(reader->skips + (size_t)block * 8) < doc)
        block++;
    if (block > reader->block) {
        const uint8_t *before = reader->skips + (size_t)(block - 1) * 8;
        uint32_t back = load_u32(before + 4);
        uint32_t passed = (block - reader->block) * BLOCK_POSTINGS;

        if (back > (size_t)(reader->skips - reader->bytes.at) || passed >= reader->left) {
            reader->left = 0;
            return false;
        }
        reader->left -= passed;
        reader->block = block;
        reader->bytes.at = reader->skips - back;
        reader->next = load_u32(before) + 1;
    }
    return postings_next(reader);
}
