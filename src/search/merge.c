/* SPDX-License-Identifier: EUPL-1.2 */
/* Several segments become one, term by term. Memory: four bytes per document, a block of postings
 * per segment, and the compounds; not the segments' size. */
#include "search/builder.h"

#include "base/buf.h"

#include <stdlib.h>

typedef struct Source {
    MergeInput input;
    uint32_t *numbers; /* in the new segment; UINT32_MAX: removed */
    LexiconCursor cursor;
    bool more;            /* the cursor stands at a term */
    PostingReader reader; /* of the term being merged */
    uint32_t at;          /* in the reader's block */
    bool reading;
} Source;

typedef struct Merge {
    Source sources[MERGE_MAX];
    size_t count;
    uint32_t doc_count;
    uint32_t *from; /* of each new document: source */
    uint32_t *old;  /* and its number there */
    SegmentWriter *writer;
    PartMap *parts;
    StemKnown *known;
    void *known_context;
} Merge;

static bool is_removed(const MergeInput *input, uint32_t doc)
{
    return input->removed && input->removed[doc / 8] >> doc % 8 & 1;
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);

    if (!memory)
        abort();
    return memory;
}

/* --- Documents -------------------------------------------------------------------------------- */

/* Number all documents by id, and tell from where they come. */
static void number_docs(Merge *merge)
{
    uint32_t at[MERGE_MAX] = {0};
    size_t all = 0;

    for (size_t i = 0; i < merge->count; i++) {
        Source *source = &merge->sources[i];
        uint32_t count = source->input.segment->doc_count;

        source->numbers = allocate(count, sizeof *source->numbers);
        all += count;
    }
    merge->from = allocate(all, sizeof *merge->from);
    merge->old = allocate(all, sizeof *merge->old);
    for (;;) {
        Source *least = NULL;

        for (size_t i = 0; i < merge->count; i++) {
            Source *source = &merge->sources[i];
            const Segment *segment = source->input.segment;

            while (at[i] < segment->doc_count && is_removed(&source->input, at[i]))
                source->numbers[at[i]++] = UINT32_MAX;
            if (at[i] < segment->doc_count &&
                (!least || segment_id(segment, at[i]) <
                               segment_id(least->input.segment, at[least - merge->sources])))
                least = source;
        }
        if (!least)
            return;
        uint32_t old = at[least - merge->sources]++;

        least->numbers[old] = merge->doc_count;
        merge->from[merge->doc_count] = (uint32_t)(least - merge->sources);
        merge->old[merge->doc_count++] = old;
    }
}

static void doc_at(void *context, uint32_t number, SegmentDoc *out)
{
    const Merge *merge = context;
    const Segment *segment = merge->sources[merge->from[number]].input.segment;
    uint32_t old = merge->old[number];

    out->id = segment_id(segment, old);
    out->order = segment_order(segment, old);
    out->mark = segment->marks[segment_mark(segment, old)];
    for (uint32_t f = 0; f < segment->field_count; f++)
        out->lengths[f] = segment->lengths[(size_t)f * segment->doc_count + old];
}

static void write_docs(Merge *merge)
{
    uint64_t sums[SEARCH_FIELDS_MAX] = {0};
    const Segment *first = merge->sources[0].input.segment;

    for (uint32_t i = 0; i < merge->doc_count; i++) {
        SegmentDoc doc = {0};

        doc_at(merge, i, &doc);
        for (uint32_t f = 0; f < first->field_count; f++)
            sums[f] += length_of_code(doc.lengths[f]);
    }
    segment_write_docs(merge->writer, merge->doc_count, doc_at, merge, sums);
}

/* --- Terms ------------------------------------------------------------------------------------ */

/* The next posting of a document that stays; false at the term's end. */
static bool source_posting(Source *source, Posting *out)
{
    for (;;) {
        if (source->at >= source->reader.count) {
            source->at = 0;
            if (!postings_next(&source->reader))
                return false;
        }
        *out = source->reader.items[source->at++];
        out->doc = source->numbers[out->doc];
        if (out->doc != UINT32_MAX)
            return true;
    }
}

/* Merge the postings of the sources that `have` the term. */
static void merge_postings(Merge *merge, const bool *have)
{
    Posting next[MERGE_MAX];
    bool more[MERGE_MAX] = {false};

    for (size_t i = 0; i < merge->count; i++) {
        Source *source = &merge->sources[i];

        more[i] = false;
        if (!have[i])
            continue;
        postings_open(&source->reader, source->input.segment, &source->cursor.term);
        source->at = 0;
        more[i] = source_posting(source, &next[i]);
    }
    for (;;) {
        size_t least = MERGE_MAX;

        for (size_t i = 0; i < merge->count; i++)
            if (more[i] && (least == MERGE_MAX || next[i].doc < next[least].doc))
                least = i;
        if (least == MERGE_MAX)
            return;
        segment_write_posting(merge->writer, &next[least]);
        more[least] = source_posting(&merge->sources[least], &next[least]);
    }
}

