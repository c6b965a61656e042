/* SPDX-License-Identifier: EUPL-1.2 */
/* `assess`: what a case's action or a run charges, and what its letters see of the charge. */
#include "base/vec.h"
#include "cases/case_store.h"
#include "pay/collection.h"
#include "pay/pay.h"

typedef struct Assessing {
    const ActionEffect *effect;
    const FeelValue *context;
    const FeelEnv *env;
    Arena *arena;
    AssessOrder *order;
} Assessing;

static const FeelValue *evaluate(const Assessing *a, const FeelProgram *program, Err *err)
{
    return feel_eval(program, a->context, a->env, a->arena, err);
}

/* A text that must be there. */
static bool need_text(const Assessing *a, const FeelProgram *program, const char *what, Str *out,
                      Err *err)
{
    const FeelValue *value = evaluate(a, program, err);

    if (!value)
        return false;
    if (feel_is_null(value))
        return err_set(err, ERR_CONFLICT, "%s fehlt: der Ausdruck ergibt keinen Wert.", what);
    *out = feel_to_text(a->arena, value);
    return true;
}

static bool read_due(const Assessing *a, Err *err)
{
    const FeelValue *value = evaluate(a, a->effect->due, err);

    a->order->due = a->env->today;
    return value && (feel_to_date(value, &a->order->due), true);
}

static bool read_amount(const Assessing *a, Err *err)
{
    const FeelValue *amount = evaluate(a, a->effect->amount, err);

    if (!amount)
        return false;
    if (feel_to_cents(amount, &a->order->cents) && a->order->cents >= 0)
        return true;
    return err_set(err, ERR_CONFLICT,
                   "Der Betrag für „%.*s“ ist nicht bestimmt (%.*s). Bitte prüfen Sie die "
                   "Angaben und die Tabelle.",
                   STR_ARG(a->order->purpose), STR_ARG(feel_to_text(a->arena, amount)));
}

/* `parts`, without those of 0 euros; they must make up the amount. */
static bool read_parts(const Assessing *a, Err *err)
{
    const FeelValue *list = a->effect->parts ? evaluate(a, a->effect->parts, err) : NULL;
    size_t count = list ? feel_list_count(list) : 0;
    AssessPart *parts = arena_array(a->arena, AssessPart, count + 1);
    AssessOrder *order = a->order;
    int64_t sum = 0;

    if (a->effect->parts && !list)
        return false;
    for (size_t i = 0; i < count; i++) {
        const FeelValue *item = feel_list_at(list, i);
        AssessPart *part = &parts[order->part_count];

        if (!feel_to_date(feel_context_get(item, STR("due")), &part->due) ||
            !feel_to_cents(feel_context_get(item, STR("amount")), &part->cents) || part->cents < 0)
            return err_set(err, ERR_CONFLICT,
                           "Der %zu. Teilbetrag für „%.*s“ hat keinen Tag oder keinen Betrag.",
                           i + 1, STR_ARG(order->purpose));
        sum += part->cents;
        order->part_count += part->cents > 0;
    }
    order->parts = parts;
    if (order->part_count == 0 || sum == order->cents)
        return true;
    return err_set(err, ERR_CONFLICT,
                   "Die Teilbeträge für „%.*s“ sind zusammen %.*s, festgesetzt werden %.*s.",
                   STR_ARG(order->purpose), STR_ARG(money_text(a->arena, sum, STR("de"))),
                   STR_ARG(money_text(a->arena, order->cents, STR("de"))));
}

bool case_assess_order(const ActionEffect *effect, const FeelValue *context, const FeelEnv *env,
                       Arena *arena, AssessOrder *order, Err *err)
{
    Assessing a = {effect, context, env, arena, order};
    const FeelValue *payer = NULL;

    order->revenue = effect->revenue;
    order->today = env->today;
    if (!need_text(&a, effect->key, "Der Schlüssel der Forderung", &order->key, err) ||
        !need_text(&a, effect->purpose, "Der Zweck der Forderung", &order->purpose, err) ||
        !need_text(&a, effect->debtor, "Wer die Forderung schuldet,", &order->debtor, err) ||
        !read_due(&a, err) || (effect->payer && !(payer = evaluate(&a, effect->payer, err))))
        return false;
    if (payer && !feel_is_null(payer))
        order->payer = feel_to_text(arena, payer);
    return read_amount(&a, err) && read_parts(&a, err);
}

/* --- What letters see ------------------------------------------------------------------------ */

/* A context of these names. */
static const FeelValue *context_of(Arena *arena, const Str *names, const FeelValue *const *values,
                                   size_t count)
{
    const FeelValue *empty = feel_from_node(arena, node_map(arena), NULL);

    return feel_context_put_all(arena, empty, names, values, count);
}

/* What is due when: what nothing more is asked for is left out. */
static const FeelValue *part_values(const CollectPlan *plan, Arena *arena)
{
    static const Str NAMES[] = {{"due", 3}, {"amount", 6}, {"open", 4}, {"collect", 7}};
    const FeelValue **items = arena_array(arena, const FeelValue *, plan->count);
    size_t used = 0;

    for (size_t i = 0; i < plan->count; i++) {
        const ChargePart *part = &plan->parts[i];
        bool collected = !date_absent(plan->days[i]);

        if (!str_eq(part->kind, PART_MAIN))
            continue;
        const FeelValue *values[] = {feel_date(arena, part->due), feel_cents(arena, part->cents),
                                     feel_cents(arena, part->open_cents),
                                     collected ? feel_date(arena, plan->days[i]) : feel_null()};

        items[used++] = context_of(arena, NAMES, values, 4);
    }
    return feel_list(arena, items, used);
}

bool case_charge_value(Tx *tx, const Charge *charge, int64_t before, Date today, Arena *arena,
                       const FeelValue **out, Err *err)
{
    const Str names[] = {STR("payment_reference"),
                         STR("purpose"),
                         STR("amount"),
                         STR("before"),
                         STR("open"),
                         STR("due"),
                         STR("parts"),
                         STR("transfer"),
                         STR("mandate"),
                         STR("iban_end"),
                         STR("creditor_id")};
    Str creditor = tenant_setting(tx_tenant(tx), "money.creditor_id");
    CollectPlan plan;

    if (!collect_plan(tx, charge, today, arena, &plan, err))
        return false;
    Str iban = plan.mandate.iban;
    bool collected = plan.mandate.id != 0;
    const FeelValue *values[] = {
        feel_string(arena, charge->payment_reference),
        feel_string(arena, charge->purpose),
        feel_cents(arena, charge_assessed(charge)),
        feel_cents(arena, before),
        feel_cents(arena, charge->owed_cents - charge->paid_cents),
        feel_date(arena, charge->due),
        part_values(&plan, arena),
        feel_cents(arena, plan.transfer_cents),
        collected ? feel_string(arena, plan.mandate.reference) : feel_null(),
        collected ? feel_string(arena, str_slice(iban, iban.len > 4 ? iban.len - 4 : 0, iban.len))
                  : feel_null(),
        creditor.ptr ? feel_string(arena, creditor) : feel_null()};

    *out = context_of(arena, names, values, sizeof names / sizeof *names);
    return true;
}
