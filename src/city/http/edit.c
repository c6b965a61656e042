/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/http/edit.h"

bool sta_edit_read(StaEdit *edit, StaCall *call, bool body, Err *err)
{
    Request *req = call->req;

    *edit = (StaEdit){.call = call};
    if (!sta_may_write(call, err) || !sta_path(call, &edit->path, err))
        return false;
    if (body)
        edit->json = node_parse_json(req->arena, req->body, NULL, &NODE_LIMITS_REQUEST, err);
    return !body || edit->json;
}

/* The reader for who has the right to change: nobody else does meanwhile. */
static bool begin_change(StaEdit *edit, Err *err)
{
    if (!sta_reader_begin(edit->call, &edit->reader, err))
        return false;
    hub_release(edit->reader.hub);
    edit->reader.graph = hub_begin(edit->reader.hub);
    return true;
}

static int64_t dataset_of(const StaEdit *edit)
{
    const CityRights *rights = &edit->reader.rights;

    return rights->only      ? rights->only
           : rights->limited ? rights->within
                             : rights->all->items[0].id;
}

bool sta_edit_begin(StaEdit *edit, bool change, Err *err)
{
    Request *req = edit->call->req;

    edit->held = !change;
    if (change ? !begin_change(edit, err) : !sta_reader_begin(edit->call, &edit->reader, err))
        return false;
    edit->insert = (CityInsert){.graph = edit->reader.graph,
                                .rights = edit->reader.rights,
                                .arena = req->arena,
                                .now = req->now,
                                .dataset = dataset_of(edit),
                                .change = {.arena = req->arena}};
    if (city_resolve(&edit->reader, &edit->path, &edit->target, err))
        return true;
    sta_edit_abandon(edit);
    return false;
}

bool sta_edit_need(const StaEdit *edit, Err *err)
{
    return edit->target.entity || err_set(err, ERR_NOT_FOUND, "there is no such %s",
                                          sta_entity(edit->target.scope.entity)->name);
}

void sta_edit_abandon(StaEdit *edit)
{
    city_change_drop(&edit->insert.change);
    if (edit->held)
        hub_release(edit->reader.hub);
    else
        hub_end(edit->reader.hub);
}

bool sta_edit_plan(StaEdit *edit, bool (*plan)(StaEdit *edit, void *context, Err *err),
                   void *context, Err *err)
{
    for (bool change = false;; change = true) {
        if (!sta_edit_begin(edit, change, err))
            return false;
        bool ok = plan(edit, context, err);
        if (ok && (change || !edit->insert.change.count))
            return true;
        sta_edit_abandon(edit);
        if (!ok)
            return false;
    }
}

/* What a change is of; that new entities lead to others takes no right there. */
bool sta_edit_may_commit(const StaEdit *edit, Err *err)
{
    const CityChange *change = &edit->insert.change;
    const CityArrivals *arrivals = &edit->insert.arrivals;

    for (size_t i = 0; i < change->count; i++)
        if (!city_need_write(&edit->insert.rights, change->items[i].entity->dataset, err))
            return false;
    for (size_t i = 0; i < arrivals->count; i++)
        if (!city_need_write(&edit->insert.rights, arrivals->items[i].stream->dataset, err))
            return false;
    return true;
}

bool sta_edit_commit(StaEdit *edit, int64_t *ids, Err *err)
{
    if (!sta_edit_may_commit(edit, err)) {
        sta_edit_abandon(edit);
        return false;
    }
    return edit->held ? city_append_arrivals(&edit->insert, edit->reader.hub, ids, err)
                      : city_insert_commit(&edit->insert, edit->reader.hub, ids, err);
}

bool sta_respond_created(StaCall *call, StaEntity type, int64_t id)
{
    Arena *arena = call->req->arena;
    Str address = str_printf(arena, "%.*s/%s(%lld)", STR_ARG(call->root), sta_entity(type)->set,
                             (long long)id);
    Node *made = node_map(arena);

    node_set(arena, made, STR("@iot.selfLink"), node_string(arena, address));
    node_set(arena, made, STR("@iot.id"), node_int(arena, id));
    response_header(call->res, "Location", address);
    return respond_json(call->res, 201, made, arena);
}
