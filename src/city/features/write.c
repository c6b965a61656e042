/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/features/features.h"
#include "city/query/source.h"

/* {"a": {"b": 1}} becomes {"a.b": 1}: programs for maps know no objects in properties. */
static void flatten(const Node *properties, Str before, Node *out, Arena *arena)
{
    for (size_t i = 0; properties && properties->kind == NODE_MAP && i < properties->count; i++) {
        Str key = properties->keys[i];
        Str name = before.len ? str_printf(arena, "%.*s.%.*s", STR_ARG(before), STR_ARG(key)) : key;
        if (properties->items[i]->kind == NODE_MAP)
            flatten(properties->items[i], name, out, arena);
        else
            node_set(arena, out, name, properties->items[i]);
    }
}

static Str unit_of(const CityEntity *stream)
{
    return node_get_text(node_get(stream->body, "unitOfMeasurement"), "symbol");
}

static Node *result_of(const Observation *o, Arena *arena)
{
    Err err = {0};
    Node *json = NULL;

    if (o->kind == OBS_NUMBER) {
        StaValue number = sta_number(o->number);
        return number.type == STA_NULL ? node_null(arena)
                                       : node_number(arena, sta_value_text(arena, number));
    }
    if (o->kind == OBS_TEXT)
        json = node_parse_json(arena, o->text, NULL, &NODE_LIMITS_PACKAGE, &err);
    return json ? json : node_null(arena);
}

static Node *latest(const CityEntity *stream, const Observation *o, Arena *arena)
{
    Node *out = node_map(arena);
    Buf time = buf_in(arena);

    sta_time_write(&time, (StaTime){o->time, o->end == OBS_NONE ? o->time : o->end, 0});
    node_set(arena, out, STR("value"), result_of(o, arena));
    node_set_text(arena, out, "unit", unit_of(stream));
    node_set_text(arena, out, "time", buf_str(&time));
    if (o->status)
        node_set(arena, out, STR("quality"), node_int(arena, o->status));
    return out;
}

/* Two Datastreams may have one name: the later one's then holds its id. */
static Str name_in(const Node *values, const CityEntity *stream, Arena *arena)
{
    Str name = node_get_text(stream->body, "name");

    return name.ptr && !node_get_str(values, name)
               ? name
               : str_printf(arena, "%.*s (%lld)", STR_ARG(name), (long long)stream->id);
}

/* NULL when it measures nothing. */
static bool values_of(CityReader *reader, const OgcFeature *feature, Node **out, Err *err)
{
    OgcStreams streams = ogc_streams(reader, feature->thing);

    *out = streams.count ? node_map(reader->arena) : NULL;
    for (size_t i = 0; i < streams.count; i++) {
        Observation o;
        bool found = false;
        if (!obs_latest_until(reader->store, streams.items[i]->series, reader->now, reader->arena,
                              &o, &found, err))
            return false;
        if (found)
            node_set(reader->arena, *out, name_in(*out, streams.items[i], reader->arena),
                     latest(streams.items[i], &o, reader->arena));
    }
    return true;
}

static bool properties_of(CityReader *reader, const OgcFeature *feature, Node *out, Err *err)
{
    Arena *arena = reader->arena;
    const Node *body = feature->thing->body;
    Node *values;

    flatten(node_get(body, "properties"), STR_NONE, out, arena);
    node_set_text(arena, out, "name", node_get_text(body, "name"));
    node_set_text(arena, out, "description", node_get_text(body, "description"));
    if (!values_of(reader, feature, &values, err))
        return false;
    if (values)
        node_set(arena, out, STR("values"), values);
    return true;
}

bool ogc_write_feature(CityReader *reader, const OgcFeature *feature, const OgcFrame *frame,
                       const Node *links, Buf *out, Err *err)
{
    const Node *geometry = ogc_geometry_in(feature->geometry, frame, true, reader->arena);
    Node *properties = node_map(reader->arena);

    if (!properties_of(reader, feature, properties, err))
        return false;
    buf_addf(out, "{\"type\":\"Feature\",\"id\":%lld,\"geometry\":", (long long)feature->thing->id);
    node_write_json(geometry ? geometry : node_null(reader->arena), out);
    buf_add_c(out, ",\"properties\":");
    node_write_json(properties, out);
    if (links) {
        buf_add_c(out, ",\"links\":");
        node_write_json(links, out);
    }
    buf_add_char(out, '}');
    return true;
}
