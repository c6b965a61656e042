/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/options.h"

#include "base/percent.h"
#include "base/vec.h"
#include "city/sta/option_words.h"
#include "city/sta/parse.h"

const char *const STA_OPTION_WORDS[STA_OPTIONS] = {
    [STA_OPTION_FILTER] = "$filter",
    [STA_OPTION_COUNT] = "$count",
    [STA_OPTION_ORDERBY] = "$orderby",
    [STA_OPTION_SKIP] = "$skip",
    [STA_OPTION_TOP] = "$top",
    [STA_OPTION_EXPAND] = "$expand",
    [STA_OPTION_SELECT] = "$select",
    [STA_OPTION_FORMAT] = "$resultFormat",
    [STA_OPTION_AGGREGATE] = "$aggregate",
    [STA_OPTION_LATEST] = "latest",
};

const char *const STA_FORMAT_WORDS[] = {
    [STA_FORMAT_JSON] = "json",
    [STA_FORMAT_DATA_ARRAY] = "dataArray",
    [STA_FORMAT_GEOJSON] = "GeoJSON",
    [STA_FORMAT_CSV] = "CSV",
};

const StaAggregateWord STA_AGGREGATE_WORDS[] = {
    {"count", STA_AGGREGATE_COUNT}, {"min", STA_AGGREGATE_MIN},
    {"max", STA_AGGREGATE_MAX},     {"mean", STA_AGGREGATE_MEAN},
    {"sum", STA_AGGREGATE_SUM},     {"first", STA_AGGREGATE_FIRST},
    {"last", STA_AGGREGATE_LAST},   {0},
};

static bool parse_expand(StaParser *p, StaOptions *options);

/* --- Single options -------------------------------------------------------------------------- */

static bool parse_truth(StaParser *p, const char *option, bool *out)
{
    *out = sta_lexer_at_word(&p->lexer, "true");
    if (*out || sta_lexer_at_word(&p->lexer, "false"))
        return sta_lexer_next(&p->lexer);
    return sta_lexer_fail(&p->lexer, p->lexer.token.at, "%s is true or false; here stands %.*s",
                          option, STR_ARG(sta_lexer_here(&p->lexer)));
}

static bool parse_amount(StaParser *p, const char *option, int64_t *out)
{
    if (p->lexer.token.value.type != STA_WHOLE)
        return sta_lexer_fail(&p->lexer, p->lexer.token.at,
                              "%s is a whole number, 0 or more; here stands %.*s", option,
                              STR_ARG(sta_lexer_here(&p->lexer)));
    *out = p->lexer.token.value.whole;
    return sta_lexer_next(&p->lexer);
}

static bool parse_orders(StaParser *p, StaOptions *options)
{
    do {
        StaOrder order = {0};
        order.by = sta_parse_filter(p, options->entity, false);
        if (!order.by)
            return false;
        order.descending = sta_lexer_at_word(&p->lexer, "desc");
        if ((order.descending || sta_lexer_at_word(&p->lexer, "asc")) && !sta_lexer_next(&p->lexer))
            return false;
        VEC_PUSH(p->lexer.arena, &options->orders, order);
    } while (sta_lexer_accept(&p->lexer, ','));
    return !p->lexer.failed;
}

static const StaProperty *selectable(StaEntity entity, Str name)
{
    return str_is(name, STA_SELF_LINK.name) ? &STA_SELF_LINK : sta_property(entity, name);
}

static bool parse_selected(StaParser *p, StaOptions *options)
{
    StaLexer *lexer = &p->lexer;
    StaSelected selected = {.property = selectable(options->entity, lexer->token.text),
                            .relation = sta_relation(options->entity, lexer->token.text)};

    if (lexer->token.kind != STA_TOKEN_NAME || (!selected.property && !selected.relation))
        return sta_lexer_fail(lexer, lexer->token.at, "there is no property %.*s. %.*s",
                              STR_ARG(sta_lexer_here(lexer)),
                              STR_ARG(sta_members(lexer->arena, options->entity)));
    if (selected.relation && options->select.distinct)
        return sta_lexer_fail(lexer, lexer->token.at,
                              "distinct: is for properties; %s is a "
                              "relation",
                              selected.relation->name);
    if (!sta_lexer_next(lexer))
        return false;
    size_t behind = lexer->token.at;
    if (!sta_parse_steps(p, &selected.steps))
        return false;
    if (selected.steps.count && (selected.relation || !sta_property_has_parts(selected.property)))
        return sta_lexer_fail(lexer, behind,
                              "this has no parts; what is related is chosen inside "
                              "$expand");
    VEC_PUSH(lexer->arena, &options->select, selected);
    return true;
}

