/* SPDX-License-Identifier: EUPL-1.2 */
/* The manifest is a small text that says which files make up the store; replacing it is the commit
 * of a flush or a compaction:
 *
 *     rathaus-observations 1
 *     log 13                  (this one and all with greater numbers are replayed)
 *     state 12
 *     segment 9
 *     sum 1234abcd            (CRC-32 of all before)
 *
 * The state is what no segment tells: the next ordinal and the horizon of each series, and the
 * changes that are not applied yet. It is a log of one frame (wal.h), written before the manifest.
 */
#include "city/store/internal.h"
#include "core/folder.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

enum { MANIFEST_MAX = 1 << 24 };

static const char FIRST_LINE[] = "rathaus-observations 1";

const char *obs_file_path(const ObsStore *store, uint64_t number, const char *kind, Arena *arena)
{
    return arena_printf(arena, "%s/%llu.%s", store->folder, (unsigned long long)number, kind);
}

static const char *manifest_path(const ObsStore *store, Arena *arena)
{
    return arena_printf(arena, "%s/manifest", store->folder);
}

/* "12.segment" of this kind. */
static bool number_of(Str name, const char *kind, uint64_t *number)
{
    Str digits = str_cut(&name, '.');
    int64_t value;

    if (!str_is(name, kind) || !str_to_i64(digits, &value) || value <= 0)
        return false;
    *number = (uint64_t)value;
    return true;
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

bool obs_files_list(ObsStore *store, const char *kind, Arena *arena, uint64_t **numbers,
                    size_t *count, Err *err)
{
    Str *names;
    size_t all;

    *count = 0;
    if (!folder_list(store->folder, arena, &names, &all, err))
        return false;
    *numbers = arena_array(arena, uint64_t, all);
    for (size_t i = 0; i < all; i++)
        *count += number_of(names[i], kind, &(*numbers)[*count]);
    qsort(*numbers, *count, sizeof **numbers, compare_numbers);
    return true;
}

/* --- State: writing --------------------------------------------------------------------------- */

static void put_series(ObsRecordWriter *out, ObsStore *store)
{
    pthread_mutex_lock(&store->lock);
    for (size_t i = 0; i < store->slots; i++) {
        const ObsSeries *series = store->table[i];
        if (!series)
            continue;
        Observation told = {.ordinal = series->next, .time = series->horizon};
        obs_record_put(out, OBS_RECORD_ORDINAL, series->series, &told);
        if (series->horizon != INT64_MIN)
            obs_record_put(out, OBS_RECORD_HORIZON, series->series, &told);
    }
    pthread_mutex_unlock(&store->lock);
}

static void put_changes(ObsRecordWriter *out, const ObsMemory *carried, Arena *arena)
{
    ObsMemorySeries **sorted = obs_memory_sorted(carried, arena);

    for (size_t i = 0; i < carried->series; i++)
        for (size_t k = 0; k < sorted[i]->count; k++) {
            const ObsChange *change = &sorted[i]->items[k];
            obs_record_put(out, change->deleted ? OBS_RECORD_DELETE : OBS_RECORD_CHANGE,
                           sorted[i]->series, &change->observation);
        }
}

static bool write_state(ObsStore *store, const ObsView *view, uint64_t number, Arena *arena,
                        Err *err)
{
    ObsRecordWriter out = {.bytes = buf_in(arena)};
    ObsWal file;

    put_series(&out, store);
    put_changes(&out, view->carried, arena);
    if (!obs_wal_create(&file, obs_file_path(store, number, "state", arena), err))
        return false;
    bool ok = obs_wal_write(&file, buf_str(&out.bytes), err);
    obs_wal_close(&file);
    return ok;
}

static bool write_manifest(ObsStore *store, const ObsView *view, uint64_t first_log, uint64_t state,
                           Arena *arena, Err *err)
{
    Buf out = buf_in(arena);

    buf_addf(&out, "%s\nlog %llu\nstate %llu\n", FIRST_LINE, (unsigned long long)first_log,
             (unsigned long long)state);
    for (size_t i = 0; i < view->count; i++)
        buf_addf(&out, "segment %llu\n", (unsigned long long)view->segments[i]->number);
    buf_addf(&out, "sum %08lx\n", crc32_z(0, (const Bytef *)out.ptr, out.len));
    return folder_write_file(manifest_path(store, arena), buf_str(&out), 0600, err);
}

bool obs_files_commit(ObsStore *store, const ObsView *view, uint64_t first_log, Err *err)
{
    Arena *arena = arena_create(0);
    uint64_t state = store->next_file++;
    bool ok = write_state(store, view, state, arena, err) &&
              write_manifest(store, view, first_log, state, arena, err);

    if (ok) {
        store->state_number = state;
        store->first_log = first_log;
    }
    arena_destroy(arena);
    return ok;
}

/* --- Reading ---------------------------------------------------------------------------------- */

typedef struct Manifest {
    uint64_t log, state;
    ObsSegment **segments;
    size_t count;
} Manifest;

static bool wrong(const ObsStore *store, const char *what, Err *err)
{
    return err_set(err, ERR_INPUT, "%s/manifest: damaged: %s; restore the folder from a backup",
                   store->folder, what);
}

static bool check_sum(const ObsStore *store, Str *text, Err *err)
{
    enum { SUM = 13 }; /* "sum 1234abcd\n" */

    if (text->len < SUM || memcmp(text->ptr + text->len - SUM, "sum ", 4) != 0)
        return wrong(store, "it ends too early", err);
    text->len -= SUM;
    char *end;
    if (strtoul(text->ptr + text->len + 4, &end, 16) !=
        crc32_z(0, (const Bytef *)text->ptr, text->len))
        return wrong(store, "its checksum is wrong", err);
    return true;
}

static bool open_segment(ObsStore *store, Manifest *manifest, uint64_t number, Arena *arena,
                         Err *err)
{
    ObsSegment *segment =
        obs_segment_open(obs_file_path(store, number, "segment", arena), number, err);

    if (!segment)
        return false;
    manifest->segments[manifest->count++] = segment;
    return true;
}

static bool read_lines(ObsStore *store, Manifest *manifest, Str text, Arena *arena, Err *err)
{
    int64_t number;

    if (!str_is(str_cut(&text, '\n'), FIRST_LINE))
        return wrong(store, "it is of another program or a newer one", err);
    manifest->segments = arena_array(arena, ObsSegment *, text.len / 10 + 1);
    while (text.len > 0) {
        Str line = str_cut(&text, '\n');
        Str word = str_cut(&line, ' ');
        if (!str_to_i64(line, &number) || number <= 0)
            return wrong(store, "a line makes no sense", err);
        if (str_is(word, "log"))
            manifest->log = (uint64_t)number;
        else if (str_is(word, "state"))
            manifest->state = (uint64_t)number;
        else if (!str_is(word, "segment"))
            return wrong(store, "a line makes no sense", err);
        else if (!open_segment(store, manifest, (uint64_t)number, arena, err))
            return false;
    }
    return (manifest->log && manifest->state) || wrong(store, "it lacks a line", err);
}

typedef struct StateReading {
    ObsStore *store;
    ObsMemory *carried;
} StateReading;

static bool read_state(void *context, Str payload, Err *err)
{
    StateReading *reading = context;
    ObsRecordReader in = {.bytes = bytes_in(payload)};
    ObsRecord record;

    while (obs_record_next(&in, &record)) {
        bool change = record.kind == OBS_RECORD_CHANGE || record.kind == OBS_RECORD_DELETE;
        if (change)
            obs_memory_change(reading->carried, obs_memory_make(reading->carried, record.series),
                              record.kind == OBS_RECORD_DELETE, &record.observation);
        else if (record.kind == OBS_RECORD_ROW || !obs_apply(reading->store, &record))
            in.bytes.broken = true;
    }
    return !in.bytes.broken || err_set(err, ERR_INPUT, "a record makes no sense");
}

static void release_segments(Manifest *manifest)
{
    for (size_t i = 0; i < manifest->count; i++)
        obs_segment_release(manifest->segments[i]);
}

/* A folder with observations but without a manifest is no new store. A log without any may be what
 * a start that was killed has left. */
static bool check_empty(ObsStore *store, Arena *arena, Err *err)
{
    uint64_t *numbers;
    size_t count, size = 0;

    if (!obs_files_list(store, "segment", arena, &numbers, &count, err))
        return false;
    bool empty = count == 0;
    if (!obs_files_list(store, "log", arena, &numbers, &count, err))
        return false;
    for (size_t i = 0; i < count && empty; i++) {
        int fd =
            folder_open_file(obs_file_path(store, numbers[i], "log", arena), SIZE_MAX, &size, err);
        if (fd < 0)
            return false;
        close(fd);
        empty = size <= OBS_WAL_EMPTY;
    }
    return empty || err_set(err, ERR_INPUT,
                            "%s: the manifest is missing, but there are observations; restore the "
                            "folder from a backup",
                            store->folder);
}

/* The log is there before the manifest that names it. */
static bool begin_new(ObsStore *store, Arena *arena, Err *err)
{
    ObsWal wal;

    if (!check_empty(store, arena, err))
        return false;
    store->next_file = 1;
    store->view = obs_view_create(NULL, 0, obs_memory_create());
    uint64_t log = store->next_file++;
    if (!obs_wal_create(&wal, obs_file_path(store, log, "log", arena), err))
        return false;
    obs_wal_close(&wal);
    return obs_files_commit(store, store->view, log, err);
}

static void count_files(ObsStore *store, const Manifest *manifest)
{
    store->next_file = manifest->state > manifest->log ? manifest->state : manifest->log;
    for (size_t i = 0; i < manifest->count; i++)
        if (manifest->segments[i]->number > store->next_file)
            store->next_file = manifest->segments[i]->number;
    store->next_file++;
}

bool obs_files_load(ObsStore *store, Err *err)
{
    Arena *arena = arena_create(0);
    const char *path = manifest_path(store, arena);
    Manifest manifest = {0};
    ObsMemory *carried = obs_memory_create();
    StateReading reading = {store, carried};
    ObsWal state;
    Str text;
    bool ok = true;

    if (!folder_is_file(path)) {
        ok = begin_new(store, arena, err);
        obs_memory_release(carried);
        arena_destroy(arena);
        return ok;
    }
    ok = folder_read_file(path, MANIFEST_MAX, arena, &text, err) && check_sum(store, &text, err) &&
         read_lines(store, &manifest, text, arena, err) &&
         obs_wal_replay(&state, obs_file_path(store, manifest.state, "state", arena), false,
                        read_state, &reading, err);
    if (ok) {
        obs_wal_close(&state);
        count_files(store, &manifest);
        store->first_log = manifest.log;
        store->state_number = manifest.state;
        store->view = obs_view_create(manifest.segments, manifest.count, carried);
    } else {
        release_segments(&manifest);
        obs_memory_release(carried);
    }
    arena_destroy(arena);
    return ok;
}

/* --- Sweeping --------------------------------------------------------------------------------- */

static bool is_named(const ObsStore *store, Str name)
{
    uint64_t number;

    if (number_of(name, "log", &number))
        return number >= store->first_log;
    if (number_of(name, "state", &number))
        return number == store->state_number;
    if (!number_of(name, "segment", &number))
        return str_find(name, STR(".new-")) < 0; /* what a killed process was writing */
    for (size_t i = 0; i < store->view->count; i++)
        if (store->view->segments[i]->number == number)
            return true;
    return false;
}

void obs_files_sweep(ObsStore *store)
{
    Arena *arena = arena_create(0);
    Str *names;
    size_t count;
    Err ignored;

    if (folder_list(store->folder, arena, &names, &count, &ignored))
        for (size_t i = 0; i < count; i++)
            if (!is_named(store, names[i]))
                folder_remove(arena_printf(arena, "%s/%.*s", store->folder, STR_ARG(names[i])),
                              &ignored);
    arena_destroy(arena);
}
