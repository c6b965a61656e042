/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/mandate.h"

#include "base/check_digit.h"
#include "base/utf8.h"
#include "core/page/out.h"
#include "core/store/event.h"
#include "core/store/rows.h"
#include "pay/sepa_country.h"
#include "pay/sepa_text.h"

#include <assert.h>

enum { UNUSED_MONTHS = 36, MOST_HOLDER = 70, MOST_REFERENCE = 35 };

#define COLUMNS                                                                \
    "m.id, m.reference, m.payer, m.holder, m.iban, m.bic, m.email, m.street, " \
    "m.postcode, m.town, m.country, m.signed_on, m.one_off, "                  \
    "m.used_elsewhere, " MANDATE_COLLECTED_ON ", m.revoked_on, m.revoked_why FROM mandate m "

static Mandate mandate_from_row(Rows *rows)
{
    Mandate mandate = {
        .id = row_int(rows, 0),
        .reference = row_text(rows, 1),
        .payer = row_text(rows, 2),
        .holder = row_text(rows, 3),
        .iban = row_text(rows, 4),
        .bic = row_text(rows, 5),
        .email = row_text(rows, 6),
        .street = row_text(rows, 7),
        .postcode = row_text(rows, 8),
        .town = row_text(rows, 9),
        .country = row_text(rows, 10),
        .one_off = row_int(rows, 12) != 0,
        .revoked_why = row_text(rows, 16),
    };

    mandate.signed_on = row_date(rows, 11);
    mandate.last_use = date_later(row_date(rows, 13), row_date(rows, 14));
    mandate.revoked_on = row_date(rows, 15);
    return mandate;
}

static bool all_of(Rows *rows, Arena *arena, Mandate **out, size_t *count, Err *err)
{
    return ROWS_LIST(rows, arena, out, count, err, mandate_from_row(rows));
}

bool mandates_of_payer(Tx *tx, Str payer, Arena *arena, Mandate **out, size_t *count, Err *err)
{
    return all_of(tx_query(tx, arena, err,
                           "SELECT " COLUMNS "WHERE m.payer = $1 ORDER BY m.id DESC",
                           P_TEXT(payer)),
                  arena, out, count, err);
}

bool mandates_of_subject(Tx *tx, Str subject, Arena *arena, Mandate **out, size_t *count, Err *err)
{
    return all_of(tx_query(tx, arena, err, "SELECT " COLUMNS "WHERE m.subject = $1 ORDER BY m.id",
                           P_TEXT(subject)),
                  arena, out, count, err);
}

bool mandate_by_id(Tx *tx, int64_t id, Arena *arena, Mandate *out, Err *err)
{
    Mandate *found;
    size_t count;

    if (!all_of(tx_query(tx, arena, err, "SELECT " COLUMNS "WHERE m.id = $1", P_INT(id)), arena,
                &found, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "Dieses Mandat gibt es nicht.");
    *out = found[0];
    return true;
}

bool mandate_load_use(Tx *tx, Mandate *mandate, int64_t within, Arena *arena, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT MAX(k.collect_on) FROM " MANDATE_USES
                          "$1 AND (u.collection_id <> $2 OR $3 = 1)",
                          P_INT(mandate->id), P_INT(within), P_INT(mandate->one_off));

    if (rows && rows_next(rows, err)) {
        mandate->last_use = date_later(mandate->last_use, row_date(rows, 0));
        rows_end(rows);
    }
    return rows && err->kind == ERR_NONE;
}

Date mandate_last_day(const Mandate *mandate)
{
    return date_add_months(date_absent(mandate->last_use) ? mandate->signed_on : mandate->last_use,
                           UNUSED_MONTHS);
}

bool mandate_usable(const Mandate *mandate, Date on, Str *why)
{
    if (!date_absent(mandate->revoked_on) && date_compare(mandate->revoked_on, on) <= 0)
        *why = STR(N_("Das Mandat ist widerrufen."));
    else if (mandate->one_off && !date_absent(mandate->last_use))
        *why = STR(N_("Das Mandat galt für eine einzige Lastschrift."));
    else if (date_compare(mandate_last_day(mandate), on) < 0)
        *why = STR(N_("Das Mandat ist erloschen: Es wurde 36 Monate nicht benutzt."));
    else if (date_compare(mandate->signed_on, on) > 0)
        *why = STR(N_("Das Mandat gilt erst später."));
    else
        return true;
    return false;
}

static bool holder_fits(Str holder, Arena *arena)
{
    return !utf8_blank(holder) && !str_empty(sepa_text(arena, holder, MOST_HOLDER));
}

bool mandate_fits_file(Str holder, Str reference, Arena *arena)
{
    return holder_fits(holder, arena) &&
           (sepa_id_ok(reference) || sepa_id_ok(sepa_text(arena, reference, MOST_REFERENCE)));
}

