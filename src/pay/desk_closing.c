/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/desk_closing.h"

#include "base/csv.h"
#include "core/page/out.h"
#include "core/page/problem.h"
#include "pay/desk_closing.html.h"
#include "pay/desk_decision.h"
#include "pay/desk_items.h"
#include "pay/euros.h"

/* --- Words ------------------------------------------------------------------------------------ */

typedef struct Word {
    const char *word, *label;
} Word;

static Str label_of(const Word *words, Str word)
{
    for (; words->word; words++)
        if (str_is(word, words->word))
            return str_c(words->label);
    return STR_NONE;
}

Str booking_label(Str kind)
{
    static const Word WORDS[] = {
        {"sollstellung", "Sollstellung"},
        {"änderung", "Änderung"},
        {"zahlung", "Zahlung"},
        {"zuordnung", "Zuordnung"},
        {"verwahrung", "Verwahrung"},
        {"rückgabe", "Rückgabe durch die Bank"},
        {"rücknahme", "Zuordnung zurückgenommen"},
        {"lastschrift", "Lastschrift"},
        {"umbuchung", "Umbuchung"},
        {"erstattung", "Erstattung"},
        {"mahngebühr", "Mahngebühr"},
        {"rücklastschriftgebühr", "Gebühr für die Rücklastschrift"},
        {"säumniszuschlag", "Säumniszuschlag"},
        {"zinsen", "Stundungszinsen"},
        {"erlass", "Erlass"},
        {"niederschlagung", "Niederschlagung"},
        {0},
    };
    Str label = label_of(WORDS, kind);

    return label.ptr ? label : kind;
}

Str account_label(const Tenant *tenant, Str account, Arena *arena)
{
    static const Word WORDS[] = {
        {"forderung", "Forderungen"},
        {"bank", "Bank"},
        {"verwahr", "Verwahrgelder"},
        {"auszahlung", "Auszahlungen unterwegs"},
        {"erlass", "Erlass"},
        {"niederschlagung", "Niederschlagung"},
        {"aufwand/bankgebühren", "Aufwand: Bankgebühren"},
        {0},
    };
    Str label = label_of(WORDS, account);

    if (label.ptr || !str_starts_with(account, "ertrag/"))
        return label.ptr ? label : account;
    Str name = str_slice(account, strlen("ertrag/"), account.len);
    const Node *known =
        node_get_str(node_get(node_get(tenant->settings, "money"), "accounts"), name);
    Str told = node_get_text(known, "name");
    return str_printf(arena, "Ertrag: %.*s", STR_ARG(told.ptr ? told : booking_label(name)));
}

/* --- Closings ----------------------------------------------------------------------------------
 */

bool closings_page(Request *req, Response *res, Err *err)
{
    ClosingList view = {.may_close = request_may(req, "money.close")};
    Out out = out_for(req);
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = closings_list(tx, req->arena, &view.items, &view.count, err);
    tx_end(tx);
    if (!ok)
        return false;
    page_closing_list(&out, &view);
    return money_send(req, res, "Tagesabschlüsse", &out);
}

/* What the form showed: bookings are only added, so that their number tells of each; and what the
 * statement differs by. */
static const char SEEN[] = "gesehen";

static Str seen_text(Arena *arena, const Closing *closing)
{
    return str_printf(arena, "%lld/%lld", (long long)closing->bookings,
                      (long long)closing_difference(closing));
}

/* The form, with the numbers of the day that was asked for, or of today; `fault` tells why it was
 * not closed. */
static bool show_form(Request *req, Response *res, Str asked, Str note, const Err *fault, Err *err)
{
    Str typed = asked.ptr ? asked : money_day_text(req->arena, req->today);
    ClosingPage view = {
        .looking = true,
        .day = money_field("tag", "Bis einschließlich", "Zum Beispiel 31.3.2027", typed),
        .note = money_field("erklaerung", "Erklärung",
                            "Nötig, wenn sich Auszug und Buchungen unterscheiden.", note)};
    Err wrong = {0};
    Out out = out_for(req);
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    view.note.optional = true;
    view.note.rows = 3;
    if (fault && str_is(view.note.id, fault->field))
        field_fail(&view.note, view.errors, &view.error_count, problem_words(fault, req->arena));
    if (fault && strcmp(fault->field, SEEN) == 0)
        field_fail(&view.day, view.errors, &view.error_count, problem_words(fault, req->arena));
    view.looked = closing_look(tx, money_day(typed), req->today, req->arena, &view.closing, &wrong);
    tx_end(tx);
    if (!view.looked && wrong.kind != ERR_INPUT) {
        *err = wrong;
        return false;
    }
    view.seen = seen_text(req->arena, &view.closing);
    view.all_closed = !view.looked && !asked.ptr;
    if (!view.looked && asked.ptr) {
        res->status = 422;
        field_fail(&view.day, view.errors, &view.error_count, problem_words(&wrong, req->arena));
    }
    page_closing_form(&out, &view);
    return money_send(req, res, "Tag abschließen", &out);
}

