/* SPDX-License-Identifier: EUPL-1.2 */
/* Full text in German: words are found whatever their ending, Müller is Mueller is Muller,
 * "Bescheid" finds "Hundesteuerbescheid", and a mistyped word is put right by the words that the
 * index knows.
 *
 * An index is a folder of immutable segments, mapped into memory. It holds what can be read again
 * elsewhere and may be thrown away at any time: damaged files are refused when it is opened, and
 * it begins empty then. Its caller keeps the truth and tells with each refresh up to where
 * (`position`) the index has followed it.
 *
 *     search_put(index, &document, &err);    as often as needed
 *     search_refresh(index, position, &err); from now on they are found
 *     search_commit(index, &err);            from now on they are on disk
 *
 * Any thread may call any of these at any time. A search sees what was refreshed when it began. */
#pragma once

#include "base/err.h"

enum {
    SEARCH_FIELDS_MAX = 8,
    SEARCH_WORDS_MAX = 24,    /* words of a query; more are ignored */
    SEARCH_POSITION_MAX = 200 /* bytes */
};

typedef struct Search Search;

typedef struct SearchField {
    const char *name;
    float weight; /* how much a word here counts, beside 1.0 */
    /* Names and numbers: found as they are written or by their beginning, never by another ending
     * of the word or a part of it. */
    bool exact;
} SearchField;

typedef struct SearchOptions {
    const char *folder; /* made when missing; its parent must exist. NULL: in memory only */
    const SearchField *fields;
    size_t field_count;
    /* How documents are made of the caller's data. An index of another version begins empty. */
    int version;
} SearchOptions;

/* Open or make an index. Returns NULL only when the folder cannot be used at all; a damaged or
 * outdated index begins empty, and search_problem() says why. */
Search *search_open(const SearchOptions *options, Err *err);
/* What was put and not committed is forgotten. NULL is accepted. */
void search_close(Search *search);
/* Why the index began empty although there were files, or STR_NONE. */
Str search_problem(const Search *search);
/* As told with the last refresh or, after opening, the last commit; empty for a new index. */
Str search_position(Search *search, Arena *arena);

/* Without an index: do all of these words stand in the text, whole or inside another word, whatever
 * their ending? False for no words. For short texts that lie in memory. */
bool search_text_has(Str text, Str words);

/* --- Writing ---------------------------------------------------------------------------------- */

typedef struct SearchDocument {
    int64_t id;    /* the caller's; putting the same one again replaces the document */
    int64_t order; /* for "newest first": larger is newer */
    Str marks; /* what a filter decides by; few different values in all, e.g. "office|service" */
    const Str *texts; /* one per field; UTF-8; STR_NONE none */
} SearchDocument;

/* Found after the next refresh. ERR_TOO_LARGE beyond 2^31 documents. */
bool search_put(Search *search, const SearchDocument *document, Err *err);
/* Gone after the next refresh; an unknown id is no error. */
void search_remove(Search *search, int64_t id);
/* Bytes of memory that what was put takes until it is refreshed: refresh in time. */
size_t search_pending_bytes(Search *search);
/* Make what was put and removed visible to searches that begin now. Cheap for few documents.
 * `position`: up to SEARCH_POSITION_MAX bytes without a line's end. */
bool search_refresh(Search *search, Str position, Err *err);
/* Write what was refreshed and is not on disk yet. After a crash at any moment the index is as of
 * this commit or the one before. */
bool search_commit(Search *search, Err *err);
/* One merge of segments, if there are too many and no other is under way; `*merged` tells. Call it
 * again until it is false. The result is on disk with a commit of its own. Takes as long as writing
 * the merged segments, for threads of the background; nobody else is held up. */
bool search_tidy(Search *search, bool *merged, Err *err);
/* All segments into one, however many there are. */
bool search_merge_all(Search *search, Err *err);
/* Write each segment anew in which removed documents still lie, so that their words are on disk no
 * more. What must be forgotten is to be noted by the caller, durably, until this was true: a crash
 * may come before. ERR_TEMPORARY while another merge is under way. */
bool search_forget(Search *search, Err *err);

/* --- Looking for something -------------------------------------------------------------------- */

typedef enum SearchOrder {
    SEARCH_BY_RELEVANCE, /* BM25F; equal ones newest first */
    SEARCH_NEWEST_FIRST, /* documents that hold each word whole before those that hold only its
                            beginning or a part; each group by `order`, then id, from the top */
} SearchOrder;

/* What may be seen: called once for each different `marks`, never for a document. */
typedef bool SearchAllow(void *context, Str marks);

typedef struct SearchQuery {
    Str text;
    SearchOrder order;
    bool all_words;       /* every word must be found, but for stop words; else any */
    bool beginning;       /* the last word may be the beginning of one */
    bool every_beginning; /* so may each other word */
    bool exact_only;      /* no correction of words that the index does not know */
    size_t offset, limit;
    SearchAllow *allow; /* NULL: everything */
    void *allow_context;
    /* For measurements: tricks left out. */
    bool no_parts, no_stop_words, no_field_weights;
} SearchQuery;

typedef struct SearchHit {
    int64_t id;
    float score;
    bool whole; /* holds each word whole */
} SearchHit;

/* A word that was replaced because the index does not know it. */
typedef struct SearchCorrection {
    Str typed, used; /* as a person would write them */
} SearchCorrection;

typedef struct SearchAnswer {
    SearchHit *hits; /* from `offset`, at most `limit` */
    size_t count;
    size_t total; /* how many documents were found in all */
    SearchCorrection *corrections;
    size_t correction_count;
    /* IDF-weighted share of the query's words that the first hit holds, 0 to 1: a low one says that
     * the question is foreign to this index. */
    float share;
} SearchAnswer;

/* Everything of the answer lives in the arena. An empty query finds nothing. */
void search_find(Search *search, const SearchQuery *query, Arena *arena, SearchAnswer *out);

/* The words of a text as they are compared: small letters, umlauts and accents gone, ß as ss.
 * Of a text between blanks that has separators and digits ("HUND-2027-000017-4") also the whole. */
size_t search_words(Str text, Arena *arena, Str **out);

typedef struct SearchStats {
    uint64_t documents, removed; /* removed ones still take room until their segment is merged */
    uint64_t bytes;              /* of all segments */
    size_t segments, segments_in_memory;
} SearchStats;
SearchStats search_stats(Search *search);
