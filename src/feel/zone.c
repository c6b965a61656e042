/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/zone.h"

#include <unicode/ucal.h>
#include <unicode/ustring.h>

enum { MAX_ZONE_NAME = 64 };

static bool zone_name_to_utf16(Str name, UChar out[MAX_ZONE_NAME], int32_t *length)
{
    if (name.len == 0 || name.len >= MAX_ZONE_NAME)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '/' || c == '_' || c == '-' || c == '+';
        if (!fits)
            return false;
        out[i] = (UChar)c;
    }
    *length = (int32_t)name.len;
    return true;
}

bool zone_known(Str name)
{
    UChar id[MAX_ZONE_NAME], canonical[MAX_ZONE_NAME * 2];
    int32_t length;
    UBool system = 0;
    UErrorCode status = U_ZERO_ERROR;

    if (!zone_name_to_utf16(name, id, &length))
        return false;
    ucal_getCanonicalTimeZoneID(id, length, canonical, MAX_ZONE_NAME * 2, &system, &status);
    return U_SUCCESS(status) && system;
}

static UCalendar *zone_open(const char *name)
{
    UChar id[MAX_ZONE_NAME];
    int32_t length;
    UErrorCode status = U_ZERO_ERROR;

    if (!zone_name_to_utf16(str_c(name), id, &length))
        return NULL;
    UCalendar *calendar = ucal_open(id, length, "en", UCAL_GREGORIAN, &status);
    if (U_SUCCESS(status))
        return calendar;
    ucal_close(calendar);
    return NULL;
}

int32_t zone_offset_of_local(const char *name, int64_t local_seconds)
{
    UCalendar *calendar = zone_open(name);
    UErrorCode status = U_ZERO_ERROR;
    int32_t standard = 0, summer = 0;

    if (!calendar)
        return 0;
    /* The calendar's moment is taken as clock time by this call. */
    ucal_setMillis(calendar, (double)local_seconds * 1000.0, &status);
    ucal_getTimeZoneOffsetFromLocal(calendar, UCAL_TZ_LOCAL_FORMER, UCAL_TZ_LOCAL_FORMER, &standard,
                                    &summer, &status);
    ucal_close(calendar);
    return U_SUCCESS(status) ? (standard + summer) / 1000 : 0;
}

int32_t zone_offset_of_moment(const char *name, int64_t seconds)
{
    UCalendar *calendar = zone_open(name);
    UErrorCode status = U_ZERO_ERROR;

    if (!calendar)
        return 0;
    ucal_setMillis(calendar, (double)seconds * 1000.0, &status);
    int32_t offset = ucal_get(calendar, UCAL_ZONE_OFFSET, &status) +
                     ucal_get(calendar, UCAL_DST_OFFSET, &status);
    ucal_close(calendar);
    return U_SUCCESS(status) ? offset / 1000 : 0;
}
