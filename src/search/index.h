/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside search: what an index consists of at one moment, and how that moves on. */
#pragma once

#include "search/builder.h"

#include <pthread.h>

/* Which documents of a segment are gone: a bit each. Never changed once a view holds it. */
typedef struct Removed {
    atomic_int holders;
    uint32_t doc_count, count;
    char name[40]; /* of its file, or "" */
    uint8_t bits[];
} Removed;

typedef struct ViewSegment {
    Segment *segment;
    Removed *removed; /* NULL: none */
    uint32_t base;    /* number of its first document among those of all segments */
} ViewSegment;

/* What a search sees; never changed. */
typedef struct View {
    atomic_int holders;
    uint32_t doc_count; /* with those that are gone */
    uint32_t removed_count;
    size_t count;
    ViewSegment items[];
} View;

/* Arrays of a search over all documents; all zero between searches. */
typedef struct Scratch Scratch;
struct Scratch {
    float *now; /* of the clause at hand */
    float *score;
    uint8_t *matched, *whole, *whole_now;
    uint32_t size;
    Scratch *next;
};

struct Search {
    Arena *arena;
    const char *folder; /* or NULL */
    SearchField fields[SEARCH_FIELDS_MAX];
    size_t field_count;
    int version;
    Str problem;

    pthread_mutex_t lock; /* of view and scratch */
    View *view;
    Scratch *scratch;

    pthread_mutex_t writing; /* of all below */
    Builder *builder;
    char position[SEARCH_POSITION_MAX + 1];
    bool changed; /* since the last commit */
    bool merging; /* files are being written that no manifest names yet */
    atomic_ullong next_file;
};

/* --- view.c --- */
View *view_make(const ViewSegment *items, size_t count); /* holds what it is given */
View *view_hold(Search *search);
void view_release(View *view);
/* Takes over `view`. */
void view_replace(Search *search, View *view);
bool view_knows_stem(void *view, Str stem);
Removed *removed_copy(const Removed *removed, uint32_t doc_count);
void removed_release(Removed *removed);
static inline bool removed_has(const Removed *removed, uint32_t doc)
{
    return removed && (removed->bits[doc / 8] >> doc % 8 & 1);
}
/* False when it was removed before. */
bool removed_add(Removed *removed, uint32_t doc);
Scratch *scratch_take(Search *search, uint32_t size);
void scratch_free(Scratch *scratch);
void scratch_give(Search *search, Scratch *scratch);

/* --- manifest.c: which files make up the index --- */
/* ERR_NOT_FOUND when there is none; ERR_INPUT when it, or a file that it names, is damaged. */
bool index_files_read(Search *search, View **out, Err *err);
/* Every segment of the view must be a file. Writes the removals that are not on disk, and takes
 * away the files that nobody needs any more. */
bool index_files_write(Search *search, const View *view, Err *err);
/* Take away the files that nobody needs: what a killed process left, old segments or half a new
 * one. Without a view all files are of no use. */
void index_files_sweep(Search *search, const View *view);

/* --- write.c: segments on disk and in memory --- */
Segment *segment_build_in_memory(Search *search, const View *view, Err *err);
/* `name` gets that of the file. */
Segment *segment_merge(Search *search, const View *known, const MergeInput *inputs, size_t count,
                       bool on_disk, Err *err);
