/* SPDX-License-Identifier: EUPL-1.2 */
/* An index from putting a document to its place on disk: what was put becomes a small segment in
 * memory (refresh), those in memory become a file (commit), and many files become one (tidy). */
#include "search/index.h"

#include "core/folder.h"

#include <assert.h>
#include <stdlib.h>

enum {
    IN_MEMORY_MAX = 8,    /* segments, then they are merged */
    LEVEL_SEGMENTS = 6,   /* files of about the same size, then they are merged */
    LEVEL_FACTOR = 6,     /* "about the same" */
    LEVEL_LEAST = 1000,   /* documents: all smaller ones are of one level */
    REMOVED_PERCENT = 25, /* of a file, then it is written anew */
};

/* --- Opening ---------------------------------------------------------------------------------- */

static bool open_files(Search *search, Err *err)
{
    Err problem = {0};
    View *view = NULL;

    if (!folder_make(search->folder, err))
        return false;
    if (index_files_read(search, &view, &problem)) {
        index_files_sweep(search, view);
        view_replace(search, view);
        return true;
    }
    if (problem.kind == ERR_TEMPORARY)
        return err_set(err, problem.kind, "%s", problem.message);
    if (problem.kind != ERR_NOT_FOUND)
        search->problem = str_c(arena_strdup(search->arena, problem.message));
    index_files_sweep(search, NULL);
    return true;
}

Search *search_open(const SearchOptions *options, Err *err)
{
    Arena *arena = arena_create(0);
    Search *search = arena_new(arena, Search);

    assert(options->field_count > 0 && options->field_count <= SEARCH_FIELDS_MAX);
    search->arena = arena;
    search->folder = options->folder ? arena_strdup(arena, options->folder) : NULL;
    search->field_count = options->field_count;
    search->version = options->version;
    memcpy(search->fields, options->fields, options->field_count * sizeof *options->fields);
    atomic_init(&search->next_file, 1);
    pthread_mutex_init(&search->lock, NULL);
    pthread_mutex_init(&search->writing, NULL);
    search->builder = builder_create(search->fields, search->field_count);
    search->view = view_make(NULL, 0);
    if (search->folder && !open_files(search, err)) {
        search_close(search);
        return NULL;
    }
    return search;
}

void search_close(Search *search)
{
    if (!search)
        return;
    builder_destroy(search->builder);
    view_release(search->view);
    for (Scratch *scratch = search->scratch; scratch;) {
        Scratch *next = scratch->next;

        scratch_free(scratch);
        scratch = next;
    }
    pthread_mutex_destroy(&search->lock);
    pthread_mutex_destroy(&search->writing);
    arena_destroy(search->arena);
}

Str search_problem(const Search *search)
{
    return search->problem;
}

Str search_position(Search *search, Arena *arena)
{
    pthread_mutex_lock(&search->writing);
    Str position = str_copy(arena, str_c(search->position));
    pthread_mutex_unlock(&search->writing);
    return position;
}

/* --- Putting ---------------------------------------------------------------------------------- */

bool search_put(Search *search, const SearchDocument *document, Err *err)
{
    bool ok = true;

    pthread_mutex_lock(&search->writing);
    if (search->view->doc_count + builder_count(search->builder) >= INT32_MAX)
        ok = err_set(err, ERR_TOO_LARGE, "the index holds all documents that it can hold");
    else
        builder_put(search->builder, document);
    pthread_mutex_unlock(&search->writing);
    return ok;
}

void search_remove(Search *search, int64_t id)
{
    pthread_mutex_lock(&search->writing);
    builder_remove(search->builder, id);
    pthread_mutex_unlock(&search->writing);
}

size_t search_pending_bytes(Search *search)
{
    pthread_mutex_lock(&search->writing);
    size_t bytes = builder_count(search->builder) ? builder_bytes(search->builder) : 0;
    pthread_mutex_unlock(&search->writing);
    return bytes;
}

/* --- Refreshing ------------------------------------------------------------------------------- */

/* A list of segments that is going to be the next view. It holds nothing but the copies of removals
 * that it made itself. */
typedef struct Next {
    ViewSegment *items;
    size_t count;
    Removed **made;
    size_t made_count;
} Next;

static Next next_begin(const View *view, Arena *arena)
{
    Next next = {.items = arena_array(arena, ViewSegment, view->count + 1),
                 .count = view->count,
                 .made = arena_array(arena, Removed *, view->count + 1)};

    memcpy(next.items, view->items, view->count * sizeof *view->items);
    return next;
}

static void next_remove(Next *next, ViewSegment *item, uint32_t doc)
{
    bool own = false;

    if (removed_has(item->removed, doc))
        return;
    for (size_t i = 0; i < next->made_count; i++)
        own = own || next->made[i] == item->removed;
    if (!item->removed || !own) {
        item->removed = removed_copy(item->removed, item->segment->doc_count);
        next->made[next->made_count++] = item->removed;
    }
    removed_add(item->removed, doc);
}

