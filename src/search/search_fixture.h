/* SPDX-License-Identifier: EUPL-1.2 */
/* An index in a folder of its own. */
#pragma once

#include "base/buf.h"
#include "core/test_folder.h"
#include "search/search.h"

#include <stdlib.h>

enum { NUMBER, NAME, TEXT, FIELD_COUNT };
static const SearchField FIELDS[FIELD_COUNT] = {
    {"number", 4, true}, {"name", 3, true}, {"text", 1, false}};

typedef struct Fixture {
    Arena *arena;
    Search *search;
    char folder[TEST_FOLDER_MAX];
} Fixture;

static inline Search *open_at(const char *folder)
{
    SearchOptions options = {.folder = folder, .fields = FIELDS, .field_count = FIELD_COUNT};
    Err err = {0};
    Search *search = search_open(&options, &err);

    if (!search)
        fail_msg("%s", err.message);
    return search;
}

static inline int set_up(void **state)
{
    Fixture *f = calloc(1, sizeof *f);

    test_folder_make(f->folder);
    f->arena = arena_create(0);
    f->search = open_at(f->folder);
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    Fixture *f = *state;

    search_close(f->search);
    test_folder_remove(f->folder);
    arena_destroy(f->arena);
    free(f);
    return 0;
}

static inline void put_marked(Search *search, int64_t id, const char *marks, const char *number,
                              const char *name, const char *text)
{
    Str texts[FIELD_COUNT] = {str_c(number), str_c(name), str_c(text)};
    SearchDocument document = {.id = id, .order = id, .marks = str_c(marks), .texts = texts};
    Err err = {0};

    assert_ok(search_put(search, &document, &err), &err);
}

static inline void put(Search *search, int64_t id, const char *name, const char *text)
{
    put_marked(search, id, "m", NULL, name, text);
}

static inline void refresh(Search *search)
{
    Err err = {0};

    assert_ok(search_refresh(search, STR("p"), &err), &err);
}

static inline void commit(Search *search)
{
    Err err = {0};

    assert_ok(search_commit(search, &err), &err);
}

/* The ids found, "3 1". */
static inline Str found_by(Fixture *f, const SearchQuery *query)
{
    SearchAnswer answer;
    Buf out = buf_in(f->arena);

    search_find(f->search, query, f->arena, &answer);
    for (size_t i = 0; i < answer.count; i++)
        buf_addf(&out, "%s%lld", i ? " " : "", (long long)answer.hits[i].id);
    return buf_str(&out);
}

static inline Str found(Fixture *f, const char *text)
{
    SearchQuery query = {.text = str_c(text),
                         .order = SEARCH_NEWEST_FIRST,
                         .all_words = true,
                         .beginning = true,
                         .limit = 20};

    return found_by(f, &query);
}
