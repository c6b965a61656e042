/* SPDX-License-Identifier: EUPL-1.2 */
/* Why a simulation failed, and what a planner can do about it. */
#include "twin/plan/plan.h"

#include <signal.h>

#define MODEL_REMEDY \
    " Wer das Stadtmodell pflegt, kann das ändern. Bestellen Sie die Simulation danach neu."

static const char *words_of(const SimFailure *failure)
{
    Str stage = str_c(failure->stage), kind = str_c(failure->kind);

    if (failure->status == 128 + SIGKILL)
        return "Die Berechnung wurde auf dem Server von außen beendet, meist weil der "
               "Arbeitsspeicher knapp war. Bestellen Sie die Simulation neu, wenn keine andere "
               "rechnet.";
    if (str_is(kind, "too_large"))
        return "Der Arbeitsspeicher des Servers reicht für dieses Stadtmodell zurzeit nicht. "
               "Bestellen Sie die Simulation neu, wenn keine andere rechnet. Hilft das nicht, "
               "braucht das Stadtmodell einen kleineren Ausschnitt oder größere Felder.";
    if (str_is(kind, "temporary"))
        return "Auf dem Server ließ sich eine Datei nicht schreiben oder lesen, meist weil der "
               "Speicherplatz voll ist. Löschen Sie alte Simulationen, oder bitten Sie die "
               "Betreuung des Programms um Platz. Bestellen Sie die Simulation danach neu.";
    if (str_is(stage, "computing") && str_is(kind, "input"))
        return "An einer Stelle steigt das Wasser höher, als gerechnet werden kann. Meist ist dort "
               "ein Zufluss zu groß oder das Gelände hat ein tiefes Loch." MODEL_REMEDY;
    if (str_is(stage, "drawing"))
        return "Gerechnet ist die Überflutung, aber die Karten ließen sich nicht zeichnen. "
               "Bestellen Sie die Simulation neu. Hilft das nicht, hilft die Betreuung des "
               "Programms.";
    if (str_is(kind, "input"))
        return "Im Stadtmodell stimmt etwas nicht." MODEL_REMEDY;
    return "Das Rechenprogramm ist auf einen Fehler gestoßen, für den Sie nichts können. Bitte "
           "geben Sie der Betreuung des Programms die Meldung weiter.";
}

Str sim_failure_text(Arena *arena, const Tenant *tenant, const SimFailure *failure)
{
    Str said = str_replace(arena, str_c(failure->said),
                           str_printf(arena, "%.*s/twin/", STR_ARG(tenant->folder)), STR(""));

    return str_printf(arena, "%s%s%.*s", words_of(failure), said.len ? "\n" : "", STR_ARG(said));
}
