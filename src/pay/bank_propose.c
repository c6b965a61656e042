/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/bank_propose.h"

#include "base/vec.h"
#include "pay/sepa_text.h"

enum { MOST_PROPOSALS = 4, MOST_CHARGES = 200 };

typedef struct Search {
    Tx *tx;
    Tenant *tenant;
    const BankItem *item;
    Arena *arena;
    Err *err;
    Str name; /* key of who paid */
    struct {
        Proposal *items;
        size_t count, capacity;
    } found;
} Search;

static int64_t open_of(const Charge *charge)
{
    return charge->owed_cents - charge->paid_cents;
}

static bool proposed(const Search *search, int64_t charge)
{
    for (size_t i = 0; i < search->found.count; i++)
        for (size_t k = 0; k < search->found.items[i].count; k++)
            if (search->found.items[i].shares[k].charge_id == charge)
                return true;
    return false;
}

static void propose_one(Search *search, const Charge *charge, Str reason)
{
    Arena *arena = search->arena;
    Share *share = arena_new(arena, Share);
    Charge *copy = arena_new(arena, Charge);

    if (proposed(search, charge->id))
        return;
    *share = (Share){charge->id, search->item->open_cents};
    *copy = *charge;
    VEC_PUSH(arena, &search->found, (Proposal){reason, share, copy, 1, NULL});
}

/* Is the amount all that is open, or all of a part that is? */
static bool amount_fits(const Search *search, const Charge *charge)
{
    ChargePart *parts;
    size_t count = 0;
    Err none = {0};

    if (open_of(charge) == search->item->open_cents)
        return true;
    if (!charge_parts(search->tx, charge->id, search->arena, &parts, &count, &none))
        return false;
    for (size_t i = 0; i < count; i++)
        if (parts[i].open_cents == search->item->open_cents)
            return true;
    return false;
}

static bool name_fits(const Search *search, const Charge *charge)
{
    return search->name.len > 0 && str_eq(search->name, name_key(search->arena, charge->debtor));
}

static bool query_charges(Search *search, Rows *rows, Charge **out, size_t *count)
{
    struct {
        Charge *items;
        size_t count, capacity;
    } list = {0};

    err_clear(search->err);
    while (rows && rows_next(rows, search->err))
        VEC_PUSH(search->arena, &list, charge_from_row(rows));
    *out = list.items;
    *count = list.count;
    return rows && search->err->kind == ERR_NONE;
}

/* --- By the Kassenzeichen ----------------------------------------------------------------------
 */

/* The charges take what they owe, in the order in which they are due; what is left goes to the
 * last. */
static void propose_split(Search *search, Charge *charges, size_t count)
{
    Arena *arena = search->arena;
    Share *shares = arena_array(arena, Share, count);
    int64_t left = search->item->open_cents, open = 0;
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        int64_t owed = open_of(&charges[i]);
        open += owed > 0 ? owed : 0;
        int64_t cents = i + 1 == count || owed > left ? left : owed;
        if (cents <= 0)
            continue;
        charges[n] = charges[i];
        shares[n++] = (Share){charges[i].id, cents};
        left -= cents;
    }
    Str reason =
        str_printf(arena, "Die Zahlung nennt %zu Kassenzeichen. Offen sind dort zusammen %.*s.",
                   count, STR_ARG(money_text(arena, open, STR("de"))));
    if (n > 0)
        VEC_PUSH(arena, &search->found, (Proposal){reason, shares, charges, n, NULL});
}

static bool by_reference(Search *search, Str text)
{
    Charge *charges;
    size_t count;
    int64_t later = 0;

    if (!bank_named_charges(search->tx, search->tenant, text, search->arena, &charges, &count,
                            search->err))
        return false;
    if (count > 1)
        propose_split(search, charges, count);
    if (count != 1)
        return true;
    if (!tx_query_int(search->tx, search->err, &later,
                      "SELECT COUNT(*) FROM charge c, bank_item b WHERE c.id = $1 AND b.id = $2 "
                      "AND c.created_at > b.created_at",
                      P_INT(charges[0].id), P_INT(search->item->id)))
        return false;
    propose_one(search, &charges[0],
                later ? STR("Das Kassenzeichen stimmt. Die Forderung ist erst nach der Zahlung "
                            "entstanden.")
                      : STR("Das Kassenzeichen stimmt."));
    return true;
}

