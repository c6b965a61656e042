/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/query/write.h"

#include "city/query/select.h"
#include "city/query/source.h"

/* --- Addresses and values --------------------------------------------------------------------- */

int64_t city_id_of(StaEntity type, const void *entity)
{
    const CityObservation *o = entity;

    return type == STA_OBSERVATION ? city_observation_id(o->stream->series, o->is.ordinal)
                                   : ((const CityEntity *)entity)->id;
}

void city_write_address(const CityReader *reader, StaEntity type, const void *entity, Buf *out)
{
    buf_add(out, reader->root);
    buf_add_char(out, '/');
    buf_add_c(out, sta_entity(type)->set);
    buf_add_char(out, '(');
    buf_add_i64(out, city_id_of(type, entity));
    buf_add_char(out, ')');
}

void city_write_value(StaValue value, Buf *out)
{
    switch (value.type) {
    case STA_JSON: node_write_json(value.json, out); return;
    case STA_NULL:
    case STA_GEOMETRY: buf_add_c(out, "null"); return;
    case STA_TEXT: json_write_string(out, value.text); return;
    case STA_WHOLE:
    case STA_NUMBER:
    case STA_BOOL: sta_value_write(out, value); return;
    default: break; /* times: nothing in them is escaped */
    }
    buf_add_char(out, '"');
    sta_value_write(out, value);
    buf_add_char(out, '"');
}

bool city_property(CityReader *reader, StaEntity type, const void *entity,
                   const StaProperty *property, StaValue *out, Err *err)
{
    return reader->source.value(reader, type, entity, property, reader->arena, out, err);
}

static void begin_key(Buf *out, bool *first, const char *name, const char *behind)
{
    buf_add_c(out, *first ? "\"" : ",\"");
    *first = false;
    buf_add_c(out, name);
    buf_add_c(out, behind);
    buf_add_c(out, "\":");
}

/* --- One entity ------------------------------------------------------------------------------- */

static bool write_properties(CityReader *reader, StaEntity type, const void *entity, Buf *out,
                             bool *first, Err *err)
{
    const StaEntityType *model = sta_entity(type);

    for (size_t i = 0; i < model->property_count; i++) {
        StaValue value;
        if (!city_property(reader, type, entity, &model->properties[i], &value, err))
            return false;
        if (value.type == STA_NULL && !model->properties[i].nullable)
            continue;
        begin_key(out, first, model->properties[i].name, "");
        city_write_value(value, out);
    }
    return true;
}

static void write_self(CityReader *reader, StaEntity type, const void *entity, Buf *out,
                       bool *first)
{
    begin_key(out, first, "@iot.selfLink", "");
    buf_add_char(out, '"');
    city_write_address(reader, type, entity, out);
    buf_add_char(out, '"');
}

static void write_id(StaEntity type, const void *entity, Buf *out, bool *first)
{
    begin_key(out, first, "@iot.id", "");
    buf_add_i64(out, city_id_of(type, entity));
}

/* An Observation has one of the two streams. */
static bool has_relation(StaEntity type, const void *entity, const StaRelation *relation)
{
    const CityObservation *o = entity;

    return type != STA_OBSERVATION || relation->target == STA_FEATURE_OF_INTEREST ||
           o->stream->type == relation->target;
}

static void write_link(CityReader *reader, StaEntity type, const void *entity,
                       const StaRelation *relation, Buf *out, bool *first)
{
    begin_key(out, first, relation->name, "@iot.navigationLink");
    buf_add_char(out, '"');
    city_write_address(reader, type, entity, out);
    buf_add_char(out, '/');
    buf_add_c(out, relation->name);
    buf_add_char(out, '"');
}

static const StaExpand *expanded(const StaOptions *options, const StaRelation *relation)
{
    for (size_t i = 0; i < options->expands.count; i++)
        if (options->expands.items[i].relation == relation)
            return &options->expands.items[i];
    return NULL;
}

static CityScope scope_of(StaEntity type, const void *entity, const StaRelation *relation)
{
    return (CityScope){.entity = relation->target,
                       .relation = relation,
                       .parent = type == STA_OBSERVATION ? NULL : entity,
                       .of = type == STA_OBSERVATION ? entity : NULL};
}

static bool write_items(CityReader *reader, StaEntity type, const StaOptions *options,
                        const CityPage *page, Buf *out, Err *err)
{
    buf_add_char(out, '[');
    for (size_t i = 0; i < page->count; i++) {
        if (i)
            buf_add_char(out, ',');
        if (!city_write_entity(reader, type, page->items[i], options, out, err))
            return false;
    }
    buf_add_char(out, ']');
    return true;
}

/* Another relation to expand, in time and among all that were. */
static bool may_expand(CityReader *reader, const CityScope *scope, Err *err)
{
    if (scope->parent && scope->entity != STA_OBSERVATION)
        reader->related += city_links(scope->parent, scope->relation)->count;
    if (reader->related > CITY_RELATED_MAX)
        return err_set(err, ERR_TOO_LARGE,
                       "$expand leads to more than %d entities; ask for less with $top or fewer "
                       "$expand",
                       CITY_RELATED_MAX);
    return city_reader_goes_on(reader, err);
}

