/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/features/features.h"

/* --- What a feature is ------------------------------------------------------------------------ */

bool ogc_feature(const CityReader *reader, const CityEntity *thing, OgcFeature *out)
{
    const Node *place = city_sees(reader, thing) ? city_place(reader, thing) : NULL;

    *out = (OgcFeature){.thing = thing, .geometry = ogc_is_geometry(place) ? place : NULL};
    return out->geometry != NULL;
}

OgcStreams ogc_streams(const CityReader *reader, const CityEntity *thing)
{
    static const char *const RELATIONS[] = {"Datastreams", "MultiDatastreams"};
    OgcStreams streams = {0};

    for (size_t r = 0; r < 2; r++) {
        const CityLinks *links = city_links(thing, sta_relation(STA_THING, str_c(RELATIONS[r])));
        for (size_t i = 0; i < links->count; i++)
            if (city_sees(reader, links->items[i]))
                VEC_PUSH(reader->arena, &streams, (const CityEntity *)links->items[i]);
    }
    return streams;
}

bool ogc_feature_time(const CityReader *reader, const OgcFeature *feature, StaTime *out,
                      bool *found, Err *err)
{
    OgcStreams streams = ogc_streams(reader, feature->thing);

    *found = false;
    for (size_t i = 0; i < streams.count; i++) {
        StaTime time;
        if (!city_stream_time(reader, streams.items[i], &time, err)) {
            if (err->kind != ERR_NONE)
                return false;
            continue;
        }
        if (!*found || time.start < out->start)
            out->start = time.start;
        if (!*found || time.end > out->end)
            out->end = time.end;
        *found = true;
    }
    return true;
}

/* --- Properties ------------------------------------------------------------------------------- */

const Node *ogc_property(const Node *properties, Str name)
{
    const Node *found = node_get_str(properties, name);

    if (found && found->kind != NODE_MAP)
        return found;
    for (size_t i = 0; properties && properties->kind == NODE_MAP && i < properties->count; i++) {
        Str key = properties->keys[i];
        if (properties->items[i]->kind != NODE_MAP || name.len <= key.len ||
            name.ptr[key.len] != '.' || !str_eq(str_slice(name, 0, key.len), key))
            continue;
        found = ogc_property(properties->items[i], str_slice(name, key.len + 1, name.len));
        if (found)
            return found;
    }
    return NULL;
}

static const Node *value_of(const OgcFeature *feature, Str name)
{
    if (str_is(name, "name") || str_is(name, "description"))
        return node_get_str(feature->thing->body, name);
    return ogc_property(node_get(feature->thing->body, "properties"), name);
}

static bool is(const Node *value, Str wanted)
{
    if (!value)
        return false;
    if (value->kind == NODE_BOOL)
        return str_is(wanted, value->boolean ? "true" : "false");
    if (value->kind != NODE_NUMBER)
        return value->kind == NODE_STRING && str_eq(value->text, wanted);
    StaValue number = sta_number_of_text(wanted);
    return sta_is_number(number) && sta_number_order(sta_number_of_text(value->text), number) == 0;
}

static bool some_feature_has(const CityReader *reader, Str name)
{
    const CitySet *things = &reader->graph->sets[STA_THING];
    OgcFeature feature;

    for (size_t i = 0; i < things->count; i++)
        if (ogc_feature(reader, things->items[i], &feature) && value_of(&feature, name))
            return true;
    return str_is(name, "name") || str_is(name, "description");
}

static bool properties_known(const CityReader *reader, const OgcAsk *ask, Err *err)
{
    for (size_t i = 0; i < ask->count; i++)
        if (!some_feature_has(reader, ask->items[i].name))
            return err_set(err, ERR_INPUT,
                           "there is no parameter \"%.*s\", nor has any feature of this collection "
                           "such a property",
                           STR_ARG(str_slice(ask->items[i].name, 0, 60)));
    return true;
}

/* --- One page --------------------------------------------------------------------------------- */

static bool has_properties(const OgcFeature *feature, const OgcAsk *ask)
{
    for (size_t i = 0; i < ask->count; i++)
        if (!is(value_of(feature, ask->items[i].name), ask->items[i].value))
            return false;
    return true;
}

/* What has no time is there at all times (req/core/fc-time-response C). */
static bool is_in_span(const CityReader *reader, const OgcFeature *feature, const OgcSpan *span,
                       bool *in, Err *err)
{
    StaTime time;
    bool found;

    if (!ogc_feature_time(reader, feature, &time, &found, err))
        return false;
    *in = !found || (time.start <= span->to && time.end >= span->from);
    return true;
}

static bool matches(CityReader *reader, const OgcAsk *ask, OgcWindow *window,
                    const OgcFeature *feature, bool *out, Err *err)
{
    *out = has_properties(feature, ask);
    if (*out && ask->has_box &&
        !ogc_window_meets(window, feature->geometry, reader->arena, out, err))
        return false;
    return !*out || !ask->has_span || is_in_span(reader, feature, &ask->span, out, err);
}

static bool walk(CityReader *reader, const OgcAsk *ask, OgcWindow *window, OgcPage *out, Err *err)
{
    const CitySet *things = &reader->graph->sets[STA_THING];

    for (size_t i = 0; i < things->count; i++) {
        OgcFeature feature;
        bool match;
        if (!ogc_feature(reader, things->items[i], &feature))
            continue;
        if (!matches(reader, ask, window, &feature, &match, err) ||
            !city_reader_goes_on(reader, err))
            return false;
        if (!match)
            continue;
        out->matched++;
        if (feature.thing->id <= ask->after)
            continue;
        if ((int64_t)out->count < ask->limit)
            VEC_PUSH(reader->arena, out, feature);
        else
            out->more = true;
    }
    return true;
}

bool ogc_select(CityReader *reader, const OgcAsk *ask, OgcPage *out, Err *err)
{
    OgcFrame frame = {0};
    OgcWindow window = {0};

    *out = (OgcPage){0};
    if (!properties_known(reader, ask, err) ||
        (ask->has_box && !ogc_frame_open(ask->box_crs, &frame, err)))
        return false;
    if (ask->has_box)
        ogc_window_open(&ask->box, &frame, &window);
    bool ok = walk(reader, ask, &window, out, err);
    ogc_window_close(&window);
    ogc_frame_close(&frame);
    return ok;
}
