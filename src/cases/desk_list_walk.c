/* SPDX-License-Identifier: EUPL-1.2 */
/* The walk behind every list: along one index of case_desk in the list's order. What narrows the
 * range of the index stands in WHERE; every other condition is computed beside the row as "hit", so
 * that no planner prefers another index for its sake. A walk looks at a bounded number of rows:
 * when too few of these are hits, the list says so and goes on from there. */
#include "base/vec.h"
#include "cases/desk.h"

#include <assert.h>

enum {
    OPEN_ROWS = 40000, /* a walk; open cases are read from the index alone */
    CLOSED_ROWS = 4000,
};

typedef struct Query {
    Buf where, hit;
    Param params[90];
    size_t count;
} Query;

static void add_param(Query *query, Buf *buf, Param param)
{
    assert(query->count < sizeof query->params / sizeof *query->params);
    query->params[query->count++] = param;
    buf_addf(buf, "$%d", (int)query->count);
}

static void add(Query *query, Buf *buf, const char *text, Param param)
{
    buf_add_c(buf, text);
    add_param(query, buf, param);
}

typedef enum Order { BY_DUE, BY_RECEIVED, BY_CHANGED } Order;

static bool closed_view(const ListFilter *filter)
{
    return str_is(filter->view, "abgeschlossen");
}

static Order order_of(const ListFilter *filter)
{
    if (str_is(filter->sort, "eingang"))
        return BY_RECEIVED;
    if (str_is(filter->sort, "geaendert") && !closed_view(filter))
        return BY_CHANGED;
    /* A closed case changes no more, so its last change is the day on which it closed. */
    return !filter->sort.ptr && (!date_absent(filter->from) || !date_absent(filter->to))
               ? BY_RECEIVED
               : BY_DUE;
}

static const char *const ORDER_COLUMN[] = {"d.due", "d.received", "d.changed"};

static bool newest_first(const ListFilter *filter, Order order)
{
    return closed_view(filter) || order == BY_CHANGED;
}

/* --- Conditions ----------------------------------------------------------------------------------
 */

static void add_services(Query *query, const ListScope *scope)
{
    if (scope->every_service)
        return;
    buf_add_c(&query->hit, " AND d.service IN (''");
    for (size_t i = 0; i < scope->service_count && i < 20; i++)
        add(query, &query->hit, ", ", P_TEXT(scope->services[i]));
    buf_add_c(&query->hit, ")");
}

static void add_people(Query *query, Buf *buf, const Request *req, const ListScope *scope)
{
    add(query, buf, " AND d.assigned_to <> 0 AND d.assigned_to IN (", P_INT(req->session.staff_id));
    for (size_t i = 0; i < scope->deputised_count && i < 20; i++)
        add(query, buf, ", ", P_INT(scope->deputised[i]));
    buf_add_c(buf, ")");
}

static void add_assignee(Query *query, Request *req, const ListFilter *filter, Buf *by_index)
{
    int64_t id = str_is(filter->assignee, "ich") ? req->session.staff_id : 0;

    if (id || str_to_i64(filter->assignee, &id)) {
        add(query, by_index, " AND d.assigned_to <> 0 AND d.assigned_to = ", P_INT(id));
    } else if (str_is(filter->assignee, "niemand")) {
        buf_add_c(&query->hit, " AND d.assigned_to = 0");
    } else if (str_is(filter->assignee, "team")) {
        add(query, &query->hit,
            " AND d.assigned_to IN (SELECT staff_id FROM staff_grant WHERE office = '' OR office "
            "= ",
            P_TEXT(filter->office));
        buf_add_c(&query->hit, ")");
    }
}

static void add_due(Query *query, Request *req, const ListFilter *filter, Buf *by_index)
{
    Str today = date_iso(req->arena, req->today);
    Date sunday = date_add_days(req->today, 6 - date_weekday(req->today));

    if (str_is(filter->due, "ueberfaellig")) {
        add(query, by_index, " AND d.due < ", P_TEXT(today));
    } else if (str_is(filter->due, "woche")) {
        add(query, by_index, " AND d.due >= ", P_TEXT(today));
        add(query, by_index, " AND d.due <= ", P_TEXT(date_iso(req->arena, sunday)));
    } else if (str_is(filter->due, "keine")) {
        buf_add_c(by_index, " AND d.due = '9999-12-31'");
    }
}

