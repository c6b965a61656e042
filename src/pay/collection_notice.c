/* SPDX-License-Identifier: EUPL-1.2 */
/* The pre-notification of a direct debit (SEPA core direct debit rulebook, section 4.4.1): day,
 * amount, mandate and creditor, so many days before. Who gave an e-mail address gets a mail, the
 * others a letter (mailbox and print file, as all letters). A notice that names all that may be the
 * pre-notification itself; then none is sent. */
#include "core/mailbox.h"
#include "core/tenant.h"
#include "pay/announcement.h"
#include "pay/collection_store.h"
#include "pay/sepa_calendar.h"

enum { NOTICE_DAYS = 14, MOST_NOTICE_DAYS = 60 };

int collect_notice_days(const Tenant *tenant)
{
    int64_t days = node_get_i64(node_get(tenant->settings, "money"), "notice_days", NOTICE_DAYS);

    return days < 1 ? 1 : days > MOST_NOTICE_DAYS ? MOST_NOTICE_DAYS : (int)days;
}

static Date first_day(Tx *tx, const Tenant *tenant)
{
    return target_from(date_add_days(date_in_berlin(tx_now(tx)), collect_notice_days(tenant)));
}

/* Announcements of the day that went out, and whose collection was taken back. */
static bool told_before(Tx *tx, Date collect_on, Arena *arena, int64_t *count, Err *err)
{
    return tx_query_int(tx, err, count,
                        "SELECT COUNT(*) FROM collection k JOIN announcement n ON "
                        "n.collection_id = k.id WHERE k.collect_on = $1 AND n.status = 'stands' "
                        "AND NOT EXISTS (SELECT 1 FROM collection_item i WHERE i.charge_id = "
                        "n.charge_id AND i.part = n.part AND i.collection_id >= n.collection_id "
                        "AND i.status <> 'withdrawn')",
                        P_TEXT(date_iso(arena, collect_on)));
}

