/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/query/scan.h"

#include <stdlib.h>

/* A stream that is being read, with its next Observation in hand. */
typedef struct Head {
    const CityEntity *stream;
    ObsCursor *cursor;
    Observation next;
} Head;

/* By id the streams are read one after the other; by time all at once, from a heap. */
struct CityScan {
    CityReader *reader;
    const CityEntity *const *streams;
    size_t count, at; /* the next to open */
    CityScanOrder order;
    Head *heads;
    size_t open;
    bool used; /* the first head's was given out: move on before anything else */
    bool begun;
    unsigned steps;
};

CityScan *city_scan_begin(CityReader *reader, const CityEntity *const *streams, size_t count,
                          CityScanOrder order)
{
    CityScan *scan = calloc(1, sizeof *scan);

    if (!scan)
        abort();
    *scan = (CityScan){.reader = reader, .streams = streams, .count = count, .order = order};
    scan->heads = arena_array(reader->arena, Head, order.by_time ? count : 1);
    return scan;
}

void city_scan_end(CityScan *scan)
{
    for (size_t i = 0; scan && i < scan->open; i++)
        obs_done(scan->heads[i].cursor);
    free(scan);
}

static ObsCursor *open_cursor(const CityScan *scan, const CityEntity *stream)
{
    ObsRange range = {.order = scan->order.by_time ? OBS_BY_TIME : OBS_BY_ORDINAL,
                      .backward = scan->order.backward,
                      .from = scan->order.by_time ? scan->order.from : 0,
                      .to = scan->order.by_time ? scan->order.to : INT64_MAX};

    return obs_read(scan->reader->store, stream->series, range);
}

/* --- The heap -------------------------------------------------------------------------------- */

static bool comes_first(const CityScan *scan, const Head *a, const Head *b)
{
    if (a->next.time != b->next.time)
        return scan->order.backward ? a->next.time > b->next.time : a->next.time < b->next.time;
    return scan->order.backward ? a->stream->series > b->stream->series
                                : a->stream->series < b->stream->series;
}

static void sink(CityScan *scan, size_t at)
{
    for (;;) {
        size_t least = at, left = 2 * at + 1;
        for (size_t child = left; child < left + 2 && child < scan->open; child++)
            if (comes_first(scan, &scan->heads[child], &scan->heads[least]))
                least = child;
        if (least == at)
            return;
        Head head = scan->heads[at];
        scan->heads[at] = scan->heads[least];
        scan->heads[least] = head;
        at = least;
    }
}

static void close_first(CityScan *scan)
{
    obs_done(scan->heads[0].cursor);
    scan->heads[0] = scan->heads[--scan->open];
}

static bool open_all(CityScan *scan, Err *err)
{
    for (; scan->at < scan->count; scan->at++) {
        Head *head = &scan->heads[scan->open++];
        head->stream = scan->streams[scan->at];
        head->cursor = open_cursor(scan, head->stream);
        if (!obs_next(head->cursor, &head->next, err)) {
            scan->open--;
            obs_done(head->cursor);
        }
        if (err->kind != ERR_NONE)
            return false;
    }
    for (size_t i = scan->open / 2; i-- > 0;)
        sink(scan, i);
    return true;
}

static bool next_by_time(CityScan *scan, CityObservation *out, Err *err)
{
    if (!scan->begun && !open_all(scan, err))
        return false;
    scan->begun = true;
    if (scan->used) {
        if (!obs_next(scan->heads[0].cursor, &scan->heads[0].next, err))
            close_first(scan);
        if (err->kind != ERR_NONE)
            return false;
        sink(scan, 0);
    }
    scan->used = scan->open > 0;
    if (scan->open)
        *out = (CityObservation){scan->heads[0].stream, scan->heads[0].next};
    return scan->open > 0;
}

/* --- One after the other --------------------------------------------------------------------- */

/* The stream that is being read, or the next; false behind the last. */
static bool stream_by_id(CityScan *scan)
{
    if (scan->open)
        return true;
    if (scan->at == scan->count)
        return false;
    size_t place = scan->order.backward ? scan->count - 1 - scan->at : scan->at;
    scan->heads[0].stream = scan->streams[place];
    scan->heads[0].cursor = open_cursor(scan, scan->streams[place]);
    scan->at++;
    scan->open = 1;
    return true;
}

static bool next_by_id(CityScan *scan, CityObservation *out, Err *err)
{
    while (stream_by_id(scan)) {
        out->stream = scan->heads[0].stream;
        if (obs_next(scan->heads[0].cursor, &out->is, err))
            return true;
        if (err->kind != ERR_NONE)
            return false;
        close_first(scan);
    }
    return false;
}

bool city_scan_next(CityScan *scan, CityObservation *out, Err *err)
{
    if (++scan->steps % 1024 == 0 && !city_reader_goes_on(scan->reader, err))
        return false;
    return scan->order.by_time && scan->count > 1 ? next_by_time(scan, out, err)
                                                  : next_by_id(scan, out, err);
}

bool city_scan_skip(CityScan *scan, uint64_t count, Err *err)
{
    CityObservation passed;

    if (scan->order.by_time && scan->count > 1) {
        while (count && city_scan_next(scan, &passed, err))
            count--;
        return err->kind == ERR_NONE;
    }
    while (count && stream_by_id(scan)) {
        uint64_t skipped = 0;
        if (!obs_skip(scan->heads[0].cursor, count, &skipped, err))
            return false;
        if (skipped < count)
            close_first(scan);
        count -= skipped;
    }
    return true;
}