static void add_received(Query *query, Request *req, const ListFilter *filter, Buf *by_index)
{
    if (!date_absent(filter->from))
        add(query, by_index, " AND d.received >= ", P_TEXT(date_iso(req->arena, filter->from)));
    if (!date_absent(filter->to))
        add(query, by_index, " AND d.received <= ", P_TEXT(date_iso(req->arena, filter->to)));
}

static void add_equal(Query *query, Buf *buf, const char *text, Str value)
{
    if (value.ptr)
        add(query, buf, text, P_TEXT(value));
}

static void add_filter(Query *query, Request *req, const ListFilter *filter, const ListScope *scope,
                       Order order)
{
    bool searched = filter->search.ptr != NULL;
    bool closed = !searched && closed_view(filter);
    Buf *by_due = !searched && order == BY_DUE ? &query->where : &query->hit;
    Buf *by_received = !searched && order == BY_RECEIVED ? &query->where : &query->hit;
    Buf *by_service = closed && order == BY_DUE ? &query->where : &query->hit;

    add_services(query, scope);
    add_equal(query, by_service, " AND d.service = ", filter->service);
    add_equal(query, filter->service.ptr ? by_service : &query->hit,
              " AND d.state = ", filter->state);
    add_equal(query, &query->hit, " AND d.procedure_id = ", filter->procedure);
    add_equal(query, &query->hit, " AND d.channel = ", filter->channel);
    add_equal(query, &query->hit, " AND d.lang = ", filter->lang);
    if (filter->task.ptr)
        add(query, &query->hit, " AND d.tasks LIKE ",
            P_TEXT(str_printf(req->arena, "%%,%.*s,%%",
                              STR_ARG(sql_like_escape(req->arena, filter->task)))));
    if (filter->task.ptr)
        buf_add_c(&query->hit, " ESCAPE '!'");
    if (filter->waiting)
        buf_add_c(&query->hit, " AND d.waiting = 1");
    if (filter->findings)
        buf_add_c(&query->hit, " AND d.findings = 1");
    add_assignee(query, req, filter, by_due);
    add_due(query, req, filter, by_due);
    add_received(query, req, filter, by_received);
}

static void add_view(Query *query, Request *req, const ListFilter *filter, const ListScope *scope,
                     Order order)
{
    Buf *by_due = order == BY_DUE ? &query->where : &query->hit;

    add(query, &query->where, " d.office = ", P_TEXT(filter->office));
    buf_add_c(&query->where, closed_view(filter) ? " AND d.open = 0" : " AND d.open = 1");
    if (str_is(filter->view, "meine"))
        add_people(query, by_due, req, scope);
    else if (str_is(filter->view, "zutun"))
        buf_add_c(&query->hit, " AND d.todo = 1");
    else if (str_is(filter->view, "ueberfaellig"))
        add(query, by_due, " AND d.due < ", P_TEXT(date_iso(req->arena, req->today)));
}

/* The row before, in the order of the list; `moment` is the key of BY_CHANGED as a number. */
static bool parse_after(const ListFilter *filter, Str *key, int64_t *moment, int64_t *id)
{
    Str rest = filter->after;
    Date day;

    *key = str_cut(&rest, ',');
    *moment = 0;
    return key->ptr && str_to_i64(rest, id) &&
           (order_of(filter) == BY_CHANGED ? str_to_i64(*key, moment) : date_parse_iso(*key, &day));
}

bool list_after_holds(const ListFilter *filter)
{
    int64_t moment, id;
    Str key;

    return filter->search.ptr ? list_search_offset(filter, &(size_t){0})
                              : parse_after(filter, &key, &moment, &id);
}

static void add_after(Query *query, const ListFilter *filter, Order order, bool descending)
{
    int64_t moment, id;
    Str key;

    if (!parse_after(filter, &key, &moment, &id))
        return;
    buf_addf(&query->where, " AND (%s, d.case_id) %s (", ORDER_COLUMN[order],
             descending ? "<" : ">");
    add_param(query, &query->where, order == BY_CHANGED ? P_INT(moment) : P_TEXT(key));
    add(query, &query->where, ", ", P_INT(id));
    buf_add_c(&query->where, ")");
}

