/* SPDX-License-Identifier: EUPL-1.2 */
/* Effects on money: what is owed, and the mandate by which it is collected. */
#include "cases/process_effect.h"

static bool has_field(const FeelType *type, const char *name)
{
    for (size_t i = 0; i < type->field_count; i++)
        if (str_is(type->fields[i].name, name))
            return true;
    return false;
}

/* `parts`: a list of {due, amount}. */
static void read_parts(EffectReader *reader)
{
    const Node *node = node_get(reader->node, "parts");
    ActionEffect *effect = reader->effect;

    effect->parts = read_feel(reader->base, reader->node, "parts", reader->scope, FEEL_LIST, false);
    if (!effect->parts)
        return;
    const FeelType *type = feel_program_type(effect->parts);
    const FeelType *item = type->kind == FEEL_LIST ? type->item : NULL;

    if (item && item->kind == FEEL_CONTEXT && item->field_count > 0 &&
        !(has_field(item, "due") && has_field(item, "amount")))
        problem_add(reader->base->problems, false, node,
                    "`parts` must be a list of {due: date, amount: number}");
}

void effect_read_assess(EffectReader *reader)
{
    ActionEffect *effect = reader->effect;
    ProcessReader *base = reader->base;

    effect->op = EFFECT_ASSESS;
    read_keys(base, reader->node, "assess",
              "key amount revenue purpose due debtor payer parts each when");
    effect->key = read_feel(base, reader->node, "key", reader->scope, FEEL_STRING, true);
    effect->amount = read_feel(base, reader->node, "amount", reader->scope, FEEL_NUMBER, true);
    effect->purpose = read_feel(base, reader->node, "purpose", reader->scope, FEEL_STRING, true);
    effect->due = read_feel(base, reader->node, "due", reader->scope, FEEL_DATE, true);
    effect->debtor = read_feel(base, reader->node, "debtor", reader->scope, FEEL_STRING, true);
    effect->payer = read_feel(base, reader->node, "payer", reader->scope, FEEL_STRING, false);
    read_parts(reader);
    effect->revenue = node_get_text(reader->node, "revenue");
    if (str_empty(effect->revenue))
        problem_add(base->problems, false, reader->node,
                    "`revenue` is missing: the revenue account that is credited");
}

void read_assess_effect(ProcessReader *reader, const Node *node, const FeelScope *scope,
                        ActionEffect *effect)
{
    EffectReader one = {reader, scope, node, effect};

    effect->line = node->line;
    effect->when = read_feel(reader, node, "when", scope, FEEL_BOOLEAN, false);
    effect_read_assess(&one);
}

void effect_read_mandate(EffectReader *reader)
{
    ProcessReader *base = reader->base;
    const Node *node = reader->node;
    const FeelScope *scope = reader->scope;
    MandateSpec *spec = arena_new(base->arena, MandateSpec);

    reader->effect->op = EFFECT_MANDATE;
    reader->effect->mandate = spec;
    read_keys(base, node, "mandate",
              "payer holder iban bic signed email address one_off each when");
    spec->payer = read_feel(base, node, "payer", scope, FEEL_STRING, true);
    spec->holder = read_feel(base, node, "holder", scope, FEEL_STRING, true);
    spec->iban = read_feel(base, node, "iban", scope, FEEL_STRING, true);
    spec->signed_on = read_feel(base, node, "signed", scope, FEEL_DATE, true);
    spec->bic = read_feel(base, node, "bic", scope, FEEL_STRING, false);
    spec->email = read_feel(base, node, "email", scope, FEEL_STRING, false);
    spec->address = read_feel(base, node, "address", scope, FEEL_CONTEXT, false);
    spec->one_off = read_feel(base, node, "one_off", scope, FEEL_BOOLEAN, false);
}
