/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static ErrKind kind_of(int code)
{
    switch (code) {
    case ENOENT:
    case ENOTDIR: return ERR_NOT_FOUND;
    case EEXIST:
    case ENOTEMPTY: return ERR_CONFLICT;
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EROFS:
    case EMFILE:
    case ENFILE:
    case ENOMEM: return ERR_TEMPORARY;
    default: return ERR_INTERNAL;
    }
}

bool folder_is_full(int code)
{
    return code == ENOSPC || code == EDQUOT;
}

bool folder_failure(Err *err, int code, const char *what, const char *path)
{
    return err_set(err, kind_of(code), "%s: cannot %s: %s%s", path, what, strerror(code),
                   folder_is_full(code) ? "; free space on its disk, or choose another" : "");
}

static bool system_error(Err *err, const char *what, const char *path)
{
    return folder_failure(err, errno, what, path);
}

int folder_open_file(const char *path, size_t max, size_t *size, Err *err)
{
    /* Without waiting for somebody who may write into a pipe. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;
    bool ok = (fd >= 0 && fstat(fd, &st) == 0) || system_error(err, "read", path);

    if (ok && !S_ISREG(st.st_mode))
        ok = err_set(err, ERR_INPUT, "%s: is not a file", path);
    if (ok && (size_t)st.st_size > max)
        ok = err_set(err, ERR_TOO_LARGE, "%s: has %lld bytes, at most %zu are read", path,
                     (long long)st.st_size, max);
    if (ok) {
        *size = (size_t)st.st_size;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

bool folder_read_file(const char *path, size_t max, Arena *arena, Str *out, Err *err)
{
    size_t size, have = 0;
    int fd = folder_open_file(path, max, &size, err);
    bool ok = fd >= 0;

    if (!ok)
        return false;
    char *bytes = arena_alloc_raw(arena, size + 1);
    while (ok && have < size) {
        ssize_t got = read(fd, bytes + have, size - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            ok = system_error(err, "read", path);
        if (got == 0)
            ok = err_set(err, ERR_TEMPORARY,
                         "%s: was shortened while it was read; read it again when nobody writes "
                         "into it",
                         path);
        if (got > 0)
            have += (size_t)got;
    }
    bytes[have] = '\0';
    *out = (Str){bytes, have};
    close(fd);
    return ok;
}

static bool write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, bytes, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes += put;
        size -= (size_t)put;
    }
    return true;
}

static bool sync_parent(const char *path, Err *err)
{
    const char *slash = strrchr(path, '/');
    char *parent = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");

    if (!parent)
        abort();
    bool ok = folder_sync(parent, err);
    free(parent);
    return ok;
}

/* Remove what writers that died have left beside `path`. One that lives holds a lock. */
static void sweep_beside(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    Arena *arena = arena_create(0);
    const char *folder = slash ? arena_printf(arena, "%.*s", (int)(slash - path) + 1, path) : "./";
    const char *prefix = arena_printf(arena, "%s.new-", name);
    Str *names = NULL;
    size_t count = 0;
    Err ignored;

    folder_list(folder, arena, &names, &count, &ignored);
    for (size_t i = 0; i < count; i++) {
        if (names[i].len != strlen(prefix) + 6 || !str_starts_with(names[i], prefix))
            continue;
        const char *left = arena_printf(arena, "%s%.*s", folder, STR_ARG(names[i]));
        int fd = open(left, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
            unlink(left);
        if (fd >= 0)
            close(fd);
    }
    arena_destroy(arena);
}

bool folder_begin_output(NewFile *file, const char *path, mode_t mode, Err *err)
{
    struct stat st;

    *file = (NewFile){.fd = -1};
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return err_set(err, ERR_INPUT, "%s: is no file but a %s; name a file", path,
                       S_ISDIR(st.st_mode) ? "folder" : "device, pipe or socket");
    sweep_beside(path);
    if (!folder_begin_file(file, path, mode, err))
        return false;
    /* On a file system without locks, nothing is swept either. */
    flock(file->fd, LOCK_EX | LOCK_NB);
    return true;
}

bool folder_begin_file(NewFile *file, const char *path, mode_t mode, Err *err)
{
    file->path = strdup(path);
    if (!file->path || asprintf(&file->beside, "%s.new-XXXXXX", path) < 0)
        abort();
    file->fd = mkostemp(file->beside, O_CLOEXEC);
    if (file->fd >= 0 && fchmod(file->fd, mode) == 0)
        return true;
    system_error(err, "write", path);
    folder_abandon_file(file);
    return false;
}

bool folder_add_bytes(NewFile *file, const void *bytes, size_t size, Err *err)
{
    return write_all(file->fd, bytes, size) || system_error(err, "write", file->path);
}

bool folder_finish_file(NewFile *file, Err *err)
{
    int fd = file->fd;
    bool ok = fsync(fd) == 0 || system_error(err, "write", file->path);

    file->fd = -1;
    if (close(fd) != 0 && ok)
        ok = system_error(err, "write", file->path);
    if (ok && rename(file->beside, file->path) != 0)
        ok = system_error(err, "write", file->path);
    ok = ok && sync_parent(file->path, err);
    folder_abandon_file(file);
    return ok;
}

void folder_abandon_file(NewFile *file)
{
    if (file->fd >= 0)
        close(file->fd);
    if (file->beside)
        unlink(file->beside); /* gone already when it was renamed */
    free(file->path);
    free(file->beside);
    *file = (NewFile){.fd = -1};
}

bool folder_fill_file(NewFile *file, Str content, Err *err)
{
    if (folder_add_bytes(file, content.ptr, content.len, err))
        return folder_finish_file(file, err);
    folder_abandon_file(file);
    return false;
}

bool folder_write_file(const char *path, Str content, mode_t mode, Err *err)
{
    NewFile file;

    return folder_begin_file(&file, path, mode, err) && folder_fill_file(&file, content, err);
}

bool folder_try_output(const char *path, Err *err)
{
    NewFile file;
    bool ok = folder_begin_output(&file, path, 0600, err);

    if (ok)
        folder_abandon_file(&file);
    return ok;
}

bool folder_write_output(const char *path, Str content, mode_t mode, Err *err)
{
    NewFile file;

    return folder_begin_output(&file, path, mode, err) && folder_fill_file(&file, content, err);
}

static bool make(const char *path, mode_t mode, Err *err)
{
    if (mkdir(path, mode) == 0)
        return sync_parent(path, err);
    if (errno == EEXIST)
        return folder_exists(path) ||
               err_set(err, ERR_INPUT, "%s: is no folder; name another place", path);
    return system_error(err, "make the folder", path);
}

bool folder_make(const char *path, Err *err)
{
    return make(path, 0700, err);
}

bool folder_make_open(const char *path, Err *err)
{
    return make(path, 0755, err);
}

bool folder_make_writable(const char *path, Err *err)
{
    NewFile file = {.fd = -1};
    Arena *arena = arena_create(0);
    bool ok = folder_make(path, err) &&
              folder_begin_file(&file, arena_printf(arena, "%s/try", path), 0600, err);

    folder_abandon_file(&file);
    arena_destroy(arena);
    if (ok)
        return true;
    Err why = *err;
    return err_set(err, why.kind, "%.900s; name a folder in which files can be made", why.message);
}

bool folder_sync(const char *path, Err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return system_error(err, "open the folder", path);
    bool ok = fsync(fd) == 0 || system_error(err, "sync the folder", path);
    close(fd);
    return ok;
}

bool folder_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool folder_is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int compare_names(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

bool folder_list(const char *path, Arena *arena, Str **names, size_t *count, Err *err)
{
    DIR *dir = opendir(path);
    size_t capacity = 0;

    *names = NULL;
    *count = 0;
    if (!dir)
        return errno == ENOENT || system_error(err, "list the folder", path);
    struct dirent *entry;
    while ((entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (*count == capacity) {
            capacity = capacity ? capacity * 2 : 32;
            Str *grown = arena_array(arena, Str, capacity);
            if (*count)
                memcpy(grown, *names, *count * sizeof **names);
            *names = grown;
        }
        (*names)[(*count)++] = str_copy(arena, str_c(entry->d_name));
    }
    closedir(dir);
    if (*count)
        qsort(*names, *count, sizeof **names, compare_names);
    return true;
}

static bool copy_file(const char *from, const char *to, Err *err)
{
    char buffer[65536];
    int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (in < 0)
        return system_error(err, "read", from);
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0) {
        system_error(err, "write", to);
        close(in);
        return false;
    }
    bool ok = true;
    ssize_t got;
    while (ok && (got = read(in, buffer, sizeof buffer)) != 0) {
        if (got < 0)
            ok = errno == EINTR || system_error(err, "read", from);
        else
            ok = write_all(out, buffer, (size_t)got) || system_error(err, "write", to);
    }
    if (ok && fsync(out) != 0)
        ok = system_error(err, "write", to);
    close(in);
    if (close(out) != 0 && ok)
        ok = system_error(err, "write", to);
    return ok;
}

static bool copy_entry(const char *from, const char *to, Err *err)
{
    struct stat st;

    if (lstat(from, &st) != 0)
        return system_error(err, "read", from);
    if (S_ISREG(st.st_mode))
        return copy_file(from, to, err);
    if (S_ISDIR(st.st_mode))
        return folder_copy(from, to, err);
    return err_set(err, ERR_INPUT, "%s: is neither a file nor a folder; copy its target here",
                   from);
}

bool folder_copy(const char *from, const char *to, Err *err)
{
    Arena *arena = arena_create(0);
    Str *names;
    size_t count;
    bool ok =
        folder_exists(from) || err_set(err, ERR_NOT_FOUND, "%s: there is no such folder", from);

    if (ok && mkdir(to, 0700) != 0)
        ok = system_error(err, "make the folder", to);
    ok = ok && folder_list(from, arena, &names, &count, err);
    for (size_t i = 0; ok && i < count; i++)
        ok = copy_entry(arena_printf(arena, "%s/%.*s", from, STR_ARG(names[i])),
                        arena_printf(arena, "%s/%.*s", to, STR_ARG(names[i])), err);
    arena_destroy(arena);
    return ok && folder_sync(to, err);
}

bool folder_remove(const char *path, Err *err)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return errno == ENOENT || system_error(err, "remove", path);
    if (!S_ISDIR(st.st_mode))
        return unlink(path) == 0 || system_error(err, "remove", path);
    Arena *arena = arena_create(0);
    Str *names;
    size_t count;
    bool ok = folder_list(path, arena, &names, &count, err);
    for (size_t i = 0; ok && i < count; i++)
        ok = folder_remove(arena_printf(arena, "%s/%.*s", path, STR_ARG(names[i])), err);
    arena_destroy(arena);
    return ok && (rmdir(path) == 0 || system_error(err, "remove", path));
}
