/* SPDX-License-Identifier: EUPL-1.2 */
/* The work list beside an open case: the same for every case that is opened from it, so it is kept
 * in memory, ready to be sent, until a case, an account or an absence changes. */
#include "cases/desk.h"

#include "cases/desk_list.html.h"

enum { ASIDE_ROWS = 30 };

/* Words of the address that are not about the list. */
static bool about_the_case(Str name)
{
    static const char *const WORDS[] = {"dokument", "drehen", "gross", "getan"};

    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_is(name, WORDS[i]))
            return true;
    return false;
}

/* STR_NONE: not to be kept. What a search finds does not stand in the database alone. */
static Str key_of(const Request *req)
{
    Buf key = buf_in(req->arena);

    if (request_query(req, "suche").ptr)
        return STR_NONE;
    buf_add_c(&key, "list|");
    buf_add(&key, desk_reader_key(req));
    for (size_t i = 0; i < req->query_count; i++)
        if (!about_the_case(req->query[i].name))
            buf_addf(&key, "|%zu %.*s=%zu %.*s", req->query[i].name.len,
                     STR_ARG(req->query[i].name), req->query[i].value.len,
                     STR_ARG(req->query[i].value));
    return buf_str(&key);
}

static BesideRow beside_row(Request *req, Arena *arena, const ListRow *row)
{
    Out out = out_for(req);
    BesideRow copy = {.row = {.id = row->id,
                              .number = str_copy(arena, row->number),
                              .applicant = str_copy(arena, row->applicant),
                              .service = str_copy(arena, row->service),
                              .state = str_copy(arena, row->state),
                              .due = str_copy(arena, row->due),
                              .tone = row->tone,
                              .path = str_copy(arena, row->path)}};

    page_desk_list_aside_row(&out, &copy.row, false);
    copy.html.str = str_copy(arena, out_html(&out).str);
    return copy;
}

static bool load(Request *req, Tx *tx, Arena *arena, Beside *out, Err *err)
{
    ListScope scope = {0};
    ListView view = {.filter.count_most = ASIDE_ROWS};

    if (!list_rows(req, tx, &scope, ASIDE_ROWS, &view, err))
        return false;
    *out = (Beside){.title = list_title(&view.filter),
                    .query = str_copy(arena, view.query),
                    .total = view.total,
                    .capped = view.capped,
                    .rows = arena_array(arena, BesideRow, view.row_count),
                    .row_count = view.row_count};
    for (size_t i = 0; i < view.row_count; i++)
        out->rows[i] = beside_row(req, arena, &view.rows[i]);
    return true;
}

bool desk_list_beside(Request *req, Tx *tx, const Beside **out, Shelved **kept, Err *err)
{
    Str key = key_of(req);

    *kept = key.ptr ? shelf_find(tx, key, req->now) : NULL;
    if (*kept) {
        *out = shelved_value(*kept);
        return true;
    }
    Arena *arena = key.ptr ? arena_create(0) : req->arena;
    Beside *list = arena_new(arena, Beside);
    TableSet outer = tx_reading_start(tx);
    bool ok = load(req, tx, arena, list, err);
    DbReading reading = tx_reading_end(tx, &outer);

    if (ok && key.ptr)
        *kept = shelf_put(tx_db(tx), key, &reading, arena, list, req->now);
    else if (key.ptr)
        arena_destroy(arena);
    *out = list;
    return ok;
}
