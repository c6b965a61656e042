/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/edit/insert.h"

#include "city/sta/geometry.h"

static bool refuse(Err *err, StaEntity type, const char *name, const char *what)
{
    return err_field(err, name, "%s/%s %s", sta_entity(type)->name, name, what);
}

/* Names that the model has, and what servers add to answers (they hold an @). */
static bool check_names(StaEntity type, const Node *json, Err *err)
{
    for (size_t i = 0; i < json->count; i++) {
        Str name = json->keys[i];
        if (str_find_char(name, '@') >= 0 || str_is(name, "id") || sta_property(type, name) ||
            sta_relation(type, name))
            continue;
        char shown[60];
        snprintf(shown, sizeof shown, "%.*s", STR_ARG(name));
        return err_field(err, shown, "%s has no \"%s\"", sta_entity(type)->name, shown);
    }
    return true;
}

bool city_is_shape(const Node *json)
{
    Str encoding = node_get_text(json, "encodingType");

    return str_is(encoding, "application/geo+json") || str_is(encoding, "application/vnd.geo+json");
}

static bool check_shape(StaEntity type, const char *name, const Node *value, Err *err)
{
    StaShapes *shapes = sta_shapes_create(err);

    if (!shapes)
        return false;
    const StaShape *shape = sta_shape_of_json(shapes, value);
    bool ok = shape
                  ? sta_shape_is_on_earth(shape) ||
                        refuse(err, type, name,
                               "is not on earth: GeoJSON is in degrees, longitude (-180 to 180) "
                               "before latitude (-90 to 90)")
                  : refuse(err, type, name,
                           "is no GeoJSON: {\"type\": \"Point\", \"coordinates\": [13.7, 51.05]}");
    sta_shapes_destroy(shapes);
    return ok;
}

static bool check_value(StaEntity type, const StaProperty *property, const Node *json,
                        const Node *value, Err *err)
{
    StaTime time;

    switch (property->type) {
    case STA_TEXT:
        return value->kind == NODE_STRING || refuse(err, type, property->name, "is no text");
    case STA_JSON:
        return value->kind == NODE_MAP || value->kind == NODE_LIST ||
               refuse(err, type, property->name, "is no object");
    case STA_INSTANT:
        return sta_instant_parse(node_text(value), &time) ||
               refuse(err, type, property->name, "is no time like 2027-03-01T09:30:00Z");
    case STA_GEOMETRY: return !city_is_shape(json) || check_shape(type, property->name, value, err);
    default: return true;
    }
}

Node *city_read_body(Arena *arena, StaEntity type, const Node *json, Err *err)
{
    const StaEntityType *model = sta_entity(type);
    Node *body = node_map(arena);

    if (json->kind != NODE_MAP) {
        err_set(err, ERR_INPUT, "%s is no JSON object", model->name);
        return NULL;
    }
    if (!check_names(type, json, err))
        return NULL;
    for (size_t i = 0; i < model->property_count; i++) {
        const StaProperty *property = &model->properties[i];
        const Node *value = node_get(json, property->name);
        if (property->computed || (node_is_null(value) && !property->mandatory))
            continue;
        if (node_is_null(value)) {
            refuse(err, type, property->name, "is missing");
            return NULL;
        }
        if (!check_value(type, property, json, value, err))
            return NULL;
        node_set(arena, body, str_c(property->name), node_clone(arena, value));
    }
    return body;
}

/* --- Observations ----------------------------------------------------------------------------- */

/* Up to 15 digits a double brings back; more are kept as they are written. */
static bool fits_double(Str number)
{
    size_t digits = 0;

    for (size_t i = 0; i < number.len; i++)
        digits += number.ptr[i] >= '0' && number.ptr[i] <= '9';
    return digits <= 15;
}

