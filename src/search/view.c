/* SPDX-License-Identifier: EUPL-1.2 */
#include "search/index.h"

#include <assert.h>
#include <stdlib.h>

static void *allocate(size_t size)
{
    void *memory = calloc(1, size ? size : 1);

    if (!memory)
        abort();
    return memory;
}

/* --- Removed documents ------------------------------------------------------------------------ */

Removed *removed_copy(const Removed *removed, uint32_t doc_count)
{
    size_t size = (doc_count + 7u) / 8;
    Removed *copy = allocate(sizeof *copy + size);

    atomic_init(&copy->holders, 1);
    copy->doc_count = doc_count;
    if (removed) {
        copy->count = removed->count;
        memcpy(copy->bits, removed->bits, size);
    }
    return copy;
}

void removed_release(Removed *removed)
{
    if (removed && atomic_fetch_sub(&removed->holders, 1) == 1)
        free(removed);
}

bool removed_add(Removed *removed, uint32_t doc)
{
    uint8_t bit = (uint8_t)(1u << doc % 8);

    assert(doc < removed->doc_count && !removed->name[0]);
    if (removed->bits[doc / 8] & bit)
        return false;
    removed->bits[doc / 8] |= bit;
    removed->count++;
    return true;
}

/* --- Views ------------------------------------------------------------------------------------ */

View *view_make(const ViewSegment *items, size_t count)
{
    View *view = allocate(sizeof *view + count * sizeof *items);

    atomic_init(&view->holders, 1);
    view->count = count;
    for (size_t i = 0; i < count; i++) {
        view->items[i] = items[i];
        view->items[i].base = view->doc_count;
        segment_hold(items[i].segment);
        if (items[i].removed) {
            atomic_fetch_add(&items[i].removed->holders, 1);
            view->removed_count += items[i].removed->count;
        }
        view->doc_count += items[i].segment->doc_count;
    }
    return view;
}

View *view_hold(Search *search)
{
    pthread_mutex_lock(&search->lock);
    View *view = search->view;
    atomic_fetch_add(&view->holders, 1);
    pthread_mutex_unlock(&search->lock);
    return view;
}

void view_release(View *view)
{
    if (!view || atomic_fetch_sub(&view->holders, 1) != 1)
        return;
    for (size_t i = 0; i < view->count; i++) {
        segment_release(view->items[i].segment);
        removed_release(view->items[i].removed);
    }
    free(view);
}

void view_replace(Search *search, View *view)
{
    pthread_mutex_lock(&search->lock);
    View *before = search->view;
    search->view = view;
    pthread_mutex_unlock(&search->lock);
    view_release(before);
}

bool view_knows_stem(void *context, Str stem)
{
    const View *view = context;
    Term term;

    for (size_t i = 0; i < view->count; i++)
        if (lexicon_find(view->items[i].segment, TERM_STEM, stem, &term))
            return true;
    return false;
}

/* --- Scratch ---------------------------------------------------------------------------------- */

void scratch_free(Scratch *scratch)
{
    free(scratch->now);
    free(scratch->score);
    free(scratch->matched);
    free(scratch->whole);
    free(scratch->whole_now);
    free(scratch);
}

Scratch *scratch_take(Search *search, uint32_t size)
{
    pthread_mutex_lock(&search->lock);
    Scratch *scratch = search->scratch;
    if (scratch)
        search->scratch = scratch->next;
    pthread_mutex_unlock(&search->lock);
    if (scratch && scratch->size < size) {
        scratch_free(scratch);
        scratch = NULL;
    }
    if (!scratch) {
        size_t room = size + size / 8 + 64;

        scratch = allocate(sizeof *scratch);
        scratch->now = allocate(room * sizeof *scratch->now);
        scratch->score = allocate(room * sizeof *scratch->score);
        scratch->matched = allocate(room);
        scratch->whole = allocate(room);
        scratch->whole_now = allocate(room);
        scratch->size = (uint32_t)room;
    }
    return scratch;
}

/* Two are kept: more searches at once are rare, and each costs 11 bytes a document. */
void scratch_give(Search *search, Scratch *scratch)
{
    pthread_mutex_lock(&search->lock);
    bool keep = !search->scratch || !search->scratch->next;

    if (keep) {
        scratch->next = search->scratch;
        search->scratch = scratch;
    }
    pthread_mutex_unlock(&search->lock);
    if (!keep)
        scratch_free(scratch);
}
