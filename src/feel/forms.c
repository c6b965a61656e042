/* SPDX-License-Identifier: EUPL-1.2 */
/* for, some, every, functions, lists, ranges, contexts, filters and paths. */
#include "feel/parse.h"

#include "base/buf.h"
#include "base/vec.h"

#include <assert.h>

typedef struct TermList {
    const Term **items;
    size_t count;
    size_t capacity;
} TermList;

typedef struct IteratorList {
    Iterator *items;
    size_t count;
    size_t capacity;
} IteratorList;

static const FeelType *item_type(const FeelType *domain)
{
    if (domain->kind == FEEL_LIST || domain->kind == FEEL_RANGE)
        return domain->item;
    return domain;
}

/* x in e, y in e..e: each variable is known from the next on. */
static IteratorList parse_iterators(Parser *p)
{
    IteratorList list = {0};

    do {
        Str name;
        Iterator iterator = {0};
        if (!parse_plain_name(p, &name))
            parse_fail(p, p->at, "a variable's name is expected here");
        expect_word(p, "in", "after the variable");
        iterator.domain = parse_expression(p);
        const FeelType *type = item_type(iterator.domain->type);
        if (parse_accept(p, "..")) {
            iterator.to = parse_expression(p);
            check_order(p, iterator.domain, iterator.to, iterator.to->place);
            type = iterator.domain->type;
        }
        Local *local = arena_new(p->arena, Local);
        local_enter(p, local, name, type);
        iterator.name = name;
        iterator.slot = local->slot;
        VEC_PUSH(p->arena, &list, iterator);
    } while (parse_accept(p, ","));
    return list;
}

static Term *loop_term(Parser *p, TermOp op, size_t place, IteratorList list, const Term *body)
{
    Term *term = term_new(p, op, place, NULL);

    term->iterators = list.items;
    term->iterator_count = list.count;
    term->body = body;
    term_part(p, term, body);
    for (size_t i = 0; i < list.count; i++) {
        term_part(p, term, list.items[i].domain);
        if (list.items[i].to)
            term_part(p, term, list.items[i].to);
    }
    return term;
}

const Term *parse_for(Parser *p, size_t place)
{
    const Local *outer = p->locals;
    uint32_t slots = p->slot_next;
    IteratorList list = parse_iterators(p);
    Local partial;

    expect_word(p, "return", "after the variables of \"for\"");
    local_enter(p, &partial, STR("partial"), feel_type(FEEL_LIST));
    const Term *body = parse_expression(p);
    p->locals = outer;
    p->slot_next = slots;
    Term *term = loop_term(p, TERM_FOR, place, list, body);
    term->partial_slot = partial.slot;
    term->type = feel_type_list(p->arena, body->type);
    return term;
}

const Term *parse_quantified(Parser *p, size_t place, TermOp op)
{
    const Local *outer = p->locals;
    uint32_t slots = p->slot_next;
    IteratorList list = parse_iterators(p);

    expect_word(p, "satisfies", "after the variables");
    const Term *body = parse_expression(p);
    check_boolean(p, body, "after \"satisfies\"");
    p->locals = outer;
    p->slot_next = slots;
    Term *term = loop_term(p, op, place, list, body);
    term->type = feel_type(FEEL_BOOLEAN);
    return term;
}

/* function(a, b: number) body. The body sees the variables around it as they are when
 * the function value is made: their slots come first in its frame. */
const Term *parse_function(Parser *p, size_t place)
{
    const Local *outer = p->locals;
    uint32_t slots = p->slot_next, most = p->slot_most;
    FeelField fields[64];
    Term *term = term_new(p, TERM_FUNCTION, place, NULL);
    size_t count = 0;

    term->lambda.captured = slots;
    parse_expect(p, "(", "after \"function\"");
    while (!parse_accept(p, ")")) {
        if (count == 64)
            parse_fail(p, p->at, "a function has at most 64 parameters");
        if (!parse_name_before(p, ":,)", &fields[count].name))
            parse_fail(p, p->at, "a parameter's name is expected here");
        fields[count].type = parse_accept(p, ":") ? parse_type(p) : feel_type(FEEL_ANY);
        Local *local = arena_new(p->arena, Local);
        local_enter(p, local, fields[count].name, fields[count].type);
        count++;
        if (!parse_accept(p, ",") && peek(p) != ')')
            parse_fail(p, p->at, "\",\" or \")\" is missing after the parameter");
    }
    if (peek_word(p, "external"))
        parse_fail(p, p->at, "external functions (Java, PMML) are not supported");
    p->slot_most = p->slot_next;
    const Term *body = parse_expression(p);
    term->lambda.frame = p->slot_most;
    p->slot_most = most > p->slot_most ? most : p->slot_most;
    p->locals = outer;
    p->slot_next = slots;
    term->lambda.body = body;
    term->lambda.parameters = arena_array(p->arena, Parameter, count);
    term->lambda.parameter_count = count;
    for (size_t i = 0; i < count; i++)
        term->lambda.parameters[i] = (Parameter){fields[i].name, fields[i].type};
    term->type = type_function(p->arena, fields, count, body->type);
    term_part(p, term, body);
    return term;
}

