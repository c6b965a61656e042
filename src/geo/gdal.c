/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/gdal.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

/* What we read and write. XYZ and CityGML have readers of their own here. */
static const char *const FORMATS[] = {
    "VRT",    "GTiff",          "COG",        "HFA",        "AAIGrid",
    "MEM",    "GPKG",           "GeoJSON",    "GeoJSONSeq", "ESRI Shapefile",
    "ENVI",   "GRASSASCIIGrid", "FlatGeobuf", "MVT",        "MBTiles",
    "SQLite", "Memory"};

static const char *const OPTIONS[][2] = {
    {"GDAL_PAM_ENABLED", "NO"}, /* no .aux.xml */
    {"GDAL_DISABLE_READDIR_ON_OPEN", "TRUE"},
    {"CPL_VSIL_CURL_ALLOWED_FILENAME", "none"},
    {"GDAL_HTTP_MAX_RETRY", "0"},
    {"GDAL_VRT_ENABLE_PYTHON", "NO"},
    {"PROJ_NETWORK", "OFF"},
    {"AAIGRID_DATATYPE", "Float64"}, /* heights of model channels need more than single precision */
    {"SHAPE_RESTORE_SHX", "NO"},
    {"GDAL_CACHEMAX", "64"}, /* MB */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static Gdal loaded;
static char failure[300];

static bool resolve(void *library)
{
#define GDAL_RESOLVE(name)                                                                    \
    *(void **)&loaded.name = dlsym(library, #name);                                           \
    if (!loaded.name) {                                                                       \
        snprintf(failure, sizeof failure, "libgdal.so.32 has no %s: is it Debian's?", #name); \
        return false;                                                                         \
    }
    GDAL_FUNCTIONS(GDAL_RESOLVE)
#undef GDAL_RESOLVE
    return true;
}

static bool wanted(const char *name)
{
    for (size_t i = 0; i < sizeof FORMATS / sizeof FORMATS[0]; i++)
        if (strcmp(FORMATS[i], name) == 0)
            return true;
    return false;
}

static void load(void)
{
    void *library = dlopen("libgdal.so.32", RTLD_NOW | RTLD_LOCAL);

    if (!library) {
        snprintf(failure, sizeof failure,
                 "maps need GDAL, which is missing here: apt-get install libgdal32 (%s)",
                 dlerror());
        return;
    }
    if (!resolve(library))
        return;
    for (size_t i = 0; i < sizeof OPTIONS / sizeof OPTIONS[0]; i++)
        loaded.CPLSetConfigOption(OPTIONS[i][0], OPTIONS[i][1]);
    loaded.OSRSetPROJEnableNetwork(0);
    loaded.CPLSetErrorHandler(loaded.CPLQuietErrorHandler);
    loaded.GDALAllRegister();
    for (int i = loaded.GDALGetDriverCount() - 1; i >= 0; i--) {
        GDALDriverH driver = loaded.GDALGetDriver(i);
        if (wanted(loaded.GDALGetDriverShortName(driver)))
            continue;
        loaded.GDALDeregisterDriver(driver);
        loaded.GDALDestroyDriver(driver);
    }
}

const Gdal *gdal_load(Err *err)
{
    pthread_once(&once, load);
    if (failure[0]) {
        err_set(err, ERR_INTERNAL, "%s", failure);
        return NULL;
    }
    return &loaded;
}

const char *gdal_said(const Gdal *gdal)
{
    const char *text = gdal->CPLGetLastErrorMsg();

    return text && *text ? text : "the reason is not known";
}
