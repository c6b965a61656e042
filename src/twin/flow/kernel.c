/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of one kernel. */
#include "twin/flow/kernel.h"

#define FLOW_TEXT_OF(name) #name
#define FLOW_TEXT(name) FLOW_TEXT_OF(name)
#define flow_fill_kernel FLOW_FN(flow_fill_kernel)

void flow_fill_kernel(FlowKernel *kernel);

void flow_fill_kernel(FlowKernel *kernel)
{
    *kernel = (FlowKernel){.name = FLOW_TEXT(FLOW_KERNEL),
                           .element = sizeof(Real),
                           .scratch_size = flow_scratch_size,
                           .prepare = flow_prepare,
                           .sweep = flow_sweep,
                           .fill_side = flow_fill_side,
                           .conveyance = flow_conveyance,
                           .keep_maxima = flow_keep_maxima};
    flow_cells(kernel);
}
