/* SPDX-License-Identifier: EUPL-1.2 */
/* The town's public datasets for its catalogue of open data. */
#pragma once

#include "core/http/request.h"
#include "core/open_data.h"

/* What is internal is left out even when a member of staff asks: others gather the catalogue. */
bool city_open_data(Request *req, OpenDatasets *list, Err *err);
