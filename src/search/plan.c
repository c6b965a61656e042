/* SPDX-License-Identifier: EUPL-1.2 */
/* From the typed words to lists of postings. */
#include "search/query.h"

#include "base/vec.h"

#include <stdlib.h>

/* What a list counts for that is not the word itself (found by trying on real questions, see
 * bench/search_quality.c): */
static const float COMPOUND_WEIGHT = 0.35f;      /* a compound that the word is part of */
static const float PART_WEIGHT = 0.8f;           /* a part of the word, as a clause of its own */
static const float PART_COMPOUND_WEIGHT = 0.25f; /* and another compound with this part */
static const float BEGINNING_WEIGHT = 0.4f;      /* a longer word */
enum { STEMS_MAX = 4096, CORRECTIONS_MAX = 3 };

static void add_list(Plan *plan, Clause *clause, size_t segment, const Term *term, float weight,
                     bool whole)
{
    ClauseList list = {(uint32_t)segment, *term, weight, whole};

    VEC_PUSH(plan->arena, clause, list);
    clause->postings += term->count;
}

static void add_term(Plan *plan, Clause *clause, enum TermKind kind, Str text, float weight,
                     bool whole)
{
    Term term;

    for (size_t i = 0; i < plan->view->count; i++)
        if (lexicon_find(plan->view->items[i].segment, kind, text, &term))
            add_list(plan, clause, i, &term, weight, whole);
}

/* --- What the caller may see -------------------------------------------------------------------
 */

static void prepare_allowed(Plan *plan)
{
    const View *view = plan->view;
    const SearchQuery *query = plan->query;

    plan->allowed = arena_array(plan->arena, const uint8_t *, view->count + 1);
    for (size_t i = 0; query->allow && i < view->count; i++) {
        const Segment *segment = view->items[i].segment;
        uint8_t *allowed = arena_array(plan->arena, uint8_t, segment->mark_count + 1);

        for (uint32_t k = 0; k < segment->mark_count; k++)
            allowed[k] = query->allow(query->allow_context, segment->marks[k]);
        plan->allowed[i] = allowed;
    }
}

/* Is there a document in it that the caller may see? A word must not be proposed, nor count as
 * known, because it stands where the caller may not look. */
static bool is_visible(const Plan *plan, const ClauseList *list)
{
    const ViewSegment *item = &plan->view->items[list->segment];
    const uint8_t *allowed = plan->allowed[list->segment];
    PostingReader reader;

    postings_open(&reader, item->segment, &list->term);
    while (postings_next(&reader))
        for (uint32_t i = 0; i < reader.count; i++) {
            uint32_t doc = reader.items[i].doc;

            if (!removed_has(item->removed, doc) &&
                (!allowed || allowed[segment_mark(item->segment, doc)]))
                return true;
        }
    return false;
}

static bool any_visible(const Plan *plan, const Clause *clause)
{
    for (size_t i = 0; i < clause->count; i++)
        if (is_visible(plan, &clause->items[i]))
            return true;
    return false;
}

/* --- Stems, each once ------------------------------------------------------------------------- */

typedef struct StemList {
    Str *items;
    size_t count, capacity;
} StemList;

