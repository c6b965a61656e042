/* SPDX-License-Identifier: EUPL-1.2 */
/* OGC API - Features at /ogc/v1: each dataset that has Things with Locations is a collection, each
 * such Thing one of its features, with the latest values of what it measures. */
#pragma once

#include "city/features/geometry.h"
#include "city/query/reader.h"

/* --- Answers (answer.c) ------------------------------------------------------------------------
 */

typedef struct OgcCall {
    Request *req;
    Response *res;
    Arena *arena;
    Str root; /* "https://host/t/town/ogc/v1" */
} OgcCall;

typedef bool (*OgcHandler)(OgcCall *call, Err *err);

/* Answer as the standard has it: errors as its exceptions, parameters that are not known as one of
 * them unless `properties` may be asked for. */
bool ogc_answer(Request *req, Response *res, OgcHandler handler, bool properties, Err *err);
void ogc_link(const OgcCall *call, Node *links, const char *rel, const char *type,
              const char *title, Str address);
/* An address below the root. */
Str ogc_address(const OgcCall *call, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- Collections (collection.c) ----------------------------------------------------------------
 */

/* Begin to read one dataset; ERR_NOT_FOUND when it is no collection of the caller's. */
bool ogc_reader_begin(OgcCall *call, CityReader *reader, const CityDataset **out, Err *err);
/* Where and when the features are that the reader sees. */
typedef struct OgcExtent {
    OgcBox box; /* in degrees; west > east: nowhere */
    bool timed;
    StaTime time;
    size_t features;
} OgcExtent;
bool ogc_extent(CityReader *reader, OgcExtent *out, Err *err);

/* The collection as the standard describes it, with its extent; `*out` is NULL when it has no
 * feature. */
bool ogc_collection(OgcCall *call, CityReader *reader, const CityDataset *dataset, Node **out,
                    Err *err);

/* --- Features (select.c) -----------------------------------------------------------------------
 */

typedef struct OgcFeature {
    const CityEntity *thing;
    const Node *geometry; /* in degrees */
} OgcFeature;

/* False when the Thing is none: it is not to be seen, or it is nowhere. */
bool ogc_feature(const CityReader *reader, const CityEntity *thing, OgcFeature *out);
/* From the first to the last of what the Thing's Datastreams hold, as far as the reader sees them;
 * `*found` false when they hold nothing. */
bool ogc_feature_time(const CityReader *reader, const OgcFeature *feature, StaTime *out,
                      bool *found, Err *err);
/* The Datastreams and MultiDatastreams of a Thing that the reader sees. */
typedef struct OgcStreams {
    const CityEntity **items;
    size_t count, capacity;
} OgcStreams;
OgcStreams ogc_streams(const CityReader *reader, const CityEntity *thing);

/* One page of features, by id. */
typedef struct OgcPage {
    OgcFeature *items;
    size_t count, capacity;
    int64_t matched; /* of all pages */
    bool more;
} OgcPage;

/* ERR_INPUT when it asks for a property that no feature has. */
bool ogc_select(CityReader *reader, const OgcAsk *ask, OgcPage *out, Err *err);
/* A part of a Thing's `properties`: "adresse.ort"; NULL when there is none. */
const Node *ogc_property(const Node *properties, Str name);

/* --- GeoJSON (write.c) -------------------------------------------------------------------------
 */

/* `links` is NULL for one of many. */
bool ogc_write_feature(CityReader *reader, const OgcFeature *feature, const OgcFrame *frame,
                       const Node *links, Buf *out, Err *err);

/* --- Handlers ----------------------------------------------------------------------------------
 */

bool ogc_landing(Request *req, Response *res, Err *err);
bool ogc_conformance(Request *req, Response *res, Err *err);
bool ogc_api(Request *req, Response *res, Err *err);
bool ogc_collections_get(Request *req, Response *res, Err *err);
bool ogc_collection_get(Request *req, Response *res, Err *err);
bool ogc_items_get(Request *req, Response *res, Err *err);
bool ogc_item_get(Request *req, Response *res, Err *err);
/* tiles.c */
bool ogc_tile_get(Request *req, Response *res, Err *err);
bool ogc_tilejson_get(Request *req, Response *res, Err *err);
