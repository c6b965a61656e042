/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/http/sta.h"

#include "core/engine.h"

static const char ROUTE[] = "/sta/v1.1", SCOPED[] = "/sta/datasets/";

/* "/sta/v1.1/Things" and "/sta/datasets/luft/v1.1/Things": root and rest of the path. */
static void part_path(StaCall *call)
{
    Request *req = call->req;
    Str path = req->path;
    size_t length = sizeof ROUTE - 1;

    call->dataset = request_param(req, "dataset");
    if (call->dataset.ptr)
        length = sizeof SCOPED - 1 + call->dataset.len + sizeof "/v1.1" - 1;
    call->root = request_absolute_url(req, str_slice(path, 0, length));
    call->rest = str_slice(path, length, path.len);
    call->query = request_raw_query(req);
}

/* Who says nothing of who they are may try again with a key. */
static int status_of(StaCall *call, ErrKind kind)
{
    if (kind != ERR_FORBIDDEN || call->req->session.staff_id)
        return sta_http_status(kind);
    response_header(call->res, "WWW-Authenticate", STR("Bearer"));
    return 401;
}

/* A problem (RFC 9457), with the names of other SensorThings servers beside: "code", "message". */
bool sta_tell(StaCall *call, const Err *err)
{
    Arena *arena = call->req->arena;
    Node *json = node_map(arena), *text = node_string(arena, str_c(err->message));
    int status = status_of(call, err->kind);

    node_set(arena, json, STR("type"), node_string(arena, STR("about:blank")));
    node_set(arena, json, STR("status"), node_int(arena, status));
    node_set(arena, json, STR("detail"), text);
    node_set(arena, json, STR("code"), node_int(arena, status));
    node_set(arena, json, STR("message"), text);
    if (err->field[0])
        node_set(arena, json, STR("field"), node_string(arena, str_c(err->field)));
    respond_json(call->res, status, json, arena);
    call->res->type = STR("application/problem+json");
    return true;
}

bool sta_answer(Request *req, Response *res, StaHandler handler, Err *err)
{
    StaCall call = {.req = req, .res = res, .later = true};

    part_path(&call);
    /* Open data may be read from other sites' pages; no cookie is looked at here. */
    response_header(res, "Access-Control-Allow-Origin", STR("*"));
    return sta_said(&call, handler(&call, err), err);
}

bool sta_said(StaCall *call, bool ok, Err *err)
{
    if (ok)
        return true;
    if (err->kind == ERR_INTERNAL || err->kind == ERR_TEMPORARY)
        return false;
    Err told = *err;
    err_clear(err);
    return sta_tell(call, &told);
}

bool sta_reader_begin(StaCall *call, CityReader *reader, Err *err)
{
    if (!city_reader_begin(reader, call->req, call->root, err))
        return false;
    if (!call->dataset.ptr)
        return true;
    const CityDataset *only = city_dataset_named(reader->rights.all, call->dataset);
    if (only && city_may_see(&reader->rights, only->id)) {
        reader->rights.only = only->id;
        return true;
    }
    city_reader_end(reader);
    return err_set(err, ERR_NOT_FOUND, "there is no dataset \"%.*s\"",
                   STR_ARG(str_slice(call->dataset, 0, 60)));
}

bool sta_path(StaCall *call, StaPath *out, Err *err)
{
    return sta_path_parse(call->req->arena, call->rest, out, err);
}

bool sta_respond(StaCall *call, int status, Buf *json)
{
    call->res->status = status;
    return respond_bytes(call->res, call->req->arena, STR("application/json"), buf_str(json),
                         STR_NONE);
}

bool sta_may_write(const StaCall *call, Err *err)
{
    return (call->req->session.staff_id && request_may_within(call->req, "city.write")) ||
           err_set(err, ERR_FORBIDDEN,
                   "this needs a key that may write the town's data: Authorization: Bearer KEY");
}
