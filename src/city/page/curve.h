/* SPDX-License-Identifier: EUPL-1.2 */
/* A Datastream's numbers over a time as a plot, a table and a sentence. */
#pragma once

#include "city/page/page.h"

/* Fills plot, rows and summary; nothing where there are no numbers. */
bool city_curve(CityReader *reader, const CityEntity *stream, StaTime time, Str lang,
                SeriesPage *page, Err *err);
