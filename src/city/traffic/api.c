/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/api.h"

#include "city/traffic/roads.h"
#include "city/traffic/words.h"
#include "core/page/out.h"

#include <math.h>

/* --- Routes ------------------------------------------------------------------------------------
 */

/* "9.96,51.56" */
static bool read_place(const Request *req, const char *name, WayPoint *out, Err *err)
{
    return way_point_parse(request_query(req, name), out) ||
           err_field(err, name, "%s is longitude,latitude: %s=9.9601,51.5602", name, name);
}

static Node *route_json(const RoadRoute *route, Arena *arena)
{
    Node *out = node_map(arena), *properties = node_map(arena), *roads = node_list(arena);

    for (size_t i = 0; i < route->road_count; i++)
        node_append(arena, roads, node_string(arena, route->roads[i]));
    node_set(arena, properties, STR("seconds"), node_int(arena, (int64_t)round(route->seconds)));
    node_set(arena, properties, STR("metres"), node_int(arena, (int64_t)round(route->metres)));
    node_set(arena, properties, STR("roads"), roads);
    node_set(arena, out, STR("type"), node_string(arena, STR("Feature")));
    node_set(arena, out, STR("geometry"), way_json(&route->way, arena));
    node_set(arena, out, STR("properties"), properties);
    return out;
}

bool traffic_route(Request *req, Response *res, Err *err)
{
    CityReader reader;
    RoadState state;
    RoadRoute route;
    WayPoint from, to;

    if (!read_place(req, "from", &from, err) || !read_place(req, "to", &to, err) ||
        !city_reader_begin(&reader, req, STR(""), err))
        return false;
    bool ok = road_state(&reader, &state, err);
    RoadGraph *graph = ok ? road_graph_of(&state.segments, 0, req->arena) : NULL;
    city_reader_end(&reader);
    return ok && road_route(graph, from, to, req->arena, &route, err) &&
           respond_json(res, 200, route_json(&route, req->arena), req->arena);
}

/* --- The map -----------------------------------------------------------------------------------
 */

static void add_text(Buf *out, const char *name, Str value)
{
    buf_addf(out, ",\"%s\":", name);
    json_write_string(out, value);
}

static void begin_feature(Buf *out, const Way *way, int64_t id, Str name)
{
    buf_addf(out, "%s{\"type\":\"Feature\",\"id\":%lld,\"geometry\":{\"type\":\"%s\",",
             out->ptr[out->len - 1] == '[' ? "" : ",", (long long)id,
             way->count == 1 ? "Point" : "LineString");
    buf_add_c(out, "\"coordinates\":");
    if (way->count == 1)
        buf_addf(out, "[%.6f,%.6f]", way->points[0].x, way->points[0].y);
    else
        way_write(way, out);
    buf_add_c(out, "},\"properties\":{\"name\":");
    json_write_string(out, name);
}

static void add_look(Buf *out, const LevelLook *look)
{
    add_text(out, "colour", str_c(look->colour));
    buf_addf(out, ",\"width\":%d,\"dashed\":%d", look->width, look->dashed);
}

static void add_segment(Buf *out, const RoadSegment *segment, const Request *req)
{
    const LevelLook *look = &TRAFFIC_LOOKS[segment->level];

    begin_feature(out, &segment->way, segment->thing->id, segment->road);
    add_text(out, "dataset", tr(req->lang, "Verkehrslage"));
    add_text(out, "value", traffic_level_text(segment, req->arena, req->lang));
    add_text(out, "level", str_c(look->word));
    add_look(out, look);
    buf_addf(out, ",\"freeKmh\":%.0f", segment->free_kmh);
    if (!isnan(segment->kmh)) {
        buf_addf(out, ",\"kmh\":%.1f", segment->kmh);
        add_text(out, "time", timestamp_iso(req->arena, segment->at));
    }
    buf_add_c(out, "}}");
}

static void add_work(Buf *out, const RoadWork *work, const Request *req)
{
    begin_feature(out, &work->place, work->id, work->title);
    add_text(out, "dataset", road_work_what(work, req->arena, req->lang));
    add_text(out, "value", road_work_when(work, req->arena, req->lang, req->now));
    add_text(out, "path", request_url(req, "/stadtdaten/baustellen/%lld", (long long)work->id));
    add_text(out, "restriction", str_c(WORK_RESTRICTION_WORDS[work->restriction]));
    add_text(out, "begins", timestamp_iso(req->arena, work->begins));
    if (work->ends)
        add_text(out, "ends", timestamp_iso(req->arena, work->ends));
    add_look(out, work->restriction == WORK_CLOSED ? &TRAFFIC_LOOKS[TRAFFIC_CLOSED] : &WORK_LOOK);
    buf_add_c(out, "}}");
}

static void add_detour(Buf *out, const RoadWork *work, const Request *req)
{
    begin_feature(out, &work->detour_way, work->id, work->title);
    add_text(out, "dataset", tr(req->lang, DETOUR_LOOK.name));
    add_text(out, "value", work->detour);
    add_text(out, "path", request_url(req, "/stadtdaten/baustellen/%lld", (long long)work->id));
    add_look(out, &DETOUR_LOOK);
    buf_add_c(out, "}}");
}

/* What is over is left out; ways round are shown while they are needed. */
static void add_works(Buf *out, const RoadWorks *works, const Request *req)
{
    for (size_t i = 0; i < works->count; i++) {
        const RoadWork *work = &works->items[i];
        if (work->detour_way.count > 1 && road_work_is_on(work, req->now))
            add_detour(out, work, req);
        if (!road_work_is_over(work, req->now))
            add_work(out, work, req);
    }
}

bool traffic_geojson(Request *req, Response *res, Err *err)
{
    CityReader reader;
    RoadState state;
    Buf out = buf_in(req->arena);

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    bool ok = road_state(&reader, &state, err);
    buf_add_c(&out, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (size_t i = 0; ok && i < state.segments.count; i++)
        add_segment(&out, &state.segments.items[i], req);
    if (ok)
        add_works(&out, &state.works, req);
    buf_add_c(&out, "]}");
    city_reader_end(&reader);
    return ok &&
           respond_bytes(res, req->arena, STR("application/geo+json"), buf_str(&out), STR_NONE);
}
