/* SPDX-License-Identifier: EUPL-1.2 */
/* The pre-notification of a direct debit (SEPA core direct debit rulebook, section 4.4.1): day,
 * amount, mandate and creditor, so many days before. Who gave an e-mail address gets a mail, the
 * others a letter (mailbox and print file, as all letters). A notice that names all that may be the
 * pre-notification itself; then none is sent. */
#include "core/mailbox.h"
#include "core/tenant.h"
#include "pay/collection_store.h"
#include "pay/sepa_calendar.h"

enum { NOTICE_DAYS = 14, MOST_NOTICE_DAYS = 60 };

int collect_notice_days(const Tenant *tenant)
{
    int64_t days = node_get_i64(node_get(tenant->settings, "money"), "notice_days", NOTICE_DAYS);

    return days < 1 ? 1 : days > MOST_NOTICE_DAYS ? MOST_NOTICE_DAYS : (int)days;
}

bool collect_noticed_ok(const Tenant *tenant, Date today, const SepaOrder *order, Err *err)
{
    Date first = target_from(date_add_days(today, collect_notice_days(tenant)));
    Arena *arena = arena_create(512);
    bool ok = order->announced || date_compare(order->collect_on, first) >= 0 ||
              err_field(err, "einzug",
                        "Wer zahlt, muss %d Tage vorher Bescheid wissen. Der Einzug ist frühestens "
                        "am %.*s möglich, oder der Bescheid hat ihn schon angekündigt.",
                        collect_notice_days(tenant), STR_ARG(date_long(arena, first, STR("de"))));

    arena_destroy(arena);
    return ok;
}

/* --- Who can be reached ------------------------------------------------------------------------
 */

static bool has_address(Tx *tx, Tenant *tenant, int64_t charge_id, Arena *arena, bool *out,
                        Err *err)
{
    Charge charge;
    Str subject;
    LetterAddress address;

    if (!charge_by_id(tx, charge_id, arena, &charge, err) ||
        !charge_letter_subject(tx, &charge, arena, &subject, err))
        return false;
    *out = mailbox_address(tx, tenant, subject, arena, &address, err);
    if (!*out && err->kind != ERR_NOT_FOUND)
        return false;
    err_clear(err);
    return true;
}

bool collect_reach(Tx *tx, Tenant *tenant, const SepaOrder *order, CollectChoices *choices,
                   Arena *arena, Err *err)
{
    for (size_t i = 0; i < choices->count && !order->announced; i++) {
        CollectChoice *choice = &choices->items[i];
        bool reached = true;

        if (choice->left_out.ptr || !str_empty(choice->mandate.email))
            continue;
        if (!has_address(tx, tenant, choice->charge_id, arena, &reached, err))
            return false;
        if (!reached)
            choice->left_out =
                STR("Die Ankündigung erreicht niemanden: Weder eine E-Mail-Adresse noch eine "
                    "vollständige Anschrift ist bekannt.");
    }
    return true;
}

/* --- What it says ------------------------------------------------------------------------------
 */

/* The facts are a list in a letter, lines in a mail. */
static Str notice_text(const Tenant *tenant, const CollectChoice *choice, Date collect_on,
                       const char *mark, Arena *arena)
{
    const Mandate *mandate = &choice->mandate;

    return str_printf(
        arena,
        "Guten Tag,\n\nam %.*s buchen wir %.*s von Ihrem Konto ab. Ihre IBAN endet auf %.*s.\n\n"
        "%sWofür: %.*s\n%sKassenzeichen: %.*s\n%sMandatsreferenz: %.*s\n"
        "%sUnsere Gläubiger-Identifikationsnummer: %.*s\n\n"
        "Bitte achten Sie darauf, dass genug Geld auf dem Konto ist. Stimmt etwas nicht, melden "
        "Sie sich bitte vor diesem Tag bei uns.\n",
        STR_ARG(date_long(arena, collect_on, STR("de"))),
        STR_ARG(money_text(arena, choice->cents, STR("de"))),
        STR_ARG(str_slice(mandate->iban, mandate->iban.len - 4, mandate->iban.len)), mark,
        STR_ARG(choice->purpose), mark, STR_ARG(choice->payment_reference), mark,
        STR_ARG(mandate->reference), mark, STR_ARG(tenant_setting(tenant, "money.creditor_id")));
}

static bool send_mail(Tx *tx, const Tenant *tenant, int64_t item, const CollectChoice *choice,
                      Str title, Date collect_on, Arena *arena, Err *err)
{
    Node *payload = node_map(arena);
    Str body = str_printf(arena, "%.*s\n%.*s\n",
                          STR_ARG(notice_text(tenant, choice, collect_on, "", arena)),
                          STR_ARG(tenant_title(tenant)));

    node_set(arena, payload, STR("to"), node_string(arena, choice->mandate.email));
    node_set(arena, payload, STR("name"), node_string(arena, choice->mandate.holder));
    node_set(arena, payload, STR("subject"), node_string(arena, title));
    node_set(arena, payload, STR("body"), node_string(arena, body));
    EffectOrder order = {.kind = "mail",
                         .key = str_printf(arena, "mail/collection/%lld/%lld", (long long)item,
                                           (long long)choice->cents),
                         .subject = str_printf(arena, "charge/%lld", (long long)choice->charge_id),
                         .payload = payload};
    return effect_order(tx, &order, err);
}

static bool send_letter(Tx *tx, Tenant *tenant, const CollectChoice *choice, Str title,
                        Date collect_on, Arena *arena, Err *err)
{
    Str office = tenant_setting(tenant, "money.dunning.office");
    SubjectLetter letter = {.office = str_empty(office) ? STR("kasse") : office,
                            .title = title,
                            .body = notice_text(tenant, choice, collect_on, "- ", arena)};
    Charge charge;

    return charge_by_id(tx, choice->charge_id, arena, &charge, err) &&
           charge_letter_subject(tx, &charge, arena, &letter.subject, err) &&
           mailbox_send(tx, tenant, &letter, arena, NULL, err);
}

bool collection_announce(Tx *tx, Tenant *tenant, int64_t item, const CollectChoice *choice,
                         Date collect_on, Arena *arena, Err *err)
{
    Str title = str_printf(arena, "Ankündigung: Lastschrift am %.*s",
                           STR_ARG(date_long(arena, collect_on, STR("de"))));

    return str_empty(choice->mandate.email)
               ? send_letter(tx, tenant, choice, title, collect_on, arena, err)
               : send_mail(tx, tenant, item, choice, title, collect_on, arena, err);
}
