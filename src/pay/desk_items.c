/* SPDX-License-Identifier: EUPL-1.2 */
/* Payments at the desk: those without a home with what they may be for, and each one with what
 * became of it. */
#include "pay/desk_items.h"

#include "base/vec.h"
#include "core/engine.h"
#include "core/page/out.h"
#include "core/page/problem.h"
#include "pay/desk_items.html.h"
#include "pay/return_code.h"

enum { PAGE_ROWS = 25 };

/* --- Payments without a home ------------------------------------------------------------------ */

static bool load_open(Tx *tx, Request *req, const BankItem *item, OpenItem *out, Err *err)
{
    *out = (OpenItem){.item = *item};
    return bank_last_booking(tx, item->id, &out->seen, err) &&
           bank_proposals(tx, req->tenant, item, req->arena, &out->proposals, &out->proposal_count,
                          err);
}

static bool load_list(Tx *tx, Request *req, BankList *view, Err *err)
{
    BankItem *items;

    if (!bank_open_items(tx, money_query_id(req, "vor"), PAGE_ROWS, req->arena, &items,
                         &view->count, err) ||
        !bank_count_open(tx, &view->total, err))
        return false;
    view->items = arena_array(req->arena, OpenItem, view->count);
    for (size_t i = 0; i < view->count; i++)
        if (!load_open(tx, req, &items[i], &view->items[i], err))
            return false;
    return true;
}

static bool show_open(Request *req, Response *res, BankList *view, Err *err)
{
    Out out = out_for(req);
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = load_list(tx, req, view, err);
    tx_end(tx);
    if (!ok)
        return false;
    view->may_book = money_may_book(req);
    view->booked = money_query_id(req, "gebucht");
    view->next = view->count == PAGE_ROWS ? view->items[view->count - 1].item.id : 0;
    page_money_open(&out, view);
    return money_send(req, res, "Zahlungen ohne Zuordnung", &out);
}

bool open_page(Request *req, Response *res, Err *err)
{
    return show_open(req, res, &(BankList){0}, err);
}

/* A form that is sent twice, or beside somebody else's, is about what is not there any more. */
static bool is_as_seen(Tx *tx, const Request *req, int64_t item, Err *err)
{
    int64_t seen = 0, last;

    str_to_i64(request_form(req, "gesehen"), &seen);
    return bank_last_booking(tx, item, &last, err) &&
           (last == seen ||
            err_set(err, ERR_CONFLICT,
                    "Seit Sie diese Seite geöffnet haben, ist von der Zahlung schon "
                    "etwas gebucht worden. Bitte prüfen Sie, was noch offen ist."));
}

static bool back_to_open(const Request *req, Response *res, int64_t item)
{
    return respond_redirect(
        req, res, str_printf(req->arena, "/desk/kasse/offen?gebucht=%lld", (long long)item));
}

typedef struct Assignment {
    Request *req;
    int64_t item;
    Str reference;
} Assignment;

static bool write_assignment(Tx *tx, void *context, Err *err)
{
    const Assignment *assignment = context;
    Request *req = assignment->req;

    return is_as_seen(tx, req, assignment->item, err) &&
           bank_assign(tx, assignment->item, assignment->reference, request_actor(req), req->arena,
                       err);
}

bool assign_post(Request *req, Response *res, Err *err)
{
    Str typed = request_form(req, "kassenzeichen");
    Assignment assignment = {.req = req, .reference = money_digits(req->arena, typed)};

    if (!money_param_id(req, &assignment.item, err))
        return false;
    if (db_write(req->tenant->db, write_assignment, &assignment, err))
        return back_to_open(req, res, assignment.item);
    if (err->kind != ERR_INPUT)
        return false;
    res->status = 422;
    return show_open(
        req, res,
        &(BankList){.error_item = assignment.item,
                    .typed = typed,
                    .error = tr(req->lang, "Zu diesem Kassenzeichen gibt es keine "
                                           "Forderung. Bitte prüfen Sie die Ziffern.")},
        err);
}

/* --- One payment --------------------------------------------------------------------------------
 */

static Str line_label(Str account)
{
    if (str_eq(account, ACCOUNT_CLAIMS))
        return STR("Forderung");
    if (str_eq(account, ACCOUNT_BANK_FEES))
        return STR("Gebühr der Bank");
    if (str_eq(account, ACCOUNT_PAYOUT))
        return STR("Erstattung");
    return account;
}

static bool load_lines(Tx *tx, Request *req, ItemSheet *view, Err *err)
{
    LedgerLine *lines;

    if (!bank_lines_of(tx, &view->open.item, req->arena, &lines, &view->count, err))
        return false;
    view->lines = arena_array(req->arena, ItemLine, view->count);
    for (size_t i = 0; i < view->count; i++) {
        ItemLine *line = &view->lines[i];
        Charge charge = {0};
        *line = (ItemLine){.label = line_label(lines[i].account),
                           .charge_id = lines[i].charge_id,
                           .cents = -lines[i].cents};
        if (line->charge_id && !charge_by_id(tx, line->charge_id, req->arena, &charge, err))
            return false;
        line->payment_reference = charge.payment_reference;
        line->debtor = charge.debtor;
    }
    return true;
}

static bool load_sheet(Tx *tx, Request *req, int64_t id, ItemSheet *view, Err *err)
{
    BankItem item;

    if (!bank_item_by_id(tx, id, req->arena, &item, err) ||
        !load_open(tx, req, &item, &view->open, err) || !load_lines(tx, req, view, err))
        return false;
    view->reason = return_code_words(item.return_code);
    return item.takes_back == 0 ||
           bank_item_by_id(tx, item.takes_back, req->arena, &view->taken, err);
}

