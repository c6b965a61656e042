/* SPDX-License-Identifier: EUPL-1.2 */
/* What can be collected, and why the rest cannot. */
#include "base/check_digit.h"
#include "base/vec.h"
#include "core/page/out.h"
#include "pay/collection_store.h"
#include "pay/decision.h"
#include "pay/part.h"
#include "pay/sepa_calendar.h"
#include "pay/sepa_country.h"
#include "pay/sepa_xml.h"

#include <stdlib.h>

enum { LEAD_DAYS = 2, MOST_DAYS_AHEAD = 2 * 366 };

/* Of one direct debit: 999,999,999.99 (EPC130-08, AT-06). */
static const int64_t MOST_CENTS = INT64_C(99999999999);

Date collect_earliest(const Tenant *tenant, Date today)
{
    int64_t days = node_get_i64(node_get(tenant->settings, "money"), "lead_days", LEAD_DAYS);

    return target_after(today, days < 1 ? 1 : (int)days);
}

Date collect_day(const Tenant *tenant, Date today, Date due)
{
    Date noticed = date_add_days(today, collect_notice_days(tenant)),
         earliest = collect_earliest(tenant, today);
    Date day = date_compare(due, noticed) < 0 ? noticed : due;

    return target_from(date_compare(day, earliest) < 0 ? earliest : day);
}

bool collect_day_ok(const Tenant *tenant, Date today, Date collect_on, Err *err)
{
    Date earliest = collect_earliest(tenant, today);
    Arena *arena = arena_create(512);
    bool ok = true;

    if (!check_creditor_id(tenant_setting(tenant, "money.creditor_id")))
        ok = err_field(err, "einzug",
                       N_("Für Lastschriften fehlt die Gläubiger-Identifikationsnummer, oder sie "
                          "stimmt nicht: money.creditor_id in tenant.yaml."));
    else if (!check_iban(sepa_own_iban(tenant, arena)))
        ok = err_field(err, "einzug",
                       N_("Für Lastschriften fehlt die IBAN der Stadt, oder sie stimmt nicht: "
                          "money.iban in tenant.yaml."));
    else if (date_valid(collect_on) &&
             date_to_days(collect_on) - date_to_days(today) > MOST_DAYS_AHEAD)
        ok = err_field(err, "einzug",
                       "So weit im Voraus nimmt keine Bank eine Lastschrift an. Bitte prüfen Sie "
                       "das Jahr.");
    else if (date_valid(collect_on) && date_compare(collect_on, earliest) < 0)
        ok = err_field(err, "einzug",
                       "Der Einzug ist frühestens am %.*s möglich: Die Bank braucht die Datei "
                       "vorher.",
                       STR_ARG(date_long(arena, earliest, STR("de"))));
    else if (!date_valid(collect_on) || !target_day(collect_on))
        ok = err_field(
            err, "einzug",
            "An diesem Tag arbeiten die Banken nicht. Der nächste Bankarbeitstag ist "
            "der %.*s.",
            STR_ARG(date_long(arena, target_from(date_valid(collect_on) ? collect_on : earliest),
                              STR("de"))));
    arena_destroy(arena);
    return ok;
}

/* --- Rows: a part of a charge beside its payer's mandate -------------------------------------- */

static Mandate mandate_of(Rows *rows)
{
    Mandate mandate = {
        .id = row_int(rows, 9),
        .reference = row_text(rows, 10),
        .holder = row_text(rows, 11),
        .iban = row_text(rows, 12),
        .bic = row_text(rows, 13),
        .email = row_text(rows, 14),
        .town = row_text(rows, 15),
        .country = row_text(rows, 16),
        .one_off = row_int(rows, 18) != 0,
    };

    mandate.signed_on = row_date(rows, 17);
    mandate.last_use = row_date(rows, 19); /* elsewhere; ours are looked up where they matter */
    return mandate;
}

