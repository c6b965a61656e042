/* SPDX-License-Identifier: EUPL-1.2 */
/* Do two terms say the same? Variables are the same when they have the same slot, so the terms must
 * stand in the same scope. "No" may be wrong for terms of rare kinds, "yes" never is: as
 * evaluation is pure, both then have the same value. */
#include "feel/tree.h"

static bool all_same(const Term *const *a, const Term *const *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!term_same(a[i], b[i]))
            return false;
    return true;
}

static bool items_same(const Term *a, const Term *b)
{
    if (a->count != b->count || a->negated != b->negated || a->first_slot != b->first_slot)
        return false;
    for (size_t i = 0; a->op == TERM_CONTEXT && i < a->count; i++)
        if (!str_eq(a->keys[i], b->keys[i]))
            return false;
    return all_same(a->items, b->items, a->count);
}

static bool calls_same(const Term *a, const Term *b)
{
    if (a->arg_count != b->arg_count || a->builtin != b->builtin || a->chosen != b->chosen ||
        a->table != b->table || !term_same(a->callee, b->callee) || !a->arg_names != !b->arg_names)
        return false;
    for (size_t i = 0; a->arg_names && i < a->arg_count; i++)
        if (!str_eq(a->arg_names[i], b->arg_names[i]))
            return false;
    return all_same(a->args, b->args, a->arg_count);
}

static bool loops_same(const Term *a, const Term *b)
{
    if (a->iterator_count != b->iterator_count || a->partial_slot != b->partial_slot)
        return false;
    for (size_t i = 0; i < a->iterator_count; i++) {
        const Iterator *x = &a->iterators[i], *y = &b->iterators[i];
        if (x->slot != y->slot || !term_same(x->domain, y->domain) || !term_same(x->to, y->to))
            return false;
    }
    return term_same(a->body, b->body);
}

bool term_same(const Term *a, const Term *b)
{
    if (a == b)
        return true;
    if (!a || !b || a->op != b->op)
        return false;
    switch (a->op) {
    case TERM_CONSTANT: return value_same(a->constant, b->constant);
    case TERM_LOCAL: return a->slot == b->slot;
    case TERM_ITEM_NAME:
    case TERM_GLOBAL:
    case TERM_PATH:
        return (a->op != TERM_ITEM_NAME || a->item_slot == b->item_slot) &&
               str_eq(a->name, b->name) && term_same(a->base, b->base);
    case TERM_LIST:
    case TERM_TESTS:
    case TERM_CONTEXT: return items_same(a, b);
    case TERM_FOR:
    case TERM_SOME:
    case TERM_EVERY: return loops_same(a, b);
    case TERM_BUILTIN:
    case TERM_TABLE:
    case TERM_CALL: return calls_same(a, b);
    case TERM_FUNCTION:
    case TERM_INSTANCE_OF: return false;
    default:
        return a->slot == b->slot && a->is_truth == b->is_truth && a->low_closed == b->low_closed &&
               a->high_closed == b->high_closed && term_same(a->a, b->a) && term_same(a->b, b->b) &&
               term_same(a->c, b->c);
    }
}
