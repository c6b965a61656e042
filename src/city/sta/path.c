/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/path.h"

#include "base/vec.h"
#include "city/sta/parse.h"

static bool not_found(StaLexer *lexer, const char *what, Str others)
{
    sta_lexer_fail(lexer, lexer->token.at, "%s \"%.*s\". %.*s", what, STR_ARG(lexer->token.text),
                   STR_ARG(others));
    lexer->err->kind = ERR_NOT_FOUND;
    return false;
}

/* "(1)", "(-1)", "('a''b')" */
static bool parse_key(StaLexer *lexer, StaValue *key)
{
    if (!sta_lexer_next(lexer))
        return false;
    bool negative = sta_lexer_at(lexer, '-');
    if (negative && !sta_lexer_next(lexer))
        return false;
    *key = lexer->token.value;
    if (lexer->token.kind != STA_TOKEN_LITERAL ||
        (key->type != STA_WHOLE && (key->type != STA_TEXT || negative)))
        return sta_lexer_fail(lexer, lexer->token.at,
                              "a key is a whole number or a text in quotes, as in (1) or ('a'); "
                              "here stands %.*s",
                              STR_ARG(sta_lexer_here(lexer)));
    if (negative)
        key->whole = -key->whole;
    return sta_lexer_next(lexer) && sta_lexer_expect(lexer, ')', "behind the key");
}

/* A set or relation; the token is its name. */
static bool add_part(StaLexer *lexer, StaPath *path, StaPathPart part)
{
    bool many = !part.relation || part.relation->many;

    if (!sta_lexer_next(lexer))
        return false;
    path->entity = part.entity;
    path->kind = many ? STA_AT_SET : STA_AT_ENTITY;
    if (sta_lexer_at(lexer, '(')) {
        if (!many)
            return sta_lexer_fail(lexer, lexer->token.at, "%s is one entity: it takes no key",
                                  part.relation->name);
        if (!parse_key(lexer, &part.key))
            return false;
        path->kind = STA_AT_ENTITY;
    }
    VEC_PUSH(lexer->arena, path, part);
    return true;
}

/* "/$value" behind a property. */
static bool parse_value_mark(StaLexer *lexer, StaPath *path)
{
    StaSteps *steps = &path->steps;

    if (steps->count && str_is(steps->items[steps->count - 1].key, "$value")) {
        steps->count--;
        path->value = true;
    }
    for (size_t i = 0; i < steps->count; i++)
        if (str_starts_with(steps->items[i].key, "$"))
            return sta_lexer_fail(lexer, lexer->token.at,
                                  "\"%.*s\" is no part of a property; only $value may stand last",
                                  STR_ARG(steps->items[i].key));
    return true;
}

static bool parse_property(StaParser *p, StaPath *path, const StaProperty *property)
{
    StaLexer *lexer = &p->lexer;
    size_t at = lexer->token.at;

    path->kind = STA_AT_PROPERTY;
    path->property = property;
    if (!sta_lexer_next(lexer) || !sta_parse_steps(p, &path->steps) ||
        !parse_value_mark(lexer, path))
        return false;
    if (path->steps.count && !sta_property_has_parts(property)) {
        sta_lexer_fail(lexer, at, "%s has no parts", property->name);
        lexer->err->kind = ERR_NOT_FOUND;
        return false;
    }
    return true;
}

/* "$ref" behind a set, or behind what a relation led to. */
static bool parse_links(StaLexer *lexer, StaPath *path)
{
    path->links = true;
    if (path->count == 1 && path->kind == STA_AT_ENTITY)
        return sta_lexer_fail(lexer, lexer->token.at,
                              "$ref stands behind a set or a relation, as in Things(1)/Locations/"
                              "$ref");
    return sta_lexer_next(lexer);
}

static bool parse_behind_set(StaLexer *lexer, const StaPath *path)
{
    return sta_lexer_fail(lexer, lexer->token.at,
                          "behind the set %s stands a key, as in %s(1), or /$ref; here stands %.*s",
                          path->items[path->count - 1].relation
                              ? path->items[path->count - 1].relation->name
                              : sta_entity(path->entity)->set,
                          sta_entity(path->entity)->set, STR_ARG(sta_lexer_here(lexer)));
}

/* What stands behind "/"; the token is its name. */
static bool parse_part(StaParser *p, StaPath *path)
{
    StaLexer *lexer = &p->lexer;

    if (str_is(lexer->token.text, "$ref"))
        return parse_links(lexer, path);
    if (path->kind == STA_AT_SET)
        return parse_behind_set(lexer, path);
    const StaRelation *relation = sta_relation(path->entity, lexer->token.text);
    if (relation)
        return add_part(lexer, path,
                        (StaPathPart){.entity = relation->target, .relation = relation});
    const StaProperty *property = sta_property(path->entity, lexer->token.text);
    if (property)
        return parse_property(p, path, property);
    return not_found(lexer, "there is no", sta_members(lexer->arena, path->entity));
}

static bool parse_first(StaLexer *lexer, StaPath *path)
{
    StaEntity entity;

    if (!sta_entity_of_set(lexer->token.text, &entity))
        return not_found(
            lexer, "there is no set",
            str_printf(lexer->arena, "There are: %.*s", STR_ARG(sta_sets(lexer->arena))));
    return add_part(lexer, path, (StaPathPart){.entity = entity});
}

bool sta_path_parse(Arena *arena, Str text, StaPath *out, Err *err)
{
    StaParser p = {0};
    StaLexer *lexer = &p.lexer;

    *out = (StaPath){.kind = STA_AT_ROOT};
    if (str_empty(text) || str_is(text, "/"))
        return true;
    if (!sta_lexer_begin(lexer, arena, "path", text, err))
        return false;
    if (!sta_lexer_at(lexer, '/'))
        return sta_lexer_fail(lexer, 0, "a path begins with \"/\"");
    if (!sta_lexer_next_segment(lexer) || !parse_first(lexer, out))
        return false;
    while (sta_lexer_at(lexer, '/') && !out->links && out->kind != STA_AT_PROPERTY)
        if (!sta_lexer_next_segment(lexer) || !parse_part(&p, out))
            return false;
    return sta_parse_end(&p);
}

void sta_path_write(const StaPath *path, Buf *out)
{
    for (size_t i = 0; i < path->count; i++) {
        const StaPathPart *part = &path->items[i];
        buf_addf(out, "/%s", part->relation ? part->relation->name : sta_entity(part->entity)->set);
        if (part->key.type == STA_WHOLE)
            buf_addf(out, "(%lld)", (long long)part->key.whole);
        if (part->key.type == STA_TEXT) {
            buf_add_char(out, '(');
            sta_text_write(part->key.text, out);
            buf_add_char(out, ')');
        }
    }
    if (path->property)
        buf_addf(out, "/%s", path->property->name);
    sta_steps_write(&path->steps, out);
    if (path->value)
        buf_add_c(out, "/$value");
    if (path->links)
        buf_add_c(out, "/$ref");
}
