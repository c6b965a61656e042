/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/share.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder_if_there(const char *base, const char *between, const char *name)
{
    char path[PATH_MAX];
    struct stat info;

    int len = snprintf(path, sizeof path, "%s%s/%s", base, between, name);
    if (len < 0 || (size_t)len >= sizeof path || stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return NULL;
    return realpath(path, NULL);
}

static bool program_folder(char *out, size_t size)
{
    ssize_t len = readlink("/proc/self/exe", out, size - 1);

    if (len <= 0)
        return false;
    out[len] = '\0';
    char *slash = strrchr(out, '/');
    if (slash)
        *slash = '\0';
    return slash != NULL;
}

char *share_folder(const char *name, const char *given, Err *err)
{
    static const char *const BESIDE[] = {"/..", "/../share/rathaus", "/../.."};
    const char *share = getenv("RATHAUS_SHARE");
    char program[PATH_MAX];
    char *found = NULL;

    if (given) {
        found = folder_if_there(given, "", ".");
        if (!found)
            err_set(err, ERR_INPUT, "--%s %s is no folder", name, given);
        return found;
    }
    if (share)
        found = folder_if_there(share, "", name);
    if (!found)
        found = folder_if_there(".", "", name);
    if (!found && program_folder(program, sizeof program))
        for (size_t i = 0; !found && i < sizeof BESIDE / sizeof BESIDE[0]; i++)
            found = folder_if_there(program, BESIDE[i], name);
    if (!found)
        err_set(err, ERR_NOT_FOUND,
                "the folder \"%s\" lies neither in $RATHAUS_SHARE nor here nor beside the program: "
                "name it with --%s",
                name, name);
    return found;
}
