/* SPDX-License-Identifier: EUPL-1.2 */
/* What a name means: a variable of the expression, a field of a filter's item, an entry
 * of the scope, a built-in function; innermost first (10.3.2.11.1). */
#include "feel/parse.h"

#include "feel/builtin.h"

uint32_t slot_take(Parser *p)
{
    if (p->slot_next >= FEEL_MAX_SLOTS)
        parse_fail(p, p->at, "the expression has too many variables; split it");
    if (++p->slot_next > p->slot_most)
        p->slot_most = p->slot_next;
    return p->slot_next - 1;
}

void local_enter(Parser *p, Local *local, Str name, const FeelType *type)
{
    *local = (Local){.name = name,
                     .type = type ? type : feel_type(FEEL_ANY),
                     .slot = slot_take(p),
                     .outer = p->locals};
    p->locals = local;
}

static bool item_is_open(const Local *local)
{
    return type_unknown(local->type) ||
           (local->type->kind == FEEL_CONTEXT && !type_closed(local->type));
}

static bool has_open_item(const Parser *p)
{
    for (const Local *local = p->locals; local; local = local->outer)
        if (local->is_item && item_is_open(local))
            return true;
    return false;
}

static bool name_known(Parser *p, const void *what, Str name)
{
    (void)what;
    for (const Local *local = p->locals; local; local = local->outer)
        if (name_same(name, local->name) || (local->is_item && local->type->kind == FEEL_CONTEXT &&
                                             type_find_field(local->type, name)))
            return true;
    return scope_find(p->scope, name, false) || builtin_find(name);
}

static const Term *local_term(Parser *p, size_t place, const Local *local)
{
    Term *term = term_new(p, TERM_LOCAL, place, local->type);

    term->slot = local->slot;
    term->variable = local->name;
    if (str_is(local->name, "?"))
        p->input_reads++;
    return term;
}

static const Term *function_term(Parser *p, size_t place, const Builtin *builtin,
                                 const FeelTable *table, const FeelType *type)
{
    FeelFunction *function = arena_new(p->arena, FeelFunction);
    FeelValue value = {.kind = FEEL_FUNCTION};

    function->builtin = builtin;
    function->table = table;
    function->type = type ? type : feel_type(FEEL_FUNCTION);
    value.function = function;
    return term_constant(p, place, value);
}

/* NULL when nothing has this name. */
static const Term *global_term(Parser *p, size_t place, Str name)
{
    const ScopeEntry *entry = scope_find(p->scope, name, false);
    const Builtin *builtin = builtin_find(name);

    if (entry && entry->table)
        return function_term(p, place, NULL, entry->table, entry->type);
    if (!entry && p->scope)
        return builtin ? function_term(p, place, builtin, NULL, NULL) : NULL;
    Term *term = term_new(p, TERM_GLOBAL, place, entry ? entry->type : NULL);
    term->name = entry ? entry->name : name;
    term->hash = key_hash(term->name);
    term->base = !entry && builtin ? function_term(p, place, builtin, NULL, NULL) : NULL;
    return term;
}

static const Term *term_from(Parser *p, size_t place, Str name, const Local *local);

static const Term *item_term(Parser *p, size_t place, Str name, const Local *local)
{
    bool is_item = name_same(name, local->name);

    if (!item_is_open(local)) {
        const FeelField *field =
            local->type->kind == FEEL_CONTEXT ? type_find_field(local->type, name) : NULL;
        if (!field)
            return is_item ? local_term(p, place, local) : term_from(p, place, name, local->outer);
        Term *path = term_new(p, TERM_PATH, place, field->type);
        path->base = local_term(p, place, local);
        path->name = field->name;
        path->hash = key_hash(field->name);
        path->height = 2;
        path->implied = true;
        return path;
    }
    Term *term = term_new(p, TERM_ITEM_NAME, place, NULL);
    term->name = name;
    term->hash = key_hash(name);
    term->item_slot = local->slot;
    term->base = is_item ? local_term(p, place, local) : term_from(p, place, name, local->outer);
    if (term->base)
        term_part(p, term, term->base);
    return term;
}

static const Term *term_from(Parser *p, size_t place, Str name, const Local *local)
{
    for (; local; local = local->outer) {
        if (local->is_item)
            return item_term(p, place, name, local);
        if (name_same(name, local->name))
            return local_term(p, place, local);
    }
    return global_term(p, place, name);
}

static void consider(Str candidate, Str name, Str *best, size_t *least)
{
    size_t d = str_distance(candidate, name);

    if (d < *least) {
        *least = d;
        *best = candidate;
    }
}

_Noreturn static void fail_unknown(Parser *p, size_t place, Str name)
{
    Str best = STR_NONE;
    size_t least = 3;

    for (const Local *local = p->locals; local; local = local->outer)
        consider(local->name, name, &best, &least);
    for (const FeelScope *scope = p->scope; scope; scope = scope->outer)
        for (size_t i = 0; i < scope->count; i++)
            if (!scope->items[i].is_type)
                consider(scope->items[i].name, name, &best, &least);
    if (best.ptr)
        parse_fail(p, place, "the name \"%.*s\" is not known here; is \"%.*s\" meant?",
                   STR_ARG(name), STR_ARG(best));
    parse_fail(p, place, "the name \"%.*s\" is not known here", STR_ARG(name));
}

