/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/quality/read.h"

#include <math.h>

enum { FIRST = 4096 };

typedef struct Values {
    QualityValue *items;
    size_t count, capacity;
} Values;

static bool read_values(const CityReader *reader, const CityEntity *stream, StaTime time,
                        Arena *arena, Values *out, Err *err)
{
    ObsRange range = {.from = time.start, .to = time.end + 1};
    ObsCursor *cursor = obs_read(reader->store, stream->series, range);
    Observation o;

    while (out->count < QUALITY_VALUES_MAX && obs_next(cursor, &o, err)) {
        QualityValue value = {o.time, o.kind == OBS_NUMBER ? o.number : NAN, o.status};
        VEC_PUSH(arena, out, value);
        if (out->count % FIRST == 0 && !city_reader_goes_on(reader, err))
            break;
    }
    obs_done(cursor);
    return err->kind == ERR_NONE;
}

bool city_quality(const CityReader *reader, const CityEntity *stream, StaTime time, Arena *arena,
                  Quality *out, bool *whole, Err *err)
{
    Arena *scratch = arena_create(0);
    Values values = {0};
    bool ok = read_values(reader, stream, time, scratch, &values, err);

    *whole = values.count < QUALITY_VALUES_MAX;
    if (ok)
        *out = quality_of(values.items, values.count,
                          *whole ? time.end : values.items[values.count - 1].time, scratch);
    if (ok && out->count)
        out->items = arena_copy(arena, out->items, out->count * sizeof *out->items);
    arena_destroy(scratch);
    return ok;
}
