/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/segment_format.h"
#include "core/folder.h"

#include "base/vec.h"

#include <stdlib.h>
#include <zlib.h>

enum { WRITE_AT = 1 << 20 };

typedef struct SeriesList {
    ObsSegmentSeries *items;
    size_t count, capacity;
} SeriesList;

struct ObsSegmentWriter {
    NewFile file;
    Arena *arena;   /* heads and series */
    Arena *pending; /* bodies that are not written yet */
    Arena *scratch;
    Buf heads, bodies;
    SeriesList series;
    uint64_t at; /* where the pending bodies will stand */
    ObsSegmentFooter footer;
};

static void destroy(ObsSegmentWriter *writer)
{
    arena_destroy(writer->arena);
    arena_destroy(writer->pending);
    arena_destroy(writer->scratch);
    free(writer);
}

ObsSegmentWriter *obs_segment_begin(const char *path, Err *err)
{
    ObsSegmentWriter *writer = calloc(1, sizeof *writer);

    if (!writer)
        abort();
    writer->arena = arena_create(0);
    writer->pending = arena_create(WRITE_AT * 4);
    writer->scratch = arena_create(0);
    writer->heads = buf_in(writer->arena);
    writer->bodies = buf_in(writer->pending);
    buf_reserve(&writer->bodies, WRITE_AT * 2);
    if (folder_begin_file(&writer->file, path, 0600, err)) {
        buf_add_bytes(&writer->bodies, OBS_SEGMENT_MAGIC, sizeof OBS_SEGMENT_MAGIC);
        return writer;
    }
    destroy(writer);
    return NULL;
}

static ObsSegmentSeries *entry_of(ObsSegmentWriter *writer, uint32_t series)
{
    SeriesList *list = &writer->series;

    if (list->count == 0 || list->items[list->count - 1].series != series)
        VEC_PUSH(writer->arena, list,
                 (ObsSegmentSeries){.series = series,
                                    .heads = writer->heads.len,
                                    .bodies = writer->at + writer->bodies.len});
    return &list->items[list->count - 1];
}

static bool write_bodies(ObsSegmentWriter *writer, Err *err)
{
    Buf *bodies = &writer->bodies;
    bool ok = folder_add_bytes(&writer->file, bodies->ptr, bodies->len, err);

    writer->at += bodies->len;
    bodies->len = 0;
    return ok;
}

static bool count_block(ObsSegmentWriter *writer, uint32_t observations, Err *err)
{
    writer->footer.blocks++;
    writer->footer.observations += observations;
    return writer->bodies.len < WRITE_AT || write_bodies(writer, err);
}

bool obs_segment_add(ObsSegmentWriter *writer, uint32_t series, const ObsColumns *columns, Err *err)
{
    entry_of(writer, series)->blocks++;
    obs_block_put(&writer->heads, &writer->bodies, series, columns, writer->scratch);
    arena_reset(writer->scratch);
    return count_block(writer, columns->count, err);
}

bool obs_segment_copy(ObsSegmentWriter *writer, uint32_t series, const ObsHead *head, Str body,
                      Err *err)
{
    entry_of(writer, series)->blocks++;
    buf_add_bytes(&writer->heads, head->bytes, head->size);
    buf_add_bytes(&writer->heads, &head->crc, sizeof head->crc);
    buf_add(&writer->bodies, body);
    return count_block(writer, head->count, err);
}

uint64_t obs_segment_written(const ObsSegmentWriter *writer)
{
    return writer->footer.observations;
}

/* Heads, series, footer. */
static void add_end(ObsSegmentWriter *writer)
{
    ObsSegmentFooter *footer = &writer->footer;
    Buf *out = &writer->bodies;

    footer->heads_at = writer->at + out->len;
    while ((footer->heads_at + writer->heads.len) % 8 != 0)
        buf_add_u8(&writer->heads, 0); /* the series are read where they lie */
    footer->heads_size = writer->heads.len;
    footer->series = writer->series.count;
    size_t from = out->len;
    buf_add(out, buf_str(&writer->heads));
    buf_add_bytes(out, writer->series.items, writer->series.count * sizeof(ObsSegmentSeries));
    footer->directory_crc = (uint32_t)crc32_z(0, (const Bytef *)out->ptr + from, out->len - from);
    footer->footer_crc =
        (uint32_t)crc32_z(0, (const Bytef *)footer, offsetof(ObsSegmentFooter, footer_crc));
    buf_add_bytes(out, footer, sizeof *footer);
}

bool obs_segment_finish(ObsSegmentWriter *writer, Err *err)
{
    add_end(writer);
    bool ok = folder_add_bytes(&writer->file, writer->bodies.ptr, writer->bodies.len, err);

    if (ok)
        ok = folder_finish_file(&writer->file, err);
    else
        folder_abandon_file(&writer->file);
    destroy(writer);
    return ok;
}

void obs_segment_abandon(ObsSegmentWriter *writer)
{
    folder_abandon_file(&writer->file);
    destroy(writer);
}
