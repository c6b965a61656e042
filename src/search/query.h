/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside search: a query taken apart into clauses, and these evaluated. */
#pragma once

#include "search/index.h"

/* One list of postings that a clause stands for. */
typedef struct ClauseList {
    uint32_t segment; /* in the view */
    Term term;
    float weight;
    bool whole; /* the word itself, not its beginning or a part of a compound */
} ClauseList;

/* A word of the query: any of its lists. */
typedef struct Clause {
    ClauseList *items;
    size_t count, capacity;
    uint64_t postings; /* in all lists */
    float weight;
    bool required;
} Clause;

typedef struct Plan {
    Arena *arena;
    const View *view;
    const Search *search;
    const SearchQuery *query;
    const uint8_t **allowed; /* of each segment, by mark; NULL: all */
    Clause clauses[SEARCH_WORDS_MAX * 2];
    size_t clause_count;
    struct {
        SearchCorrection *items;
        size_t count, capacity;
    } corrections;
} Plan;

/* Fill the plan's clauses. */
void plan_make(Plan *plan);
/* The documents that the plan finds, best first. */
void plan_evaluate(const Plan *plan, Scratch *scratch, SearchAnswer *out);

/* --- correct.c --- */

typedef struct Correction {
    char folded[WORD_MAX];
    size_t len;
    int distance;
    uint64_t count; /* documents */
    Str written;
} Correction;
/* Words that the index knows and that one (from 8 letters on two) slips of the keyboard make of
 * this one: letters added, left out, taken for others, or swapped with their neighbour. The best
 * first; returns how many, at most `most`. */
size_t correct_word(const View *view, Str folded, Arena *arena, Correction *out, size_t most);
