/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/desk_traffic.html.h"
#include "city/traffic/words.h"
#include "city/traffic/work_form.h"

#include "city/page/desk.h"
#include "city/page/page.h"
#include "core/page/problem.h"

#include <math.h>
#include <stdlib.h>

#define PATH "/desk/verkehr"
#define PUBLIC_SET "baustellen"
#define INTERNAL_SET "baustellen-intern"

enum { WORK_LINES = 300, OVER_DAYS = 14, MINUTE_MS = 60000 };

/* --- Slower than usual -------------------------------------------------------------------------
 */

typedef struct Slow {
    const RoadSegment *segment;
    double usual;
} Slow;

static int slowest_first(const void *a, const void *b)
{
    const Slow *left = a, *right = b;
    double l = left->segment->kmh / left->usual, r = right->segment->kmh / right->usual;

    return l < r ? -1 : l > r;
}

/* By a fifth at least. */
static bool fill_slow(CityReader *reader, const RoadSegments *all, DeskTraffic *page, Err *err)
{
    static const double SLOWER = 0.8;
    Slow *slow = arena_array(reader->arena, Slow, all->count);
    size_t count = 0;

    for (size_t i = 0; i < all->count; i++) {
        const RoadSegment *segment = &all->items[i];
        double usual = NAN;
        if (isnan(segment->kmh) || segment->closed)
            continue;
        if (!road_usual(reader, segment, &usual, err))
            return false;
        if (segment->kmh < SLOWER * usual)
            slow[count++] = (Slow){segment, usual};
    }
    if (count)
        qsort(slow, count, sizeof *slow, slowest_first);
    for (size_t i = 0; i < count && i < USUAL_ROWS; i++)
        page->slow[page->slow_count++] =
            (UsualRow){str_copy(reader->arena, city_name(slow[i].segment->thing)),
                       str_printf(reader->arena, "%.0f km/h", slow[i].segment->kmh),
                       str_printf(reader->arena, "%.0f km/h", slow[i].usual)};
    return true;
}

/* --- The list ----------------------------------------------------------------------------------
 */

static void fill_works(const CityReader *reader, const RoadWorks *all, DeskTraffic *page)
{
    Timestamp since = reader->now - OVER_DAYS * (Timestamp)STA_MS_PER_DAY;

    page->works = arena_array(reader->arena, WorkLine, WORK_LINES);
    for (size_t i = 0; i < all->count && page->work_count < WORK_LINES; i++) {
        const RoadWork *work = &all->items[i];
        const CityDataset *dataset = city_dataset(reader->rights.all, work->dataset);
        if (road_work_is_over(work, since))
            continue;
        page->works[page->work_count++] = (WorkLine){
            work->id, work->title, road_work_what(work, reader->arena, STR("de")),
            road_work_is_over(work, reader->now)
                ? STR("vorbei")
                : road_work_when(work, reader->arena, STR("de"), reader->now),
            dataset && dataset->access == CITY_PUBLIC ? STR("öffentlich") : STR("intern")};
    }
}

static bool show_list(Request *req, Response *res, const WorkForm *form, Err *err)
{
    static const CityDone DONE[] = {{"angelegt", "Das ist eingetragen."},
                                    {"geaendert", "Das ist geändert."},
                                    {"beendet", "Das ist beendet."},
                                    {0}};
    DeskTraffic *page = arena_new(req->arena, DeskTraffic);
    CityReader reader;
    RoadState state;

    page->form = *form;
    page->notice = city_desk_done(req, DONE);
    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    bool ok = road_state(&reader, &state, err) && fill_slow(&reader, &state.segments, page, err);
    if (ok) {
        page->any = state.segments.count > 0;
        fill_works(&reader, &state.works, page);
        work_form_options(&page->form, &reader, &state.segments);
    }
    city_reader_end(&reader);
    if (!ok)
        return false;
    Out out = out_for(req);
    page_desk_traffic(&out, page);
    return city_desk_send(req, res, PATH, STR("Verkehr"), &out);
}

bool desk_traffic(Request *req, Response *res, Err *err)
{
    return show_list(req, res,
                     &(WorkForm){.title = STR(""),
                                 .kind = STR("baustelle"),
                                 .access = STR("public"),
                                 .segment = STR("")},
                     err);
}

/* --- Saving ------------------------------------------------------------------------------------
 */

/* The dataset of what is entered here, made when it is first needed. */
static bool need_dataset(Hub *hub, const Request *req, bool internal, Err *err)
{
    CityDataset dataset = {.name = internal ? STR(INTERNAL_SET) : STR(PUBLIC_SET),
                           .title = internal ? STR("Baustellen und Sperrungen (intern)")
                                             : STR("Baustellen und Sperrungen"),
                           .licence = STR("dl-de/by-2-0"),
                           .access = internal ? CITY_INTERNAL : CITY_PUBLIC};

    return hub_need_dataset(hub, &dataset, request_actor(req), req->lang, NULL, err);
}

