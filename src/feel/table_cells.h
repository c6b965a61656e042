/* SPDX-License-Identifier: EUPL-1.2 */
/* What a cell of a table says about values, where that can be known before any value:
 * input by input the values are cut into segments at every value a rule names, and a cell
 * covers a set of them. The analysis and the index are built on this. */
#pragma once

#include "feel/table.h"

typedef struct Segment {
    FeelValue low;  /* a point: low; null: from the beginning */
    FeelValue high; /* a stretch between, both excluded; null: to the end */
    bool point;
    bool other; /* texts that no rule names */
} Segment;

typedef struct Column {
    Segment *items;
    size_t count;
    size_t capacity;
} Column;

/* Add every value the cell names as a point; false when the cell is not understood
 * because it computes or compares with other names. */
bool cell_points(Arena *arena, const Term *cell, Column *points);
/* Does an understood cell cover the segment? Segments never cross a value it names. */
bool cell_covers(const Term *cell, const Segment *segment);
/* Sort points and drop equal ones. Truths come with false first. */
void points_sort(Column *points);
/* Points and the stretches around them, in order: one more stretch than points. */
Column points_stretches(Arena *arena, const Column *points);
