/* SPDX-License-Identifier: EUPL-1.2 */
#include "search/index.h"

#include "core/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Where a segment is being written. */
typedef struct Target {
    FILE *out, *spool;
    char *bytes; /* in memory */
    size_t size;
    NewFile file; /* on disk */
    char *path;
    char name[32];
} Target;

static bool cannot(Err *err, const char *what)
{
    return err_set(err, ERR_TEMPORARY, "search: cannot %s: %s", what, strerror(errno));
}

static bool open_memory(Target *target, Err *err)
{
    int fd = memfd_create("lexicon", MFD_CLOEXEC);

    target->spool = fd < 0 ? NULL : fdopen(fd, "w+");
    if (!target->spool)
        return cannot(err, "make a temporary file");
    target->out = open_memstream(&target->bytes, &target->size);
    if (!target->out) {
        fclose(target->spool);
        return cannot(err, "make a segment");
    }
    return true;
}

static bool open_disk(Search *search, Target *target, Arena *arena, Err *err)
{
    char *spool = arena_printf(arena, "%s/lexicon.part", search->folder);

    snprintf(target->name, sizeof target->name, "%llu.segment",
             (unsigned long long)atomic_fetch_add(&search->next_file, 1));
    target->path = arena_printf(arena, "%s/%s", search->folder, target->name);
    int fd = open(spool, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    target->spool = fd < 0 ? NULL : fdopen(fd, "w+");
    if (!target->spool)
        return cannot(err, "make a file");
    unlink(spool);
    if (!folder_begin_file(&target->file, target->path, 0600, err)) {
        fclose(target->spool);
        return false;
    }
    int copy = fcntl(target->file.fd, F_DUPFD_CLOEXEC, 3);
    target->out = copy < 0 ? NULL : fdopen(copy, "w");
    if (!target->out) {
        fclose(target->spool);
        folder_abandon_file(&target->file);
        return cannot(err, "write a file");
    }
    return true;
}

static Segment *finish_memory(Target *target, bool ok, Err *err)
{
    fclose(target->spool);
    ok = (fclose(target->out) == 0 || cannot(err, "make a segment")) && ok;
    if (!ok) {
        free(target->bytes);
        return NULL;
    }
    return segment_open_memory((uint8_t *)target->bytes, target->size, err);
}

static Segment *finish_disk(Target *target, bool ok, Err *err)
{
    fclose(target->spool);
    ok = (fclose(target->out) == 0 || !ok || cannot(err, "write a segment")) && ok;
    if (!ok) {
        folder_abandon_file(&target->file);
        return NULL;
    }
    Segment *segment =
        folder_finish_file(&target->file, err) ? segment_open_file(target->path, err) : NULL;
    if (segment)
        memcpy(segment->name, target->name, sizeof segment->name);
    return segment;
}

Segment *segment_build_in_memory(Search *search, const View *view, Err *err)
{
    Target target = {0};

    if (!open_memory(&target, err))
        return NULL;
    bool ok = builder_write(search->builder, view_knows_stem, (void *)view, target.out,
                            target.spool, err);

    return finish_memory(&target, ok, err);
}

Segment *segment_merge(Search *search, const View *known, const MergeInput *inputs, size_t count,
                       bool on_disk, Err *err)
{
    Arena *arena = arena_create(0);
    Target target = {0};
    Segment *segment = NULL;

    if (on_disk ? open_disk(search, &target, arena, err) : open_memory(&target, err)) {
        bool ok = merge_write(inputs, count, view_knows_stem, (void *)known, target.out,
                              target.spool, err);

        segment = on_disk ? finish_disk(&target, ok, err) : finish_memory(&target, ok, err);
    }
    arena_destroy(arena);
    return segment;
}