static void next_show(Search *search, Next *next)
{
    view_replace(search, view_make(next->items, next->count));
    for (size_t i = 0; i < next->made_count; i++)
        removed_release(next->made[i]);
}

/* Take the former versions of what was put or removed out of the segments. */
static void remove_former(Search *search, Next *next)
{
    size_t id_count;
    const int64_t *ids = builder_ids(search->builder, &id_count);

    for (size_t s = 0; s < next->count; s++)
        for (size_t i = 0; i < id_count; i++) {
            uint32_t doc;

            if (segment_find_id(next->items[s].segment, ids[i], &doc))
                next_remove(next, &next->items[s], doc);
        }
}

static bool in_memory(const ViewSegment *item)
{
    return !item->segment->name[0];
}

/* Merge the segments in memory into one, there or on disk. */
static bool gather(Search *search, bool on_disk, Err *err)
{
    Arena *arena = arena_create(0);
    View *view = search->view;
    ViewSegment *items = arena_array(arena, ViewSegment, view->count + 1);
    MergeInput inputs[MERGE_MAX];
    size_t kept = 0, count = 0;
    bool ok = true;

    for (size_t i = 0; i < view->count; i++) {
        const ViewSegment *item = &view->items[i];

        if (in_memory(item) && count < MERGE_MAX)
            inputs[count++] =
                (MergeInput){item->segment, item->removed ? item->removed->bits : NULL};
        else
            items[kept++] = *item;
    }
    if (count > 0) {
        Segment *merged = segment_merge(search, view, inputs, count, on_disk, err);

        ok = merged != NULL;
        if (ok) {
            items[kept++] = (ViewSegment){.segment = merged};
            view_replace(search, view_make(items, kept));
            segment_release(merged);
        }
    }
    arena_destroy(arena);
    return ok;
}

static bool too_many_in_memory(const View *view)
{
    size_t count = 0;

    for (size_t i = 0; i < view->count; i++)
        count += in_memory(&view->items[i]);
    return count > IN_MEMORY_MAX;
}

static bool refresh(Search *search, Err *err)
{
    if (builder_count(search->builder) == 0)
        return true;
    Segment *segment = segment_build_in_memory(search, search->view, err);

    if (!segment)
        return false;
    Arena *arena = arena_create(0);
    Next next = next_begin(search->view, arena);

    remove_former(search, &next);
    if (segment->doc_count > 0)
        next.items[next.count++] = (ViewSegment){.segment = segment};
    next_show(search, &next);
    segment_release(segment);
    arena_destroy(arena);
    builder_destroy(search->builder);
    search->builder = builder_create(search->fields, search->field_count);
    search->changed = true;
    bool gathers = too_many_in_memory(search->view) && (search->folder || !search->merging);

    return !gathers || gather(search, false, err);
}

bool search_refresh(Search *search, Str position, Err *err)
{
    assert(position.len <= SEARCH_POSITION_MAX && !memchr(position.ptr, '\n', position.len));
    pthread_mutex_lock(&search->writing);
    bool ok = refresh(search, err);
    if (ok && !str_eq(position, str_c(search->position))) {
        memcpy(search->position, position.ptr, position.len);
        search->position[position.len] = 0;
        search->changed = true;
    }
    pthread_mutex_unlock(&search->writing);
    return ok;
}

/* --- Committing ------------------------------------------------------------------------------- */

static bool commit(Search *search, Err *err)
{
    if (!search->folder || !search->changed)
        return true;
    if (!gather(search, true, err) || !index_files_write(search, search->view, err))
        return false;
    search->changed = false;
    search->problem = STR_NONE;
    return true;
}

bool search_commit(Search *search, Err *err)
{
    pthread_mutex_lock(&search->writing);
    bool ok = commit(search, err);
    pthread_mutex_unlock(&search->writing);
    return ok;
}

/* --- Tidying ---------------------------------------------------------------------------------- */

static unsigned level_of(const ViewSegment *item)
{
    uint32_t alive = item->segment->doc_count - (item->removed ? item->removed->count : 0);
    unsigned level = 0;

    for (uint64_t most = LEVEL_LEAST; alive > most; most *= LEVEL_FACTOR)
        level++;
    return level;
}

static bool mostly_removed(const ViewSegment *item)
{
    return item->removed && (uint64_t)item->removed->count * 100 >
                                (uint64_t)item->segment->doc_count * REMOVED_PERCENT;
}

typedef enum MergeWhich {
    MERGE_NEEDED,
    MERGE_ALL,
    MERGE_REMOVED, /* one that holds removed documents, alone */
} MergeWhich;

