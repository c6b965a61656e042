/* SPDX-License-Identifier: EUPL-1.2 */
/* The treasury at the desk: overview, statement import, payments without a home, charges. */
#include "pay/desk_money.h"

#include "core/engine.h"
#include "core/http/request.h"
#include "core/page/out.h"
#include "core/page/problem.h"
#include "core/store/file.h"
#include "core/store/rows.h"
#include "pay/desk_closing.h"
#include "pay/desk_collect.h"
#include "pay/desk_dunning.h"
#include "pay/desk_enforcement.h"
#include "pay/desk_export.h"
#include "pay/desk_items.h"
#include "pay/desk_money.html.h"
#include "pay/desk_refund.h"

enum { PAGE_ROWS = 50 };
enum { STATEMENT_MAX = 50 << 20 }; /* bytes; larger ones come by the command line */

/* --- Overview and import ------------------------------------------------------------------ */

/* What one has paid too much does not lessen what another owes. */
static bool sum_claims(Tx *tx, MoneyOverview *view, Err *err)
{
    return tx_query_int(tx, err, &view->owed_cents,
                        "SELECT CAST(COALESCE(SUM(owed_cents - paid_cents), 0) AS BIGINT) "
                        "FROM charge WHERE owed_cents > paid_cents") &&
           tx_query_int(tx, err, &view->overpaid_cents,
                        "SELECT CAST(COALESCE(SUM(paid_cents - owed_cents), 0) AS BIGINT) "
                        "FROM charge WHERE owed_cents < paid_cents");
}

static bool sum_open_items(Tx *tx, MoneyOverview *view, Err *err)
{
    return tx_query_int(tx, err, &view->open_in_cents,
                        "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM bank_item "
                        "WHERE status = 'open' AND cents > 0") &&
           tx_query_int(tx, err, &view->open_out_cents,
                        "SELECT CAST(COALESCE(-SUM(cents), 0) AS BIGINT) FROM bank_item "
                        "WHERE status = 'open' AND cents < 0");
}

static bool load_overview(Request *req, MoneyOverview *view, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    view->may_book = money_may_book(req);
    view->may_decide = request_may(req, "money.decide");
    bool ok = bank_count_open(tx, &view->open_items, err) &&
              ledger_balance(tx, ACCOUNT_BANK, &view->bank_cents, err) &&
              sum_claims(tx, view, err) &&
              tx_query_int(tx, err, &view->proposals,
                           "SELECT COUNT(*) FROM charge_decision WHERE status = 'proposed'") &&
              sum_open_items(tx, view, err);
    tx_end(tx);
    return ok;
}

static bool show_overview(Request *req, Response *res, MoneyOverview *view, Err *err)
{
    Out out = out_for(req);

    if (!load_overview(req, view, err))
        return false;
    page_money_overview(&out, view);
    return money_send(req, res, "Kasse", &out);
}

static bool overview_page(Request *req, Response *res, Err *err)
{
    return show_overview(req, res, &(MoneyOverview){0}, err);
}

typedef struct Ordered {
    Request *req;
    FileInfo info;
    Str bytes;
    int64_t job;
} Ordered;

static bool order_import(Tx *tx, void *context, Err *err)
{
    Ordered *order = context;
    Arena *arena = order->req->arena;
    Node *params = node_map(arena);

    node_set(arena, params, STR("sha256"), node_string(arena, str_c(order->info.sha256)));
    node_set(arena, params, STR("name"), node_string(arena, order->info.name));
    node_set(arena, params, STR("actor"), node_string(arena, request_actor(order->req)));
    return file_put(tx, order->req->tenant, &order->info, order->bytes, STR("bank"), err) &&
           job_order(tx, "bank-import", params, request_actor(order->req), &order->job, err);
}

static bool import_post(Request *req, Response *res, Err *err)
{
    static const char *const types[] = {"text/xml", "application/xml", "text/plain", NULL};
    Ordered order = {.req = req};
    MoneyOverview view = {0};

    for (size_t i = 0; i < req->upload_count; i++) {
        if (!str_is(req->uploads[i].field, "auszug") || req->uploads[i].bytes.len == 0)
            continue;
        order.bytes = req->uploads[i].bytes;
        if (!file_prepare(req->tenant, order.bytes, req->uploads[i].name,
                          &(FileRules){.types = types, .max_size = STATEMENT_MAX}, req->arena,
                          &order.info, err)) {
            res->status = err_http_status(err->kind);
            return problem_take(req, err, &view.error) && show_overview(req, res, &view, err);
        }
    }
    if (order.bytes.len == 0) {
        res->status = 422;
        view.error = tr(req->lang, "Bitte wählen Sie zuerst eine Datei aus.");
        return show_overview(req, res, &view, err);
    }
    if (!db_write(req->tenant->db, order_import, &order, err))
        return false;
    return respond_redirect(req, res,
                            str_printf(req->arena, "/desk/auftraege/%lld", (long long)order.job));
}

