/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/page/page.h"

#include <math.h>

/* All of them stand out from the map by day and by night, and from each other in grey. */
const char *city_colour(const CityDatasets *all, int64_t dataset)
{
    static const char *const COLOURS[] = {"#2171b5", "#b45309", "#15803d", "#a21caf", "#0e7490",
                                          "#b91c1c", "#4d7c0f", "#6d28d9", "#854d0e"};
    size_t place = 0;

    while (place < all->count && all->items[place].id != dataset)
        place++;
    return COLOURS[place % (sizeof COLOURS / sizeof *COLOURS)];
}

Str city_name(const CityEntity *entity)
{
    Str name = node_get_text(entity->body, "name");

    return name.ptr ? name : STR("");
}

Str city_unit(const CityEntity *stream)
{
    Str symbol = node_get_text(node_get(stream->body, "unitOfMeasurement"), "symbol");

    return symbol.ptr ? symbol : STR("");
}

static Str with_comma(Arena *arena, Str lang, Str number)
{
    return str_is(lang, "en") ? number : str_replace(arena, number, STR("."), STR(","));
}

Str city_number_text(Arena *arena, Str lang, double value)
{
    return with_comma(arena, lang, sta_value_text(arena, sta_number(round(value * 100) / 100)));
}

Str city_measure_text(Arena *arena, Str lang, double value, Str unit)
{
    Str number = city_number_text(arena, lang, value);

    return unit.len ? str_printf(arena, "%.*s %.*s", STR_ARG(number), STR_ARG(unit)) : number;
}

Str city_value_text(Arena *arena, Str lang, const Observation *o, Str unit)
{
    if (o->kind == OBS_TEXT)
        return o->text;
    if (o->kind != OBS_NUMBER || !isfinite(o->number))
        return tr(lang, "keine Angabe");
    Str number = with_comma(arena, lang, sta_value_text(arena, sta_number(o->number)));
    return unit.len ? str_printf(arena, "%.*s %.*s", STR_ARG(number), STR_ARG(unit)) : number;
}

Str city_when_text(Arena *arena, Str lang, Timestamp at, Date today)
{
    Str whole = timestamp_long(arena, at, lang);
    ptrdiff_t comma = str_find(whole, STR(", "));

    if (date_compare(date_in_berlin(at), today) != 0 || comma < 0)
        return whole;
    return trf(arena, lang, "heute, %.*s", STR_ARG(str_slice(whole, (size_t)comma + 2, whole.len)));
}
