/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/page.h"

#include "city/page/page.h"
#include "city/traffic/traffic.html.h"
#include "city/traffic/words.h"
#include "geo/geo.h"

#include <math.h>
#include <stdlib.h>

enum { SOON_DAYS = 60, WORKS_MAX = 200, DAY_MS = 86400000 };

/* --- Where the map looks -----------------------------------------------------------------------
 */

WayBox way_box(void)
{
    return (WayBox){INFINITY, INFINITY, -INFINITY, -INFINITY};
}

void way_box_add(WayBox *box, const Way *way)
{
    for (size_t i = 0; i < way->count; i++) {
        box->west = fmin(box->west, way->points[i].x);
        box->east = fmax(box->east, way->points[i].x);
        box->south = fmin(box->south, way->points[i].y);
        box->north = fmax(box->north, way->points[i].y);
    }
}

Str way_box_text(const WayBox *box, Arena *arena)
{
    double margin = 0.001 + 0.05 * fmax(box->east - box->west, box->north - box->south);

    if (box->west > box->east)
        return STR_NONE;
    return str_printf(arena, "%.5f,%.5f,%.5f,%.5f", box->west - margin, box->south - margin,
                      box->east + margin, box->north + margin);
}

static Str bounds_of(const RoadState *state, Arena *arena)
{
    WayBox box = way_box();

    for (size_t i = 0; i < state->segments.count; i++)
        way_box_add(&box, &state->segments.items[i].way);
    for (size_t i = 0; i < state->works.count; i++)
        way_box_add(&box, &state->works.items[i].place);
    return way_box_text(&box, arena);
}

/* --- Roads -------------------------------------------------------------------------------------
 */

static Str summary_of(const RoadSegments *all, Arena *arena, Str lang)
{
    size_t levels[TRAFFIC_LEVELS] = {0};

    for (size_t i = 0; i < all->count; i++)
        levels[all->items[i].level]++;
    size_t slow = levels[TRAFFIC_SLOW] + levels[TRAFFIC_JAM];
    if (levels[TRAFFIC_UNKNOWN] == all->count)
        return tr(lang, "Im Augenblick wird nichts gemessen.");
    if (!slow && !levels[TRAFFIC_CLOSED])
        return tr(lang, "Der Verkehr fließt überall.");
    return trf(arena, lang, "Zäh oder Stau: %zu von %zu Abschnitten. Gesperrt: %zu.", slow,
               all->count, levels[TRAFFIC_CLOSED]);
}

/* The slowest first, measured against how fast one could go. */
static int slowest_first(const void *a, const void *b)
{
    const RoadSegment *left = *(const RoadSegment *const *)a,
                      *right = *(const RoadSegment *const *)b;

    if (left->level != right->level)
        return left->level > right->level ? -1 : 1;
    double l = left->kmh / left->free_kmh, r = right->kmh / right->free_kmh;
    if (isfinite(l) && isfinite(r) && l != r)
        return l < r ? -1 : 1;
    return left->thing->id < right->thing->id ? -1 : 1;
}

static int64_t speed_stream(const CityReader *reader, const CityEntity *thing)
{
    const CityLinks *streams = city_links(thing, sta_relation(STA_THING, STR("Datastreams")));

    for (size_t i = 0; i < streams->count; i++) {
        const CityEntity *property = city_linked(streams->items[i], "ObservedProperty");
        if (property && str_is(node_get_text(property->body, "name"), TRAFFIC_SPEED) &&
            city_sees(reader, streams->items[i]))
            return streams->items[i]->id;
    }
    return 0;
}

