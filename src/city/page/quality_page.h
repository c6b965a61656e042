/* SPDX-License-Identifier: EUPL-1.2 */
/* The quality of values, as people read it: on the page of a series, and of all series of a dataset
 * at the desk and for programs. */
#pragma once

#include "city/page/page.h"
#include "city/quality/read.h"

/* "15 Minuten", "3 Tage" */
Str city_span_text(Arena *arena, Str lang, int64_t ms);
/* "98,6 %" */
Str city_percent_text(Arena *arena, Str lang, double share);
/* "Lücke: 3 Stunden ohne Werte" */
Str city_finding_text(Arena *arena, Str lang, const QualityFinding *finding, Str unit);

/* Facts and findings of the time, for the page of a series. */
bool city_series_quality(CityReader *reader, const CityEntity *stream, StaTime time, Str lang,
                         SeriesPage *page, Err *err);

/* --- A dataset (desk_quality.c) ------------------------------------------------------------------
 */

enum { QUALITY_DAYS = 7, QUALITY_LIST_MAX = 500 };

/* One Datastream of it, over the last QUALITY_DAYS days. */
typedef struct QualityLine {
    int64_t id;
    Str name;
    Quality quality;
    double completeness;
} QualityLine;

typedef struct QualityList {
    QualityLine *items;
    size_t count, capacity;
    size_t all;        /* Datastreams that there are: of more than QUALITY_LIST_MAX the first */
    size_t remarkable; /* that have something to look at */
} QualityList;

typedef struct QualityPage {
    Str name, title; /* of the dataset */
    QualityList list;
} QualityPage;

Tone quality_tone(const Quality *quality);
/* "gut", "stumm" */
Str quality_badge(const Quality *quality);
/* Those with the most to look at first. (quality_rank.c) */
bool city_quality_list(CityReader *reader, const CityDataset *dataset, QualityList *out, Err *err);
/* That of the dataset which the address names; ERR_NOT_FOUND in German also for who may not see it.
 */
bool quality_page_read(Request *req, const char *param, QualityPage *page, Err *err);
bool desk_quality(Request *req, Response *res, Err *err);
/* GET /api/v1/city/datasets/:dataset/quality (quality_api.c), for who may see the dataset. */
bool city_quality_get(Request *req, Response *res, Err *err);
