/* SPDX-License-Identifier: EUPL-1.2 */
/* What is remarkable about values, in words. */
#include "city/page/quality_page.h"

#include <math.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

Str city_span_text(Arena *arena, Str lang, int64_t ms)
{
    if (ms == HOUR)
        return tr(lang, "eine Stunde");
    if (ms == STA_MS_PER_DAY)
        return tr(lang, "ein Tag");
    if (ms == MINUTE)
        return tr(lang, "eine Minute");
    if (ms < 2 * MINUTE)
        return trf(arena, lang, "%lld Sekunden", (long long)(ms / SECOND));
    if (ms < 2 * HOUR)
        return trf(arena, lang, "%lld Minuten", (long long)((ms + MINUTE / 2) / MINUTE));
    if (ms < 2 * (int64_t)STA_MS_PER_DAY)
        return trf(arena, lang, "%lld Stunden", (long long)((ms + HOUR / 2) / HOUR));
    return trf(arena, lang, "%lld Tage", (long long)((ms + STA_MS_PER_DAY / 2) / STA_MS_PER_DAY));
}

Str city_percent_text(Arena *arena, Str lang, double share)
{
    /* 100 % is said of what is whole alone. */
    double percent = share < 1 ? floor(share * 1000) / 10 : 100;

    return str_printf(arena, "%.*s %%", STR_ARG(city_number_text(arena, lang, percent)));
}

Tone quality_tone(const Quality *quality)
{
    if (!quality->values || quality->silent)
        return TONE_WARNING;
    return quality_is_good(quality) ? TONE_SUCCESS : TONE_INFO;
}

Str quality_badge(const Quality *quality)
{
    if (quality->silent)
        return STR("stumm");
    if (!quality->values)
        return STR("keine Werte");
    return quality_is_good(quality) ? STR("gut") : STR("auffällig");
}

Str city_finding_text(Arena *arena, Str lang, const QualityFinding *finding, Str unit)
{
    Str span = city_span_text(arena, lang, finding->to - finding->from);
    Str number = city_measure_text(arena, lang, finding->number, unit);

    switch (finding->kind) {
    case QUALITY_GAP: return trf(arena, lang, "Lücke: %.*s ohne Werte", STR_ARG(span));
    case QUALITY_STILL:
        return trf(arena, lang, "Unverändert: %.*s lang immer %.*s", STR_ARG(span),
                   STR_ARG(number));
    case QUALITY_OUTLIER:
        return trf(arena, lang, "Ausreißer: %.*s, ringsum etwa %.*s", STR_ARG(number),
                   STR_ARG(city_number_text(arena, lang, finding->usual)));
    case QUALITY_MARKED:
        return finding->count == 1 ? trf(arena, lang, "Status %d bei einem Wert", finding->status)
                                   : trf(arena, lang, "Status %d bei %lld Werten", finding->status,
                                         (long long)finding->count);
    case QUALITY_KINDS: break;
    }
    return STR("");
}