static bool parse_select(StaParser *p, StaOptions *options)
{
    if (sta_lexer_at_word(&p->lexer, "distinct")) {
        options->select.distinct = true;
        if (!sta_lexer_next(&p->lexer) || !sta_lexer_expect(&p->lexer, ':', "behind distinct"))
            return false;
    }
    do {
        if (!parse_selected(p, options))
            return false;
    } while (sta_lexer_accept(&p->lexer, ','));
    return !p->lexer.failed;
}

static bool parse_format(StaParser *p, StaOptions *options)
{
    for (int i = 0; i <= STA_FORMAT_CSV; i++) {
        if (sta_lexer_at_word(&p->lexer, STA_FORMAT_WORDS[i])) {
            options->format = (StaFormat)i;
            return sta_lexer_next(&p->lexer);
        }
    }
    return sta_lexer_fail(&p->lexer, p->lexer.token.at,
                          "there are the formats json, dataArray, GeoJSON and CSV; here stands "
                          "%.*s",
                          STR_ARG(sta_lexer_here(&p->lexer)));
}

static bool parse_aggregate_word(StaParser *p, StaOptions *options)
{
    for (const StaAggregateWord *row = STA_AGGREGATE_WORDS; row->word; row++) {
        if (sta_lexer_at_word(&p->lexer, row->word)) {
            options->aggregates |= row->bit;
            return sta_lexer_next(&p->lexer);
        }
    }
    return sta_lexer_fail(&p->lexer, p->lexer.token.at,
                          "there are count, min, max, mean, sum, first and last; here stands %.*s",
                          STR_ARG(sta_lexer_here(&p->lexer)));
}

/* "mean,max by duration'PT1H'" */
static bool parse_aggregate(StaParser *p, StaOptions *options)
{
    StaLexer *lexer = &p->lexer;

    do {
        if (!parse_aggregate_word(p, options))
            return false;
    } while (sta_lexer_accept(lexer, ','));
    if (lexer->failed || !sta_lexer_at_word(lexer, "by"))
        return !lexer->failed;
    if (!sta_lexer_next(lexer))
        return false;
    StaValue value = lexer->token.value;
    bool one_unit = value.type == STA_DURATION &&
                    (value.duration.months > 0) != (value.duration.ms > 0) &&
                    value.duration.months >= 0 && value.duration.ms >= 0;
    if (!one_unit)
        return sta_lexer_fail(lexer, lexer->token.at,
                              "behind \"by\" stands a duration longer than nothing, in months or "
                              "in days and hours: duration'PT1H'");
    options->period = value.duration;
    return sta_lexer_next(lexer);
}

/* --- Which option where ------------------------------------------------------------------------
 */

static bool fail_place(StaParser *p, size_t at, const char *option, const char *why)
{
    return sta_lexer_fail(&p->lexer, at, "%s %s", option, why);
}

static bool check_place(StaParser *p, const StaOptions *options, StaOptionKind kind, bool nested)
{
    const char *word = STA_OPTION_WORDS[kind];
    size_t at = p->lexer.token.at;

    if (nested && kind >= STA_OPTION_FORMAT)
        return fail_place(p, at, word, "does not stand inside $expand");
    if (!options->many && (kind <= STA_OPTION_TOP || kind >= STA_OPTION_AGGREGATE))
        return fail_place(p, at, word, "is for sets; this is one entity");
    if (kind == STA_OPTION_AGGREGATE && options->entity != STA_OBSERVATION)
        return fail_place(p, at, word, "is for Observations");
    if (kind == STA_OPTION_LATEST && options->entity != STA_DATASTREAM &&
        options->entity != STA_MULTI_DATASTREAM)
        return fail_place(p, at, word, "is for Datastreams and MultiDatastreams");
    return true;
}