static bool show_item(Request *req, Response *res, ItemSheet *view, Err *err)
{
    Out out = out_for(req);
    int64_t id;
    Tx *tx;

    if (!money_param_id(req, &id, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = load_sheet(tx, req, id, view, err);
    tx_end(tx);
    if (!ok)
        return false;
    view->may_book = money_may_book(req);
    page_money_item(&out, view);
    return money_send(req, res, "Zahlung", &out);
}

bool item_page(Request *req, Response *res, Err *err)
{
    return show_item(req, res, &(ItemSheet){0}, err);
}

/* --- Booking it
 * ------------------------------------------------------------------------------------ */

enum { MOST_SHARES = 50 };

typedef struct ItemOrder {
    Request *req;
    int64_t item;
    Share shares[MOST_SHARES];
    size_t count;
    int64_t takes_back;
    bool undo;
} ItemOrder;

static bool write_item(Tx *tx, void *context, Err *err)
{
    const ItemOrder *order = context;
    Request *req = order->req;
    Str actor = request_actor(req);

    if (!is_as_seen(tx, req, order->item, err))
        return false;
    if (order->undo)
        return bank_unassign(tx, order->item, actor, req->arena, err);
    if (order->takes_back)
        return bank_assign_return(tx, order->item, order->takes_back, actor, req->arena, err);
    return bank_assign_shares(tx, order->item, order->shares, order->count, actor, req->arena, err);
}

/* What cannot be done is said on the payment's own page. */
static bool refuse(Request *req, Response *res, ItemSheet *view, Err *err)
{
    res->status = err_http_status(err->kind);
    return problem_take(req, err, &view->error) && show_item(req, res, view, err);
}

/* The button of a proposal: `ziel` is "CHARGE:CENTS", once for each charge; or `nimmt` names the
 * payment that came back. */
bool item_book_post(Request *req, Response *res, Err *err)
{
    ItemOrder order = {.req = req};
    ItemSheet view = {0};
    Str *targets;
    size_t count = request_form_all(req, "ziel", &targets);

    if (!money_param_id(req, &order.item, err))
        return false;
    str_to_i64(request_form(req, "nimmt"), &order.takes_back);
    for (size_t i = 0; i < count && order.count < MOST_SHARES; i++) {
        Share *share = &order.shares[order.count];
        Str rest = targets[i];
        Str charge = str_cut(&rest, ':');
        if (!str_to_i64(charge, &share->charge_id) || !str_to_i64(rest, &share->cents))
            return err_set(err, ERR_INPUT, "Der Vorschlag ist unvollständig.");
        order.count++;
    }
    if (!db_write(req->tenant->db, write_item, &order, err))
        return refuse(req, res, &view, err);
    return back_to_open(req, res, order.item);
}

static bool read_row(Tx *tx, Request *req, Str reference, Str amount, const BankItem *item,
                     Share *out, Err *err)
{
    Charge charge;

    if (!charge_by_reference(tx, money_digits(req->arena, reference), req->arena, &charge, err))
        return err->kind == ERR_NOT_FOUND
                   ? err_field(err, "kassenzeichen",
                               "Das Kassenzeichen „%.*s“ gibt es nicht. Bitte prüfen Sie die "
                               "Ziffern.",
                               STR_ARG(reference))
                   : false;
    if (!money_parse(amount, &out->cents))
        return err_field(err, "betrag", "„%.*s“ ist kein Betrag. Schreiben Sie zum Beispiel 96,00.",
                         STR_ARG(amount));
    out->charge_id = charge.id;
    if (item->open_cents < 0)
        out->cents = -out->cents;
    return true;
}

static bool read_split(Request *req, ItemOrder *order, ItemSheet *view, Err *err)
{
    Str *references, *amounts;
    size_t rows = request_form_all(req, "kassenzeichen", &references);
    size_t sums = request_form_all(req, "betrag", &amounts);
    BankItem item;
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && bank_item_by_id(tx, order->item, req->arena, &item, err);

    for (size_t i = 0; ok && i < rows && i < sums && i < SPLIT_ROWS; i++) {
        view->typed_references[i] = references[i];
        view->typed_amounts[i] = amounts[i];
    }
    for (size_t i = 0; ok && i < SPLIT_ROWS; i++)
        if (!str_empty(str_trim(view->typed_references[i])))
            ok = read_row(tx, req, view->typed_references[i], view->typed_amounts[i], &item,
                          &order->shares[order->count++], err);
    if (tx)
        tx_end(tx);
    return ok;
}

bool item_split_post(Request *req, Response *res, Err *err)
{
    ItemOrder order = {.req = req};
    ItemSheet view = {0};

    if (!money_param_id(req, &order.item, err))
        return false;
    if (!read_split(req, &order, &view, err) || !db_write(req->tenant->db, write_item, &order, err))
        return refuse(req, res, &view, err);
    return respond_redirect(
        req, res, str_printf(req->arena, "/desk/kasse/zahlungen/%lld", (long long)order.item));
}

bool item_undo_post(Request *req, Response *res, Err *err)
{
    ItemOrder order = {.req = req, .undo = true};
    ItemSheet view = {0};

    if (!money_param_id(req, &order.item, err))
        return false;
    if (!db_write(req->tenant->db, write_item, &order, err))
        return refuse(req, res, &view, err);
    return respond_redirect(
        req, res, str_printf(req->arena, "/desk/kasse/zahlungen/%lld", (long long)order.item));
}
