/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_store.h"
#include "pay/mandate.h"

typedef struct Reading {
    CaseWork *work;
    const FeelValue *context;
    Err *err;
} Reading;

/* What an expression gives as a text; STR_NONE for null or without an expression. */
static bool text_of(const Reading *reading, const FeelProgram *program, Str *out)
{
    CaseWork *work = reading->work;

    *out = STR_NONE;
    if (!program)
        return true;
    const FeelValue *value =
        feel_eval(program, reading->context, &work->env, work->arena, reading->err);

    if (value && !feel_is_null(value))
        *out = feel_to_text(work->arena, value);
    return value != NULL;
}

static bool need(const Reading *reading, const FeelProgram *program, const char *what, Str *out)
{
    if (!text_of(reading, program, out))
        return false;
    return !str_empty(*out) ||
           err_set(reading->err, ERR_CONFLICT, "Für das Lastschriftmandat fehlt %s.", what);
}

static Str part_of(const Reading *reading, const FeelValue *address, Str name)
{
    const FeelValue *value = feel_context_get(address, name);

    return value && !feel_is_null(value) ? feel_to_text(reading->work->arena, value) : STR_NONE;
}

static bool read_address(const Reading *reading, const FeelProgram *program, MandateOrder *order)
{
    if (!program)
        return true;
    const FeelValue *address = feel_eval(program, reading->context, &reading->work->env,
                                         reading->work->arena, reading->err);

    if (!address)
        return false;
    if (feel_is_null(address))
        return true;
    order->street = part_of(reading, address, STR("street"));
    order->postcode = part_of(reading, address, STR("postcode"));
    order->town = part_of(reading, address, STR("town"));
    order->country = part_of(reading, address, STR("country"));
    return true;
}

bool case_take_mandate(CaseWork *work, const MandateSpec *spec, const FeelValue *context, Str actor,
                       Err *err)
{
    Reading reading = {work, context, err};
    MandateOrder order = {.subject = case_subject(work->c, work->arena), .actor = actor};
    Str signed_on, one_off;
    Mandate mandate;

    if (!need(&reading, spec->payer, "wer zahlt", &order.payer) ||
        !need(&reading, spec->holder, "wem das Konto gehört", &order.holder) ||
        !need(&reading, spec->iban, "die IBAN", &order.iban) ||
        !need(&reading, spec->signed_on, "der Tag der Unterschrift", &signed_on) ||
        !text_of(&reading, spec->bic, &order.bic) ||
        !text_of(&reading, spec->email, &order.email) ||
        !text_of(&reading, spec->one_off, &one_off) ||
        !read_address(&reading, spec->address, &order))
        return false;
    order.one_off = str_is(one_off, "true");
    date_parse_iso(signed_on, &order.signed_on);
    if (!mandate_put(work->tx, &order, work->arena, &mandate, err)) {
        if (err->kind == ERR_INPUT)
            err->kind = ERR_CONFLICT;
        return false;
    }
    return true;
}
