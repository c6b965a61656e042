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

static bool take_one_back(const StaCall *call, const Batch *batch, size_t at, Err *err)
{
    const BatchPart *part = &batch->items[at];
    Str made = batch_location(part);
    StaTrace trace = {.expected = part->trace.became};
    StaCall own = *call;
    Request req = *call->req;
    Response res = {0};

    if (made.ptr)
        return batch_run_at(call, sta_delete, str_slice(made, call->root.len, made.len), &req, &res,
                            err);
    if (!part->trace.was.ptr)
        return true;
    own.trace = &trace;
    req.body = part->trace.was;
    req.content_type = STR("application/json");
    return batch_run_at(&own, sta_put, batch_target(call, batch, at), &req, &res, err);
}

/* What the requests [from, to) did, the last first. What somebody else has changed or removed
 * meanwhile stays as they left it. */
static bool take_back(const StaCall *call, Batch *batch, size_t from, size_t to, Err *err)
{
    for (size_t i = to; i-- > from;) {
        if (take_one_back(call, batch, i, err))
            continue;
        if (err->kind != ERR_CONFLICT && err->kind != ERR_NOT_FOUND)
            return false;
        err_clear(err);
        batch->items[i].stays = true;
    }
    return true;
}

/* All of a set say why none of it was done. */
static void refuse_all(const StaCall *call, Batch *batch, size_t from, size_t to, size_t because)
{
    Err nothing = {0}, stays = {0};

    err_set(&nothing, ERR_CONFLICT, "nothing of the change set was done: its request %zu failed",
            because - from + 1);
    err_set(&stays, ERR_CONFLICT,
            "request %zu of the change set failed, but this one cannot be taken back: somebody "
            "else changed the entity meanwhile, and it stays as it is now; look at it",
            because - from + 1);
    for (size_t i = from; i < to; i++)
        if (i != because)
            batch_refuse(call, &batch->items[i], batch->items[i].stays ? &stays : &nothing);
}

bool batch_run_set(const StaCall *call, Batch *batch, size_t from, size_t to, Err *err)
{
    for (size_t i = from; i < to; i++)
        if (!may_be_taken_back(call, &batch->items[i], err))
            return false;
    for (size_t i = from; i < to; i++) {
        Err ignored = {0};
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
