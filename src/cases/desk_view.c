/* SPDX-License-Identifier: EUPL-1.2 */
/* Saved views: a filter of the work list under a name, one's own or an office's. */
#include "base/vec.h"
#include "cases/desk.h"

#include "base/utf8.h"
#include "cases/desk_view.html.h"

enum { NAME_MAX_LENGTH = 60, VIEWS_MAX = 40 };

static bool has(const Str *items, size_t count, Str item)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(items[i], item))
            return true;
    return false;
}

static Str office_words(Request *req, Str office)
{
    return str_is(office, "*") ? STR("alle Ämter") : desk_office_name(req, office);
}

/* A view of an office is for everybody who reads there, and is its leader's to change. */
bool saved_views(Request *req, Tx *tx, SavedView **out, size_t *count, Err *err)
{
    struct {
        SavedView *items;
        size_t count, capacity;
    } list = {0};
    int64_t me = req->session.staff_id;
    int64_t start = 0;
    Str *readable, *led;
    size_t readable_count = list_offices(req, "case.read", &readable);
    size_t led_count = list_offices(req, "case.lead", &led);

    if (!tx_query_int(tx, err, &start, "SELECT view_id FROM desk_start WHERE staff_id = $1",
                      P_INT(me)))
        return false;
    Rows *rows = tx_query(tx, req->arena, err,
                          "SELECT id, name, office, query, staff_id FROM desk_view WHERE "
                          "staff_id = $1 OR staff_id = 0 ORDER BY staff_id DESC, name, id",
                          P_INT(me));

    while (rows && rows_next(rows, err)) {
        SavedView view = {.id = row_int(rows, 0),
                          .name = row_text(rows, 1),
                          .office = row_text(rows, 2),
                          .query = row_text(rows, 3),
                          .mine = row_int(rows, 4) == me};

        if (!view.mine && !str_is(view.office, "*") && !has(readable, readable_count, view.office))
            continue;
        if (!view.mine)
            view.where = office_words(req, view.office);
        view.mine = view.mine || has(led, led_count, view.office);
        view.start = view.id == start;
        view.path = str_printf(req->arena, "/desk/vorgaenge?%.*s", STR_ARG(view.query));
        VEC_PUSH(req->arena, &list, view);
    }
    *out = list.items;
    *count = list.count;
    return rows && err->kind == ERR_NONE;
}

/* --- Changing
 * ------------------------------------------------------------------------------------- */

typedef struct Change {
    Request *req;
    int64_t id;
    Str name, office, query; /* office: STR_NONE for one's own */
    bool start;
} Change;

static bool name_of(Request *req, Str *name, Err *err)
{
    *name = str_trim(request_form(req, "name"));
    if (str_empty(*name))
        return err_field(err, "name", "Bitte geben Sie der Ansicht einen Namen.");
    return utf8_length(*name) <= NAME_MAX_LENGTH ||
           err_field(err, "name", "Der Name hat höchstens %d Zeichen.", NAME_MAX_LENGTH);
}

static bool set_start(Tx *tx, int64_t staff_id, int64_t view_id, Err *err)
{
    return tx_exec(tx, err,
                   "INSERT INTO desk_start (staff_id, view_id) VALUES ($1, $2) "
                   "ON CONFLICT (staff_id) DO UPDATE SET view_id = excluded.view_id",
                   P_INT(staff_id), P_INT(view_id));
}

/* The view of this name beside the new one, 0 for none; it may be of other cases. */
static bool find_namesake(Tx *tx, const Change *change, int64_t owner, int64_t *id, Err *err)
{
    Str office = change->office.ptr ? change->office : STR("");
    int64_t other = 0;

    if (!tx_query_int(tx, err, id,
                      "SELECT MAX(id) FROM desk_view WHERE staff_id = $1 AND office = $2 AND "
                      "name = $3 AND query = $4",
                      P_INT(owner), P_TEXT(office), P_TEXT(change->name), P_TEXT(change->query)) ||
        !tx_query_int(tx, err, &other,
                      "SELECT COUNT(*) FROM desk_view WHERE staff_id = $1 AND office = $2 AND "
                      "name = $3",
                      P_INT(owner), P_TEXT(office), P_TEXT(change->name)))
        return false;
    return *id || !other ||
           err_field(err, "name",
                     "Eine Ansicht „%.*s“ gibt es schon. Bitte wählen Sie einen anderen Namen.",
                     STR_ARG(change->name));
}

static bool write_new(Tx *tx, void *context, Err *err)
{
    Change *change = context;
    int64_t me = change->req->session.staff_id;
    int64_t owner = change->office.ptr ? 0 : me;
    int64_t known = 0;

    if (!find_namesake(tx, change, owner, &change->id, err) ||
        !tx_query_int(tx, err, &known,
                      "SELECT COUNT(*) FROM desk_view WHERE staff_id = $1 AND office = $2",
                      P_INT(owner), P_TEXT(change->office.ptr ? change->office : STR(""))))
        return false;
    if (change->id) /* its form was sent twice */
        return !change->start || set_start(tx, me, change->id, err);
    if (known >= VIEWS_MAX)
        return err_field(err, "name", "Mehr als %d Ansichten lassen sich nicht speichern.",
                         VIEWS_MAX);
    return tx_insert(
               tx, err, &change->id,
               "INSERT INTO desk_view (staff_id, office, name, query, created_by, created_at) "
               "VALUES ($1, $2, $3, $4, $5, $6)",
               P_INT(owner), P_TEXT(change->office.ptr ? change->office : STR("")),
               P_TEXT(change->name), P_TEXT(change->query), P_INT(me), P_INT(tx_now(tx))) &&
           (!change->start || set_start(tx, me, change->id, err));
}

