/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters and mails, which know what is owed by the charges that the action makes. */
#include "cases/process_effect.h"

static const FeelType *part_type(Arena *arena)
{
    FeelType *type = feel_type_context(arena);

    feel_type_add_field(arena, type, STR("due"), feel_type(FEEL_DATE));
    feel_type_add_field(arena, type, STR("amount"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("open"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("collect"), feel_type(FEEL_DATE));
    return type;
}

static const FeelType *charge_type(Arena *arena)
{
    FeelType *type = feel_type_context(arena);
    static const char *const NUMBERS[] = {"amount", "before", "open", "transfer"};

    feel_type_add_field(arena, type, STR("payment_reference"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, type, STR("purpose"), feel_type(FEEL_STRING));
    for (size_t i = 0; i < 4; i++)
        feel_type_add_field(arena, type, str_c(NUMBERS[i]), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("due"), feel_type(FEEL_DATE));
    feel_type_add_field(arena, type, STR("parts"), feel_type_list(arena, part_type(arena)));
    feel_type_add_field(arena, type, STR("mandate"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, type, STR("iban_end"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, type, STR("creditor_id"), feel_type(FEEL_STRING));
    return type;
}

const LetterTemplate *read_charge_letter(ProcessReader *base, const Node *node,
                                         const FeelScope *outer)
{
    const Node *name = node_get(node, "template");
    FeelScope *scope = feel_scope(base->arena, outer);

    if (!name) {
        problem_add(base->problems, false, node,
                    "`template` is missing: the name of a file in letters/");
        return NULL;
    }
    feel_scope_add(scope, STR("charges"), feel_type_list(base->arena, charge_type(base->arena)));
    return letter_load(base->package, node_text(name), name, scope, base->arena, base->problems);
}

static void read_letter(EffectReader *reader, const char *what, EffectOp op)
{
    reader->effect->op = op;
    read_keys(reader->base, reader->node, what,
              op == EFFECT_LETTER ? "template recipient each when" : "template each when");
    if (op == EFFECT_LETTER)
        reader->effect->recipient =
            read_feel(reader->base, reader->node, "recipient", reader->scope, FEEL_LIST, false);
    reader->effect->letter = read_charge_letter(reader->base, reader->node, reader->scope);
}

void effect_read_letter(EffectReader *reader)
{
    read_letter(reader, "letter", EFFECT_LETTER);
}

void effect_read_mail(EffectReader *reader)
{
    read_letter(reader, "mail", EFFECT_MAIL);
}
