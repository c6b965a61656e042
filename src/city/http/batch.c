/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/http/batch.h"

#include "base/percent.h"
#include "base/vec.h"
#include "core/http/parse.h"

Str batch_location(const BatchPart *part)
{
    for (size_t i = 0; i < part->res.header_count; i++)
        if (str_is(part->res.headers[i].name, "Location"))
            return part->res.headers[i].value;
    return STR_NONE;
}

int batch_status(const BatchPart *part)
{
    return part->res.status ? part->res.status : 200;
}

/* --- JSON ---------------------------------------------------------------------------------------
 */

static Str upper(Arena *arena, Str text)
{
    char *out = str_cstr(arena, text);

    for (size_t i = 0; i < text.len; i++)
        if (out[i] >= 'a' && out[i] <= 'z')
            out[i] = (char)(out[i] - 'a' + 'A');
    return (Str){out, text.len};
}

static bool read_json(Arena *arena, Str body, Batch *out, Err *err)
{
    const Node *json = node_parse_json(arena, body, NULL, &NODE_LIMITS_REQUEST, err);
    const Node *requests = node_get(json, "requests");

    if (!json)
        return false;
    if (!requests || requests->kind != NODE_LIST)
        return err_field(err, "requests",
                         "a batch is {\"requests\": [{\"id\", \"method\", \"url\", \"body\"}]}");
    if (requests->count > BATCH_MAX)
        return err_set(err, ERR_TOO_LARGE, "a batch has at most %d requests", BATCH_MAX);
    for (size_t i = 0; i < requests->count; i++) {
        const Node *one = requests->items[i], *content = node_get(one, "body");
        BatchPart part = {.id = node_get_text(one, "id"),
                          .set = node_get_text(one, "atomicityGroup"),
                          .method = node_get_text(one, "method"),
                          .url = node_get_text(one, "url"),
                          .type = STR("application/json"),
                          .body = content ? node_json(content, arena) : STR("")};
        if (!part.method.ptr || !part.url.ptr)
            return err_field(err, "requests", "requests[%zu] has no \"method\" or no \"url\"", i);
        part.method = upper(arena, part.method);
        VEC_PUSH(arena, out, part);
    }
    return true;
}

static void write_body(const Response *res, Buf *out)
{
    buf_add_c(out, ",\"body\":");
    if (str_starts_with(res->type, "application/"))
        buf_add(out, res->body);
    else
        json_write_string(out, res->body);
}

static Str write_json(Arena *arena, const Batch *batch)
{
    Buf out = buf_in(arena);

    buf_add_c(&out, "{\"responses\":[");
    for (size_t i = 0; i < batch->count; i++) {
        const BatchPart *part = &batch->items[i];
        Str location = batch_location(part);
        buf_add_c(&out, i ? ",{\"id\":" : "{\"id\":");
        json_write_string(&out, part->id.ptr ? part->id : str_printf(arena, "%zu", i));
        buf_addf(&out, ",\"status\":%d", batch_status(part));
        if (location.ptr) {
            buf_add_c(&out, ",\"location\":");
            json_write_string(&out, location);
        }
        if (part->res.body.len)
            write_body(&part->res, &out);
        buf_add_char(&out, '}');
    }
    buf_add_c(&out, "]}");
    return buf_str(&out);
}

/* --- What earlier requests made ------------------------------------------------------------------
 */

/* The part that "$1" names, when it made something. */
static const BatchPart *named(const Batch *batch, size_t before, Str reference)
{
    if (!str_starts_with(reference, "$"))
        return NULL;
    Str id = str_slice(reference, 1, reference.len);
    for (size_t i = before; i-- > 0;)
        if (batch->items[i].id.ptr && str_eq(batch->items[i].id, id) &&
            batch_location(&batch->items[i]).ptr)
            return &batch->items[i];
    return NULL;
}

/* The key in "ROOT/Things(1)". */
static Str key_of(Str location)
{
    size_t open = location.len;

    while (open > 0 && location.ptr[open - 1] != '(')
        open--;
    return str_slice(location, open, location.len - 1);
}

/* {"@iot.id": "$1"} becomes what it stands for, wherever it is. */
static void resolve_links(Arena *arena, const Batch *batch, size_t at, Node *node)
{
    for (size_t i = 0; i < node->count; i++) {
        Node *item = node->items[i];
        bool link =
            node->kind == NODE_MAP && item->kind == NODE_STRING && str_is(node->keys[i], "@iot.id");
        const BatchPart *part = link ? named(batch, at, item->text) : NULL;
        if (part)
            node->items[i] = node_number(arena, key_of(batch_location(part)));
        else if (item->kind == NODE_MAP || item->kind == NODE_LIST)
            resolve_links(arena, batch, at, item);
    }
}

