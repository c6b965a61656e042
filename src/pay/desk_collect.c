/* SPDX-License-Identifier: EUPL-1.2 */
/* Direct debits at the desk: what would be collected, making it, and what came of it. */
#include "pay/desk_collect.h"

#include "core/engine.h"
#include "core/page/out.h"
#include "core/store/file.h"
#include "core/work/work.h"
#include "pay/desk_collect.html.h"
#include "pay/desk_items.h"
#include "pay/sepa_calendar.h"

enum { PAGE_ROWS = 50, JOB_CHARGES = 500, NOTICE_DAYS = 14, ALL_CHARGES = INT32_MAX };

/* --- The list ------------------------------------------------------------------------------------
 */

bool collect_list_page(Request *req, Response *res, Err *err)
{
    CollectList view = {.may_book = money_may_book(req),
                        .due_until = target_from(date_add_days(req->today, NOTICE_DAYS))};
    Out out = out_for(req);
    Tx *tx = db_read(req->tenant->db, err);

    view.collect_on = view.due_until;
    if (!tx)
        return false;
    bool ok = collections_list(tx, money_query_id(req, "vor"), PAGE_ROWS, req->arena, &view.items,
                               &view.count, err);
    tx_end(tx);
    if (!ok)
        return false;
    view.next = view.count == PAGE_ROWS ? view.items[view.count - 1].id : 0;
    page_collect_list(&out, &view);
    return money_send(req, res, "Lastschriften", &out);
}

/* --- The preview
 * ---------------------------------------------------------------------------------- */

static bool read_date(Str text, Date *out)
{
    return date_parse_iso(text, out) || date_parse_german(text, out);
}

static bool read_order(Request *req, Str due, Str collect, SepaOrder *order, Err *err)
{
    if (!read_date(due, &order->due_until))
        return err_field(err, "faellig", "„%.*s“ ist kein Datum.", STR_ARG(due));
    if (!read_date(collect, &order->collect_on))
        return err_field(err, "einzug", "„%.*s“ ist kein Datum.", STR_ARG(collect));
    return collect_day_ok(req->tenant, req->today, order->collect_on, err);
}

static void count_left(CollectPreview *view, const CollectChoice *choice)
{
    size_t at = 0;

    while (at < view->left_count && !str_eq(view->left[at].reason, choice->left_out))
        at++;
    if (at == LEFT_REASONS)
        at--;
    else if (at == view->left_count)
        view->left[view->left_count++] = (LeftOut){.reason = choice->left_out};
    view->left[at].count++;
    view->left[at].cents += choice->cents;
    if (choice->mandate.id && view->others_count < SHOWN_CHOICES)
        view->others[view->others_count++] = *choice;
}

static void count_choices(CollectPreview *view, const CollectChoices *choices)
{
    for (size_t i = 0; i < choices->count; i++) {
        const CollectChoice *choice = &choices->items[i];
        if (choice->left_out.ptr) {
            count_left(view, choice);
            continue;
        }
        view->count++;
        view->cents += choice->cents;
        view->unannounced += str_empty(choice->mandate.email);
        if (view->chosen_count < SHOWN_CHOICES)
            view->chosen[view->chosen_count++] = *choice;
    }
}

static bool load_preview(Request *req, CollectPreview *view, Err *err)
{
    SepaOrder order = {.retry = view->retry};
    CollectChoices choices = {0};

    if (!read_order(req, view->typed_due, view->typed_collect, &order, err)) {
        if (err->kind != ERR_INPUT)
            return false;
        view->error = str_printf(req->arena, "%s", err->message);
        view->error_field = str_printf(req->arena, "%s", err->field);
        err_clear(err);
        return true;
    }
    view->collect_on = order.collect_on;
    view->short_notice = date_to_days(order.collect_on) - date_to_days(req->today) < NOTICE_DAYS;
    Tx *tx = db_read(req->tenant->db, err);
    if (!tx)
        return false;
    bool ok = collect_choose(tx, &order, 0, ALL_CHARGES, req->arena, &choices, err);
    tx_end(tx);
    if (ok)
        count_choices(view, &choices);
    return ok;
}

