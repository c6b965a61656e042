/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/page/page.h"

#include "core/page/number.h"

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

/* Of what is counted, one and many: "1 Rad je Viertelstunde". Other units are the same for both. */
static Str unit_of(Arena *arena, Str number, Str unit)
{
    static const struct {
        const char *many, *one;
    } COUNTED[] = {{"Räder", "Rad"},
                   {"Fahrräder", "Fahrrad"},
                   {"Fahrzeuge", "Fahrzeug"},
                   {"Kraftfahrzeuge", "Kraftfahrzeug"},
                   {"Autos", "Auto"},
                   {"Busse", "Bus"},
                   {"Züge", "Zug"},
                   {"Personen", "Person"},
                   {"Menschen", "Mensch"},
                   {"Plätze", "Platz"},
                   {"Parkplätze", "Parkplatz"},
                   {"Stellplätze", "Stellplatz"},
                   {"Fahrten", "Fahrt"},
                   {"Besuche", "Besuch"},
                   {"Tage", "Tag"},
                   {"Stunden", "Stunde"},
                   {"Minuten", "Minute"},
                   {"Sekunden", "Sekunde"},
                   {"Bäume", "Baum"},
                   {"Tiere", "Tier"},
                   {"Tonnen", "Tonne"}};
    Str rest = unit, first = str_cut(&rest, ' ');

    for (size_t i = 0; str_is(number, "1") && i < sizeof COUNTED / sizeof *COUNTED; i++)
        if (str_is(first, COUNTED[i].many))
            return str_printf(arena, "%s%.*s", COUNTED[i].one,
                              STR_ARG(str_slice(unit, first.len, unit.len)));
    return unit;
}

static Str with_unit(Arena *arena, Str number, Str unit)
{
    unit = unit_of(arena, number, unit);
    return unit.len ? str_printf(arena, "%.*s %.*s", STR_ARG(number), STR_ARG(unit)) : number;
}

Str city_number_text(Arena *arena, Str lang, double value)
{
    return digits_text(arena, sta_value_text(arena, sta_number(round(value * 100) / 100)), lang, 0);
}

Str city_measure_text(Arena *arena, Str lang, double value, Str unit)
{
    return with_unit(arena, city_number_text(arena, lang, value), unit);
}

Str city_value_text(Arena *arena, Str lang, const Observation *o, Str unit)
{
    if (o->kind == OBS_TEXT)
        return o->text;
    if (o->kind != OBS_NUMBER || !isfinite(o->number))
        return tr(lang, "keine Angabe");
    Str number = sta_value_text(arena, sta_number(o->number));
    return with_unit(arena, digits_text(arena, number, lang, 0), unit);
}

Str city_when_text(Arena *arena, Str lang, Timestamp at, Date today)
{
    Str whole = timestamp_long(arena, at, lang);
    ptrdiff_t comma = str_find(whole, STR(", "));

    if (date_compare(date_in_berlin(at), today) != 0 || comma < 0)
        return whole;
    return trf(arena, lang, "heute, %.*s", STR_ARG(str_slice(whole, (size_t)comma + 2, whole.len)));
}
