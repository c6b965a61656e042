/* SPDX-License-Identifier: EUPL-1.2 */
/* Dataset: the unit of rights, licence, retention and addresses. Every entity belongs to one. */
#pragma once

#include "base/vec.h"
#include "core/http/request.h"
#include "core/store/db.h"

typedef enum CityAccess {
    CITY_PUBLIC,
    CITY_INTERNAL, /* who may read the town's data (city.read) */
} CityAccess;

/* "public" or "internal"; anything else is refused (ERR_INPUT, field "zugang"): what nobody chose
 * is not made public. */
bool city_access_read(Str word, CityAccess *out, Str lang, Err *err);

typedef struct CityDataset {
    int64_t id;
    Str name;    /* [a-z0-9-]: in addresses */
    Str title;   /* German */
    Str licence; /* "dl-de/by-2-0" */
    CityAccess access;
    int64_t keep_days; /* of Observations; 0: for ever */
} CityDataset;

typedef struct CityDatasets {
    CityDataset *items;
    size_t count, capacity;
} CityDatasets;

/* NULL when there is none. */
const CityDataset *city_dataset(const CityDatasets *all, int64_t id);
const CityDataset *city_dataset_named(const CityDatasets *all, Str name);
bool city_datasets_load(Tx *tx, Arena *arena, CityDatasets *out, Err *err);
/* Add it (id 0) or change it, and note who did. ERR_CONFLICT when there is one of the name.
 * Messages are in the language. */
bool city_dataset_write(Tx *tx, CityDataset *dataset, Str actor, Str lang, Err *err);
/* Nothing is in it any more. */
bool city_dataset_remove(Tx *tx, const CityDataset *dataset, Str actor, Err *err);
/* ERR_INPUT with the field when something in it is of no use. */
bool city_dataset_check(const CityDataset *dataset, Str lang, Err *err);

/* What somebody may see: asked for every entity, Observation, count and tile alike. */
typedef struct CityRights {
    const CityDatasets *all;
    bool internal, write; /* may read what is internal, may write */
    bool limited;         /* both hold for one dataset alone: the caller's key is for it */
    int64_t within;       /* that one; 0: it is not there any more */
    int64_t only;         /* nothing but this dataset is asked for; 0: all */
} CityRights;

CityRights city_rights(const Request *req, const CityDatasets *all);
bool city_may_see(const CityRights *rights, int64_t dataset);
bool city_may_write(const CityRights *rights, int64_t dataset);
/* The same, with ERR_FORBIDDEN. */
bool city_need_write(const CityRights *rights, int64_t dataset, Err *err);