static bool parse_option(StaParser *p, StaOptions *options, StaOptionKind kind)
{
    const char *word = STA_OPTION_WORDS[kind];

    options->given |= 1u << kind;
    switch (kind) {
    case STA_OPTION_FILTER:
        options->filter = sta_parse_filter(p, options->entity, true);
        return options->filter;
    case STA_OPTION_COUNT: return parse_truth(p, word, &options->count);
    case STA_OPTION_ORDERBY: return parse_orders(p, options);
    case STA_OPTION_SKIP: return parse_amount(p, word, &options->skip);
    case STA_OPTION_TOP: return parse_amount(p, word, &options->top);
    case STA_OPTION_EXPAND: return parse_expand(p, options);
    case STA_OPTION_SELECT: return parse_select(p, options);
    case STA_OPTION_FORMAT: return parse_format(p, options);
    case STA_OPTION_AGGREGATE: return parse_aggregate(p, options);
    case STA_OPTION_LATEST: return parse_truth(p, word, &options->latest);
    case STA_OPTIONS: break;
    }
    return false;
}

static bool find_option(Str name, StaOptionKind *out)
{
    for (int i = 0; i < STA_OPTIONS; i++) {
        if (str_is(name, STA_OPTION_WORDS[i])) {
            *out = (StaOptionKind)i;
            return true;
        }
    }
    return false;
}

/* 501 for what a standard may know and we do not, 400 for what nobody knows. */
static bool fail_unknown(StaParser *p, Str name)
{
    bool system = str_starts_with(name, "$");

    sta_lexer_fail(&p->lexer, p->lexer.token.at,
                   "there is no option \"%.*s\"; there are $filter, $count, $orderby, $skip, $top, "
                   "$expand, $select, $resultFormat, $aggregate and latest",
                   STR_ARG(name));
    if (system)
        p->lexer.err->kind = ERR_UNSUPPORTED;
    return false;
}

/* --- $expand ------------------------------------------------------------------------------------
 */

static bool fail_twice(StaParser *p, StaOptionKind kind)
{
    return sta_lexer_fail(&p->lexer, p->lexer.token.at, "%s is given twice",
                          STA_OPTION_WORDS[kind]);
}

/* "$filter=…;$top=…" up to ")"; the token is the first option's name. */
static bool parse_nested(StaParser *p, StaOptions *options)
{
    StaLexer *lexer = &p->lexer;
    unsigned seen = 0;

    do {
        StaOptionKind kind;
        if (!find_option(lexer->token.text, &kind))
            return fail_unknown(p, lexer->token.text);
        /* $expand=A/B,A($expand=C) adds to what is expanded below A; nothing else can be added. */
        bool there = sta_has(options, kind) && kind != STA_OPTION_EXPAND;
        if (there || seen >> kind & 1)
            return fail_twice(p, kind);
        seen |= 1u << kind;
        if (!check_place(p, options, kind, true) || !sta_lexer_next(lexer) ||
            !sta_lexer_expect(lexer, '=', "behind the name of an option") ||
            !parse_option(p, options, kind))
            return false;
    } while (sta_lexer_accept(lexer, ';'));
    return !lexer->failed;
}

static StaOptions *expanded(StaParser *p, StaOptions *options, const StaRelation *relation)
{
    for (size_t i = 0; i < options->expands.count; i++)
        if (options->expands.items[i].relation == relation)
            return options->expands.items[i].options;
    StaExpand expand = {.relation = relation, .options = arena_new(p->lexer.arena, StaOptions)};
    expand.options->entity = relation->target;
    expand.options->many = relation->many;
    VEC_PUSH(p->lexer.arena, &options->expands, expand);
    return expand.options;
}