/* The view of the path, when the caller sees it (and may change it). */
static bool find_view(Request *req, Tx *tx, bool to_change, SavedView *out, Err *err)
{
    SavedView *views;
    size_t count;
    int64_t id = 0;

    str_to_i64(request_param(req, "id"), &id);
    if (!saved_views(req, tx, &views, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        *out = views[i];
        if (views[i].id == id)
            return views[i].mine || !to_change ||
                   err_set(err, ERR_FORBIDDEN,
                           "Diese Ansicht gehört dem Amt. Ändern kann sie die Teamleitung.");
    }
    return err_set(err, ERR_NOT_FOUND, "Diese Ansicht gibt es nicht.");
}

static bool write_name(Tx *tx, void *context, Err *err)
{
    Change *change = context;
    SavedView view;

    return find_view(change->req, tx, true, &view, err) &&
           tx_exec(tx, err, "UPDATE desk_view SET name = $2 WHERE id = $1", P_INT(view.id),
                   P_TEXT(change->name));
}

static bool write_start(Tx *tx, void *context, Err *err)
{
    Change *change = context;
    int64_t me = change->req->session.staff_id;
    SavedView view;

    if (!find_view(change->req, tx, false, &view, err))
        return false;
    if (view.start)
        return tx_exec(tx, err, "DELETE FROM desk_start WHERE staff_id = $1", P_INT(me));
    return set_start(tx, me, view.id, err);
}

static bool write_delete(Tx *tx, void *context, Err *err)
{
    Change *change = context;
    SavedView view;

    return find_view(change->req, tx, true, &view, err) &&
           tx_exec(tx, err, "DELETE FROM desk_start WHERE view_id = $1", P_INT(view.id)) &&
           tx_exec(tx, err, "DELETE FROM desk_view WHERE id = $1", P_INT(view.id));
}

/* --- Pages
 * ----------------------------------------------------------------------------------------- */

static bool show(Request *req, Response *res, Str problem, Err *err)
{
    Out out = out_for(req);
    SavedView *views;
    size_t count;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = saved_views(req, tx, &views, &count, err);

    tx_end(tx);
    if (!ok)
        return false;
    page_desk_views(&out, views, count, problem, str_is(request_query(req, "getan"), "geaendert"));
    if (problem.ptr)
        res->status = 422;
    return page_send(req, res,
                     &(PageFrame){.area = AREA_DESK,
                                  .title = STR("Gespeicherte Ansichten"),
                                  .active = STR("/desk/vorgaenge")},
                     out_html(&out));
}

bool desk_views_page(Request *req, Response *res, Err *err)
{
    return show(req, res, STR_NONE, err);
}

static bool change(Request *req, Response *res, WriteFn write, Change *change, Str path, Err *err)
{
    change->req = req;
    if (db_write(req->tenant->db, write, change, err))
        return respond_redirect(req, res, path);
    Str problem;

    return problem_take(req, err, &problem) && show(req, res, problem, err);
}

bool desk_view_post(Request *req, Response *res, Err *err)
{
    Change new = {.start = str_is(request_form(req, "start"), "ja")};
    Str for_whom = request_form(req, "fuer");
    Str *led;
    size_t led_count = list_offices(req, "case.lead", &led);
    ListScope scope = {0};
    ListFilter filter;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = list_filter_parse(req, tx, request_form(req, "abfrage"), &scope, &filter, err);

    tx_end(tx);
    if (!ok)
        return false;
    if (!str_empty(for_whom) && !str_is(for_whom, "ich")) {
        if (!has(led, led_count, for_whom))
            return err_set(err, ERR_FORBIDDEN,
                           "Ansichten für ein Amt speichert dessen Teamleitung.");
        new.office = for_whom;
    }
    new.query = desk_list_query(req, &filter);
    if (!name_of(req, &new.name, err)) {
        Str problem;

        return problem_take(req, err, &problem) && show(req, res, problem, err);
    }
    return change(req, res, write_new, &new,
                  str_printf(req->arena, "/desk/vorgaenge?%.*s&getan=ansicht", STR_ARG(new.query)),
                  err);
}

#define CHANGED STR("/desk/ansichten?getan=geaendert")

bool desk_view_name_post(Request *req, Response *res, Err *err)
{
    Change rename = {0};

    if (!name_of(req, &rename.name, err)) {
        Str problem;

        return problem_take(req, err, &problem) && show(req, res, problem, err);
    }
    return change(req, res, write_name, &rename, CHANGED, err);
}

bool desk_view_start_post(Request *req, Response *res, Err *err)
{
    return change(req, res, write_start, &(Change){0}, CHANGED, err);
}

bool desk_view_delete_post(Request *req, Response *res, Err *err)
{
    return change(req, res, write_delete, &(Change){0}, CHANGED, err);
}