static bool tell_job(const BankImport *so_far, void *context)
{
    JobRun *run = context;

    job_progress(run, so_far->entries, 0, "Umsätze gebucht");
    return !job_cancelled(run);
}

static bool run_import(JobRun *run, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                       Err *err)
{
    BankImport done = {0};
    Str xml;
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    bool ok = file_read(tx, tenant, node_get_text(params, "sha256"), arena, &xml, err);
    tx_end(tx);
    BankOrder order = {
        .xml = xml, .actor = node_get_text(params, "actor"), .tell = tell_job, .context = run};
    if (!ok || !bank_import_run(tenant, &order, arena, &done, err))
        return false;
    *result = node_map(arena);
    node_set(arena, *result, STR("Umsätze in der Datei"), node_int(arena, done.entries));
    node_set(arena, *result, STR("davon schon bekannt"), node_int(arena, done.known));
    node_set(arena, *result, STR("gebucht nach Kassenzeichen"), node_int(arena, done.matched));
    node_set(arena, *result, STR("ohne Zuordnung"), node_int(arena, done.open));
    node_set(arena, *result, STR("Summe der neuen Umsätze"),
             node_string(arena, money_text(arena, done.cents, STR("de"))));
    return true;
}

/* --- Charges -----------------------------------------------------------------------------------
 */

/* Search is by the beginning of the Kassenzeichen or of the name. */
static Rows *query_charges(Tx *tx, Request *req, Str search, int64_t before, Err *err)
{
    if (!search.len)
        return tx_query(tx, req->arena, err,
                        "SELECT " CHARGE_COLUMNS " FROM charge WHERE id < $1 "
                        "ORDER BY id DESC LIMIT $2",
                        P_INT(before), P_INT(PAGE_ROWS));
    Str digits = money_digits(req->arena, search);
    return tx_query(
        tx, req->arena, err,
        "SELECT " CHARGE_COLUMNS " FROM charge WHERE id < $1 AND "
        "(payment_reference = $2 OR LOWER(debtor) LIKE $3 ESCAPE '!') "
        "ORDER BY id DESC LIMIT $4",
        P_INT(before), P_TEXT(digits),
        P_TEXT(str_printf(req->arena, "%%%.*s%%",
                          STR_ARG(sql_like_escape(req->arena, str_lower(req->arena, search))))),
        P_INT(PAGE_ROWS));
}

static bool charges_page(Request *req, Response *res, Err *err)
{
    ChargeList view = {.search = request_query(req, "suche")};
    Out out = out_for(req);
    int64_t before = money_query_id(req, "vor");
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    Rows *rows = query_charges(tx, req, view.search, before ? before : INT64_MAX, err);
    bool ok = ROWS_LIST(rows, req->arena, &view.items, &view.count, err, charge_from_row(rows)) &&
              tx_query_int(tx, err, &view.total, "SELECT COUNT(*) FROM charge");
    tx_end(tx);
    if (!ok)
        return false;
    if (view.search.len || view.total < (int64_t)view.count)
        view.total = (int64_t)view.count;
    view.next = view.count == PAGE_ROWS ? view.items[view.count - 1].id : 0;
    page_money_charges(&out, &view);
    return money_send(req, res, "Forderungen", &out);
}

/* Which of its parts are with enforcement? */
static bool mark_parts(Tx *tx, const Request *req, ChargeSheet *view, Err *err)
{
    PartList parts = {.items = view->parts, .count = view->part_count};
    Decision *decisions;
    size_t count;

    if (!decisions_of(tx, view->charge.id, req->arena, &decisions, &count, err))
        return false;
    decisions_mark_enforced(decisions, count, &parts, req->arena);
    return true;
}

