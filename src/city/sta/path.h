/* SPDX-License-Identifier: EUPL-1.2 */
/* Resource paths (SensorThings 1.1, section 9.2): which entities, which one, which part of it.
 *
 *     /Things(1)/Datastreams('a''b')/Observations/$ref
 *     /Things(1)/properties/address/streets[0]/$value */
#pragma once

#include "city/sta/filter.h"

typedef enum StaPathKind {
    STA_AT_ROOT,
    STA_AT_SET,
    STA_AT_ENTITY,
    STA_AT_PROPERTY,
} StaPathKind;

/* One name of the path with its key. */
typedef struct StaPathPart {
    StaEntity entity;
    const StaRelation *relation; /* NULL: the set at the beginning */
    StaValue key;                /* a whole number or a text; null: none stands there */
} StaPathPart;

typedef struct StaPath {
    StaPathKind kind;
    StaPathPart *items; /* never empty but at the root */
    size_t count, capacity;
    StaEntity entity; /* of the last part */
    const StaProperty *property;
    StaSteps steps; /* into the property */
    bool value;     /* "/$value": as plain text */
    bool links;     /* "/$ref": the addresses alone */
} StaPath;

/* Of the decoded part of the address behind "/v1.1". ERR_NOT_FOUND for a name that there is not,
 * ERR_INPUT for what no path looks like; both say where, and what could stand there. */
bool sta_path_parse(Arena *arena, Str text, StaPath *out, Err *err);
/* In the canonical form, which reads back as the same path: "" or "/Things(1)/name". */
void sta_path_write(const StaPath *path, Buf *out);
