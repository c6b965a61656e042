/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/work_form.h"

#include "city/import/import.h"
#include "core/page/out.h"
#include "core/page/problem.h"

#include <math.h>

enum { SEGMENTS_MAX = 2000, POINTS_MAX = 200, FAR_M = 50000 };

/* --- Filling -----------------------------------------------------------------------------------
 */

static Str segment_label(const CityReader *reader, const RoadSegment *segment)
{
    const CityDataset *dataset = city_dataset(reader->rights.all, segment->thing->dataset);
    bool internal = dataset && dataset->access == CITY_INTERNAL;
    Str name = node_get_text(segment->thing->body, "name");

    return str_printf(reader->arena, "%.*s%s", STR_ARG(name.len ? name : segment->road),
                      internal ? " (intern)" : "");
}

void work_form_options(WorkForm *form, const CityReader *reader, const RoadSegments *segments)
{
    Arena *arena = reader->arena;
    size_t count = segments->count < SEGMENTS_MAX ? segments->count : SEGMENTS_MAX;

    form->segments = arena_array(arena, OptionView, count);
    form->segment_count = count;
    for (size_t i = 0; i < count; i++) {
        Str id = str_printf(arena, "%lld", (long long)segments->items[i].thing->id);
        form->segments[i] = (OptionView){.value = id,
                                         .label = segment_label(reader, &segments->items[i]),
                                         .selected = str_eq(id, form->segment)};
    }
    for (int i = 0; i < WORK_KINDS; i++)
        form->kinds[i] = (OptionView){.value = str_c(WORK_KIND_WORDS[i]),
                                      .label = str_c(WORK_KIND_NAMES[i]),
                                      .selected = str_is(form->kind, WORK_KIND_WORDS[i])};
    for (int i = 0; i < WORK_RESTRICTIONS; i++)
        form->restrictions[i] =
            (OptionView){.value = str_c(WORK_RESTRICTION_WORDS[i]),
                         .label = str_c(WORK_RESTRICTION_NAMES[i]),
                         .selected = str_is(form->restriction, WORK_RESTRICTION_WORDS[i])};
}

bool work_form_internal(const WorkForm *form)
{
    return str_is(form->access, "internal");
}

WorkForm work_form_typed(const Request *req)
{
    return (WorkForm){.title = request_typed(req, "titel"),
                      .text = request_typed(req, "text"),
                      .begins = request_typed(req, "beginn"),
                      .ends = request_typed(req, "ende"),
                      .coordinates = request_typed(req, "koordinaten"),
                      .detour = request_typed(req, "umleitung"),
                      .segment = request_typed(req, "abschnitt"),
                      .kind = request_typed(req, "art"),
                      .restriction = request_typed(req, "einschraenkung"),
                      .night = request_typed(req, "sperrzeit"),
                      .access = request_typed(req, "zugang"),
                      .detour_way = request_typed(req, "weg").len > 0};
}

/* "1.3.2027 07:00", as clocks in Berlin show it. */
static Str moment_text(Timestamp at, Arena *arena)
{
    Date day = date_in_berlin(at);
    int minutes = minute_in_berlin(at);

    return str_printf(arena, "%d.%d.%d %02d:%02d", day.day, day.month, day.year, minutes / 60,
                      minutes % 60);
}

WorkForm work_form_of(const RoadWork *work, Arena *arena)
{
    Buf points = buf_in(arena);

    for (size_t i = 0; i < work->place.count; i++)
        buf_addf(&points, "%.6f, %.6f\n", work->place.points[i].x, work->place.points[i].y);
    return (WorkForm){.id = work->id,
                      .title = work->title,
                      .text = work->text,
                      .begins = moment_text(work->begins, arena),
                      .ends = work->ends ? moment_text(work->ends, arena) : STR(""),
                      .coordinates = buf_str(&points),
                      .detour = work->detour,
                      .segment = STR(""),
                      .kind = str_c(WORK_KIND_WORDS[work->kind]),
                      .restriction = str_c(WORK_RESTRICTION_WORDS[work->restriction]),
                      .night =
                          work->restriction == WORK_NIGHT ? road_work_night(work, arena) : STR(""),
                      .detour_way = work->detour_way.count > 1};
}

/* --- Reading -----------------------------------------------------------------------------------
 */

static bool read_moment(Str text, const char *field, Timestamp *out, Err *err)
{
    return city_moment_parse(text, INT64_MIN, out) ||
           err_field(err, field,
                     "Bitte geben Sie Tag und Uhrzeit an, zum Beispiel: 1.3.2027 07:00");
}

/* A point to a line: "9.9601, 51.5602". */
static bool read_coordinates(Str text, Arena *arena, Way *out, Err *err)
{
    *out = (Way){arena_array(arena, WayPoint, POINTS_MAX), 0};
    for (Str rest = text; rest.ptr;) {
        Str line = str_trim(str_cut(&rest, '\n'));
        WayPoint point;
        if (!line.len)
            continue;
        if (!way_point_parse(line, &point) || out->count == POINTS_MAX)
            return err_field(err, "koordinaten",
                             "Bitte geben Sie in jeder Zeile Länge und Breite in Grad an, zum "
                             "Beispiel: 9.9601, 51.5602 (höchstens %d Zeilen)",
                             POINTS_MAX);
        out->points[out->count++] = point;
    }
    return true;
}

/* Within 50 km of a road of the town, if it has any: who takes latitude for longitude is elsewhere.
 */
