/* SPDX-License-Identifier: EUPL-1.2 */
/* Open data: counts of registers that a package gives to everybody (`open_data`), as of the first
 * day of the month. Counts below the package's least number are not told, and no sums, so that none
 * can be worked out. Counting is done at most once an hour and kept. */
#pragma once

#include "cases/register.h"
#include "core/http/request.h"
#include "core/open_data.h"
#include "core/tenant.h"

typedef struct OpenSet {
    const OpenData *data;
    const Package *package;
    Date day;          /* what the counts are of */
    Timestamp changed; /* when they last became others */
    const Node *cells; /* list of [value, count] or [value, value, count]; values may be null */
} OpenSet;

/* --- open_data.c ------------------------------------------------------------------------------ */

/* All data sets that the town offers, with their counts. */
bool open_sets(Tenant *tenant, Date today, Timestamp now, Arena *arena, OpenSet **out,
               size_t *count, Err *err);
/* Without what is below the least number; `*hidden` tells how many cells that are. */
Node *open_cells_told(const OpenData *data, const RegisterCell *cells, size_t count, Arena *arena,
                      size_t *hidden);

/* --- open_catalogue.c --------------------------------------------------------------------------
 */

/* DCAT-AP.de 2.0 as JSON-LD. `url` is the absolute address of /daten. */
Node *open_catalogue(const Tenant *tenant, const OpenDatasets *list, Str url, Arena *arena);
Str open_licence(const Tenant *tenant);
/* "Datenlizenz Deutschland – Namensnennung – Version 2.0", or the address of another licence. */
Str open_licence_name(const Tenant *tenant);
Str open_publisher(const Tenant *tenant);

/* --- open_page.c -------------------------------------------------------------------------------
 */

bool open_data_page(Request *req, Response *res, Err *err);
bool open_data_catalogue(Request *req, Response *res, Err *err);
/* The counts of registers for the catalogue. */
bool open_data_add(Request *req, OpenDatasets *list, Err *err);
bool open_data_file(Request *req, Response *res, Err *err);

typedef struct OpenRow {
    Str labels[2];
    int64_t count;
} OpenRow;

typedef struct OpenView {
    Str id, title, csv, json, day, changed;
    Str description;
    Str heads[2];
    size_t head_count;
    OpenRow *rows;
    size_t row_count;
    int64_t least;
} OpenView;

typedef struct OpenPage {
    OpenView *sets;
    size_t count;
    Str licence, licence_name, publisher;
} OpenPage;
