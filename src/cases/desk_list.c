/* SPDX-License-Identifier: EUPL-1.2 */
/* The work list. Every query walks one index of case_desk (see case_schema.c), or starts from the
 * few cases that a search word names. */
#include "cases/desk.h"

#include "base/vec.h"
#include "cases/desk_list.html.h"

#include <assert.h>

enum { PAGE_ROWS = 50, COUNT_MAX = 1000, SEARCH_MAX = 1000 };

/* --- What the caller may see ------------------------------------------------------------------ */

typedef struct Allowed {
    Str *offices; /* "*" first when every office is allowed */
    size_t office_count;
    Str *services; /* of the chosen office */
    size_t service_count;
    bool every_service;
} Allowed;

static bool has(const Str *items, size_t count, Str item)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(items[i], item))
            return true;
    return false;
}

static void find_offices(Request *req, Allowed *allowed)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages);
    size_t most = 1;

    for (size_t i = 0; i < count; i++)
        most += packages[i]->office_count;
    allowed->offices = arena_array(req->arena, Str, most);
    if (ident_may(req->session.staff, "case.read", STR("*"), STR_NONE))
        allowed->offices[allowed->office_count++] = STR("*");
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < packages[i]->office_count; k++) {
            Str office = packages[i]->offices[k];

            if (!has(allowed->offices, allowed->office_count, office) &&
                ident_may(req->session.staff, "case.read", office, packages[i]->id))
                allowed->offices[allowed->office_count++] = office;
        }
}

static void find_services(Request *req, Str office, Allowed *allowed)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages);

    allowed->services = arena_array(req->arena, Str, count);
    allowed->every_service = true;
    for (size_t i = 0; i < count; i++) {
        bool may = ident_may(req->session.staff, "case.read", office, packages[i]->id);

        if (may)
            allowed->services[allowed->service_count++] = packages[i]->id;
        else
            allowed->every_service = false;
    }
}

/* --- Filter
 * --------------------------------------------------------------------------------------- */

static Str query_or_none(const Request *req, const char *name)
{
    Str value = str_trim(request_query(req, name));

    return str_empty(value) ? STR_NONE : value;
}

static void read_filter(Request *req, Allowed *allowed, ListFilter *filter)
{
    Str view = query_or_none(req, "ansicht");
    Str office = query_or_none(req, "amt");

    filter->view = str_is(view, "offen") || str_is(view, "meine") || str_is(view, "ueberfaellig") ||
                           str_is(view, "abgeschlossen")
                       ? view
                       : STR("zutun");
    filter->office = has(allowed->offices, allowed->office_count, office) ? office
                     : allowed->office_count                              ? allowed->offices[0]
                                                                          : STR("-");
    find_services(req, filter->office, allowed);
    filter->service = query_or_none(req, "leistung");
    if (filter->service.ptr && !has(allowed->services, allowed->service_count, filter->service))
        filter->service = STR_NONE;
    filter->state = filter->service.ptr ? query_or_none(req, "stand") : STR_NONE;
    filter->search = query_or_none(req, "suche");
    filter->after = query_or_none(req, "nach");
}

static void add_query(const Request *req, Buf *out, const char *name, Str value)
{
    if (value.ptr)
        buf_addf(out, "%s%s=%s", out->len ? "&" : "", name, url_part(req->arena, value));
}

Str desk_list_query(const Request *req, const ListFilter *filter)
{
    Buf out = buf_in(req->arena);

    add_query(req, &out, "ansicht", filter->view);
    add_query(req, &out, "amt", filter->office);
    add_query(req, &out, "leistung", filter->service);
    add_query(req, &out, "stand", filter->state);
    add_query(req, &out, "suche", filter->search);
    return buf_str(&out);
}

/* --- The query
 * --------------------------------------------------------------------------------------- */

typedef struct Query {
    Buf sql;
    Param params[64];
    size_t count;
} Query;

static void add_param(Query *query, Param param)
{
    assert(query->count < sizeof query->params / sizeof *query->params);
    query->params[query->count++] = param;
    buf_addf(&query->sql, "$%d", (int)query->count);
}

static void add_condition(Query *query, const char *text, Param param)
{
    buf_add_c(&query->sql, text);
    add_param(query, param);
}

/* The columns that narrow what another index has found already are written so that no index
 * answers them: planners without statistics would prefer the longer but wider index. */
static const char *column(bool by_index, const char *indexed, const char *plain)
{
    return by_index ? indexed : plain;
}

