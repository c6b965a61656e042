/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/place/hours.h"
#include "core/page/out.h"

static Str time_text(Arena *arena, int minute)
{
    int hour = minute / 60 > 24 ? minute / 60 - 24 : minute / 60;

    return minute % 60 ? str_printf(arena, "%d:%02d", hour, minute % 60)
                       : str_printf(arena, "%d", hour);
}

Str hours_weekday(int weekday, Str lang)
{
    static const char *const DAYS[] = {N_("Montag"),     N_("Dienstag"), N_("Mittwoch"),
                                       N_("Donnerstag"), N_("Freitag"),  N_("Samstag"),
                                       N_("Sonntag")};

    return tr(lang, DAYS[weekday]);
}

Str hours_day_text(const Hours *hours, Date day, Arena *arena, Str lang)
{
    HoursSpan spans[HOURS_SPANS_MAX];
    size_t count = hours_of_day(hours, day, spans);
    Buf out = buf_in(arena);

    if (!count)
        return tr(lang, "geschlossen");
    if (count == 1 && spans[0].from == 0 && spans[0].to >= HOURS_DAY)
        return tr(lang, "rund um die Uhr");
    for (size_t i = 0; i < count; i++) {
        Str from = time_text(arena, spans[i].from), to = time_text(arena, spans[i].to);
        Str span = trf(arena, lang, "%.*s bis %.*s Uhr", STR_ARG(from), STR_ARG(to));
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARG(span));
    }
    return buf_str(&out);
}

Str hours_now_text(const HoursNow *now, Date today, Arena *arena, Str lang)
{
    Str time = time_text(arena, now->minute), day;
    int64_t ahead = date_to_days(now->day) - date_to_days(today);

    if (!now->changes)
        return tr(lang, now->open ? N_("Jetzt geöffnet") : N_("Geschlossen"));
    if (ahead == 0)
        return now->open
                   ? trf(arena, lang, "Jetzt geöffnet, bis %.*s Uhr", STR_ARG(time))
                   : trf(arena, lang, "Jetzt geschlossen, öffnet heute um %.*s Uhr", STR_ARG(time));
    if (ahead >= 7) {
        day = date_long(arena, now->day, lang);
        return now->open ? trf(arena, lang, "Jetzt geöffnet, bis zum %.*s", STR_ARG(day))
                         : trf(arena, lang, "Jetzt geschlossen, öffnet am %.*s", STR_ARG(day));
    }
    day = hours_weekday(date_weekday(now->day), lang);
    return now->open ? trf(arena, lang, "Jetzt geöffnet, bis %.*s um %.*s Uhr", STR_ARG(day),
                           STR_ARG(time))
                     : trf(arena, lang, "Jetzt geschlossen, öffnet %.*s um %.*s Uhr", STR_ARG(day),
                           STR_ARG(time));
}
