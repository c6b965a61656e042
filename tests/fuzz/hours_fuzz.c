/* SPDX-License-Identifier: EUPL-1.2 */
/* Opening hours, any bytes: what is read has spans in order, and "now" agrees with them. */
#include "city/place/hours.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_day(const Hours *hours, Date day)
{
    HoursSpan spans[HOURS_SPANS_MAX];
    size_t count = hours_of_day(hours, day, spans);

    for (size_t i = 0; i < count; i++)
        if (spans[i].from < 0 || spans[i].from >= HOURS_DAY || spans[i].to <= spans[i].from ||
            spans[i].to > 2 * HOURS_DAY || (i && spans[i].from <= spans[i - 1].to))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    Str text = {(const char *)data, size};
    Date first = {2027, 2, 26};
    Err err = {0};
    Hours hours;

    if (hours_parse(text, STR("NW"), arena, &hours, &err)) {
        for (int i = 0; i < 8; i++) {
            Date day = date_add_days(first, i);
            Timestamp at = timestamp_of_berlin_day(day) + i * 3 * 3600000;
            check_day(&hours, day);
            HoursNow now = hours_now(&hours, at);
            if (now.changes && (date_compare(now.day, day) < 0 || now.minute >= HOURS_DAY))
                abort();
            hours_now_text(&now, day, arena, STR("de"));
        }
    } else if (err.kind != ERR_INPUT) {
        abort();
    }
    arena_destroy(arena);
    return 0;
}
