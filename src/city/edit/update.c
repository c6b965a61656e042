/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/edit/update.h"

#include "city/edit/patch.h"
#include "city/query/source.h"
#include "city/query/write.h"

/* --- Properties --------------------------------------------------------------------------------
 */

/* The old document with what is given put over it; null says that there is none. */
static Node *put_over(Arena *arena, const Node *old, const Node *given)
{
    Node *out = node_clone(arena, old);

    for (size_t i = 0; i < given->count; i++)
        node_set(arena, out, given->keys[i], node_clone(arena, given->items[i]));
    return out;
}

static Node *document_after(Arena *arena, const Node *old, CityUpdateKind kind, const Node *json,
                            Err *err)
{
    if (kind == CITY_JSON_PATCH)
        return json_patch(arena, old, json, err);
    if (json->kind != NODE_MAP) {
        err_set(err, ERR_INPUT, "the body is no JSON object");
        return NULL;
    }
    return kind == CITY_PUT ? node_clone(arena, json) : put_over(arena, old, json);
}

/* --- Relations ---------------------------------------------------------------------------------
 */

void city_relink(CityInsert *insert, CityEntity *entity, const StaRelation *relation,
                 CityEntity *other)
{
    const CityLinks *links = city_links(entity, relation);

    for (size_t i = 0; i < links->count; i++)
        if (links->items[i] != other)
            city_change_unlink(&insert->change, entity, relation, links->items[i]);
    city_change_link(&insert->change, entity, relation, other);
}

static bool relink_one(CityInsert *insert, CityEntity *entity, const StaRelation *relation,
                       const Node *json, Err *err)
{
    CityEntity *other;

    if (!city_is_link(json))
        return err_field(err, relation->name, "%s is no link: {\"@iot.id\": 1}", relation->name);
    if (!city_read_link(insert, relation->target, json, &other, err))
        return false;
    city_relink(insert, entity, relation, other);
    return true;
}

/* A Thing's new Locations take the place of the old ones. */
static bool replace_locations(CityInsert *insert, CityEntity *thing, const StaRelation *relation,
                              const Node *json, Err *err)
{
    const CityLinks *links = city_links(thing, relation);
    size_t count = json->kind == NODE_LIST ? json->count : 1;
    CityEntity **locations = arena_array(insert->arena, CityEntity *, count);

    for (size_t i = 0; i < links->count; i++)
        city_change_unlink(&insert->change, thing, relation, links->items[i]);
    for (size_t i = 0; i < count; i++) {
        const Node *one = json->kind == NODE_LIST ? json->items[i] : json;
        if (!city_is_link(one))
            return err_field(err, relation->name, "%s is no list of links: [{\"@iot.id\": 1}]",
                             relation->name);
        if (!city_read_link(insert, STA_LOCATION, one, &locations[i], err))
            return false;
        city_change_link(&insert->change, thing, relation, locations[i]);
    }
    if (count)
        city_insert_history(insert, thing, locations, count);
    return true;
}

static bool relink(CityInsert *insert, CityEntity *entity, const Node *json, Err *err)
{
    const StaEntityType *model = sta_entity(entity->type);

    for (size_t i = 0; i < model->relation_count; i++) {
        const StaRelation *relation = &model->relations[i];
        const Node *given = node_get(json, relation->name);
        if (node_is_null(given))
            continue;
        if (relation->many && !(entity->type == STA_THING && relation->target == STA_LOCATION))
            return err_field(err, relation->name,
                             "%s are not changed here; POST to %s(%lld)/%s, or PATCH each of them",
                             relation->name, model->set, (long long)entity->id, relation->name);
        if (relation->many ? !replace_locations(insert, entity, relation, given, err)
                           : !relink_one(insert, entity, relation, given, err))
            return false;
    }
    return true;
}

/* --- Both --------------------------------------------------------------------------------------
 */

/* What is measured from now on is where the Location is now. */
static void forget_feature(CityInsert *insert, CityEntity *location, const Node *body)
{
    if (location->type == STA_LOCATION && location->feature &&
        !node_equal(node_get(body, "location"), node_get(location->body, "location")))
        VEC_PUSH(insert->arena, &insert->change,
                 (CityStep){.kind = CITY_FEATURE, .entity = location});
}

bool city_update_entity(CityInsert *insert, CityEntity *entity, CityUpdateKind kind,
                        const Node *json, Err *err)
{
    Node *document = document_after(insert->arena, entity->body, kind, json, err);
    Node *body = document ? city_read_body(insert->arena, entity->type, document, err) : NULL;

    if (!body || (entity->type == STA_MULTI_DATASTREAM &&
                  !city_check_parts(body, city_parts(entity->body), err)))
        return false;
    if (!node_equal(body, entity->body))
        city_change_body(&insert->change, entity, body);
    forget_feature(insert, entity, body);
    return kind == CITY_JSON_PATCH || relink(insert, entity, json, err);
}

/* An Observation as the document that is changed. */
static Node *document_of(CityReader *reader, const CityObservation *o, Err *err)
{
    const StaEntityType *model = sta_entity(STA_OBSERVATION);
    Buf out = buf_in(reader->arena);

    buf_add_char(&out, '{');
    for (size_t i = 0; i < model->property_count; i++) {
        StaValue value = city_observation_value(o, &model->properties[i], reader->arena);
        if (value.type == STA_NULL && strcmp(model->properties[i].name, "result") != 0)
            continue;
        buf_addf(&out, "%s\"%s\":", out.len > 1 ? "," : "", model->properties[i].name);
        city_write_value(value, &out);
    }
    buf_add_char(&out, '}');
    return node_parse_json(reader->arena, buf_str(&out), NULL, &NODE_LIMITS_PACKAGE, err);
}

/* Nothing is said of the relation, or what is so already. */
static bool stays(const Node *document, const char *relation, const CityEntity *there)
{
    const Node *given = node_get(document, relation);
    Str text = node_is_null(given) ? STR_NONE : node_text(node_get(given, "@iot.id"));
    int64_t id;

    return node_is_null(given) ||
           (there && strcmp(sta_entity(there->type)->name, relation) == 0 && city_is_link(given) &&
            text.ptr && str_to_i64(text, &id) && id == there->id);
}

bool city_update_observation(CityReader *reader, CityObservation *o, CityUpdateKind kind,
                             const Node *json, Err *err)
{
    Node *old = document_of(reader, o, err);
    Node *document = old ? document_after(reader->arena, old, kind, json, err) : NULL;
    Observation changed;

    if (!document)
        return false;
    if (!stays(document, "Datastream", o->stream) ||
        !stays(document, "MultiDatastream", o->stream) ||
        !stays(document, "FeatureOfInterest", city_observation_feature(reader, o)))
        return err_set(err, ERR_UNSUPPORTED,
                       "an Observation stays in its Datastream and with its feature; delete it "
                       "and create another");
    if (!city_read_observation(reader->arena, document, reader->now, &changed, err) ||
        !city_check_result(o->stream, document, err))
        return false;
    changed.ordinal = o->is.ordinal;
    changed.feature = o->is.feature;
    o->is = changed;
    return true;
}
