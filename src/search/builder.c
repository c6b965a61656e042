/* SPDX-License-Identifier: EUPL-1.2 */
/* Documents in memory: a table of terms, and a record for each term of each document. Sorted when
 * they are written. */
#include "search/builder.h"

#include "base/buf.h"
#include "base/vec.h"

#include <assert.h>
#include <stdlib.h>

/* A term of the table. A TERM_KNOWN knows the terms that its word stands for, so that a word is
 * stemmed once. */
typedef struct Slot {
    Str key;              /* kind, text */
    uint32_t last_doc;    /* + 1; the newest document that has it */
    uint32_t last_record; /* of that document */
    uint32_t count;       /* documents */
    uint32_t stem, word;  /* slots + 1 */
    unsigned char flags;  /* KNOWN_… */
    bool alive;           /* in a document that is written */
    Str written;
} Slot;

typedef struct Record {
    uint32_t slot, doc;
    Counts counts;
} Record;

typedef struct Doc {
    int64_t id, order;
    Str mark;
    uint32_t lengths[SEARCH_FIELDS_MAX];
    bool gone;
    uint32_t number; /* in the segment */
} Doc;

struct Builder {
    Arena *arena;
    const SearchField *fields;
    size_t field_count;
    struct {
        Slot *items;
        size_t count, capacity;
    } slots;
    uint32_t *buckets; /* slot + 1 */
    size_t bucket_count;
    struct {
        Record *items;
        size_t count, capacity;
    } records;
    struct {
        Doc *items;
        size_t count, capacity;
    } docs;
    struct {
        int64_t *items;
        size_t count, capacity;
    } ids;
    size_t doc_count; /* that are not gone, when being written */
    uint32_t *order;  /* documents by number, then */
    StemKnown *known;
    void *known_context;
};

Builder *builder_create(const SearchField *fields, size_t field_count)
{
    Arena *arena = arena_create(64 * 1024);
    Builder *builder = arena_new(arena, Builder);

    builder->arena = arena;
    builder->fields = fields;
    builder->field_count = field_count;
    builder->bucket_count = 1024;
    builder->buckets = arena_array(arena, uint32_t, builder->bucket_count);
    return builder;
}

void builder_destroy(Builder *builder)
{
    if (builder)
        arena_destroy(builder->arena);
}

size_t builder_count(const Builder *builder)
{
    return builder->ids.count;
}

size_t builder_bytes(const Builder *builder)
{
    return arena_used(builder->arena);
}

const int64_t *builder_ids(const Builder *builder, size_t *count)
{
    *count = builder->ids.count;
    return builder->ids.items;
}

/* --- The table -------------------------------------------------------------------------------- */

static void grow_buckets(Builder *builder)
{
    size_t count = builder->bucket_count * 4;
    uint32_t *buckets = arena_array(builder->arena, uint32_t, count);

    for (size_t i = 0; i < builder->slots.count; i++) {
        size_t at = (size_t)str_hash(builder->slots.items[i].key) & (count - 1);

        while (buckets[at])
            at = (at + 1) & (count - 1);
        buckets[at] = (uint32_t)i + 1;
    }
    builder->buckets = buckets;
    builder->bucket_count = count;
}

/* The bucket of this key; empty when it is not there. */
static uint32_t *bucket_of(const Builder *builder, enum TermKind kind, Str text)
{
    char bytes[TERM_MAX];
    Str key = {bytes, text.len + 1};

    assert(text.len <= WORD_MAX);
    bytes[0] = (char)kind;
    memcpy(bytes + 1, text.ptr, text.len);
    size_t at = (size_t)str_hash(key) & (builder->bucket_count - 1);

    while (builder->buckets[at] && !str_eq(builder->slots.items[builder->buckets[at] - 1].key, key))
        at = (at + 1) & (builder->bucket_count - 1);
    return &builder->buckets[at];
}

/* Slot + 1; made when missing. */
static uint32_t slot_of(Builder *builder, enum TermKind kind, Str text)
{
    uint32_t *bucket = bucket_of(builder, kind, text);

    if (*bucket)
        return *bucket;
    char *key = arena_alloc_raw(builder->arena, text.len + 1);
    Slot slot = {.key = {key, text.len + 1}};

    key[0] = (char)kind;
    memcpy(key + 1, text.ptr, text.len);
    VEC_PUSH(builder->arena, &builder->slots, slot);
    uint32_t number = (uint32_t)builder->slots.count;
    *bucket = number;
    if (builder->slots.count * 2 > builder->bucket_count)
        grow_buckets(builder);
    return number;
}

