/* SPDX-License-Identifier: EUPL-1.2 */
/* The series of a dataset, those with the most to look at first. */
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

    if (!obs_latest_until(reader->store, stream->series, reader->now, reader->arena, &latest,
                          &found, err))
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
