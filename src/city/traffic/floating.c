/* SPDX-License-Identifier: EUPL-1.2 */
/* Floating cars: where vehicles are and how fast. A message is matched to a road and forgotten;
 * what is kept is the mean of a segment and minute. No message says whose it is, and none is
 * written anywhere. */
#include "city/traffic/api.h"

#include "base/vec.h"
#include "city/hub/watch.h"
#include "city/import/streams.h"
#include "city/traffic/segment.h"

#include <math.h>
#include <stdlib.h>

enum { MINUTE_MS = 60000, MESSAGES_MAX = 10000, PROBLEMS_MAX = 100, OLD_MINUTES = 60 };

/* What stays known of a segment when the hub is let go. */
typedef struct Target {
    int64_t thing;
    Str road, dataset;
} Target;

/* The vehicles of one segment in one minute. */
typedef struct Cell {
    const Target *target;
    Timestamp minute;
    double sum;
    int64_t count;
    uint32_t series;
} Cell;

typedef struct Cells {
    Cell *items;
    size_t count, capacity;
} Cells;

typedef struct Taking {
    Request *req;
    RoadSegments segments;
    Target *targets; /* of each segment */
    Cells cells;
    int64_t matched, unmatched, wrong;
    Node *problems;
} Taking;

/* --- One message -------------------------------------------------------------------------------
 */

typedef struct Message {
    WayPoint at;
    double kmh, heading;
    Timestamp time;
} Message;

static bool read_number(const Node *item, const char *name, double least, double most, double *out,
                        Err *err)
{
    const Node *node = node_get(item, name);
    double value = node_get_real(item, name);

    *out = value;
    return (node && node->kind == NODE_NUMBER && value >= least && value <= most) ||
           err_field(err, name, "\"%s\" is a number from %g to %g", name, least, most);
}

static bool read_time(const Node *item, Timestamp now, Timestamp *out, Err *err)
{
    Str text = node_get_text(item, "time");

    *out = now;
    if (!node_get(item, "time"))
        return true;
    if (!timestamp_parse_iso(text, out) && !city_moment_parse(text, INT64_MIN, out))
        return err_field(err, "time", "\"time\" is like 2027-03-01T09:30:00Z");
    if (*out > now + 5 * MINUTE_MS || *out < now - OLD_MINUTES * MINUTE_MS)
        return err_field(err, "time", "\"time\" is not of the last %d minutes", OLD_MINUTES);
    return true;
}

static bool read_message(const Node *item, Timestamp now, Message *out, Err *err)
{
    if (item->kind != NODE_MAP)
        return err_set(err, ERR_INPUT, "a message is an object with lon, lat and speed");
    out->heading = NAN;
    return read_number(item, "lon", -180, 180, &out->at.x, err) &&
           read_number(item, "lat", -90, 90, &out->at.y, err) &&
           read_number(item, "speed", 0, TRAFFIC_KMH_MAX, &out->kmh, err) &&
           (!node_get(item, "heading") ||
            read_number(item, "heading", 0, 360, &out->heading, err)) &&
           read_time(item, now, &out->time, err);
}

/* --- Segments and minutes ----------------------------------------------------------------------
 */

static void tell_wrong(Taking *taking, size_t place, const Err *why)
{
    Arena *arena = taking->req->arena;

    taking->wrong++;
    if (taking->problems->count >= PROBLEMS_MAX)
        return;
    Node *item = node_map(arena);
    node_set(arena, item, STR("message"), node_int(arena, (int64_t)place));
    node_set(arena, item, STR("problem"), node_string(arena, str_c(why->message)));
    node_append(arena, taking->problems, item);
}

static void take(Taking *taking, const Node *item, size_t place)
{
    Message message;
    WayFoot foot;
    Err why = {0};

    if (!read_message(item, taking->req->now, &message, &why)) {
        tell_wrong(taking, place, &why);
        return;
    }
    const RoadSegment *segment =
        road_match(&taking->segments, message.at, message.heading, TRAFFIC_NEAR_M, &foot);
    if (!segment) {
        taking->unmatched++;
        return;
    }
    taking->matched++;
    Cell cell = {.target = &taking->targets[segment - taking->segments.items],
                 .minute = message.time - message.time % MINUTE_MS,
                 .sum = message.kmh,
                 .count = 1};
    VEC_PUSH(taking->req->arena, &taking->cells, cell);
}

