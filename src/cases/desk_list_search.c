/* SPDX-License-Identifier: EUPL-1.2 */
/* The work list of a search: the full-text index finds, newest first, and the rows of case_desk
 * decide, as for every list, what of it the caller sees and the filter keeps. */
#include "cases/case_search.h"
#include "cases/desk.h"

enum { SEARCH_MAX = 1000, SLACK = 20 };

typedef struct Scope {
    Str office;
    const Str *services; /* NULL: every one */
    size_t service_count;
} Scope;

static bool allow(void *context, Str marks)
{
    const Scope *scope = context;

    return case_search_allows(marks, scope->office, scope->services, scope->service_count);
}

static Scope scope_of(const ListFilter *filter, const ListScope *scope)
{
    Scope out = {.office = filter->office};

    if (filter->service.ptr) {
        out.services = &filter->service;
        out.service_count = 1;
    } else if (!scope->every_service) {
        out.services = scope->services;
        out.service_count = scope->service_count;
    }
    return out;
}

/* Nothing narrows the list but the words, the office and the service: these the index knows. */
static bool words_alone(const ListFilter *filter)
{
    return !filter->procedure.ptr && !filter->state.ptr && !filter->task.ptr &&
           !filter->assignee.ptr && !filter->due.ptr && !filter->waiting && !filter->findings &&
           date_absent(filter->from) && date_absent(filter->to) && !filter->channel.ptr &&
           !filter->lang.ptr;
}

/* „Mülller“ kommt nicht vor. Gesucht wurde nach „Müller“ oder „Möller“. */
static Str corrections_said(Arena *arena, const SearchAnswer *answer)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < answer->correction_count; i++) {
        const SearchCorrection *c = &answer->corrections[i];
        bool same = i > 0 && str_eq(c->typed, answer->corrections[i - 1].typed);

        if (!same)
            buf_addf(&out, "%s„%.*s“ kommt nicht vor. Gesucht wurde nach ", i ? ". " : "",
                     STR_ARG(c->typed));
        buf_addf(&out, "%s„%.*s“", same ? " oder " : "", STR_ARG(c->used));
    }
    if (out.len)
        buf_add_char(&out, '.');
    return out.len ? buf_str(&out) : STR_NONE;
}

static Str state_said(Arena *arena, const CaseSearchState *state)
{
    if (!state->building)
        return STR_NONE;
    return str_printf(arena,
                      "Die Suche wird gerade neu aufgebaut (%d %%). Ältere Vorgänge fehlen noch.",
                      state->percent);
}

bool list_search_offset(const ListFilter *filter, size_t *out)
{
    Str rest = filter->after;
    int64_t offset = 0;
    bool ok = str_to_i64(str_cut(&rest, ','), &offset) && offset > 0 && offset < 1000000;

    *out = ok ? (size_t)offset : 0;
    return ok;
}

bool list_search(Tx *tx, Request *req, const ListFilter *filter, const ListScope *scope,
                 size_t limit, ListWalk *out, Err *err)
{
    Scope seen = scope_of(filter, scope);
    bool plain = words_alone(filter);
    SearchAnswer answer;
    CaseSearchState state;
    size_t offset;

    list_search_offset(filter, &offset);
    SearchQuery query = {.text = filter->search,
                         .order = SEARCH_NEWEST_FIRST,
                         .all_words = true,
                         .every_beginning = true,
                         .offset = offset,
                         .limit = plain ? limit + SLACK : SEARCH_MAX,
                         .allow = allow,
                         .allow_context = &seen};
    size_t looked = 0;

    *out = (ListWalk){.ids = arena_array(req->arena, int64_t, limit)};
    if (!case_search_find(req->tenant, &query, req->arena, &answer, &state, err))
        return false;
    for (; looked < answer.count && (!plain || out->count < limit); looked++) {
        bool hit;

        if (!list_keeps(tx, req, filter, scope, answer.hits[looked].id, &hit, err))
            return false;
        if (hit && out->count < limit)
            out->ids[out->count++] = answer.hits[looked].id;
        else if (hit && !out->next.ptr)
            out->next = str_printf(req->arena, "%zu,0", query.offset + looked);
        out->total += hit;
    }
    if (plain) {
        out->total = (int64_t)answer.total;
        if (query.offset + looked < answer.total && looked > 0)
            out->next = str_printf(req->arena, "%zu,0", query.offset + looked);
    }
    out->capped = out->total > LIST_COUNT_MAX || (!plain && looked == SEARCH_MAX);
    if (out->total > LIST_COUNT_MAX)
        out->total = LIST_COUNT_MAX;
    if (!plain && looked == SEARCH_MAX && !out->next.ptr) {
        out->stopped = true;
        out->next = str_printf(req->arena, "%zu,0", query.offset + looked);
    }
    out->corrected = corrections_said(req->arena, &answer);
    out->incomplete = state_said(req->arena, &state);
    return true;
}
