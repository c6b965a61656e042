/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/work.h"

#include "base/vec.h"
#include "city/import/import.h"
#include "core/page/out.h"

#include <math.h>
#include <stdlib.h>

const char *const WORK_KIND_WORDS[WORK_KINDS] = {"baustelle",     "sperrung", "unfall",
                                                 "veranstaltung", "stau",     "gefahr"};
const char *const WORK_RESTRICTION_WORDS[WORK_RESTRICTIONS] = {"gesperrt", "nachts", "halbseitig",
                                                               "verengt", "keine"};
const char *const WORK_KIND_NAMES[WORK_KINDS] = {N_("Baustelle"), N_("Sperrung"),
                                                 N_("Unfall"),    N_("Veranstaltung"),
                                                 N_("Stau"),      N_("Gefahrenstelle")};
const char *const WORK_RESTRICTION_NAMES[WORK_RESTRICTIONS] = {
    N_("gesperrt"), N_("nachts gesperrt"), N_("halbseitig gesperrt"), N_("verengt"),
    N_("frei befahrbar")};

/* --- Reading -----------------------------------------------------------------------------------
 */

bool road_work_is(const CityEntity *thing)
{
    const Node *properties = node_get(thing->body, "properties");

    return node_get(properties, "einschraenkung") && node_get(properties, "beginn");
}

static Str text_of(const Node *map, const char *name, Arena *arena)
{
    Str text = node_get_text(map, name);

    return text.len ? str_copy(arena, text) : STR("");
}

static bool read_times(const Node *properties, RoadWork *out)
{
    Str ends = node_get_text(properties, "ende");

    return city_moment_parse(node_get_text(properties, "beginn"), INT64_MIN, &out->begins) &&
           (!ends.len || city_moment_parse(ends, INT64_MIN, &out->ends));
}

static bool read_work(const CityReader *reader, const CityEntity *thing, RoadWork *out)
{
    const Node *properties = node_get(thing->body, "properties");
    Arena *arena = reader->arena;
    int kind = str_among(node_get_text(properties, "art"), WORK_KIND_WORDS, WORK_KINDS);
    int restriction = str_among(node_get_text(properties, "einschraenkung"), WORK_RESTRICTION_WORDS,
                                WORK_RESTRICTIONS);

    if (!road_work_is(thing) || !city_sees(reader, thing) || restriction == WORK_RESTRICTIONS)
        return false;
    *out = (RoadWork){.id = thing->id,
                      .dataset = thing->dataset,
                      .key = text_of(properties, "key", arena),
                      .version = text_of(properties, "version", arena),
                      .creator = text_of(properties, "urheber", arena),
                      .title = text_of(thing->body, "name", arena),
                      .road = text_of(properties, TRAFFIC_ROAD, arena),
                      .text = text_of(thing->body, "description", arena),
                      .kind = kind < WORK_KINDS ? (WorkKind)kind : WORK_BUILDING,
                      .restriction = (WorkRestriction)restriction,
                      .detour = text_of(properties, "umleitung", arena),
                      .source = text_of(properties, "quelle", arena)};
    if (!road_work_read_night(node_get_text(properties, "sperrzeit"), out))
        out->night_from = out->night_to = 0;
    const Node *detour = node_get(properties, "umleitungsweg");
    if (detour && !way_of_json(detour, arena, &out->detour_way))
        out->detour_way = (Way){0};
    return read_times(properties, out) &&
           way_of_json(city_place(reader, thing), arena, &out->place);
}

static int by_beginning(const void *a, const void *b)
{
    const RoadWork *left = a, *right = b;

    if (left->begins != right->begins)
        return left->begins < right->begins ? -1 : 1;
    return left->id < right->id ? -1 : left->id > right->id;
}