static void add_services(Query *query, const Allowed *allowed)
{
    if (allowed->every_service)
        return;
    buf_add_c(&query->sql, " AND (d.service || '') IN (''");
    for (size_t i = 0; i < allowed->service_count && i < 30; i++)
        add_condition(query, ", ", P_TEXT(allowed->services[i]));
    buf_add_c(&query->sql, ")");
}

/* The conditions of a view. What is to do and what is one's own are few: their indexes come
 * first, and service and state only narrow. */
static void add_view(Query *query, Request *req, const ListFilter *filter, const Allowed *allowed)
{
    bool few = str_is(filter->view, "meine") || str_is(filter->view, "zutun");

    add_condition(query, " d.office = ", P_TEXT(filter->office));
    if (str_is(filter->view, "meine"))
        add_condition(query, " AND d.open = 1 AND d.assigned_to <> 0 AND d.assigned_to = ",
                      P_INT(req->session.staff_id));
    else if (str_is(filter->view, "zutun"))
        buf_add_c(&query->sql, " AND d.todo = 1");
    else
        buf_add_c(&query->sql,
                  str_is(filter->view, "abgeschlossen") ? " AND d.open = 0" : " AND d.open = 1");
    if (str_is(filter->view, "ueberfaellig"))
        add_condition(query, " AND d.due < ", P_TEXT(date_iso(req->arena, req->today)));
    if (filter->service.ptr)
        add_condition(query, column(!few, " AND d.service = ", " AND (d.service || '') = "),
                      P_TEXT(filter->service));
    if (filter->state.ptr)
        add_condition(query, column(!few, " AND d.state = ", " AND (d.state || '') = "),
                      P_TEXT(filter->state));
    add_services(query, allowed);
}

/* Cases that a search word begins: first those with exactly this word, newest first, then those
 * with longer words; at most SEARCH_MAX of each. */
static void add_search(Query *query, Request *req, Str search)
{
    Str *terms;
    size_t count = search_query_terms(search, req->arena, &terms);
    size_t longest = 0;

    for (size_t i = 0; i < count; i++)
        if (terms[i].len > terms[longest].len)
            longest = i;
    if (count == 0) {
        buf_add_c(&query->sql, " AND 1 = 0");
        return;
    }
    Str end = str_printf(req->arena, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(terms[longest]));

    add_condition(query,
                  " AND d.case_id IN (SELECT case_id FROM (SELECT case_id FROM case_term WHERE "
                  "term = ",
                  P_TEXT(terms[longest]));
    add_condition(query, " ORDER BY case_id DESC LIMIT ", P_INT(SEARCH_MAX));
    add_condition(query,
                  ") AS exact UNION SELECT case_id FROM (SELECT case_id FROM case_term WHERE "
                  "term > ",
                  P_TEXT(terms[longest]));
    add_condition(query, " AND term < ", P_TEXT(end));
    add_condition(query, " LIMIT ", P_INT(SEARCH_MAX));
    buf_add_c(&query->sql, ") AS longer)");
    for (size_t i = 0; i < count && i < 6; i++) {
        if (i == longest)
            continue;
        add_condition(query,
                      " AND EXISTS (SELECT 1 FROM case_term t WHERE t.case_id = d.case_id AND "
                      "t.term >= ",
                      P_TEXT(terms[i]));
        add_condition(query, " AND t.term < ",
                      P_TEXT(str_printf(req->arena, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(terms[i]))));
        buf_add_c(&query->sql, ")");
    }
}

static bool newest_first(const ListFilter *filter)
{
    return filter->search.ptr || str_is(filter->view, "abgeschlossen");
}

static Rows *query_rows(Tx *tx, Request *req, const ListFilter *filter, const Allowed *allowed,
                        int limit, Err *err)
{
    Query query = {.sql = buf_in(req->arena)};
    Str rest = filter->after;
    Str due = str_cut(&rest, ',');
    int64_t id = 0;

    buf_add_c(&query.sql, "SELECT c.id, c.number, c.applicant, c.procedure_id, c.version, c.state, "
                          "c.deadline, c.clock_left, c.assigned_to, c.submitted_on, d.due, "
                          "c.service FROM case_desk d JOIN cases c ON c.id = d.case_id WHERE");
    if (filter->search.ptr) {
        add_condition(&query, " (d.office || '') = ", P_TEXT(filter->office));
        add_services(&query, allowed);
        add_search(&query, req, filter->search);
    } else {
        add_view(&query, req, filter, allowed);
    }
    if (due.ptr && str_to_i64(rest, &id)) {
        buf_add_c(&query.sql, newest_first(filter) ? " AND (d.due, d.case_id) < ("
                                                   : " AND (d.due, d.case_id) > (");
        add_param(&query, P_TEXT(due));
        add_condition(&query, ", ", P_INT(id));
        buf_add_c(&query.sql, ")");
    }
    buf_add_c(&query.sql, newest_first(filter) ? " ORDER BY d.due DESC, d.case_id DESC LIMIT "
                                               : " ORDER BY d.due, d.case_id LIMIT ");
    add_param(&query, P_INT(limit + 1));
    return tx_query_text(tx, req->arena, err, buf_str(&query.sql), query.params, query.count);
}

