/* SPDX-License-Identifier: EUPL-1.2 */
/* A segment of an index, damaged in any way: opened without its checksums, read from end to end,
 * merged, searched. */
#include "search/builder.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_postings(const Segment *segment, const Term *term)
{
    PostingReader reader;

    postings_open(&reader, segment, term);
    while (postings_next(&reader))
        for (uint32_t i = 0; i < reader.count; i++)
            if (reader.items[i].doc >= segment->doc_count)
                abort();
    postings_open(&reader, segment, term);
    for (uint32_t doc = 0; doc < segment->doc_count; doc += 1 + segment->doc_count / 4)
        if (!postings_next_from(&reader, doc))
            break;
}

static void read_terms(const Segment *segment)
{
    LexiconCursor cursor;

    for (bool more = lexicon_first(&cursor, segment); more; more = lexicon_next(&cursor)) {
        Bytes bytes = {cursor.term.bytes, cursor.term.bytes + cursor.term.size, false};
        Str compound;
        Term term;

        lexicon_find(segment, TERM_STEM, cursor_text(&cursor), &term);
        if (cursor_kind(&cursor) == TERM_PART)
            while (part_next(&bytes, &compound))
                ;
        else
            read_postings(segment, &cursor.term);
    }
}

static void merge(Segment *segment)
{
    MergeInput inputs[2] = {{.segment = segment}, {.segment = segment}};
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    FILE *spool = tmpfile();
    Err err = {0};

    if (out && spool)
        merge_write(inputs, 2, NULL, NULL, out, spool, &err);
    fclose(out);
    fclose(spool);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Err err = {0};
    Segment *segment = segment_open_unchecked(data, size, &err);
    uint32_t doc;

    if (!segment)
        return 0;
    segment_find_id(segment, 7, &doc);
    for (uint32_t i = 0; i < segment->doc_count; i++)
        segment_mark(segment, i);
    read_terms(segment);
    merge(segment);
    segment_release(segment);
    return 0;
}
