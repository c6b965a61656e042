/* SPDX-License-Identifier: EUPL-1.2 */
/* InfluxDB's line protocol, a line at a time, read in place:
 *
 *     measurement,tag=a,tag2=b field=1.5,other=2i 1700000000000000000
 *
 * A backslash takes the meaning from a comma, a blank, an equals sign and a backslash of names. */
#pragma once

#include "base/str.h"

typedef struct LineField {
    Str name;    /* as written, with its backslashes */
    Str value;   /* as written */
    bool text;   /* it is a text in quotes: no number */
    bool digits; /* a whole number that no double holds; `value` without its last letter */
    double number;
} LineField;

typedef struct LinePoint {
    int line; /* from 1; of texts with a line's end in them the first */
    Str head; /* measurement and tags, as written */
    LineField *items;
    size_t count, capacity;
    bool timed;
    int64_t time;        /* in the unit of who wrote it */
    const char *problem; /* why the line cannot be taken; NULL: it can */
} LinePoint;

typedef struct LineReader {
    Arena *arena; /* of the point's fields */
    const char *at, *end;
    int line;
} LineReader;

LineReader line_reader(Arena *arena, Str text);
/* The next line that is no comment and not empty; its fields take the room of those before. False
 * at the end. */
bool line_next(LineReader *reader, LinePoint *point);

/* The head with its tags in the order of their names: what one series is known by, however its
 * tags were ordered. False, with `problem`, when there is no measurement, a tag has no name or no
 * value, or two have one name. */
bool line_canonical(Arena *arena, Str head, Str *out, const char **problem);
/* The measurement of a head, as written. */
Str line_measurement(Str head);
/* A name without its backslashes. */
Str line_plain(Arena *arena, Str name);
