/* SPDX-License-Identifier: EUPL-1.2 */
/* Clause by clause over all documents: what a clause finds in a document is added up (BM25F: counts
 * weighed by field and by the field's length first, saturated then), and turned into a score when
 * all its lists are read. Where all words are demanded the rarest comes first, and blocks of
 * postings without a document that is still in question are passed over. */
#include "search/query.h"

#include "base/vec.h"

#include <math.h>
#include <stdlib.h>

static const float K1 = 4;
static const float B = 0.85f;
enum {
    SPARSE = 16, /* postings per document in question, from which on blocks are passed over */
};

typedef struct DocList {
    uint32_t *items;
    size_t count, capacity;
} DocList;

typedef struct Evaluation {
    const Plan *plan;
    Scratch *scratch;
    Arena *arena;
    float (*norms)[SEARCH_FIELDS_MAX][256]; /* weight of one word, by field and length code */
    DocList touched;                        /* by the clause at hand */
    DocList hits;
    DocList dirty;     /* whose scratch must be zeroed */
    unsigned required; /* clauses so far */
} Evaluation;

/* --- Preparation ------------------------------------------------------------------------------ */

static void prepare_norms(Evaluation *evaluation)
{
    const Plan *plan = evaluation->plan;
    const View *view = plan->view;

    evaluation->norms = arena_alloc(evaluation->arena, sizeof *evaluation->norms);
    for (size_t f = 0; f < plan->search->field_count; f++) {
        uint64_t sum = 0;
        float weight = plan->query->no_field_weights ? 1 : plan->search->fields[f].weight;

        for (size_t i = 0; i < view->count; i++)
            sum += view->items[i].segment->length_sums[f];
        float average = view->doc_count ? (float)sum / (float)view->doc_count : 0;

        for (unsigned code = 0; code < 256; code++) {
            float ratio = average > 0 ? (float)length_of_code((uint8_t)code) / average : 1;

            (*evaluation->norms)[f][code] = weight / (1 - B + B * ratio);
        }
    }
}

/* --- A list ----------------------------------------------------------------------------------- */

static void push(Evaluation *evaluation, DocList *list, uint32_t doc)
{
    VEC_PUSH(evaluation->arena, list, doc);
}

static void add_posting(Evaluation *evaluation, const ClauseList *list, const ViewSegment *item,
                        const Posting *posting, bool in_question)
{
    const Segment *segment = item->segment;
    Scratch *scratch = evaluation->scratch;
    uint32_t doc = posting->doc;
    uint32_t all = item->base + doc;
    const uint8_t *allowed = evaluation->plan->allowed[list->segment];
    float count = 0;

    if (in_question && scratch->matched[all] < evaluation->required)
        return;
    if (removed_has(item->removed, doc) || (allowed && !allowed[segment_mark(segment, doc)]))
        return;
    for (uint32_t f = 0; f < segment->field_count; f++)
        if (posting->counts.in_field[f]) {
            uint8_t length = segment->lengths[(size_t)f * segment->doc_count + doc];

            count += (float)posting->counts.in_field[f] * (*evaluation->norms)[f][length];
        }
    if (count <= 0)
        return;
    if (scratch->now[all] == 0)
        push(evaluation, &evaluation->touched, all);
    scratch->now[all] += count * list->weight;
    scratch->whole_now[all] |= list->whole;
}

/* `hits` (sorted) are the only documents in question, or NULL. */
static void add_list(Evaluation *evaluation, const ClauseList *list, const DocList *hits,
                     bool in_question)
{
    const ViewSegment *item = &evaluation->plan->view->items[list->segment];
    PostingReader reader;
    size_t at = 0;
    bool sparse = hits && hits->count < list->term.count / SPARSE;

    postings_open(&reader, item->segment, &list->term);
    for (;;) {
        if (sparse) {
            uint32_t from = reader.count ? item->base + reader.next : item->base;

            while (at < hits->count && hits->items[at] < from)
                at++;
            if (at == hits->count || hits->items[at] - item->base >= item->segment->doc_count ||
                !postings_next_from(&reader, hits->items[at] - item->base))
                return;
        } else if (!postings_next(&reader)) {
            return;
        }
        for (uint32_t i = 0; i < reader.count; i++)
            add_posting(evaluation, list, item, &reader.items[i], in_question);
    }
}

/* --- A clause --------------------------------------------------------------------------------- */

static int compare_docs(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

    return left < right ? -1 : left > right;
}

static float clause_idf(const Evaluation *evaluation, size_t found)
{
    float all = (float)evaluation->plan->view->doc_count;
    float n = (float)found;

    return logf(1 + (all - n + 0.5f) / (n + 0.5f));
}

