/* SPDX-License-Identifier: EUPL-1.2 */
/* The page of the work list: tabs and saved views, the filter, dense rows. */
#include "cases/desk.h"

#include "base/vec.h"
#include "cases/desk_list.html.h"

enum { PAGE_ROWS = 50 };

/* --- Rows
 * ----------------------------------------------------------------------------------------- */

typedef struct NameList {
    StaffName *items;
    size_t count, capacity;
} NameList;

/* Who has a case, for the caller: "Sie", "in Vertretung für Sabine Kurz". */
static Str assigned_name(Tx *tx, Request *req, const ListScope *scope, NameList *names, int64_t id)
{
    if (id == 0)
        return STR_NONE;
    for (size_t i = 0; i < names->count; i++)
        if (names->items[i].id == id)
            return names->items[i].name;
    Str name = id == req->session.staff_id ? STR("Sie") : desk_staff_name(tx, id, req->arena);

    for (size_t i = 0; i < scope->deputised_count; i++)
        if (scope->deputised[i] == id)
            name = str_printf(req->arena, "Sie, in Vertretung für %.*s", STR_ARG(name));
    VEC_PUSH(req->arena, names, (StaffName){id, name});
    return name;
}

static void due_words(Request *req, Rows *rows, bool closed, ListRow *row)
{
    Date due = {0};

    row->tone = TONE_PLAIN;
    if (!row_null(rows, 7)) {
        row->due = STR("Frist ruht");
    } else if (closed) {
        row->due = STR("");
    } else if (date_parse_iso(row_text(rows, 6), &due)) {
        row->due = desk_days(req->arena, req->today, due, &row->tone);
    } else {
        row->due = STR("ohne Frist");
    }
}

static void fill_row(Request *req, Tx *tx, Rows *rows, const ListScope *scope, NameList *names,
                     Str query, ListRow *row)
{
    Err problem = {0};
    const Package *package = tenant_package_version(req->tenant, row_text(rows, 4), &problem);
    const Procedure *procedure = package ? package_procedure(package, row_text(rows, 3)) : NULL;

    *row = (ListRow){.id = row_int(rows, 0),
                     .number = row_text(rows, 1),
                     .applicant = row_text(rows, 2),
                     .state = row_text(rows, 5)};
    const State *state =
        procedure && procedure->process ? process_state(procedure->process, row->state) : NULL;

    row->service = procedure ? text_in(procedure->name, STR("de")) : row_text(rows, 10);
    if (state)
        row->state = text_in(state->label, STR("de"));
    date_parse_iso(row_text(rows, 9), &row->submitted);
    due_words(req, rows, state && state->final, row);
    row->assigned = assigned_name(tx, req, scope, names, row_int(rows, 8));
    row->path =
        str_printf(req->arena, "/desk/vorgaenge/%lld?%.*s", (long long)row->id, STR_ARG(query));
}

/* The cases of the walk in one statement, which is one for each number of rows. */
static Rows *select_rows(Request *req, Tx *tx, const ListWalk *walk, Err *err)
{
    Buf sql = buf_in(req->arena);
    Param *params = arena_array(req->arena, Param, walk->count);

    buf_add_c(&sql, "SELECT id, number, applicant, procedure_id, version, state, deadline, "
                    "clock_left, assigned_to, submitted_on, service FROM cases WHERE id IN (");
    for (size_t i = 0; i < walk->count; i++) {
        buf_addf(&sql, "%s$%zu", i ? ", " : "", i + 1);
        params[i] = P_INT(walk->ids[i]);
    }
    buf_add_c(&sql, ")");
    return tx_query_text(tx, req->arena, err, buf_str(&sql), params, walk->count);
}

/* They come in no order: each finds its place in the walk. */
static bool read_rows(Request *req, Tx *tx, const ListWalk *walk, const ListScope *scope,
                      ListView *out, Err *err)
{
    NameList names = {0};
    size_t found = 0;

    out->rows = arena_array(req->arena, ListRow, walk->count);
    out->row_count = walk->count;
    if (walk->count == 0)
        return true;
    Rows *rows = select_rows(req, tx, walk, err);

    while (rows && rows_next(rows, err)) {
        size_t place = 0;

        while (place < walk->count && walk->ids[place] != row_int(rows, 0))
            place++;
        if (place < walk->count) {
            fill_row(req, tx, rows, scope, &names, out->query, &out->rows[place]);
            found++;
        }
    }
    if (!rows || err->kind != ERR_NONE)
        return false;
    return found == walk->count ||
           err_set(err, ERR_INTERNAL, "the work list names a case that does not exist");
}