static bool read_number(Arena *arena, const Node *result, Observation *out, Err *err)
{
    StaValue number = sta_number_of_text(result->text);

    if (number.type == STA_NULL)
        return refuse(err, STA_OBSERVATION, "result", "is a number beyond 1.8e308");
    if (fits_double(result->text)) {
        out->kind = OBS_NUMBER;
        out->number = sta_as_double(number);
        return true;
    }
    out->kind = OBS_TEXT;
    out->text = node_json(result, arena);
    return true;
}

static bool read_result(Arena *arena, const Node *result, Observation *out, Err *err)
{
    if (!node_is_null(result) && result->kind == NODE_NUMBER)
        return read_number(arena, result, out, err);
    out->kind = node_is_null(result) ? OBS_NOTHING : OBS_TEXT;
    if (out->kind == OBS_TEXT)
        out->text = node_json(result, arena);
    return out->text.len <= OBS_TEXT_MAX ||
           refuse(err, STA_OBSERVATION, "result", "is larger than 1 MB");
}

static bool read_time(const Node *json, const char *name, bool instant, StaTime *out, bool *given,
                      Err *err)
{
    const Node *value = node_get(json, name);

    *given = !node_is_null(value);
    if (!*given)
        return true;
    if (instant ? sta_instant_parse(node_text(value), out) : sta_time_parse(node_text(value), out))
        return true;
    return refuse(err, STA_OBSERVATION, name,
                  instant ? "is no time like 2027-03-01T09:30:00Z"
                          : "is no time like 2027-03-01T09:30:00Z or "
                            "2027-03-01T09:00:00Z/2027-03-01T10:00:00Z");
}

/* A status from 1 to 255 has a column of its own. */
static bool take_status(const Node *quality, Observation *out)
{
    int64_t status;

    if (!quality || quality->kind != NODE_NUMBER || !str_to_i64(quality->text, &status) ||
        status < 1 || status > 255)
        return false;
    out->status = (uint8_t)status;
    return true;
}

/* What Observations rarely have is kept as JSON beside them. */
static bool read_rare(Arena *arena, const Node *json, Observation *out, Err *err)
{
    Node *rare = node_map(arena);
    const Node *quality = node_get(json, "resultQuality");
    const Node *parameters = node_get(json, "parameters");
    StaTime valid;
    bool given;

    if (!read_time(json, "validTime", false, &valid, &given, err))
        return false;
    if (!node_is_null(quality) && !take_status(quality, out))
        node_set(arena, rare, STR("resultQuality"), node_clone(arena, quality));
    if (given)
        node_set(arena, rare, STR("validTime"), node_clone(arena, node_get(json, "validTime")));
    if (!node_is_null(parameters) && parameters->kind != NODE_MAP && parameters->kind != NODE_LIST)
        return refuse(err, STA_OBSERVATION, "parameters", "is no object");
    if (!node_is_null(parameters))
        node_set(arena, rare, STR("parameters"), node_clone(arena, parameters));
    out->extra = rare->count ? node_json(rare, arena) : STR_NONE;
    return out->extra.len <= OBS_TEXT_MAX ||
           refuse(err, STA_OBSERVATION, "parameters", "is larger than 1 MB");
}

bool city_read_observation(Arena *arena, const Node *json, Timestamp now, Observation *out,
                           Err *err)
{
    StaTime phenomenon = {.start = now, .end = now}, result;
    bool given;

    *out = obs_number(now, 0);
    if (json->kind != NODE_MAP)
        return err_set(err, ERR_INPUT, "Observation is no JSON object");
    if (!check_names(STA_OBSERVATION, json, err) ||
        !read_time(json, "phenomenonTime", false, &phenomenon, &given, err))
        return false;
    if (!node_get(json, "result"))
        return refuse(err, STA_OBSERVATION, "result", "is missing");
    out->time = phenomenon.start;
    out->end = sta_time_is_instant(phenomenon) ? OBS_NONE : phenomenon.end;
    if (!read_time(json, "resultTime", true, &result, &given, err))
        return false;
    if (given)
        out->result_time = result.start;
    return read_result(arena, node_get(json, "result"), out, err) &&
           read_rare(arena, json, out, err);
}
