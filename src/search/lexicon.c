/* SPDX-License-Identifier: EUPL-1.2 */
/* The lexicon: blocks of 32 terms. An entry is
 *
 *     shared varint    bytes that it begins with like the entry before; 0 for the first of a block
 *     more varint      bytes that follow
 *     bytes
 *     count varint     see Term
 *     size varint      bytes in the section of postings, behind those of the entry before */
#include "search/segment.h"

#include "search/segment_format.h"

static const uint8_t *block_entry(const Segment *segment, uint32_t block)
{
    return segment->blocks + (size_t)block * BLOCK_ENTRY;
}

static bool enter_block(LexiconCursor *cursor, uint32_t block)
{
    const Segment *segment = cursor->segment;

    cursor->block = block;
    cursor->in_block = 0;
    cursor->key_len = 0;
    if (block >= segment->block_count)
        return false;
    uint64_t at = load_u64(block_entry(segment, block));
    if (at > segment->lexicon_size)
        return false;
    cursor->bytes = (Bytes){segment->lexicon + at, segment->lexicon + segment->lexicon_size, false};
    cursor->postings_at = load_u64(block_entry(segment, block) + 8);
    return true;
}

static bool read_entry(LexiconCursor *cursor)
{
    Bytes *bytes = &cursor->bytes;
    const Segment *segment = cursor->segment;
    uint64_t shared = bytes_varint(bytes);
    uint64_t more = bytes_varint(bytes);

    if (bytes->broken || shared > cursor->key_len || more > TERM_MAX - shared ||
        more > (uint64_t)(bytes->end - bytes->at))
        return false;
    memcpy(cursor->key + shared, bytes->at, (size_t)more);
    bytes->at += more;
    cursor->shared = (size_t)shared;
    cursor->key_len = (size_t)(shared + more);
    uint64_t count = bytes_varint(bytes);
    uint64_t size = bytes_varint(bytes);
    if (bytes->broken || cursor->key_len == 0 || cursor->postings_at > segment->postings_size ||
        size > segment->postings_size - cursor->postings_at)
        return false;
    cursor->term = (Term){.count = count > UINT32_MAX ? UINT32_MAX : (uint32_t)count,
                          .bytes = segment->postings + cursor->postings_at,
                          .size = (size_t)size};
    cursor->postings_at += size;
    cursor->in_block++;
    return true;
}

bool lexicon_next(LexiconCursor *cursor)
{
    if (cursor->in_block == BLOCK_TERMS && !enter_block(cursor, cursor->block + 1))
        return false;
    if (cursor->block >= cursor->segment->block_count ||
        (cursor->block + 1 == cursor->segment->block_count &&
         cursor->bytes.at == cursor->bytes.end))
        return false;
    return read_entry(cursor);
}

bool lexicon_first(LexiconCursor *cursor, const Segment *segment)
{
    cursor->segment = segment;
    return enter_block(cursor, 0) && lexicon_next(cursor);
}

static int compare_key(const LexiconCursor *cursor, const uint8_t *key, size_t len)
{
    size_t least = cursor->key_len < len ? cursor->key_len : len;
    int order = memcmp(cursor->key, key, least);

    return order ? order : cursor->key_len < len ? -1 : cursor->key_len > len;
}

bool lexicon_seek(LexiconCursor *cursor, const Segment *segment, enum TermKind kind, Str text)
{
    uint8_t key[TERM_MAX];
    size_t text_len = text.len < WORD_MAX ? text.len : WORD_MAX;
    size_t len = text_len + 1;
    uint32_t low = 0, high = segment->block_count;

    key[0] = (uint8_t)kind;
    memcpy(key + 1, text.ptr, text_len);
    cursor->segment = segment;
    /* The last block whose first term is not behind the wanted one. */
    while (low + 1 < high) {
        uint32_t middle = low + (high - low) / 2;

        if (!enter_block(cursor, middle) || !read_entry(cursor))
            return false;
        if (compare_key(cursor, key, len) <= 0)
            low = middle;
        else
            high = middle;
    }
    if (!enter_block(cursor, low))
        return false;
    while (lexicon_next(cursor))
        if (compare_key(cursor, key, len) >= 0) {
            cursor->shared = 0;
            return true;
        }
    return false;
}

bool lexicon_find(const Segment *segment, enum TermKind kind, Str text, Term *out)
{
    LexiconCursor cursor;

    if (text.len > WORD_MAX || !lexicon_seek(&cursor, segment, kind, text) ||
        cursor_kind(&cursor) != (int)kind || !str_eq(cursor_text(&cursor), text))
        return false;
    *out = cursor.term;
    return true;
}
