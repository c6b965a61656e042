/* SPDX-License-Identifier: EUPL-1.2 */
/* A machine that loses its power: preloaded, it ends the program without warning at the DIE_AT-th
 * write or sync of a file. Without DIE_AT it writes how many there were into the file DIE_TELL. */
#undef _FILE_OFFSET_BITS /* both names of pwrite are meant */
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_long count;

static void tick(void)
{
    const char *at = getenv("DIE_AT");

    if (atomic_fetch_add(&count, 1) + 1 == (at ? strtol(at, NULL, 10) : 0))
        kill(getpid(), SIGKILL);
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("DIE_TELL");
    FILE *out = path ? fopen(path, "w") : NULL;

    if (out) {
        fprintf(out, "%ld\n", atomic_load(&count));
        fclose(out);
    }
}

typedef ssize_t Write(int fd, const void *bytes, size_t size, off_t offset);
typedef int Sync(int fd);

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    tick();
    return ((Write *)(intptr_t)dlsym(RTLD_NEXT, "pwrite"))(fd, bytes, size, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
    tick();
    return ((Write *)(intptr_t)dlsym(RTLD_NEXT, "pwrite64"))(fd, bytes, size, offset);
}

int fsync(int fd)
{
    tick();
    return ((Sync *)(intptr_t)dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd)
{
    tick();
    return ((Sync *)(intptr_t)dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
