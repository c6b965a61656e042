/* SPDX-License-Identifier: EUPL-1.2 */
/* The files of a package: which belong to it, their limits, and the hash that is its version. */
#include "base/vec.h"
#include "cases/block.h"
#include "cases/package.h"
#include "core/crypto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_FILES = 2000,
    MAX_FILE_BYTES = 4 << 20,
    MAX_PACKAGE_BYTES = 16 << 20,
};

typedef struct Reading {
    Arena *arena;
    Err *err;
    PackageFile *items;
    size_t count, capacity;
    size_t bytes;
    const char *folder; /* for messages */
    bool overlay;
} Reading;

typedef struct Place {
    const char *folder; /* "" for the package's own */
    const char *suffix;
    bool overlay; /* a tenant may replace it */
} Place;

static const Place PLACES[] = {
    {"forms", ".yaml", false},     {"blocks", ".yaml", false},  {"codes", ".csv", true},
    {"tables", ".yaml", true},     {"letters", ".md", true},    {"examples", ".yaml", false},
    {"processes", ".yaml", false}, {"", "service.yaml", false}, {"", "parameters.yaml", true},
    {"phrases", ".md", true},      {"rules", ".yaml", false},   {"runs", ".yaml", false},
    {"", "README.md", false},
};

/* Does a file of this name belong into this folder of a package (or of an overlay)? */
static bool belongs(const Reading *reading, const char *folder, Str name)
{
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
        if (strcmp(PLACES[i].folder, folder) == 0 && str_ends_with(name, PLACES[i].suffix) &&
            (!reading->overlay || PLACES[i].overlay))
            return true;
    return false;
}

static bool folder_belongs(const Reading *reading, const char *folder)
{
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
        if (PLACES[i].folder[0] && strcmp(PLACES[i].folder, folder) == 0 &&
            (!reading->overlay || PLACES[i].overlay))
            return true;
    return false;
}

