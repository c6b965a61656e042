/* SPDX-License-Identifier: EUPL-1.2 */
/* What the computation assumed, as a planner would say it. What the scenario's file says is told as
 * it stands there; the file was checked when it was computed. */
#include "twin/damage.h"
#include "twin/plan/measure.h"
#include "twin/report/sheet.h"

#include <math.h>
#include <stdlib.h>

static double number(const Node *node, Arena *arena)
{
    return node_text(node).ptr ? strtod(str_cstr(arena, node_text(node)), NULL) : 0;
}

/* "landuse.geojson" of a path. */
static Str file_name(Str path)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/')
            return str_slice(path, i, path.len);
    return path;
}

static Str file_of(const Node *node, const char *key)
{
    return file_name(node && node->kind == NODE_MAP ? node_get_text(node, key) : node_text(node));
}

static Str terrain(const Report *report, Arena *arena)
{
    const Node *s = report->summary;
    double cell = node_get_real(s, "cell_m"), area = node_get_real(s, "cells") * cell * cell / 1e6;
    Str file = report->outline ? file_of(node_get(report->outline, "terrain"), "file") : STR_NONE;
    Str from =
        file.ptr ? str_printf(arena, "Gelände aus „%.*s“, ", STR_ARG(file)) : STR("Gelände mit ");

    return str_printf(
        arena, "%.*sFelder von %.*s × %.*s m auf %.*s km²; Lagebezug %.*s.", STR_ARG(from),
        STR_ARG(german_number(arena, cell)), STR_ARG(german_number(arena, cell)),
        STR_ARG(german_fixed(arena, area, area < 10 ? 2 : 0)),
        STR_ARG(node_get_text(s, "crs").ptr ? node_get_text(s, "crs") : STR("nicht angegeben")));
}

static Str roughness(const Node *node, Arena *arena)
{
    if (!node || node->kind == NODE_NUMBER)
        return str_printf(arena, "Rauheit des Bodens überall n = %.*s s/m^1/3 (Manning).",
                          STR_ARG(german_number(arena, node ? number(node, arena) : 0.03)));
    Str raster = file_of(node, "raster"), polygons = file_of(node, "polygons");
    Str otherwise = german_number(arena, number(node_get(node, "default"), arena));
    if (raster.ptr)
        return str_printf(arena, "Rauheit des Bodens aus dem Raster „%.*s“.", STR_ARG(raster));
    return str_printf(arena, "Rauheit des Bodens nach der Landnutzung „%.*s“%s%.*s.",
                      STR_ARG(polygons),
                      number(node_get(node, "default"), arena) > 0 ? ", sonst n = " : "",
                      STR_ARG(number(node_get(node, "default"), arena) > 0 ? otherwise : STR("")));
}

static Str infiltration(const Node *node, Arena *arena)
{
    if (!node || str_is(node_text(node), "none"))
        return STR("Versickerung: keine. Der Boden nimmt kein Wasser auf.");
    if (node->kind == NODE_NUMBER)
        return str_printf(arena, "Versickerung: überall %.*s mm in der Stunde.",
                          STR_ARG(german_number(arena, number(node, arena))));
    if (node_get(node, "constant"))
        return str_printf(arena, "Versickerung: überall %.*s mm in der Stunde.",
                          STR_ARG(german_number(arena, number(node_get(node, "constant"), arena))));
    if (node_get(node, "green_ampt"))
        return STR("Versickerung nach Green und Ampt, überall derselbe Boden.");
    return str_printf(arena,
                      "Versickerung nach der Landnutzung „%.*s“ (Green und Ampt); versiegelte "
                      "Flächen nehmen nichts auf.",
                      STR_ARG(file_of(node, "polygons")));
}

static Str buildings(const Node *node)
{
    if (!node)
        return STR("Gebäude: keine im Modell.");
    if (str_is(node_get_text(node, "mode"), "roughness"))
        return STR("Gebäude bremsen das Wasser wie sehr rauer Boden.");
    return STR("Gebäude sind dicht: Das Wasser fließt um sie herum, der Regen vom Dach läuft an "
               "den Wänden ab. Keller und Innenräume rechnen nicht mit.");
}

static Str sewers(const Node *node, Arena *arena)
{
    if (!node)
        return STR("Kanal: nicht berücksichtigt. Er nimmt kein Wasser auf und gibt keines ab.");
    return str_printf(arena,
                      "Kanal: Die Einläufe aus „%.*s“ nehmen Wasser bis zu ihrer Leistung auf. "
                      "Rückstau aus dem Kanal ist nicht berechnet.",
                      STR_ARG(file_of(node, "file")));
}

static const char *boundary_word(Str word)
{
    if (str_is(word, "open"))
        return "offen (das Wasser kann hinaus)";
    if (str_is(word, "closed") || !word.ptr)
        return "geschlossen";
    return "mit vorgegebenem Wasserstand oder Abfluss";
}