static void record(Builder *builder, uint32_t slot_number, uint32_t doc, size_t field)
{
    Slot *slot = &builder->slots.items[slot_number - 1];

    if (slot->last_doc != doc + 1) {
        Record new = {.slot = slot_number - 1, .doc = doc};

        slot->last_doc = doc + 1;
        slot->last_record = (uint32_t)builder->records.count;
        slot->count++;
        VEC_PUSH(builder->arena, &builder->records, new);
    }
    uint8_t *count = &builder->records.items[slot->last_record].counts.in_field[field];

    if (*count < UINT8_MAX)
        (*count)++;
}

/* A word without digits: known, and there by its stem or as it is. */
static void add_known(Builder *builder, const Word *word, uint32_t doc, size_t field, bool exact)
{
    uint32_t number = slot_of(builder, TERM_KNOWN, word_str(word));
    Slot *known = &builder->slots.items[number - 1];
    uint32_t *target = exact ? &known->word : &known->stem;

    if (known->last_doc != doc + 1) {
        known->last_doc = doc + 1;
        known->count++;
    }
    if (!known->written.ptr)
        known->written = str_eq(word->written, word_str(word))
                             ? STR("")
                             : str_copy(builder->arena, word->written);
    known->flags |= exact ? KNOWN_EXACT : KNOWN_IN_TEXT;
    if (!*target) {
        char stem[WORD_MAX];
        Str text = exact ? word_str(word) : (Str){stem, word_stem(word_str(word), stem)};
        uint32_t made = slot_of(builder, exact ? TERM_WORD : TERM_STEM, text);

        known = &builder->slots.items[number - 1]; /* the table may have moved */
        target = exact ? &known->word : &known->stem;
        *target = made;
    }
    record(builder, *target, doc, field);
}

static void add_field(Builder *builder, uint32_t doc, size_t field, Str text)
{
    bool exact = builder->fields[field].exact;
    WordReader reader = word_reader(text, exact);
    Word word;

    while (word_next(&reader, &word)) {
        if (word.digits || word.joined) {
            record(builder, slot_of(builder, TERM_WORD, word_str(&word)), doc, field);
        } else {
            add_known(builder, &word, doc, field, exact);
        }
        if (!word.joined)
            builder->docs.items[doc].lengths[field]++;
    }
}

void builder_put(Builder *builder, const SearchDocument *document)
{
    Doc doc = {.id = document->id,
               .order = document->order,
               .mark = str_copy(builder->arena, document->marks)};
    uint32_t number = (uint32_t)builder->docs.count;

    VEC_PUSH(builder->arena, &builder->docs, doc);
    VEC_PUSH(builder->arena, &builder->ids, document->id);
    for (size_t i = 0; i < builder->field_count; i++)
        if (document->texts[i].ptr)
            add_field(builder, number, i, document->texts[i]);
}

/* A document that stands for the absence of those before it. */
void builder_remove(Builder *builder, int64_t id)
{
    Doc doc = {.id = id, .gone = true};

    VEC_PUSH(builder->arena, &builder->docs, doc);
    VEC_PUSH(builder->arena, &builder->ids, id);
}

/* --- Writing ---------------------------------------------------------------------------------- */

static int compare_docs(const void *a, const void *b, void *context)
{
    const Doc *docs = context;
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

    if (docs[left].id != docs[right].id)
        return docs[left].id < docs[right].id ? -1 : 1;
    return left < right ? -1 : 1;
}

/* Number the documents by id; of several with one id the last counts. */
static void number_docs(Builder *builder)
{
    size_t count = builder->docs.count;
    Doc *docs = builder->docs.items;
    uint32_t *sorted = arena_array(builder->arena, uint32_t, count);
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        sorted[i] = (uint32_t)i;
    qsort_r(sorted, count, sizeof *sorted, compare_docs, docs);
    for (size_t i = 0; i < count; i++) {
        Doc *doc = &docs[sorted[i]];

        if (i + 1 < count && docs[sorted[i + 1]].id == doc->id)
            doc->gone = true;
        if (!doc->gone) {
            doc->number = (uint32_t)kept;
            sorted[kept++] = sorted[i];
        }
    }
    builder->doc_count = kept;
    builder->order = sorted;
}

static void doc_at(void *context, uint32_t number, SegmentDoc *out)
{
    const Builder *builder = context;
    const Doc *doc = &builder->docs.items[builder->order[number]];

    out->id = doc->id;
    out->order = doc->order;
    out->mark = doc->mark;
    for (size_t i = 0; i < builder->field_count; i++)
        out->lengths[i] = length_code(doc->lengths[i]);
}

static void write_docs(Builder *builder, SegmentWriter *writer)
{
    uint64_t sums[SEARCH_FIELDS_MAX] = {0};

    for (size_t i = 0; i < builder->doc_count; i++)
        for (size_t f = 0; f < builder->field_count; f++)
            sums[f] += builder->docs.items[builder->order[i]].lengths[f];
    segment_write_docs(writer, (uint32_t)builder->doc_count, doc_at, builder, sums);
}

