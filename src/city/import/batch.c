/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/import/batch.h"

#include "base/vec.h"
#include "city/hub/watch.h"
#include "city/sta/time.h"

enum { BATCH = 20000 };

static Timestamp oldest_of(const CityImport *import)
{
    hub_hold(import->hub);
    const CityDataset *dataset = city_dataset_named(hub_datasets(import->hub), import->dataset);
    Timestamp oldest = dataset && dataset->keep_days
                           ? import->now - dataset->keep_days * STA_MS_PER_DAY
                           : INT64_MIN;
    hub_release(import->hub);
    return oldest;
}

CityBatch city_batch(const CityImport *import, CityImportReport *report, Arena *arena)
{
    return (CityBatch){
        .import = import, .report = report, .arena = arena, .oldest = oldest_of(import)};
}

bool city_batch_flush(CityBatch *batch, Err *err)
{
    Hub *hub = batch->import->hub;

    if (!batch->count)
        return true;
    if (!hub_append(hub, batch->items, batch->count, OBS_REPLACE, NULL, err) ||
        !obs_flush(hub_store(hub), false, err))
        return false;
    batch->report->observations += (int64_t)batch->count;
    batch->count = 0;
    return true;
}

bool city_batch_add(CityBatch *batch, uint32_t series, Observation observation, Err *err)
{
    ObsEntry entry = {series, observation};

    VEC_PUSH(batch->arena, batch, entry);
    return batch->count < BATCH || city_batch_flush(batch, err);
}