static int by_segment_and_minute(const void *a, const void *b)
{
    const Cell *left = a, *right = b;

    if (left->target != right->target)
        return left->target < right->target ? -1 : 1;
    return left->minute < right->minute ? -1 : left->minute > right->minute;
}

/* One cell of each segment and minute. */
static void merge(Cells *cells)
{
    size_t kept = 0;

    if (cells->count)
        qsort(cells->items, cells->count, sizeof *cells->items, by_segment_and_minute);
    for (size_t i = 0; i < cells->count; i++) {
        Cell *last = kept ? &cells->items[kept - 1] : NULL, cell = cells->items[i];
        if (last && by_segment_and_minute(last, &cell) == 0) {
            last->sum += cell.sum;
            last->count += cell.count;
            continue;
        }
        cells->items[kept++] = cell;
    }
    cells->count = kept;
}

/* Those that the caller may write to: a device's key is for one dataset. */
static void keep_own(RoadSegments *segments, const CityRights *rights)
{
    size_t kept = 0;

    for (size_t i = 0; i < segments->count; i++)
        if (city_may_write(rights, segments->items[i].thing->dataset))
            segments->items[kept++] = segments->items[i];
    segments->count = kept;
}

static void copy_targets(Taking *taking, const CityReader *reader)
{
    const RoadSegments *segments = &taking->segments;

    taking->targets = arena_array(reader->arena, Target, segments->count);
    for (size_t i = 0; i < segments->count; i++) {
        const RoadSegment *segment = &segments->items[i];
        Str dataset = city_dataset(reader->rights.all, segment->thing->dataset)->name;
        taking->targets[i] = (Target){segment->thing->id, str_copy(reader->arena, segment->road),
                                      str_copy(reader->arena, dataset)};
    }
}

/* The hub is let go before messages are matched: they need no more than lines. */
static bool match_all(Taking *taking, const Node *list, Err *err)
{
    CityReader reader;

    if (!city_reader_begin(&reader, taking->req, STR(""), err))
        return false;
    road_segments(&reader, &taking->segments);
    keep_own(&taking->segments, &reader.rights);
    copy_targets(taking, &reader);
    city_reader_end(&reader);
    for (size_t i = 0; i < list->count; i++) {
        if (!city_reader_goes_on(&reader, err))
            return false;
        take(taking, list->items[i], i);
    }
    merge(&taking->cells);
    return true;
}

/* --- Keeping -----------------------------------------------------------------------------------
 */

/* The Datastreams of one dataset. */
typedef struct Kept {
    CityImport import;
    CityImportReport report;
    CityStreams streams;
} Kept;

typedef struct Keeping {
    Hub *hub;
    Request *req;
    struct {
        Kept **items;
        size_t count, capacity;
    } datasets;
} Keeping;

/* NULL with the reason. */
static CityStreams *streams_of(Keeping *keeping, Str dataset, Err *err)
{
    Arena *arena = keeping->req->arena;

    for (size_t i = 0; i < keeping->datasets.count; i++)
        if (str_eq(keeping->datasets.items[i]->import.dataset, dataset))
            return &keeping->datasets.items[i]->streams;
    Kept *kept = arena_new(arena, Kept);
    kept->import = (CityImport){.hub = keeping->hub,
                                .dataset = dataset,
                                .source = STR("floating-cars"),
                                .now = keeping->req->now};
    if (!city_streams_begin(&kept->streams, &kept->import, &kept->report, arena, err))
        return NULL;
    VEC_PUSH(arena, &keeping->datasets, kept);
    return &kept->streams;
}