static int compare_slots(const void *a, const void *b, void *context)
{
    const Slot *slots = context;

    return str_compare(slots[*(const uint32_t *)a].key, slots[*(const uint32_t *)b].key);
}

static int compare_postings(const void *a, const void *b)
{
    const Posting *left = a, *right = b;

    return left->doc < right->doc ? -1 : left->doc > right->doc;
}

/* The records of each slot side by side: first[slot] … first[slot + 1]. */
static Posting *group_records(Builder *builder, uint32_t *first)
{
    size_t slots = builder->slots.count;
    Posting *grouped = arena_array(builder->arena, Posting, builder->records.count);
    uint32_t at = 0;

    for (size_t i = 0; i < builder->records.count; i++)
        first[builder->records.items[i].slot]++;
    for (size_t i = 0; i <= slots; i++) {
        uint32_t count = first[i];

        first[i] = at;
        at += count;
    }
    for (size_t i = 0; i < builder->records.count; i++) {
        const Record *r = &builder->records.items[i];
        const Doc *doc = &builder->docs.items[r->doc];
        Slot *slot = &builder->slots.items[r->slot];

        slot->alive = slot->alive || !doc->gone;
        grouped[first[r->slot]++] =
            (Posting){.doc = doc->gone ? UINT32_MAX : doc->number, .counts = r->counts};
    }
    for (size_t i = slots; i > 0; i--)
        first[i] = first[i - 1];
    first[0] = 0;
    return grouped;
}

static void write_postings(SegmentWriter *writer, const Slot *slot, Posting *postings, size_t count)
{
    bool sorted = true;

    for (size_t i = 1; i < count; i++)
        sorted = sorted && postings[i - 1].doc < postings[i].doc;
    if (!sorted)
        qsort(postings, count, sizeof *postings, compare_postings);
    for (size_t i = 0; i < count && postings[i].doc != UINT32_MAX; i++)
        segment_write_posting(writer, &postings[i]);
    segment_end_term(writer, (enum TermKind)slot->key.ptr[0],
                     str_slice(slot->key, 1, slot->key.len));
}

static void write_known(Builder *builder, SegmentWriter *writer, const Slot *slot)
{
    char flags = (char)slot->flags;
    Buf bytes = buf_in(builder->arena);

    buf_add_char(&bytes, flags);
    buf_add(&bytes, slot->written);
    segment_write_term(writer, TERM_KNOWN, str_slice(slot->key, 1, slot->key.len), slot->count,
                       buf_str(&bytes));
}

static bool is_alive(const Builder *builder, const Slot *known)
{
    const Slot *slots = builder->slots.items;

    return (known->stem && slots[known->stem - 1].alive) ||
           (known->word && slots[known->word - 1].alive);
}

static bool stem_known(void *context, Str stem)
{
    const Builder *builder = context;

    return *bucket_of(builder, TERM_STEM, stem) ||
           (builder->known && builder->known(builder->known_context, stem));
}

static void write_terms(Builder *builder, SegmentWriter *writer)
{
    size_t count = builder->slots.count;
    uint32_t *sorted = arena_array(builder->arena, uint32_t, count);
    uint32_t *first = arena_array(builder->arena, uint32_t, count + 1);
    Posting *postings = group_records(builder, first);
    PartMap *parts = part_map_create();

    for (size_t i = 0; i < count; i++)
        sorted[i] = (uint32_t)i;
    qsort_r(sorted, count, sizeof *sorted, compare_slots, builder->slots.items);
    for (size_t i = 0; i < count; i++) {
        const Slot *slot = &builder->slots.items[sorted[i]];

        if (slot->key.ptr[0] == TERM_KNOWN) {
            if (!is_alive(builder, slot))
                continue;
            write_known(builder, writer, slot);
            if (slot->flags & KNOWN_IN_TEXT)
                part_map_add(parts, str_slice(slot->key, 1, slot->key.len), stem_known, builder);
        } else {
            write_postings(writer, slot, postings + first[sorted[i]],
                           first[sorted[i] + 1] - first[sorted[i]]);
        }
    }
    part_map_write(parts, writer);
}

bool builder_write(Builder *builder, StemKnown *known, void *context, FILE *out, FILE *spool,
                   Err *err)
{
    SegmentWriter *writer = segment_writer_begin(out, spool, (uint32_t)builder->field_count);

    builder->known = known;
    builder->known_context = context;
    number_docs(builder);
    write_docs(builder, writer);
    write_terms(builder, writer);
    return segment_writer_end(writer, err);
}
