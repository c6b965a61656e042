/* SPDX-License-Identifier: EUPL-1.2 */
/* The work list. Which cases (ListFilter, always written in the address), what the caller may see
 * of them (ListScope), and the walk that finds them: along one index, in its order, over a bounded
 * number of rows (desk_list_walk.c). */
#pragma once

#include "core/http/request.h"
#include "core/page/parts.h"
#include "core/store/shelf.h"

typedef struct ListSlip { /* a value that is left out: there is no such thing, or not for the caller
                           */
    const char *name;
    Str value;
    Str known; /* what there is, in English: "ich, niemand, team" */
} ListSlip;

/* Values as the address has them; STR_NONE: not filtered. */
typedef struct ListFilter {
    Str view;   /* zutun | offen | meine | ueberfaellig | abgeschlossen */
    Str office; /* or "*" */
    Str service;
    Str procedure, state, task; /* only with a service, or where there is only one */
    Str assignee;               /* ich | niemand | team | the id of a member of staff */
    Str due;                    /* ueberfaellig | woche | keine */
    bool waiting;               /* for the applicant */
    bool findings;              /* some are open */
    Date from, to;              /* received */
    Str channel, lang;
    Str sort;           /* frist | eingang | geaendert */
    Str search;         /* words */
    Str after;          /* "KEY,ID" of the row before */
    int64_t count_most; /* how far cases are counted; 0: LIST_COUNT_MAX */
    const ListSlip *slips;
    size_t slip_count;
} ListFilter;

/* What the caller may see. */
typedef struct ListScope {
    Str *offices; /* "*" first when every office is allowed */
    size_t office_count;
    Str *services; /* of the filter's office */
    size_t service_count;
    bool every_service;
    int64_t *deputised; /* for whom the caller stands in today */
    size_t deputised_count;
} ListScope;

/* --- desk_list_filter.c */
/* The offices of `permission` ("case.read"), "*" first when there is a right for every office. */
size_t list_offices(const Request *req, const char *permission, Str **out);
/* The office that a page was asked for (`amt`), one of these; the first when none was asked for, or
 * STR_NONE. ERR_NOT_FOUND. */
bool list_office_asked(Str asked, const Str *offices, size_t count, Str *out, Err *err);
/* Read the address; what the caller may not see, or is no value, is left out and told in `slips`.
 */
bool list_filter_read(Request *req, Tx *tx, ListScope *scope, ListFilter *out, Err *err);
/* The same for an address that was kept: "ansicht=zutun&amt=steueramt". */
bool list_filter_parse(Request *req, Tx *tx, Str query, ListScope *scope, ListFilter *out,
                       Err *err);
/* As a query: "ansicht=zutun&amt=steueramt"; without the place in the list. */
Str desk_list_query(const Request *req, const ListFilter *filter);

/* --- desk_list_walk.c */
enum { LIST_COUNT_MAX = 1000 };
typedef struct ListWalk {
    int64_t *ids; /* in the list's order */
    size_t count;
    Str next;      /* "KEY,ID" behind which there may be more, or STR_NONE */
    bool stopped;  /* so many rows were looked at that it stopped before it was full */
    int64_t total; /* how many there are; capped at LIST_COUNT_MAX */
    bool capped;
    Str corrected;  /* of a search: which words were put right, in words; or STR_NONE */
    Str incomplete; /* why a search may miss something, or STR_NONE */
} ListWalk;
/* Is filter->after a place in this list, in its order? */
bool list_after_holds(const ListFilter *filter);
/* At most `limit` cases behind filter->after, and how many there are from there on. */
bool list_walk(Tx *tx, Request *req, const ListFilter *filter, const ListScope *scope, size_t limit,
               ListWalk *out, Err *err);

/* Does the filter keep this case, and may the caller see it? */
bool list_keeps(Tx *tx, Request *req, const ListFilter *filter, const ListScope *scope,
                int64_t case_id, bool *keeps, Err *err);

/* --- desk_list_search.c: the walk of a filter with words */
/* How many it has shown before filter->after. False when that is no such place; then it is 0. */
bool list_search_offset(const ListFilter *filter, size_t *out);
bool list_search(Tx *tx, Request *req, const ListFilter *filter, const ListScope *scope,
                 size_t limit, ListWalk *out, Err *err);

/* --- desk_list_options.c: what the filter offers, and says */
typedef struct ListOptions {
    OptionView *offices, *services, *procedures, *states, *tasks, *people;
    size_t office_count, service_count, procedure_count, state_count, task_count, people_count;
    OptionView due[3], channel[3], lang[3], sort[3];
    Str said;  /* "nur überfällige, zuständig: niemand", or STR_NONE */
    Str plain; /* the address without these */
} ListOptions;
bool list_options(Request *req, Tx *tx, const ListScope *scope, const ListFilter *filter,
                  ListOptions *out, Err *err);

/* --- Saved views (desk_view.c) */
typedef struct SavedView {
    int64_t id;
    Str name, office, query;
    Str path;    /* "/desk/vorgaenge?…" */
    Str where;   /* the office's name, or STR_NONE: personal */
    bool mine;   /* may be renamed and deleted by the caller */
    bool start;  /* the caller's start view */
    bool active; /* shown now */
} SavedView;
bool saved_views(Request *req, Tx *tx, SavedView **out, size_t *count, Err *err);

/* --- The page (desk_list.c) */
typedef struct ListRow {
    int64_t id;
    Str number, applicant, service, state, due, assigned;
    Tone tone;
    Date submitted;
    Str path;
} ListRow;

typedef struct ListTab {
    Str label, path;
    bool active;
    int64_t count;
    bool capped;
} ListTab;

enum { LIST_TABS = 5 };
typedef struct ListView {
    ListFilter filter;
    ListOptions options;
    ListRow *rows;
    size_t row_count;
    int64_t total; /* capped */
    bool capped;
    Str next; /* path of the next page, or STR_NONE */
    bool stopped;
    Str title, query, notice;
    Str slips;                 /* what of the address is left out, in words; or STR_NONE */
    Str count;                 /* "17 Vorgänge", "Mehr als 1000 Vorgänge" */
    Str corrected, incomplete; /* of a search, as in ListWalk */
    ListTab tabs[LIST_TABS];
    SavedView *saved;
    size_t saved_count;
    OptionView *keep_for; /* for whom a view may be kept: oneself, offices one leads */
    size_t keep_count;
    bool may_work, may_take;
} ListView;

bool desk_list_load(Request *req, Tx *tx, size_t limit, ListView *out, Err *err);
/* What the address asks for: count and rows. */
bool list_rows(Request *req, Tx *tx, ListScope *scope, size_t limit, ListView *out, Err *err);
Str list_title(const ListFilter *filter);

/* --- desk_list_beside.c: the list beside an open case */
typedef struct BesideRow {
    ListRow row;
    Html html; /* as it is when another case is shown */
} BesideRow;
typedef struct Beside {
    Str title, query;
    int64_t total;
    bool capped;
    BesideRow *rows;
    size_t row_count;
} Beside;
/* `*kept` (may be NULL) holds what `*out` points to; give it back. */
bool desk_list_beside(Request *req, Tx *tx, const Beside **out, Shelved **kept, Err *err);