/* Is the term in a document that stays? */
static bool term_stays(const Merge *merge, enum TermKind kind, Str text)
{
    for (size_t i = 0; i < merge->count; i++) {
        const MergeInput *input = &merge->sources[i].input;
        PostingReader reader;
        Term term;

        if (!lexicon_find(input->segment, kind, text, &term))
            continue;
        if (!input->removed)
            return true;
        postings_open(&reader, input->segment, &term);
        while (postings_next(&reader))
            for (uint32_t k = 0; k < reader.count; k++)
                if (!is_removed(input, reader.items[k].doc))
                    return true;
    }
    return false;
}

static bool stem_known(void *context, Str stem)
{
    const Merge *merge = context;
    Term term;

    for (size_t i = 0; i < merge->count; i++)
        if (lexicon_find(merge->sources[i].input.segment, TERM_STEM, stem, &term))
            return true;
    return merge->known && merge->known(merge->known_context, stem);
}

/* What erasure takes away must not stay behind as a word to be proposed. */
static void merge_known(Merge *merge, const bool *have, Str text)
{
    uint64_t count = 0;
    uint8_t bytes[1 + 4 * WORD_MAX];
    size_t len = 1;
    char stem[WORD_MAX];

    bytes[0] = 0;
    for (size_t i = 0; i < merge->count; i++) {
        const Term *term = &merge->sources[i].cursor.term;

        if (!have[i] || term->size == 0 || term->size > sizeof bytes)
            continue;
        count += term->count;
        bytes[0] |= term->bytes[0];
        if (len == 1) {
            len = term->size;
            memcpy(bytes + 1, term->bytes + 1, len - 1);
        }
    }
    Str stemmed = {stem, word_stem(text, stem)};
    bool stays = ((bytes[0] & KNOWN_IN_TEXT) && term_stays(merge, TERM_STEM, stemmed)) ||
                 ((bytes[0] & KNOWN_EXACT) && term_stays(merge, TERM_WORD, text));

    if (!stays)
        return;
    segment_write_term(merge->writer, TERM_KNOWN, text,
                       count > UINT32_MAX ? UINT32_MAX : (uint32_t)count,
                       (Str){(const char *)bytes, len});
    if (bytes[0] & KNOWN_IN_TEXT)
        part_map_add(merge->parts, text, stem_known, merge);
}

static int compare_keys(const LexiconCursor *a, const LexiconCursor *b)
{
    return str_compare((Str){(const char *)a->key, a->key_len},
                       (Str){(const char *)b->key, b->key_len});
}

/* Each term once, with the sources that have it. */
static void merge_terms(Merge *merge)
{
    for (size_t i = 0; i < merge->count; i++)
        merge->sources[i].more =
            lexicon_first(&merge->sources[i].cursor, merge->sources[i].input.segment);
    for (;;) {
        const LexiconCursor *least = NULL;
        bool have[MERGE_MAX] = {0};

        for (size_t i = 0; i < merge->count; i++) {
            const Source *source = &merge->sources[i];

            if (source->more && (!least || compare_keys(&source->cursor, least) < 0))
                least = &source->cursor;
        }
        if (!least || cursor_kind(least) >= TERM_PART)
            return; /* parts are found anew */
        LexiconCursor term = *least;

        for (size_t i = 0; i < merge->count; i++)
            have[i] = merge->sources[i].more && compare_keys(&merge->sources[i].cursor, &term) == 0;
        if (cursor_kind(&term) == TERM_KNOWN) {
            merge_known(merge, have, cursor_text(&term));
        } else {
            merge_postings(merge, have);
            segment_end_term(merge->writer, (enum TermKind)cursor_kind(&term), cursor_text(&term));
        }
        for (size_t i = 0; i < merge->count; i++)
            if (have[i])
                merge->sources[i].more = lexicon_next(&merge->sources[i].cursor);
    }
}

bool merge_write(const MergeInput *inputs, size_t count, StemKnown *known, void *context, FILE *out,
                 FILE *spool, Err *err)
{
    Merge *merge = allocate(1, sizeof *merge);

    merge->count = count;
    for (size_t i = 0; i < count; i++)
        merge->sources[i].input = inputs[i];
    merge->known = known;
    merge->known_context = context;
    merge->writer = segment_writer_begin(out, spool, inputs[0].segment->field_count);
    merge->parts = part_map_create();
    number_docs(merge);
    write_docs(merge);
    merge_terms(merge);
    part_map_write(merge->parts, merge->writer);
    for (size_t i = 0; i < count; i++)
        free(merge->sources[i].numbers);
    free(merge->from);
    free(merge->old);
    bool ok = segment_writer_end(merge->writer, err);

    free(merge);
    return ok;
}