static Str body_of(Arena *arena, const Batch *batch, size_t at)
{
    Str body = batch->items[at].body;
    Err ignored = {0};

    if (str_find(body, STR("\"$")) < 0)
        return body;
    Node *json = node_parse_json(arena, body, NULL, &NODE_LIMITS_REQUEST, &ignored);
    if (!json || (json->kind != NODE_MAP && json->kind != NODE_LIST))
        return body; /* what is wrong with it is told when it is done */
    resolve_links(arena, batch, at, json);
    return node_json(json, arena);
}

Str batch_target(const StaCall *call, const Batch *batch, size_t at)
{
    Arena *arena = call->req->arena;
    Str url = batch->items[at].url, rest = url, first = str_cut(&rest, '/');
    const BatchPart *part = named(batch, at, first);
    ptrdiff_t version = str_find(url, STR("/v1.1/"));

    if (part) {
        Str made = batch_location(part), path = str_slice(made, call->root.len, made.len);
        return rest.ptr ? str_printf(arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(rest)) : path;
    }
    if (str_eq(str_slice(url, 0, call->root.len), call->root))
        return str_slice(url, call->root.len, url.len);
    if (str_starts_with(url, "/") && version >= 0)
        return str_slice(url, (size_t)version + sizeof "/v1.1" - 1, url.len);
    return str_starts_with(url, "/") ? url : str_printf(arena, "/%.*s", STR_ARG(url));
}

/* --- Doing ---------------------------------------------------------------------------------------
 */

static StaHandler handler_of(Str method)
{
    static const struct {
        const char *method;
        StaHandler handler;
    } HANDLERS[] = {{"GET", sta_get},
                    {"POST", sta_post},
                    {"PATCH", sta_patch},
                    {"PUT", sta_put},
                    {"DELETE", sta_delete}};

    for (size_t i = 0; i < sizeof HANDLERS / sizeof *HANDLERS; i++)
        if (str_is(method, HANDLERS[i].method))
            return HANDLERS[i].handler;
    return NULL;
}

bool batch_run_at(const StaCall *call, StaHandler handler, Str target, Request *req, Response *res,
                  Err *err)
{
    StaCall part = *call;
    Str path = str_cut(&target, '?');

    part.req = req;
    part.res = res;
    part.later = false;
    part.query = target.ptr ? target : STR("");
    if (!percent_decode(req->arena, path, false, &part.rest))
        return err_set(err, ERR_INPUT, "the address has a broken %%-sequence");
    if (str_is(part.rest, "/$batch"))
        return err_set(err, ERR_INPUT, "a batch holds no batch");
    return handler(&part, err);
}

void batch_refuse(const StaCall *call, BatchPart *part, const Err *err)
{
    StaCall answer = *call;

    part->res = (Response){0};
    answer.res = &part->res;
    sta_tell(&answer, err);
}

bool batch_run(const StaCall *call, Batch *batch, size_t at, Err *err)
{
    BatchPart *part = &batch->items[at];
    StaCall own = *call;
    Request req = *call->req;
    StaHandler handler = handler_of(part->method);

    req.body = body_of(req.arena, batch, at);
    req.content_type = part->type;
    req.method = part->method;
    own.trace = part->set.ptr ? &part->trace : NULL;
    bool ok =
        handler ? batch_run_at(&own, handler, batch_target(call, batch, at), &req, &part->res, err)
                : err_set(err, ERR_INPUT, "the method is GET, POST, PATCH, PUT or DELETE");
    if (ok)
        return true;
    if (err->kind == ERR_INTERNAL || err->kind == ERR_TEMPORARY)
        return false;
    batch_refuse(call, part, err);
    err_clear(err);
    return true;
}

/* --- All ----------------------------------------------------------------------------------------
 */

static bool same_set(const BatchPart *a, const BatchPart *b)
{
    return a->set.ptr && b->set.ptr && str_eq(a->set, b->set);
}

/* Those of a set follow each other. */
static bool run_all(const StaCall *call, Batch *batch, Err *err)
{
    for (size_t i = 0, end; i < batch->count; i = end) {
        end = i + 1;
        while (end < batch->count && same_set(&batch->items[i], &batch->items[end]))
            end++;
        if (batch->items[i].set.ptr ? !batch_run_set(call, batch, i, end, err)
                                    : !batch_run(call, batch, i, err))
            return false;
    }
    return true;
}

bool sta_batch(StaCall *call, Err *err)
{
    Request *req = call->req;
    Str answer_type = STR("application/json");
    Batch batch = {0};
    MediaType type;

    if (!media_type_parse(req->arena, req->content_type, &type, err))
        return false;
    bool mixed = str_is(type.type, "multipart/mixed");
    if (mixed ? !batch_read_mixed(req->arena, type.boundary, req->body, &batch, err)
              : !read_json(req->arena, req->body, &batch, err))
        return false;
    if (!run_all(call, &batch, err))
        return false;
    Str body = mixed ? batch_write_mixed(req->arena, &batch, &answer_type)
                     : write_json(req->arena, &batch);
    return respond_bytes(call->res, req->arena, answer_type, body, STR_NONE);
}