/* Add the clause's part to each document's score; new ones are hits if hits may still come. */
static void score_touched(Evaluation *evaluation, const Clause *clause, bool may_begin,
                          bool required)
{
    Scratch *scratch = evaluation->scratch;
    float rare = clause_idf(evaluation, evaluation->touched.count);
    /* A little steeper than BM25 has it: questions have many words, and the rarest says what they
     * are about (bench_search_quality: +.003, with a slip +.013). */
    float idf = rare * sqrtf(rare) * clause->weight;

    for (size_t i = 0; i < evaluation->touched.count; i++) {
        uint32_t doc = evaluation->touched.items[i];
        float count = scratch->now[doc];
        float gain = idf * count * (K1 + 1) / (count + K1);

        scratch->now[doc] = 0;
        if (scratch->score[doc] == 0) {
            push(evaluation, &evaluation->dirty, doc);
            if (may_begin)
                push(evaluation, &evaluation->hits, doc);
        }
        scratch->score[doc] += gain;
        scratch->matched[doc] = (uint8_t)(scratch->matched[doc] + required);
        scratch->whole[doc] = (uint8_t)(scratch->whole[doc] + scratch->whole_now[doc]);
        scratch->whole_now[doc] = 0;
    }
    evaluation->touched.count = 0;
}

static void keep_matched(Evaluation *evaluation)
{
    size_t kept = 0;

    for (size_t i = 0; i < evaluation->hits.count; i++)
        if (evaluation->scratch->matched[evaluation->hits.items[i]] == evaluation->required)
            evaluation->hits.items[kept++] = evaluation->hits.items[i];
    evaluation->hits.count = kept;
}

static void evaluate_clause(Evaluation *evaluation, const Clause *clause, bool demanding)
{
    bool in_question = demanding && evaluation->required > 0;
    const DocList *sorted = NULL;

    if (in_question && evaluation->hits.count < clause->postings / SPARSE) {
        if (evaluation->hits.count)
            qsort(evaluation->hits.items, evaluation->hits.count, sizeof *evaluation->hits.items,
                  compare_docs);
        sorted = &evaluation->hits;
    }
    for (size_t i = 0; i < clause->count; i++)
        add_list(evaluation, &clause->items[i], sorted, in_question);
    score_touched(evaluation, clause, !in_question, clause->required);
    if (clause->required) {
        evaluation->required++;
        keep_matched(evaluation);
    }
}

/* Required clauses first, the rarest of them first. */
static int compare_clauses(const void *a, const void *b)
{
    const Clause *left = *(const Clause *const *)a, *right = *(const Clause *const *)b;

    if (left->required != right->required)
        return left->required ? -1 : 1;
    return left->postings < right->postings ? -1 : left->postings > right->postings;
}

static void evaluate_clauses(Evaluation *evaluation)
{
    const Plan *plan = evaluation->plan;
    const Clause *order[SEARCH_WORDS_MAX * 2];
    bool demanding = false;

    for (size_t i = 0; i < plan->clause_count; i++) {
        order[i] = &plan->clauses[i];
        demanding = demanding || plan->clauses[i].required;
    }
    if (demanding)
        qsort(order, plan->clause_count, sizeof *order, compare_clauses);
    for (size_t i = 0; i < plan->clause_count; i++)
        evaluate_clause(evaluation, order[i], demanding);
}

/* --- The best --------------------------------------------------------------------------------- */

typedef struct Ranked {
    uint32_t doc; /* among all */
    float score;
    bool whole;
    int64_t order, id;
} Ranked;

static const ViewSegment *segment_of(const View *view, uint32_t doc)
{
    size_t low = 0, high = view->count;

    while (low + 1 < high) {
        size_t middle = (low + high) / 2;

        if (view->items[middle].base <= doc)
            low = middle;
        else
            high = middle;
    }
    return &view->items[low];
}

/* Is `a` before `b`? */
static bool before(const Ranked *a, const Ranked *b, SearchOrder order)
{
    if (order == SEARCH_BY_RELEVANCE && a->score != b->score)
        return a->score > b->score;
    if (order == SEARCH_NEWEST_FIRST && a->whole != b->whole)
        return a->whole;
    if (a->order != b->order)
        return a->order > b->order;
    return a->id > b->id;
}

/* A heap with the worst on top. */
static void sift_down(Ranked *heap, size_t count, size_t at, SearchOrder order)
{
    for (;;) {
        size_t child = at * 2 + 1;

        if (child >= count)
            return;
        if (child + 1 < count && before(&heap[child], &heap[child + 1], order))
            child++;
        if (!before(&heap[at], &heap[child], order))
            return;
        Ranked swap = heap[at];
        heap[at] = heap[child];
        heap[child] = swap;
        at = child;
    }
}

static void sift_up(Ranked *heap, size_t at, SearchOrder order)
{
    while (at > 0 && before(&heap[(at - 1) / 2], &heap[at], order)) {
        Ranked swap = heap[at];
        heap[at] = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = swap;
        at = (at - 1) / 2;
    }
}

/* Take the worst off the top again and again, to the end of the array: the best first. */
static void sort_heap(Ranked *heap, size_t count, SearchOrder order)
{
    while (count > 1) {
        Ranked swap = heap[0];

        heap[0] = heap[--count];
        heap[count] = swap;
        sift_down(heap, count, 0, order);
    }
}

