/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/import/batch.h"

#include "base/vec.h"
#include "city/hub/keep_clock.h"
#include "city/hub/watch.h"
#include "city/sta/time.h"

enum { BATCH = 20000 };

static bool find_oldest(const CityImport *import, Timestamp *out, Err *err)
{
    hub_hold(import->hub);
    const CityDataset *dataset = city_dataset_named(hub_datasets(import->hub), import->dataset);
    int64_t days = dataset ? dataset->keep_days : 0;
    hub_release(import->hub);
    Timestamp until;

    *out = INT64_MIN;
    if (!days)
        return true;
    if (!keep_clock_read(hub_tenant(import->hub), import->now, &until, err))
        return false;
    *out = until - days * STA_MS_PER_DAY;
    return true;
}

bool city_batch_begin(CityBatch *batch, const CityImport *import, CityImportReport *report,
                      Arena *arena, Err *err)
{
    *batch = (CityBatch){0};
    return find_oldest(import, &batch->oldest, err) &&
           city_streams_begin(&batch->streams, import, report, arena, err);
}

static bool flush(CityBatch *batch, Err *err)
{
    CityStreams *streams = &batch->streams;
    Hub *hub = streams->import->hub;

    if (!city_streams_write(streams, err))
        return false;
    if (!batch->count)
        return true;
    for (size_t i = 0; i < batch->count; i++)
        batch->items[i].series = city_streams_number(streams, batch->items[i].series);
    if (!hub_append(hub, batch->items, batch->count, OBS_REPLACE, NULL, err) ||
        !obs_flush(hub_store(hub), false, err))
        return false;
    streams->report->observations += (int64_t)batch->count;
    batch->count = 0;
    return true;
}

bool city_batch_add(CityBatch *batch, uint32_t number, Observation observation, Err *err)
{
    ObsEntry entry = {number, observation};

    VEC_PUSH(batch->streams.arena, batch, entry);
    return batch->count < BATCH || flush(batch, err);
}

bool city_batch_end(CityBatch *batch, bool ok, Err *err)
{
    ok = ok && flush(batch, err);
    city_streams_end(&batch->streams);
    return ok;
}
