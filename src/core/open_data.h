/* SPDX-License-Identifier: EUPL-1.2 */
/* What a town gives to everybody, as engines tell it for one catalogue (DCAT-AP.de): each adds its
 * datasets, one (cases) writes the catalogue. */
#pragma once

#include "base/clock.h"
#include "base/node.h"
#include "base/vec.h"

/* One way to get a dataset. Addresses are absolute. */
typedef struct OpenFile {
    Str address;
    const char *format;     /* of the EU's list of file types: "CSV" */
    const char *media_type; /* "text/csv" */
    const char *standard;   /* address of what an interface speaks; NULL: it is a file */
} OpenFile;

typedef struct OpenDataset {
    Str id;                          /* unique in the town: behind "#" of the catalogue's address */
    const Node *title, *description; /* texts in one or several languages */
    Str *keywords;
    size_t keyword_count;
    Str licence;           /* an address; STR_NONE: the town's */
    const char *theme;     /* of the EU's list of themes: "GOVE" */
    const char *frequency; /* of the EU's list of frequencies: "MONTHLY" */
    Timestamp changed;     /* 0: not known */
    Str page;              /* for people; or STR_NONE */
    Str bbox;              /* WKT of the rectangle in degrees; or STR_NONE */
    Timestamp from, to;    /* what it tells of; both 0: of now */
    OpenFile *files;
    size_t file_count;
} OpenDataset;

typedef struct OpenDatasets {
    OpenDataset *items;
    size_t count, capacity;
} OpenDatasets;