static bool callable(const Term *term)
{
    return term && (type_unknown(term->type) || term->type->kind == FEEL_FUNCTION);
}

/* name( ... : a variable that may hold a function, a table, else a built-in function. */
static const Term *called_term(Parser *p, size_t place, Str name)
{
    const Builtin *builtin = builtin_find(name);
    const ScopeEntry *entry = scope_find(p->scope, name, false);
    const Term *term = term_from(p, place, name, p->locals);
    bool is_builtin = term && is_constant(term) && term->constant.kind == FEEL_FUNCTION;

    if (term && is_constant(term) && entry && entry->table) {
        p->at++;
        return parse_table_call(p, place, entry->table);
    }
    if (builtin && (is_builtin || !callable(term) || (term->op == TERM_GLOBAL && !p->scope) ||
                    term->op == TERM_ITEM_NAME)) {
        p->at++;
        return parse_builtin_call(p, place, builtin);
    }
    if (term && !callable(term) && p->strict)
        parse_fail(p, place, "\"%.*s\" is a %.*s and cannot be called", STR_ARG(name),
                   STR_ARG(feel_type_name(p->arena, term->type)));
    return term;
}

const Term *parse_name(Parser *p, size_t place)
{
    Str name, plain;
    bool open = !p->scope || has_open_item(p);
    bool known = parse_known_name(p, name_known, NULL, &name);
    size_t after = p->at;

    if (!known || open) {
        p->at = place;
        if (!parse_plain_name(p, &plain))
            parse_fail(p, place, "a name is expected here");
        /* Where any name may occur, two words in a row are one name. */
        if (!known || p->at > after)
            name = plain;
        else
            p->at = after;
    }
    const Term *term =
        peek(p) == '(' ? called_term(p, place, name) : term_from(p, place, name, p->locals);
    if (term)
        return term;
    if (p->strict)
        fail_unknown(p, place, name);
    return term_constant(p, place, VALUE_NULL);
}

bool keyword_begins_name(Parser *p)
{
    size_t before = p->at;
    Str name;
    bool word =
        at_keyword(p) || peek_word(p, "true") || peek_word(p, "false") || peek_word(p, "null");
    bool longer = p->scope && word && parse_known_name(p, name_known, NULL, &name) &&
                  str_find_char(name, ' ') > 0;

    p->at = before;
    return longer;
}

/* --- Types by name ------------------------------------------------------------------- */

static bool type_known(Parser *p, const void *what, Str name)
{
    (void)what;
    return type_named(name) || scope_find(p->scope, name, true);
}

static const FeelType *parse_context_type(Parser *p)
{
    FeelType *type = feel_type_context(p->arena);
    Str name;

    while (!parse_accept(p, ">")) {
        if (!parse_name_before(p, ":", &name))
            parse_fail(p, p->at, "\"name: type\" is expected here");
        parse_expect(p, ":", "after the name");
        feel_type_add_field(p->arena, type, name, parse_type(p));
        if (!parse_accept(p, ",") && peek(p) != '>')
            parse_fail(p, p->at, "\",\" or \">\" is missing in the type");
    }
    return type;
}

static const FeelType *parse_function_type(Parser *p)
{
    FeelField parameters[MAX_PARAMETERS];
    size_t count = 0;

    while (!parse_accept(p, ">")) {
        if (count == MAX_PARAMETERS)
            parse_fail(p, p->at, "a function type has at most %d parameters", MAX_PARAMETERS);
        parameters[count++] = (FeelField){.name = STR("parameter"), .type = parse_type(p)};
        if (!parse_accept(p, ",") && peek(p) != '>')
            parse_fail(p, p->at, "\",\" or \">\" is missing in the type");
    }
    parse_expect(p, "->", "in the function type");
    return type_function(p->arena, parameters, count, parse_type(p));
}

const FeelType *parse_type(Parser *p)
{
    Str name;
    size_t place = (skip_blanks(p), p->at);

    if (++p->depth > FEEL_MAX_PARSE_DEPTH)
        parse_fail(p, place, "the type is nested too deeply");
    if (!parse_known_name(p, type_known, NULL, &name)) {
        if (!parse_plain_name(p, &name))
            parse_fail(p, place, "a type is expected here");
        if (p->strict)
            parse_fail(p, place, "the type \"%.*s\" is not known", STR_ARG(name));
        p->depth--;
        p->type_unmapped = true;
        return feel_type(FEEL_ANY);
    }
    const ScopeEntry *entry = scope_find(p->scope, name, true);
    const FeelType *type = entry ? entry->type : type_named(name);
    bool generic = type->kind == FEEL_LIST || type->kind == FEEL_RANGE ||
                   type->kind == FEEL_CONTEXT || type->kind == FEEL_FUNCTION;
    if (generic && !entry && parse_accept(p, "<")) {
        if (type->kind == FEEL_CONTEXT)
            type = parse_context_type(p);
        else if (type->kind == FEEL_FUNCTION)
            type = parse_function_type(p);
        else {
            FeelTypeKind kind = type->kind;
            const FeelType *item = parse_type(p);
            parse_expect(p, ">", "in the type");
            type = kind == FEEL_LIST ? feel_type_list(p->arena, item) : type_range(p->arena, item);
        }
    } else if (generic && !entry) {
        p->type_unmapped = true; /* "list" alone is no type of the standard */
    }
    p->depth--;
    return type;
}
