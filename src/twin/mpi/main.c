/* SPDX-License-Identifier: EUPL-1.2 */
/* rathaus-mpi: the same program, whose simulations run on all processes that mpirun started:
 *
 *   mpirun -n 4 rathaus-mpi twin run SCENARIO.yaml --out DIR
 *
 * Process 0 is the program; the others compute strips of its models until it ends. */
#include <stdlib.h>

#include "twin/command.h"
#include "twin/mpi/exchange.h"

/* src/main.c's main, under another name. */
int rathaus_main(int argc, char **argv);

static const FlowExchange *exchange;

static void end(void)
{
    flow_share_end(exchange);
    mpi_exchange_end();
}

int main(int argc, char **argv)
{
    /* The same for OpenMPI's waiting. */
    setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
    twin_begin_with_short_spins(argv);
    exchange = mpi_exchange_begin(&argc, &argv);
    if (exchange->rank > 0) {
        flow_serve(exchange);
        mpi_exchange_end();
        return 0;
    }
    flow_share(exchange);
    atexit(end);
    return rathaus_main(argc, argv);
}
