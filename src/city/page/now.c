/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/page/now.html.h"

#include "geo/geo.h"

#include <math.h>

enum { ROWS_SHOWN = 3 };

/* --- What is measured ---------------------------------------------------------------------------
 */

static bool of_dataset(const CityEntity *entity, const NowGroup *group)
{
    return entity->dataset == group->dataset->id;
}

static bool is_left_out(const NowGroup *group, const CityEntity *stream, size_t most)
{
    const CityEntity *thing = city_linked(stream, "Thing");

    return group->count == most || (group->no_roads && thing && traffic_is_road(thing));
}

static bool add_row(CityReader *reader, const CityEntity *stream, NowGroup *group, Str lang,
                    Date today, Err *err)
{
    Arena *arena = reader->arena;
    NowRow row = {.id = stream->id,
                  .name = str_copy(arena, city_name(stream)),
                  .value = tr(lang, "noch nichts"),
                  .when = STR("")};
    Observation latest;
    bool found = false;

    if (!obs_latest_until(reader->store, stream->series, reader->now, arena, &latest, &found, err))
        return false;
    if (found) {
        row.value = city_value_text(arena, lang, &latest, city_unit(stream));
        row.when = city_when_text(arena, lang, latest.time, today);
    }
    if (found && latest.time > group->newest) {
        group->newest = latest.time;
        group->when = row.when;
    }
    VEC_PUSH(arena, group, row);
    return true;
}

bool city_group_rows(CityReader *reader, NowGroup *group, size_t most, Str lang, Date today,
                     Err *err)
{
    const CitySet *set = &reader->graph->sets[STA_DATASTREAM];

    for (size_t i = 0; i < set->count; i++) {
        if (!of_dataset(set->items[i], group))
            continue;
        if (is_left_out(group, set->items[i], most))
            group->hidden++;
        else if (!add_row(reader, set->items[i], group, lang, today, err))
            return false;
    }
    return true;
}

/* Things that measure nothing: places. */
static void count_places(const CityReader *reader, NowGroup *group)
{
    const CitySet *set = &reader->graph->sets[STA_THING];
    const StaRelation *streams = sta_relation(STA_THING, STR("Datastreams"));

    for (size_t i = 0; i < set->count; i++)
        group->places +=
            of_dataset(set->items[i], group) && city_links(set->items[i], streams)->count == 0;
}

static bool fill_groups(CityReader *reader, NowPage *page, Str lang, Date today, Err *err)
{
    const CityDatasets *all = reader->rights.all;

    page->groups = arena_array(reader->arena, NowGroup, all->count);
    for (size_t i = 0; i < all->count; i++) {
        NowGroup group = {.dataset =
                              arena_copy(reader->arena, &all->items[i], sizeof all->items[i]),
                          .no_roads = true};
        if (!city_may_see(&reader->rights, group.dataset->id))
            continue;
        group.colour = city_colour(all, group.dataset->id);
        if (!city_group_rows(reader, &group, ROWS_SHOWN, lang, today, err))
            return false;
        count_places(reader, &group);
        if (group.count || group.hidden || group.places)
            page->groups[page->count++] = group;
    }
    page->any = page->count > 0;
    return true;
}

/* --- Where it is ---------------------------------------------------------------------------------
 */

static const Node *point_of(const CityReader *reader, const CityEntity *thing)
{
    const Node *place = city_sees(reader, thing) ? city_place(reader, thing) : NULL;

    return str_is(node_get_text(place, "type"), "Point") ? node_get(place, "coordinates") : NULL;
}

static double number_at(const Node *list, size_t at)
{
    const Node *number = node_at(list, at);
    StaValue value = number ? sta_number_of_text(node_text(number)) : sta_null();

    return sta_is_number(value) ? sta_as_double(value) : NAN;
}

Str city_bounds(const CityReader *reader, int64_t dataset)
{
    const CitySet *things = &reader->graph->sets[STA_THING];
    double west = INFINITY, south = INFINITY, east = -INFINITY, north = -INFINITY;

    for (size_t i = 0; i < things->count; i++) {
        const Node *point = point_of(reader, things->items[i]);
        double x = number_at(point, 0), y = number_at(point, 1);
        if (!isfinite(x) || !isfinite(y) || (dataset && things->items[i]->dataset != dataset))
            continue;
        west = fmin(west, x);
        east = fmax(east, x);
        south = fmin(south, y);
        north = fmax(north, y);
    }
    if (west > east)
        return STR_NONE;
    double margin = 0.002 + 0.05 * fmax(east - west, north - south);
    return str_printf(reader->arena, "%.5f,%.5f,%.5f,%.5f", west - margin, south - margin,
                      east + margin, north + margin);
}