/* --- Tabs
 * ----------------------------------------------------------------------------------------- */

static const struct {
    const char *view, *label, *title;
} VIEWS[LIST_TABS] = {{"zutun", "Zu tun", "Was jetzt zu tun ist"},
                      {"meine", "Meine", "Ihre Vorgänge"},
                      {"ueberfaellig", "Überfällig", "Überfällige Vorgänge"},
                      {"offen", "Offen", "Offene Vorgänge"},
                      {"abgeschlossen", "Abgeschlossen", "Abgeschlossene Vorgänge"}};

static bool fill_tabs(Request *req, Tx *tx, const ListScope *scope, ListView *out, Err *err)
{
    for (size_t i = 0; i < LIST_TABS; i++) {
        ListFilter filter = {.view = str_c(VIEWS[i].view),
                             .office = out->filter.office,
                             .service = out->filter.service};
        ListTab *tab = &out->tabs[i];
        ListWalk walk;

        tab->label = str_c(VIEWS[i].label);
        tab->active = !out->filter.search.ptr && str_eq(out->filter.view, filter.view);
        tab->path =
            str_printf(req->arena, "/desk/vorgaenge?%.*s", STR_ARG(desk_list_query(req, &filter)));
        if (!list_walk(tx, req, &filter, scope, 0, &walk, err))
            return false;
        tab->count = walk.total;
        tab->capped = walk.capped;
    }
    return true;
}

/* A saved view that is shown has the eye; the tab of its kind has not. */
static bool fill_saved(Request *req, Tx *tx, ListView *out, Err *err)
{
    bool found = false;

    if (!saved_views(req, tx, &out->saved, &out->saved_count, err))
        return false;
    for (size_t i = 0; i < out->saved_count; i++) {
        SavedView *view = &out->saved[i];

        view->active = !found && str_eq(view->query, out->query);
        found = found || view->active;
        if (view->active)
            out->title = view->name;
    }
    for (size_t i = 0; found && i < LIST_TABS; i++)
        out->tabs[i].active = false;
    return true;
}

/* For whom the list as it is may be kept as a view. */
static void fill_keep(Request *req, ListView *out)
{
    Str *offices;
    size_t count = list_offices(req, "case.lead", &offices);

    out->keep_for = arena_array(req->arena, OptionView, count + 1);
    out->keep_for[out->keep_count++] = (OptionView){.value = STR("ich"), .label = STR("nur mich")};
    for (size_t i = 0; i < count; i++)
        out->keep_for[out->keep_count++] =
            (OptionView){.value = offices[i],
                         .label = str_is(offices[i], "*")
                                      ? STR("alle Ämter")
                                      : str_printf(req->arena, "alle im %.*s",
                                                   STR_ARG(desk_office_name(req, offices[i])))};
}

static Str count_words(Arena *arena, const ListView *view)
{
    long long total = view->total;

    if (view->capped && total >= LIST_COUNT_MAX)
        return str_printf(arena, "Mehr als %lld Vorgänge", total);
    if (view->capped)
        return total ? str_printf(arena, "Mindestens %lld Vorgänge", total)
                     : STR("Bisher kein Vorgang gefunden");
    return total == 1 ? STR("1 Vorgang") : str_printf(arena, "%lld Vorgänge", total);
}

/* A list without a filter that somebody believes in looks like one with it. */
static Str slip_words(Arena *arena, const ListFilter *filter)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < filter->slip_count; i++)
        buf_addf(&out, "%s%s = %.*s", i ? ", " : "", filter->slips[i].name,
                 STR_ARG(filter->slips[i].value));
    return !out.len ? STR_NONE
                    : str_printf(arena,
                                 "Diese Angaben der Adresse gibt es hier nicht, sie sind "
                                 "weggelassen: %.*s. Bitte prüfen Sie, was gezeigt ist.",
                                 STR_ARG(buf_str(&out)));
}