static bool write_expanded(CityReader *reader, StaEntity type, const void *entity,
                           const StaExpand *expand, Buf *out, bool *first, Err *err)
{
    const StaRelation *relation = expand->relation;
    CityScope scope = scope_of(type, entity, relation);
    CityPage page;

    if (!may_expand(reader, &scope, err) || !city_page(reader, &scope, expand->options, &page, err))
        return false;
    if (relation->many && page.total >= 0) {
        begin_key(out, first, relation->name, "@iot.count");
        buf_add_i64(out, page.total);
    }
    begin_key(out, first, relation->name, "");
    if (!relation->many && !page.count) {
        buf_add_c(out, "null");
        return true;
    }
    if (!relation->many)
        return city_write_entity(reader, relation->target, page.items[0], expand->options, out,
                                 err);
    if (!write_items(reader, relation->target, expand->options, &page, out, err))
        return false;
    if (page.more) {
        Buf address = buf_in(reader->arena);
        city_write_address(reader, type, entity, &address);
        buf_addf(&address, "/%s", relation->name);
        begin_key(out, first, relation->name, "@iot.nextLink");
        city_write_next(&page, expand->options, buf_str(&address), out);
    }
    return true;
}

static bool write_relations(CityReader *reader, StaEntity type, const void *entity,
                            const StaOptions *options, Buf *out, bool *first, Err *err)
{
    const StaEntityType *model = sta_entity(type);
    bool select = options->select.count > 0;

    for (size_t i = 0; i < model->relation_count; i++) {
        const StaRelation *relation = &model->relations[i];
        const StaExpand *expand = expanded(options, relation);
        if (!has_relation(type, entity, relation))
            continue;
        if (expand && !write_expanded(reader, type, entity, expand, out, first, err))
            return false;
        if (!expand && (!select || city_selects_relation(options, relation)))
            write_link(reader, type, entity, relation, out, first);
    }
    return true;
}

/* Without links: who wants those follows the one to itself. */
static bool write_latest(CityReader *reader, const CityEntity *stream, Buf *out, bool *first,
                         Err *err)
{
    CityObservation latest = {.stream = stream};
    bool found, begun = true;

    if (!obs_latest_until(reader->store, stream->series, reader->now, reader->arena, &latest.is,
                          &found, err))
        return false;
    begin_key(out, first, "latest", "");
    if (!found) {
        buf_add_c(out, "null");
        return true;
    }
    buf_add_char(out, '{');
    write_self(reader, STA_OBSERVATION, &latest, out, &begun);
    write_id(STA_OBSERVATION, &latest, out, &begun);
    if (!write_properties(reader, STA_OBSERVATION, &latest, out, &begun, err))
        return false;
    buf_add_char(out, '}');
    return true;
}

bool city_write_entity(CityReader *reader, StaEntity type, const void *entity,
                       const StaOptions *options, Buf *out, Err *err)
{
    bool first = true, select = options->select.count > 0;

    if (out->len > CITY_ANSWER_MAX)
        return err_set(err, ERR_TOO_LARGE,
                       "the answer is larger than %d MB; ask for less with $top, $select or fewer "
                       "$expand",
                       CITY_ANSWER_MAX >> 20);
    buf_add_char(out, '{');
    if (!select || city_selects_self(options))
        write_self(reader, type, entity, out, &first);
    if (!select || city_selects_id(options))
        write_id(type, entity, out, &first);
    if (select ? !city_write_selected(reader, type, entity, options, out, &first, err)
               : !write_properties(reader, type, entity, out, &first, err))
        return false;
    if (!write_relations(reader, type, entity, options, out, &first, err) ||
        (options->latest && !write_latest(reader, entity, out, &first, err)))
        return false;
    buf_add_char(out, '}');
    return true;
}

/* --- Pages ------------------------------------------------------------------------------------ */

void city_write_next(const CityPage *page, const StaOptions *options, Str address, Buf *out)
{
    StaOptions next = *options;
    Buf query = buf_in(out->arena);

    next.given |= 1u << STA_OPTION_SKIP;
    next.skip += (int64_t)page->count;
    sta_options_write(&next, &query);
    buf_add_char(out, '"');
    buf_add(out, address);
    buf_add_char(out, '?');
    buf_add(out, buf_str(&query));
    buf_add_char(out, '"');
}

void city_write_head(const StaOptions *options, const CityPage *page, Str address, Buf *out)
{
    buf_add_char(out, '{');
    if (page->total >= 0)
        buf_addf(out, "\"@iot.count\":%lld,", (long long)page->total);
    if (page->more && page->count) {
        buf_add_c(out, "\"@iot.nextLink\":");
        city_write_next(page, options, address, out);
        buf_add_char(out, ',');
    }
    buf_add_c(out, "\"value\":");
}

bool city_write_page(CityReader *reader, const CityScope *scope, const StaOptions *options,
                     const CityPage *page, Str address, Buf *out, Err *err)
{
    city_write_head(options, page, address, out);
    if (!write_items(reader, scope->entity, options, page, out, err))
        return false;
    buf_add_char(out, '}');
    return true;
}

void city_write_links(CityReader *reader, const CityScope *scope, const StaOptions *options,
                      const CityPage *page, Str address, Buf *out)
{
    city_write_head(options, page, address, out);
    buf_add_char(out, '[');
    for (size_t i = 0; i < page->count; i++) {
        bool first = true;
        buf_add_c(out, i ? ",{" : "{");
        write_self(reader, scope->entity, page->items[i], out, &first);
        buf_add_char(out, '}');
    }
    buf_add_c(out, "]}");
}
