/* SPDX-License-Identifier: EUPL-1.2 */
/* DATEX II, any bytes: what is read makes sense, and written it is read as the same. */
#include "city/datex/datex.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const Timestamp NOW = 1798797600000;

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_way(const Way *way)
{
    check(way->count <= WAY_POINTS_MAX);
    for (size_t i = 0; i < way->count; i++)
        check(way_point_valid(way->points[i]));
}

/* Times outside of what ISO writes with four digits of a year cannot be written. */
static bool can_be_written(const RoadWork *work)
{
    static const Timestamp FIRST = -62135596800000, LAST = 253402300799999;

    return work->begins >= FIRST && work->begins <= LAST && work->ends >= FIRST &&
           work->ends <= LAST;
}

static void check_again(const DatexFile *file, const DatexCreator *creator, Arena *arena)
{
    for (size_t i = 0; i < file->situations.count; i++) {
        const RoadWork *work = &file->situations.items[i].work;
        Buf out = buf_in(arena);
        DatexFile again;
        Err err = {0};
        check_way(&work->place);
        check_way(&work->detour_way);
        check(work->key.len && work->place.count && work->title.ptr);
        if (!can_be_written(work))
            continue;
        datex_write_situations(creator, work, 1, STR("stadt-"), &out);
        check(datex_read(buf_str(&out), NOW, NULL, NULL, arena, &again, &err));
        check(again.situations.count == 1);
        check(str_eq(again.situations.items[0].work.key,
                     datex_situation_id(work, STR("stadt-"), arena)));
        check(again.situations.items[0].work.restriction == work->restriction);
        check(again.situations.items[0].work.begins == work->begins);
        check(again.situations.items[0].work.place.count == work->place.count);
    }
}

static void check_sites_again(const DatexFile *file, const DatexCreator *creator, Arena *arena)
{
    Buf out = buf_in(arena);
    DatexFile again;
    Err err = {0};

    datex_write_sites(creator, file->sites.items, file->sites.count, &out);
    check(datex_read(buf_str(&out), NOW, NULL, NULL, arena, &again, &err));
    check(again.sites.count == file->sites.count);
    for (size_t i = 0; i < again.sites.count; i++) {
        check(str_eq(again.sites.items[i].id, file->sites.items[i].id));
        check(again.sites.items[i].place.count == file->sites.items[i].place.count);
    }
}

static void check_values_again(const DatexFile *file, const DatexCreator *creator, Arena *arena)
{
    Buf out = buf_in(arena);
    DatexFile again;
    Err err = {0};

    datex_write_values(creator, file->values.items, file->values.count, &out);
    check(datex_read(buf_str(&out), NOW, NULL, NULL, arena, &again, &err));
    check(again.values.count == file->values.count);
    for (size_t i = 0; i < again.values.count; i++) {
        check(str_eq(again.values.items[i].site, file->values.items[i].site));
        check(again.values.items[i].flow == file->values.items[i].flow);
        check(again.values.items[i].time == file->values.items[i].time);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const DatexCreator CREATOR = {{"stadt", 5}, 1798797600000};
    Arena *arena = arena_create(0);
    DatexFile file;
    Err err = {0};

    if (datex_read((Str){(const char *)data, size}, NOW, NULL, NULL, arena, &file, &err)) {
        for (size_t i = 0; i < file.sites.count; i++)
            check_way(&file.sites.items[i].place);
        for (size_t i = 0; i < file.values.count; i++)
            check(isfinite(file.values.items[i].number) && file.values.items[i].number >= 0);
        check_again(&file, &CREATOR, arena);
        check_sites_again(&file, &CREATOR, arena);
        check_values_again(&file, &CREATOR, arena);
    } else {
        check(err.kind != ERR_NONE);
    }
    arena_destroy(arena);
    return 0;
}