static bool read_bytes(Reading *reading, int file, const char *path, size_t size, Str *out)
{
    char *bytes = arena_alloc(reading->arena, size + 1);
    size_t have = 0;

    while (have < size) {
        ssize_t got = read(file, bytes + have, size - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set(reading->err, ERR_TEMPORARY, "%s/%s: cannot be read: %s",
                           reading->folder, path, got < 0 ? strerror(errno) : "it became shorter");
        have += (size_t)got;
    }
    *out = (Str){bytes, size};
    return true;
}

static bool add_file(Reading *reading, int folder, const char *name, const char *path)
{
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    Str bytes;
    bool ok;

    if (file < 0 && errno == ELOOP)
        return err_set(reading->err, ERR_INPUT,
                       "%s/%s is a symbolic link: put the file itself there", reading->folder,
                       path);
    if (file < 0)
        return err_set(reading->err, ERR_INPUT, "%s/%s: cannot be opened: %s", reading->folder,
                       path, strerror(errno));
    if (fstat(file, &info) || !S_ISREG(info.st_mode))
        ok = err_set(reading->err, ERR_INPUT, "%s/%s is not a file", reading->folder, path);
    else if (info.st_size > MAX_FILE_BYTES)
        ok = err_set(reading->err, ERR_TOO_LARGE, "%s/%s has more than 4 MiB: make it smaller",
                     reading->folder, path);
    else if (reading->count >= MAX_FILES ||
             (reading->bytes += (size_t)info.st_size) > MAX_PACKAGE_BYTES)
        ok = err_set(reading->err, ERR_TOO_LARGE, "%s: a package has at most %d files and 16 MiB",
                     reading->folder, MAX_FILES);
    else
        ok = read_bytes(reading, file, path, (size_t)info.st_size, &bytes);
    close(file);
    if (!ok)
        return false;
    VEC_PUSH(reading->arena, reading,
             (PackageFile){str_c(arena_strdup(reading->arena, path)), bytes});
    return true;
}

static bool read_directory(Reading *reading, int parent, const char *name, const char *prefix);

static bool read_entry(Reading *reading, DIR *directory, const char *name, const char *prefix)
{
    struct stat info;
    const char *path = prefix[0] ? arena_printf(reading->arena, "%s/%s", prefix, name) : name;

    if (name[0] == '.')
        return true;
    if (fstatat(dirfd(directory), name, &info, AT_SYMLINK_NOFOLLOW))
        return err_set(reading->err, ERR_TEMPORARY, "%s/%s: %s", reading->folder, path,
                       strerror(errno));
    if (S_ISDIR(info.st_mode) && !prefix[0] && folder_belongs(reading, name))
        return read_directory(reading, dirfd(directory), name, name);
    if (S_ISDIR(info.st_mode) || (!S_ISLNK(info.st_mode) && !belongs(reading, prefix, str_c(name))))
        return err_set(reading->err, ERR_INPUT, "%s/%s does not belong into %s: remove it",
                       reading->folder, path,
                       reading->overlay ? "a town's overlay (parameters.yaml, tables/*.yaml, "
                                          "codes/*.csv, letters/*.md, phrases/*.md)"
                                        : "a package (docs/packages.md)");
    return add_file(reading, dirfd(directory), name, path);
}

static bool read_directory(Reading *reading, int parent, const char *name, const char *prefix)
{
    int handle = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = handle < 0 ? NULL : fdopendir(handle);
    bool ok = true;

    if (!directory) {
        int why = errno;
        if (handle >= 0)
            close(handle);
        return err_set(reading->err, why == ENOENT ? ERR_NOT_FOUND : ERR_INPUT,
                       "the folder %s cannot be read: %s", name, strerror(why));
    }
    for (struct dirent *entry; ok && (entry = readdir(directory));)
        ok = read_entry(reading, directory, entry->d_name, prefix);
    closedir(directory);
    return ok;
}

static int by_path(const void *a, const void *b)
{
    return str_compare(((const PackageFile *)a)->path, ((const PackageFile *)b)->path);
}

static PackageFile *find(Reading *reading, Str path)
{
    for (size_t i = 0; i < reading->count; i++)
        if (str_eq(reading->items[i].path, path))
            return &reading->items[i];
    return NULL;
}

static bool read_overlay(Reading *package, const char *overlay)
{
    Reading town = {
        .arena = package->arena, .err = package->err, .folder = overlay, .overlay = true};

    if (!read_directory(&town, AT_FDCWD, overlay, "")) {
        if (package->err->kind != ERR_NOT_FOUND)
            return false;
        err_clear(package->err);
        return true;
    }
    for (size_t i = 0; i < town.count; i++) {
        PackageFile *replaced = find(package, town.items[i].path);
        if (replaced)
            replaced->bytes = town.items[i].bytes;
        else
            VEC_PUSH(package->arena, package, town.items[i]);
    }
    return true;
}

bool package_read_folder(const char *folder, const char *overlay, Arena *arena, PackageFile **files,
                         size_t *count, Err *err)
{
    Reading reading = {.arena = arena, .err = err, .folder = folder};

    if (!read_directory(&reading, AT_FDCWD, folder, ""))
        return false;
    if (!find(&reading, STR("service.yaml")))
        return err_set(err, ERR_INPUT, "%s is not a service package: service.yaml is missing",
                       folder);
    if (overlay && !read_overlay(&reading, overlay))
        return false;
    for (size_t i = 0; i < CORE_BLOCK_COUNT; i++)
        if (!find(&reading, str_c(CORE_BLOCKS[i].path)))
            VEC_PUSH(arena, &reading,
                     (PackageFile){str_c(CORE_BLOCKS[i].path), str_c(CORE_BLOCKS[i].yaml)});
    qsort(reading.items, reading.count, sizeof *reading.items, by_path);
    *files = reading.items;
    *count = reading.count;
    return true;
}

/* One line a file: the path, NUL, the SHA-256 of its bytes. */
Str package_version(const PackageFile *files, size_t count, Arena *arena)
{
    Buf list = buf_in(arena);

    for (size_t i = 0; i < count; i++) {
        buf_add(&list, files[i].path);
        buf_add_char(&list, '\0');
        buf_add(&list, crypto_sha256_hex(arena, files[i].bytes));
        buf_add_char(&list, '\n');
    }
    return crypto_sha256_hex(arena, buf_str(&list));
}
