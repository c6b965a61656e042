/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/datex/get.h"

#include "base/vec.h"
#include "city/datex/datex.h"
#include "city/traffic/roads.h"

#include <math.h>

enum { OVER_DAYS = 7 };

static DatexCreator creator_of(const Request *req)
{
    return (DatexCreator){req->tenant->name, req->now};
}

static Str id_of(Arena *arena, const char *kind, int64_t id)
{
    return str_printf(arena, "%s-%lld", kind, (long long)id);
}

static bool send(Request *req, Response *res, Buf *out)
{
    return respond_bytes(res, req->arena, STR("application/xml; charset=utf-8"), buf_str(out),
                         STR_NONE);
}

/* What was over a week ago is told no more. */
bool datex_situations_get(Request *req, Response *res, Err *err)
{
    DatexCreator creator = creator_of(req);
    CityReader reader;
    RoadWorks works;
    size_t count = 0;
    Buf out = buf_in(req->arena);

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    road_works(&reader, &works);
    city_reader_end(&reader);
    for (size_t i = 0; i < works.count; i++)
        if (!road_work_is_over(&works.items[i], req->now - OVER_DAYS * (Timestamp)STA_MS_PER_DAY))
            works.items[count++] = works.items[i];
    Str prefix = str_printf(req->arena, "%.*s-", STR_ARG(req->tenant->name));
    datex_write_situations(&creator, works.items, count, prefix, &out);
    return send(req, res, &out);
}

static void add_site(DatexSites *sites, const RoadSegment *segment, Arena *arena)
{
    Str name = node_get_text(segment->thing->body, "name");
    DatexSite site = {.id = id_of(arena, "strasse", segment->thing->id),
                      .name = str_copy(arena, name.len ? name : segment->road),
                      .road = str_copy(arena, segment->road),
                      .place = segment->way};

    VEC_PUSH(arena, sites, site);
}

bool datex_sites_get(Request *req, Response *res, Err *err)
{
    DatexCreator creator = creator_of(req);
    DatexSites sites = {0};
    CityReader reader;
    RoadSegments segments;
    Buf out = buf_in(req->arena);

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    road_segments(&reader, &segments);
    for (size_t i = 0; i < segments.count; i++)
        add_site(&sites, &segments.items[i], req->arena);
    city_reader_end(&reader);
    if (!sites.count)
        return err_set(err, ERR_NOT_FOUND, "there are no roads");
    datex_write_sites(&creator, sites.items, sites.count, &out);
    return send(req, res, &out);
}

/* The speed of each road as the map shows it: the mean of all its sources. */
bool datex_measured_get(Request *req, Response *res, Err *err)
{
    DatexCreator creator = creator_of(req);
    DatexValues values = {0};
    CityReader reader;
    RoadState state;
    Buf out = buf_in(req->arena);

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    bool ok = road_state(&reader, &state, err);
    for (size_t i = 0; ok && i < state.segments.count; i++) {
        const RoadSegment *segment = &state.segments.items[i];
        DatexValue value = {.site = id_of(req->arena, "strasse", segment->thing->id),
                            .number = segment->kmh,
                            .time = segment->at};
        if (!isnan(segment->kmh))
            VEC_PUSH(req->arena, &values, value);
    }
    city_reader_end(&reader);
    if (ok && !values.count)
        return err_set(err, ERR_NOT_FOUND, "nothing is measured on the roads at the moment");
    if (!ok)
        return false;
    datex_write_values(&creator, values.items, values.count, &out);
    return send(req, res, &out);
}