bool mandate_of_payer(Tx *tx, Str payer, Date on, Arena *arena, Mandate *out, Err *err)
{
    Mandate *all;
    size_t count;
    Str why;

    if (!mandates_of_payer(tx, payer, arena, &all, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (mandate_usable(&all[i], on, &why)) {
            *out = all[i];
            return true;
        }
    return err_set(err, ERR_NOT_FOUND, "Es gibt kein gültiges Mandat.");
}

/* --- Taking one down ---------------------------------------------------------------------------
 */

static bool form_ok(const MandateOrder *order, Str iban, Str bic, Arena *arena, Err *err)
{
    /* One mandate that no file can hold would keep the bank from collecting by any. */
    if (!holder_fits(order->holder, arena) || utf8_length(order->holder) > MOST_HOLDER)
        return err_field_in(err, "kontoinhaber", order->lang,
                            "Zum Mandat gehört, wem das Konto gehört (höchstens 70 Zeichen).");
    if (!check_iban(iban))
        return err_field_in(err, "iban", order->lang,
                            "Die IBAN „%.*s“ stimmt nicht. Bitte prüfen Sie die Ziffern.",
                            STR_ARG(order->iban));
    if (!sepa_country_known(iban))
        return err_field_in(err, "iban", order->lang,
                            "Von einem Konto in diesem Land (%.2s) kann nicht abgebucht werden: Es "
                            "nimmt nicht am SEPA-Verfahren teil.",
                            iban.ptr);
    if (bic.ptr && !sepa_bic_ok(bic))
        return err_field_in(err, "bic", order->lang,
                            "Eine BIC hat 8 oder 11 Zeichen: Großbuchstaben und Ziffern.");
    if (!date_valid(order->signed_on))
        return err_field_in(err, "unterschrieben", order->lang,
                            "Wann das Mandat unterschrieben wurde, fehlt.");
    if (order->signed_on.year < 1900)
        return err_field_in(err, "unterschrieben", order->lang,
                            "So lange kann die Unterschrift nicht her sein. Bitte prüfen Sie das "
                            "Jahr.");
    if (order->reference.len > MOST_REFERENCE)
        return err_field_in(err, "mandatsreferenz", order->lang,
                            "Eine Mandatsreferenz hat höchstens 35 Zeichen.");
    if (order->reference.ptr && !sepa_id_ok(order->reference))
        return err_field_in(err, "mandatsreferenz", order->lang,
                            "Eine Mandatsreferenz besteht aus Buchstaben ohne Umlaute, Ziffern, "
                            "Leerzeichen und /-?:().,'+. Schrägstriche stehen weder am Rand noch "
                            "doppelt.");
    return true;
}

static bool note(Tx *tx, const char *type, int64_t id, Str subject, Str actor, Str why, Err *err)
{
    Arena *arena = arena_create(0);
    Node *data = node_map(arena);

    node_set(arena, data, STR("mandate"), node_int(arena, id));
    if (why.ptr)
        node_set(arena, data, STR("why"), node_string(arena, why));
    bool ok = event_add(tx, type,
                        subject.ptr ? subject : str_printf(arena, "mandate/%lld", (long long)id),
                        actor, data, err);
    arena_destroy(arena);
    return ok;
}

/* "M000000174": the number of the mandate and its check digit. */
static Str reference_of(int64_t id, Arena *arena)
{
    Str digits = str_printf(arena, "%08lld", (long long)id);

    return str_printf(arena, "M%.*s%d", STR_ARG(digits), check_digit_mod11_10(digits));
}

static bool insert(Tx *tx, const MandateOrder *order, Str iban, Str bic, Arena *arena, int64_t *id,
                   Err *err)
{
    Str reference = order->reference;

    if (!tx_insert(tx, err, id,
                   "INSERT INTO mandate (reference, payer, holder, iban, bic, email, street, "
                   "postcode, town, country, signed_on, one_off, subject, created_at, actor) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
                   P_TEXT(reference.ptr ? reference
                                        : str_printf(arena, "new/%.*s/%.*s", STR_ARG(order->payer),
                                                     STR_ARG(iban))),
                   P_TEXT(order->payer), P_TEXT(str_trim(order->holder)), P_TEXT(iban), P_TEXT(bic),
                   P_TEXT(order->email), P_TEXT(order->street), P_TEXT(order->postcode),
                   P_TEXT(order->town), P_TEXT(order->country),
                   P_TEXT(date_iso(arena, order->signed_on)), P_INT(order->one_off),
                   P_TEXT(order->subject), P_INT(tx_now(tx)), P_TEXT(order->actor)))
        return err->kind == ERR_CONFLICT ? err_field_in(err, "mandatsreferenz", order->lang,
                                                        "Diese Mandatsreferenz gibt es schon.")
                                         : false;
    return reference.ptr || tx_exec(tx, err, "UPDATE mandate SET reference = $2 WHERE id = $1",
                                    P_INT(*id), P_TEXT(reference_of(*id, arena)));
}

bool mandate_put(Tx *tx, const MandateOrder *order, Arena *arena, Mandate *out, Err *err)
{
    Str iban = str_replace(arena, order->iban, STR(" "), STR(""));
    Str bic = str_empty(order->bic) ? STR_NONE : str_replace(arena, order->bic, STR(" "), STR(""));
    Mandate *before;
    size_t count;
    int64_t id;
    Str why;

    assert(order->payer.len && order->actor.len);
    if (!form_ok(order, iban, bic, arena, err) ||
        !mandates_of_payer(tx, order->payer, arena, &before, &count, err))
        return false;
    Date today = date_in_berlin(tx_now(tx));
    for (size_t i = 0; i < count; i++) {
        Date on = date_compare(today, before[i].signed_on) < 0 ? before[i].signed_on : today;
        bool usable = mandate_usable(&before[i], on, &why);
        /* A lasting one covers a single collection, too. */
        if (usable && str_eq(before[i].iban, iban) && (order->one_off || !before[i].one_off)) {
            *out = before[i];
            return true;
        }
        if (!mandate_revoke(tx, before[i].id, today, STR("ersetzt durch ein neues Mandat"),
                            order->actor, err))
            return false;
    }
    return insert(tx, order, iban, bic, arena, &id, err) &&
           note(tx, "mandate.signed", id, order->subject, order->actor, STR_NONE, err) &&
           mandate_by_id(tx, id, arena, out, err);
}

static bool check_usable(const MandateOrder *order, Date last_use, Date today, Err *err)
{
    Mandate mandate = {
        .signed_on = order->signed_on, .one_off = order->one_off, .last_use = last_use};
    Str why;

    if (mandate_usable(&mandate, today, &why))
        return true;
    if (date_compare(mandate.signed_on, today) > 0)
        return err_field_in(err, "unterschrieben", order->lang,
                            "Die Unterschrift liegt in der Zukunft.");
    return err_field(err, "zuletzt", "%.*s", STR_ARG(tr(order->lang, why.ptr)));
}

/* An order may repeat the mandate that is in force, not say something else of it. */
static bool continues(const MandateOrder *order, Str iban, const Mandate *before, Err *err)
{
    if (!str_eq(before->iban, iban))
        return err_field_in(err, "iban", order->lang,
                            "Für dieses Zahlungskonto gibt es schon ein Mandat mit einem anderen "
                            "Bankkonto.");
    return str_empty(order->reference) || str_eq(order->reference, before->reference) ||
           err_field_in(
               err, "mandatsreferenz", order->lang,
               "Für dieses Zahlungskonto gibt es schon das Mandat mit der Referenz „%.*s“.",
               STR_ARG(before->reference));
}

bool mandate_check(Tx *tx, const MandateOrder *order, Date last_use, Arena *arena, Err *err)
{
    Str iban = str_replace(arena, order->iban, STR(" "), STR(""));
    Str bic = str_empty(order->bic) ? STR_NONE : str_replace(arena, order->bic, STR(" "), STR(""));
    Date today = date_in_berlin(tx_now(tx));
    Mandate *before;
    size_t count;
    int64_t taken = 0;
    Str why;

    if (!form_ok(order, iban, bic, arena, err) || !check_usable(order, last_use, today, err) ||
        !mandates_of_payer(tx, order->payer, arena, &before, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (mandate_usable(&before[i], today, &why))
            return continues(order, iban, &before[i], err);
    if (order->reference.ptr &&
        !tx_query_int(tx, err, &taken, "SELECT COUNT(*) FROM mandate WHERE reference = $1",
                      P_TEXT(order->reference)))
        return false;
    return taken == 0 || err_field_in(err, "mandatsreferenz", order->lang,
                                      "Diese Mandatsreferenz gibt es schon.");
}

bool mandate_revoke(Tx *tx, int64_t id, Date on, Str why, Str actor, Err *err)
{
    Arena *arena = arena_create(0);
    int64_t changed = 0;
    bool ok = tx_exec_count(tx, err, &changed,
                            "UPDATE mandate SET revoked_on = $2, revoked_why = $3 "
                            "WHERE id = $1 AND revoked_on IS NULL",
                            P_INT(id), P_TEXT(date_iso(arena, on)), P_TEXT(why)) &&
              (changed == 0 || note(tx, "mandate.revoked", id, STR_NONE, actor, why, err));

    arena_destroy(arena);
    return ok;
}

bool mandate_used_elsewhere(Tx *tx, int64_t id, Date on, Err *err)
{
    Arena *arena = arena_create(0);
    bool ok = tx_exec(tx, err,
                      "UPDATE mandate SET used_elsewhere = CASE WHEN used_elsewhere > $2 THEN "
                      "used_elsewhere ELSE $2 END WHERE id = $1",
                      P_INT(id), P_TEXT(date_iso(arena, on)));

    arena_destroy(arena);
    return ok;
}
