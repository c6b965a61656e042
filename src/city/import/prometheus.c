/* SPDX-License-Identifier: EUPL-1.2 */
/* Prometheus' remote write into a dataset: each series is a Datastream. */
#include "city/import/batch.h"
#include "city/import/remote_write.h"
#include "city/sta/time.h"

#include <math.h>
#include <snappy-c.h>

enum { UNPACKED_MAX = 64 << 20 };

typedef struct Writing {
    const CityImport *import;
    CityImportReport *report;
    Arena *arena;
    CityBatch batch;
} Writing;

static bool unpack(Str text, Arena *arena, Str *out, Err *err)
{
    size_t size;

    if (snappy_uncompressed_length(text.ptr, text.len, &size) != SNAPPY_OK)
        return err_set(err, ERR_INPUT,
                       "the body is not packed by snappy (Content-Encoding: snappy)");
    if (size > UNPACKED_MAX)
        return err_set(err, ERR_TOO_LARGE, "the body has more than %d MB once it is unpacked",
                       UNPACKED_MAX >> 20);
    char *bytes = arena_alloc_raw(arena, size + 1);
    if (snappy_uncompress(text.ptr, text.len, bytes, &size) != SNAPPY_OK)
        return err_set(err, ERR_INPUT, "the body is damaged: snappy cannot unpack it");
    *out = (Str){bytes, size};
    return true;
}

/* Where it is measured: the machine that was asked, or the job. */
static Str thing_of(const Writing *writing, const RemoteSeries *series)
{
    Str instance = remote_label(series, "instance"), job = remote_label(series, "job");

    if (writing->import->thing.len)
        return writing->import->thing;
    return instance.len ? instance : job.len ? job : writing->import->dataset;
}

/* False with the problem, when the series cannot be taken, or with `err`. */
static bool find_series(Writing *writing, const RemoteSeries *series, uint32_t *out,
                        const char **problem, Err *err)
{
    const CityImport *import = writing->import;
    Str name, key = remote_key(series, writing->arena, &name);
    CityStreamKey stream = {.key = key,
                            .name = key,
                            .unit = import->unit,
                            .property = import->property.len ? import->property : name,
                            .thing = thing_of(writing, series),
                            .x = NAN,
                            .y = NAN};

    *problem = key.len > CITY_KEY_MAX ? "its labels have more than 2000 bytes" : series->problem;
    return !*problem && city_streams_plan(&writing->batch.streams, &stream, out, err);
}

static bool take_series(Writing *writing, const RemoteSeries *series, int at, Err *err)
{
    uint32_t number;
    uint64_t wrong = 0;
    const char *problem;

    if (!find_series(writing, series, &number, &problem, err)) {
        if (problem)
            city_import_wrong(writing->import, writing->report, at, "series %d: %s", at, problem);
        return problem != NULL;
    }
    for (size_t i = 0; i < series->count; i++) {
        const RemoteSample *sample = &series->items[i];
        if (isnan(sample->value)) /* it ended, or there is nothing to tell */
            continue;
        bool good = isfinite(sample->value) && sample->time >= STA_FIRST_INSTANT &&
                    sample->time <= STA_LAST_INSTANT && sample->time >= writing->batch.oldest;
        wrong += !good;
        if (good &&
            !city_batch_add(&writing->batch, number, obs_number(sample->time, sample->value), err))
            return false;
    }
    if (wrong)
        city_import_wrong(writing->import, writing->report, at,
                          "%llu samples are infinite, or before what the dataset keeps",
                          (unsigned long long)wrong);
    return true;
}

bool city_import_prometheus(const CityImport *import, Arena *arena, CityImportReport *out, Err *err)
{
    Writing writing = {.import = import, .report = out, .arena = arena};
    RemoteSeries *series = arena_new(arena, RemoteSeries);
    Str bytes;

    *out = (CityImportReport){.kind = "remote write"};
    if (!unpack(import->text, arena, &bytes, err) ||
        !city_batch_begin(&writing.batch, import, out, arena, err))
        return false;
    RemoteReader reader = remote_reader(arena, bytes);
    bool ok = true;
    while (ok && remote_next(&reader, series)) {
        out->lines++;
        ok = take_series(&writing, series, reader.at, err);
    }
    return city_batch_end(&writing.batch, ok, err) &&
           (!reader.problem || err_set(err, ERR_INPUT, "series %d: %s", reader.at, reader.problem));
}
