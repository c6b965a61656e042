/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/http/sta.h"

#include "city/query/aggregate.h"
#include "city/query/formats.h"
#include "city/query/resolve.h"
#include "city/query/select.h"
#include "city/query/source.h"
#include "city/query/write.h"

/* --- The root --------------------------------------------------------------------------------- */

static const char CONFORMANCE[] = "http://www.opengis.net/spec/iot_sensing/1.1/req/";

static const char *const CLASSES[] = {"datamodel",
                                      "resource-path/resource-path-to-entities",
                                      "request-data",
                                      "create-update-delete/create-entity",
                                      "create-update-delete/link-to-existing-entities",
                                      "create-update-delete/deep-insert",
                                      "create-update-delete/deep-insert-status-code",
                                      "create-update-delete/update-entity",
                                      "create-update-delete/update-entity-put",
                                      "create-update-delete/delete-entity",
                                      "create-update-delete/historical-location-auto-creation",
                                      "create-update-delete/historical-location-manual-creation",
                                      "batch-request/batch-request",
                                      "multi-datastream",
                                      "data-array/data-array"};

static bool get_root(StaCall *call)
{
    Arena *arena = call->req->arena;
    Node *root = node_map(arena), *sets = node_list(arena), *classes = node_list(arena),
         *settings = node_map(arena);

    for (int type = 0; type < STA_ENTITIES; type++) {
        const char *set = sta_entity((StaEntity)type)->set;
        Node *item = node_map(arena);
        node_set(arena, item, STR("name"), node_string(arena, str_c(set)));
        node_set(arena, item, STR("url"),
                 node_string(arena, str_printf(arena, "%.*s/%s", STR_ARG(call->root), set)));
        node_append(arena, sets, item);
    }
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++)
        node_append(arena, classes,
                    node_string(arena, str_printf(arena, "%s%s", CONFORMANCE, CLASSES[i])));
    node_set(arena, settings, STR("conformance"), classes);
    node_set(arena, root, STR("value"), sets);
    node_set(arena, root, STR("serverSettings"), settings);
    return respond_json(call->res, 200, root, arena);
}

/* --- Sets and entities -------------------------------------------------------------------------
 */

typedef struct Get {
    StaCall *call;
    CityReader reader;
    StaPath path;
    CityTarget target;
    StaOptions *options;
} Get;

static Str address_of(const Get *get)
{
    Buf out = buf_in(get->reader.arena);
    StaPath plain = get->path;

    plain.links = false;
    buf_add(&out, get->call->root);
    sta_path_write(&plain, &out);
    return buf_str(&out);
}

static bool respond_as(StaCall *call, Str type, Buf *out)
{
    return respond_bytes(call->res, call->req->arena, type, buf_str(out), STR_NONE);
}

static bool write_page(Get *get, const CityPage *page, Err *err)
{
    CityReader *reader = &get->reader;
    const CityScope *scope = &get->target.scope;
    const StaOptions *options = get->options;
    Buf out = buf_in(reader->arena);
    Str address = address_of(get);

    if (get->path.links) {
        city_write_links(reader, scope, options, page, address, &out);
        return sta_respond(get->call, 200, &out);
    }
    switch (options->format) {
    case STA_FORMAT_CSV:
        return city_write_csv(reader, scope, options, page, &out, err) &&
               respond_as(get->call, STR("text/csv; charset=utf-8"), &out);
    case STA_FORMAT_GEOJSON:
        return city_write_geojson(reader, scope, options, page, &out, err) &&
               respond_as(get->call, STR("application/geo+json"), &out);
    case STA_FORMAT_DATA_ARRAY:
        return city_write_data_array(reader, scope, options, page, address, &out, err) &&
               sta_respond(get->call, 200, &out);
    case STA_FORMAT_JSON: break;
    }
    return city_write_page(reader, scope, options, page, address, &out, err) &&
           sta_respond(get->call, 200, &out);
}

static bool get_set(Get *get, Err *err)
{
    Buf out = buf_in(get->reader.arena);
    CityPage page;

    if (get->options->aggregates)
        return city_write_aggregates(&get->reader, &get->target.scope, get->options, &out, err) &&
               sta_respond(get->call, 200, &out);
    if (get->options->select.distinct)
        return city_write_distinct(&get->reader, &get->target.scope, get->options, address_of(get),
                                   &out, err) &&
               sta_respond(get->call, 200, &out);
    return city_page(&get->reader, &get->target.scope, get->options, &page, err) &&
           write_page(get, &page, err);
}

