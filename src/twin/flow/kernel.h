/* SPDX-License-Identifier: EUPL-1.2 */
/* What the parts of a kernel call of each other. Every kernel compiles the same
 * files with its own FLOW_KERNEL, which becomes part of each name. */
#pragma once

#include "twin/flow/sweep_rows.h"

#define FLOW_PASTE(a, b) a##_##b
#define FLOW_OWN(name, kernel) FLOW_PASTE(name, kernel)
#define FLOW_FN(name) FLOW_OWN(name, FLOW_KERNEL)

#define flow_scratch_size FLOW_FN(flow_scratch_size)
#define flow_prepare FLOW_FN(flow_prepare)
#define flow_sweep FLOW_FN(flow_sweep)
#define flow_edge_row FLOW_FN(flow_edge_row)
#define flow_edge_west FLOW_FN(flow_edge_west)
#define flow_edge_east FLOW_FN(flow_edge_east)
#define flow_fill_row FLOW_FN(flow_fill_row)
#define flow_fill_side FLOW_FN(flow_fill_side)
#define flow_conveyance FLOW_FN(flow_conveyance)
#define flow_fall_row FLOW_FN(flow_fall_row)
#define flow_drag_row FLOW_FN(flow_drag_row)
#define flow_soak FLOW_FN(flow_soak)
#define flow_keep_maxima FLOW_FN(flow_keep_maxima)
#define flow_cells FLOW_FN(flow_cells)

size_t flow_scratch_size(const FlowStrip *strip);
void flow_prepare(FlowSweep *plan);
void flow_sweep(FlowSweep *plan);

/* Replace the fluxes of `count` faces at the north or south side by what its rule says. `inner` is
 * the row beside it. */
void flow_edge_row(FlowSweep *plan, FlowSide side, int column, int count, Row inner,
                   const Real *depth_slope, Faces faces, const RowStep *step);
/* The same for the first face of a row, where a chunk begins with it, and for the last, where it
 * ends a chunk of `count` cells from `column` on. `faces` and `depth_slope` are the chunk's. */
void flow_edge_west(FlowSweep *plan, int row, int column, Row inner, const Real *depth_slope,
                    Faces faces, const RowStep *step);
void flow_edge_east(FlowSweep *plan, int row, int column, int count, Row inner,
                    const Real *depth_slope, Faces faces, const RowStep *step);
/* The cells left and right of a row. */
void flow_fill_row(FlowStrip *strip, FlowState *state, int row, const FlowEdge *edges);
void flow_fill_side(FlowStrip *strip, FlowState *state, FlowSide side, FlowBoundaryKind kind);
void flow_conveyance(const FlowStrip *strip, FlowSide side, const double *terrain, double lowest,
                     double *weights);
/* Rain of this step on each cell of a row; even units where `shift` is 1. */
void flow_fall_row(const FlowSweep *plan, int row, int shift, Mass *restrict rain);
/* Drag of a row for friction_of_depth(); the same in all rows where the strip has none per cell. */
void flow_drag_row(const FlowSweep *plan, int row, Real *restrict drag);
void flow_soak(FlowStrip *strip, int row, double time, double dt, double dither);
void flow_keep_maxima(FlowStrip *strip, int row, double time, double since, double threshold);
/* The functions for single cells, into the kernel's table. */
void flow_cells(FlowKernel *kernel);