bool list_rows(Request *req, Tx *tx, ListScope *scope, size_t limit, ListView *out, Err *err)
{
    ListWalk walk;
    int64_t count_most = out->filter.count_most;

    if (!list_filter_read(req, tx, scope, &out->filter, err))
        return false;
    out->filter.count_most = count_most;
    if (!list_walk(tx, req, &out->filter, scope, limit, &walk, err))
        return false;
    out->query = desk_list_query(req, &out->filter);
    out->slips = slip_words(req->arena, &out->filter);
    out->total = walk.total;
    out->capped = walk.capped;
    out->stopped = walk.stopped;
    out->corrected = walk.corrected;
    out->incomplete = walk.incomplete;
    if (walk.next.ptr)
        out->next = str_printf(req->arena, "/desk/vorgaenge?%.*s&nach=%s", STR_ARG(out->query),
                               url_part(req->arena, walk.next));
    return read_rows(req, tx, &walk, scope, out, err);
}

Str list_title(const ListFilter *filter)
{
    for (size_t i = 0; i < LIST_TABS; i++)
        if (!filter->search.ptr && str_is(filter->view, VIEWS[i].view))
            return str_c(VIEWS[i].title);
    return STR("Suche");
}

/* Behind the first page the walk counted only what was left. */
static bool count_whole(Request *req, Tx *tx, const ListScope *scope, ListView *out, Err *err)
{
    ListFilter whole = out->filter;
    ListWalk walk;

    whole.after = STR_NONE;
    if (!list_walk(tx, req, &whole, scope, 0, &walk, err))
        return false;
    out->total = walk.total;
    out->capped = walk.capped;
    return true;
}

bool desk_list_load(Request *req, Tx *tx, size_t limit, ListView *out, Err *err)
{
    ListScope scope = {0};

    if (!list_rows(req, tx, &scope, limit, out, err) ||
        !list_options(req, tx, &scope, &out->filter, &out->options, err) ||
        (out->filter.after.ptr && !count_whole(req, tx, &scope, out, err)))
        return false;
    out->title = list_title(&out->filter);
    fill_keep(req, out);
    out->may_work = request_may(req, "case.decide") || request_may(req, "case.assign");
    out->may_take = request_may(req, "case.decide");
    out->count = count_words(req->arena, out);
    return fill_tabs(req, tx, &scope, out, err) && fill_saved(req, tx, out, err);
}

/* --- Pages
 * ----------------------------------------------------------------------------------------- */

/* A whole case number opens its case. */
static bool open_by_number(Request *req, Tx *tx, Str search, int64_t *id)
{
    Case c;
    Err err = {0};
    char *upper = str_cstr(req->arena, search);

    for (char *p = upper; *p; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    if (!case_number_valid(str_c(upper)) || !case_by_number(tx, str_c(upper), req->arena, &c, &err))
        return false;
    *id = c.id;
    return true;
}

static Str notice_text(Str done)
{
    return str_is(done, "nichts")
               ? STR("Es ist gerade kein Vorgang frei, um den sich niemand kümmert.")
           : str_is(done, "keiner")  ? STR("Bitte wählen Sie zuerst einen Vorgang aus.")
           : str_is(done, "ansicht") ? STR("Die Ansicht ist gespeichert.")
                                     : STR_NONE;
}

/* Where the list begins when the address names nothing: the caller's start view. */
static bool start_view(Request *req, Tx *tx, Str *path, Err *err)
{
    SavedView *views;
    size_t count;

    *path = STR_NONE;
    if (req->query_count)
        return true;
    if (!saved_views(req, tx, &views, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (views[i].start)
            *path = views[i].path;
    return true;
}

bool desk_list_page(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    ListView view = {.notice = notice_text(request_query(req, "getan"))};
    Str search = str_trim(request_query(req, "suche"));
    Str start = STR_NONE;
    int64_t id = 0;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool found = !str_empty(search) && open_by_number(req, tx, search, &id);
    bool ok = found || (start_view(req, tx, &start, err) &&
                        (start.ptr || desk_list_load(req, tx, PAGE_ROWS, &view, err)));

    tx_end(tx);
    if (!ok)
        return false;
    if (found)
        start = str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)id);
    if (start.ptr)
        return respond_redirect(req, res, start);
    page_desk_list(&out, &view);
    return page_send(
        req, res,
        &(PageFrame){
            .area = AREA_DESK, .title = view.title, .active = STR("/desk/vorgaenge"), .wide = true},
        out_html(&out));
}

/* The search of the desk's head. */
bool desk_search_page(Request *req, Response *res, Err *err)
{
    (void)err;
    return respond_redirect(req, res,
                            str_printf(req->arena, "/desk/vorgaenge?suche=%s",
                                       url_part(req->arena, request_query(req, "suche"))));
}