static void fill_roads(const CityReader *reader, const Request *req, const RoadSegments *all,
                       TrafficPage *page)
{
    const RoadSegment **order = arena_array(req->arena, const RoadSegment *, all->count);

    for (size_t i = 0; i < all->count; i++)
        order[i] = &all->items[i];
    if (all->count)
        qsort(order, all->count, sizeof *order, slowest_first);
    page->roads = arena_array(req->arena, RoadRow, ROAD_ROWS_MAX);
    for (size_t i = 0; i < all->count && page->road_count < ROAD_ROWS_MAX; i++)
        page->roads[page->road_count++] = (RoadRow){
            speed_stream(reader, order[i]->thing), str_copy(req->arena, city_name(order[i]->thing)),
            traffic_level_text(order[i], req->arena, req->lang),
            isnan(order[i]->kmh) ? STR("")
                                 : city_when_text(req->arena, req->lang, order[i]->at, req->today)};
    page->hidden = all->count - page->road_count;
}

/* --- Road works --------------------------------------------------------------------------------
 */

static const char *const FILTER_WORDS[WORK_FILTERS] = {"", "jetzt", "bald", "sperrungen"};
static const char *const FILTER_NAMES[WORK_FILTERS] = {N_("Alle"), N_("Jetzt"), N_("Demnächst"),
                                                       N_("Nur Sperrungen")};

static bool is_shown(const RoadWork *work, int filter, Timestamp now)
{
    bool on = road_work_is_on(work, now);

    if (road_work_is_over(work, now) || work->begins > now + SOON_DAYS * (Timestamp)DAY_MS)
        return false;
    return filter == 0 || (filter == 1 && on) || (filter == 2 && !on) ||
           (filter == 3 && work->restriction <= WORK_NIGHT);
}

static void fill_works(const Request *req, const RoadWorks *all, TrafficPage *page)
{
    int filter = 0;

    for (int i = 0; i < WORK_FILTERS; i++) {
        bool chosen = i && str_is(request_query(req, "zeit"), FILTER_WORDS[i]);
        filter = chosen ? i : filter;
        page->filters[i] = (FilterView){FILTER_WORDS[i], tr(req->lang, FILTER_NAMES[i]), chosen};
    }
    page->filters[0].chosen = filter == 0;
    for (size_t i = 0; i < all->count && page->works.count < WORKS_MAX; i++) {
        const RoadWork *work = &all->items[i];
        if (!is_shown(work, filter, req->now))
            continue;
        WorkRow row = {work->id, work->title, road_work_what(work, req->arena, req->lang),
                       road_work_when(work, req->arena, req->lang, req->now),
                       road_work_is_on(work, req->now)};
        VEC_PUSH(req->arena, &page->works, row);
    }
}

/* --- The page ----------------------------------------------------------------------------------
 */

static Str query_text(const Request *req, const char *name)
{
    Str value = request_query(req, name);

    return value.ptr ? value : STR("");
}

static Str drive_text(const RoadRoute *route, Arena *arena, Str lang)
{
    int minutes = (int)ceil(route->seconds / 60 - 1e-9);
    Buf roads = buf_in(arena);

    for (size_t i = 0; i < route->road_count; i++)
        buf_addf(&roads, "%s%.*s", i ? ", " : "", STR_ARG(route->roads[i]));
    return trf(arena, lang, "%d min für %d m, über %.*s.", minutes < 1 ? 1 : minutes,
               (int)round(route->metres), STR_ARG(buf_str(&roads)));
}

static void fill_drive(const Request *req, const RoadGraph *graph, DriveView *out)
{
    Str from = query_text(req, "von"), to = query_text(req, "nach");
    WayPoint start, goal;
    RoadRoute route;
    Err why = {0};

    out->count = traffic_crossings(graph, from, req->arena, &out->from);
    traffic_crossings(graph, to, req->arena, &out->to);
    if (!request_query(req, "von").ptr && !request_query(req, "nach").ptr)
        return;
    bool begins = way_point_parse(from, &start), ends = way_point_parse(to, &goal);
    if (!begins)
        out->errors[0] = tr(req->lang, "Bitte wählen Sie einen Eintrag aus.");
    if (!ends)
        out->errors[1] = tr(req->lang, "Bitte wählen Sie einen Eintrag aus.");
    else if (str_eq(from, to))
        out->errors[1] = tr(req->lang, "Bitte wählen Sie zwei verschiedene Kreuzungen.");
    if (out->errors[0].len || out->errors[1].len)
        return;
    out->failed = !road_route(graph, start, goal, req->arena, &route, &why);
    out->answer = out->failed ? tr(req->lang, "Dorthin führt im Augenblick keine offene Straße.")
                              : drive_text(&route, req->arena, req->lang);
}