static int compare_stems(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

static void add_stems(Plan *plan, Clause *clause, StemList *stems, Str but, float weight)
{
    if (stems->count)
        qsort(stems->items, stems->count, sizeof *stems->items, compare_stems);
    for (size_t i = 0; i < stems->count; i++)
        if (!str_eq(stems->items[i], but) &&
            (i == 0 || !str_eq(stems->items[i], stems->items[i - 1])))
            add_term(plan, clause, TERM_STEM, stems->items[i], weight, false);
}

/* The compounds that a stem is part of. */
static void add_compounds(Plan *plan, Clause *clause, Str stem, float weight)
{
    StemList compounds = {0};

    for (size_t i = 0; i < plan->view->count; i++) {
        Term term;
        Str compound;

        if (!lexicon_find(plan->view->items[i].segment, TERM_PART, stem, &term))
            continue;
        Bytes bytes = {term.bytes, term.bytes + term.size, false};

        while (compounds.count < STEMS_MAX && part_next(&bytes, &compound))
            VEC_PUSH(plan->arena, &compounds, compound);
    }
    add_stems(plan, clause, &compounds, stem, weight);
}

/* --- Beginnings ------------------------------------------------------------------------------- */

static bool begins(const LexiconCursor *cursor, enum TermKind kind, Str text)
{
    Str word = cursor_text(cursor);

    return cursor_kind(cursor) == (int)kind && word.len >= text.len &&
           memcmp(word.ptr, text.ptr, text.len) == 0;
}

/* Longer words: of exact fields as they are, of others by their stems. */
static void add_longer(Plan *plan, Clause *clause, Str text, Str stem)
{
    StemList stems = {0};

    for (size_t i = 0; i < plan->view->count; i++) {
        const Segment *segment = plan->view->items[i].segment;
        LexiconCursor cursor;
        bool more = lexicon_seek(&cursor, segment, TERM_WORD, text);

        for (; more && begins(&cursor, TERM_WORD, text); more = lexicon_next(&cursor))
            if (cursor_text(&cursor).len > text.len)
                add_list(plan, clause, i, &cursor.term, BEGINNING_WEIGHT, false);
        more = lexicon_seek(&cursor, segment, TERM_KNOWN, text);
        for (; more && begins(&cursor, TERM_KNOWN, text); more = lexicon_next(&cursor)) {
            char of_word[WORD_MAX];

            if (stems.count >= STEMS_MAX || cursor.term.size == 0 ||
                !(cursor.term.bytes[0] & KNOWN_IN_TEXT))
                continue;
            Str longer = {of_word, word_stem(cursor_text(&cursor), of_word)};

            if (!stems.count || !str_eq(stems.items[stems.count - 1], longer))
                VEC_PUSH(plan->arena, &stems, str_copy(plan->arena, longer));
        }
    }
    add_stems(plan, clause, &stems, stem, BEGINNING_WEIGHT);
}

/* --- A word ----------------------------------------------------------------------------------- */

/* All lists of a word but those of its corrections. */
static void add_word(Plan *plan, Clause *clause, const Word *word, bool beginning, float weight)
{
    char stem_bytes[WORD_MAX];
    Str text = word_str(word);
    Str stem = STR("");

    add_term(plan, clause, TERM_WORD, text, weight, true);
    if (!word->digits && !word->joined) {
        stem = (Str){stem_bytes, word_stem(text, stem_bytes)};
        add_term(plan, clause, TERM_STEM, stem, weight, true);
        if (!plan->query->no_parts && stop_word_weight(text) == 1)
            add_compounds(plan, clause, stem, weight * COMPOUND_WEIGHT);
    }
    if (beginning)
        add_longer(plan, clause, text, stem);
}

static Clause *new_clause(Plan *plan, float weight, bool required)
{
    if (plan->clause_count == sizeof plan->clauses / sizeof *plan->clauses)
        return NULL;
    Clause *clause = &plan->clauses[plan->clause_count++];

    *clause = (Clause){.weight = weight, .required = required};
    return clause;
}

/* The parts of a compound as words of their own. When nobody wrote the compound itself, they are
 * what must be found. Returns how many there are. */
static size_t add_parts(Plan *plan, const Word *word, bool required)
{
    Part parts[PARTS_MAX];
    size_t count = compound_split(word_str(word), view_knows_stem, (void *)plan->view, parts);

    for (size_t i = 0; i < count; i++) {
        Clause *clause = new_clause(plan, PART_WEIGHT, required);
        Str stem = {parts[i].stem, parts[i].len};

        if (!clause)
            break;
        add_term(plan, clause, TERM_STEM, stem, 1, false);
        add_compounds(plan, clause, stem, PART_COMPOUND_WEIGHT);
    }
    return count;
}

static void add_corrections(Plan *plan, Clause *clause, const Word *word)
{
    Correction found[CORRECTIONS_MAX];
    size_t count = correct_word(plan->view, word_str(word), plan->arena, found, CORRECTIONS_MAX);

    for (size_t i = 0; i < count; i++) {
        Word other = {.len = found[i].len};
        SearchCorrection correction = {str_copy(plan->arena, word->written), found[i].written};
        Clause lists = {0};

        memcpy(other.folded, found[i].folded, found[i].len);
        add_word(plan, &lists, &other, false, clause->count == 0 ? 1 : BEGINNING_WEIGHT);
        if (!any_visible(plan, &lists))
            continue;
        for (size_t k = 0; k < lists.count; k++)
            VEC_PUSH(plan->arena, clause, lists.items[k]);
        clause->postings += lists.postings;
        VEC_PUSH(plan->arena, &plan->corrections, correction);
    }
}

static void plan_word(Plan *plan, const Word *word, bool beginning)
{
    const SearchQuery *query = plan->query;
    float weight = query->no_stop_words || word->digits ? 1 : stop_word_weight(word_str(word));
    Clause *clause = new_clause(plan, weight, query->all_words && weight == 1);

    if (!clause)
        return;
    add_word(plan, clause, word, beginning, 1);
    if (word->digits || word->joined)
        return;
    bool known = any_visible(plan, clause);
    bool required = clause->required;
    size_t parts = 0;

    if (!query->no_parts && weight == 1) {
        parts = add_parts(plan, word, required && !known);
        clause = &plan->clauses[plan->clause_count - parts - 1];
        clause->required = required && (known || parts == 0);
    }
    if (!known && parts == 0 && !query->exact_only) {
        clause->count = 0;
        clause->postings = 0;
        add_corrections(plan, clause, word);
    }
}

/* --- All words -------------------------------------------------------------------------------- */

/* A number in several pieces ("HUND-2027-000017-4") stands for its pieces, if it is there. */
static void replace_by_joined(Plan *plan, const Word *word, size_t chunk_begin, bool beginning)
{
    Clause joined = {.weight = 1, .required = plan->query->all_words};

    add_word(plan, &joined, word, beginning, 1);
    if (joined.count == 0)
        return;
    plan->clause_count = chunk_begin;
    plan->clauses[plan->clause_count++] = joined;
}

/* Only stop words: then they are what is looked for. */
static void require_something(Plan *plan)
{
    bool any = false;

    for (size_t i = 0; i < plan->clause_count; i++)
        any = any || plan->clauses[i].required;
    for (size_t i = 0; i < plan->clause_count && !any; i++)
        plan->clauses[i].required = true;
}

void plan_make(Plan *plan)
{
    const SearchQuery *query = plan->query;
    WordReader reader = word_reader(query->text, false);
    WordReader ahead;
    Word word, next;
    size_t chunk_begin = 0;
    int words = 0;

    prepare_allowed(plan);
    while (words < SEARCH_WORDS_MAX && word_next(&reader, &word)) {
        ahead = reader;
        bool last = !word_next(&ahead, &next) || (next.joined && !word_next(&ahead, &next));
        /* "Hund " is finished, "Hund" may go on. */
        bool open =
            last && query->text.len && (unsigned char)query->text.ptr[query->text.len - 1] > ' ';
        bool beginning = query->every_beginning || (query->beginning && open);

        if (word.joined) {
            replace_by_joined(plan, &word, chunk_begin, beginning);
            continue;
        }
        if (reader.chunk_words == 1)
            chunk_begin = plan->clause_count;
        plan_word(plan, &word, beginning);
        words++;
    }
    if (query->all_words)
        require_something(plan);
}