/* What the map's label of a Thing says: its first Datastream and the latest value. */
static bool add_place(CityReader *reader, Request *req, const CityEntity *thing, Buf *out,
                      bool *first, Err *err)
{
    const Node *point = point_of(reader, thing);
    const CityEntity *stream = city_linked(thing, "Datastreams");
    const CityDataset *dataset = city_dataset(reader->rights.all, thing->dataset);
    Observation latest;
    bool found = false;

    if (!point || !dataset)
        return true;
    if (stream && !city_sees(reader, stream))
        stream = NULL;
    if (stream && !obs_latest_until(reader->store, stream->series, reader->now, reader->arena,
                                    &latest, &found, err))
        return false;
    buf_addf(out, "%s{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":",
             *first ? "" : ",");
    *first = false;
    node_write_json(point, out);
    buf_add_c(out, "},\"properties\":{\"name\":");
    json_write_string(out, city_name(thing));
    buf_add_c(out, ",\"dataset\":");
    json_write_string(out, dataset->title);
    buf_addf(out, ",\"place\":%d,\"colour\":\"%s\",\"value\":", !stream,
             city_colour(reader->rights.all, dataset->id));
    json_write_string(out,
                      found ? city_value_text(reader->arena, req->lang, &latest, city_unit(stream))
                            : STR(""));
    buf_add_c(out, ",\"path\":");
    json_write_string(out, stream
                               ? request_url(req, "/stadtdaten/reihe/%lld", (long long)stream->id)
                               : request_url(req, "/stadtdaten/orte/%lld", (long long)thing->id));
    buf_add_c(out, "}}");
    return true;
}

/* The places of one dataset alone, where one is named. */
static bool choose_dataset(CityReader *reader, Str name, Err *err)
{
    const CityDataset *found = name.len ? city_dataset_named(reader->rights.all, name) : NULL;

    if (!name.len)
        return true;
    if (!found || !city_may_see(&reader->rights, found->id))
        return err_set(err, ERR_NOT_FOUND, "Diesen Datensatz gibt es nicht.");
    reader->rights.only = found->id;
    return true;
}

bool city_places(Request *req, Response *res, Err *err)
{
    CityReader reader;
    Buf out = buf_in(req->arena);
    bool first = true;

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    const CitySet *things = &reader.graph->sets[STA_THING];
    bool ok = choose_dataset(&reader, request_query(req, "datensatz"), err);
    buf_add_c(&out, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (size_t i = 0; ok && i < things->count; i++)
        ok = add_place(&reader, req, things->items[i], &out, &first, err);
    buf_add_c(&out, "]}");
    city_reader_end(&reader);
    return ok &&
           respond_bytes(res, req->arena, STR("application/geo+json"), buf_str(&out), STR_NONE);
}

/* --- The page ------------------------------------------------------------------------------------
 */

bool city_now_page(Request *req, Response *res, Err *err)
{
    NowPage page = {.ground = geo_ground(req->tenant)};
    CityReader reader;

    if (!city_warnings(req, &page.warnings, err) || !board_list_public(req, &page.boards, err) ||
        !city_reader_begin(&reader, req, STR(""), err))
        return false;
    bool ok = fill_groups(&reader, &page, req->lang, req->today, err) &&
              traffic_group(&reader, req->lang, &page.traffic, err);
    page.bounds = city_bounds(&reader, 0);
    city_reader_end(&reader);
    if (!ok)
        return false;
    Out out = out_for(req);
    page_city_now(&out, &page);
    PageFrame frame = {.area = AREA_PORTAL,
                       .title = tr(req->lang, "Stadtdaten"),
                       .active = STR("/stadtdaten"),
                       .map = page.bounds.len > 0,
                       .script = page.bounds.len ? "city.js" : NULL};
    return page_send(req, res, &frame, out_html(&out));
}

/* A town that shows nothing has no entry. Asked for each first page: one row answers it. */
bool city_portal_entry(Request *req, PortalEntry *out, Err *err)
{
    int64_t shown = 0;
    Tx *tx = db_read(req->tenant->db, err);
    bool ok =
        tx && tx_query_int(tx, err, &shown,
                           "SELECT 1 FROM city_entity e JOIN city_dataset d ON d.id = e.dataset "
                           "WHERE e.type = 'Thing' AND d.access = 'public' LIMIT 1");

    tx_end(tx);
    if (ok && shown)
        *out = (PortalEntry){.path = STR("/stadtdaten"),
                             .name = tr(req->lang, "Stadtdaten: Was gerade los ist"),
                             .summary =
                                 tr(req->lang,
                                    "Verkehr, Wasser, Luft und Wetter: Sehen Sie, was die Sensoren "
                                    "der Stadt gerade messen.")};
    return ok;
}
