/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

#include "base/node.h"

/* Is it a geometry, a Feature or a GeometryCollection whose positions are where its type has them,
 * two numbers or more each (RFC 7946, section 3.1)? One without any position is sound as well. */
bool sta_geojson_is_sound(const Node *json);