static Str why_left_out(CollectChoice *choice, const SepaOrder *order, Str last, Arena *arena)
{
    const Mandate *mandate = &choice->mandate;
    bool running = str_is(last, "running");
    Str why;

    if (mandate->id == 0)
        return STR("Kein Mandat: zahlt selbst.");
    /* A mandate for one collection is used up by the very one that runs, or is brought up to date.
     */
    if (!(mandate->one_off && (running || str_is(last, "within"))) &&
        !mandate_usable(mandate, order->collect_on, &why))
        return why;
    choice->running = running;
    if (running)
        return STR("Ist schon in einer laufenden Lastschrift.");
    if (str_is(last, "returned") && !order->retry)
        return STR("Die letzte Lastschrift kam zurück.");
    if (str_is(last, "credited") && !order->retry)
        return STR("Ist schon eingezogen. Das Geld deckt, was früher fällig war.");
    if (!mandate_fits_file(mandate->holder, mandate->reference, arena))
        return STR("Kontoinhaber oder Mandatsreferenz passen in keine Datei für die Bank. Bitte "
                   "tragen Sie das Mandat neu ein.");
    if (!sepa_country_in_eea(mandate->iban) && !sepa_address_ok(mandate->town, mandate->country))
        return STR("Konto außerhalb des Europäischen Wirtschaftsraums: Die Anschrift fehlt.");
    return choice->cents > MOST_CENTS ? STR("Der Betrag ist für eine Lastschrift zu hoch.")
                                      : STR_NONE;
}

typedef struct Tried {
    int number;
    Str status; /* STR_NONE: it was never collected */
} Tried;

typedef struct Choosing {
    Tx *tx;
    const SepaOrder *order;
    Arena *arena;
    CollectChoices *out;
    CollectChoice charge; /* the one whose parts are being read */
    int64_t paid_cents;
    Str held; /* a decision stands against collecting it, in German; or STR_NONE */
    PartList parts;
    struct { /* what became of the last collection of each part */
        Tried *items;
        size_t count, capacity;
    } tried;
} Choosing;

static int by_number(const void *key, const void *item)
{
    const int64_t *a = key, *b = item;

    return (*a > *b) - (*a < *b);
}

static bool wanted(const SepaOrder *order, int64_t charge)
{
    return !order->charges ||
           bsearch(&charge, order->charges, order->charge_count, sizeof *order->charges, by_number);
}

static Str last_of(const Choosing *choosing, int number)
{
    for (size_t i = 0; i < choosing->tried.count; i++)
        if (choosing->tried.items[i].number == number)
            return choosing->tried.items[i].status;
    return STR_NONE;
}

/* Our own direct debits matter where the mandate would be used up or gone without them. */
static bool load_use(Choosing *choosing, Err *err)
{
    Mandate *mandate = &choosing->charge.mandate;
    const SepaOrder *order = choosing->order;

    return mandate->id == 0 ||
           (!mandate->one_off && date_compare(mandate_last_day(mandate), order->collect_on) >= 0) ||
           mandate_load_use(choosing->tx, mandate, order->within, choosing->arena, err);
}

/* A mandate for one collection that nothing has used yet is for one part, and for no other. */
static bool load_one_off(Choosing *choosing, PartName *only, Err *err)
{
    const Mandate *mandate = &choosing->charge.mandate;

    *only = (PartName){0};
    return !mandate->one_off || !date_absent(mandate->last_use) ||
           collect_one_off_part(choosing->tx, mandate, choosing->order, choosing->arena, only, err);
}

static Str why_not_this(const CollectChoice *choice, const PartName *only)
{
    if (choice->left_out.ptr || only->charge_id == 0 ||
        (only->charge_id == choice->charge_id && only->part == choice->part))
        return choice->left_out;
    return STR("Das Mandat gilt für eine einzige Lastschrift.");
}

/* All parts of a charge are known: what is paid is paid on the first ones. */
static bool end_charge(Choosing *choosing, Err *err)
{
    PartName only;

    if (choosing->parts.count == 0)
        return true;
    if (!load_use(choosing, err) || !load_one_off(choosing, &only, err))
        return false;
    parts_allocate(&choosing->parts, choosing->paid_cents);
    for (size_t i = 0; i < choosing->parts.count; i++) {
        const ChargePart *part = &choosing->parts.items[i];
        CollectChoice choice = choosing->charge;
        if (part->open_cents <= 0 || date_compare(part->due, choosing->order->due_until) > 0)
            continue;
        choice.part = part->number;
        choice.due = part->due;
        choice.cents = part->open_cents;
        choice.left_out = choosing->held.ptr
                              ? choosing->held
                              : why_left_out(&choice, choosing->order,
                                             last_of(choosing, part->number), choosing->arena);
        choice.left_out = why_not_this(&choice, &only);
        VEC_PUSH(choosing->arena, choosing->out, choice);
    }
    choosing->parts = (PartList){0};
    choosing->tried.count = 0;
    return true;
}

