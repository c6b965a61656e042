/* SPDX-License-Identifier: EUPL-1.2 */
/* Paths in expressions: over relations, into JSON, and any(). */
#include "base/vec.h"
#include "city/sta/parse.h"

size_t sta_add_slot(StaParser *p, StaSlot slot)
{
    StaFilter *filter = p->filter;

    if (filter->slot_count == filter->slot_capacity)
        filter->slots = vec_grow(p->lexer.arena, filter->slots, filter->slot_count,
                                 &filter->slot_capacity, sizeof(StaSlot));
    filter->slots[filter->slot_count] = slot;
    return filter->slot_count++;
}

/* The slot that a relation leads to from `parent`: one for all paths that begin alike. */
static size_t slot_of(StaParser *p, size_t parent, const StaRelation *relation)
{
    StaFilter *filter = p->filter;

    for (size_t i = 1; i < filter->slot_count; i++) {
        const StaSlot *slot = &filter->slots[i];
        if (slot->parent == parent && slot->relation == relation && !slot->variable.ptr)
            return i;
    }
    return sta_add_slot(p, (StaSlot){.entity = relation->target,
                                     .parent = parent,
                                     .relation = relation,
                                     .scope = filter->slots[parent].scope});
}

/* "[3]" */
static bool parse_index(StaParser *p, StaSteps *steps)
{
    StaLexer *lexer = &p->lexer;

    if (!sta_lexer_next(lexer))
        return false;
    if (lexer->token.value.type != STA_WHOLE)
        return sta_lexer_fail(lexer, lexer->token.at,
                              "between [ and ] stands the place in a list, from 0 on; here stands "
                              "%.*s",
                              STR_ARG(sta_lexer_here(lexer)));
    VEC_PUSH(lexer->arena, steps, (StaStep){.index = lexer->token.value.whole});
    return sta_lexer_next(lexer) && sta_lexer_expect(lexer, ']', "behind the place in a list");
}

bool sta_parse_steps(StaParser *p, StaSteps *steps)
{
    StaLexer *lexer = &p->lexer;

    while (sta_lexer_at(lexer, '/') || sta_lexer_at(lexer, '[')) {
        if (sta_lexer_at(lexer, '[')) {
            if (!parse_index(p, steps))
                return false;
            continue;
        }
        if (!sta_lexer_next_segment(lexer))
            return false;
        VEC_PUSH(lexer->arena, steps, (StaStep){.key = lexer->token.text});
        if (!sta_lexer_next(lexer))
            return false;
    }
    return !lexer->failed;
}

/* A property; the token is its name. */
static StaExpr *parse_property(StaParser *p, size_t at, size_t slot, const StaProperty *property)
{
    StaExpr *path = sta_new_expr(p, STA_PATH, at);

    if (!path || !sta_lexer_next(&p->lexer))
        return NULL;
    path->slot = slot;
    path->property = property;
    path->type = property->type;
    size_t behind = p->lexer.token.at;
    bool parts = sta_lexer_at(&p->lexer, '/') || sta_lexer_at(&p->lexer, '[');
    if (parts && !sta_property_has_parts(property)) {
        sta_lexer_fail(&p->lexer, behind, "%s is %s: it has no parts", property->name,
                       property == &STA_ID ? "a key" : sta_type_name(property->type));
        return NULL;
    }
    if (!sta_parse_steps(p, &path->steps))
        return NULL;
    if (path->steps.count > 0)
        path->type = STA_ANY;
    return path;
}

static bool known_variable(const StaParser *p, Str name, size_t *slot)
{
    for (size_t i = 0; i < p->variable_count; i++) {
        if (str_eq(p->filter->slots[p->variables[i]].variable, name)) {
            *slot = p->variables[i];
            return true;
        }
    }
    return false;
}