static Ranked rank(const Evaluation *evaluation, uint32_t doc, unsigned words)
{
    const ViewSegment *item = segment_of(evaluation->plan->view, doc);

    return (Ranked){.doc = doc,
                    .score = evaluation->scratch->score[doc],
                    .whole = evaluation->scratch->whole[doc] >= words,
                    .order = segment_order(item->segment, doc - item->base),
                    .id = segment_id(item->segment, doc - item->base)};
}

/* Clauses that a document must hold whole to count as holding each word. */
static unsigned whole_words(const Plan *plan)
{
    unsigned words = 0;

    for (size_t i = 0; i < plan->clause_count; i++)
        words += plan->query->all_words ? plan->clauses[i].required : plan->clauses[i].weight == 1;
    return words;
}

static Ranked *find_best(Evaluation *evaluation, size_t most, size_t *count)
{
    SearchOrder order = evaluation->plan->query->order;
    unsigned words = whole_words(evaluation->plan);
    size_t hits = evaluation->hits.count;
    Ranked *heap = arena_array(evaluation->arena, Ranked, most < hits ? most : hits);

    *count = 0;
    for (size_t i = 0; i < hits && most > 0; i++) {
        Ranked ranked = rank(evaluation, evaluation->hits.items[i], words);

        if (*count < most) {
            heap[*count] = ranked;
            sift_up(heap, (*count)++, order);
        } else if (before(&ranked, &heap[0], order)) {
            heap[0] = ranked;
            sift_down(heap, *count, 0, order);
        }
    }
    sort_heap(heap, *count, order);
    return heap;
}

/* --- The answer ------------------------------------------------------------------------------- */

static bool holds(const Plan *plan, const Clause *clause, uint32_t doc)
{
    for (size_t i = 0; i < clause->count; i++) {
        const ViewSegment *item = &plan->view->items[clause->items[i].segment];
        PostingReader reader;

        if (doc < item->base || doc - item->base >= item->segment->doc_count)
            continue;
        postings_open(&reader, item->segment, &clause->items[i].term);
        if (!postings_next_from(&reader, doc - item->base))
            continue;
        for (uint32_t k = 0; k < reader.count; k++)
            if (reader.items[k].doc == doc - item->base)
                return true;
    }
    return false;
}

/* Parts of compounds are left out: they repeat the word that they are part of. */
static float found_share(const Evaluation *evaluation, uint32_t doc)
{
    const Plan *plan = evaluation->plan;
    float all = 0, found = 0;

    for (size_t i = 0; i < plan->clause_count; i++) {
        const Clause *clause = &plan->clauses[i];
        float weight = clause->weight * clause_idf(evaluation, clause->postings);

        all += weight;
        if (holds(plan, clause, doc))
            found += weight;
    }
    return all > 0 ? found / all : 0;
}

static void clean(Evaluation *evaluation)
{
    Scratch *scratch = evaluation->scratch;

    for (size_t i = 0; i < evaluation->dirty.count; i++) {
        uint32_t doc = evaluation->dirty.items[i];

        scratch->score[doc] = 0;
        scratch->matched[doc] = scratch->whole[doc] = 0;
    }
}

void plan_evaluate(const Plan *plan, Scratch *scratch, SearchAnswer *out)
{
    Evaluation evaluation = {.plan = plan, .scratch = scratch, .arena = arena_create(64 * 1024)};
    const SearchQuery *query = plan->query;
    size_t count;

    prepare_norms(&evaluation);
    evaluate_clauses(&evaluation);
    Ranked *best = find_best(&evaluation, query->offset + query->limit, &count);

    out->total = evaluation.hits.count;
    out->count = count > query->offset ? count - query->offset : 0;
    out->hits = arena_array(plan->arena, SearchHit, out->count);
    for (size_t i = 0; i < out->count; i++) {
        const Ranked *ranked = &best[query->offset + i];

        out->hits[i] = (SearchHit){ranked->id, ranked->score, ranked->whole};
    }
    if (count > 0)
        out->share = found_share(&evaluation, best[0].doc);
    clean(&evaluation);
    arena_destroy(evaluation.arena);
}

void search_find(Search *search, const SearchQuery *query, Arena *arena, SearchAnswer *out)
{
    View *view = view_hold(search);
    Scratch *scratch = scratch_take(search, view->doc_count);
    Plan *plan = arena_new(arena, Plan);

    *out = (SearchAnswer){0};
    *plan = (Plan){.arena = arena, .view = view, .search = search, .query = query};
    plan_make(plan);
    plan_evaluate(plan, scratch, out);
    out->corrections = plan->corrections.items;
    out->correction_count = plan->corrections.count;
    scratch_give(search, scratch);
    view_release(view);
}

size_t search_words(Str text, Arena *arena, Str **out)
{
    struct {
        Str *items;
        size_t count, capacity;
    } list = {0};
    WordReader reader = word_reader(text, false);
    Word word;

    while (word_next(&reader, &word))
        VEC_PUSH(arena, &list, str_copy(arena, word_str(&word)));
    *out = list.items;
    return list.count;
}