static bool sheet_page(Request *req, Response *res, Err *err)
{
    ChargeSheet view = {.today = req->today};
    Err wrong = {0};
    Out out = out_for(req);
    int64_t id;
    Tx *tx;

    if (!money_param_id(req, &id, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = charge_by_id(tx, id, req->arena, &view.charge, err) &&
              ledger_of_charge(tx, id, req->arena, &view.entries, &view.count, err) &&
              charge_parts(tx, id, req->arena, &view.parts, &view.part_count, err) &&
              mark_parts(tx, req, &view, err) &&
              decision_lines(tx, req, id, &view.decisions, err) &&
              dunning_of_charge(tx, id, req->arena, &view.dunnings, &view.dunning_count, err) &&
              pay_reasons_of(tx, id, req->arena, &view.reasons, &view.reason_count, err) &&
              payer_view_load(tx, req, &view.charge, &view.payer, err);
    tx_end(tx);
    if (!ok)
        return false;
    for (size_t i = 0; i < view.count; i++)
        view.entries[i].kind = booking_label(view.entries[i].kind);
    dunning_rules(req->tenant, &view.rules, &wrong); /* only for the levels' names */
    Str subject = view.charge.subject;
    if (str_starts_with(subject, "case/") && request_may(req, "case.read"))
        str_to_i64(str_slice(subject, 5, subject.len), &view.case_id);
    page_money_sheet(&out, &view);
    return money_send(req, res, "Forderung", &out);
}

const Route MONEY_ROUTES[] = {
    {"GET", "/desk/kasse", overview_page, ACCESS_STAFF, "money.read", 0},
    {"POST", "/desk/kasse/kontoauszug", import_post, ACCESS_STAFF, "money.book", ROUTE_UPLOAD},
    {"GET", "/desk/kasse/offen", open_page, ACCESS_STAFF, "money.read", 0},
    {"POST", "/desk/kasse/offen/:id/zuordnen", assign_post, ACCESS_STAFF, "money.book", 0},
    {"GET", "/desk/kasse/zahlungen/:id", item_page, ACCESS_STAFF, "money.read", 0},
    {"POST", "/desk/kasse/zahlungen/:id/buchen", item_book_post, ACCESS_STAFF, "money.book", 0},
    {"POST", "/desk/kasse/zahlungen/:id/aufteilen", item_split_post, ACCESS_STAFF, "money.book", 0},
    {"POST", "/desk/kasse/zahlungen/:id/zuruecknehmen", item_undo_post, ACCESS_STAFF, "money.book",
     0},
    {"GET", "/desk/kasse/lastschriften", collect_list_page, ACCESS_STAFF, "money.read", 0},
    {"GET", "/desk/kasse/lastschriften/neu", collect_preview_page, ACCESS_STAFF, "money.read", 0},
    {"POST", "/desk/kasse/lastschriften", collect_post, ACCESS_STAFF, "money.book", 0},
    {"GET", "/desk/kasse/lastschriften/:id", collect_sheet_page, ACCESS_STAFF, "money.read", 0},
    {"GET", "/desk/kasse/lastschriften/:id/datei", collect_file, ACCESS_STAFF, "money.book", 0},
    {"POST", "/desk/kasse/lastschriften/:id/verwerfen", collect_withdraw_post, ACCESS_STAFF,
     "money.book", 0},
    {"POST", "/desk/kasse/lastschriften/:id/abgelehnt", collect_refuse_post, ACCESS_STAFF,
     "money.book", 0},
    {"POST", "/desk/kasse/lastschriften/:id/abgegeben", collect_sent_post, ACCESS_STAFF,
     "money.book", 0},
    {"POST", "/desk/kasse/lastschriften/:id/erneuern", collect_renew_post, ACCESS_STAFF,
     "money.book", 0},
    {"POST", "/desk/kasse/lastschriften/:id/position/:position", collect_release_post, ACCESS_STAFF,
     "money.book", 0},
    {"GET", "/desk/kasse/erstattungen", refund_page, ACCESS_STAFF, "money.read", 0},
    {"POST", "/desk/kasse/erstattungen/vorschlagen", refund_propose_post, ACCESS_STAFF,
     "money.book", 0},
    {"POST", "/desk/kasse/erstattungen/umbuchen", refund_move_post, ACCESS_STAFF, "money.book", 0},
    {"POST", "/desk/kasse/erstattungen/:id/freigeben", refund_release_post, ACCESS_STAFF,
     "money.book", 0},
    {"POST", "/desk/kasse/erstattungen/:id/zurueckziehen", refund_drop_post, ACCESS_STAFF,
     "money.book", 0},
    {"POST", "/desk/kasse/erstattungen/:id/zuruecknehmen", refund_back_post, ACCESS_STAFF,
     "money.book", 0},
    {"POST", "/desk/kasse/erstattungen/datei/:id/abgegeben", refund_sent_post, ACCESS_STAFF,
     "money.book", 0},
    {"POST", "/desk/kasse/erstattungen/datei/:id/verwerfen", refund_discard_post, ACCESS_STAFF,
     "money.book", 0},
    {"POST", "/desk/kasse/erstattungen/datei", refund_run_post, ACCESS_STAFF, "money.book", 0},
    {"GET", "/desk/kasse/erstattungen/datei/:id", refund_file, ACCESS_STAFF, "money.book", 0},
    {"GET", "/desk/kasse/forderungen", charges_page, ACCESS_STAFF, "money.read", 0},
    {"GET", "/desk/kasse/forderungen/:id/mandat", mandate_form_page, ACCESS_STAFF, "money.book", 0},
    {"POST", "/desk/kasse/forderungen/:id/mandat", mandate_form_post, ACCESS_STAFF, "money.book",
     0},
    {"POST", "/desk/kasse/forderungen/:id/mandat/:mandat/widerrufen", mandate_revoke_post,
     ACCESS_STAFF, "money.book", 0},
    {"GET", "/desk/kasse/forderungen/:id", sheet_page, ACCESS_STAFF, "money.read", 0},
    {"GET", "/desk/kasse/forderungen/:id/entscheiden", decide_page, ACCESS_STAFF, "money.decide",
     0},
    {"POST", "/desk/kasse/forderungen/:id/entscheiden", decide_post, ACCESS_STAFF, "money.decide",
     0},
    {"GET", "/desk/kasse/entscheidungen", proposals_page, ACCESS_STAFF, "money.decide", 0},
    {"GET", "/desk/kasse/entscheidungen/:id", decision_page, ACCESS_STAFF, "money.read", 0},
    {"POST", "/desk/kasse/entscheidungen/:id/antwort", decision_answer_post, ACCESS_STAFF,
     "money.decide", 0},
    {"POST", "/desk/kasse/entscheidungen/:id/zuruecknehmen", decision_undo_post, ACCESS_STAFF,
     "money.decide", 0},
    {"GET", "/desk/kasse/mahnen", dunning_page, ACCESS_STAFF, "money.read", 0},
    {"GET", "/desk/kasse/mahnen/vorschau", dunning_preview_page, ACCESS_STAFF, "money.read", 0},
    {"POST", "/desk/kasse/mahnen", dunning_start_post, ACCESS_STAFF, "money.dun", 0},
    {"GET", "/desk/kasse/mahnen/:id", dunning_run_page, ACCESS_STAFF, "money.read", 0},
    {"POST", "/desk/kasse/mahnen/:id/fortsetzen", dunning_go_on_post, ACCESS_STAFF, "money.dun", 0},
    {"GET", "/desk/kasse/vollstreckung", enforcement_page, ACCESS_STAFF, "money.read", 0},
    {"POST", "/desk/kasse/vollstreckung", enforcement_post, ACCESS_STAFF, "money.dun", 0},
    {"GET", "/desk/kasse/vollstreckung/:id", enforcement_sheet, ACCESS_STAFF, "money.read", 0},
    {"GET", "/desk/kasse/vollstreckung/:id/:format", enforcement_file, ACCESS_STAFF, "money.dun",
     0},
    {"GET", "/desk/kasse/abschluesse", closings_page, ACCESS_STAFF, "money.read", 0},
    {"GET", "/desk/kasse/abschluesse/neu", closing_new_page, ACCESS_STAFF, "money.close", 0},
    {"POST", "/desk/kasse/abschluesse", closing_new_post, ACCESS_STAFF, "money.close", 0},
    {"GET", "/desk/kasse/abschluesse/:id", closing_page, ACCESS_STAFF, "money.read", 0},
    {"GET", "/desk/kasse/abschluesse/:id/csv", closing_csv, ACCESS_STAFF, "money.read", 0},
    {"GET", "/desk/kasse/buchungen", ledger_export_page, ACCESS_STAFF, "money.read", 0},
    {"GET", "/desk/kasse/buchungen/datei", ledger_export_file, ACCESS_STAFF, "money.read", 0},
    {0},
};

const JobKind MONEY_JOBS[] = {
    {.name = "bank-import",
     .label = "Kontoauszug einlesen",
     .back_label = "Zurück zur Kasse",
     .back_path = "/desk/kasse",
     .run = run_import},
    {.name = "direct-debit",
     .label = "Lastschriften erzeugen",
     .back_label = "Zurück zu den Lastschriften",
     .back_path = "/desk/kasse/lastschriften",
     .run = collect_job,
     .ended = collect_job_ended},
    {.name = "dunning",
     .label = "Mahnlauf",
     .back_label = "Zurück zum Mahnen",
     .back_path = "/desk/kasse/mahnen",
     .run = dunning_job},
    {0},
};
