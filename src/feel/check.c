/* SPDX-License-Identifier: EUPL-1.2 */
/* What the types of operands must be. An author wants to hear at once that a comparison
 * can never hold, rather than get null at the counter. Without a scope nothing is
 * refused: the standard's own programs expect null. */
#include "feel/parse.h"

static Str name_of(Parser *p, const Term *term)
{
    return feel_type_name(p->arena, term->type);
}

static const char *symbol_of(TermOp op)
{
    switch (op) {
    case TERM_ADD: return "+";
    case TERM_SUBTRACT: return "-";
    case TERM_MULTIPLY: return "*";
    case TERM_DIVIDE: return "/";
    default: return "**";
    }
}

const FeelType *check_arithmetic(Parser *p, TermOp op, const Term *a, const Term *b, size_t place)
{
    const FeelType *type = type_arithmetic(op, a->type, b->type);

    if (type || !p->strict)
        return type;
    if (op == TERM_ADD && (a->type->kind == FEEL_STRING || b->type->kind == FEEL_STRING))
        parse_fail(p, place,
                   "\"+\" cannot combine a %.*s with a %.*s; string() makes a text of a value",
                   STR_ARG(name_of(p, a)), STR_ARG(name_of(p, b)));
    parse_fail(p, place, "\"%s\" cannot combine a %.*s with a %.*s", symbol_of(op),
               STR_ARG(name_of(p, a)), STR_ARG(name_of(p, b)));
}

/* A text that is compared with an enumerated one must be among its values. */
static void check_allowed(Parser *p, const Term *enumerated, const Term *text)
{
    const FeelType *type = enumerated->type;

    if (!type || type->allowed_count == 0 || !is_constant(text) ||
        text->constant.kind != FEEL_STRING)
        return;
    if (!value_conforms(text->constant, type))
        parse_fail(p, text->place, "\"%.*s\" is not among the allowed values",
                   STR_ARG(text->constant.string));
}

void check_equality(Parser *p, const Term *a, const Term *b, size_t place)
{
    if (!p->strict)
        return;
    if (!type_meets(a->type, b->type))
        parse_fail(p, place, "a %.*s is never equal to a %.*s", STR_ARG(name_of(p, a)),
                   STR_ARG(name_of(p, b)));
    check_allowed(p, a, b);
    check_allowed(p, b, a);
}

void check_order(Parser *p, const Term *a, const Term *b, size_t place)
{
    if (!p->strict)
        return;
    if (!type_meets(a->type, b->type))
        parse_fail(p, place, "a %.*s cannot be compared with a %.*s", STR_ARG(name_of(p, a)),
                   STR_ARG(name_of(p, b)));
    if (!type_ordered(a->type))
        parse_fail(p, place, "values of type %.*s have no order", STR_ARG(name_of(p, a)));
    if (!type_ordered(b->type))
        parse_fail(p, place, "values of type %.*s have no order", STR_ARG(name_of(p, b)));
}

void check_boolean(Parser *p, const Term *term, const char *where)
{
    if (p->strict && !type_unknown(term->type) && term->type->kind != FEEL_BOOLEAN)
        parse_fail(p, term->place, "%s must stand a condition, not a %.*s", where,
                   STR_ARG(name_of(p, term)));
}