/* "A", "A(…)", "A/B(…)" */
static bool parse_expand_path(StaParser *p, StaOptions *options)
{
    StaLexer *lexer = &p->lexer;

    for (;;) {
        const StaRelation *relation = sta_relation(options->entity, lexer->token.text);
        if (lexer->token.kind != STA_TOKEN_NAME || !relation)
            return sta_lexer_fail(lexer, lexer->token.at, "there is no relation %.*s. %.*s",
                                  STR_ARG(sta_lexer_here(lexer)),
                                  STR_ARG(sta_members(lexer->arena, options->entity)));
        options->given |= 1u << STA_OPTION_EXPAND;
        options = expanded(p, options, relation);
        if (!sta_lexer_next(lexer))
            return false;
        if (sta_lexer_at(lexer, '(')) {
            if (!sta_lexer_next(lexer))
                return false;
            if (!sta_lexer_at(lexer, ')') && !parse_nested(p, options))
                return false;
            if (!sta_lexer_expect(lexer, ')', "behind the options of a relation"))
                return false;
        }
        if (!sta_lexer_at(lexer, '/'))
            return true;
        if (!sta_lexer_next_segment(lexer))
            return false;
    }
}

static bool parse_expand(StaParser *p, StaOptions *options)
{
    if (p->depth >= STA_MAX_DEPTH)
        return sta_lexer_fail(&p->lexer, p->lexer.token.at, "this nests deeper than %d",
                              STA_MAX_DEPTH);
    p->depth++;
    do {
        if (!parse_expand_path(p, options))
            return false;
    } while (sta_lexer_accept(&p->lexer, ','));
    p->depth--;
    return !p->lexer.failed;
}

/* --- The whole ----------------------------------------------------------------------------------
 */

static bool same_steps(const StaSteps *a, const StaSteps *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!str_eq(a->items[i].key, b->items[i].key) || a->items[i].index != b->items[i].index)
            return false;
    return true;
}

static bool selects(const StaSelect *select, const StaExpr *by)
{
    for (size_t i = 0; i < select->count; i++)
        if (by->kind == STA_PATH && by->slot == 0 && by->property == select->items[i].property &&
            same_steps(&by->steps, &select->items[i].steps))
            return true;
    return false;
}

/* Where equal rows are one, they can be put in order by what they show only. */
static bool check_distinct(const StaOptions *options, Err *err)
{
    for (size_t i = 0; options->select.distinct && i < options->orders.count; i++)
        if (!selects(&options->select, options->orders.items[i].by->root))
            return err_set(err, ERR_INPUT,
                           "$orderby: with $select=distinct: only what is selected can be ordered "
                           "by");
    for (size_t i = 0; i < options->expands.count; i++)
        if (!check_distinct(options->expands.items[i].options, err))
            return false;
    return true;
}

/* One "name=value" of the query, still encoded. */
static bool parse_pair(Arena *arena, StaOptions *options, Str pair, Err *err)
{
    Str name = str_cut(&pair, '='), value = pair;
    StaOptionKind kind;
    StaParser p = {0};

    if (!percent_decode(arena, name, true, &name) || !percent_decode(arena, value, true, &value))
        return err_set(err, ERR_INPUT, "the query has a %% that no two hexadecimal digits follow");
    bool known = find_option(name, &kind);
    bool bare = known && kind == STA_OPTION_LATEST && str_empty(value);
    const char *label = known ? STA_OPTION_WORDS[kind] : "query";
    if (!known)
        value = STR("");
    if (!sta_lexer_begin(&p.lexer, arena, label, bare ? STR("true") : value, err))
        return false;
    if (!known)
        return fail_unknown(&p, name);
    if (sta_has(options, kind))
        return fail_twice(&p, kind);
    return check_place(&p, options, kind, false) && parse_option(&p, options, kind) &&
           sta_parse_end(&p);
}

StaOptions *sta_options_parse(Arena *arena, StaEntity entity, bool many, Str query, Err *err)
{
    StaOptions *options = arena_new(arena, StaOptions);

    options->entity = entity;
    options->many = many;
    while (query.ptr) {
        Str pair = str_cut(&query, '&');
        if (!str_empty(pair) && !parse_pair(arena, options, pair, err))
            return NULL;
    }
    return check_distinct(options, err) ? options : NULL;
}