static Str held_by(Str decision, Arena *arena)
{
    DecisionKind kind;

    if (!decision.ptr || !decision_kind_of(decision, &kind))
        return STR_NONE;
    return str_printf(arena, "Eine Entscheidung steht dagegen: %.*s.",
                      STR_ARG(decision_label(kind)));
}

static bool take_row(Choosing *choosing, Rows *rows, Err *err)
{
    ChargePart part = {
        .number = (int)row_int(rows, 5), .cents = row_int(rows, 7), .kind = row_text(rows, 8)};

    if (row_int(rows, 0) != choosing->charge.charge_id) {
        if (!end_charge(choosing, err))
            return false;
        choosing->charge = (CollectChoice){.charge_id = row_int(rows, 0),
                                           .payment_reference = row_text(rows, 1),
                                           .purpose = row_text(rows, 2),
                                           .debtor = row_text(rows, 3),
                                           .mandate = mandate_of(rows)};
        choosing->paid_cents = row_int(rows, 4);
        choosing->held = held_by(row_text(rows, 21), choosing->arena);
    }
    date_parse_iso(row_text(rows, 6), &part.due);
    if (!wanted(choosing->order, choosing->charge.charge_id))
        return true;
    VEC_PUSH(choosing->arena, &choosing->parts, part);
    VEC_PUSH(choosing->arena, &choosing->tried, (Tried){part.number, row_text(rows, 20)});
    return true;
}

/* The last charge that is wanted. */
static int64_t last_wanted(const SepaOrder *order)
{
    if (!order->charges)
        return INT64_MAX;
    return order->charge_count ? order->charges[order->charge_count - 1] : 0;
}

/* The `limit`-th charge behind `after`; 0 when there are fewer. */
static bool find_end(Tx *tx, const SepaOrder *order, int64_t after, int limit, int64_t *end,
                     Err *err)
{
    *end = 0;
    return tx_query_int(tx, err, end,
                        "SELECT id FROM charge WHERE owed_cents > paid_cents AND payer IS NOT NULL "
                        "AND id > $1 AND id <= $3 ORDER BY id LIMIT 1 OFFSET $2",
                        P_INT(after), P_INT(limit - 1), P_INT(last_wanted(order)));
}

bool collect_choose(Tx *tx, const SepaOrder *order, int64_t after, int limit, Arena *arena,
                    CollectChoices *out, Err *err)
{
    Choosing *choosing = arena_new(arena, Choosing);

    *choosing = (Choosing){.tx = tx, .order = order, .arena = arena, .out = out};
    if (order->charge_count && after < order->charges[0])
        after = order->charges[0] - 1;
    if (!find_end(tx, order, after, limit, &out->next, err))
        return false;
    Rows *rows = tx_query(
        tx, arena, err,
        "SELECT c.id, c.payment_reference, c.purpose, c.debtor, c.paid_cents, p.number, p.due, "
        "p.cents, p.kind, m.id, m.reference, m.holder, m.iban, m.bic, m.email, m.town, m.country, "
        "m.signed_on, m.one_off, m.used_elsewhere, " COLLECT_LAST_TRY(
            "c.id", "p.number",
            "$4") ", "
                  "(SELECT d.kind FROM charge_decision d WHERE d.charge_id = c.id AND d.status = "
                  "'stands' "
                  "AND d.kind IN ('stundung', 'niederschlagung-befristet', 'vollstreckung') AND "
                  "(d.until IS NULL OR d.until >= $3) LIMIT 1) "
                  "FROM charge c JOIN charge_part p ON p.charge_id = c.id LEFT JOIN mandate m ON "
                  "m.payer = c.payer AND m.revoked_on IS NULL WHERE c.owed_cents > c.paid_cents "
                  "AND "
                  "c.payer IS NOT NULL AND c.id > $1 AND c.id <= $2 ORDER BY c.id, p.number",
        P_INT(after), P_INT(out->next ? out->next : last_wanted(order)),
        P_TEXT(date_iso(arena, order->collect_on)), P_INT(order->within));
    while (rows && rows_next(rows, err))
        if (!take_row(choosing, rows, err))
            return false;
    return rows && err->kind == ERR_NONE && end_charge(choosing, err);
}
