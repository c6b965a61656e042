/* SPDX-License-Identifier: EUPL-1.2 */
/* What this room answers, for the engine's table. Rights depend on datasets: the handlers ask. */
#pragma once

#include "city/features/features.h"

#define OGC_ROUTE(path, handler)                                           \
    {                                                                      \
        "GET", "/ogc/v1" path, handler, ACCESS_PUBLIC, NULL, ROUTE_ENGLISH \
    }

#define OGC_ROUTES                                                                     \
    OGC_ROUTE("", ogc_landing), OGC_ROUTE("/conformance", ogc_conformance),            \
        OGC_ROUTE("/api", ogc_api), OGC_ROUTE("/collections", ogc_collections_get),    \
        OGC_ROUTE("/collections/:collection", ogc_collection_get),                     \
        OGC_ROUTE("/collections/:collection/items", ogc_items_get),                    \
        OGC_ROUTE("/collections/:collection/items/:feature", ogc_item_get),            \
        OGC_ROUTE("/collections/:collection/tiles/WebMercatorQuad", ogc_tilejson_get), \
        OGC_ROUTE("/collections/:collection/tiles/WebMercatorQuad/:z/:y/:x", ogc_tile_get)