static bool show_preview(Request *req, Response *res, CollectPreview *view, Err *err)
{
    Out out = out_for(req);

    if (!load_preview(req, view, err))
        return false;
    if (view->error.len)
        res->status = 422;
    view->may_book = money_may_book(req);
    page_collect_preview(&out, view);
    return money_send(req, res, "Lastschriften vorbereiten", &out);
}

bool collect_preview_page(Request *req, Response *res, Err *err)
{
    CollectPreview *view = arena_new(req->arena, CollectPreview);
    Date day = target_from(date_add_days(req->today, NOTICE_DAYS));

    view->typed_due = request_query(req, "faellig");
    view->typed_collect = request_query(req, "einzug");
    view->retry = request_query(req, "erneut").len > 0;
    if (!view->typed_due.ptr)
        view->typed_due = date_iso(req->arena, day);
    if (!view->typed_collect.ptr)
        view->typed_collect = date_iso(req->arena, day);
    return show_preview(req, res, view, err);
}

/* --- Making it
 * ------------------------------------------------------------------------------------ */

typedef struct Ordered {
    Request *req;
    SepaOrder order;
    int64_t job;
} Ordered;

static bool order_job(Tx *tx, void *context, Err *err)
{
    Ordered *ordered = context;
    Arena *arena = ordered->req->arena;
    Node *params = node_map(arena);

    node_set(arena, params, STR("key"),
             node_string(arena, str_printf(arena, "desk/%lld", (long long)tx_now(tx))));
    node_set(arena, params, STR("due_until"),
             node_string(arena, date_iso(arena, ordered->order.due_until)));
    node_set(arena, params, STR("collect_on"),
             node_string(arena, date_iso(arena, ordered->order.collect_on)));
    node_set(arena, params, STR("retry"), node_bool(arena, ordered->order.retry));
    node_set(arena, params, STR("actor"), node_string(arena, money_actor(ordered->req)));
    return job_order(tx, "direct-debit", params, money_actor(ordered->req), &ordered->job, err);
}

bool collect_post(Request *req, Response *res, Err *err)
{
    CollectPreview *view = arena_new(req->arena, CollectPreview);
    Ordered ordered = {.req = req};

    view->typed_due = request_form(req, "faellig");
    view->typed_collect = request_form(req, "einzug");
    view->retry = ordered.order.retry = request_form(req, "erneut").len > 0;
    if (!read_order(req, view->typed_due, view->typed_collect, &ordered.order, err)) {
        if (err->kind != ERR_INPUT)
            return false;
        err_clear(err);
        return show_preview(req, res, view, err);
    }
    if (!db_write(req->tenant->db, order_job, &ordered, err))
        return false;
    return respond_redirect(req, res,
                            str_printf(req->arena, "/desk/auftraege/%lld", (long long)ordered.job));
}

typedef struct Step { /* of the job, in a write */
    Tenant *tenant;
    SepaOrder order;
    Collection collection;
    int64_t next;
    Arena *arena;
} Step;

static bool begin_step(Tx *tx, void *context, Err *err)
{
    Step *step = context;

    return collection_begin(tx, step->tenant, &step->order, step->arena, &step->collection, err);
}

static bool add_step(Tx *tx, void *context, Err *err)
{
    Step *step = context;

    return collection_add(tx, step->tenant, step->collection.id, &step->order, &step->next,
                          JOB_CHARGES, step->arena, err);
}

static bool withdraw_step(Tx *tx, void *context, Err *err)
{
    const Step *step = context;

    return collection_withdraw(tx, step->collection.id, step->order.actor, err);
}

static bool reload(Step *step, Arena *arena, Err *err)
{
    Tx *tx = db_read(step->tenant->db, err);
    bool ok = tx && collection_by_id(tx, step->collection.id, arena, &step->collection, err);

    if (tx)
        tx_end(tx);
    return ok;
}

