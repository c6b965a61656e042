/* SPDX-License-Identifier: EUPL-1.2 */
/* The graph as the database has it. */
#pragma once

#include "city/hub/graph.h"
#include "core/store/db.h"

bool city_graph_load(Tx *tx, CityGraph *graph, Err *err);
