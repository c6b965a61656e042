/* SPDX-License-Identifier: EUPL-1.2 */
/* A table as boxes in a grid: each input is cut into segments at every value that a rule names,
 * and a rule covers some of each. A rule with a cell that is not understood counts as "perhaps":
 * it covers all there is of that input, but what it covers is not sure.
 *
 * Boxes that are found to be gaps are put behind the rules, so that the search goes on elsewhere.
 */
#pragma once

#include "feel/table_cells.h"

enum { GRID_MAX_GAPS = 5, GRID_MAX_WORK = 20000000 };

typedef struct Grid {
    Arena *arena;
    const FeelTable *table;
    Column *columns; /* of each input */
    bool ***covers;  /* [rule or gap][input][segment] */
    bool **wide;     /* [rule or gap][input]: covers all there is of this input and those behind */
    size_t gap_count;
    bool *perhaps; /* [rule] */
    size_t **left; /* [input]: scratch of the search */
    size_t work;   /* comparisons made; beyond GRID_MAX_WORK every search gives up */
} Grid;

/* NULL when the values are too many or of a kind that has no segments; `*why` then says so. */
Grid *grid_build(Arena *arena, const FeelTable *table, Str *why);
/* Work for one sort of questions. */
static inline void grid_begin(Grid *g)
{
    g->work = 0;
}
/* Find a cell of the grid inside `within` (NULL: anywhere) that none of the rules in `active`
 * covers; `segments` then says where. */
bool grid_find_uncovered(Grid *g, bool *const *within, const size_t *active, size_t count,
                         size_t *segments);
static inline bool grid_gave_up(const Grid *g)
{
    return g->work > GRID_MAX_WORK;
}
/* Is there a cell that both rules cover? */
bool grid_overlap(Grid *g, size_t x, size_t y, size_t *segments);
/* Make a box of the cell that no rule covers, as large as it goes, and put it among the gaps. */
bool *const *grid_add_gap(Grid *g, const size_t *segments);

/* "x > 5, b = true". */
Str grid_describe_cell(const Grid *g, const size_t *segments);
/* The same of a box; inputs that may have any value are left out. */
Str grid_describe_box(const Grid *g, bool *const *box);
