/* SPDX-License-Identifier: EUPL-1.2 */
/* Who may use a data folder at the same time. One server holds `server.lock`; commands hold
 * `commands.lock` together; restore holds both alone. The kernel frees a dead process's locks. */
#include "core/app_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

enum { TURNS = 20, TURN_US = 50000 };

static int lock_one(const char *data_dir, const char *name, int operation, Err *err)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", data_dir, name);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        err_set(err, ERR_TEMPORARY, "%s: cannot be opened: %s", path, strerror(errno));
        return -1;
    }
    if (flock(fd, operation | LOCK_NB) == 0)
        return fd;
    err_set(err, ERR_CONFLICT, "%s: cannot be locked: %s", path, strerror(errno));
    close(fd);
    return -1;
}

/* For the message of the next one who wants it. */
static void sign(int fd)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());

    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)length, 0) != length)
        return; /* only the message of others will be less precise */
}

/* What a killed server was just starting (a mailer, a map maker) holds its lock with it until that
 * runs: who starts the server at once again waits for this moment. */
static int lock_patiently(const char *data_dir, int turns, Err *err)
{
    for (;; turns--) {
        int fd = lock_one(data_dir, "server.lock", LOCK_EX, err);
        if (fd >= 0 || err->kind != ERR_CONFLICT || turns <= 1)
            return fd;
        err_clear(err);
        usleep(TURN_US);
    }
}

static int lock_server(const char *data_dir, int turns, Err *err)
{
    int fd = lock_patiently(data_dir, turns, err);
    char path[4096];
    char holder[32] = "";

    if (fd >= 0) {
        sign(fd);
        return fd;
    }
    if (err->kind != ERR_CONFLICT)
        return -1;
    snprintf(path, sizeof path, "%s/server.lock", data_dir);
    int reader = open(path, O_RDONLY | O_CLOEXEC);
    if (reader >= 0) {
        ssize_t got = read(reader, holder, sizeof holder - 1);
        holder[got > 0 ? strcspn(holder, "\n") : 0] = '\0';
        close(reader);
    }
    err_set(err, ERR_CONFLICT,
            "%s is in use by a running rathaus (process %s); stop that one first, or use another "
            "--data folder",
            data_dir, holder[0] ? holder : "unknown");
    return -1;
}

bool data_lock(const char *data_dir, DataLockKind kind, DataLock *out, Err *err)
{
    *out = (DataLock){-1, -1};
    bool server = kind == DATA_SERVE || kind == DATA_WORK || kind == DATA_ALONE;
    if (server && (out->server = lock_server(data_dir, kind == DATA_SERVE ? TURNS : 1, err)) < 0)
        return false;
    if (kind == DATA_SERVE || kind == DATA_WORK)
        return true;
    out->commands =
        lock_one(data_dir, "commands.lock", kind == DATA_BESIDE ? LOCK_SH : LOCK_EX, err);
    if (out->commands >= 0)
        return true;
    if (err->kind == ERR_CONFLICT && kind == DATA_BESIDE)
        err_set(err, ERR_CONFLICT, "%s is being restored; wait until that is done", data_dir);
    else if (err->kind == ERR_CONFLICT)
        err_set(err, ERR_CONFLICT,
                "%s is in use by another command (backup, verify …); wait until it is done",
                data_dir);
    data_unlock(out);
    return false;
}

void data_unlock(DataLock *lock)
{
    if (lock->server >= 0)
        close(lock->server);
    if (lock->commands >= 0)
        close(lock->commands);
    *lock = (DataLock){-1, -1};
}
