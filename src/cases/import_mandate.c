/* SPDX-License-Identifier: EUPL-1.2 */
/* The SEPA mandate that a line brings. */
#include "cases/import_row.h"
#include "core/page/out.h"
#include "core/page/problem.h"
#include "pay/mandate.h"

static Str told(const ImportGroup *group, const ImportRow *line, RegisterMandate part)
{
    Str field = group->import->order->spec->mandate[part];

    return field.ptr ? node_text(node_get_str(line->columns, field)) : STR_NONE;
}

static bool has_mandate(const ImportGroup *group, const ImportRow *line)
{
    return group->import->order->spec->mandate && !str_empty(told(group, line, MANDATE_IBAN));
}

static MandateOrder mandate_of(const ImportGroup *group, const ImportRow *line, Date *last_use)
{
    MandateOrder order = {.payer = told(group, line, MANDATE_PAYER),
                          .holder = told(group, line, MANDATE_HOLDER),
                          .iban = told(group, line, MANDATE_IBAN),
                          .bic = told(group, line, MANDATE_BIC),
                          .email = told(group, line, MANDATE_EMAIL),
                          .reference = told(group, line, MANDATE_REFERENCE),
                          .subject = str_printf(group->arena, "register/%.*s",
                                                STR_ARG(group->import->order->spec->id)),
                          .actor = group->import->order->actor,
                          .lang = group->import->lang};

    *last_use = (Date){0};
    date_parse_iso(told(group, line, MANDATE_SIGNED), &order.signed_on);
    date_parse_iso(told(group, line, MANDATE_LAST_USED), last_use);
    return order;
}

/* Which column is meant by the field that mandate_check() names. */
static Str column_named(const ImportGroup *group, const char *field)
{
    static const struct {
        const char *field;
        RegisterMandate part;
    } PARTS[] = {{"kontoinhaber", MANDATE_HOLDER},
                 {"iban", MANDATE_IBAN},
                 {"bic", MANDATE_BIC},
                 {"unterschrieben", MANDATE_SIGNED},
                 {"zuletzt", MANDATE_LAST_USED},
                 {"mandatsreferenz", MANDATE_REFERENCE}};

    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        if (strcmp(PARTS[i].field, field) == 0)
            return import_label(group->import->order->spec,
                                group->import->order->spec->mandate[PARTS[i].part]);
    return STR_NONE;
}

bool import_mandate_check(Tx *tx, const ImportGroup *group, ImportRow *line, Err *err)
{
    Date last_use;

    if (!has_mandate(group, line))
        return true;
    MandateOrder order = mandate_of(group, line, &last_use);

    if (mandate_check(tx, &order, last_use, group->arena, err))
        return true;
    if (err->kind != ERR_INPUT)
        return false;
    Str column = column_named(group, err->field);

    import_mistake(
        line, group->arena, column, problem_words(err, group->arena),
        strcmp(err->field, "zuletzt") == 0
            ? tr(group->import->lang,
                 "Tragen Sie ein, wann zuletzt damit abgebucht wurde, oder lassen Sie das "
                 "Mandat weg.")
            : tr(group->import->lang, "Berichtigen Sie das Mandat oder lassen Sie es weg."));
    err_clear(err);
    return true;
}

bool import_mandate_put(Tx *tx, const ImportGroup *group, const ImportRow *line, Err *err)
{
    Date last_use;
    Mandate mandate;

    if (!has_mandate(group, line))
        return true;
    MandateOrder order = mandate_of(group, line, &last_use);

    return mandate_put(tx, &order, group->arena, &mandate, err) &&
           (date_absent(last_use) || mandate_used_elsewhere(tx, mandate.id, last_use, err));
}
