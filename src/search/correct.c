/* SPDX-License-Identifier: EUPL-1.2 */
/* Typo correction: optimal string alignment between the typed word and each word of the lexicon.
 * The lexicon is sorted, so that the table's rows of a beginning are computed once for all words
 * that share it, and nothing is computed for words whose beginning is too far away already. */
#include "search/query.h"

enum { CORRECT_MIN = 4, FAR = 100 };

typedef struct Aligner {
    Str typed;
    int most; /* distance */
    uint8_t rows[WORD_MAX + 1][WORD_MAX + 1];
    char word[WORD_MAX]; /* whose rows are there */
    size_t valid;        /* of its letters */
    size_t dead;         /* after so many letters every word is too far away; 0: not */
} Aligner;

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* The row behind `depth` letters of the word; returns its smallest distance. */
static int fill_row(Aligner *aligner, size_t depth)
{
    const uint8_t *before = aligner->rows[depth - 1];
    uint8_t *row = aligner->rows[depth];
    char letter = aligner->word[depth - 1];
    int smallest = FAR;

    for (size_t i = 0; i <= aligner->typed.len; i++) {
        int best = before[i] + 1;

        if (i > 0) {
            char typed = aligner->typed.ptr[i - 1];

            best = least(best, row[i - 1] + 1);
            best = least(best, before[i - 1] + (typed != letter));
            if (i > 1 && depth > 1 && typed == aligner->word[depth - 2] &&
                aligner->typed.ptr[i - 2] == letter)
                best = least(best, aligner->rows[depth - 2][i - 2] + 1);
        }
        row[i] = (uint8_t)least(best, FAR);
        smallest = least(smallest, row[i]);
    }
    return smallest;
}

/* The distance, or FAR. */
static int align(Aligner *aligner, Str word)
{
    size_t shared = 0;

    while (shared < aligner->valid && shared < word.len &&
           aligner->word[shared] == word.ptr[shared])
        shared++;
    if (aligner->dead && shared >= aligner->dead)
        return FAR;
    aligner->dead = 0;
    aligner->valid = shared;
    for (size_t depth = shared + 1; depth <= word.len; depth++) {
        aligner->word[depth - 1] = word.ptr[depth - 1];
        aligner->valid = depth;
        /* A swap may bring a row down once more, but not by more than one. */
        if (fill_row(aligner, depth) > aligner->most + 1) {
            aligner->dead = depth;
            return FAR;
        }
    }
    return aligner->rows[word.len][aligner->typed.len];
}

static bool better(const Correction *a, const Correction *b, Str typed)
{
    bool same_a = a->folded[0] == typed.ptr[0], same_b = b->folded[0] == typed.ptr[0];

    if (a->distance != b->distance)
        return a->distance < b->distance;
    if (same_a != same_b)
        return same_a;
    return a->count > b->count;
}

static size_t keep(Correction *out, size_t count, size_t most, Correction found, Str typed)
{
    size_t at = 0;

    for (size_t i = 0; i < count; i++)
        if (out[i].len == found.len && memcmp(out[i].folded, found.folded, found.len) == 0) {
            found.count += out[i].count;
            memmove(out + i, out + i + 1, (count - i - 1) * sizeof *out);
            count--;
            break;
        }
    while (at < count && better(&out[at], &found, typed))
        at++;
    if (at >= most)
        return count;
    if (count == most)
        count--;
    memmove(out + at + 1, out + at, (count - at) * sizeof *out);
    out[at] = found;
    return count + 1;
}

static size_t search_segment(Aligner *aligner, const Segment *segment, Arena *arena,
                             Correction *out, size_t count, size_t most)
{
    LexiconCursor cursor;
    bool more = lexicon_seek(&cursor, segment, TERM_KNOWN, STR(""));

    aligner->valid = aligner->dead = 0;
    for (; more && cursor_kind(&cursor) == TERM_KNOWN; more = lexicon_next(&cursor)) {
        Str word = cursor_text(&cursor);
        int distance = align(aligner, word);

        if (distance > aligner->most || word.len == 0)
            continue;
        Correction found = {.len = word.len, .distance = distance, .count = cursor.term.count};

        memcpy(found.folded, word.ptr, word.len);
        found.written =
            str_copy(arena, cursor.term.size > 1
                                ? (Str){(const char *)cursor.term.bytes + 1, cursor.term.size - 1}
                                : word);
        count = keep(out, count, most, found, aligner->typed);
    }
    return count;
}

size_t correct_word(const View *view, Str folded, Arena *arena, Correction *out, size_t most)
{
    size_t count = 0;

    if (folded.len < CORRECT_MIN || folded.len > WORD_MAX)
        return 0;
    Aligner *aligner = arena_new(arena, Aligner);

    aligner->typed = folded;
    aligner->most = folded.len < 8 ? 1 : 2;
    for (size_t i = 0; i <= folded.len; i++)
        aligner->rows[0][i] = (uint8_t)i;
    for (size_t i = 0; i < view->count; i++)
        count = search_segment(aligner, view->items[i].segment, arena, out, count, most);
    /* Only the nearest ones. */
    while (count > 1 && out[count - 1].distance > out[0].distance)
        count--;
    return count;
}