static bool send(Request *req, Response *res, Str title, bool map, Out *out)
{
    PageFrame frame = {.area = AREA_PORTAL,
                       .title = title,
                       .active = STR("/stadtdaten"),
                       .map = map,
                       .script = map ? "city.js" : NULL};

    return page_send(req, res, &frame, out_html(out));
}

bool traffic_page(Request *req, Response *res, Err *err)
{
    TrafficPage page = {.ground = geo_ground(req->tenant)};
    CityReader reader;
    RoadGraph *graph = NULL;
    RoadState state;

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    bool ok = road_state(&reader, &state, err);
    if (ok) {
        page.any = state.segments.count > 0;
        page.bounds = bounds_of(&state, req->arena);
        page.summary = summary_of(&state.segments, req->arena, req->lang);
        fill_roads(&reader, req, &state.segments, &page);
        fill_works(req, &state.works, &page);
        graph = road_graph_of(&state.segments, 0, req->arena);
    }
    city_reader_end(&reader);
    if (!ok)
        return false;
    fill_drive(req, graph, &page.drive);
    if (page.drive.errors[0].len || page.drive.errors[1].len)
        res->status = 400;
    Out out = out_for(req);
    page_traffic(&out, &page);
    return send(req, res, tr(req->lang, "Verkehr"), page.bounds.len > 0, &out);
}

static void add_fact(WorkPage *page, const char *label, Str value, Str lang)
{
    if (value.len)
        page->facts[page->fact_count++] = (FactView){.label = tr(lang, label), .value = value};
}

bool road_work_page(Request *req, Response *res, Err *err)
{
    WorkPage page = {.ground = geo_ground(req->tenant)};
    CityReader reader;
    int64_t id = 0;
    WayBox box = way_box();

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    bool found =
        str_to_i64(request_param(req, "id"), &id) && road_work_find(&reader, id, &page.work);
    city_reader_end(&reader);
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "there are no such road works");
    const RoadWork *work = &page.work;
    page.over = road_work_is_over(work, req->now);
    add_fact(&page, N_("Was"), road_work_what(work, req->arena, req->lang), req->lang);
    add_fact(&page, N_("Wann"), road_work_when(work, req->arena, req->lang, req->now), req->lang);
    add_fact(&page, N_("Straße"), work->road, req->lang);
    add_fact(&page, N_("Umleitung"), work->detour, req->lang);
    add_fact(&page, N_("Quelle"), work->source, req->lang);
    way_box_add(&box, &work->place);
    way_box_add(&box, &work->detour_way);
    page.bounds = page.over ? STR_NONE : way_box_text(&box, req->arena);
    Out out = out_for(req);
    page_road_work(&out, &page);
    return send(req, res, work->title, page.bounds.len > 0, &out);
}

/* --- On the first page of the town's data ------------------------------------------------------
 */

bool traffic_group(CityReader *reader, Str lang, TrafficGroup *out, Err *err)
{
    RoadState state;
    size_t now = 0, soon = 0;

    *out = (TrafficGroup){0};
    if (!road_state(reader, &state, err))
        return false;
    out->any = state.segments.count > 0;
    out->summary = summary_of(&state.segments, reader->arena, lang);
    for (size_t i = 0; i < state.works.count; i++) {
        now += is_shown(&state.works.items[i], 1, reader->now);
        soon += is_shown(&state.works.items[i], 2, reader->now);
    }
    out->works = now || soon;
    out->works_summary = trf(reader->arena, lang, "Jetzt: %zu. Demnächst: %zu.", now, soon);
    return true;
}
