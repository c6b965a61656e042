/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/query/formats.h"

#include "base/csv.h"
#include "city/query/select.h"
#include "city/query/source.h"
#include "city/query/write.h"

/* --- Columns -----------------------------------------------------------------------------------
 */

typedef struct Columns {
    const StaSelected *items;
    size_t count;
} Columns;

/* What is selected; else the id and all properties. */
static Columns columns_of(const StaOptions *options, StaEntity entity, Arena *arena)
{
    const StaEntityType *model = sta_entity(entity);
    StaSelected *all = arena_array(arena, StaSelected, model->property_count + 1);

    if (options->select.count)
        return (Columns){options->select.items, options->select.count};
    all[0] = (StaSelected){.property = &STA_ID};
    for (size_t i = 0; i < model->property_count; i++)
        all[i + 1] = (StaSelected){.property = &model->properties[i]};
    return (Columns){all, model->property_count + 1};
}

static Str column_name(const StaSelected *column, Arena *arena)
{
    Buf out = buf_in(arena);

    if (column->relation)
        return str_c(column->relation->name);
    buf_add_c(&out, column->property == &STA_ID ? "id" : column->property->name);
    if (column->steps.count)
        sta_steps_write(&column->steps, &out);
    return buf_str(&out);
}

static bool column_value(CityReader *reader, StaEntity type, const void *entity,
                         const StaSelected *column, StaValue *out, Err *err)
{
    Buf address = buf_in(reader->arena);

    if (column->property == &STA_SELF_LINK || column->relation) {
        city_write_address(reader, type, entity, &address);
        if (column->relation)
            buf_addf(&address, "/%s", column->relation->name);
        *out = sta_text(buf_str(&address));
        return true;
    }
    if (!city_property(reader, type, entity, column->property, out, err))
        return false;
    if (column->steps.count)
        *out = out->type == STA_JSON ? sta_value_of_node(city_part_of(out->json, &column->steps))
                                     : sta_null();
    return true;
}

/* --- Data arrays -------------------------------------------------------------------------------
 */

static void write_components(const Columns *columns, Arena *arena, Buf *out)
{
    buf_add_c(out, "\"components\":[");
    for (size_t i = 0; i < columns->count; i++) {
        if (i)
            buf_add_char(out, ',');
        json_write_string(out, column_name(&columns->items[i], arena));
    }
    buf_add_c(out, "],");
}

static bool write_row(CityReader *reader, const Columns *columns, const void *entity, Buf *out,
                      Err *err)
{
    buf_add_char(out, '[');
    for (size_t i = 0; i < columns->count; i++) {
        StaValue value;
        if (!column_value(reader, STA_OBSERVATION, entity, &columns->items[i], &value, err))
            return false;
        if (i)
            buf_add_char(out, ',');
        city_write_value(value, out);
    }
    buf_add_char(out, ']');
    return true;
}

/* From `at` on those of one stream that follow each other. */
static bool write_group(CityReader *reader, const Columns *columns, const CityPage *page,
                        size_t *at, Buf *out, Err *err)
{
    const CityEntity *stream = ((const CityObservation *)page->items[*at])->stream;
    size_t first = *at, end = first;

    while (end < page->count && ((const CityObservation *)page->items[end])->stream == stream)
        end++;
    buf_addf(out, "%s{\"%s@iot.navigationLink\":\"", first ? "," : "",
             sta_entity(stream->type)->name);
    city_write_address(reader, stream->type, stream, out);
    buf_add_c(out, "\",");
    write_components(columns, reader->arena, out);
    buf_addf(out, "\"dataArray@iot.count\":%zu,\"dataArray\":[", end - first);
    for (; *at < end; (*at)++) {
        if (*at > first)
            buf_add_char(out, ',');
        if (!write_row(reader, columns, page->items[*at], out, err))
            return false;
    }
    buf_add_c(out, "]}");
    return true;
}

