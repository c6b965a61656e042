/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/query/page.h"

#include "city/query/scan.h"
#include "city/sta/plan.h"

/* A query for Observations as it is carried out. */
typedef struct Asked {
    CityReader *reader;
    const StaOptions *options;
    StaPlan plan;
    int64_t feature; /* only those of this feature; 0: of any */
    CityScanOrder order;
    bool sorted_later; /* no scan gives them in the order that is asked for */
    struct {
        const CityEntity **items;
        size_t count, capacity;
    } streams;
    StaEvaluator *rest; /* or NULL: all match */
    CityPage *page;
} Asked;

/* --- Which Datastreams ----------------------------------------------------------------------- */

static bool is_of_key(const CityEntity *entity, StaValue key)
{
    int64_t id;

    return key.type == STA_WHOLE
               ? key.whole == entity->id
               : key.type == STA_TEXT && str_to_i64(key.text, &id) && id == entity->id;
}

static bool in_plan(const StaPlan *plan, const CityEntity *stream)
{
    if (!plan->streams.given)
        return true;
    for (size_t i = 0; i < plan->streams.count; i++)
        if (stream->type == STA_DATASTREAM && is_of_key(stream, plan->streams.items[i]))
            return true;
    return false;
}

static void choose_streams(Asked *asked, const CityScope *scope)
{
    CityReader *reader = asked->reader;
    bool one = scope->parent && scope->parent->series;

    for (uint32_t series = 1; series < reader->graph->series_capacity; series++) {
        const CityEntity *stream = city_of_series(reader->graph, series);
        if (stream && (!one || stream == scope->parent) && city_sees(reader, stream) &&
            in_plan(&asked->plan, stream))
            VEC_PUSH(reader->arena, &asked->streams, stream);
    }
}

/* --- In which order -------------------------------------------------------------------------- */

static bool is_path(const StaOrder *order, const char *property)
{
    const StaExpr *by = order->by->root;

    return by->kind == STA_PATH && by->slot == 0 && by->property && by->steps.count == 0 &&
           strcmp(by->property->name, property) == 0;
}

static void choose_order(Asked *asked)
{
    const StaOrders *orders = &asked->options->orders;
    const StaBounds *bounds = &asked->plan.phenomenon;
    bool bounded = bounds->least != STA_FIRST_INSTANT || bounds->most != STA_LAST_INSTANT;
    bool time = orders->count && is_path(&orders->items[0], "phenomenonTime");
    bool id = orders->count == 1 && is_path(&orders->items[0], "id");

    asked->order = (CityScanOrder){.by_time = time || (!id && bounded),
                                   .backward = (time || id) && orders->items[0].descending,
                                   .from = bounds->least,
                                   .to = bounds->most + 1};
    asked->sorted_later = orders->count > 0 && !id && !(time && orders->count == 1);
}

/* --- Taking ---------------------------------------------------------------------------------- */

static bool matches(Asked *asked, const CityObservation *o, bool *out, Err *err)
{
    const StaBounds *result = &asked->plan.result;
    int64_t feature = o->is.feature ? o->is.feature : o->stream->feature;

    *out = (!asked->feature || feature == asked->feature) &&
           (!asked->plan.result_given ||
            (o->is.result_time != OBS_NONE && o->is.result_time >= result->least &&
             o->is.result_time <= result->most));
    return !*out || !asked->rest || sta_evaluator_matches(asked->rest, o, out, err);
}

static void keep(Asked *asked, const CityObservation *o)
{
    Arena *arena = asked->reader->arena;
    CityObservation *kept = arena_copy(arena, o, sizeof *o);

    kept->is.text = o->is.text.ptr ? str_copy(arena, o->is.text) : STR_NONE;
    kept->is.extra = o->is.extra.ptr ? str_copy(arena, o->is.extra) : STR_NONE;
    VEC_PUSH(arena, asked->page, (const void *)kept);
}

/* Everything that is in the scan is asked for: nothing is left to look at in single ones. */
static bool takes_all(const Asked *asked)
{
    return !asked->rest && !asked->feature && !asked->plan.result_given;
}

static bool count_all(Asked *asked, Err *err)
{
    int64_t from = asked->order.by_time ? asked->order.from : INT64_MIN;
    int64_t to = asked->order.by_time ? asked->order.to : INT64_MAX;
    uint64_t total = 0, one;

    for (size_t i = 0; i < asked->streams.count; i++) {
        if (!obs_count(asked->reader->store, asked->streams.items[i]->series, from, to, &one,
                       err) ||
            (i % 256 == 255 && !city_reader_goes_on(asked->reader, err)))
            return false;
        total += one;
    }
    asked->page->total = (int64_t)total;
    return true;
}