/* The variable and the condition of an any(), behind its "(". */
static bool parse_inner(StaParser *p, StaExpr *some)
{
    StaLexer *lexer = &p->lexer;
    StaSlot *slot = &p->filter->slots[some->slot];
    size_t taken;

    if (lexer->token.kind != STA_TOKEN_NAME)
        return sta_lexer_fail(lexer, lexer->token.at,
                              "any( begins with a variable, as in any(d: d/name eq 'x'); here "
                              "stands %.*s",
                              STR_ARG(sta_lexer_here(lexer)));
    if (known_variable(p, lexer->token.text, &taken))
        return sta_lexer_fail(lexer, lexer->token.at, "the variable %.*s stands for two things",
                              STR_ARG(lexer->token.text));
    slot->variable = lexer->token.text;
    if (!sta_lexer_next(lexer) || !sta_lexer_expect(lexer, ':', "behind the variable of any"))
        return false;
    p->variables[p->variable_count++] = some->slot;
    StaExpr *inner = sta_parse_expression(p);
    p->variable_count--;
    if (!inner)
        return false;
    sta_add_item(p, some, inner);
    return sta_check_condition(p, inner, "inside any()");
}

/* "any(…)"; the token is its name, before "(". A slot of its own, whatever other paths there are.
 */
static StaExpr *parse_some(StaParser *p, size_t at, size_t parent, const StaRelation *relation)
{
    StaLexer *lexer = &p->lexer;
    StaExpr *some = sta_new_expr(p, STA_SOME, at);

    if (!some || !sta_parse_enter(p))
        return NULL;
    some->type = STA_BOOL;
    if (!sta_lexer_next(lexer) || !sta_lexer_next(lexer))
        return NULL;
    some->slot = sta_add_slot(p, (StaSlot){.entity = relation->target,
                                           .parent = parent,
                                           .relation = relation,
                                           .scope = p->filter->slot_count,
                                           .variable = STR("")});
    if (!sta_lexer_at(lexer, ')') && !parse_inner(p, some))
        return NULL;
    p->depth--;
    return sta_lexer_expect(lexer, ')', "behind any") ? some : NULL;
}

static StaExpr *fail_member(StaParser *p, StaEntity entity)
{
    StaLexer *lexer = &p->lexer;

    sta_lexer_fail(lexer, lexer->token.at, "%.*s has no \"%.*s\". %.*s",
                   STR_ARG(str_c(sta_entity(entity)->name)), STR_ARG(lexer->token.text),
                   STR_ARG(sta_members(lexer->arena, entity)));
    return NULL;
}

/* The token is the first name behind the entity in `slot`. */
static StaExpr *parse_members(StaParser *p, size_t at, size_t slot)
{
    StaLexer *lexer = &p->lexer;

    for (;;) {
        StaEntity entity = p->filter->slots[slot].entity;
        Str name = lexer->token.text;
        const StaProperty *property = sta_property(entity, name);
        if (property)
            return parse_property(p, at, slot, property);
        const StaRelation *relation = sta_relation(entity, name);
        if (!relation)
            return fail_member(p, entity);
        if (!sta_lexer_next(lexer))
            return NULL;
        if (!sta_lexer_at(lexer, '/')) {
            sta_lexer_fail(lexer, lexer->token.at,
                           "%s is a relation; a property of it is missing, such as %s/id",
                           relation->name, relation->name);
            return NULL;
        }
        if (!sta_lexer_next_segment(lexer))
            return NULL;
        bool called = lexer->at < lexer->text.len && lexer->text.ptr[lexer->at] == '(';
        if (called && relation->many && str_is(lexer->token.text, "any"))
            return parse_some(p, at, slot, relation);
        slot = slot_of(p, slot, relation);
    }
}

StaExpr *sta_parse_path(StaParser *p)
{
    StaLexer *lexer = &p->lexer;
    size_t at = lexer->token.at, slot = 0;

    if (known_variable(p, lexer->token.text, &slot)) {
        Str name = lexer->token.text;
        if (!sta_lexer_next(lexer))
            return NULL;
        if (!sta_lexer_at(lexer, '/')) {
            sta_lexer_fail(lexer, lexer->token.at, "behind %.*s a property is missing: %.*s/id",
                           STR_ARG(name), STR_ARG(name));
            return NULL;
        }
        if (!sta_lexer_next_segment(lexer))
            return NULL;
    }
    return parse_members(p, at, slot);
}
