/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/words.h"

#include "core/page/out.h"

#include <math.h>

const LevelLook TRAFFIC_LOOKS[TRAFFIC_LEVELS] = {
    [TRAFFIC_UNKNOWN] = {"unknown", N_("keine Messung"), "#767676", 2, true},
    [TRAFFIC_FREE] = {"free", N_("frei"), "#2b83ba", 3, false},
    [TRAFFIC_DENSE] = {"dense", N_("dicht"), "#e08a00", 5, false},
    [TRAFFIC_SLOW] = {"slow", N_("zäh"), "#d7301f", 7, false},
    [TRAFFIC_JAM] = {"jam", N_("Stau"), "#7a0177", 9, false},
    [TRAFFIC_CLOSED] = {"closed", N_("gesperrt"), "#111111", 6, true},
};

const LevelLook WORK_LOOK = {"works", N_("Baustelle"), "#b45309", 6, true};
const LevelLook DETOUR_LOOK = {"detour", N_("Umleitung"), "#1b7837", 4, true};

Str traffic_level_text(const RoadSegment *segment, Arena *arena, Str lang)
{
    Str name = tr(lang, TRAFFIC_LOOKS[segment->level].name);

    if (segment->level == TRAFFIC_CLOSED || isnan(segment->kmh))
        return name;
    return str_printf(arena, "%.*s, %.0f km/h", STR_ARG(name), segment->kmh);
}

Str road_work_what(const RoadWork *work, Arena *arena, Str lang)
{
    Str kind = tr(lang, WORK_KIND_NAMES[work->kind]);
    Str restriction = tr(lang, WORK_RESTRICTION_NAMES[work->restriction]);

    if (work->restriction == WORK_NIGHT)
        return str_printf(
            arena, "%.*s, %.*s (%.*s)", STR_ARG(kind), STR_ARG(restriction),
            STR_ARG(str_replace(arena, road_work_night(work, arena), STR("-"), STR(" – "))));
    return str_printf(arena, "%.*s, %.*s", STR_ARG(kind), STR_ARG(restriction));
}

Str road_work_when(const RoadWork *work, Arena *arena, Str lang, Timestamp now)
{
    Str begins = timestamp_long(arena, work->begins, lang);
    Str ends = work->ends ? timestamp_long(arena, work->ends, lang) : STR("");

    if (!work->ends)
        return work->begins <= now ? trf(arena, lang, "seit %.*s, Ende offen", STR_ARG(begins))
                                   : trf(arena, lang, "ab %.*s, Ende offen", STR_ARG(begins));
    return work->begins <= now && work->ends > now
               ? trf(arena, lang, "bis %.*s", STR_ARG(ends))
               : trf(arena, lang, "%.*s bis %.*s", STR_ARG(begins), STR_ARG(ends));
}
