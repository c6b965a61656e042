/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/mpi/exchange.h"

#include <mpi.h>

/* MPI counts in int; longer messages go in pieces. Errors end all processes (MPI_ERRORS_ARE_FATAL).
 */
static const size_t piece = (size_t)1 << 28;

static int length_of(size_t at, size_t size)
{
    return (int)(size - at < piece ? size - at : piece);
}

static void broadcast(void *context, void *data, size_t size)
{
    (void)context;
    for (size_t at = 0; at < size; at += piece)
        MPI_Bcast((char *)data + at, length_of(at, size), MPI_BYTE, 0, MPI_COMM_WORLD);
}

static void send_bytes(void *context, int to, const void *data, size_t size)
{
    (void)context;
    for (size_t at = 0; at < size; at += piece)
        MPI_Send((const char *)data + at, length_of(at, size), MPI_BYTE, to, 0, MPI_COMM_WORLD);
}

static void receive_bytes(void *context, int from, void *data, size_t size)
{
    (void)context;
    for (size_t at = 0; at < size; at += piece)
        MPI_Recv((char *)data + at, length_of(at, size), MPI_BYTE, from, 0, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
}

static void swap_bytes(void *context, int other, const void *out, void *in, size_t size)
{
    (void)context;
    for (size_t at = 0; at < size; at += piece)
        MPI_Sendrecv((const char *)out + at, length_of(at, size), MPI_BYTE, other, 0,
                     (char *)in + at, length_of(at, size), MPI_BYTE, other, 0, MPI_COMM_WORLD,
                     MPI_STATUS_IGNORE);
}

static double least(void *context, double value)
{
    double result;

    (void)context;
    MPI_Allreduce(&value, &result, 1, MPI_DOUBLE, MPI_MIN, MPI_COMM_WORLD);
    return result;
}

const FlowExchange *mpi_exchange_begin(int *argc, char ***argv)
{
    static FlowExchange exchange = {.broadcast = broadcast,
                                    .send = send_bytes,
                                    .receive = receive_bytes,
                                    .swap = swap_bytes,
                                    .least = least};

    /* Threads beside MPI's own thread do not call it. */
    MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &(int){0});
    MPI_Comm_rank(MPI_COMM_WORLD, &exchange.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &exchange.ranks);
    return &exchange;
}

void mpi_exchange_end(void)
{
    MPI_Finalize();
}