bool collect_noticed_ok(Tx *tx, const Tenant *tenant, const SepaOrder *order, Err *err)
{
    Date first = first_day(tx, tenant);
    int64_t told = 0;

    if (order->announced || date_compare(order->collect_on, first) >= 0)
        return true;
    Arena *arena = arena_create(512);
    bool ok =
        told_before(tx, order->collect_on, arena, &told, err) &&
        (told > 0 ||
         err_field(err, "einzug",
                   "Wer zahlt, muss %d Tage vorher Bescheid wissen. Der Einzug ist frühestens "
                   "am %.*s möglich, oder der Bescheid hat ihn schon angekündigt.",
                   collect_notice_days(tenant), STR_ARG(date_long(arena, first, STR("de")))));

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

static bool reach_one(Tx *tx, Tenant *tenant, const SepaOrder *order, CollectChoice *choice,
                      Arena *arena, Err *err)
{
    bool late = date_compare(order->collect_on, first_day(tx, tenant)) < 0, reached = true;
    Announcement announcement;

    if (!announcement_standing(tx, choice->charge_id, choice->part, arena, &announcement, err))
        return false;
    choice->told = announcement_says(&announcement, choice, order->collect_on);
    choice->replaces = announcement.id && !choice->told;
    if (choice->told)
        return true;
    if (late) {
        choice->left_out = STR("Für eine Ankündigung ist es zu spät.");
        return true;
    }
    if (str_empty(choice->mandate.email) &&
        !has_address(tx, tenant, choice->charge_id, arena, &reached, err))
        return false;
    if (!reached)
        choice->left_out = STR("Die Ankündigung erreicht niemanden: Weder eine E-Mail-Adresse noch "
                               "eine vollständige Anschrift ist bekannt.");
    return true;
}

bool collect_reach(Tx *tx, Tenant *tenant, const SepaOrder *order, CollectChoices *choices,
                   Arena *arena, Err *err)
{
    for (size_t i = 0; i < choices->count && !order->announced; i++)
        if (!choices->items[i].left_out.ptr &&
            !reach_one(tx, tenant, order, &choices->items[i], arena, err))
            return false;
    return true;
}

/* --- Telling -----------------------------------------------------------------------------------
 */

typedef struct Announcing {
    Tx *tx;
    Tenant *tenant;
    const CollectChoice *choice;
    Date collect_on;
    Announcement before; /* that this one replaces; id 0: none */
    int64_t id;
    Str title;
    Arena *arena;
} Announcing;

static Str words_of_before(const Announcing *a)
{
    if (!a->before.id)
        return STR("");
    Str day = date_long(a->arena, a->before.collect_on, STR("de"));
    Str amount = money_text(a->arena, a->before.cents, STR("de"));
    if (a->before.doubtful)
        return str_printf(a->arena,
                          "Falls Sie von uns schon eine Ankündigung über %.*s zum %.*s bekommen "
                          "haben: Diese hier ersetzt sie. Abgebucht wird nur einmal.\n\n",
                          STR_ARG(amount), STR_ARG(day));
    return str_printf(a->arena,
                      "Diese Ankündigung ersetzt unsere vom %.*s über %.*s zum %.*s. Abgebucht "
                      "wird nur einmal.\n\n",
                      STR_ARG(date_long(a->arena, date_in_berlin(a->before.at), STR("de"))),
                      STR_ARG(amount), STR_ARG(day));
}

/* The facts are a list in a letter, lines in a mail. */
static Str words_of(const Announcing *a, const char *mark)
{
    const CollectChoice *choice = a->choice;
    const Mandate *mandate = &choice->mandate;
    Str before = words_of_before(a);

    return str_printf(
        a->arena,
        "Guten Tag,\n\nam %.*s buchen wir %.*s von Ihrem Konto ab. Ihre IBAN endet auf %.*s.\n\n"
        "%sWofür: %.*s\n%sKassenzeichen: %.*s\n%sMandatsreferenz: %.*s\n"
        "%sUnsere Gläubiger-Identifikationsnummer: %.*s\n\n%.*s"
        "Bitte achten Sie darauf, dass genug Geld auf dem Konto ist. Stimmt etwas nicht, melden "
        "Sie sich bitte vor diesem Tag bei uns.\n",
        STR_ARG(date_long(a->arena, a->collect_on, STR("de"))),
        STR_ARG(money_text(a->arena, choice->cents, STR("de"))),
        STR_ARG(str_slice(mandate->iban, mandate->iban.len - 4, mandate->iban.len)), mark,
        STR_ARG(choice->purpose), mark, STR_ARG(choice->payment_reference), mark,
        STR_ARG(mandate->reference), mark, STR_ARG(tenant_setting(a->tenant, "money.creditor_id")),
        STR_ARG(before));
}

static bool send_mail(const Announcing *a, Err *err)
{
    Arena *arena = a->arena;
    Node *payload = node_map(arena);
    Str body = str_printf(arena, "%.*s\n%.*s\n", STR_ARG(words_of(a, "")),
                          STR_ARG(tenant_title(a->tenant)));

    node_set(arena, payload, STR("to"), node_string(arena, a->choice->mandate.email));
    node_set(arena, payload, STR("name"), node_string(arena, a->choice->mandate.holder));
    node_set(arena, payload, STR("subject"), node_string(arena, a->title));
    node_set(arena, payload, STR("body"), node_string(arena, body));
    EffectOrder order = {.kind = "mail",
                         .key = announcement_mail_key(a->id, arena),
                         .subject =
                             str_printf(arena, "charge/%lld", (long long)a->choice->charge_id),
                         .payload = payload};
    return effect_order(a->tx, &order, err);
}

static bool send_letter(const Announcing *a, Err *err)
{
    Str office = tenant_setting(a->tenant, "money.dunning.office"), name = STR_NONE;
    SubjectLetter letter = {.office = str_empty(office) ? STR("kasse") : office,
                            .title = a->title,
                            .body = words_of(a, "- ")};
    Charge charge;

    return charge_by_id(a->tx, a->choice->charge_id, a->arena, &charge, err) &&
           charge_letter_subject(a->tx, &charge, a->arena, &letter.subject, err) &&
           mailbox_send(a->tx, a->tenant, &letter, a->arena, &name, err) &&
           announcement_is_letter(a->tx, a->id, name, err);
}

/* What the payer has read and has to forget. What has not left the house is stopped instead, and
 * then the one before it stands. */
static bool find_before(Announcing *a, Err *err)
{
    bool taken;

    do {
        taken = false;
        if (!announcement_standing(a->tx, a->choice->charge_id, a->choice->part, a->arena,
                                   &a->before, err) ||
            (a->before.id && !announcement_says(&a->before, a->choice, a->collect_on) &&
             !announcement_take_back(a->tx, &a->before, a->arena, &taken, err)))
            return false;
    } while (taken);
    return true;
}

bool collection_announce(Tx *tx, Tenant *tenant, int64_t id, const CollectChoice *choice,
                         Date collect_on, Arena *arena, Err *err)
{
    Announcing a = {
        .tx = tx, .tenant = tenant, .choice = choice, .collect_on = collect_on, .arena = arena};

    if (!find_before(&a, err))
        return false;
    if (announcement_says(&a.before, choice, collect_on))
        return announcement_goes_on(tx, a.before.id, id, err);
    a.title = str_printf(arena, "%sAnkündigung: Lastschrift am %.*s", a.before.id ? "Neue " : "",
                         STR_ARG(date_long(arena, collect_on, STR("de"))));
    return announcement_add(tx, id, choice, &a.id, err) &&
           (str_empty(choice->mandate.email) ? send_letter(&a, err) : send_mail(&a, err));
}
