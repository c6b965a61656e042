/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/wal.h"

#include "base/bytes.h"
#include "core/folder.h"
#include "core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zlib.h>

static const char MAGIC[8] = {'R', 'A', 'T', 'H', 'O', 'B', 'L', '1'};
static const char FRAME_MAGIC[4] = {'O', 'B', 'S', 'F'};

typedef struct FrameHead {
    char magic[4];
    uint32_t size;
    uint64_t synced;
    uint32_t crc;
} __attribute__((packed)) FrameHead;
static_assert(sizeof(FrameHead) == 20, "no holes in a frame's head");

static uint32_t crc_of(const FrameHead *head, const void *payload)
{
    uLong crc = crc32_z(0, (const Bytef *)head, offsetof(FrameHead, crc));

    return (uint32_t)crc32_z(crc, payload, head->size);
}

static bool open_log(ObsWal *wal, const char *path, Err *err)
{
    wal->path = strdup(path);
    if (!wal->path)
        abort();
    wal->fd = open(path, O_RDWR | O_CLOEXEC);
    if (wal->fd >= 0)
        return true;
    folder_failure(err, errno, "open", path);
    obs_wal_close(wal);
    return false;
}

bool obs_wal_create(ObsWal *wal, const char *path, Err *err)
{
    *wal = (ObsWal){.fd = -1, .size = sizeof MAGIC};
    return folder_write_file(path, (Str){MAGIC, sizeof MAGIC}, 0600, err) &&
           open_log(wal, path, err);
}

void obs_wal_close(ObsWal *wal)
{
    if (wal->fd >= 0)
        close(wal->fd);
    free(wal->path);
    *wal = (ObsWal){.fd = -1};
}

static bool write_parts(int fd, struct iovec *parts, int count, uint64_t at)
{
    while (count > 0) {
        ssize_t put = pwritev(fd, parts, count, (off_t)at);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        at += (uint64_t)put;
        for (; count > 0 && (size_t)put >= parts->iov_len; parts++, count--)
            put -= (ssize_t)parts->iov_len;
        if (count > 0) {
            parts->iov_base = (char *)parts->iov_base + put;
            parts->iov_len -= (size_t)put;
        }
    }
    return true;
}

/* Take back what was written of a frame. */
static bool write_failed(ObsWal *wal, Err *err)
{
    int code = errno;

    if (ftruncate(wal->fd, (off_t)wal->size) != 0)
        wal->failed = true;
    folder_failure(err, code, "write", wal->path);
    err->kind = ERR_TEMPORARY; /* it may be tried again, whatever the reason */
    return false;
}

bool obs_wal_write(ObsWal *wal, Str payload, Err *err)
{
    FrameHead head = {.size = (uint32_t)payload.len, .synced = wal->size};
    struct iovec parts[2] = {{&head, sizeof head}, {(void *)payload.ptr, payload.len}};

    if (wal->failed)
        return err_set(err, ERR_TEMPORARY,
                       "%s: an earlier write failed; check the disk and start again", wal->path);
    if (payload.len > OBS_FRAME_MAX)
        return err_set(err, ERR_TOO_LARGE, "%zu bytes at once, at most %d are written; send less",
                       payload.len, OBS_FRAME_MAX);
    memcpy(head.magic, FRAME_MAGIC, sizeof head.magic);
    head.crc = crc_of(&head, payload.ptr);
    if (!write_parts(wal->fd, parts, 2, wal->size))
        return write_failed(wal, err);
    if (fdatasync(wal->fd) != 0) {
        /* The kernel may have dropped the pages: nobody knows what is on disk. */
        write_failed(wal, err);
        wal->failed = true;
        return false;
    }
    wal->size += sizeof head + payload.len;
    return true;
}

/* The frame at the reader's place; the reader is left where it was when there is none. */
static bool read_frame(Bytes *in, FrameHead *head, Str *payload)
{
    Bytes at = *in;
    const uint8_t *bytes = bytes_take(&at, sizeof *head);

    if (!bytes || memcmp(bytes, FRAME_MAGIC, sizeof FRAME_MAGIC) != 0)
        return false;
    memcpy(head, bytes, sizeof *head);
    if (head->size > OBS_FRAME_MAX)
        return false;
    const uint8_t *content = bytes_take(&at, head->size);
    if (!content || crc_of(head, content) != head->crc)
        return false;
    *payload = (Str){(const char *)content, head->size};
    *in = at;
    return true;
}

/* Does a later frame say that the bytes at `offset` were on disk when it was written? */
static bool was_synced(Bytes in, uint64_t offset)
{
    while (bytes_left(&in) >= sizeof(FrameHead)) {
        const uint8_t *found = memmem(in.at, bytes_left(&in), FRAME_MAGIC, sizeof FRAME_MAGIC);
        FrameHead head;
        Str payload;

        if (!found)
            return false;
        in.at = found;
        if (read_frame(&in, &head, &payload) && head.synced > offset)
            return true;
        if (in.at == found)
            in.at++;
    }
    return false;
}

static bool cut(ObsWal *wal, uint64_t offset, uint64_t size, Err *err)
{
    log_line(LOG_WARNING, "%s: the last %llu bytes, from %llu on, were torn and are cut off",
             wal->path, (unsigned long long)(size - offset), (unsigned long long)offset);
    if (ftruncate(wal->fd, (off_t)offset) == 0 && fsync(wal->fd) == 0)
        return true;
    return folder_failure(err, errno, "cut", wal->path);
}

static bool replay_frames(ObsWal *wal, Str file, bool last, ObsReplay *replay, void *context,
                          Err *err)
{
    Bytes in = bytes_in(file);
    const uint8_t *magic = bytes_take(&in, sizeof MAGIC);
    FrameHead head;
    Str payload;

    if (!magic || memcmp(magic, MAGIC, sizeof MAGIC) != 0)
        return err_set(err, ERR_INPUT, "%s: is no log of observations, or one of another program",
                       wal->path);
    while (bytes_left(&in) > 0) {
        wal->size = file.len - bytes_left(&in);
        if (!read_frame(&in, &head, &payload)) {
            if (last && !was_synced(in, wal->size))
                return cut(wal, wal->size, file.len, err);
            return err_set(err, ERR_INPUT,
                           "%s: damaged at offset %llu; restore the file from a backup", wal->path,
                           (unsigned long long)wal->size);
        }
        if (!replay(context, payload, err))
            return err_context(err, "%s: at offset %llu", wal->path, (unsigned long long)wal->size);
    }
    wal->size = file.len;
    return true;
}

bool obs_wal_replay(ObsWal *wal, const char *path, bool last, ObsReplay *replay, void *context,
                    Err *err)
{
    Arena *arena = arena_create(0);
    Str file;

    *wal = (ObsWal){.fd = -1};
    bool ok = folder_read_file(path, SIZE_MAX, arena, &file, err) && open_log(wal, path, err) &&
              replay_frames(wal, file, last, replay, context, err);
    arena_destroy(arena);
    if (!ok)
        obs_wal_close(wal);
    return ok;
}
