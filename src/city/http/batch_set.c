/* SPDX-License-Identifier: EUPL-1.2 */
/* Change sets: all of them is done or nothing. */
#include "city/http/batch.h"

static bool is_change(const BatchPart *part)
{
    return str_is(part->method, "PATCH") || str_is(part->method, "PUT");
}

/* Does the body lead the entity to others? Where it led before is more than its body says. */
static bool links(Arena *arena, const BatchPart *part)
{
    Err ignored = {0};
    const Node *json = node_parse_json(arena, part->body, NULL, &NODE_LIMITS_REQUEST, &ignored);

    if (!json || json->kind != NODE_MAP)
        return false;
    for (size_t i = 0; i < json->count; i++)
        for (StaEntity type = 0; type < STA_ENTITIES; type++)
            if (sta_relation(type, json->keys[i]))
                return true;
    return false;
}

static bool may_be_taken_back(const StaCall *call, const BatchPart *part, Err *err)
{
    return str_is(part->method, "POST") || (is_change(part) && !links(call->req->arena, part)) ||
           err_set(err, ERR_UNSUPPORTED,
                   "a change set creates by POST and changes properties by PATCH or PUT; delete, "
                   "and lead to other entities, outside of it");
}

/* Keep what is there before it is changed; what cannot be read is told when it is to be changed. */
static void remember(const StaCall *call, Batch *batch, size_t at)
{
    Request req = *call->req;
    Response res = {0};
    Err ignored = {0};

    if (batch_run_at(call, sta_get, batch_target(call, batch, at), &req, &res, &ignored) &&
        res.body.len)
        batch->items[at].was = res.body;
}

static bool take_one_back(const StaCall *call, const Batch *batch, size_t at, Err *err)
{
    const BatchPart *part = &batch->items[at];
    Str made = batch_location(part);
    Request req = *call->req;
    Response res = {0};

    if (made.ptr)
        return batch_run_at(call, sta_delete, str_slice(made, call->root.len, made.len), &req, &res,
                            err);
    if (!part->was.ptr)
        return true;
    req.body = part->was;
    req.content_type = STR("application/json");
    return batch_run_at(call, sta_put, batch_target(call, batch, at), &req, &res, err);
}

/* What the requests [from, to) did, the last first. */
static bool take_back(const StaCall *call, const Batch *batch, size_t from, size_t to, Err *err)
{
    for (size_t i = to; i-- > from;)
        if (!take_one_back(call, batch, i, err))
            return false;
    return true;
}

/* All of a set say why none of it was done. */
static void refuse_all(const StaCall *call, Batch *batch, size_t from, size_t to, size_t because)
{
    Err err = {0};

    err_set(&err, ERR_CONFLICT, "nothing of the change set was done: its request %zu failed",
            because - from + 1);
    for (size_t i = from; i < to; i++)
        if (i != because)
            batch_refuse(call, &batch->items[i], &err);
}

bool batch_run_set(const StaCall *call, Batch *batch, size_t from, size_t to, Err *err)
{
    for (size_t i = from; i < to; i++)
        if (!may_be_taken_back(call, &batch->items[i], err))
            return false;
    for (size_t i = from; i < to; i++) {
        Err ignored = {0};
        if (is_change(&batch->items[i]))
            remember(call, batch, i);
        if (!batch_run(call, batch, i, err)) {
            take_back(call, batch, from, i, &ignored);
            return false;
        }
        if (batch_status(&batch->items[i]) < 400)
            continue;
        if (!take_back(call, batch, from, i, err))
            return false;
        refuse_all(call, batch, from, to, i);
        return true;
    }
    return true;
}