/* What is there stays in its dataset. */
static bool dataset_of(Hub *hub, Request *req, const RoadWork *work, bool internal, Str *out,
                       Err *err)
{
    *out = internal ? STR(INTERNAL_SET) : STR(PUBLIC_SET);
    if (!work->id)
        return need_dataset(hub, req, internal, err);
    hub_hold(hub);
    const CityDataset *found = city_dataset(hub_datasets(hub), work->dataset);
    *out = found ? str_copy(req->arena, found->name) : STR("");
    hub_release(hub);
    return true;
}

static bool store(Request *req, Hub *hub, RoadWork *work, bool internal, const char *what, Err *err)
{
    Str dataset;

    return dataset_of(hub, req, work, internal, &dataset, err) &&
           road_work_save(hub, dataset, work, what, request_actor(req), req, req->now, req->arena,
                          err);
}

/* See no more than whoever reads of these works does: what is public tells of no internal road, nor
 * leads round an internal closure. */
static void see_as_readers_of(CityReader *reader, const RoadWork *work, const WorkForm *form)
{
    const CityDataset *dataset = city_dataset(reader->rights.all, work->dataset);
    bool internal =
        work->id ? dataset && dataset->access == CITY_INTERNAL : work_form_internal(form);

    reader->rights.internal = reader->rights.internal && internal;
}

/* The form with the roads as they are; `work` has what the form does not say. */
static bool read_form(Request *req, WorkForm *form, RoadWork *work, Err *err)
{
    CityReader reader;
    RoadState state;

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    see_as_readers_of(&reader, work, form);
    bool ok =
        road_state(&reader, &state, err) && work_form_read(form, &state.segments, req->arena, work);
    city_reader_end(&reader);
    return ok;
}

bool desk_work_add(Request *req, Response *res, Err *err)
{
    WorkForm form = work_form_typed(req);
    RoadWork work = {.key = STR(""), .version = STR(""), .road = STR(""), .source = STR("")};
    Hub *hub = hub_of(req->tenant, err);

    if (!hub)
        return false;
    if (read_form(req, &form, &work, err) &&
        store(req, hub, &work, work_form_internal(&form), "roadwork.added", err))
        return respond_redirect(req, res, STR(PATH "?getan=angelegt"));
    if (!form.error_count && !problem_take_field(err, req->arena, form.errors, &form.error_count))
        return false;
    res->status = 422;
    return show_list(req, res, &form, err);
}

/* --- One ---------------------------------------------------------------------------------------
 */

static bool find(Request *req, RoadWork *out, Err *err)
{
    CityReader reader;
    int64_t id = 0;

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    bool found = str_to_i64(request_param(req, "id"), &id) && road_work_find(&reader, id, out);
    city_reader_end(&reader);
    return found || err_set(err, ERR_NOT_FOUND, "Diese Baustelle gibt es nicht.");
}

static bool show_one(Request *req, Response *res, WorkForm *form, const RoadWork *work, Err *err)
{
    CityReader reader;
    RoadSegments segments;

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    see_as_readers_of(&reader, work, form);
    road_segments(&reader, &segments);
    work_form_options(form, &reader, &segments);
    city_reader_end(&reader);
    form->id = work->id;
    form->over = road_work_is_over(work, req->now);
    Out out = out_for(req);
    page_desk_work(&out, form);
    return city_desk_send(req, res, PATH, work->title, &out);
}

bool desk_work(Request *req, Response *res, Err *err)
{
    RoadWork work;

    if (!find(req, &work, err))
        return false;
    WorkForm form = work_form_of(&work, req->arena);
    return show_one(req, res, &form, &work, err);
}

bool desk_work_change(Request *req, Response *res, Err *err)
{
    WorkForm form = work_form_typed(req);
    Hub *hub = hub_of(req->tenant, err);
    RoadWork work;

    if (!hub || !find(req, &work, err))
        return false;
    RoadWork before = work;
    if (read_form(req, &form, &work, err) && store(req, hub, &work, false, "roadwork.changed", err))
        return respond_redirect(req, res, STR(PATH "?getan=geaendert"));
    if (!form.error_count && !problem_take_field(err, req->arena, form.errors, &form.error_count))
        return false;
    res->status = 422;
    return show_one(req, res, &form, &before, err);
}

/* What has not begun is over a minute after it would have begun. */
bool desk_work_end(Request *req, Response *res, Err *err)
{
    Hub *hub = hub_of(req->tenant, err);
    RoadWork work;

    if (!hub || !find(req, &work, err))
        return false;
    if (!road_work_is_over(&work, req->now)) {
        if (work.begins > req->now - MINUTE_MS) /* the form has minutes */
            work.begins = req->now - MINUTE_MS;
        work.ends = req->now;
        if (!store(req, hub, &work, false, "roadwork.ended", err))
            return false;
    }
    return respond_redirect(req, res, STR(PATH "?getan=beendet"));
}