static bool find_series(Keeping *keeping, Cell *cell, Err *err)
{
    const Target *target = cell->target;
    Arena *arena = keeping->req->arena;
    CityStreams *streams = streams_of(keeping, target->dataset, err);
    CityStreamKey key = {.key = str_printf(arena, "fahrzeuge-%lld", (long long)target->thing),
                         .name = str_printf(arena, "Geschwindigkeit %.*s (fahrende Fahrzeuge)",
                                            STR_ARG(target->road)),
                         .unit = STR("km/h"),
                         .property = STR(TRAFFIC_SPEED),
                         .thing = target->road,
                         .x = NAN,
                         .y = NAN,
                         .thing_id = target->thing};

    return streams && city_stream_series(streams, &key, &cell->series, err);
}

/* What is kept of this minute already is part of the mean. */
static bool add_known(ObsStore *store, Cell *cell, Arena *arena, Err *err)
{
    ObsCursor *cursor =
        obs_read(store, cell->series,
                 (ObsRange){.order = OBS_BY_TIME, .from = cell->minute, .to = cell->minute + 1});
    Observation known;

    while (obs_next(cursor, &known, err)) {
        Err none = {0};
        const Node *extra =
            known.extra.ptr ? node_parse_json(arena, known.extra, NULL, &NODE_LIMITS_REQUEST, &none)
                            : NULL;
        int64_t count = node_get_i64(node_get(extra, "parameters"), "fahrzeuge", 1);
        cell->sum += known.number * (double)count;
        cell->count += count;
    }
    obs_done(cursor);
    return err->kind == ERR_NONE;
}

static ObsEntry entry_of(const Cell *cell, Arena *arena)
{
    double mean = round(cell->sum / (double)cell->count * 10) / 10;
    ObsEntry entry = {cell->series, obs_number(cell->minute, mean)};

    entry.observation.extra =
        str_printf(arena, "{\"parameters\":{\"fahrzeuge\":%lld}}", (long long)cell->count);
    return entry;
}

static bool write_means(Hub *hub, Cells *cells, Arena *arena, Err *err)
{
    ObsEntry *batch = arena_array(arena, ObsEntry, cells->count);

    for (size_t i = 0; i < cells->count; i++) {
        if (!add_known(hub_store(hub), &cells->items[i], arena, err))
            return false;
        batch[i] = entry_of(&cells->items[i], arena);
    }
    return hub_append(hub, batch, cells->count, OBS_REPLACE, NULL, err);
}

static bool keep_all(Taking *taking, Err *err)
{
    Cells *cells = &taking->cells;
    Keeping keeping = {.hub = hub_of(taking->req->tenant, err), .req = taking->req};

    if (!keeping.hub)
        return false;
    if (!cells->count)
        return true;
    for (size_t i = 0; i < cells->count; i++)
        if (!find_series(&keeping, &cells->items[i], err))
            return false;
    hub_begin_adding(keeping.hub);
    bool ok = write_means(keeping.hub, cells, taking->req->arena, err);
    hub_end_adding(keeping.hub);
    return ok;
}

bool traffic_floating_cars(Request *req, Response *res, Err *err)
{
    const Node *list = node_parse_json(req->arena, req->body, NULL, &NODE_LIMITS_REQUEST, err);
    Taking taking = {.req = req, .problems = node_list(req->arena)};
    Node *out = node_map(req->arena);

    if (!list)
        return false;
    if (list->kind != NODE_LIST)
        return err_set(err, ERR_INPUT,
                       "floating cars come as a list: [{\"lon\": 9.96, \"lat\": 51.56, \"speed\": "
                       "32}]");
    if (list->count > MESSAGES_MAX)
        return err_set(err, ERR_TOO_LARGE, "a request has at most %d messages", MESSAGES_MAX);
    if (!match_all(&taking, list, err) || !keep_all(&taking, err))
        return false;
    node_set(req->arena, out, STR("matched"), node_int(req->arena, taking.matched));
    node_set(req->arena, out, STR("no_road"), node_int(req->arena, taking.unmatched));
    node_set(req->arena, out, STR("left_out"), node_int(req->arena, taking.wrong));
    node_set(req->arena, out, STR("problems"), taking.problems);
    return respond_json(res, 200, out, req->arena);
}