bool closing_new_page(Request *req, Response *res, Err *err)
{
    return show_form(req, res, request_query(req, "tag"), STR(""), NULL, err);
}

typedef struct Closes {
    Request *req;
    Date day;
    int64_t id;
} Closes;

/* A closing is for good: it holds what was looked at. */
static bool is_as_seen(Tx *tx, const Closes *closes, Err *err)
{
    Request *req = closes->req;
    Closing closing;

    return closing_look(tx, closes->day, req->today, req->arena, &closing, err) &&
           (str_eq(request_form(req, SEEN), seen_text(req->arena, &closing)) ||
            err_field(err, SEEN,
                      "Seit Sie die Zahlen angesehen haben, ist etwas gebucht worden. Bitte prüfen "
                      "Sie die neuen Zahlen."));
}

static bool write_closing(Tx *tx, void *context, Err *err)
{
    Closes *closes = context;
    Request *req = closes->req;

    return is_as_seen(tx, closes, err) &&
           closing_make(tx, closes->day, req->today, request_form(req, "erklaerung"),
                        request_actor(req), req->arena, &closes->id, err);
}

bool closing_new_post(Request *req, Response *res, Err *err)
{
    Closes closes = {.req = req, .day = money_day(request_form(req, "tag"))};

    if (db_write(req->tenant->db, write_closing, &closes, err))
        return respond_redirect(
            req, res, str_printf(req->arena, "/desk/kasse/abschluesse/%lld", (long long)closes.id));
    if (err->kind != ERR_INPUT)
        return false;
    Err fault = *err;
    res->status = 422;
    return show_form(req, res,
                     date_absent(closes.day) ? request_form(req, "tag")
                                             : money_day_text(req->arena, closes.day),
                     request_form(req, "erklaerung"), &fault, err);
}

static bool load_closing(Request *req, ClosingPage *view, Err *err)
{
    int64_t id;
    Tx *tx;

    if (!money_param_id(req, &id, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = closing_by_id(tx, id, req->arena, &view->closing, err);
    if (ok)
        view->actor = money_actor_name(tx, view->closing.actor, req->arena);
    tx_end(tx);
    return ok;
}

bool closing_page(Request *req, Response *res, Err *err)
{
    ClosingPage view = {0};
    Out out = out_for(req);

    if (!load_closing(req, &view, err))
        return false;
    page_closing_sheet(&out, &view);
    return money_send(req, res, "Tagesabschluss", &out);
}

bool closing_csv(Request *req, Response *res, Err *err)
{
    static const Str HEAD[] = {{"Von", 3},    {"Bis", 3},  {"Konto", 5}, {"Art", 3},
                               {"Anzahl", 6}, {"Soll", 4}, {"Haben", 5}};
    ClosingPage view = {0};
    Buf csv = buf_in(req->arena);
    Arena *arena = req->arena;

    if (!load_closing(req, &view, err))
        return false;
    const Closing *closing = &view.closing;
    buf_add_c(&csv, "\xEF\xBB\xBF");
    csv_add_row_with(&csv, ';', HEAD, 7);
    for (size_t i = 0; i < closing->sum_count; i++) {
        const ClosingSum *sum = &closing->sums[i];
        Str values[] = {date_iso(arena, closing->first),
                        date_iso(arena, closing->day),
                        sum->account,
                        sum->kind,
                        str_printf(arena, "%lld", (long long)sum->bookings),
                        euros_bare(arena, sum->debit_cents),
                        euros_bare(arena, sum->credit_cents)};
        csv_add_row_with(&csv, ';', values, 7);
    }
    return respond_bytes(
        res, arena, STR("text/csv; charset=utf-8"), buf_str(&csv),
        str_printf(arena, "tagesabschluss-%.*s.csv", STR_ARG(date_iso(arena, closing->day))));
}