bool city_write_data_array(CityReader *reader, const CityScope *scope, const StaOptions *options,
                           const CityPage *page, Str address, Buf *out, Err *err)
{
    Columns columns = columns_of(options, STA_OBSERVATION, reader->arena);

    if (scope->entity != STA_OBSERVATION)
        return err_set(err, ERR_INPUT, "$resultFormat=dataArray is for Observations");
    city_write_head(options, page, address, out);
    buf_add_char(out, '[');
    for (size_t at = 0; at < page->count;)
        if (!write_group(reader, &columns, page, &at, out, err))
            return false;
    buf_add_c(out, "]}");
    return true;
}

/* --- CSV ---------------------------------------------------------------------------------------
 */

static void write_cell(StaValue value, Buf *out)
{
    if (value.type == STA_JSON)
        csv_add_value(out, node_json(value.json, out->arena));
    else if (value.type == STA_TEXT)
        csv_add_value(out, value.text);
    else if (value.type != STA_NULL) /* numbers begin with "-" and are no formulas */
        buf_add(out, sta_value_text(out->arena, value));
}

bool city_write_csv(CityReader *reader, const CityScope *scope, const StaOptions *options,
                    const CityPage *page, Buf *out, Err *err)
{
    Columns columns = columns_of(options, scope->entity, reader->arena);

    for (size_t i = 0; i < columns.count; i++) {
        if (i)
            buf_add_char(out, ',');
        csv_add_value(out, column_name(&columns.items[i], reader->arena));
    }
    buf_add_c(out, "\r\n");
    for (size_t row = 0; row < page->count; row++) {
        for (size_t i = 0; i < columns.count; i++) {
            StaValue value;
            if (!column_value(reader, scope->entity, page->items[row], &columns.items[i], &value,
                              err))
                return false;
            if (i)
                buf_add_char(out, ',');
            write_cell(value, out);
        }
        buf_add_c(out, "\r\n");
    }
    return true;
}

/* --- GeoJSON -----------------------------------------------------------------------------------
 */

static const CityEntity *seen(const CityReader *reader, const CityEntity *entity)
{
    return entity && city_sees(reader, entity) ? entity : NULL;
}

static const Node *geometry_of(const CityReader *reader, StaEntity type, const void *entity)
{
    const CityEntity *of = entity;

    switch (type) {
    case STA_LOCATION:
    case STA_FEATURE_OF_INTEREST: return city_geometry(of);
    case STA_THING: return city_place(reader, of);
    case STA_OBSERVATION:
        of = seen(reader, city_observation_feature(reader, entity));
        return of ? city_geometry(of) : NULL;
    case STA_DATASTREAM:
    case STA_MULTI_DATASTREAM:
        of = seen(reader, city_linked(of, "Thing"));
        return of ? city_place(reader, of) : NULL;
    default: return NULL;
    }
}

static bool write_feature(CityReader *reader, const CityScope *scope, const Columns *columns,
                          const void *entity, Buf *out, Err *err)
{
    const Node *geometry = geometry_of(reader, scope->entity, entity);
    bool first = true;

    buf_addf(out, "{\"type\":\"Feature\",\"id\":%lld,\"geometry\":",
             (long long)city_id_of(scope->entity, entity));
    if (geometry)
        node_write_json(geometry, out);
    else
        buf_add_c(out, "null");
    buf_add_c(out, ",\"properties\":{");
    for (size_t i = 0; i < columns->count; i++) {
        StaValue value;
        const StaProperty *property = columns->items[i].property;
        if (!column_value(reader, scope->entity, entity, &columns->items[i], &value, err))
            return false;
        if (value.type == STA_NULL || (property && property->type == STA_GEOMETRY))
            continue;
        if (!first)
            buf_add_char(out, ',');
        first = false;
        json_write_string(out, column_name(&columns->items[i], reader->arena));
        buf_add_char(out, ':');
        city_write_value(value, out);
    }
    buf_add_c(out, "}}");
    return true;
}

bool city_write_geojson(CityReader *reader, const CityScope *scope, const StaOptions *options,
                        const CityPage *page, Buf *out, Err *err)
{
    Columns columns = columns_of(options, scope->entity, reader->arena);

    buf_add_c(out, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (size_t i = 0; i < page->count; i++) {
        if (i)
            buf_add_char(out, ',');
        if (!write_feature(reader, scope, &columns, page->items[i], out, err))
            return false;
    }
    buf_add_c(out, "]}");
    return true;
}