static bool check_near(const Way *place, const RoadSegments *segments, Err *err)
{
    double nearest = INFINITY;

    for (size_t i = 0; place->count && i < segments->count; i++) {
        const WayPoint *a = place->points, *b = segments->items[i].way.points;
        nearest = fmin(nearest, way_distance(*a, *b));
    }
    return !(isfinite(nearest) && nearest > FAR_M) ||
           err_field(err, "koordinaten",
                     "Diese Stelle liegt %.0f km von der nächsten Straße der Stadt. Zuerst steht "
                     "die Länge, dann die Breite, zum Beispiel: 9.9601, 51.5602",
                     nearest / 1000);
}

/* From one end of the segment to the other without it. */
static void find_detour(const RoadSegments *segments, const RoadSegment *around, Arena *arena,
                        RoadWork *out)
{
    RoadGraph *graph = road_graph_of(segments, around->thing->id, arena);
    const Way *way = &around->way;
    RoadRoute route;
    Err why = {0};

    if (road_route(graph, way->points[0], way->points[way->count - 1], arena, &route, &why))
        out->detour_way = route.way;
}

static bool read_place(const WorkForm *form, const RoadSegments *segments, Arena *arena,
                       RoadWork *out, Err *err)
{
    int64_t id = 0;
    const RoadSegment *segment =
        str_to_i64(form->segment, &id) ? road_segment_of(segments, id) : NULL;

    if (!form->detour_way)
        out->detour_way = (Way){0};
    if (!segment && form->segment.len)
        return err_field(err, "abschnitt",
                         "Diesen Abschnitt gibt es nicht, oder er ist intern. Was auf einem "
                         "internen Abschnitt ist, tragen Sie bitte als intern ein.");
    if (!segment)
        return read_coordinates(form->coordinates, arena, &out->place, err) &&
               check_near(&out->place, segments, err);
    out->place = (Way){
        arena_copy(arena, segment->way.points, segment->way.count * sizeof *segment->way.points),
        segment->way.count};
    out->road = str_copy(arena, segment->road);
    out->detour_way = (Way){0};
    if (form->detour_way && out->restriction <= WORK_NIGHT)
        find_detour(segments, segment, arena, out);
    return true;
}

/* "20:00 - 5:00 Uhr" */
static bool read_night(Str text, Arena *arena, RoadWork *out, Err *err)
{
    Str to = str_replace(arena, str_replace(arena, text, STR("–"), STR("-")), STR("Uhr"), STR(""));
    Str from = str_trim(str_cut(&to, '-'));
    RoadWork read = *out;

    to = str_trim(to);
    bool ok = road_work_read_night(str_printf(arena, "%s%.*s-%s%.*s", from.len == 4 ? "0" : "",
                                              STR_ARG(from), to.len == 4 ? "0" : "", STR_ARG(to)),
                                   &read);
    if (!ok || read.night_from == read.night_to)
        return err_field(err, "sperrzeit",
                         "Bitte geben Sie an, von wann bis wann gesperrt ist, zum Beispiel: "
                         "20:00 - 5:00");
    *out = read;
    return true;
}

static bool read_kind(const WorkForm *form, RoadWork *out, Err *err)
{
    int kind = str_among(form->kind, WORK_KIND_WORDS, WORK_KINDS);

    if (kind == WORK_KINDS)
        return err_field(err, "art", "Bitte wählen Sie aus, was dort ist.");
    out->kind = (WorkKind)kind;
    return true;
}

static bool read_restriction(const WorkForm *form, Arena *arena, RoadWork *out, Err *err)
{
    int restriction = str_among(form->restriction, WORK_RESTRICTION_WORDS, WORK_RESTRICTIONS);

    if (restriction == WORK_RESTRICTIONS)
        return err_field(err, "einschraenkung", "Bitte wählen Sie aus, was eingeschränkt ist.");
    out->restriction = (WorkRestriction)restriction;
    out->night_from = out->night_to = 0;
    return restriction != WORK_NIGHT || !form->night.len ||
           read_night(form->night, arena, out, err);
}

static bool read_access(const WorkForm *form, const RoadWork *work, Err *err)
{
    return work->id || work_form_internal(form) || str_is(form->access, "public") ||
           err_field(err, "zugang", "Bitte wählen Sie aus, wer es sehen darf.");
}

/* What is wrong goes beside its field. */
static bool look(WorkForm *form, Arena *arena, bool right, Err *err)
{
    return right || (problem_take_field(err, arena, form->errors, &form->error_count), false);
}

bool work_form_read(WorkForm *form, const RoadSegments *segments, Arena *arena, RoadWork *out)
{
    Err err = {0};

    out->title = form->title;
    out->text = form->text;
    out->detour = form->detour;
    out->ends = 0;
    look(form, arena, road_work_check_words(out, STR_NONE, &err), &err);
    look(form, arena, read_kind(form, out, &err), &err);
    look(form, arena, read_restriction(form, arena, out, &err), &err);
    bool placed = look(form, arena, read_place(form, segments, arena, out, &err), &err);
    bool timed = look(form, arena, read_moment(form->begins, "beginn", &out->begins, &err), &err);
    if (form->ends.len)
        timed &= look(form, arena, read_moment(form->ends, "ende", &out->ends, &err), &err);
    if (placed && timed)
        look(form, arena, road_work_check_where_and_when(out, STR_NONE, &err), &err);
    look(form, arena, read_access(form, out, &err), &err);
    return !form->error_count;
}