void road_works(const CityReader *reader, RoadWorks *out)
{
    const CitySet *things = &reader->graph->sets[STA_THING];

    *out = (RoadWorks){0};
    for (size_t i = 0; i < things->count; i++) {
        RoadWork work = {0};
        if (read_work(reader, things->items[i], &work))
            VEC_PUSH(reader->arena, out, work);
    }
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_beginning);
}

bool road_work_find(const CityReader *reader, int64_t id, RoadWork *out)
{
    const CityEntity *thing = city_find(reader->graph, STA_THING, id);

    return thing && read_work(reader, thing, out);
}

/* --- Closing -----------------------------------------------------------------------------------
 */

/* A place is walked in steps of this many metres; each falls to the nearest segments. One that gets
 * LEAST_M of it, or half of a shorter place, is one that the place runs along: so a crossing street
 * is not closed. */
enum { STEP_M = 4, LEAST_M = 20, STEPS_MAX = 5000 };

/* How many steps of the place fall to each segment. */
static size_t *count_steps(const RoadSegments *segments, const Way *place, double length,
                           size_t steps, Arena *arena)
{
    size_t *hits = arena_array(arena, size_t, segments->count);
    WayWalk walk = way_walk(place);

    for (size_t i = 0; i < steps; i++) {
        double at = length * ((double)i + 0.5) / (double)steps;
        road_count_near(segments, way_walk_to(&walk, at), hits);
    }
    return hits;
}

void road_segments_along(const RoadSegments *segments, const Way *place, Arena *arena,
                         RoadPicks *out)
{
    double length = way_length(place);
    size_t steps = (size_t)fmin(fmax(ceil(length / STEP_M), 1), STEPS_MAX);
    size_t *hits = count_steps(segments, place, length, steps, arena);
    double least = fmin(LEAST_M, length / 2) - 1e-9;

    *out = (RoadPicks){0};
    for (size_t i = 0; i < segments->count; i++)
        if (hits[i] && (double)hits[i] * length / (double)steps >= least)
            VEC_PUSH(arena, out, &segments->items[i]);
}

/* --- Nights ------------------------------------------------------------------------------------
 */

static int night_from(const RoadWork *work)
{
    return work->night_from || work->night_to ? work->night_from : 20 * 60;
}

static int night_to(const RoadWork *work)
{
    return work->night_from || work->night_to ? work->night_to : 6 * 60;
}

Str road_work_night(const RoadWork *work, Arena *arena)
{
    int from = night_from(work), to = night_to(work);

    return str_printf(arena, "%02d:%02d-%02d:%02d", from / 60, from % 60, to / 60, to % 60);
}

bool road_work_read_night(Str text, RoadWork *out)
{
    Str to = text, from = str_cut(&to, '-');
    int64_t from_ms, to_ms;

    if (!to.ptr || !sta_clock_parse(from, &from_ms) || !sta_clock_parse(to, &to_ms))
        return false;
    out->night_from = (int)(from_ms / 60000);
    out->night_to = (int)(to_ms / 60000);
    return true;
}

/* From the evening over midnight, or in the middle of one day. */
static bool is_night(const RoadWork *work, Timestamp now)
{
    int minute = minute_in_berlin(now), from = night_from(work), to = night_to(work);

    return from > to ? minute >= from || minute < to : minute >= from && minute < to;
}

bool road_work_closes(const RoadWork *work, Timestamp now)
{
    return road_work_is_on(work, now) && (work->restriction == WORK_CLOSED ||
                                          (work->restriction == WORK_NIGHT && is_night(work, now)));
}

void road_close(RoadSegments *segments, const RoadWorks *works, Timestamp now, Arena *arena)
{
    for (size_t i = 0; i < works->count; i++) {
        const RoadWork *work = &works->items[i];
        RoadPicks closed;
        if (!road_work_closes(work, now))
            continue;
        road_segments_along(segments, &work->place, arena, &closed);
        for (size_t k = 0; k < closed.count; k++) {
            closed.items[k]->closed = true;
            road_set_level(closed.items[k]);
        }
    }
}