/* The page itself; when the total is asked for and headers do not tell it, all behind it too. */
static bool take_page(Asked *asked, CityScan *scan, Err *err)
{
    uint64_t skip = (uint64_t)asked->options->skip, seen = 0;
    size_t size = city_page_size(asked->reader, asked->options);
    bool all = takes_all(asked), to_end = asked->options->count && !all, match;
    CityObservation o;

    if (all && !city_scan_skip(scan, skip, err))
        return false;
    if (all)
        skip = 0;
    while ((to_end || !asked->page->more) && city_scan_next(scan, &o, err)) {
        if (!matches(asked, &o, &match, err))
            return false;
        if (!match || seen++ < skip)
            continue;
        if (asked->page->count < size)
            keep(asked, &o);
        else
            asked->page->more = true;
    }
    if (to_end)
        asked->page->total = (int64_t)seen;
    return err->kind == ERR_NONE && (!asked->options->count || !all || count_all(asked, err));
}

static bool take_all(Asked *asked, CityScan *scan, Err *err)
{
    CityObservation o;
    bool match;

    while (city_scan_next(scan, &o, err)) {
        if (!matches(asked, &o, &match, err))
            return false;
        if (match)
            keep(asked, &o);
        if (asked->page->count > CITY_SORT_MAX)
            return err_set(err, ERR_TOO_LARGE,
                           "more than %d Observations would have to be sorted. Order by "
                           "phenomenonTime or id, or ask for a shorter time",
                           CITY_SORT_MAX);
    }
    return err->kind == ERR_NONE;
}

/* --- By id ----------------------------------------------------------------------------------- */

static bool has(const Asked *asked, const CityEntity *stream)
{
    for (size_t i = 0; i < asked->streams.count; i++)
        if (asked->streams.items[i] == stream)
            return true;
    return false;
}

static bool take_ids(Asked *asked, Err *err)
{
    const StaKeys *ids = &asked->plan.ids;

    for (size_t i = 0; i < ids->count; i++) {
        CityObservation o;
        bool found = false, match = false;
        int64_t id = ids->items[i].whole;
        if ((ids->items[i].type == STA_TEXT && !str_to_i64(ids->items[i].text, &id)) ||
            !city_find_observation(asked->reader, id, &o, &found, err))
            continue;
        if (found && has(asked, o.stream) && matches(asked, &o, &match, err) && match)
            keep(asked, &o);
    }
    return err->kind == ERR_NONE;
}

/* --- All ------------------------------------------------------------------------------------- */

static bool carry_out(Asked *asked, Err *err)
{
    CityPage *page = asked->page;

    if (asked->plan.ids.given || asked->sorted_later) {
        CityScan *scan = city_scan_begin(asked->reader, asked->streams.items, asked->streams.count,
                                         asked->order);
        bool ok = (asked->plan.ids.given ? take_ids(asked, err) : take_all(asked, scan, err)) &&
                  city_sort(asked->reader, asked->options, page, err);
        city_scan_end(scan);
        if (ok)
            city_page_cut(asked->reader, asked->options, page);
        return ok;
    }
    CityScan *scan =
        city_scan_begin(asked->reader, asked->streams.items, asked->streams.count, asked->order);
    bool ok = take_page(asked, scan, err);
    city_scan_end(scan);
    return ok;
}

static bool prepare(Asked *asked, const CityScope *scope, Err *err)
{
    CityReader *reader = asked->reader;
    const StaFilter *filter = asked->options->filter;

    asked->plan = (StaPlan){.phenomenon = {STA_FIRST_INSTANT, STA_LAST_INSTANT}};
    if (filter)
        sta_plan(reader->arena, filter, reader->now, &asked->plan);
    StaFilter *rest = filter ? sta_plan_rest(reader->arena, filter, &asked->plan) : NULL;
    asked->rest = rest ? sta_evaluator_create(rest, &reader->source, reader->now, err) : NULL;
    if (rest && !asked->rest)
        return false;
    if (scope->parent && !scope->parent->series)
        asked->feature = scope->parent->id;
    if (!asked->plan.never)
        choose_streams(asked, scope);
    choose_order(asked);
    return true;
}

bool city_page_of_observations(CityReader *reader, const CityScope *scope,
                               const StaOptions *options, CityPage *out, Err *err)
{
    Asked asked = {.reader = reader, .options = options, .page = out};

    *out = (CityPage){.total = -1};
    bool ok = prepare(&asked, scope, err) && carry_out(&asked, err);
    sta_evaluator_destroy(asked.rest);
    return ok;
}
