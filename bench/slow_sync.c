/* SPDX-License-Identifier: EUPL-1.2 */
/* A disk that keeps its promises: preloaded, it lets each fsync and fdatasync take at least
 * SLOW_SYNC_US microseconds (2000). The disks of test machines often answer at once from a cache
 * that a power cut would empty; a plain server's disk or a cloud volume takes 1 to 10 ms. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef int Sync(int fd);

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t least_us(void)
{
    const char *asked = getenv("SLOW_SYNC_US");

    return asked ? strtoll(asked, NULL, 10) : 2000;
}

static int slowly(const char *name, int fd)
{
    Sync *real = (Sync *)(intptr_t)dlsym(RTLD_NEXT, name);
    int64_t until = now_us() + least_us();
    int result = real(fd);
    int64_t left = until - now_us();

    if (left > 0) {
        struct timespec rest = {.tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};
        nanosleep(&rest, NULL);
    }
    return result;
}

int fsync(int fd)
{
    return slowly("fsync", fd);
}

int fdatasync(int fd)
{
    return slowly("fdatasync", fd);
}
