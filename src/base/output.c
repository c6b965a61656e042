/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void output_begin(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            /* Opened the wrong way round; the lowest free number is this one. */
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int output_end(int status)
{
    bool failed = ferror(stdout) != 0;

    errno = 0;
    if (fflush(stdout) == 0 && !failed)
        return status;
    fprintf(stderr,
            "rathaus: standard output cannot be written%s%s: what was printed is not complete\n",
            errno ? ": " : "", errno ? strerror(errno) : "");
    return status ? status : 1;
}
