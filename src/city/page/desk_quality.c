/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/page/desk_quality.html.h"
#include "city/page/quality_page.h"

#include <stdlib.h>

/* How much there is to look at: silence before gaps, gaps before single values. */
static double weight(const Quality *quality)
{
    return (quality->silent || !quality->values ? 1e6 : 0) +
           1e3 * (1 - quality_completeness(quality)) + 100 * (double)quality->found[QUALITY_STILL] +
           (double)(quality->found[QUALITY_OUTLIER] + quality->found[QUALITY_MARKED] +
                    quality->found[QUALITY_GAP]);
}

static int by_weight(const void *a, const void *b)
{
    const QualityLine *x = a, *y = b;
    double one = weight(&x->quality), other = weight(&y->quality);

    return one != other ? (one > other ? -1 : 1) : (x->id > y->id) - (x->id < y->id);
}

/* Nothing came in all these days: how long is it silent? */
static bool look_further_back(CityReader *reader, const CityEntity *stream, QualityLine *line,
                              Err *err)
{
    Observation latest;
    bool found;

    if (!obs_latest(reader->store, &stream->series, 1, reader->arena, &latest, &found, err))
        return false;
    line->quality.silent = found && latest.time < reader->now ? reader->now - latest.time : 0;
    line->completeness = 0;
    return true;
}

static bool fill_line(CityReader *reader, const CityEntity *stream, QualityLine *line, Err *err)
{
    StaTime time = {.start = reader->now - QUALITY_DAYS * (int64_t)STA_MS_PER_DAY,
                    .end = reader->now};
    bool whole;

    if (!city_quality(reader, stream, time, reader->arena, &line->quality, &whole, err))
        return false;
    line->id = stream->id;
    line->name = str_copy(reader->arena, city_name(stream));
    line->completeness = quality_completeness(&line->quality);
    return line->quality.values || look_further_back(reader, stream, line, err);
}

bool city_quality_list(CityReader *reader, const CityDataset *dataset, QualityList *out, Err *err)
{
    *out = (QualityList){0};
    for (uint32_t series = 1; series < reader->graph->series_capacity; series++) {
        const CityEntity *stream = city_of_series(reader->graph, series);
        QualityLine line;
        if (!stream || stream->dataset != dataset->id || stream->type != STA_DATASTREAM ||
            out->all++ >= QUALITY_LIST_MAX)
            continue;
        if (!fill_line(reader, stream, &line, err) || !city_reader_goes_on(reader, err))
            return false;
        out->remarkable += !line.quality.values || !quality_is_good(&line.quality);
        VEC_PUSH(reader->arena, out, line);
    }
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_weight);
    return true;
}

static bool read_list(Request *req, const char *param, QualityPage *page, Err *err)
{
    CityReader reader;

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    const CityDataset *dataset = city_dataset_named(reader.rights.all, request_param(req, param));
    bool ok = dataset && city_may_see(&reader.rights, dataset->id)
                  ? city_quality_list(&reader, dataset, &page->list, err)
                  : err_set(err, ERR_NOT_FOUND, "there is no such dataset");
    if (ok) {
        page->name = str_copy(req->arena, dataset->name);
        page->title = str_copy(req->arena, dataset->title);
    }
    city_reader_end(&reader);
    return ok;
}

bool desk_quality(Request *req, Response *res, Err *err)
{
    QualityPage page = {0};

    if (!read_list(req, "name", &page, err))
        return false;
    Out out = out_for(req);
    page_desk_quality(&out, &page);
    PageFrame frame = {.area = AREA_DESK,
                       .title = str_printf(req->arena, "Datenqualität: %.*s", STR_ARG(page.title)),
                       .active = STR("/desk/stadtdaten")};
    return page_send(req, res, &frame, out_html(&out));
}

/* --- For programs --------------------------------------------------------------------------------
 */

static void set_count(Arena *arena, Node *node, const char *name, uint64_t count)
{
    node_set(arena, node, str_c(name), node_int(arena, (int64_t)count));
}

static Node *line_node(const QualityLine *line, Arena *arena)
{
    static const char *const NAMES[QUALITY_KINDS] = {[QUALITY_GAP] = "gaps",
                                                     [QUALITY_STILL] = "still",
                                                     [QUALITY_OUTLIER] = "outliers",
                                                     [QUALITY_MARKED] = "marked"};
    Node *out = node_map(arena);

    node_set(arena, out, STR("@iot.id"), node_int(arena, line->id));
    node_set(arena, out, STR("name"), node_string(arena, line->name));
    set_count(arena, out, "observations", line->quality.values);
    node_set(arena, out, STR("completeness"),
             node_number(arena, str_printf(arena, "%.4f", line->completeness)));
    set_count(arena, out, "interval_ms", (uint64_t)line->quality.interval);
    set_count(arena, out, "longest_gap_ms", (uint64_t)line->quality.longest_gap);
    set_count(arena, out, "silent_ms", (uint64_t)line->quality.silent);
    for (size_t kind = 0; kind < QUALITY_KINDS; kind++)
        set_count(arena, out, NAMES[kind], line->quality.found[kind]);
    return out;
}

bool city_quality_get(Request *req, Response *res, Err *err)
{
    QualityPage page = {0};
    Node *out = node_map(req->arena), *streams = node_list(req->arena);

    if (!read_list(req, "dataset", &page, err))
        return false;
    for (size_t i = 0; i < page.list.count; i++)
        node_append(req->arena, streams, line_node(&page.list.items[i], req->arena));
    node_set(req->arena, out, STR("dataset"), node_string(req->arena, page.name));
    node_set(req->arena, out, STR("days"), node_int(req->arena, QUALITY_DAYS));
    set_count(req->arena, out, "datastreams", page.list.all);
    set_count(req->arena, out, "remarkable", page.list.remarkable);
    node_set(req->arena, out, STR("value"), streams);
    return respond_json(res, 200, out, req->arena);
}
