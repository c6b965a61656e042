/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/segment.h"

#include "city/store/segment_format.h"
#include "core/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

static bool damaged(Err *err, const char *path, const char *what)
{
    return err_set(err, ERR_INPUT, "%s: the segment is damaged: %s; restore it from a backup", path,
                   what);
}

static bool read_footer(ObsSegment *segment, Err *err)
{
    ObsSegmentFooter *footer = &segment->footer;
    Str bytes = segment->bytes;

    if (bytes.len < sizeof OBS_SEGMENT_MAGIC + sizeof *footer ||
        memcmp(bytes.ptr, OBS_SEGMENT_MAGIC, sizeof OBS_SEGMENT_MAGIC) != 0)
        return damaged(err, segment->path, "it does not begin like one");
    memcpy(footer, bytes.ptr + bytes.len - sizeof *footer, sizeof *footer);
    if (crc32_z(0, (const Bytef *)footer, offsetof(ObsSegmentFooter, footer_crc)) !=
        footer->footer_crc)
        return damaged(err, segment->path, "its footer is torn");
    return true;
}

/* Between the bodies and the footer. */
static bool read_directory(ObsSegment *segment, Err *err)
{
    const ObsSegmentFooter *footer = &segment->footer;
    uint64_t end = segment->bytes.len - sizeof *footer;
    uint64_t series_size = footer->series * sizeof(ObsSegmentSeries);

    if (footer->series > UINT32_MAX || footer->heads_at < sizeof OBS_SEGMENT_MAGIC ||
        footer->heads_at > end || footer->heads_size > end - footer->heads_at ||
        series_size != end - footer->heads_at - footer->heads_size ||
        (footer->heads_at + footer->heads_size) % 8 != 0)
        return damaged(err, segment->path, "its footer makes no sense");
    segment->heads = (Str){segment->bytes.ptr + footer->heads_at, (size_t)footer->heads_size};
    segment->series = (const void *)(segment->heads.ptr + segment->heads.len);
    if ((uint32_t)crc32_z(0, (const Bytef *)segment->heads.ptr,
                          (size_t)(footer->heads_size + series_size)) != footer->directory_crc)
        return damaged(err, segment->path, "the checksum of its directory is wrong");
    return true;
}

/* Mapped, unlike files of others: nobody but the store, which has the folder's lock, changes what
 * is in it, and a segment never changes. */
static bool map_file(ObsSegment *segment, Err *err)
{
    size_t size;
    int fd = folder_open_file(segment->path, SIZE_MAX, &size, err);

    if (fd < 0)
        return false;
    void *map = size > 0 ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    close(fd);
    if (map == MAP_FAILED)
        return folder_failure(err, errno, "map", segment->path);
    segment->bytes = (Str){map, size};
    return true;
}

ObsSegment *obs_segment_open(const char *path, uint64_t number, Err *err)
{
    ObsSegment *segment = calloc(1, sizeof *segment);

    if (!segment || !(segment->path = strdup(path)))
        abort();
    atomic_init(&segment->holders, 1);
    segment->number = number;
    if (map_file(segment, err) && read_footer(segment, err) && read_directory(segment, err))
        return segment;
    obs_segment_release(segment);
    return NULL;
}

ObsSegment *obs_segment_hold(ObsSegment *segment)
{
    atomic_fetch_add(&segment->holders, 1);
    return segment;
}

void obs_segment_release(ObsSegment *segment)
{
    if (!segment || atomic_fetch_sub(&segment->holders, 1) > 1)
        return;
    if (segment->bytes.len > 0)
        munmap((void *)segment->bytes.ptr, segment->bytes.len);
    free(segment->path);
    free(segment);
}

const ObsSegmentSeries *obs_segment_find(const ObsSegment *segment, uint32_t series)
{
    size_t low = 0, high = (size_t)segment->footer.series;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (segment->series[middle].series < series)
            low = middle + 1;
        else
            high = middle;
    }
    return low < segment->footer.series && segment->series[low].series == series
               ? &segment->series[low]
               : NULL;
}

void obs_walk_begin(ObsBlockWalk *walk, const ObsSegment *segment, const ObsSegmentSeries *series)
{
    *walk = (ObsBlockWalk){.segment = segment, .series = series, .heads = bytes_in(segment->heads)};
    bytes_take(&walk->heads, series->heads);
    walk->body_at = series->bodies;
}

bool obs_walk_next(ObsBlockWalk *walk, Err *err)
{
    const ObsSegment *segment = walk->segment;
    uint64_t end = segment->footer.heads_at;

    err_clear(err);
    if (walk->done == walk->series->blocks)
        return false;
    if (!obs_head_get(&walk->heads, &walk->head) || walk->body_at > end ||
        walk->head.body_size > end - walk->body_at) {
        damaged(err, segment->path, "a block's head makes no sense");
        return false;
    }
    walk->body = (Str){segment->bytes.ptr + walk->body_at, (size_t)walk->head.body_size};
    walk->body_at += walk->head.body_size;
    walk->done++;
    return true;
}
