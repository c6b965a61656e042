/* SPDX-License-Identifier: EUPL-1.2 */
/* Remarks as planners read them: what it means for the result, and what can be done about it. */
#include "twin/remark.h"

#include <string.h>

static const struct {
    const char *english, *german;
} WORDS[] = {
    {"sources: %zu of %zu cells of one are roofs of buildings",
     "Ein Zufluss liegt zum Teil auf Häusern: %zu von %zu Feldern sind Dächer. Er gehört im "
     "Stadtmodell daneben."},
    {"inlets: %zu of %zu lie outside of the terrain: left out",
     "Kanaleinläufe außerhalb des Geländes: %zu von %zu. Sie nehmen kein Wasser auf."},
    {"inlets: %zu of %zu lie inside of buildings, where no water comes: move them to the street",
     "Kanaleinläufe unter Häusern, wo kein Wasser hinkommt: %zu von %zu. Sie gehören im "
     "Stadtmodell auf die Straße."},
    {"euler2: the storm lasts %g s, but only %g s are computed",
     "Der Regen dauert %g Sekunden, gerechnet sind nur %g. Was danach fällt, fehlt."},
    {"radolan: the series ends after %g s; then it is dry",
     "Die Radarmessung endet nach %g Sekunden. Danach fällt kein Regen."},
    {"gauges: \"%s\" lies on the roof of a building",
     "Der Pegel „%s“ liegt auf einem Hausdach und zeigt kein Wasser der Straße. Er gehört im "
     "Stadtmodell daneben."},
    /* The reference system was guessed. */
    {"%s: %s %s",
     "Stadtmodell (%s): %.0s%.0sDie Datei sagt nicht, in welchem Bezugssystem ihre Koordinaten "
     "stehen. Sie sind genommen, wie sie am besten passen. Liegt alles am richtigen Ort, ist "
     "nichts zu tun; sonst gehört das Bezugssystem ins Stadtmodell."},
    {"%s: %s has %zu features without a shape",
     "Stadtmodell (%s): %.0s%zu Einträge haben keine Form. Sie fehlen in der Rechnung."},
    {"%s: %s has no value in %zu cells of the terrain, first at %.3f, %.3f: taken as %g",
     "Stadtmodell (%s): %.0s%zu Felder haben keinen Wert, das erste bei %.0f, %.0f. Dort ist mit "
     "%g gerechnet."},
    {"%zu of %zu radar products have no data over parts of the terrain: %g mm/h is taken there",
     "Radarbilder ohne Daten über einem Teil des Geländes: %zu von %zu. Dort ist mit %g mm Regen "
     "in der Stunde gerechnet."},
    {"%s:%d: %.0f s after the row before, where the others are %.0f s apart: rows may be missing; "
     "the value before is kept meanwhile",
     "%.0sZeile %d einer Reihe folgt %.0f Sekunden auf die Zeile davor, die anderen stehen %.0f "
     "Sekunden auseinander. Vielleicht fehlen Zeilen; bis dahin gilt der Wert davor."},
    {"%s:%d: begins at %g s; until then there is no rain",
     "%.0sDie Regenreihe (Zeile %d) beginnt erst bei %g Sekunden. Bis dahin fällt kein Regen."},
    {"buildings: roughness has a meaning only with mode: roughness",
     "Im Stadtmodell steht eine Rauheit für Häuser. Sie wirkt nicht, weil die Häuser als feste "
     "Körper rechnen."},
    {"buildings: %zu features are no polygons: left out",
     "Einträge der Häuser, die keine Flächen sind: %zu. Sie fehlen in der Rechnung."},
    {"buildings: %zu of %zu lie outside of the terrain: left out of the model",
     "Häuser außerhalb des Geländes: %zu von %zu. Für sie ist nichts berechnet."},
    {"buildings: %zu of %zu hold the centre of no cell: they do not stand in the water's way",
     "Häuser, die kleiner als ein Feld des Geländes sind: %zu von %zu. Das Wasser fließt, als "
     "stünden sie nicht da."},
    {"terrain: %zu cells inside had no height, the first at %s: filled from their surroundings",
     "Felder im Gelände ohne Höhe: %zu, das erste bei %s. Sie sind aus ihrer Umgebung ergänzt."},
    {"terrain: %zu cells have no height, the first at %s: they are outside of the model",
     "Felder ohne Höhe: %zu, das erste bei %s. Sie gehören nicht zum Modell."},
    {"%s: terrain: %zu cells stand so high above a neighbour, the first at %.3f, %.3f, that single "
     "precision takes them for lower; --double computes with what is there",
     "%.0sSehr hohe Stufen im Gelände: %zu, die erste bei %.0f, %.0f. Sie rechnen niedriger, als "
     "sie sind. Bitte lassen Sie dort das Gelände prüfen."},
    {"measures: number %zu, a %s, lies outside of the model",
     "Die %zu. Maßnahme%.0s liegt außerhalb des Modells und wirkt nicht."},
};
enum { COUNT = sizeof WORDS / sizeof WORDS[0] };

const char *remark_german(const char *english)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(WORDS[i].english, english) == 0)
            return WORDS[i].german;
    return NULL;
}

bool remark_pair(size_t index, const char **english, const char **german)
{
    if (index >= COUNT)
        return false;
    *english = WORDS[index].english;
    *german = WORDS[index].german;
    return true;
}