/* One slip in the Kassenzeichen, and the amount or the name fits: only when that is one charge. */
static bool by_slip(Search *search, Str text)
{
    Str *near;
    size_t count = payment_reference_near(search->tenant->settings, text, search->arena, &near);
    Charge fitting = {0};
    size_t hits = 0;
    bool amount = false;

    for (size_t i = 0; i < count; i++) {
        Charge charge;
        if (!charge_by_reference(search->tx, near[i], search->arena, &charge, search->err)) {
            if (search->err->kind != ERR_NOT_FOUND)
                return false;
            err_clear(search->err);
            continue;
        }
        if (!amount_fits(search, &charge) && !name_fits(search, &charge))
            continue;
        fitting = charge;
        amount = amount_fits(search, &charge);
        hits++;
    }
    if (hits == 1)
        propose_one(search, &fitting,
                    amount && name_fits(search, &fitting)
                        ? STR("Im Kassenzeichen ist eine Stelle falsch. Betrag und Name passen.")
                    : amount ? STR("Im Kassenzeichen ist eine Stelle falsch. Der Betrag passt.")
                             : STR("Im Kassenzeichen ist eine Stelle falsch. Der Name passt."));
    return true;
}

/* --- By who paid ---------------------------------------------------------------------------------
 */

/* The account has paid before: what is open of these charges, and of the same people's. */
static bool by_account(Search *search)
{
    Charge *charges;
    size_t count, open = 0;

    if (str_empty(search->item->iban))
        return true;
    Rows *rows = tx_query(
        search->tx, search->arena, search->err,
        "SELECT " CHARGE_COLUMNS " FROM charge WHERE owed_cents > paid_cents AND (id IN "
        "(SELECT charge_id FROM bank_item WHERE id IN " BANK_ITEMS_OF_IBAN ") "
        "OR name_key IN (SELECT c.name_key FROM bank_item b JOIN charge c ON c.id = b.charge_id "
        "WHERE b.id IN " BANK_ITEMS_OF_IBAN ")) ORDER BY due, id LIMIT $2",
        P_TEXT(search->item->iban), P_INT(MOST_CHARGES));
    if (!query_charges(search, rows, &charges, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        open++;
        if (amount_fits(search, &charges[i])) {
            propose_one(search, &charges[i],
                        STR("Von dieser IBAN kam schon eine Zahlung für dieselbe Person, und der "
                            "Betrag ist dort offen."));
            return true;
        }
    }
    if (open == 1)
        propose_one(search, &charges[0],
                    STR("Von dieser IBAN kam schon eine Zahlung für dieselbe Person. Der Betrag "
                        "weicht ab."));
    return true;
}

static bool by_name(Search *search)
{
    Charge *charges;
    size_t count;
    const Charge *fitting = NULL;
    size_t hits = 0;

    if (search->name.len == 0)
        return true;
    Rows *rows = tx_query(search->tx, search->arena, search->err,
                          "SELECT " CHARGE_COLUMNS " FROM charge WHERE name_key = $1 AND "
                          "owed_cents <> paid_cents AND owed_cents > paid_cents "
                          "ORDER BY due, id LIMIT $2",
                          P_TEXT(search->name), P_INT(MOST_CHARGES));
    if (!query_charges(search, rows, &charges, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (amount_fits(search, &charges[i])) {
            fitting = &charges[i];
            hits++;
        }
    if (hits == 1)
        propose_one(search, fitting,
                    STR("Name und Betrag passen zu genau einer offenen Forderung."));
    else if (hits == 0 && count == 1)
        propose_one(search, &charges[0],
                    STR("Der Name passt zu genau einer offenen Forderung. Der Betrag weicht ab."));
    return true;
}

/* --- What takes a payment back --------------------------------------------------------------- */

static bool propose_return(Search *search, const BankItem *taken)
{
    Arena *arena = search->arena;
    BankItem *copy = arena_new(arena, BankItem);

    *copy = *taken;
    Str reason = str_printf(
        arena, "Nimmt die %s vom %.*s über %.*s zurück.", taken->cents > 0 ? "Zahlung" : "Rückgabe",
        STR_ARG(date_long(arena, taken->booked, STR("de"))),
        STR_ARG(money_text(arena, taken->cents > 0 ? taken->cents : -taken->cents, STR("de"))));
    VEC_PUSH(arena, &search->found, (Proposal){reason, NULL, NULL, 0, copy});
    return true;
}

static bool returns(Search *search)
{
    const BankItem *item = search->item;
    Str sources[] = {item->end_to_end, item->text};

    for (size_t s = 0; s < 2 && search->found.count == 0; s++) {
        Charge *charges;
        size_t count;
        if (!bank_named_charges(search->tx, search->tenant, sources[s], search->arena, &charges,
                                &count, search->err))
            return false;
        for (size_t i = 0; i < count; i++) {
            BankItem *items;
            size_t found;
            if (!bank_returnable(search->tx, charges[i].id, item->cents, item->return_cents,
                                 search->arena, &items, &found, search->err))
                return false;
            for (size_t k = 0; k < found && search->found.count < MOST_PROPOSALS; k++)
                propose_return(search, &items[k]);
        }
    }
    return true;
}

/* --- What the town paid ------------------------------------------------------------------------
 */

/* A refund that went out before under another name: whoever has it twice owes it. */
static bool paid_twice(Search *search)
{
    const BankItem *item = search->item;
    int64_t charge_id = 0;
    Charge charge;

    if (!item->end_to_end.ptr)
        return true;
    if (!tx_query_int(search->tx, search->err, &charge_id,
                      "SELECT r.charge_id FROM refund r JOIN refund_name_before p ON p.refund_id = "
                      "r.id WHERE p.end_to_end = $1 AND r.cents = $2 AND r.status IN ('paid', "
                      "'returned')",
                      P_TEXT(item->end_to_end), P_INT(-item->cents)))
        return false;
    if (charge_id == 0)
        return true;
    if (!charge_by_id(search->tx, charge_id, search->arena, &charge, search->err))
        return false;
    propose_one(search, &charge,
                STR("Diese Erstattung hat die Bank ein zweites Mal ausgezahlt. Gebucht ist der "
                    "Betrag hier wieder offen, damit Sie ihn zurückfordern können."));
    return true;
}

bool bank_proposals(Tx *tx, Tenant *tenant, const BankItem *item, Arena *arena, Proposal **out,
                    size_t *count, Err *err)
{
    Search search = {.tx = tx, .tenant = tenant, .item = item, .arena = arena, .err = err};
    bool whole = item->open_cents == item->cents;
    bool ok = true;

    err_clear(err);
    if (item->open_cents < 0 || item->return_code.ptr)
        ok = !whole || (returns(&search) && (search.found.count > 0 || paid_twice(&search)));
    if (item->open_cents > 0 && search.found.count == 0) {
        search.name = name_key(arena, item->name);
        ok = ok && by_reference(&search, item->end_to_end);
        if (search.found.count == 0)
            ok = ok && by_reference(&search, item->text);
        if (search.found.count == 0)
            ok = ok && by_slip(&search, item->end_to_end) && by_slip(&search, item->text) &&
                 by_account(&search) && by_name(&search);
    }
    *out = search.found.items;
    *count = search.found.count < MOST_PROPOSALS ? search.found.count : MOST_PROPOSALS;
    return ok;
}