/* Which segments to merge; 0: none. */
static size_t choose(const Search *search, const View *view, MergeWhich which, ViewSegment *chosen)
{
    bool all = which == MERGE_ALL;
    size_t count = 0;

    for (size_t i = 0; which == MERGE_REMOVED && i < view->count; i++)
        if (view->items[i].removed && (!search->folder || !in_memory(&view->items[i]))) {
            chosen[0] = view->items[i];
            return 1;
        }
    if (which == MERGE_REMOVED)
        return 0;

    for (size_t i = 0; all && i < view->count && count < MERGE_MAX; i++)
        if (!search->folder || !in_memory(&view->items[i]))
            chosen[count++] = view->items[i];
    if (all)
        return count > 1 || (count == 1 && chosen[0].removed) ? count : 0;
    for (unsigned level = 0; level < 16; level++) {
        count = 0;
        for (size_t i = 0; i < view->count && count < MERGE_MAX; i++)
            if (level_of(&view->items[i]) == level &&
                (!search->folder || !in_memory(&view->items[i])))
                chosen[count++] = view->items[i];
        if (count >= LEVEL_SEGMENTS)
            return count;
    }
    for (size_t i = 0; i < view->count; i++)
        if (mostly_removed(&view->items[i])) {
            chosen[0] = view->items[i];
            return 1;
        }
    return 0;
}

/* What was removed from the inputs while they were being merged is removed from the result. */
static void remove_later(Next *next, ViewSegment *result, const ViewSegment *before,
                         const ViewSegment *now)
{
    for (uint32_t i = 0; now->removed != before->removed && i < now->segment->doc_count; i++) {
        uint32_t doc;

        if (removed_has(now->removed, i) && !removed_has(before->removed, i) &&
            segment_find_id(result->segment, segment_id(now->segment, i), &doc))
            next_remove(next, result, doc);
    }
}

static void put_in_place(Search *search, Segment *merged, const ViewSegment *chosen, size_t count)
{
    Arena *arena = arena_create(0);
    const View *view = search->view;
    Next next = next_begin(view, arena);
    ViewSegment result = {.segment = merged};
    size_t kept = 0;

    for (size_t i = 0; i < view->count; i++) {
        const ViewSegment *before = NULL;

        for (size_t k = 0; k < count; k++)
            if (chosen[k].segment == view->items[i].segment)
                before = &chosen[k];
        if (before)
            remove_later(&next, &result, before, &view->items[i]);
        else
            next.items[kept++] = view->items[i];
    }
    next.count = kept;
    if (merged->doc_count > 0)
        next.items[next.count++] = result;
    next_show(search, &next);
    arena_destroy(arena);
}

static bool merge_some(Search *search, MergeWhich which, bool *merged, Err *err)
{
    ViewSegment chosen[MERGE_MAX];
    MergeInput inputs[MERGE_MAX];

    pthread_mutex_lock(&search->writing);
    bool ok = which == MERGE_NEEDED || commit(search, err);
    View *view = view_hold(search);
    size_t count = ok && !search->merging ? choose(search, view, which, chosen) : 0;
    search->merging = search->merging || count > 0;
    pthread_mutex_unlock(&search->writing);
    *merged = count > 0;
    for (size_t i = 0; i < count; i++)
        inputs[i] =
            (MergeInput){chosen[i].segment, chosen[i].removed ? chosen[i].removed->bits : NULL};
    Segment *result =
        count ? segment_merge(search, view, inputs, count, search->folder != NULL, err) : NULL;

    ok = ok && (count == 0 || result);
    pthread_mutex_lock(&search->writing);
    if (count)
        search->merging = false;
    if (result) {
        put_in_place(search, result, chosen, count);
        search->changed = true;
        ok = commit(search, err);
        segment_release(result);
    }
    pthread_mutex_unlock(&search->writing);
    view_release(view);
    return ok;
}

bool search_tidy(Search *search, bool *merged, Err *err)
{
    return merge_some(search, MERGE_NEEDED, merged, err);
}

bool search_merge_all(Search *search, Err *err)
{
    bool merged = true;

    while (merged)
        if (!merge_some(search, MERGE_ALL, &merged, err))
            return false;
    return true;
}

bool search_forget(Search *search, Err *err)
{
    bool merged = true;

    while (merged)
        if (!merge_some(search, MERGE_REMOVED, &merged, err))
            return false;
    pthread_mutex_lock(&search->writing);
    bool busy = search->merging;
    pthread_mutex_unlock(&search->writing);
    return !busy ||
           err_set(err, ERR_TEMPORARY, "search: another merge is under way, forget after it");
}

SearchStats search_stats(Search *search)
{
    View *view = view_hold(search);
    SearchStats stats = {.documents = view->doc_count - view->removed_count,
                         .removed = view->removed_count,
                         .segments = view->count};

    for (size_t i = 0; i < view->count; i++) {
        stats.bytes += view->items[i].segment->size;
        stats.segments_in_memory += in_memory(&view->items[i]);
    }
    view_release(view);
    return stats;
}
