/* SPDX-License-Identifier: EUPL-1.2 */
#include "search/segment.h"

#include "search/segment_format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static bool damaged(Err *err, const char *what)
{
    return err_set(err, ERR_INPUT, "the segment is damaged: %s", what);
}

/* Cut `size` bytes off `*at`; NULL when they are not there. */
static const uint8_t *cut(const uint8_t **at, const uint8_t *end, uint64_t size)
{
    const uint8_t *begin = *at;

    if (size > (uint64_t)(end - begin))
        return NULL;
    *at += size;
    return begin;
}

static bool read_marks(Segment *segment, Bytes bytes, Err *err)
{
    segment->marks = calloc(segment->mark_count ? segment->mark_count : 1, sizeof *segment->marks);
    if (!segment->marks)
        abort();
    for (uint32_t i = 0; i < segment->mark_count; i++) {
        uint64_t len = bytes_varint(&bytes);

        if (bytes.broken || len > (uint64_t)(bytes.end - bytes.at))
            return damaged(err, "its marks end too early");
        segment->marks[i] = (Str){(const char *)bytes.at, (size_t)len};
        bytes.at += len;
    }
    return true;
}

static bool place_sections(Segment *segment, const SegmentFooter *footer, Err *err)
{
    const uint8_t *at = segment->bytes + sizeof SEGMENT_MAGIC;
    const uint8_t *end = segment->bytes + segment->size - sizeof *footer;
    uint64_t docs = footer->doc_count;

    if (footer->field_count > SEARCH_FIELDS_MAX || footer->mark_count > footer->marks_size)
        return damaged(err, "its footer makes no sense");
    segment->doc_count = footer->doc_count;
    segment->field_count = footer->field_count;
    segment->mark_count = footer->mark_count;
    segment->block_count = footer->block_count;
    segment->term_count = footer->term_count;
    memcpy(segment->length_sums, footer->length_sums, sizeof segment->length_sums);
    segment->ids = cut(&at, end, docs * 8);
    segment->orders = segment->ids ? cut(&at, end, docs * 8) : NULL;
    segment->mark_of = segment->orders ? cut(&at, end, docs * 4) : NULL;
    segment->lengths = segment->mark_of ? cut(&at, end, docs * segment->field_count) : NULL;
    const uint8_t *marks = segment->lengths ? cut(&at, end, footer->marks_size) : NULL;
    segment->postings = marks ? cut(&at, end, footer->postings_size) : NULL;
    segment->lexicon = segment->postings ? cut(&at, end, footer->lexicon_size) : NULL;
    segment->blocks =
        segment->lexicon ? cut(&at, end, (uint64_t)footer->block_count * BLOCK_ENTRY) : NULL;
    if (!segment->blocks || (docs > 0 && segment->mark_count == 0))
        return damaged(err, "its footer names more than there is");
    segment->postings_size = footer->postings_size;
    segment->lexicon_size = footer->lexicon_size;
    return read_marks(segment, (Bytes){marks, marks + footer->marks_size, false}, err);
}

static bool read_footer(const uint8_t *bytes, size_t size, bool check, SegmentFooter *footer,
                        Err *err)
{
    if (size < sizeof SEGMENT_MAGIC + sizeof *footer ||
        memcmp(bytes, SEGMENT_MAGIC, sizeof SEGMENT_MAGIC) != 0)
        return damaged(err, "it does not begin like one");
    memcpy(footer, bytes + size - sizeof *footer, sizeof *footer);
    if (!check)
        return true;
    uLong own = crc32_z(0, (const Bytef *)footer, offsetof(SegmentFooter, footer_crc));

    if (own != footer->footer_crc)
        return damaged(err, "its footer's checksum is wrong");
    if (crc32_z(0, bytes, size - sizeof *footer) != footer->body_crc)
        return damaged(err, "its checksum is wrong");
    return true;
}

static Segment *segment_make(const uint8_t *bytes, size_t size, bool check, Err *err)
{
    SegmentFooter footer;
    Segment *segment;

    if (!read_footer(bytes, size, check, &footer, err))
        return NULL;
    segment = calloc(1, sizeof *segment);
    if (!segment)
        abort();
    segment->bytes = bytes;
    segment->size = size;
    atomic_init(&segment->holders, 1);
    if (!place_sections(segment, &footer, err)) {
        free(segment->marks);
        free(segment);
        return NULL;
    }
    return segment;
}

Segment *segment_open_unchecked(const uint8_t *bytes, size_t size, Err *err)
{
    uint8_t *copy = malloc(size ? size : 1);

    if (!copy)
        abort();
    memcpy(copy, bytes, size);
    Segment *segment = segment_make(copy, size, false, err);
    if (!segment)
        free(copy);
    return segment;
}

Segment *segment_open_memory(uint8_t *bytes, size_t size, Err *err)
{
    Segment *segment = segment_make(bytes, size, false, err);

    if (!segment)
        free(bytes);
    return segment;
}

static void drop_bytes(const uint8_t *bytes, size_t size, bool mapped)
{
    if (mapped)
        munmap((void *)bytes, size);
    else
        free((void *)bytes);
}

Segment *segment_open_file(const char *path, Err *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    void *bytes = MAP_FAILED;

    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
        bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    int code = errno;
    if (fd >= 0)
        close(fd);
    if (bytes == MAP_FAILED) {
        err_set(err, code == ENOENT ? ERR_NOT_FOUND : ERR_INPUT, "%s: cannot read: %s", path,
                fd >= 0 && code == 0 ? "it is empty" : strerror(code));
        return NULL;
    }
    Segment *segment = segment_make(bytes, (size_t)st.st_size, true, err);
    if (!segment) {
        drop_bytes(bytes, (size_t)st.st_size, true);
        err_context(err, "%s", path);
        return NULL;
    }
    segment->mapped = true;
    return segment;
}

Segment *segment_hold(Segment *segment)
{
    atomic_fetch_add(&segment->holders, 1);
    return segment;
}

void segment_release(Segment *segment)
{
    if (!segment || atomic_fetch_sub(&segment->holders, 1) != 1)
        return;
    drop_bytes(segment->bytes, segment->size, segment->mapped);
    free(segment->marks);
    free(segment);
}

bool segment_find_id(const Segment *segment, int64_t id, uint32_t *doc)
{
    uint32_t low = 0, high = segment->doc_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (segment_id(segment, middle) < id)
            low = middle + 1;
        else
            high = middle;
    }
    *doc = low;
    return low < segment->doc_count && segment_id(segment, low) == id;
}

uint8_t length_code(uint32_t words)
{
    unsigned shift = 0;

    if (words < 16)
        return (uint8_t)words;
    while (words >> shift >= 16)
        shift++;
    return (uint8_t)(16 + (shift - 1) * 8 + ((words >> shift) - 8));
}

uint32_t length_of_code(uint8_t code)
{
    if (code < 16)
        return code;
    return (uint32_t)(((unsigned)(code - 16) % 8 + 8) << ((code - 16) / 8 + 1));
}