/* --- Lists and ranges ----------------------------------------------------------------- */

static const Term *range_term(Parser *p, size_t place, const Term *low, bool low_closed,
                              const Term *high, bool high_closed)
{
    assert(low || high);
    Term *term = term_new(p, TERM_RANGE, place, type_range(p->arena, low ? low->type : high->type));

    if (low && high)
        check_order(p, low, high, place);
    term->a = low;
    term->b = high;
    term->low_closed = low_closed;
    term->high_closed = high_closed;
    if (low)
        term_part(p, term, low);
    if (high)
        term_part(p, term, high);
    return (!low || is_constant(low)) && (!high || is_constant(high)) ? term_fold(p, term) : term;
}

const Term *parse_range_end(Parser *p, size_t place, const Term *low, bool low_closed)
{
    bool closing = p->closing_bracket;

    p->closing_bracket = true;
    const Term *high = parse_operators(p, LEVEL_SUM);
    p->closing_bracket = closing;
    if (parse_accept(p, "]"))
        return range_term(p, place, low, low_closed, high, true);
    if (!parse_accept(p, ")") && !parse_accept(p, "["))
        parse_fail(p, p->at, "\"]\" or \")\" is missing at the end of the range");
    return range_term(p, place, low, low_closed, high, false);
}

const Term *parse_open_range(Parser *p, size_t place)
{
    p->at++;
    const Term *low = parse_expression(p);
    parse_expect(p, "..", "in the range");
    return parse_range_end(p, place, low, false);
}

const Term *parse_list_or_range(Parser *p, size_t place)
{
    TermList list = {0};
    bool constant = true;

    p->at++;
    Term *term = term_new(p, TERM_LIST, place, feel_type(FEEL_LIST));
    while (!parse_accept(p, "]")) {
        const Term *item = parse_expression(p);
        if (list.count == 0 && parse_accept(p, ".."))
            return parse_range_end(p, place, item, true);
        VEC_PUSH(p->arena, &list, item);
        constant = constant && is_constant(item);
        term_part(p, term, item);
        if (!parse_accept(p, ",") && peek(p) != ']')
            parse_fail(p, p->at, "\",\" or \"]\" is missing in the list");
    }
    const FeelType *item = list.count ? list.items[0]->type : NULL;
    for (size_t i = 1; i < list.count; i++)
        item = type_either(p->arena, item, list.items[i]->type);
    if (item)
        term->type = feel_type_list(p->arena, item);
    term->items = list.items;
    term->count = list.count;
    return constant ? term_fold(p, term) : term;
}

/* (< 5), (>= 3), (= 7): a range with one end. False when it is none. */
static const Term *parse_unary_range(Parser *p, size_t place)
{
    bool up = peek(p) == '>', equal = peek(p) == '=';

    if (!up && !equal && peek(p) != '<')
        return NULL;
    p->at++;
    bool closed = equal || parse_accept(p, "=");
    const Term *end = parse_operators(p, LEVEL_SUM);
    parse_expect(p, ")", "at the end of the range");
    const Term *low = up || equal ? end : NULL, *high = up ? NULL : end;
    return range_term(p, place, low, low && closed, high, high && closed);
}

const Term *parse_parenthesis(Parser *p, size_t place)
{
    p->at++;
    const Term *range = parse_unary_range(p, place);
    if (range)
        return range;
    const Term *term = parse_expression(p);
    if (parse_accept(p, ".."))
        return parse_range_end(p, place, term, false);
    parse_expect(p, ")", "to close the parenthesis");
    return term;
}

/* --- Contexts, filters, paths ---------------------------------------------------------- */

static Str parse_key(Parser *p)
{
    Str key;

    if (peek(p) == '"')
        return parse_string_literal(p);
    if (!parse_name_before(p, ":", &key))
        parse_fail(p, p->at, "an entry's name and \":\" are expected here");
    return key;
}

