/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines of InfluxDB's protocol into a dataset: each field of each measurement and set of tags is a
 * Datastream. */
#include "city/import/batch.h"
#include "city/import/line.h"

#include "base/utf8.h"
#include "city/sta/time.h"

#include <math.h>

enum { SLOTS_FIRST = 256 };

/* A field of a head, as they were written in this text, but not as it is known. */
typedef struct Slot {
    uint64_t hash;
    Str head, field;
    uint32_t series; /* 0: free */
} Slot;

typedef struct Slots {
    Slot *items;
    size_t count, room; /* a power of two */
} Slots;

typedef struct Lines {
    const CityImport *import;
    CityImportReport *report;
    Arena *arena;
    Slots slots;
    CityBatch batch;
} Lines;

/* --- Which series ------------------------------------------------------------------------------
 */

static Slot *slot_of(const Slots *slots, uint64_t hash, Str head, Str field)
{
    for (size_t at = (size_t)(hash ^ hash >> 32);; at++) {
        Slot *slot = &slots->items[at & (slots->room - 1)];
        if (!slot->series ||
            (slot->hash == hash && str_eq(slot->head, head) && str_eq(slot->field, field)))
            return slot;
    }
}

static void make_room(Lines *lines)
{
    Slots old = lines->slots;

    if (old.count * 2 < old.room)
        return;
    lines->slots.room = old.room ? old.room * 2 : SLOTS_FIRST;
    lines->slots.items = arena_array(lines->arena, Slot, lines->slots.room);
    for (size_t i = 0; i < old.room; i++)
        if (old.items[i].series)
            *slot_of(&lines->slots, old.items[i].hash, old.items[i].head, old.items[i].field) =
                old.items[i];
}

/* False with the problem that is told, or with `err`. */
static bool find_stream(Lines *lines, Str head, Str field, uint32_t *out, const char **problem,
                        Err *err)
{
    const CityImport *import = lines->import;
    Arena *arena = lines->arena;
    Str tags;

    if (!line_canonical(arena, head, &tags, problem))
        return false;
    Str key = str_printf(arena, "%.*s %.*s", STR_ARG(tags), STR_ARG(field));
    *problem = "measurement, tags and field are too long, or not written in UTF-8";
    if (key.len > CITY_KEY_MAX || !utf8_valid_text(key))
        return false;
    Str measurement = line_plain(arena, line_measurement(tags)), name = line_plain(arena, field);
    CityStreamKey stream = {.key = key,
                            .name =
                                str_printf(arena, "%.*s %.*s", STR_ARG(measurement), STR_ARG(name)),
                            .unit = import->unit,
                            .property = import->property.len ? import->property : name,
                            .thing = import->thing.len ? import->thing : line_plain(arena, tags),
                            .x = NAN,
                            .y = NAN};
    *problem = NULL;
    return city_streams_plan(&lines->batch.streams, &stream, out, err);
}

/* Most are written as they are known: tags in order, one field. */
static bool known_as_written(Lines *lines, Str head, Str field, uint32_t *out)
{
    Str whole = {head.ptr, head.len + 1 + field.len};

    return field.ptr == head.ptr + head.len + 1 &&
           city_streams_find(&lines->batch.streams, whole, out);
}

static bool series_of(Lines *lines, Str head, Str field, uint32_t *out, const char **problem,
                      Err *err)
{
    if (known_as_written(lines, head, field, out))
        return true;
    uint64_t hash = (str_hash_quick(head) ^ str_hash_quick(field)) * 0x9E3779B97F4A7C15u;
    make_room(lines);
    Slot *slot = slot_of(&lines->slots, hash, head, field);
    if (!slot->series) {
        if (!find_stream(lines, head, field, out, problem, err))
            return false;
        *slot = (Slot){hash, head, field, *out};
        lines->slots.count++;
    }
    *out = slot->series;
    return true;
}

/* --- What is written ---------------------------------------------------------------------------
 */

/* Milliseconds since 1970, what is finer is cut off. False outside of the years 1 to 9999. */
static bool moment_of(const CityImport *import, int64_t time, Timestamp *out)
{
    int64_t per = import->ticks_per_ms;

    if (per == 0) { /* seconds */
        *out = time * 1000;
        return time >= STA_FIRST_INSTANT / 1000 && time <= STA_LAST_INSTANT / 1000;
    }
    *out = time / per - (time % per < 0);
    return *out >= STA_FIRST_INSTANT && *out <= STA_LAST_INSTANT;
}

static bool take_field(Lines *lines, const LinePoint *point, const LineField *field, Timestamp time,
                       Err *err)
{
    const char *problem = NULL;
    uint32_t series = 0;

    if (field->text)
        problem = "a text is no measured value";
    else if (!series_of(lines, point->head, field->name, &series, &problem, err) && !problem)
        return false;
    if (problem) {
        city_import_wrong(lines->import, lines->report, point->line, "%.*s: %s",
                          STR_ARG(str_slice(field->name, 0, 60)), problem);
        return true;
    }
    Observation observation = obs_number(time, field->number);
    if (field->digits) {
        observation.kind = OBS_TEXT;
        observation.text = field->value;
    }
    return city_batch_add(&lines->batch, series, observation, err);
}

static bool take_line(Lines *lines, const LinePoint *point, Err *err)
{
    Timestamp time = lines->import->now;
    const char *problem = point->problem;

    lines->report->lines++;
    if (!problem && point->timed && !moment_of(lines->import, point->time, &time))
        problem = "the time is not in the years 1 to 9999: precision=ns, us, ms or s says its unit";
    if (!problem && time < lines->batch.oldest)
        problem = "the time is before what the dataset keeps";
    if (problem) {
        city_import_wrong(lines->import, lines->report, point->line, "%s", problem);
        return true;
    }
    for (size_t i = 0; i < point->count; i++)
        if (!take_field(lines, point, &point->items[i], time, err))
            return false;
    return true;
}

bool city_import_lines(const CityImport *import, Arena *arena, CityImportReport *out, Err *err)
{
    Lines lines = {.import = import, .report = out, .arena = arena};
    LineReader reader = line_reader(arena, import->text);
    LinePoint point = {0};

    *out = (CityImportReport){.kind = "line protocol"};
    if (!city_batch_begin(&lines.batch, import, out, arena, err))
        return false;
    bool ok = true;
    while (ok && line_next(&reader, &point))
        ok = take_line(&lines, &point, err);
    return city_batch_end(&lines.batch, ok, err);
}
