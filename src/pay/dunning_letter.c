/* SPDX-License-Identifier: EUPL-1.2 */
/* The letter of one dunning: what is overdue, what comes on top, until when to pay, the GiroCode.
 */
#include "pay/dunning.h"

#include "core/mailbox.h"
#include "core/tenant.h"

static Str euros(Arena *arena, int64_t cents)
{
    return money_text(arena, cents, STR("de"));
}

/* What is a claim of its own beside the assessment, in a word. */
static const char *extra_name(Str kind)
{
    if (str_eq(kind, PART_FEE))
        return "Mahngebühr (bisher)";
    if (str_eq(kind, PART_RETURN_FEE))
        return "Gebühr der Bank für die Rücklastschrift";
    return str_eq(kind, PART_SURCHARGE) ? "Säumniszuschlag (bisher)" : "Stundungszinsen";
}

/* A cell of a Markdown table holds no bar. */
static Str cell(Arena *arena, Str text)
{
    return str_replace(arena, text, STR("|"), STR("/"));
}

static void add_row(Buf *out, Str what, Str due, Str cents)
{
    buf_addf(out, "| %.*s | %.*s | %.*s |\n", STR_ARG(what), STR_ARG(due), STR_ARG(cents));
}

static void add_table(Buf *out, const Judged *judged, int64_t total, Arena *arena)
{
    buf_add_c(out, "| Wofür | Fällig war | Offen |\n|---|---|---:|\n");
    for (size_t i = 0; i < judged->parts.count; i++) {
        const ChargePart *part = &judged->parts.items[i];
        if (!part_overdue(part, judged->day))
            continue;
        add_row(out,
                str_eq(part->kind, PART_MAIN) ? cell(arena, judged->charge.purpose)
                                              : str_c(extra_name(part->kind)),
                date_long(arena, part->due, STR("de")), euros(arena, part->open_cents));
    }
    if (judged->fee_cents)
        add_row(out, STR("Mahngebühr für dieses Schreiben"), STR("–"),
                euros(arena, judged->fee_cents));
    if (judged->surcharges.cents)
        add_row(out, STR("Säumniszuschlag nach § 240 der Abgabenordnung"), STR("–"),
                euros(arena, judged->surcharges.cents));
    add_row(out, STR("**Zusammen**"), STR("–"),
            str_printf(arena, "**%.*s**", STR_ARG(euros(arena, total))));
}

/* In groups of four, as people read it. */
static Str iban_text(Str iban, Arena *arena)
{
    Str digits = str_replace(arena, iban, STR(" "), STR(""));
    Buf out = buf_in(arena);

    for (size_t i = 0; i < digits.len; i++) {
        if (i > 0 && i % 4 == 0)
            buf_add_char(&out, ' ');
        buf_add_char(&out, digits.ptr[i]);
    }
    return buf_str(&out);
}

static Str letter_body(const Tenant *tenant, const DunningLevel *level, const Judged *judged,
                       int64_t total, Arena *arena)
{
    Buf out = buf_in(arena);
    Str iban = tenant_setting(tenant, "money.iban");

    buf_addf(&out, "Guten Tag,\n\n%.*s\n\n", STR_ARG(str_trim(level->text)));
    add_table(&out, judged, total, arena);
    buf_addf(&out, "\nBitte zahlen Sie **%.*s** bis zum **%.*s**", STR_ARG(euros(arena, total)),
             STR_ARG(date_long(arena, judged->pay_until, STR("de"))));
    if (!str_empty(iban))
        buf_addf(&out, " auf das Konto %.*s", STR_ARG(iban_text(iban, arena)));
    buf_addf(&out, " und geben Sie dabei das Kassenzeichen **%.*s** an.\n\n",
             STR_ARG(judged->charge.payment_reference));
    if (judged->surcharges.cents)
        buf_add_c(&out, "Der Säumniszuschlag beträgt 1 Prozent für jeden angefangenen Monat. "
                        "Gerechnet wird mit dem offenen Betrag, abgerundet auf volle 50 Euro.\n\n");
    buf_add_c(&out, "Haben Sie in den letzten Tagen schon gezahlt? Dann ist dieses Schreiben "
                    "erledigt. Können Sie nicht auf einmal zahlen? Sprechen Sie uns bitte an.\n");
    return buf_str(&out);
}

static Node *giro_of(const Tenant *tenant, const Charge *charge, int64_t cents, Arena *arena)
{
    Str iban = str_replace(arena, tenant_setting(tenant, "money.iban"), STR(" "), STR(""));
    Str payee = tenant_setting(tenant, "money.creditor");
    Str bic = tenant_setting(tenant, "money.bic");

    if (str_empty(iban))
        return NULL;
    Node *giro = node_map(arena);
    node_set(arena, giro, STR("name"),
             node_string(arena, payee.ptr ? payee : tenant_title(tenant)));
    node_set(arena, giro, STR("iban"), node_string(arena, iban));
    node_set(arena, giro, STR("bic"), node_string(arena, bic.ptr ? bic : STR("")));
    node_set(arena, giro, STR("cents"), node_int(arena, cents));
    node_set(arena, giro, STR("reference"), node_string(arena, charge->payment_reference));
    return giro;
}

bool dunning_send(Tx *tx, Tenant *tenant, const DunningRules *rules, const Judged *judged,
                  Arena *arena, Err *err)
{
    const DunningLevel *level = &rules->levels[judged->level - 1];
    int64_t total = judged->overdue_cents + judged->fee_cents + judged->surcharges.cents;
    SubjectLetter letter = {.subject = judged->subject,
                            .office = rules->office,
                            .title = str_printf(arena, "%.*s: %.*s", STR_ARG(level->name),
                                                STR_ARG(judged->charge.purpose)),
                            .body = letter_body(tenant, level, judged, total, arena),
                            .giro = giro_of(tenant, &judged->charge, total, arena)};

    return mailbox_send(tx, tenant, &letter, arena, NULL, err);
}
