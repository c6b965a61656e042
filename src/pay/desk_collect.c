/* SPDX-License-Identifier: EUPL-1.2 */
/* Direct debits at the desk: the list, what would be collected, and making it. */
#include "pay/desk_collect.h"

#include "core/crypto.h"
#include "core/engine.h"
#include "core/page/out.h"
#include "core/page/problem.h"
#include "core/work/work.h"
#include "pay/desk_collect.html.h"
#include "pay/desk_items.h"
#include "pay/sepa_calendar.h"

enum { PAGE_ROWS = 50, ALL_CHARGES = INT32_MAX };

/* --- The list ------------------------------------------------------------------------------------
 */

bool collect_list_page(Request *req, Response *res, Err *err)
{
    CollectList view = {
        .may_book = money_may_book(req),
        .due_until = target_from(date_add_days(req->today, collect_notice_days(req->tenant)))};
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

static bool read_date(Str text, const char *field, Date *out, Err *err)
{
    if (date_parse_german(text, out))
        return true;
    return str_empty(str_trim(text))
               ? err_field(err, field, "Bitte geben Sie den Tag an, zum Beispiel 3.3.2027.")
               : err_field(err, field, "„%.*s“ ist kein Tag. Schreiben Sie ihn so: 3.3.2027.",
                           STR_ARG(text));
}

static bool read_order(Request *req, Str due, Str collect, SepaOrder *order, Err *err)
{
    if (!read_date(due, "faellig", &order->due_until, err) ||
        !read_date(collect, "einzug", &order->collect_on, err) ||
        !collect_day_ok(req->tenant, req->today, order->collect_on, err))
        return false;
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && collect_noticed_ok(tx, req->tenant, order, err);

    if (tx)
        tx_end(tx);
    return ok;
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
        view->told += choice->told;
        view->replacing += choice->replaces;
        view->letters += !choice->told && str_empty(choice->mandate.email);
        if (view->chosen_count < SHOWN_CHOICES)
            view->chosen[view->chosen_count++] = *choice;
    }
}

static bool load_preview(Request *req, CollectPreview *view, Err *err)
{
    SepaOrder order = {.retry = view->retry, .announced = view->announced};
    CollectChoices choices = {0};

    if (!read_order(req, view->typed_due, view->typed_collect, &order, err)) {
        view->error_field = str_printf(req->arena, "%s", err->field);
        return problem_take(req, err, &view->error);
    }
    view->collect_on = order.collect_on;
    Tx *tx = db_read(req->tenant->db, err);
    if (!tx)
        return false;
    bool ok = collect_choose(tx, &order, 0, ALL_CHARGES, req->arena, &choices, err) &&
              collect_reach(tx, req->tenant, &order, &choices, req->arena, err);
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
    Date day = target_from(date_add_days(req->today, collect_notice_days(req->tenant)));

    view->typed_due = request_query(req, "faellig");
    view->typed_collect = request_query(req, "einzug");
    view->retry = request_query(req, "erneut").len > 0;
    view->announced = request_query(req, "bescheid").len > 0;
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

/* The same form with the same answers is the same collection, however often it is sent; once that
 * is discarded, it is another. */
static bool find_key(Tx *tx, const Ordered *ordered, Str *out, Err *err)
{
    Arena *arena = ordered->req->arena;
    Str token = request_form(ordered->req, FORM_ONCE);
    Str all = str_printf(arena, "%.*s %.*s %.*s %d %d",
                         STR_ARG(str_empty(token) ? crypto_token(arena, 16) : token),
                         STR_ARG(date_iso(arena, ordered->order.due_until)),
                         STR_ARG(date_iso(arena, ordered->order.collect_on)), ordered->order.retry,
                         ordered->order.announced);
    Str form = str_printf(arena, "desk/%.*s", STR_ARG(crypto_sha256_hex(arena, all)));
    int64_t discarded = 0;

    if (!tx_query_int(tx, err, &discarded,
                      "SELECT COUNT(*) FROM collection WHERE status = 'withdrawn' AND "
                      "key LIKE $1 || '/%'",
                      P_TEXT(form)))
        return false;
    *out = str_printf(arena, "%.*s/%lld", STR_ARG(form), (long long)discarded);
    return true;
}

static bool order_job(Tx *tx, void *context, Err *err)
{
    Ordered *ordered = context;
    Arena *arena = ordered->req->arena;
    Node *params = node_map(arena);
    Str key;

    if (!find_key(tx, ordered, &key, err))
        return false;
    node_set(arena, params, STR("key"), node_string(arena, key));
    node_set(arena, params, STR("due_until"),
             node_string(arena, date_iso(arena, ordered->order.due_until)));
    node_set(arena, params, STR("collect_on"),
             node_string(arena, date_iso(arena, ordered->order.collect_on)));
    node_set(arena, params, STR("retry"), node_bool(arena, ordered->order.retry));
    node_set(arena, params, STR("announced"), node_bool(arena, ordered->order.announced));
    node_set(arena, params, STR("actor"), node_string(arena, request_actor(ordered->req)));
    return job_order_once(tx, "direct-debit", params, request_actor(ordered->req), &ordered->job,
                          err);
}

bool collect_post(Request *req, Response *res, Err *err)
{
    CollectPreview *view = arena_new(req->arena, CollectPreview);
    Ordered ordered = {.req = req};

    view->typed_due = request_form(req, "faellig");
    view->typed_collect = request_form(req, "einzug");
    view->retry = ordered.order.retry = request_form(req, "erneut").len > 0;
    view->announced = ordered.order.announced = request_form(req, "bescheid").len > 0;
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

static bool go_on(void *context, int64_t count)
{
    job_progress(context, count, 0, "Lastschriften");
    return !job_cancelled(context);
}

bool collect_job(JobRun *run, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                 Err *err)
{
    SepaOrder order = {.key = node_get_text(params, "key"),
                       .retry = node_get_bool(params, "retry", false),
                       .announced = node_get_bool(params, "announced", false),
                       .actor = node_get_text(params, "actor")};
    Collection made;

    date_parse_iso(node_get_text(params, "due_until"), &order.due_until);
    date_parse_iso(node_get_text(params, "collect_on"), &order.collect_on);
    if (!collection_make(tenant, &order, go_on, run, arena, &made, err))
        return false;
    if (made.count == 0)
        return err_set(err, ERR_CONFLICT, "Es gibt nichts einzuziehen.");
    if (str_is(made.status, "withdrawn"))
        return err_set(err, ERR_CONFLICT, "Diese Lastschrift ist inzwischen verworfen.");
    *result = node_map(arena);
    node_set(arena, *result, STR("Lastschriften"), node_int(arena, made.count));
    node_set(arena, *result, STR("Summe"),
             node_string(arena, money_text(arena, made.cents, STR("de"))));
    node_set(arena, *result, STR("Einzug am"),
             node_string(arena, date_long(arena, made.collect_on, STR("de"))));
    node_set(arena, *result, STR("Datei"),
             node_string(arena, STR("liegt bereit unter Kasse, Lastschriften")));
    return true;
}

bool collect_job_ended(Tx *tx, const Node *params, JobEnd end, Err *err)
{
    int64_t id = 0;

    return end == JOB_DONE ||
           (tx_query_int(tx, err, &id,
                         "SELECT id FROM collection WHERE key = $1 AND status = 'making'",
                         P_TEXT(node_get_text(params, "key"))) &&
            (id == 0 || collection_withdraw(tx, id, node_get_text(params, "actor"), err)));
}
