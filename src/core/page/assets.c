/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/page/assets.h"
#include "core/page/out.h"

#include <assert.h>

const Asset *asset_find(Str name)
{
    for (const Asset *asset = ASSETS; asset->name; asset++) {
        if (str_is(name, asset->name))
            return asset;
    }
    return NULL;
}

const Asset *asset_by_path(Str path)
{
    for (const Asset *asset = ASSETS; asset->name; asset++) {
        if (str_is(path, asset->path))
            return asset;
    }
    return NULL;
}

/* A page that names a file which was never built in is our mistake, not a visitor's. */
Str asset_path(const char *name)
{
    const Asset *asset = asset_find(str_c(name));

    assert(asset);
    return str_c(asset->path);
}
