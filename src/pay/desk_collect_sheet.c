/* SPDX-License-Identifier: EUPL-1.2 */
/* One collection at the desk: what came of it, its file, and what becomes of that. */
#include "core/page/out.h"
#include "core/page/problem.h"
#include "core/store/file.h"
#include "pay/announcement.h"
#include "pay/desk_collect.h"
#include "pay/desk_collect_sheet.html.h"
#include "pay/desk_items.h"

enum { PAGE_ROWS = 50 };

static bool show_sheet(Request *req, Response *res, CollectSheet *view, Err *err)
{
    Out out = out_for(req);
    int64_t id;
    Tx *tx;

    view->filter = request_query(req, "stand");
    if (!str_is(view->filter, "running") && !str_is(view->filter, "credited") &&
        !str_is(view->filter, "returned"))
        view->filter = STR_NONE;
    if (!money_param_id(req, &id, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = collection_by_id(tx, id, req->arena, &view->collection, err) &&
              collection_items(tx, id, view->filter, money_query_id(req, "nach"), PAGE_ROWS,
                               req->arena, &view->items, &view->count, err) &&
              collection_stale(tx, req->tenant, id, req->today, req->arena, &view->changes, err) &&
              announcements_count(tx, id, &view->told, &view->taken_back, err);
    tx_end(tx);
    if (!ok)
        return false;
    view->unsent = str_is(view->collection.status, "made") &&
                   !collection_sent(req->tenant, &view->collection, req->today);
    view->next = view->count == PAGE_ROWS ? view->items[view->count - 1].id : 0;
    view->may_book = money_may_book(req);
    page_collect_sheet(&out, view);
    return money_send(req, res, "Lastschrift", &out);
}

bool collect_sheet_page(Request *req, Response *res, Err *err)
{
    return show_sheet(req, res, &(CollectSheet){0}, err);
}

bool collect_file(Request *req, Response *res, Err *err)
{
    Collection collection;
    Str bytes;
    int64_t id, changes = 0;
    Tx *tx;

    if (!money_param_id(req, &id, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = collection_by_id(tx, id, req->arena, &collection, err) &&
              collection_stale(tx, req->tenant, id, req->today, req->arena, &changes, err);
    if (ok && changes)
        ok = err_set(err, ERR_CONFLICT,
                     "Seit die Datei geschrieben wurde, haben sich Beträge geändert. Bitte lassen "
                     "Sie die Datei auf der Seite der Lastschrift neu schreiben.");
    if (ok && (!collection.sha256.ptr || str_is(collection.status, "withdrawn")))
        ok = err_set(err, ERR_NOT_FOUND, "Diese Lastschrift hat keine Datei.");
    ok = ok && file_read(tx, req->tenant, collection.sha256, req->arena, &bytes, err);
    tx_end(tx);
    return ok && respond_bytes(res, req->arena, STR("application/xml"), bytes,
                               str_printf(req->arena, "%.*s.xml", STR_ARG(collection.message_id)));
}

/* --- What becomes of it ------------------------------------------------------------------------
 */

typedef struct Change Change;
struct Change {
    Request *req;
    int64_t id, item; /* the collection, and perhaps one of its direct debits */
    Str actor;
    bool (*make)(Tx *tx, const Change *change, Err *err);
};

static bool write_change(Tx *tx, void *context, Err *err)
{
    const Change *change = context;

    return change->make(tx, change, err);
}

/* What cannot be done (any more) is said on the page as it is now. */
static bool do_change(Request *req, Response *res, Change *change, Err *err)
{
    change->req = req;
    change->actor = request_actor(req);
    if (!db_write(req->tenant->db, write_change, change, err)) {
        CollectSheet view = {0};

        res->status = 409;
        return problem_take(req, err, &view.error) && show_sheet(req, res, &view, err);
    }
    return respond_redirect(req, res,
                            str_printf(req->arena, "/desk/kasse/lastschriften/%.*s",
                                       STR_ARG(request_param(req, "id"))));
}

static bool make_withdrawal(Tx *tx, const Change *change, Err *err)
{
    return collection_withdraw(tx, change->id, change->actor, err);
}

bool collect_withdraw_post(Request *req, Response *res, Err *err)
{
    Change change = {.make = make_withdrawal};

    return money_param_id(req, &change.id, err) && do_change(req, res, &change, err);
}

static bool make_refusal(Tx *tx, const Change *change, Err *err)
{
    return collection_refuse(tx, change->id, change->actor, err);
}

bool collect_refuse_post(Request *req, Response *res, Err *err)
{
    Change change = {.make = make_refusal};

    return money_param_id(req, &change.id, err) && do_change(req, res, &change, err);
}

static bool make_release(Tx *tx, const Change *change, Err *err)
{
    return collection_release(tx, change->id, change->item, change->actor, err);
}

bool collect_release_post(Request *req, Response *res, Err *err)
{
    Change change = {.make = make_release};

    if (!str_to_i64(request_param(req, "position"), &change.item))
        return err_set(err, ERR_NOT_FOUND, "Das gibt es nicht.");
    return money_param_id(req, &change.id, err) && do_change(req, res, &change, err);
}

/* What is at the bank is the file that the page showed, not one that was written since. */
static bool is_shown(Tx *tx, const Change *change, Err *err)
{
    Collection collection;

    return collection_by_id(tx, change->id, change->req->arena, &collection, err) &&
           (!collection.sha256.ptr ||
            str_eq(collection.sha256, request_form(change->req, "datei")) ||
            err_set(err, ERR_CONFLICT,
                    "Die Datei ist inzwischen neu geschrieben, weil sich eine Forderung geändert "
                    "hat. Haben Sie die frühere schon abgegeben, rufen Sie sie bei der Bank "
                    "zurück. Laden Sie dann die neue herunter und geben Sie diese ab."));
}

static bool make_sent(Tx *tx, const Change *change, Err *err)
{
    return is_shown(tx, change, err) &&
           collection_note_sent(tx, change->id, change->req->today, change->actor, err);
}

bool collect_sent_post(Request *req, Response *res, Err *err)
{
    Change change = {.make = make_sent};

    return money_param_id(req, &change.id, err) && do_change(req, res, &change, err);
}

bool collect_renew_post(Request *req, Response *res, Err *err)
{
    int64_t id;

    return money_param_id(req, &id, err) &&
           collection_renew(req->tenant, id, request_actor(req), req->arena, err) &&
           respond_redirect(
               req, res, str_printf(req->arena, "/desk/kasse/lastschriften/%lld", (long long)id));
}
