/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/features/crs.h"

#define EPSG "http://www.opengis.net/def/crs/EPSG/0/"

const OgcCrs OGC_CRS[OGC_CRS_COUNT] = {
    {"http://www.opengis.net/def/crs/OGC/1.3/CRS84", NULL, true, false},
    {EPSG "4326", NULL, true, true},
    {EPSG "25832", "EPSG:25832", false, false},
    {EPSG "25833", "EPSG:25833", false, false},
    {EPSG "3857", "EPSG:3857", false, false},
};

const OgcCrs *ogc_crs(Str uri, const char *parameter, Err *err)
{
    for (size_t i = 0; i < OGC_CRS_COUNT; i++)
        if (str_is(uri, OGC_CRS[i].uri))
            return &OGC_CRS[i];
    err_field(err, parameter,
              "%s: \"%.*s\" is no reference system of this collection; its \"crs\" lists them: %s",
              parameter, STR_ARG(str_slice(uri, 0, 100)), OGC_CRS[0].uri);
    return NULL;
}

bool ogc_frame_open(const OgcCrs *crs, OgcFrame *out, Err *err)
{
    *out = (OgcFrame){.crs = crs};
    if (crs->epsg)
        out->way = geo_transform_create(GEO_WGS84, crs->epsg, err);
    return !crs->epsg || out->way;
}

void ogc_frame_close(OgcFrame *frame)
{
    geo_transform_destroy(frame->way);
}
