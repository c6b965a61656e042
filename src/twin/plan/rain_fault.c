/* SPDX-License-Identifier: EUPL-1.2 */
/* What is wrong with a planner's rain series, with the remedy. */
#include "core/page/out.h"
#include "twin/plan/plan.h"
#include "twin/table.h"

static Str number(Arena *arena, double value)
{
    return str_replace(arena, str_printf(arena, "%.10g", value), STR("."), STR(","));
}

static Str words_of(Arena *arena, const SeriesFault *fault)
{
    Str text = str_slice(fault->text, 0, fault->text.len < 40 ? fault->text.len : 40);
    Str value = number(arena, fault->value);

    switch (fault->kind) {
    case FAULT_NO_ROWS: return STR("Die Datei enthält keine Werte.");
    case FAULT_NO_COLUMN:
        return str_printf(arena,
                          "Es fehlt die Spalte „%.*s“. In der ersten Zeile stehen die Namen der "
                          "Spalten: time_s,mm_per_h.",
                          STR_ARG(text));
    case FAULT_GAP: return STR("Hier fehlt ein Wert. Schreiben Sie 0, wo kein Regen fiel.");
    case FAULT_NO_NUMBER:
        return str_printf(arena,
                          "„%.*s“ ist keine Zahl. Schreiben Sie zum Beispiel 12.5 oder, wenn "
                          "Semikolons die Spalten trennen, 12,5.",
                          STR_ARG(text));
    case FAULT_NEGATIVE:
        return str_printf(arena, "%.*s ist negativ. Regen ist 0 oder mehr.", STR_ARG(value));
    case FAULT_TOO_MUCH:
        return str_printf(arena,
                          "%.*s Liter je Quadratmeter und Stunde sind mehr, als je gefallen ist. "
                          "Prüfen Sie die Einheit: Die Spalte zählt den Regen je Stunde.",
                          STR_ARG(value));
    case FAULT_NOT_LATER:
        return str_printf(arena,
                          "Die Zeit (%.*s Sekunden) liegt nicht hinter der in der Zeile davor "
                          "(%.*s Sekunden). Ordnen Sie die Zeilen nach der Zeit.",
                          STR_ARG(value), STR_ARG(number(arena, fault->before)));
    case FAULT_TOO_EARLY:
        return STR("Die Zeit liegt vor dem Beginn. Die Reihe beginnt bei 0 Sekunden.");
    case FAULT_NO_TABLE:
    case FAULT_NONE: break;
    }
    return STR("Die Zeilen haben nicht alle gleich viele Werte. Speichern Sie die Tabelle als CSV "
               "mit den Spalten time_s und mm_per_h.");
}

bool rain_check_csv(Str csv, Arena *arena, double *seconds, Err *err)
{
    Remarks remarks = {.arena = arena};
    SeriesFault fault;
    FlowSeries series;

    if (!series_parse_fault(csv, "regen.csv", SERIES_RAIN, arena, &series, &remarks, &fault, err)) {
        Str words = words_of(arena, &fault);
        return fault.line ? err_at(err, NULL, fault.line, 0, "Zeile %d der Datei: %.*s", fault.line,
                                   STR_ARG(words))
                          : err_at(err, NULL, 0, 0, "%.*s", STR_ARG(words));
    }
    if (series.count < 2)
        return err_at(err, NULL, 0, 0,
                      "Die Datei hat nur eine Zeile mit Werten. Die letzte Zeile sagt, wann der "
                      "Regen endet, zum Beispiel: 3600,0");
    *seconds = series.times[series.count - 1];
    return true;
}
