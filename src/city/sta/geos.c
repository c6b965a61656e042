/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/geos.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static Geos loaded;
static char failure[300];

static void load(void)
{
    void *library = dlopen("libgeos_c.so.1", RTLD_NOW | RTLD_LOCAL);

    if (!library) {
        snprintf(failure, sizeof failure,
                 "geometries need GEOS, which is missing here: apt-get install libgeos-c1v5 (%s)",
                 dlerror());
        return;
    }
#define GEOS_RESOLVE(name)                                                                     \
    *(void **)&loaded.name = dlsym(library, #name);                                            \
    if (!loaded.name) {                                                                        \
        snprintf(failure, sizeof failure, "libgeos_c.so.1 has no %s: is it Debian's?", #name); \
        return;                                                                                \
    }
    GEOS_FUNCTIONS(GEOS_RESOLVE)
#undef GEOS_RESOLVE
}

const Geos *geos_load(Err *err)
{
    pthread_once(&once, load);
    if (failure[0]) {
        err_set(err, ERR_INTERNAL, "%s", failure);
        return NULL;
    }
    return &loaded;
}
