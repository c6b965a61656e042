/* SPDX-License-Identifier: EUPL-1.2 */
/* The data array extension (SensorThings 1.1, section 13). */
#pragma once

#include "city/http/sta.h"

/* POST /CreateObservations: [{"Datastream": {"@iot.id": 1}, "components": ["phenomenonTime",
 * "result"], "dataArray": [["2027-03-01T09:30:00Z", 5], …]}, …]. 201 with one address, or "error",
 * for each row, in order. */
bool sta_create_observations(StaCall *call, Err *err);
