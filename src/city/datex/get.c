/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/datex/get.h"

#include "base/vec.h"
#include "city/datex/datex.h"
#include "city/import/keys.h"
#include "city/traffic/roads.h"

#include <math.h>

enum { OVER_DAYS = 7 };

static Str id_of(Arena *arena, const char *kind, int64_t id)
{
    return str_printf(arena, "%s-%lld", kind, (long long)id);
}

/* What was over a week ago is told no more; nor is what another dataset has of the same id. */
static bool write_situations(CityReader *reader, const DatexCreator *creator, Buf *out, Err *err)
{
    Str prefix = str_printf(reader->arena, "%.*s-", STR_ARG(creator->name));
    CityKeys told = city_keys(reader->arena);
    RoadWorks works;
    size_t count = 0;
    int64_t first;

    (void)err;
    road_works(reader, &works);
    for (size_t i = 0; i < works.count; i++) {
        RoadWork *work = &works.items[i];
        Str id = datex_situation_id(work, prefix, reader->arena);
        if (road_work_is_over(work, reader->now - OVER_DAYS * (Timestamp)STA_MS_PER_DAY) ||
            city_keys_get(&told, id, &first))
            continue;
        city_keys_set(&told, id, work->id);
        works.items[count++] = *work;
    }
    datex_write_situations(creator, works.items, count, prefix, out);
    return true;
}

static DatexSite site_of(const RoadSegment *segment, Arena *arena)
{
    Str name = node_get_text(segment->thing->body, "name");

    return (DatexSite){.id = id_of(arena, "strasse", segment->thing->id),
                       .name = name.len ? name : segment->road,
                       .road = segment->road,
                       .place = segment->way};
}

static bool write_sites(CityReader *reader, const DatexCreator *creator, Buf *out, Err *err)
{
    RoadSegments segments;
    DatexSites sites = {0};

    road_segments(reader, &segments);
    for (size_t i = 0; i < segments.count; i++)
        VEC_PUSH(reader->arena, &sites, site_of(&segments.items[i], reader->arena));
    if (!sites.count)
        return err_set(err, ERR_NOT_FOUND, "there are no roads");
    datex_write_sites(creator, sites.items, sites.count, out);
    return true;
}

/* The speed of each road as the map shows it: the mean of all its sources. */
static bool write_measured(CityReader *reader, const DatexCreator *creator, Buf *out, Err *err)
{
    DatexValues values = {0};
    RoadState state;

    if (!road_state(reader, &state, err))
        return false;
    for (size_t i = 0; i < state.segments.count; i++) {
        const RoadSegment *segment = &state.segments.items[i];
        DatexValue value = {.site = id_of(reader->arena, "strasse", segment->thing->id),
                            .number = segment->kmh,
                            .time = segment->at};
        if (!isnan(segment->kmh))
            VEC_PUSH(reader->arena, &values, value);
    }
    if (!values.count)
        return err_set(err, ERR_NOT_FOUND, "nothing is measured on the roads at the moment");
    datex_write_values(creator, values.items, values.count, out);
    return true;
}

typedef bool Writer(CityReader *reader, const DatexCreator *creator, Buf *out, Err *err);

static bool answer(Request *req, Response *res, Writer *write, Err *err)
{
    DatexCreator creator = {req->tenant->name, req->now};
    CityReader reader;
    Buf out = buf_in(req->arena);

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    bool ok = write(&reader, &creator, &out, err);
    city_reader_end(&reader);
    return ok && respond_bytes(res, req->arena, STR("application/xml; charset=utf-8"),
                               buf_str(&out), STR_NONE);
}

bool datex_situations_get(Request *req, Response *res, Err *err)
{
    return answer(req, res, write_situations, err);
}

bool datex_sites_get(Request *req, Response *res, Err *err)
{
    return answer(req, res, write_sites, err);
}

bool datex_measured_get(Request *req, Response *res, Err *err)
{
    return answer(req, res, write_measured, err);
}
