/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_search_follow.h"

#include "base/vec.h"
#include "core/folder.h"
#include "core/log.h"

#include <stdio.h>

enum {
    BATCH = 500,         /* cases read in one transaction */
    CATCH_UP_MAX = 2000, /* changes that a search waits for; the thread does the rest */
    PENDING_BYTES = 48 * 1024 * 1024, /* of a segment being made */
};

static Str position_text(const CaseSearch *s, char out[SEARCH_POSITION_MAX])
{
    int len = snprintf(out, SEARCH_POSITION_MAX, "%lld %lld %lld %lld", (long long)s->below,
                       (long long)s->highest, (long long)s->seq, (long long)s->stamp);

    return (Str){out, (size_t)len};
}

static bool read_position(CaseSearch *s)
{
    Arena *arena = arena_create(0);
    Str rest = search_position(s->search, arena);
    int64_t *const numbers[] = {&s->below, &s->highest, &s->seq, &s->stamp};
    bool ok = !str_empty(rest);

    for (size_t i = 0; ok && i < sizeof numbers / sizeof *numbers; i++)
        ok = str_to_i64(str_cut(&rest, ' '), numbers[i]);
    arena_destroy(arena);
    return ok;
}

/* The row that the index followed last is kept, and tells whether this is still the same history:
 * after a restore of an older copy it is not. */
static bool same_history(CaseSearch *s, Tx *tx, bool *same, Err *err)
{
    int64_t stamp = 0;
    bool ok =
        tx_query_int(tx, err, &stamp, "SELECT at FROM case_change WHERE id = $1", P_INT(s->seq));

    *same = stamp == s->stamp;
    return ok;
}

/* Everything is to be read; what changes from now on is followed. */
static bool begin_anew(CaseSearch *s, Tx *tx, Err *err)
{
    s->seq = s->stamp = s->highest = 0;
    if (!tx_query_int(tx, err, &s->highest, "SELECT MAX(id) FROM cases") ||
        !tx_query_int(tx, err, &s->seq, "SELECT MAX(id) FROM case_change") ||
        !tx_query_int(tx, err, &s->stamp, "SELECT at FROM case_change WHERE id = $1",
                      P_INT(s->seq)))
        return false;
    s->below = s->highest ? s->highest + 1 : 0;
    return true;
}

static bool open_folder(CaseSearch *s, Err *err)
{
    Arena *arena = arena_create(0);
    const Tenant *tenant = s->tenant;
    const char *above = arena_printf(arena, "%.*s/search", STR_ARG(tenant->folder));
    SearchOptions options = {.folder = arena_printf(arena, "%s/cases", above),
                             .fields = CASE_SEARCH_FIELDS,
                             .field_count = CASE_FIELD_COUNT,
                             .version = CASE_SEARCH_VERSION};

    if (folder_make(above, err))
        s->search = search_open(&options, err);
    if (s->search && search_problem(s->search).ptr)
        log_line(LOG_ERROR, "%.*s: the search index of the cases is made anew: %.*s",
                 STR_ARG(tenant->name), STR_ARG(search_problem(s->search)));
    arena_destroy(arena);
    return s->search != NULL;
}

static void throw_away(CaseSearch *s)
{
    Arena *arena = arena_create(0);
    Err err = {0};

    search_close(s->search);
    s->search = NULL;
    folder_remove(arena_printf(arena, "%.*s/search/cases", STR_ARG(s->tenant->folder)), &err);
    arena_destroy(arena);
}

bool case_search_open(CaseSearch *s, Tx *tx, Err *err)
{
    bool same = false;

    if (s->search)
        return true;
    if (!open_folder(s, err))
        return false;
    if (read_position(s)) {
        bool ok = same_history(s, tx, &same, err);

        if (ok && same)
            return true;
        throw_away(s);
        if (!ok || !open_folder(s, err))
            return false;
        log_line(LOG_INFO,
                 "%.*s: the search index belongs to another state of the database and is "
                 "made anew",
                 STR_ARG(s->tenant->name));
    }
    if (begin_anew(s, tx, err))
        return true;
    search_close(s->search);
    s->search = NULL;
    return false;
}

static bool put_case(CaseSearch *s, Tx *tx, int64_t id, Arena *arena, Err *err)
{
    SearchDocument document;

    if (case_search_document(tx, s->tenant, id, arena, &document, err))
        return search_put(s->search, &document, err);
    if (err->kind != ERR_NOT_FOUND)
        return false;
    err_clear(err);
    search_remove(s->search, id);
    return true;
}

bool case_search_refresh(CaseSearch *s, Err *err)
{
    char position[SEARCH_POSITION_MAX];

    return search_refresh(s->search, position_text(s, position), err);
}

typedef struct ChangeList {
    struct Change {
        int64_t seq, case_id, stamp;
    } * items;
    size_t count, capacity;
} ChangeList;

static bool read_changes(CaseSearch *s, Tx *tx, Arena *arena, ChangeList *list, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, case_id, at FROM case_change WHERE id > $1 ORDER BY id "
                          "LIMIT $2",
                          P_INT(s->seq), P_INT(CATCH_UP_MAX));

    while (rows && rows_next(rows, err)) {
        struct Change change = {row_int(rows, 0), row_int(rows, 1), row_int(rows, 2)};

        VEC_PUSH(arena, list, change);
    }
    return rows && err->kind == ERR_NONE;
}

static bool changed_later(const ChangeList *list, size_t at)
{
    for (size_t i = at + 1; i < list->count && i < at + 8; i++)
        if (list->items[i].case_id == list->items[at].case_id)
            return true;
    return false;
}

bool case_search_catch_up(CaseSearch *s, Tx *tx, bool *more, Err *err)
{
    Arena *arena = arena_create(0);
    ChangeList list = {0};
    bool ok = read_changes(s, tx, arena, &list, err);

    for (size_t i = 0; ok && i < list.count; i++)
        if (!changed_later(&list, i))
            ok = put_case(s, tx, list.items[i].case_id, arena, err);
    if (ok && list.count > 0) {
        s->seq = list.items[list.count - 1].seq;
        s->stamp = list.items[list.count - 1].stamp;
        ok = case_search_refresh(s, err);
    }
    *more = list.count == CATCH_UP_MAX;
    arena_destroy(arena);
    return ok;
}

bool case_search_build_batch(CaseSearch *s, Tx *tx, Err *err)
{
    Arena *arena = arena_create(0);
    int64_t *ids = arena_array(arena, int64_t, BATCH);
    size_t count = 0;
    Rows *rows =
        tx_query(tx, arena, err, "SELECT id FROM cases WHERE id < $1 ORDER BY id DESC LIMIT $2",
                 P_INT(s->below), P_INT(BATCH));

    while (rows && rows_next(rows, err))
        ids[count++] = row_int(rows, 0);
    bool ok = rows && err->kind == ERR_NONE;
    for (size_t i = 0; ok && i < count; i++)
        ok = put_case(s, tx, ids[i], arena, err);
    if (ok)
        s->below = count ? ids[count - 1] : 0;
    if (ok && (s->below == 0 || search_pending_bytes(s->search) > PENDING_BYTES))
        ok = case_search_refresh(s, err);
    arena_destroy(arena);
    return ok;
}