static Str boundaries(const Node *node, Arena *arena)
{
    static const struct {
        const char *key, *word;
    } SIDES[] = {{"north", "Norden"}, {"east", "Osten"}, {"south", "Süden"}, {"west", "Westen"}};
    Buf out = buf_in(arena);

    if (!node || node->kind != NODE_MAP || node_get(node, "level") || node_get(node, "discharge"))
        return str_printf(
            arena, "Ränder des Modells: %s.",
            boundary_word(node && node->kind == NODE_MAP ? STR("level") : node_text(node)));
    const Node *all = node_get(node, "all");
    for (size_t i = 0; i < sizeof SIDES / sizeof SIDES[0]; i++) {
        const Node *side = node_get(node, SIDES[i].key);
        side = side ? side : all;
        buf_addf(&out, "%s%s %s", i ? ", " : "", SIDES[i].word,
                 boundary_word(side && side->kind == NODE_MAP ? STR("level") : node_text(side)));
    }
    return str_printf(arena, "Ränder des Modells: %.*s.", STR_ARG(buf_str(&out)));
}

static Str sources(const Node *node, Arena *arena)
{
    if (!node || node->count == 0)
        return STR_NONE;
    return str_printf(arena, "Zuflüsse von außen (Bäche, Einleitungen): %zu.", node->count);
}

static const char *error_words(double error)
{
    if (error < 1e-9)
        return "Die Wassermenge geht bis auf ein Milliardstel auf.";
    if (error < 1e-6)
        return "Die Wassermenge geht bis auf ein Millionstel auf.";
    return error < 1e-3 ? "Die Wassermenge geht bis auf ein Tausendstel auf."
                        : "Die Wassermenge geht nicht auf: Bitte prüfen Sie das Stadtmodell.";
}

static Str method(const Report *report, Arena *arena)
{
    const Node *s = report->summary;

    return str_printf(
        arena,
        "Gerechnet mit den vollständigen zweidimensionalen Flachwassergleichungen, %s, in %.*s "
        "Schritten. %s",
        node_get_i64(s, "order", 2) == 1 ? "erste Ordnung (schnelle Rechnung, unschärfere Ränder)"
                                         : "zweite Ordnung",
        STR_ARG(german_fixed(arena, node_get_real(s, "steps"), 0)),
        error_words(fabs(node_get_real(s, "volume_error_relative"))));
}

Str report_rain_words(const Report *report, Arena *arena)
{
    const Node *s = report->summary, *rain = node_get(report->outline, "rain");
    double cell = node_get_real(s, "cell_m");
    double area = (node_get_real(s, "cells") - node_get_real(s, "cells_outside")) * cell * cell;
    double mm = area > 0 ? node_get_real(node_get(s, "volume"), "rain_m3") / area * 1000 : 0;
    const char *kind = rain && node_get(rain, "euler2")    ? "Bemessungsregen (Euler Typ II)"
                       : rain && node_get(rain, "radolan") ? "Regen aus Radarmessungen"
                       : rain && node_get(rain, "file")    ? "Regenreihe"
                                                           : "Gleichmäßiger Regen";

    return str_printf(arena, "%s: %.*s Liter je Quadratmeter", kind,
                      STR_ARG(german_number(arena, mm)));
}

Str report_damage_words(const Report *report, Arena *arena)
{
    const Node *houses = node_get(report->summary, "buildings");
    double value = node_get_real(houses, "value_eur_per_m2");

    if (!(value > 0))
        return STR("Für Schäden in Euro fehlt im Stadtmodell der Wert der Gebäude.");
    if (!str_is(node_get_text(houses, "damage_curve"), DAMAGE_JRC.name))
        return str_printf(arena,
                          "Schaden: Anteil am Wert (%.*s € je m² Grundfläche) nach der eigenen "
                          "Schadenskurve der Stadt.",
                          STR_ARG(german_fixed(arena, value, 0)));
    return str_printf(
        arena,
        "Schaden: Anteil am Wert (%.*s € je m² Grundfläche) nach der Tiefe an der Wand: 50 cm "
        "%.0f %%, 1 m %.0f %%, 2 m %.0f %%. Kurve für Wohnhäuser in Europa (JRC 2017). Es ist eine "
        "Schätzung für viele Häuser, nicht für das einzelne.",
        STR_ARG(german_fixed(arena, value, 0)), 100 * damage_at(&DAMAGE_JRC, 0.5),
        100 * damage_at(&DAMAGE_JRC, 1), 100 * damage_at(&DAMAGE_JRC, 2));
}

size_t report_assumptions(const Report *report, Arena *arena, Str out[ASSUMPTIONS_MAX])
{
    const Node *outline = report->outline;
    size_t count = 0;

    out[count++] = terrain(report, arena);
    if (outline) {
        out[count++] = roughness(node_get(outline, "roughness"), arena);
        out[count++] = infiltration(node_get(outline, "infiltration"), arena);
        out[count++] = buildings(node_get(outline, "buildings"));
        out[count++] = sewers(node_get(outline, "inlets"), arena);
        out[count++] = boundaries(node_get(outline, "boundaries"), arena);
        Str inflow = sources(node_get(outline, "sources"), arena);
        if (inflow.ptr)
            out[count++] = inflow;
    }
    out[count++] = method(report, arena);
    if (!node_get_bool(report->summary, "complete", true))
        out[count++] = STR("Die Rechnung wurde vor ihrem Ende angehalten: Später könnte das Wasser "
                           "noch steigen.");
    if (report->before && !str_eq(report->rain, report->before->rain))
        out[count++] = STR("Vorher und nachher rechnen mit verschiedenem Regen.");
    out[count++] =
        STR("Die Berechnung ersetzt keine Prüfung vor Ort, keine Messung und kein "
            "Gutachten für ein einzelnes Grundstück. Kleine Mauern, Bordsteine, Tore und "
            "verstopfte Einläufe können das Wasser anders lenken.");
    return count;
}
