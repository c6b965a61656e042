/* SPDX-License-Identifier: EUPL-1.2 */
/* Observations of a file on their way into the store, many at a time. */
#pragma once

#include "city/import/import.h"

typedef struct CityBatch {
    const CityImport *import;
    CityImportReport *report;
    Arena *arena;
    ObsEntry *items;
    size_t count, capacity;
    Timestamp oldest; /* that the dataset keeps; what is older would be refused */
} CityBatch;

CityBatch city_batch(const CityImport *import, CityImportReport *report, Arena *arena);
/* One that takes the place of what its series has at its time. */
bool city_batch_add(CityBatch *batch, uint32_t series, Observation observation, Err *err);
/* On disk when this returns. */
bool city_batch_flush(CityBatch *batch, Err *err);
