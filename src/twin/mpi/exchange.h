/* SPDX-License-Identifier: EUPL-1.2 */
/* The flow solver's exchange between processes, over MPI. The only room that knows MPI. */
#pragma once

#include "twin/flow/flow.h"

/* Begin MPI. The exchange lives until mpi_exchange_end(). */
const FlowExchange *mpi_exchange_begin(int *argc, char ***argv);
void mpi_exchange_end(void);
