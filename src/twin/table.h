/* SPDX-License-Identifier: EUPL-1.2 */
/* Tables of numbers and words from CSV files, as spreadsheets write them here: comma, semicolon or
 * tab between values (seen from the first line), a decimal comma where the comma is not between
 * values, lines that begin with # left out. */
#pragma once

#include "twin/remark.h"

#include "twin/flow/flow.h"

typedef struct TableRow {
    const Str *values;
    int line;
} TableRow;

typedef struct Table {
    const char *name; /* of the file, for messages */
    Str *columns;     /* lower case; none when the first line is numbers already */
    size_t column_count;
    TableRow *items;
    size_t count, capacity;
    bool decimal_comma;
} Table;

bool table_parse(Str text, const char *name, Arena *arena, Table *out, Err *err);
bool table_read(const char *path, Arena *arena, Table *out, Err *err);
/* Column of that name, or -1. */
int table_column(const Table *table, const char *name);
/* A finite number. ERR_INPUT names line and column where there is none. */
bool table_number(const Table *table, size_t row, int column, double *out, Err *err);
/* A whole text as a finite number with a decimal point. */
bool decimal_parse(Str text, double *out);

/* What is wrong with a series, for who says it in another language than Err does. */
typedef enum SeriesFaultKind {
    FAULT_NONE,
    FAULT_NO_TABLE, /* not the same number of values in each line */
    FAULT_NO_ROWS,
    FAULT_NO_COLUMN, /* `text` */
    FAULT_GAP,
    FAULT_NO_NUMBER, /* `text` */
    FAULT_NEGATIVE,  /* `value` */
    FAULT_TOO_MUCH,  /* `value` */
    FAULT_NOT_LATER, /* `value` s, `before` s */
    FAULT_TOO_EARLY, /* `value` s */
} SeriesFaultKind;

typedef struct SeriesFault {
    SeriesFaultKind kind;
    int line;
    Str text;
    double value, before;
} SeriesFault;

typedef enum SeriesKind {
    SERIES_RAIN,      /* column mm_per_h */
    SERIES_DISCHARGE, /* m3_per_s, or l_per_s */
    SERIES_LEVEL,     /* level_m */
} SeriesKind;

/* A value over time: the column time_s (or time_min, time_h), ascending, then the kind's. Rain is
 * in mm/h as written and steps; the others are linear between their rows. A row without a value, a
 * time that does not ascend and a number that is none are refused with their line; a step far
 * longer than the others is remarked upon. */
bool series_parse(Str text, const char *name, SeriesKind kind, Arena *arena, FlowSeries *out,
                  Remarks *remarks, Err *err);
/* The same; what is wrong is in `fault` as well. */
bool series_parse_fault(Str text, const char *name, SeriesKind kind, Arena *arena, FlowSeries *out,
                        Remarks *remarks, SeriesFault *fault, Err *err);
bool series_read(const char *path, SeriesKind kind, Arena *arena, FlowSeries *out, Remarks *remarks,
                 Err *err);
