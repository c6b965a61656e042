/* SPDX-License-Identifier: EUPL-1.2 */
/* The files of web/ inside the program: styles, scripts, fonts, icons. The build puts a
 * fingerprint of the content into each path, so a browser may keep a file for ever. */
#pragma once

#include "base/str.h"
#include "core/http/route.h"

typedef struct Asset {
    const char *name; /* "app.css" */
    const char *path; /* "/assets/app-0f2c….css" */
    const char *type; /* media type */
    const char *etag; /* with its quotes */
    Str bytes;
    Str gzip; /* STR_NONE where packing gains nothing */
} Asset;

extern const Asset ASSETS[]; /* ended by a NULL name */

/* By name or by path; NULL when there is none. */
const Asset *asset_find(Str name);
const Asset *asset_by_path(Str path);

/* GET /assets/…; ended by a NULL method. */
extern const Route ASSET_ROUTES[];