static bool count_view(Tx *tx, Request *req, const ListFilter *filter, const Allowed *allowed,
                       int64_t *count, bool *capped, Err *err)
{
    Query query = {.sql = buf_in(req->arena)};

    buf_add_c(&query.sql, "SELECT COUNT(*) FROM (SELECT 1 FROM case_desk d WHERE");
    if (filter->search.ptr) {
        add_condition(&query, " (d.office || '') = ", P_TEXT(filter->office));
        add_services(&query, allowed);
        add_search(&query, req, filter->search);
    } else {
        add_view(&query, req, filter, allowed);
    }
    add_condition(&query, " LIMIT ", P_INT(COUNT_MAX + 1));
    buf_add_c(&query.sql, ") AS counted");
    err_clear(err);
    Rows *rows = tx_query_text(tx, req->arena, err, buf_str(&query.sql), query.params, query.count);

    if (!rows || !rows_next(rows, err))
        return false;
    *count = row_int(rows, 0);
    rows_end(rows);
    *capped = *count > COUNT_MAX;
    if (*capped)
        *count = COUNT_MAX;
    return true;
}

/* --- Rows
 * ------------------------------------------------------------------------------------------- */

typedef struct NameList {
    struct StaffName {
        int64_t id;
        Str name;
    } * items;
    size_t count, capacity;
} NameList;

