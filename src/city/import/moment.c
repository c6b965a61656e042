/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/import/import.h"

#include "city/sta/time.h"

/* "2027-03-01" or "01.03.2027" before a blank or "T". */
static bool split(Str text, Date *day, int64_t *ms)
{
    size_t at = 0;

    while (at < text.len && text.ptr[at] != ' ' && text.ptr[at] != 'T')
        at++;
    Str first = str_slice(text, 0, at), rest = str_trim(str_slice(text, at + 1, text.len));
    if (!date_parse_iso(first, day) && !date_parse_german(first, day))
        return false;
    *ms = 0;
    return at >= text.len || sta_clock_parse(rest, ms);
}

bool city_moment_parse(Str text, Timestamp before, Timestamp *out)
{
    StaTime time;
    Date day;
    int64_t ms;

    if (sta_instant_parse(text, &time)) {
        *out = time.start;
        return true;
    }
    if (!split(text, &day, &ms) || !timestamp_of_berlin(day, ms, false, out))
        return false;
    return (*out > before || timestamp_of_berlin(day, ms, true, out)) &&
           *out >= STA_FIRST_INSTANT && *out <= STA_LAST_INSTANT;
}
