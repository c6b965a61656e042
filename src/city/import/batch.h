/* SPDX-License-Identifier: EUPL-1.2 */
/* Observations of a file on their way into the store, many at a time, with the Datastreams that
 * they are of. */
#pragma once

#include "city/import/streams.h"

typedef struct CityBatch {
    CityStreams streams;
    ObsEntry *items;
    size_t count, capacity;
    Timestamp oldest; /* that the dataset keeps; what is older would be refused */
} CityBatch;

/* ERR_NOT_FOUND when the import's dataset is not there. */
bool city_batch_begin(CityBatch *batch, const CityImport *import, CityImportReport *report,
                      Arena *arena, Err *err);
/* One that takes the place of what its series has at its time. `number` is what the batch's streams
 * said. */
bool city_batch_add(CityBatch *batch, uint32_t number, Observation observation, Err *err);
/* To be called once, `ok` or not, which is what it returns: what was added is on disk then; of what
 * failed only what was on disk before stays. */
bool city_batch_end(CityBatch *batch, bool ok, Err *err);
