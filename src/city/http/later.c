/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/http/later.h"

#include "city/hub/watch.h"

typedef struct Posted {
    StaCall call;
    Hub *hub;
    HubLater append;
} Posted;

static void go_on(HubLater *append)
{
    const Posted *posted = append->context;

    request_go_on(posted->call.req);
}

static void begin(Request *req, void *context)
{
    Posted *posted = context;

    hub_append_later(posted->hub, &posted->append, req->arena);
}

static bool answer(Request *req, Response *res, void *context, Err *err)
{
    Posted *posted = context;
    const ObsLater *is = &posted->append.is;

    (void)req;
    posted->call.res = res;
    if (!is->ok)
        *err = is->err;
    return sta_said(
        &posted->call,
        is->ok && sta_respond_created(&posted->call, STA_OBSERVATION,
                                      city_observation_id(is->entries->series, *is->ordinals)),
        err);
}

bool sta_commit_later(StaEdit *edit, Err *err)
{
    Arena *arena = edit->call->req->arena;

    if (!sta_edit_may_commit(edit, err)) {
        sta_edit_abandon(edit);
        return false;
    }
    Posted *posted = arena_new(arena, Posted);
    *posted = (Posted){.call = *edit->call, .hub = edit->reader.hub};
    posted->append = (HubLater){.is = {.entries = city_entries(&edit->insert),
                                       .count = edit->insert.arrivals.count,
                                       .ordinals = arena_array(arena, uint64_t, 1)},
                                .done = go_on,
                                .context = posted};
    hub_release(posted->hub);
    return respond_later(edit->call->res, begin, answer, posted);
}