/* What is running already is not chosen again, so that a job that is run anew goes on. */
static bool add_all(Step *step, JobRun *run, Err *err)
{
    bool ok = true;

    step->arena = arena_create(0);
    do {
        arena_reset(step->arena);
        ok = db_write(step->tenant->db, add_step, step, err) && reload(step, step->arena, err);
        if (ok)
            job_progress(run, step->collection.count, 0, "Lastschriften");
        if (ok && job_cancelled(run))
            ok = db_write(step->tenant->db, withdraw_step, step, err) &&
                 err_set(err, ERR_CONFLICT, "Angehalten. Es wird nichts eingezogen.");
    } while (ok && step->next != 0);
    arena_destroy(step->arena);
    return ok;
}

bool collect_job(JobRun *run, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                 Err *err)
{
    Step step = {.tenant = tenant,
                 .order = {.key = node_get_text(params, "key"),
                           .retry = node_get_bool(params, "retry", false),
                           .actor = node_get_text(params, "actor")},
                 .arena = arena};

    date_parse_iso(node_get_text(params, "due_until"), &step.order.due_until);
    date_parse_iso(node_get_text(params, "collect_on"), &step.order.collect_on);
    if (!db_write(tenant->db, begin_step, &step, err))
        return false;
    if (str_is(step.collection.status, "making") && !add_all(&step, run, err))
        return false;
    if (!reload(&step, arena, err))
        return false;
    step.arena = arena;
    if (step.collection.count == 0)
        return db_write(tenant->db, withdraw_step, &step, err) &&
               err_set(err, ERR_CONFLICT, "Es gibt nichts einzuziehen.");
    if (!collection_write(tenant, step.collection.id, arena, err))
        return false;
    *result = node_map(arena);
    node_set(arena, *result, STR("Lastschriften"), node_int(arena, step.collection.count));
    node_set(arena, *result, STR("Summe"),
             node_string(arena, money_text(arena, step.collection.cents, STR("de"))));
    node_set(arena, *result, STR("Einzug am"),
             node_string(arena, date_long(arena, step.order.collect_on, STR("de"))));
    node_set(arena, *result, STR("Datei"),
             node_string(arena, STR("liegt bereit unter Kasse, Lastschriften")));
    return true;
}

/* --- One collection
 * -------------------------------------------------------------------------------- */

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
                               req->arena, &view->items, &view->count, err);
    tx_end(tx);
    if (!ok)
        return false;
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
    int64_t id;
    Tx *tx;

    if (!money_param_id(req, &id, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = collection_by_id(tx, id, req->arena, &collection, err);
    if (ok && (!collection.sha256.ptr || str_is(collection.status, "withdrawn")))
        ok = err_set(err, ERR_NOT_FOUND, "this collection has no file");
    ok = ok && file_read(tx, req->tenant, collection.sha256, req->arena, &bytes, err);
    tx_end(tx);
    return ok && respond_bytes(res, req->arena, STR("application/xml"), bytes,
                               str_printf(req->arena, "%.*s.xml", STR_ARG(collection.message_id)));
}

typedef struct Change {
    Request *req;
    int64_t id;
    bool item;
} Change;

static bool write_change(Tx *tx, void *context, Err *err)
{
    const Change *change = context;
    Str actor = money_actor(change->req);

    return change->item ? collection_release(tx, change->id, actor, err)
                        : collection_withdraw(tx, change->id, actor, err);
}

static bool do_change(Request *req, Response *res, Change *change, Err *err)
{
    if (!db_write(req->tenant->db, write_change, change, err)) {
        if (err->kind != ERR_CONFLICT)
            return false;
        CollectSheet view = {.error = str_printf(req->arena, "%s", err->message)};
        res->status = 409;
        err_clear(err);
        return show_sheet(req, res, &view, err);
    }
    return respond_redirect(req, res,
                            str_printf(req->arena, "/desk/kasse/lastschriften/%.*s",
                                       STR_ARG(request_param(req, "id"))));
}

bool collect_withdraw_post(Request *req, Response *res, Err *err)
{
    Change change = {.req = req};

    return money_param_id(req, &change.id, err) && do_change(req, res, &change, err);
}

bool collect_release_post(Request *req, Response *res, Err *err)
{
    Change change = {.req = req, .item = true};

    if (!str_to_i64(request_param(req, "position"), &change.id))
        return err_set(err, ERR_NOT_FOUND, "no such id");
    return do_change(req, res, &change, err);
}
