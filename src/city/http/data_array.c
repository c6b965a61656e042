/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/http/data_array.h"

#include "city/http/edit.h"

enum { COMPONENTS_MAX = 10 };

/* What a row became: the place of its Observation among the arrivals, or none. */
typedef struct RowPlaces {
    ptrdiff_t *items;
    size_t count, capacity;
} RowPlaces;

typedef struct Group {
    const Node *json;
    CityEntity *stream;
    CityPlace place;
} Group;

static bool read_group(StaEdit *edit, const Node *json, Group *out, Err *err)
{
    const Node *one = node_get(json, "Datastream"), *multi = node_get(json, "MultiDatastream");
    const Node *components = node_get(json, "components"), *rows = node_get(json, "dataArray");
    const Node *link = one ? one : multi;
    StaEntity type = one ? STA_DATASTREAM : STA_MULTI_DATASTREAM;

    out->json = json;
    if (!link || !city_is_link(link))
        return err_field(err, "Datastream", "Datastream is missing: {\"@iot.id\": 1}");
    if (!components || components->kind != NODE_LIST || components->count > COMPONENTS_MAX)
        return err_field(err, "components",
                         "components are a list like [\"phenomenonTime\", \"result\"]");
    if (!rows || rows->kind != NODE_LIST)
        return err_field(err, "dataArray", "dataArray is no list of lists");
    if (!city_read_link(&edit->insert, type, link, &out->stream, err))
        return false;
    out->place = (CityPlace){out->stream, sta_relation(type, STR("Observations"))};
    return true;
}

/* A row as the Observation that it says. */
static Node *observation_of(const Node *components, const Node *row, Arena *arena)
{
    Node *out = node_map(arena);

    if (row->kind != NODE_LIST || row->count != components->count)
        return NULL;
    for (size_t i = 0; i < row->count; i++) {
        Str name = node_text(components->items[i]);
        if (str_is(name, "FeatureOfInterest/id") || str_is(name, "FeatureOfInterest/@iot.id")) {
            Node *link = node_map(arena);
            node_set(arena, link, STR("@iot.id"), row->items[i]);
            node_set(arena, out, STR("FeatureOfInterest"), link);
        } else if (name.ptr && !str_is(name, "id")) {
            node_set(arena, out, name, row->items[i]);
        }
    }
    return out;
}

/* Rows that are wrong are told as such; the others are made. */
static void plan_rows(StaEdit *edit, const Group *group, RowPlaces *places)
{
    CityInsert *insert = &edit->insert;
    const Node *components = node_get(group->json, "components");
    const Node *rows = node_get(group->json, "dataArray");

    for (size_t i = 0; i < rows->count; i++) {
        Err ignored = {0};
        const Node *json = observation_of(components, rows->items[i], insert->arena);
        bool ok = json && city_insert_observation(insert, json, group->place, &ignored);
        VEC_PUSH(insert->arena, places, ok ? (ptrdiff_t)insert->arrivals.count - 1 : -1);
    }
}

static bool plan_all(StaEdit *edit, void *context, Err *err)
{
    RowPlaces *places = context;

    *places = (RowPlaces){0};
    if (edit->json->kind != NODE_LIST)
        return err_set(err, ERR_INPUT, "the body is a list: [{\"Datastream\": …}]");
    for (size_t i = 0; i < edit->json->count; i++) {
        Group group;
        if (!read_group(edit, edit->json->items[i], &group, err))
            return err_context(err, "[%zu]", i);
        plan_rows(edit, &group, places);
    }
    return true;
}

static bool respond(StaCall *call, const RowPlaces *places, const int64_t *ids)
{
    Buf out = buf_in(call->req->arena);

    buf_add_char(&out, '[');
    for (size_t i = 0; i < places->count; i++) {
        buf_add_c(&out, i ? ",\"" : "\"");
        if (places->items[i] < 0) {
            buf_add_c(&out, "error\"");
            continue;
        }
        buf_add(&out, call->root);
        buf_add_c(&out, "/Observations(");
        buf_add_i64(&out, ids[places->items[i]]);
        buf_add_c(&out, ")\"");
    }
    buf_add_char(&out, ']');
    return sta_respond(call, 201, &out);
}

bool sta_create_observations(StaCall *call, Err *err)
{
    StaEdit edit = {.call = call};
    RowPlaces places;

    if (!sta_may_write(call, err))
        return false;
    edit.json = node_parse_json(call->req->arena, call->req->body, NULL, &NODE_LIMITS_REQUEST, err);
    if (!edit.json)
        return false;
    if (!sta_edit_plan(&edit, plan_all, &places, err))
        return false;
    int64_t *ids = arena_array(edit.insert.arena, int64_t, edit.insert.arrivals.count);
    return sta_edit_commit(&edit, ids, err) && respond(call, &places, ids);
}