static bool get_entity(Get *get, Err *err)
{
    StaEntity type = get->target.scope.entity;
    Buf out = buf_in(get->reader.arena);

    if (!get->target.entity) {
        get->call->res->status = 204;
        return true;
    }
    if (get->path.links) {
        buf_add_c(&out, "{\"@iot.selfLink\":\"");
        city_write_address(&get->reader, type, get->target.entity, &out);
        buf_add_c(&out, "\"}");
        return sta_respond(get->call, 200, &out);
    }
    return city_write_entity(&get->reader, type, get->target.entity, get->options, &out, err) &&
           sta_respond(get->call, 200, &out);
}

/* --- Properties --------------------------------------------------------------------------------
 */

static bool respond_text(StaCall *call, StaValue value)
{
    Str text = sta_value_text(call->req->arena, value);

    if (value.type == STA_JSON)
        text = node_json(value.json, call->req->arena);
    return respond_bytes(call->res, call->req->arena, STR("text/plain; charset=utf-8"), text,
                         STR_NONE);
}

/* The last name of the path and the indexes behind it: "result[0]". */
static Str last_name(const Get *get)
{
    const StaSteps *steps = &get->path.steps;
    size_t from = steps->count;
    Buf out = buf_in(get->reader.arena);

    while (from > 0 && !steps->items[from - 1].key.ptr)
        from--;
    if (from)
        buf_add(&out, steps->items[from - 1].key);
    else
        buf_add_c(&out, get->path.property == &STA_ID ? "@iot.id" : get->path.property->name);
    for (; from < steps->count; from++)
        buf_addf(&out, "[%lld]", (long long)steps->items[from].index);
    return buf_str(&out);
}

static bool get_property(Get *get, Err *err)
{
    Buf out = buf_in(get->reader.arena);
    StaValue value;

    if (!get->target.entity)
        return err_set(err, ERR_NOT_FOUND, "there is no such %s",
                       sta_entity(get->target.scope.entity)->name);
    if (!city_property(&get->reader, get->target.scope.entity, get->target.entity,
                       get->path.property, &value, err))
        return false;
    if (get->path.steps.count)
        value = value.type == STA_JSON
                    ? sta_value_of_node(city_part_of(value.json, &get->path.steps))
                    : sta_null();
    if (value.type == STA_NULL) {
        get->call->res->status = 204;
        return true;
    }
    if (get->path.value)
        return respond_text(get->call, value);
    buf_add_char(&out, '{');
    json_write_string(&out, last_name(get));
    buf_add_char(&out, ':');
    city_write_value(value, &out);
    buf_add_char(&out, '}');
    return sta_respond(get->call, 200, &out);
}

/* --- All ---------------------------------------------------------------------------------------
 */

/* Of a property no options are asked. */
static bool read_options(Get *get, Err *err)
{
    bool many = get->path.kind == STA_AT_SET && !get->target.one;

    get->options =
        sta_options_parse(get->reader.arena, get->path.entity, many, get->call->query, err);
    if (get->options &&
        (get->options->format == STA_FORMAT_CSV || get->options->format == STA_FORMAT_DATA_ARRAY))
        get->reader.page_max = CITY_TABLE_MAX;
    return get->options != NULL;
}

static bool answer(Get *get, Err *err)
{
    if (!city_resolve(&get->reader, &get->path, &get->target, err) || !read_options(get, err))
        return false;
    if (get->path.kind == STA_AT_PROPERTY)
        return get_property(get, err);
    return get->target.one ? get_entity(get, err) : get_set(get, err);
}

bool sta_get(StaCall *call, Err *err)
{
    Get get = {.call = call};

    if (!sta_path(call, &get.path, err))
        return false;
    if (get.path.kind == STA_AT_ROOT)
        return get_root(call);
    if (!sta_reader_begin(call, &get.reader, err))
        return false;
    bool ok = answer(&get, err);
    city_reader_end(&get.reader);
    return ok;
}