/* {a: 1, b: a + 1}: each entry is a variable for those after it. */
const Term *parse_context(Parser *p, size_t place)
{
    const Local *outer = p->locals;
    uint32_t slots = p->slot_next;
    TermList list = {0};
    FeelType *type = feel_type_context(p->arena);
    Term *term = term_new(p, TERM_CONTEXT, place, type);
    bool constant = true, twice = false;

    p->at++;
    term->first_slot = slots;
    while (!parse_accept(p, "}")) {
        size_t key_place = (skip_blanks(p), p->at);
        Str key = parse_key(p);
        parse_expect(p, ":", "after the entry's name");
        if (type_field(type, key)) {
            twice = true;
            if (p->strict)
                parse_fail(p, key_place, "the entry \"%.*s\" occurs twice", STR_ARG(key));
        }
        const Term *value = parse_expression(p);
        VEC_PUSH(p->arena, &list, value);
        constant = constant && is_constant(value);
        term_part(p, term, value);
        feel_type_add_field(p->arena, type, key, value->type);
        Local *local = arena_new(p->arena, Local);
        /* Nested expressions may have used more slots; entries are side by side. */
        local_enter(p, local, key, value->type);
        if (!parse_accept(p, ",") && peek(p) != '}')
            parse_fail(p, p->at, "\",\" or \"}\" is missing in the context");
    }
    p->locals = outer;
    p->slot_next = slots;
    term->items = list.items;
    term->count = list.count;
    term->keys = arena_array(p->arena, Str, list.count);
    term->hashes = arena_array(p->arena, uint32_t, list.count);
    for (size_t i = 0; i < list.count; i++) {
        term->keys[i] = type->fields[i].name;
        term->hashes[i] = key_hash(term->keys[i]);
    }
    if (twice)
        return term_constant(p, place, VALUE_NULL);
    return constant ? term_fold(p, term) : term;
}

const Term *parse_filter(Parser *p, const Term *base)
{
    const Local *outer = p->locals;
    uint32_t slots = p->slot_next;
    size_t place = p->at;
    Local item;

    local_enter(p, &item, STR("item"), item_type(base->type));
    item.is_item = true;
    const Term *filter = parse_expression(p);
    parse_expect(p, "]", "at the end of the filter");
    p->locals = outer;
    p->slot_next = slots;
    FeelTypeKind kind = filter->type->kind;
    if (p->strict && !type_unknown(filter->type) && kind != FEEL_BOOLEAN && kind != FEEL_NUMBER)
        parse_fail(p, filter->place, "a filter is a condition or a position, not a %.*s",
                   STR_ARG(feel_type_name(p->arena, filter->type)));
    Term *term = term_new(p, TERM_FILTER, place, NULL);
    if (kind == FEEL_NUMBER)
        term->type = item.type;
    else if (kind == FEEL_BOOLEAN)
        term->type =
            base->type->kind == FEEL_LIST ? base->type : feel_type_list(p->arena, item.type);
    term->a = base;
    term->b = filter;
    term->slot = item.slot;
    term_part(p, term, base);
    term_part(p, term, filter);
    return is_constant(base) && is_constant(filter) ? term_fold(p, term) : term;
}

static bool field_known(Parser *p, const void *what, Str name)
{
    (void)p;
    return type_find_field(what, name) != NULL;
}

/* The context type whose fields the path may name, or NULL. */
static const FeelType *path_context(const FeelType *type)
{
    while (type && type->kind == FEEL_LIST)
        type = type->item;
    return type_closed(type) ? type : NULL;
}

_Noreturn static void fail_no_field(Parser *p, size_t place, const FeelType *base, Str name)
{
    const FeelType *context = path_context(base);
    Buf fields = buf_in(p->arena);

    if (!context)
        parse_fail(p, place, "a %.*s has no \"%.*s\"", STR_ARG(feel_type_name(p->arena, base)),
                   STR_ARG(name));
    for (size_t i = 0; i < context->field_count && i < 20; i++)
        buf_addf(&fields, "%s%.*s", i ? ", " : "", STR_ARG(context->fields[i].name));
    parse_fail(p, place, "there is no field \"%.*s\"; there are: %.*s", STR_ARG(name),
               STR_ARG(buf_str(&fields)));
}

const Term *parse_path_step(Parser *p, const Term *base)
{
    const FeelType *context = path_context(base->type);
    size_t place = (skip_blanks(p), p->at);
    Str name;
    bool known;

    if (context && parse_known_name(p, field_known, context, &name))
        name = type_find_field(context, name)->name;
    else if (!parse_plain_name(p, &name))
        parse_fail(p, place, "a field's name is expected after \".\"");
    const FeelType *type = type_path(p->arena, base->type, name, &known);
    if (known && !type && p->strict)
        fail_no_field(p, place, base->type, name);
    Term *term = term_new(p, TERM_PATH, place, type);
    term->base = base;
    term->name = name;
    term->hash = key_hash(name);
    term_part(p, term, base);
    return is_constant(base) ? term_fold(p, term) : term;
}