static Rows *walk_rows(Tx *tx, Request *req, const ListFilter *filter, const ListScope *scope,
                       int most, Err *err)
{
    Query query = {.where = buf_in(req->arena), .hit = buf_in(req->arena)};
    Buf sql = buf_in(req->arena);
    Order order = order_of(filter);
    bool descending = newest_first(filter, order);
    const char *column = ORDER_COLUMN[order];
    const char *direction = descending ? " DESC" : "";

    add_view(&query, req, filter, scope, order);
    add_filter(&query, req, filter, scope, order);
    add_after(&query, filter, order, descending);
    buf_addf(&sql,
             "SELECT d.case_id, %s, CASE WHEN 1 = 1%.*s THEN 1 ELSE 0 END FROM case_desk d WHERE"
             "%.*s ORDER BY %s%s, d.case_id%s LIMIT ",
             column, STR_ARG(buf_str(&query.hit)), STR_ARG(buf_str(&query.where)), column,
             direction, direction);
    add_param(&query, &sql, P_INT(most));
    return tx_query_text(tx, req->arena, err, buf_str(&sql), query.params, query.count);
}

bool list_keeps(Tx *tx, Request *req, const ListFilter *filter, const ListScope *scope,
                int64_t case_id, bool *keeps, Err *err)
{
    Query query = {.where = buf_in(req->arena), .hit = buf_in(req->arena)};
    Buf sql = buf_in(req->arena);

    add(&query, &query.where, " d.office = ", P_TEXT(filter->office));
    add(&query, &query.where, " AND d.case_id = ", P_INT(case_id));
    add_filter(&query, req, filter, scope, BY_DUE);
    buf_addf(&sql, "SELECT CASE WHEN 1 = 1%.*s THEN 1 ELSE 0 END FROM case_desk d WHERE%.*s",
             STR_ARG(buf_str(&query.hit)), STR_ARG(buf_str(&query.where)));
    Rows *rows = tx_query_text(tx, req->arena, err, buf_str(&sql), query.params, query.count);

    *keeps = false;
    err_clear(err);
    if (!rows)
        return false;
    if (rows_next(rows, err))
        *keeps = row_int(rows, 0) != 0;
    rows_end(rows);
    return err->kind == ERR_NONE;
}

bool list_walk(Tx *tx, Request *req, const ListFilter *filter, const ListScope *scope, size_t limit,
               ListWalk *out, Err *err)
{
    if (filter->search.ptr)
        return list_search(tx, req, filter, scope, limit, out, err);

    int most = closed_view(filter) ? CLOSED_ROWS : OPEN_ROWS;
    Rows *rows = walk_rows(tx, req, filter, scope, most, err);
    int64_t count_most = filter->count_most ? filter->count_most : LIST_COUNT_MAX;
    int looked = 0;

    *out = (ListWalk){.ids = arena_array(req->arena, int64_t, limit)};
    if (!rows)
        return false;
    err_clear(err);
    while (out->total <= count_most && rows_next(rows, err)) {
        bool hit = row_int(rows, 2) != 0;

        looked++;
        out->total += hit;
        if (hit && out->count < limit)
            out->ids[out->count++] = row_int(rows, 0);
        else if (hit)
            continue;
        /* Where the list goes on: behind its last case, or where the walk ended. */
        if ((hit && out->count == limit) || (looked == most && out->count < limit))
            out->next = str_printf(req->arena, "%.*s,%lld", STR_ARG(row_text(rows, 1)),
                                   (long long)row_int(rows, 0));
    }
    rows_end(rows);
    out->stopped = looked == most && out->count < limit;
    out->capped = out->total > count_most || looked == most;
    if (out->total > count_most)
        out->total = count_most;
    if (limit && out->count == limit && out->total == (int64_t)limit && !out->capped)
        out->next = STR_NONE;
    return err->kind == ERR_NONE;
}
