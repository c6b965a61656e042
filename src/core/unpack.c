/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/unpack.h"

#include "base/bytes.h"
#include "core/folder.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE = 1 << 16, NAME_LENGTH = 1024 };

typedef struct Unpacking {
    struct archive *archive;
    const char *path;
    size_t max;
    UnpackFile *take;
    void *context;
    char *bytes; /* of the file that is read now */
    size_t capacity;
} Unpacking;

static void grow(Unpacking *unpacking)
{
    size_t wanted = unpacking->capacity ? unpacking->capacity * 2 : (size_t)PIECE * 4;
    char *bytes = realloc(unpacking->bytes, wanted);

    if (!bytes)
        abort(); /* as an arena does */
    unpacking->bytes = bytes;
    unpacking->capacity = wanted;
}

static bool take_one(Unpacking *unpacking, const char *name, Err *err)
{
    size_t size = 0;
    la_ssize_t got;

    for (;;) {
        if (size == unpacking->capacity)
            grow(unpacking);
        got = archive_read_data(unpacking->archive, unpacking->bytes + size,
                                unpacking->capacity - size);
        if (got <= 0)
            break;
        size += (size_t)got;
        if (size > unpacking->max)
            return err_set(err, ERR_TOO_LARGE, "%s: has more than %zu MB", name,
                           unpacking->max >> 20);
    }
    if (got < 0)
        return err_set(err, ERR_INPUT, "%s: is damaged: %s; get it once more", name,
                       archive_error_string(unpacking->archive));
    return unpacking->take(unpacking->context, name, (Str){unpacking->bytes, size}, err);
}

/* libarchive tells packing and archive by itself; "raw" is a file that is neither. */
static bool take_all(Unpacking *unpacking, Err *err)
{
    struct archive *archive = unpacking->archive;
    struct archive_entry *entry;
    char inner[NAME_LENGTH];
    int got;

    while ((got = archive_read_next_header(archive, &entry)) == ARCHIVE_OK || got == ARCHIVE_WARN) {
        const char *name = archive_entry_pathname(entry);
        bool raw = archive_format(archive) == ARCHIVE_FORMAT_RAW;
        if (!raw && archive_entry_filetype(entry) != AE_IFREG)
            continue;
        snprintf(inner, sizeof inner, "%s: %s", unpacking->path, name ? name : "?");
        if (!take_one(unpacking, raw ? unpacking->path : inner, err))
            return false;
    }
    return got == ARCHIVE_EOF || err_set(err, ERR_INPUT, "%s: is damaged: %s; get it once more",
                                         unpacking->path, archive_error_string(archive));
}

bool unpack(const char *path, size_t max, UnpackFile *take, void *context, Err *err)
{
    Unpacking unpacking = {
        .archive = archive_read_new(), .path = path, .max = max, .take = take, .context = context};
    size_t size;
    int fd = folder_open_file(path, SIZE_MAX, &size, err);
    bool ok = fd >= 0;

    archive_read_support_filter_all(unpacking.archive);
    archive_read_support_format_tar(unpacking.archive);
    archive_read_support_format_zip(unpacking.archive);
    archive_read_support_format_raw(unpacking.archive);
    if (ok && !size)
        ok = take(context, path, STR(""), err);
    else if (ok && archive_read_open_fd(unpacking.archive, fd, PIECE) == ARCHIVE_OK)
        ok = take_all(&unpacking, err);
    else if (ok)
        ok = err_set(err, ERR_INPUT, "%s: cannot be read: %s", path,
                     archive_error_string(unpacking.archive));
    archive_read_free(unpacking.archive);
    if (fd >= 0)
        close(fd);
    free(unpacking.bytes);
    return ok;
}