static Str staff_name(Tx *tx, Request *req, NameList *names, int64_t id)
{
    if (id == 0)
        return STR_NONE;
    for (size_t i = 0; i < names->count; i++)
        if (names->items[i].id == id)
            return names->items[i].name;
    Str name = id == req->session.staff_id ? STR("Sie") : desk_staff_name(tx, id, req->arena);

    VEC_PUSH(req->arena, names, (struct StaffName){id, name});
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

static bool read_rows(Request *req, Tx *tx, Rows *rows, int64_t current, int limit, ListView *out,
                      Str *last, Err *err)
{
    struct {
        ListRow *items;
        size_t count, capacity;
    } list = {0};
    NameList names = {0};
    Str query = desk_list_query(req, &out->filter);

    if (!rows)
        return false;
    err_clear(err);
    while (rows_next(rows, err)) {
        if (list.count == (size_t)limit) {
            out->next = STR("more");
            rows_end(rows);
            break;
        }
        Err problem = {0};
        ListRow row = {.id = row_int(rows, 0),
                       .number = row_text(rows, 1),
                       .applicant = row_text(rows, 2),
                       .state = row_text(rows, 5)};
        const Package *package = tenant_package_version(req->tenant, row_text(rows, 4), &problem);
        const Procedure *procedure = package ? package_procedure(package, row_text(rows, 3)) : NULL;
        const State *state =
            procedure && procedure->process ? process_state(procedure->process, row.state) : NULL;

        row.service = procedure ? text_in(procedure->name, STR("de")) : row_text(rows, 11);
        if (state)
            row.state = text_in(state->label, STR("de"));
        date_parse_iso(row_text(rows, 9), &row.submitted);
        due_words(req, rows, state && state->final, &row);
        row.assigned = staff_name(tx, req, &names, row_int(rows, 8));
        row.current = row.id == current;
        row.path =
            str_printf(req->arena, "/desk/vorgaenge/%lld?%.*s", (long long)row.id, STR_ARG(query));
        *last = str_printf(req->arena, "%.*s,%lld", STR_ARG(row_text(rows, 10)), (long long)row.id);
        VEC_PUSH(req->arena, &list, row);
    }
    out->rows = list.items;
    out->row_count = list.count;
    return err->kind == ERR_NONE;
}

/* --- What can be chosen
 * ------------------------------------------------------------------------------ */

static void fill_options(Request *req, const Allowed *allowed, ListView *out)
{
    out->offices = arena_array(req->arena, OptionView, allowed->office_count);
    for (size_t i = 0; i < allowed->office_count; i++)
        out->offices[out->office_count++] = (OptionView){
            .value = allowed->offices[i],
            .label = str_is(allowed->offices[i], "*") ? STR("alle Ämter")
                                                      : desk_office_name(req, allowed->offices[i]),
            .selected = str_eq(allowed->offices[i], out->filter.office)};
    out->services = arena_array(req->arena, OptionView, allowed->service_count);
    for (size_t i = 0; i < allowed->service_count; i++) {
        Err err = {0};
        const Package *package = tenant_package(req->tenant, allowed->services[i], &err);

        if (package)
            out->services[out->service_count++] =
                (OptionView){.value = package->id,
                             .label = text_in(package->name, STR("de")),
                             .selected = str_eq(package->id, out->filter.service)};
    }
}

static void fill_states(Request *req, ListView *out)
{
    Err err = {0};
    const Package *package =
        out->filter.service.ptr ? tenant_package(req->tenant, out->filter.service, &err) : NULL;
    struct {
        OptionView *items;
        size_t count, capacity;
    } list = {0};

    for (size_t i = 0; package && i < package->procedure_count; i++) {
        const Process *process = package->procedures[i].process;

        for (size_t k = 0; process && k < process->state_count; k++) {
            bool known = false;

            for (size_t n = 0; n < list.count; n++)
                known = known || str_eq(list.items[n].value, process->states[k].id);
            if (!known)
                VEC_PUSH(
                    req->arena, &list,
                    (OptionView){.value = process->states[k].id,
                                 .label = text_in(process->states[k].label, STR("de")),
                                 .selected = str_eq(process->states[k].id, out->filter.state)});
        }
    }
    out->states = list.items;
    out->state_count = list.count;
}

static const struct {
    const char *view, *label, *title;
} VIEWS[5] = {{"zutun", "Zu tun", "Was jetzt zu tun ist"},
              {"meine", "Meine", "Ihre Vorgänge"},
              {"ueberfaellig", "Überfällig", "Überfällige Vorgänge"},
              {"offen", "Offen", "Offene Vorgänge"},
              {"abgeschlossen", "Abgeschlossen", "Abgeschlossene Vorgänge"}};

static bool fill_tabs(Request *req, Tx *tx, const Allowed *allowed, ListView *out, Err *err)
{
    for (size_t i = 0; i < 5; i++) {
        ListFilter filter = out->filter;

        filter.view = str_c(VIEWS[i].view);
        filter.state = STR_NONE;
        filter.search = STR_NONE;
        out->tabs[i].label = str_c(VIEWS[i].label);
        out->tabs[i].active = !out->filter.search.ptr && str_eq(out->filter.view, filter.view);
        out->tabs[i].path =
            str_printf(req->arena, "/desk/vorgaenge?%.*s", STR_ARG(desk_list_query(req, &filter)));
        if (out->tabs[i].active)
            out->title = str_c(VIEWS[i].title);
        if (!count_view(tx, req, &filter, allowed, &out->tabs[i].count, &out->tabs[i].capped, err))
            return false;
    }
    return true;
}

bool desk_list_load(Request *req, Tx *tx, int64_t current, int limit, ListView *out, Err *err)
{
    Allowed allowed = {0};
    Str last = STR_NONE;

    find_offices(req, &allowed);
    read_filter(req, &allowed, &out->filter);
    out->title = STR("Suche");
    fill_options(req, &allowed, out);
    fill_states(req, out);
    if (!read_rows(req, tx, query_rows(tx, req, &out->filter, &allowed, limit, err), current, limit,
                   out, &last, err) ||
        !count_view(tx, req, &out->filter, &allowed, &out->total, &out->capped, err) ||
        !fill_tabs(req, tx, &allowed, out, err))
        return false;
    if (out->next.ptr)
        out->next =
            str_printf(req->arena, "/desk/vorgaenge?%.*s&nach=%s",
                       STR_ARG(desk_list_query(req, &out->filter)), url_part(req->arena, last));
    return true;
}

/* --- Pages
 * ------------------------------------------------------------------------------------------- */

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

bool desk_list_page(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    ListView view = {0};
    Str search = query_or_none(req, "suche");
    int64_t id = 0;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool found = search.ptr && open_by_number(req, tx, search, &id);
    bool ok = found || desk_list_load(req, tx, 0, PAGE_ROWS, &view, err);

    tx_end(tx);
    if (!ok)
        return false;
    if (found)
        return respond_redirect(req, res,
                                str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)id));
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
